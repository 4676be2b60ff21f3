"""What a decision was decided on: the items of evidence as they stood then, and the hand-ins that were graded then.

A later hand-in is graded over the earlier one; what an earlier decision weighed is kept with the decision. What learners and
witnesses wrote is not: only its checks, marks and the words of markers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from learner_kit.assess.items import DOCUMENT, FORM, MARKED, QUESTION, Item


class Weighed(NamedTuple):
    """Items of evidence, and workbook → the number of the hand-in that they come from."""

    items: tuple[Item, ...]
    hand_ins: dict[str, int]


def written(items: Iterable[Item], hand_ins: Mapping[str, int]) -> str:
    """The items as they are kept with a decision; `read` gives them back.

    Example:
        >>> kept = written([Item("so1-ac3-memo", "marked", "so1", 0.8, "Good.", 10)], {"so1": 2, "so2": 1})
        >>> read(kept).hand_ins, counted(read(kept).items), read(kept).items[0].said
        ({'so1': 2}, 'marked 8/10', 'Good.')
    """
    kept = [replace(one, said="") if one.kind in (DOCUMENT, FORM) else one for one in items]
    books = {one.workbook for one in kept}
    held = {
        "hand_ins": {book: number for book, number in hand_ins.items() if book in books},
        "items": [[one.id, one.kind, one.workbook, one.share, one.said, one.out_of, one.at] for one in kept],
    }
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def read(kept: str | None) -> Weighed | None:
    """What `written` made; None of a decision that an older kit recorded."""
    if not kept:
        return None
    held: dict[str, Any] = json.loads(kept)
    return Weighed(tuple(Item(*one) for one in held["items"]), dict(held["hand_ins"]))


def said(kept: str | None) -> str:
    """What was weighed in words, such as `3 of 4 checks shown, marked 8/10 (so1, hand-in 1)`; "" where it is not kept."""
    held = read(kept)
    if held is None:
        return ""
    books = ", ".join(f"{book}, hand-in {number}" for book, number in held.hand_ins.items())
    return (counted(held.items) or "no evidence") + (f" ({books})" if books else "")


def counted(items: Iterable[Item]) -> str:
    """What there is to weigh, such as `3 of 4 checks shown, marked 8/10, 1 document`."""
    items = list(items)
    checks = [item for item in items if item.kind == QUESTION and item.share is not None]
    marks = [item.mark for item in items if item.kind == MARKED and item.share is not None]
    files = sum(item.kind == DOCUMENT for item in items)
    said = [f"{sum(item.shown for item in checks)} of {len(checks)} checks shown"] if checks else []
    said += [f"marked {' and '.join(marks)}"] if marks else []
    said += [f"{files} document{'s' if files > 1 else ''}"] if files else []
    return ", ".join(said + [item.id for item in items if item.kind == FORM])
