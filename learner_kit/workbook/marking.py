"""What an answer is worth against an expected value or a rule: a share from 0 to 1 and what was missed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import Any, NamedTuple

from learner_kit.workbook.questions import Choices, Question, folded

CENT = 0.005  # half a cent: two amounts this near print the same


class Mark(NamedTuple):
    """The share of the points an answer earns, and what was missed in words for the learner."""

    share: float
    missed: str = ""


@dataclass(frozen=True)
class some_of:  # written in masters like a function
    """A rule for `choices`: each right option earns its share, each wrong one takes some away, so ticking all earns none.

    Args:
        answer: the keys of the right options.
        wrong: how much of the points a wrong option takes.
        look: what the learner is told besides how many are missing.

    Example:
        >>> some_of(["a", "b"], wrong=0.5)(["a", "c"])
        (0.0, '1 more belongs to it. 1 that you chose does not.')
    """

    answer: Sequence[str]
    wrong: float = 0.5
    look: str = ""

    def __call__(self, chosen: Iterable[str]) -> tuple[float, str]:
        right, given = set(self.answer), set(chosen)
        missing, extra = len(right - given), len(given - right)
        said = [f"{missing} more belong{'s' if missing == 1 else ''} to it." if missing else ""]
        said += [f"{extra} that you chose do{'es' if extra == 1 else ''} not." if extra else "", self.look]
        return max(0.0, (len(right) - missing) / len(right) - self.wrong * extra), " ".join(filter(None, said))


def plain(expected: Any, question: Question | None = None) -> Any:
    """An expected value as a plain answer to its question: what a learner who is right would have given.

    Example:
        >>> plain({"b", "a"}), plain(5), plain({"Yes": {"Count": 3}})
        (['a', 'b'], 5.0, [{'Count': 3.0}])
    """
    if isinstance(expected, Mapping):
        labels = getattr(question, "rows", ()) or expected
        return (
            [plain(expected.get(label, {}), None) for label in labels] if _rows(expected.values()) else _row(expected)
        )
    if isinstance(expected, (set, frozenset)):
        keys = [key for key, _ in getattr(question, "options", ())] or sorted(expected)
        return [key for key in keys if key in expected]
    if isinstance(expected, (list, tuple)):
        return [plain(one) for one in expected]
    if isinstance(expected, Date):
        return expected.isoformat()
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return expected
    return round(float(expected), 6)  # 72.00000000000001 people are 72


def _rows(values: Iterable[Any]) -> bool:
    return all(isinstance(one, Mapping) for one in values)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): plain(value) for name, value in row.items()}


def mark(value: Any, expected: Any, tolerance: float = CENT, question: Question | None = None) -> Mark:
    """Weigh a plain value against what is expected; a rule that fails on a strange answer gives nothing.

    Args:
        value: the plain value of an answer.
        expected: a number; text or an option's key; a list or tuple (in order, but for `choices`) or a set (in any order);
            a table as list of rows or as dict of row label to row; a date; or a rule: a function of the value that gives
            True or False, a share from 0 to 1, or a pair of the share and what was missed.
        tolerance: how far a number may be off, in the unit of the answer.
        question: the question, where it is known.

    Returns:
        The mark. A table earns the share of its cells that are right; the caller decides whether a part counts.

    Example:
        >>> mark(60_000.0, 60_000).share, mark("Walk-In ", "walk-in").share, mark("lots", 60_000).share
        (1.0, 1.0, 0.0)
        >>> mark(["a", "b"], lambda value: (len(value) / 4, "two more groups"))
        Mark(share=0.5, missed='two more groups')
    """
    if callable(expected):
        return _by_rule(value, expected)
    if isinstance(expected, Mapping):
        labels = getattr(question, "rows", ())
        rows = [expected.get(label, {}) for label in labels] if labels else list(expected.values())
        return _by_cells(value, rows, tolerance, question)
    if isinstance(expected, (list, tuple)) and expected and all(isinstance(row, Mapping) for row in expected):
        return _by_cells(value, list(expected), tolerance, question)
    if isinstance(expected, (set, frozenset)) or (
        isinstance(question, Choices) and isinstance(expected, (list, tuple))
    ):
        given = {_comparable(one) for one in value} if isinstance(value, (list, tuple)) else None
        return Mark(float(given == {_comparable(one) for one in expected}))
    if isinstance(expected, (list, tuple)):
        alike = isinstance(value, (list, tuple)) and len(value) == len(expected)
        return Mark(
            float(alike and all(same(one, other, tolerance) for one, other in zip(value, expected, strict=True)))
        )
    return Mark(float(same(value, expected, tolerance)))


def same(value: Any, expected: Any, tolerance: float = CENT) -> bool:
    """Tell whether one plain value is the expected one: numbers within the tolerance, text but for case and stray spaces.

    Example:
        >>> same(0.1 + 0.2, 0.3, tolerance=0), same(True, 1), same(float("nan"), 1)
        (True, False, False)
    """
    if isinstance(expected, Date):
        expected = expected.isoformat()
    if isinstance(expected, str):
        return isinstance(value, str) and folded(value) == folded(expected)
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    try:
        wanted = float(expected)
        given = float(value) if isinstance(value, (int, float)) else math.nan
    except (TypeError, ValueError, OverflowError):
        return False
    return abs(given - wanted) <= tolerance + 1e-9 * max(1.0, abs(wanted))


def _by_rule(value: Any, rule: Callable[[Any], Any]) -> Mark:
    try:
        said = rule(value)
        said, missed = said if isinstance(said, tuple) else (said, "")
        share = float(said or 0)
        return Mark(min(1.0, max(0.0, share)) if math.isfinite(share) else 0.0, str(missed or ""))
    except Exception:  # a rule meets whatever a file holds; what it cannot read is not right
        return Mark(0.0)


def _by_cells(
    value: Any, expected: list[Mapping[str, Any]], tolerance: float, question: Question | None = None
) -> Mark:
    rows = [row if isinstance(row, dict) else {} for row in value] if isinstance(value, (list, tuple)) else []
    rows += [{}] * (len(expected) - len(rows))
    right = [
        [same(row.get(name), wanted, tolerance) for name, wanted in wanteds.items()]
        for row, wanteds in zip(rows, expected, strict=False)
    ]
    count, good = sum(map(len, right)), sum(map(sum, right))
    if not count:
        return Mark(0.0)
    if good == count:
        return Mark(1.0)
    labels = getattr(question, "rows", ())
    missed = [_named(labels, place) for place, cells in enumerate(right) if not all(cells)]
    where = f": {', '.join(missed)}." if len(missed) < len(right) else "."
    return Mark(good / count, f"{count - good} of {count} cells need another look{where}")


def _named(labels: Sequence[str], place: int) -> str:
    """A row as a sentence names it: its label up to a colon, or its number."""
    label = (labels[place] if place < len(labels) else "").partition(":")[0].strip()
    return f"row {place + 1}" if not label or len(label) > 40 else label


def _comparable(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else repr(value)
