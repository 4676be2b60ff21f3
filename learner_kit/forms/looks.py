"""How forms look, and the small pieces all of them are made of. What a learner typed is only ever shown escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, wraps
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets


@cache
def style() -> str:
    """The style sheet of forms, as a piece of HTML."""
    return f"<style>{Path(__file__).with_name('looks.css').read_text(encoding='utf-8')}</style>"


@cache
def sheet() -> widgets.HTML:
    """The style sheet as a widget: one for all forms of a page."""
    return widgets.HTML(style(), layout=widgets.Layout(display="none"))


@cache
def _plain() -> widgets.Style:
    """How every line of HTML stands. A page has hundreds of lines, and each style of its own would slow it down."""
    return widgets.widgets.widget_string.HTMLStyle()


@cache
def _button() -> widgets.ButtonStyle:
    """How every button stands; nothing changes it afterwards."""
    return widgets.ButtonStyle()


def markup(html: str = "", **traits: Any) -> widgets.HTML:
    """A widget that shows HTML, with the style that all of them share."""
    return widgets.HTML(html, style=_plain(), **traits)


def form(*children: widgets.Widget) -> widgets.VBox:
    """A box that carries the looks of a form."""
    made = widgets.VBox([sheet(), *children])
    made.add_class("lk-form")
    return made


def box(*children: widgets.Widget, look: str = "lk-question", across: bool = False) -> widgets.Box:
    """A box with a look, downwards or across."""
    made = widgets.HBox(children) if across else widgets.VBox(children)
    made.add_class(look)
    return made


def within(face: widgets.Widget) -> Iterator[widgets.Widget]:
    """A form's parts, at any depth, as they stand now."""
    for one in getattr(face, "children", ()):
        yield one
        yield from within(one)


def words(said: str, look: str, role: str = "", id: str = "") -> str:
    """A line of text in HTML, escaped, with its look, the role a screen reader announces it by, and a place to lead to."""
    more = (f" role={role}" if role else "") + (f' id="{id}"' if id else "")
    return f'<div class="{look}"{more}>{escape(said)}</div>' if said else ""


def lay(look: str, said: str = "", id: str = "") -> widgets.HTML:
    """An HTML widget that holds a line of text."""
    return markup(words(said, look, id=id))


def anchor(question: str) -> str:
    """The place of a question on its page, for a link that leads to it."""
    return f"q-{question}"


def button(says: str, act: Callable[[], None], about: str = "", main: bool = False) -> widgets.Button:
    """A button; `about` says more than its name where the name alone would not do."""
    made = widgets.Button(
        description=says, tooltip=about or says, button_style="primary" if main else "", style=_button()
    )
    made.on_click(lambda _: act())
    return made


def upload(says: str, accept: str, multiple: bool = False) -> widgets.FileUpload:
    """A button that takes files."""
    made = widgets.FileUpload(accept=accept, multiple=multiple, description=says, tooltip=says)
    made.add_class("lk-upload")
    return made


def clock(saved: str | None) -> str:
    """The time of a stamp, on this computer's clock: 10:42, with the date when it was another day."""
    if not saved:
        return ""
    when = datetime.fromisoformat(saved).astimezone()
    return f"{when:%H:%M}" if when.date() == datetime.now().astimezone().date() else f"{when:%Y-%m-%d %H:%M}"


def short(said: str, most: int = 70) -> str:
    """The first words of a prompt."""
    line = " ".join(said.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + " …"


def never_raises(show: Callable[[Any, str], None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a handler say in a sentence what went wrong, in place, instead of raising where nobody sees it.

    Args:
        show: called with the handler's object and the sentence.
    """

    def wrap(handler: Callable[..., None]) -> Callable[..., None]:
        @wraps(handler)
        def safe(self: Any, *given: Any) -> None:
            try:
                handler(self, *given)
            except ValueError as error:
                show(self, str(error))
            except OSError as error:
                show(
                    self,
                    f"This could not be written to disk: {error.strerror or 'the folder does not answer'}. Try again.",
                )
            except Exception as error:
                show(
                    self, f"Something went wrong here ({type(error).__name__}). What you typed still stands; try again."
                )

        return safe

    return wrap
