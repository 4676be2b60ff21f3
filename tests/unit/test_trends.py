"""Trends and problems: the unit's values, independent formulas, invariants and bad input."""

import itertools
import math
import random
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.stattools import acf

from learner_kit.errors import DataError
from learner_kit.trends import correlate, early_warning, pareto, problems, trend

EIGHT = [12, 14, 13, 16, 18, 17, 21, 22]
CALLS = [12, 18, 20, 25, 28, 33, 38, 44, 47, 52]
SOLD_A = [4, 5, 5, 8, 7, 10, 9, 13, 12, 15]
SOLD_B = [5, 7, 3, 6, 4, 5, 7, 3, 6, 5]
OUTLIER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 40], [3, 1, 4, 2, 5, 3, 4, 2, 3, 30]
TODAY = date(2026, 11, 21)
causes = st.sampled_from(["late", "rude", "price", "defect", "other"])


# ---- pareto


@given(st.lists(causes, min_size=1, max_size=60), st.floats(0.01, 1), st.randoms())
def test_pareto_adds_up_whatever_the_order_of_rows(items, vital, chance):
    table = pareto(pd.Series(items), vital=vital)
    assert table["count"].sum() == len(items)
    assert table["percent"].sum() == pytest.approx(100) and table["cumulative"].iloc[-1] == pytest.approx(100)
    assert table["count"].is_monotonic_decreasing and table["cumulative"].is_monotonic_increasing
    few = table[table["vital"]]
    assert few["percent"].sum() >= 100 * vital - 1e-9  # they make up the share …
    assert few["percent"].sum() - few["percent"].iloc[-1] < 100 * vital  # … and not without the last of them
    mixed = items.copy()
    chance.shuffle(mixed)
    pd.testing.assert_frame_equal(pareto(pd.Series(mixed), vital=vital), table)


@given(st.dictionaries(causes, st.integers(0, 1000), min_size=1), st.floats(0.001, 1e6))
def test_pareto_of_amounts_does_not_depend_on_their_unit(amounts, scale):
    table = pareto(amounts)
    scaled = pareto({cause: amount * scale for cause, amount in amounts.items()})
    assert scaled["cause"].tolist() == table["cause"].tolist()
    assert scaled["percent"].tolist() == pytest.approx(table["percent"].tolist())


def test_pareto_takes_a_series_amounts_or_a_table():
    series = pd.Series(["late", "late", "rude"])
    rows = pd.DataFrame({"why": ["late", "rude", "late"], "rand": [100.0, 50.0, 50.0]})
    for items in (pareto(series), pareto(rows, cause="why"), pareto({"rude": 1, "late": 2})):
        assert items[["cause", "count"]].to_numpy().tolist() == [["late", 2], ["rude", 1]]
    assert pareto(rows, cause="why", amount="rand")["count"].tolist() == [150, 50]
    assert pareto(pd.Series([1, 2, 3], index=["a", "b", "a"]))["count"].tolist() == [4, 2]
    assert pareto(series.astype("category"))["count"].tolist() == [2, 1]


def test_eighty_of_a_hundred_are_eighty_percent():
    table = pareto({"a": 50, "b": 30, "c": 20})
    assert table["vital"].tolist() == [True, True, False]
    assert pareto({"a": 0.1, "b": 0.7, "c": 0.2}, vital=0.9)["vital"].tolist() == [True, True, False]


def test_pareto_of_nothing_but_zeros_and_of_one():
    table = pareto({"a": 0, "b": 0})
    assert table["percent"].tolist() == [0, 0] and not table["vital"].any()
    assert pareto(pd.Series(["late"]))["cumulative"].tolist() == [100]


def test_pareto_names_every_fault():
    rows = pd.DataFrame({"cause": ["late", None, "", 5], "rand": [1, -1, math.nan, 2]})
    with pytest.raises(DataError) as caught:
        pareto(rows, amount="rand")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "rand"),
        (2, "cause"),
        (3, "rand"),
        (3, "cause"),
        (4, "cause"),
    ]


