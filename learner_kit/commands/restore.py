"""`learner-kit restore`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common

SAYS = "Make a cohort's folder again from a back-up; every file is checked first."
EXAMPLE = "learner-kit restore E:/backups/may-20261130-170000.zip --to cohorts/may-restored"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", metavar="ZIP")
    parser.add_argument(
        "--to", metavar="FOLDER", required=True, help="the cohort's folder to make, or its name in cohorts/"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="put aside an older cohort that stands there (renamed to NAME.before-DATE, not deleted; no list shows it)",
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.upkeep import backup

    cohort = backup.restore(given.backup, common.place(given.to), given.replace)
    print(f"Restored {cohort.name}: {cohort.path}")
