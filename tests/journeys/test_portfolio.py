"""A portfolio from hand-in to sealed package and to the day its evidence goes: complete or a draft, and every change found."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser

import pypdf
import pytest
import sqlalchemy as sa

from learner_kit.assess import appeals, judgement, moderation, portfolio
from learner_kit.assess.grade import grade
from learner_kit.assess.portfolio import completeness, contents, sealed, signing
from learner_kit.cli import main
from learner_kit.course import audit, belongings, records, retention
from learner_kit.course.collect import collect
from learner_kit.course.submission import pack
from learner_kit.documents import long_date
from learner_kit.errors import KitError
from learner_kit.workbook import evidence_files

VENDA = evidence_files.safe_name("Ṱhoḓisiso ya vharengi ṋ ḽ ṅ 100.pdf")
LONG = "x" * 106 + ".pdf"
NOTE = "<b>signed</b> & dated <script>alert(1)</script>"


def document(name: str, content: bytes) -> dict:
    return {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "kind": "pdf",
        "size": len(content),
        "added": "2026-11-01T10:00:00+02:00",
        "note": NOTE,
    }


@pytest.fixture
def handed(cohort, fill, right_answers, tmp_path):
    """L-0001 has handed in twice, the second time with documents and the declaration; one criterion is judged."""
    out = tmp_path / "zips"
    out.mkdir()
    folder = fill("L-0001", {"so1-ac1-annual-sales": 1.0})
    first = pack(folder, "so1", "L-0001", out, dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC))
    content = b"%PDF-1.4 minute"
    folder = fill("L-0001", {**right_answers, "so1-ac5-signed-minute": [document(VENDA, content)]})
    (folder / "evidence").mkdir()
    (folder / "evidence" / VENDA).write_bytes(content)
    (folder / "evidence" / LONG).write_bytes(b"%PDF-1.4 long")
    second = pack(folder, "so1", "L-0001", out, dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC), declared=True)
    for one in (first, second):
        (taken,) = collect(cohort, [one.path], "tests")
        assert taken.state != "refused", taken.said
    grade(cohort)
    judgement.judge(cohort, "L-0001", "so1-ac1", "NYC", "A-01", "Show <i>how</i> you worked it out.")
    return cohort


@pytest.fixture
def key(handed):
    return signing.new_key(handed.path / "keys" / "portfolio.pem", "four words no sense")


@pytest.fixture
def bag(handed, key):
    return portfolio.make(handed, "L-0001", key, "A-01")


class Page(HTMLParser):
    def __init__(self, said: str):
        super().__init__()
        self.tags, self.links = [], []
        self.feed(said)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


def test_the_index_leads_to_everything_and_shows_nothing_as_markup(bag):
    said = (bag / "data" / "index.html").read_text(encoding="utf-8")
    page = Page(said)
    assert "script" not in page.tags and "img" not in page.tags and not re.search(r"\son\w+=", said)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said
    from urllib.parse import unquote

    linked = {unquote(one.partition("#")[0]) for one in page.links if not one.startswith("#")}
    there = {
        one.relative_to(bag / "data").as_posix()
        for one in (bag / "data").rglob("*")
        if one.is_file() and not one.name.startswith("index.")
    }
    assert linked == there
    for path in there:
        assert hashlib.sha256((bag / "data" / path).read_bytes()).hexdigest() in said
    assert "Surname1" not in said


def test_a_person_reads_every_answer_at_its_criterion(handed, fill, key, right_answers, tmp_path):
    """Question, answer, what was said and points on one page, to which each criterion leads; all of it is text."""
    from learner_kit.course import master as masters

    held = {**right_answers, "so1-ac3-benefits-memo": f"{NOTE} \u202ereversed", "so1-ac1-annual-sales": 1.0}
    packed = pack(fill("L-0001", held), "so1", "L-0001", tmp_path, dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC))
    collect(handed, [packed.path], "tests")
    grade(handed)
    bag = portfolio.make(handed, "L-0001", key, "A-01")
    said = (bag / "data" / "3-evidence" / "so1" / "answers.html").read_text(encoding="utf-8")
    page = Page(said)
    assert not {"script", "i", "img"} & set(page.tags) and "<script" not in said and "<b>signed" not in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [U+202E]reversed" in said
    asked = masters.questions(masters.read(handed.master("so1")), "L-0001")
    assert all(contents_of(one.prompt) in said for one in asked.values())
    ids = re.findall(r"<h2 id='([^']+)'", said)
    index = Page((bag / "data" / "index.html").read_text(encoding="utf-8"))
    led = [one.partition("#")[2] for one in index.links if "answers.html#" in one]
    assert led and set(led) <= set(ids), "each criterion leads to its own answers"
    first = said.partition("<h2 id='so1-ac2'")[0]
    assert re.search(r"<b>Not there yet\.</b> 0/\d+ points", first) and re.search(
        r"<b>Right\.</b> (\d+)/\1 points", said
    )
    assert "<b>Not marked yet.</b>" in said
    listed = index_rows(bag, "1.1 ")
    assert "answers.html" in listed and "answers.json" not in listed and ".ipynb" not in listed


def contents_of(said: str) -> str:
    from learner_kit.assess.sheet import escaped

    return escaped(said)


def index_rows(bag, number: str) -> str:
    said = (bag / "data" / "index.html").read_text(encoding="utf-8")
    return re.search(rf"<tr><th scope='row'>{re.escape(number)}.*?</tr>", said)[0]


def test_programme_decisions_and_papers_that_were_made_are_there_to_read(handed, key):
    from learner_kit.assess.papers import results as results_papers

    bag = portfolio.make(handed, "L-0001", key, "A-01")
    data, unit = bag / "data", handed.programme.unit
    there = {one.name for one in (data / "4-reporting").iterdir()}
    assert not {"statement-of-results.pdf", "remediation-plan.pdf"} & there
    programme = (data / "1-general" / "programme.html").read_text(encoding="utf-8")
    assert all(contents_of(one.says) in programme for one in (*unit.criteria, *unit.knowledge))
    assert all(contents_of(one.title) in programme for one in handed.programme.activities)
    assert "Answer within working days</dt><dd>3</dd>" in programme
    decided = (data / "4-reporting" / "decisions.html").read_text(encoding="utf-8")
    assert "Show &lt;i&gt;how&lt;/i&gt; you worked it out." in decided and "Not Yet Competent" in decided
    results_papers.write_statement(handed, "L-0001")
    results_papers.write_plan(handed, "L-0001")
    judged = judgement.standing_judgements(handed, "L-0001")["L-0001", "so1-ac1"]
    appeals.lodge(handed, "L-0001", "so1-ac1", "unfair", "It was right.", "L-0001", judged["decided_at"])
    bag = portfolio.make(handed, "L-0001", key, "A-01")
    for path in (
        "4-reporting/statement-of-results.pdf",
        "4-reporting/remediation-plan.pdf",
        "2-administration/appeal-1.pdf",
    ):
        said = "".join(page.extract_text() for page in pypdf.PdfReader(bag / "data" / path).pages)
        assert "L-0001" in said and "Surname1" not in said, path


def test_the_usual_order_all_attempts_and_the_declaration(bag, handed):
    data = bag / "data"
    assert sorted(one.name for one in data.iterdir() if one.is_dir()) == sorted(contents.SECTIONS)
    declared = (data / "2-administration" / "declarations.csv").read_text(encoding="utf-8")
    assert declared.count("NOT SIGNED") == 1 and declared.count("this is my own work") == 1
    assert {one.name for one in (data / "3-evidence" / "so1").iterdir()} == {
        *("answers.html", "hand-in-1", "hand-in-2", "graded.ipynb")
    }
    kept = sorted((data / "3-evidence" / "so1" / "hand-in-2" / "evidence").iterdir())
    assert [one.name for one in kept] == ["x" * 76 + ".pdf", VENDA]
    assert all(len(one.name) <= contents.LONGEST for one in kept)
    said = (data / "index.html").read_text(encoding="utf-8")
    assert "hand-in 1 (1 Nov 2026 10:00 SAST, receipt" in said and "UTC" not in said
    assert "2026-11-01 08:00 UTC" in declared, "data keep UTC"
    assert LONG in said and VENDA in said, "the index tells the name the file came with"
    row = re.search(rf"<tr><th scope='row'><a[^>]*>[^<]*{re.escape(VENDA)}.*?</tr>", said)[0]
    assert "<td>1.5</td>" in row, "the criterion that the document's question names"


def test_a_draft_says_what_is_missing_and_a_closed_one_is_refused(handed, key):
    with pytest.raises(portfolio.Incomplete, match="not judged yet"):
        portfolio.make(handed, "L-0001", key, "A-01", draft=False)
    assert not (handed.path / "portfolios" / "L-0001").exists()
    bag = portfolio.make(handed, "L-0001", key, "A-01", draft=True)
    assert portfolio.state(bag) == portfolio.DRAFT and portfolio.verify(bag) == []
    said = (bag / "data" / "index.html").read_text(encoding="utf-8")
    assert "Draft: not closed" in said and "no moderation sample was drawn" in said
    lacking = portfolio.missing(handed, "L-0001")
    assert all(one in said for one in lacking)
    assert any(one.startswith("embedded knowledge") for one in lacking)
    assert completeness.missing(handed, "L-0003") == ("nothing handed in",)


def test_a_complete_one_is_closed(handed, key, monkeypatch):
    monkeypatch.setattr(completeness, "missing", lambda *_: ())
    bag = portfolio.make(handed, "L-0001", key, "A-01", draft=False)
    assert portfolio.state(bag) == portfolio.CLOSED
    assert "Draft" not in (bag / "data" / "index.html").read_text(encoding="utf-8")


def test_an_open_finding_keeps_a_portfolio_open(handed):
    number, _ = moderation.moderate(handed, "M-01", "1")
    assert any("was not looked at yet" in one for one in portfolio.missing(handed, "L-0001"))
    moderation.find(handed, number, "L-0001", {"so1-ac1": ("overturned", "it is shown")}, "M-01")
    assert any("1.1 was overturned and not corrected yet" in one for one in portfolio.missing(handed, "L-0001"))
    judgement.judge(handed, "L-0001", "so1-ac2", "NYC", "A-01", "No working.")
    moderation.find(handed, number, "L-0001", {"1.2": ("overturned", "it is shown")}, "M-01")
    assert any("1.1, 1.2 were overturned and not corrected yet" in one for one in portfolio.missing(handed, "L-0001"))
    judgement.correct(handed, 2, "C", "A-01", "The moderator is right.")
    judgement.correct(handed, 1, "C", "A-01", "The moderator is right.")
    assert not any("overturned" in one for one in portfolio.missing(handed, "L-0001"))


def test_evidence_that_is_not_what_was_collected_is_never_signed(handed, key):
    (kept,) = (handed.path / "received" / "L-0001" / "so1").glob("2-*.zip")
    content = kept.read_bytes()
    kept.write_bytes(content + b"x")
    with pytest.raises(KitError, match="no longer the file that was collected"):
        portfolio.make(handed, "L-0001", key, "A-01")
    kept.unlink()
    with pytest.raises(KitError, match="is gone"):
        portfolio.make(handed, "L-0001", key, "A-01")
    kept.write_bytes(content)
    assert portfolio.verify(portfolio.make(handed, "L-0001", key, "A-01")) == []


def test_papers_of_the_provider_go_into_the_administration(handed, key):
    own = handed.path / "administration" / "L-0001"
    own.mkdir(parents=True)
    (own / "contract ṱ.txt").write_text("signed", encoding="utf-8")
    bag = portfolio.make(handed, "L-0001", key, "A-01")
    assert (bag / "data" / "2-administration" / "contract ṱ.txt").is_file() and portfolio.verify(bag) == []
    said = (bag / "data" / "index.html").read_text(encoding="utf-8")
    assert "From the provider&#x27;s folder administration/L-0001: contract ṱ.txt." in said
    usual = re.search(r"no file there has such a name: ([^<]*)", said)[1]
    assert "certified copy of the identity document" in usual and "contract" not in usual


def test_bagit_and_openssl_agree_with_verify(bag, key, tmp_path):
    def bagit() -> int:
        done = subprocess.run([sys.executable, "-m", "bagit", "--validate", str(bag)], capture_output=True, check=False)
        return done.returncode

    assert bagit() == 0 and portfolio.verify(bag) == []
    openssl = shutil.which("openssl")
    public = tmp_path / "public.pem"
    public.write_text(signing.public_pem(key), encoding="utf-8")
    held = json.loads((bag / "signature.json").read_text(encoding="utf-8"))
    (tmp_path / "signature").write_bytes(base64.b64decode(held["signature"]))

    def ed25519() -> int:
        ask = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(public)]
        files = ["-sigfile", str(tmp_path / "signature"), "-in", str(bag / "tagmanifest-sha256.txt")]
        return subprocess.run(ask + files, capture_output=True, check=False).returncode

    if openssl:
        assert ed25519() == 0
    with (bag / "bag-info.txt").open("a", encoding="utf-8") as file:
        file.write("Contact-Name: X\n")
    assert bagit() != 0 and portfolio.verify(bag) != []
    listed = (bag / "tagmanifest-sha256.txt").read_text(encoding="utf-8")
    said = hashlib.sha256((bag / "bag-info.txt").read_bytes()).hexdigest()
    listed = re.sub(r"\w{64}(?=  bag-info)", said, listed)
    (bag / "tagmanifest-sha256.txt").write_text(listed, encoding="utf-8", newline="\n")
    assert bagit() == 0, "bagit alone is satisfied again"
    assert any("does not fit" in one for one in portfolio.verify(bag)), "the signature is not"
    if openssl is None:
        pytest.skip("no openssl on this computer to ask about the signature")
    assert ed25519() != 0


def test_every_byte_counts(bag):
    """A byte changed in any file, a file added, one gone: verify names each."""
    for path in sorted(one for one in bag.rglob("*") if one.is_file()):
        content = path.read_bytes()
        name = path.relative_to(bag).as_posix()
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        assert portfolio.verify(bag) != [], name
        path.unlink()
        assert any(name in one for one in portfolio.verify(bag)), name
        path.write_bytes(content)
    (bag / "data" / "3-evidence" / "more.pdf").write_bytes(b"x")
    assert portfolio.verify(bag) == ["data/3-evidence/more.pdf: was added"]


def test_signed_again_with_another_key_is_found_through_the_cohort(bag, handed, tmp_path, capsys, monkeypatch):
    assert main(["verify", str(handed.path)]) == 0
    other = signing.new_key(tmp_path / "other.pem")
    signing.sign(bag, other)
    capsys.readouterr()
    assert main(["verify", str(bag)]) == 0, "by itself nothing tells which key is the right one"
    assert "Compare the key with the fingerprint that the" in capsys.readouterr().err
    assert main(["verify", str(handed.path)]) == 1
    assert f"signed with the key {other.fingerprint}, not with" in capsys.readouterr().out


def test_a_portfolio_holds_the_log_fast(bag, handed):
    assert audit.check(handed).faults == ()
    with records.transaction(handed.engine) as connection:
        previous = records.START
        for row in connection.execute(sa.select(records.log).order_by(records.log.c.number)).mappings().all():
            said = records.row_hash(previous, row["number"], {**row, "who": "somebody"})
            change = records.log.update().where(records.log.c.id == row["id"])
            connection.execute(change.values(who="somebody", previous=previous, hash=said))
            previous = said
        connection.execute(records.head.update().values(hash=previous))
    assert any("that the portfolio L-0001 was made under" in one for one in audit.check(handed).faults)


# --- keys ---


def test_a_key_is_made_with_a_passphrase_and_opened_with_no_other(handed, capsys, monkeypatch):
    place = str(handed.path)
    monkeypatch.setenv(signing.VARIABLE, "short")
    assert main(["key", "new", place]) == 1 and "at least 10 letters" in capsys.readouterr().err
    monkeypatch.setenv(signing.VARIABLE, "four words no sense")
    assert main(["key", "new", place, "--public", str(handed.path / "may.pub.pem")]) == 0
    fingerprint = re.search(r"the key (\S+) in", capsys.readouterr().out)[1]
    assert "BEGIN PUBLIC KEY" in (handed.path / "may.pub.pem").read_text(encoding="utf-8")
    own = handed.path / signing.OWN
    assert b"ENCRYPTED" in own.read_bytes()
    if os.name != "nt":
        assert own.stat().st_mode & 0o077 == 0
    assert main(["key", "show", place]) == 0 and fingerprint in capsys.readouterr().out
    assert main(["key", "new", place]) == 1 and "never overwritten" in capsys.readouterr().err
    assert main(["portfolio", place, "--draft"]) == 0
    for wrong, says in (("four words no sence", "the passphrase is wrong"), ("", "none was given")):
        monkeypatch.setenv(signing.VARIABLE, wrong)
        assert main(["portfolio", place, "--draft"]) == 1
        said = capsys.readouterr().err
        assert says in said and "Traceback" not in said
    assert main(["key", "new", "nowhere"]) == 1


def test_a_passphrase_is_asked_for_twice_on_a_terminal(tmp_path, capsys, monkeypatch):
    from learner_kit.commands import common

    monkeypatch.delenv(signing.VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    said = iter(["four words no sense", "four words no sence", *["four words no sense"] * 3])
    monkeypatch.setattr(common.getpass, "getpass", lambda _: next(said))
    place = str(tmp_path / "college.pem")
    assert main(["key", "new", place]) == 1 and "The two passphrases differ" in capsys.readouterr().err
    assert main(["key", "new", place]) == 0 and signing.locked(place)
    assert main(["key", "show", place]) == 0
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main(["key", "new", place + "x.pem"]) == 1 and "nobody to ask" in capsys.readouterr().err


# --- sealed packages ---

PASS = "ṱhree wörds together"


@pytest.fixture
def package(bag, tmp_path):
    return sealed.seal(bag, tmp_path / "out", PASS)


def test_a_sealed_portfolio_opens_whole_and_only_with_its_passphrase(package, bag, tmp_path, capsys, monkeypatch):
    assert sealed.is_sealed(package) and b"PK" not in package.read_bytes()[:4] and b"L-0001" not in package.read_bytes()
    place = sealed.unseal(package, tmp_path / "there", PASS)
    assert place.name == "L-0001" and portfolio.verify(place) == []
    for one in bag.rglob("*"):
        if one.is_file():
            assert (place / one.relative_to(bag)).read_bytes() == one.read_bytes()
    with pytest.raises(KitError, match="exists already"):
        sealed.unseal(package, tmp_path / "there", PASS)
    with pytest.raises(KitError, match="the passphrase is wrong"):
        sealed.unseal(package, tmp_path / "other", PASS + " ")
    assert list((tmp_path / "other").iterdir()) == []
    monkeypatch.setenv(sealed.VARIABLE, PASS)
    assert main(["verify", str(package)]) == 0 and "L-0001: whole, a draft, signed" in capsys.readouterr().out
    assert main(["open", str(package), "--to", str(tmp_path / "third")]) == 0
    assert main(["seal", str(bag), "--to", str(tmp_path / "again")]) == 0
    monkeypatch.setenv(sealed.VARIABLE, "wrong wrong wrong")
    assert main(["verify", str(package)]) == 1 and "passphrase is wrong" in capsys.readouterr().err


def test_a_folder_of_portfolios_is_checked_one_line_each(package, bag, tmp_path, capsys, monkeypatch):
    folder = tmp_path / "stick"
    for name in ("L-0001", "L-0002", "L-0003"):
        shutil.copytree(bag, folder / name)
    shutil.copy(package, folder)
    (folder / "holiday").mkdir()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    monkeypatch.setenv(sealed.VARIABLE, PASS)
    assert main(["verify", str(folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 4 and all("whole, a draft, signed" in one for one in said)
    (folder / "L-0002" / "bagit.txt").unlink()
    (folder / "L-0003" / "data" / "index.html").unlink()
    monkeypatch.setenv(sealed.VARIABLE, "wrong wrong wrong")
    assert main(["verify", str(folder)]) == 1
    whole, closed, no_bag, gone = capsys.readouterr().out.splitlines()
    assert "L-0001: whole" in whole and "L-0002 is no portfolio" in no_bag
    assert gone == "L-0003: data/index.html: is missing" and "passphrase is wrong" in closed


def test_a_sealed_package_is_the_format_it_says_it_is(tmp_path):
    """Opened here with nothing but `cryptography`, as its description says."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    content = os.urandom(2 * sealed.PIECE + 5)
    (tmp_path / "one.bin").write_bytes(content)
    made = sealed.seal(tmp_path / "one.bin", tmp_path / "one.sealed", "passphrase!").read_bytes()
    head, rest = made[:32], made[32:]
    assert head[:9] == b"LKSEAL01" + bytes([17])
    cipher = ChaCha20Poly1305(Scrypt(head[9:25], 32, 2**17, 8, 1).derive(b"passphrase!"))
    step = 2**20 + 16
    pieces = [rest[place : place + step] for place in range(0, len(rest), step)]
    plain = b"".join(
        cipher.decrypt(head[25:] + number.to_bytes(4, "big") + bytes([number == len(pieces) - 1]), piece, head)
        for number, piece in enumerate(pieces)
    )
    (tmp_path / "one.zip").write_bytes(plain)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.read("one.bin") == content
    assert sealed.unseal(tmp_path / "one.sealed", tmp_path / "out", "passphrase!").read_bytes() == content


