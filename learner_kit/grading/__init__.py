"""Grading customers (SO4, criterion 2): the scorecard, A to C by criterion, A, B, C or New by contribution, and advice.

    >>> weighted_value([1, 4, 5, 5]), band(3.75)
    (3.75, 'Core Customer')

Where the figures come from: `measures_of` and `activity_of` make them from order lines and invoices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import columns
from learner_kit.checks import kind, number
from learner_kit.errors import Fault
from learner_kit.grading import weighing
from learner_kit.grading.activity import activity_of, measures_of
from learner_kit.grading.contribution import abc, net_contribution, two_lists
from learner_kit.grading.levers import what_if
from learner_kit.grading.ranking import rank, slider_weights, weigh
from learner_kit.grading.scales import HIGHEST, LOWEST, Advice, Criterion, Scales

__all__ = [
    "Advice",
    "Scales",
    "abc",
    "activity_of",
    "advice",
    "band",
    "measures_of",
    "net_contribution",
    "rank",
    "scorecard",
    "slider_weights",
    "two_lists",
    "weigh",
    "weighted_value",
    "what_if",
]

_FIFTHS = HIGHEST - LOWEST + 1


def scorecard(
    customers: pd.DataFrame,
    criteria: Mapping[str, float] | Iterable[str] | None = None,
    scales: Scales | None = None,
) -> pd.DataFrame:
    """Score customers from 1 to 5 on each criterion, weigh the scores, and name the band that the value falls in.

    The scale, its limits and the bands are a reconstruction: the scorecard it follows survives only in part.

    Args:
        customers: one row a customer: `customer_id` and a column for each criterion. With the kit's own scales:
            `spend` (R, 0 or more), `margin` (a fraction up to 1), `days_late` (days after the terms; below 0 is early),
            `turns` (times the firm's average, 0 or more). `measures_of` makes this table.
        criteria: the weight of each criterion, 0 or more, or only the names, to weigh them alike; without it, those of
            the scales. Criteria that are left out do not count.
        scales: your firm's own, from `Scales.load(path)`; without it, the kit's.

    Returns:
        `customer_id`, `…_score` for each criterion (1 to 5), `value` (1 to 5), `band`.

    Raises:
        DataError: with all faults of the table or of the weights. Fifths compare customers with one another, so a
            single one is refused where a criterion is scored by fifths.

    Example:
        >>> table = pd.DataFrame({"customer_id": ["C-0001", "C-0002"], "spend": [9_000, 45_000],
        ...     "margin": [0.35, 0.12], "days_late": [-2, 40], "turns": [1.2, 0.8]})
        >>> scorecard(table)[["value", "band"]]
           value             band
        0   3.75    Core Customer
        1   2.50  Convenient Sale

    Source: four-criterion customer scorecard of trade practice; scale and bands reconstructed, see
        `data/grading_scales.toml`.
    """
    scales = _scales(scales)
    weights = _weights(criteria, scales)
    used = [scales.criteria[name] for name in weights]
    faults: list[Fault] = []
    measured = {}
    if columns.present(customers, ["customer_id", *weights], "The customers", faults):
        columns.names(customers, "customer_id", faults, once=True)
        for criterion in used:
            low = None if criterion.unit in ("fraction", "days") else 0
            high = 1 if criterion.unit == "fraction" else None
            measured[criterion.name] = columns.numbers(customers, criterion.name, faults, low=low, high=high)
            if criterion.limits is None and len(customers) == 1:
                reason = "is scored by fifths of all customers, which takes more than one: give `limits` in the scales"
                faults.append(Fault(None, criterion.name, None, reason))
    columns.refuse(faults, "The table of customers")
    scores = {name: _scores(figures, scales.criteria[name]) for name, figures in measured.items()}
    value = weighing.weighted(scores, weights)
    table: dict[str, Any] = {"customer_id": customers["customer_id"].array}
    table |= {f"{name}_score": score for name, score in scores.items()}
    return pd.DataFrame(table | {"value": value, "band": _bands(value, scales)}, index=customers.index)


def weighted_value(scores: Any, weights: Any = None) -> Any:
    """Weigh scores from 1 to 5 into one value.

    Args:
        scores: a list of scores, a mapping of criterion to score, or a table with a column for each criterion.
        weights: a list or a mapping to match, each 0 or more; without it, all weigh alike.

    Returns:
        The value, from 1 to 5; for a table, a Series of them.

    Raises:
        DataError: with all faults of the scores and weights.

    Example:
        >>> weighted_value({"spend": 1, "margin": 4, "days_late": 5, "turns": 5}, {"spend": 3, "margin": 1})
        1.75
    """
    if isinstance(scores, pd.DataFrame):
        faults: list[Fault] = []
        found = {}
        if columns.present(scores, (), "scores", faults):
            found = {
                name: columns.numbers(scores, name, faults, low=LOWEST, high=HIGHEST)
                for name in map(str, scores.columns)
            }
        columns.refuse(faults, "The table of scores")
        return pd.Series(
            weighing.weighted(found, weighing.shares(weights, list(found))), index=scores.index, name="value"
        )
    named = scores if isinstance(scores, Mapping) else weighing.numbered(scores, "scores")
    if weights is not None and not isinstance(weights, Mapping):
        weights = weighing.numbered(weights, "weights")
    faults = []
    found = {}
    for name, score in named.items():
        try:
            found[name] = np.array([number("the score", score, LOWEST, HIGHEST)])
        except ValueError as error:
            faults.append(Fault(None, name, None, str(error)))
    columns.refuse(faults, "The list of scores")
    return float(weighing.weighted(found, weighing.shares(weights, list(found)))[0])


def band(value: Any, scales: Scales | None = None) -> Any:
    """Name the band of a value: from 1 Operational Drain, 2 Convenient Sale, 3 Core Customer, 4 Business Build.

    Args:
        value: from 1 to 5, or a Series of such.
        scales: your firm's own; without it, the kit's.

    Returns:
        The name; for a Series, a Series of names.

    Raises:
        ValueError: for what is no value from 1 to 5.

    Example:
        >>> band(2.99), band(3), band(5)
        ('Convenient Sale', 'Core Customer', 'Business Build')
    """
    checked = number("value", value, LOWEST, HIGHEST)
    scales = _scales(scales)
    if isinstance(checked, pd.Series):
        return pd.Series(_bands(checked.to_numpy(), scales), index=value.index, name="band")
    return str(_bands(np.array([checked]), scales)[0])


def advice(grade: str, scales: Scales | None = None) -> Advice:
    """Say how to treat a customer of a grade: priority and terms follow the grade, courtesy never does.

    Args:
        grade: A, B, C or New, or the name of a band.
        scales: your firm's own; without it, the kit's.

    Returns:
        `grade`, `meaning`, `priority`, `terms`, `courtesy` (the same for every grade), `ground` (on what facts the law
        lets a firm grade).

    Raises:
        ValueError: for a grade that there is not, with those that there are.

    Example:
        >>> advice("A").courtesy == advice("Operational Drain").courtesy
        True
    """
    known = _scales(scales).advice
    if not isinstance(grade, str) or grade not in known:
        raise ValueError(f"grade must be one of {', '.join(known)}, not {grade!r}.")
    return known[grade]


def _scales(given: Scales | None) -> Scales:
    return Scales.load() if given is None else kind("scales", given, Scales, "rules from Scales.load(path)")


def _scores(figures: np.ndarray, criterion: Criterion) -> np.ndarray:
    if criterion.limits is None:
        return weighing.parts(figures if criterion.better == "high" else -figures, _FIFTHS)
    figures = figures.round(9)  # 0.3 made of tenths is not just below 0.3
    if criterion.better == "high":
        return LOWEST + np.searchsorted(criterion.limits, figures, side="right")
    return HIGHEST - np.searchsorted(criterion.limits, figures, side="left")


def _bands(value: np.ndarray, scales: Scales) -> np.ndarray:
    names = np.array([one.name for one in scales.bands], dtype=object)
    return names[np.searchsorted([one.start for one in scales.bands], value, side="right") - 1]


def _weights(criteria: Any, scales: Scales) -> dict[str, float]:
    known = list(scales.criteria)
    if criteria is None:
        criteria = {one.name: one.weight for one in scales.criteria.values()}
    elif isinstance(criteria, str):
        criteria = {criteria: 1.0}
    elif not isinstance(criteria, Mapping):
        wanted = "the names of criteria, or each with its weight"
        criteria = kind("criteria", criteria, (list, tuple, set, frozenset), wanted)
        criteria = dict.fromkeys(criteria, 1.0)
    return weighing.shares(criteria, known)
