"""Session plan, attendance, evaluation, knowledge and privacy: what the facilitator's records say and refuse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import threading
import zipfile

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.course import class_records, enrol, records
from learner_kit.course.programme import load
from learner_kit.documents import to_pdf, to_word
from learner_kit.errors import DataError, KitError
from learner_kit.teaching import (
    attendance,
    evaluation,
    evaluation_papers,
    handouts,
    knowledge,
    namesakes,
    outline,
    plan_papers,
    plans,
    privacy,
    register_sheet,
    rights,
    sessions,
    slots,
)
from learner_kit.teaching.attendance import ABSENT, PRESENT, Entry

TUESDAYS = [dt.date(2026, 10, 6) + dt.timedelta(days=7 * week) for week in range(6)]
NOW = dt.datetime(2026, 11, 20, 8)


def slot(day: dt.date, start: str = "09:00", end: str = "11:00") -> sessions.Slot:
    return sessions.Slot(day, dt.time.fromisoformat(start), dt.time.fromisoformat(end), "Room 2")


@pytest.fixture
def planned(cohort):
    plans.keep(cohort, sessions.lay_out(cohort.programme, [slot(day) for day in TUESDAYS]), "F-01")
    return cohort


# --- session plan ---


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=9, unique=True),
    st.integers(7 * 60, 13 * 60),
    st.integers(90, 500),
)
def test_whatever_days_are_chosen_the_hours_of_the_programme_come_out_or_it_is_refused(offsets, start, length):
    programme = load()
    days = [dt.date(2027, 1, 4) + dt.timedelta(days=one) for one in offsets]
    chosen = [sessions.Slot(day, sessions.clock(start), sessions.clock(start + length)) for day in days]
    try:
        plan = sessions.lay_out(programme, chosen, holidays_too=True)
    except DataError as error:
        assert {fault.column for fault in error.faults} <= {"hours", "days"}
        return
    assert plan.contact_hours == 12 and plan.practice_hours == 28
    assert sum(hours for _, hours in plan.weeks) == pytest.approx(28)
    calendar = outline.load(programme).calendar
    for one in plan.sessions:
        assert one.blocks[0].start == one.start and one.blocks[-1].contact and one.end <= chosen[0].end
        for before, after in zip(one.blocks, one.blocks[1:], strict=False):
            assert before.end == after.start
        worked = 0
        for block in one.blocks:
            worked = worked + block.minutes if block.contact else 0
            assert worked <= 120, "two hours without a break"
    for task in plan.tasks:
        session = plan.sessions[task.session - 1]
        assert session.day < task.first <= task.last <= task.hand_in
        assert all(calendar.working(day) for day in (task.first, task.last, task.hand_in))
    taught = [block.activity for one in plan.sessions for block in one.blocks if block.contact]
    order = [one.id for one in outline.contact(programme)]
    assert list(dict.fromkeys(taught)) == order


def test_a_workbook_follows_the_session_of_its_outcome_and_a_holiday_moves_it():
    plan = sessions.lay_out(load(), [slot(day) for day in TUESDAYS])
    tasks = {one.activity: one for one in plan.tasks}
    taught = {block.activity: one for one in plan.sessions for block in one.blocks}
    for outcome in ("so1", "so2", "so3", "so4"):
        assert tasks[f"{outcome}-workbook"].session == taught[f"{outcome}-session"].number
    # 4 November 2026, the local elections, lies between the session of 3 November and the fifth working day after it
    assert tasks["so3-workbook"].hand_in == dt.date(2026, 11, 11)
    assert any("Local Government Elections" in one for one in plan.notes)
    assert plan.past(TUESDAYS[0]) == ""
    assert plan.past(TUESDAYS[2]) == "Sessions that lie in the past: 1 (6 October 2026), 2 (13 October 2026)."
    assert plan.follow_up == dt.date(2027, 2, 10)


def test_every_fault_of_the_days_is_said_at_once():
    chosen = [slot(dt.date(2026, 9, 24)), slot(dt.date(2026, 9, 25), "11:00", "09:00"), slot(dt.date(2026, 9, 25))]
    with pytest.raises(DataError) as refused:
        sessions.lay_out(load(), chosen)
    said = str(refused.value)
    assert (
        "Heritage Day" in said
        and "Friday 25 September 2026" in said
        and "twice" in said
        and "after the beginning" in said
    )


@pytest.mark.parametrize(("count", "length"), [(6, 125), (6, 135), (6, 150), (3, 300), (2, 450)])
def test_no_break_stands_just_before_the_end_of_a_day(count, length):
    chosen = [slot(TUESDAYS[week], "09:00", f"{sessions.clock(540 + length)}") for week in range(count)]
    for one in sessions.lay_out(load(), chosen).sessions:
        pauses = [place for place, block in enumerate(one.blocks) if not block.contact]
        assert not pauses or sum(block.minutes for block in one.blocks[pauses[-1] + 1 :]) >= 25, one.blocks


@pytest.mark.parametrize(
    ("days", "end", "says"),
    [
        (TUESDAYS[:5], "11:00", "120 minutes too short for 12 hours of contact beside 0 minutes of breaks"),
        (TUESDAYS, "15:00", "is not needed"),
        ([], "11:00", "at least one"),
    ],
)
def test_too_few_and_too_many_days_are_refused(days, end, says):
    with pytest.raises(DataError, match=says):
        sessions.lay_out(load(), [slot(day, end=end) for day in days])


def test_a_plan_keeps_its_words_and_can_be_taken_back(cohort):
    first = sessions.lay_out(cohort.programme, [slot(day) for day in TUESDAYS])
    second = sessions.lay_out(cohort.programme, [slot(day, "13:00", "15:00") for day in TUESDAYS])
    third = sessions.lay_out(cohort.programme, [slot(day, "08:00", "10:00") for day in TUESDAYS])
    for plan in (first, second, third):
        plans.keep(cohort, plan, "F-01")
        assert plans.current(cohort) == plan
        assert sessions.lay_out(cohort.programme, slots.read_slots(slots.write_slots(plan))) == plan
    assert plans.take_back(cohort, "F-01") == second
    assert plans.take_back(cohort, "F-01") == first == plans.current(cohort)
    assert plans.take_back(cohort, "F-01") is None and plans.current(cohort) is None
    with pytest.raises(KitError, match="no session plan to take back"):
        plans.take_back(cohort, "F-01")
    assert len(plans.history(cohort)) == 6


def test_a_new_plan_keeps_the_days_that_have_entries(planned):
    attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT, note="late")], "F-01", now=NOW)
    other = sessions.lay_out(planned.programme, [slot(day) for day in [*TUESDAYS[1:], dt.date(2026, 11, 17)]])
    with pytest.raises(KitError, match="6 October 2026"):
        plans.keep(planned, other, "F-01")
    with pytest.raises(KitError, match="earlier plan lacks"):
        plans.take_back(planned, "F-01")


def test_the_calendar_is_read_by_a_calendar_program(planned):
    import icalendar

    plan = plans.current(planned)
    made = icalendar.Calendar.from_ical(plan_papers.calendar(planned, plan, dt.datetime(2026, 9, 1, 12)))
    events = list(made.walk("VEVENT"))
    assert len(events) == 6 + len(plan.tasks) + len(planned.programme.workbooks) + 1 and len(
        {str(one["UID"]) for one in events}
    ) == len(events)
    first = events[0]
    assert first["DTSTART"].params["TZID"] == "Africa/Johannesburg"
    assert first.decoded("DTSTART").utcoffset() == dt.timedelta(hours=2) and first.decoded("DTSTART").hour == 9
    assert str(first["LOCATION"]) == "Room 2" and [str(one["TZID"]) for one in made.walk("VTIMEZONE")] == [
        "Africa/Johannesburg"
    ]
    assert type(events[-1].decoded("DTSTART")) is dt.date


def test_the_plan_on_paper_says_forty_hours_and_what_to_print(planned):
    import pypdf

    document = plan_papers.document(planned, plans.current(planned), "F-01")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(to_pdf(document))).pages)
    for said in ("Hours together", "40", "Session 6: Tuesday 10 November 2026", "Print before this session", "Room 2"):
        assert said in text
    assert to_word(document)[:2] == b"PK"


CLASSES_OWN = {"A complaint of your own business, names removed"}  # brought along, not printed by the kit


def test_whatever_a_session_has_printed_is_a_paper_of_the_kit_under_that_name(planned):
    """The name is a paper's title up to its colon; the list with names comes from a button of the desk."""
    from learner_kit.assess import workplace
    from learner_kit.assess.papers import preparation
    from learner_kit.desks.enrolling import Enrolling
    from learner_kit.desks.room import Room

    papers = [
        plan_papers.document(planned, plans.current(planned)),
        register_sheet.sheet(planned, TUESDAYS[0]),
        privacy.notice_document(planned),
        evaluation_papers.form(planned),
        evaluation_papers.knowledge_form(planned),
        *(handouts.document(planned, one) for one in handouts.load(planned.programme)),
        *preparation.documents(planned).values(),
    ]
    made = {one.title.partition(":")[0] for one in papers}
    made |= {one.title for one in workplace.forms(planned.programme).values()}
    made.add(Enrolling(Room("facilitator", planned.path)).names.description.replace("Make a list", "List"))
    told = {said.partition(":")[0] for step in outline.load(planned.programme).steps for said in step.print}
    assert told - CLASSES_OWN <= made and told >= CLASSES_OWN
    assert {one.title for one in handouts.load(planned.programme)} <= told, "a handout that no session hands out"


