"""What is particular to workbook so4 and its guide; test_workbooks and test_guides check the rest."""

import re
from pathlib import Path

import pandas as pd
import pytest

from learner_kit import grading

WORKBOOK, GUIDE = "so4", "so4-administer"
DATA = Path(__file__).resolve().parents[2] / "data"


def test_what_it_asks(book):
    assert book.kinds >= {"table", "date", "evidence"} and book.explained == ["so4-ac2", "so4-ac3", "so4-ac4"]
    assert book.prose.count("The source says … but …") >= 4


@pytest.mark.parametrize(
    ("id", "value", "earned"),
    [
        ("so4-ac1-missing", ["time", "channel"], 2),
        ("so4-ac1-keep", ["address", "authority", "optout", "salary"], 1.5),
        ("so4-ac1-qualities", [{"Missing quality": "timely"}] * 4, 1),
        ("so4-ac4-kind", [{"Kind": "trend"}] * 4, 0),
    ],
)
def test_part_of_an_answer_earns_part_of_the_points(book, id, value, earned):
    assert book.points({**book.answers, id: value})[id] == pytest.approx(earned)


def test_two_of_three_customers_graded_earn_two_thirds(book):
    *two, third = book.answers["so4-ac2-three"]
    assert book.points({"so4-ac2-three": [*two, dict.fromkeys(third)]})["so4-ac2-three"] == pytest.approx(6)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so4-ac1-sunday", "2012-11-11"),
        ("so4-ac2-score", 3.75),
        ("so4-ac2-band", "core"),
        ("so4-ac2-weighted", 17 / 6),
        ("so4-ac2-lotter", 7 / 3),
        ("so4-ac2-tie", 50),
        ("so4-ac4-share", 70),
        ("so4-ac4-r-a", 0.969),
        ("so4-ac4-r-b", -0.021),
    ],
)
def test_the_exercises_of_the_source_have_their_corrected_answers(book, id, value):
    assert book.points({id: value})[id] > 0
    assert book.answers[id] == (pytest.approx(value, abs=0.006) if isinstance(value, float) else value)


def test_the_three_customers_are_graded_as_the_tool_grades_them(book):
    three = pd.read_csv(DATA / "three_customers.csv")
    found = grading.rank(three, {"units": "high", "spend": "high", "days_to_pay": "low"})
    columns = {"units_grade": "Products bought", "spend_grade": "Spend", "days_to_pay_grade": "Time to pay"}
    assert found[list(columns)].rename(columns=columns).to_dict("records") == book.answers["so4-ac2-three"]


def test_each_lesson_has_a_live_form_and_computes(lesson):
    assert re.search(r'^(?:tried\(book, "[a-z0-9-]+", )?\w+_(?:form|slider|by_hand)\(', lesson.text, re.MULTILINE)
    assert re.search(r"(?:contact|grading|trends)\.\w+\(|graded\[", lesson.text)


def test_the_guide_says_what_is_a_reconstruction_and_names_no_customer(guide, book):
    assert (guide.prose + book.prose).count("A reconstruction.") >= 4
    assert (guide.prose + book.prose).count("The source says … but …") >= 12
    assert len(guide.kept) >= 20
