"""Moderation: what must be in a sample, packs that go away and come back, agreement, and the report."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import sqlalchemy as sa

from learner_kit.assess import appeals, flags, judgement, moderation
from learner_kit.assess.grade import grade
from learner_kit.assess.moderation import opened_pack, pack_return, packs, raters
from learner_kit.assess.moderation import report as moderation_report
from learner_kit.cli import main
from learner_kit.course import audit, enrol, records
from learner_kit.course.cohort import open_cohort
from learner_kit.documents import to_pdf
from learner_kit.errors import KitError
from learner_kit.upkeep import backup

AC = ["so1-ac1", "so1-ac2"]


@pytest.fixture
def judged(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    hand_in("L-0002", {"so1-ac1-annual-sales": 1.0, "so1-ac3-benefits-memo": "<img src=x onerror=alert(1)> " * 30})
    grade(cohort)
    for criterion in AC:
        judgement.judge(cohort, "L-0001", criterion, "C", "A-01", "Own figures.")
    judgement.judge(cohort, "L-0002", "so1-ac1", "NYC", "A-01", "Secret reason of the assessor.")
    return cohort


@pytest.fixture
def sample(judged):
    number, _ = moderation.moderate(judged, "M-01", "2026-1")
    return number


# --- the sample ---


def reasons(cohort, learner: str = "L-0001", on: dt.date | None = None) -> set[str]:
    frame = moderation.frame_of(cohort, on or dt.date.today() + dt.timedelta(days=365))
    return set(next(one.always for one in frame if one.learner == learner))


def test_everything_that_the_rules_force_in_is_in_the_frame(judged):
    with records.transaction(judged.engine) as connection:
        change = records.judgements.update().where(records.judgements.c.learner == "L-0001")
        connection.execute(change.values(evidence='[["question", "a", 1.0]]'))
    assert reasons(judged) == set() and reasons(judged, "L-0002") == {"not yet competent"}
    assert reasons(judged, on=dt.date.today()) == {"new assessor"}
    flags.flag(judged, "L-0001", flags.RPL, "F-01", "Ten years at a call centre.")
    flags.flag(judged, "L-0001", flags.NEEDS, "F-01", "Read aloud.")
    appeals.lodge(judged, "L-0001", "so1-ac1", "unfair", "I was not heard.", "F-01", records.now())
    with records.transaction(judged.engine) as connection:
        change = records.judgements.update().where(records.judgements.c.learner == "L-0001")
        connection.execute(change.values(override="Council granted it."))
    wanted = {"recognition of prior learning", "special needs", "appeal", "borderline"}
    assert reasons(judged) == wanted
    assert wanted | {"not yet competent", "new assessor"} == set(judged.programme.rules.always_sampled)
    flags.flag(judged, "L-0001", flags.RPL, "F-01", "A mistake.", holds=False)
    assert reasons(judged) == wanted - {"recognition of prior learning"}


@pytest.mark.parametrize(
    ("decision", "override", "items", "wanted"),
    [
        ("C", "", [["question", "a", 1.0], ["question", "b", 1.0], ["marked", "c", 0.5]], False),
        ("C", "", [["question", "a", 1.0], ["question", "b", 0.9]], True),
        ("C", "", [["question", "a", 1.0], ["marked", "c", 0.4]], True),
        ("C", "an extension", [["question", "a", 1.0]], True),
        ("NYC", "", [["question", "a", 1.0]], True),
        ("NYC", "", [["question", "a", 1.0], ["question", "b", 0.0]], False),
        ("C", "", [["document", "a", None]], False),
        ("C", "", [], False),
    ],
)
def test_what_is_borderline(decision, override, items, wanted):
    row = {"decision": decision, "override": override, "evidence": json.dumps(items)}
    assert moderation.borderline(row, 0.7) is wanted


def test_the_sample_is_the_same_on_another_machine(judged, sample):
    """Another process, another random hash seed, the frame in another order: the same list."""
    (row,) = records.rows(judged.engine, sa.select(records.samples))
    frame = list(reversed(json.loads(row["frame"])))
    code = (
        "import json, sys; from learner_kit.assess.moderation import redrawn\n"
        "held = json.loads(sys.stdin.read()); print(json.dumps(redrawn(**held)))"
    )
    given = json.dumps({"frame": frame, "seed": row["seed"], "rules": json.loads(row["rules"])})
    for seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        assert json.loads(done.stdout) == json.loads(row["drawn"])
    assert moderation.draw_again(judged, sample)


def test_a_known_sample_never_changes():
    """Written down once: a change of the method would draw other portfolios from the same seed."""
    frame = [moderation.Portfolio(f"L-{n:04}", "A-01", "C", "") for n in range(1, 21)]
    assert [one.learner for one in moderation.draw(frame, "2026-1")] == KNOWN


KNOWN = ["L-0001", "L-0004", "L-0006", "L-0012", "L-0020"]


# --- packs ---


def found_all(pack, said="upheld"):
    for one in pack.held["learners"]:
        opened_pack.record(pack, one["learner"], {judged["criterion"]: (said, "") for judged in one["judged"]})


@pytest.fixture
def away(judged, sample, tmp_path):
    """A pack on the moderator's machine, where there is no cohort."""
    path = packs.make(judged, sample, "M-01", tmp_path / "stick")
    (tmp_path / "elsewhere").mkdir()
    return opened_pack.open_pack(shutil.move(path, tmp_path / "elsewhere"))


