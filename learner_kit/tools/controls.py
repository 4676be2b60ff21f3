"""Small controls that several tools share: a slider of named steps, a list to pick from, a line to type on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets

from learner_kit.forms.looks import box, markup, words
from learner_kit.shown import say


def slider(label: str, steps: Iterable[float], start: float, unit: str = "") -> widgets.SelectionSlider:
    """A slider over steps that are written as they are read aloud; it can't be set wrong.

    Args:
        label: stands above it.
        steps: the values it may take, in order.
        start: where it stands at first; one of the steps.
        unit: as for `say`: "R", "%" (the steps are then fractions), a word, or nothing.
    """
    made = widgets.SelectionSlider(
        options=[(say(step, unit), step) for step in steps],
        value=start,
        description=label,
        continuous_update=False,
    )
    return _above(made)


def pick(label: str, options: Iterable[Any], start: Any = None) -> widgets.Dropdown:
    """A list to pick one thing from; options are names, or pairs of name and value."""
    options = list(options)
    made = widgets.Dropdown(options=options, description=label)
    if start is not None:
        made.value = start
    made.layout.width = "auto"
    return _above(made)


def tick(label: str, ticked: bool = False) -> widgets.Checkbox:
    """A box to tick."""
    return widgets.Checkbox(value=ticked, description=label, indent=False, layout=widgets.Layout(width="auto"))


def grid(*children: widgets.Widget, least: str = "15rem") -> widgets.Box:
    """Put controls side by side where there is room, below each other where there is not."""
    made = box(*children, look="lk-fields", across=True)
    made.layout = widgets.Layout(
        display="grid", grid_template_columns=f"repeat(auto-fill, minmax({least}, 1fr))", grid_gap="0.6rem 1.2rem"
    )
    return made


class Line:
    """A line to type on, with what it takes below it; `fault` says what is wrong in place, what was typed stays."""

    def __init__(self, label: str, takes: str = "", start: str = ""):
        self.takes = takes
        self.input = widgets.Text(value=start, description=label, tooltip=takes or label, continuous_update=False)
        _above(self.input).add_class("lk-short")
        self.note = markup(words(takes, "lk-takes"))
        self.face = box(self.input, self.note, look="lk-field")

    @property
    def said(self) -> str:
        return self.input.value.strip()

    def fault(self, reason: str = "") -> None:
        """Mark the line with a reason; without one, clear the mark."""
        (self.face.add_class if reason else self.face.remove_class)("lk-wrong")
        self.note.value = words(f"▲ {reason}", "lk-fault", "alert") if reason else words(self.takes, "lk-takes")


def on_change(act: Callable[[], None], *controls: widgets.Widget) -> None:
    """Act whenever one of the controls is changed."""
    for one in controls:
        one.observe(lambda _: act(), "value")


def _above(made: widgets.Widget) -> widgets.Widget:
    made.add_class("lk-stack")
    return made
