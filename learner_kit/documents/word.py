"""From a document to a Word file, by python-docx: real headings, header rows, alternative text, a language.

No clock is read, and the file is packed with a fixed date inside, so that the same document gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

from learner_kit.documents import layout, model
from learner_kit.documents.text import clean, shown

FONT = "Calibri"
INK, QUIET, ACCENT = "1B2733", "485662", "0B4F71"
FILLS = {"note": ("EEF3F6", ACCENT), "warning": ("FDF3E3", "8A4B00"), "good": ("E8F5F0", "0A5C45")}
# The order the schema of the format (ECMA-376) asks of these settings; only what is used here.
ORDER = {
    "pPr": "pStyle keepNext keepLines pBdr shd tabs spacing ind jc",
    "tcPr": "tcW gridSpan vMerge tcBorders shd",
    "tblPr": "tblStyle tblW jc tblBorders tblLayout tblLook",
}
PACKED = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip file knows
NO_DATE = datetime.datetime(2000, 1, 1)


def to_word(document: model.Document) -> bytes:
    """Make the Word file (.docx) of a document.

    Args:
        document: what to write.

    Returns:
        The bytes of the file; the same document gives the same bytes.

    Example:
        >>> to_word(model.Document("Notes", blocks=[model.Paragraph("Hello")]))[:2]
        b'PK'
    """
    import docx

    word = docx.Document()
    _properties(word, document)
    _styles(word, document.language)
    width = _page(word, document)
    _head(word, document, width)
    counts = {"Table": 0, "Figure": 0}
    for place, (block, level) in enumerate(zip(document.blocks, layout.levels(document.blocks), strict=True)):
        before = len(word.element.body)
        _add(word, block, level, width, counts, document.landscape)
        if layout.keeps(document.blocks, place):
            for one in word.element.body[before - 1 : -1]:  # its last child, the section, stays the last
                _keep(one[-1] if one.tag == _qn("w:tbl") else one)  # of a table, which may be long, the last row
    _in_order(word.element.body)
    raw = io.BytesIO()
    word.save(raw)
    return _repacked(raw.getvalue())


def _properties(word: Any, document: model.Document) -> None:
    day = document.date
    stamp = datetime.datetime(day.year, day.month, day.day) if day else NO_DATE
    known = word.core_properties
    known.title, known.subject = _text(document.title)[:255], _text(document.subtitle)[:255]
    known.author = known.last_modified_by = _text(document.author)[:255]
    known.language, known.comments, known.revision = document.language, "", 1
    known.created = known.modified = stamp


def _styles(word: Any, language: str) -> None:
    from docx.shared import Pt, RGBColor

    styles = word.styles
    for name, size, colour, before, after in (
        ("Normal", 11, INK, 0, 7),
        ("Title", 22, ACCENT, 0, 2),
        ("Subtitle", 13, QUIET, 0, 8),
        ("Heading 1", 16, ACCENT, 16, 6),
        ("Heading 2", 13, ACCENT, 12, 5),
        ("Heading 3", 11.5, ACCENT, 10, 4),
        ("Caption", 9.5, QUIET, 6, 4),
    ):
        style = styles[name]
        style.font.name, style.font.size, style.font.italic = FONT, Pt(size), False
        style.font.color.rgb = RGBColor.from_string(colour)
        style.font.bold = name.startswith(("Heading", "Title"))
        fonts = style.element.rPr.rFonts
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(_qn(f"w:{kind}"), None)  # a theme's font would win over the name
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(_qn(f"w:{kind}"), FONT)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    for old in styles["Title"].element.pPr.findall(_qn("w:pBdr")):
        styles["Title"].element.pPr.remove(old)
    defaults = styles.element.find(f"{_qn('w:docDefaults')}/{_qn('w:rPrDefault')}/{_qn('w:rPr')}")
    for old in defaults.findall(_qn("w:lang")):
        defaults.remove(old)
    defaults.append(_element("w:lang", val=language, eastAsia=language))


def _page(word: Any, document: model.Document) -> int:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt, RGBColor

    section = word.sections[0]
    sides = (Mm(297), Mm(210)) if document.landscape else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = Mm(20)
    section.bottom_margin = Mm(22)
    width = sides[0] - Mm(40)
    foot = section.footer.paragraphs[0]
    for stop in foot.style.paragraph_format.tab_stops:
        foot.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    foot.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(_text(document.footer).replace("\n", " ") + "\tpage ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(QUIET)
    return width


def _head(word: Any, document: model.Document, width: int) -> None:
    if document.letterhead:
        _says(word.add_paragraph(), "\n".join(map(_text, document.letterhead)), QUIET, 9.5)
    _says(word.add_paragraph(style="Title"), _text(document.title))
    if document.subtitle:
        _says(word.add_paragraph(style="Subtitle"), _text(document.subtitle))
    if document.meta:
        _facts(word, document.meta, width)


def _add(word: Any, block: model.Block, level: int | None, width: int, counts: dict[str, int], wide: bool) -> None:
    match block:
        case model.Heading():
            _says(word.add_heading(level=level), _text(block.text).replace("\n", " "))
        case model.Paragraph():
            _paragraphs(word, block)
        case model.Bullets():
            style = {"bullets": "List Bullet", "numbers": None, "boxes": None}[block.kind]
            for place, item in enumerate(block.items, 1):
                mark = {"bullets": "", "numbers": f"{place}.\t", "boxes": "☐\t"}[block.kind]
                line = word.add_paragraph(style=style)
                if mark:
                    _hang(line, 7)
                _says(line, mark + _text(item))
        case model.Facts():
            _facts(word, block.rows, width)
        case model.Table():
            _caption(word, "Table", block.caption, counts, keep=True)
            _table(word, block, width, wide)
        case model.Figure():
            _figure(word, block, width)
            _caption(word, "Figure", block.caption, counts, keep=False)
        case model.Callout():
            _callout(word, block)
        case model.Lines():
            for _ in range(block.count):
                _edge(word.add_paragraph(), "bottom", QUIET)
        case model.SignatureLines():
            _signatures(word, block, width)
        case model.PageBreak():
            word.add_page_break()


def _paragraphs(word: Any, block: model.Paragraph) -> None:
    for part in _text(block.text).split("\n\n"):
        line = word.add_paragraph()
        _says(line, part, *((QUIET, 9.5) if block.kind == "quiet" else ()), bold=block.kind == "strong")
        if block.kind == "quote":
            _hang(line, 6, first=0)
            _edge(line, "left", "B9C4CD", 12)


def _table(word: Any, block: model.Table, width: int, wide: bool) -> None:
    cells = block.cells()
    stand = layout.columns(block, cells, layout.LANDSCAPE if wide else layout.PORTRAIT)
    sizes = [int(width * stand.width * share) for share in stand.shares]
    table = _grid(word, 1 + max(len(cells), 1), sizes)
    for place, name in enumerate(block.columns):
        _cell(table.rows[0].cells[place], clean(name), stand.align[place], bold=True, fill="EEF3F6")
    _row(table.rows[0], header=True)
    for number, row in enumerate(cells, 1):
        drawn = table.rows[number]
        for cell, said, side in zip(drawn.cells, row, stand.align, strict=True):
            _cell(cell, said, side, bold=block.total and number == len(cells))
        _row(drawn)
    if not cells:
        _cell(table.rows[1].cells[0].merge(table.rows[1].cells[-1]), _text(block.empty), "left")
    look = table._tbl.tblPr
    borders = _element("w:tblBorders")
    for side, colour, size in (("top", ACCENT, 8), ("bottom", ACCENT, 8), ("insideH", "B9C4CD", 4)):
        borders.append(_element(f"w:{side}", val="single", sz=str(size), space="0", color=colour))
    look.append(borders)
    _gap(word)


def _facts(word: Any, rows: Any, width: int) -> None:
    if not rows:
        return
    longest = max((len(clean(label)) for label, _ in rows), default=0)
    first = int(width * min(0.12 + 0.01 * longest, 0.35))
    table = _grid(word, len(rows), [first, width - first])
    for row, (label, value) in zip(table.rows, rows, strict=True):
        _cell(row.cells[0], _text(label), "left", colour=QUIET)
        _cell(row.cells[1], _text(shown(value)), "left", size=11)
        _row(row)
    _gap(word)


def _signatures(word: Any, block: model.SignatureLines, width: int) -> None:
    for place, (role, name) in enumerate(block.roles, 1):
        table = _grid(word, 2, [int(width * 0.38), int(width * 0.38), width - 2 * int(width * 0.38)])
        above, below = table.rows
        _cell(above.cells[0], "\n" + _text(name), "left", size=11)
        for cell, label in zip(below.cells, (f"{_text(role)}, name", "Signature", "Date"), strict=True):
            _cell(cell, label, "left", colour=QUIET)
            edges = _element("w:tcBorders")
            edges.append(_element("w:top", val="single", sz="6", space="0", color=INK))
            cell._tc.get_or_add_tcPr().append(edges)
        for row in table.rows:
            _row(row)
        _keep(above._tr)
        _gap(word)
        if place < len(block.roles):  # all of them stay together
            _keep(below._tr)
            word.paragraphs[-1].paragraph_format.keep_with_next = True


def _figure(word: Any, block: model.Figure, width: int) -> None:
    line = word.add_paragraph()
    line.paragraph_format.keep_with_next = bool(block.caption)
    picture = line.add_run().add_picture(io.BytesIO(block.png), width=int(width * block.width))
    known = picture._inline.docPr
    known.set("descr", clean(block.alt))
    known.set("name", f"Picture {known.get('id')}")


def _callout(word: Any, block: model.Callout) -> None:
    fill, colour = FILLS[block.kind]
    parts = [clean(block.title) or layout.CALLOUTS[block.kind], *_text(block.text).split("\n\n")]
    for place, part in enumerate(parts):
        line = word.add_paragraph()
        _says(line, part, colour if place == 0 else INK, bold=place == 0)
        line.paragraph_format.space_after = 0 if place < len(parts) - 1 else None
        line.paragraph_format.keep_with_next = place == 0
        _edge(line, "left", colour, 24)
        line._p.get_or_add_pPr().append(_element("w:shd", val="clear", color="auto", fill=fill))


def _caption(word: Any, kind: str, said: str, counts: dict[str, int], keep: bool) -> None:
    if said:
        counts[kind] += 1
        line = word.add_paragraph(style="Caption")
        _says(line, f"{kind} {counts[kind]}: {_text(said)}")
        line.paragraph_format.keep_with_next = keep


def _grid(word: Any, rows: int, sizes: list[int]) -> Any:
    table = word.add_table(rows=rows, cols=len(sizes))
    table.autofit = False
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = size
        for cell in column.cells:
            cell.width = size
    return table


def _keep(part: Any) -> None:
    """Keep every paragraph of a part of the file on the page of what follows it."""
    for line in part.iter(_qn("w:p")):
        line.get_or_add_pPr().keepNext_val = True


def _row(row: Any, header: bool = False) -> None:
    rules = row._tr.get_or_add_trPr()
    rules.append(_element("w:cantSplit"))
    if header:
        rules.append(_element("w:tblHeader"))


def _cell(
    cell: Any, said: str, side: str, bold: bool = False, fill: str = "", colour: str = INK, size: float = 9.5
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = cell.paragraphs[0]
    _says(line, said, colour, size, bold)
    line.alignment = getattr(WD_ALIGN_PARAGRAPH, side.upper())
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
    if fill:
        cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=fill))


def _says(line: Any, said: str, colour: str = "", size: float | None = None, bold: bool = False) -> None:
    from docx.shared import Pt, RGBColor

    run = line.add_run(said)  # python-docx makes line breaks and tabs of \n and \t, and escapes the rest
    if bold:
        run.bold = True
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _gap(word: Any) -> None:
    from docx.shared import Pt

    line = word.add_paragraph()
    line.paragraph_format.space_after = Pt(2)


def _hang(line: Any, millimetres: float, first: float | None = None) -> None:
    from docx.shared import Mm

    line.paragraph_format.left_indent = Mm(millimetres)
    line.paragraph_format.first_line_indent = Mm(-millimetres if first is None else first)


def _edge(line: Any, side: str, colour: str, size: int = 4) -> None:
    borders = _element("w:pBdr")
    borders.append(_element(f"w:{side}", val="single", sz=str(size), space="6", color=colour))
    line._p.get_or_add_pPr().append(borders)


def _field(line: Any, code: str) -> None:
    field = _element("w:fldSimple", instr=f" {code} ")
    run = line.add_run("1")
    line._p.append(field)
    field.append(run._r)


def _in_order(body: Any) -> None:
    """Put the settings of paragraphs, cells and tables in the order the file format's schema asks; Word is strict."""
    for name, order in ORDER.items():
        places = {_qn(f"w:{child}"): place for place, child in enumerate(order.split())}
        for rules in body.iter(_qn(f"w:{name}")):
            rules[:] = sorted(rules, key=lambda child: places[child.tag])


def _element(name: str, **values: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for key, value in values.items():
        made.set(_qn(f"w:{key}"), value)
    return made


def _qn(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(name)


def _text(said: Any) -> str:
    return clean(said).strip("\n")


def _repacked(raw: bytes) -> bytes:
    """Pack the file again with a fixed date on every part: the library writes the time of day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, PACKED)
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 0
            new.writestr(part, old.read(name))
    return packed.getvalue()
