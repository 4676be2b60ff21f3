"""The assessor's desk: what marks a learner's whole path, set and taken back with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.assess import flags
from learner_kit.desks.confirming import Confirm
from learner_kit.desks.parts import Cell, Said, choose, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register

NAMES = {flags.RPL: "Recognition of prior learning (RPL)", flags.NEEDS: "Special needs"}


class Flags:
    """Recognition of prior learning and special needs: which flags hold, and two steps to set or take back one."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said, self.found = room, register, Said(), prose()
        self.learner, self.flag = choose("Learner", "14rem"), choose("Flag", "22rem")
        offer(self.flag, [(says, which) for which, says in NAMES.items()])
        self.reason = stacked(
            widgets.Textarea(
                description="Reason: what prior learning it rests on, or what was arranged (never a diagnosis)", rows=2
            ),
            "100%",
        )
        fields = (self.learner, self.flag, self.reason)
        self.set = Confirm("Set this flag", self.said, lambda: self._ask(True), lambda: self._write(True), fields)
        self.clear = Confirm(
            "Take this flag back", self.said, lambda: self._ask(False), lambda: self._write(False), fields
        )
        self.set.begin.on_click(lambda _: self.clear.withdraw())
        self.clear.begin.on_click(lambda _: self.set.withdraw())
        self.face = part(
            prose(
                "<p>The criteria and the five rules of evidence stay the same on every path. A flag makes sure that a moderator "
                "looks at the portfolio. Special needs: write what was arranged, such as larger print or more time.</p>"
            ),
            row(self.learner, self.flag),
            self.reason,
            row(self.set.begin, self.clear.begin),
            self.said.face,
            self.set.sure,
            self.clear.sure,
            self.found,
        )
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        offer(self.learner, [(one, one) for one in self.register.learners])
        held = [] if cohort is None else list(flags.flags(cohort).items())
        rows = [
            [learner, NAMES.get(which, which), Cell(reason, "lk-long")]
            for learner, own in sorted(held)
            for which, reason in own.items()
        ]
        self.found.value = (
            table(["Learner", "Flag", "Reason"], rows, "Flags that hold") if rows else "<p>No flag holds.</p>"
        )

    def _ask(self, holds: bool) -> str:
        cohort = self.room.opened()
        if not self.learner.value:
            raise KitError("Nobody is enrolled in this cohort yet.")
        flags.may_flag(cohort, self.learner.value, self.flag.value, self.reason.value, holds)
        name = NAMES[self.flag.value]
        if not holds:
            what = f"{self.learner.value}: the flag “{name}” is taken back; that it was set stays in the record"
        elif self.flag.value in flags.flags(cohort).get(self.learner.value, {}):
            what = f"{self.learner.value}: “{name}” goes on, with this reason"
        else:
            what = f"{self.learner.value}: {name}; the portfolio is always moderated"
        return f"Will be recorded by {self.room.who}: {what}."

    def _write(self, holds: bool) -> None:
        learner, name = str(self.learner.value), NAMES[self.flag.value]
        flags.flag(self.room.opened(), learner, self.flag.value, self.room.who, self.reason.value, holds)
        self.reason.value = ""
        self.room.changed(learner)
        self.said.good(f"Recorded: {learner}, {name}: {'set' if holds else 'taken back'}.")
