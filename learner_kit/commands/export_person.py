"""`learner-kit export-person`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common

SAYS = "Write everything kept about one learner into one file, for that learner."
EXAMPLE = "learner-kit export-person may L-0001 --to desktop"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000")
    parser.add_argument("--to", metavar="FOLDER", default=".")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.teaching import rights

    cohort = common.opened(given.cohort)
    learner = common.enrolled(cohort, given.learner)
    print(rights.write_export(cohort, learner, common.me(), given.to))
    print("Give it to this learner only.")