@pytest.mark.parametrize("wrong", [pd.Series([], dtype=str), pd.DataFrame({"cause": []}), ["a"], "a", None, {}])
def test_pareto_of_nothing_or_of_no_table_is_refused(wrong):
    with pytest.raises(ValueError, match="items must"):
        pareto(wrong)


def test_pareto_refuses_a_share_written_as_a_percentage():
    with pytest.raises(ValueError, match="vital must be"):
        pareto(pd.Series(["a"]), vital=80)


# ---- trend


def slow_mann_kendall(values):
    """S counted pair by pair, and its exact p from all orders of the values (no ties)."""
    pairs = list(itertools.combinations(range(len(values)), 2))
    size = sum(np.sign(values[j] - values[i]) for i, j in pairs)
    orders = 0
    extreme = 0
    for order in itertools.permutations(range(len(values))):
        orders += 1
        extreme += abs(sum(1 if order[j] > order[i] else -1 for i, j in pairs)) >= abs(size)
    return size / len(pairs), extreme / orders


def test_the_trend_of_the_unit():
    found = trend(EIGHT)
    assert (found.n, found.direction) == (8, "rising")
    assert found.tau == pytest.approx(0.857, abs=5e-4)
    assert found.p == pytest.approx(0.0017, abs=5e-5)
    assert found.slope == pytest.approx(1.414, abs=5e-4)
    assert found.warnings == ()
    assert trend(EIGHT[::-1]).direction == "falling"


def test_tau_and_p_are_those_counted_by_hand():
    tau, p = slow_mann_kendall(EIGHT)
    found = trend(EIGHT)
    assert found.tau == pytest.approx(tau) and found.p == pytest.approx(p)


@given(st.lists(st.integers(-1000, 1000), min_size=8, max_size=40))
def test_slope_is_the_median_of_all_slopes_and_turns_with_the_values(values):
    assume(len(set(values)) > 1)
    slopes = [(values[j] - values[i]) / (j - i) for i, j in itertools.combinations(range(len(values)), 2)]
    found = trend(values)
    assert found.slope == pytest.approx(float(np.median(slopes)), abs=1e-9)
    assert found.slope_low <= found.slope + 1e-9 and found.slope - 1e-9 <= found.slope_high
    turned = trend([-value for value in values])
    assert turned.tau == pytest.approx(-found.tau) and turned.p == pytest.approx(found.p)
    assert trend([value * 8 + 5 for value in values]).p == pytest.approx(found.p)


def test_the_moving_average_and_the_table_for_the_chart():
    found = trend(EIGHT, window=4)
    assert found.moving_average.isna().sum() == 3
    assert found.moving_average.iloc[3] == np.mean(EIGHT[:4])
    assert found.table.columns.tolist() == ["period", "value", "average", "line", "low", "high"]
    assert np.diff(found.table["line"]) == pytest.approx(found.slope)
    assert (found.table["low"] <= found.table["line"]).all() and (found.table["line"] <= found.table["high"]).all()


def test_a_flat_series_has_no_trend():
    found = trend([5] * 10)
    assert (found.direction, found.tau, found.p, found.slope, found.warnings) == ("no clear trend", 0, 1, 0, ())
    assert "does not show that nothing changes" in found.reading


@pytest.mark.parametrize(
    ("series", "says"),
    [
        (EIGHT[:7], "from 8 to 5000"),
        (range(5001), "from 8 to 5000"),
        ([], "empty"),
        ([*EIGHT, math.nan], r"nan \(at 8\)"),
        ([*EIGHT, "9"], r"'9' \(at 8\)"),
        ([*EIGHT, True], "True"),
        ("12345678", "one column of numbers"),
        (5, "one column of numbers"),
        (None, "one column of numbers"),
        (pd.DataFrame({"a": EIGHT}), "one column of numbers"),
        (np.ones((8, 2)), "one column of numbers"),
    ],
)
def test_trend_refuses(series, says):
    with pytest.raises(ValueError, match=says):
        trend(series)


@pytest.mark.parametrize("arguments", [{"window": 1}, {"window": 5}, {"window": 2.5}, {"season": 1}, {"season": 5}])
def test_trend_refuses_windows_and_seasons_out_of_range(arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))} must be"):
        trend(EIGHT, **arguments)


