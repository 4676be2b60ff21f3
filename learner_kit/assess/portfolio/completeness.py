"""Whether a portfolio is complete: what is missing before it can be closed, as a person would say it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import sqlalchemy as sa

from learner_kit.assess import appeals, decisions, evidence, judgement
from learner_kit.assess.portfolio.contents import Declaration, submissions
from learner_kit.course import records
from learner_kit.course.cohort import Cohort

ENDED = (appeals.ANSWERED, appeals.FINAL, appeals.CLOSED, appeals.WITHDRAWN)  # after these nobody waits for an answer

USUAL = {  # papers that a provider files with a portfolio, and words by which the name of a file tells them
    "curriculum vitae (CV)": "cv curriculum vitae resume",
    "certified copy of the identity document": "id identity passport",
    "certificates of earlier learning": "certificate certificates matric diploma qualification qualifications",
    "background form": "background biographic biographical",
    "signed declaration of authenticity": "declaration authenticity",
    "learner's preparation checklist": "preparation checklist",
    "signed assessment contract": "contract agreement",
    "agenda and minutes of the pre-assessment meeting": "agenda minutes meeting",
}


def unfiled(names: Iterable[str]) -> tuple[str, ...]:
    """The usual papers of the provider of which no file has the name; a hint for whoever files, no condition.

    Example:
        >>> unfiled(["Certified ID.pdf", "cv_2026.docx", "contract.pdf", "minutes.pdf", "matric.pdf", "background-form.pdf"])
        ('signed declaration of authenticity', "learner's preparation checklist")
    """
    there = {word for name in names for word in re.findall(r"[a-z]+", name.lower())}
    return tuple(paper for paper, words in USUAL.items() if not there & set(words.split()))


def missing(
    cohort: Cohort,
    learner: str,
    declarations: tuple[Declaration, ...] = (),
    standings: tuple[evidence.Standing, ...] = (),
) -> tuple[str, ...]:
    """Everything that a learner's portfolio still lacks; empty when it can be closed.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        declarations: what was declared with each hand-in; not looked at without them.
        standings: from `evidence.matrix`; read here without them.
    """
    handed_in = submissions(cohort, learner)
    if not handed_in:
        return (evidence.MISSING,)
    unit, found = cohort.programme.unit, []
    states: dict[str, list[str]] = {}
    for one in standings or evidence.matrix(cohort, learner):
        criterion = unit.criterion(one.criterion)
        number = criterion.number if criterion else one.criterion
        if one.state not in (judgement.C, judgement.NYC):
            states.setdefault(one.state, []).append(number)
        elif not one.items:
            states.setdefault("judged, but without evidence", []).append(number)
    words = {evidence.READY: "not judged yet"}
    for state, numbers in states.items():
        found.append(
            f"{words.get(state, state)}: {'criterion' if len(numbers) == 1 else 'criteria'} {', '.join(numbers)}"
        )
    newest = {row["workbook"]: row["number"] for row in handed_in}
    unsigned = [one.workbook for one in declarations if newest.get(one.workbook) == one.number and not one.says]
    if unsigned:
        found.append(f"the declaration of authenticity is not signed: {', '.join(unsigned)}")
    reviews = [one.number for _, id in decisions.reviews_due(cohort, learner) if (one := unit.criterion(id))]
    if reviews:
        found.append(f"a moderator has still to review after the last attempt: {', '.join(sorted(reviews))}")
    return tuple(found + _statements(cohort, learner) + _appeals(cohort, learner) + _moderation(cohort, learner))


def _statements(cohort: Cohort, learner: str) -> list[str]:
    """Embedded knowledge and cross-field outcomes on which nobody has said a word yet."""
    unit, said = cohort.programme.unit, decisions.standing_statements(cohort, learner)
    found = []
    for name, wanted in (("embedded knowledge", unit.knowledge), ("cross-field outcomes", unit.cross_field)):
        silent = sum((learner, one.id) not in said for one in wanted)
        if silent:
            found.append(f"{name}: {silent} of {len(wanted)} not looked at yet")
    return found


def _appeals(cohort: Cohort, learner: str) -> list[str]:
    steps, judged = records.appeals, records.judgements
    query = (
        sa.select(steps.c.appeal, steps.c.step)
        .join(judged, judged.c.id == steps.c.judgement)
        .where(judged.c.learner == learner)
        .order_by(steps.c.number)
    )
    last = {row["appeal"]: row["step"] for row in records.rows(cohort.engine, query)}
    open_ones = [str(id) for id, step in last.items() if step not in ENDED]
    return [f"appeal {', '.join(open_ones)} is not decided yet"] if open_ones else []


def _moderation(cohort: Cohort, learner: str) -> list[str]:
    found = []
    drawn = records.rows(cohort.engine, sa.select(records.samples.c.id, records.samples.c.drawn))
    if not drawn:
        return ["no moderation sample was drawn in this cohort yet"]
    mine = [row["id"] for row in drawn if learner in {one["learner"] for one in json.loads(row["drawn"])}]
    standing = judgement.standing_judgements(cohort, learner)
    looked, judged = records.moderation, records.judgements
    query = (
        sa.select(looked.c.sample, looked.c.judgement, looked.c.finding, judged.c.criterion)
        .join(judged, judged.c.id == looked.c.judgement)
        .where(judged.c.learner == learner)
        .order_by(looked.c.id)
    )
    rows = records.rows(cohort.engine, query)
    waiting = [str(one) for one in mine if one not in {row["sample"] for row in rows}]
    if waiting:
        found.append(f"it is in moderation sample {', '.join(waiting)}, but it was not looked at yet")
    newest = {row["judgement"]: row for row in rows}
    stands = {row["id"] for row in standing.values()}
    unit = cohort.programme.unit
    for finding in ("overturned", "more evidence"):
        numbers = [
            criterion.number
            for row in newest.values()
            if row["finding"] == finding and row["judgement"] in stands
            if (criterion := unit.criterion(row["criterion"]))
        ]
        if numbers:
            one = len(numbers) == 1
            said = f"{'needs' if one else 'need'} more evidence"
            if finding == "overturned":
                said = f"{'was' if one else 'were'} overturned and not corrected yet"
            found.append(f"the moderator found: {', '.join(sorted(numbers))} {said}")
    return found
