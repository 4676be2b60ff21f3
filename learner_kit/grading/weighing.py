"""Weights, and equal parts of a table: what the scorecard and the ranking share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from learner_kit.checks import number, single
from learner_kit.errors import DataError, Fault


def parts(figures: np.ndarray, count: int) -> np.ndarray:
    """Which of so many equal parts each value stands in, 1 being the lowest; equal values stand in the same part."""
    ordered = np.sort(figures)
    size = len(ordered)

    def part(place: int) -> int:
        # Equal values all take the middle of the places that they share.
        first, last = (int(ordered.searchsorted(ordered[place], side)) for side in ("left", "right"))
        return -(-(first + last) * count // (2 * size))

    starts = [bisect_left(range(size), number, key=part) for number in range(2, count + 1)]
    return 1 + np.searchsorted([ordered[start] for start in starts if start < size], figures, side="right")


def weighted(scores: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """The weighted mean of scores, by criterion."""
    most = max(weights.values())  # so that weights of any size can be counted with
    total = sum(weight / most for weight in weights.values())
    # Rounded, so that 2.9999999999 made of thirds is the 3 that it is.
    return (sum(scores[name] * (weight / most) for name, weight in weights.items()) / total).round(9)


def shares(weights: Mapping[str, float] | None, known: list[str]) -> dict[str, float]:
    """Check weights; all weigh alike without them."""
    if weights is None:
        return dict.fromkeys(known, 1.0)
    if not isinstance(weights, Mapping):
        raise ValueError(f"weights must name each criterion and its weight, not {weights!r}.")
    faults, found = [], {}
    for name, weight in weights.items():
        if name not in known:
            faults.append(Fault(None, str(name), None, f"is not a criterion here; they are {', '.join(known)}"))
            continue
        try:
            found[name] = number("the weight", single("the weight", weight), 0)
        except ValueError as error:
            faults.append(Fault(None, name, None, str(error)))
    if not faults and not sum(found.values()) > 0:
        faults.append(Fault(None, None, None, "all weights are 0: at least one must be above"))
    if faults:
        raise DataError(faults, "The list of weights")
    return found


def numbered(values: Any, name: str) -> dict[str, Any]:
    """Name the values of a list 1, 2, 3 …"""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of numbers, or name each of them, not {values!r}.")
    return {str(place): value for place, value in enumerate(values, start=1)}
