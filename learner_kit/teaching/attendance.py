"""The attendance register: who came, when, and why not; what share of the contact hours that makes.

Entries only grow: a correction is a new entry with the next number, and the old one stays. Two facilitators may write
at once: who wrote from an older picture of a learner's line is told so, and nothing of the other's is lost.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.handins import some
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.moments import local
from learner_kit.teaching import plans
from learner_kit.teaching.sessions import Plan, Session, minutes

PRESENT, ABSENT, NONE = "present", "absent", "none"  # none: an entry that was taken back
REASONS = {
    "I": "ill",
    "W": "work",
    "F": "family",
    "T": "transport",
    "O": "other reason",
    "N": "no reason given",
}
REASONS_SAID = ", ".join(f"{key} ({said})" for key, said in REASONS.items())
EARLY = 60  # minutes before a session that nobody comes: a slip of the pen
SOURCES = ("screen", "paper", "undo")
FIELDS = ("state", "arrived", "left", "reason")


@dataclass(frozen=True)
class Entry:
    """One learner on one day; no times mean the whole session. `reason` is a key of REASONS, for those absent."""

    learner: str
    state: str
    arrived: dt.time | None = None
    left: dt.time | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Recorded:
    """What became of some entries: written, the same as before, or held back because somebody else wrote meanwhile."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attended:
    """A learner's contact time so far: minutes attended of those held, and days without an entry of theirs."""

    learner: str
    minutes: int
    of: int
    missing: tuple[dt.date, ...]
    planned: int = 0  # contact minutes of the whole plan

    @property
    def share(self) -> float | None:
        return self.minutes / self.of if self.of else None


@dataclass(frozen=True)
class Ruling:
    """Whether attendance lets a learner be assessed, with a sentence that says why."""

    allowed: bool
    share: float | None
    needed: float
    said: str
    whole: bool = True  # all contact hours of the plan were held; before that, a share only says how it is so far


def record(
    cohort: Cohort,
    day: dt.date,
    entries: Iterable[Entry],
    who: str,
    seen: Mapping[str, int] | None = None,
    source: str = "screen",
    now: dt.datetime | None = None,
) -> Recorded:
    """Write entries of one day; all of them are in order, or none is written.

    Args:
        cohort: the cohort.
        day: a day of the session plan that is not still to come.
        entries: at most one a learner. After the day itself, and to change what stands, an entry needs a note.
        who: who writes.
        seen: learner → the number of the entry that the writer had in front of them (0 for none); an entry that
            somebody else has changed since is held back. Without it nothing is held back.
        source: screen or paper.
        now: the time (UTC); the clock's without one.

    Returns:
        What became of each learner's entry.

    Raises:
        KitError: there is no plan, or the day is not in it or still to come.
        DataError: every fault of the entries, by learner.
    """
    session = of_day(cohort, day)
    now = now or records.now()
    today = local(now).date()
    if day > today:
        raise KitError(f"{long_date(day)} is still to come. The register of a day opens on that day.")
    wanted = list(entries)
    for _ in range(5):
        there = standing(cohort, day)
        refuse(_faults(cohort, session, wanted, there, today > day), day)
        conflicts = [
            one.learner
            for one in wanted
            if seen is not None and there.get(one.learner, {}).get("number", 0) > seen.get(one.learner, 0)
        ]
        fresh = [one for one in wanted if one.learner not in conflicts]
        same = [one.learner for one in fresh if not _changes(one, there.get(one.learner))]
        fresh = [one for one in fresh if one.learner not in same]
        if _write(cohort, day, fresh, there, who, source, now, today > day):
            return Recorded(tuple(one.learner for one in fresh), tuple(same), tuple(conflicts))
    raise KitError("Somebody else writes to this register at the same moment. Nothing of yours was written; try again.")


def of_day(cohort: Cohort, day: dt.date) -> Session:
    """The session of a day.

    Raises:
        KitError: there is no plan, or the day is not in it.
    """
    plan = plans.required(cohort)
    session = plan.session(day)
    if session is None:
        days = ", ".join(long_date(one.day) for one in plan.sessions)
        raise KitError(
            f"{long_date(day)} is not in the session plan. Its days: {days}. Change the plan first if the class met then."
        )
    return session


def refuse(faults: list[Fault], day: dt.date) -> None:
    if faults:
        raise DataError(faults, f"The register of {long_date(day)}")


def standing(cohort: Cohort, day: dt.date) -> dict[str, dict[str, Any]]:
    """Learner → the entry of a day that stands, under the newest number (its state is none where all was taken back)."""
    return stands(history(cohort, day))


