"""The assessor's desk: what changed since the person at it last looked."""

from __future__ import annotations

from learner_kit.assess import changes
from learner_kit.desks.parts import Cell, Said, button, part, prose, row, table
from learner_kit.desks.room import Room, clock, moment

DESK = "assessor"
MOST = 200  # lines shown


class Changes:
    """Hand-ins, others' decisions, findings and appeals since the last look; one button says that they were seen."""

    def __init__(self, room: Room):
        self.room, self.said, self.found = room, Said(), prose()
        self.seen = button("I have seen these", self.said, self._seen)
        self.face = part(self.found, row(self.seen), self.said.face)
        room.tell(self.show)
        room.staff.observe(lambda _: self.show(), "value")

    def show(self) -> None:
        """Read what changed."""
        cohort, who = self.room.cohort, self.room.who
        self.seen.disabled = cohort is None
        if cohort is None:
            self.found.value = ""
            return
        last = changes.last_visit(cohort, who, DESK)
        found = changes.since(cohort, last, who)
        when = f"since {clock(last)}" if last else "so far"
        if not found:
            self.found.value = f"<p>Nothing changed {when}.</p>"
            return
        names = {one.id: one.number for one in cohort.programme.unit.criteria}
        rows = [
            [
                one.learner,
                names.get(one.criterion, one.criterion),
                Cell(one.says, "lk-long"),
                Cell(moment(one.at), "lk-keep"),
            ]
            for one in found[:MOST]
        ]
        more = f"<p>And {len(found) - MOST} more, older ones.</p>" if len(found) > MOST else ""
        self.found.value = (
            table(
                ["Learner", "Criterion", "What", "When (South African time)"],
                rows,
                f"{len(found)} change{'' if len(found) == 1 else 's'} {when}",
            )
            + more
        )

    def _seen(self) -> None:
        changes.seen(self.room.opened(), self.room.who, DESK)
        self.show()
        self.said.good("Next time only what comes from now on is shown here.")
