"""`learner-kit appeal`."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

SAYS = "Take an appeal in, follow its path with its deadlines, print the form."
EXAMPLE = (
    "learner-kit appeal may --learner L-0001 --criterion so1-ac1 --ground unfair --says 'I did explain it' --told 2026-04-10 "
    "--by F-01\n"
    "  learner-kit appeal may 1 --step answered --outcome upheld --by M-01 --says 'The figure is explained on page 2'\n"
    "  learner-kit appeal may"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("number", type=common.number, nargs="?", metavar="NUMBER", help="the appeal to go on with")
    parser.add_argument("--learner", metavar="L-0000", help="who appeals; alone: only this learner's appeals")
    parser.add_argument("--criterion", metavar="CRITERION", help="against the decision on this criterion")
    parser.add_argument("--ground", help="a ground that rules.toml names, such as unfair")
    parser.add_argument("--says", default="", help="the learner's own words; with --step, what was said or decided")
    parser.add_argument("--told", metavar="DATE", help="the day on which the learner got the feedback")
    parser.add_argument("--late", default="", metavar="REASON", help="why an appeal is taken in after its time")
    parser.add_argument("--step", help="meeting, answered, escalated, final, closed or withdrawn")
    parser.add_argument("--outcome", default="", help="with answered and final: upheld, dismissed, another assessor, …")
    parser.add_argument("--by", metavar="M-00", help="who takes it in, or takes the step; needed for both")
    parser.add_argument(
        "--form", action="store_true", help="write the form of this appeal, or an empty one for --learner"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import appeals
    from learner_kit.documents import long_date

    cohort = common.opened(given.cohort)
    given.criterion = cohort.programme.unit.id_of(given.criterion) if given.criterion else None
    common.enrolled(cohort, given.learner)
    if given.form:
        return _form(cohort, given)
    if given.step:
        if not given.number:
            raise KitError(f"Say which appeal goes on: {screen.command('appeal COHORT NUMBER --step …')}")
        appeals.appeal(cohort, given.number)
        one = appeals.step(cohort, given.number, given.step, _by(given), given.says, given.outcome)
        print(f"Appeal {one.number}: {one.state}." + (f" Next step due by {long_date(one.due)}." if one.due else ""))
        return 0
    if given.criterion:
        return _lodge(cohort, given)
    rows = [
        [str(one.number), one.learner, one.criterion, one.ground, one.state, one.outcome, str(one.due or "")]
        for one in appeals.appeals(cohort, given.learner)
        if given.number in (None, one.number)
    ]
    screen.table("Appeals", ["no.", "learner", "criterion", "ground", "state", "answer", "next step due"], rows)
    late = appeals.overdue(cohort)
    for one in late:
        print(f"Late: appeal {one.number} of {one.learner}, due by {long_date(one.due)}.")
    return 1 if late else 0


def _lodge(cohort: Cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess import appeals
    from learner_kit.documents import long_date
    from learner_kit.moments import local

    if not given.learner or not given.told:
        raise KitError("An appeal needs --learner, and --told: the day on which the learner got the feedback.")
    if (common.day(given.told) or dt.date.min) > local(dt.datetime.now(dt.UTC)).date():
        raise KitError("The day on which the learner got the feedback lies in the future. Nothing was recorded.")
    number = appeals.lodge(
        cohort,
        given.learner,
        given.criterion,
        given.ground or "",
        given.says,
        _by(given),
        common.end_of(given.told),
        given.late,
    )
    due = appeals.appeal(cohort, number).due
    print(f"Appeal {number} taken in." + (f" Answer due by {long_date(due)}." if due else ""))
    return 0


def _by(given: argparse.Namespace) -> str:
    """Who acts: it stands on the form of the appeal, where the computer's own name says nothing."""
    if not given.by:
        raise KitError("Say who it is, such as --by F-01 (or the learner's number). Nothing was recorded.")
    return str(given.by)


def _form(cohort: Cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess import appeals
    from learner_kit.assess.papers import results as results_papers

    learner = given.learner or (appeals.appeal(cohort, given.number).learner if given.number else None)
    if not learner:
        raise KitError("Say whose form: --learner L-0001, or the number of an appeal.")
    for path in results_papers.write_appeal(cohort, learner, given.number):
        print(path)
    return 0
