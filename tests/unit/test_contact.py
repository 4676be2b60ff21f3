"""The contact rules: hours, law, frequency and consent, against a calendar and rules written out here a second time."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from dateutil.easter import easter
from hypothesis import given, settings
from hypothesis import strategies as st

from learner_kit import settings as policy_settings
from learner_kit.contact import Policy, Verdict, check_contacts, left_out, may_contact, plan
from learner_kit.errors import DataError, KitError
from learner_kit.reading import read_table

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
POLICY = Policy.load(DATA / "contact_policy.toml")
ANYONE = {"customer_id": "C-0001"}
CONSENTED = {"customer_id": "C-0001", "consent": "opt-in"}
MONDAY = datetime(2026, 11, 23, 10, 0)

# Holidays proclaimed for one year: elections, the Rugby World Cup, and 2022 when 26 December was taken already.
PROCLAIMED = {date(2021, 11, 1), date(2022, 12, 27), date(2023, 12, 15), date(2024, 5, 29), date(2026, 11, 4)}
FIXED = ((1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26))


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The Public Holidays Act, written out: fixed days, the Monday after a Sunday, and the two days of Easter."""
    fixed = [date(year, month, day) for month, day in FIXED]
    mondays = [day + timedelta(1) for day in fixed if day.weekday() == 6]
    return frozenset([*fixed, *mondays, easter(year) - timedelta(2), easter(year) + timedelta(1), *PROCLAIMED])


def lawful(moment: datetime, marketing: bool) -> bool:
    """The hours of company and law, written out."""
    if moment.weekday() == 6 or moment.date() in holidays_of(moment.year):
        return False
    if moment.weekday() == 5:
        return time(9 if marketing else 8) <= moment.time() < time(13)
    return time(8) <= moment.time() < time(18)


def contacts(*rows: tuple) -> list[dict]:
    return [
        dict(zip(("customer_id", "when", "channel", "purpose", "issue", "outcome"), row, strict=False)) for row in rows
    ]


# ------------------------------------------------------------------------------------------------------ hours and law


@pytest.mark.parametrize("year", range(2021, 2031))
def test_holidays_are_those_of_the_act(year):
    days = (date(year, 1, 1) + timedelta(n) for n in range(366))
    found = {day for day in days if POLICY.holiday(day) and day.year == year}
    # Christmas 2022 was a Sunday: its Monday is a holiday of its own, hence the proclaimed day after it.
    assert found == {day for day in holidays_of(year) if day.year == year}


@settings(max_examples=400, deadline=None)
@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2030, 12, 31, 23, 59)),
    st.sampled_from(["telephone", "sms", "whatsapp", "e-mail", "post"]),
)
def test_marketing_is_allowed_in_lawful_hours_only(moment, channel):
    verdict = may_contact(moment, channel, "new-product", CONSENTED, None, POLICY)
    assert verdict.allowed == lawful(moment, marketing=True)
    assert verdict.code == ("ok" if verdict.allowed else "hours")


@settings(max_examples=400, deadline=None)
@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2030, 12, 31, 23, 59)),
    st.sampled_from(["telephone", "e-mail"]),
    st.sampled_from(["complaint", "query"]),
)
def test_urgent_service_keeps_to_the_hours(moment, channel, purpose):
    assert may_contact(moment, channel, purpose, ANYONE, None, POLICY).allowed == lawful(moment, marketing=False)


@pytest.mark.parametrize(
    ("moment", "purpose", "allowed"),
    [
        ("2026-11-21 08:59", "new-product", False),  # Saturday: the law's narrower hours
        ("2026-11-21 09:00", "new-product", True),
        ("2026-11-21 12:59", "new-product", True),
        ("2026-11-21 13:00", "new-product", False),
        ("2026-11-21 08:00", "complaint", True),  # the company's own Saturday
        ("2026-11-22 10:00", "complaint", False),  # Sunday, urgent or not
        ("2026-11-23 07:59", "complaint", False),
        ("2026-11-23 17:59", "new-product", True),
        ("2026-11-23 18:00", "new-product", False),  # the law would allow it, the company does not
        ("2026-08-10 10:00", "query", False),  # Monday after Women's Day on a Sunday
        ("2026-11-04 10:00", "query", False),  # proclaimed for elections
        ("2022-12-27 10:00", "query", False),  # proclaimed
    ],
)
def test_the_edges_of_the_hours(moment, purpose, allowed):
    assert may_contact(moment, "telephone", purpose, CONSENTED, None, POLICY).allowed is allowed


def test_email_marketing_has_the_legal_hours_too():
    verdict = may_contact("2026-11-21 20:15", "e-mail", "special-offer", CONSENTED, None, POLICY)
    assert verdict[:2] == (False, "hours")
    assert verdict.next_time == datetime(2026, 11, 23, 8, 0)  # over the Sunday


def test_the_reason_names_the_holiday_and_the_law():
    assert "Local" in may_contact("2026-11-04 10:00", "telephone", "query", ANYONE, None, POLICY).reason
    assert "by law" in may_contact("2026-11-21 08:30", "sms", "new-product", CONSENTED, None, POLICY).reason
    assert "by law" not in may_contact("2026-11-23 19:00", "sms", "new-product", CONSENTED, None, POLICY).reason


