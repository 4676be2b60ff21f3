"""`learner-kit judge`."""

from __future__ import annotations

import argparse
import sys

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Record an assessor's decision on one criterion, or many from a CSV."
EXAMPLE = (
    "learner-kit judge may L-0001 so1-ac1 C --by A-01 --reason 'Worked out with own figures'\n"
    "  learner-kit judge may --from decisions.csv --by A-01\n"
    "  learner-kit judge may L-0001 ek-grading C --by A-01\n"
    "  learner-kit judge may L-0001 so1-ac1 --review 'another attempt' --by M-01 --reason 'Ill for the third'"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument("criterion", metavar="CRITERION", nargs="?")
    parser.add_argument("decision", metavar="C|NYC", nargs="?")
    parser.add_argument(
        "--by", metavar="A-00", required=True, help="the registered assessor (or moderator) who decides"
    )
    parser.add_argument("--reason", default="", help="what the decision rests on; needed for NYC")
    parser.add_argument(
        "--confirmed", metavar="RULES", help="rules of evidence that are met, with commas; all without it"
    )
    parser.add_argument(
        "--override", metavar="REASON", default="", help="why a rule of the kit is set aside; it is recorded"
    )
    parser.add_argument("--correct", metavar="NUMBER", type=int, help="correct the decision with this number")
    parser.add_argument("--statements", action="store_true", help="record the knowledge and cross-field outcomes shown")
    parser.add_argument(
        "--review", metavar="OUTCOME", help="a moderator's review after the last attempt: 'another attempt' or 'stands'"
    )
    parser.add_argument("--from", dest="source", metavar="CSV", help="columns: learner, criterion, decision, reason")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import decisions, judgement, statements

    cohort = common.opened(given.cohort)
    unit = cohort.programme.unit
    given.criterion = unit.id_of(given.criterion) if given.criterion else None
    confirmed = [one for one in given.confirmed.split(",") if one.strip()] if given.confirmed is not None else None
    if given.review:
        return _review(cohort, given)
    if given.statements:
        done, left = statements.evidence_all(cohort, common.enrolled(cohort, given.learner) or "", given.by)
        print(f"Evidenced now: {', '.join(done) or 'none'}. Still open: {', '.join(left) or 'none'}.")
        return 0
    if given.criterion in {one.id for one in statements.wanted(unit)}:
        held = decisions.decision(given.decision or "")
        if held not in judgement.DECISIONS:
            raise KitError("Say C when it is evidenced, NYC when it is not yet.")
        made = statements.evidence(
            cohort, given.learner, given.criterion, given.by, evidenced=held == "C", reason=given.reason
        )
        print(
            f"{given.learner} {given.criterion}: {'evidenced' if held == 'C' else 'not evidenced yet'} (record {made})."
        )
        return 0
    if given.correct:
        decision = decisions.decision(given.decision or given.learner or "")
        made = judgement.correct(cohort, given.correct, decision, given.by, given.reason, confirmed=confirmed)
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
    refused = 0
    for number, row in enumerate(rows, start=1):
        said = {name: str(row.get(name, "")).strip() for name in ("learner", "criterion", "decision", "reason")}
        said |= {"criterion": unit.id_of(said["criterion"]), "decision": decisions.decision(said["decision"])}
        try:
            made = judgement.judge(cohort, **said, assessor=given.by, confirmed=confirmed, override=given.override)
            print(f"{said['learner']} {said['criterion']}: {judgement.DECISIONS[said['decision']]} (judgement {made}).")
        except KitError as error:
            refused += 1
            if isinstance(error, judgement.AlreadyDecided):
                again = f"judge {cohort.typed} {said['decision']} --correct {error.number} --by {given.by} --reason …"
                error = KitError(f"{error} To correct that decision: {screen.command(again)}")
            print(f"Row {number}: {error}" if given.source else str(error), file=sys.stderr)
    return 1 if refused else 0


def _review(cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess import judgement

    if not given.learner or not given.criterion:
        raise KitError("Say learner and criterion of the review.")
    made = judgement.review(cohort, given.learner, given.criterion, given.by, given.review, given.reason)
    print(f"Review {made}: {given.learner} {given.criterion}: {given.review}.")
    return 0
