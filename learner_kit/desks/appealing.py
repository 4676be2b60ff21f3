"""The assessor's desk: appeals taken in, their path with its deadlines, and the next step of each."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import sqlalchemy as sa

from learner_kit.assess import appeals, judgement
from learner_kit.assess.dates import long_day
from learner_kit.assess.papers import results as results_papers
from learner_kit.course import enrol, records
from learner_kit.course.release import end_of
from learner_kit.desks.confirming import Confirm
from learner_kit.desks.parts import Cell, Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room, moment
from learner_kit.documents import long_date
from learner_kit.errors import KitError
from learner_kit.moments import short_date

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register

STEPS = {
    appeals.LODGED: "taken in",
    appeals.MEETING: "a meeting was held",
    appeals.ANSWERED: "the moderator answered",
    appeals.ESCALATED: "the learner took it further",
    appeals.FINAL: "the final answer came",
    appeals.CLOSED: "closed",
    appeals.WITHDRAWN: "the learner withdrew it",
}


class Appeals:
    """Every appeal with its next date; forms that take one in and that record its next step, each in two steps."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register = room, register
        self.list, self.path = prose(), prose()
        self.lodging, self.going = Lodging(self), Going(self)
        self.open = widgets.VBox((prose("<h3>The next step of an appeal</h3>"), *self.going.parts, self.path))
        self.face = part(
            prose(
                "<p>A learner who does not agree with a decision may appeal. Each step has a day by which it is due. Steps are "
                "only ever added, and every appeal brings the portfolio to a moderator. An appeal that is upheld changes no "
                "decision: an assessor who did not make it corrects it under <em>Judge</em>.</p>"
            ),
            self.list,
            self.open,
            prose("<h3>Take an appeal in</h3>"),
            *self.lodging.parts,
        )
        room.tell(self.show)

    def show(self) -> None:
        """Read the appeals anew."""
        cohort = self.room.cohort
        found = [] if cohort is None else appeals.appeals(cohort)
        self.lodging.fill()
        self.going.fill(found)
        self.open.layout.display = "" if found else "none"
        if not found:
            self.list.value = "<p>No appeal was taken in yet.</p>"
            return
        today = dt.date.today()
        rows = [
            [
                f"No. {one.number}",
                one.learner,
                self.named(one.criterion),
                one.ground,
                Cell(STEPS[one.state] + (f": {one.outcome}" if one.outcome else ""), "lk-long"),
                _due(one, today),
            ]
            for one in sorted(found, key=lambda one: (not one.open, one.due or dt.date.max, one.number))
        ]
        heads = ["Appeal", "Learner", "Criterion", "Ground", "Where it stands", "Next step due"]
        self.list.value = table(heads, rows, "Appeals, those that are due first")

    def named(self, id: str) -> str:
        """A criterion as the desk names it."""
        found = self.room.opened().programme.unit.criterion(id)
        return f"{found.number} {found.handle}" if found else id


