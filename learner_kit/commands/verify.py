"""`learner-kit verify`."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Check portfolios (any byte changed, file added or file gone is named) or a cohort's log."
EXAMPLE = "learner-kit verify may\n  learner-kit verify L-0003.sealed\n  learner-kit verify --audit may"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PORTFOLIO|SEALED|COHORT", nargs="+")
    parser.add_argument("--key", metavar="FINGERPRINT", help="the key they must be signed with, such as 3f2a-91bc-…")
    parser.add_argument(
        "--audit", action="store_true", help="check the log of a cohort: every edit and every gap is found"
    )
    parser.add_argument(
        "--head", metavar="'NUMBER HASH'", help="with --audit: an end of the log that was noted earlier"
    )


def run(given: argparse.Namespace) -> int | None:
    if given.audit:
        return max([_audit(path, given.head) for path in given.paths])
    from learner_kit.assess import portfolio as portfolios
    from learner_kit.assess.portfolio import sealed

    faulty = count = 0
    for path in map(Path, given.paths):
        place = path if path.exists() else common.place(str(path))
        if not place.exists():
            raise KitError(f"There is nothing at {path}.")
        with ExitStack() as open_ones:
            keys: dict[Path, str | None] = {}
            if (place / "cohort.toml").is_file():
                cohort = common.opened(str(place))
                bags = sorted(one.parent for one in (place / "portfolios").glob("*/bagit.txt"))
                keys = {bag: portfolios.signed_with(cohort, bag.name) for bag in bags}
            elif sealed.is_sealed(place):
                said = common.passphrase(sealed.VARIABLE, str(place))
                bags = [open_ones.enter_context(sealed.opened(place, said))]
            else:
                bags = [place]
            for bag in bags:
                found = portfolios.verify(bag, given.key or keys.get(bag))
                count, faulty = count + 1, faulty + bool(found)
                signed = portfolios.signer(bag) or {}
                draft = "a draft, " if portfolios.state(bag) == portfolios.DRAFT else ""
                whole = f"whole, {draft}signed with the key {signed.get('fingerprint')}"
                print(f"{bag.name}: {'; '.join(found) or whole}")
    if not count:
        raise KitError("There is no portfolio there yet.")
    return 1 if faulty else 0


def _audit(path: str, noted: str | None) -> int:
    from learner_kit.course import audit

    cohort = common.opened(path)
    found = audit.check(cohort, noted)
    older = (
        f" (and {found.before} rows from before the log was chained, held fast by its first row)"
        if found.before
        else ""
    )
    print(f"{cohort.name}: {found.rows} rows in the log{older}.")
    for fault in found.faults:
        print(f"  {fault}")
    if not found.faults:
        print("Whole: no row was changed, added or removed.")
        print(f"Its end, to be noted elsewhere and given with --head next time: {found.head}")
    return 1 if found.faults else 0
