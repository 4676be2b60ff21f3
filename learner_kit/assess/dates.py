"""Days as South Africa counts them: when something was, and by when something is due."""

from __future__ import annotations

import datetime as dt

from learner_kit.documents.text import long_date
from learner_kit.moments import local
from learner_kit.teaching.days import Calendar


def long_day(at: dt.datetime) -> str:
    """The South African day of a stored moment, in words.

    Example:
        >>> long_day(dt.datetime(2026, 11, 21, 22, 30))
        '22 November 2026'
    """
    return long_date(local(at).date())


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The date so many working days later, past weekends and South African public holidays.

    Example:
        >>> working_days_after(dt.date(2026, 9, 23), 1)  # the 24th is Heritage Day
        datetime.date(2026, 9, 25)
    """
    return Calendar().after(day, count)
