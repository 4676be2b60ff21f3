"""`learner-kit matrix`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Show every learner's evidence and standing on every criterion, and what is still to do."
EXAMPLE = "learner-kit matrix may --json\n  learner-kit matrix may --pdf matrix.pdf"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--learner", metavar="L-0000")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--csv", action="store_true")
    shape.add_argument("--pdf", metavar="FILE", help="the picture of the class and what is still to do")
    shape.add_argument("--png", metavar="FILE", help="the picture alone, thirty learners a file")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import evidence

    cohort = common.opened(given.cohort)
    found = evidence.matrix(cohort, common.enrolled(cohort, given.learner))
    if given.json:
        print(evidence.as_json(cohort, found))
    elif given.csv:
        screen.rows(evidence.as_csv(found))
    elif given.pdf:
        from learner_kit.assess.papers import classes as class_papers

        print(class_papers.write_matrix(cohort, found, given.pdf))
    elif given.png:
        from learner_kit.assess.papers import classes as class_papers

        for path, alt in class_papers.write_pictures(cohort, found, given.png):
            print(f"{path}\n  {alt}")
    else:
        _show(cohort, found)
    return None


def _show(cohort, found) -> None:
    from learner_kit.assess import evidence

    by_learner: dict[str, list] = {}
    for one in found:
        by_learner.setdefault(one.learner, []).append(one)
    for learner, own in by_learner.items():
        rows = [[common.named(cohort, one.criterion), one.said, ", ".join(one.missing)] for one in own]
        screen.table(learner, ["criterion", "state", "still to hand in"], rows)
        for who, what, ids in evidence.missing(own):
            print(f"  {who}: {what} ({', '.join(ids)})")
