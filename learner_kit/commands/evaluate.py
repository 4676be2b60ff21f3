"""`learner-kit evaluate`."""

from __future__ import annotations

import argparse
from pathlib import Path

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Evaluate the programme: forms to print, anonymous answers in, the report out."
EXAMPLE = "learner-kit evaluate may --add answers.csv\n  learner-kit evaluate may --report report.pdf"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument(
        "--follow-up", action="store_true", help="the form of three months later, not the one at the end"
    )
    parser.add_argument("--form", metavar="FILE", help="write the form to print (PDF)")
    parser.add_argument("--check", metavar="FILE", help="write the knowledge check to print (PDF)")
    parser.add_argument(
        "--add", metavar="TABLE", help="add answers from a CSV or Excel file; only the answers are kept"
    )
    parser.add_argument("--report", metavar="FILE", help="write the report: .pdf or .docx")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit import files
    from learner_kit.documents import to_pdf, to_word
    from learner_kit.teaching import evaluation, evaluation_papers

    cohort = common.opened(given.cohort)
    kind = "follow-up" if given.follow_up else "end"
    if given.add:
        evaluation.add_file(cohort, given.add, kind)
    wanted = [(given.form, evaluation_papers.form, (kind,)), (given.check, evaluation_papers.knowledge_form, ())]
    wanted.append((given.report, evaluation_papers.report, (kind,)))
    for place, make, more in wanted:
        if place:
            document = make(cohort, *more)
            try:
                print(
                    files.write(Path(place), (to_word if Path(place).suffix.lower() == ".docx" else to_pdf)(document))
                )
            except OSError as error:
                raise KitError(f"{place} could not be written: {error.strerror}.") from None
    print(f"{evaluation.count(cohort, kind)} forms in {cohort.name}; results are shown from {evaluation.LEAST} on.")