def test_moments_with_a_zone_are_read_as_south_african_time():
    in_london = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # 08:30 here
    in_kolkata = datetime(2026, 11, 23, 21, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))  # 17:30 here
    assert may_contact(in_london, "telephone", "query", ANYONE, None, POLICY).next_time == datetime(2026, 11, 23, 8, 30)
    assert may_contact(in_kolkata, "telephone", "query", ANYONE, None, POLICY).allowed
    assert may_contact(pd.Timestamp(in_london), "telephone", "query", ANYONE, None, POLICY).allowed
    assert not may_contact(datetime(2026, 11, 23, 6, 30), "telephone", "query", ANYONE, None, POLICY).allowed


def test_local_list_adds_and_removes_holidays(tmp_path):
    text = (DATA / "contact_policy.toml").read_text(encoding="utf-8")
    text = text.replace(
        'name = "Local government elections" },', 'name = "Elections" }, { date = 2027-02-01, name = "Mourning" },'
    )
    file = tmp_path / "policy.toml"
    file.write_text(text.replace("removed = []", "removed = [2026-12-16]"), encoding="utf-8")
    changed = Policy.load(file)
    assert changed.holiday(date(2027, 2, 1)) == "Mourning"
    assert changed.holiday(date(2026, 12, 16)) is None
    assert may_contact("2026-12-16 10:00", "telephone", "query", ANYONE, None, changed).allowed
    assert not may_contact("2027-02-01 10:00", "telephone", "query", ANYONE, None, changed).allowed


# --------------------------------------------------------------------------------------- opt-out, consent, agreed times


@pytest.mark.parametrize(
    ("record", "channel", "purpose", "code"),
    [
        ({"opted_out": "yes", "consent": "opt-in"}, "sms", "new-product", "opt-out"),
        ({"opted_out": True, "consent": "opt-in"}, "sms", "new-product", "opt-out"),
        ({"opt_out": "marketing"}, "telephone", "complaint", "ok"),
        ({"opted_out": "yes"}, "telephone", "complaint", "ok"),  # an opt-out of marketing leaves service
        ({"opted_out": "all"}, "telephone", "complaint", "opt-out"),
        ({"opted_out": "sms; post", "consent": "opt-in"}, "sms", "new-product", "opt-out"),
        ({"opted_out": "sms; post", "consent": "opt-in"}, "e-mail", "new-product", "ok"),
        ({"registry_blocked": "yes", "consent": "opt-in"}, "e-mail", "new-product", "opt-out"),
        ({"registry_blocked": "yes"}, "post", "special-offer", "opt-out"),  # s 11: every approach not in person
        ({"registry_blocked": "yes"}, "visit", "new-product", "ok"),
        ({"registry_blocked": "yes"}, "telephone", "query", "ok"),
        ({"registry_checked": "2026-10-22", "consent": "opt-in"}, "sms", "new-product", "opt-out"),  # 32 days ago
        ({"registry_checked": "2026-10-23", "consent": "opt-in"}, "sms", "new-product", "ok"),
        ({}, "sms", "new-product", "consent"),
        ({"consent": "none"}, "telephone", "new-product", "consent"),
        ({"consent": "existing"}, "telephone", "new-product", "ok"),
        ({"consent": "existing", "relationship": "prospect"}, "telephone", "new-product", "consent"),
        ({"consent": "opt-in", "relationship": "prospect"}, "telephone", "new-product", "ok"),
        ({"consent": "opt-in", "consent_channels": "sms"}, "e-mail", "new-product", "consent"),
        ({"consent": "opt-in", "consent_channels": "sms; email"}, "e-mail", "new-product", "ok"),
        ({"relationship": "prospect"}, "post", "new-product", "ok"),  # s 69 of POPIA is about electronic ways
        ({"relationship": "prospect"}, "telephone", "consent-request", "ok"),  # asking once is allowed
        ({"opted_out": float("nan"), "consent": "opt-in", "registry_blocked": pd.NA}, "sms", "new-product", "ok"),
    ],
)
def test_opt_out_and_consent(record, channel, purpose, code):
    assert may_contact(MONDAY, channel, purpose, {**ANYONE, **record}, None, POLICY).code == code


def test_an_allowed_contact_says_when_the_registry_was_never_checked():
    def reason(channel, purpose, **record):
        return may_contact(MONDAY, channel, purpose, {**CONSENTED, **record}, None, POLICY).reason

    assert "registry first" in reason("post", "special-offer") and "registry first" in reason("sms", "new-product")
    checked = reason("sms", "new-product", registry_checked="2026-11-01")
    assert checked == reason("visit", "new-product") == reason("sms", "query") == "Allowed."


def test_waiting_does_not_help_against_opt_out_or_lack_of_consent():
    for record in ({"opted_out": "yes"}, {"consent": "none"}, {"registry_blocked": "yes"}):
        sunday = may_contact("2026-11-22 10:00", "sms", "new-product", {**ANYONE, **record}, None, POLICY)
        assert sunday.next_time is None
        assert sunday.code in ("opt-out", "consent")  # named before the hours


def test_consent_holds_from_its_day():
    verdict = may_contact(MONDAY, "sms", "new-product", {**CONSENTED, "consent_date": "2026-11-26"}, None, POLICY)
    assert (verdict.code, verdict.next_time) == ("consent", datetime(2026, 11, 26, 8, 0))


