"""The worth of customers: the unit's worked examples, independent sums, and bad input."""

import inspect
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from learner_kit import value
from learner_kit.errors import DataError

money = st.floats(0, 1e9)
share = st.floats(0, 1)

# Every function of numbers: what it takes at its simplest. Each argument is tried with bad values below.
SIMPLE = {
    "sales_potential": {"price": 1500, "customers": 10, "purchases_per_year": 4, "items": 1, "years": 1},
    "expected_value": {"potential": 100, "conversion": 0.5, "margin": 0.5},
    "referrals": {"customers": 100, "per_customer": 3, "conversion": 1.0, "rounds": 1},
    "referral_rounds": {"customers": 100, "per_customer": 3, "conversion": 1.0, "rounds": 1},
    "word_of_mouth": {"tells": 10, "rounds": 2},
    "acquisition_cost": {"spend": 100, "new_customers": 4},
    "payback": {"cost": 100, "margin": 4},
    "retention_rate": {"start": 200, "end": 210, "new": 50},
    "churn_rate": {"start": 200, "end": 210, "new": 50},
    "expected_life": {"retention": 0.5},
    "lifetime_value": {"margin": 2400, "retention": 0.8, "discount": 0.1, "periods": 3},
    "cost_of_losing": {"lifetime_value": 100, "customers": 1, "replacement_cost": 1, "tells": 1, "put_off": 0.1},
}
RATES = {"conversion", "retention", "discount", "put_off"}
SINGLE = {"rounds", "periods"}
CASES = [(name, argument) for name, arguments in SIMPLE.items() for argument in arguments]


def test_every_function_of_numbers_is_tried():
    others = {"compare_methods", "Loss", "Referrals", "WordOfMouth"}
    assert set(value.__all__) - others == set(SIMPLE)


@pytest.mark.parametrize(("name", "argument"), CASES)
@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, None, "5", True, [1]])
def test_a_bad_value_is_refused_by_the_name_of_its_argument(name, argument, bad):
    if argument == "periods" and bad is None:
        return  # no periods: without end
    with pytest.raises(ValueError, match=f"^{argument} must be"):
        getattr(value, name)(**(SIMPLE[name] | {argument: bad}))


@pytest.mark.parametrize(("name", "argument"), [case for case in CASES if case[1] in RATES])
def test_a_percentage_for_a_rate_is_refused_with_the_way_to_write_it(name, argument):
    with pytest.raises(ValueError, match=r"For 12 % write 0\.12"):
        getattr(value, name)(**(SIMPLE[name] | {argument: 12}))


@pytest.mark.parametrize("name", [name for name in SIMPLE if name != "referral_rounds"])
def test_a_series_in_gives_a_series_out_that_agrees_row_by_row_and_changes_nothing(name):
    function, simple = getattr(value, name), SIMPLE[name]
    for argument in set(simple) - SINGLE:
        rows = pd.Series([simple[argument], simple[argument] * 0.96875], index=["a", "b"])
        kept = rows.copy()
        out = function(**(simple | {argument: rows}))
        alone = [function(**(simple | {argument: one})) for one in rows]
        if isinstance(out, tuple):
            for place, field in enumerate(out):
                said = field.tolist() if isinstance(field, pd.Series) else [field] * 2
                assert said == pytest.approx([one[place] for one in alone], rel=1e-12)
        else:
            assert out.index.tolist() == ["a", "b"] and out.tolist() == pytest.approx(alone, rel=1e-12)
            assert all(type(one) is float for one in alone)
        pd.testing.assert_series_equal(rows, kept)


def test_series_with_other_rows_are_refused_not_left_missing():
    with pytest.raises(ValueError, match="customers must have the same rows"):
        value.sales_potential(pd.Series([1, 2]), pd.Series([1, 2], index=[1, 2]), 4)


def test_bad_rows_of_a_series_are_named():
    with pytest.raises(ValueError, match=r"price must be .*-1 \(at 'b'\)"):
        value.sales_potential(pd.Series([1, -1], index=["a", "b"]), 10, 4)
    with pytest.raises(ValueError, match=r"'b'"):
        value.retention_rate(pd.Series([10, 10], index=["a", "b"]), pd.Series([9, 12], index=["a", "b"]), 0)


def test_the_shoes_and_the_soap():
    assert value.sales_potential(1500, 10, 4) == 60_000
    assert value.sales_potential(1500, 10, 4, items=2) == 120_000
    assert value.sales_potential(1500, value.referrals(10, 3).total, 4) == 240_000
    assert value.sales_potential(1500, value.referrals(10, 3).total, 4, items=2) == 480_000
    assert value.sales_potential(10, 100, 12) == 12_000
    assert value.sales_potential(10, value.referrals(100, 3).total, 12) == 48_000
    assert value.sales_potential(100, 100, 12) == 120_000
    after = value.sales_potential(100, value.referrals(100, 3).total, 12)
    assert (after, after - 120_000) == (480_000, 360_000)  # four times as much; the increase is threefold


