"""Tables out of Excel workbooks, every cell as text that can be read back in one way only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from learner_kit.errors import DataError, Fault, KitError
from learner_kit.upload import SAVE_AS, Upload

MAX_UNPACKED = 2**30  # of all that is packed in an Excel file


def read(path: Path | Upload, sheet: str | None) -> tuple[list[str], dict[int, list[str]], list[Fault]]:
    """Read a sheet: the names in its first row, the cells of each row that is not empty, and what is wrong."""
    with _workbook(path) as book:
        page = book[_sheet_name(path, book, sheet)]
        page.reset_dimensions()  # some programs write a wrong size
        try:
            return _excel_rows(page.iter_rows())
        except (DataError, KitError):
            raise
        except Exception:
            raise _damaged(path) from None


def sheet_names(path: Path | Upload) -> list[str]:
    """Name the sheets that can be seen."""
    with _workbook(path) as book:
        return [page.title for page in book.worksheets if page.sheet_state == "visible"]


@contextmanager
def _workbook(path: Path | Upload) -> Iterator[Any]:
    """Open an Excel workbook, and close it in the end."""
    _check_packed(path)
    import openpyxl

    try:
        book = openpyxl.load_workbook(_file(path), read_only=True, data_only=True)
    except Exception:  # openpyxl raises many kinds for a damaged file
        raise _damaged(path) from None
    try:
        yield book
    finally:
        book.close()


def _damaged(path: Path | Upload) -> KitError:
    return KitError(f"{path.name} is damaged. Open it in Excel, save it under a new name and give that.")


def _file(path: Path | Upload) -> Any:
    """What a library opens."""
    return io.BytesIO(path.content) if isinstance(path, Upload) else path


def _check_packed(path: Path | Upload) -> None:
    """Refuse a packed file that is no Excel workbook, or that unpacks to far more than a table."""
    try:
        with zipfile.ZipFile(_file(path)) as packed:
            names = packed.namelist()
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError):
        raise KitError(f"{path.name} is damaged or is not a table. {SAVE_AS}") from None
    if "xl/workbook.xml" not in names:
        raise KitError(f"{path.name} is not an Excel workbook (.xlsx). {SAVE_AS}")
    if unpacked > MAX_UNPACKED:
        raise KitError(f"{path.name} unpacks to {unpacked / 2**20:,.0f} MB, too much to read. Split it.")


def _sheet_name(path: Path | Upload, book: Any, sheet: str | None) -> str:
    seen = [page.title for page in book.worksheets if page.sheet_state == "visible"]
    known = ", ".join(seen) or "none"
    if sheet is not None:
        if sheet not in [page.title for page in book.worksheets]:
            raise KitError(f"{path.name} has no sheet {sheet!r}; its sheets are: {known}.")
        return sheet
    if len(seen) == 1:
        return seen[0]
    filled = [name for name in seen if any(cell.value is not None for row in book[name].iter_rows() for cell in row)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise KitError(f"{path.name} is empty: there is no table in it.")
    raise KitError(f"{path.name} has more than one sheet: {', '.join(filled)}. Say which, such as sheet={filled[0]!r}.")


def _excel_rows(records: Iterator[tuple[Any, ...]]) -> tuple[list[str], dict[int, list[str]], list[Fault]]:
    header: list[str] = []
    rows: dict[int, list[str]] = {}
    faults = []
    place = -1
    for record in records:
        cells = [_shown(cell) for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        if not header:
            header = cells
            continue
        place += 1
        if not cells:
            continue
        for number, cell in enumerate(record):
            if getattr(cell, "data_type", "") == "e":
                column = header[number] if number < len(header) else None
                faults.append(Fault(place + 1, column, cell.value, "is an error in the spreadsheet: mend it there"))
        if len(cells) > len(header):
            faults.append(Fault(place + 1, None, None, f"has {len(cells)} cells, the header has {len(header)}"))
        rows[place] = (cells + [""] * len(header))[: len(header)]
    return header, rows, faults


def _shown(cell: Any) -> str:
    """Write a cell so that it can be read back in one way only."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        percent = "%" in (cell.number_format or "")
        said = format(round(value * 100, 10) if percent else value, ".15f" if abs(value) < 1e-4 else "")
        if "e" in said:
            said = f"{value:f}"
        whole, point, decimals = said.partition(".")
        decimals = decimals.rstrip("0")
        if len(decimals) == 3:
            decimals += "0"  # 12.345 could be read as 12 345
        return whole + (point + decimals if decimals else "") + (" %" if percent else "")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value).strip()
