"""Back-ups come back as they were, records move between databases row for row, and the doctor says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from learner_kit.cli import main
from learner_kit.course import enrol, records
from learner_kit.course.cohort import open_cohort
from learner_kit.course.collect import alone
from learner_kit.errors import KitError
from learner_kit.upkeep import backup, doctor, moving, tables

pytestmark = pytest.mark.xdist_group("upkeep")  # what the module's tests share is made once
WHERE = [Path(one) for one in sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A PostgreSQL server of the tests' own on a socket in a folder; the address of a fresh database at every call."""
    places = [*WHERE, Path(shutil.which("initdb") or "/nowhere/initdb").parent]
    programs = next((one for one in places if (one / "initdb").is_file()), None)
    if programs is None:
        pytest.skip("no PostgreSQL server on this computer (Debian: apt install postgresql)")
    pytest.importorskip("psycopg2", reason="the PostgreSQL driver is not installed")
    place = Path("/tmp") / f"learner-kit-pg-{os.getpid()}"  # a socket's path may be at most 107 letters long
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # the server refuses to run as root
    if other:
        shutil.chown(place, "postgres")
    data = place / "data"

    def run(*line: str) -> None:
        done = subprocess.run([*other, *line], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stdout + done.stderr

    run(str(programs / "initdb"), "-D", str(data), "-U", "kit", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses= -c unix_socket_directories={place} -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(place / "log"), "-w", "start")
    made = sa.create_engine(f"postgresql+psycopg2://kit@/postgres?host={place}", isolation_level="AUTOCOMMIT")
    count = 0

    def fresh() -> str:
        nonlocal count
        count += 1
        with made.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE kit{count}")
        return f"postgresql+psycopg2://kit@/kit{count}?host={place}"

    yield fresh
    made.dispose()
    run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(place, ignore_errors=True)


def held(cohort) -> dict:
    with cohort.engine.connect() as connection:
        return tables.holdings(connection)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and not one.name.endswith((".lock", ".db"))
    }


# ---- back-ups --------------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_as_it_was(cohort, hand_in, right_answers, tmp_path):
    hand_in("L-0001", right_answers)
    before, files = held(cohort), tree(cohort.path)
    made = backup.backup(cohort, tmp_path, "tests")
    assert made.holdings == before and made.path.parent == tmp_path
    again = backup.restore(made.path, tmp_path / "again")
    assert held(again) == before
    assert tree(again.path) == files
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")], "nothing half-made is left"


def test_a_backup_is_consistent_while_people_work(cohort, tmp_path):
    """Two rows are always written together; a back-up taken at any moment holds both or neither."""
    stop = threading.Event()

    def work() -> None:
        place = 0
        while not stop.is_set():
            place += 1
            with records.transaction(cohort.engine) as connection:
                records.note(connection, "a", "first", str(place))
                records.note(connection, "a", "second", str(place))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = [backup.backup(cohort, tmp_path / f"{n}.zip", "tests") for n in range(3)]
    finally:
        stop.set()
        worker.join()
    for place, one in enumerate(made):
        again = backup.restore(one.path, tmp_path / f"again{place}")
        what = [row["what"] for row in records.rows(again.engine, sa.select(records.log.c.what))]
        assert what.count("first") == what.count("second")


def test_collecting_and_backing_up_do_not_meet(cohort, tmp_path):
    with alone(cohort, "collection"), pytest.raises(KitError, match="running"):
        backup.backup(cohort, tmp_path, "tests")
    assert list(tmp_path.glob("*.zip")) == []


def test_a_backup_has_a_place_of_its_own(cohort, tmp_path):
    with pytest.raises(KitError, match="outside"):
        backup.backup(cohort, cohort.path / "documents", "tests")
    (tmp_path / "there.zip").write_bytes(b"x")
    with pytest.raises(KitError, match="is there already"):
        backup.backup(cohort, tmp_path / "there.zip", "tests")
    assert (tmp_path / "there.zip").read_bytes() == b"x"


def test_an_older_backup_never_replaces_newer_work(cohort, tmp_path):
    made = backup.backup(cohort, tmp_path, "tests")
    with pytest.raises(KitError, match="--replace"):
        backup.restore(made.path, cohort.path)
    enrol.enrol(cohort, [enrol.Person(1, "New", "Learner")], "tests")
    cohort.engine.dispose()
    before = held(cohort)
    with pytest.raises(KitError, match="have worked in class since"):
        backup.restore(made.path, cohort.path, replace=True)
    assert held(open_cohort(cohort.path)) == before


