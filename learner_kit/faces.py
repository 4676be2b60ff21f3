"""The live faces of a lesson: a calculator to try, a quiz to check oneself, and a note that a form was tried.

Each takes plain data or a function of the kit and gives a form; none of them knows the subject. Numbers, sentences and
tables to read come from `learner_kit.shown`.

    calculator(value.sales_potential, {"price": field("Price", 1500, high=10_000, unit="R"), …}, show=sentence_and_table)
    quiz("Which group is worth most?", wrong("Walk-in", "They buy once."), right("Repeat", "They come back."))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets

from learner_kit.documents.text import ended
from learner_kit.forms.looks import box, button, lay, markup, sheet, short, within, words
from learner_kit.forms.sparing import sparing
from learner_kit.shown import Shown, framed, say
from learner_kit.workbook import Workbook, choice, choices, text
from learner_kit.workbook.questions import Number

_READ_ONLY = (widgets.HTML, widgets.HTMLMath, widgets.Label, widgets.Image, widgets.IntProgress, widgets.FloatProgress)


class Face(widgets.VBox):
    """A live form. Where nothing is live (print, a text reader) its plain words stand instead."""

    def __init__(self, children: Sequence[widgets.Widget], words: str):
        super().__init__(children=(sheet(), *children))
        self.add_class("lk-form")
        self.words = words

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": self.words}

    def __repr__(self) -> str:
        return self.words


class Field(NamedTuple):
    """One thing a learner may change in a calculator; `field` makes it."""

    question: Number
    start: float
    step: float


class Option(NamedTuple):
    """One answer a quiz offers: what it says, whether it is right, and why; `right` and `wrong` make it."""

    says: str
    is_right: bool
    why: str


def field(
    label: str, start: float, low: float = 0, high: float | None = None, step: float = 1, unit: str = ""
) -> Field:
    """Describe a field of a calculator: typed into, or changed by the buttons beside it.

    Args:
        label: what it is, as the learner reads it.
        start: where it stands at first.
        low, high: the least and the most it takes.
        step: what one press of a button adds or takes away; with steps of whole numbers only those are taken
            (not for Rand).
        unit: "R"; "%" (start, bounds and step in percent, while the function gets a fraction); or a word.

    Example:
        >>> field("Customers", 10, high=500).question.takes
        'A whole number from 0 to 500, for example 250.'
    """
    whole = unit not in ("R", "%") and float(step).is_integer() and float(start).is_integer()
    return Field(
        Number("field", label, unit or None, float(low), None if high is None else float(high), whole), start, step
    )


@sparing
def calculator(
    function: Callable[..., Any],
    fields: Mapping[str, Field],
    show: Callable[[Any, dict[str, float]], tuple[str, Shown | None]],
    title: str = "Try it",
) -> Face:
    """Let a learner change the arguments of a function and see at once what comes of it.

    Args:
        function: a function of the kit; what it refuses (ValueError) is shown in words.
        fields: for each argument its field, in the order shown.
        show: is given the function's result and the arguments; gives back a sentence and a `table` (or None).
        title: stands above the fields.

    Returns:
        A form; what is typed wrongly is marked where it stands, and stays as it was typed.

    Example:
        >>> face = calculator(lambda price: price * 4, {"price": field("Price", 100, high=500, unit="R")},
        ...                   show=lambda result, given: (f"A year brings {say(result, 'R')}.", None))
        >>> face
        Try it. A calculator. You can change: Price. A year brings R400.
    """
    inputs = {name: _Input(one) for name, one in fields.items()}
    outcome = markup()
    said = ""

    def refresh(*_: Any) -> None:
        nonlocal said
        given = {name: one.read() for name, one in inputs.items()}
        if any(value is None for value in given.values()):
            outcome.value = framed(
                "Mend the field that is marked above; the answer then comes back.", "again", live=True
            )
            return
        try:
            said, shown = show(function(**given), given)
        except ValueError as error:
            outcome.value = framed(escape(str(error)), "again", live=True)
            return
        outcome.value = framed(escape(said), live=True) + (shown.html if shown else "")

    for one in inputs.values():
        one.text.observe(refresh, "value")
    refresh()
    names = "; ".join(one.question.prompt for one in fields.values())
    plain = f"{ended(title)} A calculator. You can change: {names}. {said}"
    grid = box(*(one.face for one in inputs.values()), across=True, look="lk-fields")
    grid.layout = widgets.Layout(flex_flow="row wrap")
    return Face([lay("lk-prompt", title), grid, outcome], plain)


def tried(book: Workbook, id: str, face: Face) -> Face:
    """Keep in a workbook that a learner used a form: that a field was changed or a button pressed.

    Args:
        book: a `Workbook` over the learner's progress.
        id: under which it is kept, beginning with its criterion: `so1-ac1-try-calculator`.
        face: any form of the kit.

    Returns:
        The same form.

    Example:
        >>> from learner_kit.workbook import grading
        >>> with grading({}):
        ...     book = Workbook("guide")
        >>> face = tried(book, "so1-ac1-try-price", Face([widgets.Text(description="Price")], "A form."))
        >>> face.children[1].value = "9"
        >>> book.answers["so1-ac1-try-price"]
        'tried'
    """
    book.ask(text(id, short(face.words)))

    def used(_: Any) -> None:
        if not book.answers[id]:
            book.set(id, "tried")

    for one in within(face):
        if isinstance(one, widgets.Button):
            one.on_click(used)
        elif isinstance(one, widgets.Accordion | widgets.Tab):
            one.observe(used, "selected_index")
        elif one.has_trait("value") and not isinstance(one, _READ_ONLY):
            one.observe(used, "value")
    return face


def right(says: str, why: str) -> Option:
    """A right answer of a quiz and why it is right."""
    return Option(says, True, why)


def wrong(says: str, why: str) -> Option:
    """A wrong answer of a quiz and what to think again about; it does not give the right one away."""
    return Option(says, False, why)


def both_or_neither(book: Workbook | None, id: str | None, example: str) -> None:
    """Refuse a form that is told where to keep something and not under which id, or the other way round."""
    if (book is None) != (id is None):
        raise ValueError(f"book and id must be given together, for example book=book, id={example!r}.")


@sparing
def quiz(question: str, *options: Option, book: Workbook | None = None, id: str | None = None) -> Face:
    """Ask one question to check oneself; the answer opens only after an attempt.

    Args:
        question: what is asked.
        options: two or more answers, each `right(...)` or `wrong(...)`; several may be right, then all are to be found.
        book: a `Workbook` in which the last attempt is kept, so that it stands there again next time.
        id: under which it is kept, beginning with its criterion: `so1-ac1-check-1`.

    Returns:
        A form with a button to check, and one that shows the answer once an attempt was made.

    Raises:
        ValueError: for fewer than two answers, two alike, none right, or a book without an id.

    Example:
        >>> quiz("2 + 2?", wrong("3", "Count again."), right("4", "Two and two."))
        Check yourself: 2 + 2? Answers to choose from: 3; 4.
    """
    if (
        len(options) < 2
        or len({one.says for one in options}) != len(options)
        or not any(one.is_right for one in options)
    ):
        raise ValueError("options must be two or more different answers, at least one of them right.")
    both_or_neither(book, id, "so1-ac1-check-1")
    several = sum(one.is_right for one in options) > 1
    keep = _Keeper(book, id, question, options, several) if book is not None and id else None
    answers = (_Several if several else _One)(question, options)
    said = markup()

    def judge(chosen: frozenset[int]) -> None:
        said.value = _verdict(options, chosen)
        reveal.disabled = False

    def attempt() -> None:
        chosen = answers.chosen()
        if not chosen:
            said.value = framed("Choose an answer first, then check it.", "again", live=True)
            return
        judge(chosen)
        if keep:
            keep.save(chosen)

    def open_answer() -> None:
        lines = "".join(f"<li>{escape(one.says)}: {escape(one.why)}</li>" for one in options if one.is_right)
        said.value = framed(f"<strong>The answer</strong><ul>{lines}</ul>", live=True)

    check, reveal = button("Check my answer", attempt, main=True), button("Show the answer", open_answer)
    reveal.disabled = True
    if keep and (before := keep.load()):
        answers.choose(before)
        judge(before)
    plain = f"Check yourself: {question} Answers to choose from: {'; '.join(one.says for one in options)}."
    return Face([answers.face, box(check, reveal, look="lk-row", across=True), said], plain)


class _Input:
    """A typed field, a button on either side, and a line that says what it takes or what is wrong."""

    def __init__(self, one: Field):
        self.one = one
        name = one.question.prompt
        self.text = widgets.Text(value=self._typed(one.start), description=name, tooltip=one.question.takes)
        self.text.add_class("lk-stack")
        self.text.layout.width = "12rem"
        less, more = (
            button(sign, lambda step=step: self._move(step), about=f"{name}: {way}")
            for sign, way, step in (("−", "less", -one.step), ("+", "more", one.step))
        )
        self.note = lay("lk-takes", self._span())
        line = box(self.text, less, more, look="lk-line", across=True)
        self.face = box(line, self.note, look="lk-field")
        self.face.layout = widgets.Layout(width="19rem", margin="0 1rem 0.8rem 0")

    def read(self) -> float | None:
        """The number for the function, or None after the note said what is wrong."""
        question = self.one.question
        try:
            value = question.read(self.text.value)
            if value is None:
                raise ValueError(question.takes)
        except ValueError as error:
            self.note.value = words(f"▲ {error}", "lk-fault", "alert")
            self.face.add_class("lk-wrong")
            return None
        self.note.value = words(self._span(), "lk-takes")
        self.face.remove_class("lk-wrong")
        if question.unit == "%":
            return value / 100
        return int(value) if question.whole else value

    def _move(self, step: float) -> None:
        question = self.one.question
        try:
            now = question.read(self.text.value)
        except ValueError:
            now = None
        wanted = self.one.start if now is None else round(now + step, 6)
        self.text.value = self._typed(
            max(question.low, min(wanted, wanted if question.high is None else question.high))
        )

    def _typed(self, value: float) -> str:
        unit = self.one.question.unit
        shown = say(value / 100 if unit == "%" else value, unit if unit in ("R", "%") else "")
        return shown.replace("\u00a0", " ")

    def _span(self) -> str:
        low, high, unit = self.one.question.low, self.one.question.high, self.one.question.unit
        span = f"{self._typed(low)} or more" if high is None else f"{self._typed(low)} to {self._typed(high)}"
        return span if unit in (None, "R", "%") else f"{span} {unit}"


class _One:
    """One answer to choose."""

    def __init__(self, question: str, options: Sequence[Option]):
        pairs = [(one.says, place) for place, one in enumerate(options)]
        self.face = widgets.RadioButtons(options=pairs, value=None, description=question)
        self.face.layout = widgets.Layout(width="auto")
        self.face.add_class("lk-stack")

    def chosen(self) -> frozenset[int]:
        return frozenset() if self.face.value is None else frozenset([self.face.value])

    def choose(self, places: frozenset[int]) -> None:
        self.face.value = min(places)


class _Several:
    """Several answers to tick."""

    def __init__(self, question: str, options: Sequence[Option]):
        layout = widgets.Layout(width="auto")
        self.boxes = [widgets.Checkbox(description=one.says, indent=False, layout=layout) for one in options]
        self.face = box(lay("lk-prompt", f"{question} Choose all that are right."), *self.boxes)

    def chosen(self) -> frozenset[int]:
        return frozenset(place for place, one in enumerate(self.boxes) if one.value)

    def choose(self, places: frozenset[int]) -> None:
        for place, one in enumerate(self.boxes):
            one.value = place in places


class _Keeper:
    """Keeps the last attempt at a quiz in a workbook; answers are kept by what they say, so their order may change."""

    def __init__(self, book: Workbook, id: str, question: str, options: Sequence[Option], several: bool):
        self.book, self.id, self.several = book, id, several
        self.says = [one.says for one in options]
        book.ask((choices if several else choice)(id, question, options=self.says))

    def save(self, chosen: frozenset[int]) -> None:
        picked = [self.says[place] for place in sorted(chosen)]
        self.book.set(self.id, picked if self.several else picked[0])

    def load(self) -> frozenset[int]:
        kept = self.book.answers[self.id]
        picked = kept if isinstance(kept, list) else [kept]
        return frozenset(place for place, said in enumerate(self.says) if said in picked)


def _verdict(options: Sequence[Option], chosen: frozenset[int]) -> str:
    """What a learner reads after an attempt: each chosen answer with its explanation, and how many are still to be found."""
    lines = [
        f"<li>{'✔ Right' if options[place].is_right else '✘ Not this one'}: {escape(ended(options[place].says))} "
        f"{escape(options[place].why)}</li>"
        for place in sorted(chosen)
    ]
    missing = sum(one.is_right for place, one in enumerate(options) if place not in chosen)
    all_right = not missing and all(options[place].is_right for place in chosen)
    if missing and all(options[place].is_right for place in chosen):
        lines.append(f"<li>There {'is one more' if missing == 1 else f'are {missing} more'} to find.</li>")
    opening = "Yes, that is right." if all_right else "Not there yet. Read why, then try again."
    return framed(f"<strong>{opening}</strong><ul>{''.join(lines)}</ul>", "good" if all_right else "again", live=True)
