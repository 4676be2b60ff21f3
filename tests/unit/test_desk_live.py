"""The desk's live tools and the learner's page In class, as their buttons work."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re

import pytest

from learner_kit.course import collect, opinions, polls
from learner_kit.course.submission import pack
from learner_kit.teaching import evaluation, grouping, polling
from learner_kit.workbook import Workbook, text

from ..classwork import write_answers

pytest.importorskip("ipywidgets")
from learner_kit.desks import facilitator, learner, learner_class, learner_hand_in, timing

WHEN = dt.datetime(2026, 10, 6, 8, tzinfo=dt.UTC)


@pytest.fixture
def desk(cohort):
    return facilitator.Desk(cohort.path)


def pupil(tmp_path, name: str) -> learner_class.Class:
    return learner_class.Class(tmp_path / f"{name}.json")


def test_a_question_of_a_workbook_goes_round_the_class(desk, cohort, shared, tmp_path):
    one = desk.polling
    one.source.value = "so1"
    one.question.value = next(id for id in polling.offered(cohort, "so1") if "which" in id or "best" in id)
    one.folder.value = str(shared)
    one.ask.click()
    assert "The question is open" in one.said.text and one.new.layout.display == "none"
    poll = polls.current(shared)
    for name, value in (("a", 0), ("b", 1), ("c", 1)):
        page = pupil(tmp_path, name)
        page.folder.value = str(shared)
        page.question.send.click()
        assert "Look for the question first" in page.question.said.text
        page.question.look.click()
        page.question.send.click()
        assert "Choose or type" in page.question.said.text
        page.question.field.value = value
        page.question.send.click()
        assert "Your answer is sent" in page.question.said.text
    again = pupil(tmp_path, "c")
    assert again.folder.value == str(shared), "the folder is remembered"
    again.question.look.click()
    again.question.field.value = 0
    again.question.learner.value = "L-1"
    again.question.send.click()
    assert "looks like L-0001" in again.question.said.text
    again.question.learner.value = ""
    again.question.send.click()
    another = facilitator.Desk(cohort.path).polling
    assert poll.prompt[:30] in html.unescape(another.asked.value), "a page that is loaded again knows the open question"
    another.look.click()
    assert "3 answered so far, in a class of 3" in another.said.text and "<img alt=" in another.shown.value
    another.hands.value = " ".join(["9"] * len(poll.options))
    another.close.start.click()
    assert "in a class of 3: look at the raised hands again" in html.unescape(another.close.words.value)
    another.hands.value = ""
    assert polls.current(shared) is not None and another.close.words.value == "", "counted again, asked no longer"
    another.close.start.click()
    assert "Closed: 3 answered" in another.said.text and polls.current(shared) is None
    assert polling.history(cohort)[0].result.counts[0][1] == 2
    another.show.click()
    assert "67" in another.shown.value


@pytest.mark.parametrize(
    ("kind", "options", "field", "shown"),
    [
        ("number", "", "12,5", "12,5"),
        ("text", "", "<b>Be kind</b>", "&lt;b&gt;Be kind"),
        ("choices", "A\nB", [True, True], "come to more than 100"),
    ],
)
def test_every_kind_of_answer(desk, shared, tmp_path, kind, options, field, shown):
    one = desk.polling
    one.kind.value, one.prompt.value, one.options.value, one.folder.value = kind, "What now?", options, str(shared)
    one.ask.click()
    page = pupil(tmp_path, "a")
    page.folder.value = str(shared)
    page.question.look.click()
    if kind == "choices":
        for box, value in zip(page.question.field, field, strict=True):
            box.value = value
    else:
        page.question.field.value = field
    page.question.send.click()
    one.look.click()
    assert shown in one.shown.value and "1 answered" in one.said.text, one.said.text
    one.drop.start.click()
    one.drop.yes.click()
    assert "Nothing of it was kept" in one.said.text
    page.question.look.click()
    assert "No question is open" in page.question.said.text


def test_faults_of_a_poll_are_said(desk, tmp_path):
    one = desk.polling
    one.ask.click()
    assert "cannot be asked yet" in one.said.text
    one.prompt.value, one.options.value, one.folder.value = "Which?", "A\nB", str(tmp_path / "gone")
    one.ask.click()
    assert "There is no folder" in one.said.text and one.prompt.value == "Which?"
    page = pupil(tmp_path, "a")
    page.question.look.click()
    assert "Type the name" in page.question.said.text
    page.folder.value = str(tmp_path / "gone")
    page.question.look.click()
    assert "cannot be reached" in page.question.said.text
    page.opinion.send.click()
    assert "Open the form first" in page.opinion.said.text or "cannot be reached" in page.opinion.said.text


def test_groups_are_drawn_kept_and_taken_back(desk, cohort):
    one = desk.drawing
    one.size.value, one.without.value = 2, "L-0404"
    one.draw.click()
    assert "Not enrolled here" in one.said.text
    one.without.value = "l-0003"
    one.draw.click()
    assert "was not begun" in one.said.text and "L-0003" not in one.teams.value and "Surname1" not in one.teams.value
    one.names.value = True
    assert "Surname1" in one.teams.value
    one.keep.click()
    assert "Kept as draw 1" in one.said.text and len(grouping.history(cohort)) == 1
    one.draw.click()
    assert "1 pair meets again" in one.said.text
    one.back.start.click()
    one.back.yes.click()
    assert not grouping.history(cohort)


def test_the_classs_survey_becomes_one_file(desk, tmp_path):
    one = desk.pooling
    one.make.click()
    assert "nothing to put together" in one.said.text
    folder = tmp_path / "tables"
    folder.mkdir()
    one.folder.value = str(folder)
    one.make.click()
    assert "holds no CSV" in one.said.text
    (folder / "a.csv").write_text("Name;Item;Rating\nThandi;Price;4\n", encoding="utf-8")
    (folder / "b.csv").write_text("Item;Rating\nPrice;bad\n", encoding="utf-8")
    one.make.click()
    assert "1 ratings of 1 thing from 1 file; 1 left out" in one.said.text and "b.csv" in one.left.value
    assert "Thandi" not in one.said.face.value


def test_the_form_on_the_programme_from_page_to_report(desk, cohort, shared, tmp_path):
    one = desk.evaluating
    one.offer.click()
    assert "Name the class" in one.said.text
    one.folder.value = str(shared)
    one.offer.click()
    assert "can send their forms now" in one.said.text
    for number in range(5):
        page = pupil(tmp_path, str(number))
        page.folder.value = str(shared)
        page.opinion.start.click()
        page.opinion.send.click()
        assert "at least one" in page.opinion.said.text
        page.opinion.fields.fields["level"].value = "About right"
        page.opinion.send.click()
        assert "nobody can tell" in page.opinion.said.text and not page.opinion.questions.children
        kept = (tmp_path / f"{number}.json").read_text(encoding="utf-8")
        assert set(json.loads(kept)) == {"folder", "secret"}, "nothing of the form stays on the computer"
    page.opinion.start.click()
    page.opinion.fields.fields["level"].value = "About right"
    page.opinion.save.click()
    assert "my-view.json" in page.opinion.said.face.value
    file = {"name": "my-view.json", "content": memoryview(opinions.content("end", page.opinion.fields.answers))}
    bad = {"name": "x.json", "content": memoryview(b"[]")}
    one.files.set_trait("value", tuple({**each, "type": "", "size": 1, "last_modified": WHEN} for each in (file, bad)))
    one.collect.click()
    assert (
        "Took in 6 forms" in one.said.text and "1 files were left alone" in one.said.text and "x.json" in one.left.value
    )
    assert evaluation.count(cohort) == 6
    one.report.click()
    assert "The report is ready" in one.said.text


def test_receipts_can_be_printed_after_a_collection(desk, fill, right_answers, tmp_path):
    one = desk.taking_in
    assert one.receipts.layout.display == "none"
    out = tmp_path / "stick"
    out.mkdir()
    pack(fill("L-0001", right_answers), "so1", "L-0001", out)
    one.folder.value = str(out)
    one.collect.click()
    assert "1 taken in" in one.said.text and one.receipts.layout.display == ""
    one.receipts.click()
    assert "receipts are ready" in one.said.text and "-receipts.pdf" in one.said.face.value


def half_done(folder, asked=2, headings=True) -> Workbook:
    """A workbook of three parts in which the first question is answered."""
    write_answers(folder, {"so1-ac1-why": "Because"})
    ids = ["so1-ac1-why", *(f"so1-ac{1 + n % 3}-how-{n}" for n in range(asked - 1))]
    cells = [{"cell_type": "markdown", "source": ["# Workbook 1 · Why\n"]}]
    for part in (1, 2, 3):
        own = [one for one in ids if one.startswith(f"so1-ac{part}")]
        source = "book.ask(" + ", ".join(f'text("{one}", "?")' for one in own) + ")"
        cells += [
            {"cell_type": "markdown", "source": f"## Part {part}: *doing* <it>\n\n### Activity"},
            {"cell_type": "code", "source": source},
        ]
    if headings:
        (folder / "so1.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    book = Workbook("so1", folder)
    book.ask(*(text(one, f"How do you do it, {one}?") for one in ids))
    return book


def test_handing_in_lists_what_is_open_before_it_lets_go(tmp_path, cohort):
    folder = tmp_path / "so1"
    book = half_done(folder)
    face = learner.widget(book)
    _, state, signed, press, said, anyway, last = face.children
    assert "so1-ac1-how-0" in state.value and "so1-ac1-why" not in state.value
    assert anyway.layout.display == "none"
    press.click()
    assert "tick it" in said.value
    signed.value = True
    assert said.value == "", "what was mended is not asked for any more"
    for _ in range(2):  # the same button again hands nothing in either
        press.click()
        assert "Nothing is handed in yet" in said.value and "so1-ac1-how-0" in said.value
        assert not (folder / "handed-in").exists()
    assert anyway.layout.display is None and anyway.description == "Hand in as it is"
    anyway.click()
    assert "Receipt:" in last.value and "In words:" in last.value and 'alt="QR code of the receipt' in last.value
    assert "Workbook 1 · Why (so1)" in last.value and "Your work is packed." in said.value
    assert anyway.layout.display == "none"
    (packed,) = (folder / "handed-in").glob("*.zip")
    assert collect.inspect(packed).declared
    given = last.value
    book.set("so1-ac1-why", "Because they asked")
    assert learner_hand_in.NEWER in said.value and last.value == given, "the receipt stands, but not for the new answer"
    book.set("so1-ac1-why", "Because")
    assert learner_hand_in.NEWER not in said.value and last.value == given


def test_the_last_hand_in_stands_on_the_page_whatever_is_pressed_after_it(tmp_path):
    folder = tmp_path / "so1"
    book = half_done(folder)
    _, _, signed, press, said, anyway, last = learner.widget(book).children
    assert last.value == "", "nothing was handed in before"
    assert "lk-once" in press._dom_classes and "lk-once" in anyway._dom_classes
    signed.value = True
    press.click()
    anyway.click()
    (packed,) = (folder / "handed-in").glob("*.zip")
    told, given, receipt = said.value, last.value, re.search("Receipt: <strong>(.+?)<", last.value)[1]
    assert receipt == collect.inspect(packed).receipt and packed.name in given and "Last hand-in: " in given
    anyway.click()  # the second press of a double click
    assert (said.value, last.value) == (told, given)
    press.click()
    assert learner_hand_in.SAME in said.value and last.value == given
    assert "is handed in yet" not in said.value and len(list(packed.parent.iterdir())) == 1
    book.set("so1-ac1-why", "Because they asked")
    assert learner_hand_in.SAME not in said.value and learner_hand_in.NEWER in said.value
    press.click()
    assert "Not handed in again yet. 1 question is still open" in said.value and last.value == given
    book.set("so1-ac1-why", "Because")
    press.click()
    assert learner_hand_in.SAME in said.value and anyway.layout.display == "none", (
        "changed back: nothing is left to ask"
    )
    book.set("so1-ac1-why", "Because they asked")

    again = Workbook("so1", folder)
    again.ask(*book.questions.values())
    *_, said, _, last = learner.widget(again).children
    assert last.value == given and learner_hand_in.NEWER in said.value, (
        "the page opened anew shows what it showed before"
    )
    again.set("so1-ac1-why", "Because")
    assert last.value == given and said.value == ""
    again.identify("L-0002")
    assert last.value == "", "another learner's hand-in is not this one's"
    packed.write_bytes(packed.read_bytes()[:200])
    again.identify(book.learner)
    assert last.value == "", "what cannot be read is no hand-in"


@pytest.mark.skipif(os.name == "nt", reason="a hub runs under Linux")
def test_on_a_hub_what_did_not_arrive_is_not_called_handed_in(tmp_path, monkeypatch):
    book = half_done(tmp_path / "so1", asked=1)
    monkeypatch.setenv("LEARNER_KIT_EXCHANGE", str(tmp_path / "exchange"))
    monkeypatch.setenv("LEARNER_KIT_COURSE", "may")
    _, _, signed, press, said, _, last = learner.widget(book).children
    signed.value = True
    press.click()  # there is no such exchange
    assert "could not be handed in now" in said.value and "but perhaps not handed in" in last.value
    (tmp_path / "exchange/may/inbound").mkdir(parents=True)
    press.click()
    assert "Handed in to may at" in said.value
    for one in (last, learner.widget(book).children[-1]):
        assert "Last hand-in: " in one.value and "perhaps not" not in one.value


@pytest.mark.parametrize("count", [1, 12, 40])
def test_open_questions_stand_under_their_parts_and_lead_to_their_fields(tmp_path, count):
    from learner_kit import forms

    book = half_done(tmp_path / "so1", count + 1)
    _, _, signed, press, said, _, _ = learner.widget(book).children
    signed.value = True
    press.click()
    heads = re.findall(r"<summary>(.*?): <b>(\d+) open</b>", said.value)
    assert [name for name, _ in heads] == [f"Part {n}: doing &lt;it&gt;" for n in range(1, 1 + min(3, count))]
    assert sum(int(open_ones) for _, open_ones in heads) == count
    assert said.value.count("<details open>") == (len(heads) if count < 15 else 0), "a long list is folded"
    links = re.findall(r'href="#([^"]+)"', said.value)
    form = forms.widget(book.ask(*book.questions.values()))
    places = {place for one in form.fields.values() for place in re.findall(r'id="([^"]+)"', one.hint.value)}
    assert len(set(links)) == count and set(links) <= places


def test_the_list_follows_what_is_answered_meanwhile(tmp_path):
    book = half_done(tmp_path / "so1", 3, headings=False)
    _, state, signed, press, said, anyway, last = learner.widget(book).children
    signed.value = True
    press.click()
    assert "2 questions are still open" in said.value and "SO1 AC1: <b>1 open" in said.value
    book.set("so1-ac1-how-0", "By asking.")
    assert "1 question is still open" in said.value and "how-0" not in said.value
    assert "role=alert" not in said.value, "what follows an answer is not called out each time"
    book.set("so1-ac1-how-0", None)
    book.set("so1-ac2-how-1", "Daily.")
    book.set("so1-ac1-how-0", "By asking.")
    assert anyway.layout.display == "none" and "Every question is answered now" in said.value
    press.click()
    assert "Receipt:" in last.value and "Every question is answered." in state.value


def test_the_timer_needs_no_kernel_and_no_other_file():
    page = timing.page()
    assert "http" not in page and "src=" not in page
    frame = timing.Timing().frame.value
    assert 'sandbox="allow-scripts"' in frame and "<script>" not in frame, "escaped into the frame's own document"
