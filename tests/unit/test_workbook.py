"""Questions, checks and the workbook: plain data, without a screen."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import date as Date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.workbook import (
    CheckFailed,
    Form,
    Status,
    Workbook,
    choice,
    choices,
    date,
    evidence,
    grading,
    number,
    order,
    table,
    text,
)
from learner_kit.workbook.evidence_files import KINDS, LIMIT, add_file, kind_of, safe_name
from learner_kit.workbook.marking import mark, same

SALES = number("so1-ac1-sales", "Sales a year?", unit="R", low=0)
BEST = choice("so1-ac1-best", "Best group?", options={"walk": "Walk-in", "tel": "Telephone"})
WHO = choices("so1-ac2-who", "Who?", options=["Client", "Colleague", "Nobody"])
STEPS = order("so1-ac4-steps", "Order", options=["Greet", "Ask", "Offer"])
MEMO = text("so1-ac3-memo", "Explain", words=(5, 10))
DAY = date("so1-ac5-day", "When?", low=Date(2026, 1, 1))
TALLY = table("so1-ac2-tally", "Tally", {"Count": "number", "Band": ["A", "B"], "Why": "text"}, rows=["Yes", "No"])
PROOF = evidence("so1-ac5-proof", "Minutes", criteria=["so1-ac5"], kinds=["pdf", "text"])
ALL = (SALES, BEST, WHO, STEPS, MEMO, DAY, TALLY, PROOF)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.kind)
@given(value=PLAIN)
def test_any_plain_value_is_sound_or_told(question, value):
    fault = question.fault(value)
    assert fault is None or (isinstance(fault, str) and fault)
    assert question.valid(value) == (fault is None)
    assert isinstance(question.show(value), str)


@pytest.mark.parametrize("typed", ["R1 500,00", "1500", "1 500.00", "1\u00a0500", " r 1500 ", "ZAR 1 500,00"])
def test_money_is_understood_however_it_is_typed(typed):
    assert SALES.read(typed) == 1500.0


@pytest.mark.parametrize("typed", ["1,500", "1.500", "abc", "12 %", "R-5", "1e400", "9" * 40, "NaN", "inf", "$5"])
def test_a_number_that_is_not_clear_is_asked_about(typed):
    with pytest.raises(ValueError, match=r"\w"):
        SALES.read(typed)


@pytest.mark.parametrize("value", [True, math.nan, math.inf, -math.inf, 10**400, "1500", [1], -1, 1e300])
def test_what_no_number_field_holds(value):
    assert not SALES.valid(value)


def test_a_percentage_stays_one():
    assert number("a", "?", unit="%").read("12,5 %") == 12.5


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 4)), st.sampled_from(["R", "%", None, "customers"]))
def test_a_number_is_shown_as_it_may_be_typed_again(value, unit):
    question = number("a", "?", unit=unit)
    assert question.read(question.show(value)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.kind)
def test_nothing_typed_is_no_answer(question):
    several = {"choices": [[], ""], "order": [[], ""], "table": [[{}, {"Count": " "}]], "evidence": [[]]}
    for nothing in [None, *several.get(question.kind, ["", "  "])] if question.kind != "table" else several["table"]:
        assert question.read(nothing) is None
    assert question.takes.endswith(".")


def test_options_are_found_by_key_or_label_whatever_their_case():
    assert BEST.read("  WALK-in ") == BEST.read("walk") == "walk"
    assert WHO.read("colleague; client") == ["Client", "Colleague"]
    assert STEPS.read(["ask", "Greet", "offer"]) == ["Ask", "Greet", "Offer"]
    for question, typed in ((BEST, "Fax"), (WHO, ["Fax"]), (STEPS, ["Greet", "Ask"]), (STEPS, ["Greet", "Ask", "Ask"])):
        with pytest.raises(ValueError, match=r"Choose|twice|order"):
            question.read(typed)


def test_dates_come_day_first_and_within_their_bounds():
    assert DAY.read("31/12/2026") == "2026-12-31"
    assert DAY.read(Date(2026, 11, 21)) == "2026-11-21"
    for typed in ("12/31/2026", "31/12/26", "2025-12-31", "soon"):
        with pytest.raises(ValueError):
            DAY.read(typed)


def test_a_text_keeps_its_lines_and_has_a_longest():
    assert MEMO.read("one\r\ntwo") == "one\ntwo"
    assert MEMO.read("a\ud800b") == "a\ufffdb"
    assert MEMO.valid("x" * 20_000)
    assert not MEMO.valid("x" * 20_001)


def test_every_fault_of_a_table_is_named_by_row_and_column():
    with pytest.raises(ValueError) as told:
        TALLY.read([{"Count": "many", "Band": "C"}, {"Count": "1,500"}])
    assert [line.split(":")[0] for line in str(told.value).splitlines()] == ["Yes, Count", "Yes, Band", "No, Count"]
    value = TALLY.read([{"Count": "12", "Band": "a", "Why": ""}, {"Count": "7"}])
    assert value == [{"Count": 12.0, "Band": "A", "Why": None}, {"Count": 7.0, "Band": None, "Why": None}]
    assert TALLY.open_cells(value) == 3
    assert not TALLY.valid(value[:1])
    assert not TALLY.valid([{"Count": 1.0, "Other": 2}, {}])


@pytest.mark.parametrize(
    "make",
    [
        lambda: number("So1", "?"),
        lambda: number("a--b", "?"),
        lambda: number("a" * 101, "?"),
        lambda: number("a", " "),
        lambda: choice("a", "?", ["only"]),
        lambda: choice("a", "?", ["Same", "same "]),
        lambda: choice("a", "?", {"x": "Same", "y": "same"}),
        lambda: table("a", "?", {}),
        lambda: table("a", "?", {"n": "colour"}),
        lambda: table("a", "?", ["n"], rows=0),
        lambda: table("a", "?", ["n"], rows=2, least=3),
        lambda: table("a", "?", ["n"], rising=True),
        lambda: evidence("a", "?", kinds=["exe"]),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(make):
    with pytest.raises(ValueError):
        make()


# --- marking


@pytest.mark.parametrize(
    ("value", "expected", "share"),
    [
        (60_000.0, 60_000, 1),
        (60_000.004, 60_000, 1),
        (60_000.01, 60_000, 0),
        (1.0, True, 0),
        (True, 1, 0),
        ("60000", 60_000, 0),
        (math.nan, 1, 0),
        (10**400, 1, 0),
        (" Walk-In\u00a0Customers", "walk-in customers", 1),
        (None, "walk-in", 0),
        (["a", "B"], {"b", "A"}, 1),
        (["a"], {"a", "b"}, 0),
        (["a", "b"], ["a", "b"], 1),
        (["b", "a"], ["a", "b"], 0),
        ([["a"]], {"a"}, 0),
        ("2026-11-21", Date(2026, 11, 21), 1),
        ([{"n": 1.0}, {"n": 2.0}], [{"n": 1}, {"n": 3}], 0.5),
        ([{"n": 1.0}], [{"n": 1}, {"n": 3}], 0.5),
        ("table", [{"n": 1}], 0),
        (3, lambda value: value > 2, 1),
        (3, lambda value: 0.25, 0.25),
        (3, lambda value: 7, 1),
        (3, lambda value: -7, 0),
        (3, lambda value: math.nan, 0),
        (3, lambda value: None, 0),
        (3, lambda value: value["x"], 0),
        (3, lambda value: (lambda f: f(f))(lambda f: f(f)), 0),
    ],
)
def test_what_an_answer_is_worth(value, expected, share):
    assert mark(value, expected).share == share


@given(value=PLAIN, expected=st.one_of(st.floats(), st.text(), st.lists(st.text()), st.dates()))
def test_marking_never_raises_on_what_a_file_may_hold(value, expected):
    assert 0 <= mark(value, expected).share <= 1


def test_the_order_of_choices_does_not_count_but_that_of_an_order_does():
    assert mark(["Client", "Colleague"], ["colleague", "client"], question=WHO).share == 1
    assert mark(["Greet", "Ask", "Offer"], ["Ask", "Greet", "Offer"], question=STEPS).share == 0


def test_a_table_may_be_expected_by_row_label():
    value = [{"Count": 12.0}, {"Count": 8.0}]
    assert mark(value, {"No": {"Count": 8}, "Yes": {"Count": 12}}, question=TALLY).share == 1


def test_tolerance_is_in_the_unit_of_the_answer():
    assert same(64.9, 64.86, tolerance=0.05) and not same(64.9, 64.8, tolerance=0.05)


# --- grading


def graded(answers, act):
    with grading(answers, "L-0001") as seen:
        book = Workbook("so1")
        book.ask(*ALL)
        return act(book), seen


def test_full_points_say_nothing_and_a_part_is_given_back():
    assert graded({"so1-ac1-sales": 60_000}, lambda book: book.check("so1-ac1-sales", 60_000))[0] is None
    points, seen = graded(
        {"so1-ac3-memo": "words"},
        lambda book: book.check("so1-ac3-memo", lambda value: (0.5, "no risk"), "Name two.", points=4),
    )
    assert points == 2.0
    assert seen.results["so1-ac3-memo"].said == "Name two. no risk"
    assert set(seen.questions) == {question.id for question in ALL}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "not answered yet"),
        ({"so1-ac1-sales": None}, "not answered yet"),
        ({"so1-ac1-sales": 59_999}, "^Visits a year\\?$"),
        ({"so1-ac1-sales": "60000"}, "not in the form"),
        ({"so1-ac1-sales": math.nan}, "not in the form"),
        ({"so1-ac1-sales": {"a": [1]}}, "not in the form"),
    ],
)
def test_a_failure_says_the_hint_and_never_the_expected_value(answers, said):
    with pytest.raises(CheckFailed, match=said) as failed:
        graded(answers, lambda book: book.check("so1-ac1-sales", 60_000, hint="Visits a year?"))
    assert "60" not in str(failed.value).replace("60000", "") or "60 000" not in str(failed.value)


def test_a_part_without_points_is_the_authors_fault():
    with pytest.raises(ValueError, match="points="):
        graded({"so1-ac3-memo": "x"}, lambda book: book.check("so1-ac3-memo", lambda value: 0.5))


def test_a_table_earns_a_part_only_where_points_are_named():
    answers = {"so1-ac2-tally": [{"Count": 12.0}, {"Count": 9.0}]}
    wanted = [{"Count": 12}, {"Count": 8}]
    assert graded(answers, lambda book: book.check("so1-ac2-tally", wanted, points=2))[0] == 1.0
    with pytest.raises(CheckFailed):
        graded(answers, lambda book: book.check("so1-ac2-tally", wanted))


def test_a_rule_cannot_change_the_answers():
    with grading({"so1-ac2-who": ["Client"]}):
        book = Workbook("so1")
        book.check("so1-ac2-who", lambda value: value.append("x") or True)
        assert book.answers["so1-ac2-who"] == ["Client"]


def test_grading_touches_no_disk_and_ends(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with grading({"so1-ac1-sales": 1.0}, "L-0007"):
        book = Workbook("so1")
        book.ask(SALES)
        book.set("so1-ac1-sales", 2.0)
        assert book.learner == "L-0007"
    assert list(tmp_path.iterdir()) == []
    assert Workbook("so1").answers["so1-ac1-sales"] is None


# --- the learner's session


def test_a_learner_never_meets_an_error(tmp_path):
    book = Workbook("so1", tmp_path)
    early = book.check("so1-ac1-sales", 60_000, hint="Visits?")
    assert isinstance(early, Status) and "not answered yet" in repr(early)
    form = book.ask(SALES)
    assert isinstance(form, Form) and book.missing() == ("so1-ac1-sales",)
    book.set("so1-ac1-sales", 1.0)
    assert "another look. Visits?" in repr(early) and "60" not in repr(early)
    assert "answered" in repr(book.check("so1-ac1-sales"))
    book.set("so1-ac1-sales", 60_000.0)
    assert "right" in repr(early)
    assert book.progress == (1, 1, ())


@pytest.mark.parametrize("name", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_where_nbgrader_runs_checks_raise_and_nothing_is_written(tmp_path, monkeypatch, name):
    path = tmp_path / "answers.json"
    path.write_text("{ damaged", encoding="utf-8")
    monkeypatch.setenv(name, "1")
    book = Workbook("so1", tmp_path)
    book.ask(SALES)
    with pytest.raises(CheckFailed):
        book.check("so1-ac1-sales")
    book.set("so1-ac1-sales", 1.0)
    assert [file.name for file in tmp_path.iterdir()] == ["answers.json"]
    assert path.read_text(encoding="utf-8") == "{ damaged"


def test_a_part_is_the_last_value_where_nbgrader_runs(tmp_path, monkeypatch, capsys):
    Workbook("so1", tmp_path).ask(MEMO).book.set("so1-ac3-memo", "some words")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    book = Workbook("so1", tmp_path)
    assert book.check("so1-ac3-memo", lambda value: 0.5, "Name two.", points=3) == 1.5
    assert capsys.readouterr() == ("Name two.\n", "")


def test_ids_are_used_once_but_a_cell_may_run_again(tmp_path):
    book = Workbook("so1", tmp_path)
    book.ask(SALES, BEST)
    book.ask(SALES, BEST)
    book.ask(number("so1-ac1-sales", "Reworded?"), BEST)
    with pytest.raises(ValueError, match="so1-ac1-sales stands twice"):
        book.ask(SALES)
    with pytest.raises(ValueError, match="stands twice"):
        book.ask(MEMO, MEMO)


def test_only_sound_values_of_questions_asked_are_kept(tmp_path):
    book = Workbook("so1", tmp_path)
    with pytest.raises(ValueError, match="not a question"):
        book.set("so1-ac1-sales", 1.0)
    book.ask(SALES, WHO)
    with pytest.raises(ValueError):
        book.set("so1-ac1-sales", math.nan)
    given = ["Client"]
    book.set("so1-ac2-who", given)
    given.append("Nobody")
    book.answers["so1-ac2-who"].append("Nobody")
    assert book.answers["so1-ac2-who"] == ["Client"]
    assert dict(book.answers) == {"so1-ac2-who": ["Client"]}
    assert book.answers["never-asked"] is None


@pytest.mark.parametrize("said", ["L-1", "X0001", "Thandi", "L-00x1", "", "L-0001\n; rm", "Ｌ-0001", "L-٠٠٠١"])
def test_a_learner_is_known_by_number_only(tmp_path, said):
    book = Workbook("so1", tmp_path)
    with pytest.raises(ValueError, match="L-0001"):
        book.identify(said)
    book.identify(" l-0042 ")
    assert Workbook("so1", tmp_path).learner == "L-0042"


def test_who_watches_hears_of_every_change_once(tmp_path):
    book, heard = Workbook("so1", tmp_path), []
    stop = book.watch(heard.append, "face")
    book.watch(heard.append, "face")
    stop()  # the one that was replaced: nothing left to stop
    book.ask(SALES)
    book.set("so1-ac1-sales", 1.0)
    book.identify("L-0001")
    assert heard == [None, "so1-ac1-sales", None]


def test_importing_the_workbook_stays_light():
    code = (
        "import sys, learner_kit.forms, learner_kit.workbook;"
        "print([name for name in ('pandas', 'ipywidgets', 'IPython', 'matplotlib', 'nbgrader', 'filelock') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


# --- evidence


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..\\..\\x.pdf", "x.pdf"),
        ("../../etc/passwd", "passwd"),
        ("CON", "file-CON"),
        ("con.txt", "file-con.txt"),
        ("LPT1.x.pdf", "file-LPT1.x.pdf"),
        ("a\nb.pdf", "a-b.pdf"),
        (".hidden", "hidden"),
        ("...", "file"),
        ("", "file"),
        ("minute\u202efdp.exe", "minute-fdp.exe"),
        ("Notule van vergadering (1).PDF", "Notule-van-vergadering-(1).pdf"),
        ("=cmd|x.csv", "cmd-x.csv"),
    ],
)
def test_hostile_names_are_made_safe(name, safe):
    assert safe_name(name) == safe
    assert safe_name(safe) == safe


@given(st.text(max_size=400))
def test_every_name_is_made_safe_once_and_for_all(name):
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert 0 < len(safe) <= 80 and not set(safe) & set('<>:"/\\|?*\n\r\t\0') and not safe.startswith((".", "-"))
    assert len(safe.encode()) <= 255


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "0 bytes"),
        ("a.exe", b"MZ", "not taken"),
        ("a", b"x", "not taken"),
        ("a.pdf", b"MZ", "something else"),
        ("a.docx", b"PK\x03\x04broken", "something else"),
        ("a.txt", b"a\0b", "something else"),
        ("a.pdf", b"%PDF-" + b"0" * LIMIT, "at most 25 MB"),
    ],
)
def test_files_that_are_not_taken_are_refused_in_words(name, content, said):
    with pytest.raises(ValueError, match=said):
        kind_of(name, content)


def test_evidence_is_kept_once_under_a_name_of_its_own(tmp_path):
    value = add_file(tmp_path, PROOF, None, "..\\minutes.pdf", b"%PDF-1", "signed")
    value = add_file(tmp_path, PROOF, value, "Minutes.pdf", b"%PDF-2")
    assert [item["file"] for item in value] == ["minutes.pdf", "Minutes-2.pdf"]
    assert PROOF.valid(json.loads(json.dumps(value)))
    assert sorted(path.name for path in (tmp_path / "evidence").iterdir()) == ["Minutes-2.pdf", "minutes.pdf"]
    with pytest.raises(ValueError, match=r"already, as minutes\.pdf"):
        add_file(tmp_path, PROOF, value, "other.pdf", b"%PDF-1")
    with pytest.raises(ValueError, match="not taken here"):
        add_file(tmp_path, PROOF, value, "a.png", b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ValueError, match="At most 1 file"):
        add_file(tmp_path, evidence("a", "?", most=1), value[:1], "b.pdf", b"%PDF-3")


ITEM = {"file": "a.pdf", "sha256": "0" * 64, "kind": "pdf", "size": 5, "added": "2026-11-21T10:00:00+02:00", "note": ""}


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../a.pdf"},
        {"file": "CON.pdf"},
        {"file": 3},
        {"file": "a.txt"},
        {"sha256": "x"},
        {"kind": "image"},
        {"size": True},
        {"size": 0},
        {"size": 10**9},
        {"added": "now"},
        {"note": None},
        {"note": "x" * 501},
        {"more": 1},
    ],
)
def test_what_a_strange_file_says_of_evidence_is_refused(change):
    assert PROOF.valid([ITEM])
    assert not PROOF.valid([{**ITEM, **change}])
    assert not PROOF.valid([ITEM, ITEM])


def test_every_kind_states_its_limits_before_an_upload():
    question = evidence("a", "?")
    assert "25 MB" in question.takes and all(end in question.accept for ends in KINDS.values() for end in ends)
