"""The words of the trade: what each means and where it is taught, as the lessons and their pages explain it.

`data/glossary.toml` holds the words. The notebook notebooks/glossary.ipynb is made from it with
`write("notebooks/glossary.ipynb")`, and a page opens a word's meaning in place from `words()`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from learner_kit import files
from learner_kit.errors import Fault
from learner_kit.lessons import guides
from learner_kit.settings import Keys, refuse
from learner_kit.settings import read as read_settings

SOURCE = Path(__file__).resolve().parents[2] / "data" / "glossary.toml"
_TERM = re.compile(r"[A-Za-z0-9]+(?:[- ][A-Za-z0-9]+)*")
_OPENING = """# Glossary

The words of the trade, from A to Z, in plain English. Under each word you find where the lessons explain it.

In a lesson a word with a dotted line under it is in this list. Press it, and its meaning opens in place."""


@dataclass(frozen=True)
class Term:
    """A word, what it means, where it is taught (notebook/cell), and how the lessons that link to it write it."""

    term: str
    says: str
    taught: str
    forms: tuple[str, ...]

    @property
    def id(self) -> str:
        """What stands after # in its address."""
        return self.term.replace(" ", "-")


def load(path: str | Path = SOURCE) -> tuple[Term, ...]:
    """Read the words, in the order of the alphabet.

    Raises:
        KitError: the file is missing or is not TOML.
        DataError: every fault of it: a word that stands twice, has no meaning, or whose address would need escaping.

    Example:
        >>> {term.id: term.says for term in load()}["customer-care"]
        'Looking after people before, during and after a sale, and helping when something goes wrong.'
    """
    faults: list[Fault] = []
    keys = Keys(read_settings(path), faults)
    found: list[Term] = []
    for row in keys.tables("terms"):
        term, says, taught = (row.take(key, str) for key in ("term", "says", "taught"))
        forms = row.take("forms", list, [term])
        row.done()
        if not (term and says and taught and isinstance(forms, list)):
            continue
        if not _TERM.fullmatch(term):
            row.fault("term", "must be plain letters, digits, single spaces and hyphens")
        if term.casefold() in {one.term.casefold() for one in found}:
            row.fault("term", "stands twice")
        found.append(Term(term, says, taught, tuple(map(str, forms))))
    keys.done()
    refuse(faults, path)
    return tuple(sorted(found, key=lambda one: one.term.casefold()))


def words(path: str | Path = SOURCE) -> dict[str, dict[str, str]]:
    """What a page needs to open a word in place: by address the word and its meaning."""
    return {one.id: {"term": one.term, "says": one.says} for one in load(path)}


def page(terms: Iterable[Term], lessons: Iterable[guides.Guide]) -> list[tuple[str, str]]:
    """Write the glossary as the cells of a notebook: an opening, then one cell a letter.

    Args:
        terms: in alphabetical order.
        lessons: the guides to which words link.

    Returns:
        Cell id and Markdown of each cell.

    Raises:
        KeyError: a word says that it is taught in a cell where no part of a guide begins.
    """
    places = {
        f"{guide.name}/{one.cell}": f"[{_where(guide, one)}]({guide.name}.ipynb#{one.anchor})"
        for guide in lessons
        for one in guide.lessons
    } | {f"{guide.name}/welcome": f"[{guide.short}]({guide.name}.ipynb)" for guide in lessons}
    cells = [("title", _OPENING)]
    for letter, group in groupby(terms, key=lambda one: one.term[0].upper()):
        parts = [f"### {one.term}\n\n{one.says}\n\nTaught in {places[one.taught]}." for one in group]
        cells.append((f"letter-{letter.lower()}", "\n\n".join([f"## {letter}", *parts])))
    return cells


def write(path: str | Path) -> None:
    """Write the glossary as a notebook, from the words and guides of the kit; the same input gives the same bytes."""
    cells = [
        {"cell_type": "markdown", "id": id, "metadata": {}, "source": text.splitlines(keepends=True)}
        for id, text in page(load(), guides.read())
    ]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": "Glossary",
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    files.write(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")


def _where(guide: guides.Guide, lesson: guides.Lesson) -> str:
    """A part of a guide in few words: "Outcome 1, lesson 2"."""
    number = re.match(r"Lesson (\d+)", lesson.title)
    return f"{guide.short}, lesson {number[1]}" if number else f"{guide.short}, “{lesson.title}”"
