"""What a document is made of: plain records, with no layout in them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from learner_kit.documents.text import is_number, shown, spoken, visible

if TYPE_CHECKING:
    import pandas as pd

PNG = b"\x89PNG\r\n\x1a\n"


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")


def _pairs(name: str, rows: Iterable[Iterable[Any]] | Mapping[str, Any]) -> tuple[tuple[Any, Any], ...]:
    pairs = tuple(tuple(row) for row in (rows.items() if isinstance(rows, Mapping) else rows))
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{name} must be pairs of a label and a value.")
    return pairs


@dataclass(frozen=True)
class Heading:
    """A heading of level 1, 2 or 3; a level that skips one is brought up to the next, as readers' software asks."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if not visible(self.text):
            raise ValueError("text must say what the part below the heading is about.")
        if self.level not in (1, 2, 3):
            raise ValueError(f"level must be 1, 2 or 3, not {self.level!r}.")


@dataclass(frozen=True)
class Paragraph:
    """Running text; a new line stays one, an empty line begins a new paragraph.

    `kind` is normal, strong (bold), quiet (small and grey) or quote (set in: somebody else's words).
    """

    text: str
    kind: str = "normal"

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, ("normal", "strong", "quiet", "quote"))


@dataclass(frozen=True)
class Bullets:
    """A list; `kind` is bullets, numbers or boxes (to tick by hand)."""

    items: Sequence[str]
    kind: str = "bullets"

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, ("bullets", "numbers", "boxes"))
        if isinstance(self.items, str):
            raise ValueError("items must be a list of texts, not one text.")
        object.__setattr__(self, "items", tuple(self.items))


