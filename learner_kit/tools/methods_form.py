"""Ways to contact customers side by side: what each costs, and which is cheapest for what.

methods_form([{"method": "SMS", "cost": 180, "contacts": 600, "reached": 450, "responses": 18}, …])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from learner_kit import value
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.lessons.own_tables import METHODS
from learner_kit.shown import framed, say, table
from learner_kit.tools.controls import on_change, pick
from learner_kit.tools.own_data import own_data

TITLE = "Which way is cheapest, and for what?"
_BY = {
    "response": "a response",
    "reached": "each customer reached",
    "contact": "each contact made",
}


@sparing
def methods_form(methods: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Face:
    """Let a learner compare ways to contact customers by what a contact, a customer reached or a response costs.

    Args:
        methods: as `value.compare_methods` takes them: method, cost, contacts, reached, responses.

    Returns:
        A form with the question what is to be cheap, the comparison, and a way to use one's own figures.

    Raises:
        DataError: with every fault of the methods.
    """
    return own_data(METHODS, _view, _view(methods), "contact-methods", most=30)


def _view(methods: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Face:
    by = pick("What shall be cheap?", [(f"The cost of {says}", key) for key, says in _BY.items()])
    outcome = markup()
    held = value.compare_methods(methods)

    def refresh() -> None:
        found = value.compare_methods(held, by=by.value)
        rows = [
            (
                row.method,
                (row.reach, "%") if row.contacts else "nobody",
                (row.response, "%") if row.reached else "nobody",
                _cost(row.cost_per_contact),
                _cost(row.cost_per_reached),
                _cost(row.cost_per_response),
            )
            for row in found.itertuples()
        ]
        heads = ("Method", "Reached", "Of these, replied", "Each contact", "Each reached", "Each response")
        outcome.value = (
            framed(escape(_first(found, by.value)), live=True) + table([heads, *rows], "The cheapest stands first").html
        )

    on_change(refresh, by)
    refresh()
    plain = f"{TITLE} A comparison of {len(held)} ways to contact customers. {_first(held, 'reached')}"
    return Face([lay("lk-prompt", TITLE), by, outcome], plain)


def _first(found: pd.DataFrame, by: str) -> str:
    costs = f"cost_per_{by}"
    best = found[found["rank"] == 1] if found[costs].notna().any() else found[:0]
    if not len(best):
        return f"None of these ways brought {_BY[by].removeprefix('each ')}."
    who = " and ".join(best["method"])
    return f"Cheapest for {_BY[by]}: {who}, {say(best[costs].iloc[0], 'R')}."


def _cost(amount: float) -> Any:
    return (amount, "R") if amount == amount else "nobody"
