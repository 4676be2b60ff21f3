"""What is particular to workbook so3 and its guide; test_workbooks and test_guides check the rest."""

import datetime as dt
import re
from pathlib import Path

import pytest

from learner_kit import contact
from learner_kit.course import master
from learner_kit.reading import read_date

WORKBOOK, GUIDE = "so3", "so3-maintain"
DATA = Path(__file__).resolve().parents[2] / "data"
DRAWN_DATES = {"so3-ac2-long-weekend": 1, "so3-ac2-after-purchase": 30, "so3-ac2-grade-a": 30}  # days to wait


def test_what_it_asks(book):
    assert book.kinds == {"number", "choice", "choices", "order", "text", "date", "table", "evidence"}
    assert len(book.tasks) == 3 and "not legal advice" in book.prose.replace("\n", " ")
    evidence = {criterion for one in book.asked.values() if one.kind == "evidence" for criterion in one.criteria}
    for criterion in set(book.scored):
        kinds = {question.kind for id, question in book.asked.items() if id.startswith(criterion + "-")}
        assert "text" in kinds and {"choice", "order"} & kinds
        assert criterion in evidence and book.scored.count(criterion) >= 6


def test_one_answer_for_all_rows_earns_little_and_a_right_row_its_part(book):
    rows = len(book.asked["so3-ac3-reasons"].rows)
    points = book.points({"so3-ac3-reasons": [{"Reason": "Positive"}] * rows})
    assert points["so3-ac3-reasons"] == 1  # of 4: five right less three wrong, of eight
    one_wrong = [dict(row) for row in book.answers["so3-ac2-may-you"]]
    one_wrong[0]["Decided by"] = "Consent"
    assert book.points({"so3-ac2-may-you": one_wrong})["so3-ac2-may-you"] == pytest.approx(6)
    kinds = [*book.answers["so3-ac1-kinds"][:3], *[{"Kind": None}] * 3]
    assert book.points({"so3-ac1-kinds": kinds})["so3-ac1-kinds"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("so3-ac2-report", "2012-11-12"),  # the printed report's Sunday
        ("so3-ac2-long-weekend", "2027-03-23"),  # 21 March is a Sunday, so the Monday too
        ("so3-ac2-grade-a", "2026-12-17"),
        ("so3-ac2-open-days", 13),
        ("so3-ac4-gain", 8000),
        ("so3-ac3-waste", 6552),
    ],
)
def test_computed_answers_are_what_the_calendar_and_arithmetic_say(book, id, value):
    assert book.answers[id] == value
    assert book.points({id: value})[id] > 0


def holidays_told(prose: str) -> set[dt.date]:
    """The public holidays that stand in the workbook's list."""
    found = set()
    for year, said in re.findall(r"(?m)^\| (20\d\d) \| (.+) \|$", prose):
        for part in said.split("; "):
            days, month = re.fullmatch(r"([\d, and]+) ([A-Z][a-z]+)", part).groups()
            found |= {read_date(f"{day} {month} {year}") for day in re.findall(r"\d+", days)}
    return found


def test_the_list_of_holidays_is_the_calendars(book):
    policy = contact.Policy.load(DATA / "contact_policy.toml")
    first, last = dt.date(2026, 12, 1), dt.date(2028, 12, 31)
    days = (first + dt.timedelta(ahead) for ahead in range((last - first).days + 1))
    assert holidays_told(book.prose) == {day for day in days if policy.holiday(day)}


