"""Trends and problems in what customers do and say (specific outcome 4, the report).

>>> trend([12, 14, 13, 16, 18, 17, 21, 22]).direction
'rising'
"""

from __future__ import annotations

import math
import warnings
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from learner_kit.checks import is_series, number, same_rows, today_or, whole
from learner_kit.reading import write_number
from learner_kit.trends.causes import pareto
from learner_kit.trends.signals import Problems, early_warning, problems

__all__ = ["Correlation", "Problems", "Trend", "correlate", "early_warning", "pareto", "problems", "trend"]

FEWEST = 8  # points under which a trend is not looked for
MOST = 5_000  # points above which Sen's slope, which compares all pairs, takes too much memory
LEVEL = 0.05  # below this p, chance is a poor explanation
Z = 1.959963984540054  # of a 95 % interval
NOTABLE = 0.3  # a difference between two coefficients that deserves a sentence
_SEASONS = {"M": 12, "Q": 4, "W": 52, "D": 7, "B": 5}  # points that make a season, by how often they come


class Trend(NamedTuple):
    """What `trend` found; `warnings` say what makes it doubtful.

    `table` is what `plots.trend` draws: period, value, average (moving), line (Sen's) with low and high, the band in
    which the line may lie.
    """

    n: int
    direction: str
    tau: float
    p: float
    slope: float
    slope_low: float
    slope_high: float
    table: pd.DataFrame
    reading: str
    warnings: tuple[str, ...]

    @property
    def moving_average(self) -> pd.Series:
        """The mean of each point and those before it; missing where there are not enough of them."""
        return self.table.set_index("period")["average"]


class Correlation(NamedTuple):
    """What `correlate` found. `without` is Pearson's r when the pair at `weightiest` is left out."""

    n: int
    pearson: float
    spearman: float
    interval: tuple[float, float]
    p: float
    spearman_p: float
    weightiest: Any
    without: float
    reading: str


