"""Papers about results: the statement of results, the class result sheet, the matrix, and what is still to be done.

A statement of results is no certificate and says so: only the quality assurance body certifies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import appeals, evidence, judgement, results
from learner_kit.assess.dates import long_day, working_days_after
from learner_kit.assess.decisions import reviewed, standing_statements
from learner_kit.assess.final import why_not_final
from learner_kit.assess.papers.judged import STATE_WORDS, Decisions, asked_for, decided_on, next_step, paper_about, save
from learner_kit.assess.statements import wanted
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Outcome
from learner_kit.course.provider import provider
from learner_kit.documents import (
    Block,
    Bullets,
    Callout,
    Document,
    Facts,
    Heading,
    Lines,
    Paragraph,
    SignatureLines,
    Table,
    long_date,
)
from learner_kit.errors import KitError
from learner_kit.moments import to_the_minute

NO_CERTIFICATE = (
    "This is a statement of results. It is not a certificate, and it is not proof that credits were awarded: credits are "
    "awarded by the quality assurance body after it has verified the results, and only that body certifies."
)


def statement(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The statement of results: outcome by outcome and for the unit, with the words it must carry.

    Args:
        named: print the learner's name and identity number; both belong on the learner's own copy only.

    Raises:
        KitError: the learner is not enrolled, or nothing has been judged yet.
    """
    unit, rows = cohort.programme.unit, _judged(cohort, learner)
    about, on = provider(cohort.programme), decided_on(rows, reviewed(cohort, learner))
    together = judgement.outcomes(cohort, rows, learner)[learner]
    open_ones = why_not_final(cohort, learner)
    attempts = {one.id: _attempts(learner, one, rows) for one in unit.outcomes}
    number = _id_number(cohort, learner) if named else ""
    blocks: list[Block] = [
        Facts(
            [
                ("NQF level and credits", f"level {unit.nqf_level}, {unit.credits} credits"),
                ("Moderation", "; ".join(results.moderation(cohort, learner)) or "none recorded yet"),
                ("Quality assurance body", about.quality_body or "–"),
            ]
        ),
        Heading("Results"),
        Table(
            ["Outcome", "Title", "Criteria Competent", "Attempts", "Result"],
            [
                [
                    one.id.upper(),
                    one.title,
                    f"{sum(rows.get((learner, c.id), {}).get('decision') == 'C' for c in one.criteria)} of {len(one.criteria)}",
                    str(attempts[one.id] or "–"),
                    spelt(together[one.id]),
                ]
                for one in unit.outcomes
            ]
            + [["", "Knowledge and cross-field outcomes", _evidenced(cohort, learner), "", ""]]
            + [["Unit", unit.title, "", "", spelt(together["unit"])]],
            widths=[1.3, 4.8, 1.6, 1.3, 2.2],
            align=["left", "left", "left", "center", "left"],
            total=True,
        ),
        Paragraph(
            "Competent means that every criterion was met. There are no marks and no averages: one criterion never makes up "
            "for another."
        ),
    ]
    if open_ones:
        blocks += [Callout("These results may still change:\n" + "\n".join(open_ones), "Provisional", "warning")]
    blocks += [Callout(NO_CERTIFICATE, "No certificate"), SignatureLines(["For the provider"])]
    extra = [("Identity number", number)] if number else []
    title = "Statement of Results" + (" (provisional)" if open_ones else "")
    foot = "statement of results, no certificate"
    return paper_about(cohort, learner, title, blocks, on, named, foot, extra)


