"""Dates by which something is due, in working days as South Africa counts them."""

from __future__ import annotations

import datetime as dt
from functools import cache

SOUTH_AFRICA = dt.timedelta(hours=2)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The date so many working days later, past weekends and South African public holidays.

    Example:
        >>> working_days_after(dt.date(2026, 9, 23), 1)  # the 24th is Heritage Day
        datetime.date(2026, 9, 25)
    """
    free = _free()
    while count:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            count -= 1
    return day


@cache
def _free() -> object:
    from holidays import country_holidays

    return country_holidays("ZA")
