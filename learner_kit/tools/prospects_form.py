"""Groups of prospects side by side: what each could buy, and what may be left of it.

prospects_form([{"group": "Schools", "prospects": 40, "purchase": 1_200, "purchases": 4, "conversion": 0.2, "margin": 0.3}])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from learner_kit import value
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import PROSPECTS
from learner_kit.shown import framed, say, table
from learner_kit.tools.own_data import own_data

TITLE = "Which group of prospects comes first?"
_HEADS = ("Group", "Prospects", "Sales potential", "Sales expected", "Gross profit expected")


@sparing
def prospects_form(prospects: Iterable[Mapping[str, Any]]) -> Face:
    """Show groups of prospects by the gross profit of a year that may be expected, with a way to use one's own list.

    Args:
        prospects: `group`, `prospects` (how many), `purchase` (Rand each time), `purchases` (a year), `conversion`
            (the share that will buy) and `margin` (gross, a share of the sales), both from 0 to 1.

    Returns:
        A table, the group with the most first, and a way to use one's own figures.
    """
    return own_data(PROSPECTS, _view, _view(pd.DataFrame(prospects)), "prospects", most=50)


def _view(given: pd.DataFrame) -> Face:
    potential = value.sales_potential(given["purchase"], given["prospects"], given["purchases"])
    found = given.assign(
        potential=potential,
        sales=value.expected_value(potential, given["conversion"]),
        left=value.expected_value(potential, given["conversion"], given["margin"]),
    ).sort_values("left", ascending=False, kind="stable")
    first = found.iloc[0]
    said = f"Of {first.group} about {say(first.left, 'R')} may be left in a year: the most."
    rows = [
        (row.group, (row.prospects, ""), (row.potential, "R"), (row.sales, "R"), (row.left, "R"))
        for row in found.itertuples()
    ]
    shown = table([_HEADS, *rows], "In a year, the most first")
    outcome = markup(framed(escape(said), live=True) + shown.html)
    return Face([lay("lk-prompt", TITLE), outcome], f"{TITLE} {said}")
