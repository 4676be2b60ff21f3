"""Ways to solve a customer's problem, weighed side by side, with what one may decide oneself; plain data, no widgets.

`learner_kit.tools.options` shows this as a live form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from learner_kit.checks import number
from learner_kit.reading import write_rand

LOWEST, HIGHEST = 1, 5  # of a score


@dataclass(frozen=True)
class Option:
    """A way to solve the problem: a score for each criterion (1 poor to 5 very good), its cost, and if it is barred.

    `barred` is True for what law or policy forbids: no score makes up for that.
    """

    name: str
    scores: Mapping[str, float] = field(default_factory=dict)
    cost: float = 0.0
    barred: bool = False


class Weighed(NamedTuple):
    """An option weighed: its score (None where barred), and `standing`: "within" one's limit, "ask" or "never"."""

    name: str
    score: float | None
    cost: float
    standing: str


class Decision(NamedTuple):
    """All options, the best first and barred ones last; the best one may decide oneself; the best of all; a sentence."""

    options: tuple[Weighed, ...]
    own: Weighed | None
    best: Weighed | None
    says: str


def decide(options: Iterable[Option], weights: Mapping[str, float], limit: float) -> Decision:
    """Weigh options by several criteria, and keep to the limit of one's authority.

    Args:
        options: one or more, each with a score from 1 to 5 for every criterion that counts, and a cost in rand.
        weights: how much each criterion counts, 0 or more, not all 0.
        limit: the highest cost in rand that one may decide oneself, 0 or more.

    Returns:
        The decision. The score is the weighted mean of an option's scores, rounded to 4 decimals; of equal ones the
        cheaper comes first. An option above the limit is to be asked for; one that is barred is never offered.

    Raises:
        ValueError: no option, two of one name, a missing score, or a number out of range.

    Example:
        >>> ways = [Option("Repair", {"customer": 3}, 100), Option("Replace", {"customer": 5}, 900)]
        >>> decide(ways, {"customer": 1}, limit=500).says
        'Best: Replace, but its cost of R900 is above your limit of R500. Ask first. What you may decide yourself: Repair.'
    """
    held = tuple(options)
    names = [one.name for one in held]
    if not held or len(set(names)) < len(names) or not all(map(str.strip, names)):
        raise ValueError("options must be one or more, each with a name of its own.")
    counts = {name: number(f"the weight of {name}", weight, 0) for name, weight in weights.items()}
    total = sum(counts.values())
    if not total:
        raise ValueError("weights must not all be 0: say what counts.")
    limit = number("limit", limit, 0)
    weighed = []
    for one in held:
        cost = number(f"the cost of {one.name}", one.cost, 0)
        score = (
            None if one.barred else round(sum(_score(one, name) * count for name, count in counts.items()) / total, 4)
        )
        weighed.append(Weighed(one.name, score, cost, "never" if one.barred else "ask" if cost > limit else "within"))
    ranked = tuple(sorted(weighed, key=lambda one: (one.score is None, -(one.score or 0), one.cost)))
    best = next((one for one in ranked if one.standing != "never"), None)
    own = next((one for one in ranked if one.standing == "within"), None)
    equal = [one.name for one in ranked if best and (one.score, one.cost) == (best.score, best.cost)]
    if best and len(equal) > 1:
        says = f"Equal: {', '.join(equal)}. Look at what the scores leave out." + (
            "" if best is own else f" Each costs more than your limit of {write_rand(limit, cents=None)}: ask first."
        )
    else:
        says = _sentence(best, own, limit)
    return Decision(ranked, own, best, says)


def _score(option: Option, criterion: str) -> float:
    if criterion not in option.scores:
        raise ValueError(f"options must each have a score for every criterion; {option.name} has none for {criterion}.")
    return number(f"the score of {option.name} for {criterion}", option.scores[criterion], LOWEST, HIGHEST)


def _sentence(best: Weighed | None, own: Weighed | None, limit: float) -> str:
    if best is None:
        return "None of these may be offered. Tell the customer so, say why, and say where else help can be found."
    if best is own:
        return f"Best: {best.name}. You may decide this yourself."
    cost, most = (write_rand(amount, cents=None) for amount in (best.cost, limit))
    said = f"Best: {best.name}, but its cost of {cost} is above your limit of {most}. Ask first."
    return said + (f" What you may decide yourself: {own.name}." if own else " Nothing here is yours to decide.")