class Lodging:
    """Take an appeal in."""

    def __init__(self, desk: Appeals):
        self.desk, self.room, self.said = desk, desk.room, Said()
        self.learner, self.criterion = choose("Who appeals", "14rem"), choose("Against the decision on", "36rem")
        self.ground = choose("Ground", "14rem")
        self.told = stacked(widgets.DatePicker(description="Feedback was given on"), "14rem")
        self.says = stacked(widgets.Textarea(description="The learner's own words", rows=3), "100%")
        self.late = stacked(widgets.Text(description="If it is late: why it is taken in (else leave it empty)"), "100%")
        fields = (self.learner, self.criterion, self.ground, self.told, self.says, self.late)
        self.take = Confirm("Take this appeal in", self.said, self._ask, self._write, fields)
        self.form = button(
            "Print an empty form", self.said, self._print, about="For the chosen learner to fill in by hand"
        )
        self.links = prose()
        self.parts = (
            row(self.learner, self.criterion),
            row(self.ground, self.told),
            self.says,
            self.late,
            row(self.take.begin, self.form),
            self.said.face,
            self.take.sure,
            self.links,
        )
        self.learner.observe(lambda _: self._criteria(), "value")

    def fill(self) -> None:
        """Those about whom something was decided may appeal."""
        cohort = self.room.cohort
        query = sa.select(records.judgements.c.learner).distinct().order_by(records.judgements.c.learner)
        judged = [] if cohort is None else [one["learner"] for one in records.rows(cohort.engine, query)]
        offer(self.learner, [(one, one) for one in judged])
        offer(self.ground, [] if cohort is None else [(one, one) for one in cohort.programme.rules.appeal_grounds])
        self.form.disabled = not judged
        self._criteria()

    def _criteria(self) -> None:
        cohort, learner = self.room.cohort, self.learner.value
        held = {} if cohort is None or not learner else judgement.standing_judgements(cohort, learner)
        order = (
            [] if cohort is None else [one.id for one in cohort.programme.unit.criteria if (learner, one.id) in held]
        )
        offer(self.criterion, [(self._decided(held[learner, id]), id) for id in order])

    def _decided(self, one: dict[str, Any]) -> str:
        return f"{self.desk.named(one['criterion'])} · {one['decision']} by {one['assessor']}, {long_day(one['decided_at'])}"

    def _when(self) -> dt.datetime:
        if self.told.value is None:
            raise KitError("Give the day on which the learner got the feedback. Nothing was recorded.")
        if self.told.value > dt.date.today():
            raise KitError("The day on which the learner got the feedback lies in the future. Nothing was recorded.")
        told = end_of(self.told.value)
        assert told is not None
        return min(told, records.now())

    def _ask(self) -> str:
        cohort = self.room.opened()
        if not self.learner.value or not self.criterion.value:
            raise KitError("Nothing was decided in this cohort yet, so nobody can appeal.")
        learner, criterion = str(self.learner.value), str(self.criterion.value)
        last = appeals.may_lodge(
            cohort, learner, criterion, str(self.ground.value), self.says.value, self._when(), self.late.value
        )
        return (
            f"Will be recorded by {self.room.who}: {learner} appeals against judgement {last['id']} "
            f"({self.desk.named(criterion)}: {judgement.DECISIONS[last['decision']]}). Ground: {self.ground.value}."
        )

    def _write(self) -> None:
        cohort, learner = self.room.opened(), str(self.learner.value)
        number = appeals.lodge(
            cohort,
            learner,
            str(self.criterion.value),
            str(self.ground.value),
            self.says.value,
            self.room.who,
            self._when(),
            self.late.value,
        )
        self.says.value, self.late.value, self.told.value = "", "", None
        self.room.changed(learner)
        due = appeals.appeal(cohort, number).due
        self.said.good(f"Taken in as appeal {number}." + (f" The answer is due on {long_date(due)}." if due else ""))

    def _print(self) -> None:
        if not self.learner.value:
            raise KitError("Choose a learner first.")
        learner = str(self.learner.value)
        self.links.value = _saved(results_papers.write_appeal(self.room.opened(), learner), learner)
        self.said.good(f"The form for {learner} is ready.")


