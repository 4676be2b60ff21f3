"""Progress: read from the guides and the learner's file, shown, and taken to another computer without a loss."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from pathlib import Path

import ipywidgets as widgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit import faces
from learner_kit.course import programme
from learner_kit.errors import DataError, KitError
from learner_kit.lessons import guides, progress
from learner_kit.lessons.time_plan import hours
from learner_kit.tools import progress_form
from learner_kit.workbook import Workbook, text

from .hands import found

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
GUIDES = guides.read()
STEPS = [step for guide in GUIDES for lesson in guide.lessons for step in lesson.steps]
CRITERIA = {one.id: one.handle for one in programme.load().unit.criteria}


@pytest.fixture
def book(tmp_path):
    return Workbook("guide", tmp_path, progress.FILE)


def fill(book: Workbook, *ids: str, value: str = "tried") -> None:
    book.bring(dict.fromkeys(ids, value))


def live_forms() -> list[tuple[str, str]]:
    """The code cells of all guides whose last line shows a quiz, a calculator or another form."""
    found = []
    for guide in GUIDES[1:]:
        for cell in json.loads((NOTEBOOKS / f"{guide.name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and re.match(r"ac\d-|f\d-", cell["id"]):
                found.append((f"{guide.name}/{cell['id']}", "".join(cell["source"])))
    return found


def test_every_criterion_can_be_tried_checked_and_reflected_on():
    rows = progress.by_criterion(GUIDES, {})
    assert [row.criterion for row in rows] == list(CRITERIA)
    for row in rows:
        assert row.read.of >= 1 and row.tried.of >= 1 and row.checked.of >= 2 and row.reflected.of >= 1, row.criterion
        assert row.open and not row.tried.done


def test_ids_are_used_once_in_all_guides():
    assert len({step.id for step in STEPS}) == len(STEPS)


def test_every_quiz_and_every_calculator_is_a_step():
    for where, source in live_forms():
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        names = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
        kinds = {step.kind for step in guides._steps(source)}
        if "quiz" in names:
            assert kinds == {"checked"}, where
        if "calculator" in names:
            assert kinds == {"tried"}, where


def test_everything_done_leaves_nothing_open(book):
    fill(book, *(step.id for step in STEPS))
    rows = progress.by_criterion(GUIDES, book.answers)
    assert all(row.tried.done == row.tried.of and not row.open for row in rows)
    assert all(progress.next_lesson(guide, book.answers) is None for guide in GUIDES)


@given(st.sets(st.sampled_from([step.id for step in STEPS])))
def test_the_rows_add_up_to_what_was_done(ids):
    rows = progress.by_criterion(GUIDES, dict.fromkeys(ids, "x"))
    assert sum(one.done for row in rows for one in (row.read, row.tried, row.checked, row.reflected)) == len(ids)


def test_what_is_cleared_or_unknown_does_not_count():
    kept = {STEPS[0].id: "", STEPS[1].id: None, STEPS[2].id: [], "welcome-hope": "x", "so1-ac1-unknown": "x"}
    assert progress.done(STEPS, kept) == frozenset()


def test_a_learner_goes_on_where_they_were(book):
    guide = next(one for one in GUIDES if one.name == "so1-benefits")
    lessons = [lesson for lesson in guide.lessons if lesson.steps]
    assert progress.next_lesson(guide, {}) == lessons[0]
    fill(book, lessons[2].steps[0].id)
    assert progress.next_lesson(guide, book.answers) == lessons[2]
    fill(book, *(step.id for step in lessons[2].steps))
    assert progress.next_lesson(guide, book.answers) == lessons[3]
    fill(book, *(step.id for lesson in lessons[2:] for step in lesson.steps))
    assert progress.next_lesson(guide, book.answers) == lessons[0]


def test_a_moved_calculator_is_kept_and_an_untouched_one_is_not(book):
    def make() -> faces.Face:
        face = faces.calculator(lambda a: a, {"a": faces.field("Price", 5)}, lambda result, given: (str(result), None))
        return faces.tried(book, "so1-ac1-try-x", face)

    face = make()
    assert not book.answers["so1-ac1-try-x"]
    found(face, widgets.Button)[0].click()
    assert book.answers["so1-ac1-try-x"] == "tried"
    make()
    assert Workbook("guide", book.path.parent, progress.FILE).answers["so1-ac1-try-x"] == "tried"


def test_the_line_of_a_guide_follows_the_answers(book):
    face = progress_form.here(book, "so1-benefits")
    line = next(one for one in found(face, widgets.HTML) if "guide" in one.value)
    assert "not begun" in line.value and "#Lesson-1%3A" in line.value
    fill(book, "so1-ac3-check-1")
    assert "checked 1 of" in line.value and "#Lesson-3%3A" in line.value
    fill(book, *(step.id for step in STEPS))
    assert "Nothing is open" in line.value
    assert "so1" not in repr(face) and "begun" not in repr(face)


def test_the_table_shows_every_criterion_and_leads_on(book):
    face = progress_form.overview(book, CRITERIA)
    shown = next(one for one in found(face, widgets.HTML) if "<table" in one.value)
    assert shown.value.count("<tr>") == len(CRITERIA) + 1 and "<details>" in shown.value
    for target in re.findall(r'href="([^"]+)\.ipynb#', shown.value):
        assert (NOTEBOOKS / f"{target}.ipynb").is_file()
    fill(book, "so2-ac1-check-1")
    assert "You have done 1 of" in shown.value and "<details open>" in shown.value
    assert "done" not in repr(face)


def test_stored_outputs_hold_no_persons_progress():
    for path in NOTEBOOKS.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and re.match(r"(here|overview|take_along)\(", source):
                (output,) = cell["outputs"]
                assert list(output["data"]) == ["text/plain"]
                assert not re.search(r"\d", "".join(output["data"]["text/plain"]))


def other(tmp_path, **values) -> bytes:
    away = Workbook("guide", tmp_path / "away", progress.FILE)
    away.bring({name.replace("_", "-"): value for name, value in values.items()})
    return progress.packed(away)


def test_a_file_from_another_computer_adds_and_never_takes_away(book, tmp_path):
    fill(book, "so1-ac1-check-1", value="300")
    fill(book, "so1-ac1-check-2", value="B")
    merged = progress.receive(
        book, other(tmp_path, so1_ac1_check_1="400", so1_ac1_check_2="B", so2_ac1_reflection="Mine")
    )
    assert merged == progress.Merged({"so2-ac1-reflection": "Mine"}, {"so1-ac1-check-1": "400"})
    again = Workbook("guide", book.path.parent, progress.FILE).answers
    assert dict(again) == {"so1-ac1-check-1": "300", "so1-ac1-check-2": "B", "so2-ac1-reflection": "Mine"}


def test_what_another_tab_kept_meanwhile_is_neither_lost_nor_left_behind(book, tmp_path):
    Workbook("guide", book.path.parent, progress.FILE).bring({"so1-ac1-check-1": "300"})
    assert b"so1-ac1-check-1" in progress.packed(book)
    assert progress.receive(book, other(tmp_path, so1_ac1_check_1="400")).differ == {"so1-ac1-check-1": "400"}
    book.ask(text("so1-ac1-reflection", "Why?"))
    book.set("so1-ac1-reflection", "So.")
    assert book.answers["so1-ac1-check-1"] == "300"


@given(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "x", "y"])),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "x", "y"])),
)
def test_merging_keeps_every_answer_of_both_sides(here, there):
    merged = progress.merge(here, there)
    both = {**here, **merged.missing}
    assert all(both[id] == value for id, value in here.items() if value)
    assert all(value in (both.get(id), merged.differ.get(id)) for id, value in there.items() if value)
    assert progress.merge(both, there).missing == {}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"[]", b'{"format": 1, "workbook": "progress", "answers": 3}'])
def test_a_file_that_is_none_changes_nothing(book, content):
    fill(book, "so1-ac1-check-1")
    before = book.path.read_bytes()
    with pytest.raises(DataError):
        progress.receive(book, content)
    assert book.path.read_bytes() == before


def test_a_workbooks_file_or_another_learners_is_refused(book, tmp_path):
    with pytest.raises(KitError, match="workbook so1"):
        progress.receive(book, b'{"format": 1, "workbook": "so1", "learner": null, "answers": {}}')
    book.identify("L-0001")
    with pytest.raises(KitError, match="L-0002"):
        progress.receive(
            book, b'{"format": 1, "workbook": "progress", "learner": "L-0002", "answers": {"so1-ac1-x": 1}}'
        )


def send(form, content: bytes) -> None:
    file = {"name": "progress.json", "type": "", "size": len(content), "content": content}
    form.chooser.value = ({**file, "last_modified": dt.datetime.now(dt.UTC)},)


def test_the_form_asks_before_it_replaces_and_offers_what_was_replaced(book, tmp_path):
    fill(book, "so1-ac1-check-1", value="300")
    form = progress_form._TakeAlong(book)
    form._make()
    assert 'download="progress.json"' in form.file.value
    send(form, b"nonsense")
    assert "not JSON" in form.said.value
    send(form, other(tmp_path, so1_ac1_check_1="400", so1_ac2_check_1="5"))
    assert "1 answer was added" in form.said.value and "SO1 AC1" in form.said.value
    assert form.asked.layout.display is None and book.answers["so1-ac1-check-1"] == "300"
    form.take.click()
    assert book.answers["so1-ac1-check-1"] == "400" and "progress-before.json" in form.said.value
    assert form.asked.layout.display == "none"


def test_without_a_folder_to_write_to_progress_still_shows(tmp_path, monkeypatch):
    book = Workbook("guide", tmp_path / "none", progress.FILE)
    monkeypatch.setattr("learner_kit.workbook.kept.change", lambda *_: (_ for _ in ()).throw(OSError("read-only")))
    fill(book, "so1-ac1-check-1")
    assert progress.count(STEPS, book.answers)["checked"].done == 1
    assert b"so1-ac1-check-1" in progress.packed(book)


def test_the_time_plan_adds_up_to_the_hours_of_the_unit_standard():
    plan = programme.load()
    *parts, together = hours(plan.activities, {one.id: one.id for one in plan.unit.outcomes})
    assert together.total == plan.unit.hours == sum(part.total for part in parts)
    assert together.contact == sum(one.hours for one in plan.activities if one.setting == "contact")
    assert {one.id for one in plan.unit.outcomes} <= {part.part for part in parts}


def test_a_guide_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "so1-x.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(KitError, match="so1-x"):
        guides.read(tmp_path)
