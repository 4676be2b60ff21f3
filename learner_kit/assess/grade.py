"""Grading a class: every submission that is new or changed, learner by learner, and it can stop and start at any moment.

A worker gets a master and some learners' answers as plain text and gives back notebooks and scores; it needs no shared
disk and no database. The process that was started writes: first the notebooks, then, in one transaction, nbgrader's
gradebook and a fingerprint of what was graded. What was cut off before that is simply graded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from learner_kit import __version__, files
from learner_kit.assess import gradebook
from learner_kit.assess.autograde import graded_notebook
from learner_kit.course import master as masters
from learner_kit.course import records
from learner_kit.course.cohort import Cohort, nbgrader_config
from learner_kit.course.release import quiet_nbgrader
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import DataError, KitError
from learner_kit.workbook.answers import load_answers

BATCH = 50  # submissions a task, and a transaction
ALONE = 60  # below this many, starting worker processes costs more than it saves


@dataclass(frozen=True)
class Work:
    """One submission to grade."""

    learner: str
    answers: bytes
    handed_in: dt.datetime | None
    fingerprint: str


@dataclass(frozen=True)
class Marked:
    """One submission graded: `shown` is, for each check, its share and what the learner may be told."""

    learner: str
    notebook: str
    scores: dict[str, float]
    shown: dict[str, dict[str, Any]]
    fault: str | None = None


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
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)


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
        workers: processes; as many as there are processors without it, none for a small class.
        who: who grades, for the log.
        each: called with how many are done and how many there are.
        executor: anything with `submit` of concurrent.futures, such as a cluster's.

    Returns:
        One `Graded` a submission: state graded, unchanged, or faulty (its answers cannot be read; they count as none).

    Raises:
        KitError: another grading runs in this cohort, or the workbook is not there.
    """
    named = (
        [workbook]
        if workbook
        else [one for one in cohort.workbooks if (cohort.release(one) / f"{one}.ipynb").is_file()]
    )
    with _only_one(cohort):
        todo, unchanged = {}, []
        for name in named:
            master = masters.read(cohort.master(name))
            todo[name], same = _todo(cohort, master, learner)
            unchanged += [Graded(one, name, "unchanged") for one in same]
        count = sum(map(len, todo.values()))
        done: list[Graded] = []
        with _pool(count, workers, executor) as submit:
            for name, works in todo.items():
                for graded in _grade(cohort, name, works, submit, who):
                    done += graded
                    if each:
                        each(len(done), count)
    return sorted(done + unchanged, key=lambda one: (one.workbook, one.learner))