def test_a_pack_goes_away_and_its_findings_come_back(judged, sample, away, tmp_path):
    assert [one["learner"] for one in away.held["learners"]] == ["L-0001", "L-0002"]
    assert opened_pack.draw_again(away)
    said = {"so1-ac1": ("upheld", ""), "so1-ac2": ("overturned", "The figures are another's.")}
    assert opened_pack.record(away, "L-0001", said) == 2
    assert opened_pack.left(away) == [("L-0002", "so1-ac1")]
    with pytest.raises(KitError, match="not looked at yet: L-0002 so1-ac1"):
        opened_pack.give_back(away, tmp_path)
    opened_pack.record(opened_pack.open_pack(away.path), "L-0002", {"so1-ac1": ("more evidence", "An order form.")})
    path, receipt = opened_pack.give_back(away, tmp_path)
    counts, notes = pack_return.take_in(judged, path, "F-01")
    assert counts == {"upheld": 1, "overturned": 1, "more evidence": 1} and notes == ()
    assert moderation.agreement(judged, sample) == {"looked_at": 3, "upheld": 1, "share": 1 / 2}
    assert raters.in_figures(raters.by_criterion(judged, sample)[-1]) == (
        "1 of 3 judgements looked at were upheld; agreement 50\u00a0%: 1 of the 2 on which the moderator could decide"
    )
    assert "made blind" not in repr(moderation_report.report(judged, sample))
    with pytest.raises(KitError, match="Sample 1 was drawn with the seed “2026-1” from the same portfolios"):
        moderation.moderate(judged, "M-01", "2026-1")
    (row,) = packs.made(judged)
    assert row["receipt"] == receipt and row["returned_at"]
    assert len(list((judged.path / "moderation" / "returned").iterdir())) == 1
    assert audit.check(judged).faults == ()


def test_nothing_a_learner_wrote_is_markup_in_a_pack(away):
    with zipfile.ZipFile(away.path) as archive:
        said = archive.read(packs.PAGE).decode()
    assert "<img" not in said and "<script" not in said and "Surname1" not in said
    assert "Surname1" not in json.dumps(away.held)


