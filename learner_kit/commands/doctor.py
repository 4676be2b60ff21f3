"""`learner-kit doctor`."""

from __future__ import annotations

import argparse

from learner_kit import screen

SAYS = "Look at this computer: Python, packages, kernel, database, disk, clock, fonts, browser; say what to do."
EXAMPLE = "learner-kit doctor may"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cohort", metavar="COHORT", nargs="?", help="look at this cohort too")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.commands import common
    from learner_kit.upkeep import doctor

    found = doctor.examine(common.place(given.cohort) if given.cohort else None)
    screen.table("This computer", ["what", "", "found"], [[one.what, one.state, one.said] for one in found])
    for one in found:
        if one.do:
            screen.line(f"{one.what}: {one.do}")
    faults = sum(one.state == "fault" for one in found)
    screen.line(f"{faults} to mend." if faults else "In order.")
    return 1 if faults else 0
