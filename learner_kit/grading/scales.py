"""The rules by which customers are graded, read from `data/grading_scales.toml` or from a firm's own file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse

HOME = Path(__file__).resolve().parents[2]
DEFAULT = HOME / "data" / "grading_scales.toml"
LOWEST, HIGHEST = 1, 5
RATES = ("order", "line", "delivery", "return", "special_order", "transfer", "contact", "cost_of_money")
GRADES = ("A", "B", "C", "New")


@dataclass(frozen=True)
class Criterion:
    """One thing customers are scored on; `limits` is None where they are scored by fifths."""

    name: str
    title: str
    unit: str
    better: str
    limits: tuple[float, ...] | None
    weight: float


@dataclass(frozen=True)
class Band:
    """A band of values; it runs from `start` up to the next band's."""

    name: str
    start: float


class Advice(NamedTuple):
    """How to treat a customer of a grade: what may differ (priority, terms) and what may not (courtesy)."""

    grade: str
    meaning: str
    priority: str
    terms: str
    courtesy: str
    ground: str


@dataclass(frozen=True)
class Scales:
    """Criteria, bands, costs of serving and advice."""

    criteria: dict[str, Criterion]
    bands: tuple[Band, ...]
    rates: dict[str, float]
    advice: dict[str, Advice]
    reconstruction: str

    @classmethod
    def load(cls, path: str | Path = DEFAULT) -> Scales:
        """Read the rules from a TOML file.

        Args:
            path: the kit's own file, or a copy of it with your firm's rules.

        Raises:
            KitError: if the file is missing or is not TOML.
            DataError: if what it says cannot be used: all faults, with their keys.

        Example:
            >>> [band.name for band in Scales.load().bands]
            ['Operational Drain', 'Convenient Sale', 'Core Customer', 'Business Build']
        """
        faults: list[Fault] = []
        top = Keys(read(path), faults)
        note = top.take("reconstruction", str, "")
        criteria = _criteria(top, faults)
        bands = _bands(top)
        rates = _rates(top)
        advice = _advice(top, [*GRADES, *(band.name for band in bands)])
        top.done()
        refuse(faults, path)
        return cls(criteria, bands, rates, advice, note)


def _criteria(top: Keys, faults: list[Fault]) -> dict[str, Criterion]:
    table = top.take("criteria", dict) or {}
    if not table:
        top.fault("criteria", "must hold at least one criterion")
    found = {}
    for name, one in table.items():
        keys = Keys(one if isinstance(one, dict) else {}, faults, f"criteria.{name}")
        title, unit = keys.take("title", str, name), keys.take("unit", str, "")
        better = keys.take("better", str, among=["high", "low"])
        weight = keys.take("weight", float, 1.0)
        if weight is not None and not 0 <= weight < float("inf"):
            keys.fault("weight", "must be 0 or more")
        given = one.get("limits") if isinstance(one, dict) else None
        limits = None
        if isinstance(given, str):
            keys.take("limits", str, among=["fifths"])
        elif (asked := keys.take("limits", list)) is not None:
            plain = [limit for limit in asked if isinstance(limit, (int, float)) and not isinstance(limit, bool)]
            steps = HIGHEST - LOWEST
            if len(plain) != len(asked) or len(plain) != steps or any(a >= b for a, b in pairwise(plain)):
                keys.fault("limits", f'must be {steps} numbers, each above the one before, or "fifths"')
            limits = tuple(float(limit) for limit in plain)
        keys.done()
        found[name] = Criterion(name, title, unit, better, limits, weight)
    return found


def _bands(top: Keys) -> tuple[Band, ...]:
    bands = []
    for keys in top.tables("bands"):
        name, start = keys.take("name", str), keys.take("from", float)
        keys.done()
        if name is not None and start is not None:
            bands.append(Band(name, start))
            if len(bands) == 1 and start != LOWEST:
                keys.fault("from", f"must be {LOWEST}: the first band holds the lowest scores")
            elif len(bands) > 1 and not bands[-2].start < start < HIGHEST:
                keys.fault("from", f"must be above the band before it and below {HIGHEST}")
    if len({band.name for band in bands}) < len(bands):
        top.fault("bands", "two bands have the same name")
    if not bands:
        top.fault("bands", "must hold at least one band")
    return tuple(bands)


def _rates(top: Keys) -> dict[str, float]:
    keys = top.table("rates")
    rates = {}
    for name in RATES:
        rate = keys.take(name, float, 0.0)
        if rate is not None and not 0 <= rate < float("inf"):
            keys.fault(name, "must be 0 or more")
        elif name == "cost_of_money" and rate is not None and rate > 1:
            keys.fault(name, f"must be a fraction a year from 0 to 1; for {rate:g} % write {rate / 100:g}")
        rates[name] = rate
    keys.done()
    return rates


def _advice(top: Keys, grades: list[str]) -> dict[str, Advice]:
    keys = top.table("advice")
    # One sentence for every grade: a file cannot make courtesy depend on the grade.
    courtesy, ground = keys.take("courtesy", str), keys.take("ground", str)
    each = keys.table("grades")
    found = {}
    for grade in grades:
        one = each.table(grade)
        said = [one.take(key, str) or "" for key in ("meaning", "priority", "terms")]
        one.done()
        found[grade] = Advice(grade, *said, courtesy or "", ground or "")
    each.done()
    keys.done()
    return found
