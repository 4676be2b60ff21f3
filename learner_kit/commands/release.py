"""`learner-kit release`."""

from __future__ import annotations

import argparse
import datetime as dt

from learner_kit.commands import common

SAYS = "Make the learners' version of a workbook."
EXAMPLE = "learner-kit release may so1 --due 2026-12-04 --to usb-stick"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("workbook", metavar="WORKBOOK")
    parser.add_argument("--due", metavar="DATE", help="to be handed in by the end of this day (South African time)")
    parser.add_argument("--exchange", action="store_true", help="on a hub: put it where learners' accounts fetch it")
    parser.add_argument("--to", metavar="FOLDER", help="put a copy here, to hand out; answers that are there stay")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import naming
    from learner_kit.course import release as releases
    from learner_kit.teaching import outline
    from learner_kit.teaching.days import remarks

    cohort = common.opened(given.cohort)
    folder = releases.release(cohort, given.workbook, common.me(), common.end_of(given.due))
    print(f"Released {naming.name(cohort.programme, given.workbook)}: {folder}")
    if given.due:
        for one in remarks(common.day(given.due), outline.load(cohort.programme).calendar, dt.date.today()):
            print(f"Please note: {one}.")
    if given.exchange:
        from learner_kit.course import exchange

        print(f"Learners fetch it from: {exchange.publish(cohort, given.workbook)}")
    if given.to:
        print(f"To hand out: {releases.place(cohort, given.workbook, given.to).parent}")
