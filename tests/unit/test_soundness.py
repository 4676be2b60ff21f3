"""`check`: what keeps a programme from being given, and what changed after learners got their workbooks."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from learner_kit.course import soundness
from learner_kit.course.programme import ASSESSMENTS, HOME, load


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
