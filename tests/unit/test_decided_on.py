"""A decision is made on what was graded and marked, says what it was made on, and still says so after later hand-ins."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re

import pytest
import sqlalchemy as sa

from learner_kit.assess import appeals, evidence, judgement, moderation, papers, portfolio, weighed
from learner_kit.assess.grade import grade
from learner_kit.assess.portfolio import signing
from learner_kit.cli import main
from learner_kit.course import records
from learner_kit.desks import assessor
from learner_kit.errors import KitError

from ..classwork import mark_all
from .hands import words

MEMO, FIGURES = "so1-ac3", "so1-ac1"  # the first of these criteria has a longer answer that a person marks
PRAISE = "Two benefits, each with its figure."


def standing(cohort, criterion: str, learner: str = "L-0001") -> evidence.Standing:
    return next(one for one in evidence.matrix(cohort, learner) if one.criterion == criterion)


def decide(cohort, criterion: str, decision: str = "C", **more) -> int:
    return judgement.judge(cohort, "L-0001", criterion, decision, "A-01", more.pop("reason", "As shown."), **more)


@pytest.fixture
def hand_in_on(hand_in):
    """Hand in on a day of January: no two hand-ins in one second, however fast the computer."""
    return lambda day, answers: hand_in("L-0001", answers, dt.datetime(2026, 1, day, 8, tzinfo=dt.UTC))


@pytest.fixture
def first(cohort, hand_in_on, right_answers, monkeypatch):
    """L-0001's hand-in 1, graded and marked 8/10: Competent on the memo's criterion, Not Yet Competent on the figures."""
    clock, ticks = records.now, itertools.count()
    monkeypatch.setattr(records, "now", lambda: clock() + dt.timedelta(seconds=next(ticks)))
    hand_in_on(1, {**right_answers, "so1-ac1-annual-sales": 1.0})
    grade(cohort)
    mark_all(cohort, "L-0001", 0.8, PRAISE)
    decide(cohort, MEMO)
    decide(cohort, FIGURES, "NYC", reason="Show how.")
    return cohort


@pytest.fixture
def again(first, hand_in_on, right_answers):
    """Hand-in 2 came, another memo in it, and is graded but not marked."""
    hand_in_on(2, {**right_answers, "so1-ac3-benefits-memo": "Something else altogether, said in a few words."})
    grade(first)
    return first


# --- what may be decided ---


def test_a_newer_hand_in_is_graded_before_anything_is_decided_on_it(first, hand_in_on, right_answers, capsys):
    assert "checks shown" in standing(first, FIGURES).counted
    hand_in_on(2, right_answers)
    now = standing(first, FIGURES)
    assert (now.state, now.attempt, now.said, now.counted) == (evidence.UNGRADED, 2, "not graded yet", "")
    assert standing(first, "so1-ac2").state == evidence.UNGRADED, "never judged, and weighed no sooner"
    assert standing(first, MEMO).state == evidence.C
    for decision in judgement.DECISIONS:
        with pytest.raises(KitError, match="so1-ac1 is not graded yet; grade it"):
            decide(first, FIGURES, decision)
    assert main(["judge", str(first.path), "L-0001", FIGURES, "C", "--by", "A-01"]) == 1
    assert "not graded yet" in capsys.readouterr().err
    assert len(judgement.history(first)) == 2
    grade(first)
    assert standing(first, FIGURES).state == evidence.READY
    decide(first, FIGURES)
    assert weighed.read(judgement.history(first)[-1]["rests_on"]).hand_ins == {"so1": 2}


def test_an_override_on_ungraded_work_says_which_hand_in_it_rests_on(first, hand_in_on, right_answers):
    hand_in_on(2, right_answers)
    decide(first, FIGURES, "NYC", reason="Not shown.", override="The file cannot be opened.")
    assert "(so1, hand-in 1)" in weighed.said(judgement.history(first)[-1]["rests_on"])


def test_the_first_hand_in_after_a_decision_without_evidence_waits_for_grading(cohort, hand_in_on, right_answers):
    at = records.now() - dt.timedelta(days=1)
    decide(cohort, FIGURES, "NYC", reason="Nothing came.", override="The time is over.", at=at)
    hand_in_on(1, right_answers)
    assert (standing(cohort, FIGURES).state, standing(cohort, FIGURES).attempt) == (evidence.UNGRADED, 2)


@pytest.mark.parametrize("decision", ["C", "NYC"])
def test_what_waits_for_marking_is_not_decided_without_an_override(again, decision):
    mark_all(again, "L-0001")
    decide(again, "so1-ac2")
    with again.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE grade SET needs_manual_grade = 1")
    waits = next(one for one in evidence.matrix(again, "L-0001") if one.state == evidence.WAITING)
    with pytest.raises(KitError, match="still waits for marking"):
        decide(again, waits.criterion, decision)
    decide(again, waits.criterion, decision, override="Marked on paper.")


def test_a_reason_has_words(first):
    for reason in ("…", " - ", "1."):
        with pytest.raises(KitError, match="is no reason; say it in words"):
            decide(first, "so1-ac2", reason=reason)
        with pytest.raises(KitError, match="is no reason; say it in words"):
            judgement.correct(first, 1, "NYC", "A-01", reason)
        with pytest.raises(KitError, match="is no reason; say it in words"):
            decide(first, "so1-ac2", override=reason)
    assert len(judgement.history(first)) == 2


def test_a_correction_that_changes_nothing_answers_somebody_or_is_refused(first):
    with pytest.raises(KitError, match="what judgement 1 says already"):
        judgement.correct(first, 1, "C", "A-01", "Same again.")
    with pytest.raises(KitError, match="what judgement 2 says already"):
        judgement.correct(first, 2, "NYC", "A-01", " Show how. ")
    assert judgement.correct(first, 2, "NYC", "A-01", "Show how you came to 84 000.") == 3, "what is missing is news"
    sample, _ = moderation.moderate(first, "M-01", "x")
    moderation.find(first, sample, "L-0001", {MEMO: ("more evidence", "Ask for the list.")}, "M-01")
    assert judgement.correct(first, 1, "C", "A-01", "The list came.") == 4


def test_feedback_cannot_have_been_given_on_a_day_to_come(first):
    day = records.now() + dt.timedelta(days=2)
    with pytest.raises(KitError, match="still to come"):
        appeals.lodge(first, "L-0001", FIGURES, "unfair", "It is there.", "F-01", day)
    assert appeals.appeals(first) == []


# --- what it was decided on ---


def report_row(cohort, number: str) -> tuple[str, ...]:
    rows = [row for block in papers.report(cohort, "L-0001").blocks for row in getattr(block, "rows", ())]
    return next(row for row in rows if len(row) == 6 and row[0].startswith(f"{number} "))


def test_a_decision_keeps_what_it_was_decided_on_through_later_hand_ins(first, hand_in_on, right_answers):
    before = {one: standing(first, one).counted for one in (MEMO, FIGURES)}
    assert "marked 8/10" in before[MEMO]
    hand_in_on(2, {**right_answers, "so1-ac3-benefits-memo": "Something else altogether, said in a few words."})
    for _ in range(2):
        assert standing(first, MEMO).counted == before[MEMO]
        found = evidence.matrix(first, "L-0001")
        told = {one["criterion"]: one["evidence"] for one in csv.DictReader(io.StringIO(evidence.as_csv(found)))}
        held = json.loads(evidence.as_json(first, found))["learners"]["L-0001"]
        marks = [one["share"] for one in held[MEMO]["evidence"] if one["kind"] == evidence.MARKED]
        assert marks == [0.8] and told[MEMO] == before[MEMO]
        weighed_then, _, judged, attempt = report_row(first, "1.3")[1:5]
        assert weighed_then.splitlines()[:2] == [before[MEMO], "so1, hand-in 1, 1 January 2026"]
        assert (judged, attempt) == ("Competent", "1")
        assert PRAISE in repr(papers.feedback(first, "L-0001"))
        grade(first)
    fresh = next(item for item in standing(first, MEMO).items if item.kind == evidence.MARKED)
    assert fresh.share is None, "what is there now waits for its own mark"


def test_a_report_shows_the_decision_that_stands_and_says_what_came_since(again):
    before = weighed.said(judgement.history(again)[1]["rests_on"])
    evidence_then, rules, judged, attempt, reason = report_row(again, "1.1")[1:]
    assert evidence_then.splitlines()[0] == before.partition(" (")[0] and "hand-in 1," in evidence_then
    assert judged == "Not Yet Competent\n(since then: handed in; not judged yet)"
    assert (attempt, reason) == ("1", "Show how.") and rules


def test_nothing_that_a_learner_wrote_is_kept_with_a_decision():
    items = [evidence.Item("so1-ac5-minute", "document", "so1", None, "Thandi Dlamini.pdf Her minute")]
    assert (
        "Thandi" not in weighed.written(items, {"so1": 1}) and weighed.said(weighed.written(items, {})) == "1 document"
    )


def test_decisions_of_an_older_kit_are_shown_with_what_is_there_now(again):
    with again.engine.begin() as connection:
        connection.execute(records.judgements.update().values(rests_on=None))
    assert standing(again, MEMO).counted == weighed.counted(standing(again, MEMO).items)
    assert "so1, hand-in 1," in report_row(again, "1.3")[1]


def test_a_portfolio_keeps_the_checks_and_marks_behind_earlier_decisions(again):
    key = signing.new_key(again.path / "keys" / "key.pem")
    data = portfolio.make(again, "L-0001", key, "A-01") / "data"
    now = (data / "3-evidence" / "so1" / "answers.html").read_text(encoding="utf-8")
    then = (data / "3-evidence" / "so1" / "hand-in-1" / "answers.html").read_text(encoding="utf-8")
    assert "Something else altogether" in now and "Not marked yet" in now and "(hand-in 2)" in now
    assert "Marked 8/10" in then and PRAISE in then and "Something else altogether" not in then
    assert "Decision no. 1, attempt 1: Competent." in then and "Not there yet" in then
    assert re.findall(r"<h2 id='([^']+)'", then) == [FIGURES, MEMO], "only what was judged on it"
    assert not (data / "3-evidence" / "so1" / "hand-in-2" / "answers.html").exists()
    index = (data / "index.html").read_text(encoding="utf-8")
    row = re.search(r"<tr><th scope='row'>1\.1 .*?</tr>", index)[0]
    assert "Not Yet Competent (since then: ready to judge)</td><td>1</td>" in row
    assert "so1/hand-in-1/answers.html#so1-ac1'>so1, hand-in 1: what was judged" in row
    decided = (data / "4-reporting" / "decisions.html").read_text(encoding="utf-8")
    assert "marked 8/10 (so1, hand-in 1)" in decided


# --- the desk ---


def test_the_desk_says_beforehand_what_will_be_refused(first, hand_in_on, right_answers):
    hand_in_on(2, right_answers)
    one = assessor.Desk(first.path).judging
    one.learner.value, one.criterion.value = "L-0001", FIGURES
    one.decision.value = "C"
    assert "Nothing can be recorded so: what was handed in for so1-ac1 is not graded yet" in words(one.will.value)
    one.record.click()
    assert "not graded yet" in one.said.text and len(judgement.history(first)) == 2
    one.override.value = "The file cannot be opened."
    assert "Will be recorded" in words(one.will.value) and "attempt 2" in words(one.will.value)
    one.criterion.value = MEMO
    assert "Decided on: " in words(one.head.value) and "marked 8/10 (so1, hand-in 1)" in words(one.head.value)
    one.decision.value = "NYC"
    said = words(one.will.value)
    assert "is Competent on so1-ac3 already" in said and "tick the box above" in said
    one.corrects.value = True
    assert "Will be recorded" in words(one.will.value) and "as a correction" in words(one.will.value)


def test_after_the_last_attempt_the_desk_promises_no_record(first):
    with first.engine.begin() as connection:
        connection.execute(
            records.judgements.update().where(records.judgements.c.criterion == FIGURES).values(attempt=3)
        )
        assert connection.scalar(sa.select(sa.func.count()).select_from(records.judgements)) == 2
    one = assessor.Desk(first.path).judging
    one.learner.value, one.criterion.value, one.decision.value = "L-0001", FIGURES, "NYC"
    assert "Nothing can be recorded so: all 3 attempts on so1-ac1 are used" in words(one.will.value)


def test_next_to_judge_says_what_waits_instead(first, hand_in_on, right_answers):
    hand_in_on(2, right_answers)
    one = assessor.Desk(first.path).judging
    one.next.click()
    assert re.search(r"Nothing is ready to judge now\. In this class there are \d+ to grade\.", one.top.text)
