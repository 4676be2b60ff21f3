"""Counting answers in a table of responses: the floor on which `learner_kit.survey` stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from learner_kit.checks import column_faults, kind, row_numbers
from learner_kit.errors import DataError, Fault
from learner_kit.survey.questionnaire import UNKNOWN, Question
from learner_kit.survey.shares import count_codes


def name_of(question: Any) -> str:
    """The id of a question, given as its id or as a `Question`."""
    if not isinstance(question, (str, Question)):
        raise ValueError(f"question must be the name of a question or a Question, not {question!r}.")
    return question if isinstance(question, str) else question.id


def column(responses: pd.DataFrame, name: str, argument: str = "question") -> pd.Series:
    """A column of responses, or a ValueError that says which there are."""
    kind("responses", responses, pd.DataFrame, "a table (DataFrame)")
    kind(argument, name, str, "the name of a column")
    if name not in responses.columns:
        matrices = sorted({column.partition(".")[0] for column in map(str, responses.columns) if "." in column})
        hint = " It is a matrix question: use matrix, or one of its columns." if name in matrices else ""
        there = ", ".join(map(str, responses.columns)) or "none"
        raise ValueError(f"{argument} must be a column of responses, not {name!r}.{hint} The columns are: {there}.")
    values = responses[name]
    if isinstance(values, pd.DataFrame):
        raise ValueError(f"{argument} must name one column; {values.shape[1]} have the name {name!r}.")
    faults = column_faults(responses, [name], "The table of responses")
    if faults:
        raise DataError(faults, "The table of responses")
    return values


def count(values: pd.Series, question: str | Question) -> tuple[Any, np.ndarray]:
    """The answers in their order and how often each stands there."""
    categories = list(values.dtype.categories) if isinstance(values.dtype, pd.CategoricalDtype) else None
    if isinstance(question, Question) and question.answers and categories != list(question.answers):
        codes = question.code(values)
        wrong = np.flatnonzero(codes == UNKNOWN)
        if len(wrong):
            rows = row_numbers(values)
            faults = [Fault(int(rows[row]), str(values.name), values.iloc[row], question.allowed) for row in wrong]
            raise DataError(faults, "The table of responses")
        values = pd.Series(question.coded(codes))
    if isinstance(values.dtype, pd.CategoricalDtype):
        size = len(values.dtype.categories)
        return pd.Categorical.from_codes(np.arange(size), dtype=values.dtype), count_codes(values.array.codes, size)
    counts = values.value_counts(sort=False)
    counts = counts[[str(one).strip() != "" for one in counts.index]]
    answers = _listed(counts.index)
    return answers, counts.reindex(list(answers)).to_numpy()


def matrix_counts(responses: pd.DataFrame, question: str | Question) -> tuple[pd.DataFrame, Any]:
    """A row for each item and a column for each answer; and the answers, as categories."""
    name = name_of(question)
    columns = list(question.columns) if isinstance(question, Question) else []
    if not columns and isinstance(responses, pd.DataFrame):
        columns = [one for one in responses.columns if str(one).startswith(f"{name}.")]
    if not columns:
        raise ValueError(f"question must be a matrix: responses has no columns that begin with {name + '.'!r}.")
    found = [count(column(responses, one), question) for one in columns]
    kinds = {answers.dtype for answers, _ in found}
    if len(kinds) == 1:
        answers = found[0][0]
    elif any(isinstance(responses[one].dtype, pd.CategoricalDtype) for one in columns):
        raise ValueError(f"question must be a matrix, but the columns {', '.join(columns)} have different answers.")
    else:  # plain columns, in which some answers were never given
        answers = _listed({answer for some, _ in found for answer in some})
    counts = [pd.Series(counted, index=list(some)).reindex(list(answers), fill_value=0) for some, counted in found]
    return pd.DataFrame([one.to_numpy() for one in counts], index=columns, columns=list(answers)), answers


def means(responses: pd.DataFrame, question: str | Question) -> tuple[pd.Series, float | None]:
    """The mean of each item in steps of the scale (the lowest answer being 1, or the numbers themselves); its middle.

    The middle is None for plain numbers: what was offered beyond the answers given is not known.

    Raises:
        ValueError: when the answers are words whose order is not known.
    """
    counted, answers = matrix_counts(responses, question)
    if not answers.ordered:
        raise ValueError(
            f"the answers of {counted.index[0]} are words in no known order: read the responses with read_responses, "
            "or give their Question."
        )
    words = any(isinstance(one, str) for one in answers)
    steps = np.arange(1.0, len(answers) + 1) if words else np.array(list(answers), dtype=float)
    counts = counted.to_numpy()
    with np.errstate(invalid="ignore"):
        found = pd.Series(counts @ steps / counts.sum(axis=1), index=[one.partition(".")[2] for one in counted.index])
    first = responses[counted.index[0]].dtype
    known = isinstance(question, Question) or isinstance(first, pd.CategoricalDtype)
    return found, float(steps[0] + steps[-1]) / 2 if known and len(steps) else None


def label(name: str) -> str:
    """What an item is called in a table: `after_sales_service` becomes "After sales service"."""
    key = name.rpartition(".")[2]
    return (key[:1].upper() + key[1:]).replace("_", " ")


def _listed(answers: Any) -> pd.Categorical:
    """Plain answers in a settled order: numbers by size, words by the alphabet (which is no order of merit)."""
    numbers = not any(isinstance(one, str) for one in answers)
    try:
        ranked = sorted(answers, key=None if numbers else str)
    except TypeError:  # numbers and dates, or the like
        numbers, ranked = False, sorted(answers, key=str)
    return pd.Categorical(ranked, categories=ranked, ordered=numbers)
