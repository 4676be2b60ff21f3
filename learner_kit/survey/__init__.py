"""Survey of customers (SO2): what they answered, how sure that is, and what to work on first.

Read a questionnaire and its responses, count answers, and report shares with their base and their interval. Answers
of a scale stand from the lowest to the highest. Shares and margins are fractions from 0 to 1; only columns named
percent are in percent.

    >>> from learner_kit import survey
    >>> form = survey.Questionnaire.load("data/questionnaire.toml")
    >>> responses = survey.read_responses("data/survey_responses.csv", form)
    >>> survey.tally(responses, "usage")[["answer", "count", "percent", "rounded_to_100"]]
                                         answer  count  percent  rounded_to_100
    0                                     Daily     35    18.92           18.92
    1                                    Weekly     42    22.70           22.70
    2                              Once a month     46    24.86           24.87
    3                Every two to three months     23    12.43           12.43
    4  Two or three times a year, or less often     20    10.81           10.81
    5                               Once a year     12     6.49            6.49
    6                                Do not use      7     3.78            3.78
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from learner_kit.checks import choice, has_columns, number, whole
from learner_kit.errors import DataError, Fault
from learner_kit.survey.counting import column, count, label, matrix_counts, means, name_of
from learner_kit.survey.questionnaire import Asked, Question, Questionnaire
from learner_kit.survey.responses import code_responses, read_responses
from learner_kit.survey.shares import (
    NPS,
    Difference,
    Interval,
    Share,
    difference,
    interval,
    largest_remainder,
    nps,
    percent_of,
    sample_size,
    share,
    to_100,
)

__all__ = [
    "NPS",
    "Asked",
    "Difference",
    "Interval",
    "Question",
    "Questionnaire",
    "Share",
    "code_responses",
    "compare",
    "difference",
    "importance_performance",
    "interval",
    "largest_remainder",
    "matrix",
    "nps",
    "read_responses",
    "sample_size",
    "satisfaction",
    "share",
    "tally",
    "top_box",
]

QUADRANTS = {  # by (important, performs well)
    (True, False): "Concentrate here",
    (True, True): "Keep up the good work",
    (False, False): "Low priority",
    (False, True): "Possible overkill",
}
CROSSHAIRS = ("grand mean", "scale middle")


def tally(responses: pd.DataFrame, question: str | Question) -> pd.DataFrame:
    """Count the answers to a question and give them as percentages of those who answered it.

    Args:
        responses: one row for each respondent, best from `read_responses`; missing means no answer.
        question: a column of `responses`, or a `Question`, against whose answers a plain column is then checked.

    Returns:
        A row for each answer in the order of the questionnaire (also those nobody gave), with answer, count, percent
        (2 decimals), rounded_to_100 (the same by largest remainder: exactly 100 in all) and base, which is how many
        answered. Where nobody did, base is 0 and there are no percentages. `attrs` holds question, base and, for a
        `Question` with skip logic, asked: how many should have answered.

    Raises:
        ValueError: for a question that is not there.
        DataError: for answers that the `Question` does not offer, each with its row.

    Example:
        >>> table = tally(pd.DataFrame({"contacted": ["Yes", "No", "No", None]}), "contacted")
        >>> table.to_dict("records")[1]
        {'answer': 'Yes', 'count': 1, 'percent': 33.33, 'rounded_to_100': 33.33, 'base': 3}
    """
    name = name_of(question)
    table = _tally(column(responses, name), question)
    if isinstance(question, Question) and question.asked_of is not None:
        has_columns(responses, [question.asked_of.question], "The table of responses")
        table.attrs["asked"] = int(question.asked(responses).sum())
    return table


def _tally(values: pd.Series, question: str | Question) -> pd.DataFrame:
    answers, counts = count(values, question)
    base = int(counts.sum())
    table = pd.DataFrame(
        {
            "answer": answers,
            "count": counts,
            "percent": percent_of(counts),
            "rounded_to_100": to_100(counts),
            "base": base,
        },
    )
    table.attrs = {"question": values.name, "base": base}
    return table


def matrix(responses: pd.DataFrame, question: str | Question) -> pd.DataFrame:
    """Count the answers to a question that puts one scale to several items.

    Args:
        responses: as for `tally`; the items are the columns `question.item`.
        question: the id of a matrix question such as "performance", or its `Question`.

    Returns:
        A row for each item and answer, from the lowest to the highest: item, answer, count, percent (2 decimals) and
        base (how many rated the item).

    Raises:
        ValueError: when the question is no matrix of `responses`, or its items have different answers.

    Example:
        >>> rated = pd.DataFrame({"performance.price": [1, 2, 2], "performance.delivery": [2, None, 2]})
        >>> matrix(rated, "performance")
               item answer  count  percent  base
        0     Price      1      1    33.33     3
        1     Price      2      2    66.67     3
        2  Delivery      1      0     0.00     2
        3  Delivery      2      2   100.00     2
    """
    counted, answers = matrix_counts(responses, question)
    counts = counted.to_numpy()
    table = pd.DataFrame({"item": np.repeat([label(name) for name in counted.index], len(answers))})
    table["answer"] = pd.Categorical.from_codes(np.tile(answers.codes, len(counted)), dtype=answers.dtype)
    table["count"] = counts.ravel()
    table["percent"] = np.concatenate([percent_of(row) for row in counts])
    table["base"] = np.repeat(counts.sum(axis=1), len(answers))
    table.attrs = {"question": name_of(question)}
    return table


def top_box(tally: pd.DataFrame, best: int = 2, confidence: float = 0.95) -> Share:
    """Give the share of those who chose the best answers of a scale ("top-2 box").

    Args:
        tally: a table from `tally` of a scale or score; in a table of your own the best answers stand last.
        best: how many answers from the top, 1 or more.
        confidence: of the interval, above 0 and below 1.

    Returns:
        count, base, share, and its Wilson interval low to high (fractions), with `words` for a report.

    Raises:
        ValueError: when nobody answered, when `best` is more than there are answers, or when the answers have no order
            of merit, such as yes and no.

    Example:
        >>> found = top_box(pd.DataFrame({"answer": ["Bad", "Fair", "Good"], "count": [5, 5, 30]}), best=1)
        >>> found.share, round(found.low, 3), round(found.high, 3)
        (0.75, 0.598, 0.858)
    """
    has_columns(tally, ["answer", "count"], "The tally")
    if not len(tally):
        raise ValueError("tally must hold at least one answer: it has no rows.")
    best = whole("best", best, 1, len(tally))
    answers = tally["answer"]
    if isinstance(answers.dtype, pd.CategoricalDtype) and not answers.dtype.ordered:
        listed = ", ".join(map(str, answers))
        raise ValueError(f"tally must be of a scale: among {listed} none is best. Compare the answers one by one.")
    counts = number("the count in tally", tally["count"], 0, whole=True).to_numpy()
    if not counts.sum():
        raise ValueError("tally must hold at least one answer: its base is 0.")
    return share(int(counts[-best:].sum()), int(counts.sum()), confidence)


def satisfaction(
    responses: pd.DataFrame, question: str | Question = "satisfaction", best: int = 2, confidence: float = 0.95
) -> Share:
    """Give the satisfaction score (CSAT): the share of those who answered that chose one of the best answers.

    Args:
        responses: as for `tally`.
        question: the scale that asks for overall satisfaction.
        best: how many answers count as satisfied: 2 of a balanced five-point scale.
        confidence: of the interval, above 0 and below 1.

    Returns:
        As `top_box`.

    Raises:
        ValueError: as `tally` and `top_box`.

    Example:
        >>> satisfaction(pd.DataFrame({"satisfaction": [5, 4, 4, 3, 1, None]})).share
        0.6
    """
    return top_box(tally(responses, question), best, confidence)


def importance_performance(
    responses: pd.DataFrame,
    crosshair: str = "grand mean",
    importance: str | Question = "importance",
    performance: str | Question = "performance",
) -> pd.DataFrame:
    """Give each attribute its place on the map of importance against performance.

    Args:
        responses: with the columns `importance.attribute` and `performance.attribute` of every attribute.
        crosshair: where the map is cut: "grand mean" (the mean of the attributes' means, usual: it always finds what
            to do first) or "scale middle" (it tells good from poor as such).
        importance, performance: the two matrix questions.

    Returns:
        A row for each attribute: attribute, importance, performance (means in steps of their scale, the lowest being
        1) and quadrant: "Concentrate here" (important, performs poorly), "Keep up the good work", "Low priority" or
        "Possible overkill" (performs well, hardly matters). On the line counts as above it. `attrs["crosshair"]` holds
        method, importance and performance.

    Raises:
        ValueError: for another crosshair, or an attribute that nobody rated.
        DataError: for attributes that only one of the two questions has.

    Example:
        >>> rated = pd.DataFrame({"importance.price": [5, 5], "importance.gifts": [1, 2],
        ...                       "performance.price": [2, 1], "performance.gifts": [4, 5]})
        >>> importance_performance(rated)
          attribute  importance  performance           quadrant
        0     Price         5.0          1.5   Concentrate here
        1     Gifts         1.5          4.5  Possible overkill

    Source: J. A. Martilla and J. C. James, 1977, Journal of Marketing 41(1), 77–79.
    """
    choice("crosshair", crosshair, CROSSHAIRS)
    (matters, middle), (works, centre) = means(responses, importance), means(responses, performance)
    alone = [*matters.index.difference(works.index), *works.index.difference(matters.index)]
    if alone:
        reason = "importance and performance must both be asked about it"
        raise DataError([Fault(None, name, None, reason) for name in alone], "The table of responses")
    table = pd.DataFrame({"attribute": [label(name) for name in matters.index], "importance": matters.to_numpy()})
    table["performance"] = works.reindex(matters.index).to_numpy()
    unrated = table.loc[table[["importance", "performance"]].isna().any(axis=1), "attribute"]
    if len(unrated):
        raise ValueError(f"responses must rate every attribute at least once; nobody rated: {', '.join(unrated)}.")
    if crosshair == "grand mean":
        cut = {"importance": float(matters.mean()), "performance": float(works.mean())}
    elif middle is None or centre is None:
        raise ValueError('crosshair "scale middle" needs the scales: read the responses with read_responses.')
    else:
        cut = {"importance": middle, "performance": centre}
    high = {axis: table[axis] >= cut[axis] - 1e-9 for axis in cut}  # the mean of equal numbers may differ by a hair
    table["quadrant"] = [QUADRANTS[pair] for pair in zip(high["importance"], high["performance"], strict=True)]
    table.attrs["crosshair"] = {"method": crosshair, **cut}
    return table


def compare(
    responses: pd.DataFrame,
    question: str | Question,
    by: str,
    between: tuple[Any, Any] | None = None,
    answers: list[Any] | None = None,
    best: int = 2,
    confidence: float = 0.95,
) -> Difference:
    """Compare two periods, branches or other groups by the share of the best answers, or of answers you name.

    Args:
        responses: as for `tally`, with the column `by`.
        question: what was asked.
        by: the column that tells the groups apart, such as "period" or "branch".
        between: the two groups, the earlier first; may be left out when there are only two.
        answers: the answers to count together; left out, the `best` answers of a scale.
        best: how many answers from the top of a scale.
        confidence: of the intervals, above 0 and below 1.

    Returns:
        As `difference`: both shares, the second less the first, its interval, and `words` for a report.

    Raises:
        ValueError: for a column, group or answer that is not there, or a group in which nobody answered.

    Example:
        >>> asked = pd.DataFrame({"branch": ["Durban"] * 4 + ["Polokwane"] * 4, "helped": list("YYNNYYYN")})
        >>> compare(asked, "helped", by="branch", answers=["Y"]).difference
        0.25
    """
    name = name_of(question)
    groups, values = column(responses, by, "by"), column(responses, name)
    there = sorted(groups.dropna().unique(), key=str)
    pair = tuple(there if between is None else between if isinstance(between, (list, tuple)) else ())
    if len(pair) != 2 or pair[0] == pair[1] or any(one not in there for one in pair):
        listed = ", ".join(map(repr, there)) or "none"
        raise ValueError(f"between must name two groups of {by}; there are: {listed}.")
    found = []
    for one in pair:
        table = _tally(values[(groups == one).to_numpy()], question)
        if answers is None:
            part = top_box(table, best, confidence) if table.attrs["base"] else None
        else:
            part = _named_share(table, values, answers, confidence)
        if part is None:
            raise ValueError(f"between must name groups in which somebody answered {name}; in {one!r} nobody did.")
        found.append(part)
    return difference(found[0], found[1], confidence, names=pair)


def _named_share(table: pd.DataFrame, values: pd.Series, answers: list[Any], confidence: float) -> Share | None:
    if not isinstance(answers, (list, tuple, set, frozenset)):
        raise ValueError(f"answers must be a list of answers, not {answers!r}.")
    categories = isinstance(values.dtype, pd.CategoricalDtype)
    offered = list(values.dtype.categories if categories else values.dropna().unique())
    wrong = [one for one in answers if one not in offered]
    if wrong or not len(answers):
        raise ValueError(f"answers must be among {', '.join(map(str, offered))}; not {wrong}.")
    base = table.attrs["base"]
    return share(int(table.loc[table["answer"].isin(answers), "count"].sum()), base, confidence) if base else None
