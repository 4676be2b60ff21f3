"""Wrong input to every public function of the learner's tools: refused in the kit's own words, never a traceback.

Each function stands in `CALLS` with arguments that are good. Every argument in turn becomes something wrong, and each cell
of the first row of every table too. What is refused must be refused by the kit (a ValueError, DataError or KitError
raised in its own code), not by a library below it; `REFUSED` says of the usual slips that they are refused, and how.
"""

from __future__ import annotations

import datetime as dt
import math
import traceback
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import learner_kit
from learner_kit import contact, grading, plots, reading, report, survey, trends, value
from learner_kit.errors import DataError, KitError

HOME = Path(learner_kit.__file__).parent
DATA = HOME.parent / "data"
DAY, TODAY = dt.date(2024, 12, 31), dt.date(2026, 10, 31)
FORM = survey.Questionnaire.load(DATA / "questionnaire.toml")
POLICY = contact.Policy.load(DATA / "contact_policy.toml")
RATES = grading.Scales.load().rates
RAW = reading.read_table(DATA / "survey_responses.csv").head(12)
LINES, PRODUCTS = pd.read_csv(DATA / "orders.csv").head(60), pd.read_csv(DATA / "stock_turns.csv")
INVOICES = pd.read_csv(DATA / "invoices.csv").head(30)
CUSTOMERS = pd.read_csv(DATA / "customers.csv", dtype=str)
COMPLAINTS = pd.read_csv(DATA / "complaints.csv", dtype=str).head(40)
CALLS_MADE = pd.read_csv(DATA / "product_calls.csv")
THREE = pd.read_csv(DATA / "three_customers.csv")
BY = {"units": "high", "spend": "high", "days_to_pay": "low"}
SHOPS = pd.DataFrame(
    {"customer_id": ["C-1", "C-2"], "consent": "opt-in", "opted_out": "no", "open_query": ["yes", "no"]}
)
HISTORY = pd.DataFrame({"customer_id": ["C-1"], "date": ["2024-01-05"], "time": "10:00", "purpose": "query"})
ENTRY = {
    "customer_id": "C-1",
    "when": "2024-03-05 10:00",
    "channel": "telephone",
    "purpose": "query",
    "outcome": "answered",
    "contacted_by": "S-01",
}
METHODS = pd.DataFrame(
    {
        "method": ["SMS", "Telephone"],
        "cost": [300.0, 500.0],
        "contacts": [1000, 100],
        "reached": [900, 50],
        "responses": [9, 20],
    }
)


def made() -> dict:
    """What the tools make of each other's tables."""
    responses = survey.code_responses(RAW, FORM)
    activity = grading.activity_of(LINES, PRODUCTS, INVOICES, CUSTOMERS, end=DAY, today=TODAY)
    return {
        "responses": responses,
        "tally": survey.tally(responses, "satisfaction"),
        "matrix": survey.matrix(responses, "performance"),
        "map": survey.importance_performance(responses),
        "activity": activity,
        "net": grading.net_contribution(activity, RATES),
        "measures": grading.measures_of(LINES, PRODUCTS, INVOICES, end=DAY, today=TODAY),
        "ranked": grading.rank(THREE, BY),
        "pareto": trends.pareto(COMPLAINTS["cause"]),
    }


