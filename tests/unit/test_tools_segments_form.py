"""The segment calculator and the mark of a lesson that was read."""

import pandas as pd
import pytest

from learner_kit.lessons import guides
from learner_kit.lessons.own_customers import SEGMENTS
from learner_kit.tools.progress_form import have_read
from learner_kit.tools.segments_form import segments_form
from learner_kit.workbook import Workbook

from .hands import found, read

widgets = pytest.importorskip("ipywidgets")

BOUGHT = pd.DataFrame({"orders": [30, 30, 4], "revenue": [900.0, 600.0, 100.0], "discounts": [0.0, 100.0, 0.0]})


def test_a_rule_moves_customers_from_group_to_group():
    face = segments_form(BOUGHT)
    assert "33 % of the customers are loyal by this rule. They bring 60 % of the sales." in read(face)
    often = next(one for one in found(face, widgets.Text) if one.description.startswith("Orders"))
    often.value = "4"
    assert "67 % of the customers are loyal" in read(face)
    often.value = "many"
    assert "Mend the field that is marked above" in read(face) and often.value == "many"


def test_ones_own_customers_need_no_discounts():
    made = segments_form(BOUGHT)
    assert [one.name for one in SEGMENTS] == ["customer_id", "orders", "revenue", "discounts"]
    own = pd.DataFrame({"customer_id": ["K-1", "K-2"], "orders": [24.0, 2.0], "revenue": [2400.0, 800.0]})
    shown = made.own.use(own)
    assert "50 % of the customers are loyal by this rule. They bring 75 % of the sales." in read(shown)
    gaps = own.assign(discounts=[float("nan"), 100.0])
    assert "They bring 77 % of the sales." in read(made.own.use(gaps))


def test_a_lesson_is_read_and_not_read_after_all(tmp_path):
    book = Workbook("guide", tmp_path, "progress.json")
    face = have_read(book, "so1-ac1-read")
    (press,) = found(face, widgets.Button)
    press.click()
    assert book.answers["so1-ac1-read"] == "read" and "Read. Go on" in read(face)
    later = have_read(Workbook("guide", tmp_path, "progress.json"), "so1-ac1-read")
    assert found(later, widgets.Button)[0].description == "Not read yet after all"
    press.click()
    assert not book.answers["so1-ac1-read"] and "Read. Go on" not in read(face)
    assert guides.step("so1-ac1-read").kind == "read" and guides.step("so2-ac1-care-read").criterion == "so2-ac1"
