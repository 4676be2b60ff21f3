"""Documents for print and for the screen: one plain model, a PDF through typst and a Word file through python-docx.

Build a `Document` from blocks and turn it into bytes; nothing is written to disk and no clock is read, so that the same
document always gives the same bytes. Every text may hold anything a person can type (or paste): it is data, never
mark-up.

    >>> from learner_kit.documents import Document, Heading, Paragraph, Table, to_pdf, to_word
    >>> report = Document(
    ...     title="Call report",
    ...     meta=[("To", "Head of customer service"), ("Learner", "L-0001")],
    ...     blocks=[
    ...         Heading("What was found"),
    ...         Paragraph("Calls were answered later than the month before."),
    ...         Table(["Week", "Calls"], [["First", 12], ["Second", 1450]], caption="Calls a week"),
    ...     ],
    ... )
    >>> to_pdf(report)[:5]
    b'%PDF-'
    >>> to_word(report)[:2]
    b'PK'
"""

from learner_kit.documents.model import (
    Block,
    Bullets,
    Callout,
    Document,
    Facts,
    Figure,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
    table_of,
)
from learner_kit.documents.pdf import to_pdf
from learner_kit.documents.text import clean, long_date, shown
from learner_kit.documents.word import to_word

__all__ = [
    "Block",
    "Bullets",
    "Callout",
    "Document",
    "Facts",
    "Figure",
    "Heading",
    "Lines",
    "PageBreak",
    "Paragraph",
    "SignatureLines",
    "Table",
    "clean",
    "long_date",
    "shown",
    "table_of",
    "to_pdf",
    "to_word",
]
