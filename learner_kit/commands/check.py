"""`learner-kit check`."""

from __future__ import annotations

import argparse

from learner_kit import screen

SAYS = "Check a programme folder: settings, coverage, masters, memos; with --cohort also what changed after release."
EXAMPLE = "learner-kit check --cohort may"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programme", metavar="FOLDER", nargs="?", help="default: assessments/")
    parser.add_argument("--cohort", metavar="COHORT", help="compare with what this cohort's learners were given")
    parser.add_argument("--table", action="store_true", help="write the table of coverage to docs/coverage.md")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit import files
    from learner_kit.commands import common
    from learner_kit.course import programme, ranges, soundness
    from learner_kit.errors import DataError, KitError

    cohort = common.opened(given.cohort) if given.cohort else None
    chosen = cohort.programme.folder if cohort and not given.programme else given.programme or programme.ASSESSMENTS
    found = programme.load(chosen)
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
    if named := [[one.kind, one.name, "; ".join(one.lessons) or "–", one.questions] for one in ranges.coverage(found)]:
        screen.table("Its range", ["range", "named", "explained in", "questions"], named)
    faults = soundness.faults(found) + (soundness.changed(cohort) if cohort else [])
    if faults:
        raise DataError(faults, source=f"The programme in {found.folder}")
    if given.table:
        page = found.folder.parent / "docs" / "coverage.md"
        try:
            files.write(page, soundness.table(found))
        except OSError as error:
            raise KitError(f"{page} could not be written: {error.strerror or error}.") from None
        print(f"The table of coverage: {page}")
    print(
        f"{len(found.unit.criteria)} criteria, {len(found.activities)} activities, {len(found.workbooks)} workbooks: in order."
    )
    return 0
