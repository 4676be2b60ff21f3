"""A file that a person hands over in a form: its name and what is in it."""

from __future__ import annotations

from typing import NamedTuple

SAVE_AS = "Save it as CSV or as an Excel workbook (.xlsx) and give that."


class Upload(NamedTuple):
    """A file that was handed over in memory; it is read there and never touches the disk."""

    name: str
    content: bytes

    def read_bytes(self) -> bytes:
        return self.content
