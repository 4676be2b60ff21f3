"""The option matrix: weights, limits and what is barred; and the live form, changed as a learner would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.lessons.options import Option, decide
from learner_kit.workbook import Workbook

from .hands import found, html

WEIGHTS = {"guest": 2, "fair": 1, "lodge": 1}


def ways():
    table = [
        ("A", (2, 4, 4), 0, False),
        ("B", (5, 4, 3), 350, False),
        ("C", (5, 2, 1), 2600, False),
        ("D", (1, 2, 3), 0, True),
    ]
    return [Option(name, dict(zip(WEIGHTS, scores, strict=True)), cost, barred) for name, scores, cost, barred in table]


def test_scores_are_weighted_means_and_standing_follows_the_limit():
    found = decide(ways(), WEIGHTS, limit=400)
    assert [(one.name, one.score, one.standing) for one in found.options] == [
        ("B", 4.25, "within"),
        ("C", 3.25, "ask"),
        ("A", 3.0, "within"),
        ("D", None, "never"),
    ]
    assert found.best is found.own and found.says == "Best: B. You may decide this yourself."


def test_above_the_limit_the_best_is_asked_for_and_the_own_choice_is_named():
    found = decide(ways(), WEIGHTS, limit=100)
    assert (found.best.name, found.own.name) == ("B", "A")
    assert "Ask first" in found.says and "yourself: A" in found.says
    assert "Nothing here is yours" in decide([Option("X", {"a": 3}, 5)], {"a": 1}, 0).says


def test_what_is_barred_is_never_best_whatever_it_scores():
    found = decide([Option("Lie", {"a": 5}, 0, True), Option("Truth", {"a": 1}, 0)], {"a": 1}, 0)
    assert found.best.name == "Truth"
    assert decide([Option("Lie", {"a": 5}, 0, True)], {"a": 1}, 0).best is None


def test_equal_scores_go_to_the_cheaper_and_equal_costs_are_said():
    assert decide([Option("Dear", {"a": 3}, 9), Option("Cheap", {"a": 3}, 1)], {"a": 1}, 10).best.name == "Cheap"
    assert decide([Option("X", {"a": 3}), Option("Y", {"a": 3})], {"a": 1}, 0).says.startswith("Equal: X, Y.")


@pytest.mark.parametrize(
    ("given", "weights", "limit"),
    [
        ([], {"a": 1}, 0),
        ([Option("X", {"a": 3}), Option("X", {"a": 4})], {"a": 1}, 0),
        ([Option(" ", {"a": 3})], {"a": 1}, 0),
        ([Option("X", {})], {"a": 1}, 0),
        ([Option("X", {"a": 6})], {"a": 1}, 0),
        ([Option("X", {"a": 3}, -1)], {"a": 1}, 0),
        ([Option("X", {"a": 3})], {"a": 0}, 0),
        ([Option("X", {"a": 3})], {"a": -1}, 0),
        ([Option("X", {"a": 3})], {"a": 1}, float("nan")),
    ],
)
def test_wrong_arguments_are_refused(given, weights, limit):
    with pytest.raises(ValueError):
        decide(given, weights, limit)


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 999), st.booleans()), min_size=1, max_size=6
    ),
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(0, 999),
)
def test_the_order_given_and_the_scale_of_weights_do_not_matter(rows, first, second, limit):
    held = [Option(f"o{place}", {"a": a, "b": b}, cost, bar) for place, (a, b, cost, bar) in enumerate(rows)]
    found = decide(held, {"a": first, "b": second}, limit)
    turned = decide(held[::-1], {"a": first * 10, "b": second * 10}, limit)
    assert sorted(found.options) == sorted(turned.options) if all(not row[3] for row in rows) else True
    assert (found.best and (found.best.score, found.best.cost)) == (
        turned.best and (turned.best.score, turned.best.cost)
    )
    assert found.own is None or found.own.cost <= limit


# --- the form ---


@pytest.fixture
def made(tmp_path):
    pytest.importorskip("ipywidgets")
    from learner_kit.tools.options import option_matrix, way

    def make(own=False):
        return option_matrix(
            "Late uniform",
            ["Customer", "Firm"],
            [way("Driver", [5, 3], cost=120), way("Wait", [1, 4]), way("Refuse", [5, 5], barred=True)],
            limit=100,
            book=Workbook("guide", tmp_path, file="progress.json"),
            id="so4-ac4-care-own" if own else "so4-ac4-care-matrix",
            own=own,
        )

    return make


def cell(face, kind, name):
    return next(one for one in found(face, kind) if one.description == name)


def test_the_decision_follows_limit_weight_and_law(made):
    import ipywidgets as widgets

    face = made()
    assert "Best: Driver, but its cost of R120 is above your limit of R100" in html(face).replace("\u00a0", " ")
    cell(face, widgets.Text, "What you may decide yourself, in rand").value = "R1 500,00"
    assert "Best: Driver. You may decide this yourself." in html(face)
    cell(face, widgets.Dropdown, "Customer, weight").value = "0"
    assert "Best: Wait. You may decide this yourself." in html(face)
    cell(face, widgets.Dropdown, "Allowed, Refuse").value = "Yes"
    assert "Best: Refuse" in html(face)
    for name in ("Customer, weight", "Firm, weight"):
        cell(face, widgets.Dropdown, name).value = "0"
    assert "weights must not all be 0" in html(face)


def test_what_cannot_be_read_is_said_in_place_and_stays(made):
    import ipywidgets as widgets

    face = made()
    cost = cell(face, widgets.Text, "Cost in rand, Driver")
    for wrong in ("lots", "-5", ""):
        cost.value = wrong
        assert cost.value == wrong and "lk-wrong" in cost._dom_classes and "Cost in rand, Driver" in html(face)
    cost.value = "80"
    assert "lk-wrong" not in cost._dom_classes and "You may decide this yourself" in html(face)


def test_changes_are_kept_and_can_be_taken_back(made):
    import ipywidgets as widgets

    face = made(own=True)
    cell(face, widgets.Text, "Name, option A").value = "Taxi"
    cell(face, widgets.Text, "Cost in rand, option A").value = "60"
    again = made(own=True)
    assert "Best: Taxi. You may decide this yourself." in html(again)
    next(one for one in found(again, widgets.Button) if "first figures" in one.description).click()
    assert "Best: Driver" in html(made(own=True))


def test_names_alike_are_said_not_raised(made):
    import ipywidgets as widgets

    face = made(own=True)
    cell(face, widgets.Text, "Name, option A").value = "Wait"
    assert "a name of its own" in html(face)


def test_wrong_set_ups_are_refused():
    from learner_kit.tools.options import option_matrix, way

    with pytest.raises(ValueError):
        option_matrix("X", ["a"], [way("A", [1])])
    with pytest.raises(ValueError):
        option_matrix("X", ["a"], [way("A", [1, 2]), way("B", [1])])
    with pytest.raises(ValueError):
        option_matrix("X", ["a"], [way("A", [1]), way("B", [1])], id="so4-ac4-x")
