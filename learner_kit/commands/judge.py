"""`learner-kit judge`."""

from __future__ import annotations

import argparse
import sys

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Record an assessor's decision on one criterion, or many from a CSV."
EXAMPLE = (
    "learner-kit judge may L-0001 so1-ac1 C --by A-01 --reason 'Worked out with own figures'\n"
    "  learner-kit judge may --from decisions.csv --by A-01"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument("criterion", metavar="CRITERION", nargs="?")
    parser.add_argument("decision", metavar="C|NYC", nargs="?")
    parser.add_argument("--by", metavar="A-00", required=True, help="the registered assessor who decides")
    parser.add_argument("--reason", default="", help="what the decision rests on; needed for NYC")
    parser.add_argument(
        "--confirmed", metavar="RULES", help="rules of evidence that are met, with commas; all without it"
    )
    parser.add_argument(
        "--override", metavar="REASON", default="", help="why a rule of the kit is set aside; it is recorded"
    )
    parser.add_argument("--correct", metavar="NUMBER", type=int, help="correct the decision with this number")
    parser.add_argument("--from", dest="source", metavar="CSV", help="columns: learner, criterion, decision, reason")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import judgement

    cohort = common.opened(given.cohort)
    if given.correct:
        made = judgement.correct(
            cohort, given.correct, (given.decision or given.learner or "").upper(), given.by, given.reason
        )
        print(f"Recorded as judgement {made}, which corrects {given.correct}.")
        return 0
    if given.source:
        from learner_kit.reading import read_table

        rows = read_table(given.source).fillna("").to_dict("records")
    elif given.learner and given.criterion and given.decision:
        rows = [
            {"learner": given.learner, "criterion": given.criterion, "decision": given.decision, "reason": given.reason}
        ]
    else:
        raise KitError("Say learner, criterion and decision, or name a CSV with --from.")
    confirmed = [one.strip().lower() for one in given.confirmed.split(",")] if given.confirmed is not None else None
    refused = 0
    for number, row in enumerate(rows, start=1):
        said = {name: str(row.get(name, "")).strip() for name in ("learner", "criterion", "decision", "reason")}
        said["decision"] = said["decision"].upper()
        try:
            made = judgement.judge(cohort, **said, assessor=given.by, confirmed=confirmed, override=given.override)
            print(f"{said['learner']} {said['criterion']}: {judgement.DECISIONS[said['decision']]} (judgement {made}).")
        except KitError as error:
            refused += 1
            print(f"Row {number}: {error}" if given.source else str(error), file=sys.stderr)
    return 1 if refused else 0
