"""How far each learner is with each workbook: the one place that says so, for every list, page and paper."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from learner_kit.course import enrol, naming, records
from learner_kit.documents.text import long_date
from learner_kit.moments import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from learner_kit.course.cohort import Cohort

NOT_RELEASED, OUT, OVERDUE = "not released", "to hand in", "overdue"
UNGRADED, GRADED = "not graded yet", "graded"
STILL_OUT = (OUT, OVERDUE)  # still to hand in

# nbgrader's tables by name: importing nbgrader takes seconds.
_ASSIGNMENT = sa.table("assignment", sa.column("id"), sa.column("name"), sa.column("duedate", sa.DateTime()))
_GRADED = sa.table(
    "submitted_assignment",
    sa.column("assignment_id"),
    sa.column("student_id"),
    sa.column("timestamp", sa.DateTime()),
)


class HandIn(NamedTuple):
    """Where a learner stands with a workbook: a state, by when it is due, and when and how often it was handed in.

    Times are UTC; `due` and `made_at` are None where there is none. `due` is the date that holds for this hand-in (`date_for`).
    """

    learner: str
    workbook: str
    state: str
    due: dt.datetime | None = None
    made_at: dt.datetime | None = None
    number: int = 0

    @property
    def late(self) -> bool:
        """Whether it was handed in after its date."""
        return self.due is not None and self.made_at is not None and self.made_at > self.due


def states(cohort: Cohort, learner: str | None = None, now: dt.datetime | None = None) -> dict[tuple[str, str], HandIn]:
    """Say for each learner and workbook how far it is.

    Args:
        cohort: the cohort.
        learner: only this one; everybody enrolled without it.
        now: the time that tells what is overdue (UTC); the present one without it.

    Returns:
        (learner, workbook) → `HandIn`, learners in order, the programme's workbooks in order. Of several hand-ins the newest
        one counts; one that came after the last grading is `UNGRADED` again.
    """
    now = now or records.now()
    dates, came, marked = due(cohort), _newest(cohort, learner), _graded(cohort, learner)
    out, judged = released(cohort), judged_before(cohort, learner)
    found = {}
    for one in [learner] if learner else enrol.learners(cohort):
        for workbook in cohort.programme.workbooks:
            at, number = came.get((one, workbook), (None, 0))
            by = dates.get(workbook)
            if at is not None:
                by = date_for(by, judged.get((one, workbook)))
                state = GRADED if _covers(marked.get((one, workbook)), at) else UNGRADED
            elif workbook not in out:
                state = NOT_RELEASED
            else:
                state = OVERDUE if by and by < now else OUT
            found[one, workbook] = HandIn(one, workbook, state, by, at, number)
    return found


def ungraded(cohort: Cohort, learner: str | None = None) -> set[tuple[str, str]]:
    """(learner, workbook) whose newest hand-in is not graded yet, as `states` says it."""
    marked = _graded(cohort, learner)
    return {key for key, (at, _) in _newest(cohort, learner).items() if not _covers(marked.get(key), at)}


def graded_numbers(cohort: Cohort, learner: str) -> dict[str, int]:
    """Workbook → the number of a learner's hand-in that stands graded, where one does."""
    table, marked = records.submissions, _graded(cohort, learner)
    query = sa.select(table.c.workbook, table.c.number, table.c.made_at).where(table.c.learner == learner)
    with cohort.engine.connect() as connection:
        rows = connection.execute(query.order_by(table.c.made_at, table.c.number)).all()
    return {book: number for book, number, at in rows if _covers(marked.get((learner, book)), at)}


def _covers(graded: dt.datetime | None, made: dt.datetime) -> bool:
    """Whether what stands graded is a hand-in of that time, or a newer one; nbgrader keeps whole seconds."""
    return graded is not None and graded >= made.replace(microsecond=0)


class Left(NamedTuple):
    """What is still to come in of one workbook that is out: its name, when it is due in words, and of whom, of how many."""

    workbook: str
    named: str
    when: str
    learners: tuple[str, ...]
    of: int

    @property
    def said(self) -> str:
        """Such as `2 of 12 still to hand in`.

        Example:
            >>> Left("so1", "Workbook 1 (so1)", "due today", ("L-0002",), 12).said
            '1 of 12 still to hand in'
        """
        return f"{len(self.learners)} of {self.of} still to hand in" if self.learners else "everybody has handed in"

    @property
    def whole(self) -> str:
        """The sentence that every list says, with who it is."""
        when = f", {self.when}" if self.when else ""
        return f"{self.named}{when}: {self.said}{f': {some(self.learners)}' if self.learners else ''}."


def left(cohort: Cohort, found: Mapping[tuple[str, str], HandIn], today: dt.date | None = None) -> list[Left]:
    """Of each workbook that is out, who still has to hand it in; those that are due first come first.

    Args:
        cohort: the cohort.
        found: from `states`.
        today: the South African day that tells today and tomorrow.
    """
    by_workbook: dict[str, list[HandIn]] = {}
    for one in found.values():
        by_workbook.setdefault(one.workbook, []).append(one)
    made = []
    for workbook in released(cohort):
        own = by_workbook.get(workbook, [])
        waits = [one for one in own if one.state in STILL_OUT]
        first = next(iter(waits or own), None)
        if first is not None:
            learners, named = tuple(one.learner for one in waits), naming.name(cohort.programme, workbook)
            made.append((first.due, Left(workbook, named, when_due(first, today), learners, len(own))))
    return [one for _, one in sorted(made, key=lambda pair: pair[0] or dt.datetime.max)]


