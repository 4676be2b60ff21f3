"""Points to move, while the correlation and what may be said of it follow.

correlation_form({"Product A": (calls, sold)}, "Calls", "Sold")
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import ipywidgets as widgets
import pandas as pd

from learner_kit import plots, trends
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import PAIRS
from learner_kit.plots.canvas import RED
from learner_kit.reading import write_number
from learner_kit.shown import framed, table
from learner_kit.tools.controls import grid, pick
from learner_kit.tools.own_data import own_data

TITLE = "Move the points"
FEWEST = 4  # pairs a correlation takes


@sparing
def correlation_form(
    sets: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x: str,
    y: str,
) -> Face:
    """Let a learner move, add and take out points while Pearson, Spearman, the interval and the reading follow.

    Args:
        sets: points to begin with, by name: two lists of whole numbers from 0.
        x, y: what is measured across and upwards.
    """

    def own(mine: pd.DataFrame) -> Face:
        across, up = (mine.attrs["headings"][name] for name in ("x", "y"))
        return _view({mine.attrs["source"]: (list(mine["x"]), list(mine["y"]))}, across, up)

    return own_data(PAIRS, own, _view(sets, x, y), "two-numbers", least=FEWEST, most=60)


def _view(sets: Mapping[str, tuple[Sequence[float], Sequence[float]]], x: str, y: str) -> Face:
    play = _Points(sets, x, y)
    plain = (
        f"{TITLE}. Begin with one of: {', '.join(sets)}. Move a point with two sliders, add one or take one out; Pearson, "
        "Spearman, the interval and a reading follow."
    )
    return Face([lay("lk-prompt", TITLE), *play.parts], plain)


class _Points:
    """The points, the one that is being moved, and what they come to."""

    def __init__(self, sets: Mapping[str, tuple[Sequence[float], Sequence[float]]], x: str, y: str):
        self.sets, self.names, self.points = sets, (x, y), []
        self.quiet = False
        self.which_set = pick("Begin with", list(sets))
        self.which = pick("Point to move", ["1"])
        self.moves = [self._mover(name) for name in self.names]
        self.outcome = markup()
        self.add = button("Add a point", self._add)
        self.out = button("Take this point out", self._take)
        buttons = box(self.add, self.out, button("Begin again", self._begin), look="lk-row", across=True)
        self.parts = [grid(self.which_set, self.which, *self.moves, least="17rem"), buttons, self.outcome]
        self.which_set.observe(lambda _: self._begin(), "value")
        self.which.observe(lambda _: self._picked(), "value")
        for one in self.moves:
            one.observe(lambda _: self._moved(), "value")
        self._begin()

    def _mover(self, name: str) -> widgets.IntSlider:
        made = widgets.IntSlider(description=f"{name} of this point", continuous_update=False)
        made.add_class("lk-stack")
        return made

    def _begin(self) -> None:
        given = self.sets[self.which_set.value]
        self.points = [[int(one) for one in pair] for pair in zip(*given, strict=True)]
        for move, values in zip(self.moves, given, strict=True):
            self.quiet = True
            move.max = max(10, math.ceil(max(values) * 1.25 / 5) * 5)
            self.quiet = False
        self._list(len(self.points) - 1)

    def _list(self, place: int) -> None:
        """Write the list of points anew, and pick the one at this place."""
        self.quiet = True
        self.which.options = [
            (f"{row} ({self.names[0].lower()} {across}, {self.names[1].lower()} {up})", row - 1)
            for row, (across, up) in enumerate(self.points, start=1)
        ]
        self.which.value = place
        self.quiet = False
        self._picked()

    def _picked(self) -> None:
        if self.quiet:
            return
        self.quiet = True
        for move, value in zip(self.moves, self.points[self.which.value], strict=True):
            move.value = value
        self.quiet = False
        self.out.disabled = len(self.points) <= FEWEST
        self._draw()

    def _moved(self) -> None:
        if not self.quiet:
            self.points[self.which.value] = [move.value for move in self.moves]
            self._list(self.which.value)

    def _add(self) -> None:
        self.points.append([move.max // 2 for move in self.moves])
        self._list(len(self.points) - 1)

    def _take(self) -> None:
        if len(self.points) > FEWEST:
            place = self.which.value
            del self.points[place]
            self._list(min(place, len(self.points) - 1))

    def _draw(self) -> None:
        x, y = self.names
        held = pd.DataFrame(self.points, columns=[x, y])
        try:
            found = trends.correlate(held[x].tolist(), held[y].tolist())
        except ValueError:
            found = None
        ax = plots.scatter(held, x, y, title=f"{x} and {y.lower()}")
        mine = self.points[self.which.value]
        ax.scatter(*[[one] for one in mine], s=190, facecolor="none", edgecolor=RED, linewidth=2)
        ax.alt = f"{ax.alt} Ringed: point {self.which.value + 1}."
        if found is None:
            says = "All points have the same value one way: nothing can go with what does not change. Move a point."
            self.outcome.value = framed(says, "again", live=True) + plots.to_html(ax)
            return
        low, high = (write_number(end, 2) for end in found.interval)
        rows = [
            ("Points (n)", str(found.n)),
            ("Pearson's r: along a straight line", write_number(found.pearson, 2)),
            ("95 % interval of r", f"{low} to {high}"),
            ("Spearman: by rank", write_number(found.spearman, 2)),
        ]
        self.outcome.value = (
            plots.to_html(ax)
            + table([("Measure", "Value"), *rows], "How far they go together").html
            + framed(f"<strong>What may be said:</strong> {escape(found.reading)}", live=True)
        )
