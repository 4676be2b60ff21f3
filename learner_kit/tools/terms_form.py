"""What if the firm changed its terms: minimum order, charges and prices to move, and the grades that follow.

terms_form(activity, rates, today=dt.date(2026, 10, 31))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape

import pandas as pd

from learner_kit import grading
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import ACTIVITY
from learner_kit.shown import framed, say, table
from learner_kit.tools.controls import grid, on_change, slider, tick
from learner_kit.tools.own_data import own_data

GRADES = ("A", "B", "C", "New")
_PERCENT = [place / 200 for place in range(11)]  # 0 to 5 % in halves
_LOST = [place / 20 for place in range(11)]  # 0 to 50 %
_CAUTION = (
    "This takes for granted that customers go on buying as much, in fewer and larger orders. Raise the share of trade lost to see "
    "what is left if some of them go elsewhere."
)


@sparing
def terms_form(activity: pd.DataFrame, rates: Mapping[str, float], today: dt.date) -> Face:
    """Let a learner pull the levers of a firm's terms and see the net contribution and the grades that would follow.

    Args:
        activity: as `grading.activity_of` makes it.
        rates: what each order, line, delivery … costs, such as `Scales.load().rates`.
        today: the day from which the months with the firm are counted.

    Returns:
        A form with a slider for each lever, the grades whose terms change, and two tables.
    """

    def own(mine: pd.DataFrame) -> Face:
        optional = [one.name for one in ACTIVITY if not one.required]  # what is not written down counts as none
        counted = {name: mine[name].fillna(0.0) if name in mine else 0.0 for name in optional}
        return _terms(mine.assign(**counted), rates, dt.date.today())

    return own_data(ACTIVITY, own, _terms(activity, rates, today), "customers-in-a-year", least=2)


def _terms(activity: pd.DataFrame, rates: Mapping[str, float], today: dt.date) -> Face:
    levers = {
        "minimum_order": slider("Smallest order taken", range(0, 2001, 100), 0, "R"),
        "orders_into_one": slider("Orders put into one", range(1, 6), 1),
        "delivery_charge": slider("Charge for a delivery", range(0, 301, 10), 0, "R"),
        "special_order_charge": slider("Charge for a special order", range(0, 301, 10), 0, "R"),
        "price_rise": slider("Price rise on slow lines", _PERCENT, 0.0, "%"),
        "lost": slider("Share of their trade lost to others", _LOST, 0.0, "%"),
    }
    list_price = tick("They pay the price list: no discounts")
    whose = {grade: tick(f"{grade} customers", grade != "A") for grade in GRADES[:3]}
    outcome = markup()

    def refresh() -> None:
        given = {name: one.value for name, one in levers.items()}
        chosen = [grade for grade, one in whose.items() if one.value]
        if not chosen:
            outcome.value = framed("Choose at least one grade of customers whose terms change.", "again", live=True)
            return
        found = grading.what_if(activity, rates, **given, stop_discounts=list_price.value, to=chosen, today=today)
        outcome.value = _told(
            found, pulled=list_price.value or any(v > (n == "orders_into_one") for n, v in given.items())
        )

    on_change(refresh, *levers.values(), list_price, *whose.values())
    refresh()
    names = "; ".join(one.description for one in levers.values())
    plain = (
        f"What if the terms changed? Sliders: {names}. It shows the grades and the net contribution that would follow."
    )
    parts = [
        lay("lk-prompt", "What if we changed the terms?"),
        lay("lk-takes", "Whose terms change?"),
        grid(*whose.values(), least="9rem"),
        grid(*levers.values(), list_price, least="17rem"),
        outcome,
    ]
    return Face(parts, plain)


def _told(found: pd.DataFrame, pulled: bool) -> str:
    before, after = found["net_before"].sum(), found["net_after"].sum()
    up = int((found["grade_after"] == "A").sum() - (found["grade_before"] == "A").sum())
    if not pulled:
        says = f"As things are, all customers together leave {say(round(before), 'R')} a year. Move a slider."
    else:
        change = round(after) - round(before)
        way = "more" if change >= 0 else "less"
        says = (
            f"All customers together would leave {say(round(after), 'R')} a year: {say(abs(change), 'R')} {way}. "
            f"Grade A would have {abs(up)} customers {'more' if up >= 0 else 'fewer'}."
        )
    counts = [
        (grade, (int((found["grade_before"] == grade).sum()), ""), (int((found["grade_after"] == grade).sum()), ""))
        for grade in GRADES
    ]
    money = found.groupby("grade_before")[["net_before", "net_after"]].sum().reindex(GRADES, fill_value=0.0).round()
    rows = [(row.Index, (row.net_before, "R"), (row.net_after, "R")) for row in money.itertuples()]
    return (
        framed(escape(says), live=True)
        + table([("Grade", "Customers now", "Customers then"), *counts], "How grades would move", bar=2).html
        + table(
            [("Grade now", "Net contribution now", "Then"), *rows],
            "What the same customers would leave in a year",
            bar=2,
        ).html
        + framed(_CAUTION)
    )
