"""Days and hours as people type them, and days proposed past public holidays."""

from __future__ import annotations

import datetime as dt
import re

from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, Fault
from learner_kit.reading import read_date
from learner_kit.teaching import sessions
from learner_kit.teaching.days import WEEKDAYS, Calendar

HOURS = re.compile(r"(?<=\s)(\d{1,2})[:h]?(\d{2})?\s*(?:-|–|to)\s*(\d{1,2})[:h]?(\d{2})?\s*$")

NAMED = re.compile(rf"(?:({'|'.join(one[:3] for one in WEEKDAYS)})\w*\s+)?(.*)", re.I)


def read_hours(said: str) -> tuple[dt.time, dt.time]:
    """The hours of a day as people type them.

    Raises:
        ValueError: they cannot be read, or end before they begin; the sentence says what to write.

    Example:
        >>> read_hours("9:00 to 11:30")
        (datetime.time(9, 0), datetime.time(11, 30))
    """
    match = HOURS.search(f" {said.strip()}")
    try:
        start, end = (dt.time(int(match[n]), int(match[n + 1] or 0)) for n in (1, 3)) if match else (None, None)
    except ValueError:
        start = end = None
    if start is None or end is None:
        raise ValueError(f"{said.strip() or 'Nothing'} is no span of hours; write 09:00-11:00.")
    if end <= start:
        raise ValueError(f"{said.strip()} ends before it begins; write 09:00-11:00.")
    return start, end


def read_slots(text: str, venue: str = "") -> list[sessions.Slot]:
    """Days and hours, one a line: `2027-03-02 09:00-11:00`, and after a comma another venue.

    Raises:
        DataError: every line that cannot be read.

    Example:
        >>> read_slots("2 March 2027 09:00-11:00")[0].end
        datetime.time(11, 0)
    """
    found, faults = [], []
    for row_number, line in enumerate(text.splitlines(), 1):
        said, _, where = line.partition(",")
        if not said.strip():
            continue
        match = HOURS.search(said)
        if match is None:
            faults.append(Fault(row_number, "hours", said.strip(), "are missing; write the day, then 09:00-11:00"))
            continue
        try:
            weekday, name = NAMED.fullmatch(said[: match.start()].strip()).groups()
            day = read_date(name)
            if weekday and weekday.title() != WEEKDAYS[day.weekday()][:3]:
                raise ValueError(f"{long_date(day)} is a {WEEKDAYS[day.weekday()]}; change the weekday or the date")
            start, end = (dt.time(int(match[n]), int(match[n + 1] or 0)) for n in (1, 3))
        except ValueError as error:
            faults.append(Fault(row_number, "day or hours", said.strip(), str(error)))
            continue
        found.append(sessions.Slot(day, start, end, where.strip() or venue))
    if faults:
        raise DataError(faults, "The list of days")
    return found


def write_slots(plan: sessions.Plan) -> str:
    """The days of a plan as `read_slots` reads them."""
    return "\n".join(
        f"{_day(one.day)} {one.start:%H:%M}-{one.until or one.end:%H:%M}" + (f", {one.venue}" if one.venue else "")
        for one in plan.sessions
    )


def propose(first: dt.date, count: int, step: int, hours: str, calendar: Calendar) -> str:
    """Days for the field, one a line; public holidays, and with daily sessions weekends, are passed over."""
    lines, day = [], first
    while len(lines) < count:
        if calendar.holiday(day) is None and (step > 1 or day.weekday() < 5):
            lines.append(f"{_day(day)} {hours}")
        day += dt.timedelta(days=step)
    return "\n".join(lines)


def passed_over(first: dt.date, last: dt.date, step: int, calendar: Calendar) -> list[str]:
    """The public holidays that `propose` left out from the first day to the last, each with its name.

    Example:
        >>> passed_over(dt.date(2027, 1, 1), dt.date(2027, 1, 8), 7, Calendar())
        ["1 January 2027 (New Year's Day)"]
    """
    days = (first + dt.timedelta(days=count) for count in range(0, (last - first).days, step))
    return [f"{long_date(day)} ({name})" for day in days if (name := calendar.holiday(day))]


def _day(day: dt.date) -> str:
    return f"{WEEKDAYS[day.weekday()][:3]} {day}"
