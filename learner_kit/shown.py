"""Outcomes to read: a number in words, one result, and a table whose numbers may carry bars.

Plain text and HTML side by side, without a widget, so that they stand in a notebook, on a page and in a test alike.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from learner_kit.reading import NBSP, write_number, write_rand

_TABLE = "border-collapse:collapse;margin:0.5em 0;font-size:100%"
_CELL = "padding:0.3em 0.8em;border-bottom:1px solid #767676;vertical-align:middle"
_BAR = "display:inline-block;height:0.8em;background:#0b6e99;vertical-align:middle"
_BOX = "padding:0.5em 0.8em;margin:0.3em 0;line-height:1.5;color:#1a1a1a;border-left:5px solid"
_COLOURS = {
    "good": "#1b6e3c;background:#eef7f0",
    "again": "#a04000;background:#fff6ee",
    "plain": "#0b6e99;background:#eef6fa",
}
_LONGEST = {2: 10, 3: 10, 4: 7}  # em that the longest bar takes, by columns: a bar that is cut off would mislead


class Shown:
    """Something to read: HTML where there is a screen for it, the same in plain words everywhere else."""

    def __init__(self, html: str, words: str):
        self.html = html
        self.words = words

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.words


def say(value: float, unit: str = "") -> str:
    """Write a number as it is read aloud: Rand without needless cents, a share as percent.

    Args:
        value: the number; with the unit "%" a fraction from 0 to 1.
        unit: "R", "%", a word such as "customers", or nothing.

    Example:
        >>> [say(*one).replace(chr(160), " ") for one in [(60000, "R"), (0.375, "R"), (0.8, "%"), (400, "customers")]]
        ['R60 000', 'R0,38', '80 %', '400 customers']
    """
    if unit == "R":
        return write_rand(value, cents=None)
    if unit == "%":
        return f"{write_number(100 * value, None)}{NBSP}%"
    return f"{write_number(value, None)} {unit}".strip()


def result(label: str, value: float, unit: str = "R") -> Shown:
    """Show the outcome of a worked example in one line.

    Args:
        label: what was worked out.
        value: the number the kit's tool gave.
        unit: as for `say`.

    Example:
        >>> result("Sales in a year", 300.0)
        Sales in a year: R300
    """
    said = say(value, unit)
    return Shown(framed(f"{escape(label)}: <strong>{escape(said)}</strong>", "plain"), f"{label}: {said}")


def table(rows: Sequence[Sequence[Any]], caption: str, bar: int | None = None) -> Shown:
    """Show a small table; one column of numbers may carry bars, so that table and chart are one and nothing is hidden.

    Args:
        rows: the headings, then the rows; a cell is text or a pair of number and unit (as for `say`).
        caption: what the table shows, in a sentence.
        bar: the place of the column (from 0) whose numbers are drawn as bars; its cells must be pairs.

    Example:
        >>> table([("Round", "New people"), ("1", (10, "")), ("2", (100, ""))], "Who hears of it", bar=1)
        Who hears of it
        Round | New people
        1 | 10
        2 | 100
        >>> print(repr(table([("Group", "Share"), ("A", (0.75, "%")), ("B", (0.1767, "%"))], "Groups")).replace(NBSP, " "))
        Groups
        Group | Share
        A | 75,0 %
        B | 17,7 %
    """
    head, *body = rows
    said = list(zip(*(_column(cells) for cells in zip(*body, strict=True)), strict=True))
    bars = _bars(body, said, bar) if bar is not None else None
    lines = [f"<tr>{''.join(_heading(name, 'col') for name in head)}</tr>"]
    for row, written in zip(body, said, strict=True):
        cells = [
            _cell(one, words, bars if place == bar else None)
            for place, (one, words) in enumerate(zip(row, written, strict=True))
        ]
        lines.append(f"<tr>{_heading(written[0], 'row')}{''.join(cells[1:])}</tr>")
    title = f'<caption style="text-align:left;font-weight:bold;padding:0.3em 0">{escape(caption)}</caption>'
    plain = [caption, *(" | ".join(row) for row in (head, *said))]
    return Shown(f'<table style="{_TABLE}">{title}{"".join(lines)}</table>', "\n".join(plain))


def framed(html: str, mood: str = "plain", live: bool = False) -> str:
    """Frame a piece of HTML: `plain`, `good` or `again`; the words inside say the same as the colour.

    With `live` a screen reader says it when it changes.
    """
    role = ' role="status"' if live else ""
    return f'<div{role} style="{_BOX} {_COLOURS[mood]}">{html}</div>'


def scrolled(shown: Shown, caption: str, most: int) -> str:
    """Put a long table into a window of its own, at most so many rem high, that scrolls by wheel and by keyboard."""
    look = f"max-height:{most}rem;overflow:auto;border:1px solid #6b6b6b;border-radius:4px;padding:0 0.6rem"
    return f'<div role="region" aria-label="{escape(caption)}" tabindex="0" style="{look}">{shown.html}</div>'


def address_of(content: bytes, kind: str) -> str:
    """An address that holds a file in itself, so that its link works on any page.

    Args:
        content: of the file.
        kind: its media type.

    Example:
        >>> address_of(b"a;b", "text/csv")
        'data:text/csv;base64,YTti'
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _column(cells: Sequence[Any]) -> list[str]:
    """Write the cells of a column; where one amount has cents, all have, and where one share has decimals, all have one."""
    part = {unit for cell in cells if isinstance(cell, tuple) and "," in say(*cell) for unit in cell[1:]}
    return [_alike(*cell) if isinstance(cell, tuple) and cell[1] in part else _plain(cell) for cell in cells]


def _alike(value: float, unit: str) -> str:
    if unit == "R":
        return write_rand(value)
    return f"{write_number(100 * value, 1)}{NBSP}%" if unit == "%" else say(value, unit)


def _plain(cell: Any) -> str:
    return say(*cell) if isinstance(cell, tuple) else str(cell)


def _heading(said: str, scope: str) -> str:
    weight = "bold" if scope == "col" else "normal"
    return f'<th scope="{scope}" style="{_CELL};text-align:left;font-weight:{weight}">{escape(said)}</th>'


class _Bars(NamedTuple):
    """How the bars of a column are drawn: room for the numbers before them, the largest number, and its bar, in em."""

    before: float
    most: float
    longest: float


def _bars(body: Sequence[Sequence[Any]], said: Sequence[Sequence[str]], place: int) -> _Bars:
    before = 0.62 * max((len(row[place]) for row in said), default=0)  # em: a figure takes about so much
    most = max((abs(row[place][0]) for row in body), default=0)
    return _Bars(before, most, _LONGEST.get(len(body[0]), 5) if body else 0)


def _cell(cell: Any, said: str, bars: _Bars | None) -> str:
    if bars is None:
        return f'<td style="{_CELL};text-align:{"right" if isinstance(cell, tuple) else "left"}">{escape(said)}</td>'
    width = bars.longest * abs(cell[0]) / bars.most if bars.most else 0
    hollow = ";background:none;border:1px dashed #a04000" if cell[0] < 0 else ""
    return (
        f'<td style="{_CELL};text-align:left;white-space:nowrap">'
        f'<span style="display:inline-block;min-width:{bars.before:.1f}em;text-align:right">{escape(said)}</span> '
        f'<span aria-hidden="true" style="{_BAR};width:{width:.2f}em{hollow}"></span></td>'
    )
