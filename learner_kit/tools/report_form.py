"""Build a report to the person in authority: choose findings, say what follows, and take it away as PDF and Word.

report_form(findings, sources, book=book, prefix="so2-ac4-report")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from learner_kit import report
from learner_kit.documents import to_pdf, to_word
from learner_kit.faces import Face
from learner_kit.forms import page
from learner_kit.forms.looks import box, button, markup
from learner_kit.forms.sparing import sparing
from learner_kit.reading import read_date
from learner_kit.report import Finding, Recommendation, Source
from learner_kit.shown import address_of, framed
from learner_kit.workbook import Workbook, blank, choices, text
from learner_kit.workbook import table as grid

_KINDS = {
    "PDF": ("pdf", "application/pdf"),
    "Word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_HEAD = {"To (position)": "text", "From (learner number)": "text", "Date": "date"}
_ADVICE = ("What to do", "Because of which finding", "Who does it", "By when")
_SAID = "In your words"
_PLACES = {"advice": "What do you recommend?", "more-advice": "A second recommendation, if there is one"}


@sparing
def report_form(
    findings: Mapping[str, Finding],
    sources: Sequence[Source],
    book: Workbook,
    prefix: str,
    title: str = "How satisfied are our customers?",
    file: str = "situation-report",
    trends: Collection[str] = (),
) -> Face:
    """Let a learner build a report from findings, and download it as PDF and Word.

    Args:
        findings: what may be chosen: a sentence for the list, and the finding with its table or chart.
        sources: where the data come from; they always stand in the report.
        book: the `Workbook` that keeps what is typed.
        prefix: how the ids of the kept answers begin: `so2-ac4-report`.
        title: of the report.
        file: name of the file, without its ending.
        trends: those of the findings that stand under "Trends and problems" (as long as another finding is chosen).

    Returns:
        A form; what is missing is named in place, and nothing typed is lost. The links carry the file in themselves,
        so they work on any page.
    """
    builder = _Builder(findings, sources, book, prefix, title, file, trends)
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
        trends: Collection[str],
    ):
        self.trends = trends
        self.findings, self.sources, self.title, self.file = findings, list(sources), title, file
        self.ids = {name: f"{prefix}-{name}" for name in ("head", "summary", "findings", *_PLACES)}
        self.keys = {f"finding-{place}": name for place, name in enumerate(findings, start=1)}
        self.form = page.form(
            book.ask(
                grid(self.ids["head"], "Who writes to whom, and when?", _HEAD, rows=1),
                text(self.ids["summary"], "Summary: the whole in two or three sentences", words=(20, 60)),
                choices(self.ids["findings"], "Which findings does the reader need?", options=self.keys),
                *(grid(self.ids[name], says, [_SAID], rows=_ADVICE) for name, says in _PLACES.items()),
            )
        )
        self.make = button("Make the report", self._make, main=True)
        self.said = markup()
        for id in self.ids.values():
            book.watch(self._changed, ("report", id))

    def _changed(self, id: str | None) -> None:
        """A report made before no longer holds what is typed now."""
        if id in self.ids.values() and "<a " in self.said.value:
            self.said.value = framed("You changed something. Make the report again.", live=True)

    def _make(self) -> None:
        given = {name: self.form.fields[id].value for name, id in self.ids.items()}  # None where not sound
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
        if not self._advice(given):
            said.append("Recommend something to do.")
        for place, one in enumerate(self._advice(given), start=1):
            said += [f"Recommendation {place}: fill in “{name}”." for name in _ADVICE[:3] if not one[name]]
        return said

    def _advice(self, given: dict[str, Any]) -> list[dict[str, str]]:
        """The recommendations that hold anything, each by the names of its lines."""
        found = []
        for name in _PLACES:
            rows = given[name] or [{}] * len(_ADVICE)
            one = {line: (row.get(_SAID) or "").strip() for line, row in zip(_ADVICE, rows, strict=True)}
            found += [one] if any(one.values()) else []
        return found

    def _document(self, given: dict[str, Any]) -> Any:
        to, writer, date = (given["head"][0][name] for name in _HEAD)
        chosen = [self.keys[key] for key in given["findings"]]
        apart = [name for name in chosen if name in self.trends] if set(chosen) - set(self.trends) else []
        return report.for_authority(
            to=to,
            prepared_by=writer,
            date=read_date(date),
            title=self.title,
            summary=given["summary"],
            findings=[self.findings[name] for name in chosen if name not in apart],
            trends=[self.findings[name] for name in apart],
            recommendations=[
                Recommendation(*(one[name] for name in _ADVICE[:3]), one[_ADVICE[3]] or "to be agreed")
                for one in self._advice(given)
            ],
            sources=self.sources,
        )

    def _link(self, kind: str, data: bytes) -> str:
        ending, media_type = _KINDS[kind]
        return (
            f'<a class="jupyter-button widget-button" style="padding:0.3rem 0.9rem;margin-right:0.6rem" '
            f'download="{self.file}.{ending}" href="{address_of(data, media_type)}">Download as {kind}</a>'
        )
