"""From order lines and invoices to one row a customer: what grading starts from."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from learner_kit import columns
from learner_kit.checks import day as day_of
from learner_kit.checks import today_or, whole
from learner_kit.errors import DataError, Fault

LINES = (
    "order_id",
    "customer_id",
    "order_date",
    "product_id",
    "quantity",
    "unit_price",
    "discount",
    "returned",
    "delivery",
    "special",
    "transfer",
)
INVOICES = ("customer_id", "invoice_date", "due_date", "amount", "paid_date", "written_off")
PRODUCTS = ("product_id", "unit_cost", "cost_of_sales", "average_stock")
SLOW = 0.9  # lines that turn below this many times the firm's average are slow


def activity_of(
    lines: pd.DataFrame,
    products: pd.DataFrame,
    invoices: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
    *,
    end: dt.date | None = None,
    months: int = 12,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Sum up what each customer bought, and what it took to serve it, over the months up to a day.

    Args:
        lines: order lines: `order_id`, `customer_id`, `order_date`, `product_id`, `quantity`, `unit_price` (R),
            `discount` (R on the line), `returned` (of the quantity), `delivery` (delivered/collected), `special` and
            `transfer` (yes/no).
        products: `product_id`, `unit_cost`, `cost_of_sales` and `average_stock` (R, for stock turns).
        invoices: `customer_id`, `invoice_date`, `due_date`, `amount`, `paid_date` (empty while open), `written_off`.
            Those due later than their date are credit sales.
        customers: `customer_id` and `since`; without it, a customer began with its first line.
        contacts: one row for each contact of these months, with `customer_id`; without it, they are not counted.
        end: the last day counted; without it, the day of the last line. What comes later is left out.
        months: how many months up to `end`.
        today: dates after it are refused; the computer's date if left out.

    Returns:
        One row for each customer that bought in these months, ready for `net_contribution`: `customer_id`, `since`,
        `revenue` (what was kept, before discounts), `discounts`, `cogs`, `slow_revenue`, `orders`, `lines`,
        `deliveries`, `returns`, `special_orders`, `transfers`, and with the tables for them `contacts`,
        `credit_sales`, `days_to_pay` (mean weighted by amount; open invoices count up to `end`), `bad_debt`.

    Raises:
        DataError: with all faults of a table.

    Example:
        >>> lines = pd.DataFrame({"order_id": "O-1", "customer_id": "C-0001", "order_date": ["2025-11-03"] * 2,
        ...     "product_id": ["P-01", "P-02"], "quantity": [10, 2], "unit_price": [20.0, 50.0], "discount": [0.0, 10.0],
        ...     "returned": [1, 0], "delivery": "delivered", "special": ["no", "yes"], "transfer": "no"})
        >>> products = pd.DataFrame({"product_id": ["P-01", "P-02"], "unit_cost": [15.0, 30.0],
        ...     "cost_of_sales": [9_000.0, 3_000.0], "average_stock": [750.0, 1_500.0]})
        >>> activity = activity_of(lines, products)
        >>> activity[["revenue", "discounts", "cogs", "slow_revenue", "orders", "lines", "returns"]]
           revenue  discounts   cogs  slow_revenue  orders  lines  returns
        0    280.0       10.0  195.0         100.0       1      2        1
    """
    read = _read(lines, products, end, months, today)
    table: dict[str, Any] = {"customer_id": read.customers, "since": _since(read, customers, today)}
    slow = read.turns < SLOW
    figures = {
        "revenue": read.sales,
        "discounts": read.discount,
        "cogs": read.cost,
        "slow_revenue": np.where(slow, read.sales, 0.0),
    }
    table |= {name: np.bincount(read.who, figure, read.size) for name, figure in figures.items()}
    counts = {
        "orders": read.order_who,
        "lines": read.who,
        "deliveries": read.order_who[read.order_delivered],
        "returns": read.who[read.returned],
        "special_orders": read.who[read.special],
        "transfers": read.who[read.transfer],
    }
    table |= {name: np.bincount(one, minlength=read.size) for name, one in counts.items()}
    if contacts is not None:
        faults: list[Fault] = []
        columns.present(contacts, ("customer_id",), "The contacts", faults)
        columns.refuse(faults, "The table of contacts")
        who = read.customers.get_indexer(contacts["customer_id"])
        table["contacts"] = np.bincount(who[who >= 0], minlength=read.size)
    if invoices is not None:
        paid = _payments(invoices, read, today)
        table |= {"credit_sales": paid.credit, "days_to_pay": paid.days_to_pay, "bad_debt": paid.bad_debt}
    return pd.DataFrame(table)


