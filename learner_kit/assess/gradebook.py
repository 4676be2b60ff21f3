"""What nbgrader's autograder leaves in its gradebook, for many submissions in one transaction.

nbgrader writes a submission with a small transaction for every cell. Here the same rows
(student, submitted assignment, submitted notebook, grades, comments, late penalty) are written together. A standing test
holds them, row by row, to what nbgrader itself writes.

The tables are named here, not imported: `import nbgrader` brings its server and its exchange along and takes seconds,
which is more than a class of 300 takes to grade.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import database
from learner_kit.errors import KitError


def _table(name: str, columns: str, **typed: sa.types.TypeEngine) -> sa.TableClause:
    return sa.table(name, *(sa.column(one, typed.get(one)) for one in columns.split()))


_STUDENT = _table("student", "id")
_ASSIGNMENT = _table("assignment", "id name duedate", duedate=sa.DateTime())
_MASTER = _table("notebook", "id name assignment_id")
_CELL = _table("base_cell", "id name notebook_id")
_KINDS = {"grade": _table("grade_cells", "id max_score"), "task": _table("task_cells", "id max_score")}
_SUBMISSION = _table(
    "submitted_assignment",
    "id assignment_id student_id timestamp extension",
    timestamp=sa.DateTime(),
    extension=sa.Interval(),
)
_NOTEBOOK = _table(
    "submitted_notebook", "id assignment_id notebook_id flagged late_submission_penalty", flagged=sa.Boolean()
)
_GRADE = _table(
    "grade",
    "id notebook_id cell_id auto_score manual_score extra_credit needs_manual_grade",
    needs_manual_grade=sa.Boolean(),
)
_COMMENT = _table("comment", "id notebook_id cell_id")

Penalty = Callable[[str, float, float], "float | None"]  # learner, score, seconds late → points to take away


@dataclass(frozen=True)
class Assignment:
    """A released workbook as the gradebook knows it: cell name → (id, kind, points)."""

    workbook: str
    id: str
    notebook: str
    due: dt.datetime | None
    cells: dict[str, tuple[str, str, float]]


@dataclass(frozen=True)
class Entry:
    """The scores of one submission, by cell name."""

    learner: str
    handed_in: dt.datetime | None
    scores: dict[str, float]


def assignment(connection: sa.Connection, workbook: str) -> Assignment:
    """Look a released workbook up.

    Raises:
        KitError: it was never released in this cohort.
    """
    found = connection.execute(
        sa.select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.duedate, _MASTER.c.id)
        .join(_MASTER, _MASTER.c.assignment_id == _ASSIGNMENT.c.id)
        .where(_ASSIGNMENT.c.name == workbook, _MASTER.c.name == workbook)
    ).first()
    if found is None:
        raise KitError(f"The workbook {workbook} is not released in this cohort.")
    cells: dict[str, tuple[str, str, float]] = {}
    for kind, own in _KINDS.items():
        query = sa.select(_CELL.c.id, _CELL.c.name, own.c.max_score).join(own, own.c.id == _CELL.c.id)
        for row in connection.execute(query.where(_CELL.c.notebook_id == found[2])):
            cells[row.name] = (row.id, kind, row.max_score)
    return Assignment(workbook, found[0], found[2], found[1], cells)


def save(connection: sa.Connection, about: Assignment, entries: Iterable[Entry], penalty: Penalty) -> dict[str, int]:
    """Write the scores of several learners; manual marks and comments that stand there stay.

    Args:
        connection: an open transaction on the cohort's database.
        about: from `assignment`.
        entries: one a learner.
        penalty: what nbgrader's late-submission plugin takes away; asked only where something came late.

    Returns:
        Learner → how many of the answers still wait for a person's mark.
    """
    entries = list(entries)
    learners = [entry.learner for entry in entries]
    known = set(connection.scalars(sa.select(_STUDENT.c.id).where(_STUDENT.c.id.in_(learners))))
    database.insert(connection, _STUDENT, [{"id": learner} for learner in learners if learner not in known])
    there = {row.student_id: row for row in connection.execute(_submissions(about, learners))}
    first = _first(connection, about, [entry for entry in entries if entry.learner not in there], penalty)
    return first | _again(connection, about, [entry for entry in entries if entry.learner in there], there, penalty)


def _first(connection: sa.Connection, about: Assignment, entries: list[Entry], penalty: Penalty) -> dict[str, int]:
    """Rows for learners who have none yet."""
    submissions, notebooks, grades, comments = [], [], [], []
    for entry in entries:
        submission, notebook = _id(), _id()
        late = _late(about, entry, entry.handed_in, None, sum(entry.scores.values()), penalty)
        submissions.append(
            {"id": submission, "assignment_id": about.id, "student_id": entry.learner, "timestamp": entry.handed_in}
        )
        notebooks.append(
            {
                "id": notebook,
                "assignment_id": submission,
                "notebook_id": about.notebook,
                "flagged": False,
                "late_submission_penalty": late,
            }
        )
        for name, (cell, kind, _) in about.cells.items():
            score, row = entry.scores.get(name), {"id": _id(), "notebook_id": notebook, "cell_id": cell}
            grades.append(row | {"auto_score": score, "needs_manual_grade": score is None})
            if kind == "task":
                comments.append({"id": _id(), "notebook_id": notebook, "cell_id": cell})
    for table, made in ((_SUBMISSION, submissions), (_NOTEBOOK, notebooks), (_GRADE, grades), (_COMMENT, comments)):
        database.insert(connection, table, made)
    return {entry.learner: len(about.cells.keys() - entry.scores.keys()) for entry in entries}


def _again(
    connection: sa.Connection, about: Assignment, entries: list[Entry], there: dict[str, Any], penalty: Penalty
) -> dict[str, int]:
    """Rows of learners who were graded before."""
    owners = {there[entry.learner].notebook: entry for entry in entries}
    names = {id: name for name, (id, _, _) in about.cells.items()}
    query = sa.select(_GRADE).where(_GRADE.c.cell_id.in_(names), _GRADE.c.notebook_id.in_(owners))
    grades, penalties = [], []
    standing, waits = dict.fromkeys(owners, 0.0), dict.fromkeys(owners, 0)
    for grade in connection.execute(query).mappings() if owners else ():
        entry = owners[grade["notebook_id"]]
        score, before = entry.scores.get(names[grade["cell_id"]]), there[entry.learner].timestamp
        marked, waiting = grade["manual_score"] is not None, grade["needs_manual_grade"]
        # A mark that a person gave stays, and asks for another look: nbgrader does so for checked cells, and here those
        # marked by a person only do too when something newer was handed in, for the mark was given for other words.
        newer = bool(entry.handed_in) and before not in (None, entry.handed_in)
        if score is not None or (marked and newer):
            waiting = marked
            grades.append({"id": grade["id"], "auto_score": score, "needs_manual_grade": waiting})
        counted = grade["manual_score"] if marked else score
        standing[grade["notebook_id"]] += (counted or 0.0) + (grade["extra_credit"] or 0.0)
        waits[grade["notebook_id"]] += bool(waiting)
    for notebook, entry in owners.items():
        row = there[entry.learner]
        late = _late(about, entry, entry.handed_in or row.timestamp, row.extension, standing[notebook], penalty)
        penalties.append({"id": notebook, "late_submission_penalty": late})
    times = [{"id": there[one.learner].id, "timestamp": one.handed_in} for one in entries if one.handed_in]
    for table, changed in ((_SUBMISSION, times), (_GRADE, grades), (_NOTEBOOK, penalties)):
        database.update(connection, table, changed)
    return {entry.learner: waits[notebook] for notebook, entry in owners.items()}


def waiting(connection: sa.Connection, about: Assignment) -> dict[str, int]:
    """Learner → how many of the answers still wait for a person's mark."""
    query = (
        sa.select(_SUBMISSION.c.student_id, sa.func.count())
        .join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _SUBMISSION.c.id)
        .join(_GRADE, _GRADE.c.notebook_id == _NOTEBOOK.c.id)
        .where(_SUBMISSION.c.assignment_id == about.id, _GRADE.c.needs_manual_grade)
        .group_by(_SUBMISSION.c.student_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _submissions(about: Assignment, learners: list[str]) -> sa.Select:
    return (
        sa.select(
            _SUBMISSION.c.id,
            _SUBMISSION.c.student_id,
            _SUBMISSION.c.extension,
            _SUBMISSION.c.timestamp,
            _NOTEBOOK.c.id.label("notebook"),
        )
        .join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _SUBMISSION.c.id)
        .where(
            _SUBMISSION.c.assignment_id == about.id,
            _SUBMISSION.c.student_id.in_(learners),
            _NOTEBOOK.c.notebook_id == about.notebook,
        )
    )


def _late(
    about: Assignment,
    entry: Entry,
    handed_in: dt.datetime | None,
    extension: dt.timedelta | None,
    score: float,
    penalty: Penalty,
) -> float | None:
    if about.due is None or handed_in is None:
        return None
    late = (handed_in - about.due - (extension or dt.timedelta())).total_seconds()
    if late <= 0:
        return None
    taken = penalty(entry.learner, score, late)
    return None if taken is None else min(max(taken, 0.0), score)


def _id() -> str:
    """A new id, as long as nbgrader's; it begins with the time, so that a class's rows lie together in the database."""
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"
