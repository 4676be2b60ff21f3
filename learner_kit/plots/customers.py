"""Charts of customers: the scorecard, and the calendar of contacts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from learner_kit.checks import day as day_of
from learner_kit.checks import has_columns, kind, whole
from learner_kit.documents.text import MONTHS, long_date, spoken
from learner_kit.errors import DataError
from learner_kit.plots.canvas import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    QUIET,
    SKY,
    SMALL,
    canvas,
    drawn,
    finish,
    listed,
    many,
    nothing,
    numbers,
    plain,
    short,
    wrapped,
)
from learner_kit.reading import each_once, read_date, write_number

HIGHEST = 5  # of the scorecard's scale, which begins at 1
ROWS = 25
BAND = 8.4  # rows from one band of the calendar to the next
WEEKS = 14  # weeks in one band of the calendar
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST = 400  # days a calendar may span


@drawn
def scorecard(
    table: pd.DataFrame,
    title: str = "Scorecard of customers",
    criteria: Sequence[str] | None = None,
    total: str = "value",
    name: str = "customer_id",
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of customers side by side: one small bar for each criterion, one for the weighted value.

    Args:
        table: a row for each customer, as `grading.scorecard` gives it: `customer_id`, a `…_score` from 1 to 5 for each
            criterion, the weighted `value`, and (if there is one) the `band`.
        title: whom the scores are of.
        criteria: the columns of scores; without it, every column whose name ends in `_score`.
        total: the column of the weighted value.
        name: the column of the customer.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or a score that is not a number of 0 or more.

    Example:
        >>> one = pd.DataFrame({"customer_id": ["C-01"], "spend_score": [4], "turns_score": [3], "value": [3.5]})
        >>> scorecard(one).alt
        'Scorecard of customers. Bars from 1 to 5 for 1 customer: C-01: spend 4, turns 3, value 3,5.'
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table must be a DataFrame, not {type(table).__name__}.")
    has_columns(table, [name, total], "the scorecard")
    if criteria is None:
        criteria = [column for column in table if str(column).endswith("_score")]
    criteria = list(kind("criteria", None if isinstance(criteria, str) else criteria, Iterable, "a list of columns"))
    held = numbers(table, [*criteria, total], "the scorecard", low=0)
    rows, left = held.head(ROWS), max(len(held) - ROWS, 0)
    ax = canvas(ax, 1.4 + 0.34 * len(rows))
    if held.empty:
        return nothing(ax, title, "Scorecard")
    bands = "band" in rows
    wide = HIGHEST + 1.9
    for place, column in enumerate([*criteria, total]):
        start = place * wide
        last = column == total
        for row, score in enumerate(rows[column]):
            ax.barh(row, HIGHEST, left=start, height=0.56, color="white", edgecolor=PALE, linewidth=0.8)
            if not pd.isna(score):
                colour, hatch = (ORANGE, "//") if last else (SKY, "")
                ax.barh(row, min(score, HIGHEST), left=start, height=0.56, color=colour, edgecolor=QUIET, hatch=hatch)
            said = "–" if pd.isna(score) else _score(score)
            ax.text(start + HIGHEST + 0.15, row, said, va="center", fontsize=SMALL, fontweight="bold" if last else None)
        head = "Weighted" if last else wrapped(spoken(column.removesuffix("_score")), 13)
        ax.text(start, -0.62, head, va="bottom", fontsize=SMALL, color=QUIET)
    right = len([*criteria, total]) * wide + 0.9
    if bands:
        for row, band in enumerate(rows["band"]):
            ax.text(right, row, wrapped(band, 18), va="center", fontsize=SMALL)
    ax.set_xlim(-0.1, right + (5.2 if bands else 0))
    ax.set_ylim(len(rows) - 0.5, -1.3)
    ax.set_yticks(range(len(rows)), [wrapped(one, 22, 1) for one in rows[name]])
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    said = [_scores_in_words(row, row[name], [*criteria, total]) for _, row in rows.head(10).iterrows()]
    words = "; ".join(said) + (f"; and {len(held) - 10} more" if len(held) > 10 else "")
    note = "Scores run from 1 to 5; 5 is best" + (f"; {left} more customers are not drawn" if left else "")
    return finish(ax, title, f"Bars from 1 to 5 for {many(len(held), 'customer')}: {words}.", note)


def _scores_in_words(row: pd.Series, who: str, columns: Sequence[str]) -> str:
    """What a customer scored, criterion by criterion, and the band if there is one."""
    names = {column: plain(spoken(column.removesuffix("_score")).lower()) for column in columns}
    scores = ", ".join(f"{name} {_score(row[column])}" for column, name in names.items())
    return f"{plain(who)}: {scores}" + (f" ({plain(row['band'])})" if "band" in row else "")


def _score(value: float) -> str:
    return "none" if pd.isna(value) else short(value)


@drawn
def calendar(
    table: pd.DataFrame,
    title: str = "Contacts by day",
    date: str = "date",
    count: str | None = None,
    start: datetime.date | None = None,
    days: int | None = None,
    closed: Mapping[datetime.date, str] | Iterable[datetime.date] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw how many contacts fall on each day, as a calendar with a column for each week.

    Args:
        table: one row a contact, as `contact.plan` gives them, or one row a day with a column of counts.
        title: which contacts.
        date: the column of dates (a moment counts for its day).
        count: the column of counts; without it, rows are counted.
        start: the first day; without it, the first in the table.
        days: how many days, from 1 to 400; without it, up to the last in the table.
        closed: days without contact, such as public holidays, best with their names; they are hatched.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column, a date that can't be read, or a count that is not a number of 0 or more.
        ValueError: for a calendar of more than 400 days: choose `start` and `days`.

    Example:
        >>> contacts = pd.DataFrame({"date": ["2026-11-23", "2026-11-23", "2026-11-25"]})
        >>> calendar(contacts).alt
        'Contacts by day. Calendar from 23 November 2026 to 25 November 2026: 3 contacts on 2 days, most on 23 November
        2026 (2).'
    """
    held = numbers(table, [] if count is None else [count], "the table of contacts", low=0)
    has_columns(table, [date], "the table of contacts")
    read, codes, faults = each_once(table, date, _day_of)
    if faults:
        raise DataError(faults, "the table of contacts")
    when = [read[code] for code in codes]
    start = None if start is None else day_of("start", start)
    days = None if days is None else whole("days", days, 1, LONGEST)
    names = _closed(closed)
    if held.empty and (start is None or days is None):
        return nothing(canvas(ax, 1.6), title, "Calendar")
    first = start or min(when)
    last = first + datetime.timedelta(days - 1) if days is not None else max([*when, first])
    if not 1 <= (last - first).days + 1 <= LONGEST:
        raise ValueError(f"days must be from 1 to {LONGEST}; choose start and days for a longer table.")
    amounts = held[count].fillna(0) if count is not None else pd.Series(1.0, index=held.index)
    by_day = amounts.groupby(np.array(when, dtype=object)).sum().to_dict() if len(held) else {}
    by_day = {day: amount for day, amount in by_day.items() if first <= day <= last}
    names = {day: why for day, why in names.items() if first <= day <= last}
    monday = first - datetime.timedelta(first.weekday())
    weeks = (last - monday).days // 7 + 1
    bands = -(-weeks // WEEKS)
    ax = canvas(ax, 1.1 + 2.8 * bands)
    most = max(by_day.values(), default=0)
    for offset in range((last - first).days + 1):
        day = first + datetime.timedelta(offset)
        week = (day - monday).days // 7
        _day(ax, week % WEEKS, week // WEEKS * BAND + day.weekday(), day, by_day.get(day, 0), most, day in names)
    for week, said in _months(first, last, monday).items():
        ax.text(week % WEEKS - 0.47, week // WEEKS * BAND - 0.75, said, fontsize=SMALL, va="center")
    ax.set_yticks([band * BAND + row for band in range(bands) for row in range(7)], list(DAYS) * bands, fontsize=SMALL)
    ax.set_xlim(-0.55, WEEKS - 0.45)
    ax.set_ylim(bands * BAND - 1.9, -1.2)
    ax.set_xticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return finish(ax, title, _calendar_words(first, last, by_day, names), _closed_note(names))


def _months(first: datetime.date, last: datetime.date, monday: datetime.date) -> dict[int, str]:
    """The name to write over each week in which a month begins, the year where it is new and there is room for it."""
    days = [first + datetime.timedelta(offset) for offset in range((last - first).days + 1)]
    begins = {(day - monday).days // 7: day for day in days if day == first or day.day == 1}
    names, told = {}, None
    for week, day in begins.items():
        names[week] = MONTHS[day.month - 1][:3]
        if day.year != told and week + 1 not in begins:  # a name with its year is two weeks wide
            names[week], told = f"{names[week]} {day.year}", day.year
    return names


def _day_of(value: object) -> datetime.date:
    """The day of a date or a moment, or of text that is one."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            return read_date(value)
    return read_date(value.date() if isinstance(value, datetime.datetime) and value == value else value)


def _closed(closed: Mapping[datetime.date, str] | Iterable[datetime.date]) -> dict[datetime.date, str]:
    wanted = "days, or days with the reason for each"
    kind("closed", None if isinstance(closed, str) else closed, Iterable, wanted)
    named = closed.items() if isinstance(closed, Mapping) else [(day, "closed") for day in closed]
    return {day_of("closed", day): str(why) for day, why in named}


def _day(ax: Axes, x: int, y: float, day: datetime.date, amount: float, most: float, closed: bool) -> None:
    depth = amount / most if most else 0
    place, face = (x - 0.47, y - 0.46), "white" if not amount else _blend(depth)
    ax.add_patch(Rectangle(place, 0.94, 0.92, facecolor=face, edgecolor=PALE, linewidth=0.8))
    dark = "white" if depth > 0.6 else None
    if closed:
        ax.add_patch(Rectangle(place, 0.94, 0.92, fill=False, edgecolor=dark or QUIET, hatch="///", linewidth=0))
    behind = {"facecolor": face, "edgecolor": "none", "pad": 0.8} if closed else None
    ax.text(x - 0.41, y - 0.22, str(day.day), fontsize=7, color=dark or QUIET, va="center", bbox=behind)
    if amount:
        said = write_number(amount) if amount < 10_000 else f"{write_number(amount / 1000)}k"
        look = {"fontsize": SMALL, "fontweight": "bold", "ha": "right", "va": "center", "bbox": behind}
        ax.text(x + 0.4, y + 0.16, said, color=dark or INK, **look)


def _blend(share: float) -> tuple[float, ...]:
    """From pale sky to deep blue as the share goes from 0 to 1."""
    from matplotlib.colors import to_rgb

    low, high = np.array(to_rgb("#d9edf9")), np.array(to_rgb(BLUE))
    return tuple(low + (high - low) * share)


def _closed_note(names: Mapping[datetime.date, str]) -> str:
    if not names:
        return ""
    said = listed((f"{day.day} {MONTHS[day.month - 1][:3]} {why}" for day, why in sorted(names.items())), 6)
    return f"Hatched: no contact ({said})"


def _calendar_words(
    first: datetime.date, last: datetime.date, by_day: Mapping[datetime.date, float], names: Mapping[datetime.date, str]
) -> str:
    total, busy = sum(by_day.values()), {day: amount for day, amount in by_day.items() if amount}
    said = f"Calendar from {long_date(first)} to {long_date(last)}: "
    if not busy:
        said += "no contacts."
    else:
        top = min(busy, key=lambda day: (-busy[day], day))
        said += (
            f"{many(total, 'contact')} on {many(len(busy), 'day')}, "
            f"most on {long_date(top)} ({write_number(busy[top])})."
        )
    if names:
        closed = listed((f"{long_date(day)} ({plain(why)})" for day, why in sorted(names.items())), 12)
        said += f" Days without contact: {closed}."
    return said
