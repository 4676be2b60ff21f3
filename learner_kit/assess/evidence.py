"""The criterion matrix: for every learner and criterion what evidence there is, and what still has to happen.

Points never become competence. The matrix counts how often a criterion was shown; a person decides (`judgement`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learner_kit.assess.decisions import NYC, C, standing_judgements
from learner_kit.course import enrol, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import DataError
from learner_kit.workbook.answers import load_answers

if TYPE_CHECKING:
    import pandas as pd

NO_ACTIVITY, MISSING, WAITING, READY = "no activity yet", "missing", "waiting for marking", "ready to judge"

UNANSWERED = "not answered yet"  # what a check says of a question without an answer


@dataclass(frozen=True)
class Item:
    """One item of evidence.

    `kind` is question (checked), marked (by a person) or document; `share` is the part of it that was shown, from 0 to 1
    (None while it waits for a person, and for documents, which are read, not scored).
    """

    id: str
    kind: str
    workbook: str
    share: float | None
    said: str = ""

    @property
    def shown(self) -> bool:
        return self.share is not None and self.share >= 1


@dataclass(frozen=True)
class Standing:
    """Where a learner stands on one criterion."""

    learner: str
    criterion: str
    state: str
    attempt: int
    items: tuple[Item, ...]
    missing: tuple[str, ...]

    @property
    def said(self) -> str:
        """The state as the matrix shows it, such as `ready to judge: shown 3 of 4`."""
        counted = [item for item in self.items if item.share is not None]
        if self.state in (READY, WAITING) and counted:
            return f"{self.state}: shown {sum(item.shown for item in counted)} of {len(counted)}"
        return f"{self.state} (attempt {self.attempt})" if self.state in (C, NYC) else self.state


def matrix(cohort: Cohort, learner: str | None = None) -> list[Standing]:
    """Every learner's standing on every criterion of the unit standard.

    Args:
        cohort: the cohort.
        learner: only this one.

    Returns:
        One `Standing` a learner and criterion, learners in order, criteria as the unit standard counts them.
    """
    unit = cohort.programme.unit
    asked = _asked(cohort)
    graded = _graded(cohort, learner)
    judged = standing_judgements(cohort)
    handed_in = _handed_in(cohort)
    found = []
    for one in [learner] if learner else enrol.learners(cohort):
        documents = _documents(cohort, one, handed_in[one])
        for criterion in unit.criteria:
            items = [
                item
                for workbook, ids in asked[criterion.id].items()
                if workbook in handed_in[one]
                for id in ids
                if (item := graded.get((one, workbook, id)))
            ]
            items += [item for criteria, item in documents if criterion.id in criteria]
            last = judged.get((one, criterion.id))
            newer = last is not None and any(
                handed_in[one].get(item.workbook) and handed_in[one][item.workbook] > last["decided_at"]
                for item in items
            )
            missing = tuple(workbook for workbook in asked[criterion.id] if workbook not in handed_in[one])
            state = _state(bool(asked[criterion.id]), items, missing, last, newer)
            attempt = 0 if last is None else last["attempt"] + (1 if state not in (C, NYC) else 0)
            found.append(Standing(one, criterion.id, state, attempt or 1, tuple(items), missing))
    return found


def _state(asked: bool, items: list[Item], missing: tuple[str, ...], last: dict[str, Any] | None, newer: bool) -> str:
    if last is not None and (last["decision"] == C or not newer):
        return last["decision"]
    if not asked and not items:
        return NO_ACTIVITY
    if not items:
        return MISSING
    return WAITING if any(item.share is None and item.kind == "marked" for item in items) else READY


def _asked(cohort: Cohort) -> dict[str, dict[str, list[str]]]:
    """Criterion → workbook → the scored and marked cells that show it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for workbook in cohort.workbooks:
        master = masters.read(cohort.master(workbook))
        for cell in (*master.checks, *master.tasks):
            criterion = cohort.programme.unit.criterion_of(cell.grade_id or "")
            if criterion:
                found[criterion.id][workbook].append(cell.grade_id)
    return found


def _handed_in(cohort: Cohort) -> dict[str, dict[str, Any]]:
    """Learner → workbook → when the newest hand-in was collected."""
    table = records.submissions
    query = sa.select(table.c.learner, table.c.workbook, sa.func.max(table.c.collected_at).label("at")).group_by(
        table.c.learner, table.c.workbook
    )
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in records.rows(cohort.engine, query):
        found[row["learner"]][row["workbook"]] = row["at"]
    return found