def test_a_blind_pack_hides_every_decision_and_compares_when_it_is_back(judged, sample, tmp_path):
    path = packs.make(judged, sample, "M-01", tmp_path / "blind.zip", blind=True)
    with zipfile.ZipFile(path) as archive:
        said = "".join(archive.read(name).decode() for name in archive.namelist() if not name.startswith("evidence/"))
    for secret in ("Secret reason", "Own figures", "A-01", "NYC", "not yet competent", '"decision"'):
        assert secret not in said, secret
    pack = opened_pack.open_pack(path)
    with pytest.raises(KitError, match="is no finding in a blind pack"):
        opened_pack.record(pack, "L-0001", {"so1-ac1": ("upheld", "")})
    with pytest.raises(KitError, match="not yet competent needs a reason"):
        opened_pack.record(pack, "L-0001", {"so1-ac1": ("NYC", " ")})
    with pytest.raises(KitError, match="competent needs a reason, as every decision in a blind pack does"):
        opened_pack.record(pack, "L-0001", {"so1-ac1": ("C", "")})
    with pytest.raises(KitError, match="takes: competent, not yet competent, more evidence"):
        opened_pack.record(pack, "L-0001", {"1.1": ("overturned", "x")})
    assert opened_pack.findings(pack) == {}
    with pytest.raises(KitError, match="would tell the results"):
        opened_pack.draw_again(pack)
    opened_pack.record(pack, "L-0001", {"1.1": ("C", "Own figures."), "so1-ac2": ("NYC", "No working.")})
    opened_pack.record(pack, "L-0002", {"so1-ac1": ("NYC", "Nothing shown.")})
    counts, _ = pack_return.take_in(judged, opened_pack.give_back(pack, tmp_path)[0], "F-01")
    assert counts == {"upheld": 2, "overturned": 1, "more evidence": 0}
    whole = raters.by_criterion(judged, sample)[-1]
    assert whole.share == pytest.approx(2 / 3) and whole.kappa == pytest.approx(0.4)
    (overturned,) = (row for row in raters.findings(judged, sample) if row["finding"] == "overturned")
    assert overturned["reason"] == "No working." == raters.reason(overturned)
    made = str(moderation_report.report(judged, sample).blocks)
    assert "No working." in made and "All findings were made blind" in made


@pytest.mark.parametrize("said", ["C", "NYC"])
def test_a_blind_decision_without_a_reason_is_refused_whatever_was_decided(judged, sample, tmp_path, said):
    """To refuse only overturns would tell the moderator what the assessor decided."""
    pack = opened_pack.open_pack(packs.make(judged, sample, "M-01", tmp_path / "blind.zip", blind=True))
    opened_pack.record(pack, "L-0001", {"1.1": (said, "Seen.")})
    path, _ = opened_pack.give_back(pack, tmp_path, partly=True)

    def bare(held):
        held["findings"]["L-0001"]["so1-ac1"]["reason"] = " "
        sign_again(held)

    edit(path, bare)
    with pytest.raises(KitError, match=r"L-0001 so1-ac1 \(no reason\)"):
        pack_return.take_in(judged, path, "F-01")
    edit(pack.notes, lambda held: held["findings"]["L-0001"]["so1-ac1"].update(reason=""))
    with pytest.raises(KitError, match="these have none: L-0001 so1-ac1"):
        opened_pack.give_back(pack, tmp_path, partly=True)


def test_earlier_findings_that_are_replaced_are_counted_and_what_is_left_out_is_not_looked_at(judged, sample, tmp_path):
    assert packs.found_before(judged, sample, "M-01") == ""
    moderation.find(judged, sample, "L-0001", {"1.1": ("upheld", ""), "so1-ac2": ("upheld", "")}, "M-01")
    told = packs.found_before(judged, sample, "M-01")
    assert told.startswith("M-01 has 2 findings on these portfolios already.")
    pack = opened_pack.open_pack(packs.make(judged, sample, "M-01", tmp_path / "p.zip"))
    opened_pack.record(pack, "L-0001", {"so1-ac1": ("overturned", "No date."), "so1-ac2": ("upheld", "")})
    _, notes = pack_return.take_in(judged, opened_pack.give_back(pack, tmp_path, partly=True)[0], "F-01")
    assert notes == (
        "2 earlier findings replaced (recorded by M-01); they stay in the record",
        "not looked at: L-0002",
    )
    table = next(one for one in moderation_report.report(judged, sample).blocks if getattr(one, "total", False))
    rows = {row[0]: list(row) for row in table.rows}
    assert rows["L-0002"][2:] == ["not looked at", "–", "–", "–"] and rows["L-0001"][2:] == [2, 1, 1, 0]


def edit(path, change) -> None:
    held = json.loads(path.read_text(encoding="utf-8"))
    change(held)
    path.write_text(json.dumps(held), encoding="utf-8")


def sign_again(held) -> None:
    held["receipt"] = packs.receipt(held)


def invent(held) -> None:
    held["findings"]["L-0001"]["so1-ac1"]["judgement"] = 3
    sign_again(held)