@pytest.fixture(scope="module")
def three_pieces(tmp_path_factory):
    place = tmp_path_factory.mktemp("sealed")
    (place / "one.bin").write_bytes(os.urandom(2 * sealed.PIECE + 5))
    return sealed.seal(place / "one.bin", place / "one.sealed", "passphrase!").read_bytes()


STEP = sealed.PIECE + sealed.TAG


@pytest.mark.parametrize(
    "harm",
    [
        lambda made: made[:-1],
        lambda made: made + b"x",
        lambda made: made[: 32 + STEP],
        lambda made: made[: 32 + STEP] + made[32 + 2 * STEP :],
        lambda made: made[:32] + made[32 + STEP : 32 + 2 * STEP] + made[32 : 32 + STEP] + made[32 + 2 * STEP :],
        lambda made: made[:40] + bytes([made[40] ^ 1]) + made[41:],
        lambda made: made[:10] + bytes([made[10] ^ 1]) + made[11:],
        lambda made: made[:8] + bytes([40]) + made[9:],
        lambda made: made[:32],
        lambda made: b"",
    ],
    ids=[
        "cut",
        "longer",
        "last pieces gone",
        "a piece gone",
        "swapped",
        "changed",
        "salt",
        "cost",
        "head only",
        "empty",
    ],
)
def test_a_sealed_package_that_was_touched_does_not_open(three_pieces, harm, tmp_path):
    (tmp_path / "x.sealed").write_bytes(harm(three_pieces))
    with pytest.raises(KitError, match=r"could not be opened|no sealed package"):
        sealed.unseal(tmp_path / "x.sealed", tmp_path / "out", "passphrase!")
    assert list((tmp_path / "out").iterdir()) == []


