"""`learner-kit edition`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Make an edition: for learners, for facilitators, for assessors, or on paper."
EXAMPLE = (
    "learner-kit edition learner usb-stick/kit --cohort may --offline --platform win_amd64\n"
    "  learner-kit edition paper sheets.zip --cohort may --class"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", help="learner, facilitator, assessor or paper")
    parser.add_argument("out", metavar="OUT", help="the folder to make, or a file that ends in .zip")
    parser.add_argument("--cohort", metavar="COHORT", help="with this class's released workbooks; for practice without")
    parser.add_argument("--workbook", metavar="WORKBOOK", action="append", default=[], help="only this one; repeatable")
    parser.add_argument("--learner", metavar="L-0000", action="append", default=[], help="paper: with these figures")
    parser.add_argument("--class", dest="everyone", action="store_true", help="paper: one for every learner enrolled")
    parser.add_argument("--offline", action="store_true", help="with all packages, to set up without a network")
    parser.add_argument(
        "--platform", metavar="NAME", action="append", default=[], help="offline: for which computers (this kind)"
    )
    parser.add_argument(
        "--python", metavar="3.NN", action="append", default=[], help="offline: for which Pythons (this one)"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import enrol
    from learner_kit.course.programme import HOME
    from learner_kit.editions import leaks, making, released, wheels, writing
    from learner_kit.reading import write_number

    if given.kind not in making.KINDS:
        raise KitError(f"There is no edition {given.kind!r}; there are: {', '.join(making.KINDS)}.")
    on_paper = given.kind == "paper"
    if given.offline and on_paper:
        raise KitError("The paper edition needs no packages: leave --offline away.")
    if (given.platform or given.python) and not given.offline:
        raise KitError("--platform and --python say what --offline carries: add --offline, or leave them away.")
    if (given.learner or given.everyone) and not on_paper:
        raise KitError("--learner and --class are for the paper edition; the others are the same for everyone.")
    if (given.learner or given.everyone) and not given.cohort:
        raise KitError("Learners' own figures come from their class: add --cohort.")
    if given.kind == "learner" and not (HOME / "assessments" / "source").is_dir():
        raise KitError("This is a learner's edition itself; editions are made from the whole kit.")
    writing.check(given.out)
    platforms = given.platform or [wheels.here()] if given.offline else []
    pythons = given.python or [wheels.this_python()] if given.offline else []
    carried = wheels.said(platforms, pythons) if given.offline else ""
    own = common.opened(given.cohort) if given.cohort else None
    with released.cohort_or_practice(own) as cohort:
        found = released.workbooks(cohort, given.workbook, release=own is None)
        if on_paper:
            learners = [one.strip().upper() for one in given.learner]
            making.check_learners(cohort, learners)
            if given.everyone:
                learners = enrol.learners(cohort)
            with screen.progress("Setting workbooks") as step:
                contents = making.on_paper(found, cohort, own is not None, learners or [None], lambda _: step())
        else:
            contents = getattr(making, given.kind)(found, cohort, own is not None, carried)
            if given.kind == "learner":
                leaks.refuse(contents, cohort)

        def more(folder):
            if given.offline:
                house = folder / wheels.FOLDER
                size = wheels.fetch(HOME, house, platforms, pythons, lambda what: screen.line(f"Fetching: {what} …"))
                screen.line(f"Packages: {size / 1e6:.0f} MB.")

        made = writing.write(given.out, contents, more)
    print(f"The {given.kind}'s edition" if not on_paper else "The paper edition", end=": ")
    print(f"{made.path} ({made.count} files, {write_number(made.size / 1e6, 1)} MB)")
