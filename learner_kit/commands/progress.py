"""`learner-kit progress`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Show who still has to hand in, who is stuck on which question, and what most of the class misses."
EXAMPLE = "learner-kit progress may\n  learner-kit progress may L-0001"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?", help="draft a message to this learner")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import progress
    from learner_kit.course import handins

    cohort = common.opened(given.cohort)
    learner = common.enrolled(cohort, given.learner)
    found = progress.progress(cohort)
    if learner:
        print(progress.message(cohort, found, learner))
        return
    print(f"Nothing handed in: {handins.some(found.not_started) or 'nobody'}.")
    for one in handins.left(cohort, found.work):
        print(f"  {one.whole}")
    if found.to_grade:
        print(f"{progress.grade_first(found)} Grade first: {screen.command(f'grade {cohort.typed}')}")
    if not any(one.graded for one in found.questions):
        return
    rows = [
        [one.workbook, progress.prompt(cohort, one.workbook, one.question), f"{one.missed} of {one.graded}", one.open]
        for one in found.missed_by_most
    ]
    screen.table("Missed by most", ["workbook", "question", "missed by", "left open"], rows)
    stuck = [[one.learner, one.workbook, one.question, one.hand_ins, one.said] for one in found.stuck]
    screen.table("Stuck", ["learner", "workbook", "question", "hand-ins", "what the check said"], stuck)
