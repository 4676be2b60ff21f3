"""A workbook: what it asks, what its learner answered, whose figures stand in it, and what its checks find."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from learner_kit.workbook import figures as own
from learner_kit.workbook import marking
from learner_kit.workbook.answers import LEARNER, NAME, Answers, tidy_learner
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.kept import Keeper
from learner_kit.workbook.questions import Question, blank
from learner_kit.workbook.results import NOTHING, CheckFailed, Form, Given, Progress, Status
from learner_kit.workbook.session import graded, marked
from learner_kit.workbook.variants import Drawn, Figures, Range, Variant, Worked, make

FILE = "answers.json"


class Workbook:
    """A workbook's questions and its learner's answers, kept in a file beside the notebook.

    Args:
        name: the workbook, such as so1.
        folder: where its file is; the notebook's own folder when left out.
        file: name of the file; several notebooks may share one as long as no question id stands twice.

    Example:
        >>> from learner_kit.workbook import choice, grading
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
        self._asked: dict[str, Question] = {}  # as the author wrote them; `questions` hold the learner's figures
        self._cells: dict[str, tuple[str, ...]] = {}  # id -> the ids it was asked with
        self._variants: dict[str, Variant] = {}
        self._older: tuple[str | None, frozenset[str]] = (None, frozenset())  # answers to another number's figures
        self._said = ""
        self._watchers: dict[Hashable, Callable[[str | None], None]] = {}
        self._graded = graded()
        if self._graded is not None:
            self.path, self._seed = None, self._graded.seed
            self._keeper = Keeper(None, name, Answers(name, self._graded.learner, None, dict(self._graded.answers)))
            self._figures = self._graded.figures = Figures(self._variants, self._seed, self._graded.learner)
            return
        self.path = Path(folder or Path.cwd()).resolve() / file
        self._seed = own.read_seed(self.path.parent)
        # A file that several notebooks share bears its own name; nbgrader changes nothing of what was handed in.
        self._keeper = Keeper(self.path, name if file == FILE else Path(file).stem, writes=not marked())
        self._figures = Figures(self._variants, self._seed, self.learner)

    @property
    def answers(self) -> Mapping[str, Any]:
        """The answers as they stand, by question id: plain values, None for what is not answered."""
        return Given(self._keeper.now.answers)

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
        """What the learner must know about how answers are kept, and about changed figures; None when all is well."""
        return " ".join(filter(None, (self.trouble, self._said))) or None

    @property
    def trouble(self) -> str | None:
        """What is amiss with how answers are kept or figures are drawn; None when all is well."""
        lost = self._variants and self.learner and not self._seed and self._graded is None
        return " ".join(filter(None, (self._keeper.notice, own.LOST if lost else ""))) or None

    @property
    def of_class(self) -> str | None:
        """The name of the class that the workbook's figures belong to; None where it is not said."""
        return own.read_class(self.path.parent) if self._variants and self.path else None

    def for_practice(self, id: str) -> bool:
        """Tell whether an answer is for practice only: its figures change once the learner's number is given."""
        asked = self._asked.get(id)
        return bool(self._seed and not self.learner and self.path and asked and own.takes_figures(asked))

    @property
    def practising(self) -> bool:
        """Whether the figures that stand here are those for practice, not a learner's own."""
        return bool(self._variants) and not self.own_figures

    @property
    def own_figures(self) -> bool:
        """Whether the figures that stand here are a learner's own."""
        return bool(self._variants and self._seed and self.learner)

    def variant(self, name: str, /, where: Callable[[Drawn], Any] | None = None, **figures: Range | Worked) -> own.Own:
        """Draw figures of the learner's own; questions name them in braces, such as {boutique.price}.

        Args:
            name: what stands before the dot.
            where: what the figures must keep to, so that no answer is a tie, empty or on a border.
            figures: each a `rand`, `count`, `percent` or `pick`: the practice value first, then what it may be; or `worked`,
                which follows from those before it.

        Returns:
            The figures by name, as numbers, for the checks.

        Example:
            >>> from learner_kit.workbook import count, grading, number, rand
            >>> with grading({}, "L-0001", "class"):
            ...     book = Workbook("so1")
            >>> shop = book.variant("shop", price=rand(1_500, 900, 2_400, step=50), people=count(10, 6, 24))
            >>> form = book.ask(number("so1-ac1-sales", "{shop.people} people pay {shop.price} each. What comes in?"))
            >>> form.questions[0].prompt.replace(chr(160), " "), shop.price * shop.people
            ('7 people pay R1 800 each. What comes in?', 12600)
        """
        again = name in self._variants
        self._variants[name] = make(self.name, name, where, figures)
        if again:
            self._redraw()
        return own.Own(lambda: self._figures, name)

    def with_figures(self, facts: Facts) -> Facts:
        """A table of given figures as the learner meets it now."""
        return facts.filled(self._figures)

    @property
    def progress(self) -> Progress:
        """How many of the questions asked so far are answered, and which are open."""
        still = self.missing()
        return Progress(len(self.questions) - len(still), len(self.questions), still)

    def ask(self, *parts: Question | Facts) -> Form:
        """Ask questions; as the last expression of a cell the form stands below it.

        Args:
            parts: the questions, and tables of given figures (`given`), which stand above them.

        Raises:
            ValueError: an id stands twice in this workbook. Running the same cell again is fine.
        """
        questions = [part for part in parts if not isinstance(part, Facts)]
        ids = tuple(question.id for question in questions)
        if not ids:
            raise ValueError("ask needs one question or more.")
        for question in questions:
            before = self._asked.get(question.id)
            twice = ids.count(question.id) > 1
            if twice or (before is not None and before != question and self._cells[question.id] != ids):
                raise ValueError(
                    f"The question id {question.id} stands twice in workbook {self.name}; every id is used once."
                )
        for question in questions:
            self._asked[question.id] = question
            self.questions[question.id] = own.filled(question, self._figures)
            self._cells[question.id] = ids
        if self._graded is not None:
            self._graded.questions.update(self.questions)
            self._graded.drawn.update(id for id in ids if self.questions[id] is not self._asked[id])
        elif self._older[1].intersection(ids):
            self._renew(self._older[0])
        form = Form(self, ids, tuple(part for part in parts if isinstance(part, Facts)))
        if (
            self._graded is not None and form.given
        ):  # a figure that there is not is said to the author, not to a learner
            self._graded.given[ids[0]] = form.given
        self.tell(None)
        return form

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
        before, whose = self._keeper.now.answers, self.learner
        self._keeper.put(id, deepcopy(value))
        if self.learner != whose:  # another tab changed the number
            self._redraw()
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
        """Keep the learner's number and draw the learner's figures; answers to other figures are put aside.

        Raises:
            ValueError: it is not of the form L-0001.
        """
        said = tidy_learner(learner)
        if not LEARNER.fullmatch(said):
            raise ValueError(
                "A learner number is an L, a hyphen and at least four digits, for example L-0001. Type it as your "
                "facilitator gave it to you."
            )
        before = self.learner
        self._keeper.identify(said)
        if said != before:
            self._said = ""
            self._redraw()
            self._older = before, frozenset(self.answers) - self._asked.keys()
            self._renew(before, self._asked)
        self.tell(None)

    def _redraw(self) -> None:
        """Draw the figures of the learner as known now, and put them into the questions."""
        self._figures = Figures(self._variants, self._seed, self.learner)
        if self._graded is not None:
            self._graded.figures = self._figures
        for id, question in self._asked.items():
            self.questions[id] = own.filled(question, self._figures)

    def _renew(self, whose: str | None, ids: Iterable[str] | None = None) -> None:
        """Put answers to another number's figures aside, take back what was put aside for this one, and say so."""
        if not self._seed or self.path is None:
            return
        suspects = self._older[1] if ids is None else ids
        drawn = [id for id in suspects if id in self._asked and own.takes_figures(self._asked[id])]
        old = {id: self.answers[id] for id in drawn if id in self.answers}
        back = {id: value for id, value in own.taken_back(self.path, self.learner).items() if id in drawn}
        self._older = self._older[0], self._older[1] - frozenset(drawn)
        if old:
            with suppress(OSError):
                own.put_aside(self.path, self.name, whose, old)
        if old or back:
            self._said = own.changed(len(old), whose, len(back), self.learner)
            self._keeper.put_all({**dict.fromkeys(old), **back})

    def missing(self) -> tuple[str, ...]:
        """The ids of the questions asked so far that hold no sound and whole answer, in the order they were asked."""
        values = {id: self._value(id) for id in self.questions}
        return tuple(
            id
            for id, asked in self.questions.items()
            if blank(value := values[id]) or asked.fault(value) or asked.begun(value)
        )

    def begun(self, id: str) -> str:
        """How far an answer is that is only begun, such as "2 of 7 cells"; nothing of any other."""
        return self.questions[id].begun(self._value(id)) if id in self.questions else ""

    def check(
        self,
        id: str,
        expected: Any = NOTHING,
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
            right = getattr(expected, "answer", expected)  # a rule may name an answer that it takes, for the memo
            if right is not NOTHING and not callable(right):
                self._graded.expected[id] = right
            if self._graded.dry:
                return None
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
