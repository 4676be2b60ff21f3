"""The facilitator's desk: the session plan, from chosen days to PDF, Word and calendar."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from learner_kit import checks
from learner_kit.assess.papers import preparation
from learner_kit.course import enrol, records
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, safely, stacked, table
from learner_kit.desks.room import Room
from learner_kit.documents import long_date, to_pdf, to_word
from learner_kit.errors import KitError
from learner_kit.moments import local
from learner_kit.reading import write_number
from learner_kit.teaching import handouts, plan_papers, plans, sessions
from learner_kit.teaching import outline as outlines
from learner_kit.teaching.slots import passed_over, propose, read_hours, read_slots, write_slots

EVERY = {"every week": 7, "every second week": 14, "every working day": 1}
MOST = 60  # days proposed at once


class Planning:
    """Choose days and hours, look at the plan, keep it, print it."""

    def __init__(self, room: Room):
        self.room, self.said, self.made = room, Said(), Said()
        self.draft: sessions.Plan | None = None
        self.printed: tuple[object, sessions.Plan | None] = (None, None)
        self.first = stacked(widgets.DatePicker(description="First day"), "12rem")
        self.count = stacked(widgets.IntText(value=6, description="How many days"), "9rem")
        self.every = choose("How often", "12rem")
        offer(self.every, [(name.capitalize(), step) for name, step in EVERY.items()])
        self.hours = stacked(widgets.Text(value="09:00-11:00", description="Hours", continuous_update=False), "9rem")
        self.venue = stacked(widgets.Text(description="Venue"), "16rem")
        self.fill = button("Fill in the days", self.said, self._fill)
        self.days = stacked(widgets.Textarea(rows=6, description="Days and hours, one a line"), "26rem")
        self.holidays = widgets.Checkbox(description="Public holidays too", indent=False)
        self.show = button("Show this plan", self.said, self._show_draft, main=True)
        self.keep = button("Keep this plan", self.said, self._keep, main=True)
        self.papers = button("Make the plan to print", self.made, self._papers)
        self.handouts = button("Make the handouts to print", self.made, self._handouts)
        self.back = Asking("Take back the last plan", self.said, self._will_take_back, self._take_back)
        self.words, self.shown, self.kept = prose(), prose(), prose()
        self.face = part(
            self.words,
            row(self.first, self.count, self.every, self.hours, self.venue, self.fill),
            row(self.days),
            row(self.holidays, self.show),
            self.said.face,
            self.shown,
            self.keep,
            self.kept,
            row(self.papers, self.handouts),
            self.made.face,
            self.back.face,
        )
        self.hours.observe(safely(self.said, self._hours), "value")
        for field in (self.days, self.holidays, self.venue):
            field.observe(lambda _: self._put_away(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        self._put_away()
        self.back.close()
        if cohort is None:
            self.words.value = self.kept.value = ""
            for one in (self.papers, self.handouts, self.back.face):
                one.layout.display = "none"
            return
        outline = outlines.load(cohort.programme)
        hours = outline.minutes / 60
        taught, own = (write_number(one, None) for one in (hours, cohort.programme.unit.hours - hours))
        self.words.value = (
            f"<p>The programme has <strong>{taught} hours of contact</strong>, breaks not counted, and "
            f"{own} hours of own work. Choose days whose hours hold the contact time, such as six times two hours. "
            "Public holidays are passed over.</p>"
        )
        plan = plans.current(cohort)
        if (cohort.path, plan) != self.printed:  # papers of another plan are no longer on offer
            if plan or cohort.path != self.printed[0]:
                self.days.value = write_slots(plan) if plan else ""
            self.printed = (cohort.path, plan)
            self.made.clear()
        for one in (self.papers, self.handouts, self.back.face):
            one.layout.display = "none" if plan is None else ""
        span = " to ".join(long_date(plan.sessions[at].day) for at in (0, -1)) if plan else ""
        self.kept.value = (
            f"<p><strong>This cohort has a plan:</strong> {len(plan.sessions)} sessions, {span}.</p>" if plan else ""
        )

    def _papers(self) -> None:
        cohort = self.room.opened()
        plan = plans.required(cohort)
        facilitator = enrol.names(cohort).get(self.room.who, "")
        document = plan_papers.document(cohort, plan, facilitator)
        made_at = plans.history(cohort)[-1]["made_at"]
        links = [
            download(to_pdf(document), f"{cohort.name}-plan.pdf", "Session plan to print (PDF)"),
            download(to_word(document), f"{cohort.name}-plan.docx", "Session plan to change (Word)"),
            download(plan_papers.calendar(cohort, plan, made_at), f"{cohort.name}-plan.ics", "Calendar file (.ics)"),
        ]
        self.made.good("The plan is ready.", f"<ul>{''.join(f'<li>{one}</li>' for one in links)}</ul>")

    def _handouts(self) -> None:
        cohort = self.room.opened()
        papers = {one.id: handouts.document(cohort, one) for one in handouts.load(cohort.programme)}
        links = []
        for name, paper in {**preparation.documents(cohort), **papers}.items():
            links += [
                download(to_pdf(paper), f"{name}.pdf", f"{paper.title} (PDF)"),
                download(to_word(paper), f"{name}.docx", f"{paper.title} (Word)"),
            ]
        self.made.good("The handouts are ready.", f"<ul>{''.join(f'<li>{one}</li>' for one in links)}</ul>")

    def _hours(self) -> None:
        """Say at once what of the hours cannot be read: here they are typed, and every day takes them from here."""
        self.said.clear()
        read_hours(self.hours.value)

    def _fill(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        read_hours(self.hours.value)
        if self.first.value is None:
            raise KitError("Choose the first day.")
        checks.number("How many days", self.count.value, 1, MOST)
        calendar = outlines.load(cohort.programme).calendar
        first, step = self.first.value, self.every.value
        self.days.value = propose(first, self.count.value, step, self.hours.value.strip(), calendar)
        left_out = passed_over(first, read_slots(self.days.value)[-1].day, step, calendar)
        said = f" Passed over: {'; '.join(left_out)}." if left_out else ""
        self.said.note(f"The days are filled in.{said} Change them as you like, then show the plan.")

    def _show_draft(self) -> None:
        self.said.clear()
        self._put_away()
        cohort = self.room.opened()
        slots = read_slots(self.days.value, self.venue.value.strip())
        if not slots:
            raise KitError("Fill in at least one day with its hours.")
        plan = sessions.lay_out(cohort.programme, slots, holidays_too=self.holidays.value)
        rows = [
            [
                f"{one.number} · {plan_papers.day(one.day, True)}",
                plan_papers.times(one),
                write_number(one.minutes / 60, None),
                "; ".join(dict.fromkeys(block.title for block in one.blocks if block.contact)),
            ]
            for one in plan.sessions
        ]
        last = max(one.hand_in for one in plan.tasks) if plan.tasks else plan.sessions[-1].day
        notes = "".join(f"<li>{escape(one)}</li>" for one in plan.notes)
        self.shown.value = (
            table(["Session", "Time", "Contact hours", "What"], rows, "The plan, not kept yet", "lk-wrap")
            + f"<p>{write_number(plan.contact_hours, None)} hours of contact, "
            f"{write_number(plan.practice_hours, None)} of own work; the last hand-in is on "
            f"{escape(plan_papers.day(last))}.</p>" + (f"<ul>{notes}</ul>" if notes else "")
        )
        self.draft = plan
        self.keep.layout.display = ""
        again = " It takes the place of the one before, which stays on record." if plans.current(cohort) else ""
        past = plan.past(local(records.now()).date())
        self.said.note(f"Look it over. Nothing is kept yet.{again}{' ' if past else ''}{past}")

    def _keep(self) -> None:
        cohort = self.room.opened()
        if self.draft is None:
            raise KitError("Show the plan first.")
        plans.keep(cohort, self.draft, self.room.who)
        count = len(self.draft.sessions)
        self.room.changed()
        self._papers()
        self.said.good(f"Kept the plan of {count} {'session' if count == 1 else 'sessions'}. Print it below.")

    def _will_take_back(self) -> tuple[str, list[str]]:
        plans.required(self.room.opened())
        return "Goes back to the plan before this one, or to none if this was the first. Both stay on record.", []

    def _take_back(self) -> None:
        earlier = plans.take_back(self.room.opened(), self.room.who)
        self.room.changed()
        said = (
            f"The plan from {long_date(earlier.sessions[0].day)} counts again." if earlier else "There is no plan now."
        )
        self.said.good(said)

    def _put_away(self) -> None:
        self.draft, self.shown.value = None, ""
        self.keep.layout.display = "none"
