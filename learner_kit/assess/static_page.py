"""The frame of a static page that any browser shows: no script, nothing fetched. Whoever makes the parts escapes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

SAFE = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
LOOK = """
:root{color-scheme:light}
body{font:1.05rem/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1,h2,h3,h4{line-height:1.25}h2{margin-top:2.5rem}a{color:#0b4f8a}
a:focus-visible{outline:3px solid #0b4f8a;outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dt{font-weight:600}dd{margin:0}
.scroll{overflow-x:auto}.scroll table{border-collapse:collapse;width:100%;margin:.8rem 0}
.scroll th,.scroll td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #c9d3dc}
.scroll tbody th,.scroll td{overflow-wrap:anywhere}
.scroll tbody th{font-weight:normal}thead th{background:#eef3f7}td ul{margin:0;padding-left:1.1rem}
@media print{body{max-width:none;font-size:10pt}.scroll{overflow:visible}}
"""


def page(title: str, parts: Iterable[str], look: str = "") -> str:
    """A whole page.

    Args:
        title: plain text.
        parts: HTML, escaped already.
        look: styles besides the common ones.
    """
    return (
        f"<!doctype html>\n<html lang='en-ZA'><head><meta charset='utf-8'>{SAFE}\n"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'><title>{escape(title)}</title>\n"
        f"<style>{LOOK}{look}</style></head>\n<body><main>" + "\n".join(parts) + "</main></body></html>\n"
    )


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Names with what they say, both HTML.

    Example:
        >>> facts([("Level", "4")])
        '<dl><dt>Level</dt><dd>4</dd></dl>'
    """
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{said}</dd>' for name, said in rows)}</dl>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], about: str) -> str:
    """A table that scrolls by itself on a narrow screen.

    Args:
        heads: plain text.
        rows: HTML of each cell; the first names its row.
        about: what the table shows, for those who hear the page; plain text.
    """
    if not rows:
        return "<p>Nothing yet.</p>"
    top = "".join(f"<th scope='col'>{escape(one)}</th>" for one in heads)
    lines = "".join(
        f"<tr><th scope='row'>{row[0]}</th>" + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    return (
        f"<div class='scroll' tabindex='0' role='region' aria-label='Table: {escape(about, quote=True)}'>"
        f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
