"""Every learner's own figures: drawn from the class's seed and the learner's number, the same on every machine.

A figure is drawn so: the words

    learner-kit figures 1 / class seed / learner / workbook / variant / figure / try

each on a line of its own, are written as UTF-8; their SHA-256, read as one whole number (big end first), modulo the
number of values the figure may take gives the place of the value, counted from 0 at the lowest. `try` begins at 0; as
long as the variant's rule (`where`) does not hold, all its figures are drawn again with the next try. Nothing else goes
in: no clock, no random module, no order of a dict. Without a seed or a number the practice figures stand.
"""

from __future__ import annotations

import ast
import hashlib
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from learner_kit.reading import NBSP, write_number, write_rand

FILE = "figures.json"  # beside a released workbook: the seed of its class
TRIES = 1_000
NAME = re.compile(r"[a-z][a-z0-9_]*")
_HOLE = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def shown(value: float, unit: str = "") -> str:
    """Write a figure as prompts show it: rand without needless cents, "%" after a percentage, at most two decimals.

    Example:
        >>> [shown(*one).replace(chr(160), " ") for one in [(1500, "R"), (7.5, "R"), (62.5, "%"), (1200, "")]]
        ['R1 500', 'R7,50', '62,5 %', '1 200']
    """
    if unit == "R":
        return write_rand(value, cents=None)
    return write_number(value, None) + (f"{NBSP}%" if unit == "%" else "")


class _Figure:
    unit = ""

    def __str__(self) -> str:
        return shown(self + 0, self.unit)  # type: ignore[operator]

    def __format__(self, how: str) -> str:
        return format(self + 0, how) if how else str(self)  # type: ignore[operator]


class WholeFigure(_Figure, int):
    """A whole number that is written with its unit."""


class PartFigure(_Figure, float):
    """A number with decimals that is written with its unit."""


def _figure(value: float, unit: str) -> Any:
    made = WholeFigure(value) if float(value).is_integer() else PartFigure(value)
    made.unit = unit
    return made


@dataclass(frozen=True)
class Range:
    """What a figure may be: the practice value, and every value from `low` to `high` in steps."""

    practice: Any
    values: tuple[Any, ...]


def rand(practice: float, low: float, high: float, step: float = 1) -> Range:
    """An amount in rand: what the practice figures have, then the lowest, the highest and the step of the others."""
    return _range(practice, low, high, step, "R")


def count(practice: float, low: float, high: float, step: float = 1) -> Range:
    """A number of people, calls or things: practice value, lowest, highest, step."""
    return _range(practice, low, high, step, "")


def percent(practice: float, low: float, high: float, step: float = 1) -> Range:
    """A percentage: practice value, lowest, highest, step; 20 is 20 %.

    Example:
        >>> percent(20, 10, 30, step=10).values
        (10, 20, 30)
    """
    return _range(practice, low, high, step, "%")


def pick(*values: str) -> Range:
    """One of several words; the practice value comes first."""
    if len(values) < 2:
        raise ValueError("pick needs two words or more; the first is the practice value.")
    return Range(values[0], tuple(values))


@dataclass(frozen=True)
class Worked:
    """A figure that follows from those drawn before it."""

    rule: Callable[[Drawn], Any]
    unit: str = ""

    def value(self, drawn: Drawn) -> Any:
        found = self.rule(drawn)
        return found if isinstance(found, (str, _Figure)) else _figure(found, self.unit)


def worked(rule: Callable[[Drawn], Any], unit: str = "") -> Worked:
    """A figure that follows from those before it; `unit` is "R", "%" or nothing. Learners can see the rule."""
    return Worked(rule, unit)


@lru_cache(maxsize=1024)  # a master is run for every learner of a class
def _range(practice: float, low: float, high: float, step: float, unit: str) -> Range:
    if not step > 0 or not low < high:
        raise ValueError(f"low must be below high and step above 0, not {low}, {high} and {step}.")
    steps = round((high - low) / step)
    if abs(low + steps * step - high) > 1e-9:
        raise ValueError(f"step {step} does not lead from {low} to {high}.")
    values = tuple(_figure(round(low + place * step, 6), unit) for place in range(steps + 1))
    return Range(_figure(practice, unit), values)


@dataclass(frozen=True)
class Drawn:
    """The figures of one variant for one learner, by name."""

    _held: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self._held[name]
        except KeyError:
            raise AttributeError(f"there is no figure {name}; there are: {', '.join(self._held)}.") from None


@dataclass(frozen=True)
class Variant:
    """What the figures of some questions may be, and the rule that they keep together."""

    workbook: str
    name: str
    figures: tuple[tuple[str, Range | Worked], ...]
    where: Callable[[Drawn], Any] | None = None

    @property
    def practice(self) -> Drawn:
        """The figures without a learner."""
        return self._made(lambda name, one: one.practice)

    def draw(self, seed: str | None, learner: str | None) -> Drawn:
        """The figures of a learner of a class; the practice figures without either.

        Raises:
            ValueError: no draw keeps the rule.
        """
        if not seed or not learner:
            return self.practice
        for attempt in range(TRIES):
            found = self._made(
                lambda name, one: one.values[
                    number(seed, learner, self.workbook, self.name, name, attempt) % len(one.values)  # noqa: B023
                ]
            )
            if self.where is None or self.where(found):
                return found
        raise ValueError(f"where of variant {self.name} held in none of {TRIES} draws: widen its ranges.")

    def _made(self, value: Callable[[str, Range], Any]) -> Drawn:
        held: dict[str, Any] = {}
        drawn = Drawn(held)
        for name, one in self.figures:
            held[name] = one.value(drawn) if isinstance(one, Worked) else value(name, one)
        return drawn


