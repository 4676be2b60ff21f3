"""Grading a class: every submission that is new or changed, learner by learner, and it can stop and start at any moment.

Workers (`learner_kit.assess.worker`) get a master and some learners' answers and give back notebooks and scores; they
need no shared disk and no database. The process that was started writes: first the notebooks, then, in one transaction,
nbgrader's gradebook and a fingerprint of what was graded. What was cut off before that is simply graded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import __version__, files, screen
from learner_kit.assess import gradebook
from learner_kit.assess.pool import pool
from learner_kit.assess.worker import Marked, Work, mark, notebook
from learner_kit.course import enrol, handins, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort, nbgrader_config
from learner_kit.course.collect import alone
from learner_kit.course.release import quiet_nbgrader
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import KitError
from learner_kit.workbook.answers import LIMIT

BATCH = 50  # submissions a task, and a transaction


@dataclass(frozen=True)
class Graded:
    """What became of one submission; `waiting` is the number of answers that a person must mark.

    `late` is by how much it came after the date that holds for it (`handins.date_for`): that of a first attempt never counts
    for a later one.
    """

    learner: str
    workbook: str
    state: str
    score: float = 0.0
    out_of: float = 0.0
    waiting: int = 0
    said: str = ""
    late: dt.timedelta | None = None

    @property
    def needs(self) -> str:
        """Why a person must look at it; nothing when nobody need."""
        marks = f"{self.waiting} answer{'' if self.waiting == 1 else 's'} to mark" if self.waiting else ""
        return "; ".join(filter(None, [self.said, marks]))


def grade(
    cohort: Cohort,
    workbook: str | None = None,
    learner: str | None = None,
    workers: int | None = None,
    who: str = "learner-kit",
    each: Callable[[int, int], None] | None = None,
    executor: Executor | None = None,
) -> list[Graded]:
    """Grade what is new or changed.

    Args:
        cohort: the cohort.
        workbook: only this one; all released ones without it.
        learner: only this one.
        workers: processes, 1 or more; without it one, or for more than 5 000 submissions as many as there are processors.
        who: who grades, for the log.
        each: called with how many are done and how many there are.
        executor: anything with `submit` of concurrent.futures, such as a cluster's (`learner_kit.assess.pool.cluster`).

    Returns:
        One `Graded` a submission: state graded, unchanged, or faulty (its answers cannot be read; they count as none).

    Raises:
        KitError: another grading runs in this cohort, the workbook is not there or was changed after it was released, the
            learner is not enrolled, or the disk or database cannot be written to. What was graded so far is kept.
    """
    enrolled = enrol.learners(cohort)
    if learner is not None:
        enrol.require_learner(cohort, learner)
    with alone(cohort, "grading"):
        piles = [_pile(cohort, name) for name in ([workbook] if workbook else handins.released(cohort))]
        found = [_sort(pile, learner, set(enrolled)) for pile in piles]
        done = [one for _, others in found for one in others]
        fresh = [(pile, names) for pile, (names, _) in zip(piles, found, strict=True)]
        try:
            for part in _graded(fresh, workers, executor, who, each):
                done += part
        except OSError as error:
            raise KitError(
                f"The graded work could not be written to {cohort.path} ({error.strerror or error}). Mend that and grade "
                "again; what is graded already is kept."
            ) from None
    return sorted(done, key=lambda one: (one.workbook, one.learner))


def _graded(
    fresh: list[tuple[_Pile, list[str]]],
    workers: int | None,
    executor: Executor | None,
    who: str,
    each: Callable[[int, int], None] | None,
) -> Iterator[list[Graded]]:
    """Grade what is fresh, a part of a class at a time: the workers mark it, and it is kept before the next one is taken."""
    finished, count = 0, sum(len(learners) for _, learners in fresh)
    with pool(count, workers, executor) as submit:
        for pile, learners in fresh:
            for (*_, works), marked in submit(mark, _parts(pile, learners)):
                yield _keep(pile, works, marked, who)
                finished += len(marked)
                if each:
                    each(finished, count)


@dataclass(frozen=True)
class _Pile:
    """The submissions of one workbook: whose master they are graded by, and where the gradebook keeps them."""

    cohort: Cohort
    master: masters.Master
    about: gradebook.Assignment
    penalty: gradebook.Penalty
    judged: dict[tuple[str, str], dt.datetime]

    @property
    def name(self) -> str:
        return self.master.workbook

    def graded(self, learner: str) -> Path:
        return self.cohort.path / "autograded" / learner / self.name


def _pile(cohort: Cohort, name: str) -> _Pile:
    master = masters.read(cohort.master(name))
    with records.transaction(cohort.engine) as connection:
        about = gradebook.assignment(connection, name)
    now = {one.grade_id: ("grade", one.points) for one in master.checks}
    now |= {one.grade_id: ("task", one.points) for one in master.tasks}
    then = {id: (kind, points) for id, (_, kind, points) in about.cells.items()}
    changed = sorted(str(id) for id in now.keys() | then.keys() if now.get(id) != then.get(id))
    if changed:
        raise KitError(
            f"The master of {name} was changed after it was released (cells or points: {', '.join(changed[:5])}). "
            f"Release it again first: {screen.command(f'release {cohort.typed} {name}')}"
        )
    return _Pile(cohort, master, about, _penalty(cohort), handins.judged_before(cohort))


def _sort(pile: _Pile, learner: str | None, enrolled: set[str]) -> tuple[list[str], list[Graded]]:
    """Who handed in something new or changed, and what there is to say of the others."""
    table, engine = records.grades, pile.cohort.engine
    query = sa.select(table.c.learner, table.c.fingerprint).where(table.c.workbook == pile.name)
    before = {row["learner"]: row["fingerprint"] for row in records.rows(engine, query)}
    with records.transaction(engine) as connection:
        waiting = gradebook.waiting(connection, pile.about)
    fresh, others = [], []
    for name in [learner] if learner else sorted(os.listdir(pile.cohort.path / "submitted")):
        work = _read(pile, name)
        if work is None:
            continue
        if name not in enrolled:
            said = "was not graded: this learner is not enrolled in the cohort"
            others.append(Graded(name, pile.name, "faulty", said=said))
        elif isinstance(work, OSError):
            said = f"was not graded: what was handed in cannot be opened ({work.strerror})"
            others.append(Graded(name, pile.name, "faulty", said=said))
        elif before.get(name) == work.fingerprint and (pile.graded(name) / f"{pile.name}.ipynb").is_file():
            others.append(Graded(name, pile.name, "unchanged", waiting=waiting.get(name, 0)))
        else:
            fresh.append(name)
    return fresh, others


def _read(pile: _Pile, learner: str) -> Work | OSError | None:
    """What a learner handed in, as it stands now; None when there is nothing. The learner's notebook is not opened."""
    folder = pile.cohort.path / "submitted" / learner / pile.name
    try:
        answers, stamp = _content(folder / ANSWERS, LIMIT + 1), _content(folder / "timestamp.txt", 200)
    except OSError as error:
        return error
    if answers is None and not (folder / f"{pile.name}.ipynb").is_file():
        return None
    said = b"\n".join((__version__.encode(), pile.master.fingerprint.encode(), stamp or b"", answers or b""))
    return Work(learner, answers, stamp, hashlib.sha256(said).hexdigest())


