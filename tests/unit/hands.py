"""A form without a browser, as a learner has it in hand: its parts, what stands there, a field to fill in, a button to press."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import ipywidgets as widgets


def found(face: widgets.Widget, kind: Any = widgets.Widget) -> list[Any]:
    """All widgets of a kind in a form, in the order they stand, those that hold others first."""
    inside = [face]
    for one in inside:
        inside += getattr(one, "children", ())
    return [one for one in inside if isinstance(one, kind)]


def html(face: widgets.Widget) -> str:
    """All that stands there, as HTML."""
    return "\n".join(one.value for one in found(face, widgets.HTML) if not one.value.startswith("<style"))


def read(face: widgets.Widget) -> str:
    """All that stands there, as one reads it: no marks, no pictures, every gap one space, whatever kind."""
    return re.sub(r"\s+", " ", words(re.sub(r'(?:src|href)="[^"]*"', "", html(face))))


def words(said: str) -> str:
    """HTML as one reads it: no marks, every gap one space; a space that holds a line together stays one."""
    return re.sub(r"[ \t\n]+", " ", unescape(re.sub(r"<[^>]+>", " ", said))).strip()


def field(face: widgets.Widget, label: str) -> Any:
    """The field with this label."""
    return next(one for one in found(face) if getattr(one, "description", None) == label)


def press(face: widgets.Widget, says: str) -> None:
    """Press the button that says this, or that a screen reader calls so."""
    next(one for one in found(face, widgets.Button) if says in (one.description, one.tooltip)).click()
