"""The facilitator's desk for plan, register, progress, evaluation and privacy, and the commands beside it."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from learner_kit.cli import main
from learner_kit.course import enrol, records
from learner_kit.teaching import attendance, plans, sessions
from learner_kit.teaching.attendance import ABSENT, PRESENT, Entry

pytest.importorskip("ipywidgets")
from learner_kit.desks import facilitator

PAST = [dt.date(2026, 10, 6) + dt.timedelta(days=7 * week) for week in range(6)]


@pytest.fixture
def desk(cohort):
    return facilitator.Desk(cohort.path)


@pytest.fixture
def taught(cohort):
    slots = [sessions.Slot(day, dt.time(9), dt.time(11)) for day in PAST]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")
    return facilitator.Desk(cohort.path)


def test_learners_are_typed_in_and_the_enrolment_is_taken_back(desk, cohort):
    one = desk.enrolling
    one.typed.value = "Surname1; Name1\nNkosi; Thandi; 8001015009086\n\nBotha; Piet"
    one.check.click()
    assert "line 2" in one.found.value and "looks like L-0001" in html.unescape(one.found.value)
    one.confirm.click()
    assert enrol.learners(cohort)[3:] == ["L-0004", "L-0005"]
    one.undo.start.click()
    assert enrol.learners(cohort)[3:] == ["L-0004", "L-0005"], "it asks first"
    one.undo.no.click()
    one.undo.start.click()
    one.undo.yes.click()
    assert enrol.learners(cohort) == ["L-0001", "L-0002", "L-0003"] and "Took back the enrolment of 2" in one.said.text


def test_a_plan_is_shown_before_it_is_kept(desk, cohort):
    one = desk.planning
    one.days.value = "\n".join(f"{day} 09:00-11:00" for day in PAST)
    one.keep.click()
    assert "Show the plan first" in one.said.text
    one.show.click()
    assert plans.current(cohort) is None and "not kept yet" in one.shown.value
    one.days.value += "\n2026-12-16 09:00-11:00"
    one.show.click()
    assert "Day of Reconciliation" in one.said.face.value, "changed days have to be shown again"
    one.days.value = "\n".join(f"{day} 09:00-11:00" for day in PAST)
    one.show.click()
    one.keep.click()
    assert plans.current(cohort) is not None and "class-plan.ics" in one.made.face.value
    one.handouts.click()
    assert "contact-calendar.pdf" in one.made.face.value and "customer-cards.docx" in one.made.face.value
    assert "assessment-contract.pdf" in one.made.face.value, "papers before the assessment are handed out too"
    one.back.start.click()
    one.back.yes.click()
    assert plans.current(cohort) is None and "There is no plan now" in one.said.text


def test_days_filled_in_say_what_was_passed_over_and_what_cannot_be(desk):
    one = desk.planning
    one.first.value, one.count.value = dt.date(2027, 1, 1), 0
    one.fill.click()
    assert "from 1 to 60" in one.said.text and one.days.value == ""
    one.count.value = 6
    one.fill.click()
    assert "Passed over: 1 January 2027 (New Year's Day)." in one.said.text
    assert one.days.value.startswith("Fri 2027-01-08 ")
    one.days.value = "2027-01-08 09:00-11:00\n\n2027-01-01 09:00-11:00"
    one.show.click()
    assert "Friday 1 January 2027: is a public holiday" in html.unescape(one.said.face.value)


def test_an_opened_desk_has_the_days_of_the_plan_so_that_one_can_be_moved(taught, cohort):
    one = taught.planning
    assert one.days.value.splitlines()[0] == "Tue 2026-10-06 09:00-11:00"
    one.days.value = one.days.value.replace("Tue 2026-10-13", "Wed 2026-10-14")
    one.show.click()
    assert "Sessions that lie in the past: 1 (6 October 2026), 2 (14 October 2026)," in one.said.text
    one.keep.click()
    assert plans.current(cohort).sessions[1].day == dt.date(2026, 10, 14)
    one.back.start.click()
    one.back.yes.click()
    assert "Tue 2026-10-13" in one.days.value
    one.back.start.click()
    one.back.yes.click()
    assert plans.current(cohort) is None and "Tue 2026-10-13" in one.days.value, "what stands there can be kept again"


def test_two_facilitators_at_two_desks(taught, cohort):
    first, second = taught.attending, facilitator.Desk(cohort.path).attending
    for one, state in ((first, PRESENT), (second, ABSENT)):
        one.day.value = PAST[0]
        one.who.value, one.state.value, one.note.value = ("L-0001",), state, "from memory"
    first.record.click()
    second.record.click()
    assert "Somebody else changed L-0001 meanwhile" in second.said.text
    assert attendance.standing(cohort, PAST[0])["L-0001"]["state"] == PRESENT
    second.who.value, second.state.value, second.note.value = ("L-0001",), ABSENT, "looked again"
    second.record.click()
    assert attendance.standing(cohort, PAST[0])["L-0001"]["state"] == ABSENT
    assert "corrected or taken back: 1" in second.known.value


def test_a_register_shows_no_name_unless_asked_and_says_who_falls_short(taught, cohort):
    one = taught.attending
    one.day.value = PAST[0]
    one.codes.value, one.remark.value = "1C-I *", "from the sheet"
    one.read.click()
    assert one.said.text == "Recorded 3 entries for 6 October 2026. Note: “from the sheet”."
    assert "2 of 3 have attended" in one.enough.value
    assert "Surname1" not in one.known.value + one.enough.value
    one.names.value = True
    assert "Surname1, Name1" in one.known.value and "Surname1, Name1" in one.enough.value
    one.came.value, one.who.value, one.note.value = "half past nine", ("L-0002",), "x"
    one.record.click()
    assert "is no time; write 09:15" in html.unescape(one.said.face.value)


def test_what_was_typed_for_one_goes_with_nobody_else(taught, cohort):
    one = taught.attending
    one.day.value = PAST[0]
    one.who.value, one.note.value, one.came.value = ("L-0001",), "came late", "half past"
    one.state.value, one.reason.value = ABSENT, "I"
    one.codes.value = "*"
    one.read.click()
    assert "a note is needed" in one.said.face.value, "the note beside another button is not one to the codes"
    taught.room.changed()
    assert one.note.value == "came late", "what is half typed stays while others record"
    one.day.value = PAST[1]
    assert (one.who.value, one.note.value, one.came.value, one.codes.value, one.said.text) == ((), "", "", "", "")
    assert (one.state.value, one.reason.value) == (PRESENT, "N")
    one.note.value = "sheet found"
    one.everyone.click()
    assert "Note: “sheet found”" in one.said.text and one.note.value == ""


def test_a_message_about_a_day_goes_when_the_plan_lacks_it(taught, cohort):
    one, ahead = taught.attending, dt.date(2099, 1, 6)
    slots = [sessions.Slot(day, dt.time(9), dt.time(11)) for day in [*PAST[:5], ahead]]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")
    taught.room.changed()
    one.day.value = ahead
    one.everyone.click()
    assert "6 January 2099 is still to come" in one.said.text
    plans.take_back(cohort, "F-01")
    taught.room.changed()
    assert one.day.value == PAST[5] and one.said.text == ""


def test_a_draft_message_says_the_same_on_the_desk_and_in_a_terminal(taught, cohort, capsys):
    slots = [sessions.Slot(day, dt.time(9), dt.time(11)) for day in [*PAST[:5], dt.date(2099, 1, 6)]]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")
    attendance.record(cohort, PAST[0], [Entry("L-0001", PRESENT, note="n")], "F-01")
    taught.room.changed()
    one = taught.progressing
    one.read.click()
    one.draft.click()
    assert "You have attended 100% of the sessions so far" in one.message.value
    assert "We meet again on Tuesday 6 January 2099, 09:00–11:00." in one.message.value
    assert main(["progress", str(cohort.path), "L-0001"]) in (0, None)
    assert capsys.readouterr().out.strip() == one.message.value.strip()


def test_taking_back_names_whose_and_the_line_is_as_it_was(taught, cohort):
    one = taught.attending
    one.day.value, one.note.value = PAST[0], "typed later"
    one.everyone.click()
    before = one.known.value
    one.who.value, one.state.value, one.note.value = ("L-0002",), ABSENT, "Müller phoned"
    one.record.click()
    assert "Müller phoned" in one.known.value and "no reason given" not in one.known.value
    one.back.click()
    assert one.said.text == "Took back 1 entry, of L-0002, kept on record."
    assert one.known.value.startswith(before) and before.count("late entry") == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plan"], "has no session plan yet"),
        (["plan", "--day", "2026-12-25 09:00-11:00"], "Christmas"),
        (["attendance", "--sheet", "x.pdf"], "Say which day"),
        (["attendance", "--day", "2026-10-06"], "no session plan yet"),
        (["attendance", "--day", "soon"], "soon"),
        (["evaluate", "--report", "x.pdf"], "There is no form yet"),
        (["progress", "L-0077"], "not enrolled"),
        (["export-person", "L-0077"], "not enrolled"),
        (["forget", "L-0077"], "not enrolled"),
    ],
)
def test_what_a_user_can_cause_at_the_command_line(cohort, arguments, says, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main([arguments[0], str(cohort.path), *arguments[1:]]) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said


def test_the_same_through_the_command_line(cohort, capsys, tmp_path):
    def run(name: str, *more: str) -> str:
        assert main([name, str(cohort.path), *more]) in (0, None)
        return capsys.readouterr().out

    days = [part for day in PAST for part in ("--day", f"{day} 09:00-11:00")]
    assert "Not kept" in run("plan", *days)
    assert "Kept." in run("plan", *days, "--keep", "--to", str(tmp_path))
    assert (tmp_path / "plan.ics").read_bytes().startswith(b"BEGIN:VCALENDAR") and (tmp_path / "plan.docx").is_file()
    sheet = tmp_path / "sheet.pdf"
    run("attendance", "--day", str(PAST[0]), "--sheet", str(sheet))
    assert sheet.read_bytes().startswith(b"%PDF")
    assert "Recorded 3 entries" in run("attendance", "--day", str(PAST[0]), "--codes", "1C-I *", "--note", "n")
    assert "not yet" in run("attendance") and "ill" in run("attendance", "--day", str(PAST[0]))
    assert "Nothing handed in" in run("progress") and "Dear L-0001" in run("progress", "L-0001")
    run("evaluate", "--form", str(tmp_path / "form.pdf"), "--check", str(tmp_path / "check.pdf"))
    assert (tmp_path / "check.pdf").is_file()
    assert "L-0001-everything.zip" in run("export-person", "L-0001", "--to", str(tmp_path))
    assert "Nothing was changed" in run("forget", "L-0001") and "L-0001" in enrol.learners(cohort)
    assert "Taken away" in run("forget", "L-0001", "--yes") and "L-0001" not in enrol.learners(cohort)
    what = [row["what"] for row in records.rows(cohort.engine, records.log.select())]
    assert {"session plan", "attendance", "export person", "forget"} <= set(what)


def test_an_entry_for_somebody_unknown_is_no_entry(taught, cohort):
    with pytest.raises(ValueError, match="not enrolled"):
        attendance.record(cohort, PAST[0], [Entry("L-0404", PRESENT, note="n")], "F-01")
