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
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any

from learner_kit import workbook as work
from learner_kit.errors import Fault, KitError
from learner_kit.settings import refuse
from learner_kit.workbook import marking
from learner_kit.workbook.figures import read_seed
from learner_kit.workbook.questions import Question

SEED = "learner_kit"  # the name in a notebook's metadata under which its class's seed stands


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
    """A workbook's master, read and compiled once; `seed` draws its learners' own figures (practice figures without)."""

    workbook: str
    fingerprint: str
    source: str
    cells: tuple[Cell, ...]
    seed: str | None = None

    @property
    def checks(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.role == "check")

    @property
    def tasks(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.role == "task")


def read(path: str | Path) -> Master:
    """Read a master notebook, check it and compile its cells; one that has not changed is not read again.

    The seed of a class, where its file stands beside the master, goes into the notebook's metadata, so that the source
    alone grades alike on any machine.

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
    return _read(path, state.st_mtime_ns, state.st_size, read_seed(path.parent))


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int, _size: int, seed: str | None) -> Master:
    master = parse(path.stem, path.read_text(encoding="utf-8"))
    return seeded(master, seed) if seed else master


@lru_cache(maxsize=32)
def seeded(master: Master, seed: str) -> Master:
    """The master as the class with this seed works with it."""
    held = json.loads(master.source)
    held.setdefault("metadata", {})[SEED] = {"seed": seed}
    return parse(master.workbook, json.dumps(held, ensure_ascii=False, indent=1) + "\n")


@lru_cache(maxsize=32)
def parse(workbook: str, source: str) -> Master:
    """A master from its notebook's text; `read` says what is raised."""
    name = f"The master of {workbook}"
    try:
        held = json.loads(source)
        cells, seed = held["cells"], (held.get("metadata", {}).get(SEED) or {}).get("seed")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KitError(f"{name} is not a notebook.") from None
    faults: list[Fault] = []
    found = [_cell(index, cell, faults) for index, cell in enumerate(cells)]
    ids = [cell.grade_id for cell in found if cell.grade_id]
    faults += [
        Fault(None, id, None, "two cells have this grade_id") for id in sorted({id for id in ids if ids.count(id) > 1})
    ]
    refuse(faults, name)
    return Master(workbook, hashlib.sha256(source.encode()).hexdigest(), source, tuple(found), seed)


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
    """A master run on one learner's answers: what its code cells showed, what its checks said, what it asks.

    `wanted` holds, by question, what its check takes as right; `drawn` are the ids of the questions in which figures of
    the learner stand; `figures` are those figures, by variant.
    """

    shown: tuple[Shown, ...]
    results: dict[str, work.Result]
    questions: dict[str, Question]
    wanted: dict[str, Any] = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()
    figures: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def expected(self) -> dict[str, Any]:
        """A right answer, as a plain value, for each question whose check tells one."""
        return {id: marking.plain(value, self.questions.get(id)) for id, value in self.wanted.items()}

    @property
    def forms(self) -> dict[int, work.Form]:
        """The form that each form cell shows, by the cell's index."""
        return {one.cell.index: one.value for one in self.shown if isinstance(one.value, work.Form)}


def run(master: Master, answers: Mapping[str, Any], learner: str | None = None, dry: bool = False) -> Run:
    """Run the master's code cells, in order, on a learner's answers.

    Args:
        master: from `read`.
        answers: question id → plain value; what is missing counts as not answered.
        learner: the learner's number, which fixes the figures of questions that differ from learner to learner.
        dry: only gather the questions, the figures and what is expected; no check looks at an answer.

    Returns:
        What each code cell did. A check that fails ends in an error, as in a kernel; the run goes on.

    Raises:
        KitError: a set-up or form cell of the master itself fails, so that nobody's answers could be checked.
    """
    shown: list[Shown] = []
    scope: dict[str, Any] = {"__name__": "__main__"}
    with work.grading(answers, learner, master.seed, dry) as graded:
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
    return Run(
        tuple(shown),
        graded.results,
        graded.questions,
        graded.expected,
        frozenset(graded.drawn),
        graded.figures,
    )


@lru_cache(maxsize=256)
def questions(master: Master, learner: str | None = None) -> Mapping[str, Question]:
    """The questions a master asks, by id, in their order; with a learner's number with that learner's figures."""
    return MappingProxyType(run(master, {}, learner, dry=True).questions)
