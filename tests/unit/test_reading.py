"""Numbers, money, dates and tables as South Africans write them."""

import math
import zipfile
from datetime import date, datetime
from itertools import product

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from learner_kit.errors import DataError, KitError
from learner_kit.reading import (
    read_columns,
    read_date,
    read_number,
    read_table,
    write_number,
    write_rand,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R1 500,00", 1500),
        ("R1\u00a0500,00", 1500),
        ("r 1\u202f500", 1500),
        ("ZAR 1 500.00", 1500),
        ("1 500.00", 1500),
        ("1,500.00", 1500),
        ("1.500,00", 1500),
        ("1,500,000", 1_500_000),
        ("1.500.000,5", 1_500_000.5),
        ("1500", 1500),
        ("0,125", 0.125),
        ("0.125", 0.125),
        ("1500,125", 1500.125),
        ("1,2345", 1.2345),
        (",5", 0.5),
        ("-2,5", -2.5),
        ("\u22122,5", -2.5),
        ("-R20", -20),
        ("R-20", -20),
        ("(R1 500,00)", -1500),
        ("007", 7),
        ("+5", 5),
        ("R+5", 5),
        ("60 000 rand", 60_000),
        ("1500 R", 1500),
        ("-2,50 Rand", -2.5),
        ("R1 500-00", 1500),
        ("R1,500\u201300", 1500),
        ("1.500-00 ZAR", 1500),
        (5, 5),
        (2.5, 2.5),
    ],
)
def test_numbers_are_read(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("1,500", ("1500", "1,5")),
        ("1.500", ("1500", "1,5")),
        ("R12.345", ("12345", "12,3450")),
        ("1 500,125", ("1500125", "1500,1250")),
        ("100,000", ("100000", "100")),
    ],
)
def test_what_can_be_read_two_ways_is_refused_with_both(text, ways):
    with pytest.raises(ValueError, match=r"can be read two ways: write (.+) or (.+)\.$") as caught:
        read_number(text)
    fourth = " (with a fourth decimal)" if "," in ways[1] and ways[1].endswith("0") else ""
    assert str(caught.value).endswith(f"write {ways[0]} or {ways[1]}{fourth}.")
    assert read_number(ways[0]) != read_number(ways[1])  # each can be written, and means another number


@pytest.mark.parametrize(
    "text",
    [
        *("", "R", "five", "1 50", "1 5000", "1,50,000", "1,500,00", "15 000 00", "082 000 0123", "1e5", "--5"),
        *("-R-5", "(-5)", "5-", "1.5.", "5,", ".", ",", "R1,5k", "1'500", "٣", "1 500,000.00", "+-5", "(+5)"),
        *("1500-00", "R1 500-50", "R1500,50-00", "R5 million", "5 a year", "5 rands and 10 cents"),
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        read_number(text)


@pytest.mark.parametrize("value", [None, True, math.nan, math.inf, [1], b"5", "9" * 400])
def test_other_things_are_no_numbers(value):
    with pytest.raises(ValueError, match="number"):
        read_number(value)


def test_a_percentage_stays_one_and_only_where_it_is_asked_for():
    assert read_number("12 %", unit="%") == 12.0
    assert read_number("12,5%", unit="%") == 12.5
    assert read_number("12", unit="%") == 12.0
    for said in ("12 percent", "12 per cent", "12 Percent", "12persent"):
        assert read_number(said, unit="%") == 12.0
    for said in ("12 %", "12 per cent"):
        with pytest.raises(ValueError, match="percentage"):
            read_number(said)
    with pytest.raises(ValueError, match="an amount in rand, not a percentage"):
        read_number("12 %", unit="R")


@pytest.mark.parametrize(
    ("text", "ways"), [("0,12", ("0,12 %", "12 %")), ("0.5", ("0,5 %", "50 %")), ("-0,1234", ("-0,1234 %", "-12,34 %"))]
)
def test_a_share_of_one_in_a_percent_box_is_asked_about(text, ways):
    with pytest.raises(ValueError, match="two ways") as caught:
        read_number(text, unit="%")
    assert str(caught.value).replace("\u00a0", " ").endswith(f"write {ways[0]} or {ways[1]}.")
    assert read_number(ways[1], unit="%") == pytest.approx(100 * read_number(ways[0], unit="%"))
    assert read_number(text) == read_number(ways[0], unit="%")


def test_units():
    assert read_number("75 day", unit="days") == 75 and read_number("1 customer", unit="customers") == 1
    assert read_number("1 person", unit="people") == read_number("1 use", unit="uses") == 1
    with pytest.raises(ValueError, match="is not a number"):
        read_number("400 people", unit="customers")
    with pytest.raises(ValueError, match="asks for %"):
        read_number("12 rand", unit="%")
    assert read_number("30 days", unit="days") == 30
    assert read_number("1 500 Customers", unit="customers") == 1500
    with pytest.raises(ValueError, match="asks for days"):
        read_number("R30", unit="days")
    with pytest.raises(ValueError, match="not in Rand"):
        read_number("$30")
    with pytest.raises(ValueError, match="is not a number"):
        read_number("30 days")


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), st.sampled_from(" \u00a0.,"), st.sampled_from(",."))
def test_every_consistent_way_to_write_cents_reads_back(rand, cents, thousands, decimal):
    if thousands == decimal:
        return
    text = f"{rand:,}".replace(",", thousands) + f"{decimal}{cents:02d}"
    expected = math.copysign(abs(rand) + cents / 100, -1 if text.startswith("-") else 1)
    assert read_number(text) == pytest.approx(expected, abs=1e-6)
    assert read_number(text.replace("-", "-R") if rand < 0 else "R" + text) == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(",."))
