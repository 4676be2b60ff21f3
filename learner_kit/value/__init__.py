"""What customers are worth, and what it costs to reach, win, keep and lose them (specific outcome 1).

Money is Rand as a number, rates are fractions from 0 to 1, and a period is a year unless you count in another one.
Numbers in, a number out; pandas Series in (one row a customer or group), a Series out.

    >>> sales_potential(price=1500, customers=10, purchases_per_year=4)
    60000.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from learner_kit.checks import countable, fraction, number, same_rows, single, whole
from learner_kit.value.keeping import Loss, churn_rate, cost_of_losing, expected_life, lifetime_value, retention_rate
from learner_kit.value.methods import compare_methods

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Loss",
    "Referrals",
    "WordOfMouth",
    "acquisition_cost",
    "churn_rate",
    "compare_methods",
    "cost_of_losing",
    "expected_life",
    "expected_value",
    "lifetime_value",
    "payback",
    "referral_rounds",
    "referrals",
    "retention_rate",
    "sales_potential",
    "word_of_mouth",
]

MAX_ROUNDS = 50  # of referrals or of word of mouth: far beyond any town's customers


class Referrals(NamedTuple):
    """Customers won by referral: `new` ones, `total` with those who were there, and `multiple` = total / those."""

    new: float
    total: float
    multiple: float


class WordOfMouth(NamedTuple):
    """People who `heard` of it, and the same people `with_teller`, the one with whom it began."""

    heard: float
    with_teller: float


def sales_potential(price: Any, customers: Any, purchases_per_year: Any, items: Any = 1, years: Any = 1) -> Any:
    """Work out the sales that customers could bring: price × items × purchases a year × customers × years.

    This is turnover, not profit, and it is certain only if every customer buys as assumed: `expected_value` weighs it.

    Args:
        price: Rand for one item, 0 or more.
        customers: how many, 0 or more.
        purchases_per_year: how often each buys, 0 or more.
        items: how many are bought each time, 0 or more.
        years: for how long, 0 or more.

    Returns:
        Rand.

    Raises:
        ValueError: for what is no number of 0 or more.

    Example:
        >>> sales_potential(price=1500, customers=10, purchases_per_year=4)
        60000.0
        >>> sales_potential(price=1500, customers=10, purchases_per_year=4, items=2)
        120000.0
    """
    price = number("price", price, low=0)
    customers = number("customers", customers, low=0)
    purchases_per_year = number("purchases_per_year", purchases_per_year, low=0)
    items = number("items", items, low=0)
    years = number("years", years, low=0)
    same_rows(price=price, customers=customers, purchases_per_year=purchases_per_year, items=items, years=years)
    return countable(price * customers * (purchases_per_year * (items * years)))


def expected_value(potential: Any, conversion: Any, margin: Any = 1.0) -> Any:
    """Weigh a sales potential by the chance that it comes true and by the margin that stays.

    Args:
        potential: Rand, 0 or more.
        conversion: the share of prospects who buy, 0 to 1.
        margin: the share of turnover that stays as gross margin, 0 to 1; 1 leaves it as turnover.

    Returns:
        Rand: potential × conversion × margin.

    Raises:
        ValueError: for a potential below 0, or a rate that is no fraction (12 for 0.12).

    Example:
        >>> expected_value(60000, conversion=0.25, margin=0.5)
        7500.0
    """
    potential = number("potential", potential, low=0)
    conversion, margin = fraction("conversion", conversion), fraction("margin", margin)
    same_rows(potential=potential, conversion=conversion, margin=margin)
    return potential * conversion * margin


def referrals(customers: Any, per_customer: Any, conversion: Any = 1.0, rounds: int = 1) -> Referrals:
    """Count the customers that referrals bring: in each round only those newly won refer others.

    Args:
        customers: those there at the start, 0 or more.
        per_customer: how many people each refers, 0 or more.
        conversion: the share of people referred who become customers, 0 to 1. That all do is an assumption.
        rounds: how often it goes on, 1 to 50.

    Returns:
        new, total (with those at the start) and multiple (total / start). Three for each makes four times as many.

    Raises:
        ValueError: for values outside these ranges.

    Example:
        >>> referrals(100, per_customer=3)
        Referrals(new=300.0, total=400.0, multiple=4.0)

    Source: customers × (1 + kc + (kc)² + …), k people referred by each, c the share who come.
    """
    customers = number("customers", customers, low=0)
    won_by_each = _won_by_each(customers, per_customer, conversion)
    rounds = whole("rounds", rounds, 1, MAX_ROUNDS)
    multiple, newest = 1.0, 1.0
    for _ in range(rounds):
        newest = newest * won_by_each
        multiple = multiple + newest
    return Referrals(customers * (multiple - 1), countable(customers * multiple), multiple)


def referral_rounds(customers: float, per_customer: float, conversion: float = 1.0, rounds: int = 3) -> pd.DataFrame:
    """Show the referrals of `referrals` round by round.

    Args:
        customers, per_customer, conversion, rounds: as for `referrals`, single numbers.

    Returns:
        A table: round (0 is the start), new, total, multiple.

    Example:
        >>> referral_rounds(100, per_customer=3, rounds=2)
           round    new   total  multiple
        0      0  100.0   100.0       1.0
        1      1  300.0   400.0       4.0
        2      2  900.0  1300.0      13.0
    """
    import pandas as pd

    customers = number("customers", single("customers", customers), low=0)
    won_by_each = _won_by_each(customers, single("per_customer", per_customer), single("conversion", conversion))
    rounds = whole("rounds", rounds, 1, MAX_ROUNDS)
    new = [customers * won_by_each**each for each in range(rounds + 1)]
    multiple = [sum(won_by_each**step for step in range(each + 1)) for each in range(rounds + 1)]
    totals = [countable(customers * times) for times in multiple]
    return pd.DataFrame({"round": range(rounds + 1), "new": new, "total": totals, "multiple": multiple})


def word_of_mouth(tells: Any, rounds: int) -> WordOfMouth:
    """Count the people who hear of something when each who hears it tells `tells` others who had not.

    Args:
        tells: how many others each person tells, 0 to 1 000 000.
        rounds: how often it is passed on, 1 to 50; in round 1 the first teller tells.

    Returns:
        heard (without the first teller) and with_teller. That nobody is told twice is an assumption: it is the most
        people that can have heard.

    Raises:
        ValueError: for values outside these ranges.

    Example:
        >>> word_of_mouth(tells=10, rounds=2)
        WordOfMouth(heard=110.0, with_teller=111.0)
    """
    spread = referrals(1, number("tells", tells, 0, 1_000_000), rounds=rounds)
    return WordOfMouth(spread.new, spread.total)


def acquisition_cost(spend: Any, new_customers: Any) -> Any:
    """Work out what it cost to win one customer: spend on marketing and sales / customers won with it.

    Args:
        spend: Rand, 0 or more.
        new_customers: how many were won, above 0.

    Returns:
        Rand for one customer.

    Raises:
        ValueError: when nobody was won: there is then no cost for each.

    Example:
        >>> acquisition_cost(spend=12000, new_customers=40)
        300.0
    """
    spend, new_customers = number("spend", spend, low=0), number("new_customers", new_customers, above=0)
    same_rows(spend=spend, new_customers=new_customers)
    return spend / new_customers


def payback(cost: Any, margin: Any) -> Any:
    """Work out how many periods of margin pay back what it cost to win a customer.

    Args:
        cost: Rand to win one customer, 0 or more.
        margin: Rand of gross margin one customer brings in a period, above 0.

    Returns:
        Periods: months, if the margin is that of a month.

    Example:
        >>> payback(cost=300, margin=120)
        2.5
    """
    cost, margin = number("cost", cost, low=0), number("margin", margin, above=0)
    same_rows(cost=cost, margin=margin)
    return cost / margin


def _won_by_each(customers: Any, per_customer: Any, conversion: Any) -> Any:
    per_customer = number("per_customer", per_customer, 0, 1_000_000)
    conversion = fraction("conversion", conversion)
    same_rows(customers=customers, per_customer=per_customer, conversion=conversion)
    return per_customer * conversion
