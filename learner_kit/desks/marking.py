"""What waits for a person's marks, with links that open nbgrader's formgrader at the right page."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlalchemy as sa

from learner_kit.assess import evidence
from learner_kit.course import master as masters
from learner_kit.course import naming, records
from learner_kit.course.cohort import Cohort
from learner_kit.desks.parts import Cell, Said, base, part, prose, table
from learner_kit.desks.room import Room

if TYPE_CHECKING:
    from learner_kit.desks.assessor import Register

FIELDS = {"check": 1, "task": 2}  # fields that formgrader's page has for a cell


def pages(cohort: Cohort, learner: str | None = None) -> dict[tuple[str, str], str]:
    """(learner, workbook) → the address of the page in formgrader where that submission is marked."""
    from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook

    submitted, notebook, assignment = (one.__table__ for one in (SubmittedAssignment, SubmittedNotebook, Assignment))
    query = (
        sa.select(submitted.c.student_id, assignment.c.name, notebook.c.id)
        .join(submitted, submitted.c.id == notebook.c.assignment_id)
        .join(assignment, assignment.c.id == submitted.c.assignment_id)
    )
    if learner:
        query = query.where(submitted.c.student_id == learner)
    return {
        (one["student_id"], one["name"]): f"{base()}formgrader/submissions/{quote(one['id'])}/"
        for one in records.rows(cohort.engine, query)
    }


def places(cohort: Cohort, workbook: str) -> dict[str, int]:
    """Question → the place of its points among the fields of that page, as `?index=` counts them.

    The first field is the link to the next submission; a check has its points, a task a comment as well.
    """
    found, place = {}, 1
    for cell in masters.read(cohort.master(workbook)).cells:
        if cell.role in FIELDS:
            found[cell.grade_id] = place
            place += FIELDS[cell.role]
    return found


def waiting(standings: list[evidence.Standing]) -> dict[tuple[str, str], list[str]]:
    """(learner, workbook) → the questions whose answers wait for a person."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in standings:
        for item in one.items:
            if item.kind == "marked" and item.share is None:
                found[one.learner, item.workbook].append(item.id)
    return found


class Marking:
    """Whose answers wait for marks, and where to give them."""

    def __init__(self, room: Room, register: Register):
        self.room, self.register, self.said, self.found = room, register, Said(), prose()
        self.face = part(self.found, self.said.face)
        room.tell(self._show)

    def _show(self) -> None:
        cohort = self.room.cohort
        if cohort is None:
            self.found.value = ""
            return
        found = waiting(self.register.standings)
        if not found:
            self.found.value = "<p>No answer waits for marks.</p>"
            return
        if not self.room.served:
            count, name = sum(map(len, found.values())), escape(cohort.typed, quote=False)
            self.found.value = (
                f"<p>{count} {'answer waits' if count == 1 else 'answers wait'} for marks. The marking pages belong to the "
                "cohort that the kit was started with. To mark this one:</p><ol>"
                "<li>Close the kit: go to the window in which it was started and press <kbd>Ctrl</kbd>+<kbd>C</kbd>.</li>"
                f"<li>In that window type <code>python3 start.py start {name}</code> and press Enter "
                f"(Windows: <code>py start.py start {name}</code>).</li>"
                "<li>Open <em>Assessor</em> again on the page that opens, and come back to this part.</li></ol>"
            )
            return
        links, at = pages(cohort), {workbook: places(cohort, workbook) for workbook in {one for _, one in found}}
        rows = [
            [
                learner,
                naming.name(cohort.programme, workbook),
                str(len(ids)),
                Cell(
                    "Mark answers",
                    link=f"{links[learner, workbook]}?index={min(at[workbook].get(id, 0) for id in ids)}",
                ),
            ]
            for (learner, workbook), ids in sorted(found.items())
        ]
        self.found.value = (
            "<p>Each link opens nbgrader's marking page beside this one, at the first answer that waits. Give points and a "
            "comment there: both are kept as you type. Come back and press <strong>Read everything again</strong> at the top.</p>"
            + table(["Learner", "Workbook", "Answers to mark", "Where"], rows, "What waits for marks")
        )
