"""What changed in a cohort since somebody last looked: hand-ins, others' decisions, findings, appeals, flags."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess.decisions import DECISIONS
from learner_kit.course import records
from learner_kit.course.cohort import Cohort


@dataclass(frozen=True)
class Change:
    """One thing that happened: when (UTC), what kind, to whom, in words, and on which criterion where it was on one."""

    at: dt.datetime
    kind: str
    learner: str
    says: str
    criterion: str = ""


def last_visit(cohort: Cohort, who: str, desk: str) -> dt.datetime | None:
    """When somebody last said that they had seen what changed; None when they never did."""
    table = records.visits
    query = sa.select(table.c.at).where(table.c.who == who, table.c.desk == desk)
    return next((row["at"] for row in records.rows(cohort.engine, query)), None)


def seen(cohort: Cohort, who: str, desk: str, at: dt.datetime | None = None) -> None:
    """Remember that somebody has seen what changed until now."""
    table, at = records.visits, at or records.now()
    with records.transaction(cohort.engine) as connection:
        own = (table.c.who == who, table.c.desk == desk)
        if not connection.execute(table.update().where(*own).values(at=at)).rowcount:
            connection.execute(table.insert().values(who=who, desk=desk, at=at))


def since(cohort: Cohort, at: dt.datetime | None, who: str = "") -> list[Change]:
    """What happened from a moment on, newest first.

    Args:
        at: the moment (UTC); everything without one. What happened in that very second is told again, never lost.
        who: what this person did is left out.
    """
    start = at or dt.datetime(2000, 1, 1)
    found = _hand_ins(cohort, start) + _judged(cohort, start, who) + _about(cohort, start, who)
    for row in _rows(cohort, records.flags, records.flags.c.at, start):
        if row["who"] != who:
            found.append(
                Change(row["at"], "flag", row["learner"], row["flag"] + ("" if row["holds"] else ": taken back"))
            )
    return sorted(found, key=lambda one: one.at, reverse=True)


def _rows(cohort: Cohort, table: Any, column: Any, start: dt.datetime) -> list[dict[str, Any]]:
    return records.rows(cohort.engine, sa.select(table).where(column >= start))


def _hand_ins(cohort: Cohort, start: dt.datetime) -> list[Change]:
    table = records.submissions
    return [
        Change(row["collected_at"], "hand-in", row["learner"], f"handed in {row['workbook']} (hand-in {row['number']})")
        for row in _rows(cohort, table, table.c.collected_at, start)
    ]


def _judged(cohort: Cohort, start: dt.datetime, who: str) -> list[Change]:
    table = records.judgements
    return [
        Change(
            row["decided_at"],
            "decision",
            row["learner"],
            f"{row['assessor']} decided {DECISIONS.get(row['decision'], row['decision'])}"
            + (f", correcting no. {row['corrects']}" if row["corrects"] else ""),
            row["criterion"],
        )
        for row in _rows(cohort, table, table.c.decided_at, start)
        if row["assessor"] != who
    ]


def _about(cohort: Cohort, start: dt.datetime, who: str) -> list[Change]:
    """Findings, appeals and reviews: what was said about decisions."""
    judged, found = records.judgements, []
    for table, kind, when, by, said in (
        (records.moderation, "finding", "found_at", "moderator", lambda row: f"a moderator found: {row['finding']}"),
        (records.appeals, "appeal", "at", "who", lambda row: f"appeal {row['appeal']}: {row['step']} {row['outcome']}"),
        (records.reviews, "review", "at", "moderator", lambda row: f"a moderator reviewed: {row['outcome']}"),
    ):
        query = sa.select(table, judged.c.learner, judged.c.criterion).join(judged, judged.c.id == table.c.judgement)
        for row in records.rows(cohort.engine, query.where(table.c[when] >= start)):
            if row[by] != who:
                found.append(Change(row[when], kind, row["learner"], said(row).strip(), row["criterion"]))
    return found
