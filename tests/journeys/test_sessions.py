"""A class of thirty through six sessions: absences, late entries, corrections, polls, groups, late hand-ins, evaluation."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from itertools import combinations

import pytest

from learner_kit.assess import progress
from learner_kit.assess.grade import grade
from learner_kit.course import class_records, collect, enrol, opinions, polls, records, release
from learner_kit.course import cohort as cohorts
from learner_kit.course.submission import pack
from learner_kit.errors import DataError, KitError
from learner_kit.teaching import (
    attendance,
    evaluation,
    evaluation_papers,
    grouping,
    knowledge,
    plans,
    polling,
    pooling,
    register_sheet,
    sessions,
)
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
    shared = tmp_path / "shared"
    shared.mkdir()
    for number, day in enumerate(DAYS):
        the_register_of_a_day(cohort, day, number, learners, minutes, chance)
        here = {one for one, row in attendance.standing(cohort, day).items() if row["state"] == PRESENT}
        a_question_to_the_class(cohort, shared, number, sorted(here), chance)
        groups_of_a_day(cohort, day, here)
    the_questions_together(cohort)
    for learner, held in attendance.attended(cohort, DAYS[-1]).items():
        assert (held.minutes, held.of) == (minutes[learner], 720), learner
    ruled = attendance.rulings(cohort, DAYS[-1])
    assert {one for one in learners if not ruled[one].allowed} == {one for one in learners if minutes[one] < 576}
    assert not ruled["L-0030"].allowed, "was never there"
    the_work_comes_in(cohort, learners, fill, right_answers, tmp_path)
    the_end(cohort, learners, chance, shared)
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


def a_question_to_the_class(cohort, shared, number, here, chance):
    """Odd sessions ask a question of a workbook, even ones one for marks; most answer by computer, some by hand."""
    if number % 2:
        id = next(id for id in polling.offered(cohort, "so1") if polling.from_question(cohort, "so1", id).options)
        poll = polling.from_question(cohort, "so1", id)
    else:
        poll = polls.new(f"How clear was lesson {number + 1}?", "choice", ["1", "2", "3", "4", "5"])
    polling.ask(cohort, poll, "F-01", str(shared))
    by_hand, said = here[:4], Counter()
    for learner in here[4:]:
        value = chance.randrange(len(poll.options))
        polls.answer(shared, poll, value if poll.kind == "choice" else [value], f"computer of {learner}")
        said[value] += 1
    for learner in here[4:7]:  # they change their minds; each still counts once
        polls.answer(shared, poll, 0 if poll.kind == "choice" else [0], f"computer of {learner}")
    (shared / polls.ANSWERS / poll.id / "L-0030.json").write_text("{}", encoding="utf-8")
    hands = [0] * len(poll.options)
    hands[1] = len(by_hand)
    result, ignored = polling.results(polling.opened(cohort), " ".join(map(str, hands)))
    assert result.base == len(here) == sum(many for _, many in result.counts) and len(ignored) == 1
    assert polling.close(cohort, "F-01", " ".join(map(str, hands))).counts == result.counts
    assert dict(result.counts)[poll.options[1]] >= len(by_hand)


def groups_of_a_day(cohort, day, here):
    """Whoever is absent is in no group, and no two meet twice in six sessions."""
    made = grouping.propose(cohort, day, 3, f"seed of {day}")
    assert {one for team in made.teams for one in team} == here and not made.again
    grouping.keep(cohort, made, "F-01")
    met = Counter(
        frozenset(pair) for one in grouping.history(cohort) for team in one.teams for pair in combinations(team, 2)
    )
    assert max(met.values()) == 1


def the_questions_together(cohort):
    """Six questions stand on record as counts; the marks of three of them join the class's own survey."""
    every = polling.history(cohort)
    rated = [one for one in every if pooling.rates(one)]
    assert len(every) == 6 and len(rated) == 3
    found = pooling.pool([("mine.csv", b"Item;Rating\nDelivery;4\n")], rated)
    assert len(found.rows) == 1 + sum(one.result.base for one in rated)
    held = str(records.rows(cohort.engine, class_records.polls.select()))
    assert "L-00" not in held, "no answer has a name"


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
    said = progress.message(cohort, found, "L-0001")
    assert f"You have attended {attendance.may_be_assessed(cohort, 'L-0001').share:.0%} of the sessions" in said
    assert "Thank you for handing in Workbook 1 · Why customers matter (so1)." in said
    assert "Please look at these questions again" in said
    begin = progress.message(cohort, found, "L-0020")
    assert re.search(r"\(so1\), (due|overdue since) 18 August 2026", begin) and "Can I help you to begin" in begin


def the_end(cohort, learners, chance, shared):
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
    opinions.prepare(shared)
    for place in range(22):
        one = {
            name: chance.choice(question.answers)
            for question in asked.questions
            if question.answers
            for name in question.columns
        }
        if place % 2:
            opinions.send(shared, "end", one)  # on the learner's own page
        else:
            evaluation.add(cohort, [one])  # typed from paper
    assert evaluation.take_in(cohort, opinions.lying(shared)) == (11, [])
    document = evaluation_papers.report(cohort)
    assert evaluation.count(cohort) == 22 and any(
        "25 learners did the check" in str(getattr(one, "text", "")) for one in document.blocks
    )