def _graded(cohort: Cohort, learner: str | None) -> dict[tuple[str, str, str], Item]:
    """(learner, workbook, cell) → the item of evidence, from nbgrader's gradebook, so that a person's marks count."""
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Comment,
        Grade,
        GradeCell,
        SubmittedAssignment,
        SubmittedNotebook,
        TaskCell,
    )

    said = _said(cohort, learner)
    grade, comment, base = Grade.__table__, Comment.__table__, BaseCell.__table__
    most = sa.func.coalesce(GradeCell.__table__.c.max_score, TaskCell.__table__.c.max_score)
    query = (
        sa.select(
            SubmittedAssignment.__table__.c.student_id.label("learner"),
            Assignment.__table__.c.name.label("workbook"),
            base.c.name.label("cell"),
            grade.c.auto_score,
            grade.c.manual_score,
            grade.c.needs_manual_grade,
            most.label("most"),
            TaskCell.__table__.c.id.label("task"),
            comment.c.manual_comment,
        )
        .select_from(grade)
        .join(SubmittedNotebook.__table__, SubmittedNotebook.__table__.c.id == grade.c.notebook_id)
        .join(
            SubmittedAssignment.__table__,
            SubmittedAssignment.__table__.c.id == SubmittedNotebook.__table__.c.assignment_id,
        )
        .join(Assignment.__table__, Assignment.__table__.c.id == SubmittedAssignment.__table__.c.assignment_id)
        .join(base, base.c.id == grade.c.cell_id)
        .outerjoin(GradeCell.__table__, GradeCell.__table__.c.id == base.c.id)
        .outerjoin(TaskCell.__table__, TaskCell.__table__.c.id == base.c.id)
        .outerjoin(comment, sa.and_(comment.c.notebook_id == grade.c.notebook_id, comment.c.cell_id == base.c.id))
    )
    if learner:
        query = query.where(SubmittedAssignment.__table__.c.student_id == learner)
    found = {}
    for row in records.rows(cohort.engine, query):
        key = (row["learner"], row["workbook"], row["cell"])
        by_hand = row["task"] is not None
        score = row["manual_score"] if row["manual_score"] is not None else row["auto_score"]
        if by_hand and row["needs_manual_grade"]:
            score = None  # the mark was given for what an earlier hand-in said
        share = None if score is None else (min(1.0, score / row["most"]) if row["most"] else 1.0)
        words = (row["manual_comment"] if score is not None else "") or ("" if by_hand else said.get(key, ""))
        found[key] = Item(row["cell"], "marked" if by_hand else "question", row["workbook"], share, words)
    return found


def _said(cohort: Cohort, learner: str | None) -> dict[tuple[str, str, str], str]:
    """What each check may tell its learner."""
    query = sa.select(records.grades)
    if learner:
        query = query.where(records.grades.c.learner == learner)
    return {
        (row["learner"], row["workbook"], id): one["said"]
        for row in records.rows(cohort.engine, query)
        for id, one in json.loads(row["shown"]).items()
    }


def _documents(cohort: Cohort, learner: str, handed_in: dict[str, Any]) -> list[tuple[tuple[str, ...], Item]]:
    """Documents that came with the answers, with the criteria their question names."""
    found = []
    for workbook in handed_in:
        asked = masters.questions(masters.read(cohort.master(workbook)))
        wanted = {id: question for id, question in asked.items() if question.kind == "evidence"}
        if not wanted:
            continue
        try:
            answers = load_answers(cohort.path / "submitted" / learner / workbook / ANSWERS, asked.values()).answers
        except (DataError, OSError):
            continue
        for id, question in wanted.items():
            for one in answers.get(id) or []:
                said = f"{one.get('file', '')} {one.get('note', '')}".strip()
                found.append((tuple(question.criteria), Item(id, "document", workbook, None, said)))
    return found


def table(standings: list[Standing]) -> pd.DataFrame:
    """The matrix as a table: one row a learner, one column a criterion."""
    import pandas as pd

    if not standings:
        return pd.DataFrame()
    long = pd.DataFrame([{"learner": one.learner, "criterion": one.criterion, "said": one.said} for one in standings])
    return long.pivot(index="learner", columns="criterion", values="said")[list(dict.fromkeys(long["criterion"]))]


def as_json(cohort: Cohort, standings: list[Standing]) -> str:
    """The matrix as JSON: the criteria with their wording, then learner → criterion → state, attempt, evidence, missing."""
    learners: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in standings:
        learners[one.learner][one.criterion] = {
            "state": one.state,
            "attempt": one.attempt,
            "evidence": [asdict(item) for item in one.items],
            "missing": list(one.missing),
        }
    asked = _asked(cohort)
    criteria = {
        criterion.id: {
            "number": criterion.number,
            "handle": criterion.handle,
            "says": criterion.says,
            "activity": bool(asked[criterion.id]),
        }
        for criterion in cohort.programme.unit.criteria
    }
    held = {
        "cohort": cohort.name,
        "unit_standard": cohort.programme.unit.id,
        "criteria": criteria,
        "learners": learners,
    }
    return json.dumps(held, ensure_ascii=False, indent=1)
