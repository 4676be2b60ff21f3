"""What a class has been given and has brought back, as the desks ask for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learner_kit.course import records

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort


def released(cohort: Cohort, workbook: str) -> bool:
    """Whether a workbook is handed out."""
    return (cohort.release(workbook) / f"{workbook}.ipynb").is_file()


def due(cohort: Cohort) -> dict[str, dt.datetime]:
    """Workbook → by when it is to be handed in (UTC), of those that have a date."""
    from nbgrader.api import Assignment

    query = sa.select(Assignment.__table__.c.name, Assignment.__table__.c.duedate)
    return {one["name"]: one["duedate"] for one in records.rows(cohort.engine, query) if one["duedate"]}


def newest(cohort: Cohort) -> dict[tuple[str, str], dict[str, Any]]:
    """(learner, workbook) → the newest hand-in."""
    query = sa.select(records.submissions).order_by(records.submissions.c.number)
    return {(one["learner"], one["workbook"]): one for one in records.rows(cohort.engine, query)}
