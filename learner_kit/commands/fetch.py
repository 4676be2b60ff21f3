"""`learner-kit fetch`."""

from __future__ import annotations

import argparse
import os

from learner_kit.errors import KitError

SAYS = "On a hub: bring released workbooks into your folder."
EXAMPLE = "learner-kit fetch --course may --to ~/learner-kit/work"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--course", metavar="COHORT", help="default: the course this account takes part in")
    parser.add_argument("--to", metavar="FOLDER", default="work", help="your folder of workbooks (default: work)")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import exchange

    joined = exchange.opened(given.course) if given.course else exchange.joined()
    if joined is None:
        raise KitError("Say which course: --course may.")
    fetched = exchange.fetch(joined, os.path.expanduser(given.to), os.environ.get(exchange.LEARNER))
    print(f"Fetched: {', '.join(fetched)}." if fetched else "There is nothing new to fetch.")
