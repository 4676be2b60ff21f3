"""A workbook's master: its questions, and its own checks run on a learner's answers.

The master is the provider's; it is trusted and run in this process. What a learner wrote is data: it reaches the
master's cells as plain values and is never run.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any

from learner_kit import workbook as work
from learner_kit.errors import Fault, KitError
from learner_kit.settings import refuse
from learner_kit.workbook.questions import Question


@dataclass(frozen=True)
class Cell:
    """A cell of a master; `role` is prose, code (set-up and forms), check (scored) or task (marked by a person)."""

    index: int
    role: str
    grade_id: str | None
    points: float
    body: CodeType | None = None
    last: CodeType | None = None


@dataclass(frozen=True)
class Shown:
    """What one code cell did: the value it ended on, what it printed, and the error it raised."""

    cell: Cell
    value: Any = None
    error: Exception | None = None
    printed: str = ""
    warned: str = ""

    @property
    def score(self) -> float:
        """The points of a check, by nbgrader's rule: an error gives none, a number that many, all else full points."""
        if self.error is not None or self.warned:
            return 0.0
        return min(float(self.value), self.cell.points) if isinstance(self.value, (int, float)) else self.cell.points


@dataclass(frozen=True)
class Master:
    """A workbook's master, read and compiled once."""

    workbook: str
    fingerprint: str
    source: str
    cells: tuple[Cell, ...]

    @property
    def checks(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.role == "check")

    @property
    def tasks(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.role == "task")


def read(path: str | Path) -> Master:
    """Read a master notebook, check it and compile its cells; one that has not changed is not read again.

    Raises:
        KitError: it is missing or no notebook.
        DataError: every fault of its cells at once.
    """
    path = Path(path)
    try:
        state = path.stat()
    except OSError:
        raise KitError(
            f"The master {path} is missing. Masters stand in assessments/source and in the cohort's source."
        ) from None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int, _size: int) -> Master:
    return parse(path.stem, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def parse(workbook: str, source: str) -> Master:
    """A master from its notebook's text; `read` says what is raised."""
    name = f"The master of {workbook}"
    try:
        cells = json.loads(source)["cells"]
    except (ValueError, KeyError, TypeError):
        raise KitError(f"{name} is not a notebook.") from None
    faults: list[Fault] = []
    found = [_cell(index, cell, faults) for index, cell in enumerate(cells)]
    ids = [cell.grade_id for cell in found if cell.grade_id]
    faults += [
        Fault(None, id, None, "two cells have this grade_id") for id in sorted({id for id in ids if ids.count(id) > 1})
    ]
    refuse(faults, name)
    return Master(workbook, hashlib.sha256(source.encode()).hexdigest(), source, tuple(found))


def _cell(index: int, cell: dict[str, Any], faults: list[Fault]) -> Cell:
    told = cell.get("metadata", {}).get("nbgrader", {})
    grade_id, points = told.get("grade_id"), float(told.get("points", 0) or 0)
    source = "".join(cell.get("source", ""))
    if cell.get("cell_type") != "code":
        return Cell(index, "task" if told.get("task") else "prose", grade_id, points)
    place = grade_id or f"cell {index + 1}"
    if told.get("solution"):
        faults.append(Fault(None, place, None, "is a solution cell; answers are data, so masters have none"))
    if not told.get("locked"):
        faults.append(Fault(None, place, None, "is a code cell that is not locked"))
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        faults.append(Fault(None, place, None, f"is not plain Python (line {error.lineno}: {error.msg})"))
        return Cell(index, "code", grade_id, points)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = compile(ast.Expression(tree.body.pop().value), f"<{place}>", "eval")
    role = "check" if told.get("grade") else "code"
    return Cell(index, role, grade_id, points, compile(tree, f"<{place}>", "exec"), last)


@dataclass(frozen=True)
class Run:
    """A master run on one learner's answers: what its code cells showed, what its checks said, what it asks."""

    shown: tuple[Shown, ...]
    results: dict[str, work.Result]
    questions: dict[str, Question]

    @property
    def forms(self) -> dict[int, work.Form]:
        """The form that each form cell shows, by the cell's index."""
        return {one.cell.index: one.value for one in self.shown if isinstance(one.value, work.Form)}


def run(master: Master, answers: Mapping[str, Any], learner: str | None = None) -> Run:
    """Run the master's code cells, in order, on a learner's answers.

    Args:
        master: from `read`.
        answers: question id → plain value; what is missing counts as not answered.
        learner: the learner's number, which fixes the figures of questions that differ from learner to learner.

    Returns:
        What each code cell did. A check that fails ends in an error, as in a kernel; the run goes on.

    Raises:
        KitError: a set-up or form cell of the master itself fails, so that nobody's answers could be checked.
    """
    shown: list[Shown] = []
    scope: dict[str, Any] = {"__name__": "__main__"}
    with work.grading(answers, learner) as graded:
        for cell in master.cells:
            if cell.body is None:
                continue
            out, err = io.StringIO(), io.StringIO()
            value, error = None, None
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    exec(cell.body, scope)
                    value = eval(cell.last, scope) if cell.last else None
                except Exception as failure:
                    if cell.role == "code":
                        raise KitError(
                            f"The master of {master.workbook} fails in {cell.grade_id}: {type(failure).__name__}: {failure}"
                        ) from failure
                    error = failure
            shown.append(Shown(cell, value, error, out.getvalue(), err.getvalue()))
    return Run(tuple(shown), graded.results, graded.questions)


@lru_cache(maxsize=32)
def questions(master: Master) -> Mapping[str, Question]:
    """The questions a master asks, by id, in their order."""
    return MappingProxyType(run(master, {}).questions)
