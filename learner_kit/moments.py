"""Moments: stored in UTC, read by people in South African time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

SOUTH_AFRICA = timezone(timedelta(hours=2), "SAST")  # no summer time, so no time zone files are needed


def local(at: datetime) -> datetime:
    """A moment on South African clocks; one without a zone is UTC, as the kit stores it.

    Example:
        >>> local(datetime(2026, 11, 21, 22, 30)).date()
        datetime.date(2026, 11, 22)
    """
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SOUTH_AFRICA)


def to_the_minute(at: datetime) -> str:
    """A moment for a table whose heading says that its times are South African.

    Example:
        >>> to_the_minute(datetime(2026, 11, 21, 8, 30))
        '2026-11-21 10:30'
    """
    return f"{local(at):%Y-%m-%d %H:%M}"


def sast(at: datetime) -> str:
    """A moment that says of itself that it is South African time.

    Example:
        >>> sast(datetime(2026, 11, 21, 8, 30))
        '2026-11-21 10:30 SAST'
    """
    return f"{to_the_minute(at)} SAST"
