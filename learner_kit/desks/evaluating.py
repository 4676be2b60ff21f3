"""The facilitator's desk: the programme's evaluation, the knowledge check, and the report for the provider."""

from __future__ import annotations

import tempfile

import ipywidgets as widgets

from learner_kit.course import enrol
from learner_kit.desks.asking import Asking
from learner_kit.desks.enrolling import keep_uploads
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked
from learner_kit.desks.room import Room
from learner_kit.documents import to_pdf, to_word
from learner_kit.errors import KitError
from learner_kit.teaching import evaluation, evaluation_papers, knowledge

KINDS = [("Evaluation at the end", "end"), ("Three months later", "follow-up")]
NOTHING = "no answer"


class Evaluating:
    """Print forms, type them in, and make the report."""

    def __init__(self, room: Room):
        self.room, self.said = room, Said()
        self.kind = choose("Form", "16rem")
        offer(self.kind, KINDS)
        self.printed = button("Make the form to print", self.said, self._print)
        self.fields: dict[str, widgets.DOMWidget] = {}
        self.questions = widgets.VBox()
        self.add = button("Add this form", self.said, self._add, main=True)
        self.typing = button("Type a paper form in", self.said, self._open)
        self.upload = widgets.FileUpload(accept=".csv,.xlsx", multiple=False, description="Choose a table of answers")
        self.take = button("Add the forms of this table", self.said, self._upload)
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
            self.counts,
            self.report,
            self.said.face,
            self.clear.face,
        )
        self.kind.observe(lambda _: self._show(), "value")
        room.tell(self._show)

    def _show(self) -> None:
        self.questions.children, self.fields = (), {}
        self.clear.close()
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
        asked = evaluation.questionnaire(self.room.opened(), self.kind.value)
        self.fields, faces = {}, []
        for one in asked.questions:
            heads = [wording for _, wording in one.items] or [one.prompt]
            if one.items:
                faces.append(prose(f"<h3>{one.prompt}</h3>"))
            for column, said in zip(one.columns, heads, strict=True):
                field = (
                    stacked(widgets.Textarea(rows=2, description=said), "40rem")
                    if one.kind == "text"
                    else choose(said, "24rem")
                )
                if one.kind != "text":
                    offer(field, [(NOTHING, ""), *((str(answer), str(answer)) for answer in one.answers)])
                self.fields[column] = field
            own = [self.fields[column] for column in one.columns]
            faces.append(row(*own))
        self.questions.children = (*faces, self.add)

    def _add(self) -> None:
        cohort = self.room.opened()
        count = evaluation.add(cohort, [{name: field.value for name, field in self.fields.items()}], self.kind.value)
        self._show()
        self._open()
        self.said.good(f"Added. {_forms(count)} now; which of them was this one, nobody can tell.")

    def _upload(self) -> None:
        self.said.clear()
        cohort = self.room.opened()
        if not self.upload.value:
            raise KitError("Choose a table first: CSV or Excel, its columns named as the questionnaire's.")
        before = evaluation.count(cohort, self.kind.value)
        with tempfile.TemporaryDirectory() as folder:
            (path,) = keep_uploads(self.upload, folder)
            count = evaluation.add_file(cohort, path, self.kind.value)
        self.upload.value = ()
        self._show()
        self.said.good(f"Added {count - before}. {_forms(count)} now. Delete the table itself if it holds names.")

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


def _forms(count: int) -> str:
    return f"{count} {'form' if count == 1 else 'forms'}"