def test_three_referrals_each_make_four_times_as_many_not_three():
    assert value.referrals(100, 3) == (300, 400, 4)
    assert value.referrals(100, 3, conversion=0.5) == (150, 250, 2.5)
    assert value.referrals(0, 3) == (0, 0, 4)


@given(st.integers(0, 10_000), st.integers(0, 12), share, st.integers(1, 6))
def test_referrals_are_what_going_through_the_rounds_gives(customers, each, conversion, rounds):
    newest = total = customers
    for _ in range(rounds):
        newest = newest * each * conversion
        total += newest
    found = value.referrals(customers, each, conversion, rounds)
    assert found.total == pytest.approx(total) and found.new == pytest.approx(total - customers, rel=1e-9, abs=1e-6)
    table = value.referral_rounds(customers, each, conversion, rounds)
    assert table.columns.tolist() == ["round", "new", "total", "multiple"] and len(table) == rounds + 1
    assert table["total"].iloc[-1] == pytest.approx(total)
    assert table["new"].cumsum().tolist() == pytest.approx(table["total"].tolist())


def test_word_of_mouth():
    assert value.word_of_mouth(10, 2) == (110, 111)
    assert value.word_of_mouth(10, 1) == (10, 11)
    assert value.word_of_mouth(0, 5) == (0, 1)
    assert math.isfinite(value.word_of_mouth(1_000_000, 50).heard)
    for wrong in ({"tells": 10, "rounds": 0}, {"tells": 10, "rounds": 51}, {"tells": 1e7, "rounds": 1}):
        with pytest.raises(ValueError):
            value.word_of_mouth(**wrong)


def test_results_beyond_what_can_be_counted_are_refused():
    with pytest.raises(ValueError, match="too large"):
        value.sales_potential(1e300, 1e300, 1)
    with pytest.raises(ValueError, match="too large"):
        value.sales_potential(pd.Series([1e300]), 1e300, 1)
    with pytest.raises(ValueError, match="too large"):
        value.referrals(1e300, 1e6, rounds=50)


def test_costs_of_winning():
    assert value.acquisition_cost(12_000, 40) == 300
    assert value.payback(300, 120) == 2.5
    with pytest.raises(ValueError, match="new_customers must be a number above 0"):
        value.acquisition_cost(12_000, 0)
    with pytest.raises(ValueError, match="margin must be a number above 0"):
        value.payback(300, 0)


def test_retention_and_churn():
    assert value.retention_rate(200, 210, 50) == 0.8
    assert value.churn_rate(200, 210, 50) == pytest.approx(0.2)
    assert value.expected_life(0.8) == pytest.approx(5)
    with pytest.raises(ValueError, match="new must be at most end"):
        value.retention_rate(200, 40, 50)
    with pytest.raises(ValueError, match="no more can have stayed"):
        value.retention_rate(200, 260, 50)
    with pytest.raises(ValueError, match="but not, 1"):
        value.expected_life(1)


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_those_who_stayed_and_those_who_left_are_all(start, stayed, new):
    assume(stayed <= start)
    kept = value.retention_rate(start, stayed + new, new)
    assert 0 <= kept <= 1 and kept == pytest.approx(stayed / start)
    assert value.churn_rate(start, stayed + new, new) + kept == pytest.approx(1)


def test_lifetime_values_of_the_unit():
    assert value.lifetime_value(2400, 0.8) == pytest.approx(12_000)
    assert value.lifetime_value(2400, 0.8, 0.1) == pytest.approx(8_800)
    assert value.lifetime_value(2400, 0.8, 0.1, first_now=False) == pytest.approx(6_400)


@given(money, share, share, st.integers(1, 60), st.booleans())
def test_lifetime_value_is_the_sum_of_its_discounted_margins(margin, retention, discount, periods, first_now):
    times = range(periods) if first_now else range(1, periods + 1)
    summed = math.fsum(margin * retention**t / (1 + discount) ** t for t in times)
    assert value.lifetime_value(margin, retention, discount, periods, first_now) == pytest.approx(summed, rel=1e-9)


@given(st.floats(0, 0.95), st.floats(0, 0.5), st.booleans())
def test_without_end_is_what_many_periods_come_to(retention, discount, first_now):
    endless = value.lifetime_value(100, retention, discount, None, first_now)
    assert endless == pytest.approx(value.lifetime_value(100, retention, discount, 600, first_now), rel=1e-6)


@given(money, share, st.floats(0.01, 1))
def test_the_two_ways_to_time_the_first_margin_differ_by_it(margin, retention, discount):
    now = value.lifetime_value(margin, retention, discount)
    later = value.lifetime_value(margin, retention, discount, first_now=False)
    assert now - later == pytest.approx(margin, rel=1e-9, abs=1e-6)


def test_a_sum_without_end_is_refused():
    with pytest.raises(ValueError, match="Give the number of periods"):
        value.lifetime_value(100, 1)
    with pytest.raises(ValueError, match="'b'"):
        value.lifetime_value(100, pd.Series([0.5, 1], index=["a", "b"]))
    assert value.lifetime_value(100, 1, periods=5) == 500
    assert value.lifetime_value(100, 1, 0.1) == pytest.approx(1100)
    with pytest.raises(ValueError, match="first_now must be True or False"):
        value.lifetime_value(100, 0.5, first_now=1)


