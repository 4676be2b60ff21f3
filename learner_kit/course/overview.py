"""What a cohort holds, counted."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from learner_kit.course import handins, naming, records
from learner_kit.course.cohort import Cohort


def counts(cohort: Cohort) -> dict[str, int | str]:
    """How many learners, hand-ins, graded workbooks, judgements and samples there are, and what is released.

    Returns:
        What → how many, in the order a facilitator asks.
    """
    states = Counter(one.state for one in handins.states(cohort).values())
    released = [naming.name(cohort.programme, one) for one in handins.released(cohort)]
    found: dict[str, int | str] = {}
    with cohort.engine.connect() as connection:

        def count(column: sa.ColumnElement) -> int:
            return connection.scalar(sa.select(sa.func.count(column))) or 0

        found["learners enrolled"] = count(records.learners.c.pseudonym)
        found["workbooks released"] = ", ".join(released) or "none yet"
        found["learners who handed in"] = count(records.submissions.c.learner.distinct())
        found["hand-ins collected"] = count(records.submissions.c.id)
        found["workbooks still to hand in"] = sum(states[one] for one in handins.STILL_OUT)
        found["workbooks overdue"] = states[handins.OVERDUE]
        found["workbooks not graded yet"] = states[handins.UNGRADED]
        found["workbooks graded"] = states[handins.GRADED]
        found["judgements recorded"] = count(records.judgements.c.id)
        found["moderation samples"] = count(records.samples.c.id)
    return found
