"""The report to the internal authority: what was found about the customers, and what should be done (SO2 AC4, SO4 AC3–4).

Give it findings (words, tables, charts), recommendations and sources; it gives a `Document`, and `write` makes the PDF or the
Word file of it. What a reader in authority needs is asked for: to whom, when, in short, what follows, from where.

From a table of your own to the report, with a survey as the example:

    >>> import tempfile
    >>> from pathlib import Path
    >>> from learner_kit import plots, survey
    >>> folder = tempfile.TemporaryDirectory()
    >>> form = survey.Questionnaire.load("data/questionnaire.toml")
    >>> responses = survey.read_responses("data/survey_responses.csv", form)
    >>> usage, happy = survey.tally(responses, "usage"), survey.satisfaction(responses)
    >>> made = for_authority(
    ...     to="Head of customer service", prepared_by="L-0001", date=datetime.date(2026, 11, 21),
    ...     title="What our customers say", summary=f"{happy.words} are satisfied.",
    ...     findings=[Finding("Most use it at least once a month.", table=usage, caption="How often it is used"),
    ...               Finding("The same as a chart.", chart=plots.tally(usage, title="How often it is used"))],
    ...     recommendations=[Recommendation("Ask why seven do not use it", "usage", "Team leader")],
    ...     sources=[Source("Customer survey", len(responses), "2025 and 2026")],
    ... )
    >>> [write(made, Path(folder.name, name)).name for name in ("report.pdf", "report.docx")]
    ['report.pdf', 'report.docx']
    >>> folder.cleanup()
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit import files
from learner_kit.checks import kind, path_of
from learner_kit.documents import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    SignatureLines,
    Table,
    long_date,
    table_of,
    to_pdf,
    to_word,
)
from learner_kit.errors import DataError, Fault, KitError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NONE_FOUND = (
    "No trend and no recurring problem was found in these data. That does not show that there is none: it may be too early, "
    "or the data may not hold it."
)
CHART = 0.84  # of the text's width: two charts with their words fit on a page


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    `text` says what it means; `table` (a DataFrame, or a document's `Table`) and `chart` (from `learner_kit.plots`) show
    it; `heading` and `caption` name them.
    """

    text: str
    heading: str = ""
    table: pd.DataFrame | Table | None = None
    chart: Axes | None = None
    caption: str = ""


@dataclass(frozen=True)
class Recommendation:
    """Something to do: what, why (the finding it follows from), who should do it, and by when."""

    what: str
    why: str
    who: str
    by: datetime.date | str = "to be agreed"


@dataclass(frozen=True)
class Source:
    """Where data came from: what they are, how many records, from when to when, and what limits them."""

    what: str
    records: int | None = None
    period: str = ""
    limits: str = ""


def for_authority(
    *,
    to: str,
    prepared_by: str,
    date: datetime.date,
    title: str,
    summary: str | Sequence[str],
    findings: Iterable[Finding | str],
    recommendations: Iterable[Recommendation],
    sources: Iterable[Source | str],
    trends: Iterable[Finding | str] = (),
    period: str = "",
    organisation: str = "",
    confidential: bool = True,
) -> Document:
    """Make the report to the person in authority.

    Args:
        to: the role it is addressed to, such as "Head of customer service" (a role, with a name or without).
        prepared_by: who made it: a learner's pseudonym, or a name and role.
        date: the day of the report; no clock is read.
        title: what it is about.
        summary: the whole in a few sentences, or in one line each.
        findings: what was found, at least one.
        recommendations: what should be done, at least one, each with who should do it.
        sources: the data it rests on, at least one.
        trends: trends and problems; without any, the report says that none was found.
        period: the time reported on, such as "July to September 2026".
        organisation: the firm or branch, for the head of the page.
        confidential: say at the foot of every page that it is for internal use.

    Returns:
        A `Document`; `documents.to_pdf` and `documents.to_word` make the files.

    Raises:
        DataError: with everything that is missing or has no words.

    Example:
        >>> made = for_authority(
        ...     to="Head of customer service", prepared_by="L-0001", date=datetime.date(2026, 11, 21),
        ...     title="Slow answers to complaints", summary="Half of the complaints wait too long.",
        ...     findings=["85 of 240 complaints were about slow answers."],
        ...     recommendations=[Recommendation("Answer within a day", "slow answers", "Team leader")],
        ...     sources=[Source("Complaint log", 240, "November 2024 to October 2026")],
        ... )
        >>> [block.text for block in made.blocks if isinstance(block, Heading)]
        ['Summary', 'Findings', 'Trends and problems', 'Recommendations', 'Source of the data', 'Receipt']
    """
    found, seen = [[_finding(one) for one in _many(given)] for given in (findings, trends)]
    advised = _many(recommendations)
    known = [Source(one) if isinstance(one, str) else one for one in _many(sources)]
    said = _many(summary)
    _complete(to, prepared_by, date, title, said, found, seen, advised, known, period, organisation)
    blocks: list[Block] = [Heading("Summary"), Paragraph(said[0]) if len(said) == 1 else Bullets(said)]
    blocks += [Heading("Findings"), *_shown(found)]
    blocks += [Heading("Trends and problems"), *(_shown(seen) if seen else [Paragraph(NONE_FOUND)])]
    blocks += [Heading("Recommendations"), _advice(advised)]
    blocks += [Heading("Source of the data"), _sources(known)]
    blocks += [
        Heading("Receipt"),
        Paragraph("Signed when the report is handed over or presented.", "quiet"),
        SignatureLines([("Prepared by", prepared_by), f"Received by: {to}"]),
    ]
    meta = [("To", to), ("From", prepared_by), ("Date", date)] + ([("Period", period)] if period else [])
    return Document(
        title=title,
        subtitle="Report to the internal authority",
        meta=meta,
        blocks=blocks,
        date=date,
        author=prepared_by,
        letterhead=[organisation] if organisation else [],
        footer=f"{'For internal use · ' if confidential else ''}{long_date(date)}",
    )


