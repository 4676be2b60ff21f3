"""What is particular to workbook so2 and its guide; test_workbooks and test_guides check the rest."""

import re
from pathlib import Path

import pytest

from learner_kit import survey

WORKBOOK, GUIDE = "so2", "so2-initiate"
DATA = Path(__file__).resolve().parents[2] / "data"


def test_what_it_asks(book):
    assert book.kinds == {"number", "choice", "choices", "order", "text", "table", "evidence"}
    assert book.explained == ["so2-ac2", "so2-ac4"]
    evidence = {criterion for one in book.asked.values() if one.kind == "evidence" for criterion in one.criteria}
    assert evidence >= set(book.scored) and all(book.scored.count(criterion) >= 6 for criterion in book.scored)
    assert "*Naturally occurring evidence: notices" in book.prose
    assert book.prose.count("The source says … but …") >= 4


def test_a_part_that_is_right_earns_a_part_of_the_points(book):
    tally = [dict(row) for row in book.answers["so2-ac2-percentages"]]
    for place, printed in ((0, 6.48), (2, 22.77), (6, 3.73)):  # as the printed guide has them
        tally[place]["Share"] = printed
    points = book.points({"so2-ac2-percentages": tally, "so2-ac2-wrong-figures": ["year", "daily"]})
    assert points["so2-ac2-percentages"] == pytest.approx(4) and points["so2-ac2-wrong-figures"] == 0
    ends = {"so2-ac2-interval": [{"From": 49.8, "To": 60.0}], "so2-ac4-facts": ["base", "limit"]}
    points = book.points(ends)
    assert points["so2-ac2-interval"] == pytest.approx(1) and points["so2-ac4-facts"] == pytest.approx(2)


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ("Kit Foods: rice, 10 kg R129, until Sat 28 Nov. Reply STOP to opt out.", 4),
        ("Rice, 10 kg R129, until Sat 28 Nov. Reply STOP to opt out.", 3),
        ("Kit Foods: rice, 10 kg R129, until Sat 28 Nov.", 3),
        ("KIT FOODS RICE SALE!!! 10 kg R129 until 28 Nov. Reply STOP to opt out", 3),
        ("Kit Foods sends you greetings. Reply STOP to opt out.", 0),
        ("hello", 0),
    ],
)
def test_the_rewritten_sms_is_weighed_point_by_point(book, said, points):
    assert book.points({"so2-ac3-rewrite": said})["so2-ac3-rewrite"] == pytest.approx(points)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so2-ac2-total", 99.99),
        ("so2-ac2-wrong-figures", ["year", "weekly", "never"]),
        ("so2-ac2-top-two", 57.3),
        ("so2-ac2-solved", 46.7),
        ("so2-ac2-interval", [{"From": 49.8, "To": 64.5}]),
        ("so2-ac1-loyal-share", 55),
        ("so2-ac3-parts", 2),
        ("so2-ac3-cost", 360),
        ("so2-ac4-response", 37),
    ],
)
def test_the_exercises_of_the_source_have_their_corrected_answers(book, id, value):
    assert book.answers[id] == value
    assert book.points({id: value})[id] > 0


def test_what_the_prompts_say_is_what_the_practice_survey_gives(book):
    form = survey.Questionnaire.load(DATA / "questionnaire.toml")
    responses = survey.read_responses(DATA / "survey_responses.csv", form)
    counts = survey.tally(responses, "usage")["count"].tolist()
    assert counts == [35, 42, 46, 23, 20, 12, 7]
    happy, years = survey.satisfaction(responses), survey.compare(responses, "satisfaction", by="period")
    assert happy[:2] == (98, 171) and (years.first[:2], years.second[:2]) == ((31, 73), (67, 98))
    solved = survey.tally(responses, "outcome")
    assert (solved["count"].iloc[0], solved["base"].iloc[0]) == (35, 75)
    places = survey.importance_performance(responses)["quadrant"].tolist()
    assert places == [row["Quarter"] for row in book.answers["so2-ac2-quarters"]]


def test_each_lesson_has_a_form_computes_and_corrects_the_source(lesson):
    assert re.search(r"(calculator|sorter|survey_form|media_form|message_form|report_form)\(", lesson.text)
    assert re.search(r"(segments|survey\.\w+|media\.choose|notice\.sms_size)\(", lesson.text)
    assert "The source says … but …" in lesson.text


def test_the_guide_keeps_what_a_learner_writes_and_says_its_order(guide):
    assert len(guide.lessons) == 4 and "report before the notices" in guide.text
    assert len(guide.kept) >= 20