def test_the_cost_of_losing_customers():
    loss = value.cost_of_losing(8800, customers=2, replacement_cost=300, tells=10, put_off=0.125)
    assert loss == (17_600, 22_000, 39_600, 22_600)
    assert value.cost_of_losing(8800) == (8800, 0, 8800, 0)


def methods(**changes):
    table = pd.DataFrame(
        {
            "method": ["Telephone", "E-mail", "Post", "SMS"],
            "cost": [500.0, 50, 900, 300],
            "contacts": [100, 1000, 100, 1000],
            "reached": [50, 250, 60, 900],
            "responses": [20, 5, 6, 9],
        }
    )
    return table.assign(**changes)


def test_methods_are_ranked_by_what_is_asked():
    table = value.compare_methods(methods())
    assert table["method"].tolist() == ["E-mail", "SMS", "Telephone", "Post"]
    assert table["cost_per_contact"].tolist() == pytest.approx([0.05, 0.3, 5, 9])
    assert table["cost_per_reached"].tolist() == pytest.approx([0.2, 1 / 3, 10, 15])
    assert table["cost_per_response"].tolist() == pytest.approx([10, 300 / 9, 25, 150])
    assert table["reach"].tolist() == pytest.approx([0.25, 0.9, 0.5, 0.6])
    assert table["response"].tolist() == pytest.approx([0.02, 0.01, 0.4, 0.1])
    assert table["rank"].tolist() == [1, 2, 3, 4]
    by_response = value.compare_methods(methods(), by="response")
    assert by_response["method"].tolist() == ["E-mail", "Telephone", "SMS", "Post"]
    rows = methods().to_dict("records")
    pd.testing.assert_frame_equal(value.compare_methods(rows), table, check_dtype=False)


def test_equal_costs_share_a_rank_and_those_who_reached_nobody_have_none():
    tied = value.compare_methods(methods(cost=[10, 50, 0, 0.9], reached=[50, 250, 0, 0], responses=[0, 0, 0, 0]))
    assert tied["rank"].tolist()[:2] == [1, 1]  # 0,20 a customer both
    assert tied["rank"].isna().tolist() == [False, False, True, True]
    assert tied["cost_per_response"].isna().all() and tied["cost_per_reached"].isna().sum() == 2
    nobody = methods().assign(**dict.fromkeys(("contacts", "reached", "responses"), 0))
    assert value.compare_methods(nobody)["rank"].isna().all()
    assert len(value.compare_methods(methods().head(1))) == 1


def test_every_fault_of_the_methods_is_named():
    table = methods(
        method=["SMS", " sms ", None, "Post"], cost=[-1, 50, math.nan, 1], contacts=[1.5, 1000, 100, 1000]
    ).astype({"reached": object})
    table.loc[3, "reached"] = "many"
    with pytest.raises(DataError) as caught:
        value.compare_methods(table)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (1, "cost"),
        (1, "contacts"),
        (2, "method"),
        (3, "cost"),
        (3, "method"),
        (4, "reached"),
    ]
    with pytest.raises(DataError) as caught:
        value.compare_methods(methods(reached=[101, 250, 60, 8]))
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(1, "reached"), (4, "responses")]


@pytest.mark.parametrize("wrong", [[], pd.DataFrame(), pd.DataFrame({"method": ["SMS"]}), [1, 2], "SMS", 5, None])
def test_what_is_no_table_of_methods_is_refused(wrong):
    with pytest.raises(ValueError, match="method"):
        value.compare_methods(wrong)


def test_another_rank_is_refused_and_the_table_is_not_changed():
    with pytest.raises(ValueError, match="by must be"):
        value.compare_methods(methods(), by="price")
    table = methods()
    value.compare_methods(table)
    pd.testing.assert_frame_equal(table, methods())


@given(st.permutations(range(4)), st.floats(0.01, 1000))
def test_ranks_do_not_depend_on_the_order_of_rows_or_on_the_size_of_money(order, scale):
    ranks = value.compare_methods(methods()).set_index("method")["rank"]
    changed = methods(cost=methods()["cost"] * scale).iloc[list(order)]
    assert value.compare_methods(changed).set_index("method")["rank"].to_dict() == ranks.to_dict()


def test_every_public_function_says_what_it_takes_gives_and_refuses():
    for name in SIMPLE:
        said = inspect.getdoc(getattr(value, name))
        assert "Example:" in said and (name in ("churn_rate", "referral_rounds") or "Returns:" in said), name


def test_the_module_is_light():
    heavy = "('pandas', 'numpy', 'openpyxl')"
    code = f"import sys, learner_kit.value, learner_kit.reading; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_numpy_numbers_are_numbers():
    assert value.sales_potential(np.float64(1500), np.int64(10), 4) == 60_000
