"""Items of evidence: what the checks showed, what a person marked, and the documents that came with the answers.

They are read for a whole class at once: nbgrader's tables by name (importing nbgrader takes seconds), and the files of
answers as the kit itself laid them out when it collected them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from learner_kit.assess import workplace
from learner_kit.course import master as masters
from learner_kit.course import records
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import DataError
from learner_kit.reading import write_number
from learner_kit.workbook.answers import load_answers
from learner_kit.workbook.questions import Question

QUESTION, MARKED, DOCUMENT = "question", "marked", "document"
FORM = "form"
LARGEST = 4_000_000  # bytes of a file of answers; `collect` takes no larger one


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence.

    `kind` is question (checked), marked (by a person), document, or form (observation, testimony, presentation, logbook: `id`
    says which; `workbook` is empty, and `at` says when it was recorded); `share` is the part of its points, from 0 to 1 (None
    while it waits for a person, and for documents and forms, which are read, not scored); `out_of` is how many points there are.
    """

    id: str
    kind: str
    workbook: str
    share: float | None
    said: str = ""
    out_of: float = 0.0
    at: str = ""

    @property
    def shown(self) -> bool:
        """Whether a check showed it whole; what a person marked is weighed by a person, with its mark beside it."""
        return self.share is not None and self.share >= 1

    @property
    def mark(self) -> str:
        """The points a person gave, such as 8/10; empty while none were given.

        Example:
            >>> Item("so1-ac3-memo", "marked", "so1", 0.8, out_of=10).mark
            '8/10'
        """
        if self.kind != MARKED or self.share is None:
            return ""
        return "/".join(write_number(one, None) for one in (self.share * self.out_of, self.out_of))


class _Cell(NamedTuple):
    place: int
    name: str
    workbook: str
    criterion: str
    kind: str
    most: float


