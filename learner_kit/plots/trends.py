"""Charts of what happens over time and of what goes together: Pareto, trend with its band, scatter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from learner_kit.checks import fraction, has_columns, kind, single
from learner_kit.documents.text import MONTHS, spoken
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
    many,
    nothing,
    numbers,
    percent,
    plain,
    short,
    wrapped,
)

if TYPE_CHECKING:
    from learner_kit.trends import Correlation, Trend

CAUSES = 15  # bars of a Pareto chart; the rest stand in one


@drawn
def pareto(
    table: pd.DataFrame,
    title: str = "What matters most",
    name: str = "cause",
    value: str = "count",
    cut: float = 0.8,
    ax: Axes | None = None,
) -> Axes:
    """Draw items from the largest to the smallest, with the share they reach together.

    Args:
        table: one row an item, as `trends.pareto` gives them: a column of names and a column of counts or money (0 or
            more). Rows need not be sorted; what its column `vital` marks, if there is one, is hatched.
        title: what was counted.
        name, value: those two columns.
        cut: the share of the total (0 to 1) that the vital few make up; a broken line marks it.
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
    cut = fraction("cut", single("cut", cut))
    held = numbers(table, [value], "the table of items", low=0)
    has_columns(held, [name], "the table of items")
    held = held.dropna(subset=[value]).sort_values(value, ascending=False, kind="stable")
    tall = sum(wrapped(one, 30).count("\n") for one in held[name].head(CAUSES))
    ax = canvas(ax, 1.5 + 0.33 * min(len(held), CAUSES + 1) + 0.12 * tall)
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
    if "vital" in held:
        vital = [bool(one) for one in held["vital"].head(CAUSES)]
    vital = vital[:CAUSES] + [False] * bool(len(rest))
    places = range(len(values))
    bars = ax.barh(places, values, height=0.7, color=[SKY if few else PALE for few in vital], edgecolor=QUIET)
    for bar, few in zip(bars, vital, strict=True):
        bar.set_hatch("//" if few else "")
    longest = max(values) or 1
    for place, one in enumerate(values):
        ax.annotate(short(one), (one, place), (5, 0), textcoords="offset points", va="center", fontsize=SMALL)
    ax.set_yticks(list(places), names)
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.set_xlim(0, longest * 1.75)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    _shares_together(ax, together, cut, longest)
    note = (
        f"Hatched: the few that make up {percent(100 * cut, 0)} of the total. The line shows the share reached together"
    )
    parts = [
        f"{one} {short(amount)} ({percent(share)}{' together' if place == 0 else ''})"
        for place, (one, amount, share) in enumerate(zip(spoken, values, together, strict=True))
    ]
    return finish(ax, title, f"Pareto chart, total {short(total)}: {listed(parts, CAUSES + 1)}.", note)