@dataclass(frozen=True)
class Facts:
    """Labels with their values, one pair a line; a mapping or pairs."""

    rows: Sequence[tuple[str, Any]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", _pairs("rows", self.rows))


@dataclass(frozen=True)
class Table:
    """A table with a header row that is repeated on every page it runs over.

    Args:
        columns: the names over the columns; at least one.
        rows: one sequence a row, as long as `columns`; numbers, dates, text or None.
        caption: what the table shows; numbered as Table 1, Table 2, …
        align: left, right or center for each column; without it, columns of numbers stand at the right.
        widths: the share of each column; without it, made from what the cells hold.
        decimals: places after the comma for each column (None leaves it to the number).
        total: the last row is a total (bold).
        empty: what is said when there are no rows.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]] = ()
    caption: str = ""
    align: Sequence[str] | None = None
    widths: Sequence[float] | None = None
    decimals: Sequence[int | None] | None = None
    total: bool = False
    empty: str = "Nothing was recorded."

    def __post_init__(self) -> None:
        columns = tuple(self.columns)
        rows = tuple(tuple(row) for row in self.rows)
        if not columns:
            raise ValueError("columns must hold at least one name.")
        wrong = [place for place, row in enumerate(rows, 1) if len(row) != len(columns)]
        if wrong:
            places = ", ".join(map(str, wrong[:10]))
            raise ValueError(f"rows must have {len(columns)} cells each, as columns has; row {places} has not.")
        for name in ("align", "widths", "decimals"):
            given = getattr(self, name)
            if given is not None:
                if len(given) != len(columns):
                    raise ValueError(f"{name} must have {len(columns)} entries, one a column, not {len(given)}.")
                object.__setattr__(self, name, tuple(given))
        for side in self.align or ():
            _one_of("align", side, ("left", "right", "center"))
        if any(not width > 0 for width in self.widths or ()):
            raise ValueError("widths must be numbers above 0.")
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "rows", rows)

    def cells(self) -> list[list[str]]:
        """The rows as text, ready to print; the numbers of a column have equally many decimals."""
        places = self.decimals or (None,) * len(self.columns)
        given = zip(zip(*self.rows, strict=True), places, strict=False)
        columns = [
            [shown(value, _decimals(held) if place is None else place) for value in held] for held, place in given
        ]
        return [list(row) for row in zip(*columns, strict=True)]


def _decimals(values: Sequence[Any]) -> int | None:
    """As many decimals as the number of a column that needs most; None where none needs any."""
    told = [shown(value).partition(",")[2] for value in values if is_number(value)]
    return max(map(len, told), default=0) or None


@dataclass(frozen=True)
class Figure:
    """A picture (PNG bytes) with the text that stands for it; a picture without that text is refused.

    `width` is the share of the text's width, above 0 and at most 1.
    """

    png: bytes = field(repr=False)
    alt: str
    caption: str = ""
    width: float = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.png, bytes) or not self.png.startswith(PNG):
            raise ValueError("png must be the bytes of a PNG picture.")
        if not visible(self.alt):
            raise ValueError("alt must say in words what the picture shows.")
        if not 0 < self.width <= 1:
            raise ValueError(f"width must be above 0 and at most 1, not {self.width!r}.")


@dataclass(frozen=True)
class Callout:
    """A framed remark; `kind` is note, warning or good, and is said in words by the title."""

    text: str
    title: str = ""
    kind: str = "note"

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, ("note", "warning", "good"))


@dataclass(frozen=True)
class Lines:
    """Ruled lines to write on by hand."""

    count: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 200:
            raise ValueError(f"count must be from 1 to 200, not {self.count!r}.")


@dataclass(frozen=True)
class SignatureLines:
    """Places to sign and date, one for each role; a role may come with the name to print: `("Assessor", "A. Dlamini")`."""

    roles: Sequence[str | tuple[str, str]]

    def __post_init__(self) -> None:
        if isinstance(self.roles, str):
            raise ValueError("roles must be a list, not one text.")
        pairs = tuple((role, "") if isinstance(role, str) else tuple(role) for role in self.roles)
        object.__setattr__(self, "roles", _pairs("roles", pairs))


@dataclass(frozen=True)
class PageBreak:
    """A new page begins here."""


Block = Heading | Paragraph | Bullets | Facts | Table | Figure | Callout | Lines | SignatureLines | PageBreak


@dataclass(frozen=True)
class Document:
    """A whole document.

    Args:
        title: stands at the head and in the file's properties; must not be empty.
        subtitle: one line below the title.
        meta: labels and values at the head, such as to whom, from whom, when.
        blocks: the body.
        date: the date the file bears in its properties; no clock is read. None leaves it out.
        author: who made it, for the properties.
        letterhead: lines over the title, such as the provider's name and address.
        footer: a text at the foot of every page, beside "page x of y".
        language: of the text, as a tag such as en-ZA.
        landscape: pages on their side, for wide tables.
    """

    title: str
    subtitle: str = ""
    meta: Sequence[tuple[str, Any]] = ()
    blocks: Sequence[Block] = ()
    date: datetime.date | None = None
    author: str = ""
    letterhead: Sequence[str] = ()
    footer: str = ""
    language: str = "en-ZA"
    landscape: bool = False

    def __post_init__(self) -> None:
        if not visible(self.title):
            raise ValueError("title must say what the document is.")
        if isinstance(self.letterhead, str):
            object.__setattr__(self, "letterhead", tuple(self.letterhead.splitlines()))
        blocks = tuple(self.blocks)
        for place, block in enumerate(blocks, 1):
            if not isinstance(block, Block):
                raise ValueError(f"blocks must hold document blocks only; number {place} is {type(block).__name__}.")
        object.__setattr__(self, "meta", _pairs("meta", self.meta))
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "letterhead", tuple(self.letterhead))


def table_of(frame: pd.DataFrame, caption: str = "", names: Mapping[str, str] | None = None, **more: Any) -> Table:
    """Make a document's table from a DataFrame (its index is left out).

    Args:
        frame: the table.
        caption: what it shows.
        names: column -> the name to print; a column that is not named keeps its own, with spaces for underscores.
        more: anything else a `Table` takes.

    Example:
        >>> import pandas as pd
        >>> table_of(pd.DataFrame({"first_order": ["May"], "n": [3]}), names={"n": "Orders"}).columns
        ('First order', 'Orders')
    """
    named = [str((names or {}).get(column, spoken(column))) for column in frame.columns]
    return Table(named, [tuple(row) for row in frame.itertuples(index=False, name=None)], caption=caption, **more)
