"""The session plan: contact hours laid out on chosen days, own work and hand-in dates set around public holidays.

Everything here is worked out from data; `plans` keeps a plan in a cohort, `plan_papers` prints it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from learner_kit.course import naming
from learner_kit.course.programme import Activity, Programme
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, Fault
from learner_kit.reading import write_number
from learner_kit.teaching.days import WEEKDAYS, months_later
from learner_kit.teaching.outline import Outline, Step, contact, load

BREAK = "break"
LONGEST = 10 * 60  # minutes a day may last
WORTH = 30  # minutes left that are worth a break before them; fewer only where the days hold the hours no other way


@dataclass(frozen=True)
class Slot:
    """A day chosen for contact, with its hours and where."""

    day: dt.date
    start: dt.time
    end: dt.time
    venue: str = ""


@dataclass(frozen=True)
class Block:
    """A stretch of a session: a step, part of one, or a break (`activity` is then empty)."""

    start: dt.time
    end: dt.time
    title: str
    activity: str = ""
    how: str = ""
    materials: tuple[str, ...] = ()
    print: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        return minutes(self.end) - minutes(self.start)

    @property
    def contact(self) -> bool:
        return bool(self.activity)


@dataclass(frozen=True)
class Session:
    """One day of contact."""

    number: int
    day: dt.date
    start: dt.time
    end: dt.time
    venue: str
    blocks: tuple[Block, ...]
    until: dt.time | None = None  # to when time was set aside; plans kept by an older kit do not say

    @property
    def minutes(self) -> int:
        """Contact time, breaks left out."""
        return sum(one.minutes for one in self.blocks if one.contact)


@dataclass(frozen=True)
class Task:
    """Own work: which session it follows, when its hours are done, and when it is handed in."""

    activity: str
    title: str
    hours: float
    session: int
    first: dt.date
    last: dt.date
    hand_in: dt.date


class Release(NamedTuple):
    """When a workbook goes out: its name, the session on whose day, and by when it comes back."""

    workbook: str
    named: str
    session: Session
    hand_in: dt.date


@dataclass(frozen=True)
class Plan:
    """A whole plan; `weeks` gives the hours of own work by the Monday a week begins with."""

    sessions: tuple[Session, ...]
    tasks: tuple[Task, ...]
    weeks: tuple[tuple[dt.date, float], ...]
    follow_up: dt.date
    notes: tuple[str, ...] = ()

    @property
    def contact_hours(self) -> float:
        return sum(one.minutes for one in self.sessions) / 60

    @property
    def practice_hours(self) -> float:
        return sum(one.hours for one in self.tasks)

    def session(self, day: dt.date) -> Session | None:
        return next((one for one in self.sessions if one.day == day), None)

    def past(self, today: dt.date) -> str:
        """A sentence that names the sessions before a day, where there are any: a slip of the year is seen by it."""
        gone = [f"{one.number} ({long_date(one.day)})" for one in self.sessions if one.day < today]
        return f"Sessions that lie in the past: {', '.join(gone)}." if gone else ""


def releases(programme: Programme, plan: Plan) -> tuple[Release, ...]:
    """The workbooks of a plan in the order in which they go out.

    A workbook goes out at the session that has `NAME released` ready, else at the one that its first own work follows; it is
    handed in with the last task that is done in it.
    """
    found = []
    for workbook, named in naming.names(programme).items():
        done_in = {one.id for one in programme.activities if one.workbook == workbook}
        own = [one for one in plan.tasks if one.activity in done_in]
        if not own:
            continue
        ready = [one for one in plan.sessions if any(f"{named} released" in block.materials for block in one.blocks)]
        after = min(one.session for one in own)
        session = ready[0] if ready else next(one for one in plan.sessions if one.number == after)
        found.append(Release(workbook, named, session, max(one.hand_in for one in own)))
    return tuple(sorted(found, key=lambda one: (one.session.day, one.hand_in)))


def minutes(at: dt.time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def clock(minute: int) -> dt.time:
    """The time so many minutes after midnight."""
    return dt.time(*divmod(minute, 60))


def lay_out(
    programme: Programme, slots: Sequence[Slot], outline: Outline | None = None, holidays_too: bool = False
) -> Plan:
    """Lay a programme out on chosen days.

    Args:
        programme: the programme.
        slots: the days and hours, in any order.
        outline: how the contact hours are taught; the programme's own without one.
        holidays_too: allow days that are public holidays.

    Returns:
        The plan: contact and practice hours are exactly those of the programme.

    Raises:
        DataError: every fault of the days: public holidays, a day twice, hours that end before they begin, or that do
            not hold the programme's contact hours beside the breaks.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> days = [dt.date(2027, 3, 2) + dt.timedelta(days=7 * week) for week in range(6)]
        >>> plan = lay_out(programme(), [Slot(day, dt.time(9), dt.time(11)) for day in days])
        >>> plan.contact_hours, plan.practice_hours, plan.sessions[0].blocks[0].title
        (12.0, 28.0, 'Arrive, sign the register, get to know each other')
    """
    outline = outline or load(programme)
    slots = sorted(slots, key=lambda one: (one.day, one.start))
    faults = _faults(slots, outline, holidays_too)
    if faults:
        raise DataError(faults, "The choice of days")
    tries = []
    for worth, least in itertools.product((WORTH, WORTH // 2, 0), (outline.shortest, 5, 1)):
        tries.append(_sessions(slots, replace(outline, shortest=least), worth))
        if not tries[-1][1]:
            break
    sessions, left = min(tries, key=lambda one: one[1])
    if left:
        breaks = sum(block.minutes for one in sessions for block in one.blocks if not block.contact)
        wanted = f"{write_number(outline.minutes / 60, None)} hours of contact beside {breaks} minutes of breaks"
        raise DataError(
            [Fault(None, "hours", None, f"the days are {left} minutes too short for {wanted}: add time or a day")],
            "The choice of days",
        )
    unused = [one for one in slots if one.day not in {session.day for session in sessions}]
    if unused:
        said = ", ".join(long_date(one.day) for one in unused)
        raise DataError([Fault(None, "days", said, "is not needed: leave it out")], "The choice of days")
    tasks, weeks = _practice(programme, outline, sessions)
    last = sessions[-1].day
    follow_up = outline.calendar.next_working(months_later(last, outline.follow_up_months))
    notes = _notes(programme, slots, sessions, tasks, outline)
    return Plan(tuple(sessions), tasks, weeks, follow_up, tuple(notes))


def _faults(slots: Sequence[Slot], outline: Outline, holidays_too: bool) -> list[Fault]:
    found = [] if slots else [Fault(None, "days", None, "choose at least one day")]
    seen: set[dt.date] = set()
    for one in slots:
        day, hours = f"{WEEKDAYS[one.day.weekday()]} {long_date(one.day)}", f"{one.start:%H:%M}–{one.end:%H:%M}"
        if one.day in seen:
            found.append(Fault(None, day, None, "stands there twice; a day has one session"))
        seen.add(one.day)
        if one.end <= one.start:
            found.append(Fault(None, day, hours, "end must come after the beginning"))
        elif minutes(one.end) - minutes(one.start) > LONGEST:
            found.append(Fault(None, day, hours, "is longer than 10 hours"))
        name = outline.calendar.holiday(one.day)
        if name and not holidays_too:
            other = outline.calendar.next_working(one.day)
            reason = (
                f"is a public holiday ({name}); the next working day is {WEEKDAYS[other.weekday()]} {long_date(other)}"
            )
            found.append(Fault(None, day, None, reason))
    return found


def _sessions(slots: Sequence[Slot], outline: Outline, worth: int) -> tuple[list[Session], int]:
    """The sessions, and how many minutes of steps found no place; no break where fewer than `worth` are left."""
    waiting = list(outline.steps)
    done: set[str] = set()  # steps that were begun on an earlier stretch
    found = []
    for number, slot in enumerate(slots, 1):
        if not waiting:
            break
        blocks = _day(slot, waiting, done, outline, worth)
        if blocks:
            found.append(Session(number, slot.day, slot.start, blocks[-1].end, slot.venue, tuple(blocks), slot.end))
    return found, sum(one.minutes for one in waiting)


def _day(slot: Slot, waiting: list[Step], begun: set[str], outline: Outline, worth: int) -> list[Block]:
    at, end, worked, lunched = minutes(slot.start), minutes(slot.end), 0, slot.start >= outline.lunch_from
    blocks: list[Block] = []
    while waiting and at < end:
        step = waiting[0]
        piece = min(step.minutes, end - at)
        if worked and worked + piece > outline.tea_after:
            lunch = not lunched and at >= minutes(outline.lunch_from)
            pause = outline.lunch if lunch else outline.tea
            after = min(end - at - pause, sum(one.minutes for one in waiting))
            if pause and after >= max(outline.shortest, worth):
                blocks.append(Block(clock(at), clock(at + pause), "Lunch" if lunch else "Tea"))
                at, worked, lunched = at + pause, 0, lunched or lunch
                continue
            if pause:
                piece = outline.tea_after - worked
        if not worked and piece > outline.tea_after:
            piece = outline.tea_after
        if piece < step.minutes:
            if step.minutes - piece < outline.shortest:  # what is left for later must be worth coming back to
                piece = step.minutes - outline.shortest
            if piece < min(outline.shortest, step.minutes):
                break
        key = f"{step.activity} {step.title}"
        title = step.title + (" (continued)" if key in begun else "")
        more = () if key in begun else step.print
        blocks.append(Block(clock(at), clock(at + piece), title, step.activity, step.how, step.materials, more))
        at, worked = at + piece, worked + piece
        begun.add(key)
        waiting[:1] = [replace(step, minutes=step.minutes - piece)] if piece < step.minutes else []
    while blocks and not blocks[-1].contact:
        blocks.pop()
    return blocks


def _practice(
    programme: Programme, outline: Outline, sessions: Sequence[Session]
) -> tuple[tuple[Task, ...], tuple[tuple[dt.date, float], ...]]:
    """Own work after the session that teaches most of its criteria, an hour or so a working day."""
    taught = {block.activity: one for one in sessions for block in one.blocks if block.contact}
    used: dict[dt.date, float] = defaultdict(float)
    for one in sessions:
        used[one.day] = outline.practice_a_day
    waiting = []
    for place, one in enumerate(one for one in programme.activities if one.setting == "practice"):
        session = taught.get(outline.follows.get(one.id) or _teaches(programme, one), sessions[-1])
        rule = outline.formative_after if "formative" in one.stage else outline.summative_after
        rule = outline.after_days.get(one.id, rule)
        waiting.append((outline.calendar.after(session.day, rule), place, one, session, rule))
    tasks = []
    for due, place, one, session, rule in sorted(waiting, key=lambda row: row[:2]):
        days = _place(one.hours, session.day, rule, outline, used)
        tasks.append((place, Task(one.id, one.title, one.hours, session.number, days[0], days[-1], max(due, days[-1]))))
    weeks: dict[dt.date, float] = defaultdict(float)
    busy = {one.day for one in sessions}
    for day, hours in used.items():
        weeks[day - dt.timedelta(days=day.weekday())] += 0 if day in busy else hours
    ordered = sorted((task for _, task in tasks), key=lambda one: (one.hand_in, one.first))
    return tuple(ordered), tuple(sorted((week, round(hours, 2)) for week, hours in weeks.items() if hours))


def _teaches(programme: Programme, one: Activity) -> str:
    best = max(
        enumerate(contact(programme)), key=lambda pair: (len(set(pair[1].criteria) & set(one.criteria)), pair[0])
    )
    return best[1].id


def _place(hours: float, after: dt.date, rule: int, outline: Outline, used: dict[dt.date, float]) -> list[dt.date]:
    """The days on which so many hours are done, spread over the working days from a session to the hand-in."""
    pieces, left = [], hours
    while left > 1e-9:
        pieces.append(min(left, outline.practice_a_day, 1.0))
        left -= pieces[-1]
    found = []
    for number, piece in enumerate(pieces, 1):
        day = outline.calendar.after(after, max(1, round(rule * number / len(pieces))))
        while used[day] + piece > outline.practice_a_day + 1e-9:
            day = outline.calendar.after(day, 1)
        used[day] += piece
        found.append(day)
    return sorted(found)


def _notes(
    programme: Programme, slots: Sequence[Slot], sessions: Sequence[Session], tasks: Sequence[Task], outline: Outline
) -> list[str]:
    notes = []
    by_day = {one.day: one for one in slots}
    for one in sessions:
        spare = minutes(by_day[one.day].end) - minutes(one.end)
        if spare >= 5:
            notes.append(f"Session {one.number} needs {spare} minutes less than you set aside.")
        if one.day.weekday() >= 5:
            notes.append(f"Session {one.number} falls on a {WEEKDAYS[one.day.weekday()]}.")
        if name := outline.calendar.holiday(one.day):
            notes.append(f"Session {one.number} falls on a public holiday: {name}.")
    last = programme.unit.registration.last_achievement
    if tasks and tasks[-1].hand_in > last:
        notes.append(
            f"The last hand-in comes after {long_date(last)}, the last day on which the unit standard can be achieved."
        )
    first, end = sessions[0].day, max(one.hand_in for one in tasks) if tasks else sessions[-1].day
    free = [first + dt.timedelta(days=n) for n in range((end - first).days + 1)]
    named = [f"{long_date(day)} ({name})" for day in free if (name := outline.calendar.holiday(day))]
    if named:
        notes.append("Public holidays in this time, kept free: " + "; ".join(named) + ".")
    return notes
