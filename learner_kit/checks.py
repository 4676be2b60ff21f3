"""Checks of what a function was given, each with a message that names the argument and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from learner_kit.errors import DataError, Fault

if TYPE_CHECKING:
    import pandas as pd

SHOWN_PLACES = 3  # bad values of a Series spelt out in a message
LARGEST = 1e15  # in a column: above it a float no longer tells cents apart


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
    rule = Rule(low, high, above, below, whole)
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
        return _kept(name, value, Rule(low=0, below=1), "a fraction from 0 up to, but not, 1", percent=True)
    return _kept(name, value, Rule(low=0, high=1), "a fraction from 0 to 1", percent=True)


def whole(name: str, value: Any, low: float | None = None, high: float | None = None) -> int:
    """Give back `value` as an int if it is one whole number within its bounds.

    Example:
        >>> whole("rounds", 2.0, 1, 50)
        2
        >>> whole("rounds", 0.5, 1, 50)
        Traceback (most recent call last):
        ...
        ValueError: rounds must be a whole number from 1 to 50, not 0.5.
    """
    return int(number(name, single(name, value), low, high, whole=True))


def single(name: str, value: Any) -> Any:
    """Refuse a column of values where one is wanted."""
    if is_series(value):
        raise ValueError(f"{name} must be a single value here, not a column of them.")
    return value


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """Give back `value` if it is one of the texts allowed.

    Example:
        >>> choice("by", "mail", ["contact", "reached"])
        Traceback (most recent call last):
        ...
        ValueError: by must be one of: contact, reached; not 'mail'.
    """
    allowed = list(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of: {', '.join(allowed)}; not {_named(value)}.")
    return value


def kind(name: str, value: Any, wanted: type, words: str) -> Any:
    """Give back `value` if it is of the kind wanted; `words` say what that is and where it comes from.

    Example:
        >>> kind("title", 5, str, "a text")
        Traceback (most recent call last):
        ...
        ValueError: title must be a text, not 5.
    """
    if not isinstance(value, wanted):
        raise ValueError(f"{name} must be {words}, not {_named(value)}.")
    return value


def path_of(name: str, value: Any) -> Path:
    """Give back the path of a file, given as text or as a `Path`."""
    if not isinstance(value, (str, Path)) or not str(value).strip():
        raise ValueError(f"{name} must be the name of a file, not {_named(value)}.")
    return Path(value)


def is_series(value: Any) -> bool:
    """Say whether `value` is a pandas Series, without loading pandas."""
    return hasattr(value, "dtype") and hasattr(value, "index") and hasattr(value, "items")


def countable(result: Any) -> Any:
    """Give back a result (a number, a Series or an array) unless it is too large for a float."""
    largest = result.max() if hasattr(result, "max") and len(result) else result
    if isinstance(largest, float) and not math.isfinite(largest):
        raise ValueError("The result is too large a number to count with: are all arguments right?")
    return result


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
    return date.today() if value is None else day(name, value)


def day(name: str, value: Any) -> date:
    """Give back `value` as a date if it is one."""
    if not isinstance(value, date) or value != value:  # pandas' missing date equals nothing, itself included
        raise ValueError(f"{name} must be a date, such as date(2026, 11, 21), not {_named(value)}.")
    return value.date() if isinstance(value, datetime) else value


def has_columns(table: pd.DataFrame, needed: Iterable[str], source: str) -> None:
    """Refuse a table that lacks columns or has one of them twice, naming all of them.

    Raises:
        DataError: one fault for each such column, and one for each cell of them that holds more than one value.
        ValueError: when it is no table at all.
    """
    faults = column_faults(table, needed, source)
    if faults:
        raise DataError(faults, source)


def column_faults(table: pd.DataFrame, needed: Iterable[str], source: str) -> list[Fault]:
    """List the columns that a table lacks or has twice; where it has them all, the cells that hold lists and the like.

    Raises:
        ValueError: when it is no table at all, or a needed name is no text.
    """
    if not hasattr(table, "columns"):
        raise ValueError(f"{source} must be a table (a pandas DataFrame), not {type(table).__name__}.")
    needed = [kind("the name of a column", name, str, "text") for name in needed]
    there = list(table.columns)
    double = [Fault(None, name, None, "more than one column has this name") for name in needed if there.count(name) > 1]
    shown = ", ".join(map(str, there)) or "none"
    missing = [
        Fault(None, name, None, f"this column is missing; the columns there are: {shown}")
        for name in needed
        if name not in there
    ]
    return double + missing or [fault for name in needed for fault in _heaped(table, name)]


def _heaped(table: pd.DataFrame, name: str) -> list[Fault]:
    """Cells that hold a list, a set or a dictionary: nothing can be looked up or counted by them."""
    values = table[name]
    if values.dtype != object:
        return []
    from pandas.api.types import infer_dtype

    if not infer_dtype(values, skipna=True).startswith("mixed"):  # quick; only what is left is looked at one by one
        return []
    rows = row_numbers(table)
    return [
        Fault(int(rows[at]), name, str(one)[:60], "must be one value, not a list of them")
        for at, one in enumerate(values)
        if getattr(type(one), "__hash__", None) is None
    ]


def number_faults(table: pd.DataFrame, column: str, low: float, *, whole: bool = False) -> list[Fault]:
    """List every value of a column that is no number of `low` or more; `whole` as for `number`.

    Example:
        >>> import pandas as pd
        >>> number_faults(pd.DataFrame({"price": [10, -1]}), "price", low=0)
        [Fault(row=2, column='price', value=-1, reason='must be a number of 0 or more')]
    """
    return column_numbers(table, column, Rule(low, whole=whole))[1]


def column_numbers(table: pd.DataFrame, column: str, rule: Rule) -> tuple[Any, list[Fault]]:
    """Give a column as an array of floats (missing where there is no number), and its faults."""
    values = table[column]
    numbers, bad = _bad_places(values, rule._replace(largest=LARGEST))
    if not len(bad):
        return numbers, []
    rows, faults = row_numbers(table), []
    for at in bad:
        value, hint = _plain(values.iloc[at]), ""
        if isinstance(value, str):
            hint = "; text such as R1 500,00 becomes a number by reading.read_columns"
        elif abs(numbers[at]) > LARGEST:
            hint = f"; none beyond {_figure(LARGEST)} can be counted with"
        elif (rule.high, rule.low) == (1, 0) or (rule.high == 1 and rule.low is None):
            hint = _percent_hint(value).lower().replace(" for", "; for").rstrip(".")
        faults.append(Fault(int(rows[at]), column, value, f"must be {rule.words()}{hint}"))
    return numbers, faults


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


class Rule(NamedTuple):
    """What a number may be."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    whole: bool = False
    largest: float = math.inf

    def words(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} from {_figure(self.low)} to {_figure(self.high)}"
        bounds = []
        if self.low is not None:
            bounds.append(f"of {_figure(self.low)} or more")
        if self.above is not None:
            bounds.append(f"above {_figure(self.above)}")
        if self.high is not None:
            bounds.append(f"of at most {_figure(self.high)}")
        if self.below is not None:
            bounds.append(f"below {_figure(self.below)}")
        return " ".join([kind, " and ".join(bounds)]) if bounds else kind

    def holds(self, value: float) -> bool:
        return (
            math.isfinite(value)
            and abs(value) <= self.largest
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (not self.whole or value == int(value))
        )