def write(document: Document, path: str | Path) -> Path:
    """Write a document to a PDF or a Word file, whole or not at all.

    Args:
        document: from `for_authority`, or any other `Document`.
        path: the file; its name ends in .pdf or .docx, which says the kind.

    Returns:
        The path.

    Raises:
        ValueError: for another ending, or what is no document.
        KitError: when the file cannot be written.

    Example:
        >>> write(Document("Notes"), "notes.txt")
        Traceback (most recent call last):
        ...
        ValueError: path must end in .pdf or .docx, not 'notes.txt'.
    """
    kind("document", document, Document, "a document, such as for_authority makes")
    path = path_of("path", path)
    makers = {".pdf": to_pdf, ".docx": to_word}
    if path.suffix.lower() not in makers:
        raise ValueError(f"path must end in .pdf or .docx, not {path.name!r}.")
    content = makers[path.suffix.lower()](document)
    try:
        return files.write(path, content)
    except OSError as error:
        raise KitError(
            f"{path} cannot be written ({error.strerror}): close it if it is open, or choose a folder."
        ) from None


def _many(given: Any) -> list[Any]:
    """What was given as a list: one of them alone is a list of one, None or a number is none."""
    if isinstance(given, (str, Finding, Recommendation, Source)):
        return [given]
    return list(given) if isinstance(given, Iterable) else []


def _finding(one: Finding | str) -> Finding:
    return Finding(one) if isinstance(one, str) else one


def _complete(
    to: str,
    prepared_by: str,
    date: Any,
    title: str,
    summary: list[str],
    findings: list[Finding],
    trends: list[Finding],
    recommendations: list[Recommendation],
    sources: list[Source],
    period: Any,
    organisation: Any,
) -> None:
    """Refuse a report that lacks what its reader needs, naming all of it."""
    faults: list[Fault] = []

    def words(name: str, value: Any, row: int | None = None) -> None:
        if not isinstance(value, str) or not value.strip():
            faults.append(Fault(row, name, value, "must be said in words"))

    for name, value in (("to", to), ("prepared_by", prepared_by), ("title", title)):
        words(name, value)
    for name, value in (("period", period), ("organisation", organisation)):
        if not isinstance(value, str):
            faults.append(Fault(None, name, value, "must be a text"))
    if not isinstance(date, datetime.date) or date != date:
        faults.append(Fault(None, "date", date, "must be a date, such as datetime.date(2026, 11, 21)"))
    for name, held, wanted in (
        ("summary", summary, str),
        ("findings", findings, Finding),
        ("trends", trends, Finding),
        ("recommendations", recommendations, Recommendation),
        ("sources", sources, Source),
    ):
        if not held and name != "trends":
            faults.append(Fault(None, name, None, "must hold at least one"))
        faults += [
            Fault(row, name, one, f"must be a {wanted.__name__}")
            for row, one in enumerate(held, 1)
            if not isinstance(one, wanted)
        ]
    if not faults:
        for row, line in enumerate(summary, 1):
            words("summary", line, row)
        for name, held in (("findings", findings), ("trends", trends)):
            for row, one in enumerate(held, 1):
                words(f"{name}, text", one.text, row)
                faults += _unfit(f"{name}, ", one, row)
        for row, advice in enumerate(recommendations, 1):
            for name in ("what", "why", "who"):
                words(f"recommendations, {name}", getattr(advice, name), row)
        for row, source in enumerate(sources, 1):
            words("sources, what", source.what, row)
    if faults:
        raise DataError(faults, "The report")


def _unfit(name: str, one: Finding, row: int) -> list[Fault]:
    """What stands in a finding and is neither a table nor a chart."""
    faults = []
    if one.table is not None and not hasattr(one.table, "columns"):
        faults.append(Fault(row, f"{name}table", one.table, "must be a table (a DataFrame)"))
    if one.chart is not None and not isinstance(getattr(one.chart, "alt", None), str):
        faults.append(Fault(row, f"{name}chart", one.chart, "must be a chart from learner_kit.plots"))
    return faults


def _shown(findings: list[Finding]) -> list[Block]:
    blocks: list[Block] = []
    for one in findings:
        if one.heading:
            blocks.append(Heading(one.heading, 2))
        blocks.append(Paragraph(one.text))
        if one.table is not None:
            blocks.append(one.table if isinstance(one.table, Table) else table_of(one.table, one.caption))
        if one.chart is not None:
            from learner_kit import plots

            caption = one.caption if one.table is None else ""
            blocks.append(Figure(plots.to_png(one.chart), plots.alt(one.chart), caption, CHART))
    return blocks


def _advice(recommendations: list[Recommendation]) -> Table:
    rows = [(str(place), one.what, one.why, one.who, one.by) for place, one in enumerate(recommendations, 1)]
    return Table(["No", "What", "Why", "Who", "By when"], rows, widths=[4, 32, 30, 20, 16], align=["left"] * 5)


def _sources(sources: list[Source]) -> Table:
    rows = [(one.what, one.records, one.period or None, one.limits or None) for one in sources]
    return Table(["Data", "Records", "Period", "Limits"], rows, align=["left", "right", "left", "left"])