def wrong_word(held) -> None:
    held["findings"]["L-0001"]["so1-ac1"]["said"] = "fine"
    sign_again(held)


def another(name, value):
    def change(held):
        held[name] = value
        sign_again(held)

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda held: held["findings"]["L-0001"]["so1-ac1"].update(said="overturned"), "was edited"),
        (lambda held: held.pop("receipt"), "was edited"),
        (another("identity", "0" * 20), "belongs to another cohort"),
        (another("pack", "nowhere"), "a pack that class never made"),
        (another("pack_sha256", "0" * 64), "was changed after it left"),
        (another("moderator", "M-02"), "went to M-01"),
        (another("findings", {}), "no finding at all"),
        (
            another("findings", {"L-0003": {"so1-ac1": {"judgement": 1, "said": "upheld", "reason": ""}}}),
            "does not fit",
        ),
        (another("format", "x"), "not a file that a moderator's kit makes"),
        (invent, "what does not fit the pack: L-0001 so1-ac1"),
        (wrong_word, "what does not fit the pack: L-0001 so1-ac1"),
    ],
)
def test_what_comes_back_changed_is_refused_and_kept(judged, away, change, says, tmp_path):
    found_all(away)
    path, _ = opened_pack.give_back(away, tmp_path)
    good = path.read_bytes()
    edit(path, change)
    with pytest.raises(pack_return.Refused, match=says):
        pack_return.take_in(judged, path, "F-01")
    assert records.rows(judged.engine, sa.select(records.moderation)) == []
    (kept,) = (judged.path / "moderation" / "refused").iterdir()
    assert kept.read_bytes() == path.read_bytes()
    path.write_bytes(good)
    assert pack_return.take_in(judged, path, "F-01")[0]["upheld"] == 3, "the right file is taken in afterwards"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"[]", b"{}", b'{"format": 1}', b"[" * 100_000, "ṱ".encode("utf-16")]
)
def test_what_is_no_return_at_all(judged, content, tmp_path):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(KitError, match="not a file that a moderator's kit makes"):
        pack_return.take_in(judged, tmp_path / "x.json", "F-01")


def test_it_comes_back_twice(judged, away, tmp_path):
    found_all(away)
    path, _ = opened_pack.give_back(away, tmp_path)
    pack_return.take_in(judged, path, "F-01")
    before = records.rows(judged.engine, sa.select(records.moderation))
    with pytest.raises(KitError, match=r"came back already and was taken in on .* SAST\."):
        pack_return.take_in(judged, path, "F-01")
    opened_pack.record(away, "L-0001", {"so1-ac1": ("overturned", "second thoughts")})
    other, _ = opened_pack.give_back(away, tmp_path / "more")
    with pytest.raises(KitError, match="with other findings"):
        pack_return.take_in(judged, other, "F-01")
    assert records.rows(judged.engine, sa.select(records.moderation)) == before
    kept = {one.read_bytes() for one in (judged.path / "moderation" / "refused").iterdir()}
    assert kept == {path.read_bytes(), other.read_bytes()}


def test_the_rest_of_a_pack_comes_later_and_changes_nothing_that_came_before(judged, away, tmp_path):
    opened_pack.record(away, "L-0001", {"so1-ac1": ("upheld", "")})
    first, _ = opened_pack.give_back(away, tmp_path / "first", partly=True)
    pack_return.take_in(judged, first, "F-01")
    found_all(away)
    opened_pack.record(away, "L-0001", {"so1-ac1": ("overturned", "Second thoughts.")})
    second, _ = opened_pack.give_back(away, tmp_path / "second")
    counts, notes = pack_return.take_in(judged, second, "F-01")
    assert counts == {"upheld": 2, "overturned": 0, "more evidence": 0}
    assert notes[0].startswith("the rest of a pack that came back on") and "1 finding says something else" in notes[1]
    rows = records.rows(judged.engine, sa.select(records.moderation))
    assert [(row["judgement"], row["finding"]) for row in rows] == [(1, "upheld"), (2, "upheld"), (3, "upheld")]
    for path in (first, second):
        with pytest.raises(KitError, match="came back already"):
            pack_return.take_in(judged, path, "F-01")
    with pytest.raises(KitError, match="It has no receipt: it is the file in which"):
        pack_return.take_in(judged, away.notes, "F-01")


