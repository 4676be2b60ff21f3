"""Papers about one learner: the feedback the learner gets, and the assessor's report. Both are `documents`, then PDF.

Feedback says what was shown, what is missing for each criterion and what to do by when. It carries the hints of checks,
never a hidden test or an expected value.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from learner_kit import files
from learner_kit.assess import evidence, judgement
from learner_kit.course import enrol
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.documents import (
    Block,
    Bullets,
    Callout,
    Document,
    Heading,
    Lines,
    Paragraph,
    SignatureLines,
    Table,
    long_date,
    to_pdf,
)
from learner_kit.errors import KitError

STATE_WORDS = {
    evidence.C: "Competent",
    evidence.NYC: "Not Yet Competent",
    evidence.READY: "handed in; not judged yet",
    evidence.WAITING: "handed in; waiting for marking",
    evidence.MISSING: "nothing handed in yet",
    evidence.NO_ACTIVITY: "no activity yet",
}
PROMPT = 75  # letters of a question that are enough to find it again
SOUTH_AFRICA = dt.timedelta(hours=2)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The date so many working days later, past weekends and South African public holidays.

    Example:
        >>> working_days_after(dt.date(2026, 9, 23), 1)  # the 24th is Heritage Day
        datetime.date(2026, 9, 25)
    """
    from holidays import country_holidays

    free = country_holidays("ZA")
    while count:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            count -= 1
    return day


