"""`learner-kit demo`: the whole circle on a sample class, from enrolment to results, with nothing prepared but answers.

The answers, the marks of the longer ones and a calendar stand in `data/sample_class`. All else is worked out by the same
functions that a real class goes through; where a person would decide, a stated rule does (`practice`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit.course.programme import HOME
from learner_kit.errors import DataError, KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort
    from learner_kit.demo.learners import Sent
    from learner_kit.demo.sample import SampleClass
    from learner_kit.demo.screen import Screen

WHO = "demo"
STEPS = 16


@dataclass(frozen=True)
class Room:
    """The cohort, its sample class, who signs what, and what was wrong with hand-ins so far: (learner, what)."""

    cohort: Cohort
    sample: SampleClass
    facilitator: str
    moderator: str
    assessors: dict[str, str]
    learners: tuple[str, ...]
    faults: tuple[tuple[str, str], ...] = ()


def run(to: str | Path | None = None, data: str | Path | None = None) -> int:
    """Run the circle once and show what came of it.

    Args:
        to: the cohort folder to make; `cohorts/demo`, `demo-2`, … without one.
        data: another sample class than the kit's own.

    Returns:
        0 when every portfolio is whole, else 1.

    Raises:
        KitError: the folder exists, the sample class cannot be read, or the disk is full.
        DataError: the sample class has faults.
    """
    from learner_kit.course.enrol import read_list
    from learner_kit.demo import sample as samples
    from learner_kit.demo.screen import line, screen

    folder = Path(data) if data else samples.FOLDER
    sample = samples.read_class(folder)
    people, faults = read_list(folder / "learners.csv")
    if faults:
        raise DataError(faults, source=str(folder / "learners.csv"))
    path = Path(to).absolute() if to else _free()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise KitError(f"{path} exists already, and the demo makes a folder of its own. Name another one with --to.")
    line(f"The sample class: {len(people)} learners, workbook {sample.workbook}. Their names and work are made up.")
    room = None
    try:
        with screen(STEPS) as show:
            room = _begin(show, path, sample, people)
            room = _first_round(show, room)
            room = _second_round(show, room)
            whole = _finish(show, room)
            _show(room)
    except KitError as error:
        made = f" What was made so far is in {path}; it may be deleted." if path.exists() else ""
        raise KitError(f"{error}{made}") from None
    finally:
        if room:
            room.cohort.engine.dispose()
    return 0 if whole else 1


def _free() -> Path:
    """The first of cohorts/demo, cohorts/demo-2, … that is not there."""
    number, path = 1, HOME / "cohorts" / "demo"
    while path.exists():
        number += 1
        path = path.with_name(f"demo-{number}")
    return path


def _begin(show: Screen, path: Path, sample: SampleClass, people: list) -> Room:
    """Cohort, learners, staff, and the workbook handed out."""
    from learner_kit.course import cohort as cohorts
    from learner_kit.course import enrol, release
    from learner_kit.documents import long_date

    show.doing("Making the cohort")
    cohort = cohorts.create(path, seed="demo")
    show.done(f"Made the cohort {cohort.name}: {cohort.path}")
    show.doing("Enrolling")
    enrolled = enrol.enrol(cohort, people, WHO, sample.start)
    sites = {learner: person.site for learner, person in zip(enrolled.pseudonyms, people, strict=False)}
    show.done(
        f"Enrolled {len(sites)} learners at {_and(sorted(set(sites.values())))} from learners.csv: "
        f"{min(sites, default='nobody')} to {max(sites, default='nobody')}"
        + (f". {enrolled.warning}" if enrolled.warning else "")
    )
    codes = [
        enrol.register(cohort, one.role, one.surname, one.first_names, one.registration, WHO, one.registered)
        for one in sample.staff
    ]
    by_role = {role: [code for code, one in zip(codes, sample.staff, strict=True) if one.role == role] for role in enrol.ROLES}
    by_site = {site: code for code, one in zip(codes, sample.staff, strict=True) for site in one.sites}
    show.done("Registered " + _and([f"{role} {_and(by_role[role])}" for role in ("facilitator", "assessor", "moderator")]))
    show.doing("Releasing the workbook")
    due = dt.datetime.combine(sample.day("due"), dt.time(21, 59, 59))  # the end of the South African day, in UTC
    release.release(cohort, sample.workbook, by_role["facilitator"][0], due)
    show.done(f"Released workbook {sample.workbook}, to be handed in by {long_date(sample.day('due'))}")
    assessors = {learner: by_site.get(site, by_role["assessor"][0]) for learner, site in sites.items()}
    return Room(cohort, sample, by_role["facilitator"][0], by_role["moderator"][0], assessors, tuple(sites))


def _first_round(show: Screen, room: Room) -> Room:
    """Hand in, collect, grade, mark, matrix, judge, papers."""
    from learner_kit.assess import evidence

    show.doing("Learners fill in and submit")
    sent, room = _sent(room, 1)
    cut = sum(one.hand_in.cut < 1 for one in sent if one.zip)
    show.done(
        f"Learners filled in the workbook and submitted {sum(1 for one in sent if one.zip)} zips"
        + (f"; {_count(cut, 'zip was', 'zips were')} cut off on the way" if cut else "")
    )
    show.doing("Collecting")
    taken, room = _collected(room, sent, "collected")
    states = Counter(one.state for one in taken)
    show.done(f"Collected {states['new'] + states['newer']} hand-ins, refused {states['refused']} (why stands below)")
    show.doing("Grading")
    graded, room = _graded(room)
    late = sum(1 for one in graded if one.late)
    show.done(f"Graded {_count(len(graded), 'workbook', 'workbooks')} against the master's checks; {late} came late")
    show.doing("Marking the longer answers")
    show.done(_marked(room, [one.learner for one in graded], 1))
    show.doing("Making the matrix")
    states = Counter(one.state for one in evidence.matrix(room.cohort))
    show.done(
        f"Matrix, {len(room.learners)} learners × {len(room.cohort.programme.unit.criteria)} criteria: "
        + ", ".join(f"{count} {state}" for state, count in states.items())
    )
    show.doing("Judging")
    show.done(
        f"{_judged(room, 'judged')} (practice rule: every checked question shown, "
        f"longer answers at {room.sample.level:.0%} of their points or more)"
    )
    show.doing("Writing feedback and reports")
    written = _papers(room)
    show.done(f"Wrote feedback and assessor's report as PDF for {_count(len(written), 'learner', 'learners')}")
    return room


def _second_round(show: Screen, room: Room) -> Room:
    """Those who try again: the same steps, only for what is new."""
    show.doing("Second attempts")
    sent, room = _sent(room, 2)
    taken, room = _collected(room, sent, "again")
    again = [one.learner for one in taken if one.learner and one.state != "refused"]
    show.done(f"Second attempt: {_and(again) or 'nobody'} worked on the feedback and handed in again")
    show.doing("Grading and judging second attempts")
    graded, room = _graded(room)
    said = _marked(room, [one.learner for one in graded], 2)
    judged = _judged(room, "again")
    _papers(room, again)
    show.done(f"Graded {_count(len(graded), 'second attempt', 'second attempts')}. {said}. {judged}" if graded else judged)
    return room


def _finish(show: Screen, room: Room) -> bool:
    """Portfolios, verification, moderation with what follows from it, results; tells whether every portfolio is whole."""
    from learner_kit import files
    from learner_kit.assess import evidence, portfolio, results, signing
    from learner_kit.demo import practice

    cohort, sample = room.cohort, room.sample
    show.doing("Making portfolios")
    key = signing.new_key(cohort.path / "keys" / "portfolio.pem")
    bags = {learner: portfolio.make(cohort, learner, key, WHO) for learner in portfolio.learners(cohort)}
    show.done(f"Made {_count(len(bags), 'portfolio', 'portfolios')}, each signed with the key {key.fingerprint}")
    show.doing("Verifying portfolios")
    faulty = {learner: found for learner, bag in bags.items() if (found := portfolio.verify(bag, key.fingerprint))}
    show.done(_verified(bags, faulty))
    show.doing("Moderating")
    if not bags or not _anything_judged(cohort):
        show.done("Nothing was judged, so there is nothing to moderate")
        show.done("No moderation to act on")
    else:
        found = practice.moderate(
            cohort, room.moderator, sample.seed, sample.second_marks, sample.level, sample.time("moderated")
        )
        overturned = [f"{learner} {criterion} (now {decision})" for learner, criterion, decision in found.overturned]
        show.done(
            f"Moderated {len(found.learners)} of {len(bags)} portfolios, drawn with the seed “{sample.seed}”"
            f"{' and drawn again the same' if found.again else ''}: {found.upheld} of {found.looked_at} judgements upheld"
            f"; overturned: {_and(overturned) or 'none'}"
        )
        show.doing("Renewing what moderation touched")
        _papers(room, [learner for learner, _, _ in found.overturned])
        for learner in found.learners:
            portfolio.make(cohort, learner, key, WHO)
        faulty |= {learner: faults for learner, bag in bags.items() if (faults := portfolio.verify(bag, key.fingerprint))}
        show.done(f"Put the findings into the portfolios and signed them again. {_verified(bags, faulty)}")
    show.doing("Writing results")
    place = cohort.path / "documents"
    files.write(place / "matrix.json", evidence.as_json(cohort, evidence.matrix(cohort)) + "\n")
    files.write(place / "results.csv", "\ufeff" + results.as_csv(results.results(cohort)))
    show.done("Wrote the matrix and the results")
    for learner, faults in faulty.items():
        room.faults.__class__  # noqa: B018
    return not faulty