def test_handouts_fit_their_sheets_and_say_what_they_are_for(planned):
    import pypdf

    said = {}
    for one in handouts.load(planned.programme):
        pages = pypdf.PdfReader(io.BytesIO(to_pdf(handouts.document(planned, one)))).pages
        said[one.id] = " ".join("\n".join(page.extract_text() for page in pages).split())
        assert len(pages) == (2 if one.questionnaire else 1), one.title
    for words in ("Parties", "By when", "Confirmed how", "Signature"):
        assert words in said["minute"]
    assert "50 orders" not in said["customer-cards"] and "48 orders, R132" in said["customer-cards"].replace(
        "\xa0", " "
    )
    assert (
        "Only if you answered “Yes” to question 6" in said["questionnaire"]
        and "other brands" not in said["questionnaire"]
    )
    assert "Neither satisfied nor dissatisfied" in said["questionnaire"]


def test_the_calendar_begins_on_its_session_and_names_closed_days(cohort):
    (calendar,) = (one for one in handouts.load(cohort.programme) if one.weeks)

    def weeks():
        table = handouts.document(cohort, calendar).blocks[-1]
        return [" ".join(row[0].split()) for row in table.rows]

    assert weeks() == [str(week) for week in range(1, 14)], "without a plan the weeks are only counted"
    plans.keep(cohort, sessions.lay_out(cohort.programme, [slot(day) for day in TUESDAYS]), "F-01")
    (day,) = (
        one.day
        for one in plans.current(cohort).sessions
        for block in one.blocks
        if block.title.startswith("A calendar")
        if block.print
    )
    assert weeks()[0].startswith(f"1: {day.day} ") and len(weeks()) == 13
    assert any("16 December" in one and "25 December" not in one for one in weeks())
    assert any("closed: 25 December, 26 December" in one for one in weeks())


