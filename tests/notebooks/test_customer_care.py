"""What is particular to workbook 01-customer-care and its guide; test_workbooks and test_guides check the rest."""

import re

import pytest

from learner_kit.course import master
from learner_kit.lessons import scenarios, self_audit
from learner_kit.workbook import Workbook

WORKBOOK = GUIDE = "01-customer-care"
# The foundation serves criteria of all four outcomes; a lesson prepares for the first of its own.
LESSONS = {
    "f1": "so2-ac1",
    "f2": "so3-ac4",
    "f3": "so2-ac2",
    "f4": "so2-ac4",
    "f5": "so2-ac3",
    "f6": "so4-ac4",
    "f7": "so1-ac2",
    "f8": "so4-ac1",
}
SKILLS = ("Working", "Organising", "Communicating", "Science", "Contributing")


def test_what_it_asks(book):
    assert set(book.scored) == {*LESSONS.values(), "so3-ac1"} and len(book.tasks) == 3
    scored = [cell["id"] for cell in book.checks + book.tasks]
    assert all(sum(id.startswith(f"{criterion}-care-") for id in scored) >= 3 for criterion in set(book.scored))
    assert book.kinds == {"number", "choice", "choices", "order", "text", "table", "evidence"}
    assert book.prose.count("The source says … but …") >= 4


def test_one_answer_for_all_rows_earns_little_and_a_right_row_its_part(book):
    shares = book.all_alike()
    assert len(shares) >= 8 and max(shares.values()) <= 0.26
    half = [*book.answers["so2-ac1-care-kinds"][:3], *[{"Kind": None}] * 3]
    assert book.points({"so2-ac1-care-kinds": half})["so2-ac1-care-kinds"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so2-ac1-care-pyramid", 5 + 25 + 125 + 625 + 3125),
        ("so2-ac1-care-commission", 3400),
        ("so2-ac4-care-mean-before", 2.4),
        ("so2-ac4-care-mean-after", 3.6),
        ("so4-ac4-care-score-b", 4.25),
        ("so1-ac2-care-without", 1500),
        ("so1-ac2-care-with", 1900),
        ("so1-ac2-care-gain", 120_000),
        ("so4-ac1-care-duplicates", 5),
    ],
)
def test_computed_answers_are_what_arithmetic_says(book, id, value):
    assert book.answers[id] == pytest.approx(value)
    assert book.points({id: value})[id] > 0


def test_a_workbook_name_may_begin_with_a_digit(book, tmp_path):
    assert Workbook(book.path.stem, tmp_path).name == "01-customer-care"
    assert master.read(book.path).workbook == "01-customer-care"


def test_each_lesson_names_its_criterion_and_its_skill(lesson):
    """Something to try, something computed, five checks and a reflection that names its outcome."""
    criterion = LESSONS[lesson.id]
    assert re.search(r"(calculator|branching|sorter|audit|option_matrix)\(", lesson.text)
    assert re.search(r"(value|survey|self_audit|trends|contact)\.\w+\(", lesson.text)
    assert lesson.text.count("quiz(") == 5 and f'"{criterion}-care-reflection"' in lesson.text
    assert criterion.upper().replace("-", " ") in lesson.text
    assert re.search(rf"\(({'|'.join(SKILLS)})\)", lesson.text)


def test_every_lesson_is_there_and_every_cross_field_outcome_is_reflected_on(guide):
    assert [lesson.id for lesson in guide.lessons] == list(LESSONS)
    text = "\n".join(cell["source"] for cell in guide.cells if cell["id"].endswith("-reflect"))
    assert all(f"({skill})" in text for skill in SKILLS)


def test_misprints_of_the_source_are_named_and_mended(guide):
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", " ".join(guide.text.split()))  # a link's words alone
    for printed, meant in (("fear", "fair"), ("expenses", "expectations"), ("upraised", "apprised")):
        assert f"*{printed}*" in text and f"*{meant}*" in text
    for law in ("POPIA", "CPA", "OHS Act", "PEPUDA", "Employment Equity Act", "not legal advice"):
        assert law in text


def test_the_guide_plays_its_scenarios_and_asks_the_whole_audit(guide):
    played = re.findall(r'branching\("([a-z-]+)"', guide.text)
    assert played == ["five-customers", "learn-late-uniform", "learn-meter-bill"]
    assert all(scenarios.load(name).scenes for name in played)
    assert len(self_audit.load().items) == 15 and "audit(book" in guide.text


def test_the_guide_keeps_what_a_learner_writes_apart_from_the_workbook(guide, book):
    assert len(guide.kept) >= 60 and all(re.match(r"so\d-ac\d-care-", id) for id in guide.kept)
    assert not set(guide.kept) & set(book.asked)
