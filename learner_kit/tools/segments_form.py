"""Groups of customers by a rule that the learner sets: how often, and how much of it on discount.

segments_form(activity)
"""

from __future__ import annotations

import pandas as pd

from learner_kit.faces import Face, calculator, field
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_customers import SEGMENTS
from learner_kit.lessons.segments import segments
from learner_kit.shown import Shown, say, table
from learner_kit.tools.own_data import own_data

_HEADS = ("Group", "Customers", "Share of customers", "Share of sales")


@sparing
def segments_form(activity: pd.DataFrame) -> Face:
    """Let a learner set the rule that groups customers, and see how many each group has and what it is worth.

    Args:
        activity: as `segments` takes it: `orders`, `revenue` and `discounts` of each customer.

    Returns:
        A calculator, with a way to use one's own customers.
    """

    def own(mine: pd.DataFrame) -> Face:
        given = mine["discounts"].fillna(0.0) if "discounts" in mine else 0.0  # not written down counts as none
        return _view(mine.assign(discounts=given))

    return own_data(SEGMENTS, own, _view(activity), "customers-to-group", least=2)


def _view(activity: pd.DataFrame) -> Face:
    most = max(int(activity["orders"].max()), 18)
    return calculator(
        lambda often, on_offer: segments(activity, often, on_offer),
        {
            "often": field("Orders in a year that make a loyal customer", 18, low=1, high=most),
            "on_offer": field("Discount that makes a discount customer", 5, low=1, high=100, unit="%"),
        },
        _show,
        title="Whom would your rule call loyal?",
    )


def _show(found: pd.DataFrame, _: dict[str, float]) -> tuple[str, Shown]:
    rows = [
        (row.group, (row.customers, ""), (round(row.customer_share, 2), "%"), (round(row.sales_share, 2), "%"))
        for row in found.itertuples()
    ]
    loyal = found.iloc[0]
    said = (
        f"{say(round(loyal.customer_share, 2), '%')} of the customers are loyal by this rule. "
        f"They bring {say(round(loyal.sales_share, 2), '%')} of the sales."
    )
    return said, table([_HEADS, *rows], "Groups by your rule", bar=3)