def test_faults_of_handouts_toml_are_named(cohort, tmp_path):
    programme = dataclasses.replace(cohort.programme, folder=tmp_path)
    assert handouts.load(programme) == ()
    (tmp_path / "handouts.toml").write_text(
        '[[handouts]]\nid = "x"\ntitel = "X"\ncolumns = ["A"]\nwidths = [1, 2]\nquestionnaire = "no.toml"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as refused:
        handouts.load(programme)
    for words in ("title", "titel", "one for each column", "go together", "no.toml"):
        assert words in str(refused.value)
    card = handouts.Handout("x", "X", cards=("C-9999",))
    with pytest.raises(KitError, match="C-9999"):
        handouts.document(cohort, card)


def test_faults_of_sessions_toml_are_named(tmp_path):
    import shutil

    programme = load()
    folder = shutil.copytree(programme.folder, tmp_path / "programme")
    path = folder / "sessions.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(
        said.replace('minutes = 15\nhow = "whole class"', 'minutes = 5\nhow = "in a crowd"', 1), encoding="utf-8"
    )
    with pytest.raises(DataError) as refused:
        outline.load(load(folder))
    assert "last 50 minutes; plan.toml gives it 60" in str(refused.value) and "groups of N" in str(refused.value)
    path.unlink()
    assert outline.load(load(folder)).minutes == 720, "a programme without the file has a plan too"


def test_days_proclaimed_since_are_kept_free(tmp_path):
    made = dataclasses.replace(outline.load(load()).calendar, added={dt.date(2026, 10, 7): "Election day"})
    assert made.holiday(dt.date(2026, 10, 7)) == "Election day" and made.after(dt.date(2026, 10, 6), 1) == dt.date(
        2026, 10, 8
    )


def test_days_are_read_as_people_type_them_and_every_fault_is_said():
    found = slots.read_slots(
        "Tue 2026-10-06 09:00-11:00\n13 October 2026 9:00 – 11:30, Hall\n\n20/10/2026 0900-1100", "Room"
    )
    assert [(one.day.day, one.start.hour, one.end.minute, one.venue) for one in found] == [
        (6, 9, 0, "Room"),
        (13, 9, 30, "Hall"),
        (20, 9, 0, "Room"),
    ]
    with pytest.raises(DataError) as refused:
        slots.read_slots("tomorrow 09:00-11:00\n2026-10-06\n2026-10-06 09:00-25:00\n\nMonday 2026-10-06 09:00-11:00")
    assert [fault.row for fault in refused.value.faults] == [1, 2, 3, 5]
    assert "6 October 2026 is a Tuesday" in refused.value.faults[-1].reason


def test_proposed_days_pass_over_holidays():
    calendar = outline.load(load()).calendar
    said = slots.propose(dt.date(2026, 12, 23), 4, 1, "09:00-12:00", calendar)
    assert said.split()[1::3] == ["2026-12-23", "2026-12-24", "2026-12-28", "2026-12-29"]
    assert slots.passed_over(dt.date(2026, 12, 23), dt.date(2026, 12, 29), 1, calendar) == [
        "25 December 2026 (Christmas Day)",
        "26 December 2026 (Day of Goodwill)",
    ]


# --- attendance ---


def test_minutes_count_between_arriving_and_leaving_without_breaks(cohort):
    day = TUESDAYS[0]
    long = [slot(day, "08:00", "15:45"), slot(TUESDAYS[1], "08:00", "14:10")]
    plans.keep(cohort, sessions.lay_out(cohort.programme, long), "F-01")
    held = attendance.of_day(cohort, day)
    tea = next(one for one in held.blocks if not one.contact)
    assert attendance.present_minutes(held, {"state": PRESENT, "arrived": None, "left": None}) == held.minutes
    before, after = ({"state": PRESENT, "arrived": at, "left": None} for at in (tea.start, tea.end))
    assert attendance.present_minutes(held, before) == attendance.present_minutes(held, after) == held.minutes - 120


