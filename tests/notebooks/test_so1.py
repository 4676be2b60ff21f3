"""What is particular to workbook so1 and its guide; test_workbooks and test_guides check the rest."""

import re

import pytest

WORKBOOK, GUIDE = "so1", "so1-benefits"


def test_what_it_asks(book):
    assert book.explained == ["so1-ac3", "so1-ac4", "so1-ac5"]
    assert book.prose.count("The source says … but …") >= 4


def test_part_of_the_ticks_earns_part_of_the_points(book):
    parts = {"so1-ac3-evidence": ["orders", "cause"], "so1-ac2-not-buying": ["ally", "internal", "lapsed"]}
    points = book.points({**book.answers, **parts})
    assert points["so1-ac3-evidence"] == pytest.approx(2) and points["so1-ac2-not-buying"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so1-ac1-annual-sales", 60_000),
        ("so1-ac1-two-items", 120_000),
        ("so1-ac1-referral-sales", 240_000),
        ("so1-ac1-referral-two-items", 480_000),
        ("so1-ac1-soap-sales", 12_000),
        ("so1-ac1-shop-customers", 400),
        ("so1-ac1-how-many-times", "quadruple"),
        ("so1-ac1-hearers", 110),
        ("so1-ac2-lifetime", 12_000),
    ],
)
def test_the_exercises_of_the_source_have_their_corrected_answers(book, id, value):
    assert book.answers[id] == value
    assert book.points({id: value})[id] > 0


def test_each_lesson_has_a_calculator_and_computes(lesson):
    assert "calculator(" in lesson.text and re.search(r"value\.\w+\(", lesson.text)


def test_the_guide_keeps_what_a_learner_writes(guide):
    assert len(guide.kept) >= 15
