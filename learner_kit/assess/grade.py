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
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import __version__, files
from learner_kit.assess import gradebook
from learner_kit.assess.pool import pool
from learner_kit.assess.worker import Marked, Work, mark
from learner_kit.course import enrol, records
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
    """What became of one submission; `waiting` is the number of answers that a person must mark."""

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
        workers: processes, 1 or more; as many as there are processors without it, none but this for a small class.
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
    if learner is not None and learner not in enrolled:
        raise KitError(f"{learner} is not enrolled in {cohort.name}.")
    released = [one for one in cohort.programme.workbooks if (cohort.release(one) / f"{one}.ipynb").is_file()]
    with alone(cohort, "grading"):
        rooms = [_Room(cohort, name) for name in ([workbook] if workbook else released)]
        found = [room.sort(learner, set(enrolled)) for room in rooms]
        count = sum(len(fresh) for fresh, _ in found)
        done = [one for _, others in found for one in others]
        finished = 0
        try:
            with pool(count, workers, executor) as submit:
                for room, (fresh, _) in zip(rooms, found, strict=True):
                    parts = (fresh[start : start + BATCH] for start in range(0, len(fresh), BATCH))
                    asked = ((room.name, room.master.source, room.works(part)) for part in parts)
                    for works, marked in submit(mark, asked):
                        done += room.keep(works[-1], marked, who)
                        finished += len(marked)
                        if each:
                            each(finished, count)
        except OSError as error:
            raise KitError(
                f"The graded work could not be written to {cohort.path}: {error.strerror or error}. Mend that and grade "
                "again; what is graded already is kept."
            ) from None
    return sorted(done, key=lambda one: (one.workbook, one.learner))


class _Room:
    """One workbook of a cohort while it is graded: its master, its rows in the gradebook, its submissions."""

    def __init__(self, cohort: Cohort, name: str):
        self.cohort, self.name = cohort, name
        self.master = masters.read(cohort.master(name))
        self.penalty = _penalty(cohort)
        with records.transaction(cohort.engine) as connection:
            self.about = gradebook.assignment(connection, name)
            self.waiting = gradebook.waiting(connection, self.about)
        now = {one.grade_id: (kind, one.points) for kind, cells in self._cells() for one in cells}
        then = {id: (kind, points) for id, (_, kind, points) in self.about.cells.items()}
        changed = sorted(id for id in now.keys() | then.keys() if now.get(id) != then.get(id))
        if changed:
            raise KitError(
                f"The master of {name} was changed after it was released (cells or points: {', '.join(changed[:5])}). "
                f"Release it again first: learner-kit release {cohort.name} {name}"
            )

    def _cells(self) -> tuple[tuple[str, tuple[masters.Cell, ...]], ...]:
        return ("grade", self.master.checks), ("task", self.master.tasks)

    def sort(self, learner: str | None, enrolled: set[str]) -> tuple[list[str], list[Graded]]:
        """Who handed in something new or changed, and what there is to say of the others."""
        table = records.grades
        query = sa.select(table.c.learner, table.c.fingerprint).where(table.c.workbook == self.name)
        before = {row["learner"]: row["fingerprint"] for row in records.rows(self.cohort.engine, query)}
        fresh, others = [], []
        for name in [learner] if learner else sorted(os.listdir(self.cohort.path / "submitted")):
            work = self.read(name)
            if work is None:
                continue
            if name not in enrolled:
                said = "was not graded: this learner is not enrolled in the cohort"
                others.append(Graded(name, self.name, "faulty", said=said))
            elif isinstance(work, OSError):
                said = f"was not graded: what was handed in cannot be opened ({work.strerror})"
                others.append(Graded(name, self.name, "faulty", said=said))
            elif before.get(name) == work.fingerprint and (self._graded(name) / f"{self.name}.ipynb").is_file():
                others.append(Graded(name, self.name, "unchanged", waiting=self.waiting.get(name, 0)))
            else:
                fresh.append(name)
        return fresh, others

    def read(self, learner: str) -> Work | OSError | None:
        """What a learner handed in, as it stands now; None when there is nothing. The notebook is not opened."""
        folder = self.cohort.path / "submitted" / learner / self.name
        try:
            answers, stamp = _content(folder / ANSWERS, LIMIT + 1), _content(folder / "timestamp.txt", 200)
        except OSError as error:
            return error
        if answers is None and not (folder / f"{self.name}.ipynb").is_file():
            return None
        said = b"\n".join((__version__.encode(), self.master.fingerprint.encode(), stamp or b"", answers or b""))
        return Work(learner, answers, _time(stamp), hashlib.sha256(said).hexdigest())

    def works(self, part: list[str]) -> list[Work]:
        return [work for learner in part if isinstance(work := self.read(learner), Work)]

    def keep(self, works: list[Work], marked: list[Marked], who: str) -> list[Graded]:
        """Write a part of the class: the notebooks, then the gradebook and the fingerprints, all of them or none."""
        pairs = [(work, one) for work, one in zip(works, marked, strict=True) if one.notebook]
        contents: dict[Path, bytes | str] = {}
        for work, one in pairs:
            folder = self._graded(work.learner)
            files.sweep(folder)
            if work.answers is not None:
                contents[folder / ANSWERS] = work.answers
            if work.handed_in:
                contents[folder / "timestamp.txt"] = f"{work.handed_in:%Y-%m-%d %H:%M:%S.%f} UTC"
            contents[folder / f"{self.name}.ipynb"] = one.notebook
        files.write_many(contents)
        table, learners = records.grades, [work.learner for work, _ in pairs]
        with records.transaction(self.cohort.engine) as connection:
            entries = [gradebook.Entry(one.learner, work.handed_in, one.scores) for work, one in pairs]
            gradebook.save(connection, self.about, entries, self.penalty)
            self.waiting = gradebook.waiting(connection, self.about)
            connection.execute(table.delete().where(table.c.workbook == self.name, table.c.learner.in_(learners)))
            rows = [
                {
                    "learner": one.learner,
                    "workbook": self.name,
                    "fingerprint": work.fingerprint,
                    "graded_at": records.now(),
                    "shown": json.dumps(one.shown, ensure_ascii=False),
                }
                for work, one in pairs
            ]
            if rows:
                connection.execute(table.insert(), rows)
            records.note(connection, who, "grade", self.name, {"learners": len(rows)})
        return [self._told(work, one) for work, one in zip(works, marked, strict=True)]

    def _told(self, work: Work, one: Marked) -> Graded:
        late = work.handed_in - self.about.due if self.about.due and work.handed_in else dt.timedelta()
        return Graded(
            one.learner,
            self.name,
            "faulty" if one.fault else "graded",
            sum(one.scores.values()),
            sum(cell.points for cell in self.master.checks),
            self.waiting.get(one.learner, 0) if one.notebook else 0,
            one.fault or ("" if work.answers is not None else "no answers came with it"),
            late if late > dt.timedelta() else None,
        )

    def _graded(self, learner: str) -> Path:
        return self.cohort.path / "autograded" / learner / self.name


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
        return dt.datetime.fromisoformat(said.removesuffix(" UTC"))  # what `collect` and nbgrader's exchange write
    except ValueError:
        pass
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(said) if said else None
    except (ValueError, OverflowError):
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
