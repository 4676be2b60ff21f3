"""The marking guide of a workbook: every question with its answer, the reason, and what a marker looks for, from the memo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from learner_kit.course import master as masters
from learner_kit.course import memos
from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Bullets, Callout, Document, Facts, Heading, Paragraph, Table
from learner_kit.editions import prose
from learner_kit.editions.codes import codes, line
from learner_kit.workbook.questions import Question

CHECKS = (
    "The work carries the learner's number and the signed declaration.",
    "The answers are to this learner's own figures.",
    "Written answers are in the learner's own words; what is alike in two hands is asked about.",
    "Documents from work are recent, and tell nothing of who a customer is.",
    "Every mark given has a sentence beside it that the learner can use.",
    "Points are no judgement: Competent or Not Yet Competent is decided criterion by criterion.",
)


def document(cohort: Cohort, workbook: str, learner: str | None = None, letterhead: tuple[str, ...] = ()) -> Document:
    """The marking guide of a workbook.

    Args:
        cohort: the cohort, whose programme has the memo and whose seed draws the figures.
        workbook: its name.
        learner: whose figures; the practice figures without one.
        letterhead: lines over the title.
    """
    unit = cohort.programme.unit
    master = masters.read(cohort.master(workbook))
    run = masters.run(master, {}, learner, dry=True)
    memo = memos.with_figures(memos.read(cohort.programme, workbook), master, learner)
    points = {cell.grade_id: cell.points for cell in master.cells if cell.role in ("check", "task")}
    by_id = {question.id: code for code, question in codes(workbook, run.questions.values()).items()}
    blocks: list[Block] = [
        Heading("Before you mark"),
        Bullets(list(CHECKS), kind="boxes"),
    ]
    if run.drawn:
        whose = f"of {learner}" if learner else "for practice"
        blocks.append(
            Callout(
                f"The figures here are those {whose}. A question marked with * has other figures for every learner; "
                "the desk, and the table of answers beside this guide, show each learner's.",
                title="Whose figures",
            )
        )
    criterion = None
    for id, question in run.questions.items():
        found = unit.criterion_of(id)
        if found and found.id != criterion:
            criterion = found.id
            blocks.append(Heading(f"{found.number} {found.handle}"))
        own = "*" if id in run.drawn else ""
        blocks += _entry(question, by_id[id] + own, points.get(id, 0), memo.get(id, {}))
    total = sum(points.values())
    return Document(
        title=f"Marking guide: {prose.plain(_title(master, workbook))}",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        letterhead=letterhead,
        meta=[
            ("For", "assessors and moderators; never for learners"),
            ("Questions", f"{len(run.questions)}, {total:g} points in all"),
            *([("Learner", learner)] if learner else []),
        ],
        blocks=blocks,
        footer=f"Marking guide · {workbook} · not for learners",
    )


def table(cohort: Cohort, workbook: str, learners: list[str]) -> list[list[str]]:
    """Every learner's expected answers to the questions with figures of their own: learner, code, question, answer."""
    master = masters.read(cohort.master(workbook))
    rows = [["learner", "code", "question", "answer"]]
    for learner in learners:
        run = masters.run(master, {}, learner, dry=True)
        by_id = {question.id: code for code, question in codes(workbook, run.questions.values()).items()}
        for id, value in run.expected.items():
            if id in run.drawn:
                said = "; ".join(line(run.questions[id], value)).replace("\u00a0", " ")
                rows.append([learner, by_id[id], id, said])
    return rows


def _title(master: masters.Master, workbook: str) -> str:
    first = json.loads(master.source)["cells"][0]
    said = "".join(first["source"]).splitlines()
    return said[0].lstrip("# ") if said and first["cell_type"] == "markdown" else workbook


def _entry(question: Question, code: str, points: float, memo: Mapping[str, Any]) -> list[Block]:
    worth = f"{points:g} point{'' if points == 1 else 's'}" if points else "no points"
    blocks: list[Block] = [Heading(f"{code} · {worth}", level=2), Paragraph(question.prompt)]
    told = [(label, memo[key]) for label, key in (("Answer", "shown"), ("Why", "why")) if memo.get(key)]
    if told:
        blocks.append(Facts(told))
    if memo.get("look_for"):
        blocks += [Paragraph("Look for:"), Bullets([str(one) for one in memo["look_for"]], kind="boxes")]
    if memo.get("levels"):
        rows = [[f"{one['points']:g}", one["says"]] for one in memo["levels"]]
        blocks.append(Table(["Points", "What earns them"], rows, widths=[1, 9], align=["right", "left"]))
    if memo.get("model"):
        model = memo["model"] if isinstance(memo["model"], str) else str(memo["model"])
        blocks += [Paragraph("One good answer:"), Paragraph(model, kind="quote")]
    if not memo:
        blocks.append(Paragraph("The memo has no entry for this question.", kind="quiet"))
    return blocks