def asked(cohort: Cohort) -> dict[str, dict[str, list[str]]]:
    """Criterion → workbook → the scored and marked cells that show it, in the order they are asked."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for workbook in cohort.workbooks:
        master = masters.read(cohort.master(workbook))
        for cell in (*master.checks, *master.tasks):
            criterion = cohort.programme.unit.criterion_of(cell.grade_id or "")
            if criterion:
                found[criterion.id][workbook].append(cell.grade_id)
    return found


def handed_in(cohort: Cohort, learner: str | None = None) -> dict[str, dict[str, Any]]:
    """Learner → workbook → when the newest hand-in was collected."""
    table = records.submissions
    query = sa.select(table.c.learner, table.c.workbook, sa.func.max(table.c.collected_at)).group_by(
        table.c.learner, table.c.workbook
    )
    if learner:
        query = query.where(table.c.learner == learner)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    with cohort.engine.connect() as connection:
        for who, workbook, at in connection.execute(query):
            found[who][workbook] = at
    return found


def gather(
    cohort: Cohort, by_criterion: dict[str, dict[str, list[str]]], there: dict[str, dict[str, Any]], learner: str | None
) -> dict[tuple[str, str], list[Item]]:
    """(learner, criterion) → its items, scored ones first, in the order they are asked.

    Args:
        cohort: the cohort.
        by_criterion: from `asked`.
        there: from `handed_in`; what was not handed in is no evidence.
        learner: only this one.
    """
    found = _graded(cohort, by_criterion, there, learner)
    wanted = {workbook: _wanted(cohort, workbook) for workbook in cohort.workbooks}
    root = f"{cohort.path / 'submitted'}{os.sep}"
    for one in [learner] if learner else there:
        for workbook in there[one]:
            if asked_for := wanted.get(workbook):
                answers = answers_of(f"{root}{one}{os.sep}{workbook}{os.sep}{ANSWERS}")
                for criterion, item in _documents(answers, workbook, asked_for):
                    found[one, criterion].append(item)
    for filled in workplace.standing(cohort, learner):
        item = Item(filled.form, FORM, "", None, filled.said, at=filled.at.isoformat())
        for criterion in filled.criteria:
            found[filled.learner, criterion].append(item)
    return found


def _graded(
    cohort: Cohort, by_criterion: dict[str, dict[str, list[str]]], there: dict[str, dict[str, Any]], learner: str | None
) -> dict[tuple[str, str], list[Item]]:
    """What stands in nbgrader's gradebook, so that a person's marks count."""
    order = {workbook: place for place, workbook in enumerate(cohort.workbooks)}
    places = {
        (workbook, name): (place, criterion)
        for criterion, workbooks in by_criterion.items()
        for workbook, names in workbooks.items()
        for place, name in enumerate(names, start=1000 * order[workbook])
    }
    told = _said(cohort, learner)
    with cohort.engine.connect() as connection:
        cells = {
            id: _Cell(places[workbook, name][0], name, workbook, places[workbook, name][1], *more)
            for id, name, workbook, *more in _cells(connection)
            if (workbook, name) in places
        }
        comments: dict[str, dict[str, str]] = defaultdict(dict)
        for book, cell, words in connection.execute(_comments(learner)):
            comments[book][cell] = words or ""
        notebooks = {
            book: (owner, told.get((owner, workbook), {}), comments.get(book, {}))
            for book, owner, workbook in connection.execute(_notebooks(learner))
            if workbook in there[owner]
        }
        grades = _plain(connection, _grades(learner))
    made: dict[tuple[Any, ...], Item] = {}  # a class shares most items: the same question, shown, with nothing to say
    found: dict[tuple[str, str], list[tuple[int, Item]]] = defaultdict(list)
    for book, id, auto, manual, waits in grades:
        cell, whose = cells.get(id), notebooks.get(book)
        if cell is None or whose is None:
            continue
        owner, said, own = whose
        score = auto if manual is None else manual
        words = ""
        if cell.kind == MARKED and waits:
            score = None  # the mark was given for what an earlier hand-in said
        elif own and score is not None:
            words = own.get(id, "")
        if not words and cell.kind == QUESTION and cell.name in said:
            words = said[cell.name]["said"]
        key = (id, score, words)
        if key not in made:
            share = None if score is None else (min(1.0, score / cell.most) if cell.most else 1.0)
            made[key] = Item(cell.name, cell.kind, cell.workbook, share, words, cell.most)
        found[owner, cell.criterion].append((cell.place, made[key]))
    return defaultdict(
        list, {key: [item for _, item in sorted(pairs, key=itemgetter(0))] for key, pairs in found.items()}
    )


def _plain(connection: sa.Connection, query: sa.Select) -> list[tuple[Any, ...]]:
    """What a query finds, as the driver gives it: a class of 1,000 has 200,000 grades, and richer rows take as long as all else."""
    if not isinstance(connection.connection.dbapi_connection, sqlite3.Connection) or query.compile().params:
        return [tuple(row) for row in connection.execute(query)]
    return connection.connection.dbapi_connection.execute(str(query)).fetchall()


def _table(name: str, columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns.split()))


_GRADE = _table("grade", "notebook_id cell_id auto_score manual_score needs_manual_grade")
_NOTEBOOK = _table("submitted_notebook", "id assignment_id")
_SUBMITTED = _table("submitted_assignment", "id assignment_id student_id")
_ASSIGNMENT = _table("assignment", "id name")
_MASTER = _table("notebook", "id assignment_id")
_CELL = _table("base_cell", "id name notebook_id")
_COMMENT = _table("comment", "notebook_id cell_id manual_comment")
_KINDS = {QUESTION: _table("grade_cells", "id max_score"), MARKED: _table("task_cells", "id max_score")}


def _cells(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Every cell with points: id, name, workbook, kind, points."""
    found = []
    for kind, own in _KINDS.items():
        query = (
            sa.select(_CELL.c.id, _CELL.c.name, _ASSIGNMENT.c.name, own.c.max_score)
            .join(own, own.c.id == _CELL.c.id)
            .join(_MASTER, _MASTER.c.id == _CELL.c.notebook_id)
            .join(_ASSIGNMENT, _ASSIGNMENT.c.id == _MASTER.c.assignment_id)
        )
        found += [(id, name, workbook, kind, most) for id, name, workbook, most in connection.execute(query)]
    return found


