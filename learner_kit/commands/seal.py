"""`learner-kit seal`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Lock a portfolio or a moderation pack with a passphrase, for the way to another machine."
EXAMPLE = "learner-kit seal cohorts/may/portfolios/L-0003 --to usb-stick"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="FOLDER|FILE", nargs="+")
    parser.add_argument("--to", metavar="FOLDER|FILE.sealed", default=".", help="where the locked file goes")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess.portfolio import sealed
    from learner_kit.errors import KitError

    if len(given.paths) > 1 and Path(given.to).suffix:
        raise KitError("Several packages go into a folder: name one with --to.")
    for path in given.paths:
        if not Path(path).exists():
            raise KitError(f"There is nothing at {path}.")
    said = common.new_passphrase(sealed.VARIABLE, "the way; whoever has it can open the package")
    for path in given.paths:
        print(sealed.seal(path, given.to, said))
    print(f"Open it with: {screen.command('open FILE')}. Tell the passphrase another way than you send the file.")
    return None
