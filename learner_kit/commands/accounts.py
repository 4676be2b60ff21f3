"""`learner-kit accounts`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "On a hub: say which account is which learner, or show it."
EXAMPLE = "learner-kit accounts may accounts.csv"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="a CSV with the columns user and learner; shown without it"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import accounts

    cohort = common.opened(given.cohort)
    if given.file:
        found = accounts.keep(cohort, given.file, common.me())
        print(f"Kept: {len(found)} accounts of {cohort.name}.")
        return
    screen.table("Accounts", list(accounts.COLUMNS), [list(one) for one in accounts.of(cohort).items()])
