"""The tools of outcome SO4 as a learner uses them: register, grades, terms, complaints and points."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from learner_kit import contact, grading
from learner_kit.tools.complaints_form import complaints_form
from learner_kit.tools.correlation_form import correlation_form
from learner_kit.tools.grading_form import grade_by_hand, scorecard_form, weight_slider
from learner_kit.tools.register_form import practice_contacts, register_form
from learner_kit.tools.terms_form import terms_form

from .hands import field, found, press, read

widgets = pytest.importorskip("ipywidgets")

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = dt.date(2026, 10, 31)
MONDAY = dt.date(2026, 11, 16)
BY = {"units": "high", "spend": "high", "days_to_pay": "low"}
NAMES = {"units": "Products bought", "spend": "Spend", "days_to_pay": "Time to pay"}


def fill(face, **given):
    for label, value in given.items():
        field(face, label.replace("_", " ")).value = value


# --- the register ---


@pytest.fixture
def policy():
    return contact.Policy.load(DATA / "contact_policy.toml")


@pytest.fixture
def register(policy):
    contacts = practice_contacts(DATA / "contact_register.csv", MONDAY)
    face = register_form(policy, contacts, busy=[("C-0905", "D-0002", "S-03")])
    yield face
    face.register.close()
    face.folder.cleanup()


def look(face, customer, matter):
    fill(face, Customer=customer, Matter=matter)
    press(face, "Look before you call")
    return read(face)


def report(face, day="2026-11-20", time="09:10", purpose="query", **more):
    fill(face, Date=day, Time=time, Channel="telephone", Purpose=purpose, Outcome="answered", **more)
    press(face, "Add the report to the register")
    return read(face)


def test_practice_contacts_keep_their_weekdays():
    moved = practice_contacts(DATA / "contact_register.csv", MONDAY)
    printed = pd.read_csv(DATA / "contact_register.csv", dtype=str)
    for old, new in zip(printed["date"], moved, strict=True):
        assert dt.date.fromisoformat(old).weekday() == dt.date.fromisoformat(new["date"]).weekday()
    assert moved[3]["next_date"] == "" and moved[0]["next_date"] == "2026-11-17"
    with pytest.raises(ValueError, match="Monday"):
        practice_contacts(DATA / "contact_register.csv", MONDAY + dt.timedelta(1))


def test_a_matter_somebody_worked_on_is_told_before_the_call(register):
    said = look(register, "C-0903", " k-0001 ")
    assert "Stop and read." in said and "S-01 was in touch" in said
    assert "not yet solved" in said and "Promised: report progress on 2026-11-18" in said


def test_a_contact_a_colleague_is_making_is_told(register):
    assert "S-03 is in touch with C-0905 about D-0002 at this moment" in look(register, "C-0905", "D-0002")


def test_a_new_matter_is_yours_and_your_colleague_is_told(register):
    assert "Nobody was in touch" in look(register, "C-0901", "Q-0007")
    fill(register, **{"Your staff number": "S-06"})
    assert "S-05 is in touch" in look(register, "C-0901", "Q-0007")


def test_nothing_typed_is_said_in_place(register):
    press(register, "Look before you call")
    assert read(register).count("Fill this in first.") == 2


def test_a_good_report_joins_the_register_and_is_held_against_the_policy(register):
    look(register, "C-0901", "Q-0007")
    assert "Added as number 6. The policy has nothing against it." in report(register)
    assert len(register.register) == 6 and register.register.table().iloc[-1]["issue"] == "Q-0007"
    assert "Stop and read." in look(register, "C-0901", "Q-0007")


def test_a_contact_on_a_sunday_is_kept_and_named(register):
    look(register, "C-0901", "Q-0007")
    said = report(register, day="15 November 2026")
    assert "Added as number 6, as it happened." in said and "Nobody is contacted on a Sunday." in said


def test_marketing_without_consent_is_named(register):
    look(register, "C-0901", "P-0009")
    assert (
        "consent" in report(register, purpose="new-product").split("held against the policy:")[1].split("Tell your")[0]
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Time": ""}, "This has no time"),
        ({"Time": "after lunch"}, "09:10"),
        ({"Date": "31/02/2026"}, "does not exist"),
        ({"Date": ""}, "This is missing"),
        ({"Channel": ""}, "Choose one."),
        ({"Purpose": ""}, "Choose one."),
        ({"Outcome": " "}, "This is missing."),
        ({"Day of the next action": "soon"}, "▲"),
        ({"Customer": ""}, "Fill this in first."),
        ({"Matter": ""}, "Fill this in first."),
    ],
)
def test_a_faulty_report_is_not_added_is_explained_and_stays_as_typed(register, given, said):
    look(register, "C-0901", "Q-0007")
    fill(register, Date="2026-11-20", Time="09:10", Channel="telephone", Purpose="query", Outcome="answered")
    fill(register, **{"Next action": "send <b>list</b>", **given})
    press(register, "Add the report to the register")
    assert said in read(register) and "Not added yet" in read(register) and len(register.register) == 5
    label, typed = next(iter(given.items()))
    assert field(register, label).value == typed and field(register, "Next action").value == "send <b>list</b>"


def test_all_faults_of_a_report_are_told_at_once_each_at_its_field(register):
    press(register, "Add the report to the register")
    assert read(register).count("▲") == 7  # customer, matter, date, time, channel, purpose, outcome
    fill(register, Date="2026-11-20", Time="late")
    press(register, "Add the report to the register")
    when = next(one for one in found(register, widgets.VBox) if field(register, "Time") in one.children)
    assert "09:10; not" in read(when) and read(register).count("▲") == 6


def test_what_was_typed_is_shown_escaped(register):
    look(register, "C-0901", "<script>x</script>")
    report(register, Next_action="<img src=x>")
    html = "".join(one.value for one in found(register, widgets.HTML))
    assert "<script>" not in html and "<img" not in html and "&lt;script&gt;" in html


def test_an_empty_register_says_so(policy):
    face = register_form(policy)
    assert "The register is still empty." in read(face)
    face.register.close()
    face.folder.cleanup()


# --- grades ---


@pytest.fixture(scope="module")
def three():
    return pd.read_csv(DATA / "three_customers.csv")


def test_grades_open_only_after_an_attempt_and_wrong_cells_are_named(three):
    face = grade_by_hand(three, BY, NAMES)
    press(face, "Check my grades")
    assert "9 to go" in read(face)
    for cell in found(face, widgets.Dropdown):
        cell.value = "A"
    press(face, "Check my grades")
    assert "3 of 9 are right" in read(face) and "Ms Khumalo, Spend" in read(face)
    press(face, "Show the grades")
    grades = [
        dict(zip(NAMES.values(), row, strict=True)) for row in (("A", "A", "C"), ("B", "B", "B"), ("C", "C", "A"))
    ]
    for who, row in zip(three["customer"], grades, strict=True):
        for name, grade in row.items():
            field(face, f"{who}, {name}").value = grade
    press(face, "Check my grades")
    assert "Yes, all of them." in read(face)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "Mrs Lotter comes first and Mrs Bright last"),
        (0.45, "Mrs Lotter comes first and Mrs Bright last"),
        (0.5, "all of them score 2: a tie"),
        (0.55, "Mrs Bright comes first and Mrs Lotter last"),
        (1.0, "Mrs Bright comes first and Mrs Lotter last"),
    ],
)
def test_the_order_turns_round_at_half_of_the_weight(three, share, said):
    face = weight_slider(three, BY, "days_to_pay", NAMES)
    found(face, widgets.SelectionSlider)[0].value = share
    assert said in read(face)


@pytest.fixture(scope="module")
def practice():
    orders, products, invoices = (pd.read_csv(DATA / f"{one}.csv") for one in ("orders", "stock_turns", "invoices"))
    customers = pd.read_csv(DATA / "customers.csv", dtype=str)
    activity = grading.activity_of(orders, products, invoices, customers, end=TODAY)
    return grading.measures_of(orders, products, invoices, end=TODAY), activity


def test_the_scorecard_follows_the_weights(practice):
    measures, _ = practice
    face = scorecard_form(measures, customer="C-0015")
    even = grading.scorecard(measures).set_index("customer_id").loc["C-0015"]
    assert f"C-0015 scores {even['value']:g}".replace(".", ",") in read(face) and "0 of 300 customers change" in read(
        face
    )
    sliders = found(face, widgets.SelectionSlider)
    sliders[0].value = 5
    weights = dict(zip(("spend", "margin", "days_late", "turns"), (5, 1, 1, 1), strict=True))
    heavy = grading.scorecard(measures, weights).set_index("customer_id")
    assert heavy.loc["C-0015", "band"] in read(face)
    assert f"{(heavy['band'] == 'Business Build').sum()}" in read(face)
    for one in sliders:
        one.value = 0
    assert "at least one criterion a weight" in read(face)
    sliders[2].value = 1
    assert "C-0015 scores" in read(face)


def test_levers_move_grades_and_money_as_the_tool_says(practice):
    _, activity = practice
    rates = grading.Scales.load().rates
    face = terms_form(activity, rates, TODAY)
    assert "As things are" in read(face)
    field(face, "Smallest order taken").value = 600
    field(face, "Charge for a delivery").value = 100
    found_ = grading.what_if(activity, rates, minimum_order=600, delivery_charge=100, today=TODAY)
    gain = round(found_["net_after"].sum()) - round(found_["net_before"].sum())
    assert f"R{gain:,} more".replace(",", "\u00a0") in read(face).replace(" ", "\u00a0").replace("\u00a0more", " more")
    field(face, "Share of their trade lost to others").value = 0.5
    assert "less" in read(face) or "more" in read(face)
    for grade in "BC":
        field(face, f"{grade} customers").value = False
    assert "Choose at least one grade" in read(face)


# --- complaints and points ---


@pytest.fixture
def complaints():
    return pd.read_csv(DATA / "complaints.csv")


def test_complaints_by_cause_with_the_rare_but_serious_one(complaints):
    face = complaints_form(complaints, TODAY, serious=["discrimination"])
    assert "240 complaints. Slow response, defect, over-promise and dissatisfied in use together make up 85,42" in read(
        face
    )
    assert "Few, but serious. Discrimination: 1." in read(face)
    assert any('alt="Complaints by cause. Pareto chart' in one.value for one in found(face, widgets.HTML))
    field(face, "From").value = pd.Period("2026-05", "M")
    assert "95 complaints." in read(face)
    field(face, "Cause").value = "slow response"
    field(face, "Count by").value = "channel"
    assert "47 complaints." in read(face) and "Few, but serious" not in read(face)


def test_months_need_eight_points_and_their_order(complaints):
    face = complaints_form(complaints, TODAY)
    found(face, widgets.RadioButtons)[0].value = "trend"
    assert "The 24 values rise by about" in read(face)
    field(face, "From").value = pd.Period("2026-05", "M")
    assert "These are 6 months. A trend takes at least 8" in read(face)
    field(face, "Up to").value = pd.Period("2026-04", "M")
    assert "must not come after" in read(face)
    field(face, "From").value = pd.Period("2024-11", "M")
    field(face, "Up to").value = pd.Period("2024-11", "M")
    field(face, "Cause").value = "discrimination"
    assert "There are no such complaints" in read(face)


def points():
    calls = [12, 18, 20, 25, 28, 33, 38, 44, 47, 52]
    far = ([1, 2, 3, 4, 5, 6, 7, 8, 9, 40], [3, 1, 4, 2, 5, 3, 4, 2, 3, 30])
    sets = {
        "Product A": (calls, [4, 5, 5, 8, 7, 10, 9, 13, 12, 15]),
        "One point far off": far,
        "Flat": (calls[:4], [2] * 4),
    }
    return correlation_form(sets, "Calls", "Sold")


def test_points_can_be_moved_added_and_taken_out():
    face = points()
    assert "line 0,97" in read(face) and "0,87 to 0,99" in read(face) and "0,96" in read(face)
    field(face, "Begin with").value = "One point far off"
    assert "without the one at 10, Pearson is 0,15" in read(face) and "0,36" in read(face)
    press(face, "Take this point out")
    assert "Points (n) 9" in read(face) and "-0,57 to 0,74" in read(face)
    press(face, "Add a point")
    assert "Points (n) 10" in read(face)
    field(face, "Calls of this point").value = 40
    field(face, "Sold of this point").value = 30
    assert "line 0,97" in read(face)
    press(face, "Begin again")
    assert "Points (n) 10" in read(face) and "0,36" in read(face)


def test_four_points_are_the_fewest_and_flat_ones_are_explained():
    face = points()
    field(face, "Begin with").value = "Flat"
    assert "nothing can go with what does not change" in read(face)
    assert next(one for one in found(face, widgets.Button) if "out" in one.description).disabled
    press(face, "Take this point out")
    field(face, "Sold of this point").value = 9
    assert "Points (n) 4" in read(face)


def test_every_tool_has_plain_words_for_print(three, practice, complaints):
    faces = [
        grade_by_hand(three, BY, NAMES),
        weight_slider(three, BY, "days_to_pay", NAMES),
        scorecard_form(practice[0]),
        terms_form(practice[1], grading.Scales.load().rates, TODAY),
        complaints_form(complaints, TODAY),
        points(),
    ]
    assert all(len(repr(face)) > 40 and "object at" not in repr(face) for face in faces)
