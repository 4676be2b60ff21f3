"""Ratings from a survey of one's own: the tally of each thing that was rated, and the map of what to do first."""

from __future__ import annotations

from html import escape

import pandas as pd

from learner_kit import plots, survey
from learner_kit.faces import Face
from learner_kit.forms.looks import lay, markup
from learner_kit.forms.sparing import sparing
from learner_kit.shown import framed, table
from learner_kit.tools.controls import on_change, pick

MARKS = ("1", "2", "3", "4", "5")


@sparing
def ratings_form(ratings: pd.DataFrame, title: str = "What your customers said") -> Face:
    """Show how customers rated things from 1 to 5, and, where they said how important each is, the map.

    Args:
        ratings: one row for each thing a customer rated: `attribute`, `performance` (the texts "1" to "5", or empty)
            and, where it was asked, `importance`.
        title: stands above the form.

    Returns:
        A form: a thing to pick, its tally with the share of the two best marks, and the map.
    """
    things = list(dict.fromkeys(ratings["attribute"]))
    which = pick("Show the tally of", [*things, *(["All of them together"] if len(things) > 1 else [])])
    tally, map_ = markup(), markup()

    def refresh() -> None:
        mine = ratings[ratings["attribute"] == which.value] if which.value in things else ratings
        tally.value = _tally(mine, which.value)

    on_change(refresh, which)
    refresh()
    if "importance" in ratings:
        map_.value = _map(ratings, things)
    plain = f"{title}. The tally of {len(things)} things that were rated from 1 to 5."
    return Face([lay("lk-prompt", title), which, tally, map_], plain)


def _tally(mine: pd.DataFrame, thing: str) -> str:
    marks = pd.Categorical(mine["performance"].where(mine["performance"].isin(MARKS)), MARKS, ordered=True)
    counts = survey.tally(pd.DataFrame({"rating": marks}), "rating")
    base = int(counts["count"].sum())
    if not base:
        return framed("Nobody has rated this yet.", live=True)
    says = f"{base} rating{'' if base == 1 else 's'}. The two best marks, 4 and 5: {survey.top_box(counts).words}."
    shown = table([("Mark", "Ratings", "Share"), *tally_rows(counts)], f"How well done: {thing}", bar=2)
    return framed(escape(says), live=True) + shown.html


def tally_rows(counts: pd.DataFrame) -> list[tuple]:
    """A tally as rows of a table to read: the answer, how many gave it, and their share."""
    return [(str(row.answer), (row.count, ""), (row.percent / 100, "%")) for row in counts.itertuples(index=False)]


def map_html(found: pd.DataFrame) -> str:
    """The map of importance and performance as a picture, and the same as a table."""
    rows = [(row.attribute, (row.importance, ""), (row.performance, ""), row.quadrant) for row in found.itertuples()]
    heads = ("What is rated", "Importance", "Performance", "Place on the map")
    shown = table([heads, *rows], "Means from 1 (lowest) to 5 (highest)")
    return plots.to_html(plots.importance_performance(found)) + shown.html


def _map(ratings: pd.DataFrame, things: list[str]) -> str:
    wide = {}
    for kind in ("importance", "performance"):
        marks = pd.to_numeric(ratings[kind].where(ratings[kind].isin(MARKS)))
        for place, thing in enumerate(things):
            wide[f"{kind}.{place}"] = marks[ratings["attribute"] == thing].reset_index(drop=True)
    try:
        found = survey.importance_performance(pd.DataFrame(wide))
    except ValueError:
        return framed("The map needs, for each thing, at least one mark for how well done and one for how important.")
    return map_html(found.assign(attribute=things))
