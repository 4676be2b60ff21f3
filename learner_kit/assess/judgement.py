"""Judgement: a registered assessor decides, criterion by criterion, and nothing of a decision is ever overwritten.

Source: criterion-referenced assessment as SETA-accredited providers practise it. Every criterion must be met; none makes
up for another; there is no average. At most three attempts (rules.toml), only for what is not yet competent.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import appeals, comments, evidence, final, flags, weighed
from learner_kit.assess.decisions import (
    AGAIN,
    DECISIONS,
    FINAL,
    NYC,
    OPEN,
    C,
    granted,
    history,
    outcomes,
    rules_of,
    standing_judgements,
)
from learner_kit.course import enrol, handins, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError
from learner_kit.moments import local
from learner_kit.teaching import attendance

__all__ = [
    "AGAIN",
    "DECISIONS",
    "FINAL",
    "NYC",
    "OPEN",
    "AlreadyDecided",
    "C",
    "correct",
    "held_back",
    "history",
    "in_the_way",
    "judge",
    "outcomes",
    "review",
    "rules_of",
    "standing_judgements",
]
LONGEST = 5_000  # letters of a reason


class AlreadyDecided(KitError):
    """A decision stands on the criterion: it is corrected, not made again; `number` is that of the decision."""

    def __init__(self, said: str, number: int):
        super().__init__(said)
        self.number = number


def judge(
    cohort: Cohort,
    learner: str,
    criterion: str,
    decision: str,
    assessor: str,
    reason: str = "",
    confirmed: Iterable[str] | None = None,
    override: str = "",
    at: dt.datetime | None = None,
) -> int:
    """Record one decision.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        criterion: such as so1-ac3.
        decision: C (Competent) or NYC (Not Yet Competent).
        assessor: the code of a registered assessor.
        reason: what the decision rests on; needed for NYC.
        confirmed: which of the rules of evidence (valid, authentic, reliable, current, sufficient) are met; all without it.
            A Competent needs all five, or an override.
        override: the reason for going against a rule of the kit: judging before a hand-in is graded and marked, without
            all evidence, with too little attendance, or after the last date of achievement; it stands in the record.
        at: the time (UTC); now without one.

    Returns:
        The number of the record.

    Raises:
        AlreadyDecided: a decision stands, and nothing new came since; with every other reason too.
        KitError: with every reason why it cannot be recorded; nothing is. An open appeal against this assessor's own decision
            on the criterion is one, also where new evidence came; no override sets it aside.
    """
    unit, rules = cohort.programme.unit, cohort.programme.rules
    at = at or records.now()
    enrol.require(cohort, assessor, "assessor")
    if decision not in DECISIONS:
        raise KitError(f"{decision!r} is no decision; it is C (Competent) or NYC (Not Yet Competent).")
    enrol.require_learner(cohort, learner)
    if unit.criterion(criterion) is None:
        raise KitError(
            f"{criterion!r} is no criterion of unit standard {unit.id}: {', '.join(one.id for one in unit.criteria)}."
        )
    held = _confirmed(rules.evidence_rules, confirmed)
    # Read before the evidence is: whatever another desk records from here on takes the number that this one will want.
    earlier = _of(cohort, learner, criterion)
    standing = _standing(cohort, learner, criterion)
    attempt = sum(1 for row in earlier if row["corrects"] is None) + 1
    stands = standing.state == C or (standing.state == NYC and not standing.spent)
    faults = _not_open(cohort, standing, attempt)
    barred = appeals.bars(cohort, learner, criterion, assessor)
    if decision == NYC and not reason.strip():
        faults.append("Not Yet Competent needs a reason that tells the learner what is missing")
    if barred:
        faults.append(barred.rstrip("."))
    faults += _too_long(reason, override) + _wordless(reason, override) + _open_gaps(reason, override)
    if not override.strip():
        faults += _against_the_rules(cohort, standing, at)
        faults += [unmet] if decision == C and (unmet := _unmet(cohort, held)) else []
    if faults:
        said = f"{learner}, {criterion}: nothing was recorded: " + "; ".join(faults) + "."
        if earlier and stands and not barred:
            raise AlreadyDecided(said, earlier[-1]["id"])
        raise KitError(said)
    return _write(
        cohort,
        standing,
        number=len(earlier) + 1,
        attempt=attempt,
        decision=decision,
        held=held,
        reason=reason,
        assessor=assessor,
        at=at,
        override=override,
    )


def in_the_way(
    cohort: Cohort, standing: evidence.Standing, assessor: str, at: dt.datetime | None = None
) -> tuple[list[str], list[str]]:
    """What stands in the way of a new decision on a criterion, whatever it is, before anything is recorded.

    Returns:
        What no override sets aside, and what an override with a reason does; empty where `judge` would go on.
    """
    barred = appeals.bars(cohort, standing.learner, standing.criterion, assessor)
    hard = _not_open(cohort, standing, standing.attempt + standing.spent) + ([barred.rstrip(".")] if barred else [])
    return hard, _against_the_rules(cohort, standing, at or records.now())


def _not_open(cohort: Cohort, standing: evidence.Standing, attempt: int) -> list[str]:
    """Why there is nothing to decide on a criterion: what no override sets aside."""
    learner, criterion, faults = standing.learner, standing.criterion, []
    most = _most_attempts(cohort, learner, criterion)
    if standing.state == C:
        faults.append(f"{learner} is Competent on {criterion} already")
    if standing.state == NYC and not standing.spent:
        faults.append(f"nothing new was handed in for {criterion} since it was judged Not Yet Competent")
    if attempt > most:
        review = "a moderator's review let it stand" if standing.review else "a moderator reviews the portfolio first"
        faults.append(f"all {most} attempts on {criterion} are used; {review}")
    return faults


def _against_the_rules(cohort: Cohort, standing: evidence.Standing, at: dt.datetime) -> list[str]:
    """Which rules of the kit a decision goes against: what an assessor may override with a reason."""
    unit, criterion, faults = cohort.programme.unit, standing.criterion, []
    if not standing.items:
        faults.append(f"there is no evidence for {criterion} ({standing.state})")
    elif standing.state == evidence.UNGRADED:
        faults.append(f"what was handed in for {criterion} is not graded yet; grade it, or give a reason to override")
    elif standing.state == evidence.WAITING:
        faults.append(f"{criterion} still waits for marking; mark it in formgrader, or give a reason to override")
    if ruling := held_back(cohort, standing.learner, at):
        faults.append(f"{ruling} Give a reason to override")
    if at.date() > (last := unit.registration.last_achievement):
        faults.append(f"the last date of achievement of unit standard {unit.id} was {long_date(last)}")
    return faults


def held_back(cohort: Cohort, learner: str, at: dt.datetime | None = None) -> str:
    """Why a learner's attendance does not let them be assessed yet, in a sentence; "" where nothing stands in the way.

    It asks only where the class has a session plan and a register, and never of somebody on the path of prior learning,
    who need not attend.
    """
    if flags.RPL in flags.flags(cohort).get(learner, {}):
        return ""
    ruling = attendance.may_be_assessed(cohort, learner, local(at or records.now()).date())
    return "" if ruling.allowed else ruling.said


def correct(
    cohort: Cohort,
    number: int,
    decision: str,
    assessor: str,
    reason: str,
    at: dt.datetime | None = None,
    confirmed: Iterable[str] | None = None,
) -> int:
    """Correct a decision: a new record that names the old one, which stays.

    Args:
        number: the record to correct.
        decision: the decision that stands from now on.
        assessor: the code of a registered assessor.
        reason: why; always needed.
        at: the time (UTC); now without one.
        confirmed: which of the rules of evidence are met; without it, all for Competent and those
            of the old record for Not Yet Competent.

    Raises:
        KitError: there is no such record, it was corrected already, there is no reason, a rule of evidence is not
            confirmed that Competent needs, an appeal against this assessor's own decision is open, or nothing would
            change: no other decision, rules or (for Not Yet Competent) reason, and no finding or appeal to answer.
    """
    enrol.require(cohort, assessor, "assessor")
    rows = records.rows(cohort.engine, sa.select(records.judgements).where(records.judgements.c.id == number))
    if not rows:
        raise KitError(f"There is no judgement {number}.")
    old = rows[0]
    if decision not in DECISIONS or not reason.strip():
        raise KitError("Nothing was recorded: a correction needs a decision (C or NYC) and a reason.")
    if wrong := _too_long(reason) + _wordless(reason) + _open_gaps(reason):
        raise KitError(f"Nothing was recorded: {'; '.join(wrong)}.")
    earlier = _of(cohort, old["learner"], old["criterion"])
    if any(row["corrects"] == number for row in earlier):
        raise KitError(f"Judgement {number} was corrected already; correct the newest one.")
    if barred := appeals.bars(cohort, old["learner"], old["criterion"], assessor):
        raise KitError(f"{old['learner']}, {old['criterion']}: nothing was recorded: {barred}")
    held = _confirmed(cohort.programme.rules.evidence_rules, confirmed)
    if confirmed is None and decision == NYC:
        held = json.loads(old["evidence_rules"])
    if decision == C and (unmet := _unmet(cohort, held)):
        raise KitError(f"{old['learner']}, {old['criterion']}: nothing was recorded: {unmet}.")
    same = decision == old["decision"] and set(held) == set(json.loads(old["evidence_rules"]))
    same = same and (decision == C or reason.strip() == old["reason"])
    if same and (old["learner"], old["criterion"]) not in final.holds(cohort, old["learner"]):
        raise KitError(
            f"{old['learner']}, {old['criterion']}: nothing was recorded: that is what judgement {number} says already. Only "
            "what answers a moderator's finding or an open appeal may say it again."
        )
    return _write(
        cohort,
        _standing(cohort, old["learner"], old["criterion"]),
        number=len(earlier) + 1,
        attempt=old["attempt"],
        decision=decision,
        held=held,
        reason=reason,
        assessor=assessor,
        at=at or records.now(),
        corrects=number,
    )


def _write(
    cohort: Cohort,
    standing: evidence.Standing,
    *,
    number: int,
    attempt: int,
    decision: str,
    held: list[str],
    reason: str,
    assessor: str,
    at: dt.datetime,
    override: str = "",
    corrects: int | None = None,
) -> int:
    learner, criterion = standing.learner, standing.criterion
    row = {
        "learner": learner,
        "criterion": criterion,
        "number": number,
        "attempt": attempt,
        "decision": decision,
        "evidence_rules": json.dumps(held),
        "evidence": json.dumps([[item.kind, item.id, item.share] for item in standing.items]),
        "rests_on": weighed.written(standing.items, handins.graded_numbers(cohort, learner)),
        "reason": reason.strip(),
        "assessor": assessor,
        "decided_at": at,
        "override": override.strip(),
        "corrects": corrects,
    }
    try:
        with records.transaction(cohort.engine) as connection:
            made = connection.execute(records.judgements.insert().values(**row)).inserted_primary_key[0]
            rules = cohort.programme.rules.evidence_rules
            connection.execute(
                records.confirmations.insert(),
                [{"judgement": made, "rule": rule, "confirmed": rule in held} for rule in rules],
            )
            detail = {"decision": decision, "attempt": attempt, "corrects": corrects}
            records.note(connection, assessor, "judge", f"{learner} {criterion}", detail)
    except sa.exc.IntegrityError:
        raise KitError(
            f"{learner}, {criterion} was judged at another desk a moment ago. Look at that decision first; yours was not recorded."
        ) from None
    return made


def review(
    cohort: Cohort,
    learner: str,
    criterion: str,
    moderator: str,
    outcome: str,
    reason: str,
    at: dt.datetime | None = None,
) -> int:
    """Record a moderator's review of a criterion whose last attempt ended in Not Yet Competent.

    Args:
        outcome: `another attempt` grants one more; `stands` leaves the decision as it is.
        reason: always needed.

    Returns:
        The number of the review.

    Raises:
        KitError: nobody of that code is registered as moderator, attempts are left, or it was reviewed already.
    """
    enrol.require(cohort, moderator, "moderator")
    if outcome not in (AGAIN, FINAL):
        raise KitError(f"{outcome!r} is no outcome of a review; it is {AGAIN!r} or {FINAL!r}.")
    wrong = _too_long(reason) + _wordless(reason)
    if not reason.strip() or wrong:
        raise KitError("A review needs a reason" + (f"; {wrong[0]}" if reason.strip() else "") + ".")
    last = standing_judgements(cohort, learner).get((learner, criterion))
    if last is None or last["decision"] == C or last["attempt"] < _most_attempts(cohort, learner, criterion):
        raise KitError(f"{learner}, {criterion} has attempts left, or is Competent: there is nothing to review.")
    row = {"judgement": last["id"], "outcome": outcome, "reason": reason.strip(), "moderator": moderator}
    try:
        with records.transaction(cohort.engine) as connection:
            made = connection.execute(records.reviews.insert().values(**row, at=at or records.now()))
            records.note(connection, moderator, "review", f"{learner} {criterion}", {"outcome": outcome})
    except sa.exc.IntegrityError:
        raise KitError(f"{learner}, {criterion} was reviewed already: judgement {last['id']}.") from None
    return int(made.inserted_primary_key[0])


def _confirmed(rules: Iterable[str], confirmed: Iterable[str] | None) -> list[str]:
    """Which of the rules of evidence are confirmed; a name that is no rule is refused, never left out in silence."""
    if confirmed is None:
        return list(rules)
    named = {one.strip().lower() for one in confirmed if one.strip()}
    if strange := sorted(named - set(rules)):
        raise KitError(f"{', '.join(map(repr, strange))} is no rule of evidence; they are {', '.join(rules)}.")
    return [rule for rule in rules if rule in named]


def _unmet(cohort: Cohort, held: Iterable[str]) -> str:
    """Which rules of evidence are not confirmed that Competent needs; "" when all are."""
    lacking = [rule for rule in cohort.programme.rules.evidence_rules if rule not in held]
    return f"Competent needs every rule of evidence; not confirmed: {', '.join(lacking)}" if lacking else ""


def _too_long(*said: str) -> list[str]:
    return [f"at most {LONGEST} letters fit in a reason" for one in said if len(one) > LONGEST][:1]


def _wordless(*said: str) -> list[str]:
    """A placeholder such as … where a reason should be."""
    found = [one.strip() for one in said if one.strip() and not any(map(str.isalpha, one))]
    return [f"“{found[0]}” is no reason; say it in words"] if found else []


def _open_gaps(*said: str) -> list[str]:
    found = [gap for one in said for gap in comments.gaps(one)]
    return [f"Fill in what stands between < and > first: {', '.join(found)}"] if found else []


def _standing(cohort: Cohort, learner: str, criterion: str) -> evidence.Standing:
    return next(one for one in evidence.matrix(cohort, learner) if one.criterion == criterion)


def _most_attempts(cohort: Cohort, learner: str, criterion: str) -> int:
    """How many attempts there are: those of the rules, and those that a review granted."""
    return cohort.programme.rules.max_attempts + granted(cohort, learner)[learner, criterion]


def _of(cohort: Cohort, learner: str, criterion: str) -> list[dict[str, Any]]:
    table = records.judgements
    query = sa.select(table).where(table.c.learner == learner, table.c.criterion == criterion).order_by(table.c.number)
    return records.rows(cohort.engine, query)
