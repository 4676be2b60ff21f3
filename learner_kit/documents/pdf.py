"""From a document to a PDF (PDF/UA-1, the standard for readers who use assistive software), set by typst.

The layout is in `templates/document.typ`. What the document says reaches it as data, so that no text can be taken for
mark-up; fonts come with the kit's own libraries, so that the PDF is the same on every computer.
"""

from __future__ import annotations

import datetime
import functools
import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

from learner_kit.documents import layout, model
from learner_kit.documents.layout import breakable
from learner_kit.documents.text import clean, shown
from learner_kit.errors import KitError

TEMPLATE = Path(__file__).parent.parent / "templates" / "document.typ"
LINE = 60  # letters of running text before a word is let break


def to_pdf(document: model.Document) -> bytes:
    """Make the PDF of a document: tagged for assistive software, A4, the same bytes for the same document.

    Args:
        document: what to print.

    Returns:
        The bytes of the PDF file.

    Raises:
        KitError: when a picture is damaged, or the document cannot be set for another reason.

    Example:
        >>> page = model.Document("Notes", blocks=[model.Paragraph("#strong[not mark-up] $x$ @home")])
        >>> to_pdf(page) == to_pdf(page)
        True

    Source: PDF/UA-1 is ISO 14289-1.
    """
    with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        try:
            return compiled(TEMPLATE, _record(document, root), root, _seconds(document.date))
        except Unset as error:
            raise KitError(
                f"The PDF “{clean(document.title)}” could not be made: {error}. Look at the document's pictures and "
                "texts; if they are in order, the Word file may serve until this is mended."
            ) from None


class Unset(Exception):
    """A template could not be set; the message is typst's reason."""


def compiled(template: Path, said: dict[str, Any], root: Path, seconds: int = 0) -> bytes:
    """Set a template by typst, with the kit's own fonts.

    Args:
        template: it reads what it is to say from the input `document`.
        said: that, as plain data.
        root: the folder of the pictures it names.
        seconds: the date that the file bears, since 1970.

    Raises:
        Unset: typst cannot set it.
    """
    import typst

    compiler = typst.Compiler(
        template.read_bytes(),
        root=str(root),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(said, ensure_ascii=False)},
    )
    try:
        return compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=seconds)
    except typst.TypstError as error:
        raise Unset(getattr(error, "message", str(error))) from None


@functools.cache
def _fonts() -> Any:
    """The fonts of every PDF: those that come with the kit's libraries, never the computer's own."""
    import typst

    paths: list[str] = []
    found = importlib.util.find_spec("matplotlib")  # its fonts show what typst's own can't; it is not imported
    if found and found.submodule_search_locations:
        paths = [str(Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf")]
    return typst.Fonts(include_system_fonts=False, font_paths=paths)


def _seconds(day: datetime.date | None) -> int:
    if day is None:
        return 0
    return int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp())


def _record(document: model.Document, root: Path) -> dict[str, Any]:
    language, _, region = document.language.partition("-")
    day = document.date
    capacity = layout.LANDSCAPE if document.landscape else layout.PORTRAIT
    headings = layout.levels(document.blocks)
    return {
        "title": _text(document.title, 40),
        "plain-title": clean(document.title).replace("\n", " "),
        "subtitle": _text(document.subtitle),
        "letterhead": [_text(line) for line in document.letterhead],
        "meta": _rows(document.meta),
        "author": clean(document.author),
        "footer": _text(document.footer),
        "date": [day.year, day.month, day.day] if day else None,
        "language": language,
        "region": region or None,
        "landscape": document.landscape,
        "blocks": [
            _block(block, level, place, root, capacity) | {"keep": layout.keeps(document.blocks, place)}
            for place, (block, level) in enumerate(zip(document.blocks, headings, strict=True))
        ],
    }


def _block(block: model.Block, level: int | None, place: int, root: Path, capacity: int) -> dict[str, Any]:
    match block:
        case model.Heading():
            return {"kind": "heading", "text": _text(block.text, 45).replace("\n", " "), "level": level}
        case model.Paragraph():
            return {"kind": "paragraph", "text": _text(block.text), "style": block.kind}
        case model.Bullets():
            return {"kind": "list", "items": [_text(item) for item in block.items], "style": block.kind}
        case model.Facts():
            return {"kind": "facts", "rows": _rows(block.rows)}
        case model.Table():
            return _table(block, capacity)
        case model.Figure():
            name = f"figure-{place}.png"
            (root / name).write_bytes(block.png)
            return {
                "kind": "figure",
                "path": f"/{name}",
                "alt": clean(block.alt),
                "caption": _text(block.caption),
                "width": block.width,
            }
        case model.Callout():
            title = block.title or layout.CALLOUTS[block.kind]
            return {"kind": "callout", "text": _text(block.text), "title": _text(title), "style": block.kind}
        case model.Lines():
            return {"kind": "lines", "count": block.count}
        case model.SignatureLines():
            return {"kind": "signatures", "rows": [[_text(role, 20), _text(name, 24)] for role, name in block.roles]}
        case _:
            return {"kind": "page-break"}


def _table(table: model.Table, capacity: int) -> dict[str, Any]:
    cells = table.cells()
    stand = layout.columns(table, cells, capacity)
    return {
        "kind": "table",
        "whole": [layout.on_one_page(row, stand.letters) for row in cells],
        "columns": [breakable(clean(name), room) for name, room in zip(table.columns, stand.letters, strict=True)],
        "rows": [[breakable(cell, room) for cell, room in zip(row, stand.letters, strict=True)] for row in cells],
        "caption": _text(table.caption),
        "shares": stand.shares,
        "width": stand.width,
        "align": stand.align,
        "total": table.total,
        "empty": _text(table.empty),
    }


def _rows(rows: Any) -> list[list[str]]:
    return [[_text(label, 20), _text(shown(value), 50)] for label, value in rows]


def _text(said: Any, letters: int = LINE) -> str:
    return breakable(clean(said).strip("\n"), letters)
