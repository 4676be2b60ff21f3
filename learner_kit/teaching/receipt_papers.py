"""The receipts of one collection, to print and cut: a slip for each hand-in, with its code in words and as a picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from learner_kit.course import naming, receipts, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.collect import Taken
from learner_kit.documents import Document, Facts, Figure, Heading, Paragraph, Table
from learner_kit.documents.model import Block, PageBreak
from learner_kit.errors import KitError
from learner_kit.moments import local, to_the_minute

SLIPS = 3  # to a page; a fourth leaves no room for a note
STATES = {
    "new": "taken in",
    "newer": "taken in; it stands in place of your earlier hand-in",
    "known": "we had this one already",
}


def document(cohort: Cohort, taken: Iterable[Taken], who: str = "", now: dt.datetime | None = None) -> Document:
    """Receipts for everything that was taken in; what was refused stands in a list at the end.

    Args:
        cohort: the cohort.
        taken: from `collect.collect`.
        who: who collected.
        now: the time (UTC); the clock's without one.

    Raises:
        KitError: nothing was collected.
    """
    every = list(taken)
    good = sorted(
        (one for one in every if one.receipt and one.state in STATES), key=lambda one: (one.learner, one.file)
    )
    bad = [one for one in every if one.state == "refused"]
    if not good and not bad:
        raise KitError("Nothing was collected, so there is no receipt to print.")
    at = local(now or records.now())
    times = _made(cohort)
    blocks: list[Block] = []
    for place, one in enumerate(good):
        if place and place % SLIPS == 0:
            blocks.append(PageBreak())
        blocks += _slip(one, times.get(one.receipt or "", ""), naming.name(cohort.programme, one.workbook or ""))
    if bad:
        if good:
            blocks.append(PageBreak())
        rows = [(one.file, one.learner or "", one.said) for one in bad]
        blocks += [
            Heading("For the facilitator: files that were refused"),
            Paragraph("They changed nothing. The learner mends what is said here and hands in again.", kind="quiet"),
            Table(["File", "Learner", "Why"], rows, widths=[3, 1.4, 5], align=["left"] * 3),
        ]
    return Document(
        title="Receipts",
        subtitle=f"{cohort.name}: {len(good)} {'hand-in' if len(good) == 1 else 'hand-ins'}",
        meta=[("Collected", f"{at:%Y-%m-%d %H:%M} SAST"), ("By", who or "the facilitator")],
        blocks=blocks,
        date=at.date(),
        footer="The code and the words are on the learner's own page too. They must be the same.",
    )


def _slip(one: Taken, made_at: str, named: str) -> list[Block]:
    code = one.receipt or ""
    text = receipts.said(code, one.learner or "", one.workbook or "", made_at)
    notes = (
        [part for part in one.said.split("; ") if part and part not in ("taken in",)] if one.state != "known" else []
    )
    return [
        Heading(f"{one.learner}, hand-in {one.number}: {named}", level=2),
        Facts(
            [
                ("Receipt", code),
                ("In words", receipts.words(code)),
                ("Packed", f"{made_at} SAST" if made_at else ""),
                ("State", STATES[one.state]),
                *[("Note", "; ".join(notes)) for _ in notes[:1]],
            ]
        ),
        Figure(receipts.png(text), f"QR code that says: {text}", width=0.16),
    ]


def _made(cohort: Cohort) -> dict[str, str]:
    """Receipt → when the learner packed it, in South African time."""
    table = records.submissions
    rows = records.rows(cohort.engine, sa.select(table.c.receipt, table.c.made_at))
    return {row["receipt"]: to_the_minute(row["made_at"]) for row in rows}
