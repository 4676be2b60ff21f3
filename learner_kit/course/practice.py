"""The practice cohort: what stands there the first time the kit is opened, so that everyone can try it at once."""

from __future__ import annotations

from pathlib import Path

from learner_kit import screen
from learner_kit.course import enrol, release
from learner_kit.course.cohort import Cohort, create, open_cohort
from learner_kit.course.programme import HOME
from learner_kit.errors import KitError
from learner_kit.workbook.figures import read_class

WORK = HOME / "work"  # a learner's own workbooks on this PC


def cohort(path: str | Path = HOME / "cohorts" / "practice") -> Cohort:
    """Open a cohort; the practice cohort is made when it is not there yet.

    The practice cohort has one learner, L-0001, one facilitator, assessor and moderator, and every workbook released
    and laid out in `work/`.

    Raises:
        KitError: another cohort than the practice one is not there.
    """
    path = Path(path)
    if not path.is_absolute() and not path.exists():
        path = HOME / path if len(path.parts) > 1 else HOME / "cohorts" / path
    if (path / "cohort.toml").is_file():
        opened = open_cohort(path)
    elif path.name == "practice":
        print("Making a practice cohort, so that you can try everything …", flush=True)
        opened = create(path, seed="practice")
        enrol.enrol(opened, [enrol.Person(1, "Practice", "Learner", site="Practice")], "learner-kit")
        for role in enrol.ROLES:
            enrol.register(opened, role, "Practice", role.title(), "practice", "learner-kit")
    else:
        how = screen.command(f"enrol {screen.word(str(path))} learners.csv")
        raise KitError(f"There is no cohort at {path}. Make one with: {how}")
    for workbook in opened.programme.workbooks:
        if not opened.is_released(workbook) and path.name == "practice":
            release.release(opened, workbook, "learner-kit")
        if opened.is_released(workbook) and (
            not (WORK / workbook / f"{workbook}.ipynb").is_file()
            or (release.of_another_class(opened, workbook, WORK) and not _brought(opened, workbook))
        ):
            release.place(opened, workbook, WORK)
    return opened


def _brought(opened: Cohort, workbook: str) -> bool:
    """Whether a learner copied a class's released folder into work: the practice copy must not take its place again.

    Where the class itself is kept on this computer, its facilitator changes between classes, and the folder changes too.
    """
    named = read_class(WORK / workbook)
    return opened.path.name == "practice" and bool(named) and not (opened.path.parent / named).is_dir()
