"""The small pieces desks are made of: parts of a page, tables, links, and the line that says what an action did."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import ipywidgets as widgets

from learner_kit.errors import DataError, Fault, KitError
from learner_kit.forms.looks import style
from learner_kit.shown import framed

NOT_LIVE = "This part of the desk is a live form. Open this notebook as a page, or run it, to use it."
EARLIER = "Before you changed the form:"
_acting: list[Any] = []  # the actions that run now, the innermost last
KINDS = {".pdf": "application/pdf", ".csv": "text/csv", ".zip": "application/zip"}


class Cell(NamedTuple):
    """A cell of a table: what it says, its look, and where it leads."""

    says: str
    look: str = ""
    link: str = ""


@cache
def _style() -> str:
    return f"<style>{Path(__file__).with_name('desks.css').read_text(encoding='utf-8')}</style>"


class Part(widgets.VBox):
    """One part of a desk. Where nothing is live (a stored notebook, print) a plain sentence stands, never a cohort's data."""

    words = NOT_LIVE

    def watch(self, one: widgets.Widget) -> None:
        """Mark what the part said as earlier when somebody changes a field below `one`, now or later in it."""
        if isinstance(one, widgets.Box):
            one.observe(self._grown, "children")
            for child in one.children:
                self.watch(child)
        elif isinstance(one, Line):
            self._lines = (*self._lines, one.said)
        elif not isinstance(one, widgets.HTML | widgets.IntProgress) and one.has_trait("value"):
            one.observe(self._changed, "value")

    _lines: tuple[Said, ...] = ()

    def _grown(self, change: Any) -> None:
        for child in change["new"]:
            self.watch(child)

    def _changed(self, _: Any) -> None:
        if not _acting:  # what an action changes itself is what its message is about
            for said in self._lines:
                said.age()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = super()._repr_mimebundle_(**kwargs)
        bundle = data[0] if isinstance(data, tuple) else data
        if bundle:
            bundle["text/plain"] = self.words
        return data


def part(*children: widgets.Widget) -> Part:
    """One part of a desk, with the looks of a form."""
    looks = widgets.HTML(style() + _style(), layout=widgets.Layout(display="none"))
    made = Part((looks, *children))
    made.add_class("lk-form")
    made.add_class("lk-desk")
    made.watch(made)
    return made


def row(*children: widgets.Widget) -> widgets.HBox:
    """Fields and buttons side by side; they go below each other where there is no room."""
    made = widgets.HBox(children)
    made.add_class("lk-bar")
    return made


def stacked(made: widgets.Widget, width: str = "") -> Any:
    """A field with its label above it."""
    made.add_class("lk-stack")
    if width:
        made.layout.width = width
    return made


def choose(label: str, width: str = "18rem") -> widgets.Dropdown:
    """A list to choose from, still empty."""
    return stacked(widgets.Dropdown(options=[], description=label), width)


def offer(field: widgets.Dropdown, options: Sequence[tuple[str, Any]], keep: Any = None) -> None:
    """Fill a list to choose from; what was chosen stays chosen where it is still there."""
    wanted = field.value if keep is None else keep
    values = [value for _, value in options]
    field.options = options
    field.value = wanted if wanted in values else (values[0] if values else None)


def further(order: Sequence[Any], here: Any, wanted: Container[Any]) -> Any:
    """The next that is wanted, from here on and then from the top; `here` itself last; None where there is none.

    Example:
        >>> further("abcd", "c", "ab"), further("abcd", "a", "ab"), further("abcd", "a", "")
        ('a', 'b', None)
    """
    place = order.index(here) + 1 if here in order else 0
    return next((one for one in (*order[place:], *order[:place]) if one in wanted), None)


def prose(html: str = "") -> widgets.HTML:
    """Words between the fields; the HTML is the kit's own, everything else in it is escaped already."""
    made = widgets.HTML(html)
    made.add_class("lk-words")
    return made


class Line(widgets.HTML):
    """The face of a `Said`."""

    said: Said


