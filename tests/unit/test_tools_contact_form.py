""" "May I contact this customer?" and the planner, used as a learner would: type, mistype, mend, choose."""

import datetime as dt

import pandas as pd
import pytest

from learner_kit.contact import Policy
from learner_kit.tools.contact_form import channel_names, may_i, purpose_names, show_contact
from learner_kit.tools.contact_planner import planner
from learner_kit.tools.entries import read_clock

from .hands import field, found, html

widgets = pytest.importorskip("ipywidgets")
POLICY = Policy.load("data/contact_policy.toml")
SHOPS = pd.DataFrame(
    {
        "customer_id": ["C-0001", "C-0002", "C-0003"],
        "name": ["Lowveld Café", "Umoya <Spaza>", None],
        "phone": "082 000 0123",
        "email": "shop@example.co.za",
        "grade": ["A", None, "B"],
        "consent": ["opt-in", "existing", None],
        "opted_out": ["no", "yes", None],
        "last_purchase": ["2026-12-01", None, None],
        "last_contact": ["2026-11-20", None, None],
    }
)


# --- may I? ---


def test_each_change_is_answered_at_once():
    face = may_i(POLICY, date="2026-11-28", time="08:30", purpose="new-product", consent="opt-in")
    assert "No, not now" in html(face) and "Next lawful time: Saturday 28 November 2026, 09:00." in html(face)
    field(face, "Time").value = "9h15"
    assert "✔ Yes, you may." in html(face) and html(face).count("✔ in order") == 6
    field(face, "Opted out?").value = "marketing"
    assert "The customer opted out of marketing." in html(face)
    assert "▲ stopped here" in html(face) and "Waiting does not help" in html(face)


def test_the_printed_reports_sunday_is_refused():
    face = may_i(POLICY, date="11/11/2012", time="10:00", purpose="query")
    assert "It is Sunday 11 November 2012, 10:00." in html(face)
    assert "Next lawful time: Monday 12 November 2012, 08:00." in html(face)


def test_no_reason_is_no_contact():
    shown = html(may_i(POLICY))
    assert "There is no reason for this contact" in shown
    assert shown.count("– not looked at") == 5 and shown.count("▲ stopped here") == 1


def test_the_last_contact_counts():
    face = may_i(POLICY, date="2026-11-24", purpose="thank-you", last_purchase="2026-11-20", last_contact="2026-11-23")
    assert "Too soon (last contact 2026-11-23)" in html(face)
    field(face, "Reason").value = "complaint"
    assert "✔ Yes, you may." in html(face)
    field(face, "Last contact (if any)").value = "2026-11-24"
    field(face, "It was about").value = "complaint"
    assert "Was it dealt with already?" in html(face) and "contacted about this on 2026-11-24" in html(face)
    field(face, "Last contact (if any)").value = "2026-11-25"
    assert "The last contact lies after the day you ask about." in html(face)


def test_a_date_that_a_reason_needs_is_asked_for_only_then():
    face = may_i(POLICY, date="2026-11-24", purpose="query")
    hidden = {
        one.children[0].description: one.layout.display == "none"
        for one in found(face, widgets.Box)
        if len(one.children) == 2 and isinstance(one.children[0], (widgets.Text, widgets.Dropdown))
    }
    assert hidden["Overdue since (if known)"] and not hidden["Last purchase (if known)"]
    field(face, "Reason").value = "payment"
    assert "The record has no overdue since" in html(face)
    field(face, "Overdue since (if known)").value = "2026-11-01"
    assert "✔ Yes, you may." in html(face)