def _parts(pile: _Pile, learners: list[str]) -> Iterator[tuple[str, str, list[Work]]]:
    """What `mark` takes, a part of the class at a time; read only then, so that memory does not grow with the class."""
    for start in range(0, len(learners), BATCH):
        works = [_read(pile, one) for one in learners[start : start + BATCH]]
        yield pile.name, pile.master.source, [one for one in works if isinstance(one, Work)]


def _keep(pile: _Pile, works: list[Work], marked: list[Marked], who: str) -> list[Graded]:
    """Write a part of the class: the notebooks, then the gradebook and the fingerprints, all of them or none."""
    pairs = [(work, one, _time(work.stamp)) for work, one in zip(works, marked, strict=True) if one.outputs]
    contents: dict[Path, bytes | str] = {}
    for work, one, _ in pairs:
        folder = pile.graded(work.learner)
        files.sweep(folder)
        graded = notebook(pile.master.source, one.outputs)
        beside = {ANSWERS: work.answers, "timestamp.txt": work.stamp, f"{pile.name}.ipynb": graded}
        contents |= {folder / name: content for name, content in beside.items() if content is not None}
    files.write_many(contents)
    table, learners = records.grades, [work.learner for work, _, _ in pairs]
    rows = [
        {
            "learner": one.learner,
            "workbook": pile.name,
            "fingerprint": work.fingerprint,
            "graded_at": records.now(),
            "shown": json.dumps(one.shown, ensure_ascii=False),
        }
        for work, one, _ in pairs
    ]
    with records.transaction(pile.cohort.engine) as connection:
        entries = [gradebook.Entry(one.learner, time, one.scores) for _, one, time in pairs]
        waiting = gradebook.save(connection, pile.about, entries, pile.penalty)
        connection.execute(table.delete().where(table.c.workbook == pile.name, table.c.learner.in_(learners)))
        if rows:
            connection.execute(table.insert(), rows)
        records.note(connection, who, "grade", pile.name, {"learners": len(rows)})
    return [_told(pile, work, one, waiting.get(one.learner, 0)) for work, one in zip(works, marked, strict=True)]


def _told(pile: _Pile, work: Work, one: Marked, waiting: int) -> Graded:
    handed_in = _time(work.stamp)
    due = handins.date_for(pile.about.due, pile.judged.get((work.learner, pile.name)))
    late = handed_in - due if due and handed_in else dt.timedelta()
    return Graded(
        one.learner,
        pile.name,
        "faulty" if one.fault else "graded",
        sum(one.scores.values()),
        sum(cell.points for cell in pile.master.checks),
        waiting,
        one.fault or ("" if work.answers is not None else "no answers came with it"),
        late if late > dt.timedelta() else None,
    )


def _content(path: Path, limit: int) -> bytes | None:
    """The beginning of a plain file; None when there is none (a pipe would never end)."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(limit)


def _time(stamp: bytes | None) -> dt.datetime | None:
    """The time of a hand-in, in UTC as nbgrader keeps it; None when there is none to read."""
    said = (stamp or b"").decode("utf-8", "replace").strip()
    try:
        if said.endswith(" UTC"):  # what `collect` and nbgrader's exchange write
            return dt.datetime.fromisoformat(said.removesuffix(" UTC"))
        from nbgrader.utils import parse_utc

        return parse_utc(said) if said else None
    except (ValueError, TypeError, OverflowError):
        return None


def _penalty(cohort: Cohort) -> gradebook.Penalty:
    """What nbgrader's late-submission plugin takes away, as the cohort's nbgrader_config.py sets it up."""

    @cache
    def plugin() -> Any:
        config = nbgrader_config(cohort)
        if not {"LateSubmissionPlugin", "AssignLatePenalties"} & config.keys():
            return None  # nbgrader's own setting takes nothing away, and importing it takes seconds
        from nbgrader.preprocessors import AssignLatePenalties

        step = AssignLatePenalties(config=config)
        step.init_plugin()
        return step.plugin_inst

    def penalty(learner: str, score: float, late: float) -> float | None:
        with quiet_nbgrader():
            found = plugin()
            return None if found is None else found.late_submission_penalty(learner, score, late)

    return penalty
