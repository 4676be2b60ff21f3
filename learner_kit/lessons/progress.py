"""How far a learner is: what was read, tried, checked and thought about, for each criterion and in each guide.

All guides keep their steps in one file, `progress.json`, each under an id that begins with its criterion
(`learner_kit.lessons.guides` finds them in the notebooks). The file can be taken to another computer and merged there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from learner_kit.errors import KitError
from learner_kit.lessons.guides import KINDS, Guide, Lesson, Step
from learner_kit.workbook.answers import Answers, load_answers, save_answers
from learner_kit.workbook.questions import blank

if TYPE_CHECKING:
    from learner_kit.workbook import Workbook

FILE = "progress.json"


class Count(NamedTuple):
    """How many of how many."""

    done: int
    of: int


class Row(NamedTuple):
    """One criterion: how much was read, tried, checked and reflected on, and the lessons in which something is open."""

    criterion: str
    read: Count
    tried: Count
    checked: Count
    reflected: Count
    open: tuple[Lesson, ...]


class Merged(NamedTuple):
    """What another file brings: values that were `missing` here, and those that `differ` from what is kept here."""

    missing: dict[str, Any]
    differ: dict[str, Any]


def done(steps: Iterable[Step], answers: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the steps for which something is kept.

    Args:
        steps: of one or more guides.
        answers: plain values by id. A form may keep several under ids that go on from its own (`…-survey-use`).

    Example:
        >>> steps = [Step("so1-ac1-map", "so1-ac1", "tried"), Step("so1-ac1-map-own", "so1-ac1", "tried")]
        >>> sorted(done(steps, {"so1-ac1-map-own": "x"})), sorted(done(steps, {"so1-ac1-map-left": 3}))
        (['so1-ac1-map-own'], ['so1-ac1-map'])
    """
    known = {step.id for step in steps}
    found = set()
    for id, value in answers.items():
        parts = id.split("-")
        own = ("-".join(parts[:length]) for length in range(len(parts), 2, -1))
        if not blank(value) and (step := next((one for one in own if one in known), None)):
            found.add(step)
    return frozenset(found)


def count(steps: Iterable[Step], answers: Mapping[str, Any]) -> dict[str, Count]:
    """Count the steps of each kind, and those for which something is kept.

    Example:
        >>> steps = [Step("so1-ac1-check-1", "so1-ac1", "checked"), Step("so1-ac1-check-2", "so1-ac1", "checked")]
        >>> count(steps, {"so1-ac1-check-1": "Four hundred"})["checked"]
        Count(done=1, of=2)
    """
    steps = tuple(steps)
    kept = done(steps, answers)
    return {
        kind: Count(
            sum(step.id in kept for step in steps if step.kind == kind), sum(step.kind == kind for step in steps)
        )
        for kind in KINDS
    }


def by_criterion(guides: Iterable[Guide], answers: Mapping[str, Any]) -> tuple[Row, ...]:
    """The progress over all guides, one row for each criterion that any of them has steps for, in order of their ids."""
    guides = tuple(guides)
    lessons = [lesson for guide in guides for lesson in guide.lessons]
    steps = [step for lesson in lessons for step in lesson.steps]
    kept = done(steps, answers)
    rows = []
    for criterion in sorted({step.criterion for step in steps}):
        own = [step for step in steps if step.criterion == criterion]
        still = tuple(
            lesson
            for lesson in lessons
            if any(step.criterion == criterion and step.id not in kept for step in lesson.steps)
        )
        rows.append(Row(criterion, *count(own, answers).values(), still))
    return tuple(rows)


def next_lesson(guide: Guide, answers: Mapping[str, Any]) -> Lesson | None:
    """Where to go on in a guide: the last lesson that was worked in if it is not finished, else the next open one.

    Returns:
        The lesson, or None when nothing in the guide is open.
    """
    lessons = [lesson for lesson in guide.lessons if lesson.steps]
    kept = done((step for lesson in lessons for step in lesson.steps), answers)
    begun = [place for place, lesson in enumerate(lessons) if any(step.id in kept for step in lesson.steps)]
    last = begun[-1] if begun else 0
    turn = lessons[last:] + lessons[:last]
    return next((lesson for lesson in turn if any(step.id not in kept for step in lesson.steps)), None)


def merge(here: Mapping[str, Any], other: Mapping[str, Any]) -> Merged:
    """Compare what is kept here with what another computer kept.

    Example:
        >>> merge({"a": 1, "b": 2}, {"b": 3, "c": 4})
        Merged(missing={'c': 4}, differ={'b': 3})
    """
    new = {id: value for id, value in other.items() if not blank(value)}
    missing = {id: value for id, value in new.items() if blank(here.get(id))}
    return Merged(missing, {id: value for id, value in new.items() if id not in missing and value != here[id]})


def packed(book: Workbook) -> bytes:
    """The file to take along: all that is kept now, also what another page of the kit kept meanwhile."""
    now = _now(book)
    with tempfile.TemporaryDirectory(prefix="progress-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, FILE)
        save_answers(path, now)
        return path.read_bytes()


def receive(book: Workbook, content: bytes) -> Merged:
    """Take in a file from another computer: what is missing here is kept at once, what is kept here stays as it is.

    Args:
        book: the `Workbook` over progress.json.
        content: the file's bytes; nobody vouches for them.

    Returns:
        What was missing (and now stands here), and what differs; `book.bring(merged.differ)` takes that over too.

    Raises:
        DataError: it is no sound file of answers; all its faults.
        KitError: it is a workbook's file, or another learner's.
    """
    other = load_answers(content)
    now = _now(book)
    wanted = Path(FILE).stem
    if other.workbook != wanted:
        raise KitError(
            f"This file holds the answers of workbook {other.workbook}, not your progress. Choose {FILE}, "
            "as you saved it on the other computer. Nothing was changed."
        )
    if other.learner and now.learner and other.learner != now.learner:
        raise KitError(
            f"This file belongs to learner {other.learner}, and this is the progress of {now.learner}. Nothing was changed."
        )
    merged = merge(now.answers, other.answers)
    if merged.missing:
        book.bring(merged.missing)
    return merged


def _now(book: Workbook) -> Answers:
    """What is kept: as it stands on disk, or, where it can't be kept there, in this page."""
    if book.on_disk and book.path is not None and book.path.is_file():
        return load_answers(book.path)
    return Answers(Path(FILE).stem, book.learner, None, dict(book.answers))
