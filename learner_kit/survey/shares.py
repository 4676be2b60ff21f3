"""Shares of a count and how sure they are: percentages, intervals, differences, sample sizes, Net Promoter Score.

`learner_kit.survey` offers the names of this module too. Shares, margins and confidence are fractions from 0 to 1.
Every interval allows for chance only: it mends neither a survey that asked the wrong people nor a leading question.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from learner_kit.checks import fraction, is_series, number, same_rows, single, whole
from learner_kit.reading import NBSP, write_number


class Interval(NamedTuple):
    """The lower and the upper end of an interval, as fractions."""

    low: Any
    high: Any


class Share(NamedTuple):
    """A share of those who answered, with its interval; all but the counts are fractions."""

    count: int
    base: int
    share: float
    low: float
    high: float
    confidence: float = 0.95

    @property
    def words(self) -> str:
        """The share as a sentence for a report."""
        return (
            f"{write_number(self.count)} of {write_number(self.base)} answers, {_percent(self.share)} "
            f"({_percent(self.confidence, 0)} interval {_percent(self.low)} to {_percent(self.high)})"
        )


class Difference(NamedTuple):
    """How much larger the second share is than the first, with its interval; fractions (0.05 is 5 points)."""

    first: Share
    second: Share
    difference: float
    low: float
    high: float
    confidence: float = 0.95
    names: tuple[str, str] = ("first", "second")

    @property
    def words(self) -> str:
        """The difference in plain words, saying no more than the numbers can bear."""
        before, after = self.names
        said = (
            f"{before}: {self.first.words}. {after}: {self.second.words}. Difference {_points(self.difference)} "
            f"percentage points ({_percent(self.confidence, 0)} interval {_points(self.low)} to {_points(self.high)}). "
        )
        if self.low > 0 or self.high < 0:
            way = "higher" if self.low > 0 else "lower"
            return said + f"The share is {way} in {after}, by more than chance alone readily explains."
        return said + "The interval takes in zero: these answers do not show a difference, nor that there is none."


class NPS(NamedTuple):
    """A Net Promoter Score from -100 to 100, and the counts behind it."""

    score: float
    promoters: int
    passives: int
    detractors: int
    base: int

    @property
    def words(self) -> str:
        """The score as a sentence for a report."""
        sign = "+" if self.score > 0 else ""
        return (
            f"Net Promoter Score {sign}{write_number(self.score, 1)}: {write_number(self.promoters)} promoters, "
            f"{write_number(self.passives)} passives, {write_number(self.detractors)} detractors; "
            f"{write_number(self.base)} answers"
        )


def percent_of(counts: Any, decimals: int = 2) -> np.ndarray:
    """Each whole count as a percentage of all of them, halves rounded up; not-a-number where there is no count."""
    counts = np.asarray(counts, dtype=np.int64)
    base, unit = int(counts.sum()), 10**decimals
    if not base:
        return np.full(len(counts), math.nan)
    return (2 * 100 * unit * counts + base) // (2 * base) / unit


def largest_remainder(counts: Any, decimals: int = 2) -> Any:
    """Give percentages of the counts that add up to exactly 100.

    Args:
        counts: whole numbers of 0 or more, at least one above 0; a list or a Series.
        decimals: decimal places, 0 to 6.

    Returns:
        A percentage for each count, in the form it came in: all are rounded down, then those that lost most get one
        last step each until the total is 100 (of equal losses the one listed first).

    Raises:
        ValueError: for a count that is negative, missing or not whole, and when all counts are 0.

    Example:
        >>> largest_remainder([12, 35, 42, 46, 23, 20, 7])
        [6.49, 18.92, 22.7, 24.87, 12.43, 10.81, 3.78]

    Source: the largest-remainder method (Hamilton's).
    """
    decimals = whole("decimals", decimals, 0, 6)
    if isinstance(counts, (str, bytes)) or not hasattr(counts, "__len__") or getattr(counts, "ndim", 1) != 1:
        raise ValueError("counts must be a list or a Series of whole numbers.")
    given = np.array([whole("counts", one, 0, 1_000_000_000) for one in counts], dtype=np.int64)
    if not given.sum():
        raise ValueError("counts must hold at least one count above 0: of nothing there are no percentages.")
    shown = to_100(given, decimals)
    return pd.Series(shown, index=counts.index, name=counts.name) if is_series(counts) else shown.tolist()


def to_100(counts: np.ndarray, decimals: int = 2) -> np.ndarray:
    counts = counts.astype(np.int64)
    base, whole = int(counts.sum()), 100 * 10**decimals
    if not base:
        return np.full(len(counts), math.nan)
    steps, left = np.divmod(counts * whole, base)  # whole numbers throughout: no remainder is lost to rounding
    steps[np.argsort(-left, kind="stable")[: whole - int(steps.sum())]] += 1
    return steps / 10**decimals


def interval(count: Any, base: Any, confidence: float = 0.95) -> Interval:
    """Give the Wilson interval of a share: where the share of all customers plausibly lies.

    Args:
        count: how many gave the answer, 0 to `base`; a number or a Series.
        base: how many answered, 1 or more; a number or a Series like `count`.
        confidence: above 0 and below 1; 0.95 is usual.

    Returns:
        `low` and `high`, fractions from 0 to 1 (Series in, Series out).

    Raises:
        ValueError: when a count is above its base, a base is 0, or a number is not whole or out of range.

    Example:
        >>> low, high = interval(12, 185)
        >>> round(100 * low, 2), round(100 * high, 2)
        (3.75, 10.99)

    Source: E. B. Wilson, 1927. It stays inside 0 to 1 and holds for small counts, where the textbook interval fails.
    """
    z = _z(confidence)
    count, base = number("count", count, 0, whole=True), number("base", base, 1, whole=True)
    same_rows(count=count, base=base)
    if np.any(count > base):
        raise ValueError("count must be at most base: nobody can be counted who did not answer.")
    share = count / base
    middle = share + z * z / (2 * base)
    reach = z * np.sqrt(share * (1 - share) / base + z * z / (4 * base * base))
    low, high = ((middle + way * reach) / (1 + z * z / base) for way in (-1, 1))
    if is_series(low):  # at the very ends rounding could leave a hair more or less than 0 or 1
        return Interval(low.mask(share == 0, 0.0), high.mask(share == 1, 1.0))
    return Interval(0.0 if count == 0 else float(low), 1.0 if count == base else float(high))


def share(count: int, base: int, confidence: float = 0.95) -> Share:
    """Give a share with its Wilson interval.

    Args:
        count: how many gave the answer, 0 to `base`; one number.
        base: how many answered, 1 or more.
        confidence: above 0 and below 1.

    Returns:
        count, base, share, low, high (fractions) and `words` for a report.

    Raises:
        ValueError: as `interval`.

    Example:
        >>> share(7, 185).words.replace(NBSP, " ")
        '7 of 185 answers, 3,8 % (95 % interval 1,8 % to 7,6 %)'
    """
    low, high = interval(single("count", count), single("base", base), confidence)
    return Share(int(count), int(base), float(count / base), low, high, confidence)


def difference(
    first: tuple, second: tuple, confidence: float = 0.95, names: tuple[str, str] = ("first", "second")
) -> Difference:
    """Give the difference between two shares of different people, second less first, with its interval.

    Args:
        first, second: a `Share`, or (count, base).
        confidence: above 0 and below 1.
        names: what the two are called in `words`.

    Returns:
        The two shares, the difference and its interval as fractions, and `words`, which says what they show.

    Raises:
        ValueError: as `interval`.

    Example:
        >>> found = difference((56, 70), (48, 80))
        >>> round(found.difference, 3), round(found.low, 4), round(found.high, 4)
        (-0.2, -0.3339, -0.0524)

    Source: R. G. Newcombe, 1998, method 10 (from two Wilson intervals). It takes the two groups as separate people:
    the same customers asked twice need another method.
    """
    one, two = (share(*_pair(name, given)[:2], confidence) for name, given in (("first", first), ("second", second)))
    names = _pair("names", names)
    apart = two.share - one.share
    low = apart - math.hypot(two.share - two.low, one.high - one.share)
    high = apart + math.hypot(two.high - two.share, one.share - one.low)
    return Difference(one, two, apart, low, high, confidence, (str(names[0]), str(names[1])))


def sample_size(margin: float, population: int | None = None, confidence: float = 0.95, share: float = 0.5) -> int:
    """Give how many must answer for a share to be known within a margin.

    Args:
        margin: a fraction above 0 and below 1; 0.05 is 5 points either way.
        population: how many customers there are in all, 1 or more; leave it out when there are very many.
        confidence: above 0 and below 1.
        share: the share you expect, above 0 and below 1; 0.5 is the safest, it asks for most.

    Returns:
        A whole number, rounded up. It counts completed answers: divide by the share you expect to answer to know how
        many to invite.

    Raises:
        ValueError: for a number out of range, such as 5 for 5 %.

    Example:
        >>> sample_size(0.05), sample_size(0.05, population=500)
        (385, 218)

    Source: n0 = z² p(1-p) / e², with the finite population correction n0 / (1 + (n0 - 1) / N).
    """
    margin, share = _open_fraction("margin", margin), _open_fraction("share", share)
    wanted = _z(confidence) ** 2 * share * (1 - share) / margin**2
    if population is None:
        return max(1, math.ceil(round(wanted, 9)))
    population = whole("population", population, 1)
    wanted = wanted / (1 + (wanted - 1) / population)
    return max(1, min(population, math.ceil(round(wanted, 9))))


def nps(scores: Any, scale: tuple[int, int] | None = None) -> NPS:
    """Give the Net Promoter Score: percent of promoters (9, 10) less percent of detractors (0 to 6).

    Args:
        scores: whole numbers from 0 to 10, from one question that offered all eleven; a Series or a list. Missing
            ones are left out.
        scale: the lowest and highest answer that were offered. Needed only when no score is 0 or above 5, because
            then nobody can tell the answers from those of a 1-to-5 question.

    Returns:
        The score from -100 to 100, and the counts of promoters, passives (7, 8), detractors, and all who answered.

    Raises:
        ValueError: for any other scale. Five steps cannot be cut into promoters, passives and detractors: report the
            share of the top two instead. Also for scores that are not whole or out of range, and when there are none.

    Example:
        >>> nps([10, 9, 9, 8, 7, 6, 3, 0]).score
        0.0

    Source: F. Reichheld, 2003.
    """
    refused = (
        "scores must come from a question answered from 0 to 10: a Net Promoter Score cannot be worked out from "
        "{}. Its promoters, passives and detractors are steps of an eleven-point scale; report the share of the top "
        "two answers (top_box) instead."
    )
    if isinstance(
        getattr(scores, "dtype", None), pd.CategoricalDtype
    ):  # as read_responses gives it: the scale is known
        offered = scores.dtype.categories
        if list(offered) != list(range(11)):
            raise ValueError(refused.format(f"a question with {len(offered)} answers ({offered[0]} … {offered[-1]})"))
        counts = count_codes((scores.array if is_series(scores) else scores).codes, 11)
    else:
        if scale is not None and _pair("scale", scale) != (0, 10):
            raise ValueError(refused.format(f"a scale from {scale[0]} to {scale[1]}"))
        counts = _count_scores(_listed(scores), refused)
        if scale is None and counts.any() and not counts[0] and not counts[6:].any():
            reason = "these: none is 0 or above 5, so they look like a 1-to-5 question (if 0 to 10 was offered, say "
            raise ValueError(refused.format(reason + "scale=(0, 10))"))
    base = int(counts.sum())
    if not base:
        raise ValueError("scores must hold at least one answer.")
    promoters, passives, detractors = int(counts[9:].sum()), int(counts[7:9].sum()), int(counts[:7].sum())
    return NPS(100 * (promoters - detractors) / base, promoters, passives, detractors, base)


def count_codes(codes: np.ndarray, answers: int) -> np.ndarray:
    """How often each code from 0 to `answers` - 1 stands there; -1 is no answer."""
    if codes.dtype == np.int8:  # seen as unsigned, -1 is 255: no copy without the missing ones is needed
        return np.bincount(codes.view(np.uint8), minlength=256)[:answers]
    return np.bincount(codes[codes >= 0], minlength=answers)


def _count_scores(scores: pd.Series, refused: str) -> np.ndarray:
    """How often each whole number from 0 to 10 stands there; anything else is refused by name."""
    if isinstance(scores.dtype, np.dtype) and scores.dtype.kind in "iuf":  # the quick way for many clean numbers
        values = scores.to_numpy()
        values = values[values == values]  # what is missing does not equal itself
        if not len(values) or (values.min() >= 0 and values.max() <= 10 and (values.astype(np.uint8) == values).all()):
            return np.bincount(values.astype(np.uint8), minlength=11)
    found = scores.value_counts()
    wrong = [one for one in found.index if isinstance(one, (str, bool, bytes)) or one not in range(11)]
    if any(isinstance(one, str) for one in wrong):
        raise ValueError(refused.format(f"words such as {wrong[0]!r}"))
    if wrong:
        raise ValueError(f"scores must be whole numbers from 0 to 10, not {', '.join(map(str, wrong[:5]))}.")
    return np.array([int(found.get(one, 0)) for one in range(11)])


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + _open_fraction("confidence", confidence)) / 2)


def _pair(name: str, given: Any) -> tuple:
    """A `Share`, or two values."""
    if not isinstance(given, (tuple, list)) or len(given) < 2 or (len(given) > 2 and not isinstance(given, Share)):
        raise ValueError(f"{name} must be two values, not {given!r}.")
    return tuple(given)


def _listed(scores: Any) -> pd.Series:
    if is_series(scores):
        return scores
    if isinstance(scores, (str, bytes)) or not hasattr(scores, "__len__") or getattr(scores, "ndim", 1) != 1:
        raise ValueError("scores must be a list or a Series of whole numbers from 0 to 10.")
    return pd.Series(list(scores), dtype=None if len(scores) else float)


def _open_fraction(name: str, value: Any) -> float:
    if fraction(name, single(name, value), below_one=True) == 0:
        raise ValueError(f"{name} must be above 0.")
    return float(value)


def _percent(value: float, decimals: int = 1) -> str:
    return f"{write_number(100 * value, decimals)}{NBSP}%"


def _points(value: float) -> str:
    said = write_number(100 * value, 1)
    return f"+{said}" if value > 0 and said.strip("0,") else said
