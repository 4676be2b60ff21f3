"""What is asked and what a check found: forms, results, and the answers as a check may look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from learner_kit.workbook import marking
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.questions import Question, blank
from learner_kit.workbook.variants import Figures

if TYPE_CHECKING:
    from learner_kit.workbook.book import Workbook

NOTHING: Any = object()


class CheckFailed(AssertionError):
    """An answer is missing or not right; the message is the hint, never the expected value."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it (nbgrader's *Validate* too): the sentence, without the way through the code."""
        return [f"{str(self)[:1].upper()}{str(self)[1:]}"]


class Progress(NamedTuple):
    """How far a workbook is: how many questions are answered, of how many, and the ids still open."""

    answered: int
    asked: int
    open: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """Questions of a workbook that are shown together, below their tables of given figures; `learner_kit.forms` draws it."""

    book: Workbook
    ids: tuple[str, ...]
    facts: tuple[Facts, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions as the learner meets them now, with the learner's own figures."""
        return tuple(self.book.questions[id] for id in self.ids)

    @property
    def given(self) -> tuple[Facts, ...]:
        """The tables of given figures as the learner meets them now."""
        return tuple(map(self.book.with_figures, self.facts))

    def __repr__(self) -> str:
        return f"A form with {len(self.ids)} question{'' if len(self.ids) == 1 else 's'}."


class Graded:
    """What happened while grading.

    `results` (by question id, the last check of each), the `questions` asked, what was `expected` (an answer that a check
    takes as right), the ids of questions that are `drawn` (figures of the learner stand in them), and the `figures`.
    """

    def __init__(self, answers: Mapping[str, Any], learner: str | None, seed: str | None = None, dry: bool = False):
        self.answers, self.learner, self.seed, self.dry = answers, learner, seed, dry
        self.results: dict[str, Result] = {}
        self.questions: dict[str, Question] = {}
        self.expected: dict[str, Any] = {}
        self.drawn: set[str] = set()
        self.given: dict[str, tuple[Facts, ...]] = {}  # id of a form's first question -> its tables of figures
        self.figures: Figures = Figures({}, seed, learner)


class Result(NamedTuple):
    """What a check found: `state` is "open", "answered", "wrong", "part" or "right"; `said` is for the learner."""

    id: str
    state: str
    share: float
    said: str


@dataclass(frozen=True)
class Status:
    """A check as a learner meets it: it never raises, and `result()` looks again at the answer as it stands now."""

    book: Workbook
    id: str
    expected: Any = NOTHING
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
        if self.expected is NOTHING:
            return Result(self.id, "answered", 1.0, "answered")
        share, missed = marking.mark(deepcopy(value), self.expected, self.tolerance, question)
        if share >= 1:
            return Result(self.id, "right", 1.0, "right")
        said = " ".join(part for part in (self.hint, missed) if part) or "This answer needs another look."
        part = share > 0 and (self.points is not None or callable(self.expected))
        return Result(self.id, "part" if part else "wrong", share if part else 0.0, said)

    @property
    def begun(self) -> str:
        """How far an answer is that is only begun, such as "2 of 7 cells"; nothing of any other."""
        return self.book.begun(self.id)

    def __repr__(self) -> str:
        if self.begun:
            return f"{self.id}: {self.begun} are filled in"
        result = self.result()
        words = {"open": "not answered yet", "answered": "answered", "right": "right"}
        return f"{self.id}: {words.get(result.state) or 'needs another look. ' + result.said}"


class Given(Mapping):
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
