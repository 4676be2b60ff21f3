"""Teaching notes: how each contact session runs, step by step, from the programme's own plan; no slides are needed."""

from __future__ import annotations

from learner_kit.course.programme import Programme
from learner_kit.documents import Block, Bullets, Document, Facts, Heading, Lines, Table
from learner_kit.teaching import outline


def document(programme: Programme, letterhead: tuple[str, ...] = ()) -> Document:
    """The teaching notes of a programme: for each contact activity its criteria, steps, materials and what to print."""
    unit, found = programme.unit, outline.load(programme)
    blocks: list[Block] = []
    for one in outline.contact(programme):
        blocks.append(Heading(one.title))
        lesson = f"Lesson {one.notebook}" if one.notebook else ""
        workbook = f"workbook {one.workbook}" if one.workbook else ""
        facts = [("Time", f"{one.hours:g} h"), ("Works with", ", ".join(filter(None, [lesson, workbook])) or "–")]
        blocks.append(Facts([*facts, ("Leaves behind", one.evidence)]))
        steps = [step for step in found.steps if step.activity == one.id]
        if steps:
            rows = [[f"{step.minutes}", step.title, step.how, ", ".join(step.materials) or "–"] for step in steps]
            blocks.append(
                Table(
                    ["Minutes", "What", "How", "Lies ready"],
                    rows,
                    widths=[1.2, 5, 2, 3.2],
                    align=["right", "left", "left", "left"],
                )
            )
        prints = [printed for step in steps for printed in step.print]
        if prints:
            blocks += [Heading("Print before", level=2), Bullets(prints, kind="boxes")]
        criteria = [unit.criterion(id) for id in one.criteria]
        if criteria:
            blocks.append(Heading("What learners can show afterwards", level=2))
            blocks.append(Bullets([f"{each.number} {each.handle}: {each.says}" for each in criteria if each]))
        blocks += [Heading("Your notes", level=2), Lines(3)]
    return Document(
        title="Teaching notes",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        letterhead=letterhead,
        meta=[("Contact hours", f"{found.minutes / 60:g}"), ("For", "the facilitator")],
        blocks=blocks,
        footer=f"Teaching notes · unit standard {unit.id}",
    )
