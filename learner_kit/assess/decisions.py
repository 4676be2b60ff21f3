"""Decisions as they stand: reading what assessors recorded, and putting criteria together to outcomes and the unit."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort

C, NYC = "C", "NYC"
DECISIONS = {C: "Competent", NYC: "Not Yet Competent"}
OPEN = "not yet judged"
AGAIN, FINAL = "another attempt", "stands"  # what a moderator's review may end in


def decision(said: str) -> str:
    """C or NYC, in letters or in words, large or small; anything else as it was said.

    Example:
        >>> decision("nyc"), decision("COMPETENT"), decision("not yet competent"), decision("maybe")
        ('NYC', 'C', 'NYC', 'maybe')
    """
    plain = " ".join(said.replace("-", " ").split()).casefold()
    return next((id for id, name in DECISIONS.items() if plain in (id.casefold(), name.casefold())), said.strip())


def history(cohort: Cohort, learner: str | None = None) -> list[dict[str, Any]]:
    """Every decision ever recorded, corrected ones too, oldest first."""
    query = sa.select(records.judgements).order_by(records.judgements.c.id)
    if learner:
        query = query.where(records.judgements.c.learner == learner)
    return records.rows(cohort.engine, query)


def standing_judgements(cohort: Cohort, learner: str | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """(learner, criterion) → the decision that stands: the newest that no other corrects."""
    rows = history(cohort, learner)
    corrected = {row["corrects"] for row in rows if row["corrects"] is not None}
    return {(row["learner"], row["criterion"]): row for row in rows if row["id"] not in corrected}


def rules_of(cohort: Cohort, judgement: int) -> dict[str, bool]:
    """Rule of evidence → whether the assessor confirmed it for this judgement.

    Judgements of older cohorts, which kept only what was confirmed, are read as they were meant.
    """
    table = records.confirmations
    kept = records.rows(cohort.engine, sa.select(table).where(table.c.judgement == judgement))
    if kept:
        held = {row["rule"]: bool(row["confirmed"]) for row in kept}
        return {rule: held[rule] for rule in sorted(held, key=_order(cohort))}
    query = sa.select(records.judgements.c.evidence_rules).where(records.judgements.c.id == judgement)
    rows = records.rows(cohort.engine, query)
    named = json.loads(rows[0]["evidence_rules"]) if rows else []
    return {rule: rule in named for rule in cohort.programme.rules.evidence_rules}


def _order(cohort: Cohort) -> Any:
    rules = cohort.programme.rules.evidence_rules
    return lambda rule: rules.index(rule) if rule in rules else len(rules)


def reviewed(cohort: Cohort, learner: str | None = None) -> list[dict[str, Any]]:
    """Moderators' reviews after the last attempt, with learner and criterion, oldest first."""
    table, judged = records.reviews, records.judgements
    query = (
        sa.select(table, judged.c.learner, judged.c.criterion)
        .join(judged, judged.c.id == table.c.judgement)
        .order_by(table.c.id)
    )
    return records.rows(cohort.engine, query.where(judged.c.learner == learner) if learner else query)


def granted(cohort: Cohort, learner: str | None = None) -> Counter[tuple[str, str]]:
    """(learner, criterion) → how many attempts a moderator granted beyond those of the rules."""
    return Counter((row["learner"], row["criterion"]) for row in reviewed(cohort, learner) if row["outcome"] == AGAIN)


def reviews_due(
    cohort: Cohort, learner: str | None = None, standing: Mapping[tuple[str, str], dict[str, Any]] | None = None
) -> dict[tuple[str, str], dict[str, Any]]:
    """(learner, criterion) → the decision that a moderator has to review: Not Yet Competent, and no attempt is left.

    Args:
        standing: the decisions that stand, where they were read already.
    """
    standing = standing_judgements(cohort, learner) if standing is None else standing
    made, most = reviewed(cohort, learner), cohort.programme.rules.max_attempts
    done = {row["judgement"] for row in made}
    more = Counter((row["learner"], row["criterion"]) for row in made if row["outcome"] == AGAIN)
    return {
        key: row
        for key, row in standing.items()
        if row["decision"] == NYC and row["attempt"] >= most + more[key] and row["id"] not in done
    }


def standing_statements(cohort: Cohort, learner: str | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """(learner, statement) → the newest word on an item of embedded knowledge or a cross-field outcome."""
    table = records.statements
    query = sa.select(table).order_by(table.c.id)
    rows = records.rows(cohort.engine, query.where(table.c.learner == learner) if learner else query)
    return {(row["learner"], row["statement"]): {**row, "criteria": tuple(json.loads(row["criteria"]))} for row in rows}


def outcomes(
    cohort: Cohort,
    decisions: Mapping[tuple[str, str], dict[str, Any]] | None = None,
    learner: str | None = None,
) -> dict[str, dict[str, str]]:
    """Learner → outcome (and `unit`) → C, NYC or not yet judged.

    An outcome is Competent only when every one of its criteria is. The unit is only when every outcome is, and every item of
    embedded knowledge and every cross-field outcome is evidenced. Nothing makes up for anything else.
    """
    unit = cohort.programme.unit
    decisions = standing_judgements(cohort, learner) if decisions is None else decisions
    evidenced: dict[str, dict[str, bool]] = defaultdict(dict)
    for (who, statement), row in standing_statements(cohort, learner).items():
        evidenced[who][statement] = bool(row["evidenced"])
    wanted = [one.id for one in (*unit.knowledge, *unit.cross_field)]
    found = {}
    for one in [learner] if learner else enrol.learners(cohort):
        row = {}
        for outcome in unit.outcomes:
            row[outcome.id] = _together(
                [decisions.get((one, id.id), {}).get("decision", OPEN) for id in outcome.criteria]
            )
        shown = [{True: C, False: NYC, None: OPEN}[evidenced[one].get(id)] for id in wanted]
        row["unit"] = _together([*row.values(), *shown])
        found[one] = row
    return found


def _together(said: list[str]) -> str:
    if all(one == C for one in said):
        return C
    return NYC if NYC in said else OPEN
