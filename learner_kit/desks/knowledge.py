"""The assessor's desk: embedded knowledge and cross-field outcomes of one learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.assess import statements
from learner_kit.assess.decisions import standing_statements
from learner_kit.desks.parts import Cell, Said, button, choose, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register


class Knowledge:
    """Which statements are evidenced and through which criteria; a person records each, or all that are ready at once."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said, self.found = room, register, Said(), prose()
        self.learner, self.statement = choose("Learner", "14rem"), choose("Statement", "100%")
        self.reason = stacked(widgets.Text(description="How it was shown, or what is missing"), "100%")
        self.yes = button("It is evidenced", self.said, lambda: self._record(True), main=True)
        self.no = button("Not yet", self.said, lambda: self._record(False))
        self.all = button("Record all that are ready", self.said, self._all)
        self.face = part(
            prose(
                "<p>The unit is Competent only when each of these is evidenced too. The kit proposes the criteria through which "
                "they are mostly shown.</p>"
            ),
            row(self.learner, self.statement),
            self.reason,
            row(self.yes, self.no, self.all),
            self.said.face,
            self.found,
        )
        room.tell(self._fill)
        self.learner.observe(lambda _: self.show(), "value")

    def _fill(self) -> None:
        cohort = self.room.cohort
        offer(self.learner, [(one, one) for one in self.register.learners])
        named = () if cohort is None else statements.wanted(cohort.programme.unit)
        offer(self.statement, [((f"{one.title}: " if one.title else "") + one.says, one.id) for one in named])
        self.show()

    def show(self) -> None:
        """Show how each statement stands for the chosen learner."""
        cohort, learner = self.room.cohort, self.learner.value
        for one in (self.yes, self.no, self.all):
            one.disabled = cohort is None or not learner
        if cohort is None or not learner:
            self.found.value = ""
            return
        held, ready = standing_statements(cohort, learner), statements.proposed(cohort, learner)
        unit, rows = cohort.programme.unit, []
        for one in statements.wanted(unit):
            row_of = held.get((learner, one.id))
            if row_of is None:
                open_ones = [unit.criterion(id).number for id in one.criteria if id not in ready[one.id]]
                state = Cell("ready" if not open_ones else f"waits for {', '.join(open_ones)}", "lk-missing")
            else:
                state = Cell(*(("evidenced", "lk-c") if row_of["evidenced"] else ("not yet", "lk-nyc")))
            rows.append([Cell(one.says, "lk-long"), state, Cell(row_of["reason"] if row_of else "", "lk-long")])
        self.found.value = table(["What", "Stands", "Remark"], rows, "Knowledge and cross-field outcomes", "lk-wrap")

    def _record(self, evidenced: bool) -> None:
        cohort = self.room.opened()
        if not self.room.staff.value:
            raise KitError("Nobody is registered as assessor in this cohort yet.")
        statements.evidence(
            cohort,
            str(self.learner.value),
            str(self.statement.value),
            str(self.room.staff.value),
            evidenced=evidenced,
            reason=self.reason.value,
        )
        self.reason.value = ""
        self.show()
        self.said.good("Recorded.")

    def _all(self) -> None:
        if not self.room.staff.value:
            raise KitError("Nobody is registered as assessor in this cohort yet.")
        done, left = statements.evidence_all(self.room.opened(), str(self.learner.value), str(self.room.staff.value))
        self.show()
        self.said.good(f"{len(done)} recorded, {len(left)} still open.")