def mark(workbook: str, source: str, works: list[Work]) -> list[Marked]:
    """Grade some submissions of one workbook; nothing but what is given is read, nothing is written."""
    master = masters.parse(workbook, source)
    asked = masters.questions(master).values()
    done = []
    for work in works:
        answers, fault = {}, None
        try:
            answers = load_answers(work.answers, asked).answers
        except DataError as error:
            fault = "; ".join(str(one) for one in error.faults[:3])
        notebook, ran = graded_notebook(master, answers, work.learner)
        checks = [one for one in ran.shown if one.cell.role == "check"]
        scores = {one.cell.grade_id: one.score for one in checks}
        shown = {
            one.cell.grade_id: {
                "score": one.score,
                "points": one.cell.points,
                "state": ran.results[one.cell.grade_id].state if one.cell.grade_id in ran.results else "",
                "said": ""
                if one.score >= one.cell.points
                else (str(one.error) if one.error else ran.results[one.cell.grade_id].said),
            }
            for one in checks
        }
        done.append(
            Marked(work.learner, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", scores, shown, fault)
        )
    return done


def _todo(cohort: Cohort, master: masters.Master, learner: str | None) -> tuple[list[Work], list[str]]:
    query = sa.select(records.grades.c.learner, records.grades.c.fingerprint).where(
        records.grades.c.workbook == master.workbook
    )
    before = {row["learner"]: row["fingerprint"] for row in records.rows(cohort.engine, query)}
    works, same = [], []
    root = cohort.path / "submitted"
    for name in sorted(os.listdir(root)) if learner is None else [learner]:
        folder = root / name / master.workbook
        try:
            answers = (folder / ANSWERS).read_bytes()
        except OSError:
            if not (folder / f"{master.workbook}.ipynb").is_file():
                continue
            answers = b'{"answers": {}}'  # handed in without answers, as through nbgrader's exchange
        stamp = (folder / "timestamp.txt").read_text(encoding="utf-8") if (folder / "timestamp.txt").is_file() else ""
        said = "\n".join((__version__, master.fingerprint, stamp)).encode() + answers
        fingerprint = hashlib.sha256(said).hexdigest()
        if before.get(name) == fingerprint and (cohort.path / "autograded" / name / master.workbook).is_dir():
            same.append(name)
        else:
            works.append(Work(name, answers, _time(stamp), fingerprint))
    return works, same


def _time(stamp: str) -> dt.datetime | None:
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(stamp.strip()) if stamp.strip() else None
    except (ValueError, OverflowError):
        return None


def _grade(cohort: Cohort, workbook: str, works: list[Work], submit: Callable, who: str) -> Iterator[list[Graded]]:
    if not works:
        return
    source = masters.read(cohort.master(workbook)).source
    by_learner = {work.learner: work for work in works}
    with records.transaction(cohort.engine) as connection:
        about = gradebook.assignment(connection, workbook)
    plugin = _late_plugin(cohort)
    parts = [works[start : start + BATCH] for start in range(0, len(works), BATCH)]
    for marked in submit(mark, [(workbook, source, part) for part in parts]):
        for one in marked:
            _write(cohort, workbook, one)
        with records.transaction(cohort.engine) as connection, quiet_nbgrader():
            entries = [gradebook.Entry(one.learner, by_learner[one.learner].handed_in, one.scores) for one in marked]
            gradebook.save(connection, about, entries, plugin)
            learners = [one.learner for one in marked]
            connection.execute(
                records.grades.delete().where(
                    records.grades.c.workbook == workbook, records.grades.c.learner.in_(learners)
                )
            )
            connection.execute(
                records.grades.insert(),
                [
                    {
                        "learner": one.learner,
                        "workbook": workbook,
                        "fingerprint": by_learner[one.learner].fingerprint,
                        "graded_at": records.now(),
                        "shown": json.dumps(one.shown, ensure_ascii=False),
                    }
                    for one in marked
                ],
            )
            records.note(connection, who, "grade", workbook, {"learners": len(marked)})
        waiting = sum(1 for _, kind, _ in about.cells.values() if kind == "task")
        yield [
            Graded(
                one.learner,
                workbook,
                "faulty" if one.fault else "graded",
                sum(one.scores.values()),
                sum(points for _, kind, points in about.cells.values() if kind == "grade"),
                waiting,
                one.fault or "",
                _lateness(about, by_learner[one.learner]),
                one.shown,
            )
            for one in marked
        ]


def _lateness(about: gradebook.Assignment, work: Work) -> dt.timedelta | None:
    late = work.handed_in - about.due if about.due and work.handed_in else None
    return late if late and late > dt.timedelta() else None


def _write(cohort: Cohort, workbook: str, marked: Marked) -> None:
    """The graded notebook, with the answers and time that belong to it, where formgrader looks for it."""
    target = cohort.path / "autograded" / marked.learner / workbook
    submitted = cohort.path / "submitted" / marked.learner / workbook
    for name in (ANSWERS, "timestamp.txt"):
        if (submitted / name).is_file():
            files.write(target / name, (submitted / name).read_bytes())
    files.write(target / f"{workbook}.ipynb", marked.notebook)


def _late_plugin(cohort: Cohort) -> Any:
    from nbgrader.preprocessors import AssignLatePenalties

    step = AssignLatePenalties(config=nbgrader_config(cohort))
    step.init_plugin()
    return step.plugin_inst


@contextmanager
def _pool(count: int, workers: int | None, executor: Executor | None) -> Iterator[Callable]:
    """A way to run `mark` over parts of the class: here, in processes, or on an executor that was given."""

    def ahead(pool: Executor, function: Callable, parts: Iterable[tuple]) -> Iterator[Any]:
        waiting: set[Future] = set()
        parts = iter(parts)
        # Only a few parts are under way at once, so that memory does not grow with the class.
        while True:
            while len(waiting) < 2 * (workers or os.cpu_count() or 1) and (part := next(parts, None)) is not None:
                waiting.add(pool.submit(function, *part))
            if not waiting:
                return
            first = next(as_completed(waiting))
            waiting.remove(first)
            yield first.result()

    if executor is not None:
        yield lambda function, parts: ahead(executor, function, parts)
    elif workers == 1 or (workers is None and (count < ALONE or os.cpu_count() == 1)):
        yield lambda function, parts: (function(*part) for part in parts)
    else:
        with ProcessPoolExecutor(workers) as pool:
            yield lambda function, parts: ahead(pool, function, parts)


@contextmanager
def _only_one(cohort: Cohort) -> Iterator[None]:
    try:
        with FileLock(cohort.path / ".grading.lock", timeout=0):
            yield
    except Timeout:
        raise KitError(
            f"Another grading of {cohort.name} is running. Wait until it has finished, then start again."
        ) from None
    except PermissionError:
        raise KitError(f"The folder {Path(cohort.path)} may not be written to, so nothing can be graded.") from None
