"""A learner's own table: guesses of columns, faults, templates, hostile files, and the form around a tool."""

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from learner_kit import grading
from learner_kit.contact import Policy
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.lessons import own_customers, own_tables
from learner_kit.lessons.own_data import Column, choose, guess, open_upload, reader, sheets, unmapped
from learner_kit.lessons.own_templates import faults_csv, template_csv, template_excel

from .hands import found, html, press, read

widgets = pytest.importorskip("ipywidgets")

DATA = Path(__file__).resolve().parents[2] / "data"
POLICY = Policy.load(DATA / "contact_policy.toml")
TABLES = {
    "prospects": own_tables.PROSPECTS,
    "methods": own_tables.METHODS,
    "worth": own_customers.WORTH,
    "ratings": own_tables.RATINGS,
    "complaints": own_tables.COMPLAINTS,
    "pairs": own_tables.PAIRS,
    "amounts": own_tables.AMOUNTS,
    "records": own_customers.RECORDS,
    "register": own_customers.REGISTER,
    "plan": own_customers.plan_columns(POLICY),
    "scorecard": own_customers.scorecard_columns(grading.Scales.load()),
    "activity": own_customers.ACTIVITY,
    "criteria": own_customers.criteria_columns({"units": "Products bought", "spend": "Spend", "days": "Time to pay"}),
}


def excel(*sheets_of):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets_of:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


# --- which column is which ---


@pytest.mark.parametrize(
    ("table", "headings", "expected"),
    [
        ("methods", ["Channel", "Total cost (R)", "Sent", "Delivered", "Replies"], [0, 1, 2, 3, 4]),
        ("methods", ["RESPONSES", "reached", "Contacts", "Cost", "method"], [4, 3, 2, 1, 0]),
        ("complaints", ["Datum", "Oorsaak", "Kanaal"], [0, 1, 2]),
        ("complaints", ["Received on", "Complaint type"], [0, 1, None]),
        ("complaints", ["Dates", "Causes"], [0, 1, None]),
        ("pairs", ["week", "Calls", "Sales"], [1, 2]),
    ],
)
def test_a_column_is_known_by_its_name(table, headings, expected):
    found = guess(TABLES[table], headings)
    assert list(found.values()) == [None if place is None else headings[place] for place in expected]


def test_names_of_people_are_not_taken_for_numbers():
    found = guess(own_customers.ACTIVITY, ["Customer name", "Customer phone", "Client no", "Sales", "E-mail address"])
    assert found["customer_id"] == "Client no" and found["revenue"] == "Sales"
    assert guess(own_customers.ACTIVITY, ["Customer name", "Contact person"])["customer_id"] is None
    assert guess(own_customers.RECORDS, ["Cell phone", "E-mail address"]) | {"customer_id": None} == {
        one.name: {"phone": "Cell phone", "email": "E-mail address"}.get(one.name) for one in own_customers.RECORDS
    }


def test_a_heading_serves_once_and_the_better_name_wins():
    both = (Column("day", "Day"), Column("order_day", "Order day"))
    assert guess(both, ["Order day"]) == {"day": None, "order_day": "Order day"}
    assert guess(both, ["Order day", "Day"]) == {"day": "Day", "order_day": "Order day"}
    assert guess(both, []) == {"day": None, "order_day": None}


def test_what_is_wrong_with_a_choice_of_columns_is_said():
    wrong = unmapped(own_tables.COMPLAINTS, {"date": "A", "cause": None, "channel": "A"})
    assert set(wrong) == {"date", "cause", "channel"}
    assert "Choose the column" in wrong["cause"] and "twice" in wrong["date"]
    assert not unmapped(own_tables.COMPLAINTS, {"date": "A", "cause": "B", "channel": None})


def test_a_column_must_make_sense():
    for wrong in ({"kind": "colour"}, {"kind": "choice"}, {"among": {"A": ()}}):
        with pytest.raises(ValueError, match="kind must be"):
            Column("x", "X", **wrong)


# --- reading, and every fault ---


def taken(table, text, **given):
    read = open_upload("mine.csv", text.encode())
    return choose(read, TABLES[table], guess(TABLES[table], list(read.columns)), "mine.csv", **given)


