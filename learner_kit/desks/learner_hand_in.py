"""The live form at the end of a workbook: what is still open, the declaration, the button that hands in, and the receipt."""

from __future__ import annotations

import base64
import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit.course import exchange, naming, receipts
from learner_kit.course.submission import ANSWERS, DECLARATION, Submission, inspect, pack, read_part
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, KitError
from learner_kit.forms.looks import button, form, words
from learner_kit.forms.still_open import listed
from learner_kit.moments import local, to_the_minute
from learner_kit.workbook import Workbook
from learner_kit.workbook.answers import load_answers
from learner_kit.workbook.results import Given

NUMBERLESS = words("Give your learner number at the top of this page first.", "lk-fault", "alert")
UNSIGNED = words("Read the declaration and tick it. Then press the button again.", "lk-fault", "alert")
NEWER = "You changed an answer after this was packed. Press Hand in my work again, so that the change counts."
SAME = "Nothing changed since: the file below is your work as it stands. You need not hand it in again."
EMBEDDED = 20_000_000  # bytes of a file that the page itself offers to save


@dataclass(frozen=True)
class Last:
    """The learner's last hand-in as it lies in its folder: its receipt, its answers, and what the page shows of it."""

    receipt: str
    answers: dict[str, Any]
    shown: str


class HandInForm:
    """The form; `face` is what the page shows."""

    def __init__(self, book: Workbook):
        self.book = book
        self._asked: tuple[str, ...] = ()  # what was open when the learner was asked whether to hand in all the same
        self._told = ""  # what the last press led to
        self._done = ""  # the receipt of what was handed in on this page
        self._last: Last | None = None
        self._whose: str | None = None  # the learner whose last hand-in that is
        self.state, self.said, self.last = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.signed = widgets.Checkbox(
            value=False, description=DECLARATION, indent=False, layout=widgets.Layout(width="auto")
        )
        self.signed.add_class("lk-declaration")
        self.anyway = button("Hand in as it is", self._as_it_is, "Hand in with questions still open")
        self.anyway.layout.display = "none"
        press = button("Hand in my work", self._act, main=True)
        for one in (press, self.anyway):
            one.add_class("lk-once")
        self.face = form(self.state, self.signed, press, self.said, self.anyway, self.last)
        book.watch(self._look, name="hand-in")
        self.signed.observe(self._look, "value")
        self._look()

    def _look(self, _: Any = None) -> None:
        """Say how things stand now."""
        book, still = self.book, self.book.missing()
        if book.learner != self._whose:
            self._find()
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
        newer = self._last is not None and dict(book.answers) != self._last.answers
        mended = (self._told == NUMBERLESS and book.learner) or (self._told == UNSIGNED and self.signed.value)
        if mended or (self._told == words(SAME, "lk-kept", "status") and newer):
            self._told = ""
        self.last.value = self._last.shown if self._last else ""
        self.said.value = (words(NEWER, "lk-fault", "status") if newer and not self._asked else "") + self._told

    def _find(self) -> None:
        """Look up the last hand-in; the folder knows it, also when the page is opened anew."""
        self._whose = self.book.learner
        self._last = _last(self.book)

    def _ask(self, still: tuple[str, ...], role: str = "") -> None:
        """Ask whether to hand in with these questions still open; with none, say that there are none now."""
        self._asked = still
        self.anyway.layout.display = None if still else "none"
        yet = "Not handed in again yet." if self._last else "Nothing is handed in yet."
        if not still:
            self._told = words(f"{yet} Every question is answered now: press Hand in my work.", "lk-kept", role)
            return
        lead = f"{yet} {_open(len(still))} still open:"
        how = "Each line leads to its question. Answer what you can, then press Hand in my work again. Or hand in now:"
        self._told = words(lead, "lk-fault", role) + listed(self.book, still) + words(how, "lk-takes")

    def _as_it_is(self) -> None:
        if self._asked:  # the second press of a double click comes when it is handed in already
            self._act(as_it_is=True)

    def _act(self, as_it_is: bool = False) -> None:
        self._find()
        self._told = self._pressed(as_it_is)
        self._look()

    def _pressed(self, as_it_is: bool) -> str:
        """Hand in, or say why not."""
        book = self.book
        if not book.learner or not book.on_disk or book.path is None:
            return words(book.notice, "lk-fault", "alert") if book.notice else NUMBERLESS
        if not self.signed.value:
            return UNSIGNED
        last = self._last
        same = last is not None and last.receipt == self._done and last.answers == dict(book.answers)
        still = () if same else book.missing()
        if still and not (as_it_is and set(still) <= set(self._asked)):
            self._ask(still, "alert")
            return self._told
        self._asked = ()
        self.anyway.layout.display = "none"
        if same:
            return words(SAME, "lk-kept", "status")
        try:
            self._done, said = _hand_in(book, book.path.parent, book.learner)
            return words(said, "lk-kept", "status")
        except (KitError, DataError) as error:
            return words(str(error), "lk-fault", "alert")
        finally:
            self._find()


def _hand_in(book: Workbook, folder: Path, learner: str) -> tuple[str, str]:
    """Pack a workbook and, on a hub, hand it in; gives the receipt, and what the page says then."""
    try:
        packed = pack(folder, book.name, learner, folder / "handed-in", declared=True)
    except OSError as error:
        raise KitError(f"It could not be packed: {error.strerror}. Nothing was handed in.") from None
    done = "Your work is packed. Give this file to your facilitator, and keep the receipt."
    if (joined := exchange.joined()) is not None:
        at = local(exchange.hand_in(joined, packed.path, book.name).at)
        done = f"Handed in to {joined.course} at {at:%H:%M} SAST. Keep the receipt."
    return packed.receipt, done


def _last(book: Workbook) -> Last | None:
    """The newest hand-in of this learner in the workbook's folder that can be read; None where there is none."""
    if book.path is None or not book.learner:
        return None
    folder = book.path.parent
    for path in sorted((folder / "handed-in").glob(f"{book.learner}-{book.name}-*.zip"), reverse=True):
        with suppress(KitError, DataError, OSError):
            held = inspect(path)
            if (held.learner, held.workbook) == (book.learner, book.name):
                answers = load_answers(read_part(path, ANSWERS)).answers
                return Last(held.receipt, dict(Given(answers)), _shown(held, path, folder))
    return None


def _shown(held: Submission, path: Path, folder: Path) -> str:
    """A hand-in with its time, its receipt and its file."""
    at = f"{long_date(local(held.made_at).date())}, {local(held.made_at):%H:%M} SAST"
    if exchange.joined() is None or exchange.note(path).is_file():
        when = words(f"Last hand-in: {at}", "lk-prompt")
    else:
        when = words(f"Packed {at}, but perhaps not handed in: press Hand in my work again.", "lk-fault")
    where = (
        f"{path.name}, {len(held.parts) + 1} files with the list of them (manifest.json), in the folder {path.parent}"
    )
    return (
        words(naming.of_notebook(folder / f"{held.workbook}.ipynb"), "lk-prompt")
        + when
        + _receipt(held.receipt, held.learner, held.workbook, held.made_at)
        + words(where, "lk-takes")
        + _to_save(path)
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
