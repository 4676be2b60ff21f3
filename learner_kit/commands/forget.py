"""`learner-kit forget`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common

SAYS = "Take away what need not be kept about one learner; says first what goes and what stays."
EXAMPLE = "learner-kit forget may L-0001\n  learner-kit forget may L-0001 --yes"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000")
    parser.add_argument("--yes", action="store_true", help="do it; without it nothing is changed")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.teaching import rights

    cohort = common.opened(given.cohort)
    learner = common.enrolled(cohort, given.learner)
    plan = rights.forget(cohort, learner, common.me()) if given.yes else rights.forgetting(cohort, learner)
    print(f"{'Taken away' if given.yes else 'Would be taken away'}, of {learner}:")
    for one in plan.goes:
        print(f"  {one}")
    print("Stays, and why:")
    for what, why in plan.stays:
        print(f"  {what}: {why}")
    if not given.yes:
        print("Nothing was changed. Add --yes to do it; it cannot be undone.")
