"""Grading: the master's checks on answers as data give exactly what stock nbgrader gives by running the notebook."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys

import nbformat
import pytest
import sqlalchemy as sa

from learner_kit.assess import gradebook as book_of_grades
from learner_kit.assess.grade import grade
from learner_kit.cli import main
from learner_kit.course import master, memos, programme, records, release
from learner_kit.course.cohort import nbgrader_config, open_cohort
from learner_kit.course.collect import collect
from learner_kit.course.release import quiet_nbgrader
from learner_kit.course.submission import pack
from learner_kit.errors import KitError

from ..classwork import write_answers


def gradebook(cohort, workbook="so1") -> dict:
    """Every grade, comment and penalty of a workbook in a gradebook, by learner and cell."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(cohort.db_url) as book, quiet_nbgrader():
        for submission in book.assignment_submissions(workbook):
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


def autograde(cohort, learner: str, stock: bool, workbook: str = "so1") -> None:
    """nbgrader's own Autograde: as the cohort sets it up, or with its own preprocessors, kernel and all."""
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = nbgrader_config(cohort)
    if stock:
        del config.Autograde
    config.CourseDirectory.assignment_id = workbook
    config.CourseDirectory.student_id = learner
    with quiet_nbgrader():
        Autograde(coursedir=CourseDirectory(config=config), config=config).start()


@pytest.fixture
def class_of_three(cohort, hand_in, right_answers):
    """All right; half answered, some wrong, partly right lists, late; nothing answered."""
    whole, own = (right_answers | memos.expected(cohort, "so1", learner) for learner in ("L-0001", "L-0002"))
    half = {id: value for place, (id, value) in enumerate(own.items()) if place % 2}
    half |= {id: 1.0 for id, value in own.items() if isinstance(value, float) and id not in half}
    asked = master.questions(master.read(cohort.master("so1")))
    half |= {id: value[:1] for id, value in own.items() if asked[id].kind == "choices"}
    half["so1-ac3-benefits-memo"] = "<script>alert('x')</script> =1+1 \u202e ünïcode"
    with records.transaction(cohort.engine) as connection:
        connection.execute(sa.text("update assignment set duedate = :due"), {"due": dt.datetime(2026, 3, 1)})
    hand_in("L-0001", whole, dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
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
    for learner in ("L-0001", "L-0002", "L-0003"):
        ours, through_nbgrader = (
            nbformat.read(copies[name].path / "autograded" / learner / "so1" / "so1.ipynb", as_version=4)
            for name in ("ours", "ours through nbgrader")
        )
        nbformat.validate(ours)
        assert ours.cells == through_nbgrader.cells


@pytest.mark.parametrize("workbook", [one for one in programme.load().workbooks if one != "so1"])
def test_scores_of_every_workbook_equal_stock_nbgrader(cohort, fill, workbook, tmp_path):
    """Two learners each: one right in all, one with every second answer, some of them wrong."""
    release.release(cohort, workbook, "tests")
    (tmp_path / "zips").mkdir()
    for learner in ("L-0001", "L-0002"):
        own = memos.expected(cohort, workbook, learner)
        if learner == "L-0002":
            own = {id: value for place, (id, value) in enumerate(own.items()) if place % 2}
            own |= {id: value + 1 for id, value in own.items() if isinstance(value, float) and value % 2}
            own |= {
                id: value[:-1] for id, value in own.items() if isinstance(value, list) and isinstance(value[0], str)
            }
        asked = master.questions(master.read(cohort.master(workbook)), learner)
        own = {id: value for id, value in own.items() if asked[id].valid(value)}
        folder = write_answers(fill(learner, {}, workbook), own, learner, workbook)
        packed = pack(folder, workbook, learner, tmp_path / "zips", declared=True)
        (taken,) = collect(cohort, [packed.path], "tests")
        assert taken.state == "new", taken.said
    cohort.engine.dispose()
    copies = {}
    for name in ("stock", "ours"):
        shutil.copytree(cohort.path, tmp_path / name)
        copies[name] = open_cohort(tmp_path / name)
    for learner in ("L-0001", "L-0002"):
        autograde(copies["stock"], learner, stock=True, workbook=workbook)
    assert {one.state for one in grade(copies["ours"], workbook)} == {"graded"}
    wanted = gradebook(copies["stock"], workbook)
    assert gradebook(copies["ours"], workbook) == wanted
    checks = master.read(cohort.master(workbook)).checks
    assert all(wanted["L-0001", one.grade_id][0] == one.points for one in checks)
    assert 0 < wanted["L-0002"][1] < wanted["L-0001"][1]


def test_a_second_run_finds_nothing_new(class_of_three):
    grade(class_of_three)
    before = gradebook(class_of_three)
    assert {one.state for one in grade(class_of_three)} == {"unchanged"}
    assert gradebook(class_of_three) == before


def test_graded_notebook_holds_answers_escaped_and_nothing_of_the_learners_file(class_of_three):
    grade(class_of_three)
    text = (class_of_three.path / "autograded" / "L-0002" / "so1" / "so1.ipynb").read_text(encoding="utf-8")
    assert "<script>" not in text.replace('"text/plain"', "").split('"text/html"')[0]
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
    assert "HIDDEN TESTS" not in text, "nbgrader's feedback would show them to learners who may try again"
    assert "hint=" not in text


def test_every_question_is_shown_once_and_beside_its_points(class_of_three):
    grade(class_of_three)
    asked = master.questions(master.read(class_of_three.master("so1")))
    nb = nbformat.read(class_of_three.path / "autograded" / "L-0002" / "so1" / "so1.ipynb", as_version=4)
    shown = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.get("outputs", []) for cell in nb.cells}
    pages = {id: "".join(one.get("data", {}).get("text/html", "") for one in outputs) for id, outputs in shown.items()}

    def rows(page: str) -> int:  # of questions; a table of given figures has rows of its own
        return page.count("<tr><th scope='row' colspan") + page.count("width:50%'>")

    assert sum(map(rows, pages.values())) == len(asked)
    for id, question in asked.items():
        if id in pages and shown[id]:
            assert rows(pages[id]) == 1, f"{id}: {question.prompt}"
    states = {id: page for id, page in pages.items() if "Right." in page or "Partly right." in page}
    wrong = [id for id, outputs in shown.items() if any(one.output_type == "error" for one in outputs)]
    assert states and wrong and not states.keys() & set(wrong)
    assert "so1-ac3-benefits-memo" in pages["setup"], "the head says what a person marks"


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

    with FileLock(cohort.path / ".grading.lock"), pytest.raises(KitError, match="Another grading"):
        grade(cohort)


