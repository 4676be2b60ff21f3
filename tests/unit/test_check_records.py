"""Customers' records against the four qualities of data."""

from datetime import date
from pathlib import Path

import pandas as pd
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learner_kit.contact import Policy, check_records
from learner_kit.contact.records_fields import phone, postal_code
from learner_kit.reading import read_table

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 21)
GOOD = {
    "customer_id": "C-0001",
    "name": "Karee Spaza",
    "phone": "082 000 0123",
    "email": "karee@example.co.za",
    "postal_code": "0699",
    "province": "Limpopo",
    "consent": "none",
    "opted_out": "no",
    "last_verified": "2026-10-01",
}


def found(**changes):
    table = pd.DataFrame([{**GOOD, **changes}])
    return [tuple(row) for row in check_records(table, TODAY)[["column", "quality"]].to_numpy()]


def test_a_good_record_has_no_findings():
    report = check_records(pd.DataFrame([GOOD]), TODAY)
    assert report.empty
    assert list(report.columns) == ["row", "column", "value", "quality", "reason", "what_to_do"]


@pytest.mark.parametrize(
    ("column", "value", "quality"),
    [
        ("phone", "082 000 014", "accurate"),  # a digit short
        ("phone", "082 000 01234", "accurate"),
        ("phone", "082 OOO 0123", "accurate"),  # letters: a vanity number to the library
        ("phone", "fax 011 000 0456", "accurate"),
        ("phone", "086 000 0456", "accurate"),  # fax to e-mail
        ("phone", 820000123, "accurate"),  # a spreadsheet dropped the 0
        ("phone", 820000123.0, "accurate"),
        ("phone", "072 000 0000", "accurate"),  # as the sample register has them
        ("phone", "karee@example.co.za", "accurate"),
        ("phone", "082 000 0123 / 083 000 0123", "accurate"),
        ("phone", "+44 20 7946 0034", "accurate"),
        ("phone", "99 999 9999 9", "accurate"),
        ("phone", "n/a", "complete"),
        ("email", "082 000 0123", "accurate"),
        ("email", "karee.example.co.za", "accurate"),
        ("email", "karee@", "accurate"),
        ("email", "karee@gmial.com", "accurate"),
        ("email", "a@example.co.za; b@example.co.za", "accurate"),
        ("email", float("nan"), "complete"),
        ("postal_code", "80010", "accurate"),
        ("postal_code", 699, "accurate"),
        ("postal_code", "O699", "accurate"),
        ("postal_code", "8001", "accurate"),  # Cape Town is not in Limpopo
        ("postal_code", "0000", "accurate"),
        ("postal_code", "9100", "accurate"),  # once for Namibia
        ("name", "", "complete"),
        ("name", "0820000123", "accurate"),
        ("name", "karee@example.co.za", "accurate"),
        ("age", 200, "accurate"),
        ("age", -3, "accurate"),
        ("age", 33.5, "accurate"),
        ("age", "old", "accurate"),
        ("age", 15, "relevant"),  # a child
        ("birth_date", "2030-01-01", "accurate"),
        ("birth_date", "1890-01-01", "accurate"),
        ("birth_date", "31/02/1980", "accurate"),
        ("birth_date", "2010-01-01", "relevant"),
        ("address", "082 000 0123", "accurate"),
        ("address", "karee@example.co.za", "accurate"),
        ("since", "31/02/2024", "accurate"),
        ("last_verified", "2020-10-19", "timely"),
        ("last_verified", "2027-03-09", "accurate"),
        ("last_verified", "", "complete"),
        ("registry_checked", "2026-10-20", "timely"),
        ("consent", "verbal", "accurate"),
        ("consent", "", "complete"),
        ("opted_out", "maybe", "accurate"),
        ("preferred_channel", "fax", "accurate"),
    ],
)
def test_each_fault_is_found_once_with_its_quality(column, value, quality):
    assert found(**{column: value}) == [(column, quality)]


@pytest.mark.parametrize(
    "good",
    [
        {"phone": "+27 82 000 0123"},
        {"phone": "(011) 000-0123"},
        {"phone": "0027 82 000 0123"},
        {"phone": "082 000 0123 ext 5"},
        {"phone": "012-1111112"},
        {"postal_code": "0470"},  # Groblersdal: a North West code in Limpopo
        {"postal_code": "0250", "province": "North West"},
        {"postal_code": "1947", "province": "Free State"},
        {"opted_out": "sms; e-mail"},
        {"opted_out": True},
        {"age": "18"},
        {"birth_date": "1980-02-29", "age": 46},
        {"since": "2026-10-01"},
        {"consent": "existing"},
        {"preferred_channel": "E-mail"},
        {"medical_aid": ""},  # nothing is kept in it
    ],
)
def test_what_is_right_is_not_reported(good):
    assert found(**good) == []


def test_fields_that_contradict_each_other():
    assert found(since="2026-10-02") == [("last_verified", "accurate")]
    assert found(age=30, birth_date="1980-05-05") == [("age", "accurate")]
    assert found(fax="082 000 0123") == [("phone", "accurate")]
    assert found(consent="opt-in", consent_date=None) == [("consent_date", "complete")]
    assert found(phone="", email="").count(("phone", "complete")) == 2  # each is blank, and nothing else reaches them