MADE = made()
SCORES = grading.scorecard(MADE["measures"]).head(3)
CHART = plots.tally(MADE["tally"])
PERIOD = {"end": DAY, "months": 12, "today": TODAY}
CALLS = {
    value.sales_potential: {"price": 1500, "customers": 10, "purchases_per_year": 4, "items": 1, "years": 1},
    value.expected_value: {"potential": 100, "conversion": 0.2, "margin": 0.3},
    value.referrals: {"customers": 10, "per_customer": 3, "conversion": 0.5, "rounds": 2},
    value.referral_rounds: {"customers": 10, "per_customer": 3, "conversion": 0.5, "rounds": 2},
    value.word_of_mouth: {"tells": 10, "rounds": 2},
    value.acquisition_cost: {"spend": 10, "new_customers": 2},
    value.payback: {"cost": 10, "margin": 2},
    value.retention_rate: {"start": 200, "end": 210, "new": 50},
    value.churn_rate: {"start": 200, "end": 210, "new": 50},
    value.expected_life: {"retention": 0.8},
    value.lifetime_value: {"margin": 100, "retention": 0.8, "discount": 0.1, "periods": 3, "first_now": True},
    value.cost_of_losing: {"lifetime_value": 100, "customers": 1, "replacement_cost": 2, "tells": 3, "put_off": 0.1},
    value.compare_methods: {"methods": METHODS, "by": "reached"},
    survey.read_responses: {"path": DATA / "survey_responses.csv", "questionnaire": FORM, "sheet": None},
    survey.code_responses: {"table": RAW, "questionnaire": FORM},
    survey.tally: {"responses": MADE["responses"], "question": "usage"},
    survey.matrix: {"responses": MADE["responses"], "question": "performance"},
    survey.top_box: {"tally": MADE["tally"], "best": 2, "confidence": 0.9},
    survey.satisfaction: {"responses": MADE["responses"], "question": "satisfaction", "best": 2, "confidence": 0.9},
    survey.importance_performance: {
        "responses": MADE["responses"],
        "crosshair": "grand mean",
        "importance": "importance",
        "performance": "performance",
    },
    survey.compare: {
        "responses": MADE["responses"],
        "question": "contacted",
        "by": "period",
        "between": None,
        "answers": ["Yes"],
        "best": 2,
        "confidence": 0.9,
    },
    survey.interval: {"count": 12, "base": 185, "confidence": 0.95},
    survey.share: {"count": 12, "base": 185, "confidence": 0.95},
    survey.difference: {"first": (1, 3), "second": (2, 3), "confidence": 0.95, "names": ("a", "b")},
    survey.sample_size: {"margin": 0.05, "population": 500, "confidence": 0.95, "share": 0.5},
    survey.largest_remainder: {"counts": [1, 2], "decimals": 2},
    survey.nps: {"scores": [1, 9, 10], "scale": (0, 10)},
    contact.may_contact: {
        "when": "2024-03-05 10:00",
        "channel": "telephone",
        "purpose": "query",
        "customer": SHOPS.iloc[0].to_dict(),
        "history": HISTORY,
        "policy": POLICY,
        "issue": "K-1",
    },
    contact.plan: {"customers": SHOPS, "history": HISTORY, "policy": POLICY, "start": dt.date(2026, 11, 2), "days": 5},
    contact.left_out: {
        "customers": SHOPS,
        "history": HISTORY,
        "policy": POLICY,
        "start": dt.date(2026, 11, 2),
        "days": 5,
    },
    contact.check_records: {
        "customers": CUSTOMERS.head(3),
        "today": TODAY,
        "purposes": {},
        "stale_days": 3,
        "policy": POLICY,
    },
    contact.check_contacts: {"register": HISTORY, "policy": POLICY, "customers": SHOPS},
    grading.scorecard: {"customers": MADE["measures"], "criteria": None, "scales": None},
    grading.weighted_value: {"scores": [1, 2], "weights": [1, 2]},
    grading.band: {"value": 3.75, "scales": None},
    grading.advice: {"grade": "A", "scales": None},
    grading.measures_of: {"lines": LINES, "products": PRODUCTS, "invoices": INVOICES, **PERIOD},
    grading.activity_of: {
        "lines": LINES,
        "products": PRODUCTS,
        "invoices": INVOICES,
        "customers": CUSTOMERS,
        "contacts": HISTORY,
        **PERIOD,
    },
    grading.net_contribution: {"activity": MADE["activity"], "rates": RATES},
    grading.abc: {"customers": MADE["net"], "today": TODAY, "months": 12, "keep": 1.0},
    grading.two_lists: {"customers": MADE["net"], "count": 3},
    grading.rank: {"customers": THREE, "by": BY},
    grading.weigh: {"ranked": MADE["ranked"], "weights": {"spend": 1}},
    grading.slider_weights: {"criteria": ["a", "b"], "criterion": "a", "share": 0.5},
    grading.what_if: {
        "activity": MADE["activity"],
        "rates": RATES,
        "minimum_order": 10,
        "orders_into_one": 2,
        "delivery_charge": 3,
        "special_order_charge": 1,
        "price_rise": 0.1,
        "stop_discounts": False,
        "lost": 0.1,
        "to": ("B", "C"),
        "today": TODAY,
        "keep": 1.0,
    },
    trends.pareto: {"items": COMPLAINTS, "cause": "cause", "amount": None, "vital": 0.8},
    trends.trend: {"series": [12, 14, 13, 16, 18, 17, 21, 22], "window": 3, "season": None, "today": TODAY},
    trends.correlate: {"x": CALLS_MADE["calls"], "y": CALLS_MADE["product_a"]},
    trends.problems: {"complaints": COMPLAINTS, "days": 30, "at_least": 3, "today": TODAY},
    trends.early_warning: {"orders": LINES, "recent": 90, "before": 365, "drop": 0.5, "today": TODAY},
    plots.tally: {"table": MADE["tally"], "title": "x", "ax": None},
    plots.likert: {"table": MADE["matrix"].head(10), "title": "x", "ax": None},
    plots.importance_performance: {"table": MADE["map"], "title": "x", "cross": None, "ax": None},
    plots.pareto: {"table": MADE["pareto"], "title": "x", "name": "cause", "value": "count", "cut": 0.8, "ax": None},
    plots.trend: {"series": pd.Series([1, 2, 3]), "found": None, "title": "x", "unit": "u", "ax": None},
    plots.scatter: {"table": CALLS_MADE, "x": "calls", "y": "product_a", "found": None, "title": "x", "ax": None},
    plots.scorecard: {
        "table": SCORES,
        "title": "x",
        "criteria": None,
        "total": "value",
        "name": "customer_id",
        "ax": None,
    },
    plots.calendar: {
        "table": HISTORY,
        "title": "x",
        "date": "date",
        "count": None,
        "start": None,
        "days": None,
        "closed": (),
        "ax": None,
    },
    plots.alt: {"ax": CHART},
    plots.show: {"ax": CHART},
    plots.to_html: {"ax": CHART},
    plots.to_png: {"ax": CHART, "dpi": 60},
    report.for_authority: {
        "to": "Head of sales",
        "prepared_by": "L-0001",
        "date": TODAY,
        "title": "t",
        "summary": "s",
        "findings": ["f"],
        "recommendations": [report.Recommendation("a", "b", "c")],
        "sources": [report.Source("x", 2)],
        "trends": [report.Finding("y")],
        "period": "",
        "organisation": "",
    },
    reading.read_number: {"text": "R1", "unit": None},
    reading.read_date: {"text": "2026-11-21"},
    reading.read_table: {"path": DATA / "three_customers.csv", "sheet": None},
    reading.read_columns: {"table": CUSTOMERS.head(3), "readers": {"since": reading.read_date}},
    survey.Questionnaire.load: {"path": DATA / "questionnaire.toml"},
    contact.Policy.load: {"path": DATA / "contact_policy.toml"},
    grading.Scales.load: {"path": DATA / "grading_scales.toml"},
}
REGISTER = {
    "append": ENTRY,
    "extend": {"contacts": pd.DataFrame([ENTRY])},
    "duplicates": {"customer_id": "C-1", "issue": "q", "days": 3, "when": "2024-03-05 10:00"},
    "claim": {"customer_id": "C-1", "issue": "q", "by": "S-01", "minutes": 3, "when": "2024-03-05 10:00"},
    "export_csv": {"path": "out.csv", "separator": ","},
}
WRONG = [
    None,
    -1,
    12,
    1e308,
    10**400,
    math.nan,
    math.inf,
    "abc",
    "",
    [],
    {},
    True,
    dt.date(2999, 1, 1),
    pd.NaT,
    pd.NA,
    [1, "x", None],
    (1,),
    b"x",
    np.array([1, 2]),
    pd.Series([0.5, np.nan]),
    pd.Series(["a", 1]),
    pd.DataFrame(),
    pd.DataFrame({"a": [1]}),
    Path("/nowhere/x.csv"),
]
CELLS = [None, -99999, 1e308, 12.5, "abc", "", "R1 500,00", dt.date(2999, 1, 1), "2999-01-01", True, [1], pd.NaT]


