"""The matrix as a picture: one small square a learner and criterion, with a letter in it, so that colour is never the only sign."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from learner_kit.assess.decisions import NYC, C
from learner_kit.assess.evidence import MISSING, NO_ACTIVITY, NOT_RELEASED, READY, UNGRADED, WAITING, Standing
from learner_kit.assess.final import APPEAL, MEANS, MORE, OVERTURNED
from learner_kit.course.programme import UnitStandard

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Held = Mapping[tuple[str, str], Standing]


class Look(NamedTuple):
    """How a state is drawn; every ink stands out from its fill by 4.5:1 or more."""

    letter: str
    fill: str
    ink: str
    says: str


LOOKS = {
    C: Look("C", "#b5dfca", "#0d3b22", "Competent"),
    NYC: Look("N", "#f6c7a8", "#5c2000", "Not Yet Competent"),
    READY: Look("J", "#c5def2", "#0b3557", "ready to judge"),
    WAITING: Look("M", "#fbe9a5", "#4d3800", "waits for marking"),
    UNGRADED: Look("G", "#dcd5f2", "#2f1a5c", UNGRADED),
    MISSING: Look("·", "#eceff1", "#37424a", MISSING),
    NOT_RELEASED: Look("", "#ffffff", "#37424a", NOT_RELEASED),
    NO_ACTIVITY: Look("–", "#ffffff", "#37424a", "no activity yet"),
}
SIGNS = {OVERTURNED: "!", MORE: "?", APPEAL: "*"}  # beside the letter, in a square with a thick edge
HELD = "#7a0019"
ROWS = 30  # learners on one picture


def pictures(unit: UnitStandard, standings: Sequence[Standing]) -> list[tuple[bytes, str]]:
    """Draw the matrix, thirty learners a picture.

    Returns:
        (PNG, alternative text) for each picture; the text says how many criteria are in which state, and which decisions
        a moderator or an open appeal holds open.
    """
    learners = list(dict.fromkeys(one.learner for one in standings))
    held = {(one.learner, one.criterion): one for one in standings}
    return [_picture(unit, held, learners[start : start + ROWS]) for start in range(0, len(learners), ROWS)]


def _picture(unit: UnitStandard, held: Held, learners: Sequence[str]) -> tuple[bytes, str]:
    from learner_kit.plots.canvas import drawn

    there = [held[learner, one.id] for learner in learners for one in unit.criteria if (learner, one.id) in held]
    count = Counter(one.state for one in there)
    count[NO_ACTIVITY] += len(learners) * len(unit.criteria) - len(there)
    open_ones = {kind: [one for one in there if kind in _kinds(one)] for kind in SIGNS}
    out = io.BytesIO()
    axes = drawn(_draw)(unit, held, learners, count, {kind: len(own) for kind, own in open_ones.items() if own})
    axes.figure.savefig(out, format="png", dpi=160, metadata={"Software": None})
    said = ", ".join(f"{count[state]} {look.says}" for state, look in LOOKS.items() if count[state])
    span = f"{learners[0]} to {learners[-1]}" if len(learners) > 1 else learners[0]
    alt = f"Criterion matrix of {len(learners)} learners ({span}) and {len(unit.criteria)} criteria: {said}."
    numbers = {one.id: one.number for one in unit.criteria}
    for kind, own in open_ones.items():
        named = ", ".join(f"{one.learner} on {numbers[one.criterion]}" for one in own)
        alt += f" {MEANS[kind].capitalize()}: {named}." if own else ""
    return out.getvalue(), alt


def _kinds(one: Standing) -> list[str]:
    return [kind for kind in SIGNS if any(hold.kind == kind for hold in one.holds)]


def _draw(
    unit: UnitStandard, held: Held, learners: Sequence[str], count: Counter[str], open_ones: Mapping[str, int]
) -> Axes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    told = [
        (look, f"{look.says}: {count[state]}") for state, look in LOOKS.items() if state != UNGRADED or count[state]
    ]
    for kind, many in open_ones.items():
        told.append((Look(SIGNS[kind], "#ffffff", HELD, ""), f"{MEANS[kind]}: {many}"))
    lines = -(-len(told) // 3)
    figure = Figure(figsize=(7.2, 1.15 + 0.21 * len(learners) + 0.26 * (lines - 2)), dpi=160)
    FigureCanvasAgg(figure)
    axes, high = figure.add_axes((0.11, 0.0, 0.885, 1.0)), len(learners)
    for row, learner in enumerate(learners):
        for column, one in enumerate(unit.criteria):
            standing = held.get((learner, one.id))
            look = LOOKS[standing.state if standing else NO_ACTIVITY]
            signs = "".join(SIGNS[kind] for kind in _kinds(standing)) if standing else ""
            _square(axes, look._replace(letter=look.letter + signs), column, row, 1.0, "white")
            if signs:
                _square(axes, Look("", "none", HELD, ""), column + 0.05, row + 0.07, 0.88, HELD)
    _outcomes(axes, unit, high)
    for place, (look, says) in enumerate(told):
        left, top = (place % 3) * len(unit.criteria) / 3, high + 0.6 + 1.25 * (place // 3)
        _square(axes, look, left, top, 0.9, look.ink)
        axes.text(left + 1.15, top + 0.48, says, va="center", fontsize=8.5)
    rows = [row + 0.5 for row in range(high)]
    axes.set(xlim=(0, len(unit.criteria)), ylim=(high + 0.7 + 1.25 * lines, -2.0), yticks=rows, xticks=[])
    axes.set_yticklabels(learners, fontsize=8)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return axes


def _square(axes: Axes, look: Look, left: float, top: float, size: float, edge: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((left, top), size, size, facecolor=look.fill, edgecolor=edge, linewidth=1.0))
    middle = (left + size / 2, top + 0.54 * size)
    axes.text(*middle, look.letter, ha="center", va="center", fontsize=8, color=look.ink)


def _outcomes(axes: Axes, unit: UnitStandard, high: int) -> None:
    """The criteria's numbers over the columns, and a line between one outcome and the next."""
    column, bold = 0, {"ha": "center", "va": "center", "fontsize": 9, "weight": "bold"}
    for one in unit.outcomes:
        if column:
            axes.plot([column, column], [-1.7, high], color="#1b2733", linewidth=1.1)
        axes.text(column + len(one.criteria) / 2, -1.45, one.id.upper(), **bold)
        for place, criterion in enumerate(one.criteria):
            axes.text(column + place + 0.5, -0.5, criterion.number, ha="center", va="center", fontsize=8)
        column += len(one.criteria)
