"""Evaluation on paper: the forms to print, the knowledge check, and the report for the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from learner_kit.course import enrol
from learner_kit.course.cohort import Cohort
from learner_kit.documents import (
    Block,
    Bullets,
    Callout,
    Document,
    Facts,
    Heading,
    Lines,
    Paragraph,
    Table,
)
from learner_kit.reading import write_number
from learner_kit.teaching import evaluation, knowledge

if TYPE_CHECKING:
    import pandas as pd

    from learner_kit.survey import Question, Questionnaire


def form(cohort: Cohort, kind: str = "end") -> Document:
    """The evaluation form to print; the columns of a scale run from the lowest to the highest answer."""
    questionnaire = evaluation.questionnaire(cohort, kind)
    return Document(
        title=questionnaire.title,
        subtitle=_subtitle(cohort),
        blocks=to_fill_in(questionnaire),
        footer="Anonymous: please do not write your name",
    )


def to_fill_in(form: Questionnaire) -> list[Block]:
    """A questionnaire to fill in by hand: its invitation, its questions, and who leaves one out."""
    blocks: list[Block] = [Paragraph(" ".join(form.invitation.split()))]
    numbers = {one.id: number for number, one in enumerate(form.questions, 1)}
    for number, one in enumerate(form.questions, 1):
        blocks.append(Heading(f"{number}. {one.prompt}", level=1))
        if one.asked_of:
            answers = " or ".join(f"“{answer}”" for answer in one.asked_of.answers)
            when = "Leave this out" if one.asked_of.inverse else "Only"
            blocks.append(
                Paragraph(
                    f"{when} if you answered {answers} to question {numbers[one.asked_of.question]}.", kind="quiet"
                )
            )
        if one.kind == "matrix":
            rows = [[wording, *["□"] * len(one.answers)] for _, wording in one.items]
            widths = [3.8, *[1.7] * len(one.answers)]
            align = ["left", *["center"] * len(one.answers)]
            blocks.append(Table(["", *map(str, one.answers)], rows, widths=widths, align=align))
        elif one.kind == "score":
            blocks.append(
                Table(
                    [str(answer) for answer in one.answers],
                    [["□"] * len(one.answers)],
                    align=["center"] * len(one.answers),
                )
            )
        elif one.kind == "text":
            blocks.append(Lines(2))
        else:
            blocks.append(Bullets(list(map(str, one.answers)), kind="boxes"))
    return blocks


def knowledge_form(cohort: Cohort, key: bool = False) -> Document:
    """The knowledge check to print, or with `key` the facilitator's list of right answers."""
    check = knowledge.load(cohort.programme)
    if key:
        rows = [
            [str(n), one.prompt, f"{one.right}: {one.options[knowledge.letters(one).index(one.right)]}"]
            for n, one in enumerate(check.items, 1)
        ]
        blocks: list[Block] = [
            Paragraph(
                "Type a learner's letters in their order, such as "
                + "".join(one.right for one in check.items)
                + "; - for an open one."
            ),
            Table(["No.", "Question", "Right"], rows, widths=[0.7, 6, 4], align=["right", "left", "left"]),
        ]
        return Document(
            title="Knowledge check: right answers",
            subtitle=_subtitle(cohort),
            blocks=blocks,
            footer="For the facilitator only",
        )
    blocks = [Paragraph(check.says)]
    for number, one in enumerate(check.items, 1):
        blocks.append(Paragraph(f"{number}. {one.prompt}", kind="strong"))
        blocks.append(
            Bullets(
                [f"{letter}  {said}" for letter, said in zip(knowledge.letters(one), one.options, strict=True)],
                kind="boxes",
            )
        )
    meta = [("Learner number", "L-"), ("Round", "before  /  after")]
    return Document(
        title=check.title, subtitle=_subtitle(cohort), meta=meta, blocks=blocks, footer="Knowledge check: no assessment"
    )


