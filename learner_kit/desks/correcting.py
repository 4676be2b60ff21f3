"""The facilitator's desk: one person's details put right."""

from __future__ import annotations

import ipywidgets as widgets

from learner_kit.course import correcting, enrol, records
from learner_kit.desks.parts import Said, button, choose, offer, part, prose, row, stacked
from learner_kit.desks.room import Room
from learner_kit.errors import KitError


class Correcting:
    """Correct a learner's details, or those of a person who signs."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self._shown: object = None  # whose details stand in the fields, and of which cohort
        self.person = choose("Whose details", "14rem")
        self.fields = {
            name: stacked(widgets.Text(description=words), "14rem") for name, words in correcting.WORDS.items()
        }
        self.fields.pop("note")
        self.keep = button("Correct these details", self.said, self._correct, main=True)
        words = prose(
            "<p>The log keeps which details changed, when and by whom, but no name and no number. Papers made before stay as they "
            "are: make them again where the old details would mislead.</p>"
        )
        self.face = part(words, row(self.person), row(*self.fields.values()), self.keep, self.said.face)
        self.person.observe(lambda _: self._read(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        staff = [one["code"] for one in records.rows(cohort.engine, records.staff.select())] if cohort else []
        people = [*(enrol.learners(cohort) if cohort else []), *sorted(staff)]
        offer(self.person, [("Choose a person", None), *((one, one) for one in people)])
        if (cohort, self.person.value) != self._shown:  # else somebody may be typing
            self._read()

    def _read(self) -> None:
        cohort, code = self._shown = self.room.cohort, self.person.value
        held = correcting.details(cohort, code) if cohort and code else {}
        for name, field in self.fields.items():
            field.value = held.get(name, "")
            field.layout.display = "" if name in held else "none"
        self.keep.disabled = not held

    def _correct(self) -> None:
        self.said.clear()
        cohort, code = self.room.opened(), self.person.value
        if code is None:
            raise KitError("Choose a person first.")
        wanted = {name: self.fields[name].value for name in correcting.columns(code)}
        changed = correcting.correct(cohort, code, wanted, self.room.who)
        if not changed:
            raise KitError(f"The records of {code} say that already. Nothing was changed.")
        self.room.changed()
        self._read()
        self.said.good(f"Corrected for {code}: {', '.join(correcting.WORDS[one] for one in changed)}.")
