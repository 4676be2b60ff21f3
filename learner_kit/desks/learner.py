"""Handing a workbook in, from its own page: what is still open, the declaration, one button, and a receipt."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from learner_kit.workbook import Workbook, marked

if TYPE_CHECKING:
    import ipywidgets

EMBEDDED = 20_000_000  # bytes of a file that the page itself offers to save


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
    import ipywidgets as widgets

    from learner_kit.course import exchange
    from learner_kit.course.submission import DECLARATION, pack
    from learner_kit.errors import DataError, KitError
    from learner_kit.forms.looks import button, form, short, words

    state, said = widgets.HTML(), widgets.HTML()
    sure: list[str] = []  # what was still open when the learner was asked whether to hand in all the same
    signed = widgets.Checkbox(value=False, description=DECLARATION, indent=False, layout=widgets.Layout(width="auto"))
    signed.add_class("lk-declaration")

    def look(_: Any = None) -> None:
        if not book.learner:
            state.value = words("First give your learner number at the top of this page.", "lk-fault")
        elif still := book.missing():
            items = "".join(f"<li>{escape(short(book.questions[id].prompt))}</li>" for id in still)
            lead = f"{len(still)} of {len(book.questions)} questions are still open. You may hand in all the same."
            state.value = (
                words(lead, "lk-takes")
                + f"<details><summary>Show them</summary><ul class='lk-open'>{items}</ul></details>"
            )
        else:
            state.value = words("Every question is answered.", "lk-kept")

    def act() -> None:
        if not book.learner or not book.on_disk or book.path is None:
            said.value = words(
                book.notice or "Give your learner number at the top of this page first.", "lk-fault", "alert"
            )
            return
        if not signed.value:
            said.value = words("Read the declaration and tick it. Then press the button again.", "lk-fault", "alert")
            return
        if (still := tuple(book.missing())) and sure != list(still):
            sure[:] = still
            items = "".join(f"<li>{escape(short(book.questions[id].prompt))}</li>" for id in still)
            said.value = (
                words(f"Nothing is handed in yet. {_open(len(still))} still open:", "lk-fault", "alert")
                + f'<ul class="lk-open">{items}</ul>'
                + words("Answer them first, or press the button again to hand in as it is.", "lk-takes")
            )
            return
        sure.clear()
        folder = book.path.parent
        try:
            packed = pack(folder, book.name, book.learner, folder / "handed-in", declared=True)
        except (KitError, DataError) as error:
            said.value = words(str(error), "lk-fault", "alert")
            return
        except OSError as error:
            said.value = words(f"It could not be packed: {error.strerror}. Nothing was handed in.", "lk-fault", "alert")
            return
        joined, handed = exchange.joined(), ""
        if joined is not None:
            try:
                at = exchange.hand_in(joined, packed.path, book.name).at.astimezone()
            except KitError as error:
                said.value = words(str(error), "lk-fault", "alert")
                return
            handed = f"Handed in to {joined.course} at {at:%H:%M}. Keep the receipt."
        name, save = escape(packed.path.name, quote=True), "Save a copy of the file"
        small = packed.path.stat().st_size <= EMBEDDED  # a larger one is fetched from its folder, which is named
        content = base64.b64encode(packed.path.read_bytes()).decode() if small else ""
        said.value = (
            words(
                handed or "Your work is packed. Give this file to your facilitator, and keep the receipt.",
                "lk-kept",
                "status",
            )
            + receipt_html(packed.receipt, book.learner, book.name, packed.made_at)
            + words(f"{packed.path.name}, {len(packed.files)} files, in the folder {packed.path.parent}", "lk-takes")
            + (f'<p><a download="{name}" href="data:application/zip;base64,{content}">{save}</a></p>' if small else "")
        )

    book.watch(look, name="hand-in")
    look()
    return form(state, signed, button("Hand in my work", act, main=True), said)


def receipt_html(receipt: str, learner: str, workbook: str, made_at: dt.datetime) -> str:
    """The receipt as a code, in words, and as a picture that a telephone can keep."""
    from learner_kit.course import receipts

    at = f"{made_at.astimezone():%Y-%m-%d %H:%M}"
    picture = base64.b64encode(receipts.png(receipts.said(receipt, learner, workbook, at), scale=4)).decode()
    named = f"QR code of the receipt {receipt}"
    return (
        f'<p class="lk-prompt">Receipt: <strong>{escape(receipt)}</strong><br>'
        f"In words: <strong>{escape(receipts.words(receipt))}</strong></p>"
        f'<p><img alt="{escape(named)}" style="width:9rem;height:9rem" src="data:image/png;base64,{picture}"></p>'
        "<p>Take a picture of it, or copy the words. Your facilitator's list shows the same ones.</p>"
    )


def _open(count: int) -> str:
    return f"{count} question is" if count == 1 else f"{count} questions are"