def remediation(cohort: Cohort, learner: str, named: bool = True) -> Document:
    """The remediation plan: for each open criterion what is missing, what to do, with whom, by when.

    Raises:
        KitError: nothing has been judged yet, or nothing is outstanding (`behind`).
    """
    unit, rules, rows = cohort.programme.unit, cohort.programme.rules, _judged(cohort, learner)
    standings = {one.criterion: one for one in evidence.matrix(cohort, learner)}
    open_ones = [one for one in standings.values() if one.state == judgement.NYC]
    on = decided_on(rows, reviewed(cohort, learner))
    by = working_days_after(on, rules.resubmission_days) if on else None
    blocks: list[Block] = [Heading("What is still missing, and what to do")]
    table = []
    for one in open_ones:
        row, criterion = rows[learner, one.criterion], unit.criterion(one.criterion)
        again, left = next_step(cohort, one, row["attempt"])
        rules_met = judgement.rules_of(cohort, row["id"])
        lacking = [name for name, met in rules_met.items() if not met]
        why = row["reason"] + (f"\nNot confirmed: {', '.join(lacking)}." if lacking else "")
        if not any(rules_met.values()):  # all boxes left empty says nothing of the learner's work
            why = f"{row['reason']}\nThe assessor did not record which rules of evidence were met."
        table.append([f"{criterion.number} {criterion.handle}", why, f"{again}\nNext: {left}", "", ""])
    for one, hold in asked_for(standings.values()):
        criterion, what = (
            unit.criterion(one.criterion),
            "Hand in again, or a form from work\nNext: the assessor decides",
        )
        why = f"A moderator asks for more evidence: {hold.reason}"
        table.append([f"{criterion.number} {criterion.handle}", why, what, "", ""])
    if not table:
        raise KitError(f"There is nothing for {learner} to do again, so there is no plan to write.")
    blocks.append(
        Table(
            ["Criterion", "What is missing", "What to do", "With whom, where", "Done on"],
            table,
            widths=[2.2, 4.6, 2.8, 2, 1.2],
            align=["left"] * 5,
        )
    )
    if by and any(not one.spent for one in open_ones):
        blocks.append(Paragraph(f"Everything is handed in again by {long_date(by)}.", kind="strong"))
    blocks += [
        Heading("Support that was agreed"),
        Bullets(
            ["Time with the facilitator on:", "Time or a document at work, arranged with:", "Other:"], kind="boxes"
        ),
        Lines(3),
        SignatureLines(["Learner", "Facilitator", "Assessor"]),
    ]
    return paper_about(cohort, learner, "Remediation plan", blocks, on, named, "remediation plan", landscape=True)


def behind(cohort: Cohort, learner: str | None = None) -> list[str]:
    """Those for whom something that was judged is outstanding: a remediation plan is for them."""
    standings = evidence.matrix(cohort, learner)
    open_ones = [one for one in standings if one.state == judgement.NYC] + [one for one, _ in asked_for(standings)]
    return sorted({one.learner for one in open_ones})


def appeal_form(cohort: Cohort, learner: str, number: int | None = None, named: bool = True) -> Document:
    """The appeal form, to be filled in by hand; with a number, that appeal's form and the path it took.

    Args:
        number: the appeal; an empty form without it.
    """
    rules = cohort.programme.rules
    one = appeals.appeal(cohort, number) if number else None
    if one and one.learner != learner:
        raise KitError(f"Appeal {number} is not of {learner}.")
    decisions = judgement.standing_judgements(cohort, learner)
    how = Paragraph(
        f"Within {rules.appeal_hours} hours of getting your feedback, turn to {rules.appeal_to}. You get an answer within "
        f"{rules.appeal_answer_days} working days. If it does not satisfy you, you may go further: the meeting is within "
        f"{rules.appeal_meeting_days} working days. An appeal costs nothing and is never held against you."
    )
    blocks = [how, *(_taken_in(cohort, one) if one else _to_fill_in(cohort, decisions))]
    title = "Appeal against an assessment decision"
    return paper_about(cohort, learner, title, blocks, decided_on(decisions), named, "appeal")


def _to_fill_in(cohort: Cohort, decisions: Decisions) -> list[Block]:
    """The empty form: what the learner fills in, then the moderator."""
    body = provider(cohort.programme).quality_body or "the quality assurance body"
    grounds = [ground[:1].upper() + ground[1:] for ground in cohort.programme.rules.appeal_grounds]
    outcomes = [f"{name[:1].upper()}{name[1:]}: {says}" for name, says in appeals.OUTCOMES.items()]
    rows = [[_named(cohort, id), spelt(row["decision"]), str(row["id"]), "☐"] for (_, id), row in decisions.items()]
    align = ["left"] * 3 + ["center"]
    return [
        Heading("What I appeal against"),
        Table(["Criterion", "Decision", "No.", "Tick"], rows, widths=[5, 2.4, 0.8, 0.8], align=align),
        Heading("Why"),
        Bullets([*grounds, "Another reason"], kind="boxes"),
        Heading("In my own words"),
        Lines(8),
        SignatureLines(["Learner", "Received by"]),
        Heading("Decision of the moderator"),
        Bullets(outcomes, kind="boxes"),
        Paragraph("Reasons", kind="strong"),
        Lines(4),
        Paragraph(
            f"A learner who does not accept this answer may take the appeal to {body}, which decides last.",
            kind="quiet",
        ),
        SignatureLines(["Internal moderator"]),
    ]


