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
    one.codes.value, one.note.value = "1C-I *", "from the sheet"
    one.read.click()
    assert "Recorded 3 entries" in one.said.text and "2 of 3 have attended" in one.enough.value
    assert "Surname1" not in one.known.value
    one.names.value = True
    assert "Surname1, Name1" in one.known.value
    one.came.value, one.who.value, one.note.value = "half past nine", ("L-0002",), "x"
    one.record.click()
    assert "is no time; write 09:15" in html.unescape(one.said.face.value)


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
