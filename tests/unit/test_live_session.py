"""Tools of a live session: class polls, groups, the class's own survey, evaluation from learners' pages, receipts."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.assess import flags, judgement
from learner_kit.course import class_records, collect, dropped, enrol, opinions, polls, receipts, records, release
from learner_kit.course.submission import pack
from learner_kit.documents import to_pdf, to_word
from learner_kit.errors import KitError
from learner_kit.lessons import own_data
from learner_kit.lessons.own_tables import RATINGS
from learner_kit.teaching import (
    attendance,
    evaluation,
    grouping,
    plans,
    polling,
    pooling,
    receipt_papers,
    rights,
    sessions,
)

DAYS = [dt.date(2026, 10, 6) + dt.timedelta(days=7 * week) for week in range(6)]


@pytest.fixture
def planned(cohort):
    slots = [sessions.Slot(day, dt.time(9), dt.time(11)) for day in DAYS]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")
    return cohort


# --- polls ---


def test_a_poll_goes_out_comes_back_and_leaves_only_counts(cohort, shared):
    poll = polls.new("Which way suits your customers?", "choice", ["SMS", "Telephone", "Letter"])
    polling.ask(cohort, poll, "F-01", str(shared))
    for number, value in enumerate([0, 0, 1]):
        seen = polls.current(shared)
        assert seen == poll
        polls.answer(shared, seen, value, f"secret {number}")
    polls.answer(shared, poll, 2, "secret 0")  # changes the first one
    polls.answer(shared, poll, 2, "secret 0", "L-0002")  # the next person at the same computer
    asked = polling.opened(cohort)
    result, ignored = polling.results(asked, "1 0 2")
    assert result.counts == (("SMS", 2), ("Telephone", 1), ("Letter", 4)) and result.base == 7 and not ignored
    assert list(result.table["percent"]) == [28.57, 14.29, 57.14]
    kept = polling.close(cohort, "F-01", "1 0 2")
    assert kept == polling.history(cohort)[0].result and polling.opened(cohort) is None
    assert polls.current(shared) is None and not list((shared / polls.ANSWERS).iterdir())
    with pytest.raises(KitError, match="closed"):
        polls.answer(shared, poll, 0, "late")
    held = json.dumps(records.rows(cohort.engine, class_records.polls.select()), default=str)
    assert "secret" not in held and "L-0002" not in held


def test_an_answer_tells_nobody(shared):
    poll = polls.new("How many?", "number")
    polls.publish(shared, poll)
    places = {polls.answer(shared, poll, 3, "own computer", learner) for learner in ("L-0001", "L-0002", "l-0002 ")}
    assert len(places) == 2, "one file a person"
    for place in places:
        assert dropped.NAME.fullmatch(place.name) and place.stat().st_mtime == dropped.SOME_DAY
        held = json.loads(place.read_text(encoding="utf-8"))
        assert held == {"format": polls.ANSWER, "poll": poll.id, "answer": 3}
    other = polls.new("How many again?", "number")
    polls.publish(shared, other)
    assert polls.answer(shared, other, 3, "own computer", "L-0001").name not in {one.name for one in places}


def test_hostile_files_are_left_alone_and_named(shared, tmp_path):
    poll = polls.new("Which?", "choices", ["A", "B"])
    polls.publish(shared, poll)
    folder = shared / polls.ANSWERS / poll.id
    polls.answer(shared, poll, [0, 1], "honest")
    name = iter(f"{number:024x}.json" for number in range(99))

    def drop(content: bytes | str, called: str = "") -> None:
        place = folder / (called or next(name))
        place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def answer(value: object, poll_id: str = poll.id) -> str:
        return json.dumps({"format": polls.ANSWER, "poll": poll_id, "answer": value})

    bad = [True, [True], [0, 0], [], [2], [-1], "A", None, {"a": 1}, [0.0], 1e400]
    for value in bad:
        drop(answer(value))
    drop(answer([0], "ffffffffffff"))
    drop("[" * 100_000)
    drop(b"\xff\xfe\x00")
    drop(answer([0]) + " " * dropped.LIMIT)
    drop(answer([0]), "../evil.json".replace("/", "-"))
    drop(answer([0]), "CON.json")
    drop(answer([0]), "L-0001.json")
    (folder / next(name)).mkdir()
    drop("half", ".something.tmp")
    count = len(bad) + 7 + 1
    secret = tmp_path / "secret.json"
    secret.write_text(answer([0]), encoding="utf-8")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / next(name))
        (folder / next(name)).symlink_to(secret)
        count += 2
    found = polls.gather(shared, poll)
    assert found.answers == ([0, 1],) and len(found.ignored) == count


def test_a_question_folder_that_others_meddle_with_says_so(shared, tmp_path):
    (shared / polls.QUESTION).write_text('{"format": "x"}', encoding="utf-8")
    with pytest.raises(KitError, match="no question of this kit"):
        polls.current(shared)
    with pytest.raises(KitError, match="cannot be reached"):
        polls.current(tmp_path / "gone")
    poll = polls.new("Which?", "choice", ["A", "B"])
    polls.publish(shared, poll)
    place = shared / polls.ANSWERS / poll.id
    place.rmdir()
    if os.name != "nt":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(KitError, match="is a link"):
            polls.gather(shared, poll)


@given(st.text(max_size=700), st.sampled_from([*polls.KINDS, "x"]), st.lists(st.text(max_size=30), max_size=23))
def test_whatever_is_typed_it_is_asked_or_refused_in_words(prompt, kind, options):
    try:
        made = polls.new(prompt, kind, options)
    except KitError as error:
        assert "cannot be asked yet" in str(error)
        return
    assert made.prompt.strip() == made.prompt and made.prompt.isprintable()
    if kind in ("choice", "choices"):
        assert 2 <= len(made.options) <= 20 and made.fault(0 if kind == "choice" else [0]) is None


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60))
def test_numbers_of_a_class_all_stand_in_a_bar(numbers):
    result = polling.count(polls.new("How many?", "number"), numbers)
    assert sum(many for _, many in result.counts) == len(numbers) == result.base
    assert len(result.counts) <= polling.BARS + 1 and min(numbers) <= result.middle <= max(numbers)


def test_hands_alone_and_what_cannot_be_hands(cohort):
    poll = polls.new("Which?", "choices", ["A", "B"])
    polling.ask(cohort, poll, "F-01")
    with pytest.raises(KitError, match="open already"):
        polling.ask(cohort, polls.new("Next?", "text"), "F-01")
    for said, why in (("1", "2 answers, so type 2"), ("1 -2", "whole number"), ("x 2", "Hands"), ("1.5 2", "whole")):
        with pytest.raises(KitError, match=why):
            polling.close(cohort, "F-01", said)
    assert polling.close(cohort, "F-01", "9 12").base == 12, "with several answers each person may raise a hand twice"
    polling.ask(cohort, polls.new("Words?", "text"), "F-01")
    polling.drop(cohort, "F-01")
    assert len(polling.history(cohort)) == 1


def test_every_kind_of_question_of_a_workbook_can_be_asked(cohort):
    found = polling.offered(cohort, "so1")
    kinds = Counter(polling.from_question(cohort, "so1", id).kind for id in found)
    assert kinds["choice"] and kinds["number"] and kinds["text"]
    with pytest.raises(KitError, match="no question"):
        polling.from_question(cohort, "so1", "so1-ac1-nothing")


# --- groups ---


@given(st.integers(2, 60), st.integers(2, 12), st.integers(0, 3))
def test_groups_hold_everybody_once_and_are_of_one_size(people, size, rounds):
    learners = [f"L-{number:04d}" for number in range(people)]
    past: Counter = Counter()
    for number in range(rounds + 1):
        teams = grouping.draw(learners, size, past, str(number))
        assert sorted(one for team in teams for one in team) == learners
        lengths = [len(team) for team in teams]
        assert max(lengths) - min(lengths) <= 1 and min(lengths) >= min(2, people)
        assert teams == grouping.draw(list(reversed(learners)), size, past, str(number)), (
            "the same seed, the same groups"
        )
        past.update(frozenset(pair) for team in teams for pair in combinations(team, 2))


def test_nobody_meets_an_old_partner_while_that_can_be():
    learners, past = [f"L-{number:04d}" for number in range(1, 31)], Counter()
    for number in range(6):
        for team in grouping.draw(learners, 3, past, f"session {number}"):
            past.update(frozenset(pair) for pair in combinations(team, 2))
    assert max(past.values()) == 1 and len(past) == 6 * 30


def test_absent_learners_are_left_out_and_kept_groups_count(planned):
    here, said = grouping.there(planned, DAYS[0])
    assert here == enrol.learners(planned) and "was not begun" in said
    entries = [
        attendance.Entry("L-0001", attendance.PRESENT, note="n"),
        attendance.Entry("L-0002", attendance.ABSENT, reason="I", note="n"),
        attendance.Entry("L-0003", attendance.PRESENT, note="n"),
    ]
    attendance.record(planned, DAYS[0], entries, "F-01", now=dt.datetime(2026, 10, 7, 8))
    made = grouping.propose(planned, DAYS[0], 2, "seed")
    assert made.teams == (("L-0001", "L-0003"),) and not made.again
    assert grouping.keep(planned, made, "F-01") == 1
    again = grouping.propose(planned, DAYS[0], 2, "other")
    assert again.again == (("L-0001", "L-0003"),)
    grouping.take_back(planned, "F-01")
    assert not grouping.history(planned)
    with pytest.raises(KitError, match="fewer than two"):
        grouping.propose(planned, DAYS[0], 2, "x", without=["L-0001"])


# --- the class's own survey ---


def test_learners_tables_become_one_without_names(cohort):
    first = "Customer name;Phone;What is rated;How well done;How important\nNkosi;0820000123;Delivery;4;5\nBotha;;delivery;2;4\n"
    second = "Item,Rating\nPrice,very well\n=1+1,3\n"
    found = pooling.pool(
        [
            ("a.csv", first.encode()),
            ("b.csv", second.encode("cp1252")),
            ("again.csv", first.encode()),
            ("bad.csv", b"Item,Rating\nPrice,9\n"),
            ("pic.csv", b"\x89PNG\r\n"),
        ],
        seed=1,
    )
    assert found.files == 2 and len(found.rows) == 4 and len(found.left) == 3
    assert {one.attribute for one in found.rows} == {"Delivery", "Price", "=1+1"}
    made = pooling.csv_of(found)
    assert b"Nkosi" not in made and b"0820000123" not in made and b"\r\n=" not in made
    table = own_data.open_upload("class.csv", made)
    guessed = own_data.guess(RATINGS, list(table.columns))
    taken = own_data.choose(table, RATINGS, guessed, "class.csv")
    assert sorted(taken["performance"]) == ["2", "3", "4", "5"]
    with pytest.raises(KitError, match="nothing to put together"):
        pooling.pool([("bad.csv", b"x\n")])


def test_a_poll_of_marks_joins_the_survey(cohort):
    for prompt, options in (("Our opening hours", ["Very poorly", "Well", "Very well"]), ("Which?", ["A", "B"])):
        polling.ask(cohort, polls.new(prompt, "choice", options), "F-01")
        polling.close(cohort, "F-01", " ".join(str(place + 1) for place in range(len(options))))
    marks, other = polling.history(cohort)
    assert pooling.rates(marks) and not pooling.rates(other)
    found = pooling.pool([], [marks, other], seed=2)
    assert Counter(one.performance for one in found.rows) == {"1": 1, "4": 2, "5": 3}


# --- evaluation from learners' pages ---


def test_forms_of_learners_are_taken_in_without_a_trace(cohort, shared):
    place = opinions.prepare(shared)
    for _ in range(6):
        opinions.send(shared, "end", {"level": "About right", "programme.objectives": "Agree", "best": " "})
    (place / f"{'0' * 24}.json").write_text(
        json.dumps({"format": opinions.FORMAT, "form": "end", "answers": {"level": "Never"}}), encoding="utf-8"
    )
    (place / f"{'1' * 24}.json").write_text(
        json.dumps({"format": opinions.FORMAT, "form": "follow-up", "answers": {"level": "x"}}), encoding="utf-8"
    )
    (place / f"{'2' * 24}.json").write_text(
        json.dumps({"format": opinions.FORMAT, "form": "end", "answers": {}}), encoding="utf-8"
    )
    (place / "Thandi.json").write_bytes(opinions.content("end", {"level": "About right"}))
    names = {one.name for one in place.iterdir()}
    assert all("L-0" not in one.read_text(encoding="utf-8") for one in place.iterdir())
    assert {one.stat().st_mtime for one in place.iterdir() if one.name[0] not in "012T"} <= {dropped.SOME_DAY}
    count, left = evaluation.take_in(cohort, opinions.lying(shared))
    assert count == 6 == evaluation.count(cohort) and len(left) == 4 and len(names) == 10
    assert {one.name for one in place.iterdir()} == {name for name, _ in left}
    assert evaluation.take_in(cohort, opinions.lying(shared))[0] == 0
    with pytest.raises(KitError, match="at least one"):
        opinions.send(shared, "end", {"level": ""})
    with pytest.raises(KitError, match="takes no evaluation"):
        opinions.send(shared.parent, "end", {"level": "About right"})


class Killed(BaseException):
    """The process dies here."""


def killed(*_):
    raise Killed


def test_a_form_counts_once_when_taking_in_is_killed_before_its_file_is_gone(cohort, shared, tmp_path, monkeypatch):
    place = opinions.prepare(shared)
    for _ in range(5):
        opinions.send(shared, "end", {"level": "About right"})
    older = {"format": opinions.FORMAT, "form": "end", "answers": {"level": "About right"}}  # of a kit without keys
    (place / f"{'a' * 24}.json").write_text(json.dumps(older), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(evaluation.files, "remove", killed)
        with pytest.raises(Killed):
            evaluation.take_in(cohort, opinions.lying(shared))
    assert evaluation.count(cohort) == 6 == len(list(place.iterdir()))
    opinions.send(shared, "end", {"level": "About right"})
    assert evaluation.take_in(cohort, opinions.lying(shared)) == (1, [])
    assert evaluation.count(cohort) == 7 and not list(place.iterdir())
    with monkeypatch.context() as patch:  # killed before the count: nothing is noted as counted either
        opinions.send(shared, "end", {"level": "About right"})
        patch.setattr(evaluation.records, "transaction", killed)
        with pytest.raises(Killed):
            evaluation.take_in(cohort, opinions.lying(shared))
    assert evaluation.take_in(cohort, opinions.lying(shared)) == (1, []) and evaluation.count(cohort) == 8
    chosen = dropped.Dropped(
        tmp_path / f"{'b' * 24}.json", dropped.parse(opinions.content("end", {"level": "About right"}))
    )
    again = chosen._replace(path=tmp_path / f"{'c' * 24}.json")  # the same file, chosen twice in the browser
    assert [evaluation.take_in(cohort, [one])[0] for one in (chosen, again)] == [1, 0]
    assert evaluation.take_away_all(cohort, "end", "F-01") == 9
    assert evaluation.take_in(cohort, [again])[0] == 1, "what was deleted may come in again"


def test_the_same_table_of_forms_is_added_once(cohort, tmp_path):
    path = tmp_path / "forms.csv"
    asked = evaluation.questionnaire(cohort)
    row = {name: "About right" if name == "level" else "" for name in asked.columns if name != asked.respondent}
    path.write_text("\n".join([",".join(row), *[",".join(row.values())] * 3]) + "\n", encoding="utf-8")
    assert evaluation.add_file(cohort, path) == 3, "rows that say the same are three people's"
    with pytest.raises(KitError, match="added before"):
        evaluation.add_file(cohort, path)
    assert evaluation.count(cohort) == 3


def test_a_poll_counts_once_when_closing_is_killed_and_its_answers_go_with_the_next(cohort, shared, monkeypatch):
    poll = polls.new("Which?", "choice", ["SMS", "Letter"])
    polling.ask(cohort, poll, "F-01", str(shared))
    for place in (0, 0, 1):
        polls.answer(shared, poll, place, "secret", f"L-000{place}")
    with monkeypatch.context() as patch:
        patch.setattr(polling.polls, "close", killed)
        with pytest.raises(Killed):
            polling.close(cohort, "F-01")
    kept = polling.history(cohort)[-1].result
    with pytest.raises(KitError, match="No question is open"):
        polling.close(cohort, "F-01")
    assert (
        polling.history(cohort)[-1].result == kept
        and len(list((shared / polls.ANSWERS / poll.id).iterdir())) == kept.base
    )
    other = polls.new("And now?", "choice", ["Yes", "No"])
    polling.ask(cohort, other, "F-01", str(shared))
    assert polls.current(shared).id == other.id and not (shared / polls.ANSWERS / poll.id).exists()


# --- exchange by folder or stick ---


def test_receipts_of_a_collection_are_printed_with_words_and_picture(cohort, fill, right_answers, tmp_path):
    out = tmp_path / "stick"
    out.mkdir()
    for learner in ("L-0001", "L-0002", "L-0003"):
        pack(fill(learner, right_answers), "so1", learner, out, dt.datetime(2026, 10, 6, 8, tzinfo=dt.UTC))
    newer = dict(right_answers, **{"so1-ac1-annual-sales": 1.0})
    second = pack(fill("L-0001", newer), "so1", "L-0001", out, dt.datetime(2026, 10, 6, 9, tzinfo=dt.UTC))
    (out / "copy of.zip").write_bytes(second.path.read_bytes())
    (out / "holiday.zip").write_bytes(b"no zip")
    taken = collect.collect(cohort, [out], "F-01")
    assert Counter(one.state for one in taken) == {"new": 3, "newer": 1, "known": 1, "refused": 1}
    document = receipt_papers.document(cohort, taken, "F-01", dt.datetime(2026, 10, 7, 8))
    pypdf = pytest.importorskip("pypdf")
    import io

    made = to_pdf(document)
    read = pypdf.PdfReader(io.BytesIO(made))
    said = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    for one in taken:
        if one.receipt:
            assert one.receipt in said and receipts.words(one.receipt) in said
    assert "holiday.zip" in said and to_word(document).startswith(b"PK")
    assert made == to_pdf(document), "the same bytes each time"


@given(st.binary(min_size=10, max_size=10))
def test_words_follow_the_receipt_alone(raw):
    import base64

    code = base64.b32encode(raw).decode()
    said = "-".join(code[at : at + 4] for at in range(0, 16, 4))
    assert receipts.words(said) == receipts.words(said.lower()) and len(receipts.words(said).split()) == 4


def test_words_are_all_different_and_no_code_is_no_receipt():
    assert len(set(receipts.WORDS)) == 256
    for wrong in ("", "AAAA", "not a code", None, "1111-1111-1111-1111"):
        with pytest.raises(ValueError, match="receipt must be"):
            receipts.words(wrong)


def pulled_out(monkeypatch, after: int):
    """The stick goes away after so many files were flushed."""
    real, count = os.fsync, [0]

    def fsync(handle):
        count[0] += 1
        if count[0] > after:
            raise OSError(errno.EIO, "Input/output error")
        return real(handle)

    monkeypatch.setattr("learner_kit.files.os.fsync", fsync)


@pytest.mark.parametrize("after", [0, 1])
def test_a_stick_pulled_out_while_a_workbook_is_put_on_it(cohort, tmp_path, monkeypatch, after):
    stick = tmp_path / "stick"
    stick.mkdir()
    with monkeypatch.context() as patched:
        pulled_out(patched, after)
        with pytest.raises(KitError, match="could not be put into"):
            release.place(cohort, "so1", stick)
    assert not [one for one in stick.rglob("*") if one.is_file() and one.suffix != ".tmp" and not one.stat().st_size]
    assert not list(stick.rglob("*.tmp")), "nothing half written is left"
    release.place(cohort, "so1", stick)
    released = cohort.release("so1")
    for one in released.rglob("*"):
        if one.is_file():
            assert (stick / "so1" / one.relative_to(released)).read_bytes() == one.read_bytes()


def test_a_stick_pulled_out_while_work_or_answers_are_written(
    cohort, fill, right_answers, tmp_path, monkeypatch, shared
):
    folder, stick = fill("L-0001", right_answers), tmp_path / "stick"
    stick.mkdir()
    poll = polls.new("Which?", "choice", ["A", "B"])
    polls.publish(shared, poll)
    opinions.prepare(shared)
    with monkeypatch.context() as patched:
        pulled_out(patched, 0)
        with pytest.raises(OSError, match="Input"):
            pack(folder, "so1", "L-0001", stick)
        with pytest.raises(KitError, match="Nothing was sent"):
            polls.answer(shared, poll, 1, "mine")
        with pytest.raises(KitError, match="Nothing was sent"):
            opinions.send(shared, "end", {"level": "About right"})
    assert not list(stick.iterdir()) and polls.gather(shared, poll) == polls.Gathered(())
    assert not list(opinions.lying(shared))
    polls.answer(shared, poll, 1, "mine")
    assert collect.collect(cohort, [pack(folder, "so1", "L-0001", stick).path], "F-01")[0].state == "new"
    pulled = stick / "L-0001-so1-half.zip"
    pulled.write_bytes(next(stick.glob("*.zip")).read_bytes()[:200])
    (refused,) = [one for one in collect.collect(cohort, [stick], "F-01") if one.state == "refused"]
    assert "damaged" in refused.said


# --- attendance and judging; forgetting ---


def test_who_has_not_attended_enough_is_judged_only_with_a_reason(planned, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    hand_in("L-0002", right_answers)
    from learner_kit.assess.grade import grade

    grade(planned)
    assert judgement.held_back(planned, "L-0001") == "", "no register yet, so it holds nobody back"
    late = dt.datetime(2026, 10, 7, 8)
    entries = [
        attendance.Entry("L-0001", attendance.ABSENT, reason="W", note="n"),
        attendance.Entry("L-0002", attendance.PRESENT, note="n"),
        attendance.Entry("L-0003", attendance.ABSENT, reason="W", note="n"),
    ]
    attendance.record(planned, DAYS[0], entries, "F-01", now=late)
    with pytest.raises(KitError, match="attended 0% of the contact hours"):
        judgement.judge(planned, "L-0001", "so1-ac1", "NYC", "A-01", "not yet", at=late)
    judgement.judge(planned, "L-0001", "so1-ac1", "NYC", "A-01", "not yet", at=late, override="Worked abroad")
    assert judgement.held_back(planned, "L-0002", late) == ""
    flags.flag(planned, "L-0003", flags.RPL, "F-01", "ten years at the counter")
    assert judgement.held_back(planned, "L-0003", late) == "", "prior learning needs no attendance"


def test_forgetting_finds_the_exchange_and_the_groups_and_notes_what_went(planned, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    grouping.keep(planned, grouping.propose(planned, DAYS[0], 3, "s"), "F-01")
    own = planned.path / "exchange" / "inbound" / "L-0001+so1+x"
    own.mkdir(parents=True)
    (own / "work.zip").write_bytes(b"work")
    other = planned.path / "exchange" / "L-00010-so1.zip"
    other.write_bytes(b"of somebody else")
    years = planned.programme.rules.retention_years
    then = dt.date.today().replace(month=1, day=1)
    rights.forget(planned, "L-0001", "F-01", then)
    assert own.exists(), "evidence is still to be kept"
    assert all("L-0001" not in team for one in grouping.history(planned) for team in one.teams)
    rights.forget(planned, "L-0001", "F-01", then.replace(year=then.year + years + 2))
    assert not own.exists() and other.exists() and not Path(planned.path / "received" / "L-0001").exists()
    (row,) = records.rows(planned.engine, records.purges.select())
    assert row["learner"] == "L-0001" and row["files"] >= 2 and row["bytes"] > 4