def wrong_for(good, quick: bool):
    """Wrong things in the place of one argument; for a table, also each cell of its first row."""
    yield from WRONG[:: 3 if quick else 1]
    if isinstance(good, pd.DataFrame):
        yield from (good.head(0), good.head(1), pd.concat([good, good]), pd.concat([good, good], axis=1))
        for column in good.columns:
            yield good.drop(columns=column)
            for cell in CELLS[:: 4 if quick else 1 + good.shape[1] // 8]:
                cells = good[column].astype(object).tolist()
                yield good.assign(**{column: pd.Series([cell, *cells[1:]], index=good.index, dtype=object)})
    elif isinstance(good, dict):
        yield from ({**good, name: cell} for name in good for cell in CELLS)
    elif isinstance(good, (list, tuple)):
        yield from ([cell, *good[1:]] for cell in CELLS)


def tracebacks(call, good: dict, quick: bool = False) -> list[str]:
    """Each wrong thing that was not refused in the kit's own words."""
    call(**good)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in good:
            for wrong in wrong_for(good[name], quick):
                try:
                    call(**{**good, name: wrong})
                except (ValueError, KitError) as error:
                    last = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
                    if not last.is_relative_to(HOME):
                        found.append(f"{name}={wrong!r:.80}: {error} (from {last.name})")
                except Exception as error:
                    found.append(f"{name}={wrong!r:.80}: {type(error).__name__}: {error}")
    return found


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.__module__}.{call.__qualname__}")
def test_wrong_input_is_refused_in_words(call):
    assert tracebacks(call, CALLS[call], quick="plots" in call.__module__) == []


