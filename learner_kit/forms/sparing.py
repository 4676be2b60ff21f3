"""Forms that cost a page little: their widgets are sent once, as they stand when the form is made, and nothing needless.

ipywidgets sends a widget the moment it is made, again at every change, and with it a layout and a style of its own that
say nothing. A page of lessons would send thousands of messages so. Here a form is drafted first and sent when it is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import ipywidgets as widgets
from traitlets import All, Bunch

P = ParamSpec("P")
T = TypeVar("T")
_ASKED_LATER = ("layout", "style")  # the browser takes a widget without them; each would be a widget of its own
_EMPTY = ("tabbable", "tooltip", "_view_count")  # what the browser takes for empty when it hears nothing
_drafts: list[list[widgets.Widget]] = []  # the widgets of the draft that is open; none or one


def sparing(make: Callable[P, T]) -> Callable[P, T]:
    """Make a function that gives a form send it in one go, when it is whole.

    Example:
        >>> @sparing
        ... def form():
        ...     line = widgets.Text()
        ...     line.add_class("mine")  # sent with the line, not after it
        ...     return widgets.VBox([line])
        >>> form().children[0].comm is None
        False
    """

    @wraps(make)
    def made(*given: P.args, **named: P.kwargs) -> T:
        with draft():
            return make(*given, **named)

    return made


@contextmanager
def draft() -> Iterator[None]:
    """Hold back the widgets made in here; at the end each is sent as it stands then. A draft in a draft is part of it."""
    if _drafts:
        yield
        return
    before = widgets.Widget._widget_construction_callback
    held: list[widgets.Widget] = []

    def hold(made: widgets.Widget) -> None:
        if before is not None:
            before(made)
        if made.comm is None:
            made.open = _not_yet
            held.append(made)

    _drafts.append(held)
    widgets.Widget.on_widget_constructed(hold)
    try:
        yield
    finally:
        widgets.Widget.on_widget_constructed(before)
        _drafts.clear()
        for one in held:
            _send(one)


def _not_yet() -> None:
    """Takes the place of a widget's `open` in a draft."""


def _send(one: widgets.Widget) -> None:
    """Send a widget, what it consists of first; what was sent already is left as it is."""
    if one.comm is not None or one.__dict__.pop("open", None) is None:
        return
    if isinstance(one, widgets.DOMWidget):
        _ask_later(one)
    for name in one.keys:
        for part in _widgets(one._trait_values.get(name)):
            _send(part)
    every = one.keys
    one.keys = [name for name in every if not _says_nothing(one, name)]
    one.open()
    one.keys = every


def _ask_later(one: widgets.DOMWidget) -> None:
    """Leave out layout and style where nothing was said about them; once somebody does, they are sent."""
    missing = [name for name in _ASKED_LATER if name in one.keys and name not in one._trait_values]
    if not missing:
        return

    def wanted(change: Bunch) -> None:
        name = change["name"]
        if name not in one.keys:
            one.keys = [*one.keys, name]
            one.send_state(name)

    one.keys = [name for name in one.keys if name not in missing]
    one.observe(wanted, missing, type=All)


def _says_nothing(one: widgets.Widget, name: str) -> bool:
    if isinstance(one, widgets.Layout):
        return name not in _NAMES and getattr(one, name) is None
    return name in _EMPTY and getattr(one, name) is None


_NAMES = frozenset(widgets.Widget.class_traits(sync=True)) - {"_view_count"}


def _widgets(value: Any) -> Iterable[widgets.Widget]:
    """The widgets in a trait's value."""
    if isinstance(value, widgets.Widget):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _widgets(one)
    elif isinstance(value, dict):
        yield from _widgets(list(value.values()))
