"""`learner-kit status`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Show what a cohort holds and what waits for whom."
EXAMPLE = "learner-kit status may"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import decisions, final
    from learner_kit.course import handins, overview

    cohort = common.opened(given.cohort)
    open_ones = [one for own in final.holds(cohort).values() for one in own]
    appeals = [one for one in open_ones if one.kind == final.APPEAL]
    overturned = [one for one in open_ones if one.kind == final.OVERTURNED]
    due = decisions.reviews_due(cohort)
    counted = {
        **overview.counts(cohort),
        "judgements overturned, to correct": len(overturned),
        "moderators' findings that want more evidence": len(open_ones) - len(appeals) - len(overturned),
        "reviews after the last attempt, to do": len(due),
        "appeals open": len(appeals),
    }
    screen.table(f"Cohort {cohort.name}", ["what", "how many"], [list(row) for row in counted.items()])
    for one in handins.left(cohort, handins.states(cohort)):
        print(f"  {one.whole}")
    for (learner, criterion), row in due.items():
        print(f"  moderator: review after the last attempt ({learner} {criterion}, judgement {row['id']})")
    for one in open_ones:
        who, what = one.to_do
        print(f"  {who}: {what} ({one.learner} {one.criterion}). {one.said}")
