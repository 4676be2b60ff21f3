"""`learner-kit portfolio`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Make learners' signed portfolios."
EXAMPLE = "learner-kit portfolio may"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument(
        "--key", metavar="FILE", help="the signing key; the cohort's own, made at first use, without it"
    )
    parser.add_argument("--by", metavar="CODE", default="learner-kit", help="who makes them, for the log")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio as portfolios

    cohort = common.opened(given.cohort)
    learners = [common.enrolled(cohort, given.learner)] if given.learner else portfolios.learners(cohort)
    if not learners and not given.key:
        raise KitError(f"Nobody in {cohort.name} has handed anything in yet.")
    key = common.key(cohort, given.key)
    for learner in learners:
        print(portfolios.make(cohort, learner, key, given.by))
    print(f"Signed with the key {key.fingerprint}.")
