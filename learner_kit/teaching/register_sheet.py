"""The attendance register on paper: a sheet a day, and the short codes by which it is typed back in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import sqlalchemy as sa

from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Document, PageBreak, Paragraph, SignatureLines, Table
from learner_kit.errors import DataError, Fault
from learner_kit.teaching.attendance import ABSENT, PRESENT, REASONS, REASONS_SAID, Entry, of_day
from learner_kit.teaching.plan_papers import day as spelt
from learner_kit.teaching.sessions import Session

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"  # 23, a prime; no I, O, Z, which look like digits
PAGE = 20  # learners on one page, with room for the signature below
TOKEN = re.compile(r"(?:(\*)|(\d{1,7})([A-Z]))(?:-([A-Z]))?(?:@(\d{3,4}|\d{1,2}:\d{2})?(?:-(\d{3,4}|\d{1,2}:\d{2}))?)?")


def code(learner: str) -> str:
    """A learner's short code on paper: the number, and a letter that catches a slip of one digit or two swapped.

    Example:
        >>> code("L-0007"), code("L-0070"), code("L-0123")
        ('7Q', '70X', '123S')
    """
    number = str(int(learner.partition("-")[2]))
    total = sum(int(digit) * (place + 2) for place, digit in enumerate(reversed(number)))
    return number + LETTERS[total % len(LETTERS)]


def read_back(text: str, learners: Iterable[str], note: str = "", already: Iterable[str] = ()) -> list[Entry]:
    """Read what a facilitator typed from a paper register.

    Codes stand with spaces or commas between them. `7Q` was there; `7Q-I` was absent, ill; `7Q@0915` came at 09:15;
    `7Q@-1230` left at 12:30; `7Q@0915-1230` both. `*` is everybody who is not named and not entered yet (`*-N`:
    absent).

    Args:
        text: what was typed.
        learners: who is enrolled.
        note: goes with every entry.
        already: learners who have an entry already, whom `*` leaves alone.

    Returns:
        An entry a learner named.

    Raises:
        DataError: every code that cannot be read, or that belongs to nobody.

    Example:
        >>> [(one.learner, one.state, one.reason) for one in read_back("* 7Q-I", ["L-0003", "L-0007"])]
        [('L-0007', 'absent', 'I'), ('L-0003', 'present', '')]
    """
    by_number = {int(one.partition("-")[2]): one for one in learners}
    faults: list[Fault] = []
    found: dict[str, Entry] = {}
    rest: Entry | None = None
    for place, said in enumerate(re.split(r"[\s,;]+", text.strip().upper()), 1):
        if not said:
            continue
        match = TOKEN.fullmatch(said)
        reason = _fault(match, by_number)
        if reason:
            faults.append(Fault(place, "code", said, reason))
            continue
        everyone, number, _, why, came, went = match.groups()
        try:
            times = [_time(one) for one in (came, went)]
        except ValueError:
            faults.append(Fault(place, "code", said, "has a time that no clock shows; write 0915 or 9:15"))
            continue
        learner = "" if everyone else by_number[int(number)]
        entry = Entry(learner, ABSENT if why else PRESENT, *times, why or "", note)
        if everyone:
            rest = entry
        elif learner in found:
            faults.append(Fault(place, "code", said, f"{learner} stands there twice"))
        else:
            found[learner] = entry
    if not found and rest is None and not faults:
        faults.append(Fault(None, "code", None, "type at least one code"))
    if faults:
        raise DataError(faults, "What was typed")
    left = set(already) | set(found)
    others = [one for one in by_number.values() if one not in left] if rest else []
    return [
        *found.values(),
        *(Entry(one, rest.state, rest.arrived, rest.left, rest.reason, note) for one in others if rest),
    ]


def _fault(match: re.Match[str] | None, by_number: dict[int, str]) -> str | None:
    if match is None:
        return "cannot be read; write a code from the sheet, such as 7Q, 7Q-I or 7Q@0915"
    everyone, number, letter, why, *_ = match.groups()
    if why and why not in REASONS:
        return f"{why} is no reason; they are {REASONS_SAID}"
    if everyone:
        return None
    if int(number) not in by_number:
        return "belongs to nobody in this class"
    if code(by_number[int(number)])[-1] != letter:
        return "has the wrong letter; compare it with the sheet"
    return None


def _time(said: str | None) -> dt.time | None:
    if not said:
        return None
    hour, minute = said.split(":") if ":" in said else (said[:-2], said[-2:])
    return dt.time(int(hour), int(minute))


def sheet(cohort: Cohort, day: dt.date, facilitator: str = "") -> Document:
    """The register of one day to print: names, masked identity numbers, times and a place to sign.

    Raises:
        KitError: there is no plan, or the day is not in it.
    """
    session = of_day(cohort, day)
    unit = cohort.programme.unit
    people = {row["code"]: row for row in records.rows(cohort.engine, sa.select(records.identities))}
    sites = {row["pseudonym"]: row["site"] for row in records.rows(cohort.engine, sa.select(records.learners))}
    order = sorted(
        enrol.learners(cohort),
        key=lambda one: [people.get(one, {}).get(k, "").casefold() for k in ("surname", "first_names")],
    )
    rows = [_row(place, one, people.get(one, {}), sites[one]) for place, one in enumerate(order, 1)]
    when = ", ".join(filter(None, (spelt(day), _hours(session), session.venue)))
    reasons = ", ".join(f"{key} {said}" for key, said in REASONS.items())
    return Document(
        title=f"Attendance register: {cohort.name}",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        meta=[(f"Session {session.number}", when)],
        blocks=[
            Paragraph(
                f"To type it back in: 7Q was there; 7Q-I was absent ({reasons}); 7Q@0915-1230 came 09:15, left 12:30; "
                "* all the others were there. A code's letter is a check.",
                kind="quiet",
            ),
            *_tables(rows),
            SignatureLines([("Facilitator", facilitator)]),
        ],
        date=day,
        footer=f"Attendance register · {cohort.name} · {spelt(day)}",
    )


def _tables(rows: list[list[str]]) -> list[Block]:
    """The rows on as few pages as hold them, as many on each, so that the signature never stands on a page of its own."""
    pages = max(1, -(-len(rows) // PAGE))
    size = max(1, -(-len(rows) // pages))
    blocks: list[Block] = []
    for start in range(0, max(1, len(rows)), size):
        blocks += [PageBreak()] if start else []
        blocks.append(
            Table(
                ["No.", "Code", "Surname, first names", "ID number", "Site", "In", "Out", "Signature"],
                rows[start : start + size],
                widths=[0.9, 1.2, 4.4, 2.8, 2.8, 1.2, 1.2, 4.1],
                align=["right", *["left"] * 7],
                empty="Nobody is enrolled yet.",
            )
        )
    return blocks


def _row(place: int, learner: str, person: dict[str, str], site: str) -> list[str]:
    name = ", ".join(filter(None, (person.get("surname", ""), person.get("first_names", ""))))
    room = "\n\u00a0"  # a second line: space to sign
    return [
        str(place) + room,
        code(learner),
        name or learner,
        enrol.mask(person.get("id_number", "")),
        site,
        "",
        "",
        "",
    ]


def _hours(session: Session) -> str:
    return f"{session.start:%H:%M}–{session.end:%H:%M}"
