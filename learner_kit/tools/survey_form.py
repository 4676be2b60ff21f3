"""A questionnaire to fill in as a customer would, while the tally and the importance–performance map follow.

survey_form(questionnaire, responses, book=book, prefix="so2-ac2-survey")
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from learner_kit import survey
from learner_kit.faces import Face
from learner_kit.forms import page
from learner_kit.forms.looks import box, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import RATINGS
from learner_kit.shown import framed, table
from learner_kit.survey import Question, Questionnaire
from learner_kit.survey.counting import label
from learner_kit.tools.own_data import own_data
from learner_kit.tools.ratings_form import map_html, ratings_form, tally_rows
from learner_kit.workbook import Workbook, choice, text
from learner_kit.workbook import table as grid

MOST = 200  # customers who may answer alike
_CELL = "Your answer"


@sparing
def survey_form(questionnaire: Questionnaire, responses: pd.DataFrame, book: Workbook, prefix: str) -> Face:
    """Ask a questionnaire; below it the counts of all responses and yours, and the map, move with every answer.

    Args:
        questionnaire: what is asked; its skip logic shows and hides questions.
        responses: the responses to start from, as `survey.read_responses` gives them.
        book: the `Workbook` that keeps the learner's answers.
        prefix: how the ids of the kept answers begin: `so2-ac2-survey` gives `so2-ac2-survey-usage`.

    Returns:
        A form. One answer sheet hardly moves 185 others, so the learner may say how many customers answer alike, or
        count these answers alone.
    """
    sheet = _Sheet(questionnaire, book, prefix)
    view = _View(questionnaire, responses, sheet)
    form = lay("lk-calm", questionnaire.invitation.strip())
    plain = (
        f"{questionnaire.title}. A questionnaire to fill in: {' '.join(one.prompt for one in questionnaire.questions)} "
        "Below it stand the tally of a question and the map of importance and performance."
    )
    return own_data(RATINGS, ratings_form, Face([form, sheet.face, *view.parts], plain), "survey-ratings")


class _Sheet:
    """The questions as fields that keep themselves, and the answers as a row of a table of responses."""

    def __init__(self, questionnaire: Questionnaire, book: Workbook, prefix: str):
        self.asked, self.book = questionnaire.questions, book
        self.ids = {one.id: f"{prefix}-{one.id.replace('_', '-')}" for one in self.asked}
        self.face = page.form(book.ask(*(self._field(one) for one in self.asked)))

    def _field(self, one: Question) -> Any:
        id = self.ids[one.id]
        if one.kind == "matrix":
            return grid(id, one.prompt, {_CELL: list(one.answers)}, rows=[says for _, says in one.items])
        if one.kind == "text":
            return text(id, one.prompt)
        return choice(id, one.prompt, options=[str(answer) for answer in one.answers])

    def row(self) -> dict[str, str]:
        """What was answered, by column; a question that skip logic passes over is left out (and stays kept)."""
        given: dict[str, str] = {}
        for one in self.asked:
            if not self._open(one, given):
                continue
            value = self.face.fields[self.ids[one.id]].value
            if one.kind == "matrix":
                rows = value or [{}] * len(one.columns)
                given |= {name: row[_CELL] for name, row in zip(one.columns, rows, strict=True) if row.get(_CELL)}
            elif value:
                given[one.id] = value
        return given

    def skip(self) -> None:
        """Show the questions this customer is asked, and hide the others."""
        given = self.row()
        for one in self.asked:
            face = self.face.fields[self.ids[one.id]].face
            face.layout.display = None if self._open(one, given) else "none"

    def _open(self, one: Question, given: dict[str, str]) -> bool:
        if one.asked_of is None:
            return True
        return (given.get(one.asked_of.question) in one.asked_of.answers) != one.asked_of.inverse


class _View:
    """What the answers come to: the tally of one question, and the map."""

    def __init__(self, questionnaire: Questionnaire, responses: pd.DataFrame, sheet: _Sheet):
        self.questionnaire, self.responses, self.sheet = questionnaire, responses, sheet
        self.counted = [one for one in questionnaire.questions if one.kind in ("scale", "choice", "score")]
        self.maps = {"importance", "performance"} <= {one.id for one in questionnaire.questions}
        self.drawn: Any = None
        self.alike = widgets.IntSlider(value=1, min=1, max=MOST, description="Customers who answer as you did")
        self.alone = widgets.RadioButtons(
            options=[(f"The {len(responses)} practice forms and yours", False), ("Your answers alone", True)],
            value=False,
            description="What shall be counted?",
        )
        self.which = widgets.Dropdown(
            options=[(one.prompt, one.id) for one in self.counted], description="Show the tally of"
        )
        for one in (self.alike, self.alone, self.which):
            one.add_class("lk-stack")
            one.layout.width = "auto"
            one.observe(self._changed, "value")
        self.tally, self.map = markup(), markup()
        controls = box(self.alone, self.alike, self.which, look="lk-question")
        self.parts = [lay("lk-prompt", "What the answers come to"), controls, self.tally, self.map]
        sheet.book.watch(self._changed, ("survey", *sheet.ids.values()))
        self._changed()

    def _changed(self, _: Any = None) -> None:
        try:
            self.sheet.skip()
            together = self._together()
            self.tally.value = _tally(together, self.questionnaire.question(self.which.value))
            self._map(together)
        except ValueError as error:
            self.tally.value = framed(escape(str(error)), "again", live=True)

    def _together(self) -> pd.DataFrame:
        """The responses that are counted: the practice forms, and the learner's as often as was said."""
        mine = self.sheet.row()
        if not mine:
            return self.responses.iloc[:0] if self.alone.value else self.responses
        many = self.alike.value
        blank = dict.fromkeys(self.questionnaire.columns, "")
        rows = [blank | mine | {self.questionnaire.respondent: f"you-{place}"} for place in range(many)]
        added = survey.code_responses(pd.DataFrame(rows), self.questionnaire, "Your answers")
        return added if self.alone.value else pd.concat([self.responses, added], ignore_index=True)

    def _map(self, together: pd.DataFrame) -> None:
        if not self.maps:
            return
        try:
            found = survey.importance_performance(together)
        except ValueError:
            self.drawn = None
            self.map.value = framed(
                "The map needs at least one answer on importance and on performance for every line of both tables.",
                "plain",
                live=True,
            )
            return
        key = found.round(9).to_csv()
        if key == self.drawn:
            return
        self.drawn = key
        asked = {label(key): says.partition(":")[0] for key, says in self.questionnaire.question("importance").items}
        self.map.value = map_html(found.assign(attribute=found["attribute"].map(asked)))


def _tally(together: pd.DataFrame, question: Question) -> str:
    counts = survey.tally(together, question.id)
    base = int(counts["count"].sum())
    if not base:
        return framed("Nobody has answered this question yet.", "plain", live=True)
    says = f"{base} customer{'' if base == 1 else 's'} answered."
    if question.kind == "scale":
        says += f" Top two answers: {survey.top_box(counts).words}."
    shown = table([("Answer", "Customers", "Share"), *tally_rows(counts)], question.prompt, bar=2)
    return framed(escape(says), live=True) + shown.html