class Said:
    """The line below an action: what it did, or in plain words why not."""

    def __init__(self) -> None:
        self.face = Line()
        self.face.said = self
        self.clear()

    def clear(self) -> None:
        self.text = self.face.value = self._held = ""

    def age(self) -> None:
        """Say that a field was changed since: what stands there is not about what stands in the form now."""
        if self._held:
            self.face.value = framed(f"<em>{EARLIER}</em> {self._held}")
            self._held = ""

    def good(self, said: str, more: str = "") -> None:
        self._show(said, more, "good")

    def note(self, said: str, more: str = "") -> None:
        self._show(said, more, "plain")

    def fault(self, said: str, faults: Iterable[Fault | str] = ()) -> None:
        lines = "".join(f"<li>{escape(str(one))}</li>" for one in faults)
        self._show(said, f"<ul>{lines}</ul>" if lines else "", "again")

    def _show(self, said: str, more: str, mood: str) -> None:
        self.text, self._held = said, f"{escape(said)}{more}"
        self.face.value = framed(self._held, mood, live=True)


def safely(said: Said, act: Callable[[], Any]) -> Callable[..., None]:
    """Make a handler whose every fault is said in place, in words, and never as a traceback."""

    def handler(*_: Any) -> None:
        _acting.append(act)
        try:
            act()
        except DataError as error:
            said.fault(f"{error.source} cannot be used as it is:", error.faults)
        except (KitError, ValueError) as error:
            said.fault(str(error))
        except OSError as error:
            place = f" ({error.filename})" if error.filename else ""
            said.fault(f"The computer says: {error.strerror or error}{place}. Try again when that is mended.")
        except Exception as error:
            logging.getLogger("learner_kit.desks").exception("A desk failed")
            said.fault(
                f"Something went wrong in the kit itself ({type(error).__name__}). What was recorded before is safe. "
                "Load the page again; if this stays, tell whoever looks after the kit."
            )
        finally:
            _acting.pop()

    return handler


def button(says: str, said: Said, act: Callable[[], Any], main: bool = False, about: str = "") -> widgets.Button:
    """A button; while its action runs it cannot be pressed again, and on the kit's pages a double click presses it once."""
    made = widgets.Button(description=says, tooltip=about or says, button_style="primary" if main else "")
    made.add_class("lk-once")
    run = safely(said, act)

    def press(_: Any) -> None:
        made.disabled = True
        try:
            run()
        finally:
            made.disabled = False

    made.on_click(press)
    return made


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]], caption: str, look: str = "") -> str:
    """A table in HTML, everything in it escaped; it scrolls by itself where it is too wide or too long.

    Args:
        headings: the names of the columns.
        rows: texts, numbers or `Cell`s; the first of a row heads it.
        caption: what the table shows.
        look: a style class of the desks.

    Example:
        >>> "&lt;b&gt;" in table(["Learner"], [["<b>"]], "Who")
        True
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    body = "".join(
        "<tr>" + "".join(_cell(one, "th" if place == 0 else "td") for place, one in enumerate(line)) + "</tr>"
        for line in rows
    )
    return (
        f'<div class="lk-scroll {look}" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(one: Any, tag: str) -> str:
    cell = one if isinstance(one, Cell) else Cell("" if one is None else str(one))
    said = escape(cell.says)
    if cell.link:
        said = link(cell.link, cell.says)
    look = f' class="{cell.look}"' if cell.look else ""
    return f"<{tag}{' scope=row' if tag == 'th' else ''}{look}>{said}</{tag}>"


def link(address: str, says: str) -> str:
    """A link that opens beside the desk, in a tab of its own."""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(says)}</a>'


def download(content: bytes | str, name: str, says: str) -> str:
    """A link with the file itself in it, so that it can be saved wherever the page is open."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    kind = KINDS.get(Path(name).suffix, "application/octet-stream")
    return (
        f'<a download="{escape(name)}" href="data:{kind};base64,{base64.b64encode(data).decode()}">{escape(says)}</a>'
    )


def base() -> str:
    """Where the server's addresses begin."""
    return os.environ.get("VOILA_BASE_URL") or os.environ.get("JUPYTERHUB_SERVICE_PREFIX") or "/"


def served(path: Path, says: str, open_it: bool = False) -> str:
    """A link to a file below the folder that the server shows; its bare path where the server does not reach it.

    Learners' files are always saved, never opened: what is in them is not run in the kit's own page.
    """
    root = os.environ.get("LEARNER_KIT_ROOT")
    try:
        inside = path.resolve().relative_to(Path(root or "").resolve()).as_posix() if root else ""
    except ValueError:
        inside = ""
    if not inside:
        return f"{escape(says)} ({escape(str(path))})"
    address = f"{base()}files/{quote(inside)}"
    return link(address, says) if open_it else f'<a href="{escape(address)}?download=1" download>{escape(says)}</a>'
