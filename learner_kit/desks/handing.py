"""The facilitator's desk: workbooks out, submissions in, and who has handed in what."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit import files
from learner_kit.course import arrivals, exchange, handins, naming, overview
from learner_kit.course import collect as collecting
from learner_kit.course import release as releases
from learner_kit.course.cohort import Cohort
from learner_kit.desks.enrolling import keep_uploads
from learner_kit.desks.parts import Cell, Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room, moment, progress
from learner_kit.documents import long_date, to_pdf
from learner_kit.errors import KitError
from learner_kit.teaching import outline, plans, receipt_papers, sessions
from learner_kit.teaching.days import remarks

CAPTION = "Workbooks of this programme (South African time)"
LOOKS = {handins.GRADED: "lk-c", handins.UNGRADED: "lk-waiting", handins.OVERDUE: "lk-nyc", handins.OUT: "lk-missing"}
MOST = 200_000_000  # bytes uploaded in one go; more comes faster from a folder


class HandingOut:
    """Release a workbook and get the folder to hand out."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.workbook = choose("Workbook", "28rem")
        self.due = stacked(widgets.DatePicker(description="Hand in by the end of"), "13rem")
        self.to = stacked(widgets.Text(description="Put a copy into this folder (may stay empty)"), "26rem")
        self.release = button("Release this workbook", self.said, self._release, main=True)
        words = prose(
            "<p>Makes the learners' version: without model answers and hidden checks. Work that comes after the date is "
            "marked late, never refused. Releasing again keeps what learners handed in.</p>"
        )
        self.known, self.will = prose(), prose()
        self._proposed: dt.date | None = (
            None  # the date from the plan that stands in the field; a typed one is left alone
        )
        self._plan: sessions.Plan | None = None
        self._releases: tuple[sessions.Release, ...] = ()
        self.face = part(
            words, row(self.workbook, self.due), row(self.to), self.will, self.release, self.said.face, self.known
        )
        for field in (self.workbook, self.due, self.to):
            field.observe(lambda _: self._say_will(), "value")
        self.workbook.observe(lambda _: self._propose(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        self._plan = None if cohort is None else plans.current(cohort)
        self._releases = sessions.releases(cohort.programme, self._plan) if cohort and self._plan else ()
        if cohort is None:
            offer(self.workbook, [])
            self.known.value = self.will.value = ""
            return
        due, out = handins.due(cohort), handins.released(cohort)
        offer(self.workbook, [(said, one) for one, said in naming.names(cohort.programme).items()])
        rows = [
            [said, self._out(one, out), moment(due.get(one)) or "no date"]
            for one, said in naming.names(cohort.programme).items()
        ]
        self.known.value = table(["Workbook", "State", "To be handed in by"], rows, CAPTION)
        self._propose()
        self._say_will()

    def _out(self, workbook: str, out: tuple[str, ...]) -> str:
        if workbook in out:
            return "released"
        day = next((one.session.day for one in self._releases if one.workbook == workbook), None)
        return f"{handins.NOT_RELEASED}{f'; by the plan on {long_date(day)}' if day else ''}"

    def _propose(self) -> None:
        """Fill in the date of the kept plan, where it has one that is still to come and nobody chose another."""
        if self.due.value is not None and self.due.value != self._proposed:
            return
        due = next((one.hand_in for one in self._releases if one.workbook == self.workbook.value), None)
        self._proposed = self.due.value = due if due and due >= dt.date.today() else None

    def _say_will(self) -> None:
        cohort = self.room.cohort
        if self.workbook.value is None or cohort is None:
            self.will.value = ""
            return
        due = f"to be handed in by the end of {long_date(self.due.value)}" if self.due.value else "without a date"
        to = f", with a copy in {self.to.value.strip()}" if self.to.value.strip() else ""
        named = naming.name(cohort.programme, self.workbook.value)
        said = f"<p>Will release <strong>{escape(named)}</strong>, {escape(due + to)}.</p>"
        first = self._plan.sessions[0].day if self._plan else None
        if self.due.value and self.due.value == self._proposed:
            said += "<p>The date is the one in this cohort's plan. Choose another as you like.</p>"
        if self.due.value:
            notes = remarks(self.due.value, outline.load(cohort.programme).calendar, dt.date.today())
            if first and self.due.value < first:
                notes.append(f"this date lies before session 1, which is on {long_date(first)}")
            said += "".join(f"<p class='lk-notice'><strong>Please note:</strong> {escape(one)}.</p>" for one in notes)
        self.will.value = said

    def _release(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        workbook = self.workbook.value
        if workbook is None:
            raise KitError("This programme has no workbook to release.")
        if self.due.value is not None and self.due.value < dt.date.today():
            raise KitError(f"{long_date(self.due.value)} has passed. Choose a date from today on, or leave it empty.")
        to = files.typed(self.to.value)
        if to and not Path(to).is_dir():
            raise KitError(f"There is no folder {to}. Nothing was released. Make it first, or leave the field empty.")
        folder = releases.release(cohort, workbook, self.room.who, releases.end_of(self.due.value))
        said = f"Released {naming.name(cohort.programme, workbook)}. The folder to hand out: {folder}."
        if to:
            told: list[str] = []
            placed = releases.place(cohort, workbook, Path(to), told.append)
            said = " ".join([said, f"A copy stands in {placed.parent}.", *told])
        if exchange.on_hub():
            exchange.publish(cohort, workbook)
            said += " On the hub, learners find it in their list of pages."
        self.room.changed()
        self.said.good(said, f" {download(_zipped(folder), f'{workbook}.zip', f'Save it as {workbook}.zip')}")


class TakingIn:
    """Collect submissions: uploaded zips, or a folder that holds them."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.upload = widgets.FileUpload(accept=".zip", multiple=True, description="Choose submissions (zip)")
        self.folder = stacked(widgets.Text(description="Or name a folder or stick that holds them"), "26rem")
        self.collect = button("Collect", self.said, self._collect, main=True)
        self.hub = button("Take in from the hub", self.said, self._from_hub, main=True)
        self.hub.layout.display = "" if exchange.on_hub() else "none"
        self.receipts = button("Make the receipts to print", self.said, self._receipts)
        self.receipts.layout.display = "none"
        self.taken: list[collecting.Taken] = []
        self._of: Cohort | None = None
        self.bar, self.found = progress(), prose()
        words = prose(
            "<p>Every zip is checked, kept as it came, and laid out for grading. A refused one changes nothing. "
            "Collecting the same zip twice does no harm.</p>"
        )
        self.face = part(
            words,
            row(self.hub),
            row(self.upload),
            row(self.folder, self.collect),
            self.bar,
            self.said.face,
            self.receipts,
            self.found,
        )
        room.tell(self._show)

    def _show(self) -> None:
        if self.room.cohort is not self._of:
            self._of, self.taken, self.found.value = self.room.cohort, [], ""
        self.receipts.layout.display = "" if self.taken else "none"

    def _receipts(self) -> None:
        cohort = self.room.opened()
        made = to_pdf(receipt_papers.document(cohort, self.taken, self.room.who))
        name = f"{cohort.name}-receipts.pdf"
        self.said.good(
            "The receipts are ready, a slip for each hand-in.", f" {download(made, name, 'Save them (PDF)')}"
        )

    def _collect(self) -> None:
        self.said.clear()
        self.found.value = ""
        cohort = self.room.opened()
        named = files.typed(self.folder.value)
        if not self.upload.value and not named:
            raise KitError("Choose submissions, or name a folder that holds them.")
        if named and not Path(named).exists():
            raise KitError(f"There is nothing at {named}. Nothing was collected.")
        if sum(len(one["content"]) for one in self.upload.value) > MOST:
            raise KitError("That is more than 200 MB at once. Put the zips into a folder and name the folder instead.")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            sources = [*keep_uploads(self.upload, folder), *([Path(named)] if named else [])]
            count = len(collecting.find(sources))
            if not count:
                raise KitError(f"There is no zip file in {named}.")
            self.bar.max, self.bar.value, self.bar.layout.display = count, 0, ""

            def step(_: collecting.Taken) -> None:
                self.bar.value += 1

            try:
                taken = collecting.collect(cohort, sources, self.room.who, each=step)
            finally:
                self.bar.layout.display = "none"
        self.upload.value = ()
        self._tell(cohort, taken, collecting.others(sources))

    def _from_hub(self) -> None:
        self.said.clear()
        self.found.value = ""
        cohort = self.room.opened()
        self._tell(cohort, arrivals.collect(cohort, self.room.who))

    def _tell(self, cohort: Cohort, taken: list[collecting.Taken], others: str = "") -> None:
        self.taken = taken
        self.room.changed()
        looks = {"refused": "lk-nyc", "new": "lk-c", "newer": "lk-c", "known": "lk-missing"}
        rows = [
            [
                one.file,
                one.learner or "not known",
                naming.name(cohort.programme, one.workbook) if one.workbook else "",
                Cell(one.state, looks[one.state]),
                one.said,
                one.receipt,
            ]
            for one in taken
        ]
        self.found.value = table(
            ["File", "Learner", "Workbook", "State", "What was said", "Receipt"],
            rows,
            "What became of each file",
            "lk-wrap",
        )
        states = [one.state for one in taken]
        refused = states.count("refused")
        said = (
            f"{states.count('new') + states.count('newer')} taken in, {states.count('known')} known already, "
            f"{refused} refused."
        )
        if refused:
            why = "The reasons stand in the table; the learner mends it and hands in again."
            self.said.fault(" ".join(filter(None, (said, why, others))))
        else:
            self.said.good(" ".join(filter(None, (said, others))))


class Overview:
    """What the cohort holds, and who has handed in what."""

    def __init__(self, room: Room):
        self.room, self.counts, self.handed = room, prose(), prose()
        self.face = part(self.handed, self.counts)
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        if cohort is None:
            self.counts.value = self.handed.value = ""
            return
        self.counts.value = table(
            ["What", "How many"], [[what, count] for what, count in overview.counts(cohort).items()], "This cohort"
        )
        found = handins.states(cohort)
        lines = "".join(f"<li>{escape(one.whole)}</li>" for one in handins.left(cohort, found))
        out = handins.released(cohort)
        rows = [[one, *(_cell(found[one, book]) for book in out)] for one in dict.fromkeys(one for one, _ in found)]
        heads = ["Learner", *(naming.name(cohort.programme, one) for one in out)]
        self.handed.value = (
            f"<ul>{lines}</ul>" + table(heads, rows, "Who has handed in what (South African time)", "lk-heads")
            if rows and out
            else "<p>Nothing is handed out yet.</p>"
        )


def _cell(one: handins.HandIn) -> Cell:
    """A learner's state with a workbook, with the newest hand-in."""
    often = f", hand-in {one.number}" if one.number > 1 else ""
    at = f" {moment(one.made_at)}{often}{', late' if one.late else ''}" if one.made_at else ""
    return Cell(f"{one.state}{':' if at else ''}{at}", LOOKS[one.state])


def _zipped(folder: Path) -> bytes:
    """A folder as a zip that unpacks to a folder of its name."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                made.write(one, Path(folder.name) / one.relative_to(folder))
    return held.getvalue()
