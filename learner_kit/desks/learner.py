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

NEWER = "You changed an answer after this was packed. Press Hand in my work again, so that the change counts."
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

    from learner_kit.course import exchange, naming
    from learner_kit.course.submission import DECLARATION, pack
    from learner_kit.errors import DataError, KitError
    from learner_kit.forms.looks import button, form, words
    from learner_kit.forms.still_open import listed
    from learner_kit.reading import SOUTH_AFRICA

    state, said = widgets.HTML(), widgets.HTML()
    numberless = words("Give your learner number at the top of this page first.", "lk-fault", "alert")
    unsigned = words("Read the declaration and tick it. Then press the button again.", "lk-fault", "alert")
    packed_with: list[tuple[str, dict[str, Any]]] = []  # the receipt that stands there, and the answers it is of
    asked: list[tuple[str, ...]] = []  # what was open when the learner was asked whether to hand in all the same
    signed = widgets.Checkbox(value=False, description=DECLARATION, indent=False, layout=widgets.Layout(width="auto"))
    signed.add_class("lk-declaration")

    def look(_: Any = None) -> None:
        still = book.missing()
        if not book.learner:
            state.value = words("First give your learner number at the top of this page.", "lk-fault")
        elif still:
            lead = words(f"{_open(len(still))} still open, of {len(book.questions)}.", "lk-takes")
            more = "<details><summary>Show them</summary>" + listed(book, still) + "</details>"
            state.value = lead + ("" if asked else more)
        else:
            state.value = words("Every question is answered.", "lk-kept")
        if asked and asked[0] != still:  # answered meanwhile: the list follows
            ask(still)
        if (said.value == numberless and book.learner) or (said.value == unsigned and signed.value):
            said.value = ""
        for receipt, answers in packed_with:
            newer = dict(book.answers) != answers
            said.value = (words(NEWER, "lk-fault", "status") if newer else "") + receipt

    def ask(still: tuple[str, ...], role: str = "") -> None:
        asked[:] = [still] if still else []
        anyway.layout.display = None if still else "none"
        said.value = (
            words(f"Nothing is handed in yet. {_open(len(still))} still open:", "lk-fault", role)
            + listed(book, still)
            + words(
                "Each line leads to its question. Answer what you can, then press Hand in my work again. Or hand in now:",
                "lk-takes",
            )
            if still
            else words(
                "Nothing is handed in yet. Every question is answered now: press Hand in my work.", "lk-kept", role
            )
        )

    def act(as_it_is: bool = False) -> None:
        packed_with.clear()
        if not book.learner or not book.on_disk or book.path is None:
            said.value = words(book.notice, "lk-fault", "alert") if book.notice else numberless
            return
        if not signed.value:
            said.value = unsigned
            return
        still = book.missing()
        if still and not (as_it_is and asked and set(still) <= set(asked[0])):
            ask(still, "alert")
            look()
            return
        asked.clear()
        anyway.layout.display = "none"
        look()
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
                at = exchange.hand_in(joined, packed.path, book.name).at.astimezone(SOUTH_AFRICA)
            except KitError as error:
                said.value = words(str(error), "lk-fault", "alert")
                return
            handed = f"Handed in to {joined.course} at {at:%H:%M} SAST. Keep the receipt."
        name, save = escape(packed.path.name, quote=True), "Save a copy of the file"
        small = packed.path.stat().st_size <= EMBEDDED  # a larger one is fetched from its folder, which is named
        content = base64.b64encode(packed.path.read_bytes()).decode() if small else ""
        said.value = (
            words(
                handed or "Your work is packed. Give this file to your facilitator, and keep the receipt.",
                "lk-kept",
                "status",
            )
            + words(naming.of_notebook(folder / f"{book.name}.ipynb"), "lk-prompt")
            + receipt_html(packed.receipt, book.learner, book.name, packed.made_at)
            + words(
                f"{packed.path.name}, {len(packed.files) + 1} files with the list of them (manifest.json), in the folder "
                f"{packed.path.parent}",
                "lk-takes",
            )
            + (f'<p><a download="{name}" href="data:application/zip;base64,{content}">{save}</a></p>' if small else "")
        )
        packed_with[:] = [(said.value, dict(book.answers))]

    anyway = button("Hand in as it is", lambda: act(as_it_is=True), "Hand in with questions still open")
    anyway.layout.display = "none"
    book.watch(look, name="hand-in")
    signed.observe(look, "value")
    look()
    return form(state, signed, button("Hand in my work", act, main=True), said, anyway)


def receipt_html(receipt: str, learner: str, workbook: str, made_at: dt.datetime) -> str:
    """The receipt as a code, in words, and as a picture that a telephone can keep."""
    from learner_kit.course import receipts
    from learner_kit.reading import SOUTH_AFRICA

    at = f"{made_at.astimezone(SOUTH_AFRICA):%Y-%m-%d %H:%M}"
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
