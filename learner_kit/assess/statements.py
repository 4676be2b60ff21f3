"""Embedded knowledge and cross-field outcomes: an assessor says through which criteria a learner has shown them.

They are no criteria of their own and take no attempts; but the unit is Competent only when all of them are evidenced.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

import sqlalchemy as sa

from learner_kit.assess.decisions import C, standing_judgements, standing_statements
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Statement, UnitStandard
from learner_kit.errors import KitError


def wanted(unit: UnitStandard) -> tuple[Statement, ...]:
    """Every item of embedded knowledge and every cross-field outcome, in the order of the unit standard."""
    return (*unit.knowledge, *unit.cross_field)


def proposed(cohort: Cohort, learner: str) -> dict[str, tuple[str, ...]]:
    """Statement → the criteria through which it is mostly shown and on which the learner is Competent by now."""
    judged = standing_judgements(cohort, learner)
    competent = {criterion for (_, criterion), row in judged.items() if row["decision"] == C}
    return {one.id: tuple(id for id in one.criteria if id in competent) for one in wanted(cohort.programme.unit)}


def evidence(
    cohort: Cohort,
    learner: str,
    statement: str,
    assessor: str,
    criteria: Iterable[str] = (),
    evidenced: bool = True,
    reason: str = "",
    at: dt.datetime | None = None,
) -> int:
    """Record that a statement is evidenced, or that it is not yet.

    Args:
        statement: such as ek-grading or ccfo-working.
        assessor: the code of a registered assessor.
        criteria: through which it was shown; each must be judged Competent. Those the programme names without any.
        evidenced: False to say that it is not shown yet; that needs a reason.
        reason: how it was shown, or what is missing.

    Returns:
        The number of the record. Nothing is overwritten: the newest counts.

    Raises:
        KitError: with every reason why it cannot be recorded; nothing is.
    """
    unit = cohort.programme.unit
    enrol.require(cohort, assessor, "assessor")
    enrol.require_learner(cohort, learner)
    named = {one.id: one for one in wanted(unit)}
    if statement not in named:
        raise KitError(f"{statement!r} is no statement of unit standard {unit.id}: {', '.join(named)}.")
    judged = standing_judgements(cohort, learner)
    given = list(dict.fromkeys(criteria)) or (list(named[statement].criteria) if evidenced else [])
    faults = [f"{one!r} is no criterion" for one in given if unit.criterion(one) is None]
    open_ones = [one for one in given if judged.get((learner, one), {}).get("decision") != C]
    if evidenced and not given:
        faults.append("name at least one criterion through which it was shown")
    if evidenced and open_ones and not faults:
        faults.append(f"not Competent on {', '.join(open_ones)} yet")
    if not evidenced and not reason.strip():
        faults.append("what is not evidenced yet needs a reason that says what is missing")
    if faults:
        raise KitError(f"{learner}, {statement}: nothing was recorded: {'; '.join(faults)}.")
    table = records.statements
    count = sa.select(sa.func.count()).where(table.c.learner == learner, table.c.statement == statement)
    try:
        with records.transaction(cohort.engine) as connection:
            made = connection.execute(
                table.insert().values(
                    learner=learner,
                    statement=statement,
                    number=(connection.scalar(count) or 0) + 1,
                    evidenced=evidenced,
                    criteria=json.dumps(given),
                    reason=reason.strip(),
                    assessor=assessor,
                    at=at or records.now(),
                )
            ).inserted_primary_key[0]
            records.note(connection, assessor, "statement", f"{learner} {statement}", {"evidenced": evidenced})
    except sa.exc.IntegrityError:
        raise KitError(
            f"{learner}, {statement} was recorded at another desk a moment ago; look at that first."
        ) from None
    return int(made)


def evidence_all(
    cohort: Cohort, learner: str, assessor: str, at: dt.datetime | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Record every statement whose criteria are all Competent by now; gives back what was recorded and what stays open."""
    done, open_ones = [], []
    there = standing_statements(cohort, learner)
    ready = proposed(cohort, learner)
    for one in wanted(cohort.programme.unit):
        if (learner, one.id) in there and there[learner, one.id]["evidenced"]:
            continue
        if one.criteria and ready[one.id] == one.criteria:
            evidence(cohort, learner, one.id, assessor, at=at)
            done.append(one.id)
        else:
            open_ones.append(one.id)
    return tuple(done), tuple(open_ones)
