"""The forms for work on paper: to be filled in by hand, and as they were recorded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from learner_kit import files
from learner_kit.assess import workplace
from learner_kit.assess.workplace import Filled, Form, Line
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme
from learner_kit.course.provider import provider
from learner_kit.documents import (
    Block,
    Callout,
    Document,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
    to_pdf,
    to_word,
)
from learner_kit.errors import KitError
from learner_kit.moments import sast

ROOM = "\u00a0\n\u00a0"  # two lines, so that a hand finds room
PRIVATE = "Cover or leave out customers' names, numbers and addresses. Call them A to E."


def blank(programme: Programme, form: Form, learner: str = "") -> Document:
    """A form to fill in by hand."""
    blocks: list[Block] = [Paragraph(form.says), Callout(PRIVATE, "Privacy", "warning")]
    if form.columns:
        blocks += [
            Heading("Log"),
            Table(
                form.columns,
                [[ROOM, *[""] * (len(form.columns) - 1)]] * form.rows,
                widths=[1.2, 1.2, 1.6, 1.2, 2, 2.4, 2.2, 1],
            ),
            PageBreak(),
        ]
    blocks += _lines(programme, form, None)
    blocks.append(SignatureLines(form.signatures))
    return _document(programme, form, [("Learner number", learner or "L-"), ("Day", ""), ("Filled in by", "")], blocks)


def filled(programme: Programme, form: Form, one: Filled) -> Document:
    """A form as it was recorded."""
    meta = [
        ("Record", str(one.number)),
        ("Learner", one.learner),
        ("Day", str(one.done_on)),
        ("Seen by", one.witness),
        ("Recorded by", f"{one.who}, {sast(one.at)}"),
    ]
    if one.replaces is not None:
        meta.append(("Corrects record", f"{one.replaces}: {one.why}"))
    return _document(programme, form, meta, _lines(programme, form, one), one.done_on)


def write(cohort: Cohort, to: str | Path, learner: str = "", word: bool = False) -> list[Path]:
    """Write every form of a cohort's programme to a folder, as PDF and, with `word`, as Word.

    Raises:
        KitError: the programme has no forms, or the folder cannot be written to.
    """
    known = workplace.forms(cohort.programme)
    if not known:
        raise KitError(f"The programme of {cohort.name} has no forms for work (no folder forms/).")
    made = []
    try:
        for id, form in known.items():
            document = blank(cohort.programme, form, learner)
            name = f"{learner}-{id}" if learner else id
            made.append(files.write(Path(to) / f"{name}.pdf", to_pdf(document)))
            if word:
                made.append(files.write(Path(to) / f"{name}.docx", to_word(document)))
    except OSError as error:
        raise KitError(f"The forms could not be written to {to}: {error.strerror}.") from None
    return made


def _document(
    programme: Programme, form: Form, meta: list[tuple[str, str]], blocks: list[Block], on: dt.date | None = None
) -> Document:
    return Document(
        title=form.title,
        subtitle=f"Unit standard {programme.unit.id}: {programme.unit.title}",
        letterhead=provider(programme).letterhead,
        meta=[*meta, ("Who fills it in", form.by)],
        blocks=blocks,
        date=on,
        footer=f"{form.title} · unit standard {programme.unit.id}",
        landscape=bool(form.columns),
    )


def _lines(programme: Programme, form: Form, one: Filled | None) -> list[Block]:
    blocks: list[Block] = []
    rows: list[list[str]] = []

    def close() -> None:
        if rows:
            blocks.append(
                Table(
                    ["What was seen", "For", "Yes", "No", "Not called for"],
                    [list(row) for row in rows],
                    widths=[6, 1.4, 0.8, 0.8, 1.4],
                    align=["left", "left", "center", "center", "center"],
                )
            )
            rows.clear()

    for line in form.lines:
        if line.kind == workplace.SEEN:
            rows.append(_row(programme, line, one))
            continue
        close()
        blocks.append(Paragraph(line.says, kind="strong"))
        blocks.append(Lines(3) if one is None else Paragraph(one.answers.get(line.id, "–"), kind="quote"))
    close()
    return blocks


def _row(programme: Programme, line: Line, one: Filled | None) -> list[str]:
    numbers = ", ".join(found.number for id in line.criteria if (found := programme.unit.criterion(id)))
    said = one.answers.get(line.id, "") if one else None
    marks = (workplace.YES, workplace.NO, workplace.NOT_CALLED_FOR)
    return [line.says, numbers, *("☐" if said is None else "X" if said == mark else "" for mark in marks)]
