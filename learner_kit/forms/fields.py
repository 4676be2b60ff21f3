"""The faces of questions that take one thing: a number, a date, words, one option or several."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import ipywidgets as widgets

from learner_kit.forms.looks import anchor, box, clock, lay, markup, never_raises, words
from learner_kit.workbook import Workbook
from learner_kit.workbook.questions import Choice, Choices, Day, Number, Question, Text, blank

PAUSE = 0.7  # seconds without a key after which words are written to disk


class Field:
    """One question on a page: its label, its input, what it takes, and whether it is saved or what is wrong.

    `face` is the widget; `refresh` shows the answer as it stands in the workbook.
    """

    look: ClassVar[str] = "lk-stack"

    def __init__(self, book: Workbook, question: Question):
        self.book, self.question = book, question
        self._quiet = False  # while the field shows what is kept, its own change is not an answer
        self._shown: Any = object()  # the kept value that the field shows
        self.hint = lay("lk-takes", question.takes, anchor(question.id))
        self.said = markup()
        self.face = box(*self._parts(), box(*self._hints(), self.said, look="lk-note"))
        self.refresh()

    def _parts(self) -> list[widgets.Widget]:
        raise NotImplementedError

    def _hints(self) -> list[widgets.Widget]:
        return [self.hint]

    def _put(self, value: Any) -> None:
        """Show a kept value in the input."""
        raise NotImplementedError

    @property
    def value(self) -> Any:
        """The answer as it is kept; None where what is kept is not sound."""
        value = self.book.answers[self.question.id]
        return None if self.question.fault(value) else value

    def refresh(self) -> None:
        """Show the answer as it stands in the workbook, unless the field shows it already."""
        kept = self.book.answers[self.question.id]
        if self._shown == kept:
            return
        fault = self.question.fault(kept)
        self._shown, self._quiet = kept, True
        try:
            self._put(self.value)
        finally:
            self._quiet = False
        if fault:
            self.wrong(f"The answer kept before cannot be used here. {fault}")
        else:
            practice = self.book.for_practice(self.question.id)
            earlier = "Practice: this does not count yet." if practice else "Saved earlier."
            self._say("" if blank(kept) or not self.book.on_disk else earlier)

    def keep(self, raw: Any) -> None:
        """Read what was typed, keep it and say so; what cannot be read stays typed and is said in place."""
        value = self.question.read(raw)
        if value != self.value:
            self._shown = value
            self.book.set(self.question.id, value)
        self.saved()

    def saved(self) -> None:
        """Say that the answer is kept, and when."""
        empty = blank(self.value)
        if not self.book.on_disk:
            self._say("" if empty else "Held on this page only: read the notice above the questions.")
        elif not empty and self.book.for_practice(self.question.id):
            self._say(
                "Practice: this does not count yet. Give your learner number at the top; then work with your figures."
            )
        else:
            self._say("Cleared: not answered yet." if empty else f"Saved {clock(self.book.saved)}")

    def wrong(self, sentence: str) -> None:
        """Say in place what is wrong; what was typed, and what was kept before, still stand."""
        self.face.add_class("lk-wrong")
        before = "" if blank(self.value) else f"\nYour saved answer is still: {self.question.show(self.value)[:80]}"
        self.said.value = words(f"▲ Not saved. {sentence}{before}", "lk-fault", "alert")

    def _say(self, sentence: str) -> None:
        self.face.remove_class("lk-wrong")
        self.said.value = words(f"✔ {sentence}" if sentence.startswith("Saved") else sentence, "lk-kept", "status")

    @never_raises(wrong)
    def _typed(self, change: Any) -> None:
        if not self._quiet:
            self.keep(change["new"])


class Typed(Field):
    """A number or a date, typed on one line."""

    def _parts(self) -> list[widgets.Widget]:
        question = self.question
        self.input = widgets.Text(
            description=question.prompt,
            tooltip=question.takes,
            continuous_update=False,
            layout=widgets.Layout(width="auto"),
        )
        self.input.add_class("lk-stack")
        self.input.observe(self._typed, "value")
        self.input.add_class("lk-short")
        unit = getattr(question, "unit", None)
        if not unit:
            return [self.input]
        return [box(self.input, lay("lk-unit", "rand" if unit == "R" else unit), look="lk-with-unit")]

    def _put(self, value: Any) -> None:
        self.input.value = self.question.show(value).replace("\u00a0", " ")


class Words(Field):
    """Words of the learner's own; written to disk whenever the learner pauses, with a count beside the guidance."""

    def _parts(self) -> list[widgets.Widget]:
        high = (self.question.words or (0, 40))[1]
        self.input = widgets.Textarea(
            description=self.question.prompt,
            tooltip=self.question.takes,
            continuous_update=True,
            rows=max(3, min(10, high // 14)),
            layout=widgets.Layout(width="100%"),
        )
        self.input.add_class("lk-stack")
        self.input.observe(self._pressed, "value")
        self.count = markup()
        self._timer: asyncio.TimerHandle | None = None
        return [self.input, self.count]

    def _put(self, value: Any) -> None:
        self.input.value = value or ""
        self._counted()

    def _counted(self) -> None:
        if self.question.sms:
            self.count.value = words(_sms(self.input.value), "lk-takes")
            return
        count = self.question.count(self.input.value)
        low, high = self.question.words or (0, 0)
        enough = "" if not high or not count else " – a little more is wanted" if count < low else ""
        enough = " – try to say it in fewer" if high and count > high else enough
        self.count.value = words(f"{count} word{'' if count == 1 else 's'} so far{enough}" if count else "", "lk-takes")

    @never_raises(Field.wrong)
    def _pressed(self, change: Any) -> None:
        self._counted()
        if self._quiet:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._typed(change)
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(PAUSE, self._paused)

    def _paused(self) -> None:
        self._timer = None
        self._typed({"new": self.input.value})

    def refresh(self) -> None:
        """Show the answer as it stands, but never over words the learner is typing just now."""
        if getattr(self, "_timer", None) is None:
            super().refresh()


def _sms(said: str) -> str:
    """How long an SMS is so far; nothing of an empty one."""
    from learner_kit.lessons.notice import sms_size

    size = sms_size(said.strip())
    return (
        f"{size.says}{' – make it shorter: one part is all there is' if size.parts > 1 else ''}" if size.parts else ""
    )


class OneOf(Field):
    """One option out of several, as radio buttons."""

    def _parts(self) -> list[widgets.Widget]:
        self.input = widgets.RadioButtons(
            options=[(label, key) for key, label in self.question.options],
            value=None,
            description=self.question.prompt,
            tooltip=self.question.takes,
            layout=widgets.Layout(width="auto"),
        )
        self.input.add_class("lk-stack")
        self.input.observe(self._typed, "value")
        return [self.input]

    def _put(self, value: Any) -> None:
        self.input.value = value


class SomeOf(Field):
    """Any number of options, as boxes to tick."""

    def _parts(self) -> list[widgets.Widget]:
        self.boxes = {
            key: widgets.Checkbox(description=label, indent=False, layout=widgets.Layout(width="auto"))
            for key, label in self.question.options
        }
        for one in self.boxes.values():
            one.observe(self._ticked, "value")
        return [lay("lk-prompt", self.question.prompt), *self.boxes.values()]

    def _ticked(self, _: Any) -> None:
        self._typed({"new": [key for key, one in self.boxes.items() if one.value]})

    def _put(self, value: Any) -> None:
        for key, one in self.boxes.items():
            one.value = key in (value or [])


ONE_THING: dict[type[Question], type[Field]] = {Number: Typed, Day: Typed, Text: Words, Choice: OneOf, Choices: SomeOf}
