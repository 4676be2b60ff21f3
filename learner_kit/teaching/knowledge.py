"""A short check of knowledge before and after a programme, and what the class gained. It is no assessment."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.settings import Keys, read, refuse

FILE = "knowledge.toml"
ROUNDS = ("before", "after")
OPEN = "-"


@dataclass(frozen=True)
class Item:
    """A question with its options; `right` is the letter of the right one."""

    id: str
    prompt: str
    options: tuple[str, ...]
    right: str


@dataclass(frozen=True)
class Check:
    """The whole check."""

    title: str
    says: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Gain:
    """What those gained who did both rounds; marks are right answers, `low` to `high` the 95 % interval of the gain."""

    learners: int
    of: int
    before: float
    after: float
    gain: float
    low: float | None
    high: float | None
    better: int
    same: int
    worse: int
    items: tuple[tuple[str, str, float, float], ...]

    @property
    def words(self) -> str:
        """The result in a sentence or two."""
        said = (
            f"{self.learners} learners did the check before and after. On average they had {_n(self.before)} of {self.of} "
            f"right before and {_n(self.after)} after: {_n(self.gain, True)}"
        )
        if self.low is not None and self.high is not None:
            said += f" (95 % interval {_n(self.low, True)} to {_n(self.high, True)})"
        return f"{said}. {self.better} did better, {self.same} the same, {self.worse} less well."


def load(programme: Programme) -> Check:
    """Read a programme's knowledge check.

    Raises:
        KitError: there is none.
        DataError: every fault of the file.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> len(load(programme()).items)
        12
    """
    path = programme.folder / FILE
    faults: list[Fault] = []
    top = Keys(read(path), faults)
    items = []
    for row in top.tables("questions"):
        one = Item(
            row.take("id", str) or "",
            row.take("prompt", str) or "",
            tuple(map(str, row.take("options", list) or ())),
            row.take("right", str) or "",
        )
        if one.right not in letters(one):
            row.fault("right", f"must be the letter of an option: {', '.join(letters(one))}")
        row.done()
        items.append(one)
    made = Check(top.take("title", str) or "", top.take("says", str) or "", tuple(items))
    top.done()
    refuse(faults, path)
    return made


def letters(item: Item) -> str:
    return "ABCDEFGH"[: len(item.options)]


def enter(cohort: Cohort, round: str, answers: Mapping[str, str], who: str) -> int:
    """Write what learners answered; a newer entry takes the place of an older one, which is kept.

    Args:
        cohort: the cohort.
        round: before or after.
        answers: learner → letters in the order of the questions, such as `ACB-BBDABCAD`; `-` is left open.
        who: who types them in.

    Returns:
        How many entries are new or changed.

    Raises:
        DataError: every fault, by learner.
    """
    if round not in ROUNDS:
        raise ValueError(f"round must be one of {', '.join(ROUNDS)}, not {round!r}.")
    check, known = load(cohort.programme), set(enrol.learners(cohort))
    tidy = {learner: "".join(said.upper().split()) for learner, said in answers.items()}
    faults = []
    for learner, said in tidy.items():
        if learner not in known:
            faults.append(Fault(None, learner, None, "is not enrolled in this cohort"))
        if len(said) != len(check.items):
            faults.append(Fault(None, learner, said, f"must be {len(check.items)} letters, one a question, - for open"))
        elif wrong := [
            str(n)
            for n, (one, item) in enumerate(zip(said, check.items, strict=True), 1)
            if one not in letters(item) + OPEN
        ]:
            faults.append(Fault(None, learner, said, f"question {', '.join(wrong)} has no such option"))
    if not tidy:
        faults.append(Fault(None, None, None, "there is nothing to enter"))
    if faults:
        raise DataError(faults, "The knowledge check")
    there = _newest(cohort, round)
    fresh = {one: said for one, said in tidy.items() if there.get(one, {}).get("answers") != said}
    rows = [
        {
            "learner": one,
            "round": round,
            "number": there.get(one, {}).get("number", 0) + 1,
            "answers": said,
            "who": who,
            "at": records.now(),
        }
        for one, said in fresh.items()
    ]
    if rows:
        try:
            with records.transaction(cohort.engine) as connection:
                connection.execute(class_records.knowledge.insert(), rows)
                records.note(connection, who, "knowledge check", round, f"{len(rows)} learners")
        except sa.exc.IntegrityError:
            raise KitError(
                "Somebody else enters the same learners at this moment. Nothing was written; try again."
            ) from None
    return len(rows)


def entered(cohort: Cohort, round: str) -> dict[str, str]:
    """Learner → the answers that stand."""
    return {learner: row["answers"] for learner, row in _newest(cohort, round).items()}


def gain(cohort: Cohort) -> Gain | None:
    """What the class gained, by those who did both rounds; None with fewer than two of them.

    Source: paired differences, Student's t (W. S. Gosset, 1908).
    """
    check = load(cohort.programme)
    before, after = (entered(cohort, one) for one in ROUNDS)
    both = [one for one in before if one in after]
    if len(both) < 2:
        return None
    pairs = [(score(check, before[one]), score(check, after[one])) for one in both]
    change = [then - first for first, then in pairs]
    low, high = _interval(change)
    signs = Counter((one > 0) - (one < 0) for one in change)
    items = tuple(
        (
            item.id,
            item.prompt,
            *(sum(held[one][place] == item.right for one in both) / len(both) for held in (before, after)),
        )
        for place, item in enumerate(check.items)
    )
    firsts, thens = zip(*pairs, strict=True)
    return Gain(
        len(both),
        len(check.items),
        statistics.fmean(firsts),
        statistics.fmean(thens),
        statistics.fmean(change),
        low,
        high,
        signs[1],
        signs[0],
        signs[-1],
        items,
    )


def score(check: Check, said: str) -> int:
    """How many answers are right."""
    return sum(one == item.right for one, item in zip(said, check.items, strict=True))


def _interval(change: Sequence[float]) -> tuple[float | None, float | None]:
    from scipy.stats import t

    spread = statistics.stdev(change)
    if not spread:
        return None, None
    half = float(t.ppf(0.975, len(change) - 1)) * spread / math.sqrt(len(change))
    middle = statistics.fmean(change)
    return middle - half, middle + half


def _newest(cohort: Cohort, round: str) -> dict[str, dict[str, Any]]:
    table = class_records.knowledge
    query = sa.select(table).where(table.c.round == round).order_by(table.c.learner, table.c.number)
    return {row["learner"]: row for row in records.rows(cohort.engine, query)}


def _n(value: float, sign: bool = False) -> str:
    return f"{value:{'+' if sign else ''}.1f}".replace(".", ",")
