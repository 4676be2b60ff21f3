"""Decisions of layout that the PDF and the Word file share: heading levels, column widths, alignment, labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from learner_kit.documents.model import (
    Block,
    Bullets,
    Figure,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from learner_kit.documents.text import MISSING, clean, looks_numeric

PORTRAIT, LANDSCAPE = 92, 145  # letters of a table's size that fit across the page
CALLOUTS = {"note": "Note", "warning": "Take care", "good": "Well done"}
BREAK = "\u200b"  # a place where a word may break without a hyphen
SHORT = 800  # letters of a paragraph that may be moved to the next page in one piece
LINES = 24  # lines of a table's row that surely fit on a page, even on its side
_EDGE = 2  # letters lost to the space round a cell's text


class Columns(NamedTuple):
    """How a table stands on the page: shares of its columns (sum 1), its share of the text's width, and alignment."""

    shares: list[float]
    width: float
    letters: list[int]
    align: list[str]


def levels(blocks: Iterable[Block]) -> list[int | None]:
    """Give the level of every heading (None for other blocks), with no level skipped on the way down."""
    found: list[int | None] = []
    last = 0
    for block in blocks:
        if isinstance(block, Heading):
            last = min(block.level, last + 1)
            found.append(last)
        else:
            found.append(None)
    return found


def keeps(blocks: Sequence[Block], place: int) -> bool:
    """Tell whether the block at this place must stay on the page of the next.

    Words stay with the picture, table or ruled lines they lead to; signatures never stand alone on a page.
    """
    if place + 1 >= len(blocks):
        return False
    block, after = blocks[place], blocks[place + 1]
    if isinstance(after, SignatureLines):
        return not isinstance(block, PageBreak | SignatureLines)
    if isinstance(block, Paragraph) and len(str(block.text)) >= SHORT:
        return False
    if isinstance(after, Lines):
        return isinstance(block, Paragraph | Bullets)
    return isinstance(block, Paragraph) and isinstance(after, Figure | Table)


def columns(table: Table, cells: list[list[str]], capacity: int) -> Columns:
    """Share the page's width among the columns by what their cells hold, so that few words need to break."""
    align = list(table.align or _alignment(table, cells))
    down = list(zip(*([[clean(name) + "  " for name in table.columns], *cells]), strict=True))  # bold names are wider
    wanted = [min(max(len(line) for cell in column for line in cell.split("\n")), 60) + _EDGE for column in down]
    least = [min(max(_longest_word(cell) for cell in column), 18) + _EDGE + 1 for column in down]
    if table.widths:
        total = sum(table.widths)
        sizes = [capacity * width / total for width in table.widths]
    elif sum(wanted) <= capacity:
        sizes = [float(max(want, low)) for want, low in zip(wanted, least, strict=True)]
    elif sum(least) < capacity:
        spare, missing = capacity - sum(least), [max(want - low, 0) for want, low in zip(wanted, least, strict=True)]
        sizes = [low + spare * more / sum(missing) for low, more in zip(least, missing, strict=True)]
    else:
        sizes = [capacity * low / sum(least) for low in least]
    filled = sum(sizes) / capacity if cells else max(sum(sizes), len(table.empty) + _EDGE) / capacity
    return Columns(
        shares=[round(size / sum(sizes), 4) for size in sizes],
        width=1.0 if filled > 0.8 or table.widths else round(filled, 3),
        letters=[max(int(size) - _EDGE - 1, 3) for size in sizes],
        align=align,
    )


def on_one_page(row: Sequence[str], letters: Sequence[int]) -> bool:
    """Tell whether a table's row is short enough to be kept on one page.

    Example:
        >>> on_one_page(["short", "x" * 200], [10, 20]), on_one_page(["x" * 2000], [20])
        (True, False)
    """
    lines = (
        sum(1 + int(1.3 * len(line)) // room for line in cell.split("\n"))
        for cell, room in zip(row, letters, strict=True)
    )
    return max(lines, default=0) <= LINES


def _alignment(table: Table, cells: list[list[str]]) -> list[str]:
    sides = []
    for place in range(len(table.columns)):
        held = [row[place] for row, said in zip(table.rows, cells, strict=True) if said[place] not in ("", MISSING)]
        sides.append("right" if held and all(map(looks_numeric, held)) else "left")
    return sides


def _longest_word(cell: str) -> int:
    return max((len(word) for word in cell.replace("\u00a0", "x").split()), default=1)


def breakable(said: str, letters: int) -> str:
    """Let words longer than the place they stand in break inside.

    Example:
        >>> breakable("a short word and anextremelylongone", 12).split(BREAK)
        ['a short word and anex', 'trem', 'elyl', 'ongo', 'ne']
    """
    return re.sub(rf"\S{{{letters + 1},}}", lambda word: BREAK.join(re.findall(r".{1,4}", word[0])), said)
