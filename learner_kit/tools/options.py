"""The option matrix as a live form: ways to solve a problem, what counts, what each costs, and what one may decide.

option_matrix("Late uniform", ["Good for the customer"], [way("Refund", [4], cost=300)], limit=500)
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets

from learner_kit.documents.text import ended
from learner_kit.faces import Face, both_or_neither
from learner_kit.forms.looks import button, lay, markup, words
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.options import HIGHEST, LOWEST, Decision, Option, decide
from learner_kit.reading import read_number, write_rand
from learner_kit.shown import framed, say, table
from learner_kit.workbook import Workbook
from learner_kit.workbook import table as grid

STANDING = {"within": "Yes", "ask": "Ask first", "never": "Never: law or policy forbids it"}
YES, NO = "Yes", "No"
_WEIGHTS = [(f"× {weight}", str(weight)) for weight in range(4)]  # 0: does not count


class Way(NamedTuple):
    """A way to solve the problem as it stands at first; `way` makes it."""

    name: str
    scores: tuple[int, ...]
    cost: float
    barred: bool


def way(name: str, scores: Sequence[int], cost: float = 0, barred: bool = False) -> Way:
    """A way to solve the problem: its scores from 1 to 5, one for each criterion, its cost in rand, and if it is barred."""
    return Way(name, tuple(scores), cost, barred)


@sparing
def option_matrix(
    title: str,
    criteria: Sequence[str],
    ways: Sequence[Way],
    limit: float = 0,
    book: Workbook | None = None,
    id: str | None = None,
    own: bool = False,
) -> Face:
    """Let a learner weigh options: change scores, weights, costs and the limit, and read which to choose.

    Args:
        title: the problem.
        criteria: what counts, one line each.
        ways: two to five options as they stand at first.
        limit: the highest cost in rand that one may decide oneself.
        book, id: a `Workbook` in which what is changed is kept, and under which id.
        own: the options' names may be changed too, for a problem of the learner's own.

    Returns:
        A form; a cost that cannot be read is marked where it stands, and stays as it was typed.

    Raises:
        ValueError: for a way without a score for each criterion, or a book without an id.

    Example:
        >>> option_matrix("Late", ["Customer"], [way("Wait", [2]), way("Fetch", [5], cost=80)], limit=100)
        Late. An option matrix. Options: Wait; Fetch. Best: Fetch. You may decide this yourself.
    """
    both_or_neither(book, id, "so4-ac4-options")
    if not 2 <= len(ways) <= 5 or any(len(one.scores) != len(criteria) for one in ways):
        raise ValueError("ways must be two to five, each with one score for every criterion.")
    matrix = _Matrix(criteria, ways, limit, book, id, own)
    names = "; ".join(one.name for one in ways)
    plain = f"{ended(title)} An option matrix. Options: {names}. {matrix.said}"
    return Face([lay("lk-prompt", title), *matrix.parts], plain)


class _Matrix:
    """The grid of scores, weights and costs, the limit under it, and the decision."""

    def __init__(
        self,
        criteria: Sequence[str],
        ways: Sequence[Way],
        limit: float,
        book: Workbook | None,
        id: str | None,
        own: bool,
    ):
        self.criteria, self.ways, self.book, self.id, self.said = tuple(criteria), tuple(ways), book, id, ""
        self.cells: dict[tuple[str, str], Any] = {}
        self.letters = tuple("ABCDE"[: len(ways)])
        self._called = {
            letter: f"option {letter}" if own else one.name for letter, one in zip(self.letters, ways, strict=True)
        }
        self._quiet = True
        # One layout for all cells and one for all labels: a page opens quicker with fewer things to send.
        self._wide, self._plain = widgets.Layout(width="100%"), widgets.Layout()
        face = self._grid(own)
        self.limit = widgets.Text(
            value=_rand(limit), description="What you may decide yourself, in rand", continuous_update=False
        )
        self.limit.add_class("lk-stack")
        self.limit.add_class("lk-short")
        self.limit.observe(self._changed, "value")
        self.cells["My limit", ""] = self.limit
        self.start = {key: one.value for key, one in self.cells.items()}
        self.outcome = markup()
        again = button("Back to the first figures", self._again)
        takes = lay(
            "lk-takes",
            "Scores run from 1 (poor) to 5 (very good). A weight of × 2 counts double, × 0 not at all. Change what you like.",
        )
        self.parts = [takes, face, self.limit, self.outcome, again]
        if book is not None and id is not None:
            book.ask(grid(id, "Options weighed", ["Value"], rows=[" ".join(key).strip() for key in self.cells]))
            self._load()
        self._quiet = False
        self._decide()

    def _grid(self, own: bool) -> widgets.GridBox:
        """A line for the names, one for each criterion, one for what is allowed and one for costs."""
        pairs = list(zip(self.letters, self.ways, strict=True))
        scores = [str(score) for score in range(LOWEST, HIGHEST + 1)]
        made = [self._label("Option" if own else "", "lk-prompt"), self._label("Weight", "lk-prompt")]
        if own:
            made += [self._typed("Name", letter, one.name) for letter, one in pairs]
        else:
            made += [self._label(one.name, "lk-prompt") for one in self.ways]
        for place, name in enumerate(self.criteria):
            made += [self._label(name), self._chosen(name, "Weight", _WEIGHTS, "1")]
            made += [self._chosen(name, letter, scores, str(one.scores[place])) for letter, one in pairs]
        made += [self._label("Allowed by law and policy?"), self._label("")]
        made += [self._chosen("Allowed", letter, [YES, NO], NO if one.barred else YES) for letter, one in pairs]
        made += [self._label("Cost in rand"), self._label("")]
        made += [self._typed("Cost in rand", letter, _rand(one.cost)) for letter, one in pairs]
        columns = f"minmax(8rem, 1.3fr) minmax(5.5rem, 0.8fr) repeat({len(self.ways)}, minmax(6rem, 1fr))"
        face = widgets.GridBox(made, layout=widgets.Layout(grid_template_columns=columns, width="100%"))
        face.add_class("lk-grid")
        return face

    def _label(self, said: str, look: str = "lk-item") -> widgets.HTML:
        return markup(words(said, look), layout=self._plain)

    def _typed(self, row: str, column: str, value: str) -> widgets.Text:
        name = f"{row}, {self._called[column]}"
        made = widgets.Text(value=value, description=name, continuous_update=False, layout=self._wide)
        return self._cell(row, column, made)

    def _chosen(self, row: str, column: str, options: Sequence[Any], value: str) -> widgets.Dropdown:
        name = f"{row}, weight" if column == "Weight" else f"{row}, {self._called[column]}"
        return self._cell(
            row, column, widgets.Dropdown(options=options, value=value, description=name, layout=self._wide)
        )

    def _cell(self, row: str, column: str, made: Any) -> Any:
        made.add_class("lk-hidden-label")
        made.observe(self._changed, "value")
        self.cells[row, column] = made
        return made

    def _changed(self, _: Any) -> None:
        if not self._quiet:
            self._decide()
            self._keep()

    def _again(self) -> None:
        self._fill(self.start)
        self._decide()
        self._keep()

    def _fill(self, values: dict[tuple[str, str], str]) -> None:
        self._quiet = True
        try:
            for key, value in values.items():
                one = self.cells[key]
                known = [option[1] if isinstance(option, tuple) else option for option in getattr(one, "options", ())]
                if not known or value in known:
                    one.value = value
        finally:
            self._quiet = False

    def _keep(self) -> None:
        if self.book is not None and self.id:
            self.book.set(self.id, [{"Value": one.value or None} for one in self.cells.values()])

    def _load(self) -> None:
        kept = self.book.answers[self.id]
        if kept and self.book.questions[self.id].valid(kept):
            self._fill({key: row.get("Value") or "" for key, row in zip(self.cells, kept, strict=True)})

    def _decide(self) -> None:
        wrong: list[str] = []
        costs = [self._rand(("Cost in rand", letter), wrong) for letter in self.letters]
        limit = self._rand(("My limit", ""), wrong)
        names = [self._name(place, letter) for place, letter in enumerate(self.letters)]
        if wrong:
            self.outcome.value = words("▲ " + "\n".join(wrong), "lk-fault", "alert")
            return
        options = [
            Option(
                name,
                {one: float(self.cells[one, letter].value) for one in self.criteria},
                cost,
                self.cells["Allowed", letter].value == NO,
            )
            for name, letter, cost in zip(names, self.letters, costs, strict=True)
        ]
        try:
            found = decide(options, {one: float(self.cells[one, "Weight"].value) for one in self.criteria}, limit)
        except ValueError as error:
            self.outcome.value = framed(escape(str(error)), "again", live=True)
            return
        self.said = found.says
        self.outcome.value = framed(escape(found.says), live=True) + _ranked(found)

    def _name(self, place: int, letter: str) -> str:
        typed = self.cells.get(("Name", letter))
        return (typed.value.strip() if typed else self.ways[place].name) or f"Option {letter}"

    def _rand(self, key: tuple[str, str], wrong: list[str]) -> float:
        one = self.cells[key]
        one.remove_class("lk-wrong")
        try:
            amount = read_number(one.value, "R")
            if amount < 0:
                raise ValueError("type 0 or more.")
            return amount
        except ValueError as error:
            one.add_class("lk-wrong")
            wrong.append(f"{one.description}: {error}")
            return 0.0


def _ranked(found: Decision) -> str:
    rows = [
        (one.name, "–" if one.score is None else say(one.score), (one.cost, "R"), STANDING[one.standing])
        for one in found.options
    ]
    return table([("Option", "Score", "Cost", "May you decide it?"), *rows], "The options, best first").html


def _rand(amount: float) -> str:
    return (
        write_rand(amount, cents=False)[1:].replace("\u00a0", " ")
        if amount == round(amount)
        else str(amount).replace(".", ",")
    )
