"""Appeals: the path of each, step by step, with the date by which the next step is due. Rows are only ever added.

    lodged → meeting → answered → closed
                          └→ escalated → final → closed

Every appeal brings the portfolio into the moderation sample (rules.toml). An appeal that is upheld changes no decision by
itself: an assessor who did not make it corrects it, and the answer stays beside the correction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.assess.dates import long_day, working_days_after
from learner_kit.assess.decisions import standing_judgements
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import KitError
from learner_kit.moments import local

LODGED, MEETING, ANSWERED, ESCALATED, FINAL, CLOSED, WITHDRAWN = (
    "lodged",
    "meeting",
    "answered",
    "escalated",
    "final",
    "closed",
    "withdrawn",
)
NEXT = {
    LODGED: (MEETING, ANSWERED, WITHDRAWN),
    MEETING: (ANSWERED, WITHDRAWN),
    ANSWERED: (ESCALATED, CLOSED),
    ESCALATED: (FINAL, WITHDRAWN),
    FINAL: (CLOSED,),
    CLOSED: (),
    WITHDRAWN: (),
}
UPHELD, DISMISSED = "upheld", "dismissed"
OBSERVED = "same assessor, observed"
OUTCOMES = {
    DISMISSED: "The decision stands.",
    UPHELD: "The decision does not stand; an assessor who did not make it corrects it.",
    "another assessor": "Another assessor judges the same evidence again.",
    OBSERVED: "The same assessor judges again while a moderator looks on.",
    "new evidence": "The learner hands in more, and the criterion is judged again.",
}
LONGEST = 5_000


@dataclass(frozen=True)
class Appeal:
    """An appeal with every step of its path; `due` is when the next step is due, None once nothing is left to do."""

    number: int
    judgement: int
    learner: str
    criterion: str
    assessor: str
    ground: str
    steps: tuple[dict[str, Any], ...]
    due: dt.date | None

    @property
    def state(self) -> str:
        return str(self.steps[-1]["step"])

    @property
    def open(self) -> bool:
        return self.state not in (CLOSED, WITHDRAWN)

    @property
    def settled(self) -> bool:
        """Whether the decision stands for good: the last answer there is dismissed the appeal."""
        return self.outcome == DISMISSED and any(one["step"] == FINAL for one in self.steps)

    @property
    def outcome(self) -> str:
        """The last answer that was given, or nothing."""
        return next((str(one["outcome"]) for one in reversed(self.steps) if one["outcome"]), "")


def lodge(
    cohort: Cohort,
    learner: str,
    criterion: str,
    ground: str,
    says: str,
    who: str,
    told_at: dt.datetime,
    late_because: str = "",
    at: dt.datetime | None = None,
) -> int:
    """Take in a learner's appeal against the decision that stands on a criterion.

    Args:
        ground: one of those in rules.toml, such as unfair.
        says: the learner's own words.
        who: who takes it in.
        told_at: when the learner got the feedback (UTC), or the end of that day; from then on the hours of rules.toml run.
        late_because: why an appeal is taken in after those hours; it stands in the record.

    Returns:
        The appeal's number.

    Raises:
        KitError: with every reason why it cannot be taken in; nothing is.
    """
    at = at or records.now()
    last = may_lodge(cohort, learner, criterion, ground, says, told_at, late_because, at)
    with records.transaction(cohort.engine) as connection:
        number = (connection.scalar(sa.select(sa.func.max(records.appeals.c.appeal))) or 0) + 1
        said = says.strip() + (f"\n\nLate because: {late_because.strip()}" if late_because.strip() else "")
        _add(connection, number, 1, last["id"], LODGED, said, who, at, ground=ground)
        records.note(connection, who, "appeal", f"{learner} {criterion}", {"appeal": number, "step": LODGED})
    return number


def may_lodge(
    cohort: Cohort,
    learner: str,
    criterion: str,
    ground: str,
    says: str,
    told_at: dt.datetime,
    late_because: str = "",
    at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Say whether `lodge` would take an appeal in, and write nothing.

    Returns:
        The decision that it is against.

    Raises:
        KitError: with every reason why it cannot be taken in.
    """
    rules, at = cohort.programme.rules, at or records.now()
    last = standing_judgements(cohort, learner).get((learner, criterion))
    faults = []
    if last is None:
        faults.append(f"nothing was decided for {learner} on {criterion}")
    if ground not in rules.appeal_grounds:
        faults.append(f"{ground!r} is no ground; the grounds are {', '.join(rules.appeal_grounds)}")
    if not says.strip() or len(says) > LONGEST:
        faults.append(f"the learner's own words are needed, at most {LONGEST} letters")
    if local(told_at).date() > local(at).date():
        faults.append(f"the day on which the learner got the feedback, {long_day(told_at)}, is still to come")
    if last and told_at < last["decided_at"]:
        faults.append("the learner cannot have got the feedback before the decision was made")
    hours = (at - told_at).total_seconds() / 3600
    if hours > rules.appeal_hours and not late_because.strip():
        faults.append(
            f"it comes {_span(hours)} after the feedback; {rules.appeal_hours} hours are allowed. Say why it is late"
        )
    earlier = [one for one in appeals(cohort, learner) if last and one.judgement == last["id"]]
    if any(one.open for one in earlier):
        faults.append("an appeal against this decision is open already")
    elif any(one.settled for one in earlier):
        faults.append("an appeal against this decision was dismissed finally")
    if last is None or faults:
        raise KitError(f"Nothing was recorded: {'; '.join(faults)}.")
    return last


