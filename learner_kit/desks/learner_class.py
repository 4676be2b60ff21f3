"""A learner's page for the time in class: answer the class's question, and say what one thinks of the programme.

Nothing that is typed here is kept on this computer. What is: the name of the class's shared folder, and a secret from which
the names of answer files follow, so that whoever answers again replaces the own answer and nobody else's.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from learner_kit import files
from learner_kit.course import exchange, opinions, polls
from learner_kit.course.programme import ASSESSMENTS
from learner_kit.desks.asked import Fields
from learner_kit.desks.parts import Said, button, choose, download, offer, part, prose, row, stacked
from learner_kit.errors import KitError
from learner_kit.reading import read_number
from learner_kit.workbook.answers import LEARNER, tidy_learner

KEPT = "progress-class.json"  # beside the notebook, as the learner's progress is
SHARED = (
    "LEARNER_KIT_SHARED"  # in the environment: the class's shared folder, where whoever set the computer up knows it
)
OWN_COMPUTER = (
    "<p>Your answer has no name. Your learner number stays on this computer: it only makes sure that each of you counts "
    "once.</p>"
)
HUB = (
    "<p>The class sees counts, never who answered. Until the question is closed your answer is a file of your account on the "
    "server: the other learners cannot read it, but staff who look into the server's folders could see that it is yours. "
    "Then it is taken away and only the counts are kept.</p>"
)
FORMS = {"end": "At the end of the programme", "follow-up": "Three months later"}


class Class:
    """The two parts of the page; they share the folder.

    Args:
        kept: the file in which folder and secret are kept.
    """

    def __init__(self, kept: str | Path = KEPT):
        self._kept = Path(kept)
        held, shared = _read(self._kept), os.environ.get(SHARED, "")
        self._secret = held.get("secret") or secrets.token_hex(16)
        self.hub = bool(shared) and exchange.is_live(shared)  # the hub knows the folder, and who is at this page
        self.folder = stacked(
            widgets.Text(
                value=shared if self.hub else held.get("folder") or shared,
                description="The class's shared folder (your facilitator tells you)",
            ),
            "30rem",
        )
        self.folder.layout.display = "none" if self.hub else self.folder.layout.display
        self.question = Answering(self)
        self.opinion = Opinion(self)

    def place(self) -> Path:
        """The shared folder; it is remembered."""
        said = files.typed(self.folder.value)
        if not said:
            raise KitError("Type the name of the class's shared folder first. Your facilitator knows it.")
        with contextlib.suppress(OSError):  # a computer that keeps nothing works all the same
            files.write(self._kept, json.dumps({"folder": said, "secret": self._secret}) + "\n")
        return Path(said)

    @property
    def secret(self) -> str:
        return self._secret


class Answering:
    """Look for the question, answer it."""

    def __init__(self, room: Class):
        self.room, self.said = room, Said()
        self.poll: polls.Poll | None = None
        self.field: Any = None
        self.learner = stacked(
            widgets.Text(description="Your learner number, only if others use this computer too", placeholder="L-0001"),
            "26rem",
        )
        self.look = button("Look for the question", self.said, self._look, main=True)
        self.send = button("Send my answer", self.said, self._send, main=True)
        self.asked, self.answers = prose(), widgets.VBox(layout=widgets.Layout(margin="0 0 0.8rem"))
        self.form = widgets.VBox((self.asked, self.answers, row(self.learner), row(self.send)))
        self.form.layout.display = "none"
        self.learner.layout.display = "none" if room.hub else self.learner.layout.display
        words = prose(HUB if room.hub else OWN_COMPUTER)
        self.face = part(words, row(room.folder, self.look), self.form, self.said.face)
        self.face.words = "Answer the class's question: open this page in class to see it."

    def _look(self) -> None:
        self.said.clear()
        self.form.layout.display = "none"
        self.poll = polls.current(self.room.place())
        if self.poll is None:
            self.said.note("No question is open at the moment. Look again when your facilitator asks one.")
            return
        self.asked.value = f'<div class="lk-asked">{escape(self.poll.prompt)}</div>'
        self.field = _field(self.poll)
        self.answers.children = (self.field,) if self.poll.kind != "choices" else self.field
        self.form.layout.display = ""

    def _send(self) -> None:
        self.said.clear()
        if self.poll is None:
            raise KitError("Look for the question first.")
        learner = tidy_learner(self.learner.value)
        if learner and not LEARNER.fullmatch(learner):
            raise KitError("A learner number looks like L-0001. Leave it empty if you alone use this computer.")
        polls.answer(self.room.place(), self.poll, self._value(), self.room.secret, learner)
        self.said.good("Your answer is sent. Send another to change it, as long as the question is open.")
        if learner:  # the next person at this computer begins with empty fields
            self.learner.value = ""
            self.answers.children = ()
            self.form.layout.display = "none"

    def _value(self) -> Any:
        kind = self.poll.kind if self.poll else ""
        if kind == "choices":
            chosen = [place for place, one in enumerate(self.field) if one.value]
            if not chosen:
                raise KitError("Tick at least one answer.")
            return chosen
        if self.field.value in (None, ""):
            raise KitError("Choose or type an answer first.")
        return read_number(self.field.value) if kind == "number" else self.field.value


class Opinion:
    """The form on the programme: sent into the shared folder, or saved as a small file to hand over."""

    def __init__(self, room: Class):
        self.room, self.said = room, Said()
        self.fields: Fields | None = None
        self.kind = choose("Which form", "18rem")
        offer(self.kind, [(said, name) for name, said in FORMS.items()])
        self.start = button("Open the form", self.said, self._open, main=True)
        self.questions = widgets.VBox()
        self.send = button("Send it to the class's folder", self.said, self._send, main=True)
        self.save = button("Make a file to hand over instead", self.said, self._save)
        self.form = widgets.VBox((self.questions, row(self.send, self.save)))
        self.form.layout.display = "none"
        words = prose(
            "<p>Nobody can tell who wrote a form: it holds no name, number or time, and nothing of it is kept on this "
            "computer. Do not write names. You may leave out any question. Send it once.</p>"
        )
        self.face = part(words, row(self.kind, self.start), self.form, self.said.face)
        self.face.words = "Tell us what you think of the programme: open this page to see the form."
        self.kind.observe(lambda _: self._close(), "value")

    def _close(self) -> None:
        self.fields, self.questions.children = None, ()
        self.form.layout.display = "none"

    def _open(self) -> None:
        from learner_kit.survey import Questionnaire

        self.said.clear()
        path = ASSESSMENTS / opinions.FORMS[self.kind.value]
        if not path.is_file():
            raise KitError("This edition has no such form. Ask your facilitator for one on paper.")
        asked = Questionnaire.load(path)
        self.fields = Fields(asked)
        self.questions.children = (prose(f"<p>{escape(' '.join(asked.invitation.split()))}</p>"), *self.fields.faces)
        self.form.layout.display = ""

    def _answers(self) -> dict[str, str]:
        if self.fields is None:
            raise KitError("Open the form first.")
        return self.fields.answers

    def _send(self) -> None:
        self.said.clear()
        opinions.send(self.room.place(), self.kind.value, self._answers())
        self._close()
        self.said.good("Thank you. Your form is sent; nobody can tell that it is yours.")

    def _save(self) -> None:
        self.said.clear()
        made = opinions.content(self.kind.value, self._answers())
        self.said.good(
            "Save the file, and give it to your facilitator.",
            f" {download(made, 'my-view.json', 'Save my form (my-view.json)')}",
        )


def _field(poll: polls.Poll) -> Any:
    """The field for an answer; for several answers, one box to tick for each."""
    if poll.kind == "choice":
        options = [(said, place) for place, said in enumerate(poll.options)]
        return stacked(widgets.RadioButtons(options=options, value=None, description="Your answer"))
    if poll.kind == "choices":
        return [widgets.Checkbox(description=said, indent=False) for said in poll.options]
    if poll.kind == "number":
        return stacked(widgets.Text(description="Your answer, a number"), "14rem")
    return stacked(widgets.Textarea(rows=2, description=f"Your answer, at most {polls.LONGEST_TEXT} letters"), "30rem")


def _read(path: Path) -> dict[str, str]:
    """What is kept on this computer; a damaged file is as good as none."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: said for name, said in held.items() if isinstance(said, str)} if isinstance(held, dict) else {}
