"""The facilitator's desk: sheets to print, and what learners wrote on them typed back in."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as widgets

from learner_kit.course import enrol, handins, naming
from learner_kit.course.cohort import Cohort
from learner_kit.desks.asking import Asking
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked
from learner_kit.desks.room import Room
from learner_kit.editions import capture, codes, making, paper
from learner_kit.editions.codes import Typed
from learner_kit.errors import KitError
from learner_kit.workbook.evidence_files import FOLDER, Evidence
from learner_kit.workbook.grids import Table
from learner_kit.workbook.questions import Question, Text

CLASS = "every learner of the class"
NOBODY = "a sheet without a number (practice figures)"


class Sheets:
    """Workbooks to print and write on."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.workbook, self.whose = choose("Workbook", "26rem"), choose("For", "18rem")
        self.make = button("Make the sheets", self.said, self._make, main=True)
        words = prose(
            "<p>A PDF to print for learners without a computer. Beside each question stands a code, by which the answers "
            "come back in. With a learner's number the sheets bear that learner's own figures.</p>"
        )
        self.face = part(words, row(self.workbook, self.whose), self.make, self.said.face)
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        offer(self.workbook, _released(cohort))
        learners = enrol.learners(cohort) if cohort else []
        offer(self.whose, [(CLASS, CLASS), (NOBODY, NOBODY), *((one, one) for one in learners)])

    def _make(self) -> None:
        self.said.clear()
        cohort, workbook = self.room.opened(), self.workbook.value
        if workbook is None:
            raise KitError("No workbook is released yet. Release one first.")
        learners = {CLASS: enrol.learners(cohort), NOBODY: [None]}.get(self.whose.value, [self.whose.value])
        if not learners:
            raise KitError("Nobody is enrolled yet. Enrol learners first, or take a sheet without a number.")
        made = making.sheets({workbook: cohort.release(workbook)}, cohort, True, learners)
        if len(made) == 1:
            ((name, content),) = made.items()
            self.said.good("The sheets are ready.", f" {download(content, name.replace('/', '-'), 'Save the PDF')}")
            return
        packed = _zipped({name.replace("/", "-"): content for name, content in made.items()})
        link = download(packed, f"{workbook}-sheets.zip", f"Save all {len(made)} PDFs as a zip")
        self.said.good(f"{len(made)} learners' sheets are ready.", f" {link}")


