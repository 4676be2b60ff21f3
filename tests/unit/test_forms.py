"""The faces of a workbook, driven from the widgets' Python side: set values, press buttons, read what stands there."""

from __future__ import annotations

import asyncio
import html
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import ipywidgets as widgets
import pytest

from learner_kit import forms
from learner_kit.forms import fields as faces
from learner_kit.forms import lists
from learner_kit.workbook import Workbook, choice, choices, date, evidence, grading, number, order, table, text
from learner_kit.workbook.answers import load_answers

NOW = datetime(2026, 11, 21, tzinfo=UTC)
EVIL = '<img src=x onerror="alert(1)">'
SALES, MEMO = "so1-ac1-sales", "so1-ac3-memo"


@pytest.fixture
def book(tmp_path) -> Workbook:
    return Workbook("so1", tmp_path)


def ask(book: Workbook, *questions) -> widgets.VBox:
    return forms.widget(
        book.ask(
            *(
                questions
                or (
                    number(SALES, "Sales a year?", unit="R", low=0),
                    text(MEMO, "Explain", words=(3, 6)),
                    choice("so1-ac1-best", "Best?", {"walk": "Walk-in", "tel": "Telephone"}),
                    choices("so1-ac2-who", "Who?", ["Client", "Colleague"]),
                    order("so1-ac4-steps", "Order", ["Offer", "Greet", "Ask"]),
                    date("so1-ac5-day", "When?"),
                    table(
                        "so1-ac2-tally",
                        "Tally",
                        {"Count": "number", "Band": ["A", "B"], "Why": "text"},
                        rows=["Yes", "No"],
                    ),
                    evidence("so1-ac5-proof", "Minutes", kinds=["pdf", "text"]),
                )
            )
        )
    )


def everything(widget: widgets.Widget) -> list[widgets.Widget]:
    return [widget, *(one for child in getattr(widget, "children", ()) for one in everything(child))]


def said(widget: widgets.Widget) -> str:
    return " ".join(
        one.value for one in everything(widget) if isinstance(one, widgets.HTML) and "<style>" not in one.value
    )


def on_disk(book: Workbook) -> dict:
    return load_answers(book.path).answers


