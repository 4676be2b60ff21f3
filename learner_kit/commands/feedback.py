"""`learner-kit feedback`."""

from __future__ import annotations

import argparse

from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Write feedback to learners, assessor's reports and remediation plans (PDF, Word to edit)."
EXAMPLE = "learner-kit feedback may L-0001\n  learner-kit feedback may --plan --word"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument("--plan", action="store_true", help="a remediation plan too, for those who are not there yet")
    parser.add_argument("--word", action="store_true", help="as Word files too, to be edited")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import judgement, papers
    from learner_kit.assess.papers import results as results_papers

    cohort = common.opened(given.cohort)
    judged = dict.fromkeys(learner for learner, _ in judgement.standing_judgements(cohort))
    behind = results_papers.behind(cohort, given.learner) if given.plan else []
    for learner in [common.enrolled(cohort, given.learner)] if given.learner else judged:
        for path in papers.write(cohort, learner, word=given.word):
            print(path)
        if learner in behind:
            for path in results_papers.write_plan(cohort, learner, word=given.word):
                print(path)
    if not judged and not given.learner:
        raise KitError(f"Nothing has been judged in {cohort.name} yet.")
    common.provider(cohort)
