"""Charts of what happens over time and of what goes together: Pareto, trend with its band, scatter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from learner_kit.checks import has_columns
from learner_kit.plots.canvas import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    QUIET,
    RED,
    SKY,
    SMALL,
    canvas,
    drawn,
    finish,
    listed,
    nothing,
    numbers,
    percent,
    plain,
    wrapped,
)
from learner_kit.reading import write_number

CAUSES = 15  # bars of a Pareto chart; the rest stand in one


@drawn
def pareto(
    table: pd.DataFrame,
    title: str = "What matters most",
    name: str | None = None,
    value: str | None = None,
    cut: float = 0.8,
    ax: Axes | None = None,
) -> Axes:
    """Draw items from the largest to the smallest, with the share they reach together.

    Args:
        table: one row an item, as `trends.pareto` gives them: a column of names and a column of counts or money (0 or
            more). Rows need not be sorted.
        title: what was counted.
        name, value: those two columns; without them, the first column of text and the first column of numbers.
        cut: the share of the total (0 to 1) up to which items count as the vital few; they are hatched.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or a value that is not a number of 0 or more.

    Example:
        >>> causes = pd.DataFrame({"cause": ["Late", "Damaged", "Rude"], "count": [70, 20, 10]})
        >>> pareto(causes).alt.replace("\\xa0", " ")
        'What matters most. Pareto chart, total 100: Late 70 (70 % together), Damaged 20 (90 %), Rude 10 (100 %).'
    """
    name, value = _columns(table, name, value)
    held = numbers(table, [value], "the table of items", low=0)
    has_columns(held, [name], "the table of items")
    held = held.dropna(subset=[value]).sort_values(value, ascending=False, kind="stable")
    ax = canvas(ax, 1.5 + 0.33 * min(len(held), CAUSES + 1))
    if held.empty:
        return nothing(ax, title, "Pareto chart")
    total = held[value].sum()
    names, values = [wrapped(one, 30) for one in held[name].head(CAUSES)], list(held[value].head(CAUSES))
    spoken = [plain(one) for one in held[name].head(CAUSES)]
    rest = held[value].iloc[CAUSES:]
    if len(rest):
        spoken.append(f"{len(rest)} others")
        names, values = [*names, f"{len(rest)} others"], [*values, rest.sum()]
    together = np.cumsum(values) / (total or 1) * 100
    before = together - np.array(values) / (total or 1) * 100
    vital = [bool(total) and start < cut * 100 - 1e-9 for start in before]
    places = range(len(values))
    bars = ax.barh(places, values, height=0.7, color=[SKY if few else PALE for few in vital], edgecolor=QUIET)
    for bar, few in zip(bars, vital, strict=True):
        bar.set_hatch("//" if few else "")
    longest = max(values) or 1
    for place, one in enumerate(values):
        ax.annotate(write_number(one), (one, place), (5, 0), textcoords="offset points", va="center", fontsize=SMALL)
    ax.set_yticks(list(places), names)
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.set_xlim(0, longest * 1.75)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    # The line of shares runs beside the bars: 0 % where the longest bar's number ends, 100 % at the right edge.
    across = longest * (1.22 + 0.48 * together / 100)
    ax.plot(across, places, color=RED, marker="o", markersize=5, linewidth=1.5)
    at_cut = longest * (1.22 + 0.48 * cut)
    ax.axvline(at_cut, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
    for place, share in enumerate(together):
        ax.annotate(percent(share, 0), (1, place), (6, 0), ("axes fraction", "data"), "offset points", va="center", fontsize=SMALL)
    return ax
