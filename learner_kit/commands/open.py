"""`learner-kit open`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Open a package that was locked with `seal`."
EXAMPLE = "learner-kit open L-0003.sealed --to portfolios"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.sealed")
    parser.add_argument("--to", metavar="FOLDER", default=".", help="where what is in it goes")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio
    from learner_kit.assess.portfolio import sealed

    path = Path(given.file)
    if not path.is_file():
        raise KitError(f"There is no file {path}.")
    if not sealed.is_sealed(path):
        raise KitError(f"{path} is no sealed package of this kit.")
    place = sealed.unseal(path, given.to, common.passphrase(sealed.VARIABLE, str(path)))
    print(place)
    if (place / "bagit.txt").is_file():
        found = portfolio.verify(place)
        print("; ".join(found) or "The portfolio is whole.")
        return 1 if found else 0
    return 0
