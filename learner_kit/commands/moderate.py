"""`learner-kit moderate`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Draw the sample to moderate, or record what a moderator found."
EXAMPLE = (
    "learner-kit moderate may --by M-01 --seed 2026-1\n"
    "  learner-kit moderate may --by M-01 --sample 1 --learner L-0003 --upheld so1-ac1 so1-ac2 --overturned 'so1-ac3=no date'"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--by", metavar="M-00", required=True, help="the registered moderator")
    parser.add_argument("--seed", help="fixes the sample; keep it in the minutes")
    parser.add_argument("--sample", type=int, metavar="NUMBER", help="record findings on this sample")
    parser.add_argument("--learner", metavar="L-0000")
    parser.add_argument("--upheld", nargs="+", metavar="CRITERION", default=[])
    parser.add_argument("--overturned", nargs="+", metavar="CRITERION=REASON", default=[])
    parser.add_argument("--more-evidence", nargs="+", metavar="CRITERION=REASON", default=[])


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import moderation

    cohort = common.opened(given.cohort)
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
    if not given.learner:
        raise KitError("Say whose portfolio was looked at: --learner L-0001.")
    findings = dict.fromkeys(given.upheld, ("upheld", ""))
    for finding, said in (("overturned", given.overturned), ("more evidence", given.more_evidence)):
        for one in said:
            criterion, _, reason = one.partition("=")
            findings[criterion.strip()] = (finding, reason)
    count = moderation.find(cohort, given.sample, given.learner, findings, given.by)
    agreed = moderation.agreement(cohort, given.sample)
    print(
        f"{count} findings recorded. Sample {given.sample}: {agreed['upheld']} of {agreed['looked_at']} judgements upheld."
    )
    return 0
