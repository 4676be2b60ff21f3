"""What a person reads in a portfolio beside the data: the answers, the programme, and what was decided, as static pages.

Everything that anybody wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from learner_kit.assess import evidence, judgement, sheet, weighed
from learner_kit.assess.items import graded_answers, read_answers
from learner_kit.assess.sheet import escaped
from learner_kit.assess.static_page import facts, page, table
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme, Statement
from learner_kit.documents.text import shown, spoken
from learner_kit.moments import to_the_minute
from learner_kit.settings import read

OTHER = "Other questions"


def answers(
    cohort: Cohort, learner: str, workbook: str, standings: Iterable[evidence.Standing], hand_in: int | None = None
) -> str:
    """A workbook as a person reads it: each question with its figures, the answer, what was said of it, and its points.

    Args:
        standings: of this learner, from `evidence.matrix`.
        hand_in: the number of the hand-in that stands graded, where one does.
    """
    items = {item.id: item for one in standings for item in one.items if item.workbook == workbook}
    which = f" (hand-in {hand_in})" if hand_in else ""
    note = (
        f"As they were graded last{which}. The zip of every hand-in stands beside this page. What was judged on an earlier "
        "hand-in stands in its folder; a grading that nothing was judged on is not kept."
    )
    given = graded_answers(cohort, learner, workbook)
    return _answers(cohort, learner, workbook, f"Workbook {workbook}: the answers of {learner}", note, given, items)


def judged(
    cohort: Cohort, hand_in: Mapping[str, Any], history: Iterable[Mapping[str, Any]], kept: Path
) -> tuple[str, tuple[str, ...]] | None:
    """What was judged on an earlier hand-in: its answers to the criteria that were, with the checks and marks of then.

    Args:
        hand_in: its row in the records.
        history: every decision on the learner, oldest first.
        kept: the file of its answers.

    Returns:
        The page, and the criteria that were judged; None where no decision rests on this hand-in.
    """
    learner, workbook, number = hand_in["learner"], hand_in["workbook"], hand_in["number"]
    told: dict[str, list[str]] = {}
    items: dict[str, evidence.Item] = {}
    for row in history:
        held = weighed.read(row["rests_on"])
        if held is None or held.hand_ins.get(workbook) != number:
            continue
        items |= {item.id: item for item in held.items if item.workbook == workbook}
        said = f"Decision no. {row['id']}, attempt {row['attempt']}: {judgement.DECISIONS[row['decision']]}."
        told.setdefault(row["criterion"], []).append(said)
    if not told:
        return None
    given = read_answers(kept, masters.questions(masters.read(cohort.master(workbook))).values())
    title = f"Workbook {workbook}, hand-in {number}: what was judged"
    note = f"The answers of {learner} to the criteria that were judged on this hand-in, as checks and marks stood then."
    return _answers(cohort, learner, workbook, title, note, given, items, told), tuple(told)


def _answers(
    cohort: Cohort,
    learner: str,
    workbook: str,
    title: str,
    note: str,
    given: Mapping[str, Any],
    items: Mapping[str, evidence.Item],
    told: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The page of some answers; with `told` (criterion → lines below its heading) only those of its criteria."""
    unit, grouped = cohort.programme.unit, {}
    ran = masters.run(masters.read(cohort.master(workbook)), {}, learner, dry=True)
    about = {
        id: unit.criterion_of(id) or next(map(unit.criterion, getattr(question, "criteria", ())), None)
        for id, question in ran.questions.items()
    }
    if told is not None:
        about = {id: own for id, own in about.items() if own and own.id in told}
    figures = sheet.above(ran, about)
    for id, own in about.items():
        drawn = "".join(map(sheet.figures, figures.get(id, ())))
        checked, _ = sheet.checked(ran.questions[id], given, *_said(items.get(id)))
        grouped.setdefault(own, []).append(drawn + checked)
    parts = [f"<h1>{escaped(title)}</h1>", f"<p>{escaped(note)}</p>"]
    for own, shown_ones in grouped.items():
        parts.append(f"<h2 id='{own.id}'>{escaped(f'{own.number} {own.handle}')}</h2>" if own else f"<h2>{OTHER}</h2>")
        parts += [f"<p>{escaped(line)}</p>" for line in (told or {}).get(own.id if own else "", ())]
        parts += [f"<section>{one}</section>" for one in shown_ones]
    return page(f"{learner}: {title}", parts, "section{margin:0 0 1.6rem}")


def _said(item: evidence.Item | None) -> tuple[str, str]:
    """What the check or the marker said of an answer, and its points."""
    if item is None or item.kind == evidence.DOCUMENT:
        return "", ""
    if item.share is None:
        return "Not marked yet", ""
    if item.kind == evidence.MARKED:
        return f"Marked {item.mark}", item.said
    points = f"{item.share * item.out_of:g}/{item.out_of:g} points."
    if item.said == evidence.UNANSWERED:
        return sheet.OPEN, points
    state = sheet.RIGHT if item.shown else sheet.PART if item.share else sheet.WRONG
    return state, f"{points} {item.said}".rstrip()