def test_consent_may_be_asked_once_only():
    before = contacts(("C-0001", "2026-01-05 10:00", "e-mail", "consent-request"))
    verdict = may_contact(MONDAY, "telephone", "consent-request", ANYONE, before, POLICY)
    assert verdict[:2] == (False, "duplicate")
    assert verdict.next_time is None


@pytest.mark.parametrize(
    ("agreed", "channel", "allowed"),
    [
        ("sunday 10:00-12:00 2026-03-01", "telephone", True),
        ("sunday 10:00-12:00 2026-03-01", "sms", False),  # a message timed for then needs it in writing
        ("sunday 10:00-12:00 in writing 2026-03-01", "sms", True),
        ("sunday 10:00-12:00 in writing 2026-12-01", "sms", False),  # agreed later
        ("saturday 10:00-16:00 in writing 2026-03-01", "sms", False),
        ("saturday 14:00-16:00 2026-03-01; sunday 09:00-11:00 2026-03-01", "telephone", True),
    ],
)
def test_agreed_times(agreed, channel, allowed):
    record = {**CONSENTED, "agreed_times": agreed}
    assert may_contact("2026-11-22 10:30", channel, "new-product", record, None, POLICY).allowed is allowed


def test_an_agreed_sunday_is_not_an_agreed_holiday():
    record = {**CONSENTED, "agreed_times": "sunday 10:00-12:00 2022-03-01"}
    assert not may_contact("2022-12-25 10:30", "telephone", "new-product", record, None, POLICY).allowed


# ------------------------------------------------------------------------------------- frequency, duplicates and reason


def test_frequency_and_the_urgent_override():
    before = contacts(
        ("C-0001", "2026-11-22 09:00", "telephone", "query"), ("C-0002", "2026-11-23 09:00", "sms", "survey")
    )
    refused = may_contact(MONDAY, "e-mail", "survey", ANYONE, before, POLICY)
    assert (refused.code, refused.next_time) == ("frequency", datetime(2026, 11, 24, 8, 0))
    assert may_contact(MONDAY, "telephone", "complaint", ANYONE, before, POLICY)


def test_each_purpose_has_its_own_interval():
    before = contacts(("C-0001", "2026-06-01 09:00", "e-mail", "survey"))
    refused = may_contact(MONDAY, "e-mail", "survey", ANYONE, before, POLICY)
    assert (refused.code, refused.next_time) == ("frequency", datetime(2026, 11, 28, 8, 0))  # 180 days, a Saturday


def test_at_most_four_contacts_in_thirty_days():
    before = contacts(*(("C-0001", f"2026-11-{day} 09:00", "telephone", "query") for day in ("02", "06", "10", "14")))
    refused = may_contact(MONDAY, "e-mail", "survey", ANYONE, before, POLICY)
    assert refused.next_time == datetime(2026, 12, 2, 8, 0)  # 2 November is 30 days back


def test_no_offer_in_the_month_after_a_purchase():
    record = {**CONSENTED, "last_purchase": date(2026, 11, 20)}
    refused = may_contact(MONDAY, "e-mail", "special-offer", record, None, POLICY)
    assert (refused.code, refused.next_time) == ("frequency", datetime(2026, 12, 21, 8, 0))  # 20 December is a Sunday


def test_duplicates_are_found_by_issue():
    before = contacts(("C-0001", "2026-11-23 08:30", "telephone", "complaint", "K-0001", "answered"))
    again = may_contact(MONDAY, "telephone", "complaint", ANYONE, before, POLICY, issue=" k-0001 ")
    assert (again.code, again.next_time) == ("duplicate", datetime(2026, 11, 24, 8, 0))
    assert may_contact(MONDAY, "telephone", "complaint", ANYONE, before, POLICY, issue="K-0002")
    assert may_contact(MONDAY, "telephone", "complaint", ANYONE, before, POLICY).code == "duplicate"


def test_an_attempt_that_reached_nobody_is_no_duplicate():
    before = contacts(("C-0001", "2026-11-23 08:30", "telephone", "complaint", "K-0001", "No answer"))
    assert may_contact(MONDAY, "telephone", "complaint", ANYONE, before, POLICY, issue="K-0001")


def test_the_same_news_is_not_told_twice_in_a_year():
    before = contacts(("C-0001", "2026-06-01 08:30", "e-mail", "new-product", "P-07", "read"))
    again = may_contact(MONDAY, "e-mail", "new-product", CONSENTED, before, POLICY, issue="P-07")
    assert (again.code, again.next_time) == ("duplicate", datetime(2027, 6, 1, 8, 0))
    assert may_contact(MONDAY, "e-mail", "new-product", CONSENTED, before, POLICY, issue="P-08")


def test_reasons_come_from_the_customers_own_dates():
    nobody = may_contact(MONDAY, "telephone", "satisfaction", ANYONE, None, POLICY)
    assert (nobody.code, nobody.next_time) == ("reason", None)
    bought = {**ANYONE, "last_purchase": "2026-11-22"}
    early = may_contact(MONDAY, "telephone", "satisfaction", bought, None, POLICY)
    assert (early.code, early.next_time) == ("reason", datetime(2026, 11, 24, 8, 0))
    late = may_contact(MONDAY, "telephone", "satisfaction", {**ANYONE, "last_purchase": "2026-09-01"}, None, POLICY)
    assert (late.code, late.next_time) == ("reason", None)


