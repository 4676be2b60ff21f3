"""Dates by which something is due, in working days as South Africa counts them."""

from __future__ import annotations

import datetime as dt

from learner_kit.teaching.days import Calendar

SOUTH_AFRICA = dt.timedelta(hours=2)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The date so many working days later, past weekends and South African public holidays.

    Example:
        >>> working_days_after(dt.date(2026, 9, 23), 1)  # the 24th is Heritage Day
        datetime.date(2026, 9, 25)
    """
    return Calendar().after(day, count)
