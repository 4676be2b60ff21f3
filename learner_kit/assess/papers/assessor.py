"""The assessor's report on one learner: every criterion with its evidence and where it lies, the decisions, the gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import evidence, judgement, statements, weighed
from learner_kit.assess.dates import long_day, working_days_after
from learner_kit.assess.decisions import reviewed, standing_statements
from learner_kit.assess.papers.judged import (
    STATE_WORDS,
    asked_for,
    decided_on,
    feedback,
    handle_of,
    next_step,
    number_of,
    paper_about,
    save,
    standings_of,
)
from learner_kit.course import records
from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Bullets, Document, Heading, Lines, Paragraph, SignatureLines, Table, long_date
from learner_kit.errors import KitError
from learner_kit.moments import local, to_the_minute


def report(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The assessor's report: every criterion with its evidence, the rules of evidence and the decision, all attempts."""
    unit = cohort.programme.unit
    standings = standings_of(cohort, learner)
    rows = judgement.history(cohort, learner)
    decisions = judgement.standing_judgements(cohort, learner)
    reviews = reviewed(cohort, learner)
    on = decided_on(decisions, reviews)
    rule_names = cohort.programme.rules.evidence_rules
    together = judgement.outcomes(cohort, decisions, learner)[learner]
    blocks: list[Block] = [
        Heading("Result"),
        Table(
            ["Outcome", "Title", "Result"],
            [[one.id.upper(), one.title, _spelt(together[one.id])] for one in unit.outcomes]
            + [["Unit", unit.title, _spelt(together["unit"])]],
            widths=[1, 5, 2],
            total=True,
        ),
        Heading("Judgement by criterion"),
    ]
    handed_in = _hand_ins(cohort, learner)
    for outcome in unit.outcomes:
        ids = {criterion.id for criterion in outcome.criteria}
        own = [one for one in standings if one.criterion in ids]
        blocks += [
            Heading(f"{outcome.id.upper()} {outcome.title}", level=2),
            *_criteria(cohort, own, decisions, handed_in),
        ]
    blocks.append(
        Paragraph(
            f"Rules of evidence: {', '.join(f'{rule[0].upper()} = {rule}' for rule in rule_names)}. A single – beside Not Yet "
            "Competent: the assessor did not record which rules of evidence were met.",
            kind="quiet",
        )
    )
    blocks += [Heading("Embedded knowledge and cross-field outcomes"), _statements(cohort, learner)]
    blocks += [Heading("Gaps, and what to do"), _gaps(cohort, standings, decisions)]
    blocks += [Heading("All decisions"), _history(cohort, rows, reviews)]
    blocks += [
        Heading("To the moderator"),
        Bullets(
            [
                "The evidence meets the rules of evidence and the decisions can be moderated.",
                "These criteria were hard to decide; please look at them first:",
            ],
            kind="boxes",
        ),
        Lines(2),
    ]
    blocks.append(SignatureLines(["Assessor", "Learner", "Moderator"]))
    return paper_about(
        cohort, learner, "Assessor's report", blocks, on, named, foot="assessor's report", landscape=True
    )


def write(cohort: Cohort, learner: str, word: bool = False) -> list[Path]:
    """Write a learner's feedback and assessor's report into the cohort's `documents/<learner>`.

    Args:
        word: as Word files too, for those who edit them.

    Returns:
        The PDFs, then the Word files.

    Raises:
        KitError: nothing has been judged for this learner yet, or the disk is full.
    """
    if not judgement.history(cohort, learner):
        raise KitError(f"Nothing has been judged for {learner} yet, so there is no feedback to write.")
    made = {"feedback": feedback(cohort, learner), "report": report(cohort, learner)}
    return save(cohort.path / "documents" / learner, made, word)


def _hand_ins(cohort: Cohort, learner: str) -> list[dict[str, Any]]:
    table = records.submissions
    query = sa.select(table).where(table.c.learner == learner).order_by(table.c.workbook, table.c.number)
    return records.rows(cohort.engine, query)


def _evidence(one: evidence.Standing, row: Mapping[str, Any] | None, handed_in: Sequence[Mapping[str, Any]]) -> str:
    """What a decision weighed (or what there is to weigh), and where it lies: workbook, hand-in and its date; a form and its."""
    kept = weighed.read(row["rests_on"]) if row else None
    items, found = kept.items if kept else one.basis, []
    for book in dict.fromkeys(item.workbook for item in items if item.workbook):
        own = [each for each in handed_in if each["workbook"] == book]
        if kept:
            own = [each for each in own if each["number"] == kept.hand_ins.get(book)]
        else:
            own = [each for each in own if row is None or each["collected_at"] <= row["decided_at"]] or own[:1]
        found += [f"{book}, hand-in {each['number']}, {long_day(each['made_at'])}" for each in own[-1:]]
    found += [f"{item.id}, recorded {item.at[:10]}" for item in items if item.kind == evidence.FORM]
    return "\n".join([weighed.counted(items) or "–", *found])


