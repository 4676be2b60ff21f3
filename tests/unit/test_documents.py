"""The document model, its PDF and its Word file."""

import datetime
import io
import re
import unicodedata
import zipfile

import docx
import numpy as np
import pandas as pd
import pypdf
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from learner_kit import documents as d
from learner_kit.documents import layout
from learner_kit.errors import KitError

DAY = datetime.date(2026, 11, 21)
NASTY = "#strong[x] *b* _i_ @ref $x^2$ \\ \"q\" 'q' `code` <label> // comment /* */ = no heading ḓ ḽ ṋ ṱ ṅ"


def picture() -> bytes:
    made = Canvas(figsize=(3, 2))
    made.subplots().plot([1, 3, 2])
    held = io.BytesIO()
    made.savefig(held, format="png", dpi=50, metadata={"Software": None})
    return held.getvalue()


def full() -> d.Document:
    return d.Document(
        title="Assessor's report",
        subtitle="Unit standard 252218",
        meta={"Learner": "L-0001", "Date": DAY},
        date=DAY,
        author="A. Dlamini",
        letterhead=["Sample Provider", "1 Main Road, Polokwane"],
        footer="Confidential",
        blocks=[
            d.Heading("First"),
            d.Paragraph(NASTY),
            d.Paragraph("Strong", "strong"),
            d.Paragraph("Quiet", "quiet"),
            d.Paragraph("Quoted\n\nwords", "quote"),
            d.Bullets(["one", "two"]),
            d.Bullets(["first", "second"], "numbers"),
            d.Bullets(["tick"], "boxes"),
            d.Heading("Too deep", 3),
            d.Facts({"Attempt": 1}),
            d.Table(["Customer", "Spend"], [(f"C-{n:04}", n * 1000.5) for n in range(80)], caption="Spend", total=True),
            d.Table(["Empty"]),
            d.Figure(picture(), "A line that rises, then falls", "A line", 0.5),
            d.Callout("Mind this", kind="warning"),
            d.Lines(3),
            d.SignatureLines(["Learner", ("Assessor", "A. Dlamini")]),
            d.PageBreak(),
            d.Heading("Last"),
        ],
    )


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages).replace("\u200b", "")


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1234, "1\u00a0234"),
        (1234.5, "1\u00a0234,5"),
        (1500.25, "1\u00a0500,25"),
        (-0.001, "0"),
        (np.int64(2500), "2\u00a0500"),
        (np.float64(2), "2"),
        (float("nan"), "–"),
        (pd.NaT, "–"),
        (pd.NA, "–"),
        (None, "–"),
        (np.bool_(False), "No"),
        (DAY, "21 November 2026"),
        (pd.Timestamp("2026-11-21 08:05"), "21 November 2026, 08:05"),
        ("2026", "2026"),
        (10**400, str(10**400)),
    ],
)
def test_shown(value, said):
    assert d.shown(value) == said


@given(st.text(alphabet=st.characters(), max_size=60))
def test_clean_leaves_nothing_that_cannot_be_printed(text):
    made = d.clean(text)
    assert d.clean(made) == made
    made.encode("utf-8")  # no lone surrogate
    for one in made:
        assert one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Cn", "Co")
        assert one not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_clean_shows_that_something_stood_there():
    assert d.clean("a\x00b\ud800c\u202ed") == "a�b�c�d"
    assert d.clean("ḓḽṋṱṅ é 5 % “ok”") == "ḓḽṋṱṅ é 5 % “ok”"


