"""`learner-kit demo`: the whole circle on a sample class, from enrolment to results, with nothing prepared but answers.

The answers, the marks of the longer ones and a calendar stand in `data/sample_class`. All else is worked out by the same
functions that a real class goes through; where a person would decide, a stated rule does (`practice`).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit.course.programme import HOME
from learner_kit.errors import DataError, KitError

if TYPE_CHECKING:
    from learner_kit.course.enrol import Person
    from learner_kit.demo.sample import SampleClass
    from learner_kit.demo.steps import Room
    from learner_kit.screen import Screen

STEPS = 17


def run(to: str | Path | None = None, data: str | Path | None = None) -> int:
    """Run the circle once and show what came of it.

    Args:
        to: the cohort folder to make; `cohorts/demo`, `demo-2`, … without one.
        data: a folder with another sample class than the kit's own.

    Returns:
        0 when every portfolio is whole, else 1.

    Raises:
        KitError: the folder exists, the sample class cannot be read, or the disk is full.
        DataError: the sample class has faults.
    """
    from learner_kit.course.enrol import read_list
    from learner_kit.demo.sample import FOLDER, read_class
    from learner_kit.screen import line, screen

    path = Path(to).absolute() if to else _free()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise KitError(f"{path} exists already, and the demo makes a folder of its own. Name another one with --to.")
    folder = Path(data) if data else FOLDER
    sample = read_class(folder)
    people, faults = read_list(folder / "learners.csv")
    if faults:
        raise DataError(faults, source=str(folder / "learners.csv"))
    line("The whole circle on a sample class. The people are made up; what happens to their answers is not.\n")
    room = None
    try:
        with screen(STEPS) as show:
            room = _begin(show, path, sample, people)
            room = _first_round(show, room)
            room = _second_round(show, room)
            faulty = _close(show, room)
        _tell(room)
    except KitError as error:
        left = f" What was made so far is in {path}; you may delete it." if path.exists() else ""
        raise KitError(f"{error}{left}") from None
    finally:
        if room:
            room.cohort.engine.dispose()
    return 1 if faulty else 0


def _free() -> Path:
    """The first of cohorts/demo, cohorts/demo-2, … that is not there."""
    number, path = 1, HOME / "cohorts" / "demo"
    while path.exists():
        number += 1
        path = path.with_name(f"demo-{number}")
    return path


def _begin(show: Screen, path: Path, sample: SampleClass, people: list[Person]) -> Room:
    """Cohort, learners, staff, and the workbook handed out."""
    show.doing("Making the cohort")
    from learner_kit.course import cohort as cohorts
    from learner_kit.course import enrol, release
    from learner_kit.demo.steps import WHO, Room, count, listed
    from learner_kit.documents import long_date

    cohort = cohorts.create(path, seed="demo")
    show.done(f"Cohort: made {cohort.path}")
    show.doing("Enrolling")
    enrolled = enrol.enrol(cohort, people, WHO, sample.start)
    sites = {learner: person.site for learner, person in zip(enrolled.pseudonyms, people, strict=False)}
    span = f", {min(sites)} to {max(sites)}" if sites else ""
    places = listed(sorted(filter(None, set(sites.values()))))
    show.done(
        f"Enrol: {count(len(sites), 'learner')} from learners.csv{span}, at {places or 'no site'}, on "
        f"{long_date(sample.start)}" + (f". {enrolled.warning}" if enrolled.warning else "")
    )
    signs: dict[str, list[str]] = {}
    by_site: dict[str, str] = {}
    for one in sample.staff:
        code = enrol.register(cohort, one.role, one.surname, one.first_names, one.registration, WHO, one.registered)
        signs.setdefault(one.role, []).append(code)
        by_site |= dict.fromkeys(one.sites, code)
    show.done("Register: " + ", ".join(f"{role} {listed(codes)}" for role, codes in signs.items()))
    show.doing("Releasing the workbook")
    due = dt.datetime.combine(sample.day("due"), dt.time(21, 59, 59))  # the end of the South African day, as UTC
    release.release(cohort, sample.workbook, signs["facilitator"][0], due)
    show.done(f"Release: workbook {sample.workbook}, to be handed in by {long_date(sample.day('due'))}")
    assessors = {learner: by_site.get(site, signs["assessor"][0]) for learner, site in sites.items()}
    return Room(cohort, sample, signs["facilitator"][0], signs["moderator"][0], assessors)


def _first_round(show: Screen, room: Room) -> Room:
    """Submit, collect, grade, mark, matrix, judge, feedback and reports."""
    from learner_kit.demo import steps

    show.doing("Learners fill in and submit")
    room, sent, said = steps.submit(room, 1)
    show.done(f"Submit: {said}")
    show.doing("Collecting")
    room, _, said = steps.take_in(room, sent, "collected")
    show.done(f"Collect: {said}")
    show.doing("Grading")
    room, graded, said = steps.grade(room)
    show.done(f"Grade: {said}")
    show.doing("Marking")
    show.done(f"Mark: {steps.mark(room, graded, 1)}")
    show.doing("Making the matrix")
    show.done(f"Matrix: {steps.matrix(room)}")
    show.doing("Judging")
    show.done(f"Judge: {steps.judge(room, 'judged')}")
    show.doing("Writing feedback and reports")
    show.done(f"Feedback: {steps.write_papers(room)}")
    return room


def _second_round(show: Screen, room: Room) -> Room:
    """Those who try again: the same steps, only for what is new."""
    from learner_kit.demo import steps

    show.doing("Second attempts")
    room, sent, said = steps.submit(room, 2)
    room, _, collected = steps.take_in(room, sent, "again")
    room, graded, _ = steps.grade(room)
    marked = steps.mark(room, graded, 2)
    judged = steps.judge(room, "again")
    steps.write_papers(room, graded)
    who = steps.listed(graded)
    show.done(f"Second attempt: {who}; {marked}; {judged}" if graded else f"Second attempt: {said}; {collected}")
    return room


def _close(show: Screen, room: Room) -> list[str]:
    """Portfolios, verification, moderation and what follows from it, results; gives back what verification found."""
    from learner_kit import files
    from learner_kit.assess import evidence, results
    from learner_kit.assess.portfolio import signing
    from learner_kit.demo import steps

    show.doing("Making portfolios")
    key = signing.new_key(room.cohort.path / "keys" / "portfolio.pem")
    show.done(f"Portfolio: {steps.seal(room, key)}")
    show.doing("Verifying")
    faulty, said = steps.verify(room, key)
    show.done(f"Verify: {said}")
    show.doing("Moderating")
    looked_at, said = steps.moderate(room)
    show.done(f"Moderate: {said}")
    show.doing("Putting the findings into the portfolios")
    sealed = steps.seal(room, key, looked_at)
    more, said = steps.verify(room, key)
    show.done(f"Portfolio again, with the findings: {sealed}; {said}")
    show.doing("Writing the results")
    place = room.cohort.path / "documents"
    files.write(place / "matrix.json", evidence.as_json(room.cohort, evidence.matrix(room.cohort)) + "\n")
    files.write(place / "results.csv", "\ufeff" + results.as_csv(results.results(room.cohort)))
    show.done("Results: written as CSV")
    return [*faulty, *more]


def _tell(room: Room) -> None:
    """The tables at the end, and what to look at next."""
    from learner_kit.demo import ending
    from learner_kit.screen import command, line, note, table

    columns, rows = ending.result_rows(room)
    table("Results, learner by outcome", columns, rows)
    said = {cell for row in rows for cell in row}
    note(
        "NYC is Not Yet Competent, on the criteria named. A rule stands in for the assessor here: Competent when every "
        f"checked answer was shown and each longer answer reached {round(100 * room.sample.level)}\u00a0% of its points. A "
        "person weighs more than that."
    )
    if ending.NOT_RELEASED in said:
        note(f"Not released: this demo hands out workbook {room.sample.workbook} only.")
    if ending.NO_ACTIVITY in said:
        note("No activity yet: no workbook asks about these criteria so far.")
    table("Hand-ins that had a fault", ["Learner", "What it was"], ending.fault_rows(room))
    table("Made by this demo", ["What", "Where", "How many"], ending.made_rows(room))
    path = room.cohort.path
    named = path.name if path.parent == HOME / "cohorts" else f'"{path}"'
    line(f"All of it is in {path}")
    line(f"Look closer:  {command('matrix')} {named} --learner {room.learners[-1] if room.learners else 'L-0001'}")
    line(f"Change an answer in {room.sample.folder / 'answers'} and run the demo again: the results follow.")
