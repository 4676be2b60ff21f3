"""`learner-kit verify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Check portfolios: any byte changed, file added or file gone is named."
EXAMPLE = "learner-kit verify may"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PORTFOLIO|COHORT", nargs="+")
    parser.add_argument("--key", metavar="FINGERPRINT", help="the key they must be signed with, such as 3f2a-91bc-…")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio as portfolios

    bags: list[Path] = []
    for path in map(Path, given.paths):
        place = path if path.exists() else common.place(str(path))
        if not place.exists():
            raise KitError(f"There is nothing at {path}.")
        bags += (
            sorted(one.parent for one in (place / "portfolios").glob("*/bagit.txt"))
            if (place / "cohort.toml").is_file()
            else [place]
        )
    if not bags:
        raise KitError("There is no portfolio there yet.")
    faulty = 0
    for bag in bags:
        found = portfolios.verify(bag, given.key)
        faulty += bool(found)
        signed = portfolios.signer(bag) or {}
        print(
            f"{bag.name}: " + ("; ".join(found) if found else f"whole, signed with the key {signed.get('fingerprint')}")
        )
    return 1 if faulty else 0
