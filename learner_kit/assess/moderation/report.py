"""The moderation report: what was looked at, how it was chosen, what was found, and how far moderator and assessors agree."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess import decisions, judgement
from learner_kit.assess.dates import long_day
from learner_kit.assess.flags import flags
from learner_kit.assess.moderation import raters, sampling
from learner_kit.assess.moderation.raters import Agreement
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.provider import provider
from learner_kit.documents import (
    Block,
    Bullets,
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

LITTLE = 20  # judgements under which a kappa says little


def report(cohort: Cohort, number: int) -> Document:
    """The report on one sample, with the names of moderators and assessors beside their codes; learners stay numbers.

    Args:
        cohort: the cohort.
        number: the sample.

    Raises:
        KitError: there is no such sample.
    """
    sample = next((one for one in sampling.samples(cohort) if one["id"] == number), None)
    if sample is None:
        raise KitError(f"There is no sample {number} in {cohort.name}.")
    unit, found = cohort.programme.unit, raters.findings(cohort, number)
    frame, rules = json.loads(sample["frame"]), json.loads(sample["rules"])
    on = local(max((row["found_at"] for row in found), default=sample["drawn_at"]))
    blocks: list[Block] = [
        Heading("What was looked at"),
        Paragraph(
            f"{len(frame)} portfolios were judged; {len(sample['drawn'])} of them "
            f"({raters.percent(len(sample['drawn']) / len(frame))}) are in the sample. It was drawn from groups of assessor, "
            f"result and site, {raters.percent(rules['share'])} of each and at least {rules['minimum']} in all, with the seed "
            f"“{sample['seed']}”. What the rules always draw is in it: "
            f"{', '.join(cohort.programme.rules.always_sampled)}. "
            + (
                "Drawn again from what was kept, the sample is the same."
                if sampling.draw_again(cohort, number)
                else "DRAWN AGAIN, THE SAMPLE IS NOT THE SAME: its record was changed."
            )
        ),
        _sample(sample, found),
        *_blind(cohort, found),
        Heading("Agreement between moderator and assessors"),
        *_agreement(cohort, number),
        Heading("Findings that are not upheld, and those that were changed"),
        _findings(cohort, _to_tell(raters.all_findings(cohort, number))),
        *_after(cohort, found),
        Heading("Reviews after the last attempt, in the whole class"),
        *_reviews(cohort),
        Heading("Barriers, special needs, recognition of prior learning"),
        *_flags(cohort, [one.learner for one in sample["drawn"]]),
        Heading("Instruments and process"),
        Bullets(
            [
                "The instruments cover every assessment criterion and were clear to learners.",
                "The memo was followed, and marking was the same for everyone.",
                "Learners were prepared, knew the plan, and got feedback in time.",
                "Evidence was valid, authentic, reliable, current and sufficient.",
            ],
            kind="boxes",
        ),
        Lines(3),
        Heading("Feedback and support to assessors"),
        Lines(3),
        Heading("Conclusion and recommendations"),
        Lines(4),
        SignatureLines(["Moderator", "Assessor", "Provider"]),
    ]
    house = provider(cohort.programme)
    return Document(
        title="Moderation report",
        subtitle=f"Unit standard {unit.id}: {unit.title} (NQF level {unit.nqf_level}, {unit.credits} credits)",
        meta=_head(cohort, sample, found, frame, on),
        blocks=blocks,
        date=on.date(),
        letterhead=house.letterhead,
        footer=f"{cohort.name} · moderation report · sample {number}",
        landscape=True,
    )


def write(cohort: Cohort, number: int) -> list[Path]:
    """Write the report on a sample into the cohort's `documents/moderation`, as PDF and as Word.

    Raises:
        KitError: there is no such sample, nothing was found on it yet, or the disk is full.
    """
    made = report(cohort, number)
    if not raters.findings(cohort, number):
        raise KitError(f"Nothing was found on sample {number} yet, so there is nothing to report.")
    folder = cohort.path / "documents" / "moderation"
    try:
        return [
            files.write(folder / f"sample-{number}.pdf", to_pdf(made)),
            files.write(folder / f"sample-{number}.docx", to_word(made)),
        ]
    except OSError as error:
        raise KitError(f"The report could not be written: {error.strerror or error}.") from None


def _head(
    cohort: Cohort, sample: dict[str, Any], found: list[dict[str, Any]], frame: list[Any], on: dt.datetime
) -> list[tuple[str, str]]:
    names = enrol.names(cohort)
    numbers = {one["code"]: one["registration"] for one in records.rows(cohort.engine, sa.select(records.staff))}

    def people(codes: set[str]) -> str:
        said = (" · ".join(filter(None, [one, names.get(one), numbers.get(one)])) for one in sorted(codes))
        return "; ".join(said) or "none yet"

    assessors = {row["assessor"] for row in found} or {
        code for one in frame for code in one["assessor"].split(" and ") if code
    }
    return [
        ("Cohort", cohort.name),
        ("Moderator", people({row["moderator"] for row in found} | {sample["moderator"]})),
        ("Assessors", people(assessors)),
        ("Sample drawn", long_day(sample["drawn_at"])),
        ("Date", long_date(on.date())),
    ]


def _sample(sample: dict[str, Any], found: list[dict[str, Any]]) -> Table:
    counts = {name: Counter(row["learner"] for row in found if row["finding"] == name) for name in sampling.FINDINGS}
    seen = Counter(row["learner"] for row in found)
    rows = [
        [one.learner, one.why, seen[one.learner], *(counts[name][one.learner] for name in sampling.FINDINGS)]
        if seen[one.learner]
        else [one.learner, one.why, "not looked at", *("–" for _ in sampling.FINDINGS)]
        for one in sample["drawn"]
    ]
    total = ["All", "", len(found), *(sum(counts[name].values()) for name in sampling.FINDINGS)]
    columns = ["Portfolio", "Why it is in the sample", "Looked at", "Upheld", "Overturned", "More evidence"]
    return Table(
        columns,
        [*rows, total],
        caption="The sample, and the judgements looked at",
        widths=[1.2, 4.4, 1.6, 1.1, 1.3, 1.6],
        align=["left", "left", "right", "right", "right", "right"],
        total=True,
    )


def _agreement(cohort: Cohort, number: int) -> list[Block]:
    rows = raters.by_criterion(cohort, number)
    if not rows[-1].looked_at:
        return [Paragraph("Nothing was found on this sample yet.")]
    unit = cohort.programme.unit

    def named(id: str) -> str:
        found = unit.criterion(id)
        return f"{found.number} {found.handle}" if found else "All"

    columns = ["Criterion", "Looked at", "Upheld", "Overturned", "More evidence", "Agreement", "Kappa"]
    shape: dict[str, Any] = {"widths": [4, 1.2, 1.1, 1.4, 1.6, 1.4, 1], "align": ["left"] + ["right"] * 6}
    blocks: list[Block] = [
        Table(columns, [_row(named(one.criterion), one) for one in rows], "By criterion", total=True, **shape)
    ]
    people = raters.by_assessor(cohort, number)
    if len(people) > 1:
        columns = ["Assessor", *columns[1:]]
        blocks.append(Table(columns, [_row(code, one) for code, one in people.items()], "By assessor", **shape))
    whole = rows[-1]
    compared = whole.looked_at - whole.more_evidence
    said = (
        "Agreement is the share of decisions on which moderator and assessor say the same, where the moderator could decide. "
        "Kappa (Cohen, 1960) takes away what chance alone would give: 1 is complete agreement, 0 no more than chance. It has "
        "no value where both only ever said one and the same thing. "
    )
    if whole.kappa is not None:
        said += f"Here kappa is {raters.decimal(whole.kappa)}, {raters.reading(whole.kappa)}. "
    if compared < LITTLE:
        said += f"With {compared} decisions compared, both figures are rough. "
    return [
        *blocks,
        Paragraph(
            said + "The sample holds all doubtful portfolios on purpose, so it is no estimate for the class.", "quiet"
        ),
    ]


def _row(name: str, one: Agreement) -> list[str]:
    counts = [str(one.looked_at), str(one.upheld), str(one.overturned), str(one.more_evidence)]
    return [name, *counts, raters.percent(one.share), raters.decimal(one.kappa)]


def _to_tell(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every finding on a judgement that was not simply upheld, the replaced ones too."""
    told = {row["judgement"] for row in rows if row["finding"] != "upheld"}
    return [row for row in rows if row["judgement"] in told]


