"""Trends and problems, live: a complaint log to look through, and points to move while the correlation follows.

complaints_form(log, today)         correlation_form({"Product A": (calls, sold)}, "Calls", "Sold")
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import ipywidgets as widgets
import pandas as pd

from learner_kit import plots, trends
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import COMPLAINTS, PAIRS
from learner_kit.plots.canvas import RED
from learner_kit.reading import write_number
from learner_kit.shown import framed, say, table
from learner_kit.tools.controls import grid, on_change, pick
from learner_kit.tools.own_data import own_data

_ALL = ("All of them", "")
_SORTS = [("cause", "cause"), ("channel it came through", "channel")]
FEWEST = 4  # pairs a correlation takes


@sparing
def complaints_form(
    complaints: pd.DataFrame, today: dt.date, serious: Iterable[str] = (), title: str = "Look through the complaints"
) -> Face:
    """Let a learner pick causes, channels and months of a complaint log: sorted by size, or month by month.

    Args:
        complaints: one row a complaint, with `date`, `cause` and `channel`.
        today: the day of the report; no month after it is shown.
        serious: causes for which a single complaint is enough to act; they are named even where they are few.
        title: stands above the form.
    """

    def own(mine: pd.DataFrame) -> Face:
        channel = mine["channel"].replace("", "not written down") if "channel" in mine else "not written down"
        return _complaints(mine.assign(channel=channel), dt.date.today(), (), title)

    return own_data(COMPLAINTS, own, _complaints(complaints, today, serious, title), "complaints", least=4)


def _complaints(complaints: pd.DataFrame, today: dt.date, serious: Iterable[str], title: str) -> Face:
    log = complaints.assign(month=pd.to_datetime(complaints["date"]).dt.to_period("M"))
    months = pd.period_range(log["month"].min(), min(log["month"].max(), pd.Period(today, "M")), freq="M")
    shown = widgets.RadioButtons(
        options=[("Which ones weigh most", "pareto"), ("How it went, month by month", "trend")],
        description="What shall be shown?",
    )
    by = pick("Count by", _SORTS)
    cause = pick("Cause", [_ALL, *sorted((one, one) for one in log["cause"].unique())])
    channel = pick("Channel", [_ALL, *sorted((one, one) for one in log["channel"].unique())])
    spoken = [(f"{one:%b %Y}", one) for one in months]
    since, until = pick("From", spoken), pick("Up to", spoken, months[-1])
    shown.add_class("lk-stack")
    outcome = markup()
    grave = tuple(serious)

    def refresh() -> None:
        if since.value > until.value:
            outcome.value = framed("The first month must not come after the last one.", "again", live=True)
            return
        held = log[(log["month"] >= since.value) & (log["month"] <= until.value)]
        for column, wanted in (("cause", cause.value), ("channel", channel.value)):
            held = held[held[column] == wanted] if wanted else held
        by.layout.display = None if shown.value == "pareto" else "none"
        if not len(held):
            outcome.value = framed("There are no such complaints in these months.", live=True)
            return
        if shown.value == "pareto":
            outcome.value = _weighed(held, by.value, grave)
        else:
            outcome.value = _monthly(held, pd.period_range(since.value, until.value, freq="M"), today)

    on_change(refresh, shown, by, cause, channel, since, until)
    refresh()
    plain = (
        f"{title}. Pick a cause, a channel and months of {len(log)} complaints, and see which weigh most or how it went "
        "month by month."
    )
    parts = [lay("lk-prompt", title), shown, grid(by, cause, channel, since, until, least="13rem"), outcome]
    return Face(parts, plain)


def _weighed(held: pd.DataFrame, by: str, serious: Sequence[str]) -> str:
    found = trends.pareto(held[by])
    few = list(found.loc[found["vital"], "cause"])
    named = {"cause": "Cause", "channel": "Channel"}[by]
    weight = found.loc[found["vital"], "percent"].sum() / 100
    says = f"{len(held)} complaints. {_listed(few)} together make up {say(weight, '%')}."
    rows = [
        (row.cause, (row.count, ""), (row.percent / 100, "%"), (row.cumulative / 100, "%"))
        for row in found.itertuples(index=False)
    ]
    shown = table([(named, "Complaints", "Share", "Together"), *rows], "From the largest to the smallest")
    there = [(one, int((held["cause"] == one).sum())) for one in serious if (held["cause"] == one).any()]
    note = "".join(
        framed(
            f"<strong>▲ Few, but serious.</strong> {escape(one.capitalize())}: {many}. Report each one at once; "
            "a chart of sizes does not see it.",
            "again",
        )
        for one, many in there
    )
    chart = plots.pareto(found.rename(columns={"cause": by}), title=f"Complaints by {by}", name=by)
    return framed(escape(says), live=True) + note + plots.to_html(chart) + shown.html


def _monthly(held: pd.DataFrame, months: pd.PeriodIndex, today: dt.date) -> str:
    counts = held.groupby("month").size().reindex(months, fill_value=0)
    if len(months) < trends.FEWEST:
        found, says = (
            None,
            f"These are {len(months)} months. A trend takes at least {trends.FEWEST}: choose more of them.",
        )
    else:
        found = trends.trend(counts, today=today)
        says = " ".join([found.reading, *found.warnings])
    chart = plots.trend(counts, found, title="Complaints a month")
    rows = [(f"{month:%b %Y}", (int(many), "")) for month, many in counts.items()]
    shown = table([("Month", "Complaints"), *rows], "Complaints a month", bar=1)
    return (
        framed(escape(says), live=True)
        + plots.to_html(chart)
        + f"<details><summary>The same as a table</summary>{shown.html}</details>"
    )


@sparing
def correlation_form(
    sets: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x: str,
    y: str,
    title: str = "Move the points",
) -> Face:
    """Let a learner move, add and take out points while Pearson, Spearman, the interval and the reading follow.

    Args:
        sets: points to begin with, by name: two lists of whole numbers from 0.
        x, y: what is measured across and upwards.
        title: stands above the form.
    """

    def own(mine: pd.DataFrame) -> Face:
        across, up = (mine.attrs["headings"][name] for name in ("x", "y"))
        return _correlation({mine.attrs["source"]: (list(mine["x"]), list(mine["y"]))}, across, up, title)

    return own_data(PAIRS, own, _correlation(sets, x, y, title), "two-numbers", least=FEWEST, most=60)


def _correlation(sets: Mapping[str, tuple[Sequence[float], Sequence[float]]], x: str, y: str, title: str) -> Face:
    play = _Points(sets, x, y)
    plain = (
        f"{title}. Begin with one of: {', '.join(sets)}. Move a point with two sliders, add one or take one out; Pearson, "
        "Spearman, the interval and a reading follow."
    )
    return Face([lay("lk-prompt", title), *play.parts], plain)


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


def _listed(names: Sequence[str]) -> str:
    said = [names[0].capitalize(), *names[1:]]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
