"""`learner-kit enrol`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Enrol learners from a CSV or Excel list, or register staff; makes the cohort if there is none."
EXAMPLE = (
    "learner-kit enrol cohorts/may learners.csv\n"
    "  learner-kit enrol may --assessor 'Dlamini, Thandi' --registration ETDP-1234\n"
    "  learner-kit enrol may --correct L-0012 --set 'Surname=Dlamini' --set 'ID number=8001015009087'"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "list",
        metavar="LIST",
        nargs="?",
        help="columns: surname, first names, and, if known, ID number, e-mail, phone, site, note",
    )
    parser.add_argument("--new", action="store_true", help="refuse if the cohort exists already")
    parser.add_argument(
        "--partly", action="store_true", help="enrol the rows that are in order even if others have faults"
    )
    parser.add_argument("--programme", metavar="FOLDER", help="for a new cohort: another programme folder")
    parser.add_argument("--db", metavar="URL", help="for a new cohort: another database, as SQLAlchemy writes it")
    for role in ("assessor", "facilitator", "moderator"):
        parser.add_argument(f"--{role}", metavar="'SURNAME, NAMES'", help=f"register a person as {role}")
    parser.add_argument("--registration", metavar="NUMBER", default="", help="the person's registration number")
    parser.add_argument(
        "--correct", metavar="NUMBER", help="put details of this learner or this person who signs right"
    )
    parser.add_argument(
        "--set", metavar="'COLUMN=VALUE'", action="append", default=[], help="with --correct: what is right"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import cohort as cohorts
    from learner_kit.course import enrol as rolls
    from learner_kit.course import programme
    from learner_kit.teaching.namesakes import alike, namesakes

    if given.correct or given.set:
        return _correct(given)
    path = common.place(given.cohort)
    exists = (path / "cohort.toml").is_file()
    roles = {role: getattr(given, role) for role in rolls.ROLES if getattr(given, role)}
    if not given.list and not roles and not given.new:
        raise KitError(
            "Name a list of learners, or a person to register with --assessor, --facilitator or --moderator."
        )
    people, faults = rolls.read_list(given.list) if given.list else ([], [])
    if faults and not given.partly:
        from learner_kit.errors import DataError

        print(
            "Nobody was enrolled. Mend these rows (counted as Excel does: the headings are row 1), or enrol the others "
            "with --partly.",
            file=sys.stderr,
        )
        raise DataError(faults, source=Path(given.list).name)
    if exists and not given.new:
        cohort = common.opened(path)
    else:
        cohort = cohorts.create(path, given.programme or programme.ASSESSMENTS, given.db)
        print(f"Made the cohort {cohort.name} in {cohort.path}.")
    for role, said in roles.items():
        surname, _, first_names = said.partition(",")
        twins = alike(f"{surname}, {first_names}", rolls.names(cohort), rolls.ROLES[role])
        code = rolls.register(cohort, role, surname, first_names, given.registration, common.me())
        print(f"Registered {said} as {role}: {code}.")
        if twins:
            print(f"The same person twice? {code} looks like {' and '.join(twins)}.", file=sys.stderr)
    if given.list:
        before = rolls.names(cohort)
        done = rolls.enrol(cohort, people, common.me())
        new = done.pseudonyms
        span = ": " + " to ".join(dict.fromkeys((new[0], new[-1]))) if new else ""
        print(
            f"Enrolled {len(new)} learner{'' if len(new) == 1 else 's'}{span}."
            + (f" {len(done.already)} were enrolled already." if done.already else "")
        )
        if done.warning:
            print(f"Please note: {done.warning}")
        others = {code: name for code, name in before.items() if code not in done.already}
        for pair in namesakes(people, others) if new else []:
            print(f"The same person twice? {pair}", file=sys.stderr)
        for fault in faults:
            print(f"Not enrolled: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _correct(given: argparse.Namespace) -> None:
    from learner_kit.course import correcting

    if not given.correct or not given.set or given.list:
        raise KitError("Say whose details and what is right: --correct L-0012 --set 'Surname=Dlamini'.")
    cohort, changes = common.opened(given.cohort), {}
    for said in given.set:
        column, between, value = said.partition("=")
        if not between:
            raise KitError(f"{said!r} says no value; write it as 'Surname=Dlamini'.")
        changes[correcting.named(column)] = value
    changed = correcting.correct(cohort, given.correct, changes, common.me())
    names = ", ".join(correcting.WORDS[one] for one in changed)
    print(
        f"Corrected for {given.correct}: {names}." if changed else "The records say that already; nothing was changed."
    )
