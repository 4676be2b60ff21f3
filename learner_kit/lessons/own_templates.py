"""Files to take away: the template of a tool, to fill in with a learner's own data, and the faults found in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from learner_kit.errors import Fault
from learner_kit.lessons.own_data import Column, reader
from learner_kit.tablefile import neutral


def faults_csv(faults: Sequence[Fault]) -> bytes:
    """Write faults as a CSV file for a spreadsheet; no cell of it is taken for a formula.

    Example:
        >>> faults_csv([Fault(3, "Cost", "=1+1", "is not a number")]).decode("utf-8-sig").splitlines()[1]
        "3;Cost;'=1+1;is not a number"
    """
    rows = [(one.row or "", one.column or "", "" if one.value is None else one.value, one.reason) for one in faults]
    return _csv([("Row", "Column", "What stands there", "What is wrong"), *rows])


def template_csv(columns: Sequence[Column]) -> bytes:
    """Make the template of a tool as CSV: the headings and two rows to show what is meant.

    Semicolons part the cells, as spreadsheets in South Africa do it, so that a decimal comma needs no quotation marks.
    """
    return _csv([[one.label for one in columns], *[[one.example[row] for one in columns] for row in (0, 1)]])


def template_excel(columns: Sequence[Column]) -> bytes:
    """Make the template of a tool as an Excel workbook, with cells formatted for dates, money and percentages."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    page = book.active
    page.title = "My data"
    page.freeze_panes = "A2"
    for place, one in enumerate(columns, start=1):
        page.cell(1, place, one.label).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = max(14, len(one.label) + 2)
        for row in (2, 3):
            said = one.example[row - 2]
            cell = page.cell(row, place)
            cell.value = reader(one)(said) if said and one.kind in ("number", "date") else said or None
            if one.kind in ("number", "date"):
                cell.number_format = (
                    {"R": '"R" # ##0.00', "%": "0%"}.get(one.unit, "General") if one.kind == "number" else "yyyy-mm-dd"
                )
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutral(str(cell)) for cell in row])
    return held.getvalue().encode("utf-8-sig")
