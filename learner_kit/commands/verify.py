"""`learner-kit verify`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Check portfolios (any byte changed, file added or file gone is named) or a cohort's log."
EXAMPLE = (
    "learner-kit verify may\n  learner-kit verify usb-stick/portfolios\n  learner-kit verify L-0003.sealed\n"
    "  learner-kit verify --audit may"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PORTFOLIO|SEALED|FOLDER|COHORT", nargs="+")
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

    whole, known = [], False
    for path in map(Path, given.paths):
        place = path if path.exists() else common.place(str(path))
        if not place.exists():
            raise KitError(f"There is nothing at {path}.")
        if (place / "cohort.toml").is_file():
            cohort, known = common.opened(str(place)), True
            for bag in filter(Path.is_dir, portfolios.within(place / "portfolios")):
                whole.append(_said(bag, given.key or portfolios.signed_with(cohort, bag.name)))
        elif inside := portfolios.within(place):
            whole += [_said_of_many(one, given.key) for one in inside]
        else:
            whole.append(_said(place, given.key))
    if not whole:
        raise KitError("There is no portfolio there yet.")
    if any(whole) and not (given.key or known):
        print(
            "Whole means unchanged since it was signed. Compare the key with the fingerprint that the provider gave you by "
            "another way, or give that with --key: a portfolio that somebody else signed is then refused.",
            file=sys.stderr,
        )
    return 0 if all(whole) else 1


def _said(place: Path, key: str | None) -> bool:
    """Say in a line what is wrong with one portfolio, sealed or not, or that it is whole; and whether it is."""
    from learner_kit.assess import portfolio as portfolios
    from learner_kit.assess.portfolio import sealed

    if sealed.is_sealed(place):
        with sealed.opened(place, common.passphrase(sealed.VARIABLE, str(place))) as bag:
            return _said(bag, key)
    found = portfolios.verify(place, key)
    signed = portfolios.signer(place) or {}
    draft = "a draft, " if portfolios.state(place) == portfolios.DRAFT else ""
    whole = f"whole, {draft}signed with the key {signed.get('fingerprint')}"
    print(f"{place.name}: {'; '.join(found) or whole}")
    return not found


def _said_of_many(place: Path, key: str | None) -> bool:
    """The same of one that lies beside others: one that cannot be opened is said, and stops none of them."""
    try:
        return _said(place, key)
    except KitError as error:
        print(f"{place.name}: {error}")
        return False


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
