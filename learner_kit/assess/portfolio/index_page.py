"""The index of a portfolio: a static page without any script, every text escaped, and the same as a PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from learner_kit.assess.decisions import DECISIONS, standing_judgements
from learner_kit.assess.evidence import Standing
from learner_kit.assess.portfolio.completeness import unfiled
from learner_kit.assess.portfolio.contents import (
    ADDED,
    ADMINISTRATION,
    ALL,
    ANSWERS_PAGE,
    EVIDENCE,
    SECTIONS,
    Contents,
    Entry,
)
from learner_kit.assess.static_page import facts, table
from learner_kit.assess.static_page import page as page_of
from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Callout, Document, Heading, Paragraph, Table
from learner_kit.moments import sast

_LOOK = """
.scroll tbody th{min-width:12rem}td:nth-child(3){white-space:nowrap}
code{font-size:.72rem;overflow-wrap:anywhere}td:last-child code{display:block;min-width:17rem}
.draft{border-left:.4rem solid #8a4b00;background:#fff4e2;padding:.6rem 1rem}
"""


@dataclass(frozen=True)
class Index:
    """What the index tells: contents, where each criterion stands, and what is missing (a draft) or nothing."""

    learner: str
    contents: Contents
    standings: tuple[Standing, ...]
    missing: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def serves(cohort: Cohort, entry: Entry) -> str:
    """The criteria an entry serves, as the unit standard counts them: `1.1, 1.2` or `all`."""
    if entry.criteria == ALL:
        return "all"
    unit = cohort.programme.unit
    return ", ".join(found.number for id in entry.criteria if (found := unit.criterion(id))) or "–"


def page(cohort: Cohort, index: Index) -> str:
    """The index as a page that any browser shows and that leads to every file."""
    unit, learner = cohort.programme.unit, escape(index.learner)
    parts = [f"<h1>Portfolio of evidence: {learner}</h1>"]
    if index.missing:
        lines = "".join(f"<li>{escape(one)}</li>" for one in index.missing)
        parts.append(f"<div class='draft'><h2>Draft: not closed</h2><p>Still missing:</p><ul>{lines}</ul></div>")
    parts.append(facts((escape(name), escape(said)) for name, said in index.facts))
    links = "".join(f"<li><a href='#{id}'>{escape(title)}</a></li>" for id, title in SECTIONS.items())
    parts.append(f"<nav aria-label='Sections'><ul><li><a href='#criteria'>Criteria</a></li>{links}</ul></nav>")
    parts.append("<h2 id='criteria'>Criteria: where each stands and what shows it</h2>")
    parts.append(
        table(["Criterion", "Judgement", "Attempt", "Evidence"], _criteria(cohort, index, link=True), "Criteria")
    )
    for section, title in SECTIONS.items():
        parts.append(f"<h2 id='{section}'>{escape(title)}</h2>")
        if section == ADMINISTRATION:
            parts += [f"<p>{escape(line)}</p>" for line in _administration(index)]
        for workbook, entries in _groups(index, section):
            if workbook:
                parts.append(f"<h3>Workbook {escape(workbook)}</h3>")
            rows = [
                [
                    f"<a href='{escape(_address(one.path), quote=True)}'>{escape(one.what)}</a>",
                    escape(serves(cohort, one)),
                    escape(one.on or "–"),
                    f"<code>{one.sha256}</code>",
                ]
                for one in entries
            ]
            parts.append(table(["Item", "Criteria", "Date", "SHA-256"], rows, workbook or title))
    parts.append(
        "<p>This folder is signed. <code>learner-kit verify</code> tells whether anything in it was changed; so do "
        "BagIt tools and any tool that checks Ed25519 signatures. Compare the fingerprint of the key with the one that the "
        "provider told you by another way.</p>"
    )
    return page_of(f"Portfolio of evidence, {index.learner}, unit standard {unit.id}", parts, _LOOK)


def document(cohort: Cohort, index: Index) -> Document:
    """The index as a document to print."""
    unit = cohort.programme.unit
    blocks: list[Block] = []
    if index.missing:
        blocks.append(Callout("Still missing: " + "; ".join(index.missing) + ".", "Draft: not closed", "warning"))
    blocks += [
        Heading("Criteria: where each stands and what shows it"),
        Table(
            ["Criterion", "Judgement", "Attempt", "Evidence"],
            [list(row) for row in _criteria(cohort, index)],
            widths=[4, 2.4, 1.1, 4],
            align=["left", "left", "center", "left"],
        ),
    ]
    for section, title in SECTIONS.items():
        blocks.append(Heading(title))
        if section == ADMINISTRATION:
            blocks += [Paragraph(line) for line in _administration(index)]
        for workbook, entries in _groups(index, section):
            if workbook:
                blocks.append(Heading(f"Workbook {workbook}", level=2))
            rows = [[one.what, serves(cohort, one), one.on or "–", one.sha256] for one in entries]
            columns = ["Item", "Criteria", "Date", "SHA-256"]
            blocks.append(Table(columns, rows, widths=[5, 2.2, 1.7, 4.6], align=["left"] * 4, empty="Nothing yet."))
    return Document(
        title=f"Portfolio of evidence: {index.learner}",
        subtitle=f"Unit standard {unit.id}: {unit.title}",
        meta=index.facts,
        blocks=blocks,
        footer=f"{index.learner} · portfolio of evidence" + (" · draft" if index.missing else ""),
        landscape=True,
    )


def _criteria(cohort: Cohort, index: Index, link: bool = False) -> list[list[str]]:
    rows, decided = [], standing_judgements(cohort, index.learner)
    for one in index.standings:
        criterion = cohort.programme.unit.criterion(one.criterion)
        assert criterion is not None
        entries = [
            entry
            for entry in index.contents.entries
            if entry.section == EVIDENCE and one.criterion in entry.criteria and _to_read(entry)
        ]
        last = decided.get((one.learner, one.criterion))
        said = DECISIONS[last["decision"]] if last else one.state
        if last and one.state not in DECISIONS:
            said += f" (since then: {one.state})"
        row: list[Any] = [f"{criterion.number} {criterion.handle}", said, str(last["attempt"]) if last else "–"]
        if link:
            shown = "".join(
                f"<li><a href='{escape(_place(entry, one.criterion), quote=True)}'>{escape(_short(entry))}</a></li>"
                for entry in entries
            )
            rows.append([*map(escape, row), f"<ul>{shown}</ul>" if shown else "none yet"])
        else:
            rows.append([*row, "; ".join(_short(entry) for entry in entries) or "none yet"])
    return rows


def _short(entry: Entry) -> str:
    short = entry.path.removeprefix(f"{EVIDENCE}/")
    book, *more = short.split("/")
    if more[0] == ANSWERS_PAGE:
        return f"{book}: answers and checks"
    hand_in = more[0].replace("hand-in-", "hand-in ")
    return f"{book}, {hand_in}: what was judged" if more[1:] == [ANSWERS_PAGE] else short


def _to_read(entry: Entry) -> bool:
    """A page of answers, a form or a document; not the data that stand beside them."""
    _, first, *more = entry.path.split("/")
    return first == "forms" or more[-1] == ANSWERS_PAGE or more[1:2] == ["evidence"]


def _place(entry: Entry, criterion: str) -> str:
    """Where a criterion's evidence stands: in a page of answers, at the criterion."""
    return _address(entry.path) + (f"#{quote(criterion)}" if entry.path.endswith(f"/{ANSWERS_PAGE}") else "")


def _administration(index: Index) -> list[str]:
    """What the provider filed, what is usual and not there, and what the learner declared."""
    filed = [one.what.removeprefix(ADDED) for one in index.contents.entries if one.what.startswith(ADDED)]
    folder, lacking = f"administration/{index.learner}", unfiled(filed)
    lines = [f"From the provider's folder {folder}: {', '.join(filed) or 'nothing'}."]
    if lacking:
        lines.append(f"Usual here too, and no file there has such a name: {', '.join(lacking)}.")
    return lines + _declared(index)


def _declared(index: Index) -> list[str]:
    if not index.contents.declarations:
        return ["Nothing was handed in yet."]
    lines = []
    for one in index.contents.declarations:
        at = sast(dt.datetime.fromisoformat(one.made_at.removesuffix(" UTC")))
        what = f"Workbook {one.workbook}, hand-in {one.number} ({at}, receipt {one.receipt})"
        lines.append(f"{what}. The learner declared: “{one.says}”" if one.says else f"{what}. NOT SIGNED.")
    return lines


def _groups(index: Index, section: str) -> list[tuple[str, list[Entry]]]:
    """A section's entries, evidence by workbook."""
    entries = [one for one in index.contents.entries if one.section == section]
    if section != EVIDENCE:
        return [("", entries)]
    names = dict.fromkeys(one.path.split("/")[1] for one in entries)
    return [(name, [one for one in entries if one.path.split("/")[1] == name]) for name in names]


def _address(path: str) -> str:
    return quote(path)
