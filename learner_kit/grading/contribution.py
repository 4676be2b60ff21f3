"""What each customer leaves the firm after every cost of serving it, the A, B, C or New that follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import columns
from learner_kit.checks import countable, fraction, number, single, today_or, whole
from learner_kit.errors import Fault
from learner_kit.grading.scales import RATES

COUNTS = {  # column of activity: the rate each one of it costs
    "orders": "order",
    "lines": "line",
    "deliveries": "delivery",
    "returns": "return",
    "special_orders": "special_order",
    "transfers": "transfer",
    "contacts": "contact",
}
MONEY = ("revenue", "cogs", "discounts", "credit_sales", "bad_debt", "slow_revenue")
KNOWN = ("customer_id", *MONEY, *COUNTS, "days_to_pay", "months_active", "since")
GRADES = np.array(["A", "B", "C", "New"], dtype=object)
_WHY = (
    "adds to net profit after the cost of serving it",
    "adds nothing to net profit, but its sales or gross profit are up to the mean asked for",
    "adds nothing to net profit, and its sales and gross profit are below the mean asked for",
)
NOISE = 1e-9  # what sums of decimal numbers may be off by, as a share


def net_contribution(activity: pd.DataFrame, rates: Mapping[str, float]) -> pd.DataFrame:
    """Work out what is left of each customer's gross profit after the cost of serving it.

    Net contribution = revenue − discounts − cost of goods − orders × cost of an order − lines × cost of a line −
    deliveries, returns, special orders, transfers and contacts × the cost of each − financing − bad debt, where
    financing = credit sales × days to pay ÷ 365 × cost of money.

    Args:
        activity: one row a customer, for one period. `customer_id`, `revenue` (before discounts) and `cogs` must be
            there. Taken as nought where there is no such column: `discounts`, `credit_sales` with `days_to_pay`,
            `bad_debt`, `slow_revenue` (all rand, 0 or more) and the counts `orders`, `lines`, `deliveries`, `returns`,
            `special_orders`, `transfers`, `contacts`. `months_active` or `since` are passed on. Any other column is
            refused, since a misspelt one would be left out of the sum.
        rates: rand for each `order`, `line`, `delivery`, `return`, `special_order`, `transfer`, `contact`, and
            `cost_of_money` as a fraction a year. Every column that is there needs its rate.

    Returns:
        One row a customer: `customer_id`, `months_active` or `since` where given, `net_sales`, `gross_profit`, a column
        `…_cost` for each count, `financing`, `bad_debt`, `cost_to_serve`, `net_contribution`.

    Raises:
        DataError: with all faults of the table and of the rates.

    Example:
        >>> small_orders = pd.DataFrame({"customer_id": ["C-0001"], "revenue": [3600], "cogs": [2880], "orders": [18]})
        >>> table = net_contribution(small_orders, {"order": 40})
        >>> table[["gross_profit", "cost_to_serve", "net_contribution"]]
           gross_profit  cost_to_serve  net_contribution
        0         720.0          720.0               0.0

    Source: cost to serve, from gross margin less the cost of orders, lines and deliveries (distribution trade practice).
    """
    faults: list[Fault] = []
    rates = _rates(rates, activity, faults)
    given = checked_activity(activity, faults)
    columns.refuse(faults, "The activity or its rates")
    return contribution_of(activity, given, rates)


def abc(customers: pd.DataFrame, *, today: dt.date | None = None, months: int = 12, keep: float = 1.0) -> pd.DataFrame:
    """Grade customers A, B or C by what they leave after the cost of serving them, or New if it is too early to say.

    New: with the firm for less than `months`. A: net contribution above nought. B: not above nought, but the customer's
    sales or gross profit are at least `keep` times the mean of all graded customers, so that it is worth keeping for its
    volume. C: the rest. The order of rows and the unit of money make no difference.

    Args:
        customers: the table of `net_contribution`: `customer_id`, `net_sales`, `gross_profit`, `net_contribution`, and
            `months_active` (full months) or `since` (the date of the first purchase).
        today: the day from which `since` is counted; the computer's date if left out.
        months: how long a customer must have bought to be graded.
        keep: how many times the mean keeps a customer in B, above 0.

    Returns:
        `customer_id`, `months_active`, `net_sales`, `gross_profit`, `net_contribution`, `grade`, `why`.

    Raises:
        DataError: with all faults: missing columns, no rows, text or gaps for numbers, doubled customers, future dates.

    Example:
        >>> table = pd.DataFrame({
        ...     "customer_id": ["C-0001", "C-0002", "C-0003", "C-0004"], "months_active": [30, 30, 30, 11],
        ...     "net_sales": [50_000, 90_000, 4_000, 8_000], "gross_profit": [9_000, 7_000, 600, 900],
        ...     "net_contribution": [2_500, -300, -450, 200]})
        >>> abc(table)["grade"].tolist()
        ['A', 'B', 'C', 'New']

    Source: grading by contribution to net profit; the limit between B and C is this kit's own, stated above.
    """
    months = whole("months", months, 1, 1200)
    keep = number("keep", single("keep", keep), above=0)
    faults: list[Fault] = []
    when = "months_active" if "months_active" in getattr(customers, "columns", ()) else "since"
    figures = ("net_sales", "gross_profit", "net_contribution")
    if columns.present(customers, ["customer_id", when, *figures], "The customers", faults):
        columns.names(customers, "customer_id", faults, once=True)
        active = _months(customers, when, today_or("today", today), faults)
        sales, profit, net = (columns.numbers(customers, figure, faults) for figure in figures)
    columns.refuse(faults, "The table of customers")
    old = active >= months
    place = places(net, sales, profit, old, is_large(sales, profit, means_of(sales, profit, old, keep)))
    reasons = np.array([*_WHY, f"has bought for less than {months} months"], dtype=object)
    table = {"customer_id": customers["customer_id"].array, "months_active": active}
    table |= {"net_sales": sales, "gross_profit": profit, "net_contribution": net}
    table |= {"grade": GRADES[place], "why": reasons[place]}
    return pd.DataFrame(table, index=customers.index)


def two_lists(customers: pd.DataFrame, count: int = 10) -> pd.DataFrame:
    """Put the largest customers beside the ones that leave most, as a team does before it grades anybody.

    Args:
        customers: the table of `net_contribution` or of `abc`.
        count: how long the lists are, 1 or more.

    Returns:
        `place`, `by_sales`, `by_contribution` (customers), `both` (the one by sales is in the other list too).

    Example:
        >>> table = pd.DataFrame({"customer_id": ["C-0001", "C-0002", "C-0003"], "net_sales": [900, 500, 400],
        ...     "net_contribution": [-20, 60, 90]})
        >>> two_lists(table, 2)
           place by_sales by_contribution   both
        0      1   C-0001          C-0003  False
        1      2   C-0002          C-0002   True
    """
    count = whole("count", count, 1)
    faults: list[Fault] = []
    if columns.present(customers, ("customer_id", "net_sales", "net_contribution"), "The customers", faults):
        columns.names(customers, "customer_id", faults, once=True)
        columns.numbers(customers, "net_sales", faults)
        columns.numbers(customers, "net_contribution", faults)
    columns.refuse(faults, "The table of customers")
    # Equal amounts stand in the order of their names.
    by_name = customers.sort_values("customer_id", key=lambda names: names.astype(str))
    lists = [
        by_name.sort_values(figure, ascending=False, kind="stable")["customer_id"].head(count).array
        for figure in ("net_sales", "net_contribution")
    ]
    table = {"place": range(1, len(lists[0]) + 1), "by_sales": lists[0], "by_contribution": lists[1]}
    return pd.DataFrame(table).assign(both=lambda table: table["by_sales"].isin(table["by_contribution"]))


def checked_activity(activity: pd.DataFrame, faults: list[Fault]) -> dict[str, np.ndarray]:
    """Check a table of activity; give its numbers by column."""
    if not columns.present(activity, ("customer_id", "revenue", "cogs"), "The activity", faults):
        return {}
    known = ", ".join(KNOWN)
    faults += [
        Fault(
            None, str(name), None, f"is not a column that is counted with: leave it out or rename it to one of {known}"
        )
        for name in activity.columns
        if name not in KNOWN
    ]
    for one, other in (("credit_sales", "days_to_pay"), ("days_to_pay", "credit_sales")):
        if one in activity.columns and other not in activity.columns:
            faults.append(Fault(None, other, None, f"this column is missing: it is needed beside {one}"))
    columns.names(activity, "customer_id", faults, once=True)
    counted = [name for name in (*MONEY, *COUNTS, "days_to_pay") if name in activity.columns]
    return {name: columns.numbers(activity, name, faults, low=0) for name in counted}


def _rates(rates: Any, activity: pd.DataFrame, faults: list[Fault]) -> dict[str, float]:
    if not isinstance(rates, Mapping):
        raise ValueError(f"rates must name the cost of each, such as {{'order': 65.0}}, not {rates!r}.")
    there = set(getattr(activity, "columns", ()))
    needed = {COUNTS[name]: name for name in COUNTS if name in there}
    if "credit_sales" in there:
        needed["cost_of_money"] = "credit_sales"
    for rate, name in needed.items():
        if rate not in rates:
            faults.append(Fault(None, f"rates: {rate}", None, f"this rate is missing; the column {name} needs it"))
    found = {}
    for rate, value in rates.items():
        if rate not in RATES:
            reason = f"is not a rate that is counted with; the rates are {', '.join(RATES)}"
            faults.append(Fault(None, f"rates: {rate}", value, reason))
            continue
        try:
            found[rate] = fraction(rate, value) if rate == "cost_of_money" else number(rate, single(rate, value), 0)
        except ValueError as error:
            faults.append(Fault(None, f"rates: {rate}", None, str(error)))
    return found


def contribution_of(activity: pd.DataFrame, given: dict[str, np.ndarray], rates: Mapping[str, float]) -> pd.DataFrame:
    table: dict[str, np.ndarray] = {"net_sales": given["revenue"] - given.get("discounts", 0.0)}
    table["gross_profit"] = table["net_sales"] - given["cogs"]
    costs = {"financing": np.zeros(len(activity)), "bad_debt": np.zeros(len(activity))}
    with np.errstate(over="ignore"):  # too large a sum is told below
        counts = {f"{name}_cost": given[name] * rates[rate] for name, rate in COUNTS.items() if name in given}
        costs = counts | costs
        if "credit_sales" in given:
            costs["financing"] = given["credit_sales"] * given["days_to_pay"] * (rates["cost_of_money"] / 365)
        if "bad_debt" in given:
            costs["bad_debt"] = given["bad_debt"].copy()
        table |= costs
        table["cost_to_serve"] = countable(np.add.reduce(list(costs.values())))
    table["net_contribution"] = table["gross_profit"] - table["cost_to_serve"]
    named = [name for name in ("customer_id", "months_active", "since") if name in activity.columns]
    return pd.concat([activity[named], pd.DataFrame(table, index=activity.index, copy=False)], axis=1)


def _months(customers: pd.DataFrame, when: str, today: dt.date, faults: list[Fault]) -> np.ndarray:
    """Full months for which each has bought: a month is full on the same day of the next one."""
    if when == "months_active":
        return columns.numbers(customers, when, faults, low=0)
    since = columns.dates(customers, when, faults, latest=today)
    starts = since.astype("datetime64[M]")
    day = (since - starts).astype(float) + 1  # NaT becomes NaN; it is a fault by now
    months = (np.datetime64(today, "M") - starts).astype(float)
    return months - (day > today.day)


def means_of(sales: np.ndarray, profit: np.ndarray, old: np.ndarray, keep: float) -> tuple[float, float]:
    """The sales and the gross profit that keep a customer in B."""
    if not old.any():
        return np.inf, np.inf
    return keep * float(sales[old].mean()), keep * float(profit[old].mean())


def is_large(sales: np.ndarray, profit: np.ndarray, means: tuple[float, float]) -> np.ndarray:
    # Where all are equal, the mean may come out a hair above them.
    return np.logical_or.reduce(
        [
            (figure > 0) & (figure >= mean - NOISE * abs(mean))
            for figure, mean in zip((sales, profit), means, strict=True)
        ]
    )


def places(net: np.ndarray, sales: np.ndarray, profit: np.ndarray, old: np.ndarray, large: np.ndarray) -> np.ndarray:
    """Where each customer's grade stands in `GRADES`."""
    # A net contribution that is nought but for the noise of decimals is nought.
    adds = net > NOISE * np.maximum(np.abs(sales), np.abs(profit))
    return np.where(~old, 3, np.where(adds, 0, np.where(large, 1, 2)))