def months(values, start="2024-01"):
    return pd.Series(values, index=pd.period_range(start, periods=len(values), freq="M"), dtype=float)


def test_dates_twice_out_of_order_missing_or_in_the_future_are_refused():
    good = months(EIGHT)
    with pytest.raises(ValueError, match="in the order of time"):
        trend(good[::-1], today=TODAY)
    with pytest.raises(ValueError, match="stands there twice"):
        trend(pd.concat([good, good]).sort_index(), today=TODAY)
    with pytest.raises(ValueError, match="future: 2024-08"):
        trend(good, today=date(2024, 7, 31))
    with pytest.raises(ValueError, match="future"):
        trend(good.to_timestamp(), today=date(2024, 7, 31))
    with pytest.raises(ValueError, match="date for each value"):
        trend(good.set_axis(pd.DatetimeIndex([*good.index.to_timestamp()[:-1], pd.NaT])), today=TODAY)
    assert "is not over yet" in trend(good, today=date(2024, 8, 15)).warnings[0]
    assert trend(good, today=date(2024, 9, 1)).warnings == ()


def test_uneven_dates_are_warned_of():
    uneven = months(EIGHT).to_timestamp()
    uneven.index = [*uneven.index[:-1], pd.Timestamp("2025-06-01")]
    assert any("not evenly apart" in warning for warning in trend(uneven, today=TODAY).warnings)


@pytest.mark.parametrize("form", ["periods", "month starts", "argument"])
def test_a_season_is_warned_of(form):
    steps = np.arange(48)
    values = 100 + 0.3 * steps + 20 * np.sin(steps * np.pi / 6)
    series = months(values, "2022-01")
    if form == "month starts":
        series = series.to_timestamp()
    found = trend(values, season=12) if form == "argument" else trend(series, today=TODAY)
    assert "follow a season of 12" in found.warnings[0]


def test_neighbours_that_resemble_each_other_are_warned_of_and_independent_ones_are_not():
    chance = np.random.default_rng(252218)
    steps = chance.normal(size=60)
    assert any("Neighbouring" in warning for warning in trend(np.cumsum(steps)).warnings)
    assert trend(steps).warnings == ()
    found = trend(steps, season=12)
    left = steps - found.slope * np.arange(60)
    assert abs(acf(left, nlags=1)[1]) < 1.96 / math.sqrt(60)  # the same by another library


# ---- correlate


def test_product_a_and_b():
    a, b = correlate(CALLS, SOLD_A), correlate(CALLS, SOLD_B)
    assert (a.n, round(a.pearson, 3), round(a.spearman, 3)) == (10, 0.969, 0.960)
    assert [round(end, 2) for end in a.interval] == [0.87, 0.99]
    assert (round(b.pearson, 3), round(b.spearman, 3)) == (-0.021, -0.037)
    assert [round(end, 2) for end in b.interval] == [-0.64, 0.62]
    assert "does not show that one causes the other" in a.reading
    assert "leaves room for one" in b.reading and "do not show that the two go together" in b.reading


def test_one_far_off_pair():
    found = correlate(*OUTLIER)
    assert (round(found.pearson, 3), round(found.spearman, 3)) == (0.970, 0.364)
    assert found.weightiest == 10 and round(found.without, 3) == 0.149
    assert "One pair carries this: without the one at 10, Pearson is 0,15" in found.reading
    assert "look at the chart" in found.reading
    assert round(correlate(OUTLIER[0][:9], OUTLIER[1][:9]).p, 2) == 0.70


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 100)), min_size=5, max_size=40))
def test_correlate_agrees_with_formulas_of_its_own(pairs):
    x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    found = correlate(x, y)
    r = float(np.corrcoef(x, y)[0, 1])
    assert found.pearson == pytest.approx(r, abs=1e-9)
    ranks = np.corrcoef(stats.rankdata(x), stats.rankdata(y))[0, 1]
    assert found.spearman == pytest.approx(float(ranks), abs=1e-9)
    assert found.interval[0] <= found.pearson <= found.interval[1]
    if abs(r) < 0.999999:
        low, high = stats.pearsonr(x, y).confidence_interval()
        assert found.interval == pytest.approx((low, high), abs=1e-9)
        t = r * math.sqrt((len(x) - 2) / (1 - r * r))
        assert found.p == pytest.approx(2 * stats.t.sf(abs(t), len(x) - 2), abs=1e-9)
    swapped = correlate(y, x)
    assert swapped.pearson == pytest.approx(found.pearson) and swapped.p == pytest.approx(found.p)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=5, max_size=15))