def test_corrections_keep_the_old_entry_and_need_a_note(planned):
    day = TUESDAYS[0]
    same_day = dt.datetime.combine(day, dt.time(7))  # UTC: 09:00 in South Africa
    attendance.record(planned, day, [Entry("L-0001", PRESENT, dt.time(9, 30))], "F-01", now=same_day)
    attendance.record(planned, day, [Entry("L-0001", PRESENT, dt.time(9, 30), dt.time(10, 30))], "F-01", now=same_day)
    assert attendance.attended(planned, day)["L-0001"].minutes == 60
    with pytest.raises(DataError, match="corrects an entry"):
        attendance.record(planned, day, [Entry("L-0001", ABSENT, reason="I")], "F-01", now=same_day)
    attendance.record(planned, day, [Entry("L-0001", ABSENT, reason="I", note="wrong line")], "F-01", now=same_day)
    rows = attendance.history(planned, learner="L-0001")
    assert [(row["number"], row["state"], row["late"]) for row in rows] == [
        (1, PRESENT, False),
        (2, PRESENT, False),
        (3, ABSENT, False),
    ]


def test_an_entry_after_the_day_is_late_and_needs_a_note(planned):
    with pytest.raises(DataError, match="after the day itself"):
        attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT)], "F-01", now=NOW)
    attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT, note="sheet found")], "F-01", now=NOW)
    assert attendance.history(planned)[0]["late"]
    with pytest.raises(DataError) as refused:
        attendance.record(planned, TUESDAYS[0], [Entry(f"L-000{n}", PRESENT) for n in (2, 3)], "F-01", now=NOW)
    (fault,) = refused.value.faults
    assert str(fault).startswith("L-0002, L-0003: a note is needed")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (Entry("L-0099", PRESENT), "not enrolled"),
        (Entry("L-0001", "perhaps"), "present or absent"),
        (Entry("L-0001", PRESENT, dt.time(10), dt.time(9, 30)), "leaving must come after"),
        (Entry("L-0001", PRESENT, dt.time(12)), "session ends at 11:00, and leaving must come after"),
        (Entry("L-0001", PRESENT, dt.time(7, 59)), "more than an hour before the session begins .09:00"),
        (Entry("L-0001", PRESENT, None, dt.time(8)), "leaving must come after"),
        (Entry("L-0001", PRESENT, dt.time(11, 30), dt.time(12)), "outside the session"),
        (Entry("L-0001", ABSENT, dt.time(9)), "no times"),
        (Entry("L-0001", ABSENT, reason="X"), r"must be one of I \(ill\), W \(work\)"),
        (Entry("L-0001", PRESENT, reason="I"), "only an absence"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(planned, entry, says):
    now = dt.datetime.combine(TUESDAYS[0], dt.time(8))
    with pytest.raises(DataError, match=says):
        attendance.record(planned, TUESDAYS[0], [Entry("L-0002", PRESENT), entry], "F-01", now=now)
    assert attendance.history(planned) == []


def test_a_day_that_is_not_in_the_plan_or_still_to_come_is_refused(planned):
    with pytest.raises(KitError, match="not in the session plan"):
        attendance.record(planned, TUESDAYS[0] + dt.timedelta(days=1), [Entry("L-0001", PRESENT)], "F-01", now=NOW)
    early = dt.datetime.combine(TUESDAYS[0], dt.time(8)) - dt.timedelta(days=1)
    with pytest.raises(KitError, match="still to come"):
        attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT)], "F-01", now=early)
    midnight = dt.datetime.combine(TUESDAYS[0] - dt.timedelta(days=1), dt.time(22, 30))  # 00:30 in South Africa
    assert attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT)], "F-01", now=midnight).written


def test_without_a_plan_there_is_no_register_and_nobody_is_held_back(cohort):
    with pytest.raises(KitError, match="no session plan yet"):
        attendance.record(cohort, TUESDAYS[0], [Entry("L-0001", PRESENT)], "F-01", now=NOW)
    ruling = attendance.may_be_assessed(cohort, "L-0001")
    assert ruling.allowed and ruling.share is None and "holds nobody back" in ruling.said


def test_the_threshold_of_the_rules_decides(planned):
    for day in TUESDAYS[:5]:
        away = ABSENT if day == TUESDAYS[0] else PRESENT
        entries = [Entry("L-0001", PRESENT, note="n"), Entry("L-0002", away, note="n")]
        attendance.record(planned, day, entries, "F-01", now=NOW)
    today = dt.date(2026, 11, 20)
    one, two, three = (attendance.may_be_assessed(planned, f"L-000{n}", today) for n in (1, 2, 3))
    assert (one.share, two.share, three.share) == (1.0, 0.8, 0.0)
    assert one.allowed and two.allowed and not three.allowed and "80% is needed" in three.said
    assert attendance.attended(planned, today)["L-0003"].missing == tuple(TUESDAYS[:5])
    assert attendance.missing_registers(plans.current(planned), attendance.history(planned), today) == [TUESDAYS[5]]


def test_a_running_session_counts_when_it_is_over_and_a_share_before_the_end_is_one_so_far(planned, monkeypatch):
    day = TUESDAYS[0]
    attendance.record(planned, day, [Entry("L-0001", PRESENT, note="n")], "F-01", now=NOW)
    end = plans.current(planned).session(day).end
    for minute, share in ((-1, None), (0, 0.0)):
        at = dt.datetime.combine(day, end) + dt.timedelta(hours=-2, minutes=minute)
        monkeypatch.setattr(attendance.records, "now", lambda at=at: at)
        assert attendance.rulings(planned)["L-0002"].share == share
        assert not attendance.rulings(planned)["L-0001"].whole
    assert not attendance.may_be_assessed(planned, "L-0002", day).allowed, "judging counts the day itself"
    for later in TUESDAYS[1:]:
        attendance.record(planned, later, [Entry("L-0001", PRESENT, note="n")], "F-01", now=dt.datetime(2027, 6, 1, 8))
    assert attendance.may_be_assessed(planned, "L-0001", dt.date(2027, 6, 1)).whole


