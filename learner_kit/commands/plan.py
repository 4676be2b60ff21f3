"""`learner-kit plan`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort
    from learner_kit.teaching.sessions import Plan

SAYS = "Lay the contact hours out on chosen days; print the plan, or write it as a calendar."
EXAMPLE = (
    "learner-kit plan may --day '2027-03-02 09:00-11:00' --day '2027-03-09 09:00-11:00' --keep\n"
    "  learner-kit plan may --to usb-stick"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "--day", metavar="'DATE FROM-TO'", action="append", default=[], help="a day with its hours; give one for each"
    )
    parser.add_argument("--venue", metavar="PLACE", default="")
    parser.add_argument("--holidays-too", action="store_true", help="allow public holidays")
    parser.add_argument("--keep", action="store_true", help="make it the cohort's plan")
    parser.add_argument("--to", metavar="FOLDER", help="write plan.pdf, plan.docx and plan.ics there")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import records
    from learner_kit.moments import local
    from learner_kit.teaching import plans, sessions
    from learner_kit.teaching.slots import read_slots

    cohort = common.opened(given.cohort)
    if given.day:
        slots = read_slots("\n".join(given.day), given.venue)
        plan = sessions.lay_out(cohort.programme, slots, holidays_too=given.holidays_too)
        if given.keep:
            plans.keep(cohort, plan, common.me())
    else:
        plan = plans.required(cohort)
    _show(cohort, plan)
    if given.day:
        if past := plan.past(local(records.now()).date()):
            screen.note(past)
        print("Kept." if given.keep else "Not kept; add --keep to make it the cohort's plan.")
    if given.to:
        _write(cohort, plan, Path(given.to))


def _show(cohort: Cohort, plan: Plan) -> None:
    from learner_kit.reading import write_number
    from learner_kit.teaching import sessions
    from learner_kit.teaching.plan_papers import day, times

    rows = [
        [one.number, day(one.day), times(one), one.venue, write_number(one.minutes / 60, None)] for one in plan.sessions
    ]
    screen.table(f"Sessions of {cohort.name}", ["no.", "day", "time", "venue", "contact hours"], rows)
    out = [
        [one.named, f"session {one.session.number}, {day(one.session.day)}", day(one.hand_in)]
        for one in sessions.releases(cohort.programme, plan)
    ]
    screen.table("Workbooks", ["workbook", "goes out", "hand in by"], out)
    own = [[one.title, write_number(one.hours, None), day(one.hand_in)] for one in plan.tasks]
    screen.table("Own work", ["what", "hours", "hand in by"], own)
    contact, practice = write_number(plan.contact_hours, None), write_number(plan.practice_hours, None)
    print(f"{contact} hours of contact and {practice} of own work.")
    for note in plan.notes:
        screen.note(note)


def _write(cohort: Cohort, plan: Plan, folder: Path) -> None:
    from learner_kit import files
    from learner_kit.course import records
    from learner_kit.documents import to_pdf, to_word
    from learner_kit.teaching import plan_papers

    document = plan_papers.document(cohort, plan)
    contents = {
        "plan.pdf": to_pdf(document),
        "plan.docx": to_word(document),
        "plan.ics": plan_papers.calendar(cohort, plan, records.now()),
    }
    try:
        for name, content in contents.items():
            print(files.write(folder / name, content))
    except OSError as error:
        raise KitError(f"The plan could not be written to {folder}: {error.strerror}.") from None
