"""`learner-kit matrix`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Show every learner's evidence and standing on every criterion."
EXAMPLE = "learner-kit matrix may --json"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--learner", metavar="L-0000")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--csv", action="store_true")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import evidence

    cohort = common.opened(given.cohort)
    found = evidence.matrix(cohort, common.enrolled(cohort, given.learner))
    if given.json:
        print(evidence.as_json(cohort, found))
    elif given.csv:
        print(evidence.table(found).to_csv(), end="")
    else:
        for one in dict.fromkeys(standing.learner for standing in found):
            own = [standing for standing in found if standing.learner == one]
            rows = [
                [common.named(cohort, standing.criterion), standing.said, ", ".join(standing.missing)]
                for standing in own
            ]
            screen.table(one, ["criterion", "state", "still to hand in"], rows)
