"""What many tests need: a cohort with workbook so1 released, learners enrolled, and ways to fill a workbook in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from learner_kit.course.cohort import create, open_cohort
from learner_kit.course.programme import ASSESSMENTS

from . import classwork, postgresql, windowslike

os.environ.setdefault("MPLBACKEND", "agg")
settings.register_profile("kit", deadline=None, max_examples=50)  # a busy machine must not fail a test
settings.load_profile("kit")


@pytest.fixture(autouse=True)
def windows_would_do_it_too(tmp_path_factory: pytest.TempPathFactory):
    """No file is renamed or removed while it is open, and none has a name that Windows refuses; tests may clear `refused`."""
    windowslike.watch(str(tmp_path_factory.getbasetemp()))
    windowslike.refused.clear()
    yield windowslike.refused
    assert not windowslike.refused


@pytest.fixture(scope="session")
def made_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort that no test changes: three learners, one assessor and one moderator, so1 released."""
    from learner_kit.course import enrol, release

    cohort = create(tmp_path_factory.mktemp("made") / "class", seed="tests")
    people = [
        enrol.Person(n, f"Surname{n}", f"Name{n}", email=f"l{n}@example.co.za", site=["Durban", "Polokwane"][n % 2])
        for n in (1, 2, 3)
    ]
    enrol.enrol(cohort, people, "tests")
    enrol.register(cohort, "assessor", "Dlamini", "Thandi", "ETDP-1", "tests")
    enrol.register(cohort, "moderator", "Botha", "Piet", "ETDP-2", "tests")
    release.release(cohort, "so1", "tests")
    cohort.engine.dispose()
    return cohort.path


@pytest.fixture
def cohort(made_cohort: Path, tmp_path: Path):
    """A fresh copy of the cohort, the test's own to change."""
    shutil.copytree(made_cohort, tmp_path / "class")
    opened = open_cohort(tmp_path / "class")
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of the tests' own; whoever stops it starts it again. Modules with it: xdist_group("upkeep")."""
    if why := postgresql.missing():
        pytest.skip(why)
    with postgresql.running(safe=False) as made:
        yield made


@pytest.fixture(scope="session")
def right_answers() -> dict:
    """The memo's answers to workbook so1: what a learner who knows everything would type."""
    return classwork.memo_answers(ASSESSMENTS, "so1")


@pytest.fixture
def fill(tmp_path: Path, made_cohort: Path):
    """Fill a workbook in: fill("L-0001", answers) gives its folder. Answers to practice figures become the learner's own."""
    from learner_kit.course import master
    from learner_kit.demo.learners import own_answers

    def fill(learner: str, answers: dict, workbook: str = "so1") -> Path:
        path = made_cohort / "source" / workbook / f"{workbook}.ipynb"
        if path.is_file():
            own = master.run(master.read(path), {}, learner, dry=True).expected
            carried = own_answers(master.read(path), learner, answers)
            answers = {id: value if value == own.get(id) else carried[id] for id, value in answers.items()}
        return classwork.write_answers(tmp_path / "work" / learner / workbook, answers, learner, workbook)

    return fill


@pytest.fixture
def hand_in(cohort, fill, tmp_path: Path):
    """Fill in, pack and collect: hand_in("L-0001", answers) gives what `collect` says of it."""
    from learner_kit.course.collect import collect
    from learner_kit.course.submission import pack

    def hand_in(learner: str, answers: dict, now=None):
        out = tmp_path / "zips"
        out.mkdir(exist_ok=True)
        packed = pack(fill(learner, answers), "so1", learner, out, now)
        (taken,) = collect(cohort, [packed.path], "tests")
        assert taken.state != "refused", taken.said
        return taken

    return hand_in


@pytest.fixture
def graded(cohort, hand_in, right_answers):
    """The cohort with so1 graded: all right of L-0001, one wrong figure of L-0002, nothing of L-0003."""
    from learner_kit.assess.grade import grade

    hand_in("L-0001", right_answers)
    hand_in("L-0002", {"so1-ac1-annual-sales": 1.0})
    grade(cohort)
    return cohort


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that the whole class can write to."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder
