"""Answers as data: what a workbook asks, what its learner answered, and the checks that grade it.

A notebook makes a `Workbook`, asks questions in locked cells and checks the answers in locked test cells. Answers are
plain values in `answers.json` beside the notebook; this module draws nothing and runs nothing a learner wrote.
`learner_kit.forms`, imported in a notebook, shows what this module makes as live forms.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit.workbook import marking
from learner_kit.workbook.answers import LEARNER, NAME, Answers, load_answers, save_answers
from learner_kit.workbook.asking import choice, choices, date, evidence, number, order, table, text
from learner_kit.workbook.kept import Keeper
from learner_kit.workbook.questions import Question, blank

__all__ = [
    "Answers",
    "CheckFailed",
    "Form",
    "Graded",
    "Progress",
    "Question",
    "Result",
    "Status",
    "Workbook",
    "blank",
    "choice",
    "choices",
    "date",
    "evidence",
    "grading",
    "load_answers",
    "number",
    "order",
    "save_answers",
    "table",
    "text",
]

FILE = "answers.json"
_NOTHING: Any = object()
_graded: ContextVar[Graded | None] = ContextVar("learner_kit_grading", default=None)


class CheckFailed(AssertionError):
    """An answer is missing or not right; the message is the hint, never the expected value."""


class Progress(NamedTuple):
    """How far a workbook is: how many questions are answered, of how many, and the ids still open."""

    answered: int
    asked: int
    open: tuple[str, ...]


class Result(NamedTuple):
    """What a check found: `state` is "open", "answered", "wrong", "part" or "right"; `said` is for the learner."""

    id: str
    state: str
    share: float
    said: str


@dataclass(frozen=True)
class Form:
    """Questions of a workbook that are shown together; `learner_kit.forms` draws it."""

    book: Workbook
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        return f"A form with {len(self.questions)} question{'' if len(self.questions) == 1 else 's'}."


@dataclass(frozen=True)
class Status:
    """A check as a learner meets it: it never raises, and `result()` looks again at the answer as it stands now."""

    book: Workbook
    id: str
    expected: Any = _NOTHING
    hint: str = ""
    tolerance: float = marking.CENT
    points: float | None = None

    def result(self) -> Result:
        """Look at the answer as it stands now."""
        value, question = self.book._value(self.id), self.book.questions.get(self.id)
        if blank(value):
            return Result(self.id, "open", 0.0, "not answered yet")
        if question is not None and (fault := question.fault(value)):
            return Result(self.id, "wrong", 0.0, f"This answer is not in the form the question takes. {fault}")
        if self.expected is _NOTHING:
            return Result(self.id, "answered", 1.0, "answered")
        share, missed = marking.mark(deepcopy(value), self.expected, self.tolerance, question)
        if share >= 1:
            return Result(self.id, "right", 1.0, "right")
        said = " ".join(part for part in (self.hint, missed) if part) or "This answer needs another look."
        part = share > 0 and (self.points is not None or callable(self.expected))
        return Result(self.id, "part" if part else "wrong", share if part else 0.0, said)

    def __repr__(self) -> str:
        result = self.result()
        words = {"open": "not answered yet", "answered": "answered", "right": "right"}
        return f"{self.id}: {words.get(result.state) or 'needs another look. ' + result.said}"


class Graded:
    """What happened while grading: `results` (by question id, the last check of each) and the `questions` asked."""

    def __init__(self, answers: Mapping[str, Any], learner: str | None):
        self.answers, self.learner = answers, learner
        self.results: dict[str, Result] = {}
        self.questions: dict[str, Question] = {}


@contextmanager
def grading(answers: Mapping[str, Any] | Answers, learner: str | None = None) -> Iterator[Graded]:
    """Let every `Workbook` made inside use these answers, touch no disk, and raise where a check fails.

    Args:
        answers: plain value by question id, or what `load_answers` gave.
        learner: the learner's pseudonym, such as L-0001; taken from the answers when it is left out.

    Returns:
        A `Graded`, which gathers results and the questions asked.

    Example:
        >>> with grading({"so1-ac1-sales": 50_000.0}) as graded:
        ...     book = Workbook("so1")
        ...     form = book.ask(number("so1-ac1-sales", "Sales a year?", unit="R"))
        ...     book.check("so1-ac1-sales", 60_000, hint="Price times customers times visits.")
        Traceback (most recent call last):
        ...
        learner_kit.workbook.CheckFailed: Price times customers times visits.
        >>> graded.results["so1-ac1-sales"].state
        'wrong'
    """
    if isinstance(answers, Answers):
        answers, learner = answers.answers, learner or answers.learner
    graded = Graded(answers, learner)
    token = _graded.set(graded)
    try:
        yield graded
    finally:
        _graded.reset(token)


def marked() -> bool:
    """Tell whether checks raise: inside `grading`, or when nbgrader grades or validates this notebook."""
    return _graded.get() is not None or any(map(os.environ.get, ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")))


class _Given(Mapping):
    """The answers as they stand: a copy of each value, and None for a question that is not answered."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = values

    def __getitem__(self, id: str) -> Any:
        value = self._values.get(id)
        return deepcopy(value) if isinstance(value, (list, dict)) else value

    def __contains__(self, id: object) -> bool:
        return not blank(self._values.get(id))  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[str]:
        return iter([id for id in self._values if id in self])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr({id: self[id] for id in self})


