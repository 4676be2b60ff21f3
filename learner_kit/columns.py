"""Columns of tables, checked as a whole: every fault is noted in a list, so that all can be told at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from learner_kit.checks import Rule, column_faults, column_numbers, row_numbers
from learner_kit.errors import DataError, Fault
from learner_kit.reading import each_once, read_date


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
    double = [name for name in table.columns[table.columns.duplicated()].unique() if isinstance(name, str)]
    found = column_faults(table, dict.fromkeys([*needed, *double]), source)
    if table.empty and not found:
        found = [Fault(None, None, None, "there is not one row in it")]
    faults += found
    return not found


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
    values, found = column_numbers(table, column, Rule(low, high, above))
    faults += found
    return values


def dates(
    table: pd.DataFrame, column: str, faults: list[Fault], *, latest: date | None = None, gaps: bool = False
) -> np.ndarray:
    """Give a column as an array of days (datetime64[D]); note what is no date and, if told, what lies after `latest`.

    Dates, pandas dates and all text that `read_date` reads. Where `gaps` is True a cell may be empty: it becomes NaT.

    Example:
        >>> faults = []
        >>> dates(pd.DataFrame({"since": ["31/12/2025", "2025-02-30"]}), "since", faults)
        array(['2025-12-31',        'NaT'], dtype='datetime64[D]')
        >>> str(faults[0])
        "row 2, since ('2025-02-30'): '2025-02-30' does not exist: February 2025 has the days 1 to 28."
    """
    series = table[column]
    if series.dtype.kind == "M":
        days = pd.DatetimeIndex(series).tz_localize(None).to_numpy().astype("datetime64[D]")
        empty = np.isnat(days) & (not gaps)
        note(table, column, empty, "There is no date here: it is empty.", faults)
    else:
        days = _read_days(table, column, faults, gaps)
    if latest is not None:
        late = days > np.datetime64(latest, "D")
        note(table, column, late, f"lies in the future: the last day allowed is {latest}", faults, days)
    return days


def names(table: pd.DataFrame, column: str, faults: list[Fault], *, once: bool = False) -> pd.Series:
    """Give a column of names; note the empty ones and, where each may stand only `once`, the repeated ones."""
    series = table[column]
    if _sound(series, once):
        return series
    empty = (series.isna() | (series == "")).to_numpy()
    note(table, column, empty, "is empty", faults)
    if once and not series.is_unique:
        again = series.duplicated().to_numpy() & ~empty
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
    note(table, column, wrong, f"must be {yes} or {no}", faults)
    return found


def note(
    table: pd.DataFrame, column: str, wrong: np.ndarray, reason: str, faults: list[Fault], shown: Any = None
) -> None:
    """Note a fault for each row that is `wrong`; `shown` are the values as they are told, if not those of the table."""
    if not wrong.any():
        return
    rows, values = row_numbers(table), table[column]
    for place in np.flatnonzero(wrong):
        value = values.iloc[place] if shown is None else str(shown[place])
        faults.append(Fault(int(rows[place]), column, None if _missing(value) else value, reason))


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value or value == ""


def _read_days(table: pd.DataFrame, column: str, faults: list[Fault], gaps: bool) -> np.ndarray:
    series = table[column]
    if series.dtype == "str":  # text as computers write dates is read at once
        days = pd.to_datetime(series, format="%Y-%m-%d", errors="coerce").to_numpy().astype("datetime64[D]")
        if not np.isnat(days).any():
            return days
    read, codes, wrong = each_once(table, column, _day, gaps=gaps)
    faults += wrong
    return np.array(read, dtype="datetime64[D]")[codes]


def _day(value: Any) -> date:
    return read_date(value.date() if isinstance(value, datetime) and value == value else value)


def _sound(series: pd.Series, once: bool) -> bool:
    """Whether no name is empty, nor there twice; what this takes is most of what a check of a large table takes."""
    index = pd.Index(series)
    if index.is_monotonic_increasing and index.is_unique:  # names in order, as in most tables, are seen at a glance
        return index[0] != "" and not pd.isna(index[-1])
    if series.dtype == "str":  # a set of Python's own is the quickest; missing text is always the same nan
        values = series.tolist()
        different = set(values)
        return (not once or len(different) == len(values)) and "" not in different and np.nan not in different
    return not index.hasnans and (index.is_unique or not once) and "" not in index