@pytest.mark.parametrize(
    "column",
    [
        "medical_information",
        "Marital status",
        "next of kin",
        "salary",
        "religion",
        "race",
        "trade_union",
        "id_number",
        "reputation",
        "health",
    ],
)
def test_information_without_a_purpose_is_not_relevant_and_not_shown(column):
    table = pd.DataFrame([{**GOOD, column: "something private"}])
    report = check_records(table, TODAY)
    assert report[["column", "quality"]].to_numpy().tolist() == [[column, "relevant"]]
    assert report["row"].isna().all()
    assert "private" not in report.to_string()
    assert check_records(table, TODAY, purposes={column: "the pharmacy needs it"}).empty
    assert len(check_records(table, TODAY, purposes={column: " "})) == 1


def test_duplicates_are_found_however_they_are_written():
    rows = [
        GOOD,
        {**GOOD, "customer_id": "c-0001", "name": "Other", "phone": "083 000 0123", "email": "other@example.co.za"},
        {**GOOD, "customer_id": "C-0003", "name": "Third", "phone": "+27820000123", "email": "KAREE@example.co.za"},
        {**GOOD, "customer_id": "C-0004", "name": "karee  SPAZA", "email": "new@example.co.za"},
        {**GOOD, "customer_id": "C-0005", "name": "Next door", "email": "next@example.co.za"},  # a shared phone is none
    ]
    report = check_records(pd.DataFrame(rows), TODAY)
    assert report["row"].tolist() == [2, 3, 4]
    assert report["reason"].str.contains("row 1").all()


def test_columns_that_should_be_there():
    report = check_records(pd.DataFrame({"colour": ["red"]}), TODAY)
    assert set(report["column"]) == {"customer_id", "phone", "last_verified"}
    assert check_records(pd.DataFrame(), TODAY)["row"].isna().all()


def test_other_names_for_columns_are_known_and_kept_in_the_report():
    table = pd.DataFrame([GOOD]).rename(columns={"phone": "Telephone", "email": "E-mail", "postal_code": "Postcode"})
    assert check_records(table, TODAY).empty
    table["Telephone"] = "082 000 014"
    assert check_records(table, TODAY)["column"].tolist() == ["Telephone"]


def test_the_careless_offices_records():
    """Every fault that make_data.py put into the table, and nothing else."""
    report = check_records(read_table(DATA / "customers_unchecked.csv"), date(2026, 10, 31))
    faults = {2: "phone", 4: "phone", 6: "postal_code", 8: "age", 10: "last_verified", 12: "email", 14: "phone"}
    faults |= {16: "email", 18: "last_verified", 20: "name", 22: "postal_code", 24: "age", 26: "last_verified"}
    faults |= {30: "opted_out", 32: "consent", 34: "phone", 36: "since", 38: "preferred_channel"}
    seen = report[report["row"].notna()]
    expected = [*faults.items(), (28, "phone"), (28, "email"), (40, "email")]
    assert sorted(zip(seen["row"], seen["column"], strict=True)) == sorted(expected)
    assert report.loc[report["row"].isna(), "column"].tolist() == ["marital_status"]


def test_the_clean_records_are_stale_at_most():
    report = check_records(read_table(DATA / "customers.csv"), date(2026, 10, 31))
    assert set(report["quality"]) <= {"timely"}
    assert check_records(read_table(DATA / "customers.csv"), date(2026, 10, 31), stale_days=800).empty


def test_a_policy_says_which_channels_and_bases_there_are():
    policy = Policy.load(DATA / "contact_policy.toml")
    table = pd.DataFrame(
        [{**GOOD, "preferred_channel": "phone"}, {**GOOD, "preferred_channel": "pigeon", "customer_id": "C-2"}]
    )
    report = check_records(table, TODAY, policy=policy)
    assert ("pigeon", "preferred_channel") in set(zip(report["value"], report["column"], strict=True))
    assert "phone" not in set(report["value"].dropna())


@settings(deadline=None)
@given(st.integers(600_000_000, 849_999_999))
def test_every_mobile_number_the_library_knows_passes_in_each_form(national):
    number = phonenumbers.PhoneNumber(country_code=27, national_number=national)
    made_up = len(set(str(national)[2:])) == 1
    if not phonenumbers.is_valid_number(number) or made_up:
        return
    for form in (
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.E164,
    ):
        assert phone(phonenumbers.format_number(number, form)) is None


EVERY = [*GOOD, "age", "birth_date", "address", "fax", "since", "consent_date", "registry_checked", "preferred_channel"]


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(EVERY))
def test_no_text_breaks_the_checks(text, column):
    check_records(pd.DataFrame([{**GOOD, column: text}]), TODAY)


@settings(deadline=None)
@given(
    st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.binary(max_size=9))
)
def test_no_value_of_another_kind_breaks_the_checks(value):
    check_records(pd.DataFrame([dict.fromkeys(EVERY, value)], dtype=object), TODAY)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="customers"):
        check_records([GOOD], TODAY)
    with pytest.raises(ValueError, match="today"):
        check_records(pd.DataFrame([GOOD]), "today")
    with pytest.raises(ValueError, match="stale_days"):
        check_records(pd.DataFrame([GOOD]), TODAY, stale_days=0)


def test_postal_codes_know_their_end_of_the_country():
    assert postal_code("8001", "Western Cape") is None
    assert "Western Cape" in postal_code("8001", "limpopo").reason
    assert (
        postal_code("8001", "Atlantis") is None
    )  # no province: the check_records of its own column is not this one's job
