"""The exchange between accounts: whole or not at all, nothing followed, the owner decides. tests/hub does it with real accounts."""

from __future__ import annotations

import datetime as dt
import errno
import getpass
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from learner_kit.cli import main
from learner_kit.course import accounts, arrivals, exchange, records
from learner_kit.course.submission import pack
from learner_kit.errors import DataError, KitError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the exchange is for hubs, which run under Linux")
ME = getpass.getuser()


@pytest.fixture
def shop(cohort, tmp_path, monkeypatch):
    """The cohort's exchange with so1 in it; this account is L-0001."""
    (tmp_path / "exchange").mkdir()
    monkeypatch.setenv(exchange.ROOT, str(tmp_path / "exchange"))
    exchange.publish(cohort, "so1")
    (cohort.path / accounts.FILE).write_text(f"user,learner\n{ME},L-0001\n")
    return exchange.opened(cohort.name)


@pytest.fixture
def packed(fill, tmp_path):
    def packed(answers=None, learner="L-0001", now=None, declared=True):
        return pack(fill(learner, answers or {}), "so1", learner, tmp_path / "zips", now, declared).path

    return packed


def take(cohort):
    return arrivals.collect(cohort, "tests")


def folder(shop, name="me+so1+2026-11-21 10:00:00 UTC+xyz") -> Path:
    made = shop.inbound / name
    made.mkdir()
    return made


def test_the_folders_have_the_rights_that_keep_learners_apart(shop):
    assert stat.S_IMODE(shop.inbound.stat().st_mode) == 0o3773
    assert not stat.S_IMODE(shop.outbound.stat().st_mode) & stat.S_IWOTH
    for one in (shop.outbound / "so1").rglob("*"):
        assert stat.S_IMODE(one.stat().st_mode) & 0o007 == 0o004, one


def test_an_inbound_that_learners_could_list_is_not_used(shop, cohort):
    shop.inbound.chmod(0o777)
    with pytest.raises(KitError, match="chmod 3773"):
        exchange.publish(cohort, "so1")


def test_what_is_fetched_is_what_was_released_and_answers_stay(shop, cohort, tmp_path):
    work = tmp_path / "home"
    assert exchange.fetch(shop, work, "L-0001") == ["so1"]
    assert (work / "so1" / "so1.ipynb").read_bytes() == (cohort.release("so1") / "so1.ipynb").read_bytes()
    held = json.loads((work / "so1" / "answers.json").read_text())
    assert held["learner"] == "L-0001" and held["answers"] == {}
    held["answers"] = {"so1-ac1-annual-sales": 1}
    (work / "so1" / "answers.json").write_text(json.dumps(held))
    assert exchange.fetch(shop, work, "L-0001") == []
    (shop.outbound / "so1" / "so1.ipynb").write_text("{}")
    assert exchange.fetch(shop, work, "L-0001") == ["so1"]
    assert json.loads((work / "so1" / "answers.json").read_text()) == held


def test_a_release_again_takes_the_place_of_the_old_one(shop, cohort):
    (shop.outbound / "so1" / "stray.txt").write_text("old")
    exchange.publish(cohort, "so1")
    assert not (shop.outbound / "so1" / "stray.txt").exists()
    assert [one.name for one in shop.outbound.iterdir()] == ["so1"]


def test_handed_in_collected_and_known_the_second_time(shop, cohort, packed, right_answers):
    handed = exchange.hand_in(shop, packed(right_answers), "so1")
    assert stat.S_IMODE(handed.path.stat().st_mode) & 0o007 == 0
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o640 for one in handed.path.iterdir())
    (taken,) = take(cohort)
    assert (taken.state, taken.learner, taken.workbook, taken.number) == ("new", "L-0001", "so1", 1)
    (again,) = take(cohort)
    assert (again.state, again.receipt) == ("known", taken.receipt)
    (row,) = records.rows(cohort.engine, sa.select(records.submissions))
    assert row["receipt"] == taken.receipt


def test_the_computers_clock_counts_not_the_learners(shop, cohort, packed):
    long_ago = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    exchange.hand_in(shop, packed(now=long_ago), "so1")
    take(cohort)
    (row,) = records.rows(cohort.engine, sa.select(records.submissions))
    assert abs(row["made_at"] - records.now()) < dt.timedelta(minutes=10)


