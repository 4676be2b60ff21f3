"""The tools of outcome SO2 as a learner uses them: cards, questionnaire, media, message and report."""

import base64
import io
import re
from pathlib import Path

import pytest

from learner_kit import survey
from learner_kit.report import Finding, Source
from learner_kit.tools.media_form import media_form
from learner_kit.tools.message_form import message_form
from learner_kit.tools.report_form import report_form
from learner_kit.tools.sorter import card, sorter
from learner_kit.tools.survey_form import survey_form
from learner_kit.workbook import Workbook

from .hands import field, found, html, press, read

widgets = pytest.importorskip("ipywidgets")

DATA = Path(__file__).resolve().parents[2] / "data"
PETS = {"Cat": "purrs", "Dog": "barks"}
CARDS = [card("Tom <b>", "Cat", "He purrs."), card("Rex", "Dog", "He barks."), card("Mia", "Cat", "She purrs.")]


@pytest.fixture
def book(tmp_path):
    return Workbook("guide", folder=tmp_path, file="progress.json")


# --- cards ---


def test_a_wrong_group_says_its_sign_and_a_right_one_goes_on(book):
    face = sorter(PETS, CARDS, book=book, id="so2-ac1-cards")
    press(face, "Dog")
    assert "Not Dog: that type barks." in read(face) and "Card 1 of 3" in read(face)
    press(face, "Cat")
    assert "He purrs." in read(face) and "Card 2 of 3: Rex" in read(face)
    assert "Tom &lt;b&gt;" in html(face) and "Tom <b>" not in html(face)
    press(face, "Leave this card for later")
    assert "Card 2 of 3: Mia" in read(face)
    press(face, "Cat")
    press(face, "Dog")
    assert "All 3 cards are sorted. You had 2 of 3 right at once." in read(face)
    press(face, "Dog")  # nothing is left to sort


def test_sorted_cards_are_kept_and_can_be_sorted_again(book, tmp_path):
    press(sorter(PETS, CARDS, book=book, id="so2-ac1-cards"), "Cat")
    later = Workbook("guide", folder=tmp_path, file="progress.json")
    face = sorter(PETS, CARDS, book=later, id="so2-ac1-cards")
    assert "Card 2 of 3: Rex" in read(face)
    press(face, "Start again")
    assert "Card 1 of 3" in read(face) and later.answers["so2-ac1-cards"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": {"Cat": "purrs"}, "cards": CARDS},
        {"groups": PETS, "cards": CARDS[:1]},
        {"groups": PETS, "cards": [CARDS[0], CARDS[0]]},
        {"groups": PETS, "cards": [*CARDS, card("Owl", "Bird", "It flies.")]},
        {"groups": PETS, "cards": CARDS, "id": "so2-ac1-cards"},
    ],
)
def test_unsound_cards_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        sorter(**wrong)


# --- the questionnaire ---


@pytest.fixture(scope="module")
def questionnaire():
    return survey.Questionnaire.load(DATA / "questionnaire.toml")


@pytest.fixture(scope="module")
def responses(questionnaire):
    return survey.read_responses(DATA / "survey_responses.csv", questionnaire)


def picture(page):
    return re.search(r"<img [^>]*>", page)[0]


def rate(face, book, matrix, answer):
    rows = len(next(q for q in book.questions.values() if q.id == f"so2-ac2-survey-{matrix}").rows)
    book.set(f"so2-ac2-survey-{matrix}", [{"Your answer": answer}] * rows)


def test_the_tally_and_the_map_follow_the_answers(questionnaire, responses, book):
    face = survey_form(questionnaire, responses, book, "so2-ac2-survey")
    assert "185 customers answered." in read(face) and html(face).count("<img") == 1
    before = html(face)
    field(face, "How often do you use the product?").value = "Daily"
    assert "186 customers answered." in read(face)
    assert picture(before) == picture(html(face))  # use does not move the map
    rate(face, book, "performance", "Very poorly")
    rate(face, book, "importance", "Extremely important")
    assert picture(before) != picture(html(face))
    field(face, "Customers who answer as you did").value = 15
    assert "200 customers answered." in read(face)
    field(face, "What shall be counted?").value = True
    assert "15 customers answered." in read(face) and "Means from 1 (lowest) to 5 (highest)" in read(face)
    field(face, "Show the tally of").value = "satisfaction"
    assert "Nobody has answered this question yet." in read(face)
    book.set("so2-ac2-survey-satisfaction", "Satisfied")
    assert "Top two answers: 15 of 15 answers, 100,0 %" in read(face)


