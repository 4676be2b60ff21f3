"""Papers about one learner: the feedback the learner gets, and what every such paper has in common.

Feedback says what was shown, what is missing for each criterion and what to do by when. It carries the hints of checks,
never a hidden test or an expected value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess import evidence, flags, judgement
from learner_kit.assess.dates import working_days_after
from learner_kit.course import enrol, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Rules
from learner_kit.course.provider import provider
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
from learner_kit.moments import local

STATE_WORDS = {
    evidence.C: "Competent",
    evidence.NYC: "Not Yet Competent",
    evidence.READY: "handed in; not judged yet",
    evidence.WAITING: "handed in; waiting for marking",
    evidence.MISSING: evidence.MISSING,
    evidence.NOT_RELEASED: evidence.NOT_RELEASED,
    evidence.UNGRADED: f"handed in; {evidence.UNGRADED}",
    evidence.NO_ACTIVITY: "no activity yet",
}
Decisions = Mapping[tuple[str, str], Mapping[str, Any]]  # (learner, criterion) → the decision that stands
PROMPT = 75  # letters of a question that are enough to find it again


def feedback(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The feedback a learner gets.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        named: print the learner's name beside the number.
    """
    rules, standings = cohort.programme.rules, standings_of(cohort, learner)
    decisions = judgement.standing_judgements(cohort, learner)
    on = decided_on(decisions)
    open_ones = [one for one in standings if one.state == evidence.NYC]
    blocks = [
        *_what_was_shown(cohort, standings, decisions),
        *_what_is_missing(cohort, open_ones, decisions),
        *(_what_comes_next(rules, open_ones, on) if open_ones and on else ()),
        *_what_waits(cohort, standings),
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


def _what_was_shown(cohort: Cohort, standings: Iterable[evidence.Standing], decisions: Decisions) -> list[Block]:
    shown = [_shown(cohort, one, decisions[one.learner, one.criterion]) for one in standings if one.state == evidence.C]
    said = Bullets(shown) if shown else Paragraph("No criterion has been judged Competent yet.")
    return [Heading("What you have shown"), said]


def _what_is_missing(cohort: Cohort, open_ones: Sequence[evidence.Standing], decisions: Decisions) -> list[Block]:
    blocks: list[Block] = [Heading("What is still missing")]
    if not open_ones:
        blocks.append(Paragraph("Nothing that was judged is outstanding."))
    for one in open_ones:
        reason = decisions[one.learner, one.criterion]["reason"]
        blocks += [Heading(f"{number_of(cohort, one)} {handle_of(cohort, one)}", level=2), Paragraph(reason)]
        if again := _again(cohort, one, reason):
            blocks += [Paragraph("Look at these again:"), Bullets(again)]
    return blocks


def _what_comes_next(rules: Rules, open_ones: Sequence[evidence.Standing], on: dt.date) -> list[Block]:
    used, by = max(one.attempt for one in open_ones), working_days_after(on, rules.resubmission_days)
    return [
        Heading("What to do next"),
        Paragraph(
            f"Work on the criteria above and hand in again by {long_date(by)}. What you are Competent on stays so. "
            f"This was attempt {used} of {rules.max_attempts}."
            if used < rules.max_attempts
            else f"All {rules.max_attempts} attempts are used. A moderator looks at your portfolio first."
        ),
        Paragraph("Who can help: your facilitator. What to do, step by step, is in your remediation plan."),
    ]


def _what_waits(cohort: Cohort, standings: Iterable[evidence.Standing]) -> list[Block]:
    rows = [
        [number_of(cohort, one), handle_of(cohort, one), STATE_WORDS[one.state]]
        for one in standings
        if one.state not in (evidence.C, evidence.NYC)
    ]
    if not rows:
        return []
    heads = ["Criterion", "About", "Where it stands"]
    return [Heading("Not judged yet"), Table(heads, rows, widths=[1, 4, 3], align=["left"] * 3)]


def next_step(cohort: Cohort, one: evidence.Standing, attempt: int) -> tuple[str, str]:
    """What a learner hands in again for an open criterion, and which attempt that is."""
    books = ", ".join(dict.fromkeys(item.workbook for item in one.items if item.workbook)) or "evidence from work"
    left = f"attempt {attempt + 1} of {cohort.programme.rules.max_attempts}"
    return f"Hand in again: {books}", "a moderator reviews first" if one.spent else left


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


def decided_on(decisions: Decisions) -> dt.date | None:
    """The day of the newest decision, as it was in South Africa."""
    return max((local(row["decided_at"]).date() for row in decisions.values()), default=None)


def standings_of(cohort: Cohort, learner: str) -> list[evidence.Standing]:
    """Where an enrolled learner stands on every criterion."""
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


def _shown(cohort: Cohort, one: evidence.Standing, row: Mapping[str, Any]) -> str:
    """A criterion that was shown, with what the marker said of it, or why an earlier decision was corrected."""
    comments = [item.said for item in one.items if item.kind == "marked" and item.said]
    comments = [row["reason"]] if row["corrects"] is not None else comments
    return " ".join([f"{number_of(cohort, one)} {handle_of(cohort, one)}" + (":" if comments else ""), *comments])


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


def number_of(cohort: Cohort, one: evidence.Standing) -> str:
    """The number of a standing's criterion, such as 1.1."""
    return cohort.programme.unit.criterion(one.criterion).number


def handle_of(cohort: Cohort, one: evidence.Standing) -> str:
    """The short name of a standing's criterion."""
    return cohort.programme.unit.criterion(one.criterion).handle
