"""The session plan on paper and in a calendar: PDF, Word and .ics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Bullets, Callout, Document, Facts, Heading, Paragraph, Table, long_date
from learner_kit.reading import write_number
from learner_kit.teaching.days import WEEKDAYS
from learner_kit.teaching.sessions import Plan, Session, releases

ZONE = "Africa/Johannesburg"


def document(cohort: Cohort, plan: Plan, facilitator: str = "") -> Document:
    """The session plan as it is handed out.

    Args:
        cohort: the cohort.
        plan: its plan.
        facilitator: who runs the sessions, as it shall be printed.
    """
    unit = cohort.programme.unit
    blocks: list[Block] = [
        Heading("Overview"),
        Table(
            ["No.", "Day", "Time", "Venue", "Contact hours"],
            [
                [f"{one.number}", day(one.day), times(one), one.venue or "–", _hours(one.minutes / 60)]
                for one in plan.sessions
            ]
            + [["", "Contact hours together", "", "", _hours(plan.contact_hours)]],
            widths=[1, 4, 2.2, 3, 1.8],
            align=["left", "left", "left", "left", "right"],
            total=True,
        ),
        Facts(
            [
                ("Contact hours", _hours(plan.contact_hours)),
                ("Hours of own work", _hours(plan.practice_hours)),
                ("Hours together", _hours(plan.contact_hours + plan.practice_hours)),
                ("Three-month form", f"goes out on {day(plan.follow_up)}"),
            ]
        ),
    ]
    if plan.notes:
        blocks.append(Callout("\n".join(plan.notes), title="Please note"))
    for one in plan.sessions:
        blocks += _session(one)
    blocks += _workbooks(cohort, plan) + _own_work(plan)
    return Document(
        title="Session plan",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        meta=[("Cohort", cohort.name), *([("Facilitator", facilitator)] if facilitator else [])],
        blocks=blocks,
        date=plan.sessions[0].day,
        footer=f"Session plan · {cohort.name} · unit standard {unit.id}",
    )


def _session(one: Session) -> list[Block]:
    rows = [
        [f"{block.start:%H:%M}–{block.end:%H:%M}", block.title, block.how or "–", "; ".join(block.materials) or "–"]
        for block in one.blocks
    ]
    prints = [name for block in one.blocks for name in block.print]
    place = f", {one.venue}" if one.venue else ""
    blocks: list[Block] = [
        Heading(f"Session {one.number}: {day(one.day)}, {times(one)}{place}"),
        Table(["Time", "What", "How", "Have ready"], rows, widths=[1.7, 5.6, 2, 3.2], align=["left"] * 4),
    ]
    if prints:
        blocks += [Paragraph("Print before this session:", kind="strong"), Bullets(prints, kind="boxes")]
    return blocks


def _workbooks(cohort: Cohort, plan: Plan) -> list[Block]:
    rows = [
        [one.named, f"Session {one.session.number}, {day(one.session.day, True)}", day(one.hand_in, True)]
        for one in releases(cohort.programme, plan)
    ]
    if not rows:
        return []
    return [
        Heading("When workbooks go out and come back"),
        Table(["Workbook", "Goes out", "Hand in by"], rows, widths=[5.5, 3.6, 3], align=["left"] * 3),
    ]


def _own_work(plan: Plan) -> list[Block]:
    rows = [[one.title, _hours(one.hours), _span(one.first, one.last), day(one.hand_in, True)] for one in plan.tasks]
    total = [["Hours of own work together", _hours(plan.practice_hours), "", ""]]
    weeks = [[f"{long_date(week)}", _hours(hours)] for week, hours in plan.weeks]
    return [
        Heading("Own work and hand-in dates"),
        Paragraph("Hand in by the end of the day that is named. Weekends and public holidays are kept free."),
        Table(
            ["What", "Hours", "Time for it", "Hand in by"],
            rows + total,
            widths=[5.5, 1.1, 3, 3],
            align=["left", "right", "left", "left"],
            total=True,
        ),
        Heading("Hours of own work, week by week", level=2),
        Table(
            ["Week from Monday", "Hours"],
            [*weeks, ["Together", _hours(sum(hours for _, hours in plan.weeks))]],
            align=["left", "right"],
            total=True,
        ),
    ]


def calendar(cohort: Cohort, plan: Plan, stamp: dt.datetime) -> bytes:
    """The plan as a calendar file (.ics): sessions with their hours; as days what goes out, hand-in dates, the three-month form.

    Args:
        cohort: the cohort.
        plan: its plan.
        stamp: when the plan was made (UTC); programs tell newer calendars from older ones by it.

    Source: RFC 5545.
    """
    import icalendar
    from icalendar import Event

    made = icalendar.Calendar()
    made.add("prodid", "-//Learner Kit//session plan//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{cohort.name}: unit standard {cohort.programme.unit.id}")

    def event(key: str, summary: str, start: dt.date, end: dt.date, told: Sequence[str], place: str = "") -> None:
        one = Event()
        one.add("uid", f"{cohort.seed}-{key}@learner-kit")
        one.add("dtstamp", stamp.replace(tzinfo=dt.UTC))
        one.add("summary", summary)
        one.add("dtstart", start)
        one.add("dtend", end)
        if told:
            one.add("description", "\n".join(told))
        if place:
            one.add("location", place)
        made.add_component(one)

    for one in plan.sessions:
        told = [f"{block.start:%H:%M} {block.title}" for block in one.blocks]
        start, end = (dt.datetime.combine(one.day, at, _zone()) for at in (one.start, one.end))
        event(f"session-{one.number}", f"Session {one.number}, {cohort.name}", start, end, told, one.venue)
    for one in plan.tasks:
        told = [f"{_hours(one.hours)} hours of own work, from session {one.session}"]
        event(f"task-{one.activity}", f"Hand in: {one.title}", one.hand_in, one.hand_in + dt.timedelta(days=1), told)
    for one in releases(cohort.programme, plan):
        out = one.session.day
        event(f"release-{one.workbook}", f"Hand out: {one.named}", out, out + dt.timedelta(days=1), [])
    event("follow-up", "Send the three-month form", plan.follow_up, plan.follow_up + dt.timedelta(days=1), [])
    made.add_missing_timezones()
    return made.to_ical()


def _zone() -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(ZONE)


def day(date: dt.date, short: bool = False) -> str:
    """A date with its weekday, such as Tuesday 2 March 2027."""
    name = WEEKDAYS[date.weekday()]
    return f"{name[:3] if short else name} {long_date(date)}"


def times(one: Session) -> str:
    return f"{one.start:%H:%M}–{one.end:%H:%M}"


def _hours(value: float) -> str:
    return write_number(value, 0 if value == round(value) else 1 if round(value * 10) == value * 10 else 2)


def _span(first: dt.date, last: dt.date) -> str:
    short = [long_date(one).rpartition(" ")[0] for one in (first, last)]
    return short[0] if first == last else f"{short[0]} – {short[1]}"
