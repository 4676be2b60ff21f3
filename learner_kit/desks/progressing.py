"""The facilitator's desk: how the class gets on, and a message to one learner."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from learner_kit.assess import grade
from learner_kit.assess import progress as getting_on
from learner_kit.course import handins, naming
from learner_kit.desks import standings
from learner_kit.desks.parts import Cell, Said, button, choose, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.errors import KitError

MANY = 40  # lines of a table; the rest is counted
FIRST = 3  # questions named for a learner who is stuck


class Progressing:
    """Read when asked, not with every change: it looks at every answer of the class."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.found: getting_on.Progress | None = None
        self.read = button("Show how the class gets on", self.said, self._read, main=True)
        self.outcome, self.page = choose("Outcome", "24rem"), choose("Learners shown", "14rem")
        self.learner = choose("Message to", "12rem")
        self.draft = button("Draft a message", self.said, self._draft)
        self.message = stacked(
            widgets.Textarea(rows=12, description="Draft: change it, then copy it into your own mail"), "40rem"
        )
        words = prose(
            "<p>From what was handed in and graded: who still has to hand in, who is stuck and where, and what most of the class "
            "misses. It helps you to teach; it decides nothing.</p>"
        )
        self.summary, self.matrix, self.first = prose(), prose(), prose()
        self.grade = button("Grade what came in", self.said, self._grade, main=True)
        self.grade_first = widgets.VBox((self.first, self.grade))
        self.more = widgets.VBox(
            (
                self.grade_first,
                self.summary,
                row(self.outcome, self.page),
                self.matrix,
                row(self.learner, self.draft),
                self.message,
            )
        )
        self.face = part(words, self.read, self.said.face, self.more)
        for field in (self.outcome, self.page):
            field.observe(lambda _: self._table(), "value")
        room.tell(self._close)

    def _close(self) -> None:
        self.found = None
        self.more.layout.display = self.message.layout.display = "none"
        self.message.value = self.summary.value = self.matrix.value = ""

    def _read(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        found = getting_on.progress(cohort)
        if not found.learners:
            raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
        self.found = found
        unit = cohort.programme.unit
        offer(
            self.outcome, [("All outcomes", "")] + [(f"{one.id.upper()} {one.title}", one.id) for one in unit.outcomes]
        )
        size = standings.PAGE
        pages = [
            (f"{found.learners[at]} to {found.learners[min(at + size, len(found.learners)) - 1]}", number)
            for number, at in enumerate(range(0, len(found.learners), size))
        ]
        offer(self.page, pages)
        self.page.layout.display = "" if len(pages) > 1 else "none"
        stuck = dict.fromkeys(one.learner for one in found.stuck)
        marked = [
            (
                f"{one} · stuck" if one in stuck else f"{one} · nothing handed in" if one in found.not_started else one,
                one,
            )
            for one in found.learners
        ]
        offer(self.learner, marked)
        self.first.value = (
            f"<p class='lk-notice'><strong>Grade first.</strong> {escape(getting_on.grade_first(found))}</p>"
        )
        self.grade_first.layout.display = "" if found.to_grade else "none"
        self.summary.value = self._summary(found)
        self._table()
        self.more.layout.display = ""
        self.said.good(
            f"{len(found.not_started)} handed in nothing, {len(stuck)} stuck on a question, "
            f"{len(found.missed_by_most)} questions missed by most."
        )

    def _grade(self) -> None:
        self.said.note("Grading …")
        grade.grade(self.room.opened(), who=self.room.who)
        self.room.changed()
        self._read()

    def _summary(self, found: getting_on.Progress) -> str:
        cohort = self.room.opened()
        if not found.released:
            return "<p>Nothing is handed out yet.</p>"
        lines = "".join(f"<li>{escape(one.whole)}</li>" for one in handins.left(cohort, found.work))
        some = handins.some(found.not_started)
        said = f"<p><strong>Nothing handed in:</strong> {some or 'nobody'}.</p><ul>{lines}</ul>"
        numbers = {one.id: one.number for one in cohort.programme.unit.criteria}
        missed = [
            [
                getting_on.prompt(cohort, one.workbook, one.question),
                naming.name(cohort.programme, one.workbook),
                numbers.get(one.criterion, one.criterion),
                f"{one.missed} of {one.graded}",
                str(one.open),
            ]
            for one in found.missed_by_most[:MANY]
        ]
        if missed:
            heads = ["Question", "Workbook", "Criterion", "Missed by", "Left open"]
            said += table(heads, missed, "Missed by most of those graded: take these up in class", "lk-wrap")
        stuck = [self._stuck_row(found, one) for one in found.stuck_learners[:MANY]]
        if stuck:
            all_of_them = len(found.stuck_learners)
            more = f" (the first {MANY} of {all_of_them})" if all_of_them > MANY else ""
            heads = ["Learner", "Open", "Open again", "Begin with"]
            said += table(heads, stuck, f"Who is stuck, and where{more}; a draft message says more", "lk-wrap")
        return said

    def _stuck_row(self, found: getting_on.Progress, learner: str) -> list[str | Cell]:
        cohort, own = self.room.opened(), found.stuck_of(learner)
        numbers = {one.id: one.number for one in cohort.programme.unit.criteria}
        first = [
            f"{numbers.get(one.criterion, one.criterion)} {getting_on.prompt(cohort, one.workbook, one.question)}"
            for one in own[:FIRST]
        ]
        more = f" · and {len(own) - FIRST} more" if len(own) > FIRST else ""
        again = sum(one.again for one in own)
        return [learner, str(len(own)), Cell(str(again), "lk-nyc") if again else "0", " · ".join(first) + more]

    def _table(self) -> None:
        if self.found is not None:
            unit = self.room.opened().programme.unit
            self.matrix.value = standings.class_table(
                unit, self.found.standings, self.outcome.value or "", self.page.value or 0
            )

    def _draft(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if self.found is None or self.learner.value is None:
            raise KitError("Show how the class gets on first, then choose a learner.")
        self.message.value = getting_on.message(cohort, self.found, self.learner.value)
        self.message.layout.display = ""
        self.said.good(f"Drafted a message to {self.learner.value}. Nothing was sent.")