def _figure(bound: float) -> str:
    return f"{bound:,.0f}".replace(",", " ") if abs(bound) >= 10_000 else f"{bound:g}"


def _kept(name: str, value: Any, rule: Rule, allowed: str, *, percent: bool = False) -> Any:
    if is_series(value):
        return _kept_series(name, value, rule, allowed, percent)
    given = _as_float(value)
    if given is None or not rule.holds(given):
        raise ValueError(f"{name} must be {allowed}, not {_named(value)}.{_percent_hint(value) if percent else ''}")
    return given


def _kept_series(name: str, values: pd.Series, rule: Rule, allowed: str, percent: bool) -> pd.Series:
    numbers, bad = _bad_places(values, rule)
    if not len(bad):
        return type(values)(numbers, index=values.index, name=values.name, copy=False)
    shown = [(values.iloc[place], values.index[place]) for place in bad[:SHOWN_PLACES]]
    said = ", ".join(f"{_plain(one)!r} (at {_plain(place)!r})" for one, place in shown)
    more = f" and {len(bad) - len(shown)} more" if len(bad) > len(shown) else ""
    raise ValueError(f"{name} must be {allowed}, not {said}{more}.{_percent_hint(shown[0][0]) if percent else ''}")


def _bad_places(values: pd.Series, rule: Rule) -> tuple[Any, Any]:
    """Check all values at once: give them as an array of floats, and the places of those that break the rule."""
    import numpy as np

    none = np.array([], dtype=int)
    if values.dtype.kind not in "fiu":  # numbers; not true/false, text or a mixture
        read = [None if values.dtype.kind == "b" else _as_float(one) for one in values]
        bad = np.array([at for at, one in enumerate(read) if one is None or not rule.holds(one)], dtype=int)
        return np.array([math.nan if one is None else one for one in read], dtype=float), bad
    numbers = values.to_numpy(float, na_value=np.nan)
    # The smallest and the largest are missing when any is: these two tell of all, and are quick.
    ends = [numbers.min(), numbers.max()] if len(numbers) else []
    if all(map(rule._replace(whole=False).holds, ends)) and not (rule.whole and (numbers != np.floor(numbers)).any()):
        return numbers, none
    good = np.isfinite(numbers) & (np.abs(numbers) <= rule.largest)
    compares = (np.greater_equal, np.less_equal, np.greater, np.less)  # low, high, above, below
    for compare, bound in zip(compares, rule[:4], strict=True):
        if bound is not None:
            good &= compare(numbers, bound)
    if rule.whole:
        good &= numbers == np.floor(numbers)
    return numbers, np.flatnonzero(~good)


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


def _named(value: Any) -> str:
    """A wrong value as a message shows it: short, and a table or a column by its kind."""
    if hasattr(value, "columns") or is_series(value):
        return "a table" if hasattr(value, "columns") else "a column"
    said = repr(_plain(value))
    return said if len(said) <= 200 else f"{said[:80]}… (too long to show)"


def _percent_hint(value: Any) -> str:
    given = _as_float(value)
    return f" For {given:g} % write {given / 100:g}." if given is not None and 1 < given <= 100 else ""