def _shares_together(ax: Axes, together: np.ndarray, cut: float, longest: float) -> None:
    """The line of shares: beside the bars, from 0 % where the longest bar's number ends to 100 % at the right edge."""
    room = longest * 1.25, longest * 1.7
    across = room[0] + (room[1] - room[0]) * together / 100
    at_cut = room[0] + (room[1] - room[0]) * cut
    ax.axvline(at_cut, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
    ax.plot(across, range(len(together)), color=RED, marker="o", markersize=5, linewidth=1.5)
    close = any(round(share) == round(100 * cut) and abs(share - 100 * cut) > 0.05 for share in together)
    for place, share in enumerate(together):
        ax.annotate(
            percent(share, 1 if close else 0),  # 79,6 % must not read as the 80 % that it is not
            (1, place),
            (6, 0),
            ("axes fraction", "data"),
            "offset points",
            va="center",
            fontsize=SMALL,
        )


@drawn
def trend(
    series: pd.Series | pd.DataFrame,
    found: Trend | None = None,
    title: str = "How it went",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw values over time, with the moving average and the trend line in its band when a trend was looked for.

    Args:
        series: the values in the order of time, their dates or periods as index; or a table with the columns `period`
            and `value`. Missing values leave a gap.
        found: what `trends.trend` found in the same series. The line then rises or falls by Sen's slope through the
            middle of the values; the band shows the 95 % interval of that slope.
        title: what was measured.
        unit: what the values are, for the axis.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or text where a number should be.

    Example:
        >>> trend(pd.Series([12, 14], index=["Week 1", "Week 2"]), title="Calls a week").alt
        'Calls a week. Line chart of 2 values from Week 1 to Week 2: lowest 12 (Week 1), highest 14 (Week 2), last 14.'
    """
    kinds = (pd.Series, pd.DataFrame, np.ndarray, list, tuple)
    kind("series", series, kinds, "a Series, a list, or a table with the columns period and value")
    kind("unit", unit, str, "a text")
    _found(found, "Trend")
    if isinstance(series, pd.DataFrame):
        has_columns(series, ["period", "value"], "the series")
        series = series.set_index("period")["value"]
    values = numbers(pd.Series(series).to_frame("value").reset_index(drop=True), ["value"], "the series")["value"]
    ax = canvas(ax, 4.1 if found is not None else 3.7)
    if values.dropna().empty:
        return nothing(ax, title, "Line chart")
    periods = [plain(_period(one)) for one in pd.Series(series).index]
    places = np.arange(len(values))
    if found is not None:
        _trend_lines(ax, places, values, found)
    dot = "o" if len(values) <= 80 else None
    ax.plot(places, values, color=INK, marker=dot, markersize=4, linewidth=1, label="value")
    if values.max() == values.min():
        ax.set_ylim(*((-0.1, 1) if values.max() == 0 else sorted((0, values.max() * 1.3))))
    _time_axis(ax, periods)
    _tidy(ax, "y", values)
    ax.set_ylabel(wrapped(unit, 40, 1).strip())
    if found is not None:
        _legend(ax)
    low, high, last = int(np.nanargmin(values)), int(np.nanargmax(values)), values.last_valid_index()
    missing = int(values.isna().sum())
    words = (
        f"Line chart of {many(len(values) - missing, 'value')} from {periods[0]} to {periods[-1]}: lowest {short(values[low])} "
        f"({periods[low]}), highest {short(values[high])} ({periods[high]}), last {short(values[last])}."
    )
    words += f" {missing} missing." if missing else ""
    reading = " ".join([found.reading, *found.warnings]) if found is not None else ""
    return finish(ax, title, f"{words} {plain(reading)}", reading)


def _trend_lines(ax: Axes, places: np.ndarray, values: pd.Series, found: Trend) -> None:
    middle, level = float(np.median(places)), float(values.median())
    low, high = level + found.slope_low * (places - middle), level + found.slope_high * (places - middle)
    ax.fill_between(
        places,
        np.minimum(low, high),
        np.maximum(low, high),
        color=SKY,
        alpha=0.3,
        linewidth=0,
        label="95 % band of the trend",
    )
    ax.plot(places, level + found.slope * (places - middle), color=BLUE, linewidth=2, linestyle=":", label="trend line")
    average = np.asarray(found.moving_average, dtype=float)
    if len(average) == len(places):
        ax.plot(places, average, color=ORANGE, linewidth=2.4, linestyle=(0, (5, 1.5)), label="moving average")


@drawn
def scatter(
    table: pd.DataFrame,
    x: str,
    y: str,
    found: Correlation | None = None,
    title: str = "What goes together",
    ax: Axes | None = None,
) -> Axes:
    """Draw two measures against each other, with what may be read from it.

    No line is drawn through the points: a line invites the eye to see more than there is.

    Args:
        table: one row a case, with the columns `x` and `y`; rows that lack either are left out.
        x, y: the names of the two columns.
        found: what `trends.correlate` found in them; its reading stands above the chart and in its text.
        title: what is compared.
        ax: where to draw; without it, on a figure of its own.

    Returns:
        The axes; `alt(axes)` gives the text that stands for the chart.

    Raises:
        DataError: for a missing column or text where a number should be.

    Example:
        >>> weeks = pd.DataFrame({"calls": [12, 18], "sold": [4, 5]})
        >>> scatter(weeks, "calls", "sold", title="Calls and sales").alt
        'Calls and sales. Scatter chart of 2 points: calls from 12 to 18, sold from 4 to 5.'
    """
    _found(found, "Correlation")
    has_columns(table, [x], "the table")
    has_columns(table, [y], "the table")
    held = numbers(table, dict.fromkeys([x, y]), "the table").dropna(subset=[x, y])
    ax = canvas(ax, 4.6 if found is not None else 4.1)
    if held.empty:
        return nothing(ax, title, "Scatter chart")
    ax.scatter(held[x], held[y], s=46, color=SKY, edgecolor=BLUE, linewidth=1.2, alpha=0.85)
    for side, name in (("x", x), ("y", y)):
        getattr(ax, f"set_{side}label")(wrapped(spoken(name), 50, 1))
        one = held[name]
        if one.min() == one.max():
            reach = abs(float(one.iloc[0])) or 1
            getattr(ax, f"set_{side}lim")(one.iloc[0] - reach, one.iloc[0] + reach)
    _tidy(ax, "both", held[[x, y]])
    spans = [
        f"{plain(spoken(name).lower())} from {short(held[name].min())} to {short(held[name].max())}" for name in (x, y)
    ]
    reading = found.reading if found is not None else ""
    return finish(
        ax, title, f"Scatter chart of {many(len(held), 'point')}: {', '.join(spans)}. {plain(reading)}", reading
    )


def _found(found: Any, wanted: str) -> None:
    if found is not None:
        from learner_kit import trends

        kind("found", found, getattr(trends, wanted), f"what trends gives, a {wanted}")


def _period(one: Any) -> str:
    if isinstance(one, pd.Timestamp):
        return f"{one.day} {MONTHS[one.month - 1][:3]} {one.year}"
    if isinstance(one, pd.Period) and one.freqstr.startswith("M"):
        return f"{MONTHS[one.month - 1][:3]} {one.year}"
    return str(one)


def _legend(ax: Axes) -> None:
    ax.figure.legend(
        *ax.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False, fontsize=SMALL
    )


def _tidy(ax: Axes, axis: str, values: pd.Series | pd.DataFrame) -> None:
    whole = bool((values.dropna() % 1 == 0).to_numpy().all())
    ax.grid(axis=axis, linewidth=0.8)
    for one in (ax.xaxis, ax.yaxis) if axis == "both" else (ax.yaxis,):
        one.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10], integer=whole))
        one.set_major_formatter(lambda value, _: short(value))
    ax.tick_params(labelsize=SMALL)


def _time_axis(ax: Axes, periods: Sequence[str]) -> None:
    step = max(1, -(-len(periods) // (8 if max(map(len, periods)) < 9 else 6)))
    shown = range(0, len(periods), step)
    ax.set_xticks(list(shown), [wrapped(periods[place], 12) for place in shown])
    if len(periods) == 1:
        ax.set_xlim(-1, 1)
