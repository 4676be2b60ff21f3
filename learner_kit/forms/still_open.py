"""Which questions are still open, part by part, each with a link that leads to it on the same page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from pathlib import Path

from learner_kit.forms.looks import anchor, short
from learner_kit.workbook import Workbook

FEW = 15  # up to so many, all parts stand open; above it a reader opens the part that is wanted
OTHER = "Other questions"
_HEADING = re.compile(r"(?m)^## +(.+?) *$")
_CRITERION = re.compile(r"([a-z]+\d+)-([a-z]+\d+)-")


def listed(book: Workbook, ids: Iterable[str]) -> str:
    """List questions under the parts they stand in, in HTML: what each part has open, and a link to each question.

    Args:
        book: the workbook.
        ids: questions that were asked, in the order of the page.
    """
    where = _parts(book)
    groups: dict[str, list[str]] = {}
    for id in ids:
        groups.setdefault(where.get(id) or _criterion(id), []).append(id)
    few = sum(map(len, groups.values())) <= FEW
    made = ""
    for part, held in groups.items():
        lines = "".join(
            f'<li><a href="#{anchor(id)}">{escape(short(book.questions[id].prompt))}</a>{_begun(book, id)}</li>'
            for id in held
        )
        made += (
            f"<details{' open' if few else ''}><summary>{escape(part)}: <b>{len(held)} open</b></summary>"
            f'<ul class="lk-open">{lines}</ul></details>'
        )
    return f'<div class="lk-still">{made}</div>' if made else ""


def _begun(book: Workbook, id: str) -> str:
    begun = book.begun(id)
    return f": {escape(begun)}" if begun else ""


def _criterion(id: str) -> str:
    """The criterion that an id begins with, for a question whose part is not known.

    Example:
        >>> _criterion("so1-ac2-retention"), _criterion("why")
        ('SO1 AC2', 'Other questions')
    """
    found = _CRITERION.match(id)
    return f"{found[1]} {found[2]}".upper() if found else OTHER


def _parts(book: Workbook) -> dict[str, str]:
    """Question → the heading of its part, out of the notebook beside the answers; nothing where there is none."""
    if book.path is None:
        return {}
    path = book.path.parent / f"{book.name}.ipynb"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> dict[str, str]:
    found: dict[str, str] = {}
    part = ""
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                part = re.sub(r"[*_`]", "", (_HEADING.findall(source) or [part])[-1])
            elif part and ".ask(" in source:
                for id in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', source):
                    found.setdefault(id, part)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found
