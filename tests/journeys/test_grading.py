"""Grading: the master's checks on answers as data give exactly what stock nbgrader gives by running the notebook."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from learner_kit.assess.grade import grade
from learner_kit.course import master, records
from learner_kit.course.cohort import nbgrader_config, open_cohort
from learner_kit.course.release import quiet_nbgrader


def gradebook(cohort) -> dict:
    """Every grade, comment and penalty in a gradebook, by learner and cell."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(cohort.db_url) as book, quiet_nbgrader():
        for submission in book.assignment_submissions("so1"):
            for notebook in submission.notebooks:
                penalty = notebook.late_submission_penalty
                for one in notebook.grades:
                    found[submission.student.id, one.name] = (
                        one.auto_score,
                        one.manual_score,
                        one.needs_manual_grade,
                        penalty,
                    )
                for one in notebook.comments:
                    found[submission.student.id, one.name, "comment"] = (one.auto_comment, one.manual_comment)
                found[submission.student.id] = (submission.timestamp, round(submission.score, 6), submission.max_score)
    return found


def autograde(cohort, learner: str, stock: bool) -> None:
    """nbgrader's own Autograde: as the cohort sets it up, or with its own preprocessors, kernel and all."""
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = nbgrader_config(cohort)
    if stock:
        del config.Autograde
    config.CourseDirectory.assignment_id = "so1"
    config.CourseDirectory.student_id = learner
    with quiet_nbgrader():
        Autograde(coursedir=CourseDirectory(config=config), config=config).start()


@pytest.fixture
def class_of_three(cohort, hand_in, right_answers):
    """All right; half answered, some wrong, partly right lists, late; nothing answered."""
    half = {id: value for place, (id, value) in enumerate(right_answers.items()) if place % 2}
    half |= {id: 1.0 for id, value in right_answers.items() if isinstance(value, float) and id not in half}
    asked = master.questions(master.read(cohort.master("so1")))
    half |= {id: value[:1] for id, value in right_answers.items() if asked[id].kind == "choices"}
    half["so1-ac3-benefits-memo"] = "<script>alert('x')</script> =1+1 \u202e ünïcode"
    with records.transaction(cohort.engine) as connection:
        connection.execute(sa.text("update assignment set duedate = :due"), {"due": dt.datetime(2026, 3, 1)})
    hand_in("L-0001", right_answers, dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    hand_in("L-0002", half, dt.datetime(2026, 3, 4, tzinfo=dt.UTC))
    hand_in("L-0003", {}, dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    return cohort


def test_scores_equal_stock_nbgrader(class_of_three, tmp_path):
    cohort = class_of_three
    cohort.engine.dispose()
    with (cohort.path / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    copies = {}
    for name in ("stock", "ours through nbgrader", "ours"):
        shutil.copytree(cohort.path, tmp_path / name)
        copies[name] = open_cohort(tmp_path / name)
    for learner in ("L-0001", "L-0002", "L-0003"):
        autograde(copies["stock"], learner, stock=True)
        autograde(copies["ours through nbgrader"], learner, stock=False)
    done = grade(copies["ours"])
    wanted = gradebook(copies["stock"])
    assert {one.state for one in done} == {"graded"}
    assert wanted["L-0001", "so1-ac1-annual-sales"][0] == 2
    assert wanted["L-0002", "so1-ac1-annual-sales"][3] > 0, "the late one has a penalty"
    assert wanted["L-0003"][1] == 0
    assert gradebook(copies["ours through nbgrader"]) == wanted
    assert gradebook(copies["ours"]) == wanted


def test_a_second_run_finds_nothing_new(class_of_three):
    grade(class_of_three)
    before = gradebook(class_of_three)
    assert {one.state for one in grade(class_of_three)} == {"unchanged"}
    assert gradebook(class_of_three) == before


def test_graded_notebook_holds_answers_escaped_and_nothing_of_the_learners_file(class_of_three):
    grade(class_of_three)
    text = (class_of_three.path / "autograded" / "L-0002" / "so1" / "so1.ipynb").read_text(encoding="utf-8")
    assert "<script>" not in text.replace('"text/plain"', "").split('"text/html"')[0]
    import nbformat

    nb = nbformat.reads(text, 4)
    nbformat.validate(nb)
    shown = [
        output.data["text/html"]
        for cell in nb.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output and "text/html" in output.data
    ]
    page = "".join(shown)
    assert "&lt;script&gt;" in page and "<script" not in page
    assert "\u202e" not in page and "[U+202E]" in page


def test_manual_marks_survive_grading_again(class_of_three, hand_in, right_answers):
    from nbgrader.api import Gradebook

    grade(class_of_three)
    with Gradebook(class_of_three.db_url) as book:
        mark = book.find_grade("so1-ac3-benefits-memo", "so1", "so1", "L-0001")
        mark.manual_score, mark.needs_manual_grade = 7, False
        book.db.commit()
    hand_in("L-0001", {**right_answers, "so1-ac1-annual-sales": 1.0}, dt.datetime(2026, 2, 2, tzinfo=dt.UTC))
    grade(class_of_three)
    found = gradebook(class_of_three)
    assert found["L-0001", "so1-ac3-benefits-memo"][1] == 7
    assert found["L-0001", "so1-ac1-annual-sales"][0] == 0


def test_two_gradings_at_once_are_refused(cohort):
    from filelock import FileLock

    from learner_kit.errors import KitError

    with FileLock(cohort.path / ".grading.lock"), pytest.raises(KitError, match="Another grading"):
        grade(cohort)
