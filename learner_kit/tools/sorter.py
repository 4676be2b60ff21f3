"""A pile of cards to sort: what somebody does, and which group that belongs to.

sorter({"Loyal": "comes back again and again", "Discount": "comes for a lower price"},
       [card("Buys bread here every morning.", "Loyal", "Every morning is again and again.")], title="Which type?")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from learner_kit.documents.text import ended
from learner_kit.faces import Face, both_or_neither
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, choices


class Card(NamedTuple):
    """One card: what it says, the group it belongs to, and why; `card` makes it."""

    says: str
    group: str
    why: str


def card(says: str, group: str, why: str) -> Card:
    """A card of a sorter: what it says, its group, and the sign to look for (read after a right answer)."""
    return Card(says, group, why)


@sparing
def sorter(
    groups: Mapping[str, str],
    cards: Sequence[Card],
    title: str = "Sort the cards",
    book: Workbook | None = None,
    id: str | None = None,
) -> Face:
    """Let a learner put cards into groups, one card at a time; a wrong group says why, a right one goes on.

    Args:
        groups: each group with its sign, in a few words that finish the sentence "this type …".
        cards: made with `card`; each names one of the groups.
        title: stands above the cards.
        book: a `Workbook` in which the cards already sorted are kept, so that one can go on another day.
        id: under which they are kept, beginning with the criterion: `so2-ac1-behaviour-cards`.

    Returns:
        A form: the card, a button for each group, and a list of what is sorted.

    Raises:
        ValueError: for fewer than two groups or cards, cards alike, a card of no group, or a book without an id.

    Example:
        >>> sorter({"Cat": "purrs", "Dog": "barks"}, [card("Tom", "Cat", "He purrs."), card("Rex", "Dog", "He barks.")])
        Sort the cards. Groups: Cat (purrs); Dog (barks). Cards: Tom; Rex.
    """
    if len(groups) < 2 or len(cards) < 2 or len({one.says for one in cards}) < len(cards):
        raise ValueError("groups and cards must be two or more each, and no two cards alike.")
    strange = sorted({one.group for one in cards} - set(groups))
    if strange:
        raise ValueError(f"cards must name one of the groups: {', '.join(groups)}; not {', '.join(strange)}.")
    both_or_neither(book, id, "so2-ac1-behaviour-cards")
    pile = _Pile(groups, cards, book, id, title)
    said = "; ".join(f"{name} ({sign})" for name, sign in groups.items())
    plain = f"{ended(title)} Groups: {said}. Cards: {'; '.join(one.says for one in cards)}"
    return Face([lay("lk-prompt", title), *pile.parts], plain.rstrip(".") + ".")


class _Pile:
    """The cards still to be sorted, and what the learner sees of them."""

    def __init__(
        self, groups: Mapping[str, str], cards: Sequence[Card], book: Workbook | None, id: str | None, title: str
    ):
        self.groups, self.cards, self.book, self.id = groups, list(cards), book, id
        self.done: list[str] = []
        self.tries: dict[str, int] = {}
        if book is not None and id:
            book.ask(choices(id, title, options=[one.says for one in self.cards]))
            kept = book.answers[id]
            self.done = [one.says for one in self.cards if isinstance(kept, list) and one.says in kept]
        self.shown, self.said, self.list = markup(), markup(), markup()
        self.buttons = [button(name, partial(self._put, name), f"This is: {name}") for name in groups]
        self.later = button("Leave this card for later", self._later)
        self.again = button("Start again", self._again)
        choose = box(*self.buttons, look="lk-row", across=True)
        choose.layout = widgets.Layout(flex_flow="row wrap")
        self.parts = [
            self.shown,
            choose,
            self.said,
            box(self.later, self.again, look="lk-line", across=True),
            self.list,
        ]
        self.waiting = [one for one in self.cards if one.says not in self.done]
        self._draw()

    def _put(self, name: str) -> None:
        if not self.waiting:
            return
        one = self.waiting[0]
        self.tries[one.says] = self.tries.get(one.says, 0) + 1
        if name != one.group:
            self.said.value = framed(
                f"✘ Not {escape(name)}: that type {escape(self.groups[name])}. Does this card show that? Try again.",
                "again",
                live=True,
            )
            return
        self.said.value = framed(f"✔ “{escape(one.says)}” Yes, {escape(name)}. {escape(one.why)}", "good", live=True)
        self.waiting = self.waiting[1:]
        self.done.append(one.says)
        self._keep()
        self._draw()

    def _later(self) -> None:
        self.waiting = self.waiting[1:] + self.waiting[:1]
        self.said.value = ""
        self._draw()

    def _again(self) -> None:
        self.done, self.tries, self.waiting = [], {}, list(self.cards)
        self.said.value = ""
        self._keep()
        self._draw()

    def _keep(self) -> None:
        if self.book is not None and self.id:
            self.book.set(self.id, [one.says for one in self.cards if one.says in self.done] or None)

    def _draw(self) -> None:
        left, of = len(self.waiting), len(self.cards)
        for one in self.buttons:
            one.disabled = not left
        self.later.disabled = left < 2
        self.again.disabled = left == of
        if left:
            count = f"Card {of - left + 1} of {of}"
            self.shown.value = framed(f"{count}: <strong>{escape(self.waiting[0].says)}</strong>", live=True)
        else:
            first = sum(tries == 1 for tries in self.tries.values())
            much = f" You had {first} of {of} right at once." if len(self.tries) == of else ""
            self.shown.value = framed(f"<strong>All {of} cards are sorted.</strong>{much}", "good", live=True)
        rows = [
            (name, [one.says for one in self.cards if one.group == name and one.says in self.done])
            for name in self.groups
        ]
        lines = "".join(
            f"<li><strong>{escape(name)}</strong>: {escape(' · '.join(said))}</li>" for name, said in rows if said
        )
        self.list.value = f"<ul>{lines}</ul>" if lines else ""
