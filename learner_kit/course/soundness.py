"""Is a programme fit to be given? Every criterion covered four ways, every question with a memo, every cell with a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from learner_kit.course import master as masters
from learner_kit.course.programme import STAGES, Programme
from learner_kit.errors import Fault
from learner_kit.settings import read


@dataclass(frozen=True)
class Coverage:
    """How one criterion is covered: the activities of each stage, and how many questions of workbooks show it."""

    criterion: str
    stages: dict[str, tuple[str, ...]]
    questions: int

    @property
    def gaps(self) -> tuple[str, ...]:
        return tuple(stage for stage in STAGES if not self.stages[stage])


def coverage(programme: Programme) -> list[Coverage]:
    """How each criterion is taught, practised, assessed formatively and evidenced summatively.

    An activity that names a lesson or a workbook counts only when that notebook is there.

    Returns:
        One `Coverage` a criterion, in the unit standard's order.
    """
    counted = _questions(programme)
    found = []
    for criterion in programme.unit.criteria:
        stages: dict[str, tuple[str, ...]] = {}
        for stage in STAGES:
            stages[stage] = tuple(
                one.id
                for one in programme.activities
                if stage in one.stage
                and criterion.id in one.criteria
                and _lesson_there(programme, one.notebook)
                and (one.workbook is None or counted.get((criterion.id, one.workbook)))
            )
        questions = sum(count for (id, _), count in counted.items() if id == criterion.id)
        found.append(Coverage(criterion.id, stages, questions))
    return found


def faults(programme: Programme) -> list[Fault]:
    """Everything that keeps a programme from being given.

    Returns:
        A fault for each criterion that lacks a stage, each scored or marked cell whose `grade_id` begins with no
        criterion, each question without a memo, and each memo that belongs to no question.
    """
    found = [
        Fault(None, one.criterion, None, f"is not {' and not '.join(one.gaps)}")
        for one in coverage(programme)
        if one.gaps
    ]
    for workbook in programme.workbooks:
        master = _master(programme, workbook)
        asked = masters.questions(master)
        for cell in (*master.checks, *master.tasks):
            if programme.unit.criterion_of(cell.grade_id or "") is None:
                found.append(
                    Fault(None, f"{workbook}: {cell.grade_id}", None, "begins with no criterion of the unit standard")
                )
            if cell.grade_id not in asked:
                found.append(Fault(None, f"{workbook}: {cell.grade_id}", None, "is scored but asked in no form"))
        path = programme.folder / "memo" / f"{workbook}.toml"
        memo = read(path) if path.is_file() else {}
        found += [Fault(None, f"{workbook}: {id}", None, "has no memo") for id in asked if id not in memo]
        found += [
            Fault(None, f"{workbook}: {id}", None, "has a memo but is no question") for id in memo if id not in asked
        ]
    return found


def _questions(programme: Programme) -> dict[tuple[str, str], int]:
    """(criterion, workbook) → how many scored or marked cells show it."""
    counted: dict[tuple[str, str], int] = {}
    for workbook in programme.workbooks:
        master = _master(programme, workbook)
        for cell in (*master.checks, *master.tasks):
            criterion = programme.unit.criterion_of(cell.grade_id or "")
            if criterion:
                counted[criterion.id, workbook] = counted.get((criterion.id, workbook), 0) + 1
    return counted


def _master(programme: Programme, workbook: str) -> masters.Master:
    return masters.read(programme.folder / "source" / workbook / f"{workbook}.ipynb")


def _lesson_there(programme: Programme, notebook: str | None) -> bool:
    return notebook is None or (Path(programme.folder).parent / "notebooks" / f"{notebook}.ipynb").is_file()