def trend(series: Any, window: int = 3, season: int | None = None, today: date | None = None) -> Trend:
    """Look for a steady rise or fall: moving average, Mann-Kendall test and Sen's slope.

    Args:
        series: the values in the order of time, at equal steps, at least 8 and at most 5 000; a Series may have dates
            or periods as its index.
        window: how many points the moving average takes in (each point and those before it), 2 to half of them.
        season: how many points make a season (12 for months); None takes it from the dates, if there are any.
        today: the day after which no value can be known; None is the day it is.

    Returns:
        n, direction ("rising", "falling" or "no clear trend"), tau and p (Mann-Kendall), slope a step with its 95 %
        interval (Sen), table (period, value, average, line, low, high), reading (in words) and warnings: the values
        follow a season, or neighbours resemble each other, so that p is smaller than it should be; the dates are not evenly apart.

    Raises:
        ValueError: for too few or too many values, missing ones, dates out of order, twice or in the future.

    Example:
        >>> found = trend([12, 14, 13, 16, 18, 17, 21, 22])
        >>> round(found.tau, 3), round(found.p, 4), round(found.slope, 3)
        (0.857, 0.0017, 1.414)

    Source: Mann (1945), Kendall (1975); Sen (1968). p is exact without ties, else corrected for them.
    """
    values = _numbers("series", series)
    count = len(values)
    if not FEWEST <= count <= MOST:
        hint = "collect more first" if count < FEWEST else "add them up to weeks or months first"
        raise ValueError(f"series must have from {FEWEST} to {MOST} values to look for a trend, not {count}: {hint}.")
    window = whole("window", window, 2, count // 2)
    doubts = _check_times(values.index, today)
    if season is None:
        season = _season(values.index)
    else:
        season = whole("season", season, 2)
        if count < 2 * season:
            raise ValueError(f"season must be at most half of the {count} values, not {season}.")

    steps = np.arange(count)
    data = values.to_numpy()
    flat = bool((data == data[0]).all())
    tau, p = (0.0, 1.0) if flat else map(float, stats.kendalltau(steps, data))
    sen = stats.theilslopes(data, steps, alpha=0.95)
    slope, low, high = float(sen.slope), float(sen.low_slope), float(sen.high_slope)
    direction = "no clear trend" if p >= LEVEL else "rising" if tau > 0 else "falling"
    if not flat:
        doubts += _doubts(data - slope * steps, season)
    return Trend(
        n=count,
        direction=direction,
        tau=tau,
        p=p,
        slope=slope,
        slope_low=low,
        slope_high=high,
        table=_trend_table(values, window, slope, low, high),
        reading=_trend_in_words(count, direction, p, slope, low, high),
        warnings=tuple(doubts),
    )


def correlate(x: Any, y: Any) -> Correlation:
    """Measure how far two columns of numbers go together, and say what that shows and what it does not.

    Args:
        x, y: pairs of numbers, at least 4, none missing: two lists, or two Series with the same rows.

    Returns:
        n, pearson (along a line) with its 95 % interval (Fisher) and p, spearman (by rank) with spearman_p, the
        weightiest pair (its place from 1, or its index) with Pearson's r without it, and a reading in words.

    Raises:
        ValueError: for too few, missing or unequal values, and for a column in which all are the same.

    Example:
        >>> calls = [12, 18, 20, 25, 28, 33, 38, 44, 47, 52]
        >>> found = correlate(calls, [5, 7, 3, 6, 4, 5, 7, 3, 6, 5])
        >>> round(found.pearson, 3), [round(end, 2) for end in found.interval]
        (-0.021, [-0.64, 0.62])
        >>> print(found.reading)
        These 10 pairs do not show that the two go together: ...

    Source: Fisher's z for the interval: tanh(artanh r ± 1,96 / √(n − 3)).
    """
    first, second = _numbers("x", x), _numbers("y", y)
    if is_series(x) and is_series(y):
        same_rows(x=first, y=second)
    if len(first) != len(second):
        raise ValueError(f"y must have as many values as x, {len(first)}, not {len(second)}.")
    count = len(first)
    if count < 4:
        raise ValueError(f"x and y must have at least 4 pairs, not {count}.")
    labels = first.index if is_series(x) else range(1, count + 1)
    first, second = first.to_numpy(), second.to_numpy()
    for name, data in (("x", first), ("y", second)):
        if data.min() == data.max():
            raise ValueError(f"{name} must have values that differ: all are {data[0]:g}, so nothing can go with them.")
    with warnings.catch_warnings(), np.errstate(divide="ignore"):
        warnings.simplefilter("ignore", stats.ConstantInputWarning)  # nearly constant columns are still measured
        warnings.simplefilter("ignore", stats.NearConstantInputWarning)
        line = stats.pearsonr(first, second)
        rank = stats.spearmanr(first, second)
        pearson, p = float(line.statistic), float(line.pvalue)
        spread = Z / math.sqrt(count - 3)
        centre = float(np.arctanh(pearson))
    interval = (math.tanh(centre - spread), math.tanh(centre + spread))
    place, without = _weightiest(first, second, pearson)
    spearman = float(rank.statistic)
    reading = _correlation_in_words(count, pearson, spearman, interval, p, labels[place], without)
    return Correlation(count, pearson, spearman, interval, p, float(rank.pvalue), labels[place], without, reading)


def _trend_table(values: pd.Series, window: int, slope: float, low: float, high: float) -> pd.DataFrame:
    steps = np.arange(len(values)) - (len(values) - 1) / 2  # from the middle, round which Sen's lines turn
    middle = float(np.median(values))
    ends = [middle + one * steps for one in (low, high)]
    return pd.DataFrame(
        {
            "period": values.index,
            "value": values.to_numpy(),
            "average": values.rolling(window).mean().to_numpy(),
            "line": middle + slope * steps,
            "low": np.minimum(*ends),
            "high": np.maximum(*ends),
        }
    )


def _numbers(name: str, values: Any) -> pd.Series:
    if isinstance(values, (str, bytes, pd.DataFrame)) or not (is_series(values) or hasattr(values, "__len__")):
        raise ValueError(f"{name} must be one column of numbers: a Series or a list.")
    try:
        column = values if is_series(values) else pd.Series(values if isinstance(values, np.ndarray) else list(values))
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be one column of numbers: a Series or a list.") from None
    if len(column) == 0:
        raise ValueError(f"{name} must have values: it is empty.")
    return number(name, column)


def _check_times(index: pd.Index, today: date | None) -> list[str]:
    """Refuse dates that cannot be, and say what is doubtful about the others."""
    if not isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return []
    if index.hasnans:
        raise ValueError("series must have a date for each value: one is missing.")
    if not index.is_unique:
        raise ValueError(
            f"series must have one value for each date: {index[index.duplicated()][0]} stands there twice."
        )
    if not index.is_monotonic_increasing:
        raise ValueError("series must be in the order of time: sort it by its index first.")
    periods = isinstance(index, pd.PeriodIndex)
    now = pd.Timestamp(today_or("today", today))
    last = index[-1].start_time if periods else index[-1].tz_localize(None)
    if last.normalize() > now:
        raise ValueError(f"series must not have dates in the future: {index[-1]} is after {now:%Y-%m-%d}.")
    doubts = []
    if periods and index[-1].end_time.normalize() > now:
        doubts.append(f"The last period, {index[-1]}, is not over yet: its value is not whole. Leave it out.")
    even = len(set(np.diff(index.asi8))) == 1 if periods else _how_often(index) is not None
    if not even:
        doubts.append("The dates are not evenly apart: the slope is for a point, not for a day or a month.")
    return doubts


def _how_often(index: pd.Index) -> str | None:
    """Take from dates how often they come, as pandas names it; None when they are uneven or no dates."""
    if isinstance(index, pd.PeriodIndex):
        return index.freqstr
    if not isinstance(index, pd.DatetimeIndex):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas will give an offset instead of text: both are read
        found = pd.infer_freq(index)
    return getattr(found, "freqstr", found)


def _season(index: pd.Index) -> int | None:
    """Take from the dates how many points make a season; None when they do not tell or there are no two seasons."""
    how_often = _how_often(index)
    season = _SEASONS.get((how_often or "").split("-")[0].rstrip("ES"))
    return season if season and len(index) >= 2 * season else None


def _doubts(left: np.ndarray, season: int | None) -> list[str]:
    """Look at what is left when the trend is taken out: it should look like chance."""
    largest = np.abs(left).max()
    left = left - left.mean()
    if np.abs(left).max() <= 1e-12 * largest:
        return []  # a straight line: nothing is left
    left = left / np.abs(left).max()
    whole = float(left @ left)
    edge = Z / math.sqrt(len(left))
    doubts = []
    if season and season > 1 and float(left[season:] @ left[:-season]) / whole > edge * 0.84:  # one-sided, 5 %
        doubts.append(
            f"The values follow a season of {season} points: compare each with the same time a season before, "
            "or look for the trend in whole seasons. The p given here cannot be relied on."
        )
    near = float(left[1:] @ left[:-1]) / whole
    if near > edge:
        doubts.append(
            f"Neighbouring values resemble each other (autocorrelation {write_number(near, 2)}): "
            "chance is a better explanation than p says."
        )
    return doubts


def _weightiest(x: np.ndarray, y: np.ndarray, pearson: float) -> tuple[int, float]:
    """Find the pair whose leaving changes Pearson's r most, and r without it (0 when nothing is left that differs)."""
    x, y = _scaled(x), _scaled(y)
    count = len(x)
    grow = count / (count - 1)
    xx, yy, xy = x @ x - grow * x * x, y @ y - grow * y * y, x @ y - grow * x * y
    size = np.sqrt(np.clip(xx, 0, None) * np.clip(yy, 0, None))
    rest = np.divide(xy, size, out=np.zeros(count), where=size > 1e-12 * count)
    rest = np.clip(rest, -1, 1)
    place = int(np.argmax(np.abs(rest - pearson)))
    return place, float(rest[place])


def _scaled(data: np.ndarray) -> np.ndarray:
    data = data / np.abs(data).max()  # so that squares stay within what a float can hold
    data = data - data.mean()
    return data / data.std()


def _p(value: float) -> str:
    return "p < 0,001" if value < 0.001 else f"p = {write_number(value, 3)}"


def _trend_in_words(count: int, direction: str, p: float, slope: float, low: float, high: float) -> str:
    if direction == "no clear trend":
        return (
            f"No clear trend: in these {count} values the rises and falls may well be chance ({_p(p)}). "
            "That does not show that nothing changes."
        )
    verb = "rise" if direction == "rising" else "fall"
    digits = max(0, min(6, 2 - math.floor(math.log10(abs(slope))))) if slope else 0
    by, least, most = (write_number(value, digits) for value in (abs(slope), *sorted((abs(low), abs(high)))))
    span = f" (95 % interval {least} to {most})" if low * high >= 0 else ""
    return (
        f"The {count} values {verb} by about {by} a step{span}; chance alone would rarely bring this about ({_p(p)}). "
        "It does not show why, nor that it will go on."
    )


def _correlation_in_words(
    count: int, pearson: float, spearman: float, interval: tuple[float, float], p: float, place: Any, without: float
) -> str:
    r, low, high = (write_number(value, 2) for value in (pearson, *interval))
    seen = p < LEVEL
    if seen:
        other = "larger" if pearson > 0 else "smaller"
        said = [
            f"In these {count} pairs, larger values of the one go with {other} values of the other: "
            f"Pearson {r} (95 % interval {low} to {high}, {_p(p)})."
        ]
    else:
        said = [
            f"These {count} pairs do not show that the two go together: Pearson {r} "
            f"(95 % interval {low} to {high}, {_p(p)})."
        ]
        if interval[1] - interval[0] > 0.5:
            said.append("Nor do they show that there is no link: so wide an interval leaves room for one.")
    if seen and abs(pearson - without) > NOTABLE:
        said.append(f"One pair carries this: without the one at {place}, Pearson is {write_number(without, 2)}.")
    if abs(pearson - spearman) > NOTABLE:
        said.append(
            f"Spearman, by rank, says {write_number(spearman, 2)}: look at the chart for far-off values or a bend."
        )
    said.append(
        "That two things go together does not show that one causes the other: time, season or a third thing may move both."
        if seen
        else "A weak link along a line does not show that the one has no effect on the other."
    )
    return " ".join(said)
