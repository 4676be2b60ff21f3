"""`learner-kit results`."""

from __future__ import annotations

import argparse

from learner_kit import files, screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Show the results, or write them as CSV."
EXAMPLE = "learner-kit results may --csv results.csv"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--csv", metavar="FILE", help="write them here; - for the screen")
    parser.add_argument("--named", action="store_true", help="with names, for a list that a person needs")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import results as outcome

    cohort = common.opened(given.cohort)
    rows = outcome.results(cohort, given.named)
    if not rows:
        raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
    if given.csv and given.csv != "-":
        print(files.write(given.csv, "\ufeff" + outcome.as_csv(rows)))
    elif given.csv:
        print(outcome.as_csv(rows), end="")
    else:
        screen.table(
            "Results",
            [name.replace("_", " ") for name in rows[0]],
            [[outcome.plain(cell) for cell in row.values()] for row in rows],
        )
