"""The graded notebook's look: an assessor sees the figures that the learner saw, and nothing in them is markup."""

from __future__ import annotations

import json

import pytest

from learner_kit.assess import evidence, sheet
from learner_kit.assess.grade import grade
from learner_kit.assess.worker import graded_notebook
from learner_kit.course import master as masters
from learner_kit.workbook import given

widgets = pytest.importorskip("ipywidgets")
from learner_kit.desks import exhibits  # noqa: E402

CAPTION = "What the four ways brought"


def table_of(cohort, learner: str):
    ran = masters.run(masters.read(cohort.master("so1")), {}, learner, dry=True)
    return next(one for form in ran.forms.values() for one in form.given if one.caption == CAPTION)


def test_a_graded_notebook_shows_each_learners_own_given_figures(cohort):
    master, seen = masters.read(cohort.master("so1")), {}
    for learner in ("L-0001", "L-0002"):
        held = json.loads(graded_notebook(master, {}, learner))
        outputs = [out["data"] for cell in held["cells"] for out in cell.get("outputs", []) if "data" in out]
        (shown,) = [one for one in outputs if CAPTION in one.get("text/html", "")]
        rows = table_of(cohort, learner).rows
        seen[learner] = rows
        for row in rows:
            assert " | ".join(row) in shown["text/plain"]
            for cell in row:
                assert f">{cell}<" in shown["text/html"]
    assert seen["L-0001"] != seen["L-0002"], "the figures are each learner's own"


def test_every_table_of_every_workbook_is_shown(made_cohort):
    from learner_kit.course.cohort import open_cohort

    cohort = open_cohort(made_cohort)
    count = 0
    for workbook in cohort.workbooks:
        master = masters.read(cohort.master(workbook))
        held = graded_notebook(master, {}, "L-0001")
        for form in masters.run(master, {}, "L-0001", dry=True).forms.values():
            for table in form.given:
                count += 1
                assert json.dumps(sheet.figures(table), ensure_ascii=False)[1:-1] in held, (workbook, table.caption)
    cohort.engine.dispose()
    assert count > 5


def test_nothing_in_a_table_is_markup_and_turning_signs_are_named():
    table = given("<b>Costs</b>", ["Way", "<i>"], ["Tele\u202ephone", "<script>alert(1)</script>"])
    shown = sheet.figures(table)
    assert not [one for one in ("<b>Costs", "<i>", "<script") if one in shown]
    assert "&lt;script&gt;" in shown and "Tele[U+202E]phone" in shown


def test_a_table_stands_above_the_first_question_of_its_form_that_is_shown(cohort):
    ran = masters.run(masters.read(cohort.master("so1")), {}, "L-0001", dry=True)
    (form,) = [one for one in ran.forms.values() if CAPTION in [table.caption for table in one.given]]
    assert set(sheet.above(ran, form.ids)) == {form.ids[0]}
    assert set(sheet.above(ran, form.ids[2:])) == {form.ids[2]}
    assert sheet.above(ran, ["so1-ac1-annual-sales"]) == {} and sheet.above(ran, []) == {}


def test_the_desks_show_the_figures_once_above_the_evidence(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    grade(cohort)
    standing = next(one for one in evidence.matrix(cohort, "L-0001") if one.criterion == "so1-ac5")
    shown = exhibits.html(exhibits.read(cohort, standing))
    assert shown.count(CAPTION) == 1
    for cell in table_of(cohort, "L-0001").rows[0]:
        assert f">{cell}<" in shown
    assert shown.index(CAPTION) < shown.index("What did it cost to reach one person?")
