"""The class as a table of learners and criteria: each state in words and, beside them, in colour."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from html import escape

from learner_kit.assess import evidence, final
from learner_kit.assess.papers import STATE_WORDS
from learner_kit.course.programme import UnitStandard
from learner_kit.desks.parts import Cell, table

LOOKS = {
    evidence.C: "lk-c",
    evidence.NYC: "lk-nyc",
    evidence.READY: "lk-ready",
    evidence.WAITING: "lk-waiting",
    evidence.UNGRADED: "lk-waiting",
    evidence.MISSING: "lk-missing",
    evidence.NOT_RELEASED: "lk-none",
    evidence.NO_ACTIVITY: "lk-none",
}
SHORT = {evidence.READY: "judge", evidence.UNGRADED: "grade", evidence.WAITING: "mark", evidence.NO_ACTIVITY: "–"}
PAGE = 100  # learners on one page of the table


def said(one: evidence.Standing) -> str:
    """A state in a word or two.

    Example:
        >>> item = evidence.Item("so1-ac1-sales", "question", "so1", 1.0)
        >>> said(evidence.Standing("L-0001", "so1-ac1", evidence.READY, 1, (item,), ()))
        'judge 1/1'
        >>> memo = evidence.Item("so1-ac3-memo", "marked", "so1", 0.8, out_of=10)
        >>> said(evidence.Standing("L-0001", "so1-ac3", evidence.READY, 1, (item, memo), ()))
        'judge 1/1, marked 8/10'
        >>> said(evidence.Standing("L-0001", "so1-ac1", evidence.NYC, 2, (item,), ()))
        'NYC, attempt 2'
    """
    return ", ".join([_state(one), *(hold.short for hold in one.holds)])


def _state(one: evidence.Standing) -> str:
    if one.state in (evidence.READY, evidence.WAITING):
        counted = [item for item in one.items if item.kind == evidence.QUESTION and item.share is not None]
        shown = f" {sum(item.shown for item in counted)}/{len(counted)}" if counted else ""
        if marks := [item.mark for item in one.items if item.mark]:
            shown += f"{',' if shown else ''} marked {' '.join(marks)}"
        again = f", attempt {one.attempt}" if one.attempt > 1 else ""
        return f"{SHORT[one.state]}{shown}{again}"
    if one.state in (evidence.C, evidence.NYC):
        if one.review:
            return f"{one.state}, review: {one.review}"
        last = ", last attempt" if one.spent else f", attempt {one.attempt}" if one.attempt > 1 else ""
        return one.state + last
    return SHORT.get(one.state, one.state)


def class_table(unit: UnitStandard, standings: Sequence[evidence.Standing], outcome: str, page: int = 0) -> str:
    """One outcome (or, with an empty id, all of them) for one page of learners."""
    criteria = [one for one in unit.criteria if not outcome or one.outcome == outcome]
    learners = list(dict.fromkeys(one.learner for one in standings))[page * PAGE : (page + 1) * PAGE]
    held = {(one.learner, one.criterion): one for one in standings}
    first = {criteria[0].id} | {one.id for before, one in itertools.pairwise(criteria) if before.outcome != one.outcome}
    rows = []
    for learner in learners:
        cells = []
        for id in (one.id for one in criteria):
            one = held[learner, id]
            look = LOOKS[one.state] + (" lk-held" if one.holds else "") + (" lk-first" if id in first else "")
            cells.append(Cell(said(one), look))
        rows.append([learner, *cells])
    heads = [f"{one.number} {one.handle}" if outcome else one.number for one in criteria]
    caption = (
        "Learners and criteria" if outcome else "Learners and criteria of all outcomes: scroll sideways to see each"
    )
    return table(["Learner", *heads], rows, caption, "lk-matrix") + key(standings, criteria_ids(criteria))


def criteria_ids(criteria: Sequence) -> set[str]:
    return {one.id for one in criteria}


def key(standings: Sequence[evidence.Standing], criteria: set[str]) -> str:
    """What the words in the table mean, with how many of each there are."""
    there = [one for one in standings if one.criterion in criteria]
    count = Counter(one.state for one in there)
    held = Counter(kind for one in there for kind in {hold.kind for hold in one.holds})
    means = {
        **STATE_WORDS,
        evidence.READY: "ready to judge",
        evidence.WAITING: "waits for marking first",
    }
    lines = "".join(
        f"<li><b class='{LOOKS[state]}'>{escape(SHORT.get(state, state))}</b>{escape(means[state])}: {count[state]}</li>"
        for state in LOOKS
        if count[state]
    )
    lines += "".join(
        f"<li><b class='lk-held'>{escape(kind)}</b>{escape(means)}: {held[kind]}</li>"
        for kind, means in final.MEANS.items()
        if held[kind]
    )
    return (
        f"<ul class='lk-key' aria-label='What the words mean'>{lines}</ul>"
        "<p>Figures such as 3/4 say how many checked answers showed the criterion; marked 8/10 is what a person gave.</p>"
    )