def test_numbers_and_dates_are_read_the_south_african_way():
    methods = taken("methods", "Method;Cost;Sent;Reached;Replies;Owner\nSMS;R1 500,00;1 000;900;9;Thandi\n")
    assert methods.to_dict("records") == [
        {"method": "SMS", "cost": 1500.0, "contacts": 1000.0, "reached": 900.0, "responses": 9.0}
    ]
    assert methods.attrs["headings"]["contacts"] == "Sent"
    days = taken("complaints", "Date,Cause\n05/10/2026,late\n2026-10-06,late\n7 October 2026,wrong item\n")["date"]
    assert [f"{one:%Y-%m-%d}" for one in days] == ["2026-10-05", "2026-10-06", "2026-10-07"]


def test_a_percentage_becomes_a_fraction_and_a_choice_its_value():
    score = taken("scorecard", "Client;Spend;GP %;Days late;Stock turns\nC-1;100;12,5 %;-2;1,1\nC-2;50;20;0;1\n")
    assert list(score["margin"]) == [0.125, 0.2] and list(score["days_late"]) == [-2.0, 0.0]
    rated = taken("ratings", "Item;Rating;Importance\nPrice;Very well;5\nPrice;;extremely IMPORTANT\n")
    assert list(rated["performance"]) == ["5", ""] and list(rated["importance"]) == ["5", "5"]


@pytest.mark.parametrize(
    "one", [one for cols in TABLES.values() for one in cols if one.kind == "choice"], ids=lambda one: one.name
)
def test_a_choice_says_all_that_it_reads(one):
    """What is taken for a value without a fault stands in the form, beside that value."""
    read_it, offered = (
        reader(one),
        re.findall(r"([^;]+?)(?: \(also ([^)]*)\))?(?:; |\.$)", one.takes.removeprefix("One of: ")),
    )
    told = {way: value for value, others in offered for way in (value, *others.split(", ")) if way}
    assert {way: read_it(way) for way in told} == told
    folded = {way.replace("-", " ").casefold() for way in told}
    assert {way.replace("-", " ").casefold() for value, ways in one.among.items() for way in (value, *ways)} == folded


def test_consent_in_yes_and_no_is_read_and_said():
    (consent,) = (one for one in TABLES["plan"] if one.name == "consent")
    assert [reader(consent)(said) for said in ("Yes", "ja", "nee", "none")] == ["opt-in", "opt-in", "none", "none"]
    assert (
        consent.takes
        == "One of: opt-in (also opted in, yes, ja); existing (also existing customer); none (also no, nee)."
    )


def test_every_fault_is_listed_under_the_learners_own_headings():
    with pytest.raises(DataError) as error:
        taken(
            "methods",
            "Way;Cost in all;Sent;Reached;Replies\nSMS;1,500;12,5;x;\n\nPost;-3;10;5;1\n;R20;3;2;1\nE-mail;12/2;1;1;1\n",
        )
    faults = [(one.row, one.column, one.value) for one in error.value.faults]
    assert faults == [
        (1, "Cost in all", "1,500"),
        (1, "Sent", "12,5"),
        (1, "Reached", "x"),
        (1, "Replies", ""),
        (3, "Cost in all", "-3"),
        (4, "Way", ""),
        (5, "Cost in all", "12/2"),
    ]
    reasons = [one.reason for one in error.value.faults]
    assert "1500 or 1,5" in reasons[0] and "whole number" in reasons[1] and "of 0 or more" in reasons[4]


def test_days_to_come_twins_and_too_many_kinds_are_faults():
    ahead = (dt.date.today() + dt.timedelta(days=2)).isoformat()
    with pytest.raises(DataError, match="lies in the future"):
        taken("complaints", f"Date,Cause\n{ahead},late\n")
    with pytest.raises(DataError, match="stands in row 1 already"):
        taken("criteria", "Client;Products bought;Spend;Time to pay\nC-1;1;1;1\nC-1;2;2;2\n")
    rows = "\n".join(f"2026-10-05,cause {place}" for place in range(41))
    with pytest.raises(DataError, match="41 different entries; at most 40"):
        taken("complaints", f"Date,Cause\n{rows}\n")