# --- the model -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: d.Document(""), "title"),
        (lambda: d.Document("T", blocks=["text"]), "blocks must hold document blocks only; number 1 is str"),
        (lambda: d.Heading(" \u200b\n"), "text must say"),
        (lambda: d.Heading("x", 4), "level must be 1, 2 or 3"),
        (lambda: d.Paragraph("x", "loud"), "kind must be one of"),
        (lambda: d.Bullets("text"), "items must be a list"),
        (lambda: d.Table([]), "columns must hold"),
        (lambda: d.Table(["a"], [(1,), (1, 2), (3, 4)]), "row 2, 3 has not"),
        (lambda: d.Table(["a"], align=["middle"]), "align must be one of"),
        (lambda: d.Table(["a"], widths=[0]), "widths must be numbers above 0"),
        (lambda: d.Table(["a"], decimals=[1, 2]), "decimals must have 1 entries"),
        (lambda: d.Figure(b"GIF89a", "alt"), "png must be the bytes of a PNG"),
        (lambda: d.Figure(picture(), "  "), "alt must say in words"),
        (lambda: d.Figure(picture(), "alt", width=2), "width must be"),
        (lambda: d.Lines(0), "count must be"),
        (lambda: d.SignatureLines("Learner"), "roles must be a list"),
        (lambda: d.Facts([("one",)]), "rows must be pairs"),
    ],
)
def test_wrong_parts_are_refused_by_name(make, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make()


def test_heading_levels_never_skip():
    blocks = [d.Heading("a", 2), d.Heading("b", 3), d.Heading("c", 3), d.Heading("d", 1), d.Heading("e", 3)]
    assert layout.levels(blocks) == [1, 2, 3, 1, 2]


@given(
    st.lists(st.lists(st.text(max_size=90) | st.floats() | st.none(), min_size=3, max_size=3), max_size=6),
    st.sampled_from([layout.PORTRAIT, layout.LANDSCAPE]),
)
def test_columns_fill_no_more_than_the_page(rows, capacity):
    table = d.Table(["A", "Longer name", "B"], rows)
    stand = layout.columns(table, table.cells(), capacity)
    assert sum(stand.shares) == pytest.approx(1, abs=0.001)
    assert 0 < stand.width <= 1
    assert all(share > 0 for share in stand.shares)


def test_numbers_stand_at_the_right():
    table = d.Table(["a", "b", "c", "d"], [("C-1", 2, "R1\u00a0500,00", None), ("7", None, "12 %", None)])
    assert layout.columns(table, table.cells(), 92).align == ["left", "right", "right", "left"]


def test_table_of_a_frame():
    frame = pd.DataFrame({"answer": pd.Categorical(["Yes"]), "count": [3]})
    assert d.table_of(frame, "C", names={"count": "How many"}) == d.Table(["Answer", "How many"], [("Yes", 3)], "C")


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_pdf_is_the_same_every_time_and_carries_its_properties():
    made = d.to_pdf(full())
    assert made == d.to_pdf(full())
    pdf = read(made)
    assert pdf.metadata.title == "Assessor's report"
    assert pdf.metadata.author == "A. Dlamini"
    assert pdf.metadata.creation_date.date() == DAY
    assert pdf.trailer["/Root"]["/Lang"] == "en-ZA"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in pdf.trailer["/Root"]["/Metadata"].get_data()


def structure(pdf: pypdf.PdfReader) -> list[str]:
    tags, alts = [], []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                tags.append(str(node["/S"]))
            if "/Alt" in node:
                alts.append(str(node["/Alt"]))
            walk(node.get("/K", []))

    walk(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return [*tags, *alts]


def test_pdf_is_tagged():
    found = structure(read(d.to_pdf(full())))
    for tag in ("/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure"):
        assert tag in found, tag
    assert "/H3" not in found
    assert "A line that rises, then falls" in found
    assert found.count("/TH") == 3  # the repeated header row is one to a listener


def test_pdf_repeats_header_rows_and_numbers_pages():
    pages = [page.extract_text() for page in read(d.to_pdf(full())).pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page
        assert "Confidential" in page
    assert sum("Customer" in page and "Spend" in page for page in pages) >= 2


ENDINGS = {
    "words": [d.Paragraph("LAST words")],
    "long words": [d.Paragraph("many words " * 200 + "LAST")],
    "boxes and lines": [d.Heading("H"), d.Bullets(["LAST", "b"], kind="boxes"), d.Lines(2)],
    "a remark": [d.Callout("LAST")],
    "a table": [d.Table(["A", "B"], [["LAST", n] for n in range(20)])],
    "many lines": [d.Paragraph("LAST"), d.Lines(8)],
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_signatures_never_stand_alone_on_a_page(ending):
    """Wherever the page ends, what comes before the signatures is on their page, and they are all on one."""
    roles = ["Learner", "Assessor", "Moderator"]
    seen = set()
    for above in range(0, 36, 3):
        blocks = [*[d.Paragraph("x")] * above, *ENDINGS[ending], d.SignatureLines(roles)]
        pages = read(d.to_pdf(d.Document("T", blocks=blocks))).pages
        last = pages[-1].extract_text()
        assert all(f"{role}, name" in last for role in roles) and "LAST" in last, above
        seen.add(len(pages))
    assert len(seen) > 1, "the place where a page ends was among those tried"


def test_word_keeps_signatures_together_and_with_what_is_before_them():
    blocks = [d.Table(["A"], [["one"], ["two"]]), d.SignatureLines(["Learner", "Moderator"]), d.Paragraph("after")]
    body = docx.Document(io.BytesIO(d.to_word(d.Document("T", blocks=blocks)))).element.body

    def kept(part) -> set[bool]:
        name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
        return {line.find(f".//{name}keepNext") is not None for line in part.iter(f"{name}p")}

    table, gap, learner, between, moderator, end, *_ = list(body)[1:]
    assert kept(table[-1]) == kept(gap) == kept(learner) == kept(between) == {True}
    assert kept(table[-2]) == {False} and kept(moderator[-1]) == kept(end) == {False}


def test_text_is_never_mark_up():
    said = words(d.to_pdf(d.Document(NASTY, blocks=[d.Paragraph(NASTY), d.Table([NASTY], [(NASTY,)])])))
    assert " ".join(said.split()).count("*b* _i_ @ref $x^2$") == 4  # not counting line breaks; one is the title


def test_long_words_stay_on_the_page():
    long = "w" * 200
    made = d.to_pdf(
        d.Document(
            long,
            subtitle=long,
            meta={long: long},
            footer=long,
            blocks=[
                d.Heading(long),
                d.Paragraph(long),
                d.Bullets([long]),
                d.Callout(long, long),
                d.Table([long, "b"], [(long, 1), (2, long)], caption=long),
                d.SignatureLines([(long, long)]),
            ],
        )
    )
    for page in read(made).pages:
        rights = []

        def visit(text, matrix, position, font, size, rights=rights):
            if text.strip():
                rights.append(position[4] or matrix[4])

        page.extract_text(visitor_text=visit)
        assert max(rights, default=0) < float(page.mediabox.width)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_text_makes_a_pdf_and_a_word_file(text):
    document = d.Document(
        "T" + text,
        meta={text: text},
        author=text,
        footer=text,
        blocks=[d.Heading("H" + text), d.Paragraph(text), d.Table([text], [(text,)], caption=text), d.Callout(text)],
    )
    assert d.to_pdf(document).startswith(b"%PDF-")
    docx.Document(io.BytesIO(d.to_word(document)))


def test_a_damaged_picture_is_said_so():
    with pytest.raises(KitError, match="could not be made"):
        d.to_pdf(d.Document("T", blocks=[d.Figure(picture()[:60], "a picture")]))


def test_landscape_turns_both():
    turned = d.Document("T", landscape=True)
    box = read(d.to_pdf(turned)).pages[0].mediabox
    assert box.width > box.height
    section = docx.Document(io.BytesIO(d.to_word(turned))).sections[0]
    assert section.page_width > section.page_height


# --- Word ------------------------------------------------------------------------------------------------------------


def test_word_is_the_same_every_time():
    assert d.to_word(full()) == d.to_word(full())
    for part in zipfile.ZipFile(io.BytesIO(d.to_word(full()))).infolist():
        assert part.date_time == (1980, 1, 1, 0, 0, 0)


def test_word_has_headings_header_rows_alternative_text_and_properties():
    word = docx.Document(io.BytesIO(d.to_word(full())))
    assert [line.text for line in word.paragraphs if line.style.name == "Heading 1"] == ["First", "Last"]
    assert [line.text for line in word.paragraphs if line.style.name == "Heading 2"] == ["Too deep"]
    assert NASTY in [line.text for line in word.paragraphs]
    assert word.core_properties.title == "Assessor's report"
    assert word.core_properties.created.date() == DAY
    assert word.core_properties.language == "en-ZA"
    spend = next(table for table in word.tables if table.rows[0].cells[0].text == "Customer")
    assert spend.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(spend.rows) == 81
    assert spend.rows[2].cells[1].text == "1\u00a0000,5"
    assert all(column.width for column in spend.columns)
    assert [one._inline.docPr.get("descr") for one in word.inline_shapes] == ["A line that rises, then falls"]
    footer = word.sections[0].footer._element.xml
    assert "Confidential" in footer
    assert "NUMPAGES" in footer


def test_word_settings_stand_in_the_order_of_the_format():
    from learner_kit.documents.word import ORDER

    body = docx.Document(io.BytesIO(d.to_word(full()))).element.body
    for name, order in ORDER.items():
        known = [qn(f"w:{child}") for child in order.split()]
        for rules in body.iter(qn(f"w:{name}")):
            places = [known.index(child.tag) for child in rules]
            assert places == sorted(places)
