"""Whether answers are being graded: what every `Workbook` asks before it touches the disk, and every check before it raises."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from learner_kit.workbook.answers import Answers
from learner_kit.workbook.results import Graded

_now: ContextVar[Graded | None] = ContextVar("learner_kit_grading", default=None)


@contextmanager
def grading(
    answers: Mapping[str, Any] | Answers, learner: str | None = None, seed: str | None = None, dry: bool = False
) -> Iterator[Graded]:
    """Let every `Workbook` made inside use these answers, touch no disk, and raise where a check fails.

    Args:
        answers: plain value by question id, or what `load_answers` gave.
        learner: the learner's pseudonym, such as L-0001; taken from the answers when it is left out.
        seed: the class's seed, which with the pseudonym draws the figures; practice figures without one.
        dry: only gather what is asked and expected; no check looks at an answer or raises.

    Returns:
        A `Graded`, which gathers results, the questions asked and what was expected.

    Example:
        >>> from learner_kit.workbook import Workbook, number
        >>> with grading({"so1-ac1-sales": 50_000.0}) as graded:
        ...     book = Workbook("so1")
        ...     form = book.ask(number("so1-ac1-sales", "Sales a year?", unit="R"))
        ...     book.check("so1-ac1-sales", 60_000, hint="Price times customers times visits.")
        Traceback (most recent call last):
        ...
        learner_kit.workbook.results.CheckFailed: Price times customers times visits.
        >>> graded.results["so1-ac1-sales"].state
        'wrong'
    """
    if isinstance(answers, Answers):
        answers, learner = answers.answers, learner or answers.learner
    gathers = Graded(answers, learner, seed, dry)
    token = _now.set(gathers)
    try:
        yield gathers
    finally:
        _now.reset(token)


def graded() -> Graded | None:
    """What gathers results while `grading` is on; None in a learner's session."""
    return _now.get()


def marked() -> bool:
    """Tell whether checks raise: inside `grading`, or when nbgrader grades or validates this notebook."""
    return _now.get() is not None or any(map(os.environ.get, ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")))
