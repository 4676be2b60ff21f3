"""The forms for work at a desk: print them empty, and record what somebody saw so that it counts as evidence."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit.assess import workplace
from learner_kit.assess.papers import workplace as workplace_papers
from learner_kit.course import enrol
from learner_kit.course.cohort import Cohort
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.errors import KitError

ANSWERS = [("–", ""), ("Yes", workplace.YES), ("No", workplace.NO), ("Not called for", workplace.NOT_CALLED_FOR)]
NONE = 0  # records are numbered from 1


class Witnessing:
    """Observation, testimony, presentation record and logbook of one learner."""

    def __init__(self, room: Room):
        self.room, self.said, self.found, self.how = room, Said(), prose(), prose()
        self.learner, self.form = choose("Learner", "14rem"), choose("Form", "24rem")
        self.day = stacked(widgets.DatePicker(description="Day on which it was seen"), "15rem")
        self.witness = stacked(widgets.Text(description="Seen by (staff code or position)"), "20rem")
        self.corrects = choose("Corrects an earlier record", "24rem")
        self.why = stacked(widgets.Text(description="Why it is corrected or taken back"), "26rem")
        self.lines = widgets.VBox()
        self._fields: dict[str, Any] = {}
        self.keep = button("Record this form", self.said, self._record, main=True)
        self.back = button("Take the chosen record back", self.said, self._take_back)
        self.print = button("Print the forms", self.said, self._print)
        words = prose(
            "<p>What somebody saw counts as evidence beside the workbooks. Print the forms, or fill one in here while you "
            "watch. A record is kept for good; a correction is a new one.</p>"
        )
        self.face = part(
            words,
            row(self.print),
            row(self.learner, self.form),
            self.how,
            row(self.day, self.witness),
            self.lines,
            row(self.corrects, self.why),
            row(self.keep, self.back),
            self.said.face,
            self.found,
        )
        room.tell(self._fill)
        self.learner.observe(lambda _: self._show(), "value")
        self.form.observe(lambda _: self._draw(), "value")

    def _fill(self) -> None:
        cohort = self.room.cohort
        self._known = {} if cohort is None else workplace.forms(cohort.programme)
        offer(self.learner, [] if cohort is None else [(one, one) for one in enrol.learners(cohort)])
        offer(self.form, [(form.title, id) for id, form in self._known.items()])
        if not self.lines.children:
            self._draw()
        self._show()

    def _draw(self) -> None:
        """The lines of the chosen form, empty."""
        form = self._known.get(self.form.value)
        self._fields = {}
        self.how.value = "" if form is None else f"<p>{escape(form.says)} <em>{escape(form.by)}.</em></p>"
        for line in form.lines if form else ():
            if line.kind == workplace.SEEN:
                made = stacked(widgets.ToggleButtons(options=ANSWERS, value="", description=line.says), "100%")
                made.style.button_width = "auto"
            else:
                made = stacked(widgets.Textarea(description=line.says, rows=2), "100%")
            self._fields[line.id] = made
        self.lines.children = tuple(self._fields.values())
        self._show()

    def _show(self) -> None:
        """What stands for the chosen learner."""
        cohort, learner = self.room.cohort, self.learner.value
        if cohort is None or not learner:
            self.found.value = ""
            offer(self.corrects, [("none", NONE)])
            return
        standing = workplace.standing(cohort, learner)
        titles = {id: form.title for id, form in self._known.items()}
        own = [(f"{one.number}: {titles.get(one.form, one.form)}, {one.said}", one.number) for one in standing]
        offer(self.corrects, [("none", NONE), *own])
        rows = [
            [
                one.number,
                titles.get(one.form, one.form),
                str(one.done_on),
                one.witness,
                _numbers(cohort, one.criteria),
            ]
            for one in standing
        ]
        self.found.value = (
            table(["No.", "Form", "Day", "Seen by", "Criteria"], rows, f"Recorded for {learner}") if rows else ""
        )

    def _record(self) -> None:
        cohort = self.room.opened()
        if not self.learner.value or not self.form.value:
            raise KitError("Choose a learner and a form. Nothing was recorded.")
        if self.day.value is None:
            raise KitError("Give the day on which it was seen. Nothing was recorded.")
        made = workplace.record(
            cohort,
            self.learner.value,
            self.form.value,
            {id: field.value for id, field in self._fields.items()},
            self.witness.value,
            self.day.value,
            self.room.who,
            replaces=self.corrects.value or None,
            why=self.why.value,
        )
        self.why.value = ""
        self._draw()
        self.room.changed(self.learner.value)
        self.said.good(f"Recorded as no. {made.number}, for {_numbers(cohort, made.criteria)}.")

    def _take_back(self) -> None:
        if not self.corrects.value:
            raise KitError("Choose the record to take back, under Corrects an earlier record.")
        number = self.corrects.value
        workplace.take_back(self.room.opened(), number, self.why.value, self.room.who)
        self.why.value = ""
        self.room.changed(self.learner.value)
        self.said.good(f"Record {number} was taken back.")

    def _print(self) -> None:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            paths = workplace_papers.write(self.room.opened(), folder)
            links = "".join(f"<li>{download(Path(one).read_bytes(), one.name, one.stem)}</li>" for one in paths)
        self.said.good("Save and print:", f"<ul>{links}</ul>")


def _numbers(cohort: Cohort, criteria: tuple[str, ...]) -> str:
    """Criteria as the pages name them, in the unit's order."""
    return ", ".join(one.number for one in cohort.programme.unit.criteria if one.id in criteria)
