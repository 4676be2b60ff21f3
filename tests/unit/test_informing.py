"""Telling customers (SO2): the size and content of an SMS, the medium that fits, and groups by the business's rule."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.errors import DataError
from learner_kit.lessons import media
from learner_kit.lessons.notice import check_sms, sms_size
from learner_kit.lessons.segments import segments

GOOD = "Kit Foods: bread R12 until Friday. Reply STOP to opt out."


def faults(said, sender="Kit Foods", **more):
    return {point.name for point in check_sms(said, sender, **more) if not point.ok}


# --- how long an SMS is (3GPP TS 23.038) ---


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("", (0, 0)),
        ("a" * 160, (160, 1)),
        ("a" * 161, (161, 2)),
        ("a" * 306, (306, 2)),
        ("a" * 307, (307, 3)),
        ("€" * 80, (160, 1)),  # each takes two places
        ("€" * 81, (162, 2)),
        ("a" * 152 + "€" + "a" * 152, (306, 3)),  # € is not split: it moves to the second part, which then overflows
        ("ê" * 70, (70, 1)),
        ("ê" * 71, (71, 2)),
        ("🍎" * 35, (70, 1)),  # each takes two places
        ("🍎" * 36, (72, 2)),
        ("ä" * 160, (160, 1)),  # in the plain alphabet
    ],
)
def test_size(said, size):
    assert sms_size(said)[:2] == size


def test_special_letters_are_named_once_each():
    assert sms_size("môre sê, ê “ja”").special == ("ô", "ê", "“", "”")
    assert "ô ê" in next(point.says for point in check_sms("môre sê", "X") if point.name == "length")


@given(st.text(max_size=400), st.text(max_size=40))
def test_more_words_never_take_fewer_parts(one, other):
    whole = sms_size(one + other)
    assert whole.parts >= sms_size(one).parts and whole.parts <= whole.characters
    assert max(70, 67 * whole.parts) >= whole.characters or not whole.special


# --- what an SMS must hold ---


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (GOOD, set()),
        (GOOD.upper().replace("UNTIL", "till").replace("FRIDAY", "Friday").replace("BREAD", "Bread"), set()),
        ("Bread R12 until Friday. Reply STOP to opt out.", {"sender"}),
        ("Kitfoods: bread R12. Reply STOP to opt out.", {"sender"}),
        ("Kit Foods: bread R12 until Friday.", {"opt-out"}),
        ("Kit Foods: don't stop, shop! Stop by on Friday.", {"opt-out"}),
        ("Kit Foods: you cannot opt out of bread at R12.", {"opt-out"}),
        ("Kit Foods: brood R12. SMS STOP na 082 000 0123.", set()),
        ("Kit Foods: bread R12. To unsubscribe reply NO.", set()),
        ("Kit Foods: HUGE SALE, bread R12. Reply STOP to opt out.", {"calm"}),
        ("Kit Foods: bread R12!! Reply STOP to opt out.", {"calm"}),
        ("Kit Foods: hello [name], bread R12. Reply STOP to opt out.", {"gaps"}),
        ("Kit Foods: account 8001015009087 is due. Reply STOP to opt out.", {"private"}),
        ("Kit Foods: call 082 000 0123 for bread. Reply STOP to opt out.", set()),
        (GOOD + " " + "More words follow here. " * 6, {"length"}),
    ],
)
def test_points_of_a_message(said, wrong):
    assert faults(said) == wrong


def test_two_parts_may_be_allowed_and_an_empty_message_is_refused():
    assert not faults(GOOD + " " + "More words follow here. " * 6, most_parts=2)
    for said, sender in (("  ", "Kit Foods"), ("Hello", " ")):
        with pytest.raises(ValueError, match="must"):
            check_sms(said, sender)


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_text_is_looked_at_without_falling_over(said):
    assert len(check_sms(said, "Kit (Foods) [x]*")) == 6


# --- the medium ---


def good(*given, **more):
    return [fit.medium for fit in media.choose(*given, **more) if fit.fits]


def test_the_medium_fits_audience_means_and_message():
    assert good("everybody", {"television", "radio", "data"}, "short") == [
        "Website and social media",
        "National radio",
        "Television",
    ]
    assert good("area", {"radio"}, "short") == ["Community radio"]
    assert good("group", {"e-mail"}, "long") == ["E-mail"]
    assert good("one", {"phone"}, "talk") == ["Phone call"]
    assert good("group", {"address"}, "long", urgent=True) == []
    assert good("group", {"phone", "data", "e-mail", "address"}, "short", consent=False) == ["Letter"]


def test_reasons_against_are_said_and_the_nearest_comes_first():
    found = media.choose("group", {"address"}, "long", urgent=True)
    against = {one.medium: one.against for one in found}
    assert against["Letter"] == ("it is too slow for today",) and all(against.values())
    assert [len(one.against) for one in found] == sorted(len(one.against) for one in found)
    assert all(one.care for one in found)


@pytest.mark.parametrize("wrong", [("all", {"phone"}, "short"), ("one", {"fax"}, "short"), ("one", {"phone"}, "song")])
def test_unknown_words_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match="must be among"):
        media.choose(*wrong)


# --- groups of customers ---

BOUGHT = pd.DataFrame(
    {
        "orders": [26, 30, 5, 14, 3, 9],
        "revenue": [48_000.0, 36_000, 6_000, 22_400, 9_000, 11_100],
        "discounts": [0.0, 3_600, 0, 0, 900, 0],
    }
)


def test_the_groups_of_the_workbook():
    found = segments(BOUGHT, often=12, on_offer=0.05).set_index("group")
    assert found["customers"].to_dict() == {"Loyal": 2, "Discount": 2, "Occasional": 2}
    assert found["sales_share"]["Loyal"] == pytest.approx(0.55)
    assert found["sales"].sum() == pytest.approx(128_000) and found["customer_share"].sum() == pytest.approx(1)


@given(st.integers(1, 60), st.floats(0.01, 1))
def test_everybody_is_in_one_group_whatever_the_rule(often, on_offer):
    found = segments(BOUGHT, often, on_offer)
    assert found["customers"].sum() == 6 and found["sales_share"].sum() == pytest.approx(1)


def test_no_customers_no_sales_and_wrong_rules():
    assert segments(BOUGHT.iloc[:0])["customers"].tolist() == [0, 0, 0]
    free = segments(pd.DataFrame({"orders": [20], "revenue": [0.0], "discounts": [0.0]}))
    assert free["customers"].tolist() == [1, 0, 0] and free["sales_share"].tolist() == [0, 0, 0]
    for wrong in ({"often": 0}, {"on_offer": 0}, {"on_offer": 5}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            segments(BOUGHT, **wrong)
    with pytest.raises(DataError, match="discounts"):
        segments(BOUGHT[["orders", "revenue"]])