@pytest.mark.parametrize(
    ("born", "when", "next_time"),
    [
        ("1980-11-23", "2026-11-23 10:00", datetime(2026, 11, 23, 10)),
        ("1980-11-22", "2026-11-23 10:00", datetime(2026, 11, 23, 10)),  # on a Sunday: the wish may come on the Monday
        ("1980-11-19", "2026-11-23 10:00", datetime(2027, 11, 19, 8)),  # four days late: next year
        ("1980-12-30", "2026-12-28 10:00", datetime(2026, 12, 30, 8)),
        ("1980-12-31", "2027-01-02 10:00", datetime(2027, 1, 2, 10)),  # over the new year, a Saturday
        ("1984-02-29", "2027-02-27 10:00", datetime(2027, 3, 1, 8)),  # no such day in 2027
    ],
)
def test_birthdays(born, when, next_time):
    verdict = may_contact(when, "sms", "birthday", {**CONSENTED, "birth_date": born}, None, POLICY)
    assert verdict.next_time == next_time
    assert verdict.allowed == (str(next_time)[:16] == when)


def test_no_reason_and_an_unsuited_channel():
    assert may_contact(MONDAY, "telephone", None, ANYONE, None, POLICY)[1::2] == ("reason", None)
    assert may_contact(MONDAY, "telephone", " ", ANYONE, None, POLICY).code == "reason"
    assert may_contact(MONDAY, "sms", "payment", {**ANYONE, "overdue_since": "2026-11-01"}, None, POLICY)[1::2] == (
        "reason",
        None,
    )


def test_the_checks_come_in_their_order():
    sunday = "2026-11-22 10:00"
    before = contacts(("C-0001", "2026-11-22 09:00", "e-mail", "new-product", "P-07", "read"))
    cases = (
        (sunday, {"opted_out": "yes"}),
        (sunday, {}),
        (sunday, {"consent": "opt-in"}),
        ("2026-11-23 10:00", {"consent": "opt-in"}),
        ("2026-12-01 10:00", {"consent": "opt-in"}),
    )
    codes = [
        may_contact(when, "e-mail", "new-product", {**ANYONE, **record}, before, POLICY, issue="P-07").code
        for when, record in cases
    ]
    codes.append(may_contact(MONDAY, "sms", "payment", {**ANYONE, "overdue_since": "2026-11-01"}, None, POLICY).code)
    assert codes == ["opt-out", "consent", "hours", "frequency", "duplicate", "reason"]


# ----------------------------------------------------------------------------------------------------------- properties

DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "consent": st.sampled_from(["opt-in", "existing", "none", None]),
        "relationship": st.sampled_from(["customer", "prospect"]),
        "opted_out": st.sampled_from(["no", "no", "no", "yes", "sms", "telephone;post"]),
        "registry_blocked": st.sampled_from(["no", "no", "yes"]),
        "consent_date": DAYS,
        "last_purchase": DAYS,
        "overdue_since": DAYS,
        "birth_date": st.dates(date(1940, 1, 1), date(2008, 12, 31)),
        "agreed_times": st.sampled_from(
            ["", "sunday 10:00-12:00 in writing 2025-03-01", "friday 19:00-21:30 2026-01-01"]
        ),
    },
)
PURPOSES, CHANNELS = st.sampled_from(sorted(POLICY.purposes)), st.sampled_from(sorted(POLICY.channels))
PAST = st.lists(
    st.fixed_dictionaries(
        {
            "when": st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 20)),
            "channel": CHANNELS,
            "purpose": PURPOSES,
            "issue": st.sampled_from(["", "K-1", "K-2"]),
            "outcome": st.sampled_from(["answered", "no answer", None]),
        }
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(2026, 11, 21), datetime(2027, 12, 31)), CHANNELS, PURPOSES, RECORDS, PAST,
    st.sampled_from([None, "K-1"]), st.data(),
)  # fmt: skip
def test_next_time_is_allowed_and_is_the_first(when, channel, purpose, record, past, issue, data):
    record = {**record, "customer_id": "C-0001"}
    past = [{**row, "customer_id": "C-0001"} for row in past]
    verdict = may_contact(when, channel, purpose, record, past, POLICY, issue=issue)
    assert bool(verdict) is verdict.allowed is (verdict.code == "ok")
    if verdict.allowed:
        assert verdict.next_time == when
        return
    end = verdict.next_time or when + timedelta(days=400)
    assert end > when
    if verdict.next_time:
        assert may_contact(end, channel, purpose, record, past, POLICY, issue=issue)
    between = data.draw(st.datetimes(when, end - timedelta(microseconds=1)))
    assert not may_contact(between, channel, purpose, record, past, POLICY, issue=issue).allowed


PLAN_ROWS = st.lists(
    st.tuples(
        RECORDS,
        st.fixed_dictionaries(
            {},
            optional={
                "grade": st.sampled_from(["A", "B", "C", "New", ""]),
                "preferred_channel": st.sampled_from(["telephone", "sms", "e-mail", "post", "carrier pigeon", None]),
                "open_complaint": st.sampled_from(["yes", "no", "2026-12-20"]),
                "open_query": st.sampled_from(["yes", ""]),
                "phone": st.sampled_from(["082 000 0123", ""]),
            },
        ),
        PAST,
    ),
    min_size=1,
    max_size=5,
)


