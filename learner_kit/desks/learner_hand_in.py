"""The live form at the end of a workbook: what is still open, the declaration, the button that hands in, and the receipt."""

from __future__ import annotations

import base64
import datetime as dt
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit.course import exchange, naming, receipts
from learner_kit.course.submission import DECLARATION, pack
from learner_kit.errors import DataError, KitError
from learner_kit.forms.looks import button, form, words
from learner_kit.forms.still_open import listed
from learner_kit.moments import local, to_the_minute
from learner_kit.workbook import Workbook

NUMBERLESS = words("Give your learner number at the top of this page first.", "lk-fault", "alert")
UNSIGNED = words("Read the declaration and tick it. Then press the button again.", "lk-fault", "alert")
NEWER = "You changed an answer after this was packed. Press Hand in my work again, so that the change counts."
EMBEDDED = 20_000_000  # bytes of a file that the page itself offers to save


class HandInForm:
    """The form; `face` is what the page shows."""

    def __init__(self, book: Workbook):
        self.book = book
        self._asked: tuple[str, ...] = ()  # what was open when the learner was asked whether to hand in all the same
        self._packed: tuple[str, dict[str, Any]] | None = (
            None  # the receipt that stands there, and the answers it is of
        )
        self.state, self.said = widgets.HTML(), widgets.HTML()
        self.signed = widgets.Checkbox(
            value=False, description=DECLARATION, indent=False, layout=widgets.Layout(width="auto")
        )
        self.signed.add_class("lk-declaration")
        self.anyway = button("Hand in as it is", self._as_it_is, "Hand in with questions still open")
        self.anyway.layout.display = "none"
        press = button("Hand in my work", self._act, main=True)
        self.face = form(self.state, self.signed, press, self.said, self.anyway)
        book.watch(self._look, name="hand-in")
        self.signed.observe(self._look, "value")
        self._look()

    def _look(self, _: Any = None) -> None:
        """Say how things stand now."""
        book, still = self.book, self.book.missing()
        if not book.learner:
            self.state.value = words("First give your learner number at the top of this page.", "lk-fault")
        elif still:
            lead = words(f"{_open(len(still))} still open, of {len(book.questions)}.", "lk-takes")
            more = "<details><summary>Show them</summary>" + listed(book, still) + "</details>"
            self.state.value = lead + ("" if self._asked else more)
        else:
            self.state.value = words("Every question is answered.", "lk-kept")
        if self._asked and self._asked != still:  # answered meanwhile: the list follows
            self._ask(still)
        if (self.said.value == NUMBERLESS and book.learner) or (self.said.value == UNSIGNED and self.signed.value):
            self.said.value = ""
        if self._packed:
            receipt, answers = self._packed
            self.said.value = (words(NEWER, "lk-fault", "status") if dict(book.answers) != answers else "") + receipt

    def _ask(self, still: tuple[str, ...], role: str = "") -> None:
        """Ask whether to hand in with these questions still open; with none, say that there are none now."""
        self._asked = still
        self.anyway.layout.display = None if still else "none"
        if not still:
            said = "Nothing is handed in yet. Every question is answered now: press Hand in my work."
            self.said.value = words(said, "lk-kept", role)
            return
        lead = f"Nothing is handed in yet. {_open(len(still))} still open:"
        how = "Each line leads to its question. Answer what you can, then press Hand in my work again. Or hand in now:"
        self.said.value = words(lead, "lk-fault", role) + listed(self.book, still) + words(how, "lk-takes")

    def _as_it_is(self) -> None:
        self._act(as_it_is=True)

    def _act(self, as_it_is: bool = False) -> None:
        book, self._packed = self.book, None
        if not book.learner or not book.on_disk or book.path is None:
            self.said.value = words(book.notice, "lk-fault", "alert") if book.notice else NUMBERLESS
            return
        if not self.signed.value:
            self.said.value = UNSIGNED
            return
        still = book.missing()
        if still and not (as_it_is and self._asked and set(still) <= set(self._asked)):
            self._ask(still, "alert")
            self._look()
            return
        self._asked = ()
        self.anyway.layout.display = "none"
        self._look()
        try:
            self.said.value = _hand_in(book, book.path.parent, book.learner)
        except (KitError, DataError) as error:
            self.said.value = words(str(error), "lk-fault", "alert")
            return
        self._packed = (self.said.value, dict(book.answers))


def _hand_in(book: Workbook, folder: Path, learner: str) -> str:
    """Pack a workbook and, on a hub, hand it in; gives what the page says then."""
    try:
        packed = pack(folder, book.name, learner, folder / "handed-in", declared=True)
    except OSError as error:
        raise KitError(f"It could not be packed: {error.strerror}. Nothing was handed in.") from None
    done = "Your work is packed. Give this file to your facilitator, and keep the receipt."
    if (joined := exchange.joined()) is not None:
        at = local(exchange.hand_in(joined, packed.path, book.name).at)
        done = f"Handed in to {joined.course} at {at:%H:%M} SAST. Keep the receipt."
    where = (
        f"{packed.path.name}, {len(packed.files) + 1} files with the list of them (manifest.json), in the folder "
        f"{packed.path.parent}"
    )
    return (
        words(done, "lk-kept", "status")
        + words(naming.of_notebook(folder / f"{book.name}.ipynb"), "lk-prompt")
        + _receipt(packed.receipt, learner, book.name, packed.made_at)
        + words(where, "lk-takes")
        + _to_save(packed.path)
    )


def _receipt(receipt: str, learner: str, workbook: str, made_at: dt.datetime) -> str:
    """The receipt as a code, in words, and as a picture that a telephone can keep."""
    said = receipts.said(receipt, learner, workbook, to_the_minute(made_at))
    picture = base64.b64encode(receipts.png(said, scale=4)).decode()
    named = f"QR code of the receipt {receipt}"
    return (
        f'<p class="lk-prompt">Receipt: <strong>{escape(receipt)}</strong><br>'
        f"In words: <strong>{escape(receipts.words(receipt))}</strong></p>"
        f'<p><img alt="{escape(named)}" style="width:9rem;height:9rem" src="data:image/png;base64,{picture}"></p>'
        "<p>Take a picture of it, or copy the words. Your facilitator's list shows the same ones.</p>"
    )


def _to_save(path: Path) -> str:
    """A link that saves a copy of the file; a large one is fetched from its folder, which is named."""
    if path.stat().st_size > EMBEDDED:
        return ""
    name, content = escape(path.name, quote=True), base64.b64encode(path.read_bytes()).decode()
    return f'<p><a download="{name}" href="data:application/zip;base64,{content}">Save a copy of the file</a></p>'


def _open(count: int) -> str:
    return f"{count} question is" if count == 1 else f"{count} questions are"
