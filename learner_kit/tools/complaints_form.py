"""A complaint log to look through: which causes weigh most, or how it went month by month.

complaints_form(log, today)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape

import ipywidgets as widgets
import pandas as pd

from learner_kit import plots, trends
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import COMPLAINTS
from learner_kit.shown import framed, say, table
from learner_kit.tools.controls import grid, on_change, pick
from learner_kit.tools.own_data import own_data
from learner_kit.tools.trend_form import month_by_month

TITLE = "Look through the complaints"
_ALL = ("All of them", "")
_SORTS = [("cause", "cause"), ("channel it came through", "channel")]


@sparing
def complaints_form(complaints: pd.DataFrame, today: dt.date, serious: Iterable[str] = ()) -> Face:
    """Let a learner pick causes, channels and months of a complaint log: sorted by size, or month by month.

    Args:
        complaints: one row a complaint, with `date`, `cause` and `channel`.
        today: the day of the report; no month after it is shown.
        serious: causes for which a single complaint is enough to act; they are named even where they are few.
    """

    def own(mine: pd.DataFrame) -> Face:
        channel = mine["channel"].replace("", "not written down") if "channel" in mine else "not written down"
        return _view(mine.assign(channel=channel), dt.date.today(), ())

    return own_data(COMPLAINTS, own, _view(complaints, today, serious), "complaints", least=4)


def _view(complaints: pd.DataFrame, today: dt.date, serious: Iterable[str]) -> Face:
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
        f"{TITLE}. Pick a cause, a channel and months of {len(log)} complaints, and see which weigh most or how it went "
        "month by month."
    )
    parts = [lay("lk-prompt", TITLE), shown, grid(by, cause, channel, since, until, least="13rem"), outcome]
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
    return month_by_month(counts, found, says, "Complaints", "Complaints a month")


def _listed(names: Sequence[str]) -> str:
    said = [names[0].capitalize(), *names[1:]]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
