"""`learner-kit move`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Move a cohort's records to another database, such as PostgreSQL, or back into its folder."
EXAMPLE = "learner-kit move may --to postgresql+psycopg2://kit@server/may\n  learner-kit move may --to folder"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "--to",
        metavar="URL",
        required=True,
        help="an empty database, as SQLAlchemy writes its address; 'folder' for the SQLite file in the cohort's folder. "
        "Close the kit on every computer first. A password stands best in ~/.pgpass, not in the address.",
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.upkeep import moving

    cohort = common.opened(given.cohort)
    moved = moving.move(cohort, given.to, common.me())
    screen.table(
        "Copied and compared, row by row",
        ["table", "rows", "SHA-256"],
        [[name, held.rows, held.sha256[:16]] for name, held in moved.holdings.items() if held.rows],
    )
    print(f"The records of {given.cohort} stand in {moved.to} now.")
    old = moved.old.name if moved.old else moving.shown(cohort.db_url)
    print(f"The old records stand in {old} as they were, names too; nothing reads them any more.")
