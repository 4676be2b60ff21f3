"""The hours of the programme as a table for learners: with the facilitator, in the workbooks, and at work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple


class Hours(NamedTuple):
    """A part of the programme and the hours it takes."""

    part: str
    contact: float
    workbook: float
    work: float

    @property
    def total(self) -> float:
        return self.contact + self.workbook + self.work


def hours(activities: Iterable[Any], titles: dict[str, str]) -> tuple[Hours, ...]:
    """Add up the hours of a programme's activities for each part, in the plan's order.

    Args:
        activities: of the plan, each with `setting`, `kind`, `hours`, `criteria`, `workbook` and `notebook`.
        titles: for each outcome's id (such as so1) how learners know it.

    Returns:
        A row for each part and a last one, "Together". What serves one outcome stands with it; the rest goes by its page.
    """
    parts: dict[str, Hours] = {}
    for one in activities:
        outcomes = {id.partition("-")[0] for id in one.criteria}
        named = outcomes.pop() if len(outcomes) == 1 else one.notebook or one.workbook or one.title
        part = titles.get(named) or re.sub(r"^\d+-", "", named).replace("-", " ").capitalize()
        so_far = parts.get(part, Hours(part, 0, 0, 0))
        at_desk = one.workbook and one.kind == "knowledge"  # the workplace project is a workbook, too, done at work
        column = "contact" if one.setting == "contact" else "workbook" if at_desk else "work"
        parts[part] = so_far._replace(**{column: getattr(so_far, column) + one.hours})
    rows = tuple(parts.values())
    return (*rows, Hours("Together", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
