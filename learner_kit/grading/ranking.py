"""Ranking customers A, B or C against one another, by each criterion, and weighing the grades into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import columns
from learner_kit.checks import fraction, kind, single
from learner_kit.errors import Fault
from learner_kit.grading import weighing

_LETTERS = "ABC"


def rank(customers: pd.DataFrame, by: Mapping[str, str]) -> pd.DataFrame:
    """Grade customers A (best third), B or C against one another, on each criterion by itself.

    With three customers the best is A and the worst C. Equal values get the same grade, the one in the middle of the
    places that they share: if all are equal, all are B.

    Args:
        customers: one row a customer, two or more: `customer_id` or `customer`, and the columns named in `by`.
        by: for each column, which end is best: "high" or "low".

    Returns:
        The customers, `…_grade` for each column, and `ties`: the columns in which another customer has the same value.

    Raises:
        ValueError: if `by` is empty or says neither high nor low.
        DataError: with all faults of the table.

    Example:
        >>> three = pd.DataFrame({"customer": ["Mrs Lotter", "Ms Khumalo", "Mrs Bright"], "units": [120, 80, 45],
        ...     "spend": [18_000, 12_000, 7_500], "days_to_pay": [75, 40, 15]})
        >>> rank(three, {"units": "high", "spend": "high", "days_to_pay": "low"}).iloc[:, :4]
             customer units_grade spend_grade days_to_pay_grade
        0  Mrs Lotter           A           A                 C
        1  Ms Khumalo           B           B                 B
        2  Mrs Bright           C           C                 A
    """
    if not isinstance(by, Mapping) or not by or any(best not in ("high", "low") for best in by.values()):
        raise ValueError(f'by must say for each column which end is best, such as {{"spend": "high"}}, not {by!r}.')
    faults: list[Fault] = []
    who = _who(customers)
    figures = {}
    if columns.present(customers, [who, *by], "The customers", faults):
        columns.names(customers, who, faults, once=True)
        figures = {name: columns.numbers(customers, name, faults) for name in by}
        if len(customers) == 1:
            faults.append(Fault(None, who, None, "is one customer only: ranking takes two or more"))
    columns.refuse(faults, "The table of customers")
    table: dict[str, Any] = {who: customers[who].array}
    tied: list[list[str]] = [[] for _ in range(len(customers))]
    letters = np.array(list(_LETTERS), dtype=object)
    for name, best in by.items():
        # parts counts from the lowest value: 1 is the worst third where high is best.
        part = weighing.parts(figures[name] if best == "low" else -figures[name], len(_LETTERS))
        table[f"{name}_grade"] = letters[part - 1]
        for place in np.flatnonzero(pd.Series(figures[name]).duplicated(keep=False)):
            tied[place].append(name)
    return pd.DataFrame(table | {"ties": [", ".join(names) for names in tied]}, index=customers.index)


def weigh(ranked: pd.DataFrame, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Weigh the grades of `rank` into one score (A = 3, B = 2, C = 1) and put the customers in order.

    Args:
        ranked: the table of `rank`.
        weights: for each criterion, 0 or more; without it, all weigh alike. `slider_weights` makes them from one share.

    Returns:
        The customers, best first: `score` (1 to 3), `place` (equal scores share one), `tied`.

    Raises:
        DataError: with all faults of the table or of the weights.

    Example:
        >>> grades = pd.DataFrame({"customer": ["Mrs Lotter", "Ms Khumalo", "Mrs Bright"],
        ...     "spend_grade": ["A", "B", "C"], "days_to_pay_grade": ["C", "B", "A"]})
        >>> weigh(grades, {"spend": 0.5, "days_to_pay": 0.5})
             customer  score  place  tied
        0  Mrs Lotter    2.0      1  True
        1  Ms Khumalo    2.0      1  True
        2  Mrs Bright    2.0      1  True
    """
    faults: list[Fault] = []
    who = _who(ranked)
    points = {}
    graded = [name for name in getattr(ranked, "columns", ()) if str(name).endswith("_grade")]
    if columns.present(ranked, [who, *graded], "ranked", faults):
        columns.names(ranked, who, faults, once=True)
        for column in graded:
            points[column.removesuffix("_grade")] = given = ranked[column].map({"C": 1, "B": 2, "A": 3})
            columns.note(ranked, column, given.isna().to_numpy(), "must be A, B or C", faults)
        if not points:
            faults.append(Fault(None, "…_grade", None, "there is not one column of grades"))
    columns.refuse(faults, "The table of grades")
    found = {name: given.to_numpy(dtype=float) for name, given in points.items()}
    score = weighing.weighted(found, weighing.shares(weights, list(found)))
    table = pd.DataFrame({who: ranked[who].array, "score": score}, index=ranked.index)
    table["place"] = table["score"].rank(method="min", ascending=False).astype(int)
    table["tied"] = table["score"].duplicated(keep=False)
    return table.sort_values("place", kind="stable")


def slider_weights(criteria: Sequence[str], criterion: str, share: float) -> dict[str, float]:
    """Give one criterion a share of the weight and part the rest evenly among the others.

    Args:
        criteria: the names of all, two or more.
        criterion: the one with the slider.
        share: a fraction from 0 to 1.

    Example:
        >>> slider_weights(["units", "spend", "days_to_pay"], "days_to_pay", 0.5)
        {'units': 0.25, 'spend': 0.25, 'days_to_pay': 0.5}
    """
    share = fraction("share", single("share", share))
    if (
        isinstance(criteria, str)
        or not isinstance(criteria, Sequence)
        or any(not isinstance(one, str) for one in criteria)
    ):
        raise ValueError(f"criteria must be a list of names, not {criteria!r}.")
    kind("criterion", criterion, str, "the name of one of the criteria")
    names = list(dict.fromkeys(criteria))
    if criterion not in names or len(names) < 2:
        raise ValueError(f"criterion must be one of two or more criteria ({', '.join(names)}), not {criterion!r}.")
    return {name: share if name == criterion else (1 - share) / (len(names) - 1) for name in names}


def _who(table: Any) -> str:
    there = getattr(table, "columns", ())
    return "customer" if "customer" in there and "customer_id" not in there else "customer_id"
