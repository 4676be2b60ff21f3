"""A learner's own table: which of its columns a tool needs, and what is wrong in it.

Everything stays in memory: nothing that is read here is written to a disk.
"""

from __future__ import annotations

import difflib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from learner_kit.checks import LARGEST, Rule, row_numbers
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.reading import NBSP, each_once, read_date, read_number
from learner_kit.tablefile import read_table, sheet_names
from learner_kit.upload import Upload

if TYPE_CHECKING:
    import pandas as pd

LIMIT = 10_000_000  # bytes of a file
MOST_UNPACKED = 100_000_000  # bytes of all that is packed in an Excel file
MOST_ROWS, MOST_COLUMNS, LONGEST = 20_000, 100, 200  # the last: characters of a cell
TAKES = "A CSV or Excel file (.csv, .xlsx) of at most 10 MB and 20 000 rows. The first row holds the headings."
KINDS = ("text", "number", "date", "choice")
_NEAR = 0.84  # how alike two names must be to be taken for one
_PERSONAL = {
    "name",
    "names",
    "surname",
    "contact person",
    "phone",
    "cell",
    "cellphone",
    "telephone",
    "email",
    "e mail",
    "address",
}
_PERSONAL |= {"id number", "birthday", "date of birth", "naam", "van", "foon", "selfoon", "adres"}


@dataclass(frozen=True)
class Column:
    """One thing a tool needs to know of each row.

    Args:
        name: what the tool calls it.
        label: what the learner reads, and the heading in the template.
        kind: "text", "number", "date" or "choice".
        example: what stands in the two rows of the template.
        required: whether the tool cannot do without it.
        gaps: whether a cell may be empty; always so where the column is not required.
        also: other headings under which people keep it.
        unit: of a number: "R", "%" (it is then given on as a fraction) or a word.
        low, high, whole: the bounds of a number, as it is written.
        among: of a choice: each value with other ways to write it.
        past: a date may not lie after today.
        different: how many different texts there may be.
        once: no text may stand in two rows.
    """

    name: str
    label: str
    kind: str = "text"
    example: tuple[str, str] = ("", "")
    required: bool = True
    gaps: bool = False
    also: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    among: Mapping[str, Sequence[str]] = field(default_factory=dict)
    past: bool = False
    different: int | None = None
    once: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.kind == "choice") != bool(self.among):
            raise ValueError(f"kind must be one of {', '.join(KINDS)}; a choice needs `among`, and only a choice.")

    @property
    def takes(self) -> str:
        """What may stand in it, as a sentence."""
        if self.kind == "number":
            rule = "a percentage" if self.unit == "%" else Rule(self.low, self.high, whole=self.whole).words()
            return f"{_capital(rule)}, such as {self.example[0].replace(' ', NBSP)}."
        if self.kind == "date":
            return f"A date{' up to today' if self.past else ''}, such as 2026-11-21 or 21/11/2026."
        if self.kind == "choice":
            return f"One of: {'; '.join(_with_ways(*one) for one in self.among.items())}."
        return f"Text, such as {self.example[0]}."


def _with_ways(value: str, ways: Sequence[str]) -> str:
    """A value of a choice, and what else is read as it; what only the case or a sign tells apart is left out."""
    others = [way for way in dict.fromkeys(ways) if _plain(way) != _plain(value)]
    return f"{value} (also {', '.join(others)})" if others else value


def open_upload(name: str, content: bytes, sheet: str | None = None) -> pd.DataFrame:
    """Read the table of a file that was handed over: text as it stands there, nothing kept on disk.

    Args:
        name: of the file, for messages.
        content: its bytes, at most 10 MB.
        sheet: of a workbook with more than one.

    Returns:
        As `read_table`: text, with the rows as their owner counts them.

    Raises:
        KitError: when it is too large, empty or no table; the message says what to do.
        DataError: for a table with faults in its form, all of them.

    Example:
        >>> open_upload("calls.csv", b"Day;Calls\\n21/11/2026;12\\n")
                  Day Calls
        0  21/11/2026    12
    """
    given = Upload(cut(name or "The file", 60), bytes(content))
    check_size(given.name, len(given.content))
    _check_unpacked(given)
    table = read_table(given, sheet)
    if len(table.columns) > MOST_COLUMNS:
        raise KitError(
            f"{given.name} has {len(table.columns)} columns; at most {MOST_COLUMNS} can be read. Keep only those you need."
        )
    if len(table) > MOST_ROWS:
        raise KitError(
            f"{given.name} has {len(table)} rows; at most {MOST_ROWS} can be read. Keep only those you need."
        )
    return table