def test_every_learners_dates_are_found_with_the_list_alone(book, books):
    """From the drawn day on, with nothing but Sundays, the list and the rules in the text: the answer that is taken."""
    told, seen = holidays_told(book.prose), set()

    def open_from(day: dt.date) -> str:
        while day.weekday() == 6 or day in told:
            day += dt.timedelta(1)
        return day.isoformat()

    made = master.seeded(master.read(book.path), "a class")
    for learner in (None, *(f"L-{place:04d}" for place in range(1, 201))):
        run = master.run(made, {}, learner, dry=True)
        for id, days in DRAWN_DATES.items():
            drawn = read_date(re.search(r"\d+ [A-Z][a-z]+ 20\d\d", run.questions[id].prompt)[0])
            assert drawn >= dt.date(2026, 11, 16), "the list begins in December: nothing closes before"
            assert str(run.expected[id]) == open_from(drawn + dt.timedelta(days)), (learner, id, drawn)
            seen.add((id, drawn))
        first, last = map(
            int, re.search(r"from (\d+) to (\d+) December 2026", str(run.questions["so3-ac2-open-days"])).groups()
        )
        december = (dt.date(2026, 12, day) for day in range(first, last + 1))
        assert run.expected["so3-ac2-open-days"] == sum(open_from(day) == day.isoformat() for day in december)
    assert len(seen) >= 7 + 10 + 20, "nearly all of what can be drawn was drawn"
    dated = {
        id
        for one in books
        for run in [master.run(master.seeded(master.read(one.path), "a class"), {}, "L-0001", dry=True)]
        for id in run.drawn
        if run.questions[id].kind == "date"
        or "date" in [cell.kind for _, cell in getattr(run.questions[id], "cells", ())]
    }
    assert dated == DRAWN_DATES.keys(), "another question with drawn dates: say in its text which days are holidays"


def test_the_case_of_activity_11_stands_as_the_memo_says():
    """What the model answer claims of each of the four reasons is what the policy says."""
    policy = contact.Policy.load(DATA / "contact_policy.toml")
    record = {"customer_id": "D", "consent": "opt-in", "consent_channels": "e-mail", "last_purchase": "2026-11-18"}
    record |= {"birth_date": "1980-11-24", "overdue_since": "2026-11-04"}
    done = [("query", "2026-11-12"), ("satisfaction", "2026-11-16"), ("delivery", "2026-11-20")]
    history = [{"customer_id": "D", "purpose": why, "when": f"{day} 10:00"} for why, day in done]
    now = dt.datetime(2026, 11, 24, 9)
    assert contact.may_contact(now, "telephone", "complaint", record, history, policy)
    history.append({"customer_id": "D", "purpose": "complaint", "when": now})

    def after(channel, purpose):
        return contact.may_contact(dt.datetime(2026, 11, 24, 10), channel, purpose, record, history, policy)

    assert after("e-mail", "payment").next_time.date() == dt.date(2026, 12, 12)
    assert after("e-mail", "special-offer").next_time.date() == dt.date(2026, 12, 18)
    assert after("telephone", "special-offer").code == "consent"
    assert after("e-mail", "birthday").next_time.year == 2027


def test_each_lesson_has_something_to_try_computes_and_corrects_the_source(lesson):
    assert re.search(r"(calculator|branching|sorter|planner|may_i)\(", lesson.text)
    assert re.search(r"show_contact\(|value\.\w+\(|policy\.\w+", lesson.text)
    assert "The source says … but …" in lesson.text or lesson.id == "ac3"


def test_the_guide_plays_every_scenario_of_this_outcome(guide):
    assert set(re.findall(r'branching\("([a-z-]+)"', guide.text)) == {
        "first-impressions",
        "shopping-with-a-purpose",
        "no-direction",
        "combative-customer",
        "guarded-customer",
    }


def test_the_law_is_dated_and_named_as_training(guide):
    text = " ".join(guide.text.split())
    assert "not legal advice" in text and "21 November 2026" in text
    rules = next(cell for cell in guide.cells if cell["id"] == "ac2-rules")
    words = "".join(rules["outputs"][0]["data"]["text/plain"])
    assert "Consumer Protection Act" in words and "Protection of Personal Information Act" in words


def test_the_guide_keeps_what_a_learner_writes_apart_from_the_workbook(guide, book):
    assert len(guide.kept) >= 15 and not set(guide.kept) & set(book.asked)
