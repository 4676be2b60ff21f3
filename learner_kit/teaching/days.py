"""South African days: which are free, which are worked, and the next of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Calendar:
    """Public holidays of South Africa, with days that were proclaimed since (`added`) or moved (`removed`)."""

    added: Mapping[dt.date, str] = field(default_factory=dict)
    removed: frozenset[dt.date] = frozenset()

    def holiday(self, day: dt.date) -> str | None:
        """The name of the public holiday on a day, or None.

        Example:
            >>> Calendar().holiday(dt.date(2026, 8, 10))
            "National Women's Day (observed)"
            >>> Calendar(added={dt.date(2027, 5, 26): "Election day"}).holiday(dt.date(2027, 5, 26))
            'Election day'

        Source: Public Holidays Act 36 of 1994 (a holiday on a Sunday makes the Monday free too).
        """
        if day in self.removed:
            return None
        return self.added.get(day) or _calendar(day.year).get(day)

    def working(self, day: dt.date) -> bool:
        """Whether a day is from Monday to Friday and no public holiday."""
        return day.weekday() < 5 and self.holiday(day) is None

    def next_working(self, day: dt.date) -> dt.date:
        """This day, or the first working day after it.

        Example:
            >>> Calendar().next_working(dt.date(2026, 9, 24))  # Heritage Day, a Thursday
            datetime.date(2026, 9, 25)
        """
        while not self.working(day):
            day += dt.timedelta(days=1)
        return day

    def after(self, day: dt.date, count: int) -> dt.date:
        """The date so many working days later.

        Example:
            >>> Calendar().after(dt.date(2026, 9, 23), 1)
            datetime.date(2026, 9, 25)
        """
        for _ in range(count):
            day = self.next_working(day + dt.timedelta(days=1))
        return day


def remarks(day: dt.date, calendar: Calendar, today: dt.date) -> list[str]:
    """Say what is odd about a day that is still to come, if anything; it may be right all the same.

    Example:
        >>> remarks(dt.date(2027, 3, 22), Calendar(), dt.date(2027, 1, 12))
        ['this date is a public holiday (Human Rights Day (observed))']
        >>> remarks(dt.date(2207, 1, 22), Calendar(), dt.date(2027, 1, 12))
        ['this date is more than a year away: look at the year']
    """
    name = calendar.holiday(day)
    far = day > months_later(today, 12)
    return [f"this date is a public holiday ({name})"] * bool(name) + [
        "this date is more than a year away: look at the year"
    ] * far


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month.

    Example:
        >>> months_later(dt.date(2026, 11, 30), 3)
        datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    return dt.date(year, month + 1, day.day)


@lru_cache(maxsize=64)
def _calendar(year: int) -> dict[dt.date, str]:
    from holidays import country_holidays

    return dict(country_holidays("ZA", years=year))
