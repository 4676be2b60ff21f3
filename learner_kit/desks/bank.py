"""The assessor's desk: the comment bank beside the reason, and what to look at before work counts as a learner's own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.assess import authenticity, comments
from learner_kit.desks.parts import Cell, Said, button, choose, offer, prose, row, table
from learner_kit.desks.room import Room

if TYPE_CHECKING:
    from learner_kit.desks.judging import Judging

SHORT = 90  # letters of a line that are enough to choose it by


class Bank:
    """Lines that fit the decision; one button puts a line into the reason, another keeps the reason as a line."""

    def __init__(self, room: Room, judging: Judging):
        self.room, self.judging, self.said = room, judging, Said()
        self.line = choose("Comment bank", "100%")
        self.insert = button("Put it into the reason", self.said, self._insert)
        self.keep = button("Keep my reason in the bank", self.said, self._keep)
        self.face = widgets.VBox([row(self.line, self.insert, self.keep), self.said.face])

    def fill(self) -> None:
        """Offer the lines that fit the chosen decision."""
        cohort = self.room.cohort
        found = [] if cohort is None else comments.bank(cohort, self.judging.staff, self.judging.decision.value or "")
        offer(
            self.line,
            [
                (
                    ("own: " if one.own else f"{one.decision or 'both'}: ")
                    + (one.says if len(one.says) <= SHORT else one.says[:SHORT] + " …"),
                    one.says,
                )
                for one in found
            ],
        )

    def _insert(self) -> None:
        self.said.clear()
        if self.line.value:
            self.judging.reason.value = comments.insert(self.judging.reason.value, self.line.value)
            if gaps := comments.gaps(self.judging.reason.value):
                self.said.note(f"Write over what is still open: {', '.join(gaps)}")
            self.judging.reason.focus()

    def _keep(self) -> None:
        decision = str(self.judging.decision.value or "")
        comments.keep(self.room.opened(), self.judging.staff, self.judging.reason.value, decision)
        self.fill()
        self.said.good("Kept in your comment bank.")


class Looking:
    """What points at work that may not be a learner's own; the assessor decides what to make of it."""

    def __init__(self, room: Room, judging: Judging):
        self.room, self.judging, self.said, self.found = room, judging, Said(), prose()
        self.look = button("Is this the learner's own work?", self.said, self._look)
        self.face = widgets.VBox([row(self.look), self.said.face, self.found])

    def clear(self) -> None:
        self.said.clear()
        self.found.value = ""

    def _look(self) -> None:
        cohort, learner = self.room.opened(), str(self.judging.learner.value or "")
        if not learner:
            return
        self.said.note("Looking …")
        found = authenticity.pointers(cohort, learner)
        rows = [
            [
                one.kind,
                one.question or one.workbook,
                one.other,
                Cell(one.says, "lk-long"),
                Cell(one.passage[:600], "lk-long"),
            ]
            for one in found[:100]
        ]
        heads = ["What", "Where", "And", "Why", "What they share"]
        self.found.value = table(heads, rows, f"{learner}: what to look at") if rows else ""
        self.said.note(
            f"{len(found)} to look at. They point; you decide whether “authentic” is confirmed."
            if found
            else f"Nothing of {escape(learner)} stands out. That proves nothing; you decide."
        )
