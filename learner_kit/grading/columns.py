"""Columns of tables, checked as a whole: every fault is noted in a list, so that all can be told at once."""

from __future__ import annotations

import datetime as dt
import numbers as kinds
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from learner_kit.checks import row_numbers
from learner_kit.errors import DataError, Fault


def refuse(faults: list[Fault], source: str) -> None:
    """Raise a DataError if there are faults, in reading order: whole columns first, then row by row."""
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row or 0), source)


def present(table: Any, needed: Iterable[str], source: str, faults: list[Fault]) -> bool:
    """Note the columns that are missing, or that there is not one row; say whether the rest is worth a check.

    Raises:
        ValueError: if it is no table at all.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{source} must be a table (a pandas DataFrame), not {type(table).__name__}.")
    double = table.columns[table.columns.duplicated()].unique()
    faults += [Fault(None, str(name), None, "more than one column has this name") for name in double]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        there = ", ".join(map(str, table.columns)) or "none"
        faults += [
            Fault(None, name, None, f"this column is missing; the columns there are: {there}") for name in missing
        ]
    if table.empty and not missing:
        faults.append(Fault(None, None, None, "there is not one row in it"))
    return not (missing or len(double) or table.empty)


def numbers(
    table: pd.DataFrame,
    column: str,
    faults: list[Fault],
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
) -> np.ndarray:
    """Give a column as floats and note each cell that is not a finite number within its bounds.

    Example:
        >>> faults = []
        >>> numbers(pd.DataFrame({"spend": [100, -5, None]}), "spend", faults, low=0)
        array([100., -5., nan])
        >>> [str(fault) for fault in faults]
        ['row 2, spend (-5.0): must be a number of 0 or more', 'row 3, spend (nan): must be a number of 0 or more']
    """
    series = table[column]
    if series.dtype.kind in "iuf" and not pd.api.types.is_bool_dtype(series.dtype):
        values = series.to_numpy(dtype=float, na_value=np.nan)
    else:
        values = np.fromiter((_number(one) for one in series), dtype=float, count=len(series))
    least, most = (values.min(), values.max()) if len(values) else (np.nan, np.nan)  # NaN if any is
    if (
        np.isfinite([least, most]).all()
        and (low is None or least >= low)
        and (high is None or most <= high)
        and (above is None or least > above)
    ):
        return values
    good = np.isfinite(values)
    if low is not None:
        good &= values >= low
    if high is not None:
        good &= values <= high
    if above is not None:
        good &= values > above
    if not good.all():
        must = f"must be a number{_bounds(low, high, above)}"
        rows = row_numbers(table)
        for place in np.flatnonzero(~good):
            hint = (
                f"; for {values[place]:g} % write {values[place] / 100:g}" if high == 1 < values[place] <= 100 else ""
            )
            faults.append(Fault(int(rows[place]), column, series.iloc[place], must + hint))
    return values


def dates(table: pd.DataFrame, column: str, faults: list[Fault], *, latest: Any = None, gaps: bool = False) -> Any:
    """Give a column as an array of days (datetime64[D]); note what is no date and, if told, what lies after `latest`.

    Dates, pandas dates and text such as 2026-11-21 are read; other ways of writing go through `reading.read_columns`.
    Where `gaps` is True a cell may be empty: it becomes NaT.
    """
    series = table[column]
    if series.dtype.kind == "M":
        days = pd.DatetimeIndex(series).tz_localize(None).to_numpy().astype("datetime64[D]")
    elif series.dtype == "str":
        days = pd.to_datetime(series, format="%Y-%m-%d", errors="coerce").to_numpy().astype("datetime64[D]")
    else:
        days = np.array([_day(one) for one in series], dtype="datetime64[D]")
    wrong = np.isnat(days)
    if gaps and wrong.any():
        wrong &= ~(series.isna() | series.astype(str).str.strip().eq("")).to_numpy()
    rows = row_numbers(table) if wrong.any() or latest is not None else ()
    must = "must be a date, written like 2026-11-21"
    faults += [Fault(int(rows[place]), column, series.iloc[place], must) for place in np.flatnonzero(wrong)]
    if latest is not None:
        late = days > np.datetime64(latest, "D")
        must = f"lies in the future: the last day allowed is {latest}"
        faults += [Fault(int(rows[place]), column, str(days[place]), must) for place in np.flatnonzero(late)]
    return days


def names(table: pd.DataFrame, column: str, faults: list[Fault], *, once: bool = False) -> pd.Series:
    """Give a column of names; note the empty ones and, where each may stand only `once`, the repeated ones."""
    series = table[column]
    if _sound(pd.Index(series), once):
        return series
    empty = series.isna() | (series == "")
    if empty.any():
        rows = row_numbers(table)
        faults += [Fault(int(rows[place]), column, None, "is empty") for place in np.flatnonzero(empty)]
    if once and not series.is_unique:
        again = (series.duplicated() & ~empty).to_numpy()
        rows = row_numbers(table)
        first = dict(zip(series[::-1], rows[::-1], strict=True))
        for place in np.flatnonzero(again):
            name = series.iloc[place]
            faults.append(Fault(int(rows[place]), column, name, f"is there already, in row {first[name]}"))
    return series


def marked(table: pd.DataFrame, column: str, faults: list[Fault], yes: str, no: str) -> np.ndarray:
    """Give True where a column says `yes`; note each cell that says neither `yes` nor `no`."""
    series = table[column]
    found = (series == yes).to_numpy(dtype=bool, na_value=False)
    wrong = ~(found | (series == no).to_numpy(dtype=bool, na_value=False))
    if wrong.any():
        rows = row_numbers(table)
        for place in np.flatnonzero(wrong):
            faults.append(Fault(int(rows[place]), column, series.iloc[place], f"must be {yes} or {no}"))
    return found


def _sound(index: pd.Index, once: bool) -> bool:
    """Whether no name is empty, nor there twice; an index sees it far faster than column against column."""
    if index.is_monotonic_increasing and index.is_unique:  # names in order, as in most tables, are seen at a glance
        return index[0] != "" and not pd.isna(index[-1])
    return not index.hasnans and (index.is_unique or not once) and "" not in index


def _bounds(low: float | None, high: float | None, above: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of {low:g} or more"
    if high is not None:
        return f" of at most {high:g}"
    return f" above {above:g}" if above is not None else ""


def _number(one: Any) -> float:
    """A number as it is; text is none, even where it looks like one: reading it is `reading`'s job."""
    try:
        return float(one) if isinstance(one, kinds.Number) and not isinstance(one, (bool, np.bool_)) else np.nan
    except (TypeError, OverflowError):
        return np.nan


def _day(one: Any) -> Any:
    try:
        if isinstance(one, dt.datetime):
            return np.datetime64(one.date())
        if isinstance(one, dt.date):
            return np.datetime64(one)
        return np.datetime64(dt.date.fromisoformat(one)) if isinstance(one, str) else np.datetime64("NaT")
    except ValueError:
        return np.datetime64("NaT")
