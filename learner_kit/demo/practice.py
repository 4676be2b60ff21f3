"""The practice assessor and the practice moderator: stated rules in the place of people, so that the circle can turn.

A real assessor reads, weighs and decides; these two only show what the kit then does with decisions and findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from learner_kit.assess import evidence, judgement, moderation, statements
from learner_kit.assess.evidence import UNANSWERED, Item, Standing
from learner_kit.course import enrol, master, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.release import quiet_nbgrader
from learner_kit.course.submission import ANSWERS, inspect
from learner_kit.demo.sample import Mark
from learner_kit.workbook.answers import load_answers

NOTHING = "No answer was handed in."
HINTS = 3  # hints that a reason spells out; the feedback lists the others
UNSIGNED = "The declaration that this is your own work is not signed."


@dataclass(frozen=True)
class Marked:
    """How many longer answers got marks, how many were empty (and got none), and which still wait for a mark."""

    given: int
    empty: int
    waiting: tuple[str, ...]


def mark(
    cohort: Cohort, workbook: str, learners: Iterable[str], number: int, marks: Mapping[tuple[str, int, str], Mark]
) -> Marked:
    """Mark the longer answers in nbgrader's gradebook, as formgrader does.

    Args:
        cohort: the cohort.
        workbook: its name.
        learners: whose work was graded just now.
        number: the round of the hand-in.
        marks: (learner, round, question) → points and comment; an empty answer gets no points whatever stands here.
    """
    from nbgrader.api import Gradebook

    given, empty, waiting = 0, 0, []
    with quiet_nbgrader(), Gradebook(cohort.db_url) as book:
        for learner in learners:
            answers = load_answers(cohort.path / "submitted" / learner / workbook / ANSWERS).answers
            for task in book.find_notebook(workbook, workbook).task_cells:
                grade = book.find_grade(task.name, workbook, workbook, learner)
                comment = book.find_comment(task.name, workbook, workbook, learner)
                found = marks.get((learner, number, task.name))
                if not str(answers.get(task.name) or "").strip():
                    found, empty = Mark(0.0, NOTHING), empty + 1
                elif found is None:
                    waiting.append(f"{learner} {task.name}")
                    continue
                else:
                    given += 1
                grade.manual_score, grade.needs_manual_grade = min(found.points, task.max_score), False
                comment.manual_comment = found.comment
        book.db.commit()
    return Marked(given, empty, tuple(waiting))


def decide(standing: Standing, level: float, signed: bool = True) -> tuple[str, str] | None:
    """The practice rule: Competent when every checked question was shown and every marked answer reached the level.

    Args:
        standing: where a learner stands on a criterion.
        level: the share of its points that a marked answer must reach, 0 to 1.
        signed: the declaration that it is the learner's own work came with it; nothing is Competent without.

    Returns:
        The decision (C or NYC) and its reason, made of the checks' hints and the marker's comments; None when there is
        nothing to decide on yet.

    Example:
        >>> right, wrong = Item("q1", "question", "so1", 1.0), Item("q2", "question", "so1", 0.0, "Count them again.")
        >>> decide(Standing("L-0001", "so1-ac1", "ready to judge", 1, (right,), ()), 0.8)
        ('C', 'The one checked answer was shown.')
        >>> decide(Standing("L-0001", "so1-ac1", "ready to judge", 1, (right, wrong), ()), 0.8)
        ('NYC', '1 of 2 checked answers was not shown yet. Count them again.')
    """
    checked = [item for item in standing.items if item.kind == "question"]
    marked = [item for item in standing.items if item.kind == "marked"]
    if standing.state != evidence.READY or not checked + marked:
        return None
    missed = [item for item in checked if not item.shown]
    weak = [item for item in marked if (item.share or 0) < level]
    if not missed and not weak and signed:
        said = [f"All {len(checked)} checked answers were shown." if len(checked) > 1 else ""]
        said += ["The one checked answer was shown."] if len(checked) == 1 else []
        said += [f"The {_longer(marked)} reached the level."] if marked else []
        return judgement.C, " ".join(filter(None, said))
    return judgement.NYC, " ".join([*([] if signed else [UNSIGNED]), *_missed(missed, len(checked)), *_weak(weak)])


def _missed(missed: list[Item], count: int) -> list[str]:
    if not missed:
        return []
    empty = sum(item.said == UNANSWERED for item in missed)
    said = [f"{len(missed)} of {count} checked answers {'was' if len(missed) == 1 else 'were'} not shown yet"]
    if empty:
        said.append(f" ({'all' if empty == len(missed) else empty} unanswered)" if len(missed) > 1 else " (unanswered)")
    hints = list(dict.fromkeys(item.said for item in missed if item.said and item.said != UNANSWERED))
    more = [f"{len(hints) - HINTS} more hints stand in the feedback."] if len(hints) > HINTS else []
    return ["".join(said) + ".", *hints[:HINTS], *more]


def _weak(weak: list[Item]) -> list[str]:
    empty = [item for item in weak if item.said == NOTHING]
    short = [item for item in weak if item.said != NOTHING]
    said = [f"The {_longer(empty)} was not handed in." if len(empty) == 1 else ""]
    said += [f"{len(empty)} longer answers were not handed in."] if len(empty) > 1 else []
    said += [f"The {_longer(short)} did not reach the level yet.", *(item.said for item in short)] if short else []
    return [one for one in said if one]


def _longer(items: list[Item]) -> str:
    return "longer answer" if len(items) == 1 else "longer answers"


def judge(cohort: Cohort, assessors: Mapping[str, str], level: float, at: dt.datetime) -> list[tuple[Standing, str]]:
    """Judge every criterion that is ready; criteria without an activity, or that wait for a person, are left alone.

    Args:
        cohort: the cohort.
        assessors: learner → the assessor who judges.
        level: as in `decide`.
        at: when (UTC).

    Returns:
        What was judged, with the decision.
    """
    unsigned, done = _unsigned(cohort), []
    for standing in evidence.matrix(cohort):
        signed = standing.learner not in unsigned
        found = decide(standing, level, signed)
        if found is None:
            continue
        decision, reason = found
        held, assessor = _held(cohort, decision, signed), assessors[standing.learner]
        judgement.judge(cohort, standing.learner, standing.criterion, decision, assessor, reason, held, at=at)
        done.append((standing, decision))
    return done


def _held(cohort: Cohort, decision: str, signed: bool) -> list[str]:
    """The rules of evidence that the practice assessor confirms; what is too little or not signed is not confirmed."""
    unmet = {"sufficient"} if decision == judgement.NYC else set()
    unmet |= set() if signed else {"authentic"}
    return [rule for rule in cohort.programme.rules.evidence_rules if rule not in unmet]


def through(cohort: Cohort) -> list[str]:
    """Everyone who has every criterion of the unit standard judged."""
    judged, criteria = judgement.standing_judgements(cohort), cohort.programme.unit.criteria
    return [who for who in enrol.learners(cohort) if all((who, one.id) in judged for one in criteria)]


def conclude(cohort: Cohort, learner: str, assessor: str, at: dt.datetime) -> int:
    """Record every statement on knowledge and cross-field outcomes: evidenced when the learner is Competent on all its
    criteria, else not yet; gives back how many are evidenced."""
    shown, open_ones = statements.evidence_all(cohort, learner, assessor, at)
    competent = statements.proposed(cohort, learner)
    for one in statements.wanted(cohort.programme.unit):
        if one.id in open_ones:
            lacking = [id for id in one.criteria if id not in competent[one.id]]
            reason = f"Not Yet Competent on {', '.join(lacking)}."
            statements.evidence(cohort, learner, one.id, assessor, evidenced=False, reason=reason, at=at)
    return len(shown)


def _unsigned(cohort: Cohort) -> set[str]:
    """Whose newest hand-in came without the signed declaration."""
    table = records.submissions
    newest = {
        (row["learner"], row["workbook"]): row
        for row in records.rows(cohort.engine, sa.select(table).order_by(table.c.made_at, table.c.number))
    }
    return {learner for (learner, _), row in newest.items() if not inspect(cohort.path / row["file"]).declared}


@dataclass(frozen=True)
class Moderated:
    """A sample, whether it could be drawn again, and the judgements that were overturned: (learner, criterion, new)."""

    number: int
    learners: tuple[str, ...]
    again: bool
    looked_at: int
    upheld: int
    overturned: tuple[tuple[str, str, str], ...]


def moderate(
    cohort: Cohort,
    moderator: str,
    seed: str,
    second_marks: Mapping[tuple[str, str], Mark],
    level: float,
    at: dt.datetime,
) -> Moderated:
    """Draw the sample, mark some longer answers a second time, and record a finding on every judgement in it.

    A judgement is overturned when the same rule, with the moderator's marks, decides otherwise; the assessor then
    corrects it, with the moderator's reason. All others are upheld.
    """
    number, sample = moderation.moderate(cohort, moderator, seed, at)
    decisions, most, unsigned = judgement.standing_judgements(cohort), _points(cohort), _unsigned(cohort)
    overturned = []
    for one in sample:
        findings: dict[str, tuple[str, str]] = {}
        for standing in evidence.matrix(cohort, one.learner):
            row = decisions.get((one.learner, standing.criterion))
            if row is None:
                continue
            again = decide(_marked_again(standing, second_marks, most), level, one.learner not in unsigned)
            findings[standing.criterion] = ("upheld", "")
            if again and again[0] != row["decision"]:
                reason = " ".join(
                    mark.comment
                    for (who, question), mark in second_marks.items()
                    if who == one.learner and any(item.id == question for item in standing.items)
                )
                findings[standing.criterion] = ("overturned", reason or again[1])
                overturned.append((one.learner, standing.criterion, again[0], row, reason or again[1]))
        moderation.find(cohort, number, one.learner, findings, moderator, at)
    for learner, _, decision, row, reason in overturned:
        held = _held(cohort, decision, learner not in unsigned)
        said = f"Corrected after moderation by {moderator}. {reason}"
        judgement.correct(cohort, row["id"], decision, row["assessor"], said, at + dt.timedelta(hours=2), held)
    agreed = moderation.agreement(cohort, number)
    return Moderated(
        number,
        tuple(one.learner for one in sample),
        moderation.draw_again(cohort, number),
        agreed["looked_at"],
        agreed["upheld"],
        tuple(one[:3] for one in overturned),
    )


def _marked_again(
    standing: Standing, second_marks: Mapping[tuple[str, str], Mark], most: Mapping[str, float]
) -> Standing:
    """A standing as it would be with the moderator's marks; an answer that was empty stays so."""
    items = []
    for item in standing.items:
        mark = second_marks.get((standing.learner, item.id))
        if mark and item.kind == "marked" and item.said != NOTHING and most.get(item.id):
            item = Item(item.id, item.kind, item.workbook, min(1.0, mark.points / most[item.id]), mark.comment)
        items.append(item)
    return Standing(standing.learner, standing.criterion, evidence.READY, standing.attempt, tuple(items), ())


def _points(cohort: Cohort) -> dict[str, float]:
    """The points of every longer answer."""
    masters = (master.read(cohort.master(workbook)) for workbook in cohort.workbooks)
    return {cell.grade_id: cell.points for one in masters for cell in one.tasks if cell.grade_id}
