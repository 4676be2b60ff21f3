"""The assessor's desk: one learner, one criterion, the evidence beside the memo, and the decision."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from learner_kit.assess import appeals, evidence, final, flags, judgement, weighed
from learner_kit.desks import exhibits, marking, standings
from learner_kit.desks.bank import Bank, Looking
from learner_kit.desks.parts import (
    Cell,
    Said,
    button,
    choose,
    further,
    link,
    offer,
    part,
    prose,
    row,
    safely,
    stacked,
    table,
)
from learner_kit.desks.room import Room, clock, moment
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register

MORE = (
    " Ask the learner for it: it comes as a hand-in or as a form from work. Then tick “I correct judgement …” and confirm the "
    "decision, or change it, with a reason that says what came."
)


class Judging:
    """Evidence and memo side by side, and below them the form that records a decision."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said, self.top = room, register, Said(), Said()
        self._quiet = False
        self._recorded = ""  # what the last press recorded, while its message stands
        self.rules: list[widgets.Checkbox] = []
        self.learner, self.criterion = choose("Learner", "100%"), choose("Criterion", "100%")
        self.back = button("◀ Back", self.top, lambda: self._step(-1), about="The criterion before this one")
        self.on = button("Next ▶", self.top, lambda: self._step(1), about="The criterion after this one")
        self.next = button("Next to judge", self.top, self._next, main=True)
        self.head, self.evidence, self.history, self.will = prose(), prose(), prose(), prose()
        self.ticks = row()
        self.all = button("Tick all five", self.said, self._tick)
        self.decision = stacked(
            widgets.RadioButtons(
                options=[(name, code) for code, name in judgement.DECISIONS.items()], value=None, description="Decision"
            )
        )
        self.reason = stacked(
            widgets.Textarea(
                description="Reason, as the learner will read it (plain text: ** is printed as **)", rows=3
            ),
            "100%",
        )
        self.override = stacked(
            widgets.Text(description="Override: why a rule of the kit is set aside (else leave it empty)"), "100%"
        )
        self.corrects = widgets.Checkbox(description="", indent=False)
        self.bank, self.looking = Bank(room, self), Looking(room, self)
        self.record = button("Record this decision", self.said, self._record, main=True)
        self.going_on = button(
            "Record and go on", self.said, self._record_and_go, about="Record, then the next to judge"
        )
        self.face = part(
            row(self.learner, self.criterion),
            row(self.next, self.back, self.on),
            self.top.face,
            self.head,
            self.evidence,
            self.looking.face,
            prose("<h4>Does the evidence meet the five rules?</h4>"),
            self.ticks,
            row(self.decision),
            self.reason,
            self.bank.face,
            self.override,
            self.corrects,
            self.will,
            row(self.record, self.going_on),
            self.said.face,
            self.history,
        )
        room.tell(self._show)
        self.learner.observe(safely(self.top, self._learner_picked), "value")
        self.criterion.observe(safely(self.top, self._criterion_picked), "value")
        for field in (self.decision, self.corrects, self.override):
            field.observe(safely(self.said, self._say_will), "value")
        self.decision.observe(safely(self.said, self.bank.fill), "value")
        self.bank.fill()

    # what is shown

    def _show(self) -> None:
        cohort = self.room.cohort
        names = () if cohort is None else cohort.programme.rules.evidence_rules
        if [one.description for one in self.rules] != [name.title() for name in names]:
            self.rules = [widgets.Checkbox(description=name.title(), indent=False) for name in names]
            self.ticks.children = (*self.rules, self.all)
        self._fill_learners()
        self._open()

    def _fill_learners(self) -> None:
        options = []
        for learner in self.register.learners:
            own = self.register.of(learner)
            options.append((f"{learner} · {_waits(own)}", learner))
        self._fill(self.learner, options)
        self._fill_criteria()

    def _fill_criteria(self, keep: str | None = None) -> None:
        options = [
            (f"{self._named(one.criterion)} · {standings.said(one)}", one.criterion)
            for one in self.register.of(self.learner.value)
        ]
        self._fill(self.criterion, options, keep)

    def _fill(self, field: widgets.Dropdown, options: list[tuple[str, Any]], keep: Any = None) -> None:
        before, self._quiet = self._quiet, True
        offer(field, options, keep)
        self._quiet = before

    def _named(self, id: str) -> str:
        found = self.room.opened().programme.unit.criterion(id)
        return f"{found.number} {found.handle}" if found else id

    def _learner_picked(self) -> None:
        if not self._quiet:
            self.top.clear()
            self._clear()
            self._fill_criteria()
            self._open()

    def _criterion_picked(self) -> None:
        if not self._quiet:
            self.top.clear()
            self._clear()
            self._open()

    def standing(self) -> evidence.Standing | None:
        """Where the chosen learner stands on the chosen criterion."""
        return next(
            (one for one in self.register.of(self.learner.value) if one.criterion == self.criterion.value), None
        )

    def _last(self) -> dict[str, Any] | None:
        key = (self.learner.value, self.criterion.value)
        return judgement.standing_judgements(self.room.opened(), self.learner.value).get(key)

    def _open(self) -> None:
        """Show the chosen criterion with an empty form."""
        for field in (*self.rules, self.corrects):
            field.value = False
        self.decision.value, self.reason.value, self.override.value = None, "", ""
        self.looking.clear()
        one = self.standing()
        live = one is not None and self.room.cohort is not None
        self.record.disabled = self.going_on.disabled = self.next.disabled = self.back.disabled = (
            self.on.disabled
        ) = not live
        if not live:
            self.head.value = "<p>Nobody is enrolled in this cohort yet.</p>"
            self.evidence.value = self.history.value = self.will.value = ""
            return
        cohort = self.room.opened()
        criterion = cohort.programme.unit.criterion(one.criterion)
        last = self._last()
        decided = one.state in (evidence.C, evidence.NYC)
        changed = ""
        if last and not decided:
            changed = (
                f"<p><strong>New since the last decision:</strong> judged {judgement.DECISIONS[last['decision']]} on "
                f"{clock(last['decided_at'])}, handed in again after that. Reason then: {escape(last['reason'])}</p>"
            )
        if decided and (said := weighed.said(one.rests_on)):
            changed += f"<p>Decided on: {escape(said)}. Below stands what is graded now.</p>"
        for hold in one.holds:
            must = " An assessor corrects it: record a new decision below." if hold.to_correct else ""
            must = MORE if hold.kind == final.MORE else must
            changed += f"<p class='lk-notice'><strong>{escape(hold.short.capitalize())}:</strong> {escape(hold.said)}{must}</p>"
        if one.spent:
            goes_on = (
                "A moderator's review let the decision stand."
                if one.review
                else "A moderator reviews the criterion first."
            )
            changed += f"<p><strong>All attempts are used.</strong> {goes_on}</p>"
        if why := judgement.held_back(cohort, one.learner):
            why = f"{escape(why)} A decision needs an override with its reason."
            changed += f"<p class='lk-notice'><strong>Attendance:</strong> {why}</p>"
        for flag in flags.flags(cohort).get(one.learner, {}):
            changed += f"<p>Path: {escape(flag)}. The portfolio is always moderated.</p>"
        self.head.value = (
            f"<h3>{escape(one.learner)} · {escape(criterion.number)} {escape(criterion.handle)}</h3>"
            f"<p>{escape(criterion.says)}</p><p><span class='lk-mark {standings.LOOKS[one.state]}'>"
            f"{escape(judgement.DECISIONS.get(one.state, one.said))}</span>"
            f" Attempt {one.attempt} of {cohort.programme.rules.max_attempts + one.granted}.</p>{changed}"
        )
        links: dict[str, str] = {}
        if self.room.served:
            pages = marking.pages(cohort, one.learner)
            for item in one.items:
                if item.kind == "marked" and (address := pages.get((one.learner, item.workbook))):
                    place = marking.places(cohort, item.workbook).get(item.id, 0)
                    links[item.id] = link(f"{address}?index={place}", "Mark this answer")
        self.evidence.value = exhibits.html(exhibits.read(cohort, one), links)
        self.corrects.layout.display = "" if decided else "none"
        self.corrects.description = f"I correct judgement {last['id']}; it stays in the record" if decided else ""
        self.history.value = self._history()
        self._say_will()

    def _history(self) -> str:
        own = [
            one
            for one in judgement.history(self.room.opened(), self.learner.value)
            if one["criterion"] == self.criterion.value
        ]
        if not own:
            return "<p>Nothing was decided on this criterion yet.</p>"
        rows = [
            [
                f"No. {one['id']}",
                judgement.DECISIONS[one["decision"]] + (f", corrects no. {one['corrects']}" if one["corrects"] else ""),
                str(one["attempt"]),
                one["assessor"],
                Cell(moment(one["decided_at"]), "lk-keep"),
                self._rules(one["id"]),
                Cell(one["reason"] + (f" Override: {one['override']}" if one["override"] else ""), "lk-long"),
            ]
            for one in own
        ]
        heads = ["Judgement", "Decision", "Attempt", "Assessor", "When", "Rules", "Reason"]
        return table(heads, rows, "All decisions on this criterion (South African time)")

    def _rules(self, number: int) -> str:
        held = judgement.rules_of(self.room.opened(), number)
        lacking = [rule for rule, met in held.items() if not met]
        if len(lacking) == len(held):
            return "none recorded"
        return f"not: {', '.join(lacking)}" if lacking else "all"

    def _say_will(self) -> None:
        one = self.standing()
        if one is None:
            return
        if self.decision.value is None:
            self.will.value = "<p>Choose a decision to see what will be recorded.</p>"
            return
        if why := self._in_the_way(one):
            tick = " To change that decision, tick the box above first." if self._correctable(one) else ""
            self.will.value = f"<p class='lk-notice'>Nothing can be recorded so: {escape(why)}.{tick}</p>"
            return
        how = "as a correction" if self.corrects.value else f"attempt {one.attempt}"
        self.will.value = (
            f"<p>Will be recorded: <strong>{escape(one.learner)}, {escape(self._named(one.criterion))}: "
            f"{judgement.DECISIONS[self.decision.value]}</strong>, {how}, by {escape(self.staff or 'nobody yet')}. A decision "
            "is never changed afterwards, only corrected by a new one.</p>"
        )

    def _correctable(self, one: evidence.Standing) -> bool:
        return not self.corrects.value and one.state in judgement.DECISIONS

    def _in_the_way(self, one: evidence.Standing) -> str:
        """Why what is chosen would be refused, whatever else is filled in; "" where it would not."""
        cohort = self.room.opened()
        if self.corrects.value:
            return appeals.bars(cohort, one.learner, one.criterion, self.staff).rstrip(".")
        hard, rules = judgement.in_the_way(cohort, one, self.staff)
        return "; ".join(hard + ([] if self.override.value.strip() else rules))

    @property
    def staff(self) -> str:
        return str(self.room.staff.value or "")

    # what is done

    def _tick(self) -> None:
        for one in self.rules:
            one.value = True

    def _step(self, way: int) -> None:
        self._go(self._order(), way)
        self._clear()

    def _order(self) -> list[tuple[str, str]]:
        return [(one.learner, one.criterion) for one in self.register.standings]

    def _go(self, order: list[tuple[str, str]], way: int) -> None:
        place = order.index((self.learner.value, self.criterion.value)) + way
        if not 0 <= place < len(order):
            raise KitError("There is no criterion further on." if way > 0 else "This is the first criterion.")
        self._to(*order[place])

    def _to(self, learner: str, criterion: str) -> None:
        self.top.clear()
        self._quiet = True
        self.learner.value = learner
        self._fill_criteria(criterion)
        self._quiet = False
        self._open()

    def _next(self) -> None:
        """Go to the next criterion that is ready, from here on and then from the top; then to what was overturned."""
        order, here = self._order(), (self.learner.value, self.criterion.value)
        held = self.register.standings
        ready = {(one.learner, one.criterion) for one in held if one.state == evidence.READY}
        wrong = {(one.learner, one.criterion) for one in held if any(hold.to_correct for hold in one.holds)}
        found = further(order, here, ready) or further(order, here, wrong)
        if found is None:
            waiting = [one for one in held if one.state in (evidence.WAITING, evidence.UNGRADED)]
            waits = f" In this class there are {_waits(waiting)}." if waiting else ""
            raise KitError(f"Nothing is ready to judge now.{waits}")
        self._to(*found)
        self._clear()
        if self.rules:
            self.rules[0].focus()  # whoever works by keyboard goes on where the next decision begins

    def _clear(self) -> None:
        self.said.clear()
        self._recorded = ""

    def _record(self) -> bool:
        """Record the decision; False where a second press found it recorded already and none chosen since."""
        if self._recorded and self.decision.value is None:
            self.said.good(f"{self._recorded} It is recorded once. Choose a decision before you record the next.")
            return False
        self._clear()
        cohort, one = self.room.opened(), self.standing()
        if one is None:
            raise KitError("Choose a learner and a criterion first.")
        if not self.staff:
            raise KitError(
                "Nobody is registered as assessor in this cohort yet. The facilitator's desk registers people."
            )
        if self.decision.value is None:
            raise KitError("Choose a decision first: Competent or Not Yet Competent. Nothing was recorded.")
        decision, reason = str(self.decision.value), self.reason.value
        held = [field.description.lower() for field in self.rules if field.value]
        if self.corrects.value and (last := self._last()):
            confirmed = held if held or decision == judgement.C else None  # for NYC those of the old record
            made = judgement.correct(cohort, last["id"], decision, self.staff, reason, confirmed=confirmed)
        else:
            try:
                made = judgement.judge(
                    cohort, one.learner, one.criterion, decision, self.staff, reason, held, self.override.value
                )
            except judgement.AlreadyDecided as error:
                raise KitError(
                    f"{error} To change that decision, tick “I correct judgement {error.number}” first."
                ) from None
        named = self._named(one.criterion)
        self.room.changed(one.learner)
        self._recorded = f"Recorded as judgement {made}: {one.learner}, {named}: {judgement.DECISIONS[decision]}."
        self.said.good(f"{self._recorded} Press Next to judge to go on.")
        return True

    def _record_and_go(self) -> None:
        before = (self.learner.value, self.criterion.value)
        if not self._record():
            return
        said, recorded = self.said.text, self._recorded
        try:
            self._next()
        except KitError as error:  # it is recorded; only nothing is left
            self.said.good(f"{said} {error}")
            return
        if before != (self.learner.value, self.criterion.value):
            self.said.good(said.replace("Press Next to judge to go on.", "This is the next one."))
            self._recorded = recorded


def _waits(own: list[evidence.Standing]) -> str:
    """What there is to do about a learner, such as `3 to judge, 1 to mark`."""
    words = {evidence.READY: "to judge", evidence.WAITING: "to mark", evidence.UNGRADED: "to grade"}
    count = {says: sum(one.state == state for one in own) for state, says in words.items()}
    held = [hold for one in own for hold in one.holds]
    count["overturned to correct"] = sum(one.kind == final.OVERTURNED for one in held)
    count["with more evidence asked for"] = sum(one.kind == final.MORE for one in held)
    said = [f"{many} {says}" for says, many in count.items() if many]
    said += [one.with_due for one in held if one.kind == final.APPEAL]
    return ", ".join(said) or "nothing waits for you"
