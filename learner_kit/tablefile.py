"""Tables out of files that people have: CSV in its South African and other forms, and Excel workbooks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit import excelfile
from learner_kit.checks import kind, path_of
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.upload import SAVE_AS, Upload

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 200 * 2**20  # of a file
_SEPARATORS = ";\t,"
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # plain and full-width
_OTHER_KINDS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"\x1f\x8b", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"7z\xbc\xaf", "a packed file"),
)


def neutral(cell: str) -> str:
    """A cell's text that no spreadsheet takes for a formula: an apostrophe goes before one that could be.

    Example:
        >>> neutral("=1+1"), neutral("+27 82 000 0123"), neutral("call back"), neutral("-")
        ("'=1+1", "'+27 82 000 0123", 'call back', '-')
    """
    risky = cell.lstrip().startswith(_FORMULA) or cell[:1] in ("\t", "\r", "\n")
    return f"'{cell}" if risky and cell != "-" else cell


def read_table(path: str | Path | Upload, sheet: str | None = None) -> pd.DataFrame:
    """Read a table from a CSV file or an Excel workbook, every cell as text.

    Nothing is guessed about what the cells mean: `read_columns` turns columns into numbers and dates, and refuses what
    can be read two ways. The file is known by what is in it, not by its name.

    Args:
        path: a CSV file (parted by commas, semicolons or tabs; UTF-8, UTF-16 or Windows text) or an .xlsx workbook, or
            an `Upload`. The first row that is not empty holds the names of the columns.
        sheet: the sheet of a workbook that has more than one.

    Returns:
        A table of text, "" where a cell is empty, without spaces around the text. Rows that are empty are left out;
        the index counts on over them, so that index + 1 is always the row as its owner counts, the first row of data
        being 1.
        From Excel, dates come as 2026-11-21, numbers with a decimal point, cells shown in percent as `12 %`.

    Raises:
        KitError: when the file is not there, is too large or is no table; the message says what to do.
        DataError: when it is a table with faults: names of columns missing or double, rows too long or too short,
            cells that hold an error such as #DIV/0!.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> file = Path(folder.name, "orders.csv")
        >>> _ = file.write_text("customer;amount\\nC-001;R1 500,00\\n", encoding="utf-8")
        >>> read_table(file)
          customer     amount
        0    C-001  R1 500,00
        >>> folder.cleanup()
    """
    path = path if isinstance(path, Upload) else path_of("path", path)
    if sheet is not None:
        kind("sheet", sheet, str, "the name of a sheet")
    start = _open(path)
    if start[:2] == b"PK":
        header, rows, faults = excelfile.read(path, sheet)
    elif sheet is not None:
        raise KitError(f"{path.name} is a CSV file, which has no sheets: leave `sheet` out.")
    else:
        return _from_csv(path)
    return _checked(path, header, rows, faults)


def sheet_names(path: str | Path | Upload) -> list[str]:
    """Name the sheets of a workbook that can be seen; a CSV file has none.

    Raises:
        KitError: as `read_table` does for what is no table.
    """
    path = path if isinstance(path, Upload) else path_of("path", path)
    if _open(path)[:2] != b"PK":
        return []
    return excelfile.sheet_names(path)


def _open(path: Path | Upload) -> bytes:
    """Give the first bytes of the file, or say why it cannot be a table."""
    if isinstance(path, Upload):
        return _known(path.name, len(path.content), path.content[:2048])
    try:
        if path.is_dir():
            raise KitError(f"{path} is a folder: name the file in it.")
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(2048)
    except (FileNotFoundError, NotADirectoryError):
        raise KitError(f"There is no file {path}. Look at its name and its folder.") from None
    except PermissionError:
        raise KitError(f"{path} may not be read. If it is open in Excel, close it there, then try again.") from None
    except (OSError, ValueError) as error:
        raise KitError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return _known(path.name, size, start)


def _known(name: str, size: int, start: bytes) -> bytes:
    """Give the first bytes back if they may begin a table."""
    if size > MAX_BYTES:
        raise KitError(f"{name} is {size / 2**20:,.0f} MB; at most {MAX_BYTES / 2**20:.0f} MB can be read. Split it.")
    if not start.strip():
        raise KitError(f"{name} is empty: there is no table in it.")
    if start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise KitError(
            f"{name} is an old Excel file (.xls) or has a password. "
            "Open it in Excel and save it, without a password, as an Excel workbook (.xlsx)."
        )
    for mark, other in _OTHER_KINDS:
        if start.startswith(mark):
            raise KitError(f"{name} is {other}, not a table. {SAVE_AS}")
    if start.lstrip()[:1] == b"<":
        raise KitError(f"{name} is a web page or XML, not a table. {SAVE_AS}")
    return start


def _from_csv(path: Path | Upload) -> pd.DataFrame:
    import pandas as pd

    text = _decoded(path)
    separator = _separator(text)
    if text[:4].lower() == "sep=":  # a line for Excel alone
        text = text.partition("\n")[2]
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=separator, header=None, dtype=str, keep_default_na=False, skip_blank_lines=False
        )
        short = table.iloc[:, -1].isna().any()  # a row too short lacks its last cell, an empty one all
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error):
        short = True
    if short:
        return _checked(path, *_slowly(text, separator), separator=separator)
    del text
    table = pd.DataFrame({name: _trimmed(table.pop(name)) for name in list(table.columns)}, copy=False)
    filled = _filled(table)
    if not filled.any():
        raise KitError(f"{path.name} is empty: there is no table in it.")
    first = int(filled.argmax())
    header = table.iloc[first].tolist()
    table = table.iloc[first + 1 :].reset_index(drop=True)
    return _named(path, table[filled[first + 1 :]] if not filled[first + 1 :].all() else table, header, [])


def _trimmed(column: pd.Series) -> pd.Series:
    """The text without spaces around it; each different text is looked at once."""
    import pandas as pd

    codes, different = pd.factorize(column)
    given = different.tolist()
    trimmed = [one.strip() for one in given]
    if trimmed == given:
        return column
    return pd.Series(pd.array(trimmed, dtype="str").take(codes), index=column.index, name=column.name)


def _filled(table: pd.DataFrame) -> Any:
    """True for each row in which anything stands."""
    import numpy as np

    filled = np.ones(len(table), dtype=bool)
    blank = np.arange(len(table))
    for place in range(table.shape[1]):  # mostly none is left after the first column
        blank = blank[(table.iloc[blank, place] == "").to_numpy() if place else (table.iloc[:, 0] == "").to_numpy()]
        if not len(blank):
            return filled
    filled[blank] = False
    return filled


def _decoded(path: Path | Upload) -> str:
    raw = path.read_bytes()
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise KitError(f"{path.name} is not text. {SAVE_AS}")
    if "\0" in text:
        raise KitError(f"{path.name} is not text. {SAVE_AS}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator(text: str) -> str:
    """Find what parts the columns: of the marks that stand in the header, the one that parts most rows alike."""
    if text[:4].lower() == "sep=" and text[4:5] in _SEPARATORS:
        return text[4:5]
    sample = text[:20_000]
    scores = []
    for separator in _SEPARATORS:
        rows = [row for row in csv.reader(io.StringIO(sample), delimiter=separator) if any(map(str.strip, row))]
        width = len(rows[0]) if rows else 1
        alike = sum(len(row) == width for row in rows) / max(len(rows), 1)
        scores.append((width > 1, alike, width, separator))
    best = max(scores, key=lambda score: score[:3])
    return best[3] if best[0] else ";"


def _slowly(text: str, separator: str) -> tuple[list[str], dict[int, list[str]], list[Fault]]:
    """Read row by row, so that each row that does not fit can be named."""
    header: list[str] = []
    rows: dict[int, list[str]] = {}
    faults = []
    place = -1
    records = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    while True:
        try:
            cells = [cell.strip() for cell in next(records)]
        except StopIteration:
            break
        except csv.Error:
            reason = "a quotation mark stands in the middle of a cell, or is opened here and never closed"
            faults.append(Fault(max(place + 2, 1), None, None, reason))
            break
        if not header:
            header = cells if any(cells) else header
            continue
        place += 1
        if not any(cells):
            continue
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        if len(cells) == len(header):
            rows[place] = cells
            continue
        reason = f"has {len(cells)} cells, the header has {len(header)}"
        if separator == "," and len(cells) > len(header):
            reason += "; a decimal comma needs quotation marks around the number, or semicolons between the cells"
        faults.append(Fault(place + 1, None, None, reason))
    return header, rows, faults


def _checked(
    path: Path | Upload, header: list[str], rows: dict[int, list[str]], faults: list[Fault], separator: str = ""
) -> pd.DataFrame:
    import pandas as pd

    if not header:
        raise KitError(f"{path.name} is empty: there is no table in it.")
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=range(len(header)), dtype=str)
    if list(rows) == list(range(len(rows))):
        table = table.reset_index(drop=True)
    return _named(path, table, header, faults)


def _named(path: Path | Upload, table: pd.DataFrame, header: list[str], faults: list[Fault]) -> pd.DataFrame:
    """Give the columns their names; a column without a name and without cells is left out."""
    names = [" ".join(name.split()) for name in header]
    used = [place for place, name in enumerate(names) if name or table.iloc[:, place].ne("").any()]
    named = [
        Fault(None, f"column {place + 1}", None, "has no name in the first row") for place in used if not names[place]
    ]
    kept = [names[place] for place in used]
    double = sorted({name for name in kept if name and kept.count(name) > 1})
    named += [Fault(None, name, None, "more than one column has this name") for name in double]
    if named or faults:
        raise DataError([*named, *faults], path.name)
    table = table.iloc[:, used] if len(used) < len(names) else table
    return table.set_axis(kept, axis=1)
