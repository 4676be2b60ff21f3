"""Questions to the class: asked, answered from learners' machines or by raised hands, counted, and kept as counts alone."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learner_kit.course import class_records, master, polls, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.polls import Poll
from learner_kit.errors import KitError
from learner_kit.reading import read_number
from learner_kit.shown import say

if TYPE_CHECKING:
    import pandas as pd

BARS = 12  # different numbers that each get a bar of their own; more are put into ranges
_KINDS = {"choice": "choice", "choices": "choices", "order": "choice", "number": "number", "text": "text"}


@dataclass(frozen=True)
class Result:
    """What the class said: answer → how often, how many answered, and free texts in an order drawn by chance."""

    poll: Poll
    counts: tuple[tuple[str, int], ...]
    base: int
    texts: tuple[str, ...] = ()
    middle: float | None = None

    @property
    def table(self) -> pd.DataFrame:
        """answer, count, percent (of those who answered, 2 decimals), as `plots.tally` takes it."""
        import pandas as pd

        rows = [(answer, many, round(100 * many / self.base, 2) if self.base else 0.0) for answer, many in self.counts]
        return pd.DataFrame(rows, columns=["answer", "count", "percent"])


@dataclass(frozen=True)
class Asked:
    """A question that was put to the class: still open while `result` is None."""

    poll: Poll
    folder: str
    day: str
    result: Result | None


def offered(cohort: Cohort, workbook: str) -> dict[str, str]:
    """The questions of a workbook that a class can be asked: id → prompt. Tables, dates and evidence are left out."""
    asked = master.questions(master.read(cohort.master(workbook)))
    return {id: " ".join(one.prompt.split()) for id, one in asked.items() if one.kind in _KINDS}


def from_question(cohort: Cohort, workbook: str, id: str) -> Poll:
    """Make a question of a workbook one for the class; of an order, what comes first is asked.

    Raises:
        KitError: the workbook has no such question, or it is of a kind that a class cannot be asked.
    """
    asked = master.questions(master.read(cohort.master(workbook))).get(id)
    if asked is None or asked.kind not in _KINDS:
        raise KitError(f"{workbook} has no question {id} that a class can be asked.")
    options = tuple(getattr(asked, "labels", {}).values())
    prompt = f"{asked.prompt} Which comes first?" if asked.kind == "order" else asked.prompt
    return polls.new(prompt[: polls.LONGEST], _KINDS[asked.kind], options)


def ask(cohort: Cohort, poll: Poll, who: str, folder: str = "") -> None:
    """Put a question to the class.

    Args:
        cohort: the cohort.
        poll: from `polls.new` or `from_question`.
        who: who asks.
        folder: the shared folder; without one only raised hands are counted.

    Raises:
        KitError: another question is open, or the folder cannot be written to. Nothing was asked.
    """
    if standing := opened(cohort):
        raise KitError(f"A question is open already: {standing.poll.prompt} Close it first.")
    for one in history(cohort)[-1:]:  # the kit was stopped before it took its answers away; they are counted
        if one.folder and Path(one.folder).is_dir():
            polls.close(one.folder, one.poll)
    if folder:
        polls.publish(folder, poll)
    question = json.dumps({"prompt": poll.prompt, "kind": poll.kind, "options": poll.options}, ensure_ascii=False)
    row = {"poll": poll.id, "question": question, "folder": folder, "asked_at": records.now(), "who": who}
    with records.transaction(cohort.engine) as connection:
        connection.execute(class_records.polls.insert().values(**row))


def opened(cohort: Cohort) -> Asked | None:
    """The question that is open, or None."""
    return next((one for one in history(cohort) if one.result is None), None)


def history(cohort: Cohort) -> list[Asked]:
    """Every question put to the class, oldest first."""
    table = class_records.polls
    return [_asked(row) for row in records.rows(cohort.engine, sa.select(table).order_by(table.c.id))]


def count(poll: Poll, answers: Iterable[Any], hands: Mapping[int, int] | None = None) -> Result:
    """Count answers, and hands with them.

    Args:
        poll: what was asked.
        answers: as `polls.gather` gives them.
        hands: option (from 0) → hands raised, or, of a number, nothing: numbers counted by hand go with `answers`.

    Example:
        >>> made = polls.new("Which?", "choice", ["SMS", "Letter"])
        >>> count(made, [0, 0, 1], {1: 2}).counts
        (('SMS', 2), ('Letter', 3))
    """
    given = list(answers)
    if poll.kind == "text":
        texts = list(given)
        random.SystemRandom().shuffle(texts)
        return Result(poll, (), len(texts), tuple(texts))
    if poll.kind == "number":
        numbers = sorted(map(float, given))
        middle = (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2 if numbers else None
        return Result(poll, _bars(numbers), len(numbers), middle=middle)
    found: Counter[int] = Counter()
    for one in given:
        found.update(one if isinstance(one, list) else [one])
    raised = {place: many for place, many in (hands or {}).items() if many}
    found.update(raised)
    # Who raises a hand for one answer of several may raise it again: the most raised for one is the least there were.
    more = max(raised.values(), default=0) if poll.kind == "choices" else sum(raised.values())
    return Result(poll, tuple((said, found[place]) for place, said in enumerate(poll.options)), len(given) + more)


def read_hands(poll: Poll, said: str) -> tuple[list[float], dict[int, int]]:
    """Read what was counted by hand: one count for each option, or the numbers called out.

    Returns:
        Numbers, and option → count.

    Raises:
        KitError: there are not as many counts as options, or something is no number.

    Example:
        >>> read_hands(polls.new("Which?", "choice", ["SMS", "Letter"]), "12 7")
        ([], {0: 12, 1: 7})
    """
    parts = said.replace(";", " ").split()
    if not parts:
        return [], {}
    if poll.kind == "text":
        raise KitError("A few words cannot be counted by hand. Leave the hands empty.")
    try:
        numbers = [read_number(one) for one in parts]
    except ValueError as error:
        raise KitError(f"Hands: {error}") from None
    if poll.kind == "number":
        return numbers, {}
    if len(numbers) != len(poll.options):
        raise KitError(
            f"There are {len(poll.options)} answers, so type {len(poll.options)} counts with spaces, in their order."
        )
    if any(one < 0 or one != int(one) or one > 10_000 for one in numbers):
        raise KitError("Each count of hands must be a whole number, 0 or more.")
    return [], {place: int(one) for place, one in enumerate(numbers)}


def results(asked: Asked, hands: str = "") -> tuple[Result, tuple[tuple[str, str], ...]]:
    """What stands at the moment, or what was kept; and the files of the shared folder that were left alone, with why."""
    if asked.result is not None:
        return asked.result, ()
    numbers, raised = read_hands(asked.poll, hands)
    gathered = polls.gather(asked.folder, asked.poll) if asked.folder else polls.Gathered(())
    return count(asked.poll, [*gathered.answers, *numbers], raised), gathered.ignored


def close(cohort: Cohort, who: str, hands: str = "") -> Result:
    """Close the open question: keep its counts, and take the answers out of the shared folder.

    Raises:
        KitError: none is open, the hands cannot be read, or the folder cannot be reached; it stays open then.
    """
    asked = opened(cohort)
    if asked is None:
        raise KitError("No question is open.")
    result, _ = results(asked, hands)
    table = class_records.polls
    held = {"counts": result.counts, "base": result.base, "texts": result.texts, "middle": result.middle}
    with records.transaction(cohort.engine) as connection:
        change = table.update().where(table.c.poll == asked.poll.id, table.c.closed_at.is_(None))
        done = connection.execute(
            change.values(counts=json.dumps(held, ensure_ascii=False), closed_at=records.now())
        ).rowcount
        if done:
            records.note(connection, who, "class question", asked.poll.id, {"answered": result.base})
    if asked.folder:
        polls.close(asked.folder, asked.poll)
    return result


def drop(cohort: Cohort, who: str) -> None:
    """Close the open question without keeping anything, wherever its folder is by now."""
    asked = opened(cohort)
    if asked is None:
        raise KitError("No question is open.")
    table = class_records.polls
    with records.transaction(cohort.engine) as connection:
        connection.execute(table.delete().where(table.c.poll == asked.poll.id))
        records.note(connection, who, "class question dropped", asked.poll.id)
    if asked.folder:
        polls.close(asked.folder, asked.poll)


def _asked(row: Mapping[str, Any]) -> Asked:
    held = json.loads(row["question"])
    poll = Poll(row["poll"], held["prompt"], held["kind"], tuple(held["options"]))
    result = None
    if row["closed_at"] is not None:
        kept = json.loads(row["counts"])
        counts = tuple((answer, many) for answer, many in kept["counts"])
        result = Result(poll, counts, kept["base"], tuple(kept["texts"]), kept["middle"])
    return Asked(poll, row["folder"], str(row["asked_at"].date()), result)


def _bars(numbers: Sequence[float]) -> tuple[tuple[str, int], ...]:
    """Each number with how often it came, or, where there are too many, ranges of equal width."""
    found = Counter(round(value, 2) for value in numbers)  # what is shown has two decimals at most
    if len(found) <= BARS:
        return tuple((say(value), found[value]) for value in sorted(found))
    low, high = min(found), max(found)
    step = _round(high - low)
    first = math.floor(low / step)
    places = Counter(math.floor(round(value, 2) / step) - first for value in numbers)
    return tuple(
        (f"{say((first + at) * step)} to under {say((first + at + 1) * step)}", places[at])
        for at in range(max(places) + 1)
    )


def _round(span: float) -> float:
    """A width of 1, 2 or 5 (times a power of ten) that makes at most BARS ranges of a span."""
    power = 10.0 ** math.floor(math.log10(span / BARS))
    return next(one * power for one in (1, 2, 5, 10, 20) if span / (one * power) < BARS - 1)
