"""`learner-kit portfolio`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Make learners' signed portfolios; one that is not complete says what is missing."
EXAMPLE = "learner-kit portfolio may\n  learner-kit portfolio may L-0003 --draft"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument("--draft", action="store_true", help="make unfinished ones too, marked as drafts")
    parser.add_argument("--missing", action="store_true", help="only say what each still lacks; make nothing")
    parser.add_argument(
        "--key", metavar="FILE", help="the signing key; the cohort's own, made at first use, without it"
    )
    parser.add_argument("--by", metavar="CODE", default="learner-kit", help="who makes them, for the log")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import portfolio as portfolios

    cohort = common.opened(given.cohort)
    learners = [common.enrolled(cohort, given.learner)] if given.learner else portfolios.learners(cohort)
    if given.missing:
        lacking = {one: portfolios.missing(cohort, one) for one in learners}
        for learner, said in lacking.items():
            print(f"{learner}: {'; '.join(said) if said else 'complete'}")
        return 1 if any(lacking.values()) else 0
    if not learners and not given.key:
        raise KitError(f"Nobody in {cohort.name} has handed anything in yet.")
    key = common.key(cohort, given.key)
    made = refused = 0
    for learner in learners:
        try:
            place = portfolios.make(cohort, learner, key, given.by, None if given.draft else False)
        except portfolios.Incomplete as incomplete:
            refused += 1
            print(f"{learner}: not complete: {'; '.join(incomplete.missing)}")
        else:
            made += 1
            print(f"{'Draft: ' if portfolios.state(place) == portfolios.DRAFT else ''}{place}")
    if made:
        print(f"Signed with the key {key.fingerprint}. Tell it to whoever checks them, by another way.")
    if refused:
        print(f"{refused} not made, for something is missing. --draft makes them all the same, marked as drafts.")
    return 1 if refused else 0