ONCE = replace(POLICY.purposes["consent-request"], plan_when="open_query")
POLICIES = (
    POLICY,
    replace(POLICY, min_days_between=0),
    replace(POLICY, min_days_between=5, max_contacts=2, window_days=14),
    replace(POLICY, purposes={**POLICY.purposes, "consent-request": ONCE}),
)


@settings(max_examples=80, deadline=None)
@given(PLAN_ROWS, st.dates(date(2026, 11, 20), date(2027, 1, 10)), st.integers(1, 60), st.sampled_from(POLICIES))
def test_a_plan_keeps_to_the_policy(rows, start, days, policy):
    customers = pd.DataFrame([{**record, **more, "customer_id": f"C-{n}"} for n, (record, more, _) in enumerate(rows)])
    history = [{**row, "customer_id": f"C-{n}"} for n, (_, _, past) in enumerate(rows) for row in past]
    planned = plan(customers, history, policy, start, days)
    assert list(planned.columns) == ["customer_id", "date", "time", "channel", "purpose", "due", "registry_check_from"]
    records = {row["customer_id"]: row for row in customers.to_dict("records")}
    for row in planned.to_dict("records"):
        assert start <= row["date"] < start + timedelta(days)
        when = datetime.combine(row["date"], row["time"])
        record = {**records[row["customer_id"]], "registry_checked": row["registry_check_from"]}
        verdict = may_contact(when, row["channel"], row["purpose"], record, history, policy)
        assert verdict.allowed, (row, verdict)
        history.append({**row, "when": when})
    calls = planned[~planned["purpose"].map(lambda name: policy.purposes[name].urgent).astype(bool)]
    assert not calls.duplicated(["customer_id", "date"]).any()
    out = left_out(customers, None, policy, start, days)
    assert set(out["code"]) <= {"opt-out", "consent", "frequency", "full", "unreachable"}


def test_a_plan_of_three_hundred_customers_keeps_to_the_policy():
    customers = read_table(DATA / "customers.csv").assign(open_query="", grade="B")
    customers.loc[::9, "open_query"] = "yes"
    planned = plan(customers, None, POLICY, date(2026, 12, 1), 45)
    records = {row["customer_id"]: row for row in customers.to_dict("records")}
    done: dict[str, list] = {}
    for row in planned.to_dict("records"):
        when = datetime.combine(row["date"], row["time"])
        mine = done.setdefault(row["customer_id"], [])
        assert may_contact(when, row["channel"], row["purpose"], records[row["customer_id"]], mine, POLICY)
        mine.append({**row, "when": when})
    assert len(planned) > 600
    assert not planned["date"].map(lambda day: lawful(datetime.combine(day, time(10)), True)).eq(False).any()


def test_nobody_is_planned_beyond_the_hands_there_are():
    crowd = pd.DataFrame(
        {"customer_id": [f"C-{n:04d}" for n in range(900)], "phone": "082 000 0123", "open_complaint": "yes"}
    )
    planned = plan(crowd, None, POLICY, date(2026, 11, 21), 7)  # Saturday first: 08:00–13:00, 10 callers of 10 minutes
    calls = planned[planned["purpose"] == "complaint"].groupby("date").size()
    assert calls.to_dict() == {date(2026, 11, 21): 300, date(2026, 11, 23): 600}
    assert planned[planned["purpose"] == "complaint"].groupby(["date", "time"]).size().max() == 10


def test_a_customer_has_one_contact_a_day_unless_it_is_urgent():
    keen = replace(POLICY, min_days_between=0, max_contacts=20)
    shops = pd.DataFrame({"customer_id": ["C-1"], "consent": "opt-in", "open_query": "yes", "open_complaint": "yes"})
    planned = plan(shops, None, keen, date(2026, 11, 23), 10)
    assert planned.groupby("date")["purpose"].agg(list).head(3).tolist() == [
        ["complaint", "query"],
        ["partnership"],
        ["special-offer"],
    ]


def test_grade_sets_the_interval_and_who_comes_first():
    shops = pd.DataFrame(
        {"customer_id": ["C-1", "C-2", "C-3"], "grade": ["C", "A", ""], "consent": "opt-in", "phone": "082 000 0123"}
    )
    calls = plan(shops, None, POLICY, date(2026, 11, 23), 75).query("purpose == 'partnership'")
    assert calls["customer_id"].value_counts().to_dict() == {"C-2": 3, "C-1": 1, "C-3": 1}
    assert calls.iloc[0]["customer_id"] == "C-2"


def test_what_is_left_out_says_why():
    shops = pd.DataFrame(
        {
            "customer_id": ["C-1", "C-2", "C-3"],
            "phone": ["082 000 0123", "082 000 0124", None],
            "consent": ["none", "opt-in", "opt-in"],
            "opted_out": ["no", "yes", "no"],
        }
    )
    out = (
        left_out(shops, None, POLICY, date(2026, 11, 23), 5).query("purpose == 'partnership'").set_index("customer_id")
    )
    assert out["code"].to_dict() == {"C-1": "consent", "C-2": "opt-out", "C-3": "unreachable"}


def test_whoever_was_contacted_today_is_left_in_peace():
    shops = pd.DataFrame({"customer_id": ["C-1"], "open_complaint": ["yes"]})
    before = [{"customer_id": "C-1", "when": "2026-11-23 15:00", "channel": "telephone", "purpose": "query"}]
    assert plan(shops, before, POLICY, date(2026, 11, 23), 3).iloc[0]["date"] == date(2026, 11, 24)