def test_it_comes_late(judged, sample, tmp_path):
    today = dt.date.today()
    with pytest.raises(KitError, match="has passed"):
        packs.make(judged, sample, "M-01", tmp_path, due=today - dt.timedelta(days=1))
    pack = opened_pack.open_pack(packs.make(judged, sample, "M-01", tmp_path / "p.zip", due=today))
    found_all(pack)
    path, _ = opened_pack.give_back(pack, tmp_path)
    late = records.now() + dt.timedelta(days=3)
    with pytest.raises(KitError, match="was due on"):
        pack_return.take_in(judged, path, "F-01", at=late)
    assert pack_return.take_in(judged, path, "F-01", "The post was slow.", at=late)[0]["upheld"] == 3


def test_a_cohort_of_the_same_name_is_another_cohort(judged, away, tmp_path):
    found_all(away)
    path, _ = opened_pack.give_back(away, tmp_path)
    shutil.copytree(judged.path, tmp_path / "other" / "class")
    toml = tmp_path / "other" / "class" / "cohort.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('seed = "tests"', 'seed = "x"'), encoding="utf-8")
    other = open_cohort(tmp_path / "other" / "class")
    with pytest.raises(KitError, match="belongs to another cohort"):
        pack_return.take_in(other, path, "F-01")
    other.engine.dispose()


def test_a_cohort_that_was_restored_under_another_name_takes_its_pack_in(judged, away, tmp_path):
    found_all(away)
    path, _ = opened_pack.give_back(away, tmp_path)
    other = backup.restore(backup.backup(judged, tmp_path, "tests").path, tmp_path / "restored")
    assert pack_return.take_in(other, path, "F-01")[0]["upheld"] == 3
    other.engine.dispose()


def test_a_judgement_corrected_meanwhile_is_said(judged, away, tmp_path):
    found_all(away)
    path, _ = opened_pack.give_back(away, tmp_path)
    judgement.correct(judged, 1, "NYC", "A-01", "seen again")
    _, notes = pack_return.take_in(judged, path, "F-01")
    assert notes == ("1 of these judgements were corrected or judged again since the pack was made",)


@pytest.mark.parametrize("harm", ["no zip", "no list", "other list", "document"])
def test_a_pack_that_is_damaged_or_no_pack(judged, sample, tmp_path, harm, cohort):
    path = tmp_path / "p.zip"
    if harm == "no zip":
        path.write_bytes(b"PK")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x", "x")
            if harm == "other list":
                archive.writestr(packs.PACK, '{"format": "other"}')
            if harm == "document":
                held = {"format": packs.FORMAT, "files": {"x": "0" * 64}, "learners": [], "blind": False}
                archive.writestr(packs.PACK, json.dumps(held))
    with pytest.raises(KitError, match=r"is no moderation pack|was changed since it was made: x"):
        opened_pack.open_pack(path)


def test_findings_beside_a_pack_that_belong_to_another(judged, sample, away, tmp_path):
    found_all(away)
    second = packs.make(judged, sample, "M-01", away.path.with_name("second.zip"))
    other = opened_pack.open_pack(second)
    shutil.copy(away.notes, other.notes)
    with pytest.raises(KitError, match="belongs to another pack"):
        opened_pack.findings(other)
    other.notes.write_text("{", encoding="utf-8")
    with pytest.raises(KitError, match="is damaged"):
        opened_pack.record(other, "L-0001", {"so1-ac1": ("upheld", "")})


