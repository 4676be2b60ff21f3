"""Handing a workbook in, from its own page: what is still open, the declaration, one button, and a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from learner_kit.workbook import Workbook, marked

if TYPE_CHECKING:
    import ipywidgets


@dataclass(frozen=True)
class HandIn:
    """The hand-in of a workbook, to be shown at its end."""

    book: Workbook

    def __repr__(self) -> str:
        return "Hand in: open this page to sign the declaration and hand your work in."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        if marked():
            return {"text/plain": repr(self)}
        data = widget(self.book)._repr_mimebundle_(include=include, exclude=exclude)
        bundle = data[0] if isinstance(data, tuple) else data
        return {**(bundle or {}), "text/plain": repr(self)}


def hand_in(book: Workbook) -> HandIn:
    """Show, at the end of a workbook, what is still open, the declaration and the button that hands it in."""
    return HandIn(book)


def widget(book: Workbook) -> ipywidgets.VBox:
    """The live form of `hand_in`."""
    from learner_kit.desks.learner_hand_in import HandInForm

    return HandInForm(book).face