def stands(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same from a day's history: an entry restored by taking a later one back is itself again, with note and time."""
    every = list(rows)
    newest = {row["learner"]: row for row in every}
    return {one: {**(own or [newest[one]])[-1], "number": newest[one]["number"]} for one, own in _kept(every).items()}


def history(cohort: Cohort, day: dt.date | None = None, learner: str | None = None) -> list[dict[str, Any]]:
    """Every entry ever made, those that were corrected too, oldest first."""
    table = class_records.attendance
    query = sa.select(table).order_by(table.c.day, table.c.learner, table.c.number)
    if day:
        query = query.where(table.c.day == day)
    if learner:
        query = query.where(table.c.learner == learner)
    return records.rows(cohort.engine, query)


def take_back(cohort: Cohort, day: dt.date, who: str, now: dt.datetime | None = None) -> Recorded:
    """Take back what this person last wrote to a day's register: each learner's line becomes what it was before.

    Raises:
        KitError: this person has written nothing to that day that still stands.
    """
    rows = history(cohort, day)
    undone = {row["note"] for row in rows if row["source"] == "undo"}
    own = [row for row in rows if row["who"] == who and row["source"] != "undo" and row["batch"] not in undone]
    if not own:
        raise KitError(f"{who} has written nothing to the register of {long_date(day)} that could be taken back.")
    batch = max(own, key=lambda row: row["id"])["batch"]
    kept, back, later = _kept(rows), [], []
    for row in (one for one in own if one["batch"] == batch):
        lines = kept[row["learner"]]
        if not lines or lines[-1]["id"] != row["id"]:
            later.append(row["learner"])
            continue
        before = [lines[-2][name] for name in FIELDS] if len(lines) > 1 else [NONE]
        back.append(Entry(row["learner"], *before, note=batch))
    if not _write(cohort, day, back, stands(rows), who, "undo", now or records.now(), False):
        raise KitError("Somebody else writes to this register at the same moment. Nothing was taken back; try again.")
    return Recorded(tuple(one.learner for one in back), (), tuple(later))


def set_aside(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a day's history, the entries somebody made that do not stand any more: corrected, or taken back."""
    every = list(rows)
    kept = {own[-1]["id"] for own in _kept(every).values() if own}
    return [row for row in every if row["source"] != "undo" and row["id"] not in kept]


def why(row: Mapping[str, Any]) -> str:
    """Reason and note of an entry in words; a note alone is reason enough.

    Example:
        >>> why({"reason": "N", "note": "phoned"}), why({"reason": "N", "note": ""}), why({"reason": "I", "note": "flu"})
        ('phoned', 'no reason given', 'ill; flu')
    """
    reason = "" if row["reason"] == "N" and row["note"] else REASONS.get(row["reason"], "")
    return "; ".join(filter(None, [reason, row["note"]]))


def _kept(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Learner → the entries that were not taken back, the one that stands last."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        own = found[row["learner"]]
        if row["source"] != "undo":
            own.append(row)
        elif own:
            own.pop()
    return found


def attended(cohort: Cohort, today: dt.date | None = None, learner: str | None = None) -> dict[str, Attended]:
    """Every learner's contact time on the days that were held (or one learner's), with a register.

    A learner without an entry on such a day counts as not there, and the day is named in `missing`.

    Args:
        cohort: the cohort.
        today: a day, whose session counts too; without one, the sessions that are over by the clock.
        learner: this one alone.
    """
    plan = plans.current(cohort)
    at = local(records.now())
    clock = at.time() if today is None else dt.time.max
    today = today or at.date()
    rows: dict[dt.date, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in history(cohort) if plan else ():
        rows[row["day"]][row["learner"]] = row
    rows = {day: own for day, own in rows.items() if any(row["state"] != NONE for row in own.values())}
    over = [one for one in plan.sessions if (one.day, one.end) <= (today, clock)] if plan else []
    held = [one for one in over if one.day in rows]
    planned = sum(one.minutes for one in plan.sessions) if plan else 0
    total = sum(one.minutes for one in held)
    found = {}
    for one_of_them in enrol.learners(cohort) if learner is None else [learner]:
        entries = [(one, rows[one.day].get(one_of_them)) for one in held]
        spent = sum(present_minutes(one, row) for one, row in entries if row)
        gaps = tuple(one.day for one, row in entries if row is None or row["state"] == NONE)
        found[one_of_them] = Attended(one_of_them, spent, total, gaps, planned)
    return found


def present_minutes(session: Session, row: Mapping[str, Any]) -> int:
    """The contact minutes between arriving and leaving; breaks do not count."""
    if row["state"] != PRESENT:
        return 0
    start, end = minutes(row["arrived"] or session.start), minutes(row["left"] or session.end)
    return sum(
        max(0, min(end, minutes(one.end)) - max(start, minutes(one.start))) for one in session.blocks if one.contact
    )


def may_be_assessed(cohort: Cohort, learner: str, today: dt.date | None = None) -> Ruling:
    """Whether a learner has attended enough to be assessed, by the programme's own threshold (`rules.toml`).

    A cohort without a session plan, or whose register was not begun, holds nobody back: the sentence says so.
    """
    return _ruling(attended(cohort, today, learner)[learner], cohort.programme.rules.attendance)


def rulings(cohort: Cohort, today: dt.date | None = None) -> dict[str, Ruling]:
    """`may_be_assessed` for everyone, read once."""
    needed = cohort.programme.rules.attendance
    return {learner: _ruling(one, needed) for learner, one in attended(cohort, today).items()}


def missing_registers(plan: Plan, rows: Iterable[Mapping[str, Any]], today: dt.date) -> list[dt.date]:
    """Days of the plan that have passed without a single entry."""
    begun = {row["day"] for row in rows}
    return [one.day for one in plan.sessions if one.day < today and one.day not in begun]


def _ruling(one: Attended, needed: float) -> Ruling:
    if one.share is None:
        said = "No attendance has been recorded in this cohort, so it holds nobody back."
        return Ruling(True, None, needed, said, not one.planned)
    whole = one.of >= one.planned
    said = f"attended {one.share:.0%} of the contact hours held so far; {needed:.0%} is needed"
    if one.share + 1e-9 >= needed:
        return Ruling(True, one.share, needed, f"{one.learner} {said}.", whole)
    return Ruling(False, one.share, needed, f"{one.learner} {said}: catch up first, or record why not.", whole)


def _faults(
    cohort: Cohort, session: Session, entries: list[Entry], there: Mapping[str, Mapping[str, Any]], late: bool
) -> list[Fault]:
    known, seen, found = set(enrol.learners(cohort)), set(), []
    bare: dict[str, list[str]] = defaultdict(list)  # what a note is needed for → learners
    for one in entries:

        def fault(column: str, value: Any, reason: str, learner: str = one.learner) -> None:
            found.append(Fault(None, f"{learner}: {column}", None if value is None else str(value), reason))

        if one.learner not in known:
            fault("learner", None, "is not enrolled in this cohort")
        if one.learner in seen:
            fault("learner", None, "stands there twice")
        seen.add(one.learner)
        if one.state not in (PRESENT, ABSENT):
            fault("state", one.state, "must be present or absent")
        elif one.state == ABSENT and (one.arrived or one.left):
            fault("times", None, "who was absent has no times; enter them as present with the times")
        elif one.state == PRESENT and one.reason:
            fault("reason", one.reason, "only an absence has a reason; say anything else in the note")
        if one.reason and one.reason not in REASONS:
            fault("reason", one.reason, f"must be one of {REASONS_SAID}")
        start, end = one.arrived or session.start, one.left or session.end
        times, begins, ends = f"{start:%H:%M}–{end:%H:%M}", f"{session.start:%H:%M}", f"{session.end:%H:%M}"
        if one.state == PRESENT and start >= end:
            whole = "" if one.left else f"the session ends at {ends}, and "
            whole += "" if one.arrived else f"the session begins at {begins}, and "
            fault("times", times, f"{whole}leaving must come after arriving")
        elif one.arrived and minutes(one.arrived) < minutes(session.start) - EARLY:
            early = f"is more than an hour before the session begins ({begins}); look at the time again"
            fault("came at", f"{one.arrived:%H:%M}", early)
        elif (one.arrived and one.arrived >= session.end) or (one.left and one.left <= session.start):
            fault("times", times, f"lies outside the session ({begins}–{ends})")
        old = there.get(one.learner)
        if len(one.note) > 500:
            fault("note", None, "is longer than 500 characters")
        elif not one.note.strip() and _changes(one, old):
            if late:
                bare["this is an entry after the day itself"].append(one.learner)
            elif old and old["state"] != NONE and not _fills(one, old):
                bare["this corrects an entry; say why"].append(one.learner)
    return found + [Fault(None, some(who), None, f"a note is needed: {said}") for said, who in bare.items()]


def _changes(one: Entry, old: Mapping[str, Any] | None) -> bool:
    return old is None or any(getattr(_plain(one), name) != old[name] for name in FIELDS)


def _fills(one: Entry, old: Mapping[str, Any]) -> bool:
    """Whether an entry only adds a time that was not known: somebody comes, and later leaves."""
    return one.state == old["state"] == PRESENT and all(
        old[name] is None or old[name] == getattr(one, name) for name in ("arrived", "left")
    )


def _plain(one: Entry) -> Entry:
    reason = (one.reason or "N") if one.state == ABSENT else one.reason
    return Entry(one.learner, one.state, one.arrived, one.left, reason, one.note.strip())


def _write(
    cohort: Cohort,
    day: dt.date,
    entries: list[Entry],
    there: Mapping[str, Mapping[str, Any]],
    who: str,
    source: str,
    now: dt.datetime,
    late: bool,
) -> bool:
    if not entries:
        return True
    more = {"day": day, "source": source, "batch": secrets.token_hex(8), "who": who, "at": now, "late": late}
    rows = [
        {
            **asdict(_plain(one) if source != "undo" else one),
            **more,
            "number": there.get(one.learner, {}).get("number", 0) + 1,
        }
        for one in entries
    ]
    try:
        with records.transaction(cohort.engine) as connection:
            connection.execute(class_records.attendance.insert(), rows)
            about = f"{day}, {len(rows)} {'learner' if len(rows) == 1 else 'learners'}"
            records.note(connection, who, "attendance" if source != "undo" else "attendance taken back", about)
    except sa.exc.IntegrityError:
        return False
    return True
