"""A table of given figures that stands above the questions which use it; nobody fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from learner_kit.workbook.variants import fill


@dataclass(frozen=True)
class Facts:
    """What a table says: a caption, the names over its columns, and rows of text that may take a learner's figures."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if not self.caption.strip() or not self.columns or not self.rows:
            raise ValueError("given needs a caption, names for its columns and a row or more.")
        if wrong := [row for row in self.rows if len(row) != len(self.columns)]:
            raise ValueError(f"each row of “{self.caption}” must have {len(self.columns)} cells; {wrong[0]} has not.")

    def filled(self, figures: Mapping[str, Any]) -> Facts:
        """The table with figures in it.

        Raises:
            ValueError: it names a figure that there is not.
        """
        caption, *cells = (fill(said, figures) for said in (self.caption, *(cell for row in self.rows for cell in row)))
        wide = len(self.columns)
        return replace(
            self, caption=caption, rows=tuple(tuple(cells[at : at + wide]) for at in range(0, len(cells), wide))
        )