@pytest.mark.parametrize(
    ("label", "bad"),
    [
        ("Date", ""),
        ("Date", "12/31/2026"),
        ("Date", "1 Nov 1066"),
        ("Date", "soon"),
        ("Time", ""),
        ("Time", "25:00"),
        ("Time", "5 pm"),
        ("Time", "<b>"),
        ("Last contact (if any)", "31/02/2026"),
    ],
)
def test_what_cannot_be_read_stays_typed_and_is_marked_where_it_stands(label, bad):
    face = may_i(POLICY, date="2026-11-24", purpose="query")
    one = field(face, label)
    before = one.value
    one.value = bad
    assert "Mend what is marked above" in html(face) and "▲" in html(face) and "<b>" not in html(face)
    assert one.value == bad and "lk-wrong" in one._dom_classes
    one.value = before
    assert "✔ Yes, you may." in html(face) and "lk-wrong" not in one._dom_classes


@pytest.mark.parametrize("purpose", [None, *POLICY.purposes])
@pytest.mark.parametrize("channel", [*POLICY.channels])
def test_every_purpose_and_channel_is_answered(purpose, channel):
    shown = show_contact(POLICY, "2026-12-16 10:00", channel, purpose, {"customer_id": "C-0001"})
    assert repr(shown).startswith("No, not now.") and "<table" in shown.html


def test_names_say_marketing_or_service_and_keep_their_spelling():
    assert purpose_names(POLICY)["special-offer"] == "Special offer (marketing)"
    assert list(channel_names(POLICY).values()) == ["Telephone", "SMS", "WhatsApp", "E-mail", "Post", "Visit"]


@pytest.mark.parametrize("said", ["08:30", "8:30", "8h30", "08.30", " 08:30 "])
def test_times_are_read_as_they_are_written_here(said):
    assert read_clock(said) == dt.time(8, 30)


# --- planner ---


def test_the_plan_is_a_chart_with_its_words_a_table_and_what_was_left_out():
    face = planner(POLICY, SHOPS, start="2026-12-14", weeks=3)
    shown = html(face)
    assert "data:image/png" in shown and 'alt="Planned contacts by day. Calendar from 14 December 2026' in shown
    assert "16 December 2026 (Day of Reconciliation)" in shown and "27 December 2026 (Sunday)" in shown
    assert "Lowveld Café" in shown and "Umoya &lt;Spaza&gt;" in shown and "<Spaza>" not in shown
    assert "The customer opted out of marketing." in shown and "opt-out registry" in shown
    assert "Wed\u00a016\u00a0Dec" not in shown and "Thu\u00a017\u00a0Dec" in shown and "Sun\u00a0" not in shown


def test_a_change_plans_anew():
    face = planner(POLICY, SHOPS, start="2026-12-07", weeks=1)
    before = html(face)
    field(face, "C-0003, waiting for").value = "open_complaint"
    assert html(face) != before and "Complaint (service)" in html(face)
    field(face, "Lowveld Café, consent").value = "out"
    field(face, "Weeks").value = "2"
    assert "in 2 weeks" in html(face)


def test_a_wrong_date_is_named_and_nothing_typed_is_lost():
    face = planner(POLICY, SHOPS, start="2026-12-07", weeks=1)
    field(face, "Lowveld Café, last purchase").value = "33 Dec"
    assert "Lowveld Café, last purchase:" in html(face) and "Mend this first" in html(face)
    assert field(face, "Lowveld Café, last purchase").value == "33 Dec"
    field(face, "Lowveld Café, last purchase").value = ""
    field(face, "Lowveld Café, kept in touch").value = "2026-12-24"
    assert "lies after" in html(face)
    field(face, "First day").value = ""
    assert "First day: Type a date" in html(face)


@pytest.mark.parametrize(
    ("shops", "weeks", "said"),
    [
        (SHOPS.head(0), 1, "1 to 12 rows"),
        (pd.concat([SHOPS] * 5), 1, "1 to 12 rows"),
        (SHOPS, 0, "weeks must be"),
        (SHOPS, 9, "weeks must be"),
    ],
)
def test_what_the_planner_cannot_take_is_said(shops, weeks, said):
    with pytest.raises(ValueError, match=said):
        planner(POLICY, shops, start="2026-12-07", weeks=weeks)
