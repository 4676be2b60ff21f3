"""The faces a notebook shows: a form of questions, a check's state, the learner's number and the progress."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from learner_kit.forms.fields import ONE_THING, Field
from learner_kit.forms.lists import Files, Grid, Ordered
from learner_kit.forms.looks import box, button, markup, never_raises, short, words
from learner_kit.forms.looks import form as framed
from learner_kit.forms.sparing import sparing
from learner_kit.forms.still_open import listed
from learner_kit.workbook import Form, Status, Workbook
from learner_kit.workbook.evidence_files import Evidence
from learner_kit.workbook.facts import Facts
from learner_kit.workbook.figures import PRACTICE
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Order, Question

if TYPE_CHECKING:
    from learner_kit.forms import LearnerForm, ProgressFace

STATES = {  # of a check: what is said of it, and how that looks
    "open": ("○ Not answered yet", "lk-takes"),
    "answered": ("✔ Answered", "lk-kept"),
    "right": ("✔ Right", "lk-kept"),
}
FIELDS: dict[type, type[Field]] = {**ONE_THING, Order: Ordered, Table: Grid, Evidence: Files}


@sparing
def form(shown: Form) -> widgets.VBox:
    """Draw questions one below the other, each with its answer as it stands; new figures draw them anew."""
    book, notice = shown.book, markup()
    made = framed(notice)
    sheet, *_ = made.children
    drawn: dict[str, Question] = {}
    tables = markup()

    def heard(id: str | None) -> None:
        notice.value = words(book.trouble or "", "lk-notice", "alert")
        asked = {question.id: question for question in shown.questions}
        if shown.facts:
            tables.value = "".join(map(_facts, shown.given))
        if asked != drawn:  # first of all, and when the learner's number brought other figures
            drawn.update(asked)
            made.fields = {one.id: FIELDS[type(one)](book, one) for one in asked.values()}
            above = (tables,) if shown.facts else ()
            made.children = (sheet, notice, *above, *(field.face for field in made.fields.values()))
        elif id in made.fields:
            made.fields[id].refresh()

    _follow(book, ("form", *shown.ids), heard)
    return made


def _facts(table: Facts) -> str:
    """A table of given figures in HTML; figures stand at the right."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        f"<tr><th scope='row'>{escape(first)}</th>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for first, *cells in table.rows
    )
    return (
        f"<div class='lk-given' tabindex='0' role='region' aria-label='{escape(table.caption, quote=True)}'><table>"
        f"<caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


@sparing
def status(shown: Status) -> widgets.VBox:
    """Draw a check: one line, which follows the answer."""
    line = markup()

    def heard(_: str | None) -> None:
        result = shown.result()
        question = shown.book.questions.get(shown.id)
        name = short(question.prompt if question else shown.id, 50)
        said, look = STATES.get(result.state, ("▲ Needs another look", "lk-takes"))
        if result.state == "answered" and shown.begun:
            said, look = f"○ {shown.begun} filled in", "lk-takes"
        why = "" if result.state in STATES else words(result.said, "lk-fault")
        line.value = words(f"{said}: {name}", look, "status") + why

    _follow(shown.book, ("status", shown.id), heard)
    made = framed(line)
    made.add_class("lk-status")
    return made


@sparing
def progress(shown: ProgressFace) -> widgets.VBox:
    """Draw how many questions are answered, and which are open."""
    book, line = shown.book, markup()

    def heard(_: str | None) -> None:
        done = book.progress
        if not done.asked:
            line.value = words("No questions were asked yet.", "lk-takes", "status")
            return
        said = f"{done.answered} of {done.asked} answered" + ("; still open:" if done.open else ". Nothing is open.")
        bar = f'<progress value="{done.answered}" max="{done.asked}" aria-label="{escape(said)}"></progress>'
        line.value = bar + words(said, "lk-prompt", "status") + listed(book, done.open)

    _follow(book, "progress", heard)
    return framed(line)


@sparing
def learner(shown: LearnerForm) -> widgets.VBox:
    """Ask for the learner's number; once known, show it."""
    return _Learner(shown.book).face


class _Learner:
    """The learner's number: a field while it is not known or is being changed, a sentence otherwise."""

    def __init__(self, book: Workbook):
        self.book = book
        self.input = widgets.Text(
            description="Your learner number",
            tooltip="L, a hyphen and at least four digits, for example L-0001",
            placeholder="L-0001",
            continuous_update=False,
        )
        self.input.add_class("lk-stack")
        self.input.add_class("lk-short")
        self.input.observe(self._typed, "value")
        self.ok = button("Keep my number", self._press, main=True)
        self.hint = markup(
            words(
                "L, a hyphen and at least four digits, for example L-0001, as your facilitator gave it to you. It stands "
                "for your name.",
                "lk-takes",
            )
        )
        self.fault = ""  # stays as long as the wrong text does
        self.said, self.notice, self.whose = markup(), markup(), markup()
        self.change = button("Change the number", self._open)
        self.asking = box(box(self.input, self.ok, look="lk-line", across=True), self.hint)
        self.face = framed(self.notice, self.asking, self.said, self.whose, self.change)
        _follow(book, "learner", lambda _: self._draw())

    def _draw(self) -> None:
        known = self.book.learner
        self.notice.value = words(self.book.notice or "", "lk-notice", "alert")
        self.whose.value = words(_class(self.book.of_class), "lk-takes")
        if self.fault:
            return
        self.asking.layout.display = "none" if known else None
        self.change.layout.display = None if known else "none"
        own = " The figures below are this learner's own." if known and self.book.own_figures else ""
        if known:
            self.said.value = words(f"✔ This workbook belongs to learner {known}.{own}", "lk-kept", "status")
        else:
            practice = (
                "Give your number first: the figures below are for practice, and yours are others. Answers to figures do "
                "not count before."
            )
            self.said.value = words(practice, "lk-takes", "status") if self.book.practising else ""

    def _wrong(self, sentence: str) -> None:
        self.fault = sentence
        self.said.value = words(f"▲ {sentence}", "lk-fault", "alert")

    @never_raises(_wrong)
    def _typed(self, change: Any) -> None:
        self.fault = self.said.value = ""
        if change["new"].strip():
            self.book.identify(change["new"])

    @never_raises(_wrong)
    def _press(self) -> None:
        self.fault = ""
        self.book.identify(self.input.value)

    def _open(self) -> None:
        self.fault = ""
        self.input.value = ""
        self.asking.layout.display = None
        self.change.layout.display = "none"
        self.said.value = ""
        self.input.focus()


def _class(name: str | None) -> str:
    if name == PRACTICE:
        return "Practice class: for trying things out. Your own class has a workbook with its own figures."
    return f"Class: {name}" if name else ""


def _follow(book: Workbook, what: Any, heard: Callable[[str | None], None]) -> None:
    """Draw now and at every change; when the same thing is drawn again, the older face stops listening."""

    def safely(id: str | None) -> None:
        try:
            heard(id)
        except Exception:  # a face that cannot be drawn must not keep an answer from being saved
            return

    book.watch(safely, what)
    heard(None)
