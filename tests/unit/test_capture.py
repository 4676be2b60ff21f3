"""From paper back to data: what is typed by codes is what a learner would have answered on screen, and scores the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.assess.grade import grade
from learner_kit.cli import main
from learner_kit.course import collect as collecting
from learner_kit.course import master as masters
from learner_kit.course import memos
from learner_kit.course.programme import ASSESSMENTS
from learner_kit.course.submission import pack
from learner_kit.editions import capture, codes
from learner_kit.editions.codes import Typed, line
from learner_kit.errors import DataError, KitError
from learner_kit.workbook import choice, choices, date, evidence, number, order, table, text
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Question

WORKBOOKS = ("01-customer-care", "so1", "so2", "so3", "so4")
PDF = b"%PDF-1.7 a scan"


def asked(workbook: str) -> dict[str, Question]:
    return dict(masters.questions(masters.read(ASSESSMENTS / "source" / workbook / f"{workbook}.ipynb")))


def typed_from(workbook: str, questions: dict[str, Question], answers: dict) -> list[Typed]:
    """What a facilitator types who has these answers on paper before them."""
    lines = []
    for code, question in codes.codes(workbook, questions.values()).items():
        if question.id in answers:
            said = line(question, answers[question.id])
            rows = [f"{code}.{row}" for row in range(1, len(said) + 1)] if isinstance(question, Table) else [code]
            lines += [Typed(len(lines) + 1, row, one) for row, one in zip(rows, said, strict=True)]
    return lines


@pytest.mark.parametrize("workbook", WORKBOOKS)
def test_typed_answers_are_the_same_plain_values(workbook):
    questions = asked(workbook)
    master = masters.read(ASSESSMENTS / "source" / workbook / f"{workbook}.ipynb")
    right = masters.run(master, {}, dry=True).expected
    memo = memos.with_figures(memos._read(ASSESSMENTS / "memo" / f"{workbook}.toml", 0), master)
    models = {id: one["model"] for id, one in memo.items() if isinstance(one.get("model"), str)}
    answers = {
        id: question.read(value)
        for id, question in questions.items()
        if (value := right.get(id, models.get(id) if question.kind == "text" else None)) is not None
    }
    assert len(answers) > 30
    again = codes.answers(workbook, questions.values(), typed_from(workbook, questions, answers), "paper")
    assert json.dumps(again) == json.dumps({id: answers[id] for id in questions if id in answers})


def test_codes_are_short_differ_and_belong_to_one_workbook():
    sheets = {workbook: codes.codes(workbook, asked(workbook).values()) for workbook in WORKBOOKS}
    for found in sheets.values():
        assert len(found) == len(set(found)) and all(codes.CODE.fullmatch(code) for code in found)
        assert not any(set(code) & set("OIZ") for code in found)
    one, other = list(sheets["so1"]), list(sheets["so2"])
    assert sum(left != right for left, right in zip(one, other, strict=False)) > 0.8 * min(len(one), len(other))


QUESTIONS = [
    number("so1-ac1-sales", "Sales?", unit="R", low=0),
    choice("so1-ac1-best", "Best?", {"tel": "Telephone", "walk": "Walk-in", "post": "Post"}),
    choices("so1-ac1-who", "Who?", {"x": "Client", "y": "Colleague", "z": "Nobody"}),
    order("so1-ac1-steps", "Order", {"thank": "Thank", "listen": "Listen", "act": "Act"}),
    text("so1-ac1-why", "Why?", words=(5, 20)),
    date("so1-ac1-when", "When?"),
    table("so1-ac1-tally", "Tally", {"Count": "number", "Kind": ["New", "Old"]}, rows=["Yes", "No"]),
    table("so1-ac1-kinds", "Kinds", {"Kind": ["New", "Old"]}, rows=["One", "Two", "Three"]),
    evidence("so1-ac1-proof", "Proof", most=2),
]
CODES = {question.id.rpartition("-")[2]: code for code, question in codes.codes("so1", QUESTIONS).items()}


def read(*lines: tuple[str, str]) -> dict:
    made = []
    for place, (name, said) in enumerate(lines, 1):
        first, dot, row = name.partition(".")
        made.append(Typed(place, CODES.get(first, first) + dot + row, said))
    return {id.rpartition("-")[2]: value for id, value in codes.answers("so1", QUESTIONS, made, "paper").items()}


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("sales", "R60 000", 60000.0),
        ("sales", " 1 500,50 ", 1500.5),
        ("best", "b", "walk"),
        ("best", " walk-in ", "walk"),
        ("who", "a c", ["x", "z"]),
        ("who", "CA", ["x", "z"]),
        ("who", "Client; Nobody", ["x", "z"]),
        ("steps", "b a c", ["listen", "thank", "act"]),
        ("steps", "BAC", ["listen", "thank", "act"]),
        ("steps", "B, A, C", ["listen", "thank", "act"]),
        ("why", "Because = it | pays; A", "Because = it | pays; A"),
        ("when", "21 November 2026", "2026-11-21"),
        ("kinds", "A B -", [{"Kind": "New"}, {"Kind": "Old"}, {"Kind": None}]),
        ("kinds", "New | Old | Old", [{"Kind": "New"}, {"Kind": "Old"}, {"Kind": "Old"}]),
        ("tally.2", "1 200 | b", [{"Count": None, "Kind": None}, {"Count": 1200.0, "Kind": "Old"}]),
        ("tally.1", " | A", [{"Count": None, "Kind": "New"}, {"Count": None, "Kind": None}]),
    ],
)
def test_what_may_be_typed(name, said, value):
    assert read((name, said)) == {name.split(".")[0]: value}


def test_what_is_left_open_is_no_answer():
    assert read(("sales", ""), ("best", "-"), ("tally.1", ""), ("proof", " ")) == {}


def test_all_faults_are_said_at_once_with_line_and_code():
    lines = [
        ("sales", "1,500"), ("best", "D"), ("who", "A A"), ("steps", "A B"), ("when", "12/31/2025"), ("tally.1", "1"),
        ("tally.3", "1 | A"), ("kinds", "A B"), ("proof", "see behind"), ("99X", "1"), ("nonsense", "1"), ("tally", "1 | A"),
        ("best.1", "A"), ("sales", "5"),
    ]  # fmt: skip
    with pytest.raises(DataError) as refused:
        read(*lines)
    assert sorted({fault.row for fault in refused.value.faults}) == list(range(1, len(lines) + 1))
    said = str(refused.value)
    for words in (
        "1500 or 1,5",
        "twice",
        "all 3 letters",
        "2 rows",
        "--file",
        "numbered 1 to 9",
        "cannot be read",
        "has no rows",
        "Type one of A B C.",
    ):
        assert words in said


def test_a_code_of_another_sheet_is_noticed():
    code = next(code for code in codes.codes("so2", QUESTIONS) if code not in CODES.values())
    with pytest.raises(DataError, match="has the wrong letter"):
        codes.answers("so1", QUESTIONS, [Typed(1, code, "1")], "paper")


@given(st.lists(st.sampled_from(["x", "y", "z"]), unique=True, min_size=1), st.permutations(["thank", "listen", "act"]))
def test_letters_go_there_and_back(chosen, steps):
    held = {"so1-ac1-who": [key for key in "xyz" if key in chosen], "so1-ac1-steps": list(steps)}
    asked = {question.id: question for question in QUESTIONS}
    assert codes.answers("so1", QUESTIONS, typed_from("so1", asked, held), "paper") == held


def test_options_called_by_a_letter_keep_it():
    graded = choice("so1-ac1-x", "Which grade?", {"first": "A", "second": "B", "fresh": "New"})
    assert codes.marks(graded) == {"A": "first", "B": "second", "3": "fresh"}
    assert [codes.read(graded, said) for said in ("b", "3", "new")] == ["second", "fresh", "fresh"]
    assert codes.marks(choice("so1-ac1-x", "Which?", ["B", "A"])) == {"B": "B", "A": "A"}


# ---- into a cohort ---------------------------------------------------------------------------------------------------


@pytest.fixture
def right(cohort) -> dict:
    """What L-0001 and L-0002 of the cohort should answer, each to their own figures."""
    master = masters.read(cohort.master("so1"))
    run = {learner: masters.run(master, {}, learner, dry=True) for learner in ("L-0001", "L-0002")}
    words = {id: "A reason in words." for id, one in asked("so1").items() if one.kind == "text"}
    return {learner: {**one.expected, **words} for learner, one in run.items()}


def laid_out(cohort, learner: str) -> dict:
    return json.loads((cohort.path / "submitted" / learner / "so1" / "answers.json").read_text(encoding="utf-8"))


def test_paper_and_screen_give_the_same_answers_and_the_same_score(cohort, right, fill, tmp_path):
    mine = right["L-0001"]
    digital = pack(fill("L-0001", mine), "so1", "L-0001", tmp_path, declared=True)
    collecting.collect(cohort, [digital.path], "tests")
    on_screen = laid_out(cohort, "L-0001")["answers"]
    before = points(cohort, "L-0001")
    questions = {one.id: one for one in capture.questions(cohort, "so1", "L-0001").values()}
    given = capture.typed(cohort, "so1", "L-0001", typed_from("so1", questions, mine))
    taken = capture.take_in(cohort, "so1", "L-0001", given, "F-01", declared=True, scan=("sheets.PDF", PDF))
    assert taken.state == "newer" and taken.said == "typed in from paper by F-01"
    assert laid_out(cohort, "L-0001")["answers"] == on_screen
    assert points(cohort, "L-0001") == before > 50
    kept = cohort.path / "submitted" / "L-0001" / "so1" / "evidence" / "paper-so1.pdf"
    assert kept.read_bytes() == PDF


def points(cohort, learner: str) -> float:
    from nbgrader.api import Gradebook

    grade(cohort)
    with Gradebook(cohort.db_url, cohort.name) as book:
        return book.find_submission("so1", learner).score


def test_a_whole_class_from_one_table(cohort, right, tmp_path, capsys):
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["learner", "code", "answer", "hint"])
        for learner, mine in right.items():
            questions = {one.id: one for one in capture.questions(cohort, "so1", learner).values()}
            rows.writerows([learner.lower(), one.code, one.said, "x"] for one in typed_from("so1", questions, mine))
    assert main(["capture", str(cohort.path), "so1", "--from", str(path), "--declared", "--by", "F-01"]) == 0
    said = capsys.readouterr().out
    assert "L-0001" in said and "L-0002" in said
    for learner, mine in right.items():
        assert set(laid_out(cohort, learner)["answers"]) <= set(mine)
        assert len(laid_out(cohort, learner)["answers"]) == len(mine)


def test_a_table_with_faults_takes_nobody_in_and_says_all_of_them(cohort, tmp_path, capsys):
    path = tmp_path / "answers.csv"
    code = next(iter(capture.questions(cohort, "so1", "L-0001")))
    path.write_text(
        f'learner,code,answer\nL-0001,{code},"1,500"\nL-0077,{code},5\n,{code},5\nL-0002,77X,5\n', encoding="utf-8"
    )
    assert main(["capture", str(cohort.path), "so1", "--from", str(path)]) == 1
    said = capsys.readouterr().err
    for words in ("row 1", "row 2", "not enrolled", "row 3", "whose answer", "row 4", "numbered 1 to"):
        assert words in said
    assert not (cohort.path / "submitted" / "L-0001").exists()


def test_codes_typed_line_by_line(cohort, monkeypatch, capsys):
    import io

    code = next(iter(capture.questions(cohort, "so1", "L-0003")))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code.lower()} R60 000\n\n"))
    assert main(["capture", str(cohort.path), "so1", "l-0003"]) == 0
    assert "Not declared" in capsys.readouterr().out
    assert laid_out(cohort, "L-0003")["answers"] == {"so1-ac1-annual-sales": 60000.0}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["so1"], "Say whose paper it is"),
        (["so1", "L-0099"], "L-0099 is not enrolled"),
        (["so2", "L-0001", "--from", "{table}"], "Making contact (so2) is not released"),
        (["so9", "L-0001", "--from", "{table}"], "There is no workbook 'so9'"),
        (["so1", "L-0001", "--from", "missing.csv"], "missing.csv"),
        (["so1", "L-0001", "--from", "{table}", "--scan", "missing.pdf"], "missing.pdf cannot be read"),
        (["so1", "L-0001", "--from", "{table}", "--scan", "{table}"], "not taken here"),
        (["so1", "L-0001", "--from", "{table}", "--file", "nonsense"], "takes a code and a file"),
        (["so1", "L-0001", "--from", "{table}", "--file", "1T={table}"], "takes no document"),
        (["so1", "L-0002", "--from", "{table}"], "holds no answer of L-0002"),
    ],
)  # fmt: skip
def test_what_a_user_can_cause_is_said_and_nothing_is_taken_in(given, says, cohort, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = next(iter(capture.questions(cohort, "so1", "L-0001")))
    path = tmp_path / "answers.csv"
    path.write_text(f"learner,code,answer\nL-0001,{code},5\n", encoding="utf-8")
    assert main(["capture", str(cohort.path), *(one.replace("{table}", str(path)) for one in given)]) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said
    assert not list((cohort.path / "submitted").iterdir())


def test_documents_fastened_to_the_sheets_come_along(cohort):
    asked = capture.questions(cohort, "so1", "L-0001")
    code = next(code for code, one in asked.items() if one.kind == "evidence")
    capture.take_in(cohort, "so1", "L-0001", {}, "F-01", documents=[(code, "../minutes?.pdf", PDF)])
    (item,) = laid_out(cohort, "L-0001")["answers"][asked[code].id]
    assert item["file"] == "minutes-.pdf" or item["file"] == "minutes.pdf"
    assert (cohort.path / "submitted" / "L-0001" / "so1" / "evidence" / item["file"]).read_bytes() == PDF
    with pytest.raises(KitError, match="No answer was typed"):
        capture.take_in(cohort, "so1", "L-0002", {}, "F-01")


def test_the_desk_shows_a_field_a_code_and_takes_in(cohort, right):
    widgets = pytest.importorskip("ipywidgets")
    from learner_kit.desks.capture_form import Capturing, Sheets
    from learner_kit.desks.room import Room

    room = Room("facilitator", cohort.path)
    form = Capturing(room)
    assert form.workbook.value == "so1"
    form.learner.value = "L-0001"
    form._draw()
    asked = capture.questions(cohort, "so1", "L-0001")
    lines = {one.code: one.said for one in typed_from("so1", {one.id: one for one in asked.values()}, right["L-0001"])}
    assert set(lines) <= set(form.fields)
    first, *_ = form.fields
    form.fields[first].value = "1,500"
    find = {one.description: one for one in form.below.children[2].children}
    find["Look for mistakes"].click()
    assert "cannot be used" in form.said.text and first in form.said.face.value
    for code, said in lines.items():
        form.fields[code].value = said
    form.declared.value = True
    find["Take these answers in"].click()
    assert "taken in as hand-in 1" in form.said.text, form.said.face.value
    assert len(laid_out(cohort, "L-0001")["answers"]) == len(right["L-0001"])
    assert not form.fields, "what was typed does not stay for the next learner"
    sheets = Sheets(room)
    sheets.whose.value = "L-0002"
    sheets._make()
    assert "data:application/pdf" in sheets.said.face.value
    assert isinstance(form.face, widgets.Widget)
    room.cohort.engine.dispose()


def test_a_second_entry_says_what_it_takes_the_place_of_and_can_begin_with_it(cohort, right):
    pytest.importorskip("ipywidgets")
    from learner_kit.desks.capture_form import Capturing
    from learner_kit.desks.room import Room

    asked = capture.questions(cohort, "so1", "L-0001")
    proof = next(code for code, one in asked.items() if one.kind == "evidence")
    first = capture.take_in(
        cohort, "so1", "L-0001", right["L-0001"], "F-01", True, ("s.pdf", PDF), [(proof, "minutes.pdf", PDF + b" 2")]
    )
    before = laid_out(cohort, "L-0001")["answers"]
    code = next(code for code, one in asked.items() if one.kind == "text")
    form = Capturing(Room("facilitator", cohort.path))
    form.learner.value = "L-0002"
    form._draw()
    assert form.there.value == "" and form.fill.layout.display == "none"
    form.learner.value = "L-0001"
    form._draw()
    assert f"Hand-in 1 of L-0001 is there already, with {len(before)} answers" in form.there.value
    form.fields[code].value, form.declared.value = "Another reason.", True
    form.take.start.click()
    assert f"Hand-in 1 has {len(before) - 1} answers that are not here" in form.take.words.value
    assert f"Take 1 answer of {form.learner.value} in?" in form.take.words.value
    assert laid_out(cohort, "L-0001")["answers"] == before, "nothing is taken in before the yes"
    form.take.no.click()
    form.fill.click()
    assert "Nothing is taken in yet" in form.said.text and form.declared.value
    form.fields[code].value = "Another reason."
    form.take.start.click()
    assert "taken in as hand-in 2" in form.said.text, form.take.words.value
    assert laid_out(cohort, "L-0001")["answers"] == before | {asked[code].id: "Another reason."}
    kept = cohort.path / "submitted" / "L-0001" / "so1" / "evidence"
    assert {one.name for one in kept.iterdir()} == {"minutes.pdf", "paper-so1.pdf"} and first.number == 1
    form.room.cohort.engine.dispose()


def test_a_sheet_without_a_signed_declaration_is_asked_about(cohort):
    pytest.importorskip("ipywidgets")
    from learner_kit.desks.capture_form import Capturing
    from learner_kit.desks.room import Room

    form = Capturing(Room("facilitator", cohort.path))
    form.learner.value = "L-0001"
    form._draw()
    code = next(code for code, one in form._asked.items() if one.kind == "text")
    form.take.start.click()
    assert "No answer was typed" in form.said.text and not form.take.words.value
    form.fields[code].value = "A reason."
    form.take.start.click()
    assert "not ticked as signed" in form.take.words.value and not (cohort.path / "submitted" / "L-0001").exists()
    form.take.yes.click()
    assert form.said.text.startswith("1 answer of L-0001") and "is not signed" in form.said.text
    form.room.cohort.engine.dispose()


def test_a_table_that_takes_the_place_of_more_answers_says_so(cohort, right, tmp_path, capsys):
    capture.take_in(cohort, "so1", "L-0001", right["L-0001"], "F-01", True)
    code = next(iter(capture.questions(cohort, "so1", "L-0001")))
    path = tmp_path / "answers.csv"
    path.write_text(f"learner,code,answer\nL-0001,{code},5\n", encoding="utf-8")
    assert main(["capture", str(cohort.path), "so1", "--from", str(path), "--declared"]) == 0
    assert f"L-0001: hand-in 1 has {len(right['L-0001']) - 1} answers that" in capsys.readouterr().out


def test_the_manifest_says_who_typed_it_in(cohort, right):
    import zipfile

    taken = capture.take_in(cohort, "so1", "L-0001", right["L-0001"], "F-01")
    (kept,) = Path(cohort.path / "received" / "L-0001" / "so1").glob("*.zip")
    with zipfile.ZipFile(kept) as held:
        manifest = json.loads(held.read("manifest.json"))
    assert manifest["captured_by"] == "F-01" and "declaration" not in manifest
    assert taken.said == "the declaration of authenticity is not signed; typed in from paper by F-01"
