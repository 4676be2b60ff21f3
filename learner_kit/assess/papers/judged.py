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
from learner_kit.assess import appeals, evidence, final, flags, judgement
from learner_kit.assess.dates import long_day, working_days_after
from learner_kit.assess.decisions import reviewed
from learner_kit.course import enrol, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
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
ENDED = "no further attempt: a moderator's review let the decision stand; the right to appeal remains"
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
    reviews = reviewed(cohort, learner)
    on = decided_on(decisions, reviews)
    open_ones = [one for one in standings if one.state == evidence.NYC]
    blocks = [
        *_what_was_shown(cohort, standings, decisions),
        *_what_is_missing(cohort, standings, decisions, reviews),
        *(_what_comes_next(cohort, open_ones, on) if open_ones and on else ()),
        *_what_waits(cohort, standings),
        *_what_was_appealed(cohort, learner),
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


def _what_is_missing(
    cohort: Cohort,
    standings: Iterable[evidence.Standing],
    decisions: Decisions,
    reviews: Iterable[Mapping[str, Any]],
) -> list[Block]:
    blocks: list[Block] = []
    for one in standings:
        wanted = [hold for _, hold in asked_for([one])]
        if one.state != evidence.NYC and not wanted:
            continue
        blocks.append(Heading(f"{number_of(cohort, one)} {handle_of(cohort, one)}", level=2))
        if one.state == evidence.NYC:
            row = decisions[one.learner, one.criterion]
            blocks.append(Paragraph(row["reason"]))
            for review in reviews:
                if review["judgement"] == row["id"]:
                    said = f"A moderator reviewed this on {long_day(review['at'])}: {review['outcome']}."
                    blocks.append(Paragraph(f"{said} {_sentence(review['reason'])}"))
            if again := [] if one.review == judgement.FINAL else _again(cohort, one, row["reason"]):
                blocks += [Paragraph("Look at these again:"), Bullets(again)]
        for hold in wanted:
            said = f"A moderator asks for more evidence: {_sentence(hold.reason)}"
            how = "Bring it to your assessor: hand in again, or have a form from work filled in."
            blocks.append(Paragraph(f"{said} {how}"))
    blocks = blocks or [Paragraph("Nothing that was judged is outstanding.")]
    return [Heading("What is still missing"), *blocks]


def asked_for(standings: Iterable[evidence.Standing]) -> list[tuple[evidence.Standing, final.Hold]]:
    """Where a moderator wants more evidence, with the finding."""
    return [(one, hold) for one in standings for hold in one.holds if hold.kind == final.MORE]


def _what_comes_next(cohort: Cohort, open_ones: Sequence[evidence.Standing], on: dt.date) -> list[Block]:
    rules = cohort.programme.rules
    again, waiting, ended = ([one for one in open_ones if _course(one) == course] for course in range(3))
    blocks: list[Block] = [Heading("What to do next")]
    if again:
        by, last = working_days_after(on, rules.resubmission_days), max(again, key=lambda one: one.attempt)
        named = _numbers(cohort, again) if waiting or ended else "the criteria above"
        blocks.append(
            Paragraph(
                f"Work on {named} and hand in again by {long_date(by)}. What you are Competent on stays so. "
                f"This was attempt {last.attempt} of {rules.max_attempts + last.granted}."
            )
        )
    if waiting:
        most = max(one.attempt for one in waiting)
        said = f"All {most} attempts are used. A moderator looks at your portfolio first."
        blocks.append(Paragraph(f"{_numbers(cohort, waiting)}: {said}"))
    if ended:
        said = "The moderator's review let the decision stand. There is no further attempt. You may appeal (see below)."
        blocks.append(Paragraph(f"{_numbers(cohort, ended)}: {said}"))
    if again:
        blocks.append(
            Paragraph("Who can help: your facilitator. What to do, step by step, is in your remediation plan.")
        )
    return blocks


def _course(one: evidence.Standing) -> int:
    """Where an open criterion goes: 0 to the learner again, 1 to a moderator's review, 2 nowhere, for it was reviewed."""
    return 0 if not one.spent else 1 if one.to_review else 2


def _numbers(cohort: Cohort, standings: Iterable[evidence.Standing]) -> str:
    return ", ".join(number_of(cohort, one) for one in standings)


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


def _what_was_appealed(cohort: Cohort, learner: str) -> list[Block]:
    """The learner's appeals, what came of each, and what may not be appealed against again."""
    lines = []
    for one in appeals.appeals(cohort, learner):
        about = cohort.programme.unit.criterion(one.criterion)
        answer = next((step for step in reversed(one.steps) if step["outcome"]), None)
        said = [appeals.OUTCOMES[answer["outcome"]], _sentence(answer["says"])] if answer else ["Not answered yet."]
        if one.state == appeals.WITHDRAWN:
            said = ["You withdrew it."]
        elif one.settled:
            said.append("This answer is final: there is no further appeal against that decision.")
        elif one.due:
            said.append(f"The next step is due by {long_date(one.due)}.")
        said = [f"Appeal {one.number} against judgement {one.judgement} on {about.number} {about.handle}:", *said]
        lines.append(" ".join(said))
    return [Heading("Your appeals"), Bullets(lines)] if lines else []


def next_step(cohort: Cohort, one: evidence.Standing, attempt: int) -> tuple[str, str]:
    """What a learner hands in again for an open criterion, and which attempt that is."""
    books = ", ".join(dict.fromkeys(item.workbook for item in one.items if item.workbook)) or "evidence from work"
    if one.spent:
        return "Nothing to hand in", ENDED if one.review else "a moderator reviews first"
    return f"Hand in again: {books}", f"attempt {attempt + 1} of {cohort.programme.rules.max_attempts + one.granted}"


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


def decided_on(decisions: Decisions, reviews: Iterable[Mapping[str, Any]] = ()) -> dt.date | None:
    """The day of the newest decision or review, as it was in South Africa."""
    said = [row["decided_at"] for row in decisions.values()] + [row["at"] for row in reviews]
    return max((local(at).date() for at in said), default=None)


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
    comments = [item.said for item in one.basis if item.kind == "marked" and item.said]
    comments = [row["reason"]] if row["corrects"] is not None else comments
    return " ".join([f"{number_of(cohort, one)} {handle_of(cohort, one)}" + (":" if comments else ""), *comments])


def _again(cohort: Cohort, one: evidence.Standing, reason: str) -> list[str]:
    """The questions that were not shown, each with its hint; what the reason says already is not said twice."""
    found = []
    for item in one.basis:
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
