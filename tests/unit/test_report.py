"""The report to the internal authority."""

import dataclasses
import datetime
import io

import docx
import pandas as pd
import pytest

from learner_kit import documents, plots, reading, trends
from learner_kit.errors import DataError, KitError
from learner_kit.report import NONE_FOUND, Finding, Recommendation, Source, for_authority, write

DAY = datetime.date(2026, 11, 21)
GIVEN = {
    "to": "Head of customer service",
    "prepared_by": "L-0001",
    "date": DAY,
    "title": "Complaints in 2026",
    "summary": "Half of the complaints wait too long.",
    "findings": ["85 of 240 complaints were about slow answers."],
    "recommendations": [Recommendation("Answer within a day", "slow answers", "Team leader", DAY)],
    "sources": [Source("Complaint log", 240, "2024 to 2026", "only what staff wrote down")],
}


def headings(document, level=1):
    return [one.text for one in document.blocks if isinstance(one, documents.Heading) and one.level == level]


def test_it_has_every_part_a_reader_in_authority_needs():
    made = for_authority(**GIVEN, period="2026", organisation="Sample Shop")
    assert headings(made) == [
        *("Summary", "Findings", "Trends and problems", "Recommendations", "Source of the data", "Receipt")
    ]
    assert dict(made.meta) == {"To": "Head of customer service", "From": "L-0001", "Date": DAY, "Period": "2026"}
    assert any(isinstance(one, documents.SignatureLines) for one in made.blocks)
    assert documents.Paragraph(NONE_FOUND) in made.blocks
    assert made.footer == "For internal use · 21 November 2026"


def test_tables_and_charts_come_with_their_words():
    causes = pd.DataFrame({"cause": ["slow", "rude"], "count": [8, 2]})
    chart = plots.pareto(causes, title="Causes")
    shown = Finding("Two causes.", "Causes", table=causes, chart=chart, caption="Causes of complaints")
    made = for_authority(**GIVEN, trends=[shown])
    assert headings(made, 2) == ["Causes"]
    [figure] = [one for one in made.blocks if isinstance(one, documents.Figure)]
    assert figure.alt == plots.alt(chart)
    assert documents.table_of(causes, "Causes of complaints") in made.blocks
    pdf = documents.to_pdf(made)
    assert pdf == documents.to_pdf(for_authority(**GIVEN, trends=[dataclasses.replace(shown)]))
    word = docx.Document(io.BytesIO(documents.to_word(made)))
    assert word.inline_shapes[0]._inline.docPr.get("descr") == figure.alt


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(DataError) as error:
        for_authority(
            **GIVEN
            | {
                "to": " ",
                "date": "2026-11-21",
                "summary": [],
                "findings": [],
                "recommendations": ["do it"],
                "sources": [],
            }
        )
    assert {fault.column for fault in error.value.faults} == {
        *("to", "date", "summary", "findings", "recommendations", "sources")
    }


@pytest.mark.parametrize(
    ("part", "value", "column"),
    [
        ("findings", [Finding("ok"), ""], "findings, text"),
        ("trends", [Finding(None)], "trends, text"),
        ("recommendations", [Recommendation("do", "", "you")], "recommendations, why"),
        ("sources", [Source("")], "sources, what"),
        ("summary", ["fine", " "], "summary"),
    ],
)
def test_parts_without_words_are_refused(part, value, column):
    with pytest.raises(DataError) as error:
        for_authority(**GIVEN | {part: value})
    assert error.value.faults[0].column == column
    assert error.value.faults[0].row == len(value)


def test_from_a_learners_own_file_to_the_report(tmp_path):
    """An employer's CSV, as Excel with South African settings writes it: read, counted, drawn, reported, twice over."""
    own = tmp_path / "complaints.csv"
    lines = ["Cause;Cost;Day"] + ["Late delivery;R1 250,00;03/11/2026"] * 3 + ["Rude staff;R80,50;04/11/2026"]
    own.write_bytes("\r\n".join(lines).encode("cp1252"))
    readers = {"Cost": reading.read_number, "Day": reading.read_date}
    table = reading.read_columns(reading.read_table(own), readers, "complaints.csv")
    causes = trends.pareto(table, cause="Cause", amount="Cost")
    assert causes["count"].tolist() == [3750.0, 80.5]
    findings = [Finding("Late delivery costs most.", "Costs", causes, plots.pareto(causes), "By cause")]
    made = for_authority(**GIVEN | {"findings": findings})
    for name, start in (("report.pdf", b"%PDF-"), ("report.docx", b"PK")):
        first, again = (write(made, tmp_path / place / name).read_bytes() for place in ("one", "two"))
        assert first == again and first.startswith(start)
    read = docx.Document(tmp_path / "one" / "report.docx")
    assert "3\xa0750" in " ".join(cell.text for row in read.tables[1].rows for cell in row.cells)


def test_a_report_is_written_as_pdf_or_word_only(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.pdf or \.docx"):
        write(for_authority(**GIVEN), tmp_path / "report.odt")
    (tmp_path / "in the way").write_text("a file")
    with pytest.raises(KitError, match="cannot be written"):
        write(for_authority(**GIVEN), tmp_path / "in the way" / "report.pdf")
