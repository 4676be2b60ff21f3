"""What several commands share: the cohort they work on, people and days as they are named on the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort


def cohort(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cohort", metavar="COHORT", help="the cohort's folder, or its name in cohorts/")


def number(said: str) -> int:
    number = int(said) if said.isascii() and said.isdigit() else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{said!r} is no whole number of 1 or more")
    return number


def opened(said: str) -> Cohort:
    """Open the cohort that the command line names."""
    from learner_kit.course.cohort import open_cohort

    return open_cohort(said)


def place(said: str) -> Path:
    """The folder of a cohort: a bare name stands in cohorts/."""
    from learner_kit.course.programme import HOME

    path = Path(said)
    if path.name == said and not path.exists():
        return HOME / "cohorts" / said
    return path


def provider(of: Cohort) -> None:
    """Say on one line what papers lack of the provider, and the file to fill in."""
    from learner_kit.course.provider import unfilled

    if said := unfilled(of.programme.folder):
        print(said, file=sys.stderr)


def enrolled(of: Cohort, learner: str | None) -> str | None:
    from learner_kit.course import enrol as rolls

    if learner:
        rolls.require_learner(of, learner)
    return learner


def key(of: Cohort, path: str | None) -> Any:
    from learner_kit.assess.portfolio import signing

    own = of.path / signing.OWN
    if path or own.exists():
        return signing.open_key(path or own, unlock(Path(path or own)))
    key, new = signing.own_key(of.path)
    if new:
        print(f"Made a signing key for {of.name}: {of.path / signing.OWN}. Whoever has it can sign; keep a copy safe.")
    return key


def unlock(path: Path) -> str | None:
    """The passphrase of a key: from the environment, or asked for where there is somebody to ask."""
    from learner_kit.assess.portfolio import signing

    said = signing.passphrase()
    if said is None and signing.locked(path) and sys.stdin.isatty():
        said = getpass.getpass(f"Passphrase of {path}: ") or None
    return said


def passphrase(variable: str, what: str) -> str:
    """A passphrase that opens something: from the environment, or asked for.

    Raises:
        KitError: nobody can be asked.
    """
    said = os.environ.get(variable)
    if not said and sys.stdin.isatty():
        said = getpass.getpass(f"Passphrase of {what}: ")
    if not said:
        raise KitError(f"{what} is locked with a passphrase, and none was given. Put it into {variable}, or type it.")
    return said


def reasons(finding: str, said: list[str]) -> dict[str, tuple[str, str]]:
    """`criterion=reason` as the command line takes it → criterion → (finding, reason)."""
    pairs = (one.partition("=") for one in said)
    return {criterion.strip(): (finding, reason.strip()) for criterion, _, reason in pairs}


def found(upheld: list[str], overturned: list[str], more_evidence: list[str]) -> dict[str, tuple[str, str]]:
    """A moderator's findings as the command line takes them."""
    plain = dict.fromkeys(upheld, ("upheld", ""))
    return plain | reasons("overturned", overturned) | reasons("more evidence", more_evidence)


def new_passphrase(variable: str, what: str) -> str:
    """A new passphrase: from the environment, or asked for twice.

    Raises:
        KitError: nobody can be asked, the two differ, or it is too short.
    """
    from learner_kit.assess.portfolio import signing

    said = os.environ.get(variable)
    if said:
        return signing.fit(said)
    if not sys.stdin.isatty():
        raise KitError(f"There is nobody to ask for a passphrase. Put one into {variable}, then run this again.")
    said = signing.fit(getpass.getpass(f"A passphrase for {what}: "))
    if getpass.getpass("The same again: ") != said:
        raise KitError("The two passphrases differ. Nothing was made.")
    return said


def named(of: Cohort, id: str) -> str:
    found = of.programme.unit.criterion(id)
    return f"{id} {found.handle}" if found else id


def day(said: str | None) -> dt.date | None:
    """A day as the command line names it."""
    from learner_kit.reading import read_date

    try:
        return read_date(said) if said else None
    except ValueError as error:
        raise KitError(str(error)) from None


def end_of(said: str | None) -> dt.datetime | None:
    """The end of a day as the command line names it, in UTC."""
    from learner_kit.course.release import end_of

    return end_of(day(said))


def span(late: dt.timedelta | None) -> str:
    if not late:
        return ""
    hours = late.total_seconds() / 3600
    from learner_kit.reading import write_number

    return f"{write_number(hours / 24, 1)} days" if hours >= 48 else f"{write_number(hours, 1)} h"


def me() -> str:
    try:
        return getpass.getuser()[:60]
    except (OSError, KeyError):
        return "somebody"
