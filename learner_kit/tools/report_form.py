"""Build a report to the person in authority: choose findings, say what follows, and take it away as PDF and Word.

report_form(findings, sources, book=book, prefix="so2-ac4-report")
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from learner_kit import report
from learner_kit.documents import to_pdf, to_word
from learner_kit.faces import Face
from learner_kit.forms import page
from learner_kit.forms.looks import box, button
from learner_kit.reading import read_date
from learner_kit.report import Finding, Recommendation, Source
from learner_kit.shown import framed
from learner_kit.workbook import Workbook, blank, choices, text
from learner_kit.workbook import table as grid

_KINDS = {
    "PDF": ("pdf", "application/pdf"),
    "Word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_HEAD = {"To (position)": "text", "From (learner number)": "text", "Date": "date"}
_ADVICE = {"What to do": "text", "Because": "text", "Who": "text", "By when": "text"}
_LINES = 3  # recommendations


def report_form(
    findings: Mapping[str, Finding],
    sources: Sequence[Source],
    book: Workbook,
    prefix: str,
    title: str = "How satisfied are our customers?",
    file: str = "situation-report",
) -> Face:
    """Let a learner build a report from findings, and download it as PDF and Word.

    Args:
        findings: what may be chosen: a sentence for the list, and the finding with its table or chart.
        sources: where the data come from; they always stand in the report.
        book: the `Workbook` that keeps what is typed.
        prefix: how the ids of the kept answers begin: `so2-ac4-report`.
        title: of the report.
        file: name of the file, without its ending.

    Returns:
        A form; what is missing is named in place, and nothing typed is lost. The links carry the file in themselves,
        so they work on any page.
    """
    builder = _Builder(findings, sources, book, prefix, title, file)
    plain = f"Build a report: {title} Findings to choose from: {'; '.join(findings)}."
    return Face([builder.form, box(builder.make, look="lk-line", across=True), builder.said], plain)


class _Builder:
    """What was typed, and the report made of it."""

    def __init__(
        self,
        findings: Mapping[str, Finding],
        sources: Sequence[Source],
        book: Workbook,
        prefix: str,
        title: str,
        file: str,
    ):
        self.findings, self.sources, self.book, self.title, self.file = findings, list(sources), book, title, file
        self.ids = {name: f"{prefix}-{name}" for name in ("head", "summary", "findings", "advice")}
        self.keys = {f"finding-{place}": name for place, name in enumerate(findings, start=1)}
        self.form = page.form(
            book.ask(
                grid(self.ids["head"], "Who writes to whom, and when?", _HEAD, rows=1),
                text(self.ids["summary"], "Summary: the whole in two or three sentences", words=(20, 60)),
                choices(self.ids["findings"], "Which findings does the reader need?", options=self.keys),
                grid(self.ids["advice"], "What do you recommend? One line is enough.", _ADVICE, rows=_LINES),
            )
        )
        self.make = button("Make the report", self._make, main=True)
        self.said = widgets.HTML()
        for id in self.ids.values():
            book.watch(self._changed, ("report", id))

    def _changed(self, id: str | None) -> None:
        """A report made before no longer holds what is typed now."""
        if id in self.ids.values() and "<a " in self.said.value:
            self.said.value = framed("You changed something. Make the report again.", live=True)

    def _make(self) -> None:
        given = {name: self.book.answers[id] for name, id in self.ids.items()}
        missing = self._missing(given)
        if missing:
            lines = "".join(f"<li>{escape(one)}</li>" for one in missing)
            self.said.value = framed(
                f"<strong>Before the report can be made:</strong><ul>{lines}</ul>", "again", live=True
            )
            return
        try:
            document = self._document(given)
            made = {"PDF": to_pdf(document), "Word": to_word(document)}
        except Exception as error:  # whatever was pasted in must not end in silence
            self.said.value = framed(f"The report could not be made: {escape(str(error))}", "again", live=True)
            return
        links = " ".join(self._link(kind, data) for kind, data in made.items())
        self.said.value = framed(
            "<strong>Your report is ready.</strong> Read it before you hand it over; the last page has room for the "
            f"signature of the person who receives it.<p>{links}</p>",
            "good",
            live=True,
        )

    def _missing(self, given: dict[str, Any]) -> list[str]:
        said = []
        head = (given["head"] or [{}])[0]
        said += [f"Fill in: {name}." for name in _HEAD if blank(head.get(name))]
        if blank(given["summary"]):
            said.append("Write a summary.")
        if not given["findings"]:
            said.append("Choose at least one finding.")
        rows = [row for row in given["advice"] or [] if not blank(row)]
        if not rows:
            said.append("Recommend at least one thing to do.")
        for place, row in enumerate(rows, start=1):
            said += [
                f"Recommendation {place}, {name}: say it in words."
                for name in list(_ADVICE)[:3]
                if blank(row.get(name))
            ]
        return said

    def _document(self, given: dict[str, Any]) -> Any:
        to, writer, date = (given["head"][0][name] for name in _HEAD)
        return report.for_authority(
            to=to,
            prepared_by=writer,
            date=read_date(date),
            title=self.title,
            summary=given["summary"],
            findings=[self.findings[self.keys[key]] for key in given["findings"]],
            recommendations=[
                Recommendation(what, why, who, when if when and when.strip() else "to be agreed")
                for what, why, who, when in (
                    [row[name] for name in _ADVICE] for row in given["advice"] if not blank(row)
                )
            ],
            sources=self.sources,
        )

    def _link(self, kind: str, data: bytes) -> str:
        ending, media_type = _KINDS[kind]
        held = base64.b64encode(data).decode("ascii")
        return (
            f'<a class="jupyter-button widget-button" style="padding:0.3rem 0.9rem;margin-right:0.6rem" '
            f'download="{self.file}.{ending}" href="data:{media_type};base64,{held}">Download as {kind}</a>'
        )