def test_an_empty_plan_has_its_columns():
    none = plan(pd.DataFrame({"customer_id": []}), None, POLICY, date(2026, 11, 23), 5)
    assert none.empty
    assert "registry_check_from" in none
    assert plan(pd.DataFrame({"customer_id": ["C-1"]}), None, POLICY, date(2026, 11, 22), 1).empty  # a Sunday


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("channel", lambda: may_contact(MONDAY, "pigeon", "query", ANYONE, None, POLICY)),
        ("channel", lambda: may_contact(MONDAY, None, "query", ANYONE, None, POLICY)),
        ("purpose", lambda: may_contact(MONDAY, "telephone", "chat", ANYONE, None, POLICY)),
        ("when", lambda: may_contact(date(2026, 11, 23), "telephone", "query", ANYONE, None, POLICY)),
        ("when", lambda: may_contact("2026-11-23", "telephone", "query", ANYONE, None, POLICY)),
        ("when", lambda: may_contact(pd.NaT, "telephone", "query", ANYONE, None, POLICY)),
        ("when", lambda: may_contact(None, "telephone", "query", ANYONE, None, POLICY)),
        ("when", lambda: may_contact(datetime(1990, 1, 1, 9), "telephone", "query", ANYONE, None, POLICY)),
        ("when", lambda: may_contact(datetime.max.replace(tzinfo=UTC), "telephone", "query", ANYONE, None, POLICY)),
        ("customer", lambda: may_contact(MONDAY, "telephone", "query", "C-0001", None, POLICY)),
        ("history", lambda: may_contact(MONDAY, "telephone", "query", ANYONE, 7, POLICY)),
        ("start", lambda: plan(pd.DataFrame({"customer_id": ["C-1"]}), None, POLICY, "soon", 5)),
        ("days", lambda: plan(pd.DataFrame({"customer_id": ["C-1"]}), None, POLICY, date(2026, 11, 23), 0)),
        ("days", lambda: plan(pd.DataFrame({"customer_id": ["C-1"]}), None, POLICY, date(2026, 11, 23), 367)),
        ("days", lambda: plan(pd.DataFrame({"customer_id": ["C-1"]}), None, POLICY, date(2026, 11, 23), 1.5)),
        ("customers", lambda: plan(3, None, POLICY, date(2026, 11, 23), 5)),
    ],
)
def test_wrong_arguments_are_named(argument, call):
    with pytest.raises(ValueError, match=f"^{argument}"):
        call()


def test_all_faults_of_a_record_are_told_at_once():
    record = {
        "customer_id": float("nan"),
        "consent": "yes",
        "opted_out": "maybe",
        "registry_blocked": "perhaps",
        "last_purchase": "31/02/2026",
        "agreed_times": "whenever",
        "relationship": "friend",
    }
    with pytest.raises(DataError) as refused:
        may_contact(MONDAY, "telephone", "query", record, None, POLICY)
    assert {fault.column for fault in refused.value.faults} == set(record)


def test_faults_of_a_table_of_customers_name_their_rows():
    shops = pd.DataFrame({"customer_id": ["C-1", None, "C-1"], "consent": ["opt-in", "verbal", "none"]})
    with pytest.raises(DataError) as refused:
        plan(shops, None, POLICY, date(2026, 11, 23), 5)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (2, "customer_id"),
        (2, "consent"),
        (3, "customer_id"),
    ]
    with pytest.raises(DataError, match="customer_id"):
        plan(pd.DataFrame({"name": ["Karee Spaza"]}), None, POLICY, date(2026, 11, 23), 5)


def test_a_history_in_the_future_is_refused():
    before = contacts(("C-0001", "2026-11-23 11:00", "telephone", "query"))
    with pytest.raises(DataError, match="what has happened"):
        may_contact(MONDAY, "telephone", "query", ANYONE, before, POLICY)
    with pytest.raises(DataError, match="what has happened"):
        plan(pd.DataFrame({"customer_id": ["C-0001"]}), before, POLICY, date(2026, 11, 22), 5)
    others = contacts(("C-0002", "2026-11-23 11:00", "telephone", "query"))
    assert may_contact(MONDAY, "telephone", "query", ANYONE, others, POLICY)


def test_all_faults_of_a_history_are_told_at_once():
    before = pd.DataFrame(
        {
            "customer_id": ["C-0001", "C-0001", None],
            "date": ["2026-11-01", None, "2026-11-02"],
            "purpose": ["chat", "query", "query"],
            "channel": ["telephone", "pigeon", "sms"],
        }
    )
    with pytest.raises(DataError) as refused:
        may_contact(MONDAY, "telephone", "query", ANYONE, before, POLICY)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (1, "purpose"),
        (2, "date"),
        (2, "channel"),
        (3, "customer_id"),
    ]
    with pytest.raises(DataError, match="purpose"):
        may_contact(MONDAY, "telephone", "query", ANYONE, before[["customer_id", "date"]], POLICY)


@pytest.mark.parametrize(
    "history", [None, [], (), pd.DataFrame(), pd.DataFrame({"customer_id": [], "date": [], "purpose": []})]
)
def test_an_empty_history_is_none(history):
    assert may_contact(MONDAY, "telephone", "query", ANYONE, history, POLICY)