def _notebooks(learner: str | None) -> sa.Select:
    query = (
        sa.select(_NOTEBOOK.c.id, _SUBMITTED.c.student_id, _ASSIGNMENT.c.name)
        .join(_SUBMITTED, _SUBMITTED.c.id == _NOTEBOOK.c.assignment_id)
        .join(_ASSIGNMENT, _ASSIGNMENT.c.id == _SUBMITTED.c.assignment_id)
    )
    return _only(query, learner)


def _grades(learner: str | None) -> sa.Select:
    query = sa.select(_GRADE)
    return _own(query, _GRADE, learner) if learner else query


def _comments(learner: str | None) -> sa.Select:
    query = sa.select(_COMMENT).where(_COMMENT.c.manual_comment.is_not(None))
    return _own(query, _COMMENT, learner) if learner else query


def _own(query: sa.Select, table: sa.TableClause, learner: str) -> sa.Select:
    query = query.join(_NOTEBOOK, _NOTEBOOK.c.id == table.c.notebook_id)
    return _only(query.join(_SUBMITTED, _SUBMITTED.c.id == _NOTEBOOK.c.assignment_id), learner)


def _only(query: sa.Select, learner: str | None) -> sa.Select:
    return query.where(_SUBMITTED.c.student_id == learner) if learner else query


def _said(cohort: Cohort, learner: str | None) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """(learner, workbook) → question → what its check may tell its learner."""
    table = records.grades
    query = sa.select(table.c.learner, table.c.workbook, table.c.shown)
    if learner:
        query = query.where(table.c.learner == learner)
    with cohort.engine.connect() as connection:
        return {(who, workbook): json.loads(shown) for who, workbook, shown in connection.execute(query)}


def _wanted(cohort: Cohort, workbook: str) -> dict[str, tuple[str, ...]]:
    """The questions of a workbook that ask for documents, each with the criteria it serves."""
    asked = masters.questions(masters.read(cohort.master(workbook)))
    return {id: question.criteria for id, question in asked.items() if question.kind == "evidence"}


def _documents(
    answers: dict[str, Any], workbook: str, wanted: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, Item]]:
    for id, criteria in wanted.items():
        for one in _files(answers.get(id)):
            item = Item(id, DOCUMENT, workbook, None, f"{one.get('file', '')} {one.get('note', '')}".strip())
            for criterion in criteria:
                yield criterion, item


def _files(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def graded_answers(cohort: Cohort, learner: str, workbook: str) -> dict[str, Any]:
    """The answers that were graded, or as they were handed in; none where they cannot be read."""
    asked = masters.questions(masters.read(cohort.master(workbook)))
    for folder in ("autograded", "submitted"):
        path = cohort.path / folder / learner / workbook / ANSWERS
        if path.is_file():
            return read_answers(path, asked.values())
    return {}


def read_answers(path: Path, questions: Iterable[Question]) -> dict[str, Any]:
    """The answers in a file to a workbook's questions; none where they cannot be read."""
    try:
        return dict(load_answers(path, questions).answers)
    except (DataError, OSError):
        return {}


def answers_of(path: str | Path) -> dict[str, Any]:
    """The answers in a file that the kit laid out; none where it is not there or not whole. Nothing in it is run."""
    path = os.fspath(path)
    try:
        state = os.stat(path)
    except OSError:
        return {}
    return {} if state.st_size > LARGEST else _answers(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8192)
def _answers(path: str, _changed: int, _size: int) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            held = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    found = held.get("answers") if isinstance(held, dict) else None
    return found if isinstance(found, dict) else {}
