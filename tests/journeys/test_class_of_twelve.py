"""A class of twelve through three attempts, an appeal, an overturned judgement, to final results; the database at each step."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter

import pytest
import sqlalchemy as sa

from learner_kit.assess import (
    appeals,
    authenticity,
    changes,
    decisions,
    evidence,
    final,
    flags,
    judgement,
    moderation,
    results,
    statements,
    upload,
)
from learner_kit.assess.grade import grade
from learner_kit.assess.papers import results as results_papers
from learner_kit.course import enrol, records, release
from learner_kit.course.cohort import create
from learner_kit.course.collect import collect
from learner_kit.course.programme import ASSESSMENTS
from learner_kit.course.submission import pack
from learner_kit.errors import KitError

from ..classwork import write_answers

UNIT = """
[unit]
id = "999001"
title = "Answer the telephone"
nqf_level = 2
credits = 1
hours_per_credit = 10
source = "made up for a test"
[registration]
start = 2020-01-01
end = 2030-01-01
last_enrolment = 2030-01-01
last_achievement = 2033-01-01
source = "made up"
[[outcomes]]
id = "so1"
title = "Answer"
[[outcomes.criteria]]
id = "so1-ac1"
handle = "Sum"
says = "Add up."
[[outcomes.criteria]]
id = "so1-ac2"
handle = "Memo"
says = "Explain."
[[cross_field]]
id = "ccfo-working"
title = "Working"
says = "Work with others."
criteria = ["so1-ac2"]
[[knowledge]]
id = "ek-sums"
depth = "broad"
says = "Sums."
criteria = ["so1-ac1"]
[range]
marketing = []
customers = []
"""
PLAN = """
[[activities]]
id = "all"
title = "All of it"
kind = "knowledge"
mode = "individual"
setting = "practice"
stage = ["taught", "practised", "formative", "summative"]
hours = 10.0
criteria = ["so1-ac1", "so1-ac2"]
instrument = "workbook"
evidence = "answers"
workbook = "calls"
"""
EVERYONE = [f"L-{number:04d}" for number in range(1, 13)]
START = dt.datetime(2027, 3, 1, 8)


def cell(id: str, source: str, kind: str = "code", **told) -> dict:
    about = {
        "grade": False,
        "grade_id": id,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    } | told
    made = {"cell_type": kind, "id": id, "metadata": {"nbgrader": about}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def programme(folder):
    folder.mkdir()
    (folder / "unit_standard.toml").write_text(UNIT, encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    for name in ("rules.toml", "upload.toml"):
        shutil.copy(ASSESSMENTS / name, folder / name)
    (folder / "provider.toml").write_text('name = "Ubuntu College"\naccreditation = "ABC/1"\n', encoding="utf-8")
    ask = 'book.ask(number("so1-ac1-sum", "What is 2 and 2?"), text("so1-ac2-memo", "Explain.", words=(3, 60)))'
    hidden = 'book.check("so1-ac1-sum", 4, hint="Count again")'
    check = f'book.check("so1-ac1-sum")\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS'
    cells = [
        cell("setup", 'from learner_kit.workbook import Workbook, number, text\nbook = Workbook("calls")'),
        cell("form-all", ask),
        cell("so1-ac1-sum", check, grade=True, points=2),
        cell("so1-ac2-memo", "Explain.", "markdown", task=True, points=10),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    held = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "source" / "calls").mkdir(parents=True)
    (folder / "source" / "calls" / "calls.ipynb").write_text(json.dumps(held), encoding="utf-8")
    return folder


@pytest.fixture
def twelve(tmp_path):
    made = create(tmp_path / "twelve", programme(tmp_path / "calls"), seed="twelve")
    people = [
        enrol.Person(n, f"Ṋe{n}", "Ḽufuno", id_number="", email=f"l{n}@example.co.za", site="Thohoyandou")
        for n in range(1, 13)
    ]
    enrol.enrol(made, people, "F-01", START.date())
    for surname in ("Mokoena", "Dlamini"):
        enrol.register(made, "assessor", surname, "A", f"X-{surname}", "F-01", dt.date(2025, 1, 1))
    enrol.register(made, "moderator", "Botha", "M", "X-M", "F-01", dt.date(2025, 1, 1))
    release.release(made, "calls", "F-01")
    yield made
    made.engine.dispose()


def hand_in(cohort, tmp_path, number: int, answers: dict[str, float], at: dt.datetime) -> None:
    """Learners hand in; graded, and the memo marked 8 of 10, as formgrader would."""
    zips = []
    for learner, value in answers.items():
        memo = f"In round {number} I, {learner}, ask who calls and what for."
        answered = {"so1-ac1-sum": value, "so1-ac2-memo": memo}
        folder = write_answers(tmp_path / "work" / f"{learner}-{number}" / "calls", answered, learner, "calls")
        zips.append(pack(folder, "calls", learner, tmp_path / "work", at, declared=learner != "L-0008").path)
    assert all(one.state != "refused" for one in collect(cohort, zips, "F-01", at))
    grade(cohort, workers=1)
    marks, cells = (
        sa.table("grade", *map(sa.column, ("cell_id", "manual_score", "needs_manual_grade"))),
        sa.table("base_cell", sa.column("id"), sa.column("name")),
    )
    with cohort.engine.begin() as connection:
        id = connection.scalar(sa.select(cells.c.id).where(cells.c.name == "so1-ac2-memo"))
        connection.execute(
            marks.update().where(marks.c.cell_id == id).values(manual_score=8.0, needs_manual_grade=False)
        )


def count(cohort, table) -> int:
    with cohort.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def judge(cohort, learner, criterion, decision, at, by="A-01"):
    lacking = {"sufficient"} if decision == "NYC" else set()
    held = [rule for rule in cohort.programme.rules.evidence_rules if rule not in lacking]
    return judgement.judge(cohort, learner, criterion, decision, by, "Say how you got the sum.", held, at=at)


def day(number: int, hour: int = 9) -> dt.datetime:
    return START + dt.timedelta(days=number, hours=hour)


def test_a_class_of_twelve(twelve, tmp_path):
    flags.flag(twelve, "L-0012", flags.RPL, "F-01", "Eight years at a switchboard", at=day(0))
    at_the_first_attempt_four_of_twelve_are_not_there_yet(twelve, tmp_path)
    at_the_second_only_what_was_not_yet_competent_is_judged(twelve, tmp_path)
    appealed = an_appeal_is_upheld_and_somebody_else_corrects(twelve)
    after_the_third_a_review_grants_one_more_and_only_one(twelve, tmp_path)
    overturned = moderation_overturns_one(twelve, tmp_path)
    the_unit_needs_knowledge_and_cross_field_outcomes_too(twelve)
    nothing_was_ever_overwritten(twelve, [appealed, overturned])


def at_the_first_attempt_four_of_twelve_are_not_there_yet(twelve, tmp_path):
    hand_in(twelve, tmp_path, 1, {one: 5.0 if one >= "L-0009" else 4.0 for one in EVERYONE}, day(1))
    standings = evidence.matrix(twelve)
    assert Counter(one.state for one in standings) == {evidence.READY: 24}
    assert standings[1].said == "ready to judge: marked 8/10", "a mark of a person is no check that failed"
    for one in standings:
        wrong = one.criterion == "so1-ac1" and not one.items[0].shown
        judge(twelve, one.learner, one.criterion, "NYC" if wrong else "C", day(2))
    assert (count(twelve, records.judgements), count(twelve, records.confirmations)) == (24, 120)
    assert [row["unit"] for row in results.results(twelve)] == [judgement.OPEN] * 8 + ["NYC"] * 4
    assert [one.learner for one in authenticity.pointers(twelve) if one.kind == authenticity.DECLARATION] == ["L-0008"]


def at_the_second_only_what_was_not_yet_competent_is_judged(twelve, tmp_path):
    hand_in(twelve, tmp_path, 2, {"L-0009": 4.0, "L-0010": 4.0, "L-0011": 5.0, "L-0012": 5.0}, day(10))
    with pytest.raises(KitError, match="Competent on so1-ac2 already"):
        judge(twelve, "L-0009", "so1-ac2", "C", day(11))
    for learner, decision in (("L-0009", "C"), ("L-0010", "C"), ("L-0011", "NYC"), ("L-0012", "NYC")):
        number = judge(twelve, learner, "so1-ac1", decision, day(11))
    assert decisions.rules_of(twelve, number) == {
        **dict.fromkeys(("valid", "authentic", "reliable", "current"), True),
        "sufficient": False,
    }
    assert (count(twelve, records.judgements), count(twelve, records.submissions)) == (28, 16)


def an_appeal_is_upheld_and_somebody_else_corrects(twelve) -> int:
    """Give the decision that was corrected."""
    against = judgement.standing_judgements(twelve, "L-0011")["L-0011", "so1-ac1"]
    number = appeals.lodge(twelve, "L-0011", "so1-ac1", "unfair", "5 was asked for.", "F-01", day(11, 10), at=day(12))
    assert appeals.appeal(twelve, number).due == dt.date(2027, 3, 17), "lodged on a Saturday; three working days"
    appeals.step(twelve, number, "meeting", "M-01", "Both were heard.", at=day(14))
    appeals.step(twelve, number, "answered", "M-01", "The question was unclear.", "upheld", at=day(15))
    with pytest.raises(KitError, match="nobody has corrected it yet"):
        appeals.step(twelve, number, "closed", "M-01", "Done.", at=day(15))
    judgement.correct(twelve, against["id"], "C", "A-02", "After appeal 1: the question was unclear.", at=day(16))
    appeals.step(twelve, number, "closed", "M-01", "Corrected and told.", at=day(16))
    assert [row["step"] for row in records.rows(twelve.engine, sa.select(records.appeals))] == [
        "lodged",
        "meeting",
        "answered",
        "closed",
    ]
    assert judgement.history(twelve)[against["id"] - 1]["decision"] == "NYC", "the old row stays as it was"
    return against["id"]


def after_the_third_a_review_grants_one_more_and_only_one(twelve, tmp_path):
    for round, at in ((3, 20), (4, 24)):
        hand_in(twelve, tmp_path, round, {"L-0012": 6.0}, day(at))
        judge(twelve, "L-0012", "so1-ac1", "NYC", day(at + 1))
        own = next(one for one in evidence.matrix(twelve, "L-0012") if one.criterion == "so1-ac1")
        assert own.spent and own.attempt == round and "a moderator reviews" in own.said
        assert ("moderator", "review: all attempts are used", ("so1-ac1",)) in evidence.missing([own])
        hand_in(twelve, tmp_path, round + 10, {"L-0012": 7.0}, day(at + 2))
        with pytest.raises(KitError, match=f"all {round} attempts"):
            judge(twelve, "L-0012", "so1-ac1", "C", day(at + 2, 10))
        outcome = judgement.AGAIN if round == 3 else judgement.FINAL
        judgement.review(twelve, "L-0012", "so1-ac1", "M-01", outcome, "He was ill.", day(at + 2, 11))
    with pytest.raises(KitError, match="reviewed already"):
        judgement.review(twelve, "L-0012", "so1-ac1", "M-01", judgement.AGAIN, "Again?", day(30))
    assert (count(twelve, records.judgements), count(twelve, records.reviews)) == (31, 2)


def moderation_overturns_one(twelve, tmp_path) -> int:
    """Appeals and prior learning are always in the sample; give the decision that was overturned."""
    sample, drawn = moderation.moderate(twelve, "M-01", "2027", day(32))
    why = {one.learner: one.why for one in drawn}
    assert "appeal" in why["L-0011"] and "recognition of prior learning" in why["L-0012"]
    taken = next(one.learner for one in drawn if one.learner < "L-0009")
    moderation.find(twelve, sample, taken, {"so1-ac2": ("overturned", "It names no caller.")}, "M-01", day(33))
    assert any("overturned" in said for said in final.why_not_final(twelve, taken))
    wrong = judgement.standing_judgements(twelve, taken)[taken, "so1-ac2"]["id"]
    judgement.correct(twelve, wrong, "NYC", "A-02", "After moderation: it names no caller.", at=day(34))
    assert not any("overturned" in said for said in final.why_not_final(twelve, taken))
    assert results.results(twelve)[EVERYONE.index(taken)]["so1"] == "NYC"
    hand_in(twelve, tmp_path, 20, {taken: 4.0}, day(40))
    judge(twelve, taken, "so1-ac2", "C", day(41), by="A-02")
    return wrong


def the_unit_needs_knowledge_and_cross_field_outcomes_too(twelve):
    assert {row["unit"] for row in results.results(twelve)} == {judgement.OPEN, "NYC"}
    for learner in EVERYONE:
        done, left = statements.evidence_all(twelve, learner, "A-01", day(42))
        assert (done, left) == (
            (("ek-sums", "ccfo-working"), ()) if learner != "L-0012" else (("ccfo-working",), ("ek-sums",))
        )
    rows = results.results(twelve)
    assert [row["unit"] for row in rows] == ["C"] * 11 + ["NYC"]
    assert rows[-1]["path"] == flags.RPL and rows[-1]["attempts"] == 4
    assert final.why_not_final(twelve, "L-0001") == [] and final.why_not_final(twelve, "L-0012")
    assert results_papers.statement(twelve, "L-0001").title == "Statement of Results"
    assert results_papers.statement(twelve, "L-0012").title.endswith("(provisional)")
    made = upload.upload(twelve)
    assert made.text.count("achieved") == 12 and {fault.column for fault in made.faults} == {"National_Id"}


def nothing_was_ever_overwritten(twelve, corrected: list[int]):
    """One chain of numbers a learner and criterion; every correction names another row."""
    history = judgement.history(twelve)
    for pair in {(row["learner"], row["criterion"]) for row in history}:
        own = [row for row in history if (row["learner"], row["criterion"]) == pair]
        assert [row["number"] for row in own] == list(range(1, len(own) + 1))
    assert sorted(row["corrects"] for row in history if row["corrects"]) == sorted(corrected)
    assert (count(twelve, records.judgements), count(twelve, records.confirmations)) == (33, 165)
    assert len(changes.since(twelve, None)) > 60 and changes.since(twelve, day(100)) == []
