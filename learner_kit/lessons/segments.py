"""Groups of customers by the business's own rule (SO2 AC1): from what they bought, not from how they look."""

from __future__ import annotations

import pandas as pd

from learner_kit.checks import fraction, has_columns, number

GROUPS = ("Loyal", "Discount", "Occasional")


def segments(activity: pd.DataFrame, often: int = 18, on_offer: float = 0.05) -> pd.DataFrame:
    """Group customers by how often they bought and how much of it was on discount, and say what each group is worth.

    Args:
        activity: a row for each customer, as `grading.activity_of` gives it: `orders` in the period, `revenue` and
            `discounts` (R).
        often: so many orders in the period, or more, make a customer loyal; 1 or more.
        on_offer: so large a share of revenue taken off as discount, or more, makes a discount customer, however often
            they come; a fraction above 0, up to 1.

    Returns:
        A row for each of `GROUPS`: group, customers, sales (R, after discounts), customer_share and sales_share
        (fractions). Customers who look and never buy stand in no list of orders, so they are in no group.

    Raises:
        ValueError: for a limit out of range.
        DataError: for a column that is missing.

    Example:
        >>> bought = pd.DataFrame({"orders": [30, 30, 4], "revenue": [900.0, 600.0, 100.0], "discounts": [0.0, 100.0, 0.0]})
        >>> segments(bought)[["group", "customers", "sales"]]
                group  customers  sales
        0       Loyal          1  900.0
        1    Discount          1  500.0
        2  Occasional          1  100.0
    """
    often, on_offer = number("often", often, 1, whole=True), fraction("on_offer", on_offer)
    if not on_offer:
        raise ValueError("on_offer must be above 0: otherwise everybody is a discount customer.")
    has_columns(activity, ["orders", "revenue", "discounts"], "The table of what customers bought")
    keen = activity["discounts"] >= on_offer * activity["revenue"].where(activity["revenue"] > 0)
    group = (
        pd.Series("Occasional", index=activity.index).mask(activity["orders"] >= often, "Loyal").mask(keen, "Discount")
    )
    sales = (activity["revenue"] - activity["discounts"]).groupby(group).sum().reindex(GROUPS, fill_value=0.0)
    counts = group.value_counts().reindex(GROUPS, fill_value=0)
    return pd.DataFrame(
        {
            "group": GROUPS,
            "customers": counts.to_numpy(),
            "sales": sales.to_numpy(),
            "customer_share": (counts / max(len(activity), 1)).to_numpy(),
            "sales_share": (sales / (sales.sum() or 1)).to_numpy(),
        }
    )