def programme(held: Programme) -> str:
    """The unit standard, the plan of activities and the rules of assessment, as they were in force."""
    unit, dates = held.unit, held.unit.registration
    numbers = {one.id: one.number for one in unit.criteria}
    parts = [
        f"<h1>Unit standard {escaped(unit.id)}: {escaped(unit.title)}</h1>",
        _facts(
            {
                "NQF level": unit.nqf_level,
                "Credits": f"{unit.credits} ({unit.hours} notional hours)",
                "Registered": f"{shown(dates.start)} to {shown(dates.end)}",
                "Last enrolment": dates.last_enrolment,
                "Last achievement": dates.last_achievement,
                "Source": unit.source,
            }
        ),
    ]
    for one in unit.outcomes:
        rows = [[escaped(each.number), escaped(each.says)] for each in one.criteria]
        parts += [f"<h2>{escaped(one.id.upper())} {escaped(one.title)}</h2>"]
        parts += [table(["Number", "Criterion"], rows, one.title)]
    for title, statements in (("Embedded knowledge", unit.knowledge), ("Cross-field outcomes", unit.cross_field)):
        parts += [f"<h2>{title}</h2>", _statements(statements, numbers, title)]
    rows = [
        [
            escaped(one.title),
            escaped(", ".join(one.stage)),
            escaped(f"{one.kind}; {one.setting}; {one.mode}"),
            escaped(shown(one.hours)),
            escaped(", ".join(numbers[id] for id in one.criteria) or "–"),
            escaped(one.evidence),
        ]
        for one in held.activities
    ]
    heads = ["Activity", "Stage", "Kind", "Hours", "Criteria", "Evidence"]
    parts += ["<h2>Plan of activities</h2>", table(heads, rows, "Plan of activities"), "<h2>Rules of assessment</h2>"]
    for name, rules in read(held.folder / "rules.toml").items():
        parts += [f"<h3>{escaped(spoken(name))}</h3>", _facts(rules if isinstance(rules, dict) else {name: rules})]
    return page(f"Unit standard {unit.id}, plan and rules", parts)


def _facts(rows: Mapping[str, Any]) -> str:
    def plain(value: Any) -> str:
        return ", ".join(map(shown, value)) if isinstance(value, list | tuple) else shown(value)

    return facts((escaped(spoken(name)), escaped(plain(value))) for name, value in rows.items())


def _statements(statements: Sequence[Statement], numbers: Mapping[str, str], about: str) -> str:
    rows = [[escaped(one.says), escaped(", ".join(numbers.get(id, id) for id in one.criteria))] for one in statements]
    return table(["What it is", "Mostly shown through"], rows, about)


def decisions(
    cohort: Cohort,
    learner: str,
    judged: Sequence[Mapping[str, Any]],
    found: Sequence[Mapping[str, Any]],
    reviews: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Every decision, every finding of a moderator, and every review after a last attempt, as tables.

    Args:
        judged: from `judgement.history`.
        found: the moderator's findings, each with its criterion.
        reviews: the moderator's reviews, each with its criterion.
    """

    def named(id: str) -> str:
        one = cohort.programme.unit.criterion(id)
        return escaped(f"{one.number} {one.handle}" if one else id)

    made = [
        [
            named(row["criterion"]),
            escaped(str(row["id"]) + (f", corrects {row['corrects']}" if row["corrects"] else "")),
            str(row["attempt"]),
            escaped(judgement.DECISIONS[row["decision"]]),
            escaped(weighed.said(row["rests_on"]) or "not kept"),
            escaped(" ".join(filter(None, [row["reason"], row["override"] and f"Override: {row['override']}"]))),
            escaped(row["assessor"]),
            to_the_minute(row["decided_at"]),
        ]
        for row in judged
    ]
    looked = [
        [
            named(row["criterion"]),
            str(row["judgement"]),
            escaped(row["finding"]),
            escaped(row["reason"] or "–"),
            escaped(row["moderator"]),
            to_the_minute(row["found_at"]),
            str(row["sample"]),
        ]
        for row in found
    ]
    heads = ["Criterion", "Decision no.", "Attempt", "Decision", "Decided on", "Reason", "Assessor", "When (SAST)"]
    parts = [f"<h1>What was decided on the portfolio of {escaped(learner)}</h1>", "<h2>Decisions of assessors</h2>"]
    parts += [table(heads, made, "Decisions of assessors"), "<h2>Findings of moderators</h2>"]
    heads = ["Criterion", "Decision no.", "Finding", "Reason", "Moderator", "When (SAST)", "Sample"]
    parts.append(table(heads, looked, "Findings of moderators"))
    if reviews:
        rows = [
            [
                named(row["criterion"]),
                str(row["judgement"]),
                escaped(row["outcome"]),
                escaped(row["reason"]),
                escaped(row["moderator"]),
                to_the_minute(row["at"]),
            ]
            for row in reviews
        ]
        heads = ["Criterion", "Decision no.", "Outcome", "Reason", "Moderator", "When (SAST)"]
        about = "Reviews by moderators after the last attempt"
        parts += [f"<h2>{about}</h2>", table(heads, rows, about)]
    return page(f"{learner}: decisions and findings", parts)