def step(
    cohort: Cohort,
    number: int,
    what: str,
    who: str,
    says: str,
    outcome: str = "",
    at: dt.datetime | None = None,
) -> Appeal:
    """Record the next step of an appeal.

    Args:
        number: the appeal.
        what: meeting, answered, escalated, final, closed or withdrawn; only what may follow the last step.
        who: the code of the person who takes it; a registered moderator for an answer.
        says: what was said or decided, and why.
        outcome: for answered and final, one of `OUTCOMES`.

    Raises:
        KitError: there is no such appeal, the step does not follow, the answer has no outcome, or two people recorded a
            step at the same moment (the second is told).
    """
    one = may_step(cohort, number, what, who, says, outcome)
    try:
        with records.transaction(cohort.engine) as connection:
            place = len(one.steps) + 1
            _add(connection, number, place, one.judgement, what, says, who, at or records.now(), outcome=outcome)
            records.note(connection, who, "appeal", f"{one.learner} {one.criterion}", {"appeal": number, "step": what})
    except sa.exc.IntegrityError:
        raise KitError(f"Appeal {number} went on at another desk a moment ago; look at it first.") from None
    return appeal(cohort, number)


def may_step(cohort: Cohort, number: int, what: str, who: str, says: str, outcome: str = "") -> Appeal:
    """Say whether `step` would record a step, and write nothing.

    Returns:
        The appeal as it stands.

    Raises:
        KitError: with every reason why the step cannot be recorded.
    """
    one = appeal(cohort, number)
    faults = []
    if what not in NEXT:
        faults.append(f"{what!r} is no step; they are {', '.join(NEXT)}")
    elif what not in NEXT[one.state]:
        may = ", ".join(NEXT[one.state]) or "nothing: it is closed"
        faults.append(f"after {one.state!r} comes {may}")
    if not says.strip() or len(says) > LONGEST:
        faults.append(f"say what was said or decided, in at most {LONGEST} letters")
    if what in (ANSWERED, FINAL) and outcome not in OUTCOMES:
        faults.append(f"the answer is one of: {', '.join(OUTCOMES)}")
    if what not in (ANSWERED, FINAL) and outcome:
        faults.append(f"{what!r} has no outcome")
    if what == CLOSED and one.outcome == UPHELD and not correction(cohort, one):
        faults.append(f"judgement {one.judgement} does not stand, but nobody has corrected it yet")
    if faults:
        raise KitError(f"Appeal {number}: nothing was recorded: {'; '.join(faults)}.")
    if what == ANSWERED:
        enrol.require(cohort, who, "moderator")
    return one


