"""What nbgrader's autograder leaves in its gradebook, for many submissions in one transaction.

nbgrader writes a submission with some forty small transactions; a class of 3,000 takes it an hour. Here the same rows
(student, submitted assignment, submitted notebook, grades, comments, late penalty) are written together. A standing test
holds them, row by row, to what nbgrader itself writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from nbgrader import api

from learner_kit.errors import KitError

_STUDENT, _SUBMISSION, _NOTEBOOK = (
    api.Student.__table__,
    api.SubmittedAssignment.__table__,
    api.SubmittedNotebook.__table__,
)
_GRADE, _COMMENT = api.Grade.__table__, api.Comment.__table__


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
        sa.select(api.Assignment.id, api.Assignment.duedate, api.Notebook.id)
        .join(api.Notebook, api.Notebook.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == workbook, api.Notebook.name == workbook)
    ).first()
    if found is None:
        raise KitError(f"The workbook {workbook} is not released in this cohort.")
    cells: dict[str, tuple[str, str, float]] = {}
    for kind, table in (("grade", api.GradeCell), ("task", api.TaskCell)):
        base, own = api.BaseCell.__table__, table.__table__
        query = sa.select(base.c.id, base.c.name, own.c.max_score).join(own, own.c.id == base.c.id)
        for row in connection.execute(query.where(base.c.notebook_id == found[2])):
            cells[row.name] = (row.id, kind, row.max_score)
    return Assignment(workbook, found[0], found[2], found[1], cells)


def save(connection: sa.Connection, about: Assignment, entries: Iterable[Entry], penalty: Any = None) -> None:
    """Write the scores of several learners; manual marks and comments that stand there stay.

    Args:
        connection: an open transaction on the cohort's database.
        about: from `assignment`.
        entries: one a learner.
        penalty: nbgrader's late-submission plugin.
    """
    entries = list(entries)
    learners = [entry.learner for entry in entries]
    known = set(connection.scalars(sa.select(_STUDENT.c.id).where(_STUDENT.c.id.in_(learners))))
    _insert(connection, _STUDENT, [{"id": learner} for learner in learners if learner not in known])
    there = {row.student_id: row for row in connection.execute(_submissions(about, learners))}
    fresh = [entry for entry in entries if entry.learner not in there]
    if fresh:
        _begin(connection, about, fresh)
        there = {row.student_id: row for row in connection.execute(_submissions(about, learners))}
    _update(
        connection,
        _SUBMISSION,
        [{"key": there[entry.learner].id, "timestamp": entry.handed_in} for entry in entries if entry.handed_in],
    )
    owners = {there[entry.learner].notebook: entry for entry in entries}
    grades = connection.execute(sa.select(_GRADE).where(_GRADE.c.notebook_id.in_(owners))).mappings().all()
    names = {id: name for name, (id, _, _) in about.cells.items()}
    again = {
        there[entry.learner].notebook
        for entry in entries
        if entry.handed_in and there[entry.learner].timestamp not in (None, entry.handed_in)
    }
    changed, standing = [], dict.fromkeys(owners, 0.0)
    for grade in grades:
        score = owners[grade["notebook_id"]].scores.get(names.get(grade["cell_id"], ""))
        # A mark that a person gave stays, and asks for another look: nbgrader does so for checked cells, and here those
        # marked by a person only do too when something newer was handed in, for the mark was given for other words.
        marked = grade["manual_score"] is not None
        if score is not None or (marked and grade["notebook_id"] in again):
            changed.append({"key": grade["id"], "auto_score": score, "needs_manual_grade": marked})
        counted = grade["manual_score"] if grade["manual_score"] is not None else score
        standing[grade["notebook_id"]] += (counted or 0.0) + (grade["extra_credit"] or 0.0)
    _update(connection, _GRADE, changed)
    _update(
        connection,
        _NOTEBOOK,
        [
            {
                "key": notebook,
                "late_submission_penalty": _late(about, there[entry.learner], entry, standing[notebook], penalty),
            }
            for notebook, entry in owners.items()
        ],
    )


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


def _begin(connection: sa.Connection, about: Assignment, entries: list[Entry]) -> None:
    """The empty rows that nbgrader's add_submission makes."""
    submissions, notebooks, grades, comments = [], [], [], []
    for entry in entries:
        submission, notebook = api.new_uuid(), api.new_uuid()
        submissions.append({"id": submission, "assignment_id": about.id, "student_id": entry.learner})
        notebooks.append({"id": notebook, "assignment_id": submission, "notebook_id": about.notebook, "flagged": False})
        for id, kind, _ in about.cells.values():
            grades.append({"id": api.new_uuid(), "notebook_id": notebook, "cell_id": id, "needs_manual_grade": True})
            if kind == "task":
                comments.append({"id": api.new_uuid(), "notebook_id": notebook, "cell_id": id})
    for table, made in ((_SUBMISSION, submissions), (_NOTEBOOK, notebooks), (_GRADE, grades), (_COMMENT, comments)):
        _insert(connection, table, made)


def _late(about: Assignment, row: Any, entry: Entry, score: float, plugin: Any) -> float | None:
    handed_in = entry.handed_in or row.timestamp
    if plugin is None or about.due is None or handed_in is None:
        return None
    late = (handed_in - about.due - (row.extension or dt.timedelta())).total_seconds()
    if late <= 0:
        return None
    penalty = plugin.late_submission_penalty(entry.learner, score, late)
    return None if penalty is None else min(max(penalty, 0.0), score)


def _insert(connection: sa.Connection, table: sa.Table, made: list[dict[str, Any]]) -> None:
    if made:
        connection.execute(table.insert(), made)


def _update(connection: sa.Connection, table: sa.Table, changed: list[dict[str, Any]]) -> None:
    if changed:
        names = [name for name in changed[0] if name != "key"]
        statement = (
            table.update().where(table.c.id == sa.bindparam("key")).values({name: sa.bindparam(name) for name in names})
        )
        connection.execute(statement, changed)