# --- retention ---


def test_evidence_goes_when_its_years_have_passed_and_results_stay(handed, bag, capsys):
    until = retention.kept_until(handed, "L-0001")
    years = handed.programme.rules.retention_years
    assert until == retention.years_after(dt.datetime.now(dt.UTC).date(), years)
    with pytest.raises(KitError, match=f"L-0001 until {long_date(until)}"):
        retention.due(handed, ["L-0001"], until)
    with pytest.raises(KitError, match="Not enrolled"):
        retention.due(handed, ["L-0099"])
    assert retention.due(handed, on=until) == []
    after = until + dt.timedelta(days=1)
    (one,) = retention.due(handed, on=after)
    assert one.learner == "L-0001" and one.files > 10 and one.size > 0
    results = judgement.outcomes(handed)
    assert retention.purge(handed, [one], "F-01", after) == one.files
    for folder in belongings.FOLDERS:
        assert not (handed.path / folder / "L-0001").exists()
    assert judgement.outcomes(handed) == results and len(judgement.history(handed)) == 1
    assert retention.due(handed, on=after) == [] and "L-0001" not in portfolio.learners(handed)
    with pytest.raises(KitError, match="was removed"):
        portfolio.make(handed, "L-0001", signing.new_key(handed.path / "k.pem"), "A-01")
    assert audit.check(handed).faults == ()
    (said,) = records.rows(handed.engine, sa.select(records.log).where(records.log.c.what == "purge"))
    assert said["about"] == "L-0001" and json.loads(said["detail"])["files"] == one.files


def test_purge_on_the_command_line_refuses_early_and_asks(handed, capsys, monkeypatch):
    place = str(handed.path)
    assert main(["purge", place, "L-0001"]) == 1
    assert "until" in capsys.readouterr().err
    assert main(["purge", place]) == 0 and "Nothing to remove" in capsys.readouterr().out
    old = dt.datetime(2015, 1, 1)
    with records.transaction(handed.engine) as connection:
        connection.execute(records.submissions.update().values(collected_at=old))
        connection.execute(records.judgements.update().values(decided_at=old))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main(["purge", place]) == 1
    said = capsys.readouterr()
    assert "L-0001" in said.out and "give --yes" in said.err
    assert (handed.path / "received" / "L-0001").is_dir()
    assert main(["purge", place, "--yes", "--by", "F-01"]) == 0
    assert not (handed.path / "received" / "L-0001").exists()
