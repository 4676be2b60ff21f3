"""A figure month by month: is it rising, falling, or only going up and down?

trend_form(orders.groupby("month")["amount"].sum(), "Sales", today)
"""

from __future__ import annotations

import datetime as dt
from html import escape

import ipywidgets as widgets
import pandas as pd

from learner_kit import plots, trends
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import AMOUNTS
from learner_kit.shown import framed, table
from learner_kit.tools.controls import on_change, pick
from learner_kit.tools.own_data import own_data

TITLE = "Look for a trend"


@sparing
def trend_form(amounts: pd.DataFrame, name: str, today: dt.date) -> Face:
    """Let a learner choose the months and see the line, the moving average and what may be said of them.

    Args:
        amounts: rows with `date` and `amount`; those of a month are added up, and a month without any counts as 0.
        name: what is counted, as a heading.
        today: the day after which nothing can be known; for data of the learner's own, the day it is.
    """

    def own(mine: pd.DataFrame) -> Face:
        return _view(mine, mine.attrs["headings"]["amount"], dt.date.today())

    return own_data(AMOUNTS, own, _view(amounts, name, today), "monthly-figures", least=2)


def _view(amounts: pd.DataFrame, name: str, today: dt.date) -> Face:
    months = pd.to_datetime(amounts["date"]).dt.to_period("M")
    sums = amounts["amount"].groupby(months.to_numpy()).sum()
    every = pd.period_range(sums.index.min(), sums.index.max(), freq="M")
    sums = sums.reindex(every, fill_value=0.0)
    spoken = [(f"{one:%b %Y}", one) for one in every]
    since, until = pick("From", spoken), pick("Up to", spoken, every[-1])
    outcome = markup()

    def refresh() -> None:
        held = sums[(sums.index >= since.value) & (sums.index <= until.value)]
        if not len(held):
            outcome.value = framed("The first month must not come after the last one.", "again", live=True)
            return
        found, says = (
            None,
            f"A trend takes at least {trends.FEWEST} months; these are {len(held)}. Choose more of them.",
        )
        if len(held) >= trends.FEWEST:
            try:
                found = trends.trend(held, today=today)
                says = " ".join([found.reading, *found.warnings])
            except ValueError as error:
                says = str(error)
        outcome.value = month_by_month(held, found, says, name, f"{name} by month")

    on_change(refresh, since, until)
    refresh()
    plain = f"{TITLE}. {name}, month by month from {every[0]:%B %Y} to {every[-1]:%B %Y}. Choose the months to look at."
    fields = widgets.HBox([since, until], layout=widgets.Layout(flex_flow="row wrap", grid_gap="0.6rem 1.2rem"))
    return Face([lay("lk-prompt", TITLE), fields, outcome], plain)


def month_by_month(held: pd.Series, found: trends.Trend | None, says: str, name: str, title: str) -> str:
    """What may be said of a figure by month, its chart, and the same as a table; `name` is what was counted."""
    rows = [(f"{month:%b %Y}", (float(amount), "")) for month, amount in held.items()]
    listed = table([("Month", name), *rows], title, bar=1)
    return (
        framed(escape(says), live=True)
        + plots.to_html(plots.trend(held, found, title=title))
        + f"<details><summary>The same as a table</summary>{listed.html}</details>"
    )
