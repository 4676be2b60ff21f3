"""Appeals and flags at the assessor's desk, driven through their widgets."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from learner_kit.assess import appeals, evidence, flags, judgement, papers
from learner_kit.assess.dates import long_day, working_days_after
from learner_kit.assess.grade import grade
from learner_kit.assess.papers import results as results_papers
from learner_kit.course import enrol, records
from learner_kit.documents import long_date
from learner_kit.errors import KitError
from learner_kit.moments import short_date

from .hands import words

widgets = pytest.importorskip("ipywidgets")
from learner_kit.desks import assessor  # noqa: E402


def hidden(confirm) -> bool:
    return confirm.sure.layout.display == "none"


@pytest.fixture
def judged(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    grade(cohort)
    judgement.judge(cohort, "L-0001", "so1-ac1", "C", "A-01")
    judgement.judge(cohort, "L-0001", "so1-ac2", "NYC", "A-01", "Say who is dispatched.")
    return cohort


@pytest.fixture
def desk(judged):
    return assessor.Desk(judged.path)


def lodge(desk, says="It stands on page 2. <b>Look</b>"):
    form = desk.appeals.lodging
    form.criterion.value, form.told.value, form.says.value = "so1-ac2", dt.date.today(), says
    form.take.begin.click()
    form.take.yes.click()
    return form


def test_an_appeal_is_said_before_it_is_recorded_and_then_stands_with_its_deadline(desk, judged):
    form = desk.appeals.lodging
    assert [one for _, one in form.learner.options] == ["L-0001"], "only where something was decided"
    assert [one for _, one in form.criterion.options] == ["so1-ac1", "so1-ac2"]
    form.take.begin.click()
    assert "Give the day" in form.said.text and hidden(form.take)
    form.told.value = dt.date.today() + dt.timedelta(days=1)
    form.take.begin.click()
    assert "in the future" in form.said.text
    form.criterion.value, form.told.value = "so1-ac2", dt.date.today()
    form.take.begin.click()
    assert "the learner's own words are needed" in form.said.text and hidden(form.take)
    form.says.value = "It stands on page 2. <b>Look</b>"
    form.take.begin.click()
    assert "Will be recorded by A-01: L-0001 appeals against judgement 2" in form.said.text and not hidden(form.take)
    assert appeals.appeals(judged) == [], "nothing is recorded before the second step"
    form.take.no.click()
    assert form.said.text == "Nothing was recorded." and hidden(form.take)
    form.take.begin.click()
    form.ground.value = "unreliable"
    assert hidden(form.take), "what was asked no longer counts once a field changes"
    form.take.yes.click()
    assert appeals.appeals(judged) == []
    form.take.begin.click()
    form.take.yes.click()
    form.take.yes.click()
    (one,) = appeals.appeals(judged)
    due = working_days_after(dt.date.today(), judged.programme.rules.appeal_answer_days)
    assert (one.learner, one.criterion, one.ground, one.due) == ("L-0001", "so1-ac2", "unreliable", due)
    assert f"Taken in as appeal 1. The answer is due on {long_date(due)}." == form.said.text
    assert short_date(due) in desk.appeals.list.value and "<b>Look" not in desk.appeals.path.value
    assert form.says.value == "" and form.told.value is None


def test_a_late_appeal_needs_its_reason_and_no_two_are_open_against_one_decision(desk, judged):
    with judged.engine.begin() as connection:
        before = records.now() - dt.timedelta(days=9)
        connection.execute(records.judgements.update().values(decided_at=before))
    form = desk.appeals.lodging
    form.criterion.value, form.says.value = "so1-ac2", "It is there."
    form.told.value = dt.date.today() - dt.timedelta(days=8)
    form.take.begin.click()
    assert "Say why it is late" in form.said.text and hidden(form.take)
    form.late.value = "In hospital"
    form.take.begin.click()
    form.take.yes.click()
    assert "Late because: In hospital" in appeals.appeal(judged, 1).steps[0]["says"]
    form.told.value, form.says.value, form.criterion.value = dt.date.today(), "Again.", "so1-ac2"
    form.take.begin.click()
    assert "open already" in form.said.text and len(appeals.appeals(judged)) == 1


def test_steps_go_on_only_as_they_may_until_nothing_is_due(desk, judged):
    lodge(desk)
    form = desk.appeals.going
    assert [what for _, what in form.step.options] == ["meeting", "answered", "withdrawn"]
    form.record.begin.click()
    assert "say what was said or decided" in form.said.text and hidden(form.record)
    form.step.value, form.says.value = "answered", "The page was overlooked."
    assert form.by.value == "M-01", "a moderator answers"
    form.record.begin.click()
    assert "the answer is one of" in form.said.text and hidden(form.record)
    form.outcome.value = "upheld"
    form.by.value = "A-01"
    form.record.begin.click()
    assert "not registered as moderator" in form.said.text and hidden(form.record)
    form.by.value = "M-01"
    form.record.begin.click()
    assert "the moderator answered, by M-01. Answer: The decision does not stand" in form.said.text
    assert appeals.appeal(judged, 1).state == "lodged"
    form.record.yes.click()
    assert appeals.appeal(judged, 1).state == "answered" and "The next step is due on" in form.said.text
    assert [what for _, what in form.step.options] == ["escalated", "closed"]
    form.step.value, form.says.value = "closed", "Told the learner."
    form.record.begin.click()
    assert "nobody has corrected it yet" in form.said.text and hidden(form.record)
    with pytest.raises(KitError, match=r"appeal 1 .* is open .*another assessor may; register one first"):
        judgement.correct(judged, 2, "C", "A-01", "The page was overlooked.")
    assert enrol.register(judged, "assessor", "Mokoena", "Lerato", "A/2", "F-01") == "A-02"
    assert "not corrected yet" in repr(results_papers.appeal_form(judged, "L-0001", 1))
    judgement.correct(judged, 2, "C", "A-02", "The page was overlooked.")
    new = judgement.standing_judgements(judged, "L-0001")["L-0001", "so1-ac2"]["id"]
    assert f"Competent, judgement {new} by A-02, " in repr(results_papers.appeal_form(judged, "L-0001", 1))
    form.record.begin.click()
    form.record.yes.click()
    assert not appeals.appeal(judged, 1).open and "Nothing more is due." in form.said.text
    assert form.record.begin.disabled and "nothing is due" in words(desk.appeals.list.value)
    assert "Told the learner." in desk.appeals.path.value
    form.form.click()
    assert 'download="L-0001-appeal-1.pdf"' in form.links.value


def test_feedback_says_what_came_of_an_appeal_and_that_a_final_answer_is_the_last(judged):
    now = records.now()
    appeals.lodge(judged, "L-0001", "so1-ac2", "unfair", "It is there.", "F-01", now, at=now)
    assert "on 1.2 Value of existing customers: Not answered yet. The next step is due by" in said_of(judged)
    appeals.step(judged, 1, "answered", "M-01", "no caller is named", "dismissed")
    assert "The decision stands. No caller is named. The next step" in said_of(judged)
    appeals.step(judged, 1, "escalated", "L-0001", "I do not agree.")
    appeals.step(judged, 1, "final", "outside", "The moderator is right.", "dismissed")
    appeals.step(judged, 1, "closed", "M-01", "Told the learner.")
    assert "The moderator is right. This answer is final: there is no further appeal" in said_of(judged)
    with pytest.raises(KitError, match="was dismissed finally"):
        appeals.lodge(judged, "L-0001", "so1-ac2", "unfair", "Once more.", "F-01", now, at=now)


def said_of(judged) -> str:
    return repr(papers.feedback(judged, "L-0001"))


def test_a_step_at_another_desk_is_noticed(desk, judged):
    lodge(desk)
    form = desk.appeals.going
    form.step.value, form.says.value = "withdrawn", "We talked."
    assert form.by.value == "L-0001"
    form.record.begin.click()
    appeals.step(judged, 1, "withdrawn", "L-0001", "No longer.")
    form.record.yes.click()
    assert "after 'withdrawn' comes nothing: it is closed" in form.said.text
    assert len(appeals.appeal(judged, 1).steps) == 2


def test_what_is_late_is_said(desk, judged):
    lodge(desk)
    with judged.engine.begin() as connection:
        connection.execute(records.appeals.update().values(at=records.now() - dt.timedelta(days=30)))
    desk.room.changed()
    assert re.search(r"\d+ [A-Z][a-z]{2} \d{4}, late", desk.appeals.list.value)


def test_a_flag_is_set_and_taken_back_with_a_reason_and_both_stay(desk, judged):
    form = desk.flags
    assert "No flag holds" in form.found.value
    form.learner.value = "L-0002"
    form.set.begin.click()
    assert "Give a reason." in form.said.text and "letters" not in form.said.text and hidden(form.set)
    form.reason.value = "x" * 501
    form.set.begin.click()
    assert "at most 500" in form.said.text
    form.reason.value = "Ten years <i>at</i> the counter"
    form.clear.begin.click()
    assert "has no flag" in form.said.text and hidden(form.clear)
    form.set.begin.click()
    assert "the portfolio is always moderated" in form.said.text and flags.flags(judged) == {}
    form.clear.begin.click()
    assert hidden(form.set), "one question at a time"
    form.set.begin.click()
    form.set.yes.click()
    assert flags.flags(judged) == {"L-0002": {flags.RPL: "Ten years <i>at</i> the counter"}}
    assert "<i>" not in form.found.value and "&lt;i&gt;at" in form.found.value and form.reason.value == ""
    desk.judging.learner.value = "L-0002"
    assert "recognition of prior learning" in desk.judging.head.value
    form.flag.value, form.reason.value = flags.RPL, "Another learner was meant."
    form.clear.begin.click()
    form.clear.yes.click()
    assert flags.flags(judged) == {} and len(records.rows(judged.engine, records.flags.select())) == 2
    assert "taken back" in form.said.text and "recognition" not in desk.judging.head.value


def test_an_open_appeal_shows_where_it_is_judged_and_bars_the_assessor_it_is_against(desk, judged):
    lodge(desk)
    due, one = long_date(appeals.appeal(judged, 1).due), desk.judging
    (said,) = [label for label, id in one.learner.options if id == "L-0001"]
    assert f"appeal 1 open, next step by {due}" in said
    one.criterion.value = "so1-ac2"
    assert f"Appeal 1 against judgement 2 is open: lodged on {long_day(records.now())}" in words(one.head.value)
    one.all.click()
    one.decision.value, one.reason.value, one.corrects.value = "C", "I see it now.", True
    one.record.click()
    assert "appeal 1 against judgement 2, which A-01 made, is open (its last step: lodged)" in one.said.text
    assert len(judgement.history(judged)) == 2
    appeals.step(judged, 1, "withdrawn", "L-0001", "I see why.")
    one.record.click()
    assert "Recorded as judgement 3" in one.said.text
    assert "appeal" not in one.learner.options[0][0]


def test_new_evidence_is_no_way_round_an_open_appeal_either(desk, judged, hand_in, right_answers, monkeypatch):
    lodge(desk)
    later = records.now() + dt.timedelta(minutes=5)  # what came within the second of a decision is not new
    monkeypatch.setattr(records, "now", lambda: later)
    hand_in("L-0001", right_answers, later.replace(tzinfo=dt.UTC))
    grade(judged)
    assert next(one for one in evidence.matrix(judged, "L-0001") if one.criterion == "so1-ac2").state != "NYC"
    for override in ("", "It must be judged today."):
        with pytest.raises(KitError, match=r"A-01 cannot decide on this criterion; another assessor may; register one"):
            judgement.judge(judged, "L-0001", "so1-ac2", "NYC", "A-01", "Not there.", override=override)
    enrol.register(judged, "assessor", "Mokoena", "Lerato", "A/2", "F-01")
    judgement.judge(judged, "L-0001", "so1-ac2", "NYC", "A-02", "Not there.")


def test_a_correction_is_no_way_round_an_open_appeal_but_its_answer_may_let_the_assessor(judged):
    now = records.now()
    appeals.lodge(judged, "L-0001", "so1-ac2", "unfair", "It is there.", "F-01", now, at=now)
    assert enrol.register(judged, "assessor", "Mokoena", "Lerato", "A/2", "F-01") == "A-02"
    judgement.correct(judged, 2, "C", "A-02", "It is there.")
    with pytest.raises(KitError, match="another assessor may: A-02"):
        judgement.correct(judged, 3, "NYC", "A-01", "It is not.")
    judgement.correct(judged, 1, "NYC", "A-01", "No appeal is against this one.")
    appeals.step(judged, 1, "answered", "M-01", "Look again together.", "same assessor, observed")
    assert judgement.correct(judged, 3, "NYC", "A-01", "The moderator looked on.") == 5