def test_work_of_another_learner_is_refused_and_said_once(shop, cohort, packed):
    exchange.hand_in(shop, packed(learner="L-0002"), "so1")
    (taken,) = take(cohort)
    assert taken.state == "refused" and "work of L-0002" in taken.said and taken.learner == "L-0001"
    assert not records.rows(cohort.engine, sa.select(records.submissions))
    (again,) = take(cohort)
    assert again.state == "known" and again.said.startswith("refused before")
    logged = records.rows(cohort.engine, sa.select(records.log).where(records.log.c.what == "refuse submission"))
    assert len(logged) == 1


def test_what_collect_itself_refuses_is_said_once_too(shop, cohort, fill, tmp_path):
    work = fill("L-0001", {"so1-ac1-annual-sales": {"no": "number"}})
    exchange.hand_in(shop, pack(work, "so1", "L-0001", tmp_path / "zips").path, "so1")
    assert [one.state for one in take(cohort)] == ["refused"]
    assert [one.state for one in take(cohort)] == ["known"]


def secret(tmp_path) -> Path:
    path = tmp_path / "secret.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("answers.json", "{}")
    return path


HOSTILE = {
    "a link in the folder's place": lambda shop, tmp: (shop.inbound / "x+so1+y").symlink_to(tmp),
    "a file in the folder's place": lambda shop, tmp: (shop.inbound / "x+so1+y").write_text("?"),
    "a link in the zip's place": lambda shop, tmp: (folder(shop) / "a.zip").symlink_to(secret(tmp)),
    "a pipe": lambda shop, tmp: os.mkfifo(folder(shop) / "a.zip"),
    "a folder in the zip's place": lambda shop, tmp: (folder(shop) / "a.zip").mkdir(),
    "an empty folder": lambda shop, tmp: folder(shop),
    "no zip": lambda shop, tmp: (folder(shop) / "a.zip").write_text("not a zip"),
    "two zips": lambda shop, tmp: [
        (folder(shop, "q+so1+r") / "a.zip").write_text(""),
        (shop.inbound / "q+so1+r/b.zip").write_text(""),
    ],
    "a link as answers": lambda shop, tmp: (folder(shop) / "answers.json").symlink_to("/etc/passwd"),
    "a link in the evidence": lambda shop, tmp: stock(shop, evidence="/etc/passwd"),
    "the evidence a link": lambda shop, tmp: (stock(shop) / "evidence").symlink_to("/etc"),
    "folders without end": lambda shop, tmp: (stock(shop) / "evidence/a/b/c/d/e/f").mkdir(parents=True),
    "a workbook that climbs": lambda shop, tmp: stock(shop, name="me+..+now"),
}


def stock(shop, evidence: str | None = None, name: str = "me+so1+2026-11-21 10:00:00 UTC+abc") -> Path:
    """A folder as nbgrader's own submit makes it."""
    made = folder(shop, name)
    body = {"format": 1, "workbook": "so1", "learner": None, "saved": None, "answers": {"so1-ac1-annual-sales": 5}}
    (made / "answers.json").write_text(json.dumps(body))
    (made / "so1.ipynb").write_text("{}")
    if evidence:
        (made / "evidence").mkdir()
        (made / "evidence" / "letter.pdf").symlink_to(evidence)
    return made


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_things_in_the_inbound_are_refused_and_stop_nobody(shop, cohort, packed, tmp_path, what):
    HOSTILE[what](shop, tmp_path)
    exchange.hand_in(shop, packed(), "so1")
    states = sorted(one.state for one in take(cohort))
    assert states == ["new", "refused"]
    assert not list(cohort.path.glob(".arriving-*"))


def test_what_nbgraders_own_submit_puts_there_is_taken_too(shop, cohort):
    made = stock(shop)
    (made / "evidence").mkdir()
    (made / "evidence" / "letter.txt").write_text("Dear customer")
    (taken,) = take(cohort)
    assert (taken.state, taken.learner) == ("new", "L-0001"), taken.said
    assert "declaration" in taken.said
    assert (cohort.path / "submitted/L-0001/so1/evidence/letter.txt").read_text() == "Dear customer"
    assert [one.state for one in take(cohort)] == ["known"]


def test_an_account_that_is_nobodys_is_refused(shop, cohort, packed):
    (cohort.path / accounts.FILE).write_text("user,learner\nsomebody-else,L-0001\n")
    exchange.hand_in(shop, packed(), "so1")
    (taken,) = take(cohort)
    assert taken.state == "refused" and ME in taken.said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("step", ["mkdir", "_put", "rename"])