def feedback(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The feedback a learner gets.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        named: print the learner's name beside the number.
    """
    unit, rules = cohort.programme.unit, cohort.programme.rules
    standings = _standings(cohort, learner)
    decisions = judgement.standing_judgements(cohort)
    own = [row for (who, _), row in decisions.items() if who == learner]
    on = max((row["decided_at"].date() for row in own), default=None)
    competent = [one for one in standings if one.state == evidence.C]
    open_ones = [one for one in standings if one.state == evidence.NYC]
    blocks: list[Block] = [Heading("What you have shown")]
    blocks.append(
        Bullets([_shown(cohort, one, decisions[learner, one.criterion]) for one in competent])
        if competent
        else Paragraph("No criterion has been judged Competent yet.")
    )
    blocks.append(Heading("What is still missing"))
    if not open_ones:
        blocks.append(Paragraph("Nothing that was judged is outstanding."))
    for one in open_ones:
        row = decisions[learner, one.criterion]
        blocks.append(Heading(f"{_number(cohort, one)} {_handle(cohort, one)}", level=2))
        blocks.append(Paragraph(row["reason"]))
        again = _again(cohort, one, row["reason"])
        if again:
            blocks += [Paragraph("Look at these again:"), Bullets(again)]
    if open_ones and on:
        blocks.append(Heading("What to do next"))
        used = max(one.attempt for one in open_ones)
        by = working_days_after(on, rules.resubmission_days)
        left = rules.max_attempts - used
        blocks.append(
            Paragraph(
                f"Work on the criteria above and hand in again by {long_date(by)}. What you are Competent on stays so. "
                f"This was attempt {used} of {rules.max_attempts}."
                if left > 0
                else f"All {rules.max_attempts} attempts are used. A moderator looks at your portfolio first."
            )
        )
    waiting = [one for one in standings if one.state not in (evidence.C, evidence.NYC)]
    if waiting:
        blocks.append(Heading("Not judged yet"))
        blocks.append(
            Table(
                ["Criterion", "About", "Where it stands"],
                [[_number(cohort, one), _handle(cohort, one), STATE_WORDS[one.state]] for one in waiting],
                widths=[1, 4, 3],
                align=["left"] * 3,
            )
        )
    blocks += [
        Callout(
            f"You may appeal against a decision. Write to the internal moderator within {rules.appeal_hours} hours of "
            f"getting this feedback and say why. You get an answer within {rules.appeal_answer_days} working days.",
            title="Your right to appeal",
        ),
        Heading("Your answer"),
        Bullets(["I accept this feedback.", "I do not accept this feedback, because:"], kind="boxes"),
        Lines(3),
        SignatureLines(["Learner", "Assessor"]),
    ]
    return Document(
        title="Feedback on your assessment",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        meta=_head(cohort, learner, named, on),
        blocks=blocks,
        date=on,
        footer=f"{learner} · unit standard {unit.id}",
    )


def report(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The assessor's report: every criterion with its evidence, the rules of evidence and the decision, all attempts."""
    unit = cohort.programme.unit
    standings = _standings(cohort, learner)
    rows = judgement.history(cohort, learner)
    decisions = judgement.standing_judgements(cohort)
    on = max((row["decided_at"].date() for row in rows), default=None)
    rule_names = cohort.programme.rules.evidence_rules
    together = judgement.outcomes(cohort, decisions)[learner]
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
    for outcome in unit.outcomes:
        ids = {criterion.id for criterion in outcome.criteria}
        own = [one for one in standings if one.criterion in ids]
        blocks += [Heading(f"{outcome.id.upper()} {outcome.title}", level=2), *_criteria(cohort, own, decisions)]
    blocks.append(
        Paragraph("Evidence: " + ", ".join(f"{rule[0].upper()} = {rule}" for rule in rule_names) + ".", kind="quiet")
    )
    blocks += [Heading("All decisions"), _history(rows)]
    blocks.append(SignatureLines(["Assessor", "Learner", "Moderator"]))
    return Document(
        title="Assessor's report",
        subtitle=f"Unit standard {unit.id}: {unit.title} (NQF level {unit.nqf_level}, {unit.credits} credits)",
        meta=_head(cohort, learner, named, on),
        blocks=blocks,
        date=on,
        footer=f"{learner} · assessor's report · unit standard {unit.id}",
        landscape=True,
    )


def write(cohort: Cohort, learner: str, named: bool = True) -> list[Path]:
    """Write a learner's feedback and assessor's report as PDF into the cohort's `documents/<learner>`.

    Raises:
        KitError: nothing has been judged for this learner yet, or the disk is full.
    """
    if not judgement.history(cohort, learner):
        raise KitError(f"Nothing has been judged for {learner} yet, so there is no feedback to write.")
    folder = cohort.path / "documents" / learner
    try:
        return [
            files.write(folder / "feedback.pdf", to_pdf(feedback(cohort, learner, named))),
            files.write(folder / "report.pdf", to_pdf(report(cohort, learner, named))),
        ]
    except OSError as error:
        raise KitError(f"The documents of {learner} could not be written: {error.strerror}.") from None


def _standings(cohort: Cohort, learner: str) -> list[evidence.Standing]:
    if learner not in enrol.learners(cohort):
        raise KitError(f"{learner} is not enrolled in {cohort.name}.")
    return evidence.matrix(cohort, learner)


def _head(cohort: Cohort, learner: str, named: bool, on: dt.date | None) -> list[tuple[str, Any]]:
    names = enrol.names(cohort) if named else {}
    rows = judgement.standing_judgements(cohort)
    assessors = sorted({row["assessor"] for (who, _), row in rows.items() if who == learner})
    return [
        ("Learner", " · ".join(filter(None, [learner, names.get(learner)]))),
        ("Cohort", cohort.name),
        ("Assessor", ", ".join(" · ".join(filter(None, [one, names.get(one)])) for one in assessors)),
        ("Date", long_date(on) if on else "not judged yet"),
    ]


def _history(rows: list[dict[str, Any]]) -> Table:
    return Table(
        ["No.", "Criterion", "Attempt", "Decision", "Assessor", "When (SAST)", "Reason"],
        [
            [
                str(row["id"]),
                row["criterion"],
                str(row["attempt"]),
                judgement.DECISIONS[row["decision"]] + (f" (corrects {row['corrects']})" if row["corrects"] else ""),
                row["assessor"],
                f"{row['decided_at'] + SOUTH_AFRICA:%Y-%m-%d %H:%M}",
                " ".join(filter(None, [row["reason"], f"Override: {row['override']}" if row["override"] else ""])),
            ]
            for row in rows
        ],
        widths=[0.7, 1.2, 1, 2.2, 1.2, 2, 7],
        align=["left", "left", "center", "left", "left", "left", "left"],
    )


def _shown(cohort: Cohort, one: evidence.Standing, row: dict[str, Any]) -> str:
    """A criterion that was shown, with what the marker said of it, or why an earlier decision was corrected."""
    comments = [item.said for item in one.items if item.kind == "marked" and item.said]
    comments = [row["reason"]] if row["corrects"] is not None else comments
    return " ".join([f"{_number(cohort, one)} {_handle(cohort, one)}" + (":" if comments else ""), *comments])


def _again(cohort: Cohort, one: evidence.Standing, reason: str) -> list[str]:
    """The questions that were not shown, each with its hint; what the reason says already is not said twice."""
    found = []
    for item in one.items:
        if item.share is None or item.shown or (item.kind == "marked" and item.said in reason):
            continue
        asked = masters.questions(masters.read(cohort.master(item.workbook))).get(item.id)
        prompt = asked.prompt if asked else item.id
        short = prompt if len(prompt) <= PROMPT else prompt[:PROMPT].rsplit(" ", 1)[0] + " …"
        hint = "" if item.said in reason and item.said != evidence.UNANSWERED else item.said
        found.append(f"“{short}”" + (f" {hint[:1].upper()}{hint[1:].rstrip('.')}." if hint else ""))
    return found


def _criteria(
    cohort: Cohort, own: list[evidence.Standing], decisions: dict[tuple[str, str], dict[str, Any]]
) -> list[Block]:
    """The judgements on one outcome; criteria on which there is nothing to show take one line together."""
    rule_names = cohort.programme.rules.evidence_rules
    table, empty = [], {}
    for one in own:
        row = decisions.get((one.learner, one.criterion))
        if row is None and not one.items:
            empty.setdefault(STATE_WORDS[one.state], []).append(f"{_number(cohort, one)} {_handle(cohort, one)}")
            continue
        held = json.loads(row["evidence_rules"]) if row else []
        table.append(
            [
                f"{_number(cohort, one)} {_handle(cohort, one)}",
                _counted(one),
                " ".join(rule[0].upper() if rule in held else "–" for rule in rule_names) if row else "",
                _spelt(one.state) if row else STATE_WORDS[one.state],
                str(row["attempt"]) if row else "",
                row["reason"] if row else "",
            ]
        )
    blocks: list[Block] = []
    if table:
        columns = ["Criterion", "Shown", "Evidence", "Judgement", "Attempt", "Reason"]
        blocks.append(Table(columns, table, widths=[2.8, 1.8, 1.3, 2, 1, 6.5], align=["left"] * 4 + ["center", "left"]))
    return blocks + [
        Paragraph(f"{state[:1].upper()}{state[1:]}: {', '.join(named)}.", kind="quiet")
        for state, named in empty.items()
    ]


def _counted(one: evidence.Standing) -> str:
    """What there is for a criterion: checked answers shown, longer ones marked, documents."""
    checked = [item for item in one.items if item.kind == "question"]
    said = [f"{sum(item.shown for item in checked)} of {len(checked)}"] if checked else []
    for kind, word in (("marked", "marked"), ("document", "document")):
        number = sum(item.kind == kind and (kind == "document" or item.share is not None) for item in one.items)
        said += [f"{number} {word}{'s' if word == 'document' and number > 1 else ''}"] if number else []
    return ", ".join(said) or "–"


def _number(cohort: Cohort, one: evidence.Standing) -> str:
    return cohort.programme.unit.criterion(one.criterion).number


def _handle(cohort: Cohort, one: evidence.Standing) -> str:
    return cohort.programme.unit.criterion(one.criterion).handle


def _spelt(decision: str) -> str:
    return judgement.DECISIONS.get(decision, decision)
