"""`learner-kit purge`."""

from __future__ import annotations

import argparse
import sys

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Remove evidence that need not be kept any more; results are kept."
EXAMPLE = "learner-kit purge may --by F-01\n  learner-kit purge may L-0003 L-0007 --by F-01 --yes"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "learners", metavar="L-0000", nargs="*", help="only these; all whose years have passed without any"
    )
    parser.add_argument("--by", metavar="CODE", default="", help="who removes it, for the log")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import retention
    from learner_kit.reading import write_number

    cohort = common.opened(given.cohort)
    wanted = retention.due(cohort, given.learners)
    years = cohort.programme.rules.retention_years
    if not wanted:
        print(f"Nothing to remove in {cohort.name}: evidence is kept for {years} years after the last decision.")
        return 0
    screen.table(
        f"What would be removed from {cohort.name}",
        ["learner", "kept until", "files", "size", "folders"],
        [
            [
                one.learner,
                str(one.until),
                str(one.files),
                f"{write_number(one.size / 2**20, 1)} MB",
                " ".join(sorted({place.relative_to(cohort.path).parts[0] for place in one.places})),
            ]
            for one in wanted
        ],
    )
    print(f"Kept: {retention.KEPT}. Copies, packs and sealed packages on other machines are not reached.")
    if not given.yes:
        if not sys.stdin.isatty():
            raise KitError("Nothing was removed. To remove it without being asked, give --yes.")
        if input("This cannot be undone. Type the cohort's name to remove it: ").strip() != cohort.name:
            raise KitError("Nothing was removed.")
    count = retention.purge(cohort, wanted, given.by or common.me())
    print(f"Removed {count} files of {len(wanted)} learners. The log tells of it.")
    return 0
