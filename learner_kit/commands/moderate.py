"""`learner-kit moderate`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

SAYS = "Draw the sample to moderate, send it away as a pack, take findings in, report."
EXAMPLE = (
    "learner-kit moderate may --by M-01 --seed 2026-1\n"
    "  learner-kit moderate may --by M-01 --sample 1 --learner L-0003 --upheld so1-ac1 so1-ac2 --overturned 'so1-ac3=no date'\n"
    "  learner-kit moderate may --by M-01 --sample 1 --pack usb-stick --blind --due 2026-12-04\n"
    "  learner-kit moderate may --by M-01 --take-in usb-stick/moderation-may-1-3f2a-findings-AB12.json\n"
    "  learner-kit moderate may --by M-01 --sample 1 --report"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--by", metavar="M-00", required=True, help="the registered moderator")
    parser.add_argument("--seed", help="fixes the sample; keep it in the minutes")
    parser.add_argument("--sample", type=int, metavar="NUMBER", help="work on this sample")
    parser.add_argument("--again", action="store_true", help="draw the sample again and compare")
    parser.add_argument("--learner", metavar="L-0000")
    parser.add_argument("--upheld", nargs="+", metavar="CRITERION", default=[])
    parser.add_argument("--overturned", nargs="+", metavar="CRITERION=REASON", default=[])
    parser.add_argument("--more-evidence", nargs="+", metavar="CRITERION=REASON", default=[])
    parser.add_argument(
        "--pack", metavar="FOLDER|FILE.zip", help="pack the sample for a moderator without the database"
    )
    parser.add_argument("--blind", action="store_true", help="with --pack: leave out what the assessors decided")
    parser.add_argument("--due", metavar="DATE", help="with --pack: the day by which it must be back")
    parser.add_argument("--take-in", metavar="FILE", help="take in what a moderator sent back")
    parser.add_argument("--late", metavar="REASON", default="", help="with --take-in: why it is taken in after its day")
    parser.add_argument("--report", action="store_true", help="write the moderation report (PDF and Word)")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import moderation
    from learner_kit.assess.moderation import pack_return
    from learner_kit.course import enrol

    cohort = common.opened(given.cohort)
    if given.take_in:
        enrol.require(cohort, given.by, "moderator")
        counts, notes = pack_return.take_in(cohort, given.take_in, given.by, given.late, moderator=given.by)
        print("Taken in: " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
        for note in notes:
            print(f"  {note}")
        return 0
    if given.sample is None:
        if not given.seed:
            raise KitError(
                "Give a seed (any word or number) with --seed; it makes sure that anyone can draw the same sample again."
            )
        number, sample = moderation.moderate(cohort, given.by, given.seed)
        screen.table(
            f"Sample {number}, seed {given.seed}", ["learner", "why"], [[one.learner, one.why] for one in sample]
        )
        return 0
    if given.again:
        same = moderation.draw_again(cohort, given.sample)
        print(
            f"Sample {given.sample}: {'the same portfolios came out' if same else 'OTHER PORTFOLIOS: its record was changed'}."
        )
        return 0 if same else 1
    if given.pack:
        return _pack(cohort, given)
    if given.report:
        from learner_kit.assess.moderation import report as moderation_report

        for path in moderation_report.write(cohort, given.sample):
            print(path)
        return 0
    return _find(cohort, given)


def _pack(cohort: Cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess.moderation import packs

    path = packs.make(cohort, given.sample, given.by, given.pack, given.blind, common.day(given.due))
    print(path)
    told = packs.found_before(cohort, given.sample, given.by)
    if told:
        print(told)
    print(f"It holds learners' work and model answers. `{screen.command('seal')}` locks it for the way.")
    print(f"The moderator opens it with: {screen.command(f'open-pack {screen.word(path.name)}')}")
    return 0


def _find(cohort: Cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess import moderation
    from learner_kit.assess.moderation import raters

    if not given.learner:
        raise KitError("Say whose portfolio was looked at: --learner L-0001.")
    findings = common.found(given.upheld, given.overturned, given.more_evidence)
    count = moderation.find(cohort, given.sample, given.learner, findings, given.by)
    agreed = raters.by_criterion(cohort, given.sample)[-1]
    some = f"{count} finding{'' if count == 1 else 's'}"
    print(
        f"{some} recorded. Sample {given.sample}: {raters.in_figures(agreed)}"
        + (f", kappa {raters.decimal(agreed.kappa)}." if agreed.kappa is not None else ".")
    )
    return 0
