"""A notebook's prose as plain records, ready to be set on paper: markdown read once, never passed on as mark-up."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from learner_kit.documents import clean

_STYLES = {"strong": "strong", "emphasis": "emphasis"}


@cache
def _reader() -> Any:
    import mistune

    return mistune.create_markdown(renderer="ast", plugins=["table"])


def blocks(markdown: str) -> list[dict[str, Any]]:
    """The blocks of a markdown text: headings, paragraphs, lists, quotes, tables; HTML is shown as the words in it.

    Example:
        >>> blocks("## Two *words*")
        [{'kind': 'heading', 'level': 2, 'runs': [['Two ', ''], ['words', 'emphasis']]}]
    """
    return [made for node in _reader()(markdown) for made in _block(node)]


def plain(markdown: str) -> str:
    """The words of a markdown text, without its marks.

    Example:
        >>> plain("One **bold** [link](a.ipynb).")
        'One bold link.'
    """
    return " ".join(_words(blocks(markdown)))


def _words(found: Iterable[dict[str, Any]]) -> Iterable[str]:
    for one in found:
        if "runs" in one:
            yield "".join(text for text, _ in one["runs"])
        for cell in [*one.get("head", []), *(cell for row in one.get("rows", []) for cell in row)]:
            yield "".join(text for text, _ in cell)
        for item in one.get("items", []):
            yield from _words(item)
        yield from _words(one.get("blocks", []))


def _block(node: dict[str, Any]) -> list[dict[str, Any]]:
    kind, children = node["type"], node.get("children", [])
    if kind == "heading":
        return [{"kind": "heading", "level": min(node["attrs"]["level"], 3), "runs": _runs(children)}]
    if kind in ("paragraph", "block_text"):
        return [{"kind": "paragraph", "runs": _runs(children)}]
    if kind == "list":
        items = [[made for part in item["children"] for made in _block(part)] for item in children]
        return [{"kind": "list", "ordered": bool(node["attrs"].get("ordered")), "items": items}]
    if kind == "block_quote":
        return [{"kind": "quote", "blocks": [made for part in children for made in _block(part)]}]
    if kind == "table":
        head, *body = children
        rows = [[_runs(cell["children"]) for cell in row["children"]] for part in body for row in part["children"]]
        align = [cell["attrs"].get("align") or "left" for cell in head["children"]]
        return [
            {
                "kind": "table",
                "head": [_runs(cell["children"]) for cell in head["children"]],
                "rows": rows,
                "align": align,
            }
        ]
    if kind == "block_code":
        return [{"kind": "paragraph", "runs": [[clean(node["raw"].rstrip()), "code"]]}]
    if kind == "block_html":
        words = clean(html.unescape(re.sub(r"<[^>]*>", " ", node["raw"]))).strip()
        return [{"kind": "paragraph", "runs": [[words, ""]]}] if words else []
    return []


def _runs(nodes: Iterable[dict[str, Any]], style: str = "") -> list[list[str]]:
    found: list[list[str]] = []
    for node in nodes:
        kind = node["type"]
        if kind == "inline_html":
            continue
        if kind in ("softbreak", "linebreak"):
            found.append([" " if kind == "softbreak" else "\n", style])
        elif kind == "codespan":
            found.append([clean(node["raw"]), "code"])
        elif "children" in node:
            found += _runs(node["children"], _STYLES.get(kind, style))
        else:
            found.append([clean(html.unescape(node.get("raw", ""))), style])
    return [run for run in found if run[0]]
