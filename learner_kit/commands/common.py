"""What several commands share: the cohort they work on, people and days as they are named on the command line."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
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


def enrolled(of: Cohort, learner: str | None) -> str | None:
    from learner_kit.course import enrol as rolls

    if learner and learner not in rolls.learners(of):
        raise KitError(f"{learner} is not enrolled in {of.name}.")
    return learner


def key(of: Cohort, path: str | None) -> Any:
    from learner_kit.assess import signing

    if path:
        return signing.open_key(path, signing.passphrase())
    key, new = signing.own_key(of.path)
    if new:
        print(f"Made a signing key for {of.name}: {of.path / signing.OWN}. Whoever has it can sign; keep a copy safe.")
    return key


def named(of: Cohort, id: str) -> str:
    found = of.programme.unit.criterion(id)
    return f"{id} {found.handle}" if found else id


def end_of(day: str | None) -> dt.datetime | None:
    from learner_kit.course.release import end_of
    from learner_kit.reading import read_date

    try:
        return end_of(read_date(day) if day else None)
    except ValueError as error:
        raise KitError(str(error)) from None


def span(late: dt.timedelta | None) -> str:
    if not late:
        return ""
    hours = late.total_seconds() / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} h"


def me() -> str:
    try:
        return getpass.getuser()[:60]
    except (OSError, KeyError):
        return "somebody"
