"""Value and trends at size: time against the same work in bare pandas and scipy, and peak memory against the input.

    python benchmarks/value_trends.py            # 100 000 customers, 1 000 000 order lines
    python benchmarks/value_trends.py --small    # a hundredth of it

Exit 1 when something is above its limit.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import Any

import measure
import numpy as np
import pandas as pd
from measure import Case
from scipy import stats

from learner_kit import trends, value

TODAY = dt.date(2026, 10, 31)
CAUSES = ("slow response", "defect", "over-promise", "rudeness", "price or quantity", "misleading marketing")
CHECKS = (
    "The work itself is two multiplications of columns. Looking at each of the 300 000 numbers for gaps, infinite and "
    "negative ones takes longer than that, and is still under a few milliseconds."
)
RANKS = "The memory is that of scipy's own spearmanr, which both ways call; the kit adds none to it."


def bare_pareto(causes: pd.Series) -> pd.DataFrame:
    table = causes.value_counts().rename_axis("cause").reset_index(name="count")
    table["percent"] = 100 * table["count"] / table["count"].sum()
    table["cumulative"] = table["percent"].cumsum()
    return table.assign(vital=table["cumulative"].shift(fill_value=0) < 80)


def bare_warning(lines: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    orders = lines.drop_duplicates("order_id")
    first = orders.groupby("customer_id")["order_date"].transform("min")
    split, start = today - pd.Timedelta(90, "D"), today - pd.Timedelta(455, "D")
    counted = orders[(orders["order_date"] > start) & (orders["order_date"] > first)]
    late = counted[counted["order_date"] > split].groupby("customer_id").size()
    early = counted[counted["order_date"] <= split].groupby("customer_id").size()
    by = orders.groupby("customer_id")["order_date"]
    table = pd.DataFrame({"first": by.min(), "last": by.max()})
    table["late"], table["early"] = late.reindex(table.index).fillna(0), early.reindex(table.index).fillna(0)
    span = (split - table["first"].clip(lower=start)).dt.days.clip(lower=0)
    table["p"] = stats.binom.cdf(table["late"], table["late"] + table["early"], 90 / (90 + span.clip(lower=1)))
    table["warning"] = (table["p"] < 0.05) & (table["late"] / 90 <= 0.5 * table["early"] / span.clip(lower=1))
    return table.sort_values(["warning", "p"], ascending=[False, True])


def bare_link(x: pd.Series, y: pd.Series) -> Any:
    return stats.pearsonr(x, y).confidence_interval(), stats.spearmanr(x, y)


def cases(scale: int) -> list[Case]:
    chance = np.random.default_rng(1)
    people, size = 100_000 // scale, 1_000_000 // scale
    kept = pd.DataFrame({"customer_id": [f"C-{number:06d}" for number in range(people)]})
    kept["price"], kept["count"], kept["often"] = (chance.uniform(1, 90, people) for _ in range(3))
    kept["stays"] = chance.uniform(0, 0.95, people)
    price, count, often, stays = (kept[name] for name in ("price", "count", "often", "stays"))
    order = np.sort(chance.integers(0, size * 3 // 5, size))
    buyer, day = chance.integers(0, people, size), chance.integers(0, 700, size)
    lines = pd.DataFrame(
        {
            "order_id": pd.Series(order).map("O-{:07d}".format),
            "customer_id": pd.Series(buyer[order]).map("C-{:06d}".format),
            "order_date": pd.Timestamp("2024-11-30") + pd.to_timedelta(day[order], unit="D"),
        }
    )
    causes = pd.Series(chance.choice(CAUSES, size))
    x, y = pd.Series(chance.normal(size=size)), pd.Series(chance.normal(size=size))
    many, crowd = f"{size:,} rows".replace(",", " "), f"{people:,} customers".replace(",", " ")
    return [
        Case(f"trends.pareto, {many}", lambda: trends.pareto(causes), lambda: bare_pareto(causes), [causes]),
        Case(
            f"trends.early_warning, {many}",
            lambda: trends.early_warning(lines, today=TODAY),
            lambda: bare_warning(lines, pd.Timestamp(TODAY)),
            [lines],
        ),
        Case(f"trends.correlate, {many}", lambda: trends.correlate(x, y), lambda: bare_link(x, y), [x, y], RANKS),
        Case(
            f"value.lifetime_value, 36 periods, {crowd}",
            lambda: value.lifetime_value(price, stays, 0.01, periods=36),
            lambda: sum(price * (stays / 1.01) ** step for step in range(36)),
            [kept],
        ),
        Case(
            f"value.sales_potential, {crowd}",
            lambda: value.sales_potential(price, count, often),
            lambda: price * count * often,
            [kept],
            CHECKS,
        ),
    ]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--small", action="store_true", help="a hundredth of the rows, no limits")
    small = asked.parse_args().small
    sys.exit(0 if measure.compare(cases(100 if small else 1)) or small else 1)
