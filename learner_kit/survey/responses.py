"""Responses to a questionnaire, read so that every answer is one it offers and every fault is found at once.

`learner_kit.survey` offers the names of this module too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from learner_kit import reading
from learner_kit.checks import column_faults, kind, row_numbers
from learner_kit.errors import DataError, Fault
from learner_kit.survey.questionnaire import BLANK, UNKNOWN, Asked, Question, Questionnaire


def read_responses(path: str | Path, questionnaire: Questionnaire, sheet: str | None = None) -> pd.DataFrame:
    """Read responses to a questionnaire from a CSV or Excel file, one row for each respondent.

    Args:
        path: the file; its first row names the columns as `questionnaire.columns` does.
        questionnaire: what was asked.
        sheet: the sheet of an Excel file; the first if not given.

    Returns:
        The columns of `code_responses`.

    Raises:
        KitError: if the file cannot be read.
        DataError: every fault in it, by row as in `code_responses`.

    Example:
        >>> from learner_kit.survey import Questionnaire, read_responses
        >>> form = Questionnaire.load("data/questionnaire.toml")
        >>> responses = read_responses("data/survey_responses.csv", form)
        >>> len(responses), responses["contacted"].value_counts()["Yes"].item()
        (185, 75)
    """
    kind("questionnaire", questionnaire, Questionnaire, "a questionnaire, from Questionnaire.load(path)")
    return code_responses(reading.read_table(path, sheet=sheet), questionnaire, source=str(path))


def code_responses(table: pd.DataFrame, questionnaire: Questionnaire, source: str = "The table") -> pd.DataFrame:
    """Check a table of responses against its questionnaire, and make each answer one of the answers offered.

    Args:
        table: one row for each respondent, with at least `questionnaire.columns`. Capitals, extra spaces and kinds of
            dashes make no difference. Empty means not asked or not answered.
        questionnaire: what was asked.
        source: where the table comes from, for messages.

    Returns:
        A new table with exactly `questionnaire.columns`; other columns are left out, so that nothing is kept that was
        not asked for. Answers are categories in the order of the questionnaire, texts are text.

    Raises:
        DataError: every fault: missing columns, no rows, unknown answers, answers to a question that skip logic should
            have passed over, respondents missing or there twice.

    Example:
        >>> form = Questionnaire("Visit", "who", (), (Question("again", "choice", "Again?", ("Yes", "No")),))
        >>> code_responses(pd.DataFrame({"who": ["R-1", "R-2"], "again": [" yes", ""]}), form)["again"].tolist()
        ['Yes', nan]
    """
    kind("table", table, pd.DataFrame, "a table (DataFrame)")
    kind("questionnaire", questionnaire, Questionnaire, "a questionnaire, from Questionnaire.load(path)")
    table = table.rename(columns=lambda name: str(name).strip())
    faults = [
        Fault(None, name, None, "this column is missing; if it was not asked, take it out of the questionnaire")
        for name in questionnaire.columns
        if name not in table.columns
    ]
    twice = table.columns[table.columns.duplicated()].unique()
    faults += [Fault(None, name, None, "two columns have this name") for name in twice]
    if not faults:
        faults += column_faults(table, questionnaire.columns, source)
        if faults:
            raise DataError(faults, source)
    if table.empty:
        faults.append(Fault(None, None, None, "there is no row of responses in it"))
    usable = [name for name in questionnaire.columns if name in table.columns and name not in twice]
    done: dict[str, Any] = {}
    codes: dict[str, np.ndarray] = {}
    if questionnaire.respondent in usable:
        done[questionnaire.respondent], found = _respondents(table, questionnaire.respondent)
        faults += found
    for name in questionnaire.background:
        if name in usable:
            done[name] = _text(table[name]).astype("category")
    for question in questionnaire.questions:
        for name in (name for name in question.columns if name in usable):
            if question.kind == "text":
                done[name] = _text(table[name])
                codes[name] = np.where(done[name].isna(), BLANK, 0)
            else:
                codes[name] = question.code(table[name])
                done[name] = question.coded(codes[name])
                faults += _faults(table, name, codes[name] == UNKNOWN, lambda _, of=question: of.allowed)
            asked = question.asked_of
            if asked is not None and asked.question in codes:
                faults += _skipped(table, name, codes, asked, questionnaire.question(asked.question))
    if faults:
        order = {name: place for place, name in enumerate(questionnaire.columns)}
        raise DataError(sorted(faults, key=lambda one: (one.row or 0, order.get(one.column, -1))), source)
    return pd.DataFrame({name: pd.Series(values).reset_index(drop=True) for name, values in done.items()})


def _text(values: pd.Series) -> pd.Series:
    """Text without spaces around it, missing where there is none; each different text is looked at once."""
    codes, uniques = pd.factorize(values)
    texts = np.array([*(str(one).strip() or None for one in np.asarray(uniques, dtype=object)), None], dtype=object)
    return pd.Series(texts[codes], index=values.index, name=values.name, dtype="str")


def _faults(table: pd.DataFrame, name: str, wrong: Any, reason: Callable[[int], str]) -> list[Fault]:
    """One fault for each row that is `wrong`; `reason` gets the place of the row in the table."""
    places = np.flatnonzero(wrong)
    if not len(places):
        return []
    rows, values = row_numbers(table), table[name]
    return [Fault(int(rows[place]), name, _shown(values.iloc[place]), reason(place)) for place in places]


def _shown(value: Any) -> Any:
    return None if pd.isna(value) or value == "" else value


def _respondents(table: pd.DataFrame, name: str) -> tuple[pd.Series, list[Fault]]:
    ids = _text(table[name])
    faults = _faults(table, name, ids.isna(), lambda _: "is empty")
    again = (ids.duplicated() & ids.notna()).to_numpy()
    if again.any():
        rows = row_numbers(table)
        first = dict(zip(reversed(ids.to_list()), reversed(rows), strict=True))
        faults += _faults(table, name, again, lambda place: f"stands in row {first[ids.iloc[place]]} already")
    return ids, faults


def _skipped(table: pd.DataFrame, name: str, codes: dict[str, np.ndarray], asked: Asked, on: Question) -> list[Fault]:
    """Answers to a question that its respondent should not have been asked."""
    given = codes[on.id]
    named = np.isin(given, [on.answers.index(answer) for answer in asked.answers])
    breach = (codes[name] != BLANK) & (named if asked.inverse else ~named) & (given != UNKNOWN)

    def reason(place: int) -> str:
        said = f"“{on.answers[given[place]]}”" if given[place] != BLANK else "empty"
        return f"must be empty: it is asked only of {asked}, and here {on.id} is {said}"

    return _faults(table, name, breach, reason)
