"""The questions of a questionnaire as fields that keep nothing: who fills them in decides what becomes of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.desks.parts import choose, offer, prose, row, stacked

if TYPE_CHECKING:
    from learner_kit.survey import Question, Questionnaire

NOTHING = "no answer"


class Fields:
    """Fields for every question, and what stands in them."""

    def __init__(self, asked: Questionnaire):
        self.fields: dict[str, widgets.DOMWidget] = {}
        self.faces = tuple(face for one in asked.questions for face in self._faces(one))

    def _faces(self, one: Question) -> Iterator[widgets.Widget]:
        if one.items:
            yield prose(f"<h3>{escape(one.prompt)}</h3>")
        heads = [wording for _, wording in one.items] or [one.prompt]
        for column, said in zip(one.columns, heads, strict=True):
            if one.kind == "text":
                self.fields[column] = stacked(widgets.Textarea(rows=2, description=said), "40rem")
                continue
            field = choose(said, "24rem")
            offer(field, [(NOTHING, ""), *((str(answer), str(answer)) for answer in one.answers)])
            self.fields[column] = field
        yield row(*(self.fields[column] for column in one.columns))

    @property
    def answers(self) -> dict[str, str]:
        """Column → what stands in its field."""
        return {name: field.value for name, field in self.fields.items()}

    def clear(self) -> None:
        """Empty every field."""
        for field in self.fields.values():
            field.value = ""