def _add(
    connection: sa.Connection,
    appeal: int,
    number: int,
    judgement: int,
    step: str,
    says: str,
    who: str,
    at: dt.datetime,
    ground: str = "",
    outcome: str = "",
) -> None:
    row = {"appeal": appeal, "number": number, "judgement": judgement, "step": step, "ground": ground}
    connection.execute(records.appeals.insert().values(**row, outcome=outcome, says=says.strip(), who=who, at=at))


def appeals(cohort: Cohort, learner: str | None = None) -> list[Appeal]:
    """Every appeal with its path, oldest first."""
    table, judged = records.appeals, records.judgements
    query = (
        sa.select(table, judged.c.learner, judged.c.criterion, judged.c.assessor)
        .join(judged, judged.c.id == table.c.judgement)
        .order_by(table.c.appeal, table.c.number)
    )
    paths: dict[int, list[dict[str, Any]]] = {}
    for row in records.rows(cohort.engine, query.where(judged.c.learner == learner) if learner else query):
        paths.setdefault(row["appeal"], []).append(row)
    return [
        Appeal(
            number,
            path[0]["judgement"],
            path[0]["learner"],
            path[0]["criterion"],
            path[0]["assessor"],
            path[0]["ground"],
            tuple(path),
            _due(cohort, path),
        )
        for number, path in paths.items()
    ]


def appeal(cohort: Cohort, number: int) -> Appeal:
    """One appeal.

    Raises:
        KitError: there is none of that number.
    """
    for one in appeals(cohort):
        if one.number == number:
            return one
    raise KitError(f"There is no appeal {number} in {cohort.name}.")


def bars(cohort: Cohort, learner: str, criterion: str, assessor: str) -> str:
    """Why an assessor may not decide on a criterion, new evidence or not: an appeal against their own decision on it is open.

    Returns:
        A sentence that says who may; "" where nothing bars it, as when the appeal's answer lets the same assessor judge again.
    """
    for one in appeals(cohort, learner):
        if one.open and one.criterion == criterion and one.assessor == assessor and one.outcome != OBSERVED:
            table = records.staff
            query = sa.select(table.c.code).where(table.c.role == "assessor", table.c.code != assessor)
            others = sorted(row["code"] for row in records.rows(cohort.engine, query.order_by(table.c.code)))
            may = f"another assessor may: {', '.join(others)}" if others else "another assessor may; register one first"
            return (
                f"appeal {one.number} against judgement {one.judgement}, which {assessor} made, is open (its last step: "
                f"{one.state}). While it is, {assessor} cannot decide on this criterion; {may}."
            )
    return ""


def overdue(cohort: Cohort, on: dt.date | None = None) -> list[Appeal]:
    """Appeals whose next step is late."""
    on = on or dt.date.today()
    return [one for one in appeals(cohort) if one.due and one.due < on]


def _span(hours: float) -> str:
    return f"{hours:.0f} hours" if hours < 96 else f"{hours / 24:.0f} days"


def _due(cohort: Cohort, path: list[dict[str, Any]]) -> dt.date | None:
    """When the next step is due: the answer and a meeting count in working days from the day the appeal came in."""
    rules, last = cohort.programme.rules, path[-1]
    days = {
        LODGED: rules.appeal_answer_days,
        MEETING: rules.appeal_answer_days,
        ANSWERED: rules.appeal_answer_days,
        ESCALATED: rules.appeal_meeting_days,
        FINAL: rules.appeal_meeting_days,
    }.get(last["step"])
    return None if days is None else working_days_after(local(last["at"]).date(), days)


def correction(cohort: Cohort, one: Appeal) -> dict[str, Any] | None:
    """The decision that corrects the one an appeal is against, once there is one."""
    table = records.judgements
    found = records.rows(cohort.engine, sa.select(table).where(table.c.corrects == one.judgement))
    return found[0] if found else None
