"""The facilitator's desk: the programme's evaluation, the knowledge check, and the report for the provider."""

from __future__ import annotations

import tempfile
from pathlib import Path

import ipywidgets as widgets

from learner_kit import files
from learner_kit.course import dropped, enrol, opinions
from learner_kit.desks.asked import Fields
from learner_kit.desks.asking import Asking
from learner_kit.desks.enrolling import keep_uploads
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked, table
from learner_kit.desks.room import Room
from learner_kit.documents import to_pdf, to_word
from learner_kit.errors import KitError
from learner_kit.teaching import evaluation, evaluation_papers, knowledge

KINDS = [("Evaluation at the end", "end"), ("Three months later", "follow-up")]


class Evaluating:
    """Print forms, type them in, and make the report."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.kind = choose("Form", "16rem")
        offer(self.kind, KINDS)
        self.printed = button("Make the form to print", self.said, self._print)
        self.fields: Fields | None = None
        self.questions = widgets.VBox()
        self.add = button("Add this form", self.said, self._add, main=True)
        self.typing = button("Type a paper form in", self.said, self._open)
        self.upload = widgets.FileUpload(accept=".csv,.xlsx", multiple=False, description="Choose a table of answers")
        self.take = button("Add the forms of this table", self.said, self._upload)
        self.folder = stacked(widgets.Text(description="Or the class's shared folder"), "26rem")
        self.offer = button("Let learners fill it in on their own page", self.said, self._offer)
        self.files = widgets.FileUpload(accept=".json", multiple=True, description="Or files that learners saved")
        self.collect = button("Take in what learners sent", self.said, self._collect, main=True)
        self.left = prose()
        self.report = button("Make the report", self.said, self._report, main=True)
        self.clear = Asking(
            "Delete all forms of this kind", self.said, self._will_clear, self._clear, "Yes, delete them"
        )
        self.counts = prose()
        words = prose(
            "<p>Nobody can tell who wrote a form: the kit keeps no name, number, time or order with it. Results are shown "
            f"from {evaluation.LEAST} forms on.</p>"
        )
        self.face = part(
            words,
            row(self.kind, self.printed, self.typing),
            self.questions,
            row(self.upload, self.take),
            row(self.folder, self.offer),
            row(self.files, self.collect),
            self.counts,
            self.report,
            self.said.face,
            self.left,
            self.clear.face,
        )
        self.kind.observe(lambda _: self._show(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        self.questions.children, self.fields = (), None
        self.clear.close()
        self.left.value = ""
        cohort = self.room.cohort
        if cohort is None:
            self.counts.value = ""
            return
        count, people = evaluation.count(cohort, self.kind.value), len(enrol.learners(cohort))
        self.counts.value = f"<p>{_forms(count)} so far, from a class of {people}.</p>"

    def _print(self) -> None:
        cohort = self.room.opened()
        made = to_pdf(evaluation_papers.form(cohort, self.kind.value))
        self.said.good(
            "The form is ready: print one for each learner.",
            f" {download(made, f'form-{self.kind.value}.pdf', 'Save it (PDF)')}",
        )

    def _open(self) -> None:
        self.said.clear()
        self.fields = Fields(evaluation.questionnaire(self.room.opened(), self.kind.value))
        self.questions.children = (*self.fields.faces, self.add)

    def _add(self) -> None:
        cohort = self.room.opened()
        if self.fields is None:
            raise KitError("Press Type a paper form in first.")
        count = evaluation.add(cohort, [self.fields.answers], self.kind.value)
        self._show()
        self._open()
        self.said.good(f"Added. {_forms(count)} now; which of them was this one, nobody can tell.")

    def _upload(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if not self.upload.value:
            raise KitError("Choose a table first: CSV or Excel, its columns named as the questionnaire's.")
        before = evaluation.count(cohort, self.kind.value)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            (path,) = keep_uploads(self.upload, folder)
            count = evaluation.add_file(cohort, path, self.kind.value)
        self.upload.value = ()
        self._show()
        self.said.good(f"Added {count - before}. {_forms(count)} now. Delete the table itself if it holds names.")

    def _offer(self) -> None:
        self.said.clear()
        self.room.opened()
        place = opinions.prepare(_folder(self.folder.value))
        self.said.good(
            f"Learners can send their forms now: on the page In class, with the folder {place.parent}. Take them in when "
            "all have sent theirs: fewer than five at a time could be told apart by who was in the room."
        )

    def _collect(self) -> None:
        self.said.clear()
        self.left.value = ""
        cohort, named = self.room.opened(), self.folder.value.strip()
        if not named and not self.files.value:
            raise KitError("Name the shared folder, or choose the files that learners saved.")
        found = list(opinions.lying(_folder(named))) if named else []
        found += [_uploaded(str(one["name"]), bytes(one["content"])) for one in self.files.value]
        count, left = evaluation.take_in(cohort, found, self.kind.value)
        self.files.value = ()
        self._show()
        if left:
            self.left.value = table(
                ["File", "Why it was left alone"], left[:100], "Files that were left alone", "lk-wrap"
            )
        again = len(found) - len(left) - count
        said = f"Took in {_forms(count)}; which is whose, nobody can tell."
        said += f" {_forms(again)} had been counted before." if again else ""
        self.said.good(said + (f" {len(left)} files were left alone." if left else ""))

    def _report(self) -> None:
        cohort = self.room.opened()
        document = evaluation_papers.report(cohort, self.kind.value)
        links = [
            download(made(document), f"{cohort.name}-{self.kind.value}-report.{kind}", f"Save it ({says})")
            for made, kind, says in ((to_pdf, "pdf", "PDF"), (to_word, "docx", "Word"))
        ]
        self.said.good("The report is ready.", " " + " · ".join(links))

    def _will_clear(self) -> tuple[str, list[str]]:
        count = evaluation.count(self.room.opened(), self.kind.value)
        if not count:
            raise KitError("There is no form to delete.")
        return (
            f"Deletes all {count} forms of this kind for good. One form alone cannot be found, so it cannot be deleted alone.",
            [],
        )

    def _clear(self) -> None:
        gone = evaluation.take_away_all(self.room.opened(), self.kind.value, self.room.who)
        self._show()
        self.said.good(f"Deleted {gone} forms. The log keeps how many.")


class Knowing:
    """The knowledge check before and after."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.round = choose("Round", "15rem")
        offer(self.round, [(one.capitalize() + " the programme", one) for one in knowledge.ROUNDS])
        self.printed = button("Make check and answer key to print", self.said, self._print)
        self.typed = stacked(
            widgets.Textarea(rows=5, description="Learner and letters, one a line", placeholder="L-0001 ACBDBBDABCAD"),
            "26rem",
        )
        self.enter = button("Enter these answers", self.said, self._enter, main=True)
        self.gained = prose()
        words = prose(
            "<p>The same short check before and after shows what the class gained. It is no assessment. A dash stands for an "
            "answer left open; entered again, the newer counts and the older stays on record.</p>"
        )
        self.face = part(words, row(self.round, self.printed), row(self.typed, self.enter), self.said.face, self.gained)
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        if cohort is None or not (cohort.programme.folder / knowledge.FILE).is_file():
            self.gained.value = ""
            return
        counts = " and ".join(f"{len(knowledge.entered(cohort, one))} {one}" for one in knowledge.ROUNDS)
        found = knowledge.gain(cohort)
        self.gained.value = f"<p>Entered: {counts}. {found.words if found else ''}</p>"

    def _print(self) -> None:
        cohort = self.room.opened()
        links = [
            download(to_pdf(evaluation_papers.knowledge_form(cohort, key)), name, says)
            for key, name, says in (
                (False, "knowledge-check.pdf", "Save the check"),
                (True, "answer-key.pdf", "Save the key, for you only"),
            )
        ]
        self.said.good("Check and key are ready.", " " + " · ".join(links))

    def _enter(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        pairs = [line.split(maxsplit=1) for line in self.typed.value.splitlines() if line.strip()]
        doubled = {one[0].upper() for one in pairs if [other[0].upper() for other in pairs].count(one[0].upper()) > 1}
        if doubled:
            raise KitError(f"These stand there twice: {', '.join(sorted(doubled))}. Nothing was entered.")
        answers = {one[0].upper(): one[1] if len(one) > 1 else "" for one in pairs}
        count = knowledge.enter(cohort, self.round.value, answers, self.room.who)
        self.typed.value = ""
        self._show()
        self.said.good(f"Entered {count}; {len(answers) - count} stood like that already.")


def _folder(said: str) -> Path:
    if not files.typed(said):
        raise KitError("Name the class's shared folder first, such as one that all its computers can reach.")
    return Path(files.typed(said))


def _uploaded(name: str, content: bytes) -> dropped.Dropped:
    """A file that was chosen in the browser, as if it lay in the shared folder."""
    path = Path(tempfile.gettempdir()) / dropped.name()  # it is nowhere on the disk; there is nothing to take away
    shown = path.with_name(Path(name.replace("\\", "/")).name[:60] or "a file")
    try:
        if len(content) > opinions.LIMIT:
            raise ValueError("is larger than any such file")
        return dropped.Dropped(path, dropped.parse(content))
    except ValueError as error:
        return dropped.Dropped(shown, None, str(error))


def _forms(count: int) -> str:
    return f"{count} {'form' if count == 1 else 'forms'}"
