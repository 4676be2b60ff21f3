"""When results are final: everything judged, nothing under appeal, nothing that a moderator overturned left as it was."""

from __future__ import annotations

import sqlalchemy as sa

from learner_kit.assess import appeals
from learner_kit.assess.decisions import OPEN, C, outcomes, standing_judgements
from learner_kit.course import records
from learner_kit.course.cohort import Cohort


def why_not_final(cohort: Cohort, learner: str) -> list[str]:
    """What could still change a learner's results, in sentences; empty when they are final.

    Returns:
        Sentences. A unit that is Competent, moderated where it was drawn, and free of appeals gives none.
    """
    rows = standing_judgements(cohort, learner)
    unit = outcomes(cohort, rows, learner)[learner]["unit"]
    found = []
    if unit == OPEN:
        found.append("Not everything has been judged yet.")
    elif unit != C:
        found.append("What is Not Yet Competent may be handed in again while attempts are left.")
    found += [
        f"Appeal {one.number} on {one.criterion} is not closed; its last step was: {one.state}."
        for one in appeals.appeals(cohort, learner)
        if one.open
    ]
    standing = {row["id"]: criterion for (_, criterion), row in rows.items()}
    table = records.moderation
    query = sa.select(table).where(table.c.judgement.in_(list(standing))).order_by(table.c.id)
    newest = {row["judgement"]: row["finding"] for row in records.rows(cohort.engine, query)}
    found += [
        f"A moderator’s finding on {standing[id]} is “{finding}”; it waits for the assessor."
        for id, finding in newest.items()
        if finding != "upheld"
    ]
    return found
