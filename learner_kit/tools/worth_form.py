"""Customers side by side: what each buys in a year, what is left of it, and what that makes over the years they may stay.

worth_form([{"customer_id": "C-0001", "revenue": 48_000, "margin": 0.18, "years": 2}])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import WORTH
from learner_kit.shown import framed, say, table
from learner_kit.tools.own_data import own_data

TITLE = "Which customer is worth most?"
_HEADS = ("Customer", "Sales in a year", "Gross profit in a year", "Years", "Gross profit over the years")


@sparing
def worth_form(customers: Iterable[Mapping[str, Any]]) -> Face:
    """Show customers by the gross profit they may leave, with a way to use one's own list.

    Args:
        customers: `customer_id`, `revenue` (Rand in a year), `margin` (gross, a share of the sales, from 0 to 1) and,
            where it is known, `years` (how long they may stay); where it is not, one year counts.

    Returns:
        A table, the customer worth most first, and a way to use one's own figures.
    """
    return own_data(WORTH, _view, _view(pd.DataFrame(customers)), "customers-worth", most=50)


def _view(given: pd.DataFrame) -> Face:
    years = given["years"].fillna(1.0) if "years" in given else 1.0
    profit = given["revenue"] * given["margin"]
    found = given.assign(years=years, profit=profit, worth=profit * years).sort_values(
        "worth", ascending=False, kind="stable"
    )
    best, largest = found.iloc[0], found.loc[found["revenue"].idxmax()]
    said = f"{best.customer_id} may leave most: {say(best.worth, 'R')} of gross profit."
    if largest.revenue > best.revenue:
        said += f" {largest.customer_id} buys most, but may leave {say(largest.worth, 'R')}."
    rows = [
        (row.customer_id, (row.revenue, "R"), (row.profit, "R"), (row.years, ""), (row.worth, "R"))
        for row in found.itertuples()
    ]
    shown = table([_HEADS, *rows], "The one worth most stands first")
    outcome = markup(framed(escape(said), live=True) + shown.html)
    return Face([lay("lk-prompt", TITLE), outcome], f"{TITLE} {said}")
