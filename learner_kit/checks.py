"""Checks of what a function was given, each with a message that names the argument and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from learner_kit.errors import DataError, Fault

if TYPE_CHECKING:
    import pandas as pd

SHOWN_PLACES = 3  # bad values of a Series spelt out in a message


def number(
    name: str,
    value: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
    whole: bool = False,
) -> Any:
    """Give back `value` as a float (a Series stays a Series) if it is a finite number within its bounds.

    Args:
        name: the argument as its user wrote it, for the message.
        value: a number, or a Series of numbers.
        low, high: smallest and largest value allowed.
        above, below: like low and high, but the bound itself is not allowed.
        whole: only whole numbers.

    Raises:
        ValueError: for text, true/false, a missing or infinite value, or a value outside its bounds; for a Series the
            first few bad values with their places.

    Example:
        >>> number("price", 1500, low=0)
        1500.0
        >>> number("price", -3, low=0)
        Traceback (most recent call last):
        ...
        ValueError: price must be a number of 0 or more, not -3.
    """
    rule = _Rule(low, high, above, below, whole)
    return _kept(name, value, rule, rule.words())


def fraction(name: str, value: Any, *, below_one: bool = False) -> Any:
    """Give back `value` if it is a share from 0 to 1; a percentage such as 12 is refused with the way to write it.

    Example:
        >>> fraction("retention", 0.8)
        0.8
        >>> fraction("retention", 80)
        Traceback (most recent call last):
        ...
        ValueError: retention must be a fraction from 0 to 1, not 80. For 80 % write 0.8.
    """
    if below_one:
        return _kept(name, value, _Rule(low=0, below=1), "a fraction from 0 up to, but not, 1", percent=True)
    return _kept(name, value, _Rule(low=0, high=1), "a fraction from 0 to 1", percent=True)


def is_series(value: Any) -> bool:
    """Say whether `value` is a pandas Series, without loading pandas."""
    return hasattr(value, "dtype") and hasattr(value, "index") and hasattr(value, "items")


def same_rows(**given: Any) -> None:
    """Refuse Series whose rows differ: pandas would match what it can and leave the rest missing."""
    series = [(name, value) for name, value in given.items() if is_series(value)]
    for name, value in series[1:]:
        if not value.index.equals(series[0][1].index):
            raise ValueError(f"{name} must have the same rows, in the same order, as {series[0][0]}.")


def today_or(name: str, value: Any) -> date:
    """Give back `value` if it is a date, and the day it is if it is None.

    Example:
        >>> today_or("today", date(2026, 11, 21))
        datetime.date(2026, 11, 21)
    """
    if value is None:
        return date.today()
    if not isinstance(value, date) or value != value:  # pandas' missing date equals nothing, itself included
        raise ValueError(f"{name} must be a date, such as date(2026, 11, 21), not {value!r}.")
    return value.date() if isinstance(value, datetime) else value


def has_columns(table: pd.DataFrame, needed: Iterable[str], source: str) -> None:
    """Refuse a table that lacks columns or has one of them twice, naming all of them.

    Raises:
        DataError: one fault for each such column.
        ValueError: when it is no table at all.
    """
    needed = list(needed)
    if not hasattr(table, "columns"):
        raise ValueError(f"{source} must be a table (a pandas DataFrame), not {type(table).__name__}.")
    double = [name for name in needed if list(table.columns).count(name) > 1]
    if double:
        raise DataError([Fault(None, name, None, "more than one column has this name") for name in double], source)
    missing = [name for name in needed if name not in table.columns]
    if missing:
        there = ", ".join(map(str, table.columns)) or "none"
        raise DataError(
            [Fault(None, name, None, f"this column is missing; the columns there are: {there}") for name in missing],
            source,
        )


def number_faults(
    table: pd.DataFrame,
    column: str,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
    whole: bool = False,
) -> list[Fault]:
    """List every value of a column that is no number within its bounds; the bounds are those of `number`.

    Example:
        >>> import pandas as pd
        >>> number_faults(pd.DataFrame({"price": [10, -1]}), "price", low=0)
        [Fault(row=2, column='price', value=-1, reason='must be a number of 0 or more')]
    """
    rule = _Rule(low, high, above, below, whole)
    _, bad = _bad_places(table[column], rule)
    rows = row_numbers(table)
    values = table[column]
    return [Fault(int(rows[at]), column, _plain(values.iloc[at]), f"must be {rule.words()}") for at in bad]


def row_numbers(table: pd.DataFrame) -> Any:
    """Give the row of each line of a table as its owner counts: the first row of data is 1.

    A table that was filtered or sorted keeps its rows' numbers, as long as its index is the one it was read with
    (whole numbers without a name); else the lines are counted as they stand.

    Returns:
        An array of whole numbers, one for each line.
    """
    import numpy as np

    index = table.index
    if index.name is None and index.nlevels == 1 and index.dtype.kind in "iu":
        return index.to_numpy() + 1
    return np.arange(1, len(table) + 1)


class _Rule(NamedTuple):
    """What a number may be."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    whole: bool = False

    def words(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} from {self.low:g} to {self.high:g}"
        bounds = []
        if self.low is not None:
            bounds.append(f"of {self.low:g} or more")
        if self.above is not None:
            bounds.append(f"above {self.above:g}")
        if self.high is not None:
            bounds.append(f"of at most {self.high:g}")
        if self.below is not None:
            bounds.append(f"below {self.below:g}")
        return " ".join([kind, " and ".join(bounds)]) if bounds else kind

    def holds(self, value: float) -> bool:
        return (
            math.isfinite(value)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (not self.whole or value == int(value))
        )