def test_columns_that_are_missing_and_numbers_of_rows_are_said():
    with pytest.raises(DataError) as error:
        taken("methods", "Way;Sent\nSMS;1\n")
    assert [one.column for one in error.value.faults] == ["Cost in all", "Customers reached", "Responses"]
    with pytest.raises(DataError, match="0 rows below the headings; this tool takes 2 to 5"):
        taken("pairs", "Calls;Sales\n", least=2, most=5)


def test_only_chosen_columns_come_out():
    chosen = taken("pairs", "Calls;Sales;Name;Phone\n1;2;Thandi;082 000 0123\n")
    assert list(chosen.columns) == ["x", "y"] and "Thandi" not in chosen.to_csv()


# --- templates ---


@pytest.mark.parametrize("make", [template_csv, template_excel])
@pytest.mark.parametrize("name", TABLES)
def test_a_template_is_read_back(name, make):
    columns = TABLES[name]
    table = open_upload("template", make(columns))
    assert list(table.columns) == [one.label for one in columns] and len(table) == 2
    mapping = guess(columns, list(table.columns))
    assert mapping == {one.name: one.label for one in columns}
    chosen = choose(table, columns, mapping)
    again = open_upload("template", template_csv(columns))
    pd.testing.assert_frame_equal(chosen, choose(again, columns, guess(columns, list(again.columns))))


def test_an_excel_template_holds_dates_and_numbers_as_such():
    page = openpyxl.load_workbook(io.BytesIO(template_excel(own_customers.ACTIVITY))).active
    assert page["B2"].value == dt.datetime(2021, 5, 14) and page["C2"].value == 24_000
    assert "yyyy" in page["B2"].number_format


# --- files that are not what they should be ---


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (b"%PDF-1.7 and more", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file"),
        (bytes(range(256)) * 4, "is not text"),
        (b"x" * 50_000_000, "is 50 MB; at most 10 MB"),
        (("a;" * 200 + "b\n").encode(), "has 1 fault|columns"),
    ],
    ids=["0 bytes", "blank", "pdf", "picture", "web page", "broken zip", "xls", "bytes", "50 MB", "200 columns"],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content, says):
    with pytest.raises((KitError, DataError), match=says):
        open_upload("mine.csv", content)


def test_too_much_of_anything_is_refused():
    with pytest.raises(KitError, match="101 columns; at most 100"):
        open_upload("mine.csv", ";".join(f"c{place}" for place in range(101)).encode() + b"\n")
    with pytest.raises(KitError, match="20001 rows; at most 20000"):
        open_upload("mine.csv", b"a;b\n" + b"1;2\n" * 20_001)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(200_000_000))
    with pytest.raises(KitError, match="unpacks to 200 MB"):
        open_upload("mine.xlsx", bomb.getvalue())
    assert sheets("mine.xlsx", bomb.getvalue()) == []


def test_formulas_are_text_and_never_leave_as_formulas():
    table = open_upload("mine.csv", b"Method;Cost;Sent;Reached;Replies\n=HYPERLINK(1);=1+1;1;1;1\n")
    mapping = guess(own_tables.METHODS, list(table.columns))
    with pytest.raises(DataError) as error:
        choose(table, own_tables.METHODS, mapping)
    assert [one.value for one in error.value.faults] == ["=1+1"]
    cells = list(csv.reader(io.StringIO(faults_csv(error.value.faults).decode("utf-8-sig")), delimiter=";"))
    assert cells[1][2] == "'=1+1"
    book = open_upload("mine.xlsx", excel(("One", [["Calls", "Sales"], [1, "=A2*2"]])))
    assert book.loc[0, "Sales"] == ""  # no value was worked out by a spreadsheet: empty, and so a fault


def test_nothing_is_written_to_disk(monkeypatch):
    book = excel(("One", [["Calls", "Sales"], [1, 2]]))
    open_upload("first.xlsx", book)  # loads what it needs
    for place in ("builtins.open", "io.open", "os.open", "tempfile.mkstemp", "tempfile.mkdtemp", "pathlib.Path.open"):
        monkeypatch.setattr(place, lambda *given, **_: pytest.fail(f"a file was opened: {given}"))
    for content in (b"Calls;Sales\n1;2\n", book):
        assert open_upload("mine", content).to_dict("records") == [{"Calls": "1", "Sales": "2"}]


