"""Grading: the values of the exercise and the formula, the rules' invariants, and every kind of bad input."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learner_kit import grading
from learner_kit.errors import DataError, KitError
from learner_kit.grading import levers
from learner_kit.grading.contribution import COUNTS
from learner_kit.grading.scales import DEFAULT, LOWEST, RATES
from learner_kit.grading.weighing import parts

TODAY = dt.date(2026, 11, 21)
THREE = pd.DataFrame(
    {
        "customer": ["Mrs Lotter", "Ms Khumalo", "Mrs Bright"],
        "units": [120, 80, 45],
        "spend": [18_000, 12_000, 7_500],
        "days_to_pay": [75, 40, 15],
    }
)
BY = {"units": "high", "spend": "high", "days_to_pay": "low"}
FOUR = pd.DataFrame(
    {
        "customer_id": ["C-0001", "C-0002", "C-0003", "C-0004", "C-0005"],
        "spend": [100.0, 200.0, 300.0, 400.0, 500.0],
        "margin": [0.05, 0.10, 0.20, 0.35, 0.40],
        "days_late": [61, 60, 30, 15, 0],
        "turns": [0.5, 0.6, 1.0, 1.1, 1.5],
    }
)
RATES_OF_ALL = dict.fromkeys(RATES, 10.0) | {"cost_of_money": 0.12}


def reasons(error) -> str:
    return " | ".join(map(str, error.value.faults))


# --- the scorecard


def test_each_limit_gives_the_better_score():
    table = grading.scorecard(FOUR)
    assert table["spend_score"].tolist() == [1, 2, 3, 4, 5]
    assert table["margin_score"].tolist() == [1, 2, 3, 4, 5]
    assert table["days_late_score"].tolist() == [1, 2, 3, 4, 5]
    assert table["turns_score"].tolist() == [1, 2, 3, 4, 5]
    assert table["band"].tolist() == [
        "Operational Drain",
        "Convenient Sale",
        "Core Customer",
        "Business Build",
        "Business Build",
    ]


@pytest.mark.parametrize("scores", [[1, 4, 5, 5], [2, 3, 5, 5], [2, 4, 4, 5], [3, 3, 4, 5], [3, 4, 4, 4]])
def test_the_printed_result_is_the_second_band_of_four(scores):
    assert grading.weighted_value(scores) == 3.75
    assert grading.band(3.75) == "Core Customer"


def test_weights_are_shares_of_each_other():
    scores = dict(zip(["spend", "margin", "days_late", "turns"], [1, 4, 5, 5], strict=True))
    assert grading.weighted_value(scores, dict.fromkeys(scores, 25)) == 3.75
    assert grading.weighted_value(scores, {"spend": 2, "turns": 2}) == 3.0
    assert grading.weighted_value([1, 4, 5, 5], [1, 0, 0, 0]) == 1.0
    assert grading.weighted_value(pd.DataFrame([scores, scores])).tolist() == [3.75, 3.75]
    only = grading.scorecard(FOUR, ["turns"])
    assert list(only.columns) == ["customer_id", "turns_score", "value", "band"]
    assert grading.scorecard(FOUR, "turns").equals(only)


def test_a_value_made_of_thirds_stands_in_the_band_that_it_reaches():
    third = {"spend": 1 / 3, "margin": 1 / 3, "days_late": 1 / 3}
    assert grading.weighted_value({"spend": 2, "margin": 3, "days_late": 4}, third) == 3.0
    assert grading.band(pd.Series([1, 1.99, 2, 5])).tolist() == [
        "Operational Drain",
        "Operational Drain",
        "Convenient Sale",
        "Business Build",
    ]


def test_fifths_agree_with_pandas_and_equal_spenders_score_alike():
    spend = np.random.default_rng(3).permutation(1000).astype(float)
    assert (parts(spend, 5) == pd.qcut(spend, 5, labels=False) + 1).all()
    tied = FOUR.assign(spend=[100, 100, 100, 100, 900])
    assert grading.scorecard(tied)["spend_score"].nunique() == 2
    assert set(grading.scorecard(FOUR.assign(spend=7))["spend_score"]) == {3}


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40), st.integers(1, 7))
@settings(deadline=None)
def test_parts_follow_the_middle_rank(values, count):
    middle = pd.Series(values).rank() - 0.5
    expected = [max(1, math.ceil(rank * count / len(values) - 1e-9)) for rank in middle]
    assert parts(np.array(values, dtype=float), count).tolist() == expected


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.floats(-1, 1), st.floats(-400, 400), st.floats(0, 20)), min_size=2, max_size=25
    ),
    st.lists(st.floats(0.01, 10), min_size=4, max_size=4),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_the_value_lies_within_its_scores_whatever_the_order(rows, weights, chance):
    names = ["spend", "margin", "days_late", "turns"]
    table = pd.DataFrame(rows, columns=names).assign(customer_id=[f"C-{i:04d}" for i in range(len(rows))])
    scored = grading.scorecard(table, dict(zip(names, weights, strict=True)))
    scores = scored.filter(like="_score")
    assert ((scores >= 1) & (scores <= 5)).all(axis=None)
    assert (scored["value"] >= scores.min(axis=1) - 1e-6).all() and (scored["value"] <= scores.max(axis=1) + 1e-6).all()
    assert (grading.band(scored["value"]) == scored["band"]).all()
    order = list(range(len(rows)))
    chance.shuffle(order)
    again = grading.scorecard(table.iloc[order], dict(zip(names, weights, strict=True)))
    pd.testing.assert_frame_equal(again.sort_index(), scored)


def test_the_scorecard_names_all_faults_at_once_and_changes_nothing():
    bad = FOUR.astype(object).assign(spend=[-1, "500", None, 4, True], margin=[35, 0.1, 0.2, math.inf, 0.3])
    bad.loc[4, "customer_id"] = "C-0001"
    before = bad.copy()
    with pytest.raises(DataError) as error:
        grading.scorecard(bad)
    found = {(fault.row, fault.column) for fault in error.value.faults}
    wanted = {(1, "spend"), (2, "spend"), (3, "spend"), (5, "spend"), (1, "margin"), (4, "margin"), (5, "customer_id")}
    assert found == wanted
    assert "for 35 % write 0.35" in reasons(error) and "row 1" in reasons(error)
    pd.testing.assert_frame_equal(bad, before)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (FOUR.head(0), "not one row"),
        (FOUR.drop(columns=["turns", "margin"]), "turns: this column is missing"),
        (FOUR.head(1), "more than one"),
        (FOUR.assign(customer_id=["C-1", "", None, "C-4", "C-5"]), "is empty"),
        (pd.concat([FOUR, FOUR[["spend"]]], axis=1), "more than one column"),
        (FOUR.head(0).drop(columns="spend"), "missing"),
    ],
)
def test_tables_that_cannot_be_scored(table, said):
    with pytest.raises(DataError, match=said):
        grading.scorecard(table)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"spend": 0, "margin": 0}, "all weights are 0"),
        ({"spend": -1, "margn": 2, "turns": math.nan}, "3 faults"),
        ({"spend": "much"}, "a number of 0 or more"),
        ({}, "all weights are 0"),
        ([], "all weights are 0"),
    ],
)
def test_weights_that_cannot_be_used(weights, said):
    with pytest.raises(DataError, match=said):
        grading.scorecard(FOUR, weights)


def test_wrong_arguments_are_named():
    for wrong in (0, 5.01, math.nan, "4", None, True):
        with pytest.raises(ValueError, match="value must be a number from 1 to 5"):
            grading.band(wrong)
    with pytest.raises(DataError, match="2 faults"):
        grading.weighted_value([0, 6, 3])
    with pytest.raises(ValueError, match="must be a table"):
        grading.scorecard([1, 2])
    with pytest.raises(ValueError, match="must be a list"):
        grading.weighted_value("1455")


# --- ranks and the slider


def test_the_three_customers():
    table = grading.rank(THREE, BY).set_index("customer")
    assert table.loc["Mrs Lotter"].tolist() == ["A", "A", "C", ""]
    assert table.loc["Ms Khumalo"].tolist() == ["B", "B", "B", ""]
    assert table.loc["Mrs Bright"].tolist() == ["C", "C", "A", ""]


def test_ranks_of_more_and_of_fewer_customers_and_ties():
    nine = pd.DataFrame({"customer_id": list("abcdefghi"), "spend": range(9)})
    assert "".join(grading.rank(nine, {"spend": "high"})["spend_grade"]) == "CCCBBBAAA"
    assert grading.rank(nine.head(2), {"spend": "high"})["spend_grade"].tolist() == ["C", "A"]
    tied = pd.DataFrame({"customer_id": list("abc"), "spend": [5, 5, 1], "units": [2, 2, 2]})
    table = grading.rank(tied, {"spend": "high", "units": "low"})
    assert table["spend_grade"].tolist() == ["A", "A", "C"] and set(table["units_grade"]) == {"B"}
    assert table["ties"].tolist() == ["spend, units", "spend, units", "units"]


@given(st.floats(0, 1))
@settings(deadline=None)
def test_the_slider_follows_its_lines(share):
    ranked = grading.rank(THREE, BY)
    weights = grading.slider_weights(list(BY), "days_to_pay", share)
    scores = grading.weigh(ranked, weights).set_index("customer")["score"]
    assert scores["Mrs Lotter"] == pytest.approx(3 - 2 * share)
    assert scores["Ms Khumalo"] == pytest.approx(2)
    assert scores["Mrs Bright"] == pytest.approx(1 + 2 * share)


def test_the_slider_ties_at_one_half_and_turns_the_order_above():
    def places(share):
        return grading.weigh(grading.rank(THREE, BY), grading.slider_weights(list(BY), "days_to_pay", share)).set_index(
            "customer"
        )

    half = places(0.5)
    assert half["place"].tolist() == [1, 1, 1] and half["tied"].all()
    assert places(0.49).index[0] == "Mrs Lotter" and not places(0.49)["tied"].any()
    assert places(0.51).index[0] == "Mrs Bright"
    assert grading.weigh(grading.rank(THREE, BY))["score"].round(2).tolist() == [2.33, 2.0, 1.67]


def test_ranks_refuse_what_cannot_be_ranked():
    with pytest.raises(DataError, match="one customer only"):
        grading.rank(THREE.head(1), BY)
    with pytest.raises(DataError, match="not one row"):
        grading.rank(THREE.head(0), BY)
    with pytest.raises(DataError) as error:
        grading.rank(THREE.assign(units=["many", 80, None], customer=["a", "a", "b"]), BY)
    assert len(error.value.faults) == 3
    for wrong in ({}, {"spend": "best"}, ["spend"], None):
        with pytest.raises(ValueError, match="by must say"):
            grading.rank(THREE, wrong)
    with pytest.raises(DataError, match="must be A, B or C"):
        grading.weigh(pd.DataFrame({"customer": ["a"], "spend_grade": ["D"]}))
    with pytest.raises(DataError, match="column of grades"):
        grading.weigh(THREE)
    with pytest.raises(ValueError, match=r"For 50 % write 0\.5"):
        grading.slider_weights(["a", "b"], "a", 50)
    with pytest.raises(ValueError, match="criterion must be one of"):
        grading.slider_weights(["a", "b"], "c", 0.5)


# --- net contribution


def test_the_formula_by_hand():
    activity = pd.DataFrame(
        {
            "customer_id": ["C-0001"],
            "revenue": [100_000.0],
            "discounts": [5_000.0],
            "cogs": [70_000.0],
            "orders": [40],
            "lines": [120],
            "deliveries": [30],
            "returns": [4],
            "special_orders": [3],
            "transfers": [2],
            "contacts": [24],
            "credit_sales": [95_000.0],
            "days_to_pay": [73],
            "bad_debt": [500.0],
        }
    )
    rates = {
        "order": 60.0,
        "line": 6.0,
        "delivery": 180.0,
        "return": 120.0,
        "special_order": 150.0,
        "transfer": 200.0,
        "contact": 35.0,
        "cost_of_money": 0.12,
    }
    row = grading.net_contribution(activity, rates).iloc[0]
    assert row["net_sales"] == 95_000 and row["gross_profit"] == 25_000
    assert row["financing"] == pytest.approx(95_000 * 0.2 * 0.12)
    served = 2_400 + 720 + 5_400 + 480 + 450 + 400 + 840 + 2_280 + 500
    assert row["cost_to_serve"] == pytest.approx(served)
    assert row["net_contribution"] == pytest.approx(25_000 - served)


def test_eighteen_small_invoices_bring_nothing():
    counter = pd.DataFrame({"customer_id": ["C-0001"], "revenue": [18 * 200], "cogs": [18 * 160], "orders": [18]})
    table = grading.net_contribution(counter.assign(months_active=20), {"order": 40})
    assert table["net_contribution"].tolist() == [0.0]
    assert grading.abc(table)["grade"].tolist() == ["B"]  # nought adds nothing


amounts = st.integers(0, 10**6)


@given(st.lists(st.tuples(*[amounts] * 3, *[st.integers(0, 400)] * len(COUNTS)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_parts_add_up_to_the_whole(rows):
    names = ["revenue", "discounts", "cogs", *COUNTS]
    activity = pd.DataFrame(rows, columns=names).assign(customer_id=[f"C-{i:04d}" for i in range(len(rows))])
    table = grading.net_contribution(activity, RATES_OF_ALL)
    assert np.allclose(table["gross_profit"] - table["cost_to_serve"], table["net_contribution"])
    costs = table[[f"{name}_cost" for name in COUNTS]].sum(axis=1)
    assert np.allclose(costs, table["cost_to_serve"])
    whole = grading.net_contribution(activity[names].sum().to_frame().T.assign(customer_id="all"), RATES_OF_ALL)
    assert whole["net_contribution"].iloc[0] == pytest.approx(table["net_contribution"].sum())


def test_columns_and_rates_are_refused_all_at_once():
    activity = pd.DataFrame(
        {
            "customer_id": ["C-0001", "C-0001"],
            "revenue": [-5, 10],
            "cogs": [1, math.nan],
            "delivereis": [3, 3],
            "orders": [1, 2],
            "lines": [1, 2],
            "credit_sales": [5, 5],
        }
    )
    with pytest.raises(DataError) as error:
        grading.net_contribution(activity, {"order": -1, "cost_of_money": 12, "fuel": 3})
    said = reasons(error)
    for part in (
        "delivereis",
        "days_to_pay: this column is missing",
        "row 1, revenue",
        "row 2, cogs",
        "row 2, customer_id",
        "rates: line: this rate is missing",
        "For 12 % write 0.12",
        "rates: fuel",
        "order must be a number of 0 or more",
    ):
        assert part in said, part
    with pytest.raises(ValueError, match="rates must name"):
        grading.net_contribution(activity, [40])


def test_the_input_is_never_changed_through_the_result():
    activity = pd.DataFrame({"customer_id": ["C-1"], "revenue": [9.0], "cogs": [1.0], "bad_debt": [1.0]})
    before = activity.copy()
    table = grading.net_contribution(activity, {})
    table.loc[0, ["net_sales", "bad_debt"]] = 77.0
    table.loc[0, "customer_id"] = "changed"
    pd.testing.assert_frame_equal(activity, before)
    graded = grading.abc(grading.net_contribution(activity, {}).assign(months_active=[13.0]))
    graded.loc[0, "customer_id"] = "changed"
    pd.testing.assert_frame_equal(activity, before)


# --- A, B, C or New


def one_customer(**changes):
    row = {"customer_id": "C-0001", "since": TODAY, "net_sales": 100.0, "gross_profit": 20.0, "net_contribution": 5.0}
    return pd.DataFrame([row | changes])


@pytest.mark.parametrize(
    ("since", "months", "grade"),
    [
        (dt.date(2025, 11, 21), 12, "A"),
        (dt.date(2025, 11, 22), 11, "New"),
        (dt.date(2026, 11, 21), 0, "New"),
        ("2025-11-20", 12, "A"),
        (dt.date(2020, 2, 29), 80, "A"),
    ],
)
def test_the_twelve_month_rule(since, months, grade):
    row = grading.abc(one_customer(since=since), today=TODAY).iloc[0]
    assert (row["months_active"], row["grade"]) == (months, grade)


def test_abc_keeps_volume_in_b():
    table = pd.DataFrame(
        {
            "customer_id": list("abcde"),
            "months_active": [12, 40, 40, 40, 3],
            "net_sales": [10.0, 900.0, 20.0, 30.0, 5_000.0],
            "gross_profit": [5.0, 10.0, 90.0, 2.0, 900.0],
            "net_contribution": [0.01, -3.0, -3.0, 0.0, -800.0],
        }
    )
    graded = grading.abc(table)
    assert graded["grade"].tolist() == ["A", "B", "B", "C", "New"]
    assert graded["why"].str.len().gt(20).all() and "less than 12 months" in graded["why"].iloc[4]
    assert grading.abc(table, keep=5.0)["grade"].tolist() == ["A", "C", "C", "C", "New"]
    assert grading.abc(table, months=13)["grade"].tolist() == ["New", "B", "B", "C", "New"]


rows_of_money = st.tuples(
    st.integers(0, 60), st.integers(0, 10**7), st.integers(-(10**6), 10**6), st.integers(-500, 500)
)


@given(st.lists(rows_of_money, min_size=1, max_size=25), st.floats(1e-4, 1e4), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_grades_depend_neither_on_order_nor_on_the_unit_of_money(rows, factor, chance):
    money = ["net_sales", "gross_profit", "net_contribution"]
    table = pd.DataFrame(rows, columns=["months_active", *money]).assign(
        customer_id=[f"C-{i}" for i in range(len(rows))]
    )
    grades = grading.abc(table)["grade"]
    assert set(grades) <= {"A", "B", "C", "New"}
    scaled = table.assign(**{name: table[name] * factor for name in money})
    assert grading.abc(scaled)["grade"].tolist() == grades.tolist()
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert grading.abc(table.iloc[order])["grade"].sort_index().tolist() == grades.tolist()


def test_noise_of_decimals_is_not_a_profit():
    table = one_customer(gross_profit=0.3, net_contribution=0.1 + 0.2 - 0.3, since=dt.date(2020, 1, 1))
    assert table["net_contribution"].iloc[0] > 0
    assert grading.abc(table, today=TODAY)["grade"].tolist() == ["B"]


def test_abc_refuses_what_it_cannot_grade():
    faulty = pd.concat(
        [one_customer(since="2027-01-01"), one_customer(since="12/31/2020", net_sales="x"), one_customer()]
    )
    with pytest.raises(DataError) as error:
        grading.abc(faulty.reset_index(drop=True), today=TODAY)
    said = reasons(error)
    for part in ("lies in the future", "has no month 31", "row 2, net_sales", "row 3, customer_id"):
        assert part in said
    with pytest.raises(DataError, match="not one row"):
        grading.abc(one_customer().head(0))
    with pytest.raises(DataError, match="since: this column is missing"):
        grading.abc(one_customer().drop(columns="since"))
    for wrong in (0, -1, math.nan, "2"):
        with pytest.raises(ValueError, match="keep must be"):
            grading.abc(one_customer(), today=TODAY, keep=wrong)
    with pytest.raises(ValueError, match="months must be a whole number"):
        grading.abc(one_customer(), today=TODAY, months=11.5)


def test_only_new_customers_are_all_new():
    assert grading.abc(one_customer(), today=TODAY)["grade"].tolist() == ["New"]


def test_rows_keep_the_number_that_their_owner_counts():
    table = pd.DataFrame({"customer_id": list("ab"), "months_active": 20, "net_sales": [1.0, None]})
    table = table.assign(gross_profit=1.0, net_contribution=1.0).iloc[[1]]
    with pytest.raises(DataError, match="row 2, net_sales"):
        grading.abc(table)


def test_two_lists_show_how_volume_and_profit_differ():
    table = pd.DataFrame({"customer_id": list("abcd"), "net_sales": [9, 9, 2, 1], "net_contribution": [-4, 1, 7, 7]})
    lists = grading.two_lists(table, 2)
    assert lists["by_sales"].tolist() == ["a", "b"] and lists["by_contribution"].tolist() == ["c", "d"]
    assert not lists["both"].any() and len(grading.two_lists(table)) == 4


# --- what if


def shop(**changes):
    row = {
        "customer_id": "C-0001",
        "months_active": 30,
        "revenue": 3_600.0,
        "discounts": 200.0,
        "cogs": 2_880.0,
        "orders": 18,
        "deliveries": 9,
        "special_orders": 2,
        "slow_revenue": 500.0,
    }
    return pd.DataFrame([row | changes])


COSTS = {"order": 40.0, "delivery": 50.0, "special_order": 20.0}


@pytest.mark.parametrize(
    ("lever", "change"),
    [
        ({"minimum_order": 425}, 10 * 40 + 5 * 50.0),  # 3 400 in 8 orders; half of the orders are delivered: 9 to 4
        ({"orders_into_one": 3}, 12 * 40 + 6 * 50.0),
        ({"delivery_charge": 30}, 270.0),
        ({"special_order_charge": 45}, 90.0),
        ({"price_rise": 0.02}, 10.0),
        ({"stop_discounts": True}, 200.0),
        ({"minimum_order": 1e9}, 17 * 40 + 8.5 * 50.0),  # never fewer than one order
        ({}, 0.0),
    ],
)
def test_each_lever_by_hand(lever, change):
    assert levers.what_if(shop(), COSTS, **lever)["change"].tolist() == pytest.approx([change])


def test_terms_change_only_for_the_grades_they_are_meant_for():
    table = pd.concat([shop(), shop(customer_id="C-0002", cogs=10.0), shop(customer_id="C-0003", months_active=5)])
    found = grading.what_if(table.reset_index(drop=True), COSTS, delivery_charge=200, lost=0.1)
    assert found["grade_before"].tolist() == ["B", "A", "New"]
    assert found["grade_after"].tolist() == ["A", "A", "New"]
    assert found["change"].iloc[1] == 0 and found["change"].iloc[2] == 0
    everyone = grading.what_if(table.reset_index(drop=True), COSTS, stop_discounts=True, to="A")
    assert everyone["change"].tolist() == [0, 200, 0]


@given(st.floats(0, 5_000), st.floats(1, 20), st.floats(0, 500), st.floats(0, 1), st.booleans(), st.integers(1, 60))
@settings(max_examples=80, deadline=None)
def test_no_lever_costs_the_firm_anything_while_nobody_leaves(minimum, into_one, charge, rise, stop, orders):
    table = pd.concat([shop(orders=orders), shop(customer_id="C-0002", revenue=50_000.0, cogs=49_000.0)])
    found = grading.what_if(
        table.reset_index(drop=True),
        COSTS,
        minimum_order=minimum,
        orders_into_one=into_one,
        delivery_charge=0.0 if minimum else charge,
        price_rise=rise,
        stop_discounts=stop,
    )
    assert (found["change"] >= -1e-6).all()
    assert (found["net_before"] + found["change"]).tolist() == pytest.approx(found["net_after"].tolist())


def test_losing_trade_loses_its_margin():
    kept = grading.what_if(shop(cogs=3_000.0), {**COSTS, "order": 30.0}, lost=1.0)
    assert kept["net_after"].tolist() == [0.0]
    assert kept["grade_after"].tolist() == ["C"]


def test_what_if_refuses_wrong_levers_and_missing_columns():
    for wrong in ({"lost": 10}, {"minimum_order": -1}, {"orders_into_one": 0.5}, {"price_rise": "2 %"}, {"to": "D"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            grading.what_if(shop(), COSTS, **wrong)
    with pytest.raises(DataError) as error:
        grading.what_if(shop()[["customer_id", "revenue", "cogs"]], COSTS, price_rise=0.1, delivery_charge=5)
    assert {fault.column for fault in error.value.faults} == {"slow_revenue", "deliveries"}


# --- advice and scales


def test_courtesy_is_the_same_for_every_grade_and_the_rest_is_not():
    grades = ["A", "B", "C", "New", *(band.name for band in grading.Scales.load().bands)]
    said = [grading.advice(grade) for grade in grades]
    assert len({one.courtesy for one in said}) == 1 and len({one.ground for one in said}) == 1
    assert len({one.priority for one in said}) > 4 and len({one.terms for one in said}) == len(grades)
    assert "section 8" in said[0].ground
    for wrong in ("a", "D", None, 1, ["A"]):
        with pytest.raises(ValueError, match="grade must be one of A, B, C, New"):
            grading.advice(wrong)


def test_a_firms_own_scales_are_used(tmp_path):
    own = DEFAULT.read_text(encoding="utf-8").replace('limits = "fifths"', "limits = [150, 250, 350, 450]")
    path = tmp_path / "own.toml"
    path.write_text(own.replace('"Core Customer"', '"Key"'), encoding="utf-8")
    scales = grading.Scales.load(path)
    alone = grading.scorecard(FOUR.iloc[[2]], scales=scales)
    assert alone["spend_score"].tolist() == [3] and alone["band"].tolist() == ["Key"]
    assert "reconstruction" in grading.Scales.load().reconstruction


def test_faults_of_scales_are_told_all_at_once(tmp_path):
    text = DEFAULT.read_text(encoding="utf-8")
    text = text.replace("[0, 15, 30, 60]", "[0, 30, 15]").replace('better = "low"', 'better = "down"')
    text = text.replace("from = 2.0", "from = 4.5").replace("cost_of_money = 0.13", "cost_of_money = 13")
    text = text.replace("delivery = 170.0", "delivry = 170.0").replace("weight = 1.0", "weight = -1.0", 1)
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        grading.Scales.load(path)
    keys = {fault.column for fault in error.value.faults}
    assert {
        "criteria.spend.weight",
        "criteria.days_late.limits",
        "criteria.days_late.better",
        "bands[3].from",
        "rates.cost_of_money",
        "rates.delivry",
    } <= keys
    with pytest.raises(KitError):
        grading.Scales.load(tmp_path / "none.toml")
    assert LOWEST == 1
