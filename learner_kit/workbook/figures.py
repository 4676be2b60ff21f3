"""A workbook's figures on a learner's machine: the seed of the class beside it, questions filled, old answers put aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.errors import DataError
from learner_kit.workbook.answers import Answers, load_answers, save_answers
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Options, Question
from learner_kit.workbook.variants import FILE, Drawn, Figures, class_seed, fill, holes

PRACTICE = "practice"  # the name, and the seed, of the class that is for trying the kit
LOST = (
    f"The file {FILE} is missing beside this workbook or cannot be read, so it shows practice figures and not your own. "
    "Ask your facilitator for the workbook again before you go on."
)


@dataclass(frozen=True)
class Own:
    """One variant's figures as an author names them in a notebook: always those of the learner at that moment."""

    _figures: Any
    _name: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self._figures()[self._name], name)

    def __repr__(self) -> str:
        held: Drawn = self._figures()[self._name]
        return f"{self._name}: " + ", ".join(f"{name} {value}" for name, value in held._held.items())


def texts(question: Question) -> tuple[str, ...]:
    """Every text of a question that a learner reads and that may take figures."""
    labels = tuple(label for _, label in question.options) if isinstance(question, Options) else ()
    rows = question.rows if isinstance(question, Table) else ()
    return (question.prompt, *labels, *rows)


def takes_figures(question: Question) -> bool:
    """Tell whether a learner's own figures stand in a question."""
    return any(map(holes, texts(question)))


def filled(question: Question, figures: Figures) -> Question:
    """The question with the learner's figures in it; one that takes none is given back as it is.

    Raises:
        ValueError: it names a figure that there is not.
    """
    if not takes_figures(question):
        return question
    made = copy(question)  # its id, kind and bounds were checked when the author's text was read
    try:
        object.__setattr__(made, "prompt", fill(question.prompt, figures))
        if isinstance(question, Options):
            object.__setattr__(made, "options", tuple((key, fill(label, figures)) for key, label in question.options))
        if isinstance(question, Table):
            object.__setattr__(made, "rows", tuple(fill(row, figures) for row in question.rows))
    except ValueError as error:
        raise ValueError(f"{question.id}: {error}") from None
    return made


def read_seed(folder: Path) -> str | None:
    """The class's seed beside a released workbook; None where there is none to read."""
    return _said(folder, "seed")


def read_class(folder: Path) -> str | None:
    """The name of the class that the figures beside a workbook belong to; None where it is not said."""
    if read_seed(folder) == class_seed(PRACTICE):
        return PRACTICE
    return (_said(folder, "class") or "")[:60] or None


def fingerprint(seed: str) -> str:
    """What a hand-in says of the seed its figures were drawn by: two classes have two.

    Example:
        >>> fingerprint("class")
        '8d019a117cb45964'
    """
    return hashlib.sha256(f"learner-kit figures of {seed}".encode()).hexdigest()[:16]


def write_seed(folder: Path, seed: str, of: str | None = None) -> Path:
    """Put the class's seed, and the name of the class, beside a workbook that is to be released."""
    held = {"format": 1, "seed": seed, **({"class": of} if of else {})}
    return files.write(folder / FILE, json.dumps(held, ensure_ascii=False) + "\n")


def _said(folder: Path, key: str) -> str | None:
    try:
        said = json.loads((folder / FILE).read_bytes()[:10_000])[key]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return said if isinstance(said, str) and said else None


def aside_name(path: Path, learner: str | None) -> Path:
    """The file that keeps answers to the figures of a number that no longer stands in the workbook."""
    return path.with_name(f"{path.stem}.{learner or 'practice'}{path.suffix}")


def changed(old: int, whose: str | None, back: int = 0, now: str | None = None) -> str:
    """What the learner is told when the figures changed under answers that were given already.

    Args:
        old: how many answers were put aside.
        whose: the number whose figures they are to.
        back: how many answers were taken back.
        now: the number whose figures those are to.

    Example:
        >>> changed(0, "L-0004", 7, "L-0003")
        'The figures changed with the number. 7 earlier answers to the figures of L-0003 count again.'
    """
    said = ["The figures changed with the number."]
    if back:
        s, counts = ("", "counts") if back == 1 else ("s", "count")
        said.append(f"{back} earlier answer{s} to the figures of {now} {counts} again.")
    if old:
        s, counts, are = ("", "counts", "it is") if old == 1 else ("s", "count", "they are")
        to = f"the figures of {whose}" if whose else "the practice figures"
        said.append(f"{old} answer{s} to {to} no longer {counts}; {are} kept aside. Work with your own figures now.")
    return " ".join(said)


def put_aside(path: Path, workbook: str, learner: str | None, answers: Mapping[str, Any]) -> None:
    """Keep answers to other figures in a file of their own; what such a file holds already stays.

    Raises:
        OSError: it cannot be written.
    """
    where = aside_name(path, learner)
    save_answers(where, Answers(workbook, learner, None, {**_held(where), **answers}))


def taken_back(path: Path, learner: str | None) -> dict[str, Any]:
    """What was put aside before for this number."""
    return _held(aside_name(path, learner))


def _held(where: Path) -> dict[str, Any]:
    try:
        return dict(load_answers(where).answers)
    except (DataError, OSError):
        return {}
