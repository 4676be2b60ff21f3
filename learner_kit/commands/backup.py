"""`learner-kit backup`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common

SAYS = "Put a cohort into one zip: every file, and a consistent copy of its records."
EXAMPLE = "learner-kit backup may --to E:/backups"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "--to", metavar="ZIP|FOLDER", default=".", help="the zip to make, or a folder for it; best on another disk"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.upkeep import backup

    made = backup.backup(common.opened(given.cohort), given.to, common.me())
    rows = sum(one.rows for one in made.holdings.values())
    print(f"Backed up {made.files} files and {rows} rows of records: {made.path}")
    print("It holds names and evidence: keep it as safe as the cohort itself.")