def test_the_weightiest_pair_is_the_one_whose_leaving_changes_most(pairs):
    x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    rest = []
    for place in range(len(x)):
        some_x, some_y = np.delete(x, place), np.delete(y, place)
        differ = len(set(some_x)) > 1 and len(set(some_y)) > 1
        rest.append(float(np.corrcoef(some_x, some_y)[0, 1]) if differ else 0.0)
    found = correlate(x, y)
    assert found.without == pytest.approx(rest[found.weightiest - 1], abs=1e-6)
    assert abs(found.without - found.pearson) == pytest.approx(max(abs(r - found.pearson) for r in rest), abs=1e-6)


def test_pairs_on_one_line_and_extreme_sizes():
    found = correlate([1, 2, 3, 4], [2, 4, 6, 8])
    assert found.pearson == 1 and found.interval == (1, 1)
    large = correlate(np.array(CALLS) * 1e200, np.array(SOLD_A) * 1e-200)
    assert large.pearson == pytest.approx(0.969, abs=5e-4)


def test_series_keep_the_names_of_their_rows_and_are_not_changed():
    rows = [f"week {week}" for week in range(1, 11)]
    x, y = (pd.Series(side, index=rows) for side in OUTLIER)
    kept = x.copy()
    assert correlate(x, y).weightiest == "week 10"
    pd.testing.assert_series_equal(x, kept)
    with pytest.raises(ValueError, match="same rows"):
        correlate(x, y.sort_values())


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        ([1, 2, 3], [1, 2, 3], "at least 4 pairs"),
        ([1, 2, 3, 4], [1, 2, 3], "as many values"),
        ([1, 2, 3, 4], [5, 5, 5, 5], "y must have values that differ"),
        ([1, 2, 3, math.nan], [1, 2, 3, 4], r"x must be a number, not nan \(at 3\)"),
        ([1, 2, 3, "4"], [1, 2, 3, 4], "'4'"),
        ([], [], "empty"),
        ("abcd", [1, 2, 3, 4], "one column"),
    ],
)
def test_correlate_refuses(x, y, says):
    with pytest.raises(ValueError, match=says):
        correlate(x, y)


# ---- problems


def log(rows, **more):
    columns = ["date", "customer_id", "cause", "channel"]
    return pd.DataFrame(rows, columns=columns).assign(**more)


def test_problems_of_a_small_log():
    table = log(
        [
            ("2026-03-31", "C-2", "late", "call"),
            ("2026-03-01", "C-1", "late", "call"),
            ("2026-03-31", "C-1", "late", "mail"),
            ("2026-05-01", "C-1", "late", "mail"),
            ("2026-03-05", "C-1", "rude", "call"),
        ]
    )
    kept = table.copy()
    found = problems(table, today=TODAY)
    assert found.matrix.loc["late"].to_dict() == {"call": 2, "mail": 2, "total": 4}
    assert found.matrix.index.tolist() == ["late", "rude"]
    assert found.pareto["count"].tolist() == [4, 1]
    assert found.repeats["days_apart"].tolist() == [30]  # 30 days are within 30 days, 31 are not
    assert found.repeats["date"].tolist() == [pd.Timestamp("2026-03-31")]
    assert found.alerts.to_dict("records") == [
        {"cause": "late", "since": pd.Timestamp("2026-03-01"), "until": pd.Timestamp("2026-03-31"), "count": 3}
    ]
    pd.testing.assert_frame_equal(table, kept)
    wider = problems(table, days=31, today=TODAY)
    assert wider.repeats["days_apart"].tolist() == [30, 31]
    assert wider.alerts["count"].tolist() == [4]


