"""`learner-kit feedback`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Write feedback to learners and assessor's reports as PDF."
EXAMPLE = "learner-kit feedback may L-0001"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import judgement, papers

    cohort = common.opened(given.cohort)
    judged = dict.fromkeys(row["learner"] for row in judgement.history(cohort))
    for learner in [common.enrolled(cohort, given.learner)] if given.learner else judged:
        for path in papers.write(cohort, learner):
            print(path)
    if not judged and not given.learner:
        raise KitError(f"Nothing has been judged in {cohort.name} yet.")
