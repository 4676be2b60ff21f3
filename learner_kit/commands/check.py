"""`learner-kit check`."""

from __future__ import annotations

import argparse

from learner_kit import screen

SAYS = "Check a programme folder: settings, masters, memos."
EXAMPLE = "learner-kit check"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programme", metavar="FOLDER", nargs="?", help="default: assessments/")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import programme, soundness
    from learner_kit.errors import DataError

    found = programme.load(given.programme or programme.ASSESSMENTS)
    rows = [
        [
            f"{criterion.number} {criterion.handle}",
            *(", ".join(one.stages[stage]) or "–" for stage in programme.STAGES),
            one.questions,
        ]
        for criterion, one in zip(found.unit.criteria, soundness.coverage(found), strict=True)
    ]
    screen.table(
        f"Unit standard {found.unit.id}, {found.unit.hours} hours", ["criterion", *programme.STAGES, "questions"], rows
    )
    if faults := soundness.faults(found):
        raise DataError(faults, source=f"The programme in {found.folder}")
    print(
        f"{len(found.unit.criteria)} criteria, {len(found.activities)} activities, {len(found.workbooks)} workbooks: in order."
    )
    return 0
