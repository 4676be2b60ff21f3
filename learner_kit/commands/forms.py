"""`learner-kit forms`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Print the forms for work, the papers before the assessment and the handouts; or list what was recorded."
EXAMPLE = "learner-kit forms may --to usb-stick\n  learner-kit forms may --to usb-stick --learner L-0001\n  learner-kit forms may"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--to", metavar="FOLDER", help="write them there, as PDF")
    parser.add_argument(
        "--learner",
        metavar="L-0000",
        default="",
        help="print without the handouts, with this number, papers with the name too; list only this one",
    )
    parser.add_argument("--word", action="store_true", help="as Word files too")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import workplace
    from learner_kit.assess.papers import preparation
    from learner_kit.assess.papers import workplace as workplace_papers
    from learner_kit.teaching import handouts

    cohort = common.opened(given.cohort)
    known = workplace.forms(cohort.programme)
    if given.to:
        wanted = (cohort, given.to, given.learner, given.word)
        made = workplace_papers.write(*wanted) if known else []
        made += preparation.write(*wanted)
        made += [] if given.learner else handouts.write(cohort, given.to, given.word)
        for path in made:
            print(path)
        return None
    rows = [
        [
            one.number,
            one.learner,
            known[one.form].title if one.form in known else one.form,
            one.said,
            ", ".join(sorted(one.criteria)),
        ]
        for one in workplace.standing(cohort, given.learner or None)
    ]
    screen.table(f"Forms recorded in {cohort.name}", ["no.", "learner", "form", "day, seen by", "criteria"], rows)
    if not rows:
        print("None yet. Record them at the assessor's or the facilitator's desk; print empty ones with --to FOLDER.")
    return None