class Capturing:
    """Type a learner's sheets in: one field a code, in the order of the paper."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.workbook, self.learner = choose("Workbook", "26rem"), choose("Learner", "14rem")
        self.fields: dict[str, widgets.Widget] = {}
        self._asked: dict[str, Question] = {}
        self._before: capture.Earlier | None = None  # the hand-in that this one would take the place of
        self._keep: capture.Earlier | None = None  # the same, once its answers were filled in
        self.sheet = widgets.VBox()
        self.declared = widgets.Checkbox(
            value=False, description="The declaration on the paper is signed", indent=False
        )
        self.scan = widgets.FileUpload(
            accept=".pdf,.png,.jpg,.jpeg", multiple=False, description="Add a scan (may stay empty)"
        )
        words = prose(
            "<p>Choose whose sheets lie before you. Type what stands there; the Tab key goes on to the next code. Letters "
            "for choices, such as B, or A C; for an order all letters, first to last; cells of a row with | between. "
            "Leave open what the learner left open.</p>"
        )
        show = button("Show the fields", self.said, self._draw)
        check = button("Look for mistakes", self.said, self._check)
        self.take = Asking(
            "Take these answers in", self.said, self._will_take, self._take, "Yes, take them in", main=True
        )
        self.there = prose()
        self.fill = button("Fill in its answers", self.said, self._fill)
        self.below = widgets.VBox(
            (row(self.declared), row(self.scan), row(check, self.take.start), self.take.words, self.take.choices)
        )
        self.face = part(
            words,
            row(self.workbook, self.learner, show),
            self.there,
            self.fill,
            self.sheet,
            self.below,
            self.said.face,
        )
        self._away()
        self.workbook.observe(lambda _: self._away(), "value")
        self.learner.observe(lambda _: self._away(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        offer(self.workbook, _released(cohort))
        offer(self.learner, [(one, one) for one in (enrol.learners(cohort) if cohort else [])])

    def _away(self) -> None:
        """Put the fields away: what was typed belongs to one learner and workbook alone."""
        self.fields, self._asked, self.sheet.children = {}, {}, ()
        self._before = self._keep = None
        self.there.value = ""
        self.declared.value, self.scan.value = False, ()
        self.take.close()
        self.below.layout.display = self.fill.layout.display = "none"

    def _draw(self) -> None:
        self.said.clear()
        self._away()
        cohort = self.room.opened()
        if self.workbook.value is None or self.learner.value is None:
            raise KitError("Release a workbook and enrol learners first.")
        self._asked = capture.questions(cohort, self.workbook.value, self.learner.value)
        self._before = capture.earlier(cohort, self.workbook.value, self.learner.value)
        if self._before:
            self.there.value = (
                f"<p class='lk-notice'><strong>Hand-in {self._before.number} of {self.learner.value} is there already, with "
                f"{_answers(len(self._before.answers))}.</strong> What you take in now takes its place. To correct it, fill "
                "in its answers first.</p>"
            )
            self.fill.layout.display = ""
        shown: list[widgets.Widget] = []
        for code, question in self._asked.items():
            if isinstance(question, Evidence):
                self.fields[code] = widgets.FileUpload(
                    accept=question.accept, multiple=True, description=f"{code}: add documents"
                )
                shown += [_words(code, question.prompt), self.fields[code]]
            elif isinstance(question, Table):
                shown.append(_words(code, f"{question.prompt} ({paper.hint(question)})"))
                for place in range(1, len(question.rows) + 1):
                    self.fields[f"{code}.{place}"] = _field(f"{code}.{place}", question.row_name(place))
                    shown.append(self.fields[f"{code}.{place}"])
            else:
                self.fields[code] = _field(code, paper.hint(question), isinstance(question, Text))
                shown += [_words(code, question.prompt), self.fields[code]]
        self.sheet.children = tuple(shown)
        self.below.layout.display = ""

    def _fill(self) -> None:
        """Put what the earlier hand-in holds into the fields."""
        self.said.clear()
        before = self._keep = self._before
        if before is None:
            return
        for code, question in self._asked.items():
            said = codes.line(question, before.answers.get(question.id))
            rows = [f"{code}.{place}" for place in range(1, len(said) + 1)] if isinstance(question, Table) else [code]
            for name, one in zip(rows, said, strict=True):
                if not isinstance(question, Evidence):
                    self.fields[name].value = one
        self.declared.value = before.declared
        documents = " Its documents stay." if any(one.startswith(f"{FOLDER}/") for one in before.parts) else ""
        self.said.note(f"The fields hold what hand-in {before.number} holds.{documents} Nothing is taken in yet.")

    def _answers(self) -> dict:
        if not self.fields:
            raise KitError("Choose workbook and learner, then press Show the fields.")
        lines = [
            Typed(None, code, field.value) for code, field in self.fields.items() if hasattr(field, "continuous_update")
        ]
        return capture.typed(self.room.opened(), self.workbook.value, self.learner.value, lines)

    def _check(self) -> None:
        self.said.clear()
        count = len(self._answers())
        self.said.good(f"{count} of {len(self._asked)} questions hold an answer, and each can be read.")

    def _will_take(self) -> tuple[str, list[str]]:
        given, lines = self._answers(), []
        documents = {self._asked[code].id: True for code, field in self.fields.items() if _files(field)}
        if not given and not documents:
            raise KitError("No answer was typed, so nothing was taken in.")
        if self._before and (lost := self._before.lost({**given, **documents}, self._keep is not None)):
            lines.append(
                f"Hand-in {self._before.number} has {_answers(lost)} that {'is' if lost == 1 else 'are'} not here and would "
                "not be graded any more."
            )
        if not self.declared.value:
            lines.append("The declaration on the paper is not ticked as signed; the hand-in will say so.")
        return f"Take {_answers(len(given))} of {self.learner.value} in?" if lines else "", lines

    def _take(self) -> None:
        self.said.clear()
        cohort, given = self.room.opened(), self._answers()
        workbook, learner = self.workbook.value, self.learner.value
        scan = next(((one["name"], bytes(one["content"])) for one in self.scan.value), None)
        documents = [
            (code, one["name"], bytes(one["content"])) for code, field in self.fields.items() for one in _files(field)
        ]
        who, declared = self.room.who, self.declared.value
        taken = capture.take_in(cohort, workbook, learner, given, who, declared, scan, documents, self._keep)
        self._away()
        self.room.changed()
        self.said.good(
            f"{_answers(len(given))} of {learner} to {naming.name(cohort.programme, workbook)} taken in as hand-in "
            f"{taken.number}: {taken.said}. "
            f"Write the receipt on the sheets: {taken.receipt}."
        )


def _released(cohort: Cohort | None) -> list[tuple[str, str]]:
    return [(naming.name(cohort.programme, one), one) for one in handins.released(cohort)] if cohort else []


def _answers(count: int) -> str:
    return f"{count} answer{'' if count == 1 else 's'}"


def _files(field: widgets.Widget) -> tuple:
    """The documents that were added at a field; none where it takes none."""
    return tuple(field.value) if isinstance(field, widgets.FileUpload) else ()


def _words(code: str, prompt: str) -> widgets.HTML:
    return prose(f"<p><strong>{escape(code)}</strong> {escape(prompt)}</p>")


def _field(code: str, hint: str, long: bool = False) -> widgets.Widget:
    made = (widgets.Textarea if long else widgets.Text)(
        description=f"{code} {hint}", placeholder=code, continuous_update=False
    )
    return stacked(made, "34rem")


def _zipped(files: dict[str, bytes]) -> bytes:
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(Path(name).name), content)
    return held.getvalue()