def report(cohort: Cohort, kind: str = "end") -> Document:
    """The report for the provider: every answer counted, and for the evaluation at the end what the class gained.

    Raises:
        KitError: there are too few forms to show anything without giving somebody away.
    """
    asked, given = evaluation.questionnaire(cohort, kind), evaluation.responses(cohort, kind)
    enrolled, base = len(enrol.learners(cohort)), len(given)
    back = f"{base} of {enrolled}" if enrolled >= base else str(base)
    share = f" ({write_number(100 * base / enrolled, 0)} %)" if enrolled >= base else ""
    blocks: list[Block] = [
        Heading("Who answered"),
        Facts([("Forms that came back", back + share), ("Learners enrolled", str(enrolled))]),
    ]
    if enrolled and base < enrolled / 2:
        blocks.append(
            Callout("Fewer than half answered. Those who did may differ from those who did not.", kind="warning")
        )
    blocks += [Heading("What they said"), *[block for one in asked.questions for block in _counted(given, one)]]
    gained = knowledge.gain(cohort) if kind == "end" and _has_check(cohort) else None
    if gained:
        rows = [[prompt, _percent(first), _percent(then)] for _, prompt, first, then in gained.items]
        blocks += [
            Heading("What the class gained in knowledge"),
            Paragraph(gained.words),
            Table(
                ["Question", "Right before", "Right after"],
                rows,
                caption="Share of those who did both rounds that had the right answer",
                widths=[7, 1.8, 1.8],
                align=["left", "right", "right"],
            ),
            Paragraph(
                "The same questions twice: part of a gain may come from knowing them. It is no result of assessment.",
                kind="quiet",
            ),
        ]
    return Document(
        title="Evaluation of the programme" if kind == "end" else "Three months later: report",
        subtitle=_subtitle(cohort),
        meta=[("Cohort", cohort.name), ("Form", asked.title)],
        blocks=blocks,
        footer=f"Evaluation · {cohort.name} · anonymous forms",
    )


def _counted(given: pd.DataFrame, one: Question) -> list[Block]:
    from learner_kit import survey

    blocks: list[Block] = [Heading(one.prompt, level=2)]
    if one.kind == "text":
        said = sorted({" ".join(str(text).split()) for text in given[one.id].dropna()}, key=str.casefold)
        return [
            *blocks,
            Bullets([f"“{text}”" for text in said]) if said else Paragraph("Nobody wrote anything.", kind="quiet"),
        ]
    if one.kind == "matrix":
        rows = []
        for name, wording in zip(one.columns, (wording for _, wording in one.items), strict=True):
            counts = survey.tally(given[[name]], name)
            base = int(counts.attrs["base"])
            best = survey.top_box(counts).share if base else None
            rows.append([wording, *map(int, counts["count"]), base, _percent(best) if best is not None else "–"])
        return [
            *blocks,
            Table(
                ["", *map(str, one.answers), "Answered", "Best two"],
                [[str(cell) for cell in row] for row in rows],
                widths=[4.4, *[1.45] * len(one.answers), 1.5, 1.2],
                align=["left", *["right"] * (len(one.answers) + 2)],
            ),
        ]
    counts = survey.tally(given, one)
    base = int(counts.attrs["base"])
    if not base:
        return [*blocks, Paragraph("Nobody answered this question.", kind="quiet")]
    if one.kind == "score":
        found = survey.nps(given[one.id].dropna().astype(int))
        blocks.append(
            Paragraph(f"Answered by {base}. Promoters less detractors (NPS): {found.score:+.0f}.".replace("-", "−"))
        )
    else:
        rows = [
            [str(answer), str(int(n)), _percent(share / 100)]
            for answer, n, share in zip(counts["answer"], counts["count"], counts["rounded_to_100"], strict=True)
        ]
        blocks.append(
            Table(
                ["Answer", "Forms", "Share"],
                [*rows, ["Answered", str(base), "100 %"]],
                align=["left", "right", "right"],
                total=True,
            )
        )
    if one.kind == "scale":
        best = survey.top_box(counts)
        blocks.append(
            Paragraph(
                f"Best two answers: {_percent(best.share)} (95 % interval {_percent(best.low)} to {_percent(best.high)})."
            )
        )
    return blocks


def _has_check(cohort: Cohort) -> bool:
    return (cohort.programme.folder / knowledge.FILE).is_file()


def _percent(share: float) -> str:
    return f"{write_number(100 * share, 0)}\u00a0%"


def _subtitle(cohort: Cohort) -> str:
    unit = cohort.programme.unit
    return f"Unit standard {unit.id}: {unit.title}"
