"""Every hostile submission beside an honest one: nothing runs, renders, escapes or stops the class."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import nbformat
import pytest
import sqlalchemy as sa
from builders import ALL, MARK, Hostile, answers, whole

from learner_kit.assess.grade import grade
from learner_kit.cli import main
from learner_kit.course import memos, records
from learner_kit.course.collect import collect
from learner_kit.course.submission import pack

LATER = "2199-01-01T00:00:00+00:00"


@pytest.fixture
def honest(cohort, fill, tmp_path, right_answers) -> Path:
    """The zip of an honest learner, and the honest parts that a hostile one starts from."""
    out = tmp_path / "zips"
    out.mkdir()
    pack(fill("L-0001", right_answers | memos.expected(cohort, "so1", "L-0001")), "so1", "L-0001", out)
    return out


def outside(tmp_path: Path, cohort) -> set[str]:
    """Every file beside the cohort, where nothing may appear."""
    return {str(one) for one in tmp_path.rglob("*") if one.is_file() and cohort.path not in one.parents}


@pytest.mark.parametrize("case", ALL, ids=[one.name for one in ALL])
def test_hostile_submission(case: Hostile, cohort, honest, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    case.build({"answers.json": answers(**{"so1-ac1-annual-sales": 60000.0})}, honest / "hostile.zip")
    before = outside(tmp_path, cohort)
    taken = {one.file: one for one in collect(cohort, [honest], "tests")}
    hostile = taken.pop("hostile.zip")
    assert [one.state for one in taken.values()] == ["new"]
    assert hostile.said.replace("\xa0", " ").isprintable() and 0 < len(hostile.said) < 1200, "one line, plain letters"
    if case.says is None:
        assert hostile.state == "new", hostile.said
    else:
        assert hostile.state == "refused" and case.says in hostile.said
        assert not (cohort.path / "submitted" / "L-0002").exists()
        assert not list((cohort.path / "received").glob("L-0002/**/*.zip"))
    done = {one.learner: one for one in grade(cohort)}
    assert done["L-0001"].score == done["L-0001"].out_of > 0
    assert ("L-0002" in done) == (case.says is None)
    if case.says is None:
        assert done["L-0002"].score <= 2, "one answer at most is right"
        text = (cohort.path / "autograded" / "L-0002" / "so1" / "so1.ipynb").read_text(encoding="utf-8")
        nb = nbformat.reads(text, 4)
        nbformat.validate(nb)
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                page = output.get("data", {}).get("text/html", "")
                assert "<script" not in page and "<img" not in page
                assert not {letter for letter in page if unicodedata.category(letter) in ("Cc", "Cf", "Cs")} - {"\n"}
    assert outside(tmp_path, cohort) == before
    assert not list(tmp_path.rglob(MARK))


def test_the_same_submission_twice_is_known(cohort, honest):
    """The same submission twice is known by its content and kept once."""
    assert [one.state for one in collect(cohort, [honest], "tests")] == ["new"]
    assert [one.state for one in collect(cohort, [honest], "tests")] == ["known"]
    rows = records.rows(cohort.engine, sa.select(records.submissions))
    assert len(rows) == 1


def test_a_zip_in_another_learners_name_takes_nothing_away(cohort, honest):
    """Nobody can tell from a zip who packed it: what came before stays, and the collection says that a newer one came."""
    own = collect(cohort, [honest], "tests")[0]
    whole({"answers.json": answers().replace(b"L-0002", b"L-0001")}, honest / "x.zip", learner="L-0001", made_at=LATER)
    taken = {one.file: one for one in collect(cohort, [honest], "tests")}["x.zip"]
    assert (taken.state, taken.number) == ("newer", 2)
    kept = sorted((cohort.path / "received" / "L-0001" / "so1").glob("*.zip"))
    assert [one.name for one in kept] == [f"1-{own.receipt}.zip", f"2-{taken.receipt}.zip"]


def test_a_clock_in_the_future_is_said_and_the_time_of_collection_counts(cohort, honest):
    """A hand-in whose clock is still to come counts from the time of its collection, and the line says so."""
    case = next(one for one in ALL if one.name == "a clock in the future")
    case.build({"answers.json": answers()}, honest / "hostile.zip")
    taken = {one.file: one for one in collect(cohort, [honest], "tests")}["hostile.zip"]
    assert "clock" in taken.said
    row = records.rows(cohort.engine, sa.select(records.submissions).where(records.submissions.c.learner == "L-0002"))[
        0
    ]
    assert row["made_at"] == row["collected_at"]


def test_the_command_line_lists_them_all_and_raises_nothing(cohort, honest, capsys):
    """All of them in one collection: a line each, no traceback, and the class is graded."""
    for place, case in enumerate(ALL):
        if case.says is not None:
            case.build({"answers.json": answers()}, honest / f"h{place:02}.zip")
    assert main(["collect", str(cohort.path), str(honest)]) == 1
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    assert told.out.count("refused") == sum(one.says is not None for one in ALL)
    assert main(["grade", str(cohort.path)]) == 0


def test_a_damaged_file_in_the_cohort_counts_as_no_answers_and_is_said(cohort, hand_in, right_answers):
    """Answers that were damaged in the cohort folder count as none; the line says why, and nobody else is touched."""
    hand_in("L-0001", right_answers)
    hand_in("L-0002", right_answers)
    (cohort.path / "submitted" / "L-0002" / "so1" / "answers.json").write_text("{", encoding="utf-8")
    done = {one.learner: one for one in grade(cohort)}
    assert done["L-0001"].state == "graded" and done["L-0002"].state == "faulty"
    assert done["L-0002"].score == 0 and "not JSON" in done["L-0002"].said


def test_a_hidden_link_in_the_submitted_folder_cannot_lead_out(cohort, hand_in, right_answers, tmp_path):
    """A link in the place of the answers is read as answers, no more; no link is made of it."""
    hand_in("L-0001", right_answers)
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"answers": {}}), encoding="utf-8")
    place = cohort.path / "submitted" / "L-0001" / "so1" / "answers.json"
    place.unlink()
    place.symlink_to(secret)
    (one,) = grade(cohort)
    assert one.score == 0
    assert not (cohort.path / "autograded" / "L-0001" / "so1" / "answers.json").is_symlink()