def test_skip_logic_hides_questions_and_leaves_their_answers_out(questionnaire, responses, book):
    face = survey_form(questionnaire, responses, book, "so2-ac2-survey")
    outcome = field(face, "What became of the matter you contacted us about?")
    shown = next(one for one in found(face, widgets.Box) if outcome in one.children)
    assert shown.layout.display == "none"
    book.set("so2-ac2-survey-contacted", "Yes")
    assert shown.layout.display != "none"
    book.set("so2-ac2-survey-outcome", "Still open")
    book.set("so2-ac2-survey-contacted", "No")
    field(face, "Show the tally of").value = "outcome"
    assert "75 customers answered." in read(face)
    assert book.answers["so2-ac2-survey-outcome"] == "Still open"  # kept, only not counted
    field(face, "What shall be counted?").value = True
    assert "The map needs" in read(face)


def test_answers_kept_before_stand_there_again(questionnaire, responses, book, tmp_path):
    survey_form(questionnaire, responses, book, "so2-ac2-survey")
    book.set("so2-ac2-survey-usage", "Daily")
    later = Workbook("guide", folder=tmp_path, file="progress.json")
    assert "186 customers answered." in read(survey_form(questionnaire, responses, later, "so2-ac2-survey"))


# --- media and message ---


def test_the_medium_follows_every_change():
    face = media_form()
    assert "SMS, Phone call." in read(face)
    field(face, "They agreed to marketing from us, or this is not marketing").value = False
    assert "Nothing fits in full. Nearest: " in read(face)
    field(face, "Whom do you want to tell?").value = "area"
    field(face, "a radio").value = True
    assert "This fits: Community radio." in read(face)


def test_a_message_is_looked_at_as_it_is_kept(book):
    face = message_form("SALE!!! [NAME]", "Kit Foods", book, "so2-ac3-message")
    assert "Your message is looked at as soon as you write it." in read(face) and "It shouts" in read(face)
    book.set("so2-ac3-message", "Kit Foods: <b>bread</b> R12.")
    assert "point" in read(face) and "It does not say how to stop further messages." in read(face)
    book.set("so2-ac3-message", "Kit Foods: bread R12 until Friday. Reply STOP to opt out.")
    assert "All points are in order." in read(face)
    book.set("so2-ac3-message", None)
    assert "as soon as you write it" in read(face)


# --- the report ---


def builder(book):
    findings = {
        "Satisfied: 57 %": Finding("98 of 171 are satisfied."),
        "Change": Finding("It rose."),
        "Use": Finding("Daily."),
    }
    return report_form(findings, [Source("Forms", 185)], book, "so2-ac4-report", trends=["Change"])


def told(*lines):
    return [{"In your words": line} for line in lines]


def test_what_is_missing_is_said_and_then_both_files_are_there(book):
    face = builder(book)
    press(face, "Make the report")
    for said in ("Fill in: To (position).", "Write a summary.", "Choose at least one finding.", "Recommend something"):
        assert said in read(face)
    book.set(
        "so2-ac4-report-head", [{"To (position)": "Manager", "From (learner number)": "L-0001", "Date": "2026-11-21"}]
    )
    book.set("so2-ac4-report-summary", "Most are satisfied.")
    book.set("so2-ac4-report-findings", ["finding-1", "finding-2"])
    book.set("so2-ac4-report-advice", told("Two people at the phone", None, "Team leader", None))
    press(face, "Make the report")
    assert "Recommendation 1: fill in “Because of which finding”." in read(face) and "<a " not in html(face)
    book.set("so2-ac4-report-advice", told("Two people at the phone", "Service is rated lowest", "Team leader", None))
    press(face, "Make the report")
    links = dict(re.findall(r'download="[^"]+\.(\w+)" href="data:[^;]+;base64,([^"]+)"', html(face)))
    assert set(links) == {"pdf", "docx"}
    pypdf, docx = pytest.importorskip("pypdf"), pytest.importorskip("docx")
    pdf = pypdf.PdfReader(io.BytesIO(base64.b64decode(links["pdf"])))
    words = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert words.index("98 of 171") < words.index("Trends and problems") < words.index("It rose.")
    assert "Daily." not in words and "to be agreed" in words
    word = docx.Document(io.BytesIO(base64.b64decode(links["docx"])))
    assert any("98 of 171" in one.text for one in word.paragraphs)
    book.set("so2-ac4-report-summary", "Nearly all are satisfied.")
    assert "Make the report again" in read(face) and "<a " not in html(face)


def test_a_trend_alone_is_a_finding_and_anything_may_be_pasted(book):
    face = builder(book)
    book.set(
        "so2-ac4-report-head", [{"To (position)": "#[x] $a$", "From (learner number)": "<b>", "Date": "2026-11-21"}]
    )
    book.set("so2-ac4-report-summary", "\u202e <script>alert(1)</script> 🍎")
    book.set("so2-ac4-report-findings", ["finding-2"])
    book.set("so2-ac4-report-more-advice", told("Act", "It rose", "Me", "1 December"))
    press(face, "Make the report")
    assert "Your report is ready." in read(face) and "<script>" not in html(face)
