"""`check`: what keeps a programme from being given, and what changed after learners got their workbooks."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from learner_kit.course import ranges, soundness
from learner_kit.course.programme import ASSESSMENTS, HOME, load
from learner_kit.teaching import knowledge


@pytest.fixture
def folder(tmp_path):
    """A copy of the programme, lessons beside it."""
    shutil.copytree(ASSESSMENTS, tmp_path / "assessments")
    (tmp_path / "notebooks").mkdir()
    for one in (HOME / "notebooks").glob("*.ipynb"):
        shutil.copy(one, tmp_path / "notebooks")
    return tmp_path / "assessments"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(folder):
    return [f"{one.column}: {one.reason}" for one in soundness.faults(load(folder))]


def test_what_ships_is_sound():
    assert soundness.faults(load()) == []


def test_the_table_of_coverage_is_current():
    page = (HOME / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == soundness.table(load()), "run: learner-kit check --table"
    assert len(re.findall(r"^\| \d", page, re.MULTILINE)) == 17 and "| – |" not in page


def test_all_that_the_range_names_is_explained_in_a_lesson_and_asked():
    found = ranges.coverage(load())
    assert len(found) == 14 and all(one.lessons and one.questions for one in found)


def test_a_row_explains_and_a_question_that_names_half_of_the_kind_asks(folder):
    change(folder.parent / "notebooks" / "so2-initiate.ipynb", "| Walk-in |", "| On foot |")
    text = (folder / "unit_standard.toml").read_text(encoding="utf-8")
    names = re.search(r"^marketing = .*$", text, re.MULTILINE)[0]
    change(folder / "unit_standard.toml", names, 'marketing = ["telephone", "SMS", "pigeon", "drum"]')
    found = {(one.kind, one.name): one for one in ranges.coverage(load(folder))}
    assert not found["customers", "walk-in"].lessons and found["customers", "canvassed"].lessons
    assert found["marketing", "SMS"].questions and not found["marketing", "pigeon"].questions
    assert found["customers", "telephone"].questions < found["marketing", "telephone"].questions


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("answer = 60000.0", "answer = 60001.0", "so1-ac1-annual-sales: has an answer in its memo that is not the one"),
        ("[so1-ac1-annual-sales]", "[so1-ac1-yearly-sales]", "so1-ac1-annual-sales: has no memo"),
        ("[so1-ac1-annual-sales]", "[so1-ac1-yearly-sales]", "so1-ac1-yearly-sales: has a memo but is no question"),
        ("{boutique.price}", "{boutique.cost}", "so1: so1-ac1-annual-sales: "),
    ],
)
def test_a_memo_that_does_not_fit_is_refused(folder, old, new, wanted):
    change(folder / "memo" / "so1.toml", old, new)
    assert [one for one in said(folder) if wanted in one]


def test_a_cell_without_a_criterion_is_refused(folder):
    path = folder / "source" / "so1" / "so1.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("so1-ac1-two-items", "so9-ac1-two-items"), encoding="utf-8"
    )
    assert "so1: so9-ac1-two-items: begins with no criterion of the unit standard" in said(folder)


def test_right_options_that_are_the_longest_are_refused(folder):
    """The right option of every other question is lengthened: a learner could tick the longest and pass."""
    path = folder / "source" / "so3" / "so3.ipynb"
    changed = path.read_text(encoding="utf-8")
    for key in ("step-back", "honest", "paths", "monday", "marketing", "reason"):
        changed = re.sub(
            rf'(\\"{key}\\": \\"(?:[^"\\\\]|\\\\{{3}}")*)',
            r"\1 and, as lesson 2 says, this alone is right",
            changed,
            count=1,
        )
    path.write_text(changed, encoding="utf-8")
    assert [one for one in said(folder) if one.startswith("so3: the right option is the longest in 7 of 12")]


LONG, SHORT, MIDDLE = ["a", "bbbb", "cc"], ["aaa", "b", "cc"], ["aaa", "bb", "c"]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ([(LONG, 1), (MIDDLE, 1), (SHORT, 2), (MIDDLE, 2)], []),
        ([(LONG, 1), (LONG, 1), (SHORT, 2), (MIDDLE, 1)], ["longest in 2 of 4", "option 2 is right in 3 of 4"]),
        ([(SHORT, 1), (SHORT, 1), (SHORT, 2), (MIDDLE, 2)], ["shortest in 3 of 4"]),
        ([(["aa", "bb"], 0), (["aa", "bb"], 1)] * 3, []),  # as long as another tells nothing
        ([(LONG, 1)] * 3, []),  # too few to make a pattern
    ],
)
def test_what_gives_right_options_away(asked, wanted):
    found = soundness.telling(asked)
    assert len(found) == len(wanted) and all(part in one for part, one in zip(wanted, found, strict=True))


def test_the_knowledge_check_does_not_give_its_answers_away():
    items = knowledge.load(load()).items
    assert soundness.telling((one.options, knowledge.letters(one).index(one.right)) for one in items) == []


@pytest.mark.parametrize("stage", ["taught", "practised", "formative", "summative"])
def test_a_criterion_that_lacks_a_stage_is_refused(folder, stage):
    path = folder / "plan.toml"
    path.write_text(
        re.sub(rf'^(stage = .*)"{stage}"(, )?', r"\1", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        .replace(", ]", "]")
        .replace("stage = []", 'stage = ["taught"]' if stage != "taught" else 'stage = ["practised"]'),
        encoding="utf-8",
    )
    assert [one for one in said(folder) if f"not {stage}" in one]


def test_nothing_changed_after_release(cohort):
    assert soundness.changed(cohort) == []


def test_points_and_ids_that_changed_after_release_are_found(cohort):
    path = cohort.master("so1")
    held = json.loads(path.read_text(encoding="utf-8"))
    cells = {one["metadata"]["nbgrader"]["grade_id"]: one for one in held["cells"] if "nbgrader" in one["metadata"]}
    cells["so1-ac1-annual-sales"]["metadata"]["nbgrader"]["points"] = 3
    cells["so1-ac1-hearers"]["metadata"]["nbgrader"]["grade_id"] = "so1-ac1-listeners"
    path.write_text(json.dumps(held), encoding="utf-8")
    found = {one.column: one.reason for one in soundness.changed(cohort)}
    assert found == {
        "so1: so1-ac1-annual-sales": "went from 2 to 3 points in the cohort's master after the release",
        "so1: so1-ac1-hearers": "is gone in the cohort's master after the release",
        "so1: so1-ac1-listeners": "came to be in the cohort's master after the release",
    }
