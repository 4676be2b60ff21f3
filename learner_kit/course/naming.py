"""One name for one workbook, wherever somebody reads of it: its title, and in brackets the id that commands take.

The title is the first heading of the workbook's notebook, so that a page, a list and a message cannot differ.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from learner_kit.course.programme import Programme

LONGEST = 60  # letters of a title; a heading that is longer is cut
_HEADING = re.compile(r"(?m)^# +(.+?) *$")


def name(programme: Programme, workbook: str) -> str:
    """Give the name of a workbook of a programme; the id alone where the programme has no such workbook.

    Example:
        >>> from learner_kit.course.programme import load
        >>> name(load(), "so1")
        'Workbook 1 · Why customers matter (so1)'
        >>> name(load(), "so9")
        'so9'
    """
    return of_notebook(programme.folder / "source" / workbook / f"{workbook}.ipynb")


def names(programme: Programme) -> dict[str, str]:
    """Give the name of every workbook of a programme, in its order."""
    return {one: name(programme, one) for one in programme.workbooks}


def of_notebook(path: str | Path) -> str:
    """Give the name of the workbook that a notebook is: its title and, in brackets, its id, which is the file's name."""
    path = Path(path)
    said = title(path)
    return path.stem if said == path.stem else f"{said} ({path.stem})"


def title(path: str | Path) -> str:
    """Give the first heading of a notebook; the file's name where it cannot be read."""
    path = Path(path)
    try:
        return _title(path, path.stat().st_mtime_ns)
    except OSError:
        return path.stem


@lru_cache(maxsize=256)
def _title(path: Path, changed: int) -> str:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        found = next(heading[1] for text in texts if (heading := _HEADING.search(text)))
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return path.stem
    said = re.sub(r"[*_`]", "", found)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"