def test_a_row_of_a_table_is_a_record_and_arguments_are_left_alone():
    table = pd.DataFrame({"customer_id": [7.0], "consent": ["opt-in"], "last_purchase": [pd.Timestamp("2026-11-20")]})
    past = pd.DataFrame({"customer_id": [7], "date": ["2026-11-22"], "purpose": ["query"]})
    copies = table.copy(), past.copy()
    assert may_contact(MONDAY, "e-mail", "survey", table.iloc[0], past, POLICY).code == "frequency"
    plan(table, past, POLICY, date(2026, 11, 23), 10)
    pd.testing.assert_frame_equal(table, copies[0])
    pd.testing.assert_frame_equal(past, copies[1])


def test_a_verdict_counts_as_its_answer():
    assert not Verdict(False, "hours", "", None)
    assert Verdict(True, "ok", "", None)


# ------------------------------------------------------------------------------------------------------ the policy file


def changed(tmp_path, *changes: tuple[str, str]) -> Path:
    text = (DATA / "contact_policy.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_rule_has_a_date_and_a_source():
    assert {rule.key for rule in POLICY.rules} >= {"company_hours", "marketing_hours", "consent", "opt_out_registry"}
    assert all(rule.source and rule.since <= rule.checked for rule in POLICY.rules)
    assert "not legal advice" in POLICY.note
    law = {rule.key for rule in POLICY.rules if rule.kind == "law"}
    assert law == {"marketing_hours", "holidays", "opt_out_registry", "consent"}


def test_all_faults_of_a_policy_are_told_at_once_with_their_keys(tmp_path):
    file = changed(
        tmp_path,
        ('monday = ["08:00", "18:00"]', 'monday = ["18:00", "08:00"]'),  # opens after it closes
        ('tuesday = ["08:00", "18:00"]', 'tuesday = ["8 am", "18:00"]'),
        ('wednesday = ["08:00", "18:00"]', 'wednesday = "08:00"'),
        ("removed = []", "removed = [2026-11-04]"),  # added too
        ("min_days_between = 2", "min_days_between = -1"),
        ("max_contacts = 4", "max_contact = 4"),  # misspelt
        ("cleanse_days = 31", "cleanse_days = true"),
        ('opt-in = ["customer", "prospect"]', 'opt-in = ["customers"]'),
        ('also = ["letter"]', 'also = ["phone"]'),  # another channel's
        ("at_once = 10", "at_once = 0"),
        ('channels = ["telephone", "e-mail", "post"]\nmin_days = 7\nneeds', 'channels = ["fax"]\nmin_days = 7\nneeds'),
        ("every_days = 14", "every_days = 5"),  # below min_days
        ("from_days = 2\nto_days = 30", "from_days = 31\nto_days = 30"),
        ("since = 2021-07-01\nchecked = 2026-11-21", "since = 2027-07-01\nchecked = 2026-11-21"),
    )
    with pytest.raises(DataError) as refused:
        Policy.load(file)
    keys = {fault.column for fault in refused.value.faults}
    assert keys >= {
        "company_hours.monday",
        "company_hours.tuesday",
        "company_hours.wednesday",
        "holidays.removed",
        "frequency.min_days_between",
        "frequency.max_contacts",
        "frequency.max_contact",
        "opt_out_registry.cleanse_days",
        "consent.bases.opt-in",
        "channels.post.also",
        "channels.telephone.minutes",
        "purposes.payment.channels",
        "purposes.payment.every_days",
        "purposes.satisfaction.to_days",
        "consent.checked",
    }
    assert str(file) in str(refused.value)


def places(table: dict, at: tuple = ()):
    for key, value in table.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from places(value, (*at, key))


@pytest.mark.parametrize(
    "wrong", [True, -1, 1.5, "x", [], ["x", 2], {}, {"x": {"y": 1}}, date(2026, 1, 1), datetime(2026, 1, 1), None]
)
def test_no_wrong_value_of_any_key_breaks_the_reader(monkeypatch, wrong):
    """Every key in turn holds a wrong value, or (None) is left out: the policy loads, or the fault is told."""
    text = (DATA / "contact_policy.toml").read_text(encoding="utf-8")
    for *above, key in places(tomllib.loads(text)):
        whole = tomllib.loads(text)
        table = whole
        for name in above:
            table = table[name]
        if wrong is None:
            del table[key]
        else:
            table[key] = wrong
        monkeypatch.setattr(policy_settings, "read", lambda path, whole=whole: whole)
        try:
            policy = Policy.load("policy.toml")
        except DataError as refused:
            assert all(fault.column and fault.reason for fault in refused.faults)
        else:
            may_contact(MONDAY, next(iter(policy.channels)), next(iter(policy.purposes)), ANYONE, None, policy)


def test_hours_that_never_meet_are_a_contradiction(tmp_path):
    text = (DATA / "contact_policy.toml").read_text(encoding="utf-8")
    text = text.replace('["08:00", "20:00"]', '["18:00", "20:00"]').replace('["09:00", "13:00"]', "[]")
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"marketing_hours.*leaves no hour"):
        Policy.load(file)