def test_the_tables_that_grading_names_are_nbgraders():
    from nbgrader.api import Base

    ours = [one for one in vars(book_of_grades).values() if isinstance(one, sa.TableClause)]
    assert len(ours) == 8
    for table in [*ours, *book_of_grades._KINDS.values()]:
        real = Base.metadata.tables[table.name]
        for column in table.columns:
            assert column.name in real.columns
            if not isinstance(column.type, sa.types.NullType):
                assert type(column.type) is type(real.columns[column.name].type)
        typed = {one.name for one in real.columns if isinstance(one.type, (sa.DateTime, sa.Boolean, sa.Interval))}
        assert typed & {one.name for one in table.columns} == {
            one.name for one in table.columns if not isinstance(one.type, sa.types.NullType)
        }
    for name, given in {
        "submitted_assignment": {"id", "assignment_id", "student_id"},
        "submitted_notebook": {"id", "assignment_id", "notebook_id", "flagged"},
        "grade": {"id", "notebook_id", "cell_id", "needs_manual_grade"},
        "comment": {"id", "notebook_id", "cell_id"},
        "student": {"id"},
    }.items():
        needed = {one.name for one in Base.metadata.tables[name].columns if not one.nullable or one.default is not None}
        assert needed <= given, f"{name}: nbgrader fills in {needed - given}, which we must too"


def test_grading_loads_no_nbgrader(class_of_three):
    """Importing nbgrader takes longer than grading a class; only a late penalty needs it."""
    code = (
        "import sys; from learner_kit.cli import main; code = main(sys.argv[1:]); "
        "sys.exit(code or any(one.split('.')[0] in ('nbgrader', 'pandas', 'nbformat', 'jsonschema') for one in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, "grade", str(class_of_three.path)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_processes_give_what_one_gives(class_of_three, tmp_path):
    class_of_three.engine.dispose()
    copy = open_cohort(shutil.copytree(class_of_three.path, tmp_path / "copy"))
    assert grade(copy, workers=2) == grade(class_of_three, workers=1)
    assert gradebook(copy) == gradebook(class_of_three)
    with pytest.raises(ValueError, match="workers must be 1 or more"):
        grade(copy, workers=0)


def test_the_command_lists_outcomes_and_everyone_who_needs_a_person(class_of_three, capsys):
    folder = class_of_three.path / "submitted"
    (folder / "L-0003" / "so1" / "answers.json").write_text("{", encoding="utf-8")
    shutil.copytree(folder / "L-0001", folder / "L-0009")
    (folder / "a stray file").write_text("", encoding="utf-8")
    assert main(["grade", str(class_of_three.path)]) == 1
    said = capsys.readouterr().out
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith("  L-")}
    assert list(lines) == ["L-0001", "L-0002", "L-0003", "L-0009"]
    assert "answers to mark" in lines["L-0001"] and "late" not in lines["L-0001"]
    assert "3,0 days late" in lines["L-0002"]
    assert "not JSON" in lines["L-0003"]
    assert "not enrolled" in lines["L-0009"]
    assert not (class_of_three.path / "autograded" / "L-0009").exists()
    assert main(["grade", str(class_of_three.path)]) == 1
    again = capsys.readouterr().out
    assert "L-0009" in again and "L-0001" in again


def test_a_master_changed_after_release_is_refused(class_of_three):
    place = class_of_three.master("so1")
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace('"points": 2', '"points": 3', 1), encoding="utf-8")
    with pytest.raises(KitError, match=r"changed after it was released \(cells or points: so1-ac1-annual-sales\)"):
        grade(class_of_three)
    with pytest.raises(KitError, match="L-0099 is not enrolled"):
        grade(class_of_three, learner="L-0099")


def test_a_master_that_fails_on_one_learners_answers_stops_nobody_else(class_of_three):
    place = class_of_three.master("so1")
    nb = json.loads(place.read_text(encoding="utf-8"))
    setup = next(one for one in nb["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == "setup")
    setup["source"] = "".join(setup["source"]) + "\nif book.learner == 'L-0002': raise RuntimeError('on these figures')"
    place.write_text(json.dumps(nb), encoding="utf-8")
    done = {one.learner: one for one in grade(class_of_three)}
    assert [done[one].state for one in ("L-0001", "L-0002", "L-0003")] == ["graded", "faulty", "graded"]
    assert "RuntimeError: on these figures" in done["L-0002"].needs
    assert not (class_of_three.path / "autograded" / "L-0002").exists()
    assert {one.learner: one.state for one in grade(class_of_three)}["L-0002"] == "faulty", "it is tried again"