def check_size(name: str, size: int) -> None:
    """Refuse a file that is too large before anything is done with it.

    Raises:
        KitError: saying how large it is, and how large it may be.
    """
    if size > LIMIT:
        raise KitError(
            f"{cut(name, 60)} is {round(size / 1e6)} MB; at most {LIMIT // 1_000_000} MB can be read. "
            "Keep only the rows you need."
        )


def sheets(name: str, content: bytes) -> list[str]:
    """Name the sheets of a workbook, to choose from; none for a file without sheets or one that can't be read."""
    given = Upload(cut(name, 60), bytes(content))
    try:
        _check_unpacked(given)
        return sheet_names(given) if len(given.content) <= LIMIT else []
    except KitError:
        return []


def guess(columns: Sequence[Column], headings: Sequence[str]) -> dict[str, str | None]:
    """Guess which heading holds what a tool needs, by its name alone; each heading serves once.

    Headings of personal particulars (name, phone, address …) are never guessed for something else.

    Args:
        columns: what the tool needs.
        headings: of the learner's file.

    Returns:
        For each column's name the heading, or None where no heading looks like it.

    Example:
        >>> guess([Column("cost", "Cost in all", "number", also=("spend", "amount"))], ["Method", "Amount (R)"])
        {'cost': 'Amount (R)'}
    """
    scored = []
    for place, column in enumerate(columns):
        known = [_plain(one) for one in (column.name, column.label, *column.also)]
        own = any(map(_personal, known))
        for at, heading in enumerate(headings):
            score = max(_likeness(_plain(heading), one) for one in known)
            if score and (score == 3 or own or not _personal(heading)):
                scored.append((-score, place, at))
    found: dict[str, str | None] = {column.name: None for column in columns}
    taken: set[int] = set()
    for _, place, at in sorted(scored):
        name = columns[place].name
        if found[name] is None and at not in taken:
            found[name] = headings[at]
            taken.add(at)
    return found


def unmapped(columns: Sequence[Column], mapping: Mapping[str, str | None]) -> dict[str, str]:
    """Say of each column what is wrong with the heading chosen for it: none where one is required, or one used twice."""
    wrong = {}
    chosen = [mapping.get(column.name) for column in columns]
    for column, heading in zip(columns, chosen, strict=True):
        if heading is None and column.required:
            wrong[column.name] = "Choose the column of your file that holds this."
        elif heading is not None and chosen.count(heading) > 1:
            wrong[column.name] = f"{cut(heading, 40)} is chosen twice. Choose another column, or none."
    return wrong


def choose(
    table: pd.DataFrame,
    columns: Sequence[Column],
    mapping: Mapping[str, str | None],
    source: str = "Your file",
    *,
    least: int = 1,
    most: int = MOST_ROWS,
) -> pd.DataFrame:
    """Take what a tool needs out of a learner's table, read it, and leave the rest behind.

    Args:
        table: text, from `open_upload`.
        columns: what the tool needs.
        mapping: for each column's name the heading that holds it, or None.
        source: the file, for messages.
        least, most: how many rows the tool can work with.

    Returns:
        A table with the tool's names, and only the columns that were chosen: numbers as floats (percentages as
        fractions), dates as pandas dates, choices as their values. `attrs` holds `source` and `headings`.

    Raises:
        DataError: with every fault, under the learner's own headings.

    Example:
        >>> table = open_upload("m.csv", "Way;Paid\\nSMS;R1 500,00\\n".encode())
        >>> needed = [Column("method", "Method"), Column("cost", "Cost", "number", unit="R")]
        >>> choose(table, needed, {"method": "Way", "cost": "Paid"})
          method    cost
        0    SMS  1500.0
    """
    import pandas as pd

    faults = [
        Fault(None, next(one.label for one in columns if one.name == name), None, why)
        for name, why in unmapped(columns, mapping).items()
    ]
    if not least <= len(table) <= most:
        allowed = f"{least} or more" if most == MOST_ROWS else f"{least} to {most}"
        faults.append(
            Fault(None, None, None, f"there are {len(table)} rows below the headings; this tool takes {allowed}")
        )
    if faults:
        raise DataError(faults, source)
    made: dict[str, Any] = {}
    for column in columns:
        heading = mapping.get(column.name)
        if heading is None:
            continue
        read, codes, wrong = each_once(table, heading, reader(column), gaps=column.gaps or not column.required)
        faults += [fault._replace(reason=cut(fault.reason, 300)) for fault in wrong]
        made[column.name] = _values(column, read, codes)
        if column.once:
            faults += _again(table, heading, made[column.name])
        texts = len({one for one in read if one})
        if column.different and texts > column.different:
            why = (
                f"has {texts} different entries; at most {column.different} can be shown: put like ones under one name"
            )
            faults.append(Fault(None, heading, None, why))
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row or 0), source)
    chosen = pd.DataFrame(made, index=table.index)
    chosen.attrs = {"source": source, "headings": {name: mapping[name] for name in made}}
    return chosen