class Workbook:
    """A workbook's questions and its learner's answers, kept in a file beside the notebook.

    Args:
        name: the workbook, such as so1.
        folder: where its file is; the notebook's own folder when left out.
        file: name of the file; several notebooks may share one as long as no question id stands twice.

    Example:
        >>> with grading({"so1-ac1-best": "Telephone"}, "L-0001"):
        ...     book = Workbook("so1")
        >>> book.ask(choice("so1-ac1-best", "Which group is worth most?", options=["Walk-in", "Telephone"]))
        A form with 1 question.
        >>> book.learner, book.answers["so1-ac1-best"], book.missing()
        ('L-0001', 'Telephone', ())
    """

    def __init__(self, name: str, folder: str | Path | None = None, file: str = FILE):
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f"name must be small letters, digits and hyphens, for example so1, not {name!r}.")
        self.name = name
        self.questions: dict[str, Question] = {}
        self._cells: dict[str, tuple[str, ...]] = {}  # id -> the ids it was asked with
        self._watchers: dict[Hashable, Callable[[str | None], None]] = {}
        self._graded = _graded.get()
        if self._graded is not None:
            self.path = None
            self._keeper = Keeper(None, name, Answers(name, self._graded.learner, None, dict(self._graded.answers)))
            return
        self.path = Path(folder or Path.cwd()).resolve() / file
        # A file that several notebooks share bears its own name; nbgrader changes nothing of what was handed in.
        self._keeper = Keeper(self.path, name if file == FILE else Path(file).stem, writes=not marked())

    @property
    def answers(self) -> Mapping[str, Any]:
        """The answers as they stand, by question id: plain values, None for what is not answered."""
        return _Given(self._keeper.now.answers)

    @property
    def learner(self) -> str | None:
        """The learner's number, such as L-0001, or None when it is not known yet."""
        return self._keeper.now.learner

    @property
    def saved(self) -> str | None:
        """When the answers were last written to disk (ISO 8601), or None."""
        return self._keeper.now.saved

    @property
    def on_disk(self) -> bool:
        """Whether every answer given so far is on disk."""
        return self._keeper.on_disk

    @property
    def notice(self) -> str | None:
        """What the learner must know about how answers are kept; None when all is well."""
        return self._keeper.notice

    @property
    def progress(self) -> Progress:
        """How many of the questions asked so far are answered, and which are open."""
        still = self.missing()
        return Progress(len(self.questions) - len(still), len(self.questions), still)

    def ask(self, *questions: Question) -> Form:
        """Ask questions; as the last expression of a cell the form stands below it.

        Raises:
            ValueError: an id stands twice in this workbook. Running the same cell again is fine.
        """
        ids = tuple(question.id for question in questions)
        if not ids:
            raise ValueError("ask needs one question or more.")
        for question in questions:
            before = self.questions.get(question.id)
            twice = ids.count(question.id) > 1
            if twice or (before is not None and before != question and self._cells[question.id] != ids):
                raise ValueError(
                    f"The question id {question.id} stands twice in workbook {self.name}; every id is used once."
                )
        for question in questions:
            self.questions[question.id] = question
            self._cells[question.id] = ids
        if self._graded is not None:
            self._graded.questions.update(self.questions)
        self.tell(None)
        return Form(self, tuple(questions))

    def set(self, id: str, value: Any) -> None:
        """Keep a plain value as the answer to a question and write it to disk at once; None clears it.

        Raises:
            ValueError: the question cannot hold the value; what was kept before still stands.
        """
        question = self.questions.get(id)
        if question is None:
            raise ValueError(f"{id!r} is not a question of workbook {self.name} that was asked so far.")
        if fault := question.fault(value):
            raise ValueError(fault)
        before = self._keeper.now.answers
        self._keeper.put(id, deepcopy(value))
        self.tell(id)
        now = self._keeper.now.answers
        for other in (before.keys() | now.keys()) - {id}:  # what another tab changed came along
            if before.get(other) != now.get(other):
                self.tell(other)

    def bring(self, values: Mapping[str, Any]) -> None:
        """Keep plain values that come from elsewhere, also for questions that another notebook with this file asks."""
        self._keeper.put_all(deepcopy(dict(values)))
        self.tell(None)
        for id in values:
            self.tell(id)

    def identify(self, learner: str) -> None:
        """Keep the learner's number.

        Raises:
            ValueError: it is not of the form L-0001.
        """
        said = str(learner).strip().upper()
        if not LEARNER.fullmatch(said):
            raise ValueError("Type your learner number as it stands on your letter, for example L-0001.")
        self._keeper.identify(said)
        self.tell(None)

    def missing(self) -> tuple[str, ...]:
        """The ids of the questions asked so far that hold no sound answer, in the order they were asked."""
        values = {id: self._value(id) for id in self.questions}
        return tuple(id for id, asked in self.questions.items() if blank(values[id]) or asked.fault(values[id]))

    def check(
        self,
        id: str,
        expected: Any = _NOTHING,
        hint: str = "",
        *,
        tolerance: float = marking.CENT,
        points: float | None = None,
    ) -> Any:
        """Check an answer: only that it is there and of the right form, or against an expected value or a rule.

        Args:
            id: the question.
            expected: what `marking.mark` takes: a number, text or an option's key, a list, a set, a table, or a rule (a
                function of the value that gives True or False, a share 0–1, or a pair of the share and what was missed).
            hint: what the learner reads when it is not right; say nothing of the expected value in it.
            tolerance: how far a number may be off, in the unit of the answer (0.005: half a cent).
            points: the points of the test cell, needed where a part of them can be earned (a rule that gives a share, or
                a table, whose right cells then count).

        Returns:
            In a learner's session a `Status`. When graded: None for full points, the points earned for a part.

        Raises:
            CheckFailed: when graded and nothing was earned.
        """
        status = Status(self, id, expected, hint, tolerance, points)
        if not marked() and self._graded is None:
            return status
        result = status.result()
        if self._graded is not None:
            self._graded.results[id] = result
        if result.state in ("right", "answered"):
            return None
        if result.state != "part":
            raise CheckFailed(result.said)
        if points is None:
            raise ValueError(f"check of {id} gives a part of the points: say points=… with the points of its cell.")
        if self._graded is None:
            print(result.said)  # nbgrader keeps it for the feedback; the points are the cell's value
        return round(result.share * points, 4)

    def watch(self, heard: Callable[[str | None], None], name: Hashable = None) -> Callable[[], None]:
        """Call `heard` with the id of each answer that changes, or None for anything else.

        Args:
            heard: what is called.
            name: whoever watched under this name before stops; left out, nobody does.

        Returns:
            What stops it.
        """
        key = heard if name is None else name
        self._watchers[key] = heard

        def stop() -> None:
            if self._watchers.get(key) is heard:
                del self._watchers[key]

        return stop

    def tell(self, id: str | None) -> None:
        """Tell everyone who watches that an answer, or anything else (None), changed."""
        for heard in tuple(self._watchers.values()):
            heard(id)

    def _value(self, id: str) -> Any:
        return self._keeper.now.answers.get(id)
