"""Measure what the survey tools cost over the bare pandas calls they stand for, in time and in memory.

    python benchmarks/survey_overhead.py [ROWS]        # 1000000 rows unless told otherwise

Both sides run by turns in the same process, the bare call first; the time is the shortest of several runs, which is
the one least disturbed. Memory is the highest extra memory during the call, over the size of the frame it was given.

`nps` stands for a value_counts; against the two comparisons that would do if every score were known to be right, the
check that each one is a whole number from 0 to 10 costs extra, which the last line shows.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import survey

DATA = Path(__file__).parents[1] / "data"
RUNS = 9
MOST_TIME, MOST_MEMORY = 1.3, 3.0


def main(rows: int = 1_000_000) -> int:
    """Print the table; 1 if anything is over its limit."""
    form = survey.Questionnaire.load(DATA / "questionnaire.toml")
    small = pd.read_csv(DATA / "survey_responses.csv", dtype=str, keep_default_na=False)
    raw = small.iloc[np.random.default_rng(1).integers(0, len(small), rows)].reset_index(drop=True)
    raw["respondent"] = [f"R-{number}" for number in range(rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "responses.csv")
        half = raw.head(rows // 2)  # the kit reads files of up to 200 MB
        half.to_csv(path, index=False)
        found = [_measured("read_responses, half the rows", *_readers(path, form), _size(half), runs=2)]
        del half
    found.append(_measured("code_responses", *_coders(raw, form), _size(raw), runs=3))
    responses = survey.code_responses(raw, form)
    del raw
    size = _size(responses)
    found += [_measured(name, bare, ours, size) for name, bare, ours in _questions(responses)]
    print(f"{rows} responses, {len(form.columns)} columns; pandas {pd.__version__}, Python {sys.version.split()[0]}\n")
    print("| tool | bare pandas, ms | kit, ms | ratio | peak memory / input |\n|---|---:|---:|---:|---:|")
    over = 0
    for name, bare, ours, peak in found:
        print(f"| {name} | {1000 * bare:.2f} | {1000 * ours:.2f} | {ours / bare:.2f} | {peak:.2f} |")
        over += "not counted" not in name and (ours > MOST_TIME * bare or peak > MOST_MEMORY)
    print(f"\nover {MOST_TIME} in time or {MOST_MEMORY} in memory: {over}")
    return int(bool(over))


def _measured(
    name: str, bare: Callable, ours: Callable, size: int, runs: int = RUNS
) -> tuple[str, float, float, float]:
    times: dict[Callable, list[float]] = {bare: [], ours: []}
    for _ in range(runs):
        for call, taken in times.items():
            gc.collect()
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    gc.collect()
    tracemalloc.start()
    ours()
    peak = tracemalloc.get_traced_memory()[1] / size
    tracemalloc.stop()
    return name, min(times[bare]), min(times[ours]), peak


def _size(frame: pd.DataFrame) -> int:
    return int(frame.memory_usage(deep=True).sum())


def _coded(table: pd.DataFrame, form: survey.Questionnaire) -> pd.DataFrame:
    """The same result by bare pandas, without a word about what is wrong."""
    done = {"respondent": table["respondent"].str.strip()}
    done["respondent"].duplicated().any()
    for name in form.background:
        done[name] = table[name].str.strip().astype("category")
    for question in form.questions:
        for column in question.columns:
            text = table[column].str.strip()
            if question.kind == "text":
                done[column] = text.mask(text == "")
            else:
                kinds = pd.CategoricalDtype([str(one) for one in question.answers], ordered=question.ordered)
                done[column] = pd.Series(pd.Categorical(text.mask(text == ""), dtype=kinds))
    return pd.DataFrame(done)


def _readers(path: Path, form: survey.Questionnaire) -> tuple[Callable, Callable]:
    return (
        lambda: _coded(pd.read_csv(path, dtype=str, keep_default_na=False), form),
        lambda: survey.read_responses(path, form),
    )


def _coders(raw: pd.DataFrame, form: survey.Questionnaire) -> tuple[Callable, Callable]:
    return lambda: _coded(raw, form), lambda: survey.code_responses(raw, form)


def _questions(responses: pd.DataFrame) -> list[tuple[str, Callable, Callable]]:
    plain = responses["recommend_score"].astype(float)

    def columns(of: str) -> list[str]:
        return [name for name in responses.columns if name.startswith(f"{of}.")]

    def shares(values: pd.Series) -> pd.DataFrame:
        counts = values.value_counts(sort=False)
        return pd.DataFrame({"count": counts, "percent": (100 * counts / counts.sum()).round(2)})

    def means(of: str) -> dict[str, float]:
        found = {}
        for name in columns(of):
            counts = responses[name].value_counts(sort=False).to_numpy()
            found[name] = counts @ np.arange(1, len(counts) + 1) / counts.sum()
        return found

    def satisfied(values: pd.Series) -> float:
        counts = values.value_counts(sort=False)
        return counts.iloc[-2:].sum() / counts.sum()

    def by_period() -> Any:
        return {key: satisfied(part) for key, part in responses.groupby("period", observed=True)["satisfaction"]}

    def bare_nps(values: pd.Series) -> float:
        counts = values.value_counts()
        return 100 * (counts[counts.index >= 9].sum() - counts[counts.index <= 6].sum()) / counts.sum()

    score = responses["recommend_score"]
    return [
        ("tally", lambda: shares(responses["usage"]), lambda: survey.tally(responses, "usage")),
        (
            "matrix",
            lambda: pd.concat([shares(responses[name]) for name in columns("performance")]),
            lambda: survey.matrix(responses, "performance"),
        ),
        ("satisfaction", lambda: satisfied(responses["satisfaction"]), lambda: survey.satisfaction(responses)),
        (
            "importance_performance",
            lambda: pd.DataFrame([means("importance"), means("performance")]),
            lambda: survey.importance_performance(responses),
        ),
        ("compare", by_period, lambda: survey.compare(responses, "satisfaction", "period")),
        ("nps, as read", lambda: bare_nps(score.astype(float)), lambda: survey.nps(score)),
        ("nps, plain numbers", lambda: bare_nps(plain), lambda: survey.nps(plain)),
        (
            "nps, plain numbers, against two unchecked comparisons (not counted)",
            lambda: 100 * ((plain >= 9).sum() - (plain <= 6).sum()) / plain.count(),
            lambda: survey.nps(plain),
        ),
    ]


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:])))
