"""Decisions as they stand: reading what assessors recorded, and putting criteria together to outcomes and the unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort

C, NYC = "C", "NYC"
DECISIONS = {C: "Competent", NYC: "Not Yet Competent"}
OPEN = "not yet judged"


def history(cohort: Cohort, learner: str | None = None) -> list[dict[str, Any]]:
    """Every decision ever recorded, corrected ones too, oldest first."""
    query = sa.select(records.judgements).order_by(records.judgements.c.id)
    if learner:
        query = query.where(records.judgements.c.learner == learner)
    return records.rows(cohort.engine, query)


def standing_judgements(cohort: Cohort) -> dict[tuple[str, str], dict[str, Any]]:
    """(learner, criterion) → the decision that stands: the newest that no other corrects."""
    rows = history(cohort)
    corrected = {row["corrects"] for row in rows if row["corrects"] is not None}
    return {(row["learner"], row["criterion"]): row for row in rows if row["id"] not in corrected}


def outcomes(
    cohort: Cohort, decisions: Mapping[tuple[str, str], dict[str, Any]] | None = None
) -> dict[str, dict[str, str]]:
    """Learner → outcome (and `unit`) → C, NYC or not yet judged.

    An outcome is Competent only when every one of its criteria is; the unit only when every outcome is.
    """
    decisions = standing_judgements(cohort) if decisions is None else decisions
    found = {}
    for learner in enrol.learners(cohort):
        row = {}
        for outcome in cohort.programme.unit.outcomes:
            said = [decisions.get((learner, one.id), {}).get("decision", OPEN) for one in outcome.criteria]
            row[outcome.id] = _together(said)
        row["unit"] = _together(list(row.values()))
        found[learner] = row
    return found


def _together(said: list[str]) -> str:
    if all(one == C for one in said):
        return C
    return NYC if NYC in said else OPEN