def _taken_in(cohort: Cohort, one: appeals.Appeal) -> list[Block]:
    """The form of an appeal, and the path it took."""
    against = f"{_named(cohort, one.criterion)}, judgement {one.judgement} by {one.assessor}"
    new = appeals.correction(cohort, one)
    corrected = "not corrected yet" if one.outcome == appeals.UPHELD else ""
    if new:
        corrected = (
            f"{spelt(new['decision'])}, judgement {new['id']} by {new['assessor']}, {long_day(new['decided_at'])}"
        )
    rows = [[row["step"], to_the_minute(row["at"]), row["who"], row["outcome"], row["says"]] for row in one.steps]
    return [
        Facts(
            [
                ("Appeal", str(one.number)),
                ("Against", against),
                ("Ground", one.ground),
                ("Where it stands", one.state + (f": {one.outcome}" if one.outcome else "")),
                *([("Corrected to", corrected)] if corrected else []),
                ("Next step due", long_date(one.due) if one.due else "nothing is due"),
            ]
        ),
        Heading("In the learner's own words"),
        Paragraph(one.steps[0]["says"], kind="quote"),
        Heading("The path of this appeal"),
        Table(
            ["Step", "When (SAST)", "By", "Answer", "What was said"],
            rows,
            widths=[1.4, 2, 1, 1.8, 5],
            align=["left"] * 5,
        ),
        SignatureLines(["Learner", "Internal moderator"]),
    ]


def write_statement(cohort: Cohort, learner: str, word: bool = False) -> list[Path]:
    """Write a learner's statement of results into `documents/<learner>`."""
    return save(cohort.path / "documents" / learner, {"statement-of-results": statement(cohort, learner)}, word)


def write_plan(cohort: Cohort, learner: str, word: bool = False) -> list[Path]:
    """Write a learner's remediation plan into `documents/<learner>`."""
    return save(cohort.path / "documents" / learner, {"remediation-plan": remediation(cohort, learner)}, word)


def write_appeal(cohort: Cohort, learner: str, number: int | None = None) -> list[Path]:
    """Write an appeal form, empty or of one appeal, into `documents/<learner>`, as PDF and Word."""
    name = f"appeal-{number}" if number else "appeal-form"
    return save(cohort.path / "documents" / learner, {name: appeal_form(cohort, learner, number)}, word=True)


def _judged(cohort: Cohort, learner: str) -> dict[tuple[str, str], dict[str, Any]]:
    enrol.require_learner(cohort, learner)
    rows = judgement.standing_judgements(cohort, learner)
    if not rows:
        raise KitError(f"Nothing has been judged for {learner} yet, so there is no paper to write.")
    return rows


def _attempts(learner: str, outcome: Outcome, rows: Decisions) -> int:
    """The most attempts on any criterion of an outcome."""
    return max((rows.get((learner, one.id), {}).get("attempt", 0) for one in outcome.criteria), default=0)


def _id_number(cohort: Cohort, learner: str) -> str:
    table = records.identities
    rows = records.rows(cohort.engine, sa.select(table.c.id_number).where(table.c.code == learner))
    return str(rows[0]["id_number"]) if rows else ""


def _evidenced(cohort: Cohort, learner: str) -> str:
    held, all_of = standing_statements(cohort, learner), wanted(cohort.programme.unit)
    return f"{sum(bool(held.get((learner, one.id), {}).get('evidenced')) for one in all_of)} of {len(all_of)}"


def _named(cohort: Cohort, id: str) -> str:
    found = cohort.programme.unit.criterion(id)
    return f"{found.number} {found.handle}" if found else id


def spelt(decision: str) -> str:
    """A decision in words: Competent, Not Yet Competent, or where it stands."""
    return judgement.DECISIONS.get(decision, STATE_WORDS.get(decision, decision))
