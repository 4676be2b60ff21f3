"""Measure what the survey tools cost over the bare pandas calls they stand for, in time and in memory.

    python benchmarks/survey_overhead.py [ROWS]        # 1000000 rows unless told otherwise

How is measured stands in `measure.py`; exit 1 when something is above its limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import measure
import numpy as np
import pandas as pd
from measure import Case

from learner_kit import survey

DATA = Path(__file__).parents[1] / "data"


def main(rows: int = 1_000_000) -> int:
    """Print the table; 1 if anything is over its limit."""
    form = survey.Questionnaire.load(DATA / "questionnaire.toml")
    small = pd.read_csv(DATA / "survey_responses.csv", dtype=str, keep_default_na=False)
    raw = small.iloc[np.random.default_rng(1).integers(0, len(small), rows)].reset_index(drop=True)
    raw["respondent"] = [f"R-{number}" for number in range(rows)]
    print(f"{rows} responses, {len(form.columns)} columns\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "responses.csv")
        half = raw.head(rows // 2)  # the kit reads files of up to 200 MB
        half.to_csv(path, index=False)
        return 0 if measure.compare(_cases(raw, half, path, form)) else 1


def _cases(raw: pd.DataFrame, half: pd.DataFrame, path: Path, form: survey.Questionnaire) -> Iterator[Case]:
    yield Case("read_responses, half the rows", *_readers(path, form), [half], runs=3)
    yield Case("code_responses", *_coders(raw, form), [raw], runs=3)
    responses = survey.code_responses(raw, form)
    for name, bare, ours, why in _questions(responses):
        yield Case(name, ours, bare, [responses], why)


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
        lambda: survey.read_responses(path, form),
        lambda: _coded(pd.read_csv(path, dtype=str, keep_default_na=False), form),
    )


def _coders(raw: pd.DataFrame, form: survey.Questionnaire) -> tuple[Callable, Callable]:
    return lambda: survey.code_responses(raw, form), lambda: _coded(raw, form)


def _questions(responses: pd.DataFrame) -> list[tuple[str, Callable, Callable, str]]:
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
    found = [
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
    ]
    unchecked = (
        "nps, plain numbers, against two comparisons",
        lambda: 100 * ((plain >= 9).sum() - (plain <= 6).sum()) / plain.count(),
        lambda: survey.nps(plain),
        "Two comparisons do where every score is known to be right; the kit looks whether each is a whole number from 0 "
        "to 10. Against a count of each score (the row above), that look is within the limit.",
    )
    return [*((*one, "") for one in found), unchecked]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("rows", nargs="*", type=int, help="how many responses; 1 000 000 without it")
    sys.exit(main(*asked.parse_args().rows))