def test_a_cohort_that_is_replaced_is_put_aside(cohort, tmp_path):
    made = backup.backup(cohort, tmp_path, "tests")
    cohort.engine.dispose()
    backup.restore(made.path, cohort.path, replace=True)
    (aside,) = cohort.path.parent.glob("class.before-*")
    assert (aside / "cohort.toml").is_file()


def changed(path: Path, target: Path, change) -> Path:
    """A back-up with something done to what is packed: change(name, content) gives the new content or None."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as made:
        for one in source.infolist():
            content = change(one.filename, source.read(one))
            if content is not None:
                made.writestr(one.filename, content)
    return target


def listed(edit):
    """Change the list of a back-up."""

    def change(name: str, content: bytes) -> bytes:
        if name != backup.LIST:
            return content
        said = json.loads(content)
        edit(said)
        return json.dumps(said).encode()

    return change


CLIMBS = ["../out.txt", "/etc/out", "a/../../out", "C:/out", "..\\out", "a/./b", "", "a\nb"]


def test_a_damaged_or_hostile_backup_changes_nothing(cohort, tmp_path):
    made = backup.backup(cohort, tmp_path / "good.zip", "tests").path
    damaged = {
        "one byte": lambda name, content: content[:-1] + b"#" if name == "files/cohort.toml" else content,
        "a file gone": lambda name, content: None if name == "files/cohort.toml" else content,
        "no list": lambda name, content: None if name == backup.LIST else content,
        "a longer file": lambda name, content: content * 2 if name == "files/cohort.toml" else content,
        "another format": listed(lambda said: said.update(format=99)),
        "no database": listed(lambda said: said["files"].pop(backup.DATABASE)),
        **{
            f"climbs {name!r}": listed(
                lambda said, name=name: said["files"].update({name: said["files"]["cohort.toml"]})
            )
            for name in CLIMBS
        },
    }
    for place, (what, change) in enumerate(damaged.items()):
        bad = changed(made, tmp_path / f"bad{place}.zip", change)
        with pytest.raises(KitError, match="Nothing was changed"):
            backup.restore(bad, tmp_path / "target")
        assert not (tmp_path / "target").exists(), what
    (tmp_path / "no.zip").write_bytes(b"PK no zip")
    with pytest.raises(KitError, match="no zip"):
        backup.restore(tmp_path / "no.zip", tmp_path / "target")
    truncated = tmp_path / "half.zip"
    truncated.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    with pytest.raises(KitError):
        backup.restore(truncated, tmp_path / "target")
    assert not (tmp_path / "target").exists() and not list(tmp_path.glob(".target*"))


def test_restoring_over_something_else_is_refused(cohort, tmp_path):
    made = backup.backup(cohort, tmp_path / "good.zip", "tests").path
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"x")
    with pytest.raises(KitError, match="something else"):
        backup.restore(made, tmp_path / "photos", replace=True)


def test_backup_and_restore_on_the_command_line(cohort, tmp_path, capsys):
    assert main(["backup", str(cohort.path), "--to", str(tmp_path / "b.zip")]) == 0
    assert main(["restore", str(tmp_path / "b.zip"), "--to", str(tmp_path / "again")]) == 0
    assert main(["restore", str(tmp_path / "b.zip"), "--to", str(tmp_path / "again")]) == 1
    assert main(["restore", str(tmp_path / "gone.zip"), "--to", str(tmp_path / "other")]) == 1
    said = capsys.readouterr()
    assert "Restored class" in said.out or "Restored" in said.out
    assert "Traceback" not in said.err and "--replace" in said.err


# ---- another database ------------------------------------------------------------------------------------------------


def test_records_move_to_another_file_and_back(cohort, hand_in, right_answers, tmp_path):
    hand_in("L-0001", right_answers)
    before = held(cohort)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    moved = moving.move(cohort, url, "tests")
    assert moved.holdings == before
    assert moved.old.name.startswith("gradebook.moved-") and not (cohort.path / "gradebook.db").exists()
    there = open_cohort(cohort.path)
    assert there.db_url == url
    back = moving.move(there, moving.HERE, "tests")
    assert back.old is None and (cohort.path / "gradebook.db").is_file()
    home = open_cohort(cohort.path)
    after = held(home)
    assert {name for name in before if before[name] != after[name]} <= {"kit_log", "kit_log_head"}
    assert after["kit_log"].rows == before["kit_log"].rows + 2


def test_postgresql_holds_the_same_works_on_and_comes_back(server, cohort, hand_in, right_answers):
    from learner_kit.assess import grade

    hand_in("L-0001", right_answers)
    grade.grade(cohort, who="tests")
    before = held(cohort)
    moved = moving.move(cohort, server(), "tests")
    assert moved.holdings == before
    there = open_cohort(cohort.path)
    enrol.enrol(there, [enrol.Person(1, "Ṋemukula", "Ḽivhuwani")], "tests")
    again = grade.grade(there, who="tests")
    assert [one.state for one in again] == ["unchanged"]
    rows = records.rows(there.engine, sa.select(records.identities.c.surname))
    assert "Ṋemukula" in {row["surname"] for row in rows}
    made = backup.backup(there, cohort.path.parent / "pg.zip", "tests")
    restored = backup.restore(made.path, cohort.path.parent / "from-pg")
    assert restored.db_url.startswith("sqlite") and held(restored) == made.holdings
    moving.move(there, moving.HERE, "tests")
    home = open_cohort(cohort.path)
    assert home.db_url.startswith("sqlite")
    assert len(enrol.learners(home)) == len(enrol.learners(restored))
    there.engine.dispose()


def test_a_database_in_use_is_refused(server, cohort, made_cohort, tmp_path):
    url = server()
    moving.move(cohort, url, "tests")
    shutil.copytree(made_cohort, tmp_path / "second")
    second = open_cohort(tmp_path / "second")
    before = held(second)
    with pytest.raises(KitError, match="holds rows already"):
        moving.move(second, url, "tests")
    assert held(open_cohort(second.path)) == before
    with pytest.raises(KitError, match="there already"):
        moving.move(open_cohort(cohort.path), url, "tests")


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("nonsense", "no address"),
        ("postgresql+psycopg2://kit:secret@127.0.0.1:9/none", "cannot be moved"),
        ("folder", "there already"),
        ('sqlite:///x"y', "quotation marks"),
    ],
)
def test_an_address_that_does_not_work_leaves_the_cohort_where_it_was(cohort, to, says):
    before = held(cohort)
    with pytest.raises(KitError, match=says) as told:
        moving.move(cohort, to, "tests")
    assert "secret" not in str(told.value)
    assert held(open_cohort(cohort.path)) == before


# ---- the doctor ------------------------------------------------------------------------------------------------------


def test_a_computer_in_order(cohort, capsys):
    assert main(["doctor", str(cohort.path)]) == 0
    said = capsys.readouterr().out
    assert "In order." in said and "3 learners" in said


def test_packages_are_compared_with_the_lock(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "pandas==0.0.1 \\\n    --hash=sha256:00\nno-such-package==1.0\nalso-not==1 ; sys_platform == 'amiga'\n"
    )
    found = doctor.packages(lock)
    assert found.state == "fault" and "no-such-package" in found.said and "also-not" not in found.said
    assert "for 0.0.1" in found.said and "start.py" in found.do
    assert doctor.packages(tmp_path / "gone.lock").state == "note"


def test_a_damaged_database_is_said_in_words(made_cohort, tmp_path, capsys):
    shutil.copytree(made_cohort, tmp_path / "class")
    (tmp_path / "class" / "gradebook.db").write_bytes(b"no database at all" * 100)
    assert doctor.opened(tmp_path / "class").state == "fault"
    assert main(["status", str(tmp_path / "class")]) == 1
    said = capsys.readouterr().err
    assert "file is not a database" in said and "back-up" in said and "Traceback" not in said


def test_what_is_wrong_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 1))
    assert "start.py" in doctor.python().do
    assert doctor.clock(dt.date(1980, 1, 1)).state == "fault"
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    assert doctor.disk().state == "fault"
    monkeypatch.setattr(doctor, "kernel", lambda: 1 / 0)
    found = {one.what: one for one in doctor.examine(tmp_path / "nowhere")}
    assert found["notebook kernel"].state == "fault", "a look that fails is a finding"
    assert found["cohort nowhere"].state == "fault"