def test_a_policy_that_is_not_there_or_is_no_toml(tmp_path):
    with pytest.raises(KitError, match="missing"):
        Policy.load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[company_hours\n", encoding="utf-8")
    with pytest.raises(KitError, match="TOML"):
        Policy.load(tmp_path / "bad.toml")
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        Policy.load(tmp_path / "empty.toml")
    assert {"company_hours", "purposes", "channels", "frequency"} <= {fault.column for fault in refused.value.faults}


# --------------------------------------------------------------------------------------------------- the sample register

AS_PRINTED = pd.DataFrame(
    {
        "customer_id": ["C-0901", "C-0902", "C-0903", "C-0904", "C-0905"],
        "date": ["11.11.2012", "12.11.2012", "12.11.2012", "14.11.2012", "14.11.2012"],
        "purpose": ["query", "new-product", "complaint", "special-offer", "delivery"],
        "contacted_by": ["S-01", "S-02", "S-01", "S-03", "S-04"],
    }
)


def test_the_sample_register_as_printed_has_a_sunday_and_lacks_columns():
    found = check_contacts(AS_PRINTED, POLICY)
    assert set(found.loc[found["row"].isna(), "column"]) == {
        "time",
        "channel",
        "issue",
        "outcome",
        "consent",
        "next_action",
    }
    refused = found[found["row"].notna()]
    assert refused[["row", "code", "value"]].to_numpy().tolist() == [[1, "hours", "2012-11-11"]]


def test_the_corrected_register_has_no_fault_and_its_faults_are_listed():
    register = read_table(DATA / "contact_register.csv")
    assert len(register) == 5
    assert check_contacts(register, POLICY).empty
    faults = read_table(DATA / "contact_register_faults.csv")
    assert {"date", "time", "channel", "outcome", "consent", "next_action"} <= set(faults["column"])


def test_a_register_is_held_against_the_customers_records():
    register = read_table(DATA / "contact_register.csv")
    shops = pd.DataFrame(
        {"customer_id": register["customer_id"], "consent": ["none", "none", "none", "existing", "none"]}
    )
    found = check_contacts(register, POLICY, shops)
    assert found[["row", "code"]].to_numpy().tolist() == [[2, "consent"]]
    found = check_contacts(register, POLICY, shops.iloc[:4])
    assert found[["row", "code"]].to_numpy().tolist() == [[2, "consent"], [5, "unreadable"]]


def test_a_register_is_judged_in_order_of_time():
    register = (
        read_table(DATA / "contact_register.csv").iloc[[0, 0]].assign(time=["09:10", "08:30"], outcome="answered")
    )
    register = register.reset_index(drop=True)
    assert check_contacts(register, POLICY)[["row", "code"]].to_numpy().tolist() == [[1, "duplicate"]]


def test_whoever_was_asked_once_is_not_planned_again():
    shops = pd.DataFrame({"customer_id": ["C-1", "C-2"], "open_query": "yes"})
    before = [{"customer_id": "C-1", "when": "2025-11-23 15:00", "channel": "e-mail", "purpose": "consent-request"}]
    planned = plan(shops, before, POLICIES[3], date(2026, 11, 23), 45).query("purpose == 'consent-request'")
    assert planned["customer_id"].tolist() == ["C-2"]


def test_duplicates_and_haste_in_a_register():
    register = pd.DataFrame(
        {
            "customer_id": ["C-1", "C-1", "C-1", "C-1", None, "C-1"],
            "date": ["2026-11-23", "2026-11-23", "2026-11-24", "31.02.2026", "2026-11-24", "2026-11-24"],
            "time": ["09:00", "11:00", "09:00", "09:00", "09:00", ""],
            "channel": ["telephone", "telephone", "e-mail", "telephone", "telephone", "telephone"],
            "purpose": ["complaint", "complaint", "survey", "query", "query", "chat"],
            "issue": ["K-1", "k-1", "S-1", "Q-1", "Q-2", "Q-3"],
            "outcome": "answered",
            "consent": "none",
            "next_action": "none",
            "contacted_by": "S-01",
        }
    )
    found = check_contacts(register, POLICY)
    assert sorted(found[["row", "code"]].to_numpy().tolist()) == [
        [2, "duplicate"],
        [3, "frequency"],
        [4, "unreadable"],
        [5, "missing"],
        [6, "missing"],
        [6, "unreadable"],
    ]


def test_the_days_of_the_old_sample_register():
    days = {11: "sunday", 12: "monday", 14: "wednesday"}
    assert {day: POLICY.day_type(date(2012, 11, day)) for day in days} == days


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2022, 12, 26), True),
        (date(2022, 12, 27), True),  # decreed: the Monday was a holiday already
        (date(2026, 8, 10), True),  # the 9th is a Sunday
        (date(2026, 11, 4), True),  # local elections
        (date(2027, 3, 22), True),
        (date(2027, 12, 27), True),
        (date(2026, 5, 1), True),  # Workers' Day, not the 2nd
        (date(2026, 5, 2), False),
    ],
)
def test_public_holidays(day, free):
    assert (POLICY.holiday(day) is not None) is free


def test_a_contact_without_a_reason_passes_the_other_checks_first():
    def ask(when, **customer):
        return may_contact(when, "telephone", None, {"customer_id": "C-1", **customer}, None, POLICY)

    assert ask("2026-11-20 10:00", opted_out="all").code == "opt-out"
    assert ask("2026-11-22 10:00").code == "hours"
    last = ask("2026-11-20 10:00")
    assert (last.code, last.next_time) == ("reason", None)
