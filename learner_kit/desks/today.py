"""The facilitator's desk: what the day asks for, each line with the way to where it is done."""

from __future__ import annotations

import datetime as dt
from html import escape

from learner_kit.course import enrol, handins, records
from learner_kit.course.cohort import Cohort
from learner_kit.desks.parts import part, prose
from learner_kit.desks.room import Room
from learner_kit.documents import long_date
from learner_kit.moments import local
from learner_kit.teaching import attendance, plan_papers, plans, sessions
from learner_kit.teaching.sessions import Plan

REGISTER = "Run a session and take the register"  # a part of the desk, by its heading
FEW = 2  # workbooks without a date that are named one by one


class Today:
    """The day's session, what is to come in, and for a new class the next step."""

    def __init__(self, room: Room):
        self.room, self.words = room, prose()
        self.face = part(self.words)
        room.tell(self._show)

    def _show(self) -> None:
        now = local(records.now())
        cohort = self.room.cohort
        lines = (
            _begin()
            if cohort is None
            else [*_steps(cohort), *_sessions(cohort, now.date()), *_work(cohort, now.date())]
        )
        head = f"<p><strong>{escape(plan_papers.day(now.date()))}</strong></p>"
        self.words.value = head + f"<ul>{''.join(f'<li>{one}</li>' for one in lines)}</ul>"


def to(part: str, says: str) -> str:
    """A link to a part of this desk, by its heading.

    Example:
        >>> to("Make groups", "Draw them")
        '<a href="#Make-groups">Draw them</a>'
    """
    return f'<a href="#{escape(part.replace(" ", "-"), quote=True)}">{escape(says)}</a>'


def _begin() -> list[str]:
    return [f"No class is open. {to('Make a new cohort', 'Make one')}, or choose one above."]


def _steps(cohort: Cohort) -> list[str]:
    """What a new class still lacks, in the order in which it is done."""
    lines = []
    if not enrol.learners(cohort):
        lines.append(f"Nobody is enrolled yet. {to('Enrol learners', 'Enrol learners')}.")
    if plans.current(cohort) is None:
        lines.append(f"There is no session plan yet. {to('Plan the sessions', 'Plan the sessions')}.")
    if not handins.released(cohort):
        lines.append(f"No workbook is handed out yet. {to('Hand out a workbook', 'Hand out the first one')}.")
    return lines


def _sessions(cohort: Cohort, today: dt.date) -> list[str]:
    plan = plans.current(cohort)
    if plan is None:
        return []
    lines = [_said(plan, today)]
    if missing := attendance.missing_registers(plan, attendance.history(cohort), today):
        days = ", ".join(map(long_date, missing[:3])) + (" and earlier ones" if len(missing) > 3 else "")
        lines.append(f"No register yet of {escape(days)}. {to(REGISTER, 'Take it now')}.")
    out = handins.released(cohort)
    for one in sessions.releases(cohort.programme, plan):
        if one.workbook not in out and one.session.day <= today:
            when = "goes out today" if one.session.day == today else f"was to go out on {long_date(one.session.day)}"
            lines.append(f"{escape(one.named)} {when}. {to('Hand out a workbook', 'Hand it out')}.")
    return lines


def _said(plan: Plan, today: dt.date) -> str:
    """The session of the day, or the next one.

    Example:
        >>> _said(Plan((), (), (), dt.date(2027, 6, 1)), dt.date(2027, 3, 2))
        'No session is to come in the plan.'
    """
    count = len(plan.sessions)
    for one in plan.sessions:
        at = f"{plan_papers.times(one)}{f', {one.venue}' if one.venue else ''}"
        if one.day == today:
            return (
                f"<strong>Session {one.number} of {count} is today</strong>, {escape(at)}. "
                f"{to(REGISTER, 'Running order and register')}."
            )
        if one.day > today:
            day = plan_papers.day(one.day)
            return f"No session today. Session {one.number} of {count} is on {escape(f'{day}, {at}')}."
    return "No session is to come in the plan."


def _work(cohort: Cohort, today: dt.date) -> list[str]:
    """Each workbook that is out and not in from everybody; those without a date are only counted when they are many."""
    open_ones = [one for one in handins.left(cohort, handins.states(cohort), today) if one.learners]
    lines = [f"{escape(one.named)}, <strong>{one.when}</strong>: {one.said}." for one in open_ones if one.when]
    other = [f"{escape(one.named)}: {one.said}." for one in open_ones if not one.when]
    lines += [f"{len(other)} workbooks are out without a date."] if len(other) > FEW else other
    if lines:
        lines[-1] += f" {to('Take in submissions', 'Take work in')} or {to('Who has handed in', 'see who has')}."
    return lines
