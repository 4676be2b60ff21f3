"""The table question: a small grid of cells, each cell read like a question of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from learner_kit.workbook.questions import Choice, Day, Number, Question, Text, blank

MOST_ROWS = 200


@dataclass(frozen=True)
class Table(Question):
    """A grid to fill in; its plain value is a list of rows, each a dict of column name to number, text or None."""

    cells: tuple[tuple[str, Question], ...] = ()
    rows: tuple[str, ...] = ()
    least: int | None = None  # so many rows are enough, the others may stay empty; None wants all of them
    rising: bool = False  # in a row no number is smaller than the one before it
    kind: ClassVar[str] = "table"

    @property
    def columns(self) -> dict[str, Question]:
        """The question each cell of a column asks, by column name."""
        return dict(self.cells)

    @property
    def takes(self) -> str:
        said = [
            f"{name}: {cell.takes[0].lower()}{cell.takes[1:]}"
            for name, cell in self.cells
            if not isinstance(cell, Text)
        ]
        return " ".join([self.wants, *said])

    @property
    def wants(self) -> str:
        """How much of it is to be filled in."""
        if self.least is None:
            return "Fill in every cell."
        return (
            f"Fill in {self.least} row{'' if self.least == 1 else 's'} or more, and every cell of a row that you begin."
        )

    def read(self, raw: Any) -> list[dict[str, Any]] | None:
        rows, wrong = [], []
        for place, given in enumerate(raw or [], start=1):
            row = {}
            for name, cell in self.cells:
                try:
                    row[name] = cell.read(given.get(name))
                except ValueError as error:
                    wrong.append(f"{self.row_name(place)}, {name}: {error}")
            rows.append(row)
        if not wrong and (fault := self.fault(rows)):
            wrong.append(fault)
        if wrong:
            raise ValueError("\n".join(wrong))
        return None if blank(rows) else rows

    def fault(self, value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)) or not all(isinstance(row, dict) for row in value):
            return "Give the table row by row."
        if len(value) != len(self.rows):
            return f"The table has {len(self.rows)} rows, not {len(value)}."
        columns = self.columns
        for place, row in enumerate(value, start=1):
            strange = [str(name)[:40] for name in row if name not in columns]
            if strange:
                return f"{self.row_name(place)}: there is no column {', '.join(strange[:3])}."
            for name, cell in self.cells:
                if fault := cell.fault(row.get(name)):
                    return f"{self.row_name(place)}, {name}: {fault}"
        return None

    def _show(self, value: Any) -> str:
        return "\n".join(
            f"{self.row_name(place)}: "
            + ", ".join(f"{name} {cell.show(row.get(name)) or '-'}" for name, cell in self.cells)
            for place, row in enumerate(value, start=1)
        )

    def row_name(self, place: int) -> str:
        """The label of the row at this place (the first is 1)."""
        return self.rows[place - 1] if place <= len(self.rows) and self.rows[place - 1] else f"Row {place}"

    def open_cells(self, value: Any) -> int:
        """Count the cells that are still to fill in: in rows that are begun, and in as many others as are wanted."""
        rows = [row for row in value or () if not blank(row)]
        wanted = len(self.rows) if self.least is None else self.least
        gaps = sum(blank(row.get(name)) for row in rows for name, _ in self.cells)
        return gaps + max(0, wanted - len(rows)) * len(self.cells)

    def begun(self, value: Any) -> str:
        still = 0 if blank(value) or self.fault(value) else self.open_cells(value)
        filled = sum(not blank(row.get(name)) for row in value for name, _ in self.cells) if still else 0
        return f"{filled} of {filled + still} cells" if still else ""

    def remark(self, value: Any) -> str:
        """What to look at again in a table that can be kept as it is."""
        if not self.rising or blank(value) or self.fault(value):
            return ""
        for place, row in enumerate(value, start=1):
            given = [(name, cell, row[name]) for name, cell in self.cells if row.get(name) is not None]
            for (name, cell, one), (after, other, following) in pairwise(given):
                if one > following:
                    than = f"{name} ({cell.show(one)}) is more than {after} ({other.show(following)})"
                    return f"{self.row_name(place)}: {than}. Look at them again."
        return ""


def make_table(
    id: str,
    prompt: str,
    columns: Iterable[str] | Mapping[str, Any],
    rows: int | Iterable[str] = 3,
    least: int | None = None,
    rising: bool = False,
) -> Table:
    """Make a table question from column names and kinds; see `learner_kit.workbook.table`."""
    named = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns, "text")
    if not named or not all(isinstance(name, str) and name.strip() for name in named):
        raise ValueError(f"columns of {id} must be one or more names, not {columns!r}.")
    labels = ("",) * rows if isinstance(rows, int) and not isinstance(rows, bool) else tuple(map(str, rows))
    if not 1 <= len(labels) <= MOST_ROWS:
        raise ValueError(f"rows of {id} must be from 1 to {MOST_ROWS}, not {len(labels)}.")
    if least is not None and not 1 <= least <= len(labels):
        raise ValueError(f"least of {id} must be from 1 to its {len(labels)} rows, not {least!r}.")
    cells = tuple((name, _cell(id, name, kind)) for name, kind in named.items())
    if rising and not all(isinstance(cell, Number) for _, cell in cells):
        raise ValueError(f"rising of {id} is for tables of numbers alone.")
    return Table(id, prompt, cells, labels, least, rising)


def _cell(id: str, name: str, kind: Any) -> Question:
    if isinstance(kind, Question):
        return kind
    if kind == "text":
        return Text(id, name)
    if kind == "number":
        return Number(id, name)
    if kind == "date":
        return Day(id, name)
    if isinstance(kind, (list, tuple)):
        return Choice(id, name, tuple((option, option) for option in kind))
    raise ValueError(
        f'columns of {id}: {name} must be "text", "number", "date", a list of options or a question, not {kind!r}.'
    )