@pytest.mark.parametrize("name", REGISTER)
def test_the_register_refuses_in_words(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contact.Register("register.db", POLICY) as register:
        assert tracebacks(getattr(register, name), REGISTER[name]) == []
    assert tracebacks(contact.Register, {"path": "register.db", "policy": POLICY, "today": TODAY}) == []


def test_every_public_function_is_walked():
    walked = {(call.__module__.split(".")[1], call.__qualname__) for call in CALLS}
    for module in (value, survey, contact, grading, trends, plots, reading):
        room = module.__name__.split(".")[1]
        for name in module.__all__:
            if name.islower() and not name.startswith("write_"):
                assert (room, name) in walked or (name == "read_table"), f"{room}.{name} is missing in CALLS"


def one(table: pd.DataFrame, **cells) -> pd.DataFrame:
    """The table with other values in its first row."""
    for name, cell in cells.items():
        table = table.assign(**{name: pd.Series([cell, *table[name].astype(object).tolist()[1:]], index=table.index)})
    return table


FUTURE = "2999-01-01"
REFUSED = [  # (what is called, what its message says)
    (lambda: value.sales_potential(-1, 10, 4), "price must be a number of 0 or more, not -1"),
    (lambda: value.expected_value(100, 12), r"conversion .*For 12 % write 0\.12"),
    (lambda: value.expected_value(100, 0.2, margin=35), r"margin .*For 35 % write 0\.35"),
    (lambda: value.referrals(10, 3, conversion=50), r"For 50 % write 0\.5"),
    (lambda: value.referrals(10, 3, rounds=0), "rounds must be a whole number from 1 to 50"),
    (lambda: value.acquisition_cost(100, 0), "new_customers must be a number above 0"),
    (lambda: value.retention_rate(100, 120, 10), "at most start"),
    (lambda: value.lifetime_value(100, 80), r"For 80 % write 0\.8"),
    (lambda: value.lifetime_value(100, 0.8, discount=4.25), r"For 4\.25 % write 0\.0425"),
    (lambda: value.lifetime_value(100, 1), "a sum without end"),
    (lambda: value.cost_of_losing(math.nan), "lifetime_value must be a number of 0 or more, not nan"),
    (lambda: value.compare_methods(one(METHODS, reached=1001)), r"row 1, reached \(1001.*\): must be at most contacts"),
    (lambda: value.compare_methods(METHODS.assign(method="SMS")), "row 2, method .* give each method once"),
    (lambda: survey.code_responses(one(RAW, usage="Always"), FORM), r"row 1, usage \('Always'\): is not one of"),
    (lambda: survey.code_responses(pd.concat([RAW, RAW.head(1)]), FORM), "respondent .*already"),
    (lambda: survey.code_responses(RAW.head(0), FORM), "no row of responses"),
    (lambda: survey.interval(1, 5, confidence=95), r"For 95 % write 0\.95"),
    (lambda: survey.interval(6, 5), "count must be at most base"),
    (lambda: survey.sample_size(5), r"margin .*For 5 % write 0\.05"),
    (lambda: survey.nps([1, 2, 3, 4, 5]), "top_box"),
    (lambda: survey.nps([9, 11]), "whole numbers from 0 to 10, not 11"),
    (lambda: survey.largest_remainder([0, 0]), "at least one count above 0"),
    (lambda: survey.top_box(MADE["tally"], best=9), "best must be a whole number from 1 to 5"),
    (lambda: contact.plan(pd.concat([SHOPS, SHOPS]), None, POLICY, TODAY, 5), "row 1 already"),
    (
        lambda: contact.plan(SHOPS, HISTORY.assign(date=FUTURE), POLICY, TODAY, 5),
        "years from 1900|lies after|1995 to 2098",
    ),
    (lambda: contact.plan(SHOPS, None, POLICY, TODAY, 0), "days must be a whole number from 1 to 366"),
    (lambda: contact.may_contact("2026-11-21", "telephone", "query", {"customer_id": "C-1"}, None, POLICY), "its time"),
    (
        lambda: contact.may_contact("2026-11-20 10:00", "fax", "query", {"customer_id": "C-1"}, None, POLICY),
        "channel must",
    ),
    (lambda: grading.scorecard(one(MADE["measures"], margin=12)), r"row 1, margin .*for 12 % write 0\.12"),
    (lambda: grading.scorecard(one(MADE["measures"], spend=None)), "row 1, spend"),
    (lambda: grading.scorecard(one(MADE["measures"], spend="R1 500,00")), "row 1, spend .*reading.read_columns"),
    (lambda: grading.scorecard(MADE["measures"].head(1)), "takes more than one"),
    (lambda: grading.scorecard(MADE["measures"].head(0)), "not one row"),
    (lambda: grading.net_contribution(MADE["activity"], RATES | {"cost_of_money": 13}), r"For 13 % write 0\.13"),
    (lambda: grading.net_contribution(pd.concat([MADE["activity"]] * 2), RATES), "is there already, in row 1"),
    (lambda: grading.abc(one(MADE["net"], since="2027-05-01"), today=TODAY), "row 1, since .*lies in the future"),
    (lambda: grading.rank(THREE.head(1), BY), "one customer only"),
    (lambda: grading.activity_of(one(LINES, order_date="2027-05-01"), PRODUCTS, today=TODAY), "lies in the future"),
    (lambda: grading.activity_of(one(LINES, order_date="12/31/2025"), PRODUCTS, today=TODAY), "the day comes first"),
    (lambda: grading.slider_weights(["a", "b"], "a", 50), r"For 50 % write 0\.5"),
    (lambda: grading.advice("D"), "grade must be one of A, B, C, New"),
    (lambda: trends.trend([1, 2, 3, 4, 5, 6, 7]), "from 8 to .* values"),
    (lambda: trends.trend([1, 2, 3, None, 5, 6, 7, 8]), "series must be a number"),
    (lambda: trends.correlate([1, 2, 3, 4], [1, 1, 1, 1]), "values that differ"),
    (lambda: trends.pareto(pd.Series(["late", None])), "row 2, cause"),
    (lambda: trends.problems(one(COMPLAINTS, date="2027-05-01"), today=TODAY), "row 1, date .*lies in the future"),
    (lambda: trends.problems(COMPLAINTS.head(0), today=TODAY), "no complaints"),
    (lambda: trends.early_warning(LINES, drop=50, today=TODAY), r"For 50 % write 0\.5"),
    (lambda: plots.pareto(one(MADE["pareto"], count=-1)), "must be a number of 0 or more"),
    (lambda: plots.calendar(HISTORY, days=0), "days must be a whole number from 1 to 400"),
]


@pytest.mark.parametrize(("call", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_the_usual_slips_are_refused_with_the_way_to_mend_them(call, said):
    with pytest.raises((ValueError, KitError), match=said):
        call()


def test_dates_as_south_africans_write_them_are_read(tmp_path):
    own = LINES.assign(order_date=pd.to_datetime(LINES["order_date"]).dt.strftime("%d/%m/%Y"))
    pd.testing.assert_frame_equal(
        grading.activity_of(own, PRODUCTS, end=DAY, today=TODAY),
        grading.activity_of(LINES, PRODUCTS, end=DAY, today=TODAY),
    )


def test_a_register_holds_what_has_happened(tmp_path):
    with contact.Register(tmp_path / "register.db", today=dt.date(2024, 3, 4)) as register:
        with pytest.raises(DataError, match="lies after 2024-03-04"):
            register.append(ENTRY)
        assert register.append(ENTRY | {"when": "2024-03-04 10:00"}) == 1
