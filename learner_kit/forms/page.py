"""The faces a notebook shows: a form of questions, a check's state, the learner's number and the progress."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from learner_kit.forms.fields import ONE_THING, Field
from learner_kit.forms.lists import Files, Grid, Ordered
from learner_kit.forms.looks import box, button, never_raises, short, words
from learner_kit.forms.looks import form as framed
from learner_kit.workbook import Form, Status, Workbook
from learner_kit.workbook.evidence_files import Evidence
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Order

if TYPE_CHECKING:
    from learner_kit.forms import LearnerForm, ProgressFace

FIELDS: dict[type, type[Field]] = {**ONE_THING, Order: Ordered, Table: Grid, Evidence: Files}


def form(shown: Form) -> widgets.VBox:
    """Draw questions one below the other, each with its answer as it stands."""
    book = shown.book
    fields = {question.id: FIELDS[type(question)](book, question) for question in shown.questions}
    notice = widgets.HTML()

    def heard(id: str | None) -> None:
        notice.value = words(book.notice or "", "lk-notice", "alert")
        if id in fields:
            fields[id].refresh()

    _follow(book, ("form", *fields), heard)
    made = framed(notice, *(field.face for field in fields.values()))
    made.fields = fields
    return made


def status(shown: Status) -> widgets.VBox:
    """Draw a check: one line, which follows the answer."""
    line = widgets.HTML()

    def heard(_: str | None) -> None:
        result = shown.result()
        question = shown.book.questions.get(shown.id)
        name = short(question.prompt if question else shown.id, 50)
        said = {"open": "○ Not answered yet", "answered": "✔ Answered", "right": "✔ Right"}.get(result.state)
        mark = words(
            f"{said or '▲ Needs another look'}: {name}", "lk-kept" if "✔" in (said or "") else "lk-takes", "status"
        )
        line.value = mark + ("" if said else words(result.said, "lk-fault"))

    _follow(shown.book, ("status", shown.id), heard)
    made = framed(line)
    made.add_class("lk-status")
    return made


def progress(shown: ProgressFace) -> widgets.VBox:
    """Draw how many questions are answered, and which are open."""
    book, line = shown.book, widgets.HTML()

    def heard(_: str | None) -> None:
        done = book.progress
        if not done.asked:
            line.value = words("No questions were asked yet.", "lk-takes", "status")
            return
        said = f"{done.answered} of {done.asked} answered" + ("; still open:" if done.open else ". Nothing is open.")
        bar = f'<progress value="{done.answered}" max="{done.asked}" aria-label="{escape(said)}"></progress>'
        items = "".join(f"<li>{escape(short(book.questions[id].prompt))}</li>" for id in done.open)
        line.value = bar + words(said, "lk-prompt", "status") + (f'<ul class="lk-open">{items}</ul>' if items else "")

    _follow(book, "progress", heard)
    return framed(line)


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
        self.hint = widgets.HTML(
            words("L, a hyphen and at least four digits, for example L-0001. It stands for your name.", "lk-takes")
        )
        self.said, self.notice = widgets.HTML(), widgets.HTML()
        self.change = button("Change the number", self._open)
        self.asking = box(box(self.input, self.ok, look="lk-line", across=True), self.hint)
        self.face = framed(self.notice, self.asking, self.said, self.change)
        _follow(book, "learner", lambda _: self._draw())

    def _draw(self) -> None:
        known = self.book.learner
        self.notice.value = words(self.book.notice or "", "lk-notice", "alert")
        self.asking.layout.display = "none" if known else None
        self.change.layout.display = None if known else "none"
        self.said.value = words(f"✔ This workbook belongs to learner {known}.", "lk-kept", "status") if known else ""

    def _wrong(self, sentence: str) -> None:
        self.said.value = words(f"▲ {sentence}", "lk-fault", "alert")

    @never_raises(_wrong)
    def _typed(self, change: Any) -> None:
        if change["new"].strip():
            self.book.identify(change["new"])

    @never_raises(_wrong)
    def _press(self) -> None:
        self.book.identify(self.input.value)

    def _open(self) -> None:
        self.input.value = ""
        self.asking.layout.display = None
        self.change.layout.display = "none"
        self.said.value = ""
        self.input.focus()


def _follow(book: Workbook, what: Any, heard: Callable[[str | None], None]) -> None:
    """Draw now and at every change; when the same thing is drawn again, the older face stops listening."""

    def safely(id: str | None) -> None:
        try:
            heard(id)
        except Exception:  # a face that cannot be drawn must not keep an answer from being saved
            return

    book.watch(safely, what)
    heard(None)