def test_sheets_can_be_chosen_from():
    book = excel(("Jan", [["Calls", "Sales"], [1, 2]]), ("Feb", [["Calls", "Sales"], [3, 4]]))
    assert sheets("mine.xlsx", book) == ["Jan", "Feb"] and sheets("mine.csv", b"a;b\n") == []
    assert open_upload("mine.xlsx", book, "Feb").to_dict("records") == [{"Calls": "3", "Sales": "4"}]


# --- the form around a tool ---


def upload(face, name, content):
    chooser = found(face, widgets.FileUpload)[0]
    given = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
    chooser.value = (given | {"last_modified": dt.datetime.now(dt.UTC)},)


@pytest.fixture
def methods():
    from learner_kit.tools.methods_form import methods_form

    face = methods_form([{"method": "Post", "cost": 100, "contacts": 10, "reached": 5, "responses": 1}])
    press(face, "Use your own data")
    return face


MINE = b"Way;Paid;Sent;Reached;Replies;Name\nRadio;R1 500,00;1 000;900;9;Thandi\n"


def test_own_data_replace_the_practice_data_and_go_back(methods):
    assert "Cheapest for a response: Post" in read(methods) and "POPIA" in read(methods)
    upload(methods, "mine.csv", MINE)
    assert "mine.csv: 1 row, 6 columns" in read(methods)
    assert "Left out, and not used: Paid; Name." in read(methods) and "Thandi" not in read(methods)
    press(methods, "Use my data")
    assert "▲ Choose the column of your file that holds this." in read(methods)
    next(one for one in found(methods, widgets.Dropdown) if one.description.startswith("Cost in all")).value = "Paid"
    press(methods, "Use my data")
    assert "Cheapest for a response: Radio, R166,67" in read(methods) and "Post" not in read(methods)
    assert "Your own data: mine.csv, 1 row." in read(methods) and not methods.own.mapping.children
    press(methods, "Back to the practice data")
    assert "Cheapest for a response: Post" in read(methods) and methods.own.top.layout.display == "none"


def test_own_prospects_are_ordered_by_what_may_be_left():
    from learner_kit.tools.prospects_form import prospects_form

    group = {"prospects": 10, "purchase": 100, "purchases": 12, "margin": 0.5}
    face = prospects_form([group | {"group": "Few", "conversion": 0.1}, group | {"group": "Many", "conversion": 0.4}])
    assert "Of Many about R2 400 may be left" in read(face).replace("\u00a0", " ")
    press(face, "Use your own data")
    rows = "Shops;20;R1 500,00;6;0,2;30 %\nSchools;8;2 000 rand;4;50 percent;25 %\n"
    heads = "Group;Prospects;Spend;Times a year;Share;Margin\n"
    upload(face, "mine.csv", (heads + rows).encode())
    press(face, "Use my data")
    assert "write 0,2 % or 20 %" in read(face) and "Few" in read(face)  # a share of one is asked about
    upload(face, "mine.csv", (heads + rows.replace("0,2", "20 %")).encode())
    press(face, "Use my data")
    said = read(face).replace("\u00a0", " ")
    assert "Of Shops about R10 800 may be left" in said and "Few" not in said
    assert said.index("180 000") < said.index("64 000")


def test_own_customers_are_ordered_by_what_they_may_leave():
    from learner_kit.tools.worth_form import worth_form

    face = worth_form([{"customer_id": "C-0001", "revenue": 9_000, "margin": 0.1, "years": 2}])
    assert "C-0001 may leave most: R1 800" in read(face).replace("\u00a0", " ") and "buys most" not in read(face)
    press(face, "Use your own data")
    upload(face, "mine.csv", b"Client;Turnover;GP %;Years\n1;R1 000,00;50 %;2\n2;R2 000,00;20 %;\n3;900;40 %;4\n")
    press(face, "Use my data")
    said = read(face).replace("\u00a0", " ")
    assert "3 may leave most: R1 440 of gross profit. 2 buys most, but may leave R400." in said  # no years: one year
    upload(face, "mine.csv", b"Client;Sales;Margin\n1;1000;50 %\n2;2000;20 %\n")
    press(face, "Use my data")
    assert "1 may leave most: R500 of gross profit. 2 buys most" in read(face).replace("\u00a0", " ")


