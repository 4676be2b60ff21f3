"""From evidence to judgement, portfolio and moderation: what may be recorded, what is refused, and that nothing is lost."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from learner_kit.assess import evidence, judgement, moderation, papers, portfolio, results
from learner_kit.assess.grade import grade
from learner_kit.assess.portfolio import contents, signing
from learner_kit.course import records
from learner_kit.errors import KitError

from ..classwork import mark_all

SO1 = ["so1-ac1", "so1-ac2", "so1-ac3", "so1-ac4", "so1-ac5"]


@pytest.fixture
def graded(graded):
    mark_all(graded, "L-0001")
    return graded


def state(cohort, learner: str, criterion: str) -> str:
    return next(one.state for one in evidence.matrix(cohort, learner) if one.criterion == criterion)


def test_the_matrix_names_every_criterion_and_its_state(graded):
    held = json.loads(evidence.as_json(graded, evidence.matrix(graded)))
    assert len(held["criteria"]) == 17
    assert held["criteria"]["so1-ac1"]["activity"]
    states = {learner: {id: one["state"] for id, one in row.items()} for learner, row in held["learners"].items()}
    assert states["L-0001"]["so1-ac1"] == evidence.READY
    assert states["L-0002"]["so1-ac3"] == evidence.WAITING
    assert states["L-0003"]["so1-ac1"] == evidence.MISSING
    without = [id for id, one in held["criteria"].items() if not one["activity"]]
    assert all(states["L-0001"][id] == evidence.NO_ACTIVITY for id in without)


def test_competent_only_when_every_criterion_is(graded):
    for criterion in SO1[:-1]:
        judgement.judge(graded, "L-0001", criterion, "C", "A-01")
    assert judgement.outcomes(graded)["L-0001"]["so1"] == judgement.OPEN
    judgement.judge(graded, "L-0001", SO1[-1], "C", "A-01")
    row = judgement.outcomes(graded)["L-0001"]
    assert (row["so1"], row["unit"]) == ("C", judgement.OPEN)
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", "Show how the sales potential is worked out.")
    assert judgement.outcomes(graded)["L-0002"]["so1"] == "NYC"


@pytest.mark.parametrize(
    ("learner", "criterion", "decision", "assessor", "more", "says"),
    [
        ("L-0001", "so1-ac1", "C", "A-99", {}, "not registered as assessor"),
        ("L-0001", "so1-ac1", "C", "M-01", {}, "not registered as assessor"),
        ("L-0099", "so1-ac1", "C", "A-01", {}, "not enrolled"),
        ("L-0001", "so1-ac9", "C", "A-01", {}, "no criterion"),
        ("L-0001", "so1-ac1", "80 %", "A-01", {}, "no decision"),
        ("L-0002", "so1-ac1", "NYC", "A-01", {"reason": "  "}, "needs a reason"),
        ("L-0003", "so1-ac1", "C", "A-01", {}, "there is no evidence"),
        ("L-0002", "so1-ac3", "C", "A-01", {}, "waits for marking"),
        (
            "L-0001",
            "so1-ac1",
            "C",
            "A-01",
            {"confirmed": ["valid"]},
            "not confirmed: authentic, reliable, current, sufficient",
        ),
        ("L-0001", "so1-ac1", "C", "A-01", {"at": dt.datetime(2029, 7, 1)}, "last date of achievement"),
    ],
)
def test_what_may_not_be_recorded(graded, learner, criterion, decision, assessor, more, says):
    with pytest.raises(KitError, match=says):
        judgement.judge(graded, learner, criterion, decision, assessor, **more)
    assert judgement.history(graded) == []


def test_an_override_with_a_reason_is_recorded(graded):
    after = dt.datetime(2029, 7, 1)
    judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01", override="Council granted an extension", at=after)
    assert judgement.history(graded)[0]["override"] == "Council granted an extension"


def test_three_attempts_and_only_with_something_new(graded, hand_in, right_answers):
    said = "Work out the sales potential."
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", said, at=dt.datetime(2020, 1, 1))
    with pytest.raises(KitError, match="nothing new was handed in"):
        judgement.judge(_with_old_hand_ins(graded), "L-0002", "so1-ac1", "C", "A-01")
    for attempt in (2, 3):
        hand_in("L-0002", {"so1-ac1-annual-sales": float(attempt)})
        grade(graded)
        assert state(graded, "L-0002", "so1-ac1") == evidence.READY
        judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", said, at=dt.datetime(2020, 1, attempt))
    assert [row["attempt"] for row in judgement.history(graded)] == [1, 2, 3]
    hand_in("L-0002", right_answers)
    grade(graded)
    with pytest.raises(KitError, match="all 3 attempts"):
        judgement.judge(graded, "L-0002", "so1-ac1", "C", "A-01")


def _with_old_hand_ins(cohort):
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.submissions.update().values(collected_at=dt.datetime(2019, 1, 1)))
    return cohort


def test_what_is_competent_is_frozen_and_a_correction_keeps_the_old_row(graded):
    first = judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01")
    with pytest.raises(KitError, match="Competent on so1-ac1 already"):
        judgement.judge(graded, "L-0001", "so1-ac1", "NYC", "A-01", "second thoughts")
    with pytest.raises(KitError, match="needs a decision"):
        judgement.correct(graded, first, "NYC", "A-01", "")
    second = judgement.correct(graded, first, "NYC", "A-01", "The figures were another learner's.")
    with pytest.raises(KitError, match="corrected already"):
        judgement.correct(graded, first, "C", "A-01", "again")
    rows = judgement.history(graded)
    assert [(row["id"], row["decision"], row["corrects"], row["attempt"]) for row in rows] == [
        (first, "C", None, 1),
        (second, "NYC", first, 1),
    ]
    assert judgement.standing_judgements(graded)["L-0001", "so1-ac1"]["id"] == second


def test_two_desks_at_the_same_moment_one_is_told(graded):
    def decide(_):
        try:
            return judgement.judge(graded, "L-0001", "so1-ac2", "C", "A-01")
        except KitError as error:
            return str(error)

    with ThreadPoolExecutor(4) as desks:
        said = list(desks.map(decide, range(4)))
    assert sum(isinstance(one, int) for one in said) == 1
    assert len(judgement.history(graded)) == 1


@pytest.fixture
def judged(graded):
    for criterion in SO1:
        judgement.judge(graded, "L-0001", criterion, "C", "A-01", "Own figures, well explained.")
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", "Show price times customers times visits. <b>&</b> #x")
    return graded


def test_feedback_says_what_is_missing_and_never_the_expected_value(judged, tmp_path):
    from pypdf import PdfReader

    feedback, report = papers.write(judged, "L-0002")
    text = " ".join(page.extract_text() for page in PdfReader(feedback).pages).replace("\n", " ")
    for part in ("Show price times customers", "<b>&</b> #x", "appeal", "Value of prospects", "attempt 1 of 3"):
        assert part in " ".join(text.split()), part
    assert "60 000" not in text and "60000" not in text
    assert "Not Yet Competent" in " ".join(page.extract_text() for page in PdfReader(report).pages).replace("\n", " ")
    again = [path.read_bytes() for path in papers.write(judged, "L-0002")]
    assert again == [feedback.read_bytes(), report.read_bytes()], "the same records give the same bytes"


@pytest.fixture
def bag(judged):
    return portfolio.make(judged, "L-0001", signing.new_key(judged.path / "keys" / "key.pem"), "A-01")


def test_a_portfolio_is_whole_and_other_tools_agree(bag):
    assert portfolio.verify(bag) == []
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(bag)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    held = json.loads((bag / "signature.json").read_text(encoding="utf-8"))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(held["public_key"]))
    key.verify(base64.b64decode(held["signature"]), (bag / "tagmanifest-sha256.txt").read_bytes())
    names = [one.name for one in (bag / "data").iterdir() if one.is_dir()]
    assert sorted(names) == sorted(contents.SECTIONS)
    page = (bag / "data" / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page and "Surname1" not in page
    for file in bag.rglob("*.csv"):
        assert "Surname1" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("harm", ["changed", "added", "gone", "tag changed", "unsigned", "signed anew", "link"])
def test_verify_names_what_was_done_to_a_portfolio(bag, harm, tmp_path):
    paper = bag / "data" / "4-reporting" / "report.pdf"
    if harm == "changed":
        content = bytearray(paper.read_bytes())
        content[100] ^= 1
        paper.write_bytes(bytes(content))
        wanted = "data/4-reporting/report.pdf: was changed"
    elif harm == "added":
        (bag / "data" / "more.txt").write_text("x", encoding="utf-8")
        wanted = "data/more.txt: was added"
    elif harm == "gone":
        paper.unlink()
        wanted = "data/4-reporting/report.pdf: is missing"
    elif harm == "tag changed":
        with (bag / "bag-info.txt").open("a", encoding="utf-8") as file:
            file.write("Contact-Name: X\n")
        wanted = "bag-info.txt: was changed"
    elif harm == "unsigned":
        (bag / "signature.json").unlink()
        wanted = "signature.json: is missing"
    elif harm == "signed anew":
        signing.sign(bag, signing.new_key(tmp_path / "other.pem"))
        wanted = "signature.json: signed with the key"
        trusted = signing.open_key(bag.parent.parent / "keys" / "key.pem").fingerprint
        assert any(one.startswith(wanted) for one in portfolio.verify(bag, trusted))
        return
    else:
        shutil.copy(paper, tmp_path / "copy.pdf")
        paper.unlink()
        paper.symlink_to(tmp_path / "copy.pdf")
        wanted = "data/4-reporting/report.pdf: "
    assert any(one.startswith(wanted) for one in portfolio.verify(bag)), portfolio.verify(bag)


def test_a_key_with_a_passphrase(tmp_path):
    made = signing.new_key(tmp_path / "key.pem", "open sesame")
    assert signing.open_key(tmp_path / "key.pem", "open sesame").fingerprint == made.fingerprint
    for wrong in (None, "open barley"):
        with pytest.raises(KitError, match=r"locked with a passphrase|passphrase is wrong"):
            signing.open_key(tmp_path / "key.pem", wrong)
    with pytest.raises(KitError, match="exists already"):
        signing.new_key(tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("count", "share", "wanted"),
    [(3, 0.25, 3), (8, 0.25, 3), (12, 0.25, 3), (20, 0.25, 5), (40, 0.25, 10), (40, 0.1, 4)],
)
def test_sample_sizes(count, share, wanted):
    frame = [moderation.Portfolio(f"L-{n:04}", "A-01", "C", "") for n in range(count)]
    assert len(moderation.draw(frame, "seed", share, 3)) == wanted


def test_the_sample_is_stratified_and_takes_what_must_be_taken():
    frame = [moderation.Portfolio(f"L-{n:04}", f"A-0{n % 2 + 1}", "C", ["Durban", "Giyani"][n % 2]) for n in range(40)]
    frame.append(moderation.Portfolio("L-9999", "A-01", "NYC", "Durban", ("not yet competent",)))
    drawn = {one.learner: one.why for one in moderation.draw(frame, "a")}
    assert drawn["L-9999"] == "always: not yet competent"
    for place in (0, 1):
        assert sum(int(learner[2:]) % 2 == place for learner in drawn if learner != "L-9999") == 5
    assert moderation.draw(frame, "a") != moderation.draw(frame, "b")


def test_moderation_is_kept_drawn_again_and_reported(judged):
    number, sample = moderation.moderate(judged, "M-01", "2026-1")
    assert [one.learner for one in sample] == ["L-0001", "L-0002"]
    assert moderation.draw_again(judged, number)
    with pytest.raises(KitError, match="needs a reason"):
        moderation.find(judged, number, "L-0001", {"so1-ac1": ("overturned", "")}, "M-01")
    with pytest.raises(KitError, match="not in sample"):
        moderation.find(judged, number, "L-0003", {"so1-ac1": ("upheld", "")}, "M-01")
    with pytest.raises(KitError, match="was not judged"):
        moderation.find(judged, number, "L-0002", {"so1-ac2": ("upheld", "")}, "M-01")
    moderation.find(
        judged,
        number,
        "L-0001",
        dict.fromkeys(SO1[:3], ("upheld", "")) | {"so1-ac4": ("overturned", "no date")},
        "M-01",
    )
    assert moderation.agreement(judged, number) == {"looked_at": 4, "upheld": 3, "share": 0.75}
    assert {row["learner"]: row["moderated"] for row in results.results(judged)} == {
        "L-0001": 4,
        "L-0002": 0,
        "L-0003": 0,
    }


def test_results_hold_no_name_unless_asked_and_no_formula(judged):
    text = results.as_csv(results.results(judged))
    assert "Surname1" not in text
    assert results.as_csv([{"a": "=1", "b": "@x", "c": "-2", "d": -2}]) == "a,b,c,d\r\n'=1,'@x,'-2,-2\r\n"
    assert "Surname1, Name1" in results.as_csv(results.results(judged, named=True))


def test_every_step_is_in_the_log(judged):
    what = [row["what"] for row in records.rows(judged.engine, sa.select(records.log).order_by(records.log.c.id))]
    for step in ("enrol", "register", "release", "collect", "grade", "judge"):
        assert step in what