def test_entries_that_do_not_stand_are_counted_once(planned):
    day, both = TUESDAYS[0], ("L-0001", "L-0002")
    attendance.record(planned, day, [Entry(one, PRESENT, note="1") for one in both], "F-01", now=NOW)
    assert attendance.set_aside(attendance.history(planned, day)) == []
    attendance.take_back(planned, day, "F-01")
    assert len(attendance.set_aside(attendance.history(planned, day))) == 2
    attendance.record(planned, day, [Entry(one, ABSENT, note="2") for one in both], "F-01", now=NOW)
    gone = attendance.set_aside(attendance.history(planned, day))
    assert [(one["learner"], one["state"]) for one in gone] == [(one, PRESENT) for one in both]
    attendance.record(planned, day, [Entry("L-0001", PRESENT, note="3")], "F-01", now=NOW)
    attendance.take_back(planned, day, "F-01")
    gone = attendance.set_aside(attendance.history(planned, day))
    assert sorted((one["learner"], one["note"]) for one in gone) == [("L-0001", "1"), ("L-0001", "3"), ("L-0002", "1")]


def test_two_facilitators_at_once_lose_nothing_and_are_told(planned):
    day = TUESDAYS[0]
    first = {"who": "F-01", "now": NOW}
    attendance.record(planned, day, [Entry("L-0001", PRESENT, note="a")], seen={}, **first)
    done = attendance.record(
        planned, day, [Entry("L-0001", ABSENT, note="b"), Entry("L-0002", PRESENT, note="b")], "F-02", seen={}, now=NOW
    )
    assert done.conflicts == ("L-0001",) and done.written == ("L-0002",)
    assert attendance.standing(planned, day)["L-0001"]["state"] == PRESENT


def test_many_threads_on_one_register_write_every_entry_once(planned):
    day, faults = TUESDAYS[0], []

    def write(number: int) -> None:
        try:
            state = PRESENT if number % 2 else ABSENT
            attendance.record(
                planned, day, [Entry(f"L-000{n}", state, note=str(number)) for n in (1, 2, 3)], f"F-{number}", now=NOW
            )
        except KitError as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for learner in ("L-0001", "L-0002", "L-0003"):
        rows = attendance.history(planned, learner=learner)
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert all("try again" in str(one) or "locked" in str(one) for one in faults)


def test_the_last_entry_of_a_person_can_be_taken_back_step_by_step(planned):
    day = TUESDAYS[0]
    attendance.record(
        planned, day, [Entry("L-0001", PRESENT, note="1"), Entry("L-0002", PRESENT, note="1")], "F-01", now=NOW
    )
    attendance.record(planned, day, [Entry("L-0001", ABSENT, reason="T", note="2")], "F-01", now=NOW)
    attendance.record(planned, day, [Entry("L-0002", ABSENT, note="3")], "F-02", now=NOW)
    assert attendance.take_back(planned, day, "F-01").written == ("L-0001",)
    again = attendance.standing(planned, day)["L-0001"]
    assert [again[name] for name in ("state", "note", "late", "number", "at")] == [PRESENT, "1", True, 3, NOW]
    done = attendance.take_back(planned, day, "F-01")
    assert (done.written, done.conflicts) == (("L-0001",), ("L-0002",))
    assert attendance.standing(planned, day)["L-0001"]["state"] == attendance.NONE
    assert attendance.standing(planned, day)["L-0002"]["state"] == ABSENT, "somebody else's entry stays"
    with pytest.raises(KitError, match="nothing to the register"):
        attendance.take_back(planned, day, "F-03")


def test_a_day_all_of_whose_entries_were_taken_back_was_not_held(planned):
    attendance.record(planned, TUESDAYS[0], [Entry("L-0001", PRESENT, note="1")], "F-01", now=NOW)
    attendance.take_back(planned, TUESDAYS[0], "F-01")
    assert attendance.may_be_assessed(planned, "L-0001", dt.date(2026, 11, 20)).share is None


@given(st.integers(1, 9_999_999), st.integers(0, 6), st.integers(0, 9))
def test_a_code_notices_one_wrong_digit_and_two_swapped(number, place, digit):
    code = register_sheet.code(f"L-{number:04d}")
    digits = list(code[:-1])
    place %= len(digits)
    wrong = digits.copy()
    wrong[place] = str(digit)
    if wrong != digits and wrong[0] != "0":
        assert register_sheet.code(f"L-{int(''.join(wrong)):04d}")[-1] != code[-1]
    swapped = digits.copy()
    if place:
        swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
        if swapped != digits and swapped[0] != "0":
            assert register_sheet.code(f"L-{int(''.join(swapped)):04d}")[-1] != code[-1]