@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 1, 1), date(2025, 6, 30)),
            st.sampled_from(["C-1", "C-2", "C-3"]),
            causes,
            st.sampled_from(["call", "mail"]),
        ),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 60),
    st.integers(2, 5),
)
def test_problems_are_those_found_pair_by_pair(rows, days, at_least):
    table = log(rows, complaint_id=[f"K-{place}" for place in range(len(rows))])
    found = problems(table, days=days, at_least=at_least, today=TODAY)
    assert found.matrix["total"].sum() == len(rows)
    assert (found.matrix.drop(columns="total").sum(axis=1) == found.matrix["total"]).all()
    repeats = 0
    for customer, cause in {(row[1], row[2]) for row in rows}:
        days_of = sorted(row[0] for row in rows if row[1:3] == (customer, cause))
        repeats += sum((later - earlier).days <= days for earlier, later in itertools.pairwise(days_of))
    assert len(found.repeats) == repeats
    for cause in {row[2] for row in rows}:
        days_of = sorted(row[0] for row in rows if row[2] == cause)
        inside = set()
        for start in range(len(days_of) - at_least + 1):
            if (days_of[start + at_least - 1] - days_of[start]).days <= days:
                inside |= set(range(start, start + at_least))
        assert found.alerts.loc[found.alerts["cause"] == cause, "count"].sum() == len(inside)
    mixed = problems(table.sample(frac=1, random_state=1), days=days, at_least=at_least, today=TODAY)
    for one, other in zip(found, mixed, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_every_fault_of_a_log_is_named():
    table = log(
        [
            ("12/31/2025", "C-1", "late", "call"),
            ("2026-11-22", "C-1", "late", "call"),
            ("2026-01-01", "", 5, None),
            (None, "C-1", "late", "call"),
        ]
    )
    with pytest.raises(DataError) as caught:
        problems(table, today=TODAY)
    assert {(fault.row, fault.column) for fault in caught.value.faults} == {
        (1, "date"),
        (2, "date"),
        (4, "date"),
        (3, "customer_id"),
        (3, "cause"),
        (3, "channel"),
    }
    with pytest.raises(DataError, match=r"row 2, date .*the last day allowed is 2026-11-21"):
        problems(table.iloc[[1]], today=TODAY)
    stamped = table.iloc[[1]].assign(date=pd.Timestamp("2026-11-22 08:00"))
    with pytest.raises(DataError, match=r"row 2, date .*lies in the future"):
        problems(stamped, today=TODAY)


def test_the_same_complaint_twice_is_refused():
    rows = [("2026-01-01", "C-1", "late", "call")] * 2
    with pytest.raises(DataError, match="row 2: the same complaint"):
        problems(log(rows), today=TODAY)
    with pytest.raises(DataError, match="row 2, complaint_id"):
        problems(log(rows, complaint_id="K-1"), today=TODAY)
    assert len(problems(log(rows, complaint_id=["K-1", "K-2"]), today=TODAY).repeats) == 1


def test_an_empty_log_other_tables_and_one_row():
    with pytest.raises(DataError, match="no complaints"):
        problems(log([]), today=TODAY)
    with pytest.raises(DataError, match="missing"):
        problems(pd.DataFrame({"date": ["2026-01-01"]}), today=TODAY)
    with pytest.raises(ValueError, match="must be a table"):
        problems([1], today=TODAY)
    found = problems(log([("2026-01-01", "C-1", "late", "call")]), today=TODAY)
    assert len(found.matrix) == 1 and found.repeats.empty and found.alerts.empty
    for wrong in ({"days": 0}, {"at_least": 1}, {"today": "2026-11-21"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
            problems(log([("2026-01-01", "C-1", "late", "call")]), **wrong)


# ---- early warning


def orders(customer, start, end, every):
    return pd.DataFrame({"customer_id": customer, "order_date": pd.date_range(start, end, freq=f"{every}D")})


def test_a_customer_who_stops_is_warned_of_and_a_steady_one_is_not():
    table = pd.concat(
        [
            orders("C-steady", "2025-01-03", "2026-11-20", 15),
            orders("C-stopped", "2025-01-03", "2026-08-01", 15),
            orders("C-new", "2026-10-01", "2026-11-20", 10),
            orders("C-once", "2025-12-01", "2025-12-01", 1),
        ]
    )
    found = early_warning(table, today=TODAY).set_index("customer_id")
    assert found["warning"].to_dict() == {"C-stopped": True, "C-steady": False, "C-new": False, "C-once": False}
    assert found.index[0] == "C-stopped"
    stopped = found.loc["C-stopped"]
    assert stopped["orders_recent"] == 0 and stopped["change"] == -1 and stopped["days_since"] > 90
    assert found["p"].isna().to_dict() == {"C-stopped": False, "C-steady": False, "C-new": True, "C-once": True}


def test_p_is_the_exact_test_of_two_poisson_rates():
    table = pd.concat([orders("C-1", "2025-01-03", "2026-08-20", 12), orders("C-1", "2026-09-30", "2026-11-10", 40)])
    found = early_warning(table, today=TODAY).iloc[0]
    k, before = int(found["orders_recent"]), int(found["orders_before"])
    assert found["p"] == pytest.approx(stats.binomtest(k, k + before, 90 / 455, alternative="less").pvalue)
    assert found["rate_before"] == pytest.approx(30 * before / 365)


def test_lines_of_one_order_count_once_and_the_order_of_rows_does_not_matter():
    table = orders("C-1", "2025-01-03", "2026-08-20", 12)
    table["order_id"] = [f"O-{place}" for place in range(len(table))]
    lines = pd.concat([table, table, table.assign(product="P-1")])
    plain = early_warning(table, today=TODAY)
    pd.testing.assert_frame_equal(early_warning(lines.sample(frac=1, random_state=2), today=TODAY), plain)
    pd.testing.assert_frame_equal(early_warning(lines.drop(columns="order_id"), today=TODAY), plain)
    text = table.assign(order_date=table["order_date"].dt.strftime("%d/%m/%Y"))
    pd.testing.assert_frame_equal(early_warning(text, today=TODAY), plain)


@given(st.integers(0, 10**6))
def test_counts_are_those_of_a_plain_loop(seed):
    chance = random.Random(seed)
    rows = [(f"C-{chance.randint(1, 4)}", 1000 - int(chance.random() ** 2 * 700)) for _ in range(60)]
    start = pd.Timestamp(TODAY) - pd.Timedelta(days=1000)
    table = pd.DataFrame(
        {"customer_id": [row[0] for row in rows], "order_date": [start + pd.Timedelta(days=row[1]) for row in rows]}
    )
    found = early_warning(table, today=TODAY).set_index("customer_id")
    for customer in {row[0] for row in rows}:
        days = sorted({row[1] for row in rows if row[0] == customer})
        counted = [day for day in days if day > 1000 - 455 and day > days[0]]
        assert found.loc[customer, "orders_recent"] == sum(day > 910 for day in counted)
        assert found.loc[customer, "orders_before"] == sum(day <= 910 for day in counted)
        assert found.loc[customer, "days_since"] == 1000 - days[-1]


def test_early_warning_names_every_fault():
    table = pd.DataFrame(
        {"customer_id": ["C-1", None, "C-1", 5], "order_date": ["2026-01-01", "2026-02-30", "2026-12-01", "2026-01-01"]}
    )
    with pytest.raises(DataError) as caught:
        early_warning(table, today=TODAY)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "order_date"),
        (2, "customer_id"),
        (3, "order_date"),
        (4, "customer_id"),
    ]
    with pytest.raises(DataError, match=r"row 3, order_date .*lies in the future"):
        early_warning(table.iloc[[0, 2]], today=TODAY)
    torn = pd.DataFrame({"customer_id": ["C-1", "C-2"], "order_date": pd.Timestamp("2026-01-01"), "order_id": "O-1"})
    with pytest.raises(DataError, match=r"row 2, order_id .*another customer or date"):
        early_warning(torn, today=TODAY)
    with pytest.raises(DataError, match="no orders"):
        early_warning(table.head(0), today=TODAY)
    with pytest.raises(ValueError, match="drop must be a fraction"):
        early_warning(table, drop=50)
    assert len(early_warning(table.head(1), today=TODAY)) == 1
