"""What it is worth to keep customers, and what it costs to lose them (specific outcome 1).

Rates are fractions from 0 to 1, for one period: a year unless you count in another one. Numbers in, a number out;
pandas Series in, a Series out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from learner_kit.checks import fraction, is_series, number, same_rows, whole

MAX_PERIODS = 600  # of a lifetime: fifty years of months


class Loss(NamedTuple):
    """What leaving customers cost, in Rand.

    `value_lost` is what they would still have brought, `by_word` what the people they tell would have brought.
    `not_replaced` is the whole loss when nobody takes their place; `replaced` when as many are won anew, who then
    bring what the others would have brought.
    """

    value_lost: float
    by_word: float
    not_replaced: float
    replaced: float


def retention_rate(start: Any, end: Any, new: Any) -> Any:
    """Work out the share of customers who stayed: (end − new) / start.

    Args:
        start: customers at the start of the period, above 0.
        end: customers at its end, 0 or more.
        new: those of `end` who were won during the period, 0 to `end`.

    Returns:
        A fraction from 0 to 1.

    Raises:
        ValueError: for values outside these ranges, or when more would have stayed than were there.

    Example:
        >>> retention_rate(start=200, end=210, new=50)
        0.8
    """
    start, end, new = number("start", start, above=0), number("end", end, low=0), number("new", new, low=0)
    same_rows(start=start, end=end, new=new)
    stayed = end - new
    if _any(stayed < 0):
        raise ValueError(
            f"new must be at most end{_where(stayed < 0)}: count as new only those who are still there at the end."
        )
    if _any(stayed > start):
        raise ValueError(
            f"end − new must be at most start{_where(stayed > start)}: no more can have stayed than were there. "
            "Are all who were won counted as new?"
        )
    return stayed / start


def churn_rate(start: Any, end: Any, new: Any) -> Any:
    """Work out the share of customers who left: 1 − retention.

    Args:
        start, end, new: as for `retention_rate`.

    Returns:
        A fraction from 0 to 1.

    Raises:
        ValueError: as for `retention_rate`.

    Example:
        >>> churn_rate(start=200, end=200, new=50)
        0.25
    """
    return 1 - retention_rate(start, end, new)


def expected_life(retention: Any) -> Any:
    """Work out for how many periods a customer stays on average: 1 / (1 − retention).

    Args:
        retention: the share who stay from one period to the next, 0 up to, but not, 1.

    Returns:
        Periods, the first one counted.

    Example:
        >>> expected_life(0.75)
        4.0
    """
    return 1 / (1 - fraction("retention", retention, below_one=True))


def lifetime_value(
    margin: Any, retention: Any, discount: Any = 0.0, periods: int | None = None, first_now: bool = True
) -> Any:
    """Work out what a customer brings in over time, each period's margin weighed by the chance that they stay.

    Args:
        margin: Rand of gross margin in a period, 0 or more (not turnover).
        retention: the share who stay from one period to the next, 0 to 1.
        discount: what money costs in a period, 0 to 1 (10 % is 0.1); 0 counts later Rand like today's.
        periods: how many margins to count, 1 to 600; None goes on without end.
        first_now: True: the first margin comes today and is certain. False: it comes after one period, if they stay.

    Returns:
        Rand. What it cost to win the customer is not taken off.

    Raises:
        ValueError: for values outside these ranges, and for a sum without end (retention 1, no discount, no periods).

    Example:
        >>> round(lifetime_value(2400, 0.8), 2), round(lifetime_value(2400, 0.8, discount=0.1), 2)
        (12000.0, 8800.0)
        >>> round(lifetime_value(2400, 0.8, discount=0.1, first_now=False), 2)
        6400.0
        >>> lifetime_value(1000, 0.5, periods=3)
        1750.0

    Source: Gupta and Lehmann: m(1 + i) / (1 + i − r) with the first margin now, m r / (1 + i − r) in a period.
    """
    margin = number("margin", margin, low=0)
    retention, discount = fraction("retention", retention), fraction("discount", discount)
    same_rows(margin=margin, retention=retention, discount=discount)
    if not isinstance(first_now, bool):
        raise ValueError(f"first_now must be True or False, not {first_now!r}.")
    kept = retention / (1 + discount)  # of each Rand, what one period leaves of it
    if periods is None:
        leaves = 1 + discount - retention
        if _any(leaves <= 0):
            raise ValueError(
                f"retention must be below 1 when there is no discount and periods is None{_where(leaves <= 0)}: "
                "a customer who never leaves brings a sum without end. Give the number of periods."
            )
        margins = (1 + discount) / leaves
    else:
        margins = 1.0
        for _ in range(whole("periods", periods, 1, MAX_PERIODS) - 1):  # 1 + k (1 + k (1 + …))
            margins = margins * kept + 1
    return margin * margins * (1 if first_now else kept)


def cost_of_losing(
    lifetime_value: Any, customers: Any = 1, replacement_cost: Any = 0.0, tells: Any = 0, put_off: Any = 0.0
) -> Loss:
    """Work out what it costs when customers leave, left as it is or with others won in their place.

    Args:
        lifetime_value: Rand that one of them would still have brought, 0 or more (see the function of that name).
        customers: how many leave, 0 or more.
        replacement_cost: Rand to win one customer anew, 0 or more (see `acquisition_cost`).
        tells: how many people each tells of it, 0 or more.
        put_off: the share of these who would have become customers and now do not, 0 to 1.

    Returns:
        value_lost, by_word, not_replaced and replaced, in Rand.

    Raises:
        ValueError: for values outside these ranges.

    Example:
        >>> cost_of_losing(8800, customers=2, replacement_cost=300, tells=10, put_off=0.125)
        Loss(value_lost=17600.0, by_word=22000.0, not_replaced=39600.0, replaced=22600.0)
    """
    value = number("lifetime_value", lifetime_value, low=0)
    customers = number("customers", customers, low=0)
    replacement_cost = number("replacement_cost", replacement_cost, low=0)
    tells, put_off = number("tells", tells, low=0), fraction("put_off", put_off)
    same_rows(
        lifetime_value=value, customers=customers, replacement_cost=replacement_cost, tells=tells, put_off=put_off
    )
    lost, by_word = customers * value, customers * tells * put_off * value
    return Loss(lost, by_word, lost + by_word, customers * replacement_cost + by_word)


def _any(condition: Any) -> bool:
    return bool(condition.any()) if is_series(condition) else bool(condition)


def _where(condition: Any) -> str:
    if not is_series(condition):
        return ""
    places = condition.index[condition.to_numpy()]
    shown = ", ".join(repr(place) for place in places[:3].tolist())
    return f" (not so at {shown}{' …' if len(places) > 3 else ''})"
