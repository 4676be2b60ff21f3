"""Two steps for what is kept for good: the first button says what will be recorded, the second records it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from learner_kit.desks.parts import Said, button, row


class Confirm:
    """A button, and the two that stand below it once it was pressed.

    Args:
        says: what the first button says.
        said: the line below, which shows what will be recorded, and then what was.
        ask: gives the sentence that says what will be recorded; raises when it cannot be.
        act: records it.
        fields: when one of them changes, what was asked no longer counts.
    """

    def __init__(
        self, says: str, said: Said, ask: Callable[[], str], act: Callable[[], None], fields: Sequence[widgets.Widget]
    ):
        self._said, self._ask_for, self._act = said, ask, act
        self.begin = button(says, said, self._ask)
        self.yes = button("Yes, record it for good", said, self._record, main=True)
        self.no = button("No, go back", said, self._back)
        self.sure = row(self.yes, self.no)
        self.sure.layout.display = "none"
        for field in fields:
            field.observe(lambda _: self._changed(), "value")

    def _ask(self) -> None:
        self.withdraw()
        self._said.clear()
        self._said.note(self._ask_for())
        self.sure.layout.display = ""
        self.yes.focus()

    def _record(self) -> None:
        if self.sure.layout.display == "none":  # pressed twice, or asked about something else meanwhile
            return
        self.withdraw()
        self._act()

    def _back(self) -> None:
        self.withdraw()
        self._said.note("Nothing was recorded.")

    def _changed(self) -> None:
        if self.sure.layout.display != "none":
            self.withdraw()
            self._said.clear()

    def withdraw(self) -> None:
        """Ask no longer."""
        self.sure.layout.display = "none"