def _findings(cohort: Cohort, rows: list[dict[str, Any]]) -> Table:
    unit = cohort.programme.unit
    table = []
    for row in sorted(rows, key=lambda row: (row["learner"], row["criterion"], row["id"])):
        criterion = unit.criterion(row["criterion"])
        table.append(
            [
                row["learner"],
                f"{criterion.number} {criterion.handle}" if criterion else row["criterion"],
                row["decision"],
                row["assessor"],
                f"No. {row['id']}: {raters.in_words(row)}",
                raters.reason(row),
            ]
        )
    columns = ["Portfolio", "Criterion", "Judged", "By", "Finding", "Reason"]
    return Table(columns, table, widths=[1.2, 3, 1, 1, 2, 5.6], align=["left"] * 6, empty="Every judgement was upheld.")


def _after(cohort: Cohort, found: list[dict[str, Any]]) -> list[Block]:
    stands = {row["id"] for row in judgement.standing_judgements(cohort).values()}
    waiting = [row for row in found if row["finding"] == "overturned" and row["judgement"] in stands]
    if not waiting:
        return []
    numbers = {one.id: one.number for one in cohort.programme.unit.criteria}
    named = [(row["learner"], numbers.get(row["criterion"], row["criterion"]), row["judgement"]) for row in waiting]
    said = ", ".join(f"{learner} {number} (judgement {judged})" for learner, number, judged in named)
    return [
        Paragraph(
            f"Overturned and not corrected yet: {said}. A finding changes no decision; a registered assessor corrects it, and "
            "both stay in the record.",
            "strong",
        )
    ]


