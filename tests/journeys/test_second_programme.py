"""Another unit standard is another folder: the whole circle on the small programme, with not a line of code changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from learner_kit.assess import evidence, grade, judgement, moderation, papers, portfolio, results
from learner_kit.assess.portfolio import signing
from learner_kit.cli import main
from learner_kit.course import enrol, programme, records, release, soundness
from learner_kit.course.cohort import create
from learner_kit.course.collect import collect
from learner_kit.course.submission import pack

from ..classwork import memo_answers, write_answers

FOLDER = programme.HOME / "programmes" / "customer-focus"
BOOK = "foundation"
LEARNERS = ("L-0001", "L-0002", "L-0003")


@pytest.fixture
def memo() -> dict:
    return memo_answers(FOLDER, BOOK)


@pytest.fixture
def small(tmp_path):
    made = create(tmp_path / "small", FOLDER, seed="tests")
    enrol.enrol(made, [enrol.Person(n, f"Surname{n}", f"Name{n}", site="Mthatha") for n in (1, 2, 3)], "tests")
    enrol.register(made, "assessor", "Dlamini", "Thandi", "ETDP-1", "tests")
    enrol.register(made, "moderator", "Botha", "Piet", "ETDP-2", "tests")
    yield made
    made.engine.dispose()


def test_the_programme_is_fit_to_be_given():
    found = programme.load(FOLDER)
    assert soundness.faults(found) == []
    assert found.unit.hours == sum(one.hours for one in found.activities) == 20
    assert main(["check", str(FOLDER)]) == 0


def test_the_whole_circle(small, memo, tmp_path):
    release.release(small, BOOK, "tests")
    zips = []
    for learner, answers in zip(LEARNERS, (memo, memo, {}), strict=True):
        work = write_answers(tmp_path / "work" / learner / BOOK, answers, learner, BOOK)
        zips.append(pack(work, BOOK, learner, tmp_path, declared=True).path)
    assert [one.state for one in collect(small, zips, "tests")] == ["new"] * 3

    graded = {one.learner: one for one in grade.grade(small, who="tests")}
    for learner in LEARNERS[:2]:
        assert (graded[learner].score, graded[learner].waiting) == (graded[learner].out_of, 2), (
            "two texts wait for a person"
        )
    assert graded["L-0003"].score == 0

    standing = evidence.matrix(small, "L-0001")
    assert [one.criterion for one in standing] == [one.id for one in small.programme.unit.criteria]
    assert len(standing) == 6
    for learner in LEARNERS[:2]:
        for criterion in small.programme.unit.criteria:
            judgement.judge(
                small,
                learner=learner,
                criterion=criterion.id,
                decision="C" if learner == "L-0001" else "NYC",
                reason="Shown at work and in the workbook" if learner == "L-0001" else "No document from work",
                assessor="A-01",
                override="The texts were marked on paper",
            )
    rows = {row["learner"]: row for row in results.results(small)}
    assert set(rows) == set(LEARNERS)
    for path in papers.write(small, "L-0001"):
        assert path.read_bytes().startswith((b"%PDF", b"PK"))
    key, _ = signing.own_key(small.path)
    bag = portfolio.make(small, "L-0001", key, "tests")
    assert portfolio.verify(bag) == []
    number, sample = moderation.moderate(small, "M-01", "2026-1")
    assert {one.learner for one in sample} >= {"L-0002"}, "Not Yet Competent is always looked at"
    assert records.rows(small.engine, select(records.samples.c.id))[0]["id"] == number
