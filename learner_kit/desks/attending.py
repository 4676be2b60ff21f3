"""The facilitator's desk: run a session, take the register on screen or from paper, see who has attended enough."""

from __future__ import annotations

import datetime as dt
from html import escape

import ipywidgets as widgets

from learner_kit.course import enrol, handins, records
from learner_kit.desks.parts import Cell, Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room, moment
from learner_kit.documents import long_date, to_pdf
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.moments import local
from learner_kit.teaching import attendance, plan_papers, plans, register_sheet
from learner_kit.teaching.attendance import ABSENT, NONE, PRESENT, REASONS, Entry

PAGE = 100  # learners on one page of the table


def read_time(said: str, what: str) -> dt.time | None:
    """A time as people type it, or None where the field is empty.

    Example:
        >>> read_time("9:05", "Came at"), read_time(" ", "Left at")
        (datetime.time(9, 5), None)
    """
    digits = "".join(letter for letter in said if letter.isdigit())
    if not said.strip():
        return None
    try:
        return dt.time(int(digits[:-2]), int(digits[-2:]))
    except ValueError:
        fault = Fault(None, what, said, "is no time; write 09:15")
        raise DataError([fault], "The register") from None


class Attending:
    """The register of a day."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.seen: dict[str, int] = {}
        self._of: object = None  # the cohort and the day that the form is filled in for
        self._quiet = False
        self.day = choose("Day of the session", "22rem")
        self.names = widgets.Checkbox(description="Show names on this screen", indent=False)
        self.sheet = button("Make the sheet to print", self.said, self._sheet)
        self.page = choose("Learners shown", "14rem")
        self.everyone = button("All without an entry are here", self.said, self._everyone, main=True)
        self.who = stacked(
            widgets.SelectMultiple(options=[], rows=9, description="Learners (hold Ctrl for several)"), "22rem"
        )
        self.state = choose("They", "11rem")
        offer(self.state, [("were there", PRESENT), ("were absent", ABSENT)])
        self.came = stacked(widgets.Text(description="Came at", placeholder="if later than the start"), "12rem")
        self.left = stacked(widgets.Text(description="Left at", placeholder="if before the end"), "12rem")
        self.reason = choose("Reason for absence", "13rem")
        offer(self.reason, [(said, key) for key, said in reversed(REASONS.items())])
        self.note = stacked(widgets.Text(description="Note (needed for a late entry or a correction)"), "26rem")
        self.record = button("Record this", self.said, self._record, main=True)
        self.codes = stacked(widgets.Textarea(rows=2, description="Or type the codes from the paper sheet"), "30rem")
        self.remark = stacked(widgets.Text(description="Note to these codes (needed for a late entry)"), "26rem")
        self.read = button("Record these codes", self.said, self._codes)
        self.back = button("Take back my last entry", self.said, self._back)
        self.running, self.known, self.enough, self.words = prose(), prose(), prose(), prose()
        self.form = widgets.VBox(
            (
                row(self.everyone, self.back),
                row(self.who),
                row(self.state, self.came, self.left, self.reason),
                row(self.note, self.record),
                row(self.codes, self.remark, self.read),
            )
        )
        self.face = part(
            self.words,
            row(self.day, self.sheet, self.names),
            self.running,
            self.form,
            self.said.face,
            row(self.page),
            self.known,
            self.enough,
        )
        self.state.observe(lambda _: self._fields(), "value")
        self.day.observe(lambda _: None if self._quiet else self._draw(), "value")
        self.page.observe(lambda _: self._table(), "value")
        self.names.observe(lambda _: self._draw(), "value")
        self._fields()
        room.tell(self._show)

    def _fields(self) -> None:
        here = self.state.value == PRESENT
        self.came.layout.display = self.left.layout.display = "" if here else "none"
        self.reason.layout.display = "none" if here else ""

    def _show(self) -> None:
        cohort = self.room.cohort
        plan = plans.current(cohort) if cohort else None
        if plan is None:
            offer(self.day, [])
            self.words.value = (
                "" if cohort is None else "<p>Plan the sessions first: the register follows the plan.</p>"
            )
        else:
            today = local(records.now()).date()
            days = [(f"Session {one.number}: {plan_papers.day(one.day, True)}", one.day) for one in plan.sessions]
            gone = [one.day for one in plan.sessions if one.day <= today]
            fresh = self.day.value not in [day for _, day in days]
            self._quiet = True  # filling the list passes through its first day
            offer(self.day, days, (gone[-1] if gone else plan.sessions[0].day) if fresh else None)
            self._quiet = False
            missing = attendance.missing_registers(plan, attendance.history(cohort), today)
            said = ", ".join(map(plan_papers.day, missing))
            self.words.value = (
                f"<p class='lk-notice'><strong>No register yet of:</strong> {escape(said)}.</p>" if missing else ""
            )
        self._draw()

    def _draw(self) -> None:
        cohort, day = self.room.cohort, self.day.value
        if self._of != (of := (cohort and cohort.path, day)):
            self._of = of
            self.said.clear()
            self.state.value = PRESENT
            self._empty()
        self.form.layout.display = "none" if cohort is None or day is None else ""
        if cohort is None or day is None:
            self.running.value = self.known.value = self.enough.value = ""
            self.page.layout.display = "none"
            return
        learners = enrol.learners(cohort)
        called = enrol.names(cohort) if self.names.value else {}
        chosen = set(self.who.value)
        order = sorted(learners, key=lambda one: called.get(one, "").casefold()) if called else learners
        self.who.options = [(" · ".join(filter(None, [one, called.get(one, "")])), one) for one in order]
        self.who.value = [one for one in order if one in chosen]
        pages = [
            (f"{order[at]} to {order[min(at + PAGE, len(order)) - 1]}", n)
            for n, at in enumerate(range(0, len(order), PAGE))
        ]
        offer(self.page, pages)
        self.page.layout.display = "" if len(pages) > 1 else "none"
        self._running()
        self._table()
        self._enough()

    def _empty(self) -> None:
        """Nothing typed about one entry goes with another."""
        self.who.value, self.reason.value = (), "N"
        for field in (self.came, self.left, self.note, self.codes, self.remark):
            field.value = ""

    def _running(self) -> None:
        session = attendance.of_day(self.room.opened(), self.day.value)
        rows = [
            [f"{one.start:%H:%M}–{one.end:%H:%M}", one.title, one.how, "; ".join(one.materials)]
            for one in session.blocks
        ]
        prints = "".join(f"<li>{escape(name)}</li>" for one in session.blocks for name in one.print)
        self.running.value = (
            f"<details><summary>Running order of session {session.number}, and what to print</summary>"
            + table(["Time", "What", "How", "Have ready"], rows, f"Session {session.number}", "lk-wrap")
            + (f"<p>Print before:</p><ul>{prints}</ul>" if prints else "")
            + "</details>"
        )

    def _table(self) -> None:
        cohort, day = self.room.cohort, self.day.value
        if cohort is None or day is None:
            return
        rows = attendance.history(cohort, day)
        newest = attendance.stands(rows)
        self.seen = {one: held["number"] for one, held in newest.items()}
        order = [one for _, one in self.who.options]
        called = {value: said for said, value in self.who.options}
        at = (self.page.value or 0) * PAGE
        lines = [self._line(one, called[one], newest.get(one)) for one in order[at : at + PAGE]]
        there = sum(one["state"] == PRESENT for one in newest.values())
        away = sum(one["state"] == ABSENT for one in newest.values())
        without = len(order) - there - away
        caption = (
            f"{plan_papers.day(day)}: {there} there, {away} absent, {without} without an entry (South African time)"
        )
        heads = ["Learner", "Code", "Entry", "Came", "Left", "Reason or note", "Entered"]
        old = attendance.set_aside(rows)
        said = "".join(
            f"<li>{escape(one['learner'])}: {escape(_said(one))} ({escape(one['who'])}, {moment(one['at'])})</li>"
            for one in old[-60:]
        )
        more = f"<details><summary>Entries that were corrected or taken back: {len(old)}</summary><ul>{said}</ul></details>"
        self.known.value = table(heads, lines, caption) + (more if old else "")

    def _line(self, learner: str, called: str, one: dict | None) -> list[object]:
        code = register_sheet.code(learner)
        if one is None or one["state"] == NONE:
            return [called, code, Cell("no entry", "lk-missing"), "", "", "", ""]
        look = "lk-c" if one["state"] == PRESENT else "lk-nyc"
        times = [f"{one[name]:%H:%M}" if one[name] else "" for name in ("arrived", "left")]
        late = ", late entry" if one["late"] else ""
        entered = f"{one['who']}, {moment(one['at'])}{late}"
        return [called, code, Cell(one["state"], look), *times, attendance.why(one), entered]

    def _enough(self) -> None:
        cohort = self.room.opened()
        ruled = attendance.rulings(cohort)
        short = {one: held for one, held in ruled.items() if not held.allowed}
        needed = cohort.programme.rules.attendance
        if not ruled or all(one.share is None for one in ruled.values()):
            self.enough.value = ""
            return
        whole = all(held.whole for held in ruled.values())
        called = {value: said for said, value in self.who.options}
        rows = [
            [called[one], Cell(f"{held.share:.0%}", "lk-nyc")] for one, held in short.items() if held.share is not None
        ]
        said = (
            f"<p>{len(ruled) - len(short)} of {len(ruled)} have attended at least {needed:.0%} of the contact hours "
            + ("and may be assessed.</p>" if whole else "so far. Not all contact hours have been held yet.</p>")
        )
        self.enough.value = said + (
            table(
                ["Learner", "Attended"], rows, f"Below {needed:.0%}{': not to be assessed yet' if whole else ' so far'}"
            )
            if rows
            else ""
        )

    def _write(self, entries: list[Entry], source: str = "screen") -> None:
        cohort = self.room.opened()
        done = attendance.record(cohort, self.day.value, entries, self.room.who, self.seen, source)
        self.room.changed()
        count = len(done.written)
        said = f"Recorded {count} {'entry' if count == 1 else 'entries'} for {long_date(self.day.value)}."
        note = next((one.note.strip() for one in entries), "")
        said += f" Note: “{note}”." if note and count else ""
        said += f" {len(done.unchanged)} stood like that already." if done.unchanged else ""
        if done.conflicts:
            self.said.fault(
                f"{said} Somebody else changed {', '.join(done.conflicts[:20])} meanwhile; yours was not written. "
                "The table shows what stands now: look, and record again if it is still right."
            )
        else:
            self.said.good(said)
            self._empty()

    def _chosen_day(self) -> dt.date:
        self.said.clear()
        self.room.opened()
        if self.day.value is None:
            raise KitError("Plan the sessions first: the register follows the plan.")
        return self.day.value

    def _everyone(self) -> None:
        day = self._chosen_day()
        there = attendance.standing(self.room.opened(), day)
        left = [one for _, one in self.who.options if there.get(one, {"state": NONE})["state"] == NONE]
        if not left:
            raise KitError("Everybody has an entry already.")
        self._write([Entry(one, PRESENT, note=self.note.value) for one in left])

    def _record(self) -> None:
        self._chosen_day()
        if not self.who.value:
            raise KitError("Choose at least one learner in the list.")
        here = self.state.value == PRESENT
        times = [read_time(self.came.value, "Came at"), read_time(self.left.value, "Left at")] if here else [None, None]
        reason = "" if here else self.reason.value
        self._write([Entry(one, self.state.value, *times, reason, self.note.value) for one in self.who.value])
        if times[0] and times[0] < (begins := attendance.of_day(self.room.opened(), self.day.value).start):
            self.said.note(
                f"{self.said.text} Please note: {times[0]:%H:%M} is before the session begins; the time counts from "
                f"{begins:%H:%M}. If it is a slip, record the right time with a note."
            )

    def _codes(self) -> None:
        day = self._chosen_day()
        there = attendance.standing(self.room.opened(), day)
        already = [one for one, held in there.items() if held["state"] != NONE]
        learners = [one for _, one in self.who.options]
        self._write(register_sheet.read_back(self.codes.value, learners, self.remark.value, already), "paper")

    def _back(self) -> None:
        day = self._chosen_day()
        done = attendance.take_back(self.room.opened(), day, self.room.who)
        self.room.changed()
        count = len(done.written)
        said = f"Took back {count} {'entry' if count == 1 else 'entries'}"
        said += f", of {handins.some(done.written)}, kept on record." if count else "."
        said += f" Changed since by somebody, so left: {handins.some(done.conflicts)}." if done.conflicts else ""
        self.said.good(said)

    def _sheet(self) -> None:
        day, cohort = self._chosen_day(), self.room.opened()
        facilitator = enrol.names(cohort).get(self.room.who, "")
        made = to_pdf(register_sheet.sheet(cohort, day, facilitator))
        name = f"{cohort.name}-register-{day}.pdf"
        self.said.good(
            f"The sheet of {long_date(day)} is ready, with names for signing.",
            f" {download(made, name, 'Save it to print (PDF)')}",
        )


def _said(one: dict) -> str:
    times = "–".join(f"{one[name]:%H:%M}" if one[name] else "" for name in ("arrived", "left"))
    return ", ".join(filter(None, [one["state"], times if times != "–" else "", attendance.why(one)]))
