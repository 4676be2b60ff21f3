"""The self-audit of customer focus as a live form: rate each statement before and after, and see where to begin.

audit(book, "so2-ac4-care-audit")
"""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from learner_kit.faces import Face
from learner_kit.forms.lists import Grid
from learner_kit.forms.looks import lay, markup, within
from learner_kit.forms.sparing import sparing
from learner_kit.lessons import self_audit
from learner_kit.lessons.self_audit import Audit, Part
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, table

WHEN = ("Before", "After")


@sparing
def audit(book: Workbook, id: str) -> Face:
    """Show the kit's statements on customer focus, each with a rating before and after; what they show follows at once.

    Args:
        book: a `Workbook` in which the ratings are kept.
        id: under which they are kept, beginning with its criterion; each part adds its own key to it.

    Returns:
        A form. "After" may stay empty until there is something to compare.
    """
    held = self_audit.load()
    grids = {part.key: _grid(book, f"{id}-{part.key}", part, held) for part in held.parts}
    shown = markup()

    def refresh(changed: str | None = None) -> None:
        if changed is not None and not changed.startswith(f"{id}-"):
            return
        if changed is not None:
            for grid in grids.values():
                grid.refresh()
        given = {when: _given(grids, held, when) for when in WHEN}
        found = self_audit.outcome(held, given["Before"], given["After"])
        rated = any(one.now for one in found.ratings)
        shown.value = framed(escape(found.says), live=True) + (self_audit.chart(held, found).html if rated else "")

    book.watch(refresh, ("audit", id))
    refresh()
    plain = f"A self-audit of {len(held.items)} statements, rated before and after on a scale: {', '.join(held.scale)}."
    takes = lay(
        "lk-takes", f"Rate what is, not what should be: {', '.join(held.scale)}. Leave the second column for later."
    )
    return Face([takes, *(grid.face for grid in grids.values()), shown], plain)


def _grid(book: Workbook, id: str, part: Part, held: Audit) -> Grid:
    options = [str(rating) for rating in range(1, len(held.scale) + 1)]
    question = table(id, f"{part.title}.", dict.fromkeys(WHEN, options), rows=[item.says for item in part.items])
    book.ask(question)
    grid = Grid(book, question)
    grid.hint.layout.display = "none"  # the form says it once, above both parts
    wide = widgets.Layout(width="100%")
    for one in within(grid.face):
        if isinstance(one, widgets.GridBox):
            one.layout.grid_template_columns = "minmax(12rem, 1fr) 5.5rem 5.5rem"
        if isinstance(one, widgets.Dropdown):  # one layout for all: a page opens quicker with fewer things to send
            before, one.layout = one.layout, wide
            before.close()
    return grid


def _given(grids: dict[str, Grid], held: Audit, when: str) -> dict[str, int | None]:
    given: dict[str, int | None] = {}
    for part in held.parts:
        kept = grids[part.key].value or [{}] * len(part.items)
        given |= {
            item.key: int(row[when]) if row.get(when) else None for item, row in zip(part.items, kept, strict=True)
        }
    return given
