"""A class of thirty through six sessions: absences, late arrivals, late entries, corrections, late hand-ins, evaluation."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from learner_kit.assess import progress
from learner_kit.assess.grade import grade
from learner_kit.course import cohort as cohorts
from learner_kit.course import collect, enrol, release
from learner_kit.course.submission import pack
from learner_kit.errors import DataError, KitError
from learner_kit.teaching import attendance, evaluation, evaluation_papers, knowledge, plans, register_sheet, sessions
from learner_kit.teaching.attendance import ABSENT, PRESENT, Entry

DAYS = [dt.date(2026, 8, 4) + dt.timedelta(days=7 * week) for week in range(6)]
SIZE = 30


def test_thirty_learners_through_six_sessions(tmp_path, fill, right_answers):
    cohort = cohorts.create(tmp_path / "winter", seed="six sessions")
    enrol.enrol(cohort, [enrol.Person(n, f"Surname{n}", f"Name{n}") for n in range(1, SIZE + 1)], "F-01", DAYS[0])
    learners = enrol.learners(cohort)
    slots = [sessions.Slot(day, dt.time(9), dt.time(11)) for day in DAYS]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")
    minutes = dict.fromkeys(learners, 0)
    chance = random.Random(6)
    for number, day in enumerate(DAYS):
        the_register_of_a_day(cohort, day, number, learners, minutes, chance)
    for learner, held in attendance.attended(cohort, DAYS[-1]).items():
        assert (held.minutes, held.of) == (minutes[learner], 720), learner
    ruled = attendance.rulings(cohort, DAYS[-1])
    assert {one for one in learners if not ruled[one].allowed} == {one for one in learners if minutes[one] < 576}
    assert not ruled["L-0030"].allowed, "was never there"
    the_work_comes_in(cohort, learners, fill, right_answers, tmp_path)
    the_end(cohort, learners, chance)
    cohort.engine.dispose()


def the_register_of_a_day(cohort, day, number, learners, minutes, chance):
    """Odd days come from paper a day later, even ones from the screen; one is corrected, one is taken back."""
    now = dt.datetime.combine(day, dt.time(7))
    late = now + dt.timedelta(days=1)
    away = {one for one in learners if chance.random() < 0.12} | {"L-0030"}
    slow = {one for one in learners if chance.random() < 0.1} - away
    if number % 2:
        codes = [f"{register_sheet.code(one)}-I" for one in away] + [f"{register_sheet.code(one)}@0930" for one in slow]
        entries = register_sheet.read_back(" ".join([*codes, "*"]), learners, "from the sheet")
        with pytest.raises(DataError, match="after the day itself"):
            attendance.record(cohort, day, [Entry("L-0001", PRESENT)], "F-01", now=late)
        done = attendance.record(cohort, day, entries, "F-01", source="paper", now=late)
    else:
        entries = [Entry(one, ABSENT, reason="W") for one in away] + [
            Entry(one, PRESENT, dt.time(9, 30)) for one in slow
        ]
        entries += [Entry(one, PRESENT) for one in learners if one not in away | slow]
        done = attendance.record(cohort, day, entries[:20], "F-01", now=now)
        other = attendance.record(cohort, day, entries[20:], "F-02", now=now)
        assert len(done.written) + len(other.written) == SIZE
        assert attendance.record(cohort, day, entries, "F-02", now=now).unchanged, "the same again changes nothing"
    if number == 2:
        attendance.record(cohort, day, [Entry("L-0002", ABSENT, note="slip")], "F-03", now=now)
        attendance.take_back(cohort, day, "F-03", now)
    if number == 4:
        attendance.record(cohort, day, [Entry("L-0030", ABSENT, reason="I", note="certificate came")], "F-01", now=late)
        assert len(attendance.history(cohort, day, "L-0030")) == 2
    session = attendance.of_day(cohort, day)
    for one, row in attendance.standing(cohort, day).items():
        assert row["state"] == (ABSENT if one in away else PRESENT)
        minutes[one] += attendance.present_minutes(session, row)
        expected = 0 if one in away else 90 if one in slow else 120
        assert attendance.present_minutes(session, row) == expected


def the_work_comes_in(cohort, learners, fill, right_answers, tmp_path):
    """Ten hand in so1, three of them late; five miss the same question; one hands in twice and stays stuck."""
    due = release.end_of(dt.date(2026, 8, 18))
    release.release(cohort, "so1", "F-01", due)
    wrong = "so1-ac1-annual-sales"
    out = tmp_path / "zips"
    out.mkdir()
    for place, learner in enumerate(learners[:10]):
        answers = {**right_answers, **({wrong: 1.0} if place < 5 else {})}
        at = dt.datetime(2026, 8, 20 if place in (7, 8, 9) else 15, 8, tzinfo=dt.UTC)
        pack(fill(learner, answers), "so1", learner, out, at)
    again = {**right_answers, wrong: 2.0}
    pack(fill("L-0001", again), "so1", "L-0001", out, dt.datetime(2026, 8, 17, 8, tzinfo=dt.UTC))
    taken = collect.collect(cohort, [out], "F-01")
    assert [one.state for one in taken].count("refused") == 0 and len(taken) == 11
    graded = grade(cohort)
    assert sum(one.late is not None for one in graded) == 3
    found = progress.progress(cohort)
    assert len(found.not_started) == 20 and found.released == ("so1",)
    own = [one for one in found.stuck if one.question == wrong]
    assert {one.learner for one in own} >= {"L-0001"} and own[0].learner == "L-0001" and own[0].again
    assert wrong in {one.question for one in found.questions if one.missed >= 5}
    said = progress.message(
        cohort, found, "L-0001", attended=attendance.may_be_assessed(cohort, "L-0001", DAYS[-1]).said
    )
    assert "Thank you for handing in so1" in said and "Please look at these questions again" in said
    begin = progress.message(cohort, found, "L-0020", [("so1", "18 August 2026")])
    assert "so1, by 18 August 2026" in begin and "Can I help you to begin" in begin


def the_end(cohort, learners, chance):
    check = knowledge.load(cohort.programme)
    right = "".join(one.right for one in check.items)
    knowledge.enter(cohort, "before", dict.fromkeys(learners, right[:4] + "-" * 8), "F-01")
    knowledge.enter(
        cohort,
        "after",
        {one: right[: 8 + place % 3] + "-" * (4 - place % 3) for place, one in enumerate(learners[:25])},
        "F-01",
    )
    gained = knowledge.gain(cohort)
    assert gained.learners == 25 and gained.better == 25 and 4 <= gained.low <= gained.gain <= gained.high <= 6
    asked = evaluation.questionnaire(cohort)
    with pytest.raises(KitError, match="There is no form yet"):
        evaluation_papers.report(cohort)
    for _ in range(22):
        one = {
            name: chance.choice(question.answers)
            for question in asked.questions
            if question.answers
            for name in question.columns
        }
        evaluation.add(cohort, [one])
    document = evaluation_papers.report(cohort)
    assert evaluation.count(cohort) == 22 and any(
        "25 learners did the check" in str(getattr(one, "text", "")) for one in document.blocks
    )
