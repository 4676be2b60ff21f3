"""The range of a unit standard: in which lessons each thing that it names is explained, and how many questions ask about it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from learner_kit.course import master as masters
from learner_kit.course.programme import HOME, Programme
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Options, Question

_HEADING = re.compile(r"## +(.+)")
_ROW = re.compile(r"\| *(?:\[([^]]+)\]\([^)]*\)|([^|]+?)) *\|")


class Named(NamedTuple):
    """One thing of the range: its kind, its name, the lessons that explain it, and how many questions ask about it."""

    kind: str
    name: str
    lessons: tuple[str, ...]
    questions: int


def coverage(programme: Programme) -> list[Named]:
    """Where each thing that the range names is explained and asked.

    A lesson explains it in a row of a table that begins with its name. A question counts when its options or rows name at
    least half of the kind, so that one that only offers "e-mail" as a channel does not.
    """
    explained, asked = _explained(programme), _asked(programme)
    found = []
    for kind, names in programme.unit.range.items():
        about = [words for words in asked if 2 * sum(name.casefold() in words for name in names) >= len(names)]
        for name in names:
            lessons = tuple(lesson for lesson, rows in explained if name.casefold() in rows)
            found.append(Named(kind, name, lessons, sum(name.casefold() in words for words in about)))
    return found


def table(programme: Programme) -> list[str]:
    """The range as lines of a Markdown page; none for a unit standard without one."""
    rows = [
        f"| {one.kind.capitalize()} | {one.name} | {'; '.join(one.lessons) or '–'} | {one.questions} |"
        for one in coverage(programme)
    ]
    if not rows:
        return []
    opening = "Each thing that the range of the unit standard names, where it is explained, and how many questions ask about it."
    return [
        "",
        "## The range",
        "",
        opening,
        "",
        "| Range | Named | Explained in | Questions |",
        "|---|---|---|---:|",
        *rows,
    ]


def _explained(programme: Programme) -> list[tuple[str, set[str]]]:
    """Each lesson of the plan's guides, and the names with which rows of its tables begin."""
    places = (Path(programme.folder).parent, HOME)
    found: list[tuple[str, set[str]]] = []
    for notebook in dict.fromkeys(one.notebook for one in programme.activities if one.notebook):
        path = next((path for one in places if (path := one / "notebooks" / f"{notebook}.ipynb").is_file()), None)
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path else []
        for line in "\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        ).splitlines():
            if heading := _HEADING.match(line):
                found.append((heading[1], set()))
            elif found and (row := _ROW.match(line)):
                found[-1][1].add((row[1] or row[2]).casefold())
    return found


def _asked(programme: Programme) -> list[str]:
    """What the options and rows of each question say."""
    paths = [programme.folder / "source" / one / f"{one}.ipynb" for one in programme.workbooks]
    return [
        "\n".join(_words(one)).casefold() for path in paths for one in masters.questions(masters.read(path)).values()
    ]


def _words(question: Question) -> list[str]:
    if isinstance(question, Table):
        return [*question.rows, *(said for _, cell in question.cells for said in _words(cell))]
    return [label for _, label in question.options] if isinstance(question, Options) else []
