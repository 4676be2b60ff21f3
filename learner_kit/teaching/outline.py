"""How contact hours are taught, read from a programme's `sessions.toml`: steps, breaks, practice, free days.

A programme without that file still has a session plan: each contact activity is one step of it, with plain breaks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from learner_kit.course.programme import Activity, Programme
from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse
from learner_kit.teaching.days import Calendar

FILE = "sessions.toml"
HOW = re.compile(r"whole class|pairs|groups of \d{1,2}|alone|one to one")


@dataclass(frozen=True)
class Step:
    """A step of a contact activity."""

    activity: str
    title: str
    minutes: int
    how: str = "whole class"
    materials: tuple[str, ...] = ()
    print: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The steps of every contact activity, and how days, breaks and practice are set."""

    steps: tuple[Step, ...]
    tea_after: int = 120
    tea: int = 15
    lunch: int = 45
    lunch_from: dt.time = dt.time(12)
    shortest: int = 15
    practice_a_day: float = 1.0
    formative_after: int = 5
    summative_after: int = 15
    follow_up_months: int = 3
    after_days: Mapping[str, int] = field(default_factory=dict)
    follows: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def minutes(self) -> int:
        """All contact minutes."""
        return sum(one.minutes for one in self.steps)


def contact(programme: Programme) -> tuple[Activity, ...]:
    """The activities done together with the facilitator, in the plan's order."""
    return tuple(one for one in programme.activities if one.setting == "contact")


def load(programme: Programme) -> Outline:
    """Read how a programme's contact hours are taught.

    Args:
        programme: the programme; its folder may hold `sessions.toml`.

    Returns:
        The outline; its steps stand in the order of the plan's contact activities.

    Raises:
        DataError: every fault of the file: steps of no activity, minutes that do not add up to the activity's hours.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> load(programme()).minutes
        720
    """
    path = programme.folder / FILE
    activities = contact(programme)
    if not path.is_file():
        return Outline(tuple(Step(one.id, one.title, round(one.hours * 60)) for one in activities))
    faults: list[Fault] = []
    top = Keys(read(path), faults)
    day, practice = top.table("day"), top.table("practice")
    known = {one.id: one for one in activities}
    steps = tuple(_step(keys, list(known)) for keys in top.tables("steps"))
    for id, activity in known.items():
        found, wanted = sum(one.minutes for one in steps if one.activity == id), round(activity.hours * 60)
        if found != wanted:
            top.fault("steps", f"those of {id} last {found} minutes; plan.toml gives it {wanted}")
    longer = practice.take("after_days", dict, {}) or {}
    practised = {one.id for one in programme.activities if one.setting == "practice"}
    for id, days in longer.items():
        if id not in practised or isinstance(days, bool) or not isinstance(days, int) or days < 1:
            practice.fault("after_days", f"{id} must be a practice activity with working days of 1 or more")
    follows = practice.take("follows", dict, {}) or {}
    for id, session in follows.items():
        if id not in practised or session not in known:
            practice.fault("follows", f"{id} must be a practice activity, with the contact activity that it follows")
    order = {id: place for place, id in enumerate(known)}
    made = Outline(
        steps=tuple(sorted(steps, key=lambda one: order.get(one.activity, 0))),
        tea_after=_whole(day, "tea_after_minutes", 30),
        tea=_whole(day, "tea_minutes", 0),
        lunch=_whole(day, "lunch_minutes", 0),
        lunch_from=day.take("lunch_from", dt.time) or dt.time(12),
        shortest=_whole(day, "shortest_piece", 1),
        practice_a_day=practice.take("hours_a_working_day", float) or 1.0,
        formative_after=_whole(practice, "formative_after_days", 1),
        summative_after=_whole(practice, "summative_after_days", 1),
        follow_up_months=_whole(practice, "follow_up_months", 1),
        after_days=dict(longer),
        follows=dict(follows),
        calendar=_calendar(top.table("holidays")),
    )
    for keys in (day, practice, top):
        keys.done()
    refuse(faults, path)
    return made


def _step(keys: Keys, known: list[str]) -> Step:
    activity, title = keys.take("activity", str, among=known) or "", keys.take("title", str) or ""
    minutes, how = _whole(keys, "minutes", 1), keys.take("how", str) or ""
    if how and not HOW.fullmatch(how):
        keys.fault("how", "must be whole class, pairs, groups of N, alone, or one to one")
    lists = [keys.take(name, list, []) or [] for name in ("materials", "print")]
    keys.done()
    return Step(activity, title, minutes, how, *(tuple(map(str, one)) for one in lists))


def _whole(keys: Keys, name: str, least: int) -> int:
    value = keys.take(name, int)
    if value is not None and value < least:
        keys.fault(name, f"must be a whole number of {least} or more")
    return value or 0


def _calendar(keys: Keys) -> Calendar:
    added: dict[dt.date, str] = {}
    removed: set[dt.date] = set()
    for said, name in (keys.take("added", dict, {}) or {}).items():
        try:
            added[dt.date.fromisoformat(said)] = str(name)
        except ValueError:
            keys.fault("added", f"{said!r} is no date such as 2027-05-26")
    for day in keys.take("removed", list, []) or []:
        try:
            removed.add(day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)))
        except ValueError:
            keys.fault("removed", f"{day!r} is no date such as 2027-05-26")
    keys.take("source", str)
    keys.take("looked_up", dt.date)
    keys.done()
    return Calendar(added, frozenset(removed))
