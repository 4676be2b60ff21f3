"""When results are final: everything judged, nothing under appeal, nothing that a moderator overturned left as it was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import appeals
from learner_kit.assess.dates import long_day
from learner_kit.assess.decisions import (
    FINAL,
    NYC,
    OPEN,
    outcomes,
    reviewed,
    reviews_due,
    standing_judgements,
    standing_statements,
)
from learner_kit.course import records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date

APPEAL, OVERTURNED, MORE = "appeal", "overturned", "more evidence"
MEANS = {  # what a mark beside a decision says, in tables and pictures
    OVERTURNED: "moderator overturned",
    MORE: "more evidence wanted",
    APPEAL: "under open appeal",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps one decision open: an open appeal, or a moderator's finding that nobody has answered yet.

    `number` is the appeal's, for a finding the judgement's; `state` the appeal's last step; `to_correct` whether an
    assessor must correct the decision now; `due` when an appeal's next step is.
    """

    learner: str
    criterion: str
    kind: str
    judgement: int
    number: int
    reason: str
    who: str
    at: dt.datetime
    state: str = ""
    due: dt.date | None = None
    to_correct: bool = False

    @property
    def short(self) -> str:
        """In a word or three: `overturned`, `more evidence` or `appeal 1 open`."""
        return f"appeal {self.number} open" if self.kind == APPEAL else self.kind

    @property
    def with_due(self) -> str:
        """`short`, and by when an appeal's next step is due."""
        return self.short + (f", next step by {long_date(self.due)}" if self.due else "")

    @property
    def to_do(self) -> tuple[str, str]:
        """Who does what next, such as `assessor`, `correct what a moderator overturned`."""
        if self.kind == APPEAL:
            correcting = ("another assessor", f"correct the decision: {self.with_due}")
            return correcting if self.to_correct else ("moderator", self.with_due)
        said = (
            "correct what a moderator overturned"
            if self.to_correct
            else "get the evidence that a moderator asks for, then confirm or correct the decision"
        )
        return "assessor", said

    @property
    def said(self) -> str:
        """The whole of it in a sentence: the finding or appeal, its reason, by whom and when."""
        day = long_day(self.at)
        if self.kind == APPEAL:
            due = f"; the next step is due by {long_date(self.due)}" if self.due else ""
            return f"Appeal {self.number} against judgement {self.judgement} is open: {self.state} on {day}{due}."
        return f"Judgement {self.judgement}: a moderator ({self.who}) found “{self.kind}” on {day}: {self.reason}"


def holds(
    cohort: Cohort,
    learner: str | None = None,
    standing: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
) -> dict[tuple[str, str], tuple[Hold, ...]]:
    """What keeps decisions open, of one learner or, in as few questions to the database, of the whole class.

    Args:
        standing: the decisions that stand, where they were read already.

    Returns:
        (learner, criterion) → findings that nobody answered, then open appeals; only where there are any.
    """
    standing = standing_judgements(cohort, learner) if standing is None else standing
    stands = {row["id"] for row in standing.values()}
    found: dict[tuple[str, str], list[Hold]] = defaultdict(list)
    for row in _newest_findings(cohort, learner):
        if row["finding"] != "upheld" and row["judgement"] in stands:
            found[row["learner"], row["criterion"]].append(
                Hold(
                    row["learner"],
                    row["criterion"],
                    row["finding"],
                    row["judgement"],
                    row["judgement"],
                    row["reason"],
                    row["moderator"],
                    row["found_at"],
                    to_correct=row["finding"] == OVERTURNED,
                )
            )
    for one in appeals.appeals(cohort, learner):
        if one.open:
            last = one.steps[-1]
            wrong = one.outcome == appeals.UPHELD and one.judgement in stands
            found[one.learner, one.criterion].append(
                Hold(
                    one.learner,
                    one.criterion,
                    APPEAL,
                    one.judgement,
                    one.number,
                    last["says"],
                    last["who"],
                    last["at"],
                    one.state,
                    one.due,
                    wrong,
                )
            )
    return {key: tuple(own) for key, own in found.items()}


def _newest_findings(cohort: Cohort, learner: str | None) -> Iterable[dict[str, Any]]:
    table, judged = records.moderation, records.judgements
    query = (
        sa.select(table, judged.c.learner, judged.c.criterion)
        .join(judged, judged.c.id == table.c.judgement)
        .order_by(table.c.id)
    )
    query = query.where(judged.c.learner == learner) if learner else query
    return {row["judgement"]: row for row in records.rows(cohort.engine, query)}.values()


def _all_judged(cohort: Cohort, learner: str, rows: Mapping[tuple[str, str], Any]) -> bool:
    unit, said = cohort.programme.unit, standing_statements(cohort, learner)
    told = {one for _, one in (*rows, *said)}
    return all(one.id in told for one in (*unit.criteria, *unit.knowledge, *unit.cross_field))


def why_not_final(cohort: Cohort, learner: str) -> list[str]:
    """What could still change a learner's results, in sentences; empty when they are final.

    Returns:
        Sentences. A unit that is Competent, moderated where it was drawn, and free of appeals gives none; nor does one whose
        criteria are all judged, where a review let each Not Yet Competent stand.
    """
    rows = standing_judgements(cohort, learner)
    unit = outcomes(cohort, rows, learner)[learner]["unit"]
    found = []
    due = reviews_due(cohort, learner, rows)
    ended = {row["judgement"] for row in reviewed(cohort, learner) if row["outcome"] == FINAL}
    lacking = {key: row["id"] for key, row in rows.items() if row["decision"] == NYC}
    if unit == NYC and (not lacking or any(key not in due and id not in ended for key, id in lacking.items())):
        found.append("What is Not Yet Competent may be handed in again while attempts are left.")
    elif unit == OPEN or (unit == NYC and not _all_judged(cohort, learner, rows)):
        found.append("Not everything has been judged yet.")
    found += [f"A moderator has still to review {criterion} after its last attempt." for _, criterion in due]
    held = [one for own in holds(cohort, learner, rows).values() for one in own]
    found += [
        f"Appeal {one.number} on {one.criterion} is not closed; its last step was: {one.state}."
        for one in sorted(held, key=lambda one: one.number)
        if one.kind == APPEAL
    ]
    found += [
        f"A moderator’s finding on {one.criterion} is “{one.kind}”; it waits for the assessor."
        for one in held
        if one.kind != APPEAL
    ]
    return found
