"""Single values as the contact tools read them: moments, days, yes and no, names; and the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from learner_kit.checks import row_numbers
from learner_kit.contact.policy import FIRST, LAST, plain
from learner_kit.errors import DataError, Fault
from learner_kit.moments import SOUTH_AFRICA
from learner_kit.reading import read_date

OTHER_NAMES = {  # names of columns that mean the same, the kit's own name first
    "customer_id": ("customer",),
    "phone": ("telephone", "cell", "cellphone", "mobile", "tel"),
    "email": ("e-mail", "e_mail", "email_address"),
    "address": ("postal_address", "street_address"),
    "postal_code": ("postcode", "post_code", "postal code"),
    "opted_out": ("opt_out",),
}
YES, NO = {"yes", "y", "true", "1", "ja"}, {"no", "n", "false", "0", "nee"}


def local(when: Any, name: str = "when") -> datetime:
    """Give a moment as South African local time: without a zone it is read as such, with one it is converted.

    Raises:
        ValueError: for what is no moment (a date alone, nothing), or lies outside the years 1995 to 2098.
    """
    moment = when
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment.strip())
        except ValueError:
            moment = None
        if moment is not None and len(when.strip()) <= 10:
            moment = None  # a date alone
    if not isinstance(moment, datetime) or moment != moment:  # NaT is a datetime that equals nothing
        raise ValueError(f"{name} must be a date with its time, such as 2026-11-21 10:00; not {when!r}.")
    if isinstance(moment, pd.Timestamp):
        moment = moment.to_pydatetime(warn=False)
    if moment.tzinfo is not None and FIRST.year - 2 < moment.year < LAST.year + 2:
        moment = moment.astimezone(SOUTH_AFRICA)
    moment = moment.replace(tzinfo=None)
    if not FIRST <= moment.date() <= LAST:
        raise ValueError(f"{name} must lie in the years {FIRST.year} to {LAST.year}, not in {moment.year}.")
    return moment


def empty(value: Any) -> bool:
    """Say whether nothing stands here: None, NaN, or blank text."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and value != value


def identity(value: Any) -> str:
    """A customer's number as text; a whole number that a table turned into 7.0 is "7" again."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def named(columns: Iterable[Any]) -> dict[Any, str]:
    """The kit's own name for each column that goes by another, capitals aside; not where its own stands there too."""
    own = {other: name for name, others in OTHER_NAMES.items() for other in (name, *others)}
    there = list(columns)
    found: dict[Any, str] = {}
    for column in there:
        name = own.get(str(column).strip().lower())
        if name and name not in there and name not in found.values():
            found[column] = name
    return found


def record(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """One record under the kit's own names."""
    own = named(row)
    return {own.get(key, key): value for key, value in row.items()}


def records(table: Any, name: str, source: str) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a table, or of a list of records, with the number of each."""
    if table is None:
        return []
    if isinstance(table, pd.DataFrame):
        columns = [str(column) for column in table.columns]
        twice = [Fault(None, column, None, "more than one column has this name") for column in _twice(columns)]
        if twice:
            raise DataError(twice, f"The table of {name}")
        own = named(table.columns)
        columns = [own.get(name, name) for name in table.columns]
        cells = zip(*(table.iloc[:, place].tolist() for place in range(len(columns))), strict=True)
        return [
            (int(row), dict(zip(columns, line, strict=True)))
            for row, line in zip(row_numbers(table), cells, strict=True)
        ]
    if isinstance(table, Iterable) and not isinstance(table, (str, bytes, Mapping)):
        rows = list(table)
        if all(isinstance(row, Mapping) for row in rows):
            return [(number, record(row)) for number, row in enumerate(rows, start=1)]
    raise ValueError(f"{name} must be a table or a list of records ({source}), not {type(table).__name__}.")


def _twice(columns: list[str]) -> list[str]:
    return sorted({column for column in columns if columns.count(column) > 1})


def clock_of(value: Any) -> time:
    """A time of day from a time or from text such as 09:10."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(str(value).strip().zfill(5))
    except ValueError:
        raise ValueError(f"time must be hours and minutes, such as 09:10; not {value!r}.") from None


def day_of(value: Any) -> date:
    if isinstance(value, datetime):  # a table's dates are moments at midnight
        value = value.date()
    return read_date(value)


def among(value: Any, allowed: tuple[str, ...]) -> str:
    said = plain(str(value))
    if said not in allowed:
        raise ValueError(f"must be one of {', '.join(allowed)}")
    return said


def yes(value: Any) -> bool:
    said = identity(value).lower()
    if said in YES or said in NO:
        return said in YES
    raise ValueError("must be yes or no")


def split(value: Any) -> list[str]:
    """The words of a list, or of text parted by ; or ,."""
    parts = list(value) if isinstance(value, (list, tuple, set, frozenset)) else re.split("[;,]", identity(value))
    return [plain(identity(part)) for part in parts if not empty(part)]
