"""Results of a cohort: who is Competent on what, as a table and as a CSV that a spreadsheet reads without running anything."""

from __future__ import annotations

import csv
import io
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import judgement
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to a spreadsheet


def results(cohort: Cohort, named: bool = False) -> list[dict[str, Any]]:
    """One row a learner.

    Args:
        cohort: the cohort.
        named: with surname and first names, for a list that a person needs; pseudonyms only without it.

    Returns:
        Rows with learner, (name), each outcome and the unit (C, NYC or not yet judged), attempts (the most on any
        criterion), last_decision (date), assessors, moderated (how many findings).
    """
    decisions = judgement.standing_judgements(cohort)
    names = enrol.names(cohort) if named else {}
    moderated = _moderated(cohort)
    rows = []
    for learner, row in judgement.outcomes(cohort, decisions).items():
        own = [one for (who, _), one in decisions.items() if who == learner]
        rows.append(
            {
                "learner": learner,
                **({"name": names.get(learner, "")} if named else {}),
                **row,
                "attempts": max((one["attempt"] for one in own), default=0),
                "last_decision": max((one["decided_at"] for one in own), default=None),
                "assessors": ", ".join(sorted({one["assessor"] for one in own})),
                "moderated": moderated.get(learner, 0),
            }
        )
    return rows


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV, every cell that a spreadsheet would take for a formula made plain text.

    Example:
        >>> as_csv([{"learner": "L-0001", "name": "=cmd()"}])
        "learner,name\\r\\nL-0001,'=cmd()\\r\\n"
    """
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: plain(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def plain(value: Any) -> Any:
    """A cell as a spreadsheet must take it: text stays text."""
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


def _moderated(cohort: Cohort) -> dict[str, int]:
    table = records.moderation.join(records.judgements, records.moderation.c.judgement == records.judgements.c.id)
    query = (
        sa.select(records.judgements.c.learner, sa.func.count(records.moderation.c.judgement.distinct()).label("count"))
        .select_from(table)
        .group_by(records.judgements.c.learner)
    )
    return {row["learner"]: row["count"] for row in records.rows(cohort.engine, query)}
