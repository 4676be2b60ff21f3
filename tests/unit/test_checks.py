"""What the checks of arguments and tables accept, refuse, and say."""

import decimal
import math
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.checks import (
    fraction,
    has_columns,
    number,
    number_faults,
    row_numbers,
    same_rows,
    today_or,
)
from learner_kit.errors import DataError, Fault

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    "value",
    ["5", b"5", True, np.True_, None, [5], math.nan, math.inf, -math.inf, 10**400, pd.NA, pd.NaT, date(2026, 1, 1)],
)
def test_what_is_no_finite_number_is_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^price must be a number"):
        number("price", value)


@pytest.mark.parametrize("value", [5, 5.0, np.int64(5), np.float32(5), decimal.Decimal(5)])
def test_every_kind_of_number_becomes_a_float(value):
    assert number("price", value) == 5.0
    assert type(number("price", value)) is float


@pytest.mark.parametrize(
    ("bounds", "good", "bad", "words"),
    [
        ({"low": 0}, 0, -1e-9, "of 0 or more"),
        ({"above": 0}, 1e-9, 0, "above 0"),
        ({"high": 10}, 10, 10.1, "of at most 10"),
        ({"below": 10}, 9.9, 10, "below 10"),
        ({"low": 1, "high": 5}, 5, 6, "from 1 to 5"),
        ({"whole": True}, -3, 2.5, "a whole number"),
    ],
)
def test_bounds_hold_for_one_number_and_for_many_and_are_named(bounds, good, bad, words):
    assert number("n", good, **bounds) == good
    assert number("n", pd.Series([good, good]), **bounds).tolist() == [good, good]
    with pytest.raises(ValueError, match=words):
        number("n", bad, **bounds)
    with pytest.raises(ValueError, match=words):
        number("n", pd.Series([good, bad]), **bounds)


def test_a_message_shows_plain_values_not_numpy_ones():
    with pytest.raises(ValueError, match=r"not -3\.0\.$"):
        number("price", np.float64(-3), low=0)


def test_the_first_bad_places_of_a_series_are_named_and_the_rest_counted():
    values = pd.Series([1.0, -1, 2, math.nan, -3, -4, -5], index=list("abcdefg"))
    with pytest.raises(ValueError) as caught:
        number("price", values, low=0)
    assert str(caught.value) == (
        "price must be a number of 0 or more, not -1.0 (at 'b'), nan (at 'd'), -3.0 (at 'e') and 2 more."
    )


def test_a_series_of_mixed_types_names_the_ones_that_are_no_numbers():
    with pytest.raises(ValueError, match=r"not '2' \(at 1\), None \(at 2\), True \(at 3\)\.$"):
        number("n", pd.Series([1, "2", None, True, 3.5], dtype=object))
    with pytest.raises(ValueError, match="True"):
        number("n", pd.Series([True, False]))
    with pytest.raises(ValueError, match="NA"):
        number("n", pd.Series([1, None], dtype="Int64"))


def test_a_series_stays_a_series_of_floats_and_is_not_changed():
    given_in = pd.Series([1, 2], index=["a", "b"], name="x")
    kept = given_in.copy()
    out = number("n", given_in, low=0)
    assert out.dtype == float and out.index.equals(given_in.index) and out.name == "x"
    pd.testing.assert_series_equal(given_in, kept)
    assert number("n", pd.Series([], dtype=float)).empty
    assert number("n", pd.Series([1, 2.5], dtype=object)).tolist() == [1, 2.5]


@given(st.lists(st.floats(), max_size=20), finite, finite, st.booleans())
def test_a_series_is_accepted_exactly_when_each_value_is(values, one, two, whole):
    low, high = sorted((one, two))

    def accepted(value):
        try:
            number("n", value, low, high, whole=whole)
        except ValueError:
            return False
        return True

    assert accepted(pd.Series(values, dtype=float)) == all(accepted(value) for value in values)


def test_a_percentage_for_a_fraction_is_refused_with_the_way_to_write_it():
    with pytest.raises(ValueError, match=r"from 0 to 1, not 12\. For 12 % write 0\.12\.$"):
        fraction("rate", 12)
    with pytest.raises(ValueError, match=r"12\.0 \(at 0\)\. For 12 % write 0\.12\."):
        fraction("rate", pd.Series([12.0, 0.5]))
    with pytest.raises(ValueError, match="but not, 1"):
        fraction("rate", 1, below_one=True)
    assert fraction("rate", 1) == 1.0 and fraction("rate", 0, below_one=True) == 0.0


def test_missing_and_double_columns_are_all_named():
    table = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "b"])
    with pytest.raises(DataError) as caught:
        has_columns(table[["a"]], ["c", "a", "d"], "t.csv")
    assert [fault.column for fault in caught.value.faults] == ["c", "d"]
    with pytest.raises(DataError, match="more than one"):
        has_columns(table, ["b"], "t.csv")
    with pytest.raises(ValueError, match="must be a table"):
        has_columns([1], ["b"], "The table")


def test_faults_of_a_column_carry_the_row_as_its_owner_counts():
    table = pd.DataFrame({"n": [1, -1, math.nan]})
    reason = "must be a number of 0 or more"
    faults = number_faults(table, "n", low=0)
    assert faults[0] == Fault(2, "n", -1.0, reason) and faults[1].row == 3
    assert number_faults(table.loc[[2, 1]], "n", low=0)[0].row == 3  # sorted, it keeps its number


def test_rows_without_their_own_numbers_are_counted_as_they_stand():
    table = pd.DataFrame({"n": [5, 6]})
    assert row_numbers(table).tolist() == [1, 2]
    assert row_numbers(table.iloc[[1]]).tolist() == [2]
    assert row_numbers(table.set_index(pd.Index([101, 102], name="customer"))).tolist() == [1, 2]
    assert row_numbers(table.set_index(pd.Index(["x", "y"]))).tolist() == [1, 2]


def test_series_with_other_rows_are_refused():
    with pytest.raises(ValueError, match="b must have the same rows, in the same order, as a"):
        same_rows(a=pd.Series([1, 2]), n=3, b=pd.Series([1, 2], index=[1, 0]))
    same_rows(a=pd.Series([1, 2]), b=pd.Series([3, 4]), n=3)


def test_today():
    assert today_or("today", datetime(2026, 11, 21, 10)) == date(2026, 11, 21)
    assert today_or("today", None) == date.today()
    for wrong in ("2026-11-21", pd.NaT, 5):
        with pytest.raises(ValueError, match="today must be a date"):
            today_or("today", wrong)


def test_a_data_error_tells_every_fault_and_keeps_all():
    faults = [Fault(row, "price", -row, "must be 0 or more") for row in range(1, 31)]
    error = DataError(faults, "prices.csv")
    assert len(error.faults) == 30
    assert "prices.csv has 30 faults:" in str(error) and str(error).endswith("and 10 more")
