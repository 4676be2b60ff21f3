"""What the kit says when something a person gave it cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

SHOWN = 20  # faults spelt out in a message; all of them stay in `DataError.faults`


class KitError(Exception):
    """Something a user can mend: the message says what, where and what to do, and nothing was changed."""


class Fault(NamedTuple):
    """One thing wrong in a table or a settings file.

    `row` is the row as its owner counts (the first row of data is 1; None for a whole column, a file or a
    settings key), `column` the column or the settings key, `value` what stands there, `reason` what is wrong and what
    is allowed.
    """

    row: int | None
    column: str | None
    value: Any
    reason: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row is not None else []
        place += [str(self.column)] if self.column else []
        shown = "" if self.value is None else f" ({_short(self.value)})"
        return f"{', '.join(place)}{shown}: {self.reason}" if place else f"{self.reason}{shown}"


class DataError(ValueError):
    """A table or settings file has faults: all of them are listed, not only the first.

    Args:
        faults: every fault found, in reading order; at least one.
        source: the table or file they stand in, as its owner knows it.

    Example:
        >>> raise DataError([Fault(3, "price", -1, "must be 0 or more")], source="prices.csv")
        Traceback (most recent call last):
        ...
        learner_kit.errors.DataError: prices.csv has 1 fault:
          row 3, price (-1): must be 0 or more
    """

    def __init__(self, faults: Iterable[Fault], source: str = "The table"):
        self.faults = tuple(faults)
        self.source = source
        count = len(self.faults)
        lines = [f"{source} has {count} fault{'' if count == 1 else 's'}:"]
        lines += [f"  {fault}" for fault in self.faults[:SHOWN]]
        if count > SHOWN:
            lines.append(f"  … and {count - SHOWN} more")
        super().__init__("\n".join(lines))


def _short(value: Any) -> str:
    said = str(value) if isinstance(value, (int, float)) else repr(str(value))
    return said if len(said) <= 60 else said[:57] + "…" + said[-1]