def test_faults_are_listed_and_what_stood_there_stays(methods):
    rows = "".join(f"Way {place};x{place};1;1;1\n" for place in range(60))
    upload(methods, "mine.csv", f"Method;Cost;Sent;Reached;Replies\n{rows}".encode())
    press(methods, "Use my data")
    said = read(methods)
    assert "▲ 60 faults in mine.csv." in said or "there are 60 rows" in said
    upload(methods, "mine.csv", f"Method;Cost;Sent;Reached;Replies\n{''.join(rows.splitlines(True)[:30])}".encode())
    press(methods, "Use my data")
    said = read(methods)
    assert "▲ 30 faults in mine.csv." in said and all(f"x{place} " in said for place in range(30))
    assert "Cheapest for a response: Post" in said


def test_what_the_tool_itself_refuses_is_listed_under_the_learners_headings(methods):
    upload(methods, "mine.csv", b"Method;Cost;Sent;Delivered;Replies\nSMS;1;5;9;1\n")
    press(methods, "Use my data")
    assert "▲ 1 fault in mine.csv." in read(methods) and "Delivered" in read(methods)
    assert "must be at most contacts, 5" in read(methods)


def test_what_a_cell_holds_is_never_markup(methods):
    bad = "<script>alert(1)</script>"
    upload(
        methods, f"{bad}.csv", f"Method;{bad};Cost;Sent;Reached;Replies\n<img src=x onerror=y>;a;R20;9;5;1\n".encode()
    )
    assert "<script" not in html(methods) and "<img" not in html(methods)
    press(methods, "Use my data")
    assert "Your own data:" in read(methods) and "<img src=x" not in html(methods)
    upload(methods, "mine.csv", b"Method;Cost;Sent;Reached;Replies\nSMS;<b>9</b>;9;5;1\n")
    press(methods, "Use my data")
    assert "&lt;b&gt;9" in html(methods) and "<b>9" not in html(methods)


def test_a_file_too_large_or_no_table_is_said_in_place(methods):
    upload(methods, "large.csv", bytes(50_000_000))
    assert "large.csv is 50 MB; at most 10 MB can be read." in read(methods)
    upload(methods, "empty.csv", b"")
    assert "empty.csv is empty" in read(methods)
    upload(methods, "ragged.csv", b"a;b\n1;2;3\n4\n")
    assert "▲ 2 faults in ragged.csv." in read(methods)


def test_cells_can_be_pasted(methods):
    press(methods, "Read what I pasted")
    assert "Paste the cells first" in read(methods)
    box = found(methods, widgets.Textarea)[0]
    box.value = "Method\tCost\tSent\tReached\tReplies\nFlyer\tR20,00\t9\t5\t1"
    press(methods, "Read what I pasted")
    press(methods, "Use my data")
    assert "Cheapest for a response: Flyer, R20" in read(methods) and box.value == ""


def test_a_sheet_of_a_workbook_is_asked_for(methods):
    head = ["Method", "Cost", "Sent", "Reached", "Replies"]
    book = excel(("Jan", [head, ["SMS", 20, 9, 5, 1]]), ("Feb", [head, ["Visit", 30, 9, 5, 1]]))
    upload(methods, "mine.xlsx", book)
    next(one for one in found(methods, widgets.Dropdown) if "2 sheets" in one.description).value = "Feb"
    press(methods, "Read this sheet")
    press(methods, "Use my data")
    assert "Cheapest for a response: Visit, R30" in read(methods)


def test_templates_are_links_that_need_no_network(methods):
    links = re.findall(r'download="([^"]+)" href="data:([^;]+);base64,', html(methods))
    assert [name for name, _ in links] == ["contact-methods.csv", "contact-methods.xlsx"]


# --- each tool with its own template ---


def used(face, columns):
    """Give the tool its own template, as a learner would who only wants to see what happens."""
    press(face, "Use your own data")
    upload(face, "template.csv", template_csv(columns))
    press(face, "Use my data")
    said = read(face)
    assert "✔ Your own data: template.csv, 2 rows." in said, said
    return said