def test_a_full_disk_leaves_nothing_half_and_loses_nothing(shop, packed, monkeypatch, step, number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    work = packed()
    with monkeypatch.context() as patched:
        if step == "_put":
            patched.setattr(exchange, "_put", fail)
        else:
            patched.setattr(exchange.os if step == "rename" else Path, step, fail)
        with pytest.raises(KitError, match="Nothing is lost") as said:
            exchange.hand_in(shop, work, "so1")
    assert str(work) in str(said.value) and work.exists()
    assert not list(shop.inbound.iterdir())
    exchange.hand_in(shop, work, "so1")


@pytest.mark.parametrize("step", ["open", "fsync", "rename", "settle"])
def test_killed_at_any_step_the_submission_is_whole_or_not_there(shop, cohort, packed, step):
    work = packed()
    code = (
        "import os, sys\nfrom learner_kit import files\nfrom learner_kit.course import exchange\n"
        "die = lambda *a, **k: os._exit(9)\n"
        f"step = {step!r}\n"
        "if step == 'settle': exchange.files.settle = lambda p: p.name.startswith('.coming') or os._exit(9)\n"
        "elif step == 'open': exchange.open = lambda *a: (open(*a).write(b'half'), os._exit(9))\n"
        "else: setattr(exchange.os, step, die)\n"
        "exchange.hand_in(exchange.opened(sys.argv[1]), sys.argv[2], 'so1')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, cohort.name, str(work)], env={**os.environ})
    assert done.returncode == 9
    whole = step == "settle"
    assert [one.state for one in take(cohort)] == (["new"] if whole else [])
    exchange.hand_in(shop, work, "so1")
    assert sorted(one.state for one in take(cohort)) == (["known", "known"] if whole else ["new"])


def test_leftovers_are_swept_after_a_day(shop, cohort):
    for name, days in ((".coming-new", 0), (".coming-old", 2)):
        (shop.inbound / name).mkdir()
        stamp = records.now().timestamp() - days * 86_400
        os.utime(shop.inbound / name, (stamp, stamp))
    assert take(cohort) == []
    assert [one.name for one in shop.inbound.iterdir()] == [".coming-new"]


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("user\nann\n", 1),
        ("user,learner\nAnn,L-0001\nben,L-1\nben,L-0002\ncat,L-0002\n../x,\n", 6),
    ],
)
def test_a_table_of_accounts_says_all_its_faults(tmp_path, table, faults):
    (tmp_path / "a.csv").write_text(table)
    with pytest.raises(DataError) as said:
        accounts.read(tmp_path / "a.csv")
    assert len(said.value.faults) == faults, said.value


def test_accounts_of_learners_who_are_not_enrolled_are_refused(cohort, tmp_path):
    (tmp_path / "a.csv").write_text("user,learner\nann,L-0001\nzoe,L-0099\n")
    with pytest.raises(DataError, match="L-0099"):
        accounts.keep(cohort, tmp_path / "a.csv", "tests")
    assert not (cohort.path / accounts.FILE).exists()


def test_the_same_by_command(cohort, tmp_path, fill, monkeypatch, capsys):
    (tmp_path / "exchange").mkdir()
    monkeypatch.setenv(exchange.ROOT, str(tmp_path / "exchange"))
    (tmp_path / "a.csv").write_text(f"user,learner\n{ME},L-0002\n")
    where = str(cohort.path)
    assert main(["collect", where, "--exchange"]) == 1
    assert "release class WORKBOOK --exchange" in capsys.readouterr().err.replace("\n", " ")
    assert main(["release", where, "so1", "--exchange"]) == 0
    assert main(["accounts", where, str(tmp_path / "a.csv")]) == 0
    assert main(["submit", str(fill("L-0002", {})), "--exchange"]) == 1
    monkeypatch.setenv(exchange.COURSE, cohort.name)
    work = tmp_path / "work-of-ben"
    assert main(["fetch", "--to", str(work)]) == 0
    shutil.copy(fill("L-0002", {}) / "answers.json", work / "so1" / "answers.json")
    assert main(["submit", str(work / "so1"), "--exchange", "--own-work", "--to", str(tmp_path / "zips")]) == 0
    assert "Handed in to class" in capsys.readouterr().out
    assert main(["collect", where, "--exchange"]) == 0
    said = capsys.readouterr().out
    assert "L-0002" in said and "new" in said


def test_without_a_hub_every_command_says_so(cohort, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(exchange.ROOT, str(tmp_path / "nowhere"))
    for arguments in (["release", str(cohort.path), "so1", "--exchange"], ["collect", str(cohort.path), "--exchange"]):
        assert main(arguments) == 1
        assert "no exchange" in capsys.readouterr().err
    assert main(["collect", str(cohort.path)]) == 1
