"""`learner-kit status`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Show what a cohort holds and what waits for whom."
EXAMPLE = "learner-kit status may"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import overview

    cohort = common.opened(given.cohort)
    screen.table(f"Cohort {cohort.name}", ["what", "how many"], [list(row) for row in overview.counts(cohort).items()])
