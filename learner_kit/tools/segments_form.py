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
def segments_form(activity: pd.DataFrame, title: str = "Whom would your rule call loyal?") -> Face:
    """Let a learner set the rule that groups customers, and see how many each group has and what it is worth.

    Args:
        activity: as `segments` takes it: `orders`, `revenue` and `discounts` of each customer.
        title: stands above the form.

    Returns:
        A calculator, with a way to use one's own customers.
    """

    def own(mine: pd.DataFrame) -> Face:
        given = mine["discounts"].fillna(0.0) if "discounts" in mine else 0.0  # not written down counts as none
        return _view(mine.assign(discounts=given), title)

    return own_data(SEGMENTS, own, _view(activity, title), "customers-to-group", least=2)


def _view(activity: pd.DataFrame, title: str) -> Face:
    most = max(int(activity["orders"].max()), 18)
    return calculator(
        lambda often, on_offer: segments(activity, often, on_offer),
        {
            "often": field("Orders in a year that make a loyal customer", 18, low=1, high=most),
            "on_offer": field("Discount that makes a discount customer", 5, low=1, high=100, unit="%"),
        },
        _show,
        title=title,
    )


def _show(found: pd.DataFrame, _: dict[str, float]) -> tuple[str, Shown]:
    rows = [
        (row.group, (row.customers, ""), (row.customer_share, "%"), (row.sales_share, "%"))
        for row in found.itertuples()
    ]
    loyal = found.iloc[0]
    said = (
        f"{say(loyal.customer_share, '%')} of the customers are loyal by this rule. "
        f"They bring {say(loyal.sales_share, '%')} of the sales."
    )
    return said, table([_HEADS, *rows], "Groups by your rule", bar=3)
