"""Weights, and equal parts of a table: what the scorecard and the ranking share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from learner_kit.checks import number
from learner_kit.errors import DataError, Fault


def parts(figures: np.ndarray, parts: int) -> np.ndarray:
    """Which of so many equal parts each value stands in, 1 being the lowest; equal values stand in the same part."""
    middle = pd.Series(figures).rank().to_numpy() - 0.5  # of the places that equal values share
    return np.clip(np.ceil(middle * parts / len(figures)), 1, parts).astype(int)


def weighted(scores: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    total = sum(weights.values())
    # Rounded, so that 2.9999999999 made of thirds is the 3 that it is.
    return (sum(scores[name] * weight for name, weight in weights.items()) / total).round(9)


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
            found[name] = number("the weight", weight, 0)
        except ValueError as error:
            faults.append(Fault(None, name, None, str(error)))
    if not faults and not sum(found.values()) > 0:
        faults.append(Fault(None, None, None, "all weights are 0: at least one must be above"))
    if faults:
        raise DataError(faults, "The weights")
    return found


def numbered(values: Any, name: str) -> dict[str, Any]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of numbers, or name each of them, not {values!r}.")
    return {str(place): value for place, value in enumerate(values, start=1)}
