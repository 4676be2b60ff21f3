"""Rules for a learner's own figures: nobody knows the right answer, but the figures must agree with one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learner_kit.workbook.questions import blank


def near(given: float, worked: float, within: float = 0.5) -> bool:
    """Tell whether a figure agrees with what it should be, but for rounding: `within` of it, or half a percent.

    Example:
        >>> near(33.3, 100 / 3), near(30, 100 / 3), near(120_000, 120_400)
        (True, False, True)
    """
    return abs(given - worked) <= max(within, 0.005 * abs(worked)) + 1e-9


@dataclass(frozen=True)
class each_row:  # written in masters like a function
    """A rule for tables of a learner's own figures: each row that is needed earns its share when its figures agree.

    Args:
        agrees: is given a row (column name to value) and tells whether its figures agree.
        least: how many rows must be filled in; all of them where it is 0. Rows beyond that may stay empty.
        wants: what a row must keep to, in words for the learner.

    Example:
        >>> rule = each_row(lambda row: row["Sales"] == row["Price"] * row["People"], wants="Sales is price × people.")
        >>> rule([{"Price": 2, "People": 3, "Sales": 6}, {"Price": 2, "People": 3, "Sales": 5}])
        (0.5, 'Row 2 does not agree. Sales is price × people.')
    """

    agrees: Callable[[Mapping[str, Any]], Any]
    least: int = 0
    wants: str = ""

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
        needed = self.least or len(rows)
        begun = [place for place, row in enumerate(rows, start=1) if not blank(row)]
        good = [place for place in begun if self._holds(rows[place - 1])]
        wrong = [str(place) for place in begun if place not in good]
        said = []
        if wrong:
            said.append(
                f"Row{'s' if len(wrong) > 1 else ''} {', '.join(wrong)} do{'' if len(wrong) > 1 else 'es'} not agree."
            )
        if len(begun) < needed:
            said.append(f"{needed - len(begun)} more row{'s' if needed - len(begun) > 1 else ''} to fill in.")
        if said and self.wants:
            said.append(self.wants)
        share = max(0, min(len(good), needed) - (len(wrong) if len(good) >= needed else 0)) / needed
        return share, " ".join(said)

    def _holds(self, row: Mapping[str, Any]) -> bool:
        if any(blank(value) for value in row.values()):
            return False
        try:
            return bool(self.agrees(row))
        except (TypeError, ValueError, KeyError, ZeroDivisionError, OverflowError):
            return False  # what is typed need not be such that it can be worked with


def filled(rows: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The rows of a table in which every cell is filled in; none where nothing was answered."""
    return [row for row in rows or [] if isinstance(row, Mapping) and row and not any(map(blank, row.values()))]