def _kept(name: str, value: Any, rule: _Rule, allowed: str, *, percent: bool = False) -> Any:
    if is_series(value):
        return _kept_series(name, value, rule, allowed, percent)
    given = _as_float(value)
    if given is None or not rule.holds(given):
        raise ValueError(f"{name} must be {allowed}, not {_plain(value)!r}.{_percent_hint(value) if percent else ''}")
    return given


def _kept_series(name: str, values: pd.Series, rule: _Rule, allowed: str, percent: bool) -> pd.Series:
    numbers, bad = _bad_places(values, rule)
    if not len(bad):
        return numbers
    shown = [(values.iloc[place], values.index[place]) for place in bad[:SHOWN_PLACES]]
    said = ", ".join(f"{_plain(one)!r} (at {_plain(place)!r})" for one, place in shown)
    more = f" and {len(bad) - len(shown)} more" if len(bad) > len(shown) else ""
    raise ValueError(f"{name} must be {allowed}, not {said}{more}.{_percent_hint(shown[0][0]) if percent else ''}")


def _bad_places(values: pd.Series, rule: _Rule) -> tuple[pd.Series | None, Any]:
    """Check all values at once: give them as floats, and the places of those that break the rule."""
    import numpy as np

    kind = values.dtype.kind  # f, i, u: numbers; b: true/false; O and the rest: anything
    if kind not in "fiu":
        read = [None if kind == "b" else _as_float(one) for one in values]
        bad = [place for place, one in enumerate(read) if one is None or not rule.holds(one)]
        return (None if bad else values.astype(object).astype(float)), np.array(bad, dtype=int)
    numbers = values.to_numpy(float, na_value=np.nan)
    # The smallest and the largest are missing when any is: these two tell of all, and are quick.
    ends = [numbers.min(), numbers.max()] if len(numbers) else []
    if all(map(rule._replace(whole=False).holds, ends)) and not (rule.whole and (numbers != np.floor(numbers)).any()):
        return values.astype(float), np.array([], dtype=int)
    good = np.isfinite(numbers)
    compares = (np.greater_equal, np.less_equal, np.greater, np.less)  # low, high, above, below
    for compare, bound in zip(compares, rule[:4], strict=True):
        if bound is not None:
            good &= compare(numbers, bound)
    if rule.whole:
        good &= numbers == np.floor(numbers)
    return None, np.flatnonzero(~good)


def _as_float(value: Any) -> float | None:
    try:
        if isinstance(value, (str, bytes, bytearray)) or type(value).__name__ in ("bool", "bool_"):
            return None
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _plain(value: Any) -> Any:
    """Turn a NumPy value into Python's own, which is shown without its type."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value


def _percent_hint(value: Any) -> str:
    given = _as_float(value)
    return f" For {given:g} % write {given / 100:g}." if given is not None and 1 < given <= 100 else ""
