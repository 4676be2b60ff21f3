"""Papers about one learner: the feedback the learner gets, and the assessor's report. Both are `documents`, then PDF.

Feedback says what was shown, what is missing for each criterion and what to do by when. It carries the hints of checks,
never a hidden test or an expected value.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess import evidence, flags, judgement, statements
from learner_kit.assess.dates import SOUTH_AFRICA, working_days_after
from learner_kit.assess.decisions import standing_statements
from learner_kit.assess.provider import provider
from learner_kit.course import enrol, records
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
    to_word,
)
from learner_kit.errors import KitError

STATE_WORDS = {
    evidence.C: "Competent",
    evidence.NYC: "Not Yet Competent",
    evidence.READY: "handed in; not judged yet",
    evidence.WAITING: "handed in; waiting for marking",
    evidence.MISSING: "nothing handed in yet",
    evidence.UNGRADED: "handed in; not graded yet",
    evidence.NO_ACTIVITY: "no activity yet",
}
PROMPT = 75  # letters of a question that are enough to find it again


def feedback(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The feedback a learner gets.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        named: print the learner's name beside the number.
    """
    rules = cohort.programme.rules
    standings = _standings(cohort, learner)
    decisions = judgement.standing_judgements(cohort, learner)
    on = decided_on(decisions)
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
        blocks.append(
            Paragraph("Who can help: your facilitator. What to do, step by step, is in your remediation plan.")
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
    return paper_about(cohort, learner, "Feedback on your assessment", blocks, on, named)


def report(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The assessor's report: every criterion with its evidence, the rules of evidence and the decision, all attempts."""
    unit = cohort.programme.unit
    standings = _standings(cohort, learner)
    rows = judgement.history(cohort, learner)
    decisions = judgement.standing_judgements(cohort, learner)
    on = max((row["decided_at"].date() for row in rows), default=None)
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
    for outcome in unit.outcomes:
        ids = {criterion.id for criterion in outcome.criteria}
        own = [one for one in standings if one.criterion in ids]
        blocks += [Heading(f"{outcome.id.upper()} {outcome.title}", level=2), *_criteria(cohort, own, decisions)]
    blocks.append(
        Paragraph(
            f"Evidence: {', '.join(f'{rule[0].upper()} = {rule}' for rule in rule_names)}. A single – beside Not Yet "
            "Competent: the assessor did not record which rules of evidence were met.",
            kind="quiet",
        )
    )
    blocks += [Heading("Embedded knowledge and cross-field outcomes"), _statements(cohort, learner)]
    blocks += [Heading("All decisions"), _history(rows)]
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


def write(cohort: Cohort, learner: str, named: bool = True, word: bool = False) -> list[Path]:
    """Write a learner's feedback and assessor's report into the cohort's `documents/<learner>`.

    Args:
        named: print names beside numbers.
        word: as Word files too, for those who edit them.

    Returns:
        The PDFs, then the Word files.

    Raises:
        KitError: nothing has been judged for this learner yet, or the disk is full.
    """
    if not judgement.history(cohort, learner):
        raise KitError(f"Nothing has been judged for {learner} yet, so there is no feedback to write.")
    made = {"feedback": feedback(cohort, learner, named), "report": report(cohort, learner, named)}
    return save(cohort.path / "documents" / learner, made, word)


def save(folder: Path, made: Mapping[str, Document], word: bool = False) -> list[Path]:
    """Write documents into a folder, each whole or not at all: the PDFs, then the Word files.

    Raises:
        KitError: the folder cannot be written to, or the disk is full.
    """
    try:
        paths = [files.write(folder / f"{name}.pdf", to_pdf(one)) for name, one in made.items()]
        return paths + [
            files.write(folder / f"{name}.docx", to_word(one)) for name, one in (made.items() if word else ())
        ]
    except OSError as error:
        raise KitError(f"The documents in {folder} could not be written: {error.strerror}.") from None


def decided_on(decisions: Mapping[tuple[str, str], Mapping[str, Any]]) -> dt.date | None:
    """The day of the newest decision, as it was in South Africa."""
    return max(((row["decided_at"] + SOUTH_AFRICA).date() for row in decisions.values()), default=None)


def _statements(cohort: Cohort, learner: str) -> Table:
    held, rows = standing_statements(cohort, learner), []
    for one in statements.wanted(cohort.programme.unit):
        row = held.get((learner, one.id))
        through = [cohort.programme.unit.criterion(id) for id in (row["criteria"] if row else ())]
        said = "not judged yet" if row is None else "evidenced" if row["evidenced"] else "not evidenced yet"
        numbers = ", ".join(found.number for found in through if found)
        rows.append([one.says, said, numbers, row["reason"] if row else ""])
    return Table(["What it is", "Result", "Shown through", "Remark"], rows, widths=[5, 2, 2, 3.5], align=["left"] * 4)


def _standings(cohort: Cohort, learner: str) -> list[evidence.Standing]:
    enrol.require_learner(cohort, learner)
    return evidence.matrix(cohort, learner)


def paper_about(
    cohort: Cohort,
    learner: str,
    title: str,
    blocks: list[Block],
    on: dt.date | None,
    named: bool,
    foot: str = "",
    more: Iterable[tuple[str, Any]] = (),
    landscape: bool = False,
) -> Document:
    """A paper about one learner: the provider's letterhead, whom it is about and who judged, the unit at its foot."""
    unit = cohort.programme.unit
    return Document(
        title=title,
        subtitle=f"Unit standard {unit.id}: {unit.title} (NQF level {unit.nqf_level}, {unit.credits} credits)",
        letterhead=provider(cohort.programme).letterhead,
        meta=[*_head(cohort, learner, named, on), *more],
        blocks=blocks,
        date=on,
        footer=" · ".join(filter(None, [learner, foot, f"unit standard {unit.id}"])),
        landscape=landscape,
    )


def _head(cohort: Cohort, learner: str, named: bool, on: dt.date | None) -> list[tuple[str, Any]]:
    names = enrol.names(cohort) if named else {}
    rows = judgement.standing_judgements(cohort, learner).values()
    numbers = {one["code"]: one["registration"] for one in records.rows(cohort.engine, sa.select(records.staff))}
    assessors = [
        " · ".join(filter(None, [one, names.get(one), numbers.get(one)]))
        for one in sorted({r["assessor"] for r in rows})
    ]
    own = flags.flags(cohort).get(learner, {})
    return [
        ("Learner", " · ".join(filter(None, [learner, names.get(learner)]))),
        ("Cohort", cohort.name),
        ("Assessor", ", ".join(assessors)),
        ("Date", long_date(on) if on else "not judged yet"),
        *([("Path", flags.RPL)] if flags.RPL in own else []),
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
        asked = masters.questions(masters.read(cohort.master(item.workbook)), one.learner).get(item.id)
        prompt = asked.prompt if asked else item.id
        short = prompt if len(prompt) <= PROMPT else prompt[:PROMPT].rsplit(" ", 1)[0] + " …"
        hint = "" if item.said in reason and item.said != evidence.UNANSWERED else item.said
        found.append(f"“{short}”" + (f" {_sentence(hint)}" if hint else ""))
    return found


def _sentence(said: str) -> str:
    """A hint as a sentence of its own, ended once.

    Example:
        >>> _sentence("how many come every three months?"), _sentence("no figure"), _sentence("no figure.")
        ('How many come every three months?', 'No figure.', 'No figure.')
    """
    said = said.strip()
    return f"{said[:1].upper()}{said[1:]}" + ("" if said.rstrip(")”’\"'")[-1:] in tuple(".?!…") else ".")


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
                _evidence(row["decision"], held, rule_names) if row else "",
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


def _evidence(decision: str, held: Sequence[str], names: Sequence[str]) -> str:
    """The rules of evidence that were confirmed, by their letters; one dash where an assessor recorded none with an NYC.

    Example:
        >>> _evidence("NYC", ["valid"], ["valid", "authentic"]), _evidence("NYC", [], ["valid", "authentic"])
        ('V –', '–')
    """
    if decision == evidence.NYC and not held:
        return "–"
    return " ".join(rule[0].upper() if rule in held else "–" for rule in names)


def _counted(one: evidence.Standing) -> str:
    """What there is for a criterion: checked answers shown, longer ones marked, documents."""
    checked = [item for item in one.items if item.kind == "question"]
    said = [f"{sum(item.shown for item in checked)} of {len(checked)}"] if checked else []
    said += [f"marked {item.mark}" for item in one.items if item.mark]
    number = sum(item.kind == "document" for item in one.items)
    said += [f"{number} document{'s' if number > 1 else ''}"] if number else []
    return ", ".join(said) or "–"


def _number(cohort: Cohort, one: evidence.Standing) -> str:
    return cohort.programme.unit.criterion(one.criterion).number


def _handle(cohort: Cohort, one: evidence.Standing) -> str:
    return cohort.programme.unit.criterion(one.criterion).handle


def _spelt(decision: str) -> str:
    return judgement.DECISIONS.get(decision, decision)
