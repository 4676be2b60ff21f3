"""`learner-kit demo`: the whole circle on a sample class, from enrolment to results, with nothing prepared but answers.

The answers, the marks of the longer ones and a calendar stand in `data/sample_class`. All else is worked out by the same
functions that a real class goes through; where a person would decide, a stated rule does (`practice`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit.course.programme import HOME
from learner_kit.errors import DataError, KitError

if TYPE_CHECKING:
    from learner_kit.course.enrol import Person
    from learner_kit.demo.sample import SampleClass, Workbook
    from learner_kit.demo.steps import Room
    from learner_kit.screen import Screen

STEPS = 18  # and one for every workbook after the first, and for second attempts


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
        rounds = [(book, number) for book in sample.workbooks for number in ((1, 2) if book.again else (1,))]
        with screen(STEPS + len(rounds) - 1) as show:
            room = _begin(show, path, sample, people)
            room = _first_round(show, room, sample.workbooks[0])
            for book, number in rounds[1:]:
                room = _round(show, room, book, number)
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
    """Cohort, learners and staff."""
    show.doing("Making the cohort")
    from learner_kit.course import cohort as cohorts
    from learner_kit.course import enrol
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
    assessors = {learner: by_site.get(site, signs["assessor"][0]) for learner, site in sites.items()}
    return Room(cohort, sample, signs["facilitator"][0], signs["moderator"][0], assessors)


def _first_round(show: Screen, room: Room, book: Workbook) -> Room:
    """Release, submit, collect, grade, mark, matrix, judge, feedback and reports, a line each."""
    from learner_kit.demo import steps

    show.doing("Releasing the workbook")
    show.done(f"Release: {steps.release(room, book)}")
    show.doing("Learners fill in and submit")
    room, sent, said = steps.submit(room, book, 1)
    show.done(f"Submit: {said}")
    show.doing("Collecting")
    room, _, said = steps.take_in(room, sent, book.collected)
    show.done(f"Collect: {said}")
    show.doing("Grading")
    room, graded, said = steps.grade(room, book)
    show.done(f"Grade: {said}")
    show.doing("Marking")
    show.done(f"Mark, in nbgrader's gradebook: {steps.mark(room, book, graded, 1)}")
    show.doing("Making the matrix")
    show.done(f"Matrix: {steps.matrix(room)}")
    show.doing("Judging")
    show.done(f"Judge: {steps.judge(room, book.judged)}")
    show.doing("Writing feedback and reports")
    show.done(f"Feedback: {steps.write_papers(room)}")
    return room


def _round(show: Screen, room: Room, book: Workbook, number: int) -> Room:
    """The same steps in one line: the next workbook, or second attempts on one."""
    from learner_kit.demo import steps

    if number == 1:
        collected, judged = book.collected, book.judged
        show.doing(f"Workbook {book.name}")
        title = f"Next: {steps.release(room, book)}"
    else:
        title, collected, judged = "Second attempt", book.again, book.again
        show.doing("Second attempts")
    room, sent, said = steps.submit(room, book, number)
    room, _, taken = steps.take_in(room, sent, collected)
    room, graded, _ = steps.grade(room, book)
    marked = steps.mark(room, book, graded, number)
    decided = steps.judge(room, judged)
    who = steps.listed(graded)
    show.done(f"{title}: {who}; {marked}; {decided}" if graded else f"{title}: {said}; {taken}")
    return room


def _close(show: Screen, room: Room) -> list[str]:
    """Knowledge, portfolios, verification, moderation and what follows from it, results; gives back what was faulty."""
    from learner_kit.assess.portfolio import signing
    from learner_kit.demo import practice, steps

    show.doing("Writing feedback and reports again")
    first = room.sample.workbooks[0].name
    later = {one.learner for one in room.sample.hand_ins if (one.workbook, one.round) != (first, 1)}
    show.done(f"Feedback again: {steps.write_papers(room, sorted(later))}")
    show.doing("Looking at knowledge and cross-field outcomes")
    show.done(f"Knowledge and cross-field outcomes: {steps.conclude(room)}")
    show.doing("Making portfolios")
    key = signing.new_key(room.cohort.path / "keys" / "portfolio.pem")
    show.done(f"Portfolio: {steps.seal(room, key)}")
    show.doing("Verifying")
    faulty, said = steps.verify(room, key)
    show.done(f"Verify: {said}")
    show.doing("Moderating")
    looked_at, said = steps.moderate(room)
    show.done(f"Moderate: {said}")
    show.doing("Writing the results")
    show.done(f"Results: {steps.write_results(room)}")
    show.doing("Making the portfolios again")
    sealed = steps.seal(room, key, (*looked_at, *practice.through(room.cohort)))
    more, said = steps.verify(room, key)
    show.done(f"Portfolio again, with findings and results: {sealed}; {said}")
    return [*faulty, *more]


def _tell(room: Room) -> None:
    """The tables at the end, and what to look at next."""
    from learner_kit.course import naming
    from learner_kit.demo import ending
    from learner_kit.demo.steps import listed
    from learner_kit.screen import command, line, note, table

    columns, rows = ending.result_rows(room)
    table("Results, learner by outcome", columns, rows)
    note(
        "NYC is Not Yet Competent, on the criteria named. A rule stands in for the assessor here: Competent when every "
        f"checked answer was shown and each longer answer reached {round(100 * room.sample.level)}\u00a0% of its points; "
        "knowledge and cross-field outcomes are evidenced when all their criteria are Competent. A person weighs more "
        "than that, and another rule stands in for the moderator."
    )
    programme, out = room.cohort.programme, [one.name for one in room.sample.workbooks]
    if left := [naming.name(programme, id) for id in programme.workbooks if id not in out]:
        note(f"This demo hands out {listed(out)} only; a real class is judged on these as well: {listed(left)}.")
    if any(ending.NO_ACTIVITY in row for row in rows):
        note("No activity yet: no workbook asks about these criteria so far.")
    if through := ending.through_rows(room):
        table("Through the whole unit", ["Learner", "Unit", "Portfolio", "Statement of results"], through)
    table("Hand-ins that had a fault", ["Learner", "What it was"], ending.fault_rows(room))
    table("Made by this demo", ["What", "Where", "How many"], ending.made_rows(room))
    line(f"All of it is in {room.cohort.path}")
    last = room.learners[-1] if room.learners else "L-0001"
    line(f"Look closer:  {command(f'matrix {room.cohort.typed} --learner {last}')}")
    line(f"Change an answer in {room.sample.folder / 'answers'} and run the demo again: the results follow.")