def own_words(faults: Sequence[Fault], headings: Mapping[str, str]) -> list[Fault]:
    """Give the faults a tool found under the learner's own headings."""
    return [fault._replace(column=headings.get(str(fault.column), fault.column)) for fault in faults]


def _check_unpacked(given: Upload) -> None:
    """Refuse a small file that unpacks to a very large one before anything in it is read."""
    if given.content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(given.content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # read_table says what is wrong with it
    if size > MOST_UNPACKED:
        raise KitError(
            f"{given.name} unpacks to {size // 1_000_000} MB, too much to read. Keep only the rows you need."
        )


def reader(column: Column) -> Callable[[Any], Any]:
    """What reads one cell of a column and raises ValueError for what it refuses."""
    if column.kind == "number":
        rule = Rule(column.low, column.high, whole=column.whole)

        def number(said: Any) -> float:
            value = read_number(said, column.unit or None)
            if abs(value) > LARGEST:
                raise ValueError("is too large a number")
            if not rule.holds(value):
                raise ValueError(f"must be {rule.words()}")
            return value / 100 if column.unit == "%" else value

        return number
    if column.kind == "date":

        def day(said: Any) -> date:
            found = read_date(said)
            if column.past and found > date.today():
                raise ValueError("lies in the future")
            return found

        return day
    if column.kind == "choice":
        known = {_plain(way): value for value, ways in column.among.items() for way in (value, *ways)}

        def one_of(said: Any) -> str:
            if _plain(said) not in known:
                raise ValueError(f"must be one of: {', '.join(column.among)}" if said else "nothing stands here")
            return known[_plain(said)]

        return one_of

    def text(said: Any) -> str:
        told = " ".join(str(said).split())
        if not told:
            raise ValueError("nothing stands here")
        if len(told) > LONGEST:
            raise ValueError(f"is {len(told)} characters long; at most {LONGEST} fit")
        return told

    return text


def _again(table: pd.DataFrame, heading: str, values: Any) -> list[Fault]:
    """A fault for each row whose text stands in an earlier row already."""
    first: dict[str, int] = {}
    rows = row_numbers(table)
    return [
        Fault(int(row), heading, value, f"stands in row {first[value]} already")
        for row, value in zip(rows, values, strict=True)
        if value and first.setdefault(value, int(row)) != int(row)
    ]


def _values(column: Column, read: Sequence[Any], codes: Any) -> Any:
    import pandas as pd

    if column.kind == "number":
        return pd.Series(read, dtype="float64").to_numpy()[codes]
    if column.kind == "date":
        return pd.to_datetime(pd.Series(read, dtype="object")).to_numpy("datetime64[s]")[codes]
    return pd.Series(["" if one is None else one for one in read], dtype="str").take(codes).to_numpy()


def _plain(said: Any) -> str:
    """A heading without capitals, accents, units in brackets and signs: what two of them are compared by."""
    bare = unicodedata.normalize("NFKD", str(said)).encode("ascii", "ignore").decode().casefold()
    without = re.sub(r"\([^)]*\)", " ", bare)
    return " ".join(re.findall("[a-z0-9]+", without) or re.findall("[a-z0-9]+", bare))


def _personal(heading: str) -> bool:
    """Whether a heading tells of a person's particulars, such as `Customer name`, and not of a number for them."""
    words = _plain(heading).split()
    return bool({*words, " ".join(words), " ".join(words[-2:])} & _PERSONAL)


def _likeness(heading: str, known: str) -> float:
    """How far a heading says the same as a name: 3 the same, 2 holds all of it, 1 nearly the same, 0 something else."""
    if not heading or not known:
        return 0.0
    if heading == known or heading.replace(" ", "") == known.replace(" ", ""):
        return 3.0
    if set(known.split()) <= set(heading.split()):
        return 2.0 + len(known) / 1000  # the more of it, the better
    near = difflib.SequenceMatcher(None, heading[:80], known).ratio()
    return near if near >= _NEAR else 0.0


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def cut(said: str, most: int) -> str:
    """A text on one line, and no longer than `most` characters."""
    line = " ".join(str(said).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
