"""`learner-kit flag`."""

from __future__ import annotations

import argparse

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Mark a learner's path: recognition of prior learning, special needs. Both are always moderated."
EXAMPLE = "learner-kit flag may L-0001 rpl --reason 'Ten years at the counter' --by F-01\n  learner-kit flag may"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("learner", metavar="L-0000", nargs="?")
    parser.add_argument("flag", choices=("rpl", "special-needs"), nargs="?")
    parser.add_argument(
        "--reason", default="", help="what it rests on; for special needs what was arranged, no diagnosis"
    )
    parser.add_argument("--by", metavar="F-00", help="who sets it")
    parser.add_argument("--off", action="store_true", help="take it back; both stay in the record")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import flags

    cohort = common.opened(given.cohort)
    if given.learner and not given.flag:
        raise KitError("Say which flag: rpl or special-needs.")
    if given.learner:
        flags.flag(cohort, given.learner, flags.SHORT[given.flag], given.by or common.me(), given.reason, not given.off)
    rows = [[learner, name, why] for learner, own in flags.flags(cohort).items() for name, why in own.items()]
    screen.table("Flags that hold", ["learner", "flag", "reason"], rows)
    return None
