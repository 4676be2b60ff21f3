"""Cards to sort into groups: the learner puts each in a group, checks, and reads why.

    sorting("Reasons", ["Positive", "Negative"], [card("Thank a customer", "Positive", "Good news for both.")])
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, table


class Card(NamedTuple):
    """Something to sort: what it says, the group it belongs to, and why; `card` makes it."""

    says: str
    group: str
    why: str


def card(says: str, group: str, why: str) -> Card:
    """A card, the group it belongs to, and why: read once the card was sorted, rightly or not."""
    return Card(says, group, why)


def sorting(
    prompt: str, groups: Sequence[str], cards: Sequence[Card], book: Workbook | None = None, id: str | None = None
) -> Face:
    """Let a learner sort cards into groups; the answers open only after an attempt.

    Args:
        prompt: what is to be sorted, and how.
        groups: two or more names of groups.
        cards: two or more, from `card(...)`.
        book: a `Workbook` in which the groups chosen are kept.
        id: under which they are kept, beginning with its criterion: `so3-ac3-reasons`.

    Returns:
        A form with a button to check what is sorted so far, and one that shows all answers once something was checked.

    Raises:
        ValueError: for fewer than two groups or cards, two alike, a card of no group, or a book without an id.

    Example:
        >>> sorting("Which way?", ["Up", "Down"], [card("Sky", "Up", "Look."), card("Earth", "Down", "Look.")])
        Which way? Groups: Up; Down. Cards to sort: Sky; Earth.
    """
    says = [one.says for one in cards]
    if min(len(groups), len(cards)) < 2 or len(set(groups)) < len(groups) or len(set(says)) < len(says):
        raise ValueError("groups and cards must be two or more, all different.")
    if strange := [one.says for one in cards if one.group not in groups]:
        raise ValueError(f"cards must belong to one of the groups; not so: {', '.join(strange)}.")
    if (book is None) != (id is None):
        raise ValueError("book and id must be given together, for example book=book, id='so3-ac3-reasons'.")
    plain = f"{prompt} Groups: {'; '.join(groups)}. Cards to sort: {'; '.join(says)}."
    return Face(_Sorting(prompt, groups, cards, book, id).parts, plain)


class _Sorting:
    """The rows of cards, the two buttons and what is said about each card."""

    def __init__(
        self, prompt: str, groups: Sequence[str], cards: Sequence[Card], book: Workbook | None, id: str | None
    ):
        self.cards, self.book, self.id = cards, book, id
        self.inputs = [self._input(one, groups) for one in cards]
        self.said = [widgets.HTML() for _ in cards]
        rows = [
            box(box(lay("lk-item", one.says), given, look="lk-sort", across=True), said, look="lk-field")
            for one, given, said in zip(cards, self.inputs, self.said, strict=True)
        ]
        for row in rows:
            row.layout = widgets.Layout(margin="0 0 0.5rem 0")
            row.children[0].layout = widgets.Layout(flex_flow="row wrap", align_items="center")
            row.children[0].children[0].layout = widgets.Layout(flex="1 1 20rem", width="auto")
        self.total = widgets.HTML()
        check = button("Check what I sorted", self._check, main=True)
        self.reveal = button("Show all answers", self._open)
        self.reveal.disabled = True
        self.parts = [lay("lk-prompt", prompt), *rows, box(check, self.reveal, look="lk-row", across=True), self.total]
        if book is not None and id is not None:
            book.ask(table(id, prompt, {"Group": list(groups)}, rows=[one.says for one in cards]))
            kept = book.answers[id]
            if kept and book.questions[id].valid(kept):
                for given, row in zip(self.inputs, kept, strict=True):
                    given.value = row.get("Group") or ""
                self._check()

    def _input(self, one: Card, groups: Sequence[str]) -> widgets.Dropdown:
        made = widgets.Dropdown(
            options=[("Choose a group", ""), *((name, name) for name in groups)],
            value="",
            description=f"Group of: {one.says}",
            layout=widgets.Layout(width="14rem", flex="0 0 auto"),
        )
        made.add_class("lk-hidden-label")
        return made

    def _check(self) -> None:
        sorted_ = [given.value for given in self.inputs]
        if not any(sorted_):
            self.total.value = framed("Choose a group for one card or more, then check.", "again", live=True)
            return
        for one, chosen, said in zip(self.cards, sorted_, self.said, strict=True):
            said.value = self._verdict(one, chosen) if chosen else ""
        right = sum(one.group == chosen for one, chosen in zip(self.cards, sorted_, strict=True))
        all_right = right == len(self.cards)
        ending = "All of them are right." if all_right else "Read why, then sort again."
        self.total.value = framed(
            f"<strong>{right} of {len(self.cards)} are right.</strong> {ending}",
            "good" if all_right else "again",
            live=True,
        )
        self.reveal.disabled = False
        if self.book is not None and self.id:
            self.book.set(self.id, [{"Group": chosen or None} for chosen in sorted_])

    def _verdict(self, one: Card, chosen: str) -> str:
        if one.group == chosen:
            return framed(f"✔ {escape(one.why)}", "good")
        return framed(f"✘ Not this group. {escape(one.why)}", "again")

    def _open(self) -> None:
        for one, said in zip(self.cards, self.said, strict=True):
            said.value = framed(f"<strong>{escape(one.group)}.</strong> {escape(one.why)}")
