"""`learner-kit attendance`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

SAYS = "Print a day's register, type it back in by its codes, or show who has attended enough."
EXAMPLE = (
    "learner-kit attendance may\n"
    "  learner-kit attendance may --day 2027-03-02 --sheet register.pdf\n"
    "  learner-kit attendance may --day 2027-03-02 --codes '* 7Q-I 3G@0930'"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--day", metavar="DATE", help="a day of the session plan")
    parser.add_argument("--sheet", metavar="FILE", help="write the day's sheet to print (PDF)")
    parser.add_argument("--codes", metavar="CODES", help="what stands on the paper sheet; its foot says how")
    parser.add_argument("--note", metavar="TEXT", default="", help="needed after the day itself, and for a correction")
    parser.add_argument("--by", metavar="F-00", help="who writes; the user of this computer without it")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit import files
    from learner_kit.course import enrol
    from learner_kit.documents import long_date, to_pdf
    from learner_kit.teaching import attendance, register_sheet

    cohort = common.opened(given.cohort)
    if (given.sheet or given.codes) and not given.day:
        raise KitError("Say which day with --day, such as --day 2027-03-02.")
    day = common.day(given.day)
    if day is None:
        _standing(cohort)
        return None
    if given.sheet:
        try:
            print(files.write(Path(given.sheet), to_pdf(register_sheet.sheet(cohort, day))))
        except OSError as error:
            raise KitError(f"The sheet could not be written to {given.sheet}: {error.strerror}.") from None
    if given.codes:
        attendance.of_day(cohort, day)
        already = [one for one, row in attendance.standing(cohort, day).items() if row["state"] != attendance.NONE]
        entries = register_sheet.read_back(given.codes, enrol.learners(cohort), given.note, already)
        done = attendance.record(cohort, day, entries, given.by or common.me(), source="paper")
        print(
            f"Recorded {len(done.written)} entries for {long_date(day)}; {len(done.unchanged)} stood like that already."
        )
    if not given.sheet and not given.codes:
        session = attendance.of_day(cohort, day)
        rows = [
            [
                one,
                row["state"],
                attendance.present_minutes(session, row),
                attendance.REASONS.get(row["reason"], ""),
                row["note"],
            ]
            for one, row in sorted(attendance.standing(cohort, day).items())
        ]
        screen.table(f"Register of {long_date(day)}", ["learner", "entry", "minutes", "reason", "note"], rows)
    return None


def _standing(cohort: Cohort) -> None:
    """Show who has attended enough."""
    from learner_kit.teaching import attendance

    rows = [
        [
            one,
            "–" if held.share is None else f"{held.share:.0%}",
            "not yet" if not held.allowed else "yes" if held.whole else "enough so far",
        ]
        for one, held in attendance.rulings(cohort).items()
    ]
    screen.table(f"Attendance of {cohort.name}", ["learner", "attended", "may be assessed"], rows)
    print(f"Needed: {cohort.programme.rules.attendance:.0%} of the contact hours held so far.")
