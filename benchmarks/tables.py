"""Grading at size: time against the same work in bare pandas, and peak memory against the input.

    python benchmarks/tables.py            # 100 000 customers, 1 000 000 order lines
    python benchmarks/tables.py --small    # a hundredth of it

Bare pandas does the work as an analyst would write it in a notebook, without one check of the input; its result must be
the same. Prints a Markdown table; exit 1 when something is above its limit.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys

import measure
import numpy as np
import pandas as pd
from measure import Case

from learner_kit import grading

TODAY = dt.date(2026, 11, 1)
START = pd.Timestamp("2025-11-01")


def customers(count: int, chance: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"C-{number:06d}" for number in range(count)],
            "spend": chance.permutation(count) * 7.0 + 3.0,
            "margin": chance.uniform(0, 0.6, count),
            "days_late": chance.uniform(-10, 90, count),
            "turns": chance.uniform(0.2, 2.0, count),
        }
    )


def activity(count: int, chance: np.random.Generator) -> pd.DataFrame:
    revenue = chance.uniform(1_000, 90_000, count)
    return pd.DataFrame(
        {
            "customer_id": [f"C-{number:06d}" for number in range(count)],
            "months_active": chance.integers(1, 90, count),
            "revenue": revenue,
            "discounts": revenue * 0.03,
            "cogs": revenue * chance.uniform(0.6, 0.9, count),
            "orders": chance.integers(1, 60, count),
            "lines": chance.integers(1, 200, count),
            "deliveries": chance.integers(0, 40, count),
            "credit_sales": revenue * 0.9,
            "days_to_pay": chance.uniform(0, 90, count),
        }
    )


def order_lines(count: int, buyers: int, chance: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    order = np.sort(chance.integers(0, count * 3 // 5, count))
    buyer_of = chance.integers(0, buyers, count)
    day_of = chance.integers(0, 365, count)
    product = chance.integers(0, 500, count)
    products = pd.DataFrame({"product_id": [f"P-{number:03d}" for number in range(500)]})
    products["unit_cost"] = chance.uniform(20, 400, 500).round(2)
    products["cost_of_sales"] = chance.uniform(50_000, 400_000, 500)
    products["average_stock"] = chance.uniform(10_000, 60_000, 500)
    quantity = chance.integers(1, 20, count)
    lines = pd.DataFrame(
        {
            "order_id": pd.Series(order).map("O-{:07d}".format),
            "customer_id": pd.Series(buyer_of[order]).map("C-{:06d}".format),
            "order_date": START + pd.to_timedelta(day_of[order], unit="D"),
            "product_id": products["product_id"].to_numpy()[product],
            "quantity": quantity,
            "unit_price": products["unit_cost"].to_numpy()[product] * 1.3,
            "discount": chance.uniform(0, 5, count).round(2),
            "returned": np.where(chance.random(count) < 0.02, 1, 0),
            "delivery": np.where(order % 3 > 0, "delivered", "collected"),
            "special": np.where(chance.random(count) < 0.05, "yes", "no"),
            "transfer": np.where(chance.random(count) < 0.02, "yes", "no"),
        }
    )
    return lines, products


def bare_scorecard(table: pd.DataFrame) -> pd.DataFrame:
    out = table[["customer_id"]].copy()
    out["spend_score"] = pd.qcut(table["spend"], 5, labels=False) + 1
    edges = [-np.inf, 0.1, 0.2, 0.3, 0.4, np.inf]
    out["margin_score"] = pd.cut(table["margin"], edges, right=False, labels=False) + 1
    out["days_late_score"] = 5 - pd.cut(table["days_late"], [-np.inf, 0, 15, 30, 60, np.inf], labels=False)
    edges = [-np.inf, 0.6, 0.9, 1.1, 1.5, np.inf]
    out["turns_score"] = pd.cut(table["turns"], edges, right=False, labels=False) + 1
    out["value"] = out.filter(like="_score").mean(axis=1)
    names = ["Operational Drain", "Convenient Sale", "Core Customer", "Business Build"]
    out["band"] = pd.cut(out["value"], [1, 2, 3, 4, np.inf], right=False, labels=names).astype(str)
    return out


def bare_rank(table: pd.DataFrame) -> pd.DataFrame:
    out = table[["customer_id"]].copy()
    tied = pd.Series("", index=table.index)
    for name, high in (("spend", True), ("margin", True), ("days_late", False)):
        out[f"{name}_grade"] = pd.qcut(table[name].rank(ascending=not high), 3, labels=list("ABC")).astype(str)
        tied = tied.mask(table[name].duplicated(keep=False), tied + name)
    return out.assign(ties=tied)


def bare_contribution(table: pd.DataFrame, rates: dict[str, float]) -> pd.DataFrame:
    out = table[["customer_id", "months_active"]].copy()
    out["net_sales"] = table["revenue"] - table["discounts"]
    out["gross_profit"] = out["net_sales"] - table["cogs"]
    for name, rate in (("orders", "order"), ("lines", "line"), ("deliveries", "delivery")):
        out[f"{name}_cost"] = table[name] * rates[rate]
    out["financing"] = table["credit_sales"] * table["days_to_pay"] / 365 * rates["cost_of_money"]
    out["bad_debt"] = 0.0
    out["cost_to_serve"] = out[["orders_cost", "lines_cost", "deliveries_cost", "financing"]].sum(axis=1)
    out["net_contribution"] = out["gross_profit"] - out["cost_to_serve"]
    return out


def bare_abc(table: pd.DataFrame) -> pd.DataFrame:
    out = table[["customer_id", "months_active", "net_sales", "gross_profit", "net_contribution"]].copy()
    graded = table[table["months_active"] >= 12]
    large = (table["net_sales"] >= graded["net_sales"].mean()) | (
        table["gross_profit"] >= graded["gross_profit"].mean()
    )
    when = [table["months_active"] < 12, table["net_contribution"] > 0, large]
    out["grade"] = np.select(when, ["New", "A", "B"], "C")
    why = ["less than 12 months", "adds to net profit after cost", "adds nothing, but is large"]
    out["why"] = np.select(when, why, "adds nothing, and is small")
    return out


def bare_activity(lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    turns = products["cost_of_sales"] / products["average_stock"]
    turns /= products["cost_of_sales"].sum() / products["average_stock"].sum()
    shelf = products[["product_id", "unit_cost"]].assign(turns=turns)
    table = lines.merge(shelf, on="product_id")
    kept = table["quantity"] - table["returned"]
    table["revenue"] = kept * table["unit_price"]
    table["cogs"] = kept * table["unit_cost"]
    table["slow_revenue"] = table["revenue"].where(table["turns"] < 0.9, 0.0)
    table["returns"] = table["returned"] > 0
    table["special_orders"] = table["special"] == "yes"
    table["transfers"] = table["transfer"] == "yes"
    by = table.groupby("customer_id")
    out = by.agg(
        since=("order_date", "min"),
        revenue=("revenue", "sum"),
        discounts=("discount", "sum"),
        cogs=("cogs", "sum"),
        slow_revenue=("slow_revenue", "sum"),
        lines=("order_id", "size"),
        returns=("returns", "sum"),
        special_orders=("special_orders", "sum"),
        transfers=("transfers", "sum"),
    )
    orders = table.drop_duplicates("order_id")
    out["orders"] = orders.groupby("customer_id").size()
    out["deliveries"] = orders[orders["delivery"] == "delivered"].groupby("customer_id").size()
    return out.fillna({"deliveries": 0}).reset_index()


def cases(scale: int) -> list[Case]:
    chance = np.random.default_rng(1)
    people, trade = customers(100_000 // scale, chance), activity(100_000 // scale, chance)
    lines, products = order_lines(1_000_000 // scale, 100_000 // scale, chance)
    mixed = trade.sample(frac=1, random_state=1, ignore_index=True)
    rates = grading.Scales.load().rates
    left = grading.net_contribution(trade, rates)
    thirds = people.iloc[: len(people) // 3 * 3]  # where the two ways to part a table into thirds agree
    by = {"spend": "high", "margin": "high", "days_late": "low"}
    size = f"{len(people):,} customers".replace(",", " ")
    many = f"{len(lines):,} order lines".replace(",", " ")
    return [
        Case(f"scorecard, {size}", lambda: grading.scorecard(people), lambda: bare_scorecard(people), [people]),
        Case(f"rank, {size}", lambda: grading.rank(thirds, by), lambda: bare_rank(thirds), [thirds]),
        Case(
            f"net_contribution, {size}",
            lambda: grading.net_contribution(trade, rates),
            lambda: bare_contribution(trade, rates),
            [trade],
        ),
        Case(
            f"net_contribution, customers in no order, {size}",
            lambda: grading.net_contribution(mixed, rates),
            lambda: bare_contribution(mixed, rates),
            [mixed],
            "The bare sum is a dozen multiplications and looks for no doubled customer; a look through names in no "
            "order takes longer than they do. The next row is the same with that look in both.",
        ),
        Case(
            f"… with a look for doubled customers in both, {size}",
            lambda: grading.net_contribution(mixed, rates),
            lambda: (mixed["customer_id"].duplicated().any(), bare_contribution(mixed, rates))[1],
            [mixed],
        ),
        Case(f"abc, {size}", lambda: grading.abc(left), lambda: bare_abc(left), [left]),
        Case(
            f"activity_of, {many}",
            lambda: grading.activity_of(lines, products, today=TODAY),
            lambda: bare_activity(lines, products),
            [lines, products],
        ),
    ]


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Refuse a comparison of unlike work."""
    shared = [name for name in one.columns if name in other.columns and name not in ("why", "since", "grade")]
    assert len(one) == len(other) and len(shared) > 2, (one.columns, other.columns)
    shared += ["grade"] if "why" in one.columns and "why" in other.columns else []
    pd.testing.assert_frame_equal(
        one[shared].reset_index(drop=True), other[shared].reset_index(drop=True), check_dtype=False, rtol=1e-9
    )


def main(small: bool) -> int:
    found = cases(100 if small else 1)
    for case in found:
        same(case.kit(), case.bare())
    good = measure.compare(found)
    return 0 if good or small else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--small", action="store_true", help="a hundredth of the rows, no limits")
    sys.exit(main(asked.parse_args().small))
