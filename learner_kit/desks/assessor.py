"""The assessor's desk: grade, mark, see the class, judge, write the papers."""

from __future__ import annotations

from pathlib import Path

from learner_kit.assess import evidence, grade
from learner_kit.course import handins, naming
from learner_kit.desks import marking, standings
from learner_kit.desks.appealing import Appeals
from learner_kit.desks.changes import Changes
from learner_kit.desks.flagging import Flags
from learner_kit.desks.judging import Judging
from learner_kit.desks.knowledge import Knowledge
from learner_kit.desks.parts import Cell, Said, button, choose, offer, part, prose, row, table
from learner_kit.desks.room import Room, progress
from learner_kit.desks.witnessing import Witnessing
from learner_kit.desks.writing import Papers
from learner_kit.reading import write_number


class Desk:
    """The parts of the assessor's page.

    Args:
        path: the cohort to begin with; the one the kit was started with, without it.
    """

    def __init__(self, path: str | Path | None = None):
        self.room = Room("assessor", path)
        self.register = Register(self.room)
        self.grading, self.marking = Grading(self.room), marking.Marking(self.room, self.register)
        self.witnessing = Witnessing(self.room)
        self.matrix = ClassTable(self.room, self.register)
        self.judging = Judging(self.room, self.register)
        self.knowledge = Knowledge(self.room, self.register)
        self.papers = Papers(self.room, self.register)
        self.appeals = Appeals(self.room, self.register)
        self.flags = Flags(self.room, self.register)
        self.changes = Changes(self.room)


class Register:
    """Where every learner stands, read once and shared by the parts of the desk."""

    def __init__(self, room: Room):
        self.room = room
        self._held: dict[str, list[evidence.Standing]] = {}
        room.tell(self.read)

    def read(self) -> None:
        """Read the class anew, or only the one learner about whom something changed."""
        only = self.room.only
        if only is None or only not in self._held:
            self._held = {}
        if self.room.cohort is None:
            return
        found: dict[str, list[evidence.Standing]] = {}
        for one in evidence.matrix(self.room.cohort, only if self._held else None):
            found.setdefault(one.learner, []).append(one)
        self._held.update(found)

    @property
    def standings(self) -> list[evidence.Standing]:
        return [one for own in self._held.values() for one in own]

    @property
    def learners(self) -> list[str]:
        return list(self._held)

    def of(self, learner: str) -> list[evidence.Standing]:
        return self._held.get(learner, [])


class Grading:
    """Grade what is new or changed."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.workbook = choose("Workbook", "26rem")
        self.grade = button("Grade what is new", self.said, self._grade, main=True)
        self.bar, self.found = progress(), prose()
        self._found_in: Path | None = None  # the cohort whose grading the table shows
        words = prose(
            "<p>Checks every answer that is new or changed. Nothing a learner wrote is run, and marks you gave by hand stay. "
            "Points show what was demonstrated; they decide nothing.</p>"
        )
        self.face = part(words, row(self.workbook, self.grade), self.bar, self.said.face, self.found)
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        out = [] if cohort is None else handins.released(cohort)
        known = [(naming.name(cohort.programme, one), one) for one in out]
        offer(self.workbook, [("all that are released", ""), *known])
        if cohort is None or cohort.path != self._found_in:
            self.found.value = ""

    def _grade(self) -> None:
        cohort = self.room.opened()
        self.said.note("Grading …")
        self.bar.max, self.bar.value, self.bar.layout.display = 1, 0, ""

        def step(done: int, of: int) -> None:
            self.bar.max, self.bar.value = max(of, 1), done

        try:
            done = grade.grade(cohort, self.workbook.value or None, who=self.room.who, each=step)
        finally:
            self.bar.layout.display = "none"
        fresh = [one for one in done if one.state != "unchanged"]
        self.room.changed()
        if fresh:
            rows = [
                [
                    one.learner,
                    naming.name(cohort.programme, one.workbook),
                    f"{write_number(one.score, None)} of {write_number(one.out_of, None)}",
                    str(one.waiting) if one.waiting else "none",
                    late(one),
                    Cell(one.said or one.state, "lk-nyc" if one.state == "faulty" else ""),
                ]
                for one in fresh
            ]
            self.found.value = table(
                ["Learner", "Workbook", "Points by checks", "Answers to mark", "Late", "What was said"],
                rows,
                "Graded last",
            )
            self._found_in = cohort.path
        faulty = sum(one.state == "faulty" for one in fresh)
        said = f"{len(fresh)} graded, {len(done) - len(fresh)} unchanged."
        if self.found.value and not fresh:
            said += " Nothing new came in since; the table still shows what was graded last."
        if faulty:
            self.said.fault(f"{said} {faulty} could not be read and count as not answered; the table says why.")
        else:
            self.said.good(said)


class ClassTable:
    """Learners and criteria, one outcome at a time or all of them."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said = room, register, Said()
        self.outcome, self.page = choose("Outcome", "28rem"), choose("Learners", "14rem")
        self.face_of_class = prose()
        self.face = part(row(self.outcome, self.page), self.said.face, self.face_of_class)
        room.tell(self.show)
        for field in (self.outcome, self.page):
            field.observe(lambda _: self._draw(), "value")

    def show(self) -> None:
        unit = None if self.room.cohort is None else self.room.cohort.programme.unit
        offer(
            self.outcome,
            [("All outcomes", "")]
            + [(f"{one.id.upper()} {one.title}", one.id) for one in (unit.outcomes if unit else ())],
        )
        learners = self.register.learners
        offer(
            self.page,
            [
                (f"{learners[start]} to {learners[min(start + standings.PAGE, len(learners)) - 1]}", number)
                for number, start in enumerate(range(0, len(learners), standings.PAGE))
            ],
        )
        self.page.layout.display = "" if len(learners) > standings.PAGE else "none"
        self._draw()

    def _draw(self) -> None:
        if self.room.cohort is None or not self.register.standings:
            self.face_of_class.value = "<p>Nobody is enrolled in this cohort yet.</p>"
            return
        self.face_of_class.value = standings.class_table(
            self.room.cohort.programme.unit, self.register.standings, self.outcome.value or "", self.page.value or 0
        )


def late(one: grade.Graded) -> str:
    """How late a submission was, as a person says it."""
    if not one.late:
        return ""
    hours = one.late.total_seconds() / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 1 else "under an hour"
