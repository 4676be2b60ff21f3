"""Rows as CSV that a spreadsheet reads without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from learner_kit.tablefile import neutral


def as_csv(rows: Sequence[Mapping[str, Any]], separator: str = ",") -> str:
    """Rows as CSV, every cell that a spreadsheet would take for a formula made plain text.

    Example:
        >>> as_csv([{"learner": "L-0001", "name": "=cmd()"}])
        "learner,name\\r\\nL-0001,'=cmd()\\r\\n"
    """
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n", delimiter=separator)
    writer.writeheader()
    writer.writerows({name: plain(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def plain(value: Any) -> Any:
    """A cell as a spreadsheet must take it: text stays text."""
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return neutral(value)
    return "" if value is None else value
