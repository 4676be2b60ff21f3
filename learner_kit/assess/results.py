"""Results of a cohort: who is Competent on what, as a table and as a CSV that a spreadsheet reads without running anything."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import flags, judgement
from learner_kit.assess.dates import long_day
from learner_kit.assess.tables import as_csv, plain
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.moments import local

__all__ = ["as_csv", "moderated", "moderation", "plain", "results"]


def results(cohort: Cohort, named: bool = False) -> list[dict[str, Any]]:
    """One row a learner.

    Args:
        cohort: the cohort.
        named: with surname and first names, for a list that a person needs; pseudonyms only without it.

    Returns:
        Rows with learner, (name), each outcome and the unit (C, NYC or not yet judged), attempts (the most on any
        criterion), last_decision (date), assessors, moderated (how many findings), path (recognition of
        prior learning, or nothing).
    """
    decisions = judgement.standing_judgements(cohort)
    names = enrol.names(cohort) if named else {}
    looked_at, flagged = moderated(cohort), flags.flags(cohort)
    by_learner: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (learner, _), one in decisions.items():
        by_learner[learner].append(one)
    rows = []
    for learner, row in judgement.outcomes(cohort, decisions).items():
        own = by_learner[learner]
        rows.append(
            {
                "learner": learner,
                **({"name": names.get(learner, "")} if named else {}),
                **row,
                "attempts": max((one["attempt"] for one in own), default=0),
                "last_decision": max((local(one["decided_at"]).date() for one in own), default=None),
                "assessors": ", ".join(sorted({one["assessor"] for one in own})),
                "moderated": looked_at.get(learner, 0),
                "path": flags.RPL if flags.RPL in flagged.get(learner, {}) else "",
            }
        )
    return rows


def moderation(cohort: Cohort, learner: str) -> list[str]:
    """What names the moderation of a learner's results: each sample with findings, its moderator and the last day."""
    found, judged = records.moderation, records.judgements
    query = (
        sa.select(found.c.sample, found.c.moderator, sa.func.max(found.c.found_at).label("at"))
        .join(judged, judged.c.id == found.c.judgement)
        .where(judged.c.learner == learner)
        .group_by(found.c.sample, found.c.moderator)
        .order_by(found.c.sample, found.c.moderator)
    )
    rows = records.rows(cohort.engine, query)
    return [f"sample {row['sample']}, {row['moderator']}, {long_day(row['at'])}" for row in rows]


def moderated(cohort: Cohort) -> dict[str, int]:
    """Learner → how many of the judgements a moderator has looked at."""
    table = records.moderation.join(records.judgements, records.moderation.c.judgement == records.judgements.c.id)
    query = (
        sa.select(records.judgements.c.learner, sa.func.count(records.moderation.c.judgement.distinct()).label("count"))
        .select_from(table)
        .group_by(records.judgements.c.learner)
    )
    return {row["learner"]: row["count"] for row in records.rows(cohort.engine, query)}
