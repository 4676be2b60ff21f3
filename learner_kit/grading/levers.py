"""What if the firm changed its terms: minimum order, charges, prices, discounts, and the grades that would follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from learner_kit import columns
from learner_kit.checks import countable, fraction, kind, number, single
from learner_kit.errors import Fault
from learner_kit.grading.contribution import (
    GRADES,
    NOISE,
    abc,
    checked_activity,
    contribution_of,
    is_large,
    means_of,
    net_contribution,
    places,
)

_NEEDS = {  # lever of a what-if: the column it works on
    "minimum_order": "orders",
    "orders_into_one": "orders",
    "delivery_charge": "deliveries",
    "special_order_charge": "special_orders",
    "price_rise": "slow_revenue",
    "stop_discounts": "discounts",
}


def what_if(
    activity: pd.DataFrame,
    rates: Mapping[str, float],
    *,
    minimum_order: float = 0.0,
    orders_into_one: float = 1.0,
    delivery_charge: float = 0.0,
    special_order_charge: float = 0.0,
    price_rise: float = 0.0,
    stop_discounts: bool = False,
    lost: float = 0.0,
    to: Iterable[str] = ("B", "C"),
    today: dt.date | None = None,
    keep: float = 1.0,
) -> pd.DataFrame:
    """Show how grades would move if the firm changed its terms.

    Customers are taken to buy as much as before, in fewer and larger orders where they must. That is hopeful: `lost`
    says what share of their trade goes elsewhere. What parts B from C stays as it was, and charges do not count for it.

    Args:
        activity, rates: as for `net_contribution`, with `months_active` or `since`.
        minimum_order: rand; smaller orders are saved up until they reach it.
        orders_into_one: how many orders become one, 1 or more.
        delivery_charge, special_order_charge: rand for each delivery and each special order.
        price_rise: fraction by which prices of slow lines rise; needs the column `slow_revenue`.
        stop_discounts: everybody pays list price.
        lost: fraction of the trade lost because of the change.
        to: the grades whose terms change.
        today, keep: as for `abc`.

    Returns:
        `customer_id`, `grade_before`, `grade_after`, `net_before`, `net_after`, `change` (rand).

    Raises:
        ValueError: naming the argument; DataError: with all faults of the tables.

    Example:
        >>> buyer = pd.DataFrame({"customer_id": ["C-0001"], "months_active": [24], "revenue": [3600.0],
        ...     "cogs": [2880.0], "orders": [18]})
        >>> what_if(buyer, {"order": 40}, minimum_order=400)[["grade_before", "grade_after", "net_after"]]
          grade_before grade_after  net_after
        0            B           A      360.0
    """
    levers = {
        "minimum_order": _rand("minimum_order", minimum_order),
        "orders_into_one": number("orders_into_one", single("orders_into_one", orders_into_one), 1),
        "delivery_charge": _rand("delivery_charge", delivery_charge),
        "special_order_charge": _rand("special_order_charge", special_order_charge),
        "price_rise": fraction("price_rise", single("price_rise", price_rise)),
        "stop_discounts": kind("stop_discounts", stop_discounts, bool, "True or False"),
    }
    lost = fraction("lost", single("lost", lost))
    grades = [to] if isinstance(to, str) else list(kind("to", to, Iterable, "a list of grades"))
    if any(not isinstance(one, str) or one not in ("A", "B", "C") for one in grades):
        raise ValueError(f"to must hold grades out of A, B and C, not {', '.join(sorted(map(str, grades)))}.")
    faults: list[Fault] = []
    pulled = [lever for lever, value in levers.items() if value > (lever == "orders_into_one")]
    columns.present(activity, dict.fromkeys(_NEEDS[lever] for lever in pulled), "The activity", faults)
    columns.refuse(faults, "The activity, for this what-if,")
    before = abc(net_contribution(activity, rates), today=today, keep=keep)
    touched = before["grade"].isin(grades).to_numpy()
    given = _under_new_terms(checked_activity(activity, []), touched, 1 - lost, **levers)
    after = contribution_of(activity, given, dict(rates))

    old = (before["grade"] != "New").to_numpy()
    bought = [before[name].to_numpy() * np.where(touched, 1 - lost, 1.0) for name in ("net_sales", "gross_profit")]
    means = means_of(before["net_sales"].to_numpy(), before["gross_profit"].to_numpy(), old, keep)
    # A charge is no volume: only what is bought keeps a customer in B.
    net = after["net_contribution"].to_numpy()
    sales, profit = after["net_sales"].to_numpy(), after["gross_profit"].to_numpy()
    grade = GRADES[places(net, sales, profit, old, is_large(*bought, means))]
    net_before = before["net_contribution"].to_numpy()
    table = {"customer_id": before["customer_id"].array, "grade_before": before["grade"].array, "grade_after": grade}
    table |= {"net_before": net_before, "net_after": net, "change": net - net_before}
    return pd.DataFrame(table, index=activity.index)


def _rand(name: str, amount: float) -> float:
    return number(name, single(name, amount), 0)


def _under_new_terms(
    given: dict[str, np.ndarray],
    touched: np.ndarray,
    kept: float,
    *,
    minimum_order: float,
    orders_into_one: float,
    delivery_charge: float,
    special_order_charge: float,
    price_rise: float,
    stop_discounts: bool,
) -> dict[str, np.ndarray]:
    """Give the activity as it would be if the customers that are `touched` had the new terms."""
    new = {name: one * np.where(touched & (name != "days_to_pay"), kept, 1.0) for name, one in given.items()}
    if stop_discounts:
        new["discounts"] = np.where(touched, 0.0, new["discounts"])
    if "orders" in new:
        orders = new["orders"]
        fewer = np.maximum(orders / orders_into_one, np.minimum(orders, 1.0))
        if minimum_order:
            with np.errstate(over="ignore"):  # a minimum next to nothing is reached endlessly often
                reached = np.floor((new["revenue"] - new.get("discounts", 0.0)) / minimum_order + NOISE)
            fewer = np.minimum(fewer, np.maximum(reached, np.minimum(orders, 1.0)))
        fewer = np.where(touched, fewer, orders)
        if "deliveries" in new:
            new["deliveries"] = new["deliveries"] * np.divide(fewer, orders, out=np.ones_like(orders), where=orders > 0)
        new["orders"] = fewer
    nought = np.zeros(len(touched))
    with np.errstate(over="ignore"):  # too large a sum is told below
        more = delivery_charge * new.get("deliveries", nought) + special_order_charge * new.get(
            "special_orders", nought
        )
        more = np.where(touched, more + price_rise * new.get("slow_revenue", nought), 0.0)
    sold = new["revenue"]
    new["revenue"] = countable(sold + more)
    if "credit_sales" in new:  # what is charged more is owed as long as the rest
        new["credit_sales"] = new["credit_sales"] * np.divide(
            new["revenue"], sold, out=np.ones_like(sold), where=sold > 0
        )
    return new