def test_codes_from_paper_are_read_and_every_fault_is_said():
    class_ = ["L-0001", "L-0002", "L-0003", "L-0004"]
    one, two, three, four = map(register_sheet.code, class_)
    found = register_sheet.read_back(f"{one.lower()} {two}-i, {three}@0915-1030;{four}@-10:30", class_, "n")
    assert [(e.learner, e.state, e.reason, e.arrived, e.left) for e in found] == [
        ("L-0001", PRESENT, "", None, None),
        ("L-0002", ABSENT, "I", None, None),
        ("L-0003", PRESENT, "", dt.time(9, 15), dt.time(10, 30)),
        ("L-0004", PRESENT, "", None, dt.time(10, 30)),
    ]
    rest = register_sheet.read_back(f"{one}-W *", class_, already=["L-0002"])
    assert [e.learner for e in rest] == ["L-0001", "L-0003", "L-0004"]
    with pytest.raises(DataError) as refused:
        register_sheet.read_back(f"{one[:-1]}A {one} {one} 99B {two}-Z {three}@2599 what", class_)
    said = str(refused.value)
    for part in (
        "wrong letter",
        "twice",
        "belongs to nobody",
        "Z is no reason; they are I (ill), W (work)",
        "no clock shows",
        "cannot be read",
    ):
        assert part in said
    with pytest.raises(DataError, match="at least one"):
        register_sheet.read_back("  ", class_)


def test_the_sheet_masks_identity_numbers_and_has_a_place_to_sign(planned):
    import pypdf

    with records.transaction(planned.engine) as connection:
        connection.execute(
            records.identities.update().where(records.identities.c.code == "L-0001").values(id_number="8001015009087")
        )
    made = to_pdf(register_sheet.sheet(planned, TUESDAYS[0], "F-01"))
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    assert "8001015009087" not in text and "800101" in text and "Signature" in text and "Surname1, Name1" in text
    assert register_sheet.code("L-0003") in text
    with pytest.raises(KitError, match="not in the session plan"):
        register_sheet.sheet(planned, dt.date(2026, 10, 7))


@pytest.mark.parametrize(("count", "pages"), [(12, 1), (20, 1), (21, 2), (41, 3)])
def test_the_signature_stands_on_a_page_with_the_table_and_every_page_has_its_head(planned, count, pages):
    import pypdf

    people = [enrol.Person(n, f"Surname{n}", "Given Name", site="Polokwane branch") for n in range(4, count + 1)]
    enrol.enrol(planned, people, "F-01")
    made = to_pdf(register_sheet.sheet(planned, TUESDAYS[0], "Dlamini, Thandi"))
    said = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(said) == pages and all("Surname, first names" in one for one in said)
    assert [one.count("Dlamini, Thandi") for one in said] == [0] * (pages - 1) + [1]
    assert min(one.count("Polokwane") for one in said) >= 9


# --- evaluation ---


def filled(asked, number: int) -> dict:
    return {
        column: one.answers[(number + place) % len(one.answers)] if one.answers else f"word {number}"
        for place, one in enumerate(asked.questions)
        for column in one.columns
    }


@pytest.mark.parametrize("form", list(evaluation.FORMS))
def test_the_scales_of_the_forms_are_balanced(cohort, form):
    asked = evaluation.questionnaire(cohort, form)
    against = re.compile(r"disagree|poor|worse|never|seldom", re.I)
    for one in asked.questions:
        if one.ordered and one.kind != "score":
            assert len(one.answers) % 2 == 1, one.id
            low, high = one.answers[: len(one.answers) // 2], one.answers[len(one.answers) // 2 + 1 :]
            assert all(against.search(answer) for answer in low) and not any(against.search(answer) for answer in high)


def test_a_form_is_kept_without_learner_time_or_order(cohort):
    asked = evaluation.questionnaire(cohort)
    forms = [{**filled(asked, n), "learner": "L-0001", "name": "Thandi", "time": "10:00"} for n in range(40)]
    before = records.rows(cohort.engine, sa.select(records.log))
    for one in forms:
        evaluation.add(cohort, [one])
    assert records.rows(cohort.engine, sa.select(records.log)) == before, "the log would tell the time"
    columns = set(class_records.evaluations.c.keys())
    assert columns == {"id", "form", "answers"}
    with cohort.engine.connect() as connection:
        held = connection.execute(sa.text("SELECT answers FROM kit_evaluations ORDER BY rowid")).scalars().all()
    assert not any("L-0001" in one or "Thandi" in one or "10:00" in one for one in held)
    order = [int(json.loads(one)["most_useful"].split()[1]) for one in held]
    assert sorted(order) == list(range(40)) and order != sorted(order) and order != sorted(order, reverse=True)


def test_fewer_than_five_forms_show_nothing(cohort):
    asked = evaluation.questionnaire(cohort)
    evaluation.add(cohort, [filled(asked, n) for n in range(4)])
    for show in (evaluation.responses, evaluation_papers.report):
        with pytest.raises(KitError, match="from 5 forms on"):
            show(cohort)
    assert evaluation.add(cohort, [filled(asked, 4)]) == 5
    assert len(evaluation.responses(cohort)) == 5


def test_the_report_counts_as_the_survey_tools_do(cohort):
    import pypdf

    from learner_kit import survey

    asked = evaluation.questionnaire(cohort)
    evaluation.add(cohort, [filled(asked, n) for n in range(10)])
    given = evaluation.responses(cohort)
    text = "\n".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(to_pdf(evaluation_papers.report(cohort)))).pages
    )
    best = survey.satisfaction(given, "overall")
    assert f"Best two answers: {best.share:.0%}".replace("%", "\u00a0%") in text or f"{best.share * 100:.0f}" in text
    assert "word 3" in text and "10" in text
    assert to_word(evaluation_papers.report(cohort))[:2] == b"PK"