def test_packs_through_the_command_line(judged, tmp_path, capsys):
    place = str(judged.path)

    def run(*arguments: str, code: int = 0) -> str:
        assert main(list(arguments)) == code
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return said.out + said.err

    run("moderate", place, "--by", "M-01", "--seed", "x")
    assert "the same portfolios" in run("moderate", place, "--by", "M-01", "--sample", "1", "--again")
    out = run(
        "moderate", place, "--by", "M-01", "--sample", "1", "--pack", str(tmp_path / "p.zip"), "--due", "2099-01-01"
    )
    assert "open-pack p.zip" in out
    pack = str(tmp_path / "p.zip")
    assert "3 judgements left" in run("open-pack", pack)
    assert "no finding in an open pack" in run(
        "open-pack", pack, "--learner", "L-0001", "--competent", "so1-ac1", code=1
    )
    assert "Say whose" in run("open-pack", pack, "--upheld", "so1-ac1", code=1)
    assert "9.9 was not judged for L-0001; judged: 1.1 (so1-ac1), 1.2 (so1-ac2)" in run(
        "open-pack", pack, "--learner", "L-0001", "--upheld", "9.9", code=1
    )
    assert "2 findings, 1 judgement left" in run("open-pack", pack, "--learner", "L-0001", "--upheld", "1.1", AC[1])
    run("open-pack", pack, "--read", str(tmp_path / "read"))
    assert (tmp_path / "read" / packs.PAGE).is_file()
    assert "not looked at yet" in run("open-pack", pack, "--return", str(tmp_path), code=1)
    run("open-pack", pack, "--learner", "L-0002", "--overturned", "so1-ac1=It is shown")
    out = run("open-pack", pack, "--return", str(tmp_path))
    back = out.splitlines()[0]
    assert "not registered as moderator" in run("moderate", place, "--by", "M-02", "--take-in", back, code=1)
    enrol.register(judged, "moderator", "Two", "Moderator", "R-2", "tests")
    assert "findings of M-01, not of M-02" in run("moderate", place, "--by", "M-02", "--take-in", back, code=1)
    assert "2 upheld, 1 overturned" in run("moderate", place, "--by", "M-01", "--take-in", back)
    assert "came back already" in run("moderate", place, "--by", "M-01", "--take-in", back, code=1)
    assert "sample-1.docx" in run("moderate", place, "--by", "M-01", "--sample", "1", "--report")
    assert "Whole: no row was changed" in run("verify", "--audit", place)


# --- agreement and report ---


def test_kappa_is_that_of_textbook_and_of_statsmodels():
    """Cohen's own example of agreement between two people; then tables by chance against an independent library."""
    import random

    stats = pytest.importorskip("statsmodels.stats.inter_rater")
    cohen = {("C", "C"): 20, ("C", "NYC"): 5, ("NYC", "C"): 10, ("NYC", "NYC"): 15}
    assert raters.kappa([pair for pair, count in cohen.items() for _ in range(count)]) == pytest.approx(0.4)
    for seed in range(20):
        chance = random.Random(seed)
        table = [[chance.randint(1, 30) for _ in range(3)] for _ in range(3)]
        pairs = [(a, b) for a in range(3) for b in range(3) for _ in range(table[a][b])]
        assert raters.kappa(pairs) == pytest.approx(stats.cohens_kappa(table).kappa)
    assert raters.kappa([]) is None and raters.kappa([("C", "C")] * 5) is None
    assert raters.kappa([("C", "NYC"), ("NYC", "C")]) == -1


def test_agreement_by_criterion_and_the_report(judged, sample):
    from pypdf import PdfReader

    said = {"so1-ac1": ("upheld", ""), "so1-ac2": ("overturned", "The figures are <b>another's</b>.")}
    moderation.find(judged, sample, "L-0001", said, "M-01")
    moderation.find(judged, sample, "L-0002", {"so1-ac1": ("more evidence", "An order form.")}, "M-01")
    rows = {one.criterion: one for one in raters.by_criterion(judged, sample)}
    assert list(rows) == ["so1-ac1", "so1-ac2", "all"]
    assert (rows["so1-ac1"].looked_at, rows["so1-ac1"].upheld, rows["so1-ac1"].share) == (2, 1, 1.0)
    assert (rows["all"].overturned, rows["all"].more_evidence, rows["all"].share) == (1, 1, 0.5)
    pdf, word = moderation_report.write(judged, sample)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())
    for part in (
        "2026-1",
        "<b>another's</b>",
        "Overturned and not corrected yet",
        "Agreement",
        "M-01",
        "ETDP-2",
        "not yet competent",
    ):
        assert part in text, part
    assert "Surname1" not in text
    assert word.read_bytes()[:2] == b"PK"
    named = moderation_report.report(judged, sample)
    assert to_pdf(named) == to_pdf(named) == pdf.read_bytes()
    with pytest.raises(KitError, match="no sample 9"):
        moderation_report.report(judged, 9)
    assert re.search("Botha", text), "the moderator signs with a name"
