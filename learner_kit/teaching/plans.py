"""The session plan a cohort works by: kept whole, changed only by a newer one, and taken back by the one before."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError
from learner_kit.teaching.sessions import Block, Plan, Session, Task


def keep(cohort: Cohort, plan: Plan, who: str, why: str = "") -> None:
    """Make a plan the one the cohort works by; the earlier ones stay on record.

    Raises:
        KitError: a day that has entries in the attendance register is not in the new plan.
    """
    days = {one.day for one in plan.sessions}
    lost = sorted(day for day in _entered(cohort) if day not in days)
    if lost:
        raise KitError(
            f"The register has entries for {', '.join(map(long_date, lost))}. A new plan has to keep these "
            "days; nothing was changed."
        )
    _write(cohort, _packed(plan), who, why)


def current(cohort: Cohort) -> Plan | None:
    """The plan the cohort works by, or None."""
    rows = history(cohort)
    return _unpacked(json.loads(rows[-1]["plan"])) if rows and rows[-1]["plan"] else None


def required(cohort: Cohort) -> Plan:
    """The plan the cohort works by; without one, a sentence that says what to do."""
    plan = current(cohort)
    if plan is None:
        raise KitError(f"{cohort.name} has no session plan yet. Make one first: days and hours are enough.")
    return plan


def history(cohort: Cohort) -> list[dict[str, Any]]:
    """Every plan ever kept, oldest first; one that was taken back leaves the plan before it as a new row."""
    return records.rows(
        cohort.engine, sa.select(class_records.session_plans).order_by(class_records.session_plans.c.id)
    )


def take_back(cohort: Cohort, who: str) -> Plan | None:
    """Go back to the plan before the current one (or to none); both stay on record.

    Returns:
        The plan that counts now.

    Raises:
        KitError: there is nothing to take back, or the register has entries for days the earlier plan does not have.
    """
    rows = history(cohort)
    if not rows or not rows[-1]["plan"]:
        raise KitError("There is no session plan to take back.")
    stack: list[str] = []
    for row in rows:  # a row that takes one back names it, and does not count as a plan of its own
        if row["why"] == TAKEN_BACK:
            stack.pop()
        else:
            stack.append(row["plan"])
    before = stack[-2] if len(stack) > 1 else ""
    earlier = _unpacked(json.loads(before)) if before else None
    lost = [day for day in _entered(cohort) if earlier is None or earlier.session(day) is None]
    if lost:
        raise KitError(
            f"The register has entries for {', '.join(map(long_date, sorted(lost)))}; the earlier plan lacks them."
        )
    _write(cohort, before, who, TAKEN_BACK)
    return earlier


TAKEN_BACK = "taken back"


def _write(cohort: Cohort, packed: str, who: str, why: str) -> None:
    with records.transaction(cohort.engine) as connection:
        values = {"made_at": records.now(), "who": who, "why": why, "plan": packed}
        connection.execute(class_records.session_plans.insert().values(**values))
        records.note(connection, who, "session plan", why or "new")


def _entered(cohort: Cohort) -> set[dt.date]:
    table = class_records.attendance
    return {row["day"] for row in records.rows(cohort.engine, sa.select(table.c.day).distinct())}


def _packed(plan: Plan) -> str:
    return json.dumps(asdict(plan), default=lambda one: one.isoformat(), ensure_ascii=False)


def _unpacked(held: dict[str, Any]) -> Plan:
    def block(one: dict[str, Any]) -> Block:
        times = {name: dt.time.fromisoformat(one[name]) for name in ("start", "end")}
        return Block(**{**one, **times, "materials": tuple(one["materials"]), "print": tuple(one["print"])})

    def session(one: dict[str, Any]) -> Session:
        times = {name: dt.time.fromisoformat(one[name]) for name in ("start", "end", "until") if one.get(name)}
        return Session(
            **{**one, **times, "day": dt.date.fromisoformat(one["day"]), "blocks": tuple(map(block, one["blocks"]))}
        )

    def task(one: dict[str, Any]) -> Task:
        return Task(**{**one, **{name: dt.date.fromisoformat(one[name]) for name in ("first", "last", "hand_in")}})

    return Plan(
        tuple(map(session, held["sessions"])),
        tuple(map(task, held["tasks"])),
        tuple((dt.date.fromisoformat(week), hours) for week, hours in held["weeks"]),
        dt.date.fromisoformat(held["follow_up"]),
        tuple(held["notes"]),
    )
