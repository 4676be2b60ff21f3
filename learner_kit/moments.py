"""Moments: stored in UTC, read by people in South African time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

MONTHS = (  # spelt here, because the machine's language must not decide
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SOUTH_AFRICA = timezone(timedelta(hours=2), "SAST")  # no summer time, so no time zone files are needed


def local(at: datetime) -> datetime:
    """A moment on South African clocks; one without a zone is UTC, as the kit stores it.

    Example:
        >>> local(datetime(2026, 11, 21, 22, 30)).date()
        datetime.date(2026, 11, 22)
    """
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SOUTH_AFRICA)


def short_date(day: date) -> str:
    """A day for a table, in the same way on every computer.

    Example:
        >>> short_date(date(2026, 11, 1))
        '1 Nov 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def to_the_minute(at: datetime) -> str:
    """A moment for a table whose heading says that its times are South African.

    Example:
        >>> to_the_minute(datetime(2026, 11, 21, 8, 30))
        '21 Nov 2026 10:30'
    """
    return f"{short_date(local(at))} {local(at):%H:%M}"


def sast(at: datetime) -> str:
    """A moment that says of itself that it is South African time.

    Example:
        >>> sast(datetime(2026, 11, 21, 8, 30))
        '21 Nov 2026 10:30 SAST'
    """
    return f"{to_the_minute(at)} SAST"
