"""A step that cannot simply be undone: it says first what will happen, and waits for a yes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from learner_kit.desks.parts import Said, button, prose, row


class Asking:
    """A button that asks before it acts.

    Args:
        says: the button.
        said: where the outcome is said.
        will: gives a sentence of what will happen, and the lines below it; an empty one asks nothing, and it may raise.
        act: what is done after a yes.
        yes: the words of the yes.
        main: whether the button stands out.
    """

    def __init__(
        self,
        says: str,
        said: Said,
        will: Callable[[], tuple[str, list[str]]],
        act: Callable[[], Any],
        yes: str = "Yes, do it",
        main: bool = False,
    ):
        self.said, self._will, self._act = said, will, act
        self.start = button(says, said, self._ask, main)
        self.yes = button(yes, said, self._do, main=True)
        self.no = button("No, leave it", said, self.close)
        self.words = prose()
        self.choices = row(self.yes, self.no)
        self.face = widgets.VBox((self.start, self.words, self.choices))
        self.close()

    def _ask(self) -> None:
        self.said.clear()
        sentence, lines = self._will()
        if not sentence:
            self._do()
            return
        listed = "".join(f"<li>{escape(one)}</li>" for one in lines)
        self.words.value = f"<p><strong>{escape(sentence)}</strong></p>" + (f"<ul>{listed}</ul>" if listed else "")
        self.choices.layout.display = self.words.layout.display = ""

    def _do(self) -> None:
        self.close()
        self._act()

    def close(self) -> None:
        """Put the question away."""
        self.words.value = ""
        self.choices.layout.display = self.words.layout.display = "none"
