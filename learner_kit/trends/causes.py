"""Causes sorted by what they add: the vital few first (specific outcome 4, the report)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from learner_kit.checks import has_columns, is_series, number, number_faults, row_numbers, single
from learner_kit.errors import DataError, Fault


def pareto(
    items: pd.Series | pd.DataFrame | Mapping[str, float],
    cause: str = "cause",
    amount: str | None = None,
    vital: float = 0.8,
) -> pd.DataFrame:
    """Sort causes by how much each adds, and mark the vital few that make up most of the whole.

    Args:
        items: a Series of causes (text, one an occurrence); or amounts with the causes as index or as keys; or a table.
        cause, amount: in a table, the columns with the causes and the amounts (None counts the rows).
        vital: the share of the whole that the vital few make up, above 0 and at most 1.

    Returns:
        A table, largest first (equal ones by name): cause, count (or sum of amounts), percent, cumulative (percent),
        vital (True up to and with the cause that reaches the share). Percentages are not rounded; all are 0 when
        nothing adds up to more than 0.

    Raises:
        DataError: for causes that are missing or no text, and amounts that are missing or below 0.
        ValueError: for nothing to sort, or another kind of input.

    Example:
        >>> pareto(pd.Series(["late", "rude", "late", "late", "price"]))
          cause  count  percent  cumulative  vital
        0  late      3     60.0        60.0   True
        1 price      1     20.0        80.0   True
        2  rude      1     20.0       100.0  False
    """
    vital = number("vital", single("vital", vital), above=0, high=1)
    if isinstance(items, Mapping):
        items = pd.Series(dict(items), dtype=object)
        items = pd.Series(items.to_list(), index=pd.Index(items.index, name="cause"))
    if isinstance(items, pd.DataFrame):
        sums = _sums(items, cause, amount)
    elif not is_series(items):
        raise ValueError(f"items must be a Series, a table or a dictionary, not {type(items).__name__}.")
    elif items.dtype.kind in "iuf":
        sums = _sums(pd.DataFrame({"cause": items.index, "count": items.to_numpy()}), "cause", "count")
    else:
        sums = _sums(items.rename("cause").to_frame(), "cause", None)
    table = pd.DataFrame({"cause": sums.index.to_numpy(), "count": sums.to_numpy()})
    table = table.sort_values(["count", "cause"], ascending=[False, True], ignore_index=True)
    whole = table["count"].sum()
    running = table["count"].cumsum()
    table["percent"] = 100 * table["count"] / whole if whole else 0.0
    table["cumulative"] = (100 * running / whole).clip(upper=100.0) if whole else 0.0
    before = running - table["count"]
    # The margin is far below one count and above a float's last bits: 80 of 100 is 80 %.
    table["vital"] = (before < vital * whole * (1 - 1e-12)) & (table["count"] > 0)
    return table


def _sums(table: pd.DataFrame, cause: str, amount: str | None) -> pd.Series:
    """Add up a table by cause, once every row is known to be good."""
    has_columns(table, [cause] if amount is None else [cause, amount], "The table of causes")
    if not len(table):
        raise ValueError("items must have at least one cause: there is none.")
    faults = [] if amount is None else number_faults(table, amount, low=0)
    codes, causes = pd.factorize(table[cause], use_na_sentinel=False)
    wrong = [code for code, one in enumerate(causes) if not isinstance(one, str) or not one.strip()]
    if wrong:
        rows = row_numbers(table)
        for place in np.flatnonzero(np.isin(codes, wrong)):
            faults.append(Fault(int(rows[place]), cause, table[cause].iloc[place], "must be a cause, in words"))
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row), "The table of causes")
    weights = None if amount is None else table[amount].to_numpy(float)
    sums = np.bincount(codes, weights, minlength=len(causes))
    if not np.isfinite(sums.sum()):
        raise ValueError("The amounts add up to too large a number to count with: are they right?")
    return pd.Series(sums, index=causes)