def files(*named: tuple[str, bytes]) -> tuple[dict, ...]:
    return tuple(
        {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": NOW}
        for name, content in named
    )


def test_what_is_typed_is_saved_at_once_and_the_time_is_shown(book):
    field = ask(book).fields[SALES]
    field.input.value = "R1 500,00"
    assert on_disk(book) == {SALES: 1500.0}
    assert "Saved " in field.said.value and ":" in field.said.value
    assert field.input.value == "R1 500,00"
    field.input.value = ""
    assert on_disk(book) == {} and "Cleared" in field.said.value


def test_a_mistake_is_said_in_place_and_costs_nothing(book):
    field = ask(book).fields[SALES]
    field.input.value = "1500"
    field.input.value = "1,500"
    assert field.input.value == "1,500" and on_disk(book) == {SALES: 1500.0}
    assert "two ways" in field.said.value and "role=alert" in field.said.value
    assert "still: 1\u00a0500" in field.said.value and "lk-wrong" in field.face._dom_classes
    field.input.value = "1500,5"
    assert on_disk(book) == {SALES: 1500.5} and "lk-wrong" not in field.face._dom_classes


def test_every_field_has_a_label_and_says_first_what_it_takes(book):
    made = ask(book)
    for field in made.fields.values():
        assert field.question.takes in said(field.face).replace("&#x27;", "'")
    for one in everything(made):
        if isinstance(
            one,
            (widgets.Text, widgets.Textarea, widgets.RadioButtons, widgets.Checkbox, widgets.Dropdown, widgets.Button),
        ):
            assert one.description.strip(), one
    assert made.fields[SALES].input.description == "Sales a year?"
    assert "rand" in said(made.fields[SALES].face)


def test_answers_come_back_when_the_page_opens_again(book, tmp_path):
    first = ask(book)
    first.fields[SALES].input.value = "60000"
    first.fields[MEMO].input.value = EVIL
    first.fields["so1-ac1-best"].input.value = "tel"
    first.fields["so1-ac2-who"].boxes["Colleague"].value = True
    first.fields["so1-ac4-steps"].down[0].click()
    first.fields["so1-ac5-day"].input.value = "21 November 2026"
    first.fields["so1-ac2-tally"].inputs[0, "Count"].value = "12"
    first.fields["so1-ac2-tally"].inputs[1, "Band"].value = "B"
    again = Workbook("so1", tmp_path)
    second = ask(again)
    assert dict(again.answers) == dict(book.answers) and again.missing() == ("so1-ac2-tally", "so1-ac5-proof")
    assert second.fields[SALES].input.value == "60 000"
    assert second.fields[MEMO].input.value == EVIL
    assert second.fields["so1-ac1-best"].input.value == "tel"
    assert [box.value for box in second.fields["so1-ac2-who"].boxes.values()] == [False, True]
    assert second.fields["so1-ac4-steps"].keys == ["Greet", "Offer", "Ask"]
    assert second.fields["so1-ac5-day"].input.value == "2026-11-21"
    assert second.fields["so1-ac2-tally"].inputs[0, "Count"].value == "12"
    assert second.fields["so1-ac2-tally"].inputs[1, "Band"].value == "B"
    assert "4 cells are still empty" in second.fields["so1-ac2-tally"].said.value
    assert "Saved earlier" in second.fields[SALES].said.value


def test_nothing_is_written_by_only_looking(book, tmp_path):
    ask(book)
    assert list(tmp_path.iterdir()) == []


def test_words_are_counted_against_the_guidance(book):
    field = ask(book).fields[MEMO]
    field.input.value = "two words"
    assert "2 words so far – a little more" in field.count.value
    field.input.value = "one two three four five six seven"
    assert "7 words so far – try to say it in fewer" in field.count.value
    field.input.value = "x" * 20_001
    assert "20 001" in field.said.value and len(on_disk(book)[MEMO]) < 100 and len(field.input.value) == 20_001


def test_an_sms_is_counted_as_it_is_sent(book):
    field = forms.widget(book.ask(text("so1-ac3-sms", "Write an SMS", sms=True))).fields["so1-ac3-sms"]
    assert "at most 160 plain characters" in field.hint.value and field.count.value == ""
    field.input.value = "Kit Foods: rice R129 until 28 Nov. Reply STOP to opt out. "
    assert "57 characters, one part." in field.count.value and "word" not in field.count.value
    field.input.value = "a" * 161
    assert "161 characters, 2 parts. – make it shorter" in field.count.value
    field.input.value = "môre sê “ja” 😀"
    assert "Because of ô ê “ ” 😀 only 70 characters fit in a part" in html.unescape(field.count.value)


def test_a_table_with_gaps_is_open_and_says_how_far_it_is(book):
    made = ask(book)
    face, check = forms.widget(forms.progress(book)), book.check("so1-ac2-tally")
    status = forms.widget(check)
    cells = made.fields["so1-ac2-tally"].inputs
    cells[0, "Count"].value = "12"
    cells[1, "Count"].value = "abc"
    assert "○ 1 of 6 cells filled in" in said(status) and "Answered" not in said(status)
    assert repr(check) == "so1-ac2-tally: 1 of 6 cells are filled in"
    assert check.result().state == "answered", "what is graded stays as it was"
    assert "so1-ac2-tally" in book.missing() and "0 of 8 answered" in said(face) and ": 1 of 6 cells</li>" in said(face)
    for (_, name), one in cells.items():
        one.value = {"Count": "7", "Band": "A"}.get(name, "so")
    assert "✔ Answered" in said(status) and "so1-ac2-tally" not in book.missing() and "1 of 8 answered" in said(face)


def test_rows_that_are_not_needed_may_stay_empty(book):
    asked = table("so1-ac2-list", "Two or more", {"Who": "text", "Day": "date"}, rows=3, least=2)
    made = forms.widget(book.ask(asked)).fields["so1-ac2-list"]
    assert "Fill in 2 rows or more" in made.hint.value
    made.inputs[2, "Who"].value = "Manager"
    assert book.begun(asked.id) == "1 of 4 cells"
    made.inputs[2, "Day"].value = "2026-11-21"
    made.inputs[0, "Who"].value = "Clerk"
    made.inputs[0, "Day"].value = "2026-11-22"
    assert book.missing() == () and "still empty" not in made.said.value
    made.inputs[1, "Day"].value = "2026-11-23"
    assert book.begun(asked.id) == "5 of 6 cells" and "1 cell is still empty" in made.said.value


def test_numbers_the_wrong_way_round_are_pointed_out_and_kept(book):
    span = table("so1-ac2-span", "From where to where?", {"From": "number", "To": "number"}, rows=["Now"], rising=True)
    made = forms.widget(book.ask(span)).fields["so1-ac2-span"]
    made.inputs[0, "From"].value = "38,5"
    assert "is more than" not in made.said.value
    made.inputs[0, "To"].value = "30"
    assert (
        "Saved" in made.said.value and "Now: From (38,5) is more than To (30). Look at them again." in made.said.value
    )
    assert book.answers["so1-ac2-span"] == [{"From": 38.5, "To": 30}]
    made.inputs[0, "To"].value = "44"
    assert "is more than" not in made.said.value


def test_words_reach_the_disk_when_the_learner_pauses_and_not_at_every_key(book, monkeypatch):
    monkeypatch.setattr(faces, "PAUSE", 0.05)
    field = ask(book).fields[MEMO]
    writes = []
    book.watch(writes.append)

    async def type_slowly():
        for end in range(1, 12):
            field.input.value = "hello there"[:end]
            await asyncio.sleep(0.001)
        field.refresh()  # another answer changed meanwhile: the words being typed stay
        assert field.input.value == "hello there"
        await asyncio.sleep(0.3)

    asyncio.run(type_slowly())
    assert on_disk(book) == {MEMO: "hello there"} and writes == [MEMO]


def test_an_order_counts_once_it_is_moved_or_kept(book):
    field = ask(book).fields["so1-ac4-steps"]
    assert "so1-ac4-steps" in book.missing()
    field.confirm.click()
    assert book.answers["so1-ac4-steps"] == ["Offer", "Greet", "Ask"]
    field.up[2].click()
    assert book.answers["so1-ac4-steps"] == ["Offer", "Ask", "Greet"]
    assert "1. Offer" in field.lines[0].value and field.up[0].disabled and field.down[2].disabled
    assert field.up[1].tooltip == "Move up: Ask"


def test_a_wrong_cell_is_named_and_the_others_are_kept(book):
    field = ask(book).fields["so1-ac2-tally"]
    field.inputs[0, "Count"].value = "12"
    field.inputs[1, "Count"].value = "many"
    field.inputs[1, "Why"].value = "because"
    assert "No, Count:" in field.said.value and "lk-wrong" in field.inputs[1, "Count"]._dom_classes
    assert on_disk(book)["so1-ac2-tally"] == [
        {"Count": 12.0, "Band": None, "Why": None},
        {"Count": None, "Band": None, "Why": "because"},
    ]
    field.inputs[1, "Count"].value = "7"
    assert "Saved" in field.said.value and "3 cells are still empty" in field.said.value
    assert "lk-wrong" not in field.inputs[1, "Count"]._dom_classes


def test_evidence_is_added_refused_listed_and_taken_away(book, tmp_path):
    field = ask(book).fields["so1-ac5-proof"]
    assert "identity" in said(field.face) and "25 MB" in said(field.face)
    field.note.value = EVIL
    field.chooser.value = files(("..\\x.pdf", b"%PDF-1"), ("w.exe", b"MZ"), ("e.pdf", b""), ("copy.pdf", b"%PDF-1"))
    (item,) = on_disk(book)["so1-ac5-proof"]
    assert (
        item["file"] == "x.pdf" and item["note"] == EVIL and (tmp_path / "evidence" / "x.pdf").read_bytes() == b"%PDF-1"
    )
    assert all(part in field.said.value for part in ("w.exe", "e.pdf: The file is empty", "copy.pdf: You have added"))
    assert "<img" not in said(field.face) and field.chooser.value == () and field.note.value == ""
    (drop,) = [one for one in everything(field.listed) if isinstance(one, widgets.Button)]
    drop.click()
    assert on_disk(book) == {} and not (tmp_path / "evidence" / "x.pdf").exists() and not field.listed.children


def test_what_a_learner_typed_is_never_shown_as_html(book):
    made = ask(
        book,
        choice("so1-ac1-evil", EVIL, [EVIL, "b"]),
        number(SALES, EVIL, unit=EVIL),
        table("t", EVIL, [EVIL], [EVIL]),
    )
    made.fields[SALES].input.value = EVIL
    book.identify("L-0001")
    shown = [
        said(one) for one in (made, forms.widget(forms.progress(book)), forms.widget(book.check(SALES, 1, hint=EVIL)))
    ]
    assert "onerror" in "".join(shown) and "<img" not in "".join(shown)


def test_two_faces_of_one_question_follow_each_other(book):
    one = ask(book, number(SALES, "?"))
    other_form = book.ask(number(SALES, "?"), number("other", "?"))
    other = forms.widget(other_form)
    one.fields[SALES].input.value = "5"
    assert other.fields[SALES].input.value == "5"


def test_an_answer_from_a_strange_file_is_told_and_not_shown(tmp_path):
    answers = {
        SALES: "many",
        "so1-ac1-best": 5,
        "so1-ac2-tally": [1],
        "so1-ac5-proof": [{"file": EVIL}],
        "so1-ac4-steps": {},
    }
    body = {"format": 1, "workbook": "so1", "learner": None, "saved": None, "answers": answers}
    (tmp_path / "answers.json").write_text(json.dumps(body), encoding="utf-8")
    made = ask(Workbook("so1", tmp_path))
    for id in answers:
        assert "cannot be used here" in made.fields[id].said.value, id
    assert "<img" not in said(made)
    made.fields["so1-ac2-tally"].inputs[0, "Count"].value = "1"
    made.fields["so1-ac5-proof"].chooser.value = files(("a.pdf", b"%PDF-1"))
    made.fields["so1-ac4-steps"].confirm.click()
    assert all("Saved" in made.fields[id].said.value for id in list(answers)[2:])


@pytest.mark.parametrize("error", [OSError(28, "No space left"), RuntimeError("odd"), MemoryError()])
def test_no_handler_ever_raises(book, monkeypatch, error):
    made = ask(book)

    def broken(*_):
        raise error

    monkeypatch.setattr(book, "set", broken)
    monkeypatch.setattr(book, "identify", broken)
    monkeypatch.setattr(lists, "add_file", broken)
    made.fields[SALES].input.value = "5"
    made.fields[MEMO].input.value = "words"
    made.fields["so1-ac1-best"].input.value = "tel"
    made.fields["so1-ac4-steps"].confirm.click()
    made.fields["so1-ac2-tally"].inputs[0, "Count"].value = "1"
    made.fields["so1-ac5-proof"].chooser.value = files(("a.pdf", b"%PDF-1"))
    for id in (SALES, MEMO, "so1-ac1-best", "so1-ac4-steps", "so1-ac2-tally", "so1-ac5-proof"):
        assert "lk-fault" in made.fields[id].said.value and "Traceback" not in made.fields[id].said.value, id
    assert made.fields[SALES].input.value == "5"
    whose = forms.widget(forms.learner_form(book))
    next(one for one in everything(whose) if isinstance(one, widgets.Text)).value = "L-0001"
    assert "lk-fault" in said(whose)


def test_the_learner_is_told_when_nothing_is_saved(book, monkeypatch):
    made = ask(book)
    monkeypatch.setattr(
        "learner_kit.workbook.kept.save_answers", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no"))
    )
    made.fields[SALES].input.value = "5"
    assert "NOT being saved" in said(made) and "Saved" not in made.fields[SALES].said.value
    assert "Held on this page only" in made.fields[SALES].said.value


def test_the_learner_number_is_asked_once(book, tmp_path):
    face = forms.widget(forms.learner_form(book))
    typed = next(one for one in everything(face) if isinstance(one, widgets.Text))
    keep, change = [one for one in everything(face) if isinstance(one, widgets.Button)]
    keep.click()
    assert "L-0001" in said(face) and book.learner is None
    typed.value = "l-12"
    assert "lk-fault" in said(face) and typed.value == "l-12"
    typed.value = "l-0012"
    assert book.learner == "L-0012" and "belongs to learner L-0012" in said(face)
    assert change.layout.display is None
    later = forms.widget(forms.learner_form(Workbook("so1", tmp_path)))
    assert "belongs to learner L-0012" in said(later)
    change.click()
    typed.value = "L-0013"
    assert book.learner == "L-0013"


def test_progress_follows_every_answer(book):
    face = forms.widget(forms.progress(book))
    assert "No questions" in said(face)
    made = ask(book)
    assert "0 of 8 answered; still open:" in said(face) and "Sales a year?" in said(face)
    made.fields[SALES].input.value = "5"
    assert "1 of 8 answered" in said(face) and "Sales a year?" not in said(face)
    assert repr(forms.progress(book)) == "1 of 8 answered"


def test_a_check_shows_its_state_and_follows_the_answer(book):
    made = ask(book)
    face = forms.widget(book.check(SALES, 60_000, hint="Visits a year?"))
    assert "Not answered yet: Sales a year?" in said(face)
    made.fields[SALES].input.value = "5"
    assert "Needs another look" in said(face) and "Visits a year?" in said(face) and "60" not in said(face)
    made.fields[SALES].input.value = "60000"
    assert "Right" in said(face)


def test_a_cell_that_runs_again_leaves_no_second_listener(book):
    for _ in range(5):
        ask(book)
        forms.widget(forms.progress(book))
    assert len(book._watchers) == 2


def test_where_nbgrader_or_the_grader_runs_nothing_is_drawn(book, monkeypatch):
    form = book.ask(number(SALES, "?"))
    assert "application/vnd.jupyter.widget-view+json" in forms._bundle(form)
    assert forms._bundle(form)["text/plain"] == "A form with 1 question."
    with grading({}):
        assert forms._bundle(form) is None
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    assert forms._bundle(form) is None


def test_a_notebook_shows_the_form_as_a_widget(tmp_path):
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "from learner_kit import forms\n"
        "from learner_kit.workbook import Workbook, number\n"
        "book = Workbook('so1')\n"
        "for shown in (book.ask(number('a', '?')), book.check('a'), forms.progress(book), forms.learner_form(book)):\n"
        "    print(sorted(shell.display_formatter.format(shown)[0]))\n"
    )
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.stdout.splitlines() == ["['application/vnd.jupyter.widget-view+json', 'text/plain']"] * 4, done.stderr
