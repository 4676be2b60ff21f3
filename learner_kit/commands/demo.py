"""`learner-kit demo`."""

from __future__ import annotations

import argparse

SAYS = "Run the whole circle on a sample class of 12, from enrolment to results."
EXAMPLE = "learner-kit demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="FOLDER", help="the cohort folder to make; a new one in cohorts/ without it")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit import demo

    return demo.run(given.to)
