"""Ways to contact customers, compared by what they cost (specific outcome 1, agreed methods)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from learner_kit.checks import choice, has_columns, number_faults, row_numbers
from learner_kit.errors import DataError, Fault

if TYPE_CHECKING:
    import pandas as pd


def compare_methods(methods: pd.DataFrame | Iterable[Mapping[str, Any]], by: str = "reached") -> pd.DataFrame:
    """Compare ways to contact customers by what each contact, each customer reached and each response costs.

    Args:
        methods: a table, or a list of rows, with the columns
            method (telephone, e-mail, post, SMS …; each once), cost (Rand in all, 0 or more), contacts (calls made,
            messages sent: a whole number), reached (customers who took it in, at most contacts) and responses (at
            most reached).
        by: what the rank goes by: "contact", "reached" or "response".

    Returns:
        A table, cheapest first: method, cost, contacts, reached, responses, cost_per_contact, cost_per_reached,
        cost_per_response (Rand; missing where there was none to divide by), reach (reached / contacts), response
        (responses / reached) and rank. Equal costs share a rank; a method without one has no rank and stands last.

    Raises:
        DataError: with every fault of the table.
        ValueError: for another `by`.

    Example:
        >>> table = compare_methods([
        ...     {"method": "SMS", "cost": 300, "contacts": 1000, "reached": 900, "responses": 9},
        ...     {"method": "Telephone", "cost": 500, "contacts": 100, "reached": 50, "responses": 20},
        ... ], by="response")
        >>> table[["method", "cost_per_contact", "cost_per_response", "rank"]]
              method  cost_per_contact  cost_per_response  rank
        0  Telephone               5.0          25.000000     1
        1        SMS               0.3          33.333333     2
    """
    import pandas as pd

    divisors = {"contact": "contacts", "reached": "reached", "response": "responses"}
    choice("by", by, divisors)
    table = methods if isinstance(methods, pd.DataFrame) else _as_table(methods)
    counts = list(divisors.values())
    if table.empty:
        raise DataError([Fault(None, None, None, "there is no method to compare")], "The table of methods")
    has_columns(table, ["method", "cost", *counts], "The table of methods")
    _refuse(table, counts)
    compared = table[["method", "cost", *counts]].astype({"cost": float, **dict.fromkeys(counts, float)})
    for name, count in divisors.items():
        compared[f"cost_per_{name}"] = (compared["cost"] / compared[count]).where(compared[count] > 0)
    compared["reach"] = (compared["reached"] / compared["contacts"]).where(compared["contacts"] > 0)
    compared["response"] = (compared["responses"] / compared["reached"]).where(compared["reached"] > 0)
    compared = compared.astype(dict.fromkeys(counts, int))
    # Rounded, so that two costs which differ only in the last bit of a float are equal.
    compared["rank"] = compared[f"cost_per_{by}"].round(9).rank(method="min").astype("Int64")
    return compared.sort_values("rank", kind="stable", na_position="last", ignore_index=True)


def _as_table(methods: Any) -> pd.DataFrame:
    import pandas as pd

    rows = list(methods) if isinstance(methods, Iterable) else [None]
    if not all(isinstance(row, Mapping) for row in rows):
        raise ValueError("methods must be a table, or a list of rows such as {'method': 'SMS', 'cost': 300, …}.")
    return pd.DataFrame(rows)


def _refuse(table: pd.DataFrame, counts: list[str]) -> None:
    faults = number_faults(table, "cost", low=0)
    for count in counts:
        faults += number_faults(table, count, low=0, whole=True)
    rows, seen = row_numbers(table), {}
    for row, name in zip(rows, table["method"], strict=True):
        if not isinstance(name, str) or not name.strip():
            faults.append(Fault(int(row), "method", name, "must be the name of a method"))
        elif name.strip().casefold() in seen:
            reason = f"stands in row {seen[name.strip().casefold()]} too: give each method once"
            faults.append(Fault(int(row), "method", name, reason))
        else:
            seen[name.strip().casefold()] = int(row)
    if not faults:
        for larger, smaller in (("contacts", "reached"), ("reached", "responses")):
            for row, most, given in zip(rows, table[larger], table[smaller], strict=True):
                if given > most:
                    faults.append(Fault(int(row), smaller, given, f"must be at most {larger}, {most:g}"))
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row), "The table of methods")