def test_an_answer_that_is_not_offered_is_refused_and_nothing_is_kept(cohort):
    with pytest.raises(DataError, match="is not one of the answers"):
        evaluation.add(cohort, [{"overall": "Brilliant"}])
    with pytest.raises(KitError, match="without a single answer"):
        evaluation.add(cohort, [{"overall": " "}])
    assert evaluation.count(cohort) == 0


def test_forms_come_from_a_table_too(cohort, tmp_path):
    asked = evaluation.questionnaire(cohort, "follow-up")
    columns = [name for name in asked.columns if name != asked.respondent]
    rows = [";".join(str(filled(asked, n)[name]) for name in columns) for n in range(5)]
    path = tmp_path / "answers.csv"
    path.write_text("\ufeff" + ";".join(columns) + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert evaluation.add_file(cohort, path, "follow-up") == 5
    path.write_text("use.value\nOften\n", encoding="utf-8")
    with pytest.raises(DataError, match="this column is missing"):
        evaluation.add_file(cohort, path, "follow-up")
    assert evaluation.take_away_all(cohort, "follow-up", "F-01") == 5 and evaluation.count(cohort, "follow-up") == 0


@pytest.mark.parametrize("kind", list(evaluation.FORMS))
def test_the_forms_print(cohort, kind):
    assert to_pdf(evaluation_papers.form(cohort, kind)).startswith(b"%PDF")


# --- knowledge ---


def test_the_gain_agrees_with_scipy(cohort):
    from scipy import stats

    check = knowledge.load(cohort.programme)
    right = "".join(one.right for one in check.items)
    wrong = "".join("B" if one.right == "A" else "A" for one in check.items)
    before = {"L-0001": wrong, "L-0002": right[:3] + wrong[3:], "L-0003": right[:6] + wrong[6:]}
    after = {"L-0001": right[:8] + wrong[8:], "L-0002": right, "L-0003": right[:5] + "-" * 7}
    for name, answers in (("before", before), ("after", after)):
        assert knowledge.enter(cohort, name, answers, "F-01") == 3
        assert knowledge.enter(cohort, name, answers, "F-01") == 0, "the same again is no new entry"
    found = knowledge.gain(cohort)
    low, high = stats.ttest_rel([8, 12, 5], [0, 3, 6]).confidence_interval(0.95)
    assert (found.before, found.gain) == (3.0, pytest.approx(16 / 3)) and (found.better, found.same, found.worse) == (
        2,
        0,
        1,
    )
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.items[0][2:] == (pytest.approx(2 / 3), 1.0)


def test_answers_that_cannot_be_are_refused_by_learner(cohort):
    with pytest.raises(DataError) as refused:
        knowledge.enter(cohort, "before", {"L-0001": "ABC", "L-0009": "A" * 12, "L-0002": "Z" + "A" * 11}, "F-01")
    said = str(refused.value)
    assert "must be 12 letters" in said and "not enrolled" in said and "question 1 has no such option" in said
    assert knowledge.gain(cohort) is None


def test_the_check_asks_about_every_outcome_and_its_answers_do_not_cluster():
    check = knowledge.load(load())
    unit = load().unit
    assert {unit.criterion(one.id).outcome for one in check.items} == {one.id for one in unit.outcomes}
    counts = [sum(one.right == letter for one in check.items) for letter in "ABCD"]
    assert max(counts) <= len(check.items) / 2 - 1


# --- privacy ---


def test_consent_is_kept_with_its_notice_and_a_newer_answer_counts(cohort):
    privacy.record(cohort, "L-0001", {"notice": "read", "photographs": "yes"}, "F-01")
    privacy.record(cohort, "L-0001", {"photographs": "withdrawn"}, "F-01", "spoken")
    held = privacy.consents(cohort)["L-0001"]
    assert (
        held["photographs"]["answer"] == "withdrawn"
        and held["notice"]["notice"] == privacy.load(cohort.programme).version
    )
    assert len(records.rows(cohort.engine, sa.select(class_records.consents))) == 3
    for learner in ("L-0001", "L-0002"):  # taken back already, and never given
        with pytest.raises(KitError, match=f"nothing to take back from {learner}: no yes"):
            privacy.record(cohort, learner, {"photographs": "withdrawn"}, "F-01")
    for answers in ({"photographs": "maybe"}, {"shoe-size": "yes"}):
        with pytest.raises(KitError, match="cannot be recorded"):
            privacy.record(cohort, "L-0001", answers, "F-01")
    assert to_pdf(privacy.notice_document(cohort)).startswith(b"%PDF")


def test_everything_about_a_person_is_exported_and_nothing_of_another(planned, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    hand_in("L-0002", right_answers)
    day = TUESDAYS[0]
    attendance.record(
        planned,
        day,
        [Entry("L-0001", ABSENT, reason="I", note="flu"), Entry("L-0002", PRESENT, note="x")],
        "F-01",
        now=NOW,
    )
    privacy.record(planned, "L-0001", {"notice": "read"}, "F-01")
    with zipfile.ZipFile(io.BytesIO(rights.export_person(planned, "L-0001", "F-01"))) as made:
        held = json.loads(made.read("records.json"))
        names = made.namelist()
        letter = made.read("read-me.txt").decode()
    assert held["kit_identities"][0]["surname"] == "Surname1" and held["kit_attendance"][0]["note"] == "flu"
    assert len(held["kit_submissions"]) == 1 and any(name.startswith("files/received/so1/") for name in names)
    assert "Surname2" not in json.dumps(held) and not [name for name in names if "L-0002" in name]
    assert "has to be kept" in letter
    assert "export person" in [row["what"] for row in records.rows(planned.engine, sa.select(records.log))]


def test_somebody_who_did_nothing_is_taken_away_whole_and_the_number_is_not_given_again(planned):
    privacy.record(planned, "L-0003", {"notice": "read"}, "F-01")
    attendance.record(planned, TUESDAYS[0], [Entry("L-0003", ABSENT, reason="I", note="flu")], "F-01", now=NOW)
    plan = rights.forgetting(planned, "L-0003")
    assert plan.whole and enrol.learners(planned) == ["L-0001", "L-0002", "L-0003"]
    rights.forget(planned, "L-0003", "F-01")
    assert enrol.learners(planned) == ["L-0001", "L-0002"] and "L-0003" not in enrol.names(planned)
    assert attendance.history(planned) == [] and privacy.consents(planned) == {}
    done = enrol.enrol(planned, [enrol.Person(1, "New", "One")], "F-01")
    assert done.pseudonyms == ("L-0004",)
    with pytest.raises(KitError, match="not enrolled"):
        rights.forgetting(planned, "L-0003")


def test_within_retention_only_what_is_not_needed_goes_and_afterwards_the_evidence(planned, hand_in, right_answers):
    from learner_kit.assess.grade import grade

    hand_in("L-0001", right_answers)
    grade(planned)
    attendance.record(planned, TUESDAYS[0], [Entry("L-0001", ABSENT, reason="I", note="flu")], "F-01", now=NOW)
    plan = rights.forget(planned, "L-0001", "F-01")
    assert (
        not plan.whole
        and not plan.evidence
        and plan.until.year == dt.date.today().year + planned.programme.rules.retention_years
    )
    person = rights.person(planned, "L-0001")
    (identity,) = person["kit_identities"]
    assert identity["surname"] == "Surname1" and identity["email"] == ""
    assert person["kit_attendance"][0]["note"] == "" and person["kit_submissions"] and person["marks"]
    later = plan.until + dt.timedelta(days=1)
    gone = rights.forget(planned, "L-0001", "F-01", later)
    assert gone.evidence and enrol.names(planned)["L-0001"] == "Surname1, Name1"
    person = rights.person(planned, "L-0001")
    assert not person["kit_submissions"] and not person["kit_attendance"] and not person["marks"]
    assert not [one for one in ("received", "submitted", "autograded") if (planned.path / one / "L-0001").exists()]


def test_alike_names_are_pointed_out_but_not_those_with_other_identity_numbers():
    people = [
        enrol.Person(1, "Mokoena", "Lerato"),
        enrol.Person(2, "mokoena", "Lérato"),
        enrol.Person(3, "Botha", "Piet", id_number="8001015009087"),
        enrol.Person(4, "Botha", "Piet", id_number="9001015009086"),
    ]
    found = namesakes.namesakes(people, {"L-0007": "Bota, Piet", "A-01": "Mokoena, Lerato"})
    assert any(one.startswith("Rows 1 and 2") for one in found) and not any("Rows 3 and 4" in one for one in found)
    assert any("L-0007" in one for one in found) and not any("A-01" in one for one in found)


def test_the_plan_says_when_every_workbook_is_handed_out_and_by_its_own_name(cohort):
    from learner_kit.course import naming
    from learner_kit.teaching import outline

    ready = {one for step in outline.load(cohort.programme).steps for one in step.materials}
    for workbook in cohort.programme.workbooks:
        assert f"{naming.name(cohort.programme, workbook)} released" in ready


def test_the_project_goes_out_first_and_the_test_last_each_before_its_own_work():
    programme = load()
    plan = sessions.lay_out(programme, [slot(day) for day in TUESDAYS])
    out = {one.workbook: one for one in sessions.releases(programme, plan)}
    assert tuple(sorted(out)) == tuple(sorted(programme.workbooks))
    assert out["summative"].session.number == 1 and out["knowledge-test"].session.number == len(plan.sessions)
    assert (out["summative"].hand_in - out["summative"].session.day).days > 90, "three months of contact fit in"
    for one in out.values():
        own = {activity.id for activity in programme.activities if activity.workbook == one.workbook}
        assert one.session.day < min(task.first for task in plan.tasks if task.activity in own)
        assert one.hand_in == max(task.hand_in for task in plan.tasks if task.activity in own)
    steps = tuple(dataclasses.replace(one, materials=()) for one in outline.load(programme).steps)
    bare = sessions.lay_out(programme, [slot(day) for day in TUESDAYS], outline.Outline(steps))
    first = min(one.session for one in bare.tasks if one.activity == "so2-workbook")
    assert {one.workbook: one.session.number for one in sessions.releases(programme, bare)}["so2"] == first
