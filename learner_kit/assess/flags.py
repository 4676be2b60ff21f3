"""What marks a learner's whole path: recognition of prior learning, special needs. The path itself stays the same.

Recognition of prior learning is judged on the same criteria, by the same rules of evidence. What the flag changes is
moderation: rules.toml names the flags that always bring a portfolio into the sample.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import KitError

RPL, NEEDS = "recognition of prior learning", "special needs"  # as rules.toml names them
LONGEST = 500  # letters of a reason
SHORT = {"rpl": RPL, "special-needs": NEEDS}


def flag(
    cohort: Cohort, learner: str, which: str, who: str, reason: str, holds: bool = True, at: dt.datetime | None = None
) -> None:
    """Set a flag, or take it back; both stay in the record.

    Args:
        which: `recognition of prior learning` or `special needs`.
        who: who sets it.
        reason: what it rests on; for special needs the arrangement that was made, never a diagnosis.

    Raises:
        KitError: the learner is not enrolled, there is no such flag, there is no reason, or a flag is taken back that does
            not hold.
    """
    may_flag(cohort, learner, which, reason, holds)
    row = {"learner": learner, "flag": which, "holds": holds, "reason": reason.strip(), "who": who}
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.flags.insert().values(**row, at=at or records.now()))
        records.note(connection, who, "flag", learner, {"flag": which, "holds": holds})


def may_flag(cohort: Cohort, learner: str, which: str, reason: str, holds: bool = True) -> None:
    """Say whether `flag` would record this, and write nothing; `flag` says what is raised."""
    if which not in SHORT.values():
        raise KitError(f"{which!r} is no flag; they are {' and '.join(SHORT.values())}.")
    enrol.require_learner(cohort, learner)
    if not reason.strip():
        raise KitError("Give a reason.")
    if len(reason) > LONGEST:
        raise KitError(f"A reason has at most {LONGEST} letters; this one has {len(reason)}.")
    if not holds and which not in flags(cohort).get(learner, {}):
        raise KitError(f"{learner} has no flag “{which}” that could be taken back.")


def flags(cohort: Cohort) -> dict[str, dict[str, str]]:
    """Learner → flag that holds now → its reason."""
    found: dict[str, dict[str, str]] = {}
    for row in records.rows(cohort.engine, sa.select(records.flags).order_by(records.flags.c.id)):
        own = found.setdefault(row["learner"], {})
        own.pop(row["flag"], None)
        if row["holds"]:
            own[row["flag"]] = row["reason"]
    return {learner: own for learner, own in found.items() if own}