def _gaps(
    cohort: Cohort, standings: list[evidence.Standing], decisions: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Table:
    """What every open criterion lacks, what is done about it, and by when."""
    rows = []
    for one in standings:
        if one.state != evidence.NYC:
            continue
        row = decisions[one.learner, one.criterion]
        action, left = next_step(cohort, one, row["attempt"])
        by = working_days_after(local(row["decided_at"]).date(), cohort.programme.rules.resubmission_days)
        done = [left[:1].upper() + left[1:] + ".", "–"] if one.spent else [f"{action} ({left})", long_date(by)]
        rows.append([f"{number_of(cohort, one)} {handle_of(cohort, one)}", row["reason"], *done])
    for one, hold in asked_for(standings):
        action = "Get it as a hand-in or a form from work; then confirm or correct the decision."
        gap = f"A moderator ({hold.who}) asks for more evidence: {hold.reason}"
        rows.append([f"{number_of(cohort, one)} {handle_of(cohort, one)}", gap, action, "–"])
    columns, said = ["Criterion", "Gap", "Action", "By"], "Nothing that was judged is outstanding."
    return Table(columns, rows, widths=[2.8, 6, 3.6, 2], align=["left"] * 4, empty=said)


def _statements(cohort: Cohort, learner: str) -> Table:
    held, rows = standing_statements(cohort, learner), []
    for one in statements.wanted(cohort.programme.unit):
        row = held.get((learner, one.id))
        through = [cohort.programme.unit.criterion(id) for id in (row["criteria"] if row else ())]
        said = "not judged yet" if row is None else "evidenced" if row["evidenced"] else "not evidenced yet"
        numbers = ", ".join(found.number for found in through if found)
        rows.append([one.says, said, numbers, row["reason"] if row else ""])
    return Table(["What it is", "Result", "Shown through", "Remark"], rows, widths=[5, 2, 2, 3.5], align=["left"] * 4)


def _history(cohort: Cohort, rows: list[dict[str, Any]], reviews: list[dict[str, Any]]) -> Table:
    """Every decision, and every moderator's review of one, in the order of time."""

    def number(row: dict[str, Any]) -> str:
        return found.number if (found := cohort.programme.unit.criterion(row["criterion"])) else row["criterion"]

    made = [
        (
            row["decided_at"],
            [
                str(row["id"]),
                number(row),
                str(row["attempt"]),
                judgement.DECISIONS[row["decision"]] + (f" (corrects {row['corrects']})" if row["corrects"] else ""),
                row["assessor"],
                to_the_minute(row["decided_at"]),
                " ".join(filter(None, [row["reason"], f"Override: {row['override']}" if row["override"] else ""])),
            ],
        )
        for row in rows
    ]
    for row in reviews:
        said = f"Review of {row['judgement']}: {row['outcome']}"
        made.append(
            (row["at"], ["–", number(row), "–", said, row["moderator"], to_the_minute(row["at"]), row["reason"]])
        )
    return Table(
        ["No.", "Criterion", "Attempt", "Decision", "By", "When (SAST)", "Reason"],
        [row for _, row in sorted(made, key=lambda one: one[0])],
        widths=[0.7, 1.2, 1, 2.2, 1.2, 2, 7],
        align=["left", "left", "center", "left", "left", "left", "left"],
    )


def _criteria(
    cohort: Cohort,
    own: list[evidence.Standing],
    decisions: dict[tuple[str, str], dict[str, Any]],
    handed_in: list[dict[str, Any]],
) -> list[Block]:
    """The judgements on one outcome; criteria on which there is nothing to show take one line together."""
    rule_names = cohort.programme.rules.evidence_rules
    table, empty = [], {}
    for one in own:
        row = decisions.get((one.learner, one.criterion))
        if row is None and not one.items:
            empty.setdefault(STATE_WORDS[one.state], []).append(f"{number_of(cohort, one)} {handle_of(cohort, one)}")
            continue
        held = json.loads(row["evidence_rules"]) if row else []
        said = STATE_WORDS[one.state]
        newer = [] if one.state in judgement.DECISIONS else [f"(since then: {said})" if row else said]
        table.append(
            [
                f"{number_of(cohort, one)} {handle_of(cohort, one)}",
                _evidence(one, row, handed_in),
                _rules(row["decision"], held, rule_names) if row else "",
                "\n".join([*([_spelt(row["decision"])] if row else ()), *newer]),
                str(row["attempt"]) if row else "",
                row["reason"] if row else "",
            ]
        )
    blocks: list[Block] = []
    if table:
        columns = ["Criterion", "Evidence, and where it is", "Rules of evidence", "Judgement", "Attempt", "Reason"]
        blocks.append(
            Table(columns, table, widths=[2.8, 3, 1.5, 1.8, 1.1, 5.2], align=["left"] * 4 + ["center", "left"])
        )
    return blocks + [
        Paragraph(f"{state[:1].upper()}{state[1:]}: {', '.join(named)}.", kind="quiet")
        for state, named in empty.items()
    ]


def _rules(decision: str, held: Sequence[str], names: Sequence[str]) -> str:
    """The rules of evidence that were confirmed, by their letters; one dash where an assessor recorded none with an NYC.

    Example:
        >>> _rules("NYC", ["valid"], ["valid", "authentic"]), _rules("NYC", [], ["valid", "authentic"])
        ('V –', '–')
    """
    if decision == evidence.NYC and not held:
        return "–"
    return " ".join(rule[0].upper() if rule in held else "–" for rule in names)


def _spelt(decision: str) -> str:
    """A decision in words: Competent, Not Yet Competent, or where it stands."""
    return judgement.DECISIONS.get(decision, decision)