def make(
    workbook: str, name: str, where: Callable[[Drawn], Any] | None, figures: Mapping[str, Range | Worked]
) -> Variant:
    """A variant, its names and its practice figures checked.

    Raises:
        ValueError: a name is no plain word, there is no figure, or the practice figures break the rule.
    """
    strange = [one for one in (name, *figures) if not NAME.fullmatch(one)]
    if strange or not figures:
        raise ValueError(f"a variant needs a name and figures in small letters, digits and _, not {strange or 'none'}.")
    made = Variant(workbook, name, tuple(figures.items()), where)
    if where is not None and not where(made.practice):
        raise ValueError(f"the practice figures of variant {name} break its own rule.")
    return made


def number(seed: str, learner: str, workbook: str, variant: str, figure: str, attempt: int = 0) -> int:
    """The whole number that a figure is drawn by.

    Example:
        >>> number("class", "L-0001", "so1", "boutique", "price") % 1_000_000
        580962
    """
    said = "\n".join(("learner-kit figures 1", seed, learner, workbook, variant, figure, str(attempt)))
    return int.from_bytes(hashlib.sha256(said.encode("utf-8")).digest(), "big")


def class_seed(cohort_seed: str) -> str:
    """The seed that goes to learners: from it nobody can tell the cohort's own, by which moderation draws its sample.

    Example:
        >>> class_seed("tests")[:8]
        'b84f94a8'
    """
    return hashlib.sha256(f"learner-kit class 1\n{cohort_seed}".encode()).hexdigest()[:32]


class Figures(Mapping[str, Drawn]):
    """All variants of a workbook as a learner meets them; each is drawn once, when it is first looked at."""

    def __init__(self, variants: Mapping[str, Variant], seed: str | None, learner: str | None):
        self._variants, self.seed, self.learner = variants, seed, learner
        self._drawn: dict[str, Drawn] = {}
        self.written: dict[str, str] = {}  # what `fill` put into texts: the same sums stand in several of them

    def __getitem__(self, name: str) -> Drawn:
        if name not in self._drawn:
            self._drawn[name] = self._variants[name].draw(self.seed, self.learner)
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __len__(self) -> int:
        return len(self._variants)


def holes(text: str) -> bool:
    """Tell whether a text takes figures: {boutique.price} stands in it, or a sum of figures."""
    return "{" in text and bool(_HOLE.search(text))


def fill(text: str, figures: Mapping[str, Any]) -> str:
    """Put figures into a text.

    Args:
        text: with {variant.figure}, or arithmetic such as {R boutique.price * 2} or {% 100 * a.few / a.all}, where R or
            % before it says how the outcome is written.
        figures: what the names mean: a variant's figures, or a number.

    Raises:
        ValueError: a name is not known, or there is more than arithmetic between the braces.

    Example:
        >>> given = {"shop": Variant("so1", "shop", (("price", rand(1500, 900, 2400, 50)),)).practice}
        >>> fill("At {shop.price} each, two cost {R 2 * shop.price}.", given).replace(chr(160), " ")
        'At R1 500 each, two cost R3 000.'
    """
    if "{" not in text:
        return text
    known = figures.written if isinstance(figures, Figures) else {}

    def put(found: re.Match) -> str:
        if found[1] not in known:
            known[found[1]] = _worked(found[1], figures)
        return known[found[1]]

    return _HOLE.sub(put, text)


def _worked(said: str, figures: Mapping[str, Any]) -> str:
    unit, tree = _read(said.strip())
    try:
        value = _value(tree, figures)
    except (KeyError, AttributeError, TypeError, ZeroDivisionError) as error:
        raise ValueError(f"{{{said}}} cannot be worked out: {error}") from None
    return shown(value + 0, unit) if unit else str(value) if isinstance(value, (_Figure, str)) else shown(value)


@lru_cache(maxsize=4096)
def _read(said: str) -> tuple[str, ast.expr]:
    unit = said[:1] if said[:2] in ("R ", "% ") else ""
    try:
        return unit, ast.parse(said[len(unit) :].strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"{{{said}}} is no figure and no sum of figures.") from None


_SUMS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_DONE = {"round": round, "min": min, "max": max}


def _value(node: ast.expr, figures: Mapping[str, Any]) -> Any:
    """Arithmetic on named figures, nothing else."""
    match node:
        case ast.Constant(value=int() | float() as plain):
            return plain
        case ast.Name(id=name):
            return figures[name]
        case ast.Attribute(value=ast.Name(id=name), attr=figure) if NAME.fullmatch(figure):
            return getattr(figures[name], figure)
        case ast.UnaryOp(op=ast.USub(), operand=one):
            return -_value(one, figures)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SUMS:
            return _SUMS[type(sign)](_value(left, figures), _value(right, figures))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _DONE:
            return _DONE[name](*(_value(one, figures) for one in args))
    raise ValueError(f"{{{ast.unparse(node)}}} is more than arithmetic on figures.")
