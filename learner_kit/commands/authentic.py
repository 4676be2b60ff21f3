"""`learner-kit authentic`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Point at what to look at before work is confirmed as a learner's own; it decides nothing."
EXAMPLE = "learner-kit authentic may\n  learner-kit authentic may L-0001"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?", help="with whose figures the answers fit, too")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import authenticity

    cohort = common.opened(given.cohort)
    found = authenticity.pointers(cohort, common.enrolled(cohort, given.learner))
    rows = [
        [
            one.learner,
            one.kind,
            one.question or one.workbook,
            one.other,
            one.says + (f" “{one.passage}”" if one.passage else ""),
        ]
        for one in found
    ]
    screen.table("To look at", ["learner", "what", "where", "and", "why"], rows)
    print("These point; a person decides. Nothing was recorded.")
    return None