class Going:
    """The next step of an appeal that is open, and the path that it took."""

    def __init__(self, desk: Appeals):
        self.desk, self.room, self.said = desk, desk.room, Said()
        self._quiet = False
        self.appeal, self.step = choose("Appeal", "36rem"), choose("What happened", "18rem")
        self.outcome, self.by = choose("Answer", "30rem"), choose("Who took the step", "18rem")
        self.says = stacked(widgets.Textarea(description="What was said or decided, and why", rows=3), "100%")
        fields = (self.appeal, self.step, self.outcome, self.by, self.says)
        self.record = Confirm("Record this step", self.said, self._ask, self._write, fields)
        self.form = button("Print this appeal", self.said, self._print)
        self.links = prose()
        self.parts = (
            row(self.appeal, self.step),
            row(self.by, self.outcome),
            self.says,
            row(self.record.begin, self.form),
            self.said.face,
            self.record.sure,
            self.links,
        )
        self.appeal.observe(lambda _: self._picked(), "value")
        self.step.observe(lambda _: self._stepped(), "value")

    def fill(self, found: list[appeals.Appeal]) -> None:
        """Offer the appeals, those that are open first."""
        self._found = {one.number: one for one in found}
        self._quiet = True
        offer(
            self.appeal,
            [
                (
                    f"No. {one.number} · {one.learner} · {self.desk.named(one.criterion)} · {STEPS[one.state]}",
                    one.number,
                )
                for one in sorted(found, key=lambda one: (not one.open, one.number))
            ],
        )
        self._quiet = False
        self._picked()

    def _picked(self) -> None:
        if self._quiet:
            return
        one = self._found.get(self.appeal.value)
        offer(self.step, [(STEPS[what], what) for what in (appeals.NEXT[one.state] if one else ())])
        self.record.begin.disabled = one is None or not one.open
        self.form.disabled = one is None
        self.links.value = ""
        self._staff()
        self._stepped()
        self.desk.path.value = self._path(one) if one else ""

    def _staff(self) -> None:
        """Whoever is registered; the person at the desk first, and the learner, who alone may take it further or withdraw."""
        cohort, one = self.room.cohort, self._found.get(self.appeal.value)
        if cohort is None or one is None:
            offer(self.by, [])
            return
        query = sa.select(records.staff.c.code, records.staff.c.role).order_by(records.staff.c.code)
        names = enrol.names(cohort)
        options = []
        for each in records.rows(cohort.engine, query):
            surname = names.get(each["code"], "").partition(",")[0]
            options.append((f"{each['code']} · {surname or each['role']} ({each['role']})", each["code"]))
        offer(
            self.by,
            [*options, (f"{one.learner} (the learner)", one.learner), ("a body outside the provider", "outside")],
        )

    def _stepped(self) -> None:
        what = self.step.value
        answers = what in (appeals.ANSWERED, appeals.FINAL)
        options = [(f"{name}: {says}", name) for name, says in appeals.OUTCOMES.items()] if answers else []
        offer(self.outcome, options and [("choose the answer", ""), *options], keep="" if answers else None)
        self.outcome.layout.display = "" if answers else "none"
        if what in (appeals.ESCALATED, appeals.WITHDRAWN) and (one := self._found.get(self.appeal.value)):
            self.by.value = one.learner
        elif what == appeals.ANSWERED:
            self.by.value = next(
                (code for says, code in self.by.options if says.endswith("(moderator)")), self.by.value
            )
        elif self.room.staff.value in [code for _, code in self.by.options]:
            self.by.value = self.room.staff.value

    def _path(self, one: appeals.Appeal) -> str:
        rows = [
            [
                STEPS[each["step"]],
                Cell(moment(each["at"]), "lk-keep"),
                Cell(each["who"], "lk-keep"),
                each["outcome"],
                Cell(each["says"], "lk-long"),
            ]
            for each in one.steps
        ]
        due = f"<p>The next step is due on <strong>{long_date(one.due)}</strong>.</p>" if one.due else ""
        against = f"<p>Against judgement {one.judgement} by {escape(one.assessor)}.</p>"
        heads = ["Step", "When", "By", "Answer", "What was said"]
        return table(heads, rows, f"The path of appeal {one.number} (South African time)") + against + due

    def _ask(self) -> str:
        cohort, number, what = self.room.opened(), self.appeal.value, self.step.value
        if number is None:
            raise KitError("No appeal was taken in yet.")
        if what is None:
            raise KitError(f"Appeal {number} is closed; nothing more is recorded on it.")
        outcome = self.outcome.value or ""
        one = appeals.may_step(cohort, number, what, str(self.by.value or ""), self.says.value, outcome)
        answer = f" Answer: {appeals.OUTCOMES[outcome]}" if outcome else ""
        return f"Will be recorded on appeal {number} of {one.learner}: {STEPS[what]}, by {self.by.value}.{answer}"

    def _write(self) -> None:
        number, what = self.appeal.value, str(self.step.value)
        done = appeals.step(
            self.room.opened(), number, what, str(self.by.value), self.says.value, self.outcome.value or ""
        )
        self.says.value = ""
        self.room.changed(done.learner)
        due = f" The next step is due on {long_date(done.due)}." if done.due else " Nothing more is due."
        self.said.good(f"Recorded on appeal {number}: {STEPS[what]}.{due}")

    def _print(self) -> None:
        one = self._found.get(self.appeal.value)
        if one is None:
            raise KitError("No appeal was taken in yet.")
        self.links.value = _saved(results_papers.write_appeal(self.room.opened(), one.learner, one.number), one.learner)
        self.said.good(f"Appeal {one.number} is ready to print.")


def _due(one: appeals.Appeal, today: dt.date) -> Cell:
    if one.due is None:
        return Cell("nothing is due", "lk-c")
    day = short_date(one.due)
    return Cell(f"{day}, late", "lk-nyc lk-keep") if one.due < today else Cell(day, "lk-keep")


def _saved(paths: list[Any], learner: str) -> str:
    links = (download(one.read_bytes(), f"{learner}-{one.name}", f"Save as {one.suffix[1:].upper()}") for one in paths)
    return f"<p>{' · '.join(links)}</p>"