def test_one_mark_before_three_digits_is_always_refused(whole, part, mark):
    with pytest.raises(ValueError, match="two ways"):
        read_number(f"{whole}{mark}{part:03d}")


@given(st.floats(-1e12, 1e12))
@example(-0.001)
def test_rand_written_for_show_reads_back(amount):
    said = write_rand(amount)
    assert read_number(said, unit="R") == pytest.approx(amount, abs=0.00501)
    assert " " not in said and not said.startswith("-R0,00")


def test_numbers_for_show():
    assert write_rand(1500) == "R1\u00a0500,00"
    assert write_rand(-60000, cents=False) == "-R60\u00a0000"
    assert write_number(0.969, 3) == "0,969"


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_words(text):
    for reader in (read_number, read_date):
        try:
            reader(text)
        except ValueError as error:
            assert str(error).endswith((".", ")"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026/11/21", date(2026, 11, 21)),
        ("31/12/2025", date(2025, 12, 31)),
        ("31.12.2025", date(2025, 12, 31)),
        ("1-2-2026", date(2026, 2, 1)),
        ("05/06/2026", date(2026, 6, 5)),
        (" 21  November 2026 ", date(2026, 11, 21)),
        ("21 nov 2026", date(2026, 11, 21)),
        ("21-Nov-2026", date(2026, 11, 21)),
        ("1st May 2026", date(2026, 5, 1)),
        ("21 Desember 2026", date(2026, 12, 21)),
        ("3 Mrt 2026", date(2026, 3, 3)),
        ("2026-11-21 00:00:00", date(2026, 11, 21)),
        ("29/02/2024", date(2024, 2, 29)),
        (datetime(2026, 11, 21), date(2026, 11, 21)),
        (pd.Timestamp("2026-11-21"), date(2026, 11, 21)),
        (date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_dates_are_read(text, day):
    assert read_date(text) == day
    assert type(read_date(text)) is date


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12/31/2025", "Write 31/12/2025 or 2025-12-31"),
        ("2025-31-12", "Write 31/12/2025 or 2025-12-31"),
        ("21/11/26", "21/11/2026 or 21/11/1926"),
        ("21 Nov 26", "21 Nov 2026"),
        ("November 21, 2026", "day first"),
        ("31/02/2026", "February 2026 has the days 1 to 28"),
        ("29/02/2100", "1 to 28"),
        ("40/40/2026", "no month 40."),
        ("2026-11-21 10:30", "time of day"),
        ("46347", "format of a date"),
        ("21 Nowember 2026", "no month that is known"),
        ("1/1/0001", "1900 to 2100"),
        ("", "empty"),
        ("tomorrow", "not a date"),
        (pd.NaT, "empty"),
        (None, "not a date"),
        (20261121, "not a date"),
        (datetime(2026, 11, 21, 10), "time of day"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_what_to_write(text, says):
    with pytest.raises(ValueError) as caught:
        read_date(text)
    assert says in str(caught.value)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_reads_back_in_every_form(day):
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d"):
        assert read_date(day.strftime(form)) == day


def save(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("separator", "encoding", "line"),
    list(product(";,\t", ["utf-8", "utf-8-sig", "cp1252", "utf-16"], ["\n", "\r\n"])),
)
def test_csv_in_each_form_reads_the_same(tmp_path, separator, encoding, line):
    rows = [["customer", "amount", "note"], ["C-001", '"R1 500,00"', "Café"], ["C-002", '"1,5"', '"a ""b"" ;,c"']]
    file = save(tmp_path / "t.csv", line.join(separator.join(row) for row in rows) + line, encoding)
    table = read_table(file)
    assert table.columns.tolist() == ["customer", "amount", "note"]
    assert table.to_numpy().tolist() == [["C-001", "R1 500,00", "Café"], ["C-002", "1,5", 'a "b" ;,c']]


def test_cells_stay_text_and_lose_only_the_spaces_around_them(tmp_path):
    table = read_table(save(tmp_path / "t.csv", "code; name \n0007; NA \nnull;None\n"))
    assert table.to_numpy().tolist() == [["0007", "NA"], ["null", "None"]]
    assert table.columns.tolist() == ["code", "name"]


def test_empty_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path):
    text = "\n;;\na;b;\n1;2;\n\n;;\n3;4;\n\n"
    table = read_table(save(tmp_path / "t.csv", text))
    assert table.to_numpy().tolist() == [["1", "2"], ["3", "4"]]
    assert (table.index + 1).tolist() == [1, 4]
    table = read_table(save(tmp_path / "t.csv", "a;b\n1;2\n;\n3;4\n"))
    assert (table.index + 1).tolist() == [1, 3]


def test_excel_hints_and_single_columns(tmp_path):
    assert read_table(save(tmp_path / "t.csv", "sep=,\na,b\n1,2\n")).to_numpy().tolist() == [["1", "2"]]
    assert read_table(save(tmp_path / "t.csv", "amount\n1,5\n2,5\n")).to_numpy().tolist() == [["1,5"], ["2,5"]]
    assert read_table(save(tmp_path / "t.csv", "amount\n")).shape == (0, 1)
    assert read_table(save(tmp_path / "t.csv", "a;b\n1;2;;\n")).to_numpy().tolist() == [["1", "2"]]


def test_rows_that_do_not_fit_are_all_named(tmp_path):
    file = save(tmp_path / "t.csv", "a,b\n1,R1 500,00\n1,2\n3\n")
    with pytest.raises(DataError) as caught:
        read_table(file)
    assert [fault.row for fault in caught.value.faults] == [1, 3]
    assert "decimal comma" in caught.value.faults[0].reason
    with pytest.raises(DataError, match=r"row 2: a quotation mark"):
        read_table(save(tmp_path / "t.csv", 'a,b\n1,2\n3,"4\n5,6\n'))


def test_columns_without_a_name_or_with_the_same_are_named(tmp_path):
    with pytest.raises(DataError) as caught:
        read_table(save(tmp_path / "t.csv", "a;;a;b\n1;2;3;4\n"))
    assert [fault.column for fault in caught.value.faults] == ["column 2", "a"]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b";;\n;\n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"<html><table>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "password"),
        (b"a\0b\n", "not text"),
        (b"a\x81\x8d\xff\n", "not text"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path, raw, says):
    file = tmp_path / "t.csv"
    file.write_bytes(raw)
    with pytest.raises(KitError, match=says):
        read_table(file)


def test_files_that_are_not_there_or_not_files(tmp_path):
    with pytest.raises(KitError, match="no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(KitError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(KitError):
        read_table("bad\0name.csv")
    with pytest.raises(KitError, match="no sheets"):
        read_table(save(tmp_path / "t.csv", "a;b\n"), sheet="One")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("learner_kit.tablefile.MAX_BYTES", 10)
    with pytest.raises(KitError, match="Split it"):
        read_table(save(tmp_path / "t.csv", "a;b\n1;2\n3;4\n"))


@pytest.fixture
def workbook(tmp_path):
    import openpyxl

    def make(sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append(row)
        return book

    return make


def test_excel_cells_become_text_that_reads_back(tmp_path, workbook):
    day = datetime(2026, 11, 21)
    book = workbook({"Orders": [[None], ["day", "amount", "share", "code", "ok"], [day, 12.345, 0.125, "007", True]]})
    book["Orders"].append([datetime(2026, 11, 21, 8, 30), 1500, None, 0, None])
    book["Orders"]["C3"].number_format = "0.0%"
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert table.to_numpy().tolist() == [
        ["2026-11-21", "12.3450", "12.5 %", "007", "TRUE"],
        ["2026-11-21 08:30:00", "1500", "", "0", ""],
    ]
    assert read_number(table["amount"][0]) == 12.345
    assert read_number(table["share"][0], unit="%") == 12.5
    assert read_date(table["day"][0]) == day.date()


@given(st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15))
def test_any_number_of_a_spreadsheet_reads_back(value):
    from types import SimpleNamespace

    from learner_kit.excelfile import _shown

    said = _shown(SimpleNamespace(value=value, number_format="General"))
    assert read_number(said) == pytest.approx(value, rel=1e-12, abs=1e-14)


def test_the_sheet_is_asked_for_only_where_it_is_needed(tmp_path, workbook):
    rows = [["a", "b"], [1, 2]]
    workbook({"One": rows, "Empty": []}).save(tmp_path / "one.xlsx")
    assert read_table(tmp_path / "one.xlsx").to_numpy().tolist() == [["1", "2"]]
    workbook({"One": rows, "Two": [["c"], [3]]}).save(tmp_path / "two.xlsx")
    with pytest.raises(KitError, match="One, Two"):
        read_table(tmp_path / "two.xlsx")
    with pytest.raises(KitError, match="no sheet 'Three'"):
        read_table(tmp_path / "two.xlsx", sheet="Three")
    assert read_table(tmp_path / "two.xlsx", sheet="Two").to_numpy().tolist() == [["3"]]
    workbook({"Empty": []}).save(tmp_path / "none.xlsx")
    with pytest.raises(KitError, match="empty"):
        read_table(tmp_path / "none.xlsx")


def test_excel_faults_are_all_named(tmp_path, workbook):
    rows = [["a", "b"], ["#DIV/0!", 1], [], [1, 2, 3]]
    workbook({"One": rows}).save(tmp_path / "t.xlsx")
    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "t.xlsx")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(1, "a"), (3, None)]


def test_packed_files_that_are_no_workbook_or_a_bomb(tmp_path, monkeypatch, workbook):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
    with pytest.raises(KitError, match="not an Excel workbook"):
        read_table(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(KitError, match="damaged"):
        read_table(tmp_path / "t.xlsx")
    workbook({"One": [["a"], [1]]}).save(tmp_path / "t.xlsx")
    monkeypatch.setattr("learner_kit.excelfile.MAX_UNPACKED", 100)
    with pytest.raises(KitError, match="unpacks to"):
        read_table(tmp_path / "t.xlsx")


def test_columns_are_turned_and_the_table_given_is_not_changed():
    table = pd.DataFrame({"day": ["31/12/2025", "2026-01-01"], "amount": ["R1 500,00", " "], "note": ["a", "b"]})
    kept = table.copy()
    read = read_columns(table, {"day": read_date, "amount": read_number, "note": str.upper}, may_be_empty=["amount"])
    pd.testing.assert_frame_equal(table, kept)
    assert read["day"].tolist() == [pd.Timestamp(2025, 12, 31), pd.Timestamp(2026, 1, 1)]
    assert read["amount"][0] == 1500 and math.isnan(read["amount"][1])
    assert read["note"].tolist() == ["A", "B"]


def test_every_cell_that_cannot_be_read_is_a_fault():
    table = pd.DataFrame({"day": ["12/31/2025", "", None], "amount": ["1,500", "5", "1,500"]}, index=[0, 2, 5])
    with pytest.raises(DataError) as caught:
        read_columns(table, {"day": read_date, "amount": read_number}, "orders.csv")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (1, "day"),
        (1, "amount"),
        (3, "day"),
        (6, "day"),
        (6, "amount"),
    ]
    assert "two ways" in caught.value.faults[1].reason
    with pytest.raises(DataError, match="missing"):
        read_columns(table, {"price": read_number})
