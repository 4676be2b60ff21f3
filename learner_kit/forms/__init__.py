"""The face of a workbook in a notebook: what `learner_kit.workbook` makes is shown as live forms.

Importing this package registers how a `Form`, a check's `Status`, the learner's number and the progress are drawn; the
widgets themselves load when the first of them is shown. Outside a notebook, and where nbgrader grades, nothing is drawn.

    from learner_kit import forms
    from learner_kit.workbook import Workbook, number
    book = Workbook("so1")
    forms.learner_form(book)        # asks for the learner's number, once
    forms.progress(book)            # how many questions are answered, and which are open
    book.ask(number("so1-ac1-sales", "Sales a year?", unit="R"))
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from learner_kit.forms.order import told_plainly
from learner_kit.workbook import Form, Status, Workbook, marked

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["LearnerForm", "ProgressFace", "Tool", "learner_form", "progress", "register", "tool", "widget"]


@dataclass(frozen=True)
class LearnerForm:
    """The learner's number of a workbook, to be shown."""

    book: Workbook

    def __repr__(self) -> str:
        return f"Learner number: {self.book.learner or 'not known yet'}"


@dataclass(frozen=True)
class ProgressFace:
    """The progress of a workbook, to be shown."""

    book: Workbook

    def __repr__(self) -> str:
        done = self.book.progress
        return f"{done.answered} of {done.asked} answered"


@dataclass(frozen=True)
class Tool:
    """A tool of the lessons in a workbook, to be shown; it is made only where somebody sees it, never while grading."""

    make: Callable[[], ipywidgets.Widget]

    def __repr__(self) -> str:
        return "A tool: open this workbook as a page to use it."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        if marked():
            return {"text/plain": repr(self)}
        from learner_kit.forms.sparing import sparing

        bundle = sparing(self.make)()._repr_mimebundle_(include=include, exclude=exclude)
        return {**bundle, "text/plain": repr(self)}


def tool(make: Callable[[], ipywidgets.Widget]) -> Tool:
    """Show a tool of the lessons in a workbook; `make` gives its widget."""
    return Tool(make)


def learner_form(book: Workbook) -> LearnerForm:
    """Ask for the learner's number; once it is known it is shown, with a way to change it."""
    return LearnerForm(book)


def progress(book: Workbook) -> ProgressFace:
    """Show how many questions are answered and which are still open; it follows every change."""
    return ProgressFace(book)


def widget(shown: Form | Status | LearnerForm | ProgressFace) -> ipywidgets.Widget:
    """Make the live form of something this package shows.

    Args:
        shown: what `Workbook.ask`, `Workbook.check`, `learner_form` or `progress` gave.

    Returns:
        A widget; it keeps what is typed in the workbook by itself.
    """
    from learner_kit.forms import page

    draw = {Form: page.form, Status: page.status, LearnerForm: page.learner, ProgressFace: page.progress}[type(shown)]
    return draw(shown)


def register() -> bool:
    """Tell IPython, where it runs, how to draw; True when it was told."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return False
    for kind in (Form, Status, LearnerForm, ProgressFace):
        shell.display_formatter.mimebundle_formatter.for_type(kind, _bundle)
    told_plainly(shell)
    return True


def _bundle(shown: Any, include: Any = None, exclude: Any = None) -> Any:
    if marked():
        return None
    bundle = widget(shown)._repr_mimebundle_(include=include, exclude=exclude)
    return {**bundle, "text/plain": repr(shown)}


register()
