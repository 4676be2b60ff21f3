"""The file of answers: strange files are told in words, and nothing kept is ever lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit import files
from learner_kit.errors import DataError
from learner_kit.workbook import Workbook, number, text
from learner_kit.workbook import kept as answers_kept
from learner_kit.workbook.answers import LIMIT, Answers, load_answers, save_answers

SALES, MEMO = number("so1-ac1-sales", "Sales?", unit="R"), text("so1-ac3-memo", "Explain")


def body(**changes) -> bytes:
    whole = {"format": 1, "workbook": "so1", "learner": "L-0001", "saved": None, "answers": {}, **changes}
    return json.dumps(whole).encode()


def reasons(source, questions=None) -> list[str]:
    with pytest.raises(DataError) as told:
        load_answers(source, questions)
    return [str(fault) for fault in told.value.faults]


def test_a_sound_file_with_a_byte_order_mark_is_read():
    read = load_answers(b"\xef\xbb\xbf" + body(answers={"so1-ac1-sales": 5}), [SALES])
    assert (read.workbook, read.learner, read.answers) == ("so1", "L-0001", {"so1-ac1-sales": 5})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"nonsense", "not JSON"),
        (body()[:-5], "not JSON"),
        (b"[]", "no answers"),
        (b"3", "no answers"),
        (b"NaN", "no number"),
        (body().decode().encode("utf-16"), "not UTF-8"),
        (b"x" * (LIMIT + 1), "larger than 5 MB"),
        (b"[" * 1_000_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (body(answers={"q": 1}).replace(b"1}", b"[" * 50 + b"]" * 50 + b"}"), "nested deeper"),
        (body(answers={"q": 1}).replace(b": 1}", b": NaN}"), "not allowed"),
        (body(answers={"q": 1}).replace(b": 1}", b": -Infinity}"), "not allowed"),
        (body(answers={"q": 1}).replace(b": 1}", b": 1e999}"), "too large"),
        (body(answers={"q": 1}).replace(b": 1}", b": " + b"9" * 5_000 + b"}"), "too large"),
        (body(answers={"q": "x" * 20_001}), "20001 characters"),
        (body(answers={"q": [[]] * 30_000}), "more parts"),
        (body(answers={f"q-{place}": 1 for place in range(2_001)}), "at most 2000"),
        (body(answers=[1]), "by question id"),
        (body(format=2), "another version"),
        (body(format=True), "another version"),
        (body(workbook="../so1"), "name of a workbook"),
        (body(learner="Thandi M"), "L-0001"),
        (body(learner={"a": 1}), "L-0001"),
        (b'{"answers": {}, "answers": {"q": 1}}', "stands twice"),
    ],
)
def test_a_strange_file_is_told_in_words(content, said):
    assert any(said in reason for reason in reasons(content))


def test_all_faults_are_told_at_once():
    answers = {"so1-ac1-sales": "many", "so1-ac3-memo": 3, "other": "x" * 30_000}
    told = reasons(body(format=9, learner="Bob", answers=answers), [SALES, MEMO])
    assert len(told) == 5


def test_what_is_strange_but_harmless_is_left_out_and_noted():
    content = body(answers={"so1-ac1-sales": 5, "nobody-asked": 1, "<b>": 2}, saved="yesterday", extra=1)
    read = load_answers(content, [SALES])
    assert read.answers == {"so1-ac1-sales": 5} and read.saved is None
    assert [note.column for note in read.notes] == ["saved", "extra", "nobody-asked", "<b>"]


def test_broken_halves_of_characters_are_replaced():
    read = load_answers(body(answers={"so1-ac3-memo": "a\ud800b", "tab": [{"\udfff": "\ud800"}]}))
    assert read.answers == {"so1-ac3-memo": "a\ufffdb", "tab": [{"\ufffd": "\ufffd"}]}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(content):
    try:
        load_answers(content)
    except DataError as told:
        assert told.faults


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=30,
    )
)
def test_any_json_is_read_or_told(value):
    for content in (
        json.dumps(value),
        body(answers={"q": value}),
        body(answers=value),
        json.dumps({"answers": {"q": value}}),
    ):
        try:
            load_answers(content if isinstance(content, bytes) else content.encode())
        except DataError as told:
            assert told.faults


def test_a_path_that_is_no_file_is_told(tmp_path):
    assert "not there" in reasons(tmp_path / "no.json")[0]
    assert "cannot be read" in reasons(tmp_path)[0]
    assert "cannot be read" in reasons("bad\0name")[0]


def test_what_is_written_is_read_again(tmp_path):
    kept = Answers("so1", "L-0001", None, {"a": 1.5, "b": "é 你", "c": [{"x": None}]})
    written = save_answers(tmp_path / "answers.json", kept)
    read = load_answers(tmp_path / "answers.json")
    assert read == written and read.saved and read.answers == kept.answers
    for strange in ({"a": float("nan")}, {"a": {1, 2}}):
        with pytest.raises(ValueError):
            save_answers(tmp_path / "answers.json", Answers("so1", answers=strange))
    assert load_answers(tmp_path / "answers.json") == written


def open_book(folder: Path) -> Workbook:
    book = Workbook("so1", folder)
    book.ask(SALES, MEMO)
    return book


def test_every_change_is_on_disk_at_once_and_comes_back(tmp_path):
    book = open_book(tmp_path)
    assert not (tmp_path / "answers.json").exists()
    book.set("so1-ac1-sales", 5.0)
    assert load_answers(tmp_path / "answers.json").answers == {"so1-ac1-sales": 5.0}
    assert book.on_disk and book.saved and open_book(tmp_path).answers["so1-ac1-sales"] == 5.0
    book.set("so1-ac1-sales", None)
    assert load_answers(tmp_path / "answers.json").answers == {}


def test_two_tabs_never_lose_each_others_answers(tmp_path):
    one, two, heard = open_book(tmp_path), open_book(tmp_path), []
    one.watch(heard.append)
    two.set("so1-ac3-memo", "from two")
    one.set("so1-ac1-sales", 5.0)
    assert one.answers["so1-ac3-memo"] == "from two" and heard == ["so1-ac1-sales", "so1-ac3-memo"]
    assert load_answers(tmp_path / "answers.json").answers == {"so1-ac3-memo": "from two", "so1-ac1-sales": 5.0}


def test_several_programs_at_once_lose_nothing(tmp_path):
    code = (
        "import sys; from learner_kit.workbook import Workbook, number\n"
        "book = Workbook('so1', sys.argv[1])\n"
        "ids = [f'q-{sys.argv[2]}-{place}' for place in range(15)]\n"
        "book.ask(*(number(id, '?') for id in ids))\n"
        "for id in ids: book.set(id, 1.0)\n"
    )
    tabs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(tab)]) for tab in range(3)]
    assert [tab.wait(60) for tab in tabs] == [0, 0, 0]
    assert len(load_answers(tmp_path / "answers.json").answers) == 45


def test_a_damaged_file_is_set_aside_and_the_learner_is_told(tmp_path):
    (tmp_path / "answers.json").write_bytes(b'{"format": 1, "answers": {"so1-ac1-sa')
    book = open_book(tmp_path)
    (aside,) = tmp_path.glob("answers.damaged-*.json")
    assert aside.read_bytes().startswith(b'{"format": 1, "answers": {"so1')
    assert "damaged" in book.notice and aside.name in book.notice
    book.set("so1-ac1-sales", 5.0)
    assert book.on_disk and load_answers(tmp_path / "answers.json").answers == {"so1-ac1-sales": 5.0}


def test_what_is_sound_in_a_damaged_file_is_taken_over(tmp_path):
    (tmp_path / "answers.json").write_bytes(body(answers={"so1-ac1-sales": 5, "so1-ac3-memo": "x" * 20_001}))
    book = open_book(tmp_path)
    assert book.answers["so1-ac1-sales"] == 5 and book.learner == "L-0001" and "1 answer in it" in book.notice
    assert load_answers(tmp_path / "answers.json").answers == {"so1-ac1-sales": 5}
    assert len(list(tmp_path.glob("answers.damaged-*.json"))) == 1


def test_a_file_damaged_while_the_page_is_open_costs_no_new_answer(tmp_path):
    book = open_book(tmp_path)
    book.set("so1-ac1-sales", 5.0)
    (tmp_path / "answers.json").write_bytes(b"\0" * 100)
    book.set("so1-ac3-memo", "still here")
    assert load_answers(tmp_path / "answers.json").answers["so1-ac3-memo"] == "still here"
    assert list(tmp_path.glob("answers.damaged-*.json"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "no"), "cannot be written to"),
        (OSError(errno.EROFS, "read-only"), "cannot be written to"),
        (OSError(errno.ENOSPC, "full"), "disk is full"),
        (TimeoutError("locked"), "Another program"),
        (NotImplementedError("no locks here"), "cannot be written to"),
    ],
)
def test_where_nothing_can_be_written_answers_last_in_memory_and_later_reach_the_disk(
    tmp_path, monkeypatch, error, said
):
    book = open_book(tmp_path)

    def refuse(*_):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(answers_kept, "save_answers", refuse)
        book.set("so1-ac1-sales", 5.0)
        book.identify("L-0009")
        assert book.answers["so1-ac1-sales"] == 5.0 and not book.on_disk
        assert "NOT being saved" in book.notice and said in book.notice
    book.set("so1-ac3-memo", "now it works")
    assert book.on_disk and book.notice is None
    read = load_answers(tmp_path / "answers.json")
    assert read.answers == {"so1-ac1-sales": 5.0, "so1-ac3-memo": "now it works"} and read.learner == "L-0009"


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_still_teaches(tmp_path):
    tmp_path.chmod(0o555)
    try:
        book = open_book(tmp_path)
        book.set("so1-ac1-sales", 5.0)
        assert book.answers["so1-ac1-sales"] == 5.0 and "NOT being saved" in book.notice
    finally:
        tmp_path.chmod(0o755)


def test_power_lost_while_writing_leaves_the_former_answers(tmp_path, monkeypatch):
    book = open_book(tmp_path)
    book.set("so1-ac1-sales", 5.0)
    before = (tmp_path / "answers.json").read_bytes()

    def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        book.set("so1-ac3-memo", "lost")
    assert (tmp_path / "answers.json").read_bytes() == before
    assert not list(tmp_path.glob("*.tmp")) and not list(tmp_path.glob(".*.tmp"))


def test_answers_of_another_workbook_are_noticed(tmp_path):
    (tmp_path / "answers.json").write_bytes(body(workbook="so2", answers={"so2-ac1-x": 1}))
    book = open_book(tmp_path)
    assert "workbook so2" in book.notice
    book.set("so1-ac1-sales", 5.0)
    assert load_answers(tmp_path / "answers.json").answers == {"so2-ac1-x": 1, "so1-ac1-sales": 5.0}


def test_notebooks_that_share_a_file_keep_each_others_answers_and_its_name(tmp_path):
    for name in ("guide-so1", "guide-so2"):
        book = Workbook(name, tmp_path, file="progress.json")
        book.ask(text(f"{name}-thought", "?"))
        book.set(f"{name}-thought", name)
        assert book.notice is None
    read = load_answers(tmp_path / "progress.json")
    assert read.workbook == "progress" and set(read.answers) == {"guide-so1-thought", "guide-so2-thought"}