def test_the_tools_of_so4_take_a_learners_table():
    from learner_kit.tools.grading_form import scorecard_form, weight_slider
    from learner_kit.tools.records_form import records_form
    from learner_kit.tools.register_form import register_form
    from learner_kit.tools.terms_form import terms_form
    from learner_kit.tools.trend_form import trend_form

    today, scales = dt.date(2026, 10, 31), grading.Scales.load()
    unchecked = pd.read_csv(DATA / "customers_unchecked.csv", dtype=str)
    said = used(records_form(unchecked, today), own_customers.RECORDS)
    assert "1 of 2 records have one or more" in said and "Last checked" in said
    assert "Nothing is missing" in used(register_form(POLICY), own_customers.REGISTER)
    measured = {"customer_id": ["P-1", "P-2"], "spend": [1, 2], "margin": [0.1, 0.2], "days_late": [0, 1]}
    said = used(scorecard_form(pd.DataFrame(measured | {"turns": 1})), own_customers.scorecard_columns(scales))
    assert "C-0001 scores" in said and "P-1" not in said
    three = pd.read_csv(DATA / "three_customers.csv")
    names = {"units": "Products bought", "spend": "Spend", "days_to_pay": "Time to pay"}
    by = {"units": "high", "spend": "high", "days_to_pay": "low"}
    said = used(weight_slider(three, by, "days_to_pay", names), own_customers.criteria_columns(names))
    assert "C-0002" in said and "Lotter" not in said
    bought = {"customer_id": ["P-1"], "since": ["2020-01-01"], "revenue": [900.0], "cogs": [500.0], "orders": [3]}
    said = used(terms_form(pd.DataFrame(bought), scales.rates, today), own_customers.ACTIVITY)
    assert "all customers together leave R" in said
    month = pd.DataFrame({"date": ["2026-01-05", "2026-02-05"], "amount": [1.0, 2.0]})
    said = used(trend_form(month, "Sales", today), own_tables.AMOUNTS)
    assert "these are 2. Choose more" in said


def test_complaints_and_pairs_of_a_learner_are_shown():
    from learner_kit.tools.complaints_form import complaints_form
    from learner_kit.tools.correlation_form import correlation_form

    log = pd.DataFrame({"date": ["2026-09-01"] * 4, "cause": ["late"] * 4, "channel": ["mail"] * 4})
    face = complaints_form(log, dt.date(2026, 10, 31))
    press(face, "Use your own data")
    upload(face, "mine.csv", b"Date;Cause\n" + b"01/09/2026;noise $x$\n" * 3 + b"2026-10-02;smell\n")
    press(face, "Use my data")
    assert "4 complaints. Noise $x$" in read(face)
    face = correlation_form({"A": ([1, 2, 3, 4], [1, 2, 3, 4])}, "Calls", "Sold")
    press(face, "Use your own data")
    upload(face, "mine.csv", b"Visits;Orders\n1;5\n2;4\n3;3\n4;2\n5;0\n")
    press(face, "Use my data")
    assert "Points (n) 5" in read(face) and "-0,99" in read(face).replace("−", "-")


def test_the_planner_and_the_survey_take_a_learners_table(tmp_path):
    from learner_kit import survey
    from learner_kit.tools.contact_planner import planner
    from learner_kit.tools.survey_form import survey_form
    from learner_kit.workbook import Workbook

    shops = pd.DataFrame({"customer_id": ["P-0001"], "name": ["Practice shop"]})
    said = used(planner(POLICY, shops, "2026-12-07"), own_customers.plan_columns(POLICY))
    assert "C-0001" in said and "Practice shop" not in said and "Complaint" in said
    questionnaire = survey.Questionnaire.load(DATA / "questionnaire.toml")
    responses = survey.read_responses(DATA / "survey_responses.csv", questionnaire)
    face = survey_form(questionnaire, responses, Workbook("guide", folder=tmp_path), "so2-ac2-survey")
    said = used(face, own_tables.RATINGS)
    assert "2 ratings. The two best marks, 4 and 5: 1 of 2 answers" in said and "Place on the map" in said


def test_a_fault_is_shown_with_its_row_and_reason():
    assert faults_csv([Fault(None, "Cost", None, "this column is missing")]).decode("utf-8-sig").splitlines() == [
        "Row;Column;What stands there;What is wrong",
        ";Cost;;this column is missing",
    ]
