"""Signs that something is wrong: complaints that come again, and customers who order less (specific outcome 4)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from learner_kit import columns
from learner_kit.checks import fraction, has_columns, row_numbers, single, today_or, whole
from learner_kit.errors import DataError, Fault
from learner_kit.trends.causes import pareto

LEVEL = 0.05  # below this p, chance is a poor explanation
FEWEST_ORDERS = 4  # before the drop, under which a customer is not judged
FEWEST_DAYS = 90  # of history before the recent days, likewise


class Problems(NamedTuple):
    """What `problems` found: four tables."""

    matrix: pd.DataFrame
    pareto: pd.DataFrame
    repeats: pd.DataFrame
    alerts: pd.DataFrame


def problems(complaints: pd.DataFrame, days: int = 30, at_least: int = 3, today: date | None = None) -> Problems:
    """Find the problems behind a complaint log: the common causes, the repeats, and causes that pile up.

    Args:
        complaints: one row a complaint, with the columns date (dates, or text that `read_date` reads), customer_id,
            cause and channel; complaint_id if there is one.
        days: how many days apart two complaints still belong together, 1 to 366.
        at_least: how many complaints of one cause within these days call for an alert, 2 or more.
        today: the day after which no complaint can be known; None is the day it is.

    Returns:
        matrix: for each cause (index, largest first) the complaints by channel, and their total.
        pareto: the table of `pareto`.
        repeats: complaints of a customer who had complained of the same cause at most `days` before: customer_id,
            cause, date, previous (date), days_apart.
        alerts: spells in which a cause came `at_least` times within `days`: cause, since, until, count; last spell first.

    Raises:
        DataError: with every fault: missing cells, dates that cannot be read or lie in the future, the same
            complaint_id twice; without that column, rows alike in all four columns.

    Example:
        >>> log = pd.DataFrame({
        ...     "date": ["2026-03-02", "2026-03-20", "2026-03-31"], "customer_id": ["C-001", "C-001", "C-002"],
        ...     "cause": ["slow response"] * 3, "channel": ["call", "mail", "call"],
        ... })
        >>> found = problems(log)
        >>> found.repeats[["customer_id", "cause", "days_apart"]]
          customer_id          cause  days_apart
        0       C-001  slow response          18
        >>> found.alerts[["cause", "count"]]
                   cause  count
        0  slow response      3
    """
    days = whole("days", days, 1, 366)
    at_least = whole("at_least", at_least, 2)
    source = "The complaint log"
    needed = ["date", "customer_id", "cause", "channel"]
    has_columns(complaints, needed, source)
    if not len(complaints):
        raise DataError([Fault(None, None, None, "there are no complaints in it")], source)
    faults: list[Fault] = []
    dates = columns.dates(complaints, "date", faults, latest=today_or("today", today)).astype("datetime64[s]")
    for column in needed[1:]:
        faults += _codes(complaints, column, text=column != "customer_id")[1]
    if not faults:
        faults = _doubles(complaints, needed)
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row), source)

    log = complaints[needed[1:]].assign(date=dates).sort_values(["cause", "date"], kind="stable", ignore_index=True)
    matrix = pd.crosstab(log["cause"], log["channel"])
    order = pareto(log["cause"])
    matrix = matrix.assign(total=matrix.sum(axis=1)).loc[order["cause"]]
    matrix.columns.name = None
    return Problems(matrix, order, _repeats(log, days), _alerts(log, days, at_least))


def early_warning(
    orders: pd.DataFrame, recent: int = 90, before: int = 365, drop: float = 0.5, today: date | None = None
) -> pd.DataFrame:
    """Find customers who order less often than they used to.

    Args:
        orders: one row an order or an order line, with the columns customer_id and order_date (dates, or text that
            `read_date` reads), and order_id if there is one; without it, a customer's lines of one day are one order.
        recent: how many days up to today are looked at, 7 to 366.
        before: with how many days before these they are compared, 90 to 1 830.
        drop: the fall in orders that calls for a warning: 0.5 is half or more.
        today: the day to look from; None is the day of the last order. Orders after it are refused.

    Returns:
        A table, one row a customer with orders, the clearest falls first: customer_id, orders_before, orders_recent,
        rate_before and rate_recent (orders in 30 days), change (−1 = no orders left), last_order, days_since,
        p (how often chance alone would bring so few) and warning. p is missing for customers with too short a history:
        under 90 days or under 4 orders before the recent days. Of many customers some are warned of by chance alone:
        a warning is a reason to call, not a finding.

    Raises:
        DataError: with every fault: missing cells, dates that cannot be read or lie in the future, one order_id with
            two customers or dates.

    Example:
        >>> days = pd.date_range("2025-01-05", "2025-12-05", freq="15D")
        >>> orders = pd.DataFrame({"customer_id": "C-001", "order_date": days})
        >>> early_warning(orders, today=date(2026, 3, 20))[["customer_id", "orders_recent", "change", "warning"]]
          customer_id  orders_recent  change  warning
        0       C-001              0    -1.0     True

    Source: orders taken as a Poisson process; given their sum, the recent ones are binomial (conditional test).
    """
    recent = whole("recent", recent, 7, 366)
    before = whole("before", before, 90, 1830)
    drop = fraction("drop", single("drop", drop))
    source = "The table of orders"
    has_columns(orders, ["customer_id", "order_date", *({"order_id"} & set(getattr(orders, "columns", ())))], source)
    if not len(orders):
        raise DataError([Fault(None, None, None, "there are no orders in it")], source)
    faults: list[Fault] = []
    dates = columns.dates(orders, "order_date", faults, latest=today_or("today", today))
    (codes, customers), missing = _codes(orders, "customer_id", text=False)
    faults += missing
    if not faults:
        lines = pd.DataFrame({"customer": codes, "day": dates.astype(np.int64)})
        lines, faults = _whole_orders(orders, lines)
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row), source)

    customer, day = lines["customer"].to_numpy(), lines["day"].to_numpy()
    now = int(day.max()) if today is None else int(np.datetime64(today, "D").astype(np.int64))
    size = len(customers)
    first, last = np.full(size, now + 1), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, customer, day)
    np.maximum.at(last, customer, day)
    split, start = now - recent, now - recent - before
    # Whose first order falls into these days is counted from it on, and it is not counted itself.
    counted = (day > start) & (day > first[customer])
    late = np.bincount(customer[counted & (day > split)], minlength=size)
    early = np.bincount(customer[counted & (day <= split)], minlength=size)
    span = np.clip(split - np.maximum(first, start), 0, None)
    judged = (span >= FEWEST_DAYS) & (early >= FEWEST_ORDERS)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate_before, rate_recent = 30 * early / span, 30 * late / np.full(size, recent)
        change = np.where(early > 0, rate_recent / rate_before - 1, np.nan)
    chance = np.where(judged, stats.binom.cdf(late, late + early, recent / (recent + np.maximum(span, 1))), np.nan)
    table = pd.DataFrame(
        {
            "customer_id": customers,
            "orders_before": early,
            "orders_recent": late,
            "rate_before": np.where(span > 0, rate_before, np.nan),
            "rate_recent": rate_recent,
            "change": change,
            "last_order": last.astype("datetime64[D]").astype("datetime64[s]"),
            "days_since": now - last,
            "p": chance,
            "warning": judged & (chance < LEVEL) & (change <= -drop),
        }
    )
    return table.sort_values(
        ["warning", "p", "customer_id"], ascending=[False, True, True], na_position="last", ignore_index=True
    )


def _codes(table: pd.DataFrame, column: str, text: bool = True) -> tuple[tuple[np.ndarray, Any], list[Fault]]:
    """Number the different values of a column, and give a fault for each cell that is empty or of the wrong kind."""
    codes, different = pd.factorize(table[column], use_na_sentinel=False)
    values = np.asarray(different, dtype=object).tolist()  # a million texts go through here: a list is the quickest
    blank = [not one or one.isspace() if isinstance(one, str) else bool(pd.isna(one)) for one in values]
    text = text or any(isinstance(one, str) for one in values)
    reasons = {code: "there is nothing here" for code, empty in enumerate(blank) if empty}
    if text:
        others = [code for code, one in enumerate(values) if not isinstance(one, str)]
        reasons = dict.fromkeys(others, "must be text") | reasons
    if not reasons:
        return (codes, different), []
    rows = row_numbers(table)
    places = np.flatnonzero(np.isin(codes, list(reasons)))
    faults = [Fault(int(rows[at]), column, table[column].iloc[at], reasons[int(codes[at])]) for at in places]
    return (codes, different), [
        fault._replace(value=None) if fault.reason == "there is nothing here" else fault for fault in faults
    ]


def _doubles(complaints: pd.DataFrame, needed: list[str]) -> list[Fault]:
    with_id = "complaint_id" in complaints.columns
    same = ["complaint_id"] if with_id else needed
    double = complaints.duplicated(same).to_numpy()
    rows = row_numbers(complaints)
    reason = (
        "this complaint_id stands in an earlier row too"
        if with_id
        else "the same complaint stands in an earlier row; if it was made twice, give each its own complaint_id"
    )
    values = complaints["complaint_id"] if with_id else None
    return [
        Fault(int(rows[place]), "complaint_id" if with_id else None, values.iloc[place] if with_id else None, reason)
        for place in np.flatnonzero(double)
    ]


def _repeats(log: pd.DataFrame, days: int) -> pd.DataFrame:
    log = log.sort_values(["customer_id", "cause", "date"], kind="stable", ignore_index=True)
    by = log.groupby(["customer_id", "cause"], sort=False, observed=True)
    log["previous"] = by["date"].shift()
    log["days_apart"] = (log["date"] - log["previous"]).dt.days
    found = log.loc[log["days_apart"] <= days, ["customer_id", "cause", "date", "previous", "days_apart"]]
    return found.astype({"days_apart": int}).sort_values(["date", "customer_id", "cause"], ignore_index=True)


def _alerts(log: pd.DataFrame, days: int, at_least: int) -> pd.DataFrame:
    """Find the spells: a complaint belongs to one when it is among `at_least` of its cause within `days`."""
    day = log["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    cause = pd.factorize(log["cause"])[0]
    start, end = np.arange(max(len(day) - at_least + 1, 0)), np.arange(at_least - 1, len(day))
    starts = start[(cause[start] == cause[end]) & (day[end] - day[start] <= days)]
    spells: list[list[int]] = []
    for start in starts:
        if spells and start <= spells[-1][1] and cause[start] == cause[spells[-1][0]]:
            spells[-1][1] = start + at_least - 1
        else:
            spells.append([start, start + at_least - 1])
    first, last = (np.array([spell[end] for spell in spells], dtype=int) for end in (0, 1))
    table = pd.DataFrame(
        {
            "cause": log["cause"].to_numpy()[first],
            "since": log["date"].to_numpy()[first],
            "until": log["date"].to_numpy()[last],
            "count": last - first + 1,
        }
    )
    return table.sort_values(["until", "cause"], ascending=[False, True], ignore_index=True)


def _whole_orders(orders: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Make one row an order out of order lines."""
    if "order_id" not in orders.columns:
        return lines.drop_duplicates(), []
    (numbers, _), faults = _codes(orders, "order_id", text=False)
    if faults:
        return lines, faults
    whole = lines.assign(order=numbers).drop_duplicates()
    torn = whole["order"].duplicated().to_numpy()
    rows = row_numbers(orders)
    for place in whole.index[torn]:
        reason = "this order_id stands in an earlier row with another customer or date"
        faults.append(Fault(int(rows[place]), "order_id", orders["order_id"].iloc[place], reason))
    return whole, faults
