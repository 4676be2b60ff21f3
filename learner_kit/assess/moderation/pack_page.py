"""What a moderator reads of a pack: one criterion as HTML, and the whole pack as a static page. Every text is escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from learner_kit.assess import sheet, static_page
from learner_kit.assess.decisions import DECISIONS
from learner_kit.assess.sheet import escaped as plain
from learner_kit.documents.text import long_date
from learner_kit.workbook.facts import Facts

_LOOK = """
h2{margin-top:3rem;border-top:2px solid #c9d3dc;padding-top:1rem}
.said{white-space:pre-wrap;background:#eef3f7;padding:.5rem .8rem;margin:.3rem 0;overflow-wrap:anywhere}
"""


def decision(judged: dict[str, Any]) -> str:
    """What the assessor decided, as a sentence; empty in a blind pack."""
    if "decision" not in judged:
        return ""
    held = ", ".join(judged["rules_met"]) or "none"
    override = f" Override: {judged['override']}" if judged["override"] else ""
    return (
        f"{DECISIONS.get(judged['decision'], judged['decision'])}, attempt {judged['attempt']}, by {judged['assessor']}. "
        f"Rules met: {held}. Reason: {judged['reason'] or 'none given'}{override}"
    )


def criterion(judged: dict[str, Any], link: Callable[[str, str], str], level: int = 3) -> str:
    """One judged criterion: what it asks, what was decided, and the evidence beside the memo.

    Args:
        judged: from a pack.
        link: makes the HTML of a link to a document from its path in the pack and its name.
        level: of the heading.
    """
    deeper = level + 1
    parts = [
        f"<h{level}>{plain(judged['number'])} {plain(judged['handle'])}</h{level}>",
        f"<p>{plain(judged['says'])}</p>",
    ]
    said = decision(judged)
    parts.append(f"<p><strong>Judgement:</strong> {plain(said)}</p>" if said else "<p>The judgement is hidden.</p>")
    filled = judged.get("forms", [])  # packs of an older kit carry none
    if not judged["exhibits"] and not filled:
        parts.append("<p>There is no evidence for this criterion.</p>")
    parts += [_form(one, deeper) for one in filled]
    for one in judged["exhibits"]:
        for table in one.get("given", []):
            parts.append(
                sheet.figures(Facts(table["caption"], tuple(table["columns"]), tuple(map(tuple, table["rows"]))))
            )
        parts.append(f"<h{deeper}>{plain(one['question'])}</h{deeper}>")
        parts.append(f"<p>Answer</p><div class='said lk-answer'>{plain(one['answer'] or '(not answered)')}</div>")
        parts += [f"<p>{plain(line)}</p>" for line in one["outcome"]]
        for document in one["documents"]:
            where = link(document["path"], document["file"]) if document.get("path") else plain(document["file"])
            parts.append(f"<p>Document: {where} {plain(document['note'])}</p>")
        if one["memo"]:
            lines = plain("\n".join(one["memo"]))
            parts.append(f"<p>Memo</p><div class='said lk-memo'>{lines}</div>")
    return "\n".join(parts)


def _form(one: dict[str, Any], level: int) -> str:
    """A form that somebody filled in: what was seen for the criterion, and what was said in words."""
    seen = "".join(f"<li>{plain(line['says'])}: <strong>{plain(line['answer'])}</strong></li>" for line in one["seen"])
    words = "".join(
        f"<p>{plain(line['says'])}</p><div class='said lk-answer'>{plain(line['answer'])}</div>"
        for line in one["words"]
    )
    notes = "".join(f"<p>{plain(note)}</p>" for note in one["notes"])
    return (
        f"<h{level}>{plain(one['title'])}, record {plain(str(one['number']))}</h{level}>"
        f"<p>Seen on {day(one['done_on'])} by {plain(one['witness'])}.</p>"
        + (f"<ul>{seen}</ul>" if seen else "")
        + words
        + notes
    )


def day(said: Any) -> str:
    """A date of a pack in words; what is no date stands as it is.

    Example:
        >>> day("2026-12-04")
        '4 December 2026'
    """
    try:
        return long_date(dt.date.fromisoformat(str(said)))
    except ValueError:
        return plain(str(said))


def page(held: dict[str, Any], name: str) -> str:
    """The whole pack, of that name, as a page that any browser shows; findings are recorded in the kit."""

    def link(path: str, file: str) -> str:
        return f"<a href='{escape(quote(path), quote=True)}'>{plain(file)}</a>"

    parts = [
        f"<h1>Moderation pack {plain(name)}</h1>",
        f"<p>{plain(held['cohort'])}, sample {held['sample']}. "
        f"Unit standard {plain(held['unit']['id'])}, {plain(held['unit']['title'])}. For {plain(held['moderator'])}. "
        f"{'Blind: the judgements are hidden. ' if held['blind'] else ''}"
        f"{'Due back by ' + day(held['due']) + '. ' if held['due'] else ''}Seed: {plain(held['seed'])}.</p>",
        "<p>This page is for reading. Record what you find in the kit: open the pack on the moderator's desk, or with "
        "<code>learner-kit open-pack</code>. "
        + ("Give a reason with every decision. " if held["blind"] else "")
        + "It holds learners' work and model answers: keep it safe.</p>",
        "<nav aria-label='Portfolios'><ul>"
        + "".join(
            f"<li><a href='#{plain(one['learner'])}'>{plain(one['learner'])}</a>: {len(one['judged'])} criteria</li>"
            for one in held["learners"]
        )
        + "</ul></nav>",
    ]
    for one in held["learners"]:
        parts.append(f"<h2 id='{plain(one['learner'])}'>{plain(one['learner'])}</h2><p>{plain(one['why'])}</p>")
        parts += [criterion(judged, link) for judged in one["judged"]]
    return static_page.page(name, parts, _LOOK)
