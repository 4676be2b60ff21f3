"""The demo: the whole circle on the sample class, and nothing in it is canned."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from types import SimpleNamespace

import bagit
import pytest

from learner_kit import cli, demo
from learner_kit.assess import decisions, judgement, moderation, portfolio
from learner_kit.assess.evidence import READY, WAITING, matrix
from learner_kit.assess.grade import grade
from learner_kit.course.cohort import open_cohort
from learner_kit.demo import practice
from learner_kit.demo.sample import FOLDER, Mark, read_class
from learner_kit.errors import DataError, KitError

pytestmark = pytest.mark.xdist_group("demo")  # what the module's tests share is made once
SAMPLE = Path(FOLDER)
THROUGH = ("L-0005", "L-0008", "L-0010")  # who hands in every workbook


def run(to: Path, data: Path = SAMPLE) -> SimpleNamespace:
    """Run the demo with a temporary folder of its own, which must be empty afterwards."""
    said, spare, before = io.StringIO(), to.parent / "spare", tempfile.tempdir
    spare.mkdir(parents=True)
    tempfile.tempdir = str(spare)
    try:
        with contextlib.redirect_stdout(said):
            code = demo.run(to, data)
    finally:
        tempfile.tempdir = before
    assert list(spare.iterdir()) == [], "no temporary file is left"
    text = said.getvalue()
    return SimpleNamespace(code=code, text=text, rows=rows(text), cohort=open_cohort(to), path=to)


def rows(text: str) -> dict[str, list[str]]:
    """Learner → the cells of the results table."""
    part = text[text.index("Results, learner by outcome") : text.index("Hand-ins that had a fault")]
    part = part.split("Through the whole unit")[0]
    lines = [line.strip() for line in part.splitlines() if re.match(r"\s*L-\d{4}\s", line)]
    return {line.split()[0]: re.split(r"\s{2,}", line)[1:] for line in lines}


def faults(text: str, learner: str) -> str:
    """What the table of faults says of a learner, its folded lines joined."""
    part = text[text.index("Hand-ins that had a fault") : text.index("Made by this demo")]
    found, mine = [], False
    for line in part.splitlines():
        if named := re.match(r"\s*(L-\d{4})\s+(.*)", line):
            mine = named[1] == learner
            found += [named[2].strip()] if mine else []
        elif mine:
            found.append(line.strip())
    return " ".join(found)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    made = run(tmp_path_factory.mktemp("demo") / "een pad é" / "demo")
    yield made
    made.cohort.engine.dispose()


def test_the_table_says_what_the_answers_are_worth(done):
    assert done.code == 0
    so1 = {learner: cells[0] for learner, cells in done.rows.items()}
    assert so1 == {
        **dict.fromkeys(["L-0001", "L-0002", "L-0005", "L-0008", "L-0009", "L-0010"], "Competent"),
        "L-0003": "not handed in",
        "L-0004": "NYC: AC2 AC3 AC4 AC5",
        "L-0006": "NYC: all",
        "L-0007": "NYC: all",
        "L-0011": "NYC: AC2 AC4",
        "L-0012": "NYC: AC5",
    }
    others = {learner: set(cells[1:-1]) for learner, cells in done.rows.items() if learner not in THROUGH}
    assert set.union(*others.values()) == {"not handed in"}, "what was not handed in is not judged"
    assert done.rows["L-0005"][1:-1] == ["Competent", "NYC: AC2 AC3", "Competent"]
    assert done.rows["L-0008"][1:-1] == done.rows["L-0010"][1:-1] == ["Competent"] * 3
    attempts = {learner: cells[-1] for learner, cells in done.rows.items()}
    assert attempts["L-0010"] == "2" and attempts["L-0003"] == "–"
    assert not any(re.search(name, done.text) for name in ("Mokoena", "Ndlovu", "Lerato")), "pseudonyms only"


@pytest.mark.parametrize(
    ("learner", "says"),
    [
        ("L-0003", "never handed in"),
        ("L-0006", "handed in without a single answer"),
        ("L-0006", "declaration of authenticity is not signed"),
        ("L-0009", "2,5 days late"),
        ("L-0011", "or it is damaged"),
        ("L-0011", "(sent again, and taken in)"),
        ("L-0012", "so1-ac1-annual-sales"),
        ("L-0012", "so1-ac1-steps"),
        ("L-0012", "so1-ac5-reached-email"),
        ("L-0012", "so1-ac6-own-question: is no question of this workbook"),
    ],
)
def test_every_fault_is_named(done, learner, says):
    assert says in faults(done.text, learner)


def test_hand_ins_in_order_are_not_among_the_faults(done):
    assert all(not faults(done.text, learner) for learner in ("L-0001", "L-0002", "L-0005", "L-0008", "L-0010"))


def test_reasons_are_made_of_hints_and_comments(done):
    reasons = {(row["learner"], row["criterion"]): row["reason"] for row in judgement.history(done.cohort)}
    assert "all unanswered" in reasons["L-0006", "so1-ac1"] and "not signed" in reasons["L-0006", "so1-ac1"]
    assert "The longer answer was not handed in" in reasons["L-0004", "so1-ac4"]
    assert "The R104 400 is what one owner spends" in reasons["L-0004", "so1-ac3"]
    assert re.search(r"\d+ more hints stand in the feedback", reasons["L-0007", "so1-ac1"])


def test_the_second_attempt_stands_beside_the_first(done):
    rows = [row for row in judgement.history(done.cohort, "L-0010") if row["criterion"] == "so1-ac3"]
    assert [(row["attempt"], row["decision"]) for row in rows] == [(1, "NYC"), (2, "C")]
    kept = sorted(done.path.glob("portfolios/L-0010/data/3-evidence/so1/hand-in-*/answers.json"))
    assert len(kept) == 2 and kept[0].read_bytes() != kept[1].read_bytes()


def test_papers_and_portfolios_of_all_who_handed_in(done):
    judged = sorted({row["learner"] for row in judgement.history(done.cohort)})
    assert len(judged) == 11
    for learner in judged:
        for name in ("feedback.pdf", "report.pdf"):
            assert (done.path / "documents" / learner / name).read_bytes().startswith(b"%PDF-")
        bag = done.path / "portfolios" / learner
        assert portfolio.verify(bag) == []
        assert bagit.Bag(str(bag)).is_valid()
    evidence = done.path / "portfolios/L-0005/data/3-evidence/so1/hand-in-1/evidence/signed-minute.pdf"
    assert evidence.read_bytes().startswith(b"%PDF-")
    (item,) = [one for row in matrix(done.cohort, "L-0005") for one in row.items if one.kind == "document"]
    assert "signed-minute.pdf" in item.said
    with (done.path / "documents" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["learner"]: row["so1"] for row in csv.DictReader(file)}
    assert listed["L-0001"] == "C" and listed["L-0012"] == "NYC" and len(listed) == 12
    assert len(json.loads((done.path / "documents" / "matrix.json").read_text(encoding="utf-8"))["criteria"]) == 17


def test_whoever_is_through_the_whole_unit_has_a_closed_portfolio(done):
    assert tuple(practice.through(done.cohort)) == THROUGH
    for learner in THROUGH:
        assert portfolio.missing(done.cohort, learner) == ()
        assert portfolio.state(done.path / "portfolios" / learner) == portfolio.CLOSED
    assert portfolio.state(done.path / "portfolios" / "L-0001") == portfolio.DRAFT
    assert "nothing handed in" in portfolio.missing(done.cohort, "L-0001")[0]
    units = {learner: row["unit"] for learner, row in judgement.outcomes(done.cohort).items()}
    assert [units[learner] for learner in THROUGH] == ["NYC", "C", "C"]
    statements = sorted(one.parent.name for one in done.path.glob("documents/*/statement-of-results.pdf"))
    assert statements == ["L-0008", "L-0010"], "only whose results are final"
    assert (done.path / "portfolios/L-0010/data/4-reporting/statement-of-results.pdf").is_file()
    said = decisions.standing_statements(done.cohort, "L-0005")
    reasons = [row["reason"] for row in said.values() if not row["evidenced"]]
    assert reasons and all(re.fullmatch(r"Not Yet Competent on so3-ac[23](, so3-ac3)?\.", reason) for reason in reasons)


def test_moderation_can_be_drawn_again_and_overturns_one(done):
    (sample,) = moderation.samples(done.cohort)
    assert moderation.draw_again(done.cohort, sample["id"])
    drawn = {one.learner for one in sample["drawn"]}
    assert {"L-0004", "L-0005", "L-0006", "L-0007", "L-0009", "L-0011", "L-0012"} <= drawn, (
        "whoever is Not Yet Competent is in it"
    )
    assert len(drawn) < 11, "the others are a sample"
    agreed = moderation.agreement(done.cohort, sample["id"])
    assert agreed["looked_at"] - agreed["upheld"] == 1
    first, second = [row for row in judgement.history(done.cohort, "L-0009") if row["criterion"] == "so1-ac5"]
    assert (first["decision"], second["decision"], second["corrects"]) == ("NYC", "C", first["id"])
    assert (done.path / "portfolios/L-0009/data/4-reporting/moderation.csv").is_file()
    assert (done.path / "portfolios/L-0010/data/4-reporting/judgements.csv").is_file()


def test_nothing_half_made_is_left(done):
    left = [one for one in done.path.rglob("*") if re.match(r"\.(making|old|filling|demo)|.*\.tmp$", one.name)]
    assert left == []
    assert sorted(one.name for one in done.path.parent.iterdir()) == ["demo", "spare"]


def small_class(folder: Path) -> Path:
    """A copy of the sample class with three learners and one workbook, so that a second run is quick."""
    shutil.copytree(SAMPLE, folder)
    lines = (folder / "learners.csv").read_text(encoding="utf-8").splitlines()
    (folder / "learners.csv").write_text("\n".join(lines[:4]) + "\n", encoding="utf-8")
    head, *parts = re.split(r"(?m)^(?=\[\[hand_ins\]\])", (folder / "class.toml").read_text(encoding="utf-8"))
    head = re.sub(r'\[\[workbooks\]\]\nname = "so[234]"\n(\w.*\n)+', "", head)
    kept = [part for part in parts if re.search(r'"L-000[123]"', part)]
    last = '[[hand_ins]]\nlearner = "L-0003"\nworkbook = "so1"\nanswers = "L-0003.json"\nday = 4\nat = 09:00:00\n'
    (folder / "class.toml").write_text(head + "".join(kept) + last, encoding="utf-8")
    return folder


def test_delete_an_answer_and_the_table_changes(done, tmp_path):
    data = small_class(tmp_path / "class")
    held = tomllib.loads((data / "class.toml").read_text(encoding="utf-8"))
    assert (len(held["hand_ins"]), len(held["workbooks"])) == (3, 1)
    for learner, gone in (("L-0001", "so1-ac1-annual-sales"), ("L-0002", "so1-ac5-agreement-minute")):
        path = data / "answers" / f"{learner}.json"
        held = json.loads(path.read_text(encoding="utf-8"))
        del held["answers"][gone]
        path.write_text(json.dumps(held), encoding="utf-8")
    marks = read_class(data).marks
    assert marks["L-0002", 1, "so1-ac5-agreement-minute"].points == 10
    again = run(tmp_path / "other" / "demo", data)
    again.cohort.engine.dispose()
    assert done.rows["L-0001"][0] == done.rows["L-0002"][0] == "Competent"
    assert again.rows["L-0001"][0] == "NYC: AC1"
    assert again.rows["L-0002"][0] == "NYC: AC5", "a mark is worth nothing without the answer it was given for"
    assert {cell for cells in again.rows.values() for cell in cells[1:-1]} == {"not released"}
    assert "L-0003.json is not in the sample class" in faults(again.text, "L-0003")


def test_a_folder_that_exists_is_refused_and_left_alone(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep", encoding="utf-8")
    assert cli.main(["demo", "--to", str(tmp_path / "mine")]) == 1
    said = capsys.readouterr().err
    assert "exists already" in said and "Traceback" not in said
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["note.txt"]


def test_the_next_free_name_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "HOME", tmp_path)
    assert demo._free() == tmp_path / "cohorts" / "demo"
    (tmp_path / "cohorts" / "demo").mkdir(parents=True)
    assert demo._free() == tmp_path / "cohorts" / "demo-2"


def test_faults_of_the_sample_class_are_told_all_at_once(tmp_path):
    with pytest.raises(KitError, match="is not there"):
        read_class(tmp_path / "nowhere")
    shutil.copytree(SAMPLE, tmp_path / "class")
    settings = tmp_path / "class" / "class.toml"
    said = settings.read_text(encoding="utf-8")
    said = (
        said.replace("level = 0.8", "level = 8.0").replace("due = 18", 'due = "soon"').replace("cut = 0.6", "cut = 0.0")
    )
    said = said.replace('workbook = "so1"', 'workbook = "so9"', 1).replace("again = 40\n", "")
    settings.write_text(said, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        demo.run(tmp_path / "demo", tmp_path / "class")
    columns = {fault.column for fault in raised.value.faults}
    assert {"level", "workbooks[1].due", "hand_ins[1].workbook", "hand_ins[10].round", "hand_ins[11].cut"} == columns
    assert not (tmp_path / "demo").exists()


def test_marks_that_cannot_be_are_refused(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "class")
    marks = tmp_path / "class" / "marks.csv"
    line = "L-0001,1,so1-ac3-benefits-memo,-2,no\nL-0001,1,so1-ac3-benefits-memo,many,no\n"
    marks.write_text(marks.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_class(tmp_path / "class")
    assert len(raised.value.faults) == 2


def test_a_mark_given_for_an_earlier_hand_in_waits_for_another_look(cohort, hand_in, right_answers):
    """What the second round rests on: new words are not judged by the mark of the old ones."""
    memo = "so1-ac3-benefits-memo"

    def state() -> str:
        return next(one.state for one in matrix(cohort, "L-0001") if one.criterion == "so1-ac3")

    hand_in("L-0001", right_answers, dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    grade(cohort, workers=1)
    practice.mark(cohort, "so1", ["L-0001"], 1, {("L-0001", 1, memo): Mark(10, "Sound.")})
    assert state() == READY
    hand_in("L-0001", {**right_answers, memo: "Customers are important."}, dt.datetime(2026, 2, 2, tzinfo=dt.UTC))
    grade(cohort, workers=1)
    assert state() == WAITING
