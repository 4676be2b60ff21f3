"""The facilitator's desk: privacy notice and consent, everything about one person, and taking a person away."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from learner_kit.course import enrol
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked
from learner_kit.desks.room import Room
from learner_kit.documents import long_date, to_pdf
from learner_kit.errors import KitError
from learner_kit.teaching import privacy, rights

MANY = 30
ANSWERS = [("not asked", ""), ("yes", privacy.YES), ("no", privacy.NO), ("taken back", privacy.WITHDRAWN)]


class Keeping:
    """Privacy of the learners."""

    def __init__(self, room: Room):
        self.room, self.said, self.gone = room, Said(), Said()
        self.printed = button("Make the notice to print", self.said, self._print)
        self.who = stacked(
            widgets.SelectMultiple(options=[], rows=6, description="Learners (hold Ctrl for several)"), "14rem"
        )
        self.read = widgets.Checkbox(description="Got the notice", value=False, indent=False)
        self.how = choose("How", "10rem")
        offer(self.how, [("signed on paper", "paper"), ("spoken", "spoken"), ("on the screen", "screen")])
        self.purposes: dict[str, widgets.Dropdown] = {}
        self.asked = widgets.VBox()
        self.record = button("Record the consent", self.said, self._record, main=True)
        self.learner = choose("One learner", "12rem")
        self.export = button("Everything kept about this learner", self.gone, self._export)
        self.typed = stacked(widgets.Text(description="To take a person away, type the number again"), "20rem")
        self.forget = Asking(
            "Take this learner's details away", self.gone, self._will_forget, self._forget, "Yes, take them away"
        )
        self.known = prose()
        self.face = part(
            row(self.printed),
            row(self.who, self.read, self.how),
            self.asked,
            self.record,
            self.said.face,
            self.known,
            prose(
                "<p class='lk-rule'>A learner may see everything that is kept, and ask for what is not needed to be taken away.</p>"
            ),
            row(self.learner, self.export),
            row(self.typed),
            self.forget.face,
            self.gone.face,
        )
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        self.forget.close()
        learners = enrol.learners(cohort) if cohort else []
        chosen = set(self.who.value)
        self.who.options = learners
        self.who.value = [one for one in learners if one in chosen]
        offer(self.learner, [(one, one) for one in learners])
        if cohort is None or not (cohort.programme.folder / privacy.FILE).is_file():
            self.known.value, self.asked.children = "", ()
            return
        notice = privacy.load(cohort.programme)
        if list(self.purposes) != list(notice.purposes):
            self.purposes = {name: choose(said, "40rem") for name, said in notice.purposes.items()}
            for field in self.purposes.values():
                offer(field, ANSWERS)
            self.asked.children = tuple(self.purposes.values())
        held = privacy.consents(cohort)
        without = [one for one in learners if privacy.NOTICE not in held.get(one, {})]
        some = ", ".join(without[:MANY]) + (f" and {len(without) - MANY} more" if len(without) > MANY else "")
        lines = [f"<li>Without the notice so far: {escape(some or 'nobody')}.</li>"] if learners else []
        for name, said in notice.purposes.items():
            yes = sum(held.get(one, {}).get(name, {}).get("answer") == privacy.YES for one in learners)
            lines.append(f"<li>{escape(said)} Yes from {yes} of {len(learners)}.</li>")
        self.known.value = f"<ul>{''.join(lines)}</ul>"

    def _print(self) -> None:
        cohort = self.room.opened()
        made = to_pdf(privacy.notice_document(cohort))
        self.said.good(
            "The notice is ready: print one for each learner.",
            f" {download(made, 'privacy-notice.pdf', 'Save it (PDF)')}",
        )

    def _record(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        answers = {name: field.value for name, field in self.purposes.items() if field.value}
        if self.read.value:
            answers[privacy.NOTICE] = privacy.READ
        if not self.who.value or not answers:
            raise KitError("Choose at least one learner, and what to record.")
        privacy.may_take_back(cohort, self.who.value, answers)
        for one in self.who.value:
            privacy.record(cohort, one, answers, self.room.who, self.how.value)
        count = len(self.who.value)
        self.who.value, self.read.value = (), False
        for field in self.purposes.values():
            field.value = ""
        self._show()
        self.said.good(
            f"Recorded for {count} {'learner' if count == 1 else 'learners'}. A newer record changes it; the older stays."
        )

    def _export(self) -> None:
        self.gone.clear()
        cohort, learner = self.room.opened(), self._one()
        made = rights.export_person(cohort, learner, self.room.who)
        link = download(made, f"{learner}-everything.zip", f"Save {learner}-everything.zip")
        self.gone.good(f"Everything kept about {learner} is in one file. Give it to nobody else.", f" {link}")

    def _one(self) -> str:
        if self.learner.value is None:
            raise KitError("Choose a learner first.")
        return self.learner.value

    def _will_forget(self) -> tuple[str, list[str]]:
        plan = rights.forgetting(self.room.opened(), self._one())
        if self.typed.value.strip():  # a wrong number is refused before the question
            self._sure()
        lines = [f"Goes: {one}." for one in plan.goes]
        lines += [f"Stays: {what}. {why}." for what, why in plan.stays]
        return f"This cannot be undone. Of {plan.learner}:", lines

    def _sure(self) -> None:
        if self.typed.value.strip().upper() != self._one():
            raise KitError(f"To be sure: type {self._one()} into the field above first. Nothing was taken away.")

    def _forget(self) -> None:
        cohort, learner = self.room.opened(), self._one()
        self._sure()
        plan = rights.forget(cohort, learner, self.room.who)
        self.typed.value = ""
        self.room.changed()
        until = f" The evidence may go on {long_date(plan.until)}." if plan.until and not plan.evidence else ""
        self.gone.good(f"Taken away, of {learner}: {'; '.join(plan.goes)}.{until} The log says who did it and when.")
