"""Measure the kit's way to a result against the bare way, in time and in memory: what the scripts here share.

Both ways run in turns in one process, so that a busy moment of the computer hits both; the shortest time of each counts,
which is the one least disturbed. Memory is what stands in memory at the worst moment of the kit's way, input and all,
over the size of the input.
"""

from __future__ import annotations

import gc
import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pandas as pd

TIME_LIMIT, MEMORY_LIMIT = 1.3, 3.0
RUNS = 9


class Case(NamedTuple):
    """Two ways to one result, from the same input; `why` says why it is not held against the limits."""

    name: str
    kit: Callable[[], Any]
    bare: Callable[[], Any]
    given: list[pd.DataFrame | pd.Series]
    why: str = ""
    runs: int = RUNS


def compare(cases: Iterable[Case]) -> bool:
    """Print a row a case; say whether all keep to the limits."""
    print(
        "| work | bare | kit | ratio | input | peak with it ÷ input | note |\n|---|---:|---:|---:|---:|---:|---|",
        flush=True,
    )
    over, notes = [], []
    for case in cases:
        bare, kit = seconds([case.bare, case.kit], case.runs)
        held = sum(size(one) for one in case.given)
        ratio, memory = kit / bare, (held + peak(case.kit)) / held
        if not case.why and (memory > MEMORY_LIMIT or ratio > TIME_LIMIT):
            over.append(case.name)
        if case.why:
            notes.append(case.why)
        mark = f" {len(notes)} |" if case.why else " |"
        print(
            f"| {case.name} | {_shown(bare)} | {_shown(kit)} | {ratio:.2f} | {held / 2**20:.0f} MB | {memory:.2f} |{mark}",
            flush=True,
        )
    for number, note in enumerate(notes, 1):
        print(f"\n({number}) {note}")
    print(f"\nLimits: ratio {TIME_LIMIT}, memory {MEMORY_LIMIT}. Over: {', '.join(over) or 'none'}. {where()}")
    return not over


def seconds(ways: list[Callable[[], Any]], runs: int = RUNS) -> list[float]:
    """The best time of each way."""
    best = [float("inf")] * len(ways)
    for _ in range(runs):
        for place, way in enumerate(ways):
            gc.collect()
            start = time.perf_counter()
            way()
            best[place] = min(best[place], time.perf_counter() - start)
    return best


def peak(way: Callable[[], Any]) -> int:
    """Bytes in use at the worst moment, the input not counted."""
    gc.collect()
    tracemalloc.start()
    way()
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used


def size(table: pd.DataFrame | pd.Series) -> int:
    """Bytes a table takes."""
    used = table.memory_usage(deep=True)
    return int(used.sum() if isinstance(table, pd.DataFrame) else used)


def where() -> str:
    """The computer, and how busy it was at the end."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()}, pandas {pd.__version__}, {os.cpu_count()} cores{load}."


def _shown(taken: float) -> str:
    return f"{1000 * taken:.0f} ms" if taken >= 0.1 else f"{1000 * taken:.2f} ms"
