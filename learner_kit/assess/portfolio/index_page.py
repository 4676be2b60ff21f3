"""The index of a portfolio: a static page without any script, every text escaped, and the same as a PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import Any

from learner_kit.assess.decisions import DECISIONS
from learner_kit.assess.evidence import Standing
from learner_kit.assess.portfolio.contents import ALL, EVIDENCE, SECTIONS, Contents, Entry
from learner_kit.course.cohort import Cohort
from learner_kit.documents import Block, Callout, Document, Heading, Paragraph, Table
from learner_kit.reading import sast

_SAFE = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
_LOOK = """
:root{color-scheme:light}
body{font:1.05rem/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem}a{color:#0b4f8a}a:focus-visible{outline:3px solid #0b4f8a;outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dt{font-weight:600}dd{margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.8rem 0}caption{text-align:left;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #c9d3dc;overflow-wrap:anywhere}
tbody th{font-weight:normal;min-width:12rem}td:nth-child(3){white-space:nowrap}td ul{margin:0;padding-left:1.1rem}
thead th{background:#eef3f7}code{font-size:.72rem;overflow-wrap:anywhere}
td:last-child code{display:block;min-width:17rem}
.draft{border-left:.4rem solid #8a4b00;background:#fff4e2;padding:.6rem 1rem}
@media print{body{max-width:none;font-size:10pt}.scroll{overflow:visible}}
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
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in index.facts)
    parts = [f"<h1>Portfolio of evidence: {learner}</h1>"]
    if index.missing:
        lines = "".join(f"<li>{escape(one)}</li>" for one in index.missing)
        parts.append(f"<div class='draft'><h2>Draft: not closed</h2><p>Still missing:</p><ul>{lines}</ul></div>")
    parts.append(f"<dl>{facts}</dl>")
    links = "".join(f"<li><a href='#{id}'>{escape(title)}</a></li>" for id, title in SECTIONS.items())
    parts.append(f"<nav aria-label='Sections'><ul><li><a href='#criteria'>Criteria</a></li>{links}</ul></nav>")
    parts.append("<h2 id='criteria'>Criteria: where each stands and what shows it</h2>")
    parts.append(
        _html(["Criterion", "Judgement", "Attempt", "Evidence"], _criteria(cohort, index, link=True), "Criteria")
    )
    for section, title in SECTIONS.items():
        parts.append(f"<h2 id='{section}'>{escape(title)}</h2>")
        if section == "2-administration":
            parts += [f"<p>{escape(line)}</p>" for line in _declared(index)]
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
            parts.append(_html(["Item", "Criteria", "Date", "SHA-256"], rows, workbook or title))
    parts.append(
        "<p>This folder is signed. <code>learner-kit verify</code> tells whether anything in it was changed; so do "
        "BagIt tools and any tool that checks Ed25519 signatures.</p>"
    )
    title = f"Portfolio of evidence, {learner}, unit standard {escape(unit.id)}"
    return (
        f"<!doctype html>\n<html lang='en-ZA'><head><meta charset='utf-8'>{_SAFE}\n"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'><title>{title}</title>\n"
        f"<style>{_LOOK}</style></head>\n<body><main>" + "\n".join(parts) + "</main></body></html>\n"
    )


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
        if section == "2-administration":
            blocks += [Paragraph(line) for line in _declared(index)]
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
    rows = []
    for one in index.standings:
        criterion = cohort.programme.unit.criterion(one.criterion)
        assert criterion is not None
        entries = [
            entry
            for entry in index.contents.entries
            if entry.section == EVIDENCE and one.criterion in entry.criteria and not entry.path.endswith(".zip")
        ]
        said = DECISIONS.get(one.state, one.state)
        attempt = str(one.attempt) if one.state in DECISIONS else "–"
        row: list[Any] = [f"{criterion.number} {criterion.handle}", said, attempt]
        if link:
            shown = "".join(
                f"<li><a href='{escape(_address(entry.path), quote=True)}'>{escape(_short(entry))}</a></li>"
                for entry in entries
            )
            rows.append([*map(escape, row), f"<ul>{shown}</ul>" if shown else "none yet"])
        else:
            rows.append([*row, "; ".join(_short(entry) for entry in entries) or "none yet"])
    return rows


def _short(entry: Entry) -> str:
    return entry.path.removeprefix(f"{EVIDENCE}/")


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
    from urllib.parse import quote

    return quote(path)


def _html(heads: list[str], rows: list[list[str]], about: str) -> str:
    if not rows:
        return "<p>Nothing yet.</p>"
    top = "".join(f"<th scope='col'>{escape(one)}</th>" for one in heads)
    lines = "".join(
        f"<tr><th scope='row'>{row[0]}</th>" + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
    return (
        f"<div class='scroll' tabindex='0' role='region' aria-label='Table: {escape(about, quote=True)}'>{table}</div>"
    )