def _blind(cohort: Cohort, found: list[dict[str, Any]]) -> list[Block]:
    """Which findings were made without seeing the judgements."""
    packs = records.rows(cohort.engine, sa.select(records.packs).where(records.packs.c.blind))
    count = sum(row["pack"] in {one["id"] for one in packs} for row in found)
    if not count:
        return []
    of = "All findings" if count == len(found) else f"{count} of the {len(found)} findings"
    return [
        Paragraph(
            f"{of} were made blind: the moderator decided from the evidence, without seeing what assessors decided."
        )
    ]


def _reviews(cohort: Cohort) -> list[Block]:
    numbers = {one.id: one.number for one in cohort.programme.unit.criteria}
    rows = [
        [
            row["learner"],
            numbers.get(row["criterion"], row["criterion"]),
            f"no. {row['judgement']}",
            row["outcome"],
            row["reason"],
            row["moderator"],
            long_day(row["at"]),
        ]
        for row in decisions.reviewed(cohort)
    ]
    columns = ["Portfolio", "Criterion", "Judgement", "Review", "Reason", "By", "When"]
    widths = [1.2, 1.1, 1.2, 1.6, 5.4, 0.9, 2.2]
    blocks: list[Block] = [Table(columns, rows, widths=widths, align=["left"] * 7, empty="No review was made.")]
    due = [f"{learner} {numbers.get(id, id)}" for learner, id in decisions.reviews_due(cohort)]
    return blocks + ([Paragraph(f"Still to review: {', '.join(due)}.", "strong")] if due else [])


def _flags(cohort: Cohort, learners: list[str]) -> list[Block]:
    held = flags(cohort)
    rows = [[one, flag, reason] for one in learners for flag, reason in held.get(one, {}).items()]
    if not rows:
        return [Paragraph("None is recorded for the portfolios of this sample."), Lines(2)]
    return [Table(["Portfolio", "What", "How it was met"], rows, widths=[1.2, 3, 7], align=["left"] * 3), Lines(2)]