def measures_of(
    lines: pd.DataFrame,
    products: pd.DataFrame,
    invoices: pd.DataFrame,
    *,
    end: dt.date | None = None,
    months: int = 12,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Measure each customer by the four criteria of the scorecard, over the months up to a day.

    Args:
        lines, products, invoices, end, months, today: as for `activity_of`.

    Returns:
        One row for each customer that bought in these months: `customer_id`; `spend` (R, less discounts and returns);
        `margin` (fraction of spend); `days_late` (mean days after the terms, weighted by amount; below 0 is early; open
        invoices count up to `end` once they are due; 0 for who pays at once); `turns` (cost of what was bought, over the
        stock it ties up, against the firm's average: 1 is average).

    Raises:
        DataError: with all faults of a table.

    Example:
        >>> lines = pd.DataFrame({"order_id": "O-1", "customer_id": "C-0001", "order_date": ["2025-11-03"] * 2,
        ...     "product_id": ["P-01", "P-02"], "quantity": [10, 2], "unit_price": [20.0, 50.0], "discount": [0.0, 10.0],
        ...     "returned": [1, 0], "delivery": "delivered", "special": ["no", "yes"], "transfer": "no"})
        >>> products = pd.DataFrame({"product_id": ["P-01", "P-02"], "unit_cost": [15.0, 30.0],
        ...     "cost_of_sales": [9_000.0, 3_000.0], "average_stock": [750.0, 1_500.0]})
        >>> invoices = pd.DataFrame({"customer_id": ["C-0001"], "invoice_date": ["2025-11-03"], "due_date": ["2025-12-03"],
        ...     "amount": [270.0], "paid_date": ["2025-12-10"], "written_off": [0.0]})
        >>> measures_of(lines, products, invoices).round(2)
          customer_id  spend  margin  days_late  turns
        0      C-0001  270.0    0.28        7.0   0.89

    Source: the four criteria of the customer scorecard; stock turns = cost of sales ÷ average stock.
    """
    read = _read(lines, products, end, months, today)
    spend = np.bincount(read.who, read.sales - read.discount, read.size)
    cost = np.bincount(read.who, read.cost, read.size)
    stock = np.bincount(read.who, read.cost / read.turns, read.size)
    table = {
        "customer_id": read.customers,
        "spend": spend,
        "margin": np.divide(spend - cost, spend, out=np.zeros_like(spend), where=spend > 0),
        "days_late": _payments(invoices, read, today).days_late,
        "turns": np.divide(cost, stock, out=np.zeros_like(cost), where=stock > 0),
    }
    return pd.DataFrame(table)


class _Read(NamedTuple):
    """Order lines of the months that count, as arrays."""

    customers: pd.Index
    size: int
    who: np.ndarray  # place of each line's customer in `customers`
    sales: np.ndarray
    discount: np.ndarray
    cost: np.ndarray
    turns: np.ndarray  # of each line's product, against the firm's average
    returned: np.ndarray
    special: np.ndarray
    transfer: np.ndarray
    order_who: np.ndarray
    order_delivered: np.ndarray
    first: np.ndarray  # day of each customer's first line, of all months
    start: np.datetime64
    end: np.datetime64


class _Paid(NamedTuple):
    credit: np.ndarray
    days_to_pay: np.ndarray
    days_late: np.ndarray
    bad_debt: np.ndarray


def _read(
    lines: pd.DataFrame, products: pd.DataFrame, end: dt.date | None, months: int, today: dt.date | None
) -> _Read:
    months = whole("months", months, 1, 1200)
    today = today_or("today", today)
    end = None if end is None else day_of("end", end)
    cost_of, turns_of = _products(products)
    faults: list[Fault] = []
    if not columns.present(lines, LINES, "The table of order lines", faults):
        raise DataError(faults, "The table of order lines")
    day = columns.dates(lines, "order_date", faults, latest=today)
    quantity = columns.numbers(lines, "quantity", faults, above=0)
    price = columns.numbers(lines, "unit_price", faults, low=0)
    discount = columns.numbers(lines, "discount", faults, low=0)
    returned = columns.numbers(lines, "returned", faults, low=0)
    delivered = columns.marked(lines, "delivery", faults, "delivered", "collected")
    special, transfer = (columns.marked(lines, name, faults, "yes", "no") for name in ("special", "transfer"))
    product = cost_of.index.get_indexer(lines["product_id"])
    columns.note(lines, "product_id", product < 0, "is not in the table of products", faults)
    columns.note(lines, "returned", returned > quantity, "is more than the quantity", faults)
    who, customers = pd.factorize(lines["customer_id"], sort=True)
    order, orders = pd.factorize(lines["order_id"])
    columns.note(lines, "customer_id", who < 0, "is empty", faults)
    columns.note(lines, "order_id", order < 0, "is empty", faults)
    if not faults:
        order_who = np.zeros(len(orders), dtype=who.dtype)
        order_who[order] = who
        columns.note(lines, "order_id", order_who[order] != who, "is another customer's order too", faults)
    columns.refuse(faults, "The table of order lines")

    last = np.datetime64(end, "D") if end is not None else day.max()
    start = _months_before(last, months)
    counts = (day > start) & (day <= last)
    if not counts.any():
        raise DataError(
            [Fault(None, "order_date", None, f"there is no line after {start} up to {last}")], "The order lines"
        )
    first = np.full(len(customers), np.datetime64("9999-12-31", "D"))
    np.minimum.at(first, who, day)
    buys = np.bincount(who[counts], minlength=len(customers)) > 0
    place = np.cumsum(buys) - 1
    order_counts = np.zeros(len(orders), dtype=bool)
    order_counts[order[counts]] = True
    order_delivered = np.zeros(len(orders), dtype=bool)
    order_delivered[order[delivered]] = True
    kept, product = (quantity - returned)[counts], product[counts]
    return _Read(
        customers=pd.Index(customers)[buys],
        size=int(buys.sum()),
        who=place[who[counts]],
        sales=kept * price[counts],
        discount=discount[counts],
        cost=kept * cost_of.to_numpy()[product],
        turns=turns_of[product],
        returned=returned[counts] > 0,
        special=special[counts],
        transfer=transfer[counts],
        order_who=place[order_who[order_counts]],
        order_delivered=order_delivered[order_counts],
        first=first[buys],
        start=start,
        end=last,
    )


def _products(products: pd.DataFrame) -> tuple[pd.Series, np.ndarray]:
    """Give the cost of each product, and its stock turns against the firm's average."""
    faults: list[Fault] = []
    if columns.present(products, PRODUCTS, "The products", faults):
        name = columns.names(products, "product_id", faults, once=True)
        cost = columns.numbers(products, "unit_cost", faults, low=0)
        sold = columns.numbers(products, "cost_of_sales", faults, above=0)
        stock = columns.numbers(products, "average_stock", faults, above=0)
    columns.refuse(faults, "The table of products")
    return pd.Series(cost, index=pd.Index(name)), (sold / stock) / (sold.sum() / stock.sum())


def _payments(invoices: pd.DataFrame, read: _Read, today: dt.date | None) -> _Paid:
    faults: list[Fault] = []
    if not columns.present(invoices, INVOICES, "The table of invoices", faults):
        raise DataError(faults, "The table of invoices")
    today = today_or("today", today)
    day = columns.dates(invoices, "invoice_date", faults, latest=today)
    due = columns.dates(invoices, "due_date", faults)
    paid = columns.dates(invoices, "paid_date", faults, latest=today, gaps=True)
    amount = columns.numbers(invoices, "amount", faults, low=0)
    bad = columns.numbers(invoices, "written_off", faults, low=0)
    columns.note(invoices, "due_date", due < day, "is before the date of the invoice", faults)
    columns.note(invoices, "written_off", bad > amount, "is more than the amount", faults)
    columns.refuse(faults, "The table of invoices")
    who = read.customers.get_indexer(invoices["customer_id"])
    counts = (who >= 0) & (day > read.start) & (day <= read.end)
    credit = counts & (due > day)
    until = np.where(np.isnat(paid), read.end, paid)
    dealt_with = credit & (~np.isnat(paid) | (due <= read.end))  # an open invoice that is not due yet is not early
    owed = np.bincount(who[credit], amount[credit], read.size)
    return _Paid(
        credit=owed,
        days_to_pay=_mean(who, (until - day).astype(float), amount, credit, read.size),
        days_late=_mean(who, (until - due).astype(float), amount, dealt_with, read.size),
        bad_debt=np.bincount(who[counts], bad[counts], read.size),
    )


def _mean(who: np.ndarray, days: np.ndarray, amount: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """Mean days of each customer, weighted by amount; 0 where there is nothing to count."""
    weight = np.bincount(who[counts], amount[counts], size)
    total = np.bincount(who[counts], days[counts] * amount[counts], size)
    return np.divide(total, weight, out=np.zeros(size), where=weight > 0)


def _since(read: _Read, customers: pd.DataFrame | None, today: dt.date | None) -> pd.Series:
    if customers is None:
        return pd.Series(read.first)
    faults: list[Fault] = []
    if columns.present(customers, ("customer_id", "since"), "The customers", faults):
        name = columns.names(customers, "customer_id", faults, once=True)
        since = columns.dates(customers, "since", faults, latest=today_or("today", today))
    columns.refuse(faults, "The table of customers")
    place = pd.Index(name).get_indexer(read.customers)
    missing = [f"{one} has order lines, but is not in this table" for one in read.customers[place < 0]]
    columns.refuse([Fault(None, "customer_id", None, reason) for reason in missing], "The table of customers")
    return pd.Series(since[place])


def _months_before(day: np.datetime64, months: int) -> np.datetime64:
    """The same day so many months before; the last day of the month where the day is the last one or does not exist."""
    month = day.astype("datetime64[M]")
    if day + 1 == (month + 1).astype("datetime64[D]"):
        return (month - months + 1).astype("datetime64[D]") - 1
    there = (month - months).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return min(there, (month - months + 1).astype("datetime64[D]") - 1)
