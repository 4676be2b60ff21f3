"""Grading customers, live: grade three by hand, weigh criteria with a slider, score a whole list.

grade_by_hand(three, by, whose)         weight_slider(three, by, "days_to_pay")         scorecard_form(measures)
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import ipywidgets as widgets
import pandas as pd

from learner_kit import grading
from learner_kit.faces import Face
from learner_kit.forms.looks import box, button, lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.grading import Scales
from learner_kit.lessons.own_customers import criteria_columns, scorecard_columns
from learner_kit.shown import framed, say, table
from learner_kit.tools.controls import grid, on_change, pick, slider
from learner_kit.tools.own_data import own_data

LETTERS = ("A", "B", "C")
START = 0.35  # the weight that the slider begins with
_STEPS = [place / 20 for place in range(21)]  # of a weight, 0 to 1
_UNITS = {"R": "R", "fraction": "%", "days": "days"}


@sparing
def grade_by_hand(
    customers: pd.DataFrame, by: Mapping[str, str], names: Mapping[str, str], title: str = "Grade them yourself"
) -> Face:
    """Let a learner grade customers A, B or C on each criterion; the grades open only after an attempt.

    Args:
        customers: one row a customer, with `customer` and the columns of `by`.
        by: for each criterion, which end is best: "high" or "low".
        names: how each criterion is called.
        title: stands above the form.

    Returns:
        A form with a list for each cell, a button to check and one that shows the grades; it takes one's own customers too.
    """

    def made(whose: pd.DataFrame) -> Face:
        return _grade_by_hand(whose, by, names, title)

    return own_data(criteria_columns(names), made, made(customers), "customers-to-grade", least=3, most=10)


def _grade_by_hand(customers: pd.DataFrame, by: Mapping[str, str], names: Mapping[str, str], title: str) -> Face:
    right = grading.rank(customers, by).set_index("customer")
    who = list(customers["customer"])
    cells = {(one, name): _cell(f"{one}, {names[name]}") for one in who for name in by}
    heads = [lay("lk-prompt", ""), *(lay("lk-prompt", names[name]) for name in by)]
    body = [part for one in who for part in (lay("lk-item", one), *(cells[one, name] for name in by))]
    made = widgets.GridBox([*heads, *body])
    made.layout.grid_template_columns = f"minmax(7em, auto) repeat({len(by)}, minmax(6em, 1fr))"
    made.add_class("lk-grid")
    said = markup()

    def check() -> None:
        chosen = {place: cell.value for place, cell in cells.items() if cell.value}
        if len(chosen) < len(cells):
            said.value = framed(f"Choose a grade in every cell: {len(cells) - len(chosen)} to go.", "again", live=True)
            return
        wrong = [f"{one}, {names[name]}" for (one, name), grade in chosen.items() if grade != _right(one, name)]
        reveal.disabled = False
        if not wrong:
            said.value = framed(
                "<strong>Yes, all of them.</strong> One customer, three grades: it depends on what you ask.",
                "good",
                live=True,
            )
            return
        lines = "".join(f"<li>{escape(one)}</li>" for one in wrong)
        said.value = framed(
            f"<strong>{len(cells) - len(wrong)} of {len(cells)} are right.</strong> Look again at:<ul>{lines}</ul>"
            "Ask for each criterion: is a high number good here, or a low one?",
            "again",
            live=True,
        )

    def _right(one: str, name: str) -> str:
        return str(right.loc[one, f"{name}_grade"])

    def show() -> None:
        rows = [(one, *(_right(one, name) for name in by)) for one in who]
        said.value = (
            framed("<strong>The grades</strong>", live=True)
            + table([("Customer", *(names[name] for name in by)), *rows], "A is best, C worst").html
        )

    reveal = button("Show the grades", show)
    reveal.disabled = True
    buttons = box(button("Check my grades", check, main=True), reveal, look="lk-row", across=True)
    plain = f"{title}. For each of {', '.join(who)}: a grade A, B or C for {', '.join(names[name] for name in by)}."
    return Face([lay("lk-prompt", title), made, buttons, said], plain)


def _cell(name: str) -> widgets.Dropdown:
    made = widgets.Dropdown(options=[("", ""), *((one, one) for one in LETTERS)], description=name, tooltip=name)
    made.add_class("lk-hidden-label")
    return made


@sparing
def weight_slider(customers: pd.DataFrame, by: Mapping[str, str], criterion: str, names: Mapping[str, str]) -> Face:
    """Let a learner shift weight to one criterion and see who comes first: A counts 3, B 2 and C 1.

    Args:
        customers, by, names: as for `grade_by_hand`.
        criterion: the one with the slider; the others share the rest of the weight evenly.
    """

    def made(whose: pd.DataFrame) -> Face:
        return _weight_slider(whose, by, criterion, names)

    return own_data(criteria_columns(names), made, made(customers), "customers-to-rank", least=2, most=30)


def _weight_slider(customers: pd.DataFrame, by: Mapping[str, str], criterion: str, names: Mapping[str, str]) -> Face:
    ranked = grading.rank(customers, by)
    move = slider(f"Weight of: {names[criterion]}", _STEPS, START, "%")
    outcome = markup()

    def refresh() -> None:
        share = move.value
        found = grading.weigh(ranked, grading.slider_weights(list(by), criterion, share))
        rows = [(str(row.place), row.customer, (round(row.score, 2), "")) for row in found.itertuples()]
        outcome.value = (
            framed(escape(_who_leads(found, share, names[criterion])), live=True)
            + table(
                [("Place", "Customer", "Score from 1 to 3"), *rows], "Who comes first with these weights", bar=2
            ).html
        )

    on_change(refresh, move)
    refresh()
    plain = f"A slider for the weight of {names[criterion]}. The others share the rest. It shows who comes first."
    return Face([lay("lk-prompt", "Move the weight"), move, outcome], plain)


def _who_leads(found: pd.DataFrame, share: float, name: str) -> str:
    given = f"With {say(share, '%')} of the weight on {name[:1].lower()}{name[1:]}"
    first = list(found.loc[found["place"] == 1, "customer"])
    if len(first) == len(found):
        return f"{given}, all of them score {say(found['score'].iloc[0])}: a tie. Nobody comes first."
    if len(first) > 1:
        return f"{given}, {' and '.join(first)} come first together."
    return f"{given}, {first[0]} comes first and {found['customer'].iloc[-1]} last."


@sparing
def scorecard_form(measures: pd.DataFrame, customer: str | None = None) -> Face:
    """Let a learner weigh the criteria of a scorecard: one customer in full, and the bands of all of them.

    Args:
        measures: as `grading.measures_of` makes it: `customer_id` and a column for each criterion.
        customer: who is shown at first.

    Returns:
        A form: a customer to pick, a weight from 0 to 5 for each criterion, the scorecard, and how the bands change.
    """
    scales = Scales.load()
    practice = _scorecard(measures, scales, customer)
    return own_data(
        scorecard_columns(scales), lambda mine: _scorecard(mine, scales, None), practice, "scorecard", least=2
    )


def _scorecard(measures: pd.DataFrame, scales: Scales, customer: str | None) -> Face:
    criteria = scales.criteria
    even = grading.scorecard(measures, list(criteria), scales).set_index("customer_id")
    held = measures.set_index("customer_id")
    who = pick("Customer", list(measures["customer_id"]), customer or measures["customer_id"].iloc[0])
    weights = {name: slider(f"Weight: {one.title}", range(6), 1) for name, one in criteria.items()}
    outcome = markup()

    def refresh() -> None:
        given = {name: one.value for name, one in weights.items()}
        if not any(given.values()):
            outcome.value = framed("Give at least one criterion a weight above 0.", "again", live=True)
            return
        scores = grading.scorecard(measures, given, scales).set_index("customer_id")
        mine = scores.loc[who.value]
        rows = [
            (
                one.title,
                _measured(held.loc[who.value, name], one.unit),
                (int(even.loc[who.value, f"{name}_score"]), ""),
                (given[name], ""),
            )
            for name, one in criteria.items()
        ]
        bands = [band.name for band in reversed(scales.bands)]
        counts = [
            (band, (int((even["band"] == band).sum()), ""), (int((scores["band"] == band).sum()), "")) for band in bands
        ]
        moved = int((scores["band"] != even["band"]).sum())
        says = f"{who.value} scores {say(round(mine['value'], 2))}: {mine['band']}."
        outcome.value = (
            framed(escape(says), live=True)
            + table(
                [("Criterion", "Measured", "Score from 1 to 5", "Weight"), *rows], f"Scorecard of {who.value}", bar=2
            ).html
            + framed(escape(f"With these weights {moved} of {len(scores)} customers change their band."))
            + table([("Band", "Equal weights", "Your weights"), *counts], "Customers in each band", bar=2).html
        )

    on_change(refresh, who, *weights.values())
    refresh()
    plain = (
        f"A scorecard. Pick a customer and a weight from 0 to 5 for each of: {'; '.join(one.title for one in criteria.values())}. "
        "It shows the customer's value and band, and how many customers change their band."
    )
    return Face([lay("lk-prompt", "Weigh the scorecard"), who, grid(*weights.values(), least="18rem"), outcome], plain)


def _measured(value: float, unit: str) -> str:
    if unit == "fraction":
        return say(round(value, 3), "%")
    shown = round(value) if unit == "R" else round(value, 1)
    return say(shown, _UNITS.get(unit, unit))
