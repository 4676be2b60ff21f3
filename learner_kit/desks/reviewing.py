"""The moderator's desk: the review of a criterion that is Not Yet Competent after its last attempt."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets

from learner_kit.assess import decisions, evidence, judgement
from learner_kit.desks import exhibits
from learner_kit.desks.confirming import Confirm
from learner_kit.desks.parts import Cell, Said, choose, offer, part, prose, row, safely, stacked, table
from learner_kit.desks.room import Room, moment
from learner_kit.errors import KitError

OUTCOMES = {
    decisions.AGAIN: "Another attempt: the learner hands in once more",
    decisions.FINAL: "Stands: the decision stays, and there is no further attempt",
}


class Reviewing:
    """What waits for a review, with all its decisions and the evidence; and the form that records a review."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self._quiet = False
        self.due: dict[tuple[str, str], dict[str, Any]] = {}
        self.which = choose("Decision to review", "36rem")
        self.shown, self.made = prose(), prose()
        options = [(says, outcome) for outcome, says in OUTCOMES.items()]
        self.outcome = stacked(widgets.RadioButtons(options=options, value=None, description="Review"))
        self.reason = stacked(widgets.Textarea(description="Reason, as the learner will read it", rows=2), "100%")
        self.record = Confirm(
            "Record this review", self.said, self._ask, self._write, (self.which, self.outcome, self.reason)
        )
        self.form = widgets.VBox(
            [row(self.which), self.shown, row(self.outcome), self.reason, row(self.record.begin), self.record.sure]
        )
        self.face = part(self.form, self.said.face, self.made)
        room.tell(self._show)
        self.which.observe(safely(self.said, self._picked), "value")

    def _show(self) -> None:
        cohort = self.room.cohort
        self.due = decisions.reviews_due(cohort) if cohort else {}
        self._quiet = True
        most = "attempt {attempt}, by {assessor}"
        offer(
            self.which,
            [(f"{key[0]} · {self._named(key[1])} · {most.format(**one)}", key) for key, one in self.due.items()],
        )
        self._quiet = False
        self.form.layout.display = "" if self.due else "none"
        self._list()
        self._open()

    def _picked(self) -> None:
        if not self._quiet:
            self.said.clear()
            self._open()

    def _list(self) -> None:
        rows = [
            [
                one["learner"],
                self._named(one["criterion"]),
                f"No. {one['judgement']}",
                one["outcome"],
                Cell(one["reason"], "lk-long"),
                one["moderator"],
                Cell(moment(one["at"]), "lk-keep"),
            ]
            for one in (decisions.reviewed(self.room.cohort) if self.room.cohort else ())
        ]
        heads = ["Learner", "Criterion", "Judgement", "Review", "Reason", "Moderator", "When"]
        self.made.value = "" if self.due else "<p>No decision waits for a review.</p>"
        self.made.value += table(heads, rows, "Reviews made (South African time)") if rows else ""

    def _open(self) -> None:
        """Show the chosen decision with an empty form."""
        self.outcome.value, self.reason.value = None, ""
        if self.which.value is None:
            self.shown.value = ""
            return
        cohort, (learner, id) = self.room.opened(), self.which.value
        criterion = cohort.programme.unit.criterion(id)
        rows = [
            [
                f"No. {one['id']}",
                judgement.DECISIONS[one["decision"]],
                str(one["attempt"]),
                one["assessor"],
                Cell(moment(one["decided_at"]), "lk-keep"),
                Cell(one["reason"], "lk-long"),
            ]
            for one in judgement.history(cohort, learner)
            if one["criterion"] == id
        ]
        heads = ["Judgement", "Decision", "Attempt", "Assessor", "When", "Reason"]
        standing = next(one for one in evidence.matrix(cohort, learner) if one.criterion == id)
        self.shown.value = (
            f"<h3>{escape(learner)} · {escape(self._named(id))}</h3><p>{escape(criterion.says if criterion else '')}</p>"
            + table(heads, rows, "All decisions on this criterion (South African time)")
            + exhibits.html(exhibits.read(cohort, standing))
        )

    def _named(self, id: str) -> str:
        found = self.room.opened().programme.unit.criterion(id)
        return f"{found.number} {found.handle}" if found else id

    def _ask(self) -> str:
        if self.which.value is None:
            raise KitError("No decision waits for a review.")
        if not self.room.staff.value:
            raise KitError(
                "Nobody is registered as moderator in this cohort yet. The facilitator's desk registers people."
            )
        if self.outcome.value is None:
            raise KitError("Choose first: another attempt, or the decision stands. Nothing was recorded.")
        if not self.reason.value.strip():
            raise KitError("A review needs a reason. Nothing was recorded.")
        learner, id = self.which.value
        return (
            f"Will be recorded: {learner}, {self._named(id)}, review by {self.room.staff.value}: {self.outcome.value}."
        )

    def _write(self) -> None:
        learner, id = self.which.value
        outcome = str(self.outcome.value)
        judgement.review(self.room.opened(), learner, id, str(self.room.staff.value), outcome, self.reason.value)
        said = f"Recorded the review: {learner}, {self._named(id)}: {outcome}."
        self.room.changed()
        self.said.good(said)