def when_due(one: HandIn, today: dt.date | None = None) -> str:
    """By when something is due, in words; nothing where it has no date.

    Example:
        >>> end = dt.datetime(2027, 3, 3, 21, 59, 59)
        >>> when_due(HandIn("L-0001", "so1", OUT, end), dt.date(2027, 3, 2))
        'due tomorrow'
        >>> when_due(HandIn("L-0001", "so1", OVERDUE, end), dt.date(2027, 3, 9))
        'overdue since 3 March 2027'
    """
    if one.due is None:
        return ""
    day = local(one.due).date()
    if one.state == OVERDUE:
        return f"{OVERDUE} since {long_date(day)}"
    ahead = (day - today).days if today else None
    return f"due {'today' if ahead == 0 else 'tomorrow' if ahead == 1 else long_date(day)}"


def some(learners: Iterable[str], most: int = 30) -> str:
    """Name learners in a sentence, and count those that are too many to name.

    Example:
        >>> some(["L-0001", "L-0002", "L-0003"], most=2)
        'L-0001, L-0002 and 1 more'
    """
    learners = list(learners)
    return ", ".join(learners[:most]) + (f" and {len(learners) - most} more" if len(learners) > most else "")


def released(cohort: Cohort) -> tuple[str, ...]:
    """The workbooks that are handed out, in the programme's order."""
    return tuple(one for one in cohort.programme.workbooks if cohort.is_released(one))


def due(cohort: Cohort) -> dict[str, dt.datetime]:
    """Workbook → by when it is to be handed in (UTC), of those that have a date."""
    with cohort.engine.connect() as connection:
        rows = connection.execute(sa.select(_ASSIGNMENT.c.name, _ASSIGNMENT.c.duedate))
        return {name: date for name, date in rows if date}


def date_for(date: dt.datetime | None, judged: dt.datetime | None) -> dt.datetime | None:
    """The date that holds for a hand-in: a later attempt has one only where the workbook's date comes after the judgement.

    Args:
        date: the workbook's (UTC).
        judged: from `judged_before`; None for a first attempt.

    Example:
        >>> date_for(dt.datetime(2027, 3, 3), dt.datetime(2027, 3, 9)) is None
        True
    """
    return date if date and (judged is None or date > judged) else None


def judged_before(cohort: Cohort, learner: str | None = None) -> dict[tuple[str, str], dt.datetime]:
    """(learner, workbook) → when the attempt before was judged, where the newest hand-in is a later attempt.

    That is one that came after a decision on a criterion of this workbook, which itself came after an earlier hand-in of it.
    """
    table, made = records.submissions, records.judgements
    query = sa.select(table.c.learner, table.c.workbook, table.c.collected_at, table.c.made_at).order_by(
        table.c.made_at
    )
    decided = sa.select(made.c.learner, made.c.criterion, made.c.decided_at)
    again = sa.select(table.c.learner).where(table.c.number > 1)
    if learner:
        again = again.where(table.c.learner == learner)
    serves: dict[str, set[str]] = {}
    for one in cohort.programme.activities:
        if one.workbook:
            serves.setdefault(one.workbook, set()).update(one.criteria)
    came: dict[tuple[str, str], list[dt.datetime]] = {}
    found: dict[tuple[str, str], dt.datetime] = {}
    with cohort.engine.connect() as connection:
        for who, workbook, at, _ in connection.execute(query.where(table.c.learner.in_(again))):
            came.setdefault((who, workbook), []).append(at)
        judged: dict[str, list[tuple[str, dt.datetime]]] = {}
        for who, criterion, at in connection.execute(decided.where(made.c.learner.in_(again))):
            judged.setdefault(who, []).append((criterion, at))
    for (who, workbook), times in came.items():
        about = [at for criterion, at in judged.get(who, ()) if criterion in serves.get(workbook, ())]
        between = [at for at in about if min(times) <= at < times[-1]]
        if between:
            found[who, workbook] = max(between)
    return found


def _newest(cohort: Cohort, learner: str | None) -> dict[tuple[str, str], tuple[dt.datetime, int]]:
    """(learner, workbook) → when the hand-in was made that is laid out for grading, and how many there are."""
    table = records.submissions
    latest, often = sa.func.max(table.c.made_at), sa.func.max(table.c.number)
    query = sa.select(table.c.learner, table.c.workbook, latest, often).group_by(table.c.learner, table.c.workbook)
    if learner:
        query = query.where(table.c.learner == learner)
    with cohort.engine.connect() as connection:
        return {(who, workbook): (at, number) for who, workbook, at, number in connection.execute(query)}


def _graded(cohort: Cohort, learner: str | None) -> dict[tuple[str, str], dt.datetime]:
    """(learner, workbook) → when the hand-in was made that stands graded, by `grade` or by nbgrader itself."""
    query = sa.select(_GRADED.c.student_id, _ASSIGNMENT.c.name, _GRADED.c.timestamp).join(
        _ASSIGNMENT, _ASSIGNMENT.c.id == _GRADED.c.assignment_id
    )
    if learner:
        query = query.where(_GRADED.c.student_id == learner)
    with cohort.engine.connect() as connection:
        return {(who, workbook): at for who, workbook, at in connection.execute(query) if at}
