"""Back-ups come back as they were, records move between databases row for row, and the doctor says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from learner_kit.cli import main
from learner_kit.course import audit, enrol, records
from learner_kit.course.cohort import listed as listed_cohorts
from learner_kit.course.cohort import open_cohort
from learner_kit.course.collect import alone
from learner_kit.errors import KitError
from learner_kit.upkeep import backup, doctor, moving, tables

pytestmark = pytest.mark.xdist_group("upkeep")  # what the module's tests share is made once


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
    again = backup.restore(made.path, tmp_path / "elsewhere" / cohort.path.name)
    assert held(again) == before
    assert tree(again.path) == files
    if os.name != "nt":
        assert made.path.stat().st_mode & 0o077 == 0, "a back-up is its owner's alone"
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")], "nothing half-made is left"


class Writing:
    """Somebody who writes two rows at a time, again and again; `done` of them were taken."""

    def __init__(self, engine):
        self.engine, self.done, self.said, self.stop = engine, 0, "", threading.Event()
        self.thread = threading.Thread(target=self.work)

    def work(self) -> None:
        while not self.stop.is_set():
            try:
                with records.transaction(self.engine) as connection:
                    records.note(connection, "a", "first", str(self.done))
                    records.note(connection, "a", "second", str(self.done))
            except KitError as error:
                self.said = str(error)
                return
            self.done += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def counted(cohort) -> tuple[int, int]:
    what = [row["what"] for row in records.rows(cohort.engine, sa.select(records.log.c.what))]
    return what.count("first"), what.count("second")


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def standing(request, cohort):
    """A cohort whose records stand in one kind of database."""
    if request.param == "SQLite":
        yield cohort
        return
    moving.move(cohort, request.getfixturevalue("server").fresh(), "tests")
    opened = open_cohort(cohort.path)
    yield opened
    opened.engine.dispose()


def test_a_backup_is_consistent_while_people_work(standing, tmp_path):
    """Two rows are always written together; a back-up taken at any moment holds both or neither."""
    with Writing(standing.engine) as writing:
        made = [backup.backup(standing, tmp_path / f"{n}.zip", "tests") for n in range(3)]
    assert not writing.said, "nobody is kept from working"
    for place, one in enumerate(made):
        again = backup.restore(one.path, tmp_path / f"again{place}")
        assert again.db_url.startswith("sqlite")
        first, second = counted(again)
        assert first == second and audit.check(again).faults == ()


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


def test_an_older_backup_never_replaces_newer_work(standing, tmp_path):
    made = backup.backup(standing, tmp_path, "tests")
    with pytest.raises(KitError, match="--replace"):
        backup.restore(made.path, standing.path)
    enrol.enrol(standing, [enrol.Person(1, "New", "Learner")], "tests")
    standing.engine.dispose()
    before = held(standing)
    with pytest.raises(KitError, match="have worked in class since"):
        backup.restore(made.path, standing.path, replace=True)
    assert held(open_cohort(standing.path)) == before


def test_a_backup_comes_back_though_the_server_is_gone(server, cohort, tmp_path):
    moving.move(cohort, server.fresh(), "tests")
    there = open_cohort(cohort.path)
    made, settings = backup.backup(there, tmp_path, "tests"), (there.path / "cohort.toml").read_bytes()
    there.engine.dispose()
    with server.away():
        with pytest.raises(KitError, match=r"cannot be reached.*another name with --to; nothing was changed"):
            backup.restore(made.path, there.path, replace=True)
        assert (there.path / "cohort.toml").read_bytes() == settings
        with pytest.raises(KitError, match="cannot be reached"):
            backup.backup(open_cohort(there.path), tmp_path / "other.zip", "tests")
        assert [one.name for one in tmp_path.iterdir() if one.suffix in (".zip", ".tmp")] == [made.path.name]
        assert doctor.opened(there.path).state == "fault"
        again = backup.restore(made.path, tmp_path / "again")
        assert held(again) == made.holdings
        again.engine.dispose()


def test_a_cohort_that_is_replaced_is_put_aside(cohort, tmp_path):
    made = backup.backup(cohort, tmp_path, "tests")
    cohort.engine.dispose()
    backup.restore(made.path, cohort.path, replace=True)
    (aside,) = cohort.path.parent.glob("class.before-*")
    assert (aside / "cohort.toml").is_file()
    assert listed_cohorts(cohort.path.parent) == [cohort.path], "what was put aside is no class to choose"


def test_a_cohort_that_comes_back_under_another_name_is_called_so(cohort, hand_in, right_answers, tmp_path, capsys):
    hand_in("L-0001", right_answers)
    made = backup.backup(cohort, tmp_path, "tests")
    again = backup.restore(made.path, tmp_path / "class-2")
    assert (again.name, again.seed, again.programme.folder) == ("class-2", cohort.seed, cohort.programme.folder)
    assert main(["status", str(again.path)]) == 0 and "Cohort class-2" in capsys.readouterr().out
    assert main(["verify", "--audit", str(again.path)]) == 0 and "class-2: " in capsys.readouterr().out


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
    assert main(["backup", str(cohort.path), "--to", str(tmp_path / "not there yet")]) == 0
    assert [one.suffix for one in (tmp_path / "not there yet").iterdir()] == [".zip"]
    capsys.readouterr()
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


def test_moving_says_where_the_old_records_with_their_names_still_stand(cohort, tmp_path, capsys):
    other = tmp_path / "other.db"
    assert main(["move", str(cohort.path), "--to", f"sqlite:///{other}"]) == 0
    assert "The old records stand in gradebook.moved-" in capsys.readouterr().out
    assert main(["move", str(cohort.path), "--to", "folder"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"The old records stand in sqlite:///{other} as they were, names too" in said


def test_postgresql_holds_the_same_works_on_and_comes_back(server, cohort, hand_in, right_answers):
    from learner_kit.assess import grade

    hand_in("L-0001", right_answers)
    grade.grade(cohort, who="tests")
    before = held(cohort)
    moved = moving.move(cohort, server.fresh(), "tests")
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


GRADES = """
    SELECT a.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade, n.late_submission_penalty, n.flagged,
           SUBSTR(CAST(a.timestamp AS VARCHAR(30)), 1, 19),
           (SELECT COUNT(*) FROM comment m WHERE m.notebook_id = n.id AND m.cell_id = c.id)
    FROM grade g JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = n.assignment_id
"""


def test_grading_writes_on_a_server_what_it_writes_in_a_file(server, cohort, hand_in, right_answers, tmp_path):
    """New rows and changed ones: late, marked by a person, handed in again. The file's are held to stock nbgrader's elsewhere."""
    from learner_kit.assess import grade

    with (cohort.path / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    with cohort.engine.begin() as connection:
        connection.execute(sa.text("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'"))
    hand_in("L-0001", right_answers, dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    hand_in("L-0002", dict(list(right_answers.items())[::2]), dt.datetime(2026, 3, 4, tzinfo=dt.UTC))
    cohort.engine.dispose()
    moving.move(open_cohort(shutil.copytree(cohort.path, tmp_path / "there")), server.fresh(), "tests")
    found = {}
    for path in (cohort.path, tmp_path / "there"):
        one, held = open_cohort(path), []
        for _ in range(2):
            assert "graded" in {each.state for each in grade.grade(one)}
            with one.engine.begin() as connection:
                held.append(sorted(map(repr, (tuple(row) for row in connection.execute(sa.text(GRADES))))))
                connection.execute(sa.text("UPDATE grade SET manual_score = 1.5 WHERE auto_score IS NULL"))
            answers = path / "submitted" / "L-0001" / "so1" / "answers.json"
            answers.write_text(answers.read_text(encoding="utf-8").replace("true", "false", 1) + "\n", encoding="utf-8")
            (answers.parent / "timestamp.txt").write_text("2026-03-05 10:00:00 UTC", encoding="utf-8")
        found[path] = held
        one.engine.dispose()
    here, there = found.values()
    assert here[0] and here[0] != here[1]
    assert [_like(one) for one in there] == [_like(one) for one in here]


def _like(rows: list[str]) -> list[str]:
    """Rows as both kinds of database give them: SQLite has numbers for yes and no."""
    return [row.replace("True", "1").replace("False", "0") for row in rows]


def test_a_database_in_use_is_refused(server, cohort, made_cohort, tmp_path):
    url = server.fresh()
    moving.move(cohort, url, "tests")
    shutil.copytree(made_cohort, tmp_path / "second")
    second = open_cohort(tmp_path / "second")
    before = held(second)
    with pytest.raises(KitError, match="holds rows already"):
        moving.move(second, url, "tests")
    assert held(open_cohort(second.path)) == before
    with pytest.raises(KitError, match="there already"):
        moving.move(open_cohort(cohort.path), url, "tests")


def test_whoever_still_writes_while_it_is_moved_loses_nothing_and_is_told(server, cohort):
    moving.move(cohort, server.fresh(), "tests")
    before = open_cohort(cohort.path)
    with Writing(before.engine) as writing:
        moving.move(open_cohort(cohort.path), server.fresh(), "tests")
        writing.thread.join(120)
    assert "moved to another database" in writing.said and "Open the cohort again" in writing.said
    after = open_cohort(cohort.path)
    assert counted(after) == (writing.done, writing.done) == counted(before)
    assert audit.check(after).faults == ()
    for one in (before, after):
        one.engine.dispose()


OLDER = """
    DROP TABLE kit_log_head; DROP TABLE kit_purges; DROP TABLE kit_packs;
    DROP INDEX kit_log_number; ALTER TABLE kit_log DROP COLUMN number; ALTER TABLE kit_log DROP COLUMN previous;
    ALTER TABLE kit_log DROP COLUMN hash; ALTER TABLE kit_moderation DROP COLUMN own_decision
"""
OPENING = "import sys; from learner_kit.course.cohort import open_cohort; open_cohort(sys.argv[1]).engine"


def test_records_of_an_older_kit_on_a_server_are_completed_once_whoever_opens_them(server, cohort):
    moving.move(cohort, server.fresh(), "tests")
    there = open_cohort(cohort.path)
    rows = held(there)["kit_log"].rows
    with there.engine.begin() as connection:
        for line in OLDER.split(";"):
            connection.exec_driver_sql(line)
    there.engine.dispose()
    opening = [subprocess.Popen([sys.executable, "-c", OPENING, str(there.path)]) for _ in range(3)]
    assert [one.wait(240) for one in opening] == [0, 0, 0]
    found = audit.check(open_cohort(there.path))
    assert (found.before, found.rows, found.faults) == (rows, 1, ())
    with there.engine.connect() as connection:
        columns = {one["name"] for one in sa.inspect(connection).get_columns("kit_moderation")}
    assert columns == {one.name for one in records.moderation.columns}
    there.engine.dispose()


@pytest.mark.parametrize("newer", ["CREATE TABLE kit_wonders (id INTEGER)", "ALTER TABLE kit_learners ADD wonder TEXT"])
def test_records_of_a_newer_kit_are_refused_and_not_touched(standing, newer, capsys):
    with standing.engine.begin() as connection:
        connection.exec_driver_sql(newer)
    standing.engine.dispose()
    before = held(standing)
    for line in (["status", str(standing.path)], ["grade", str(standing.path)]):
        assert main(line) == 1
        said = capsys.readouterr().err
        assert "newer kit" in said and "wonder" in said and "nothing was changed" in said and "Traceback" not in said
    assert held(standing) == before


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("nonsense", "no address"),
        ("postgresql+psycopg2://kit:secret@127.0.0.1:9/none", "cannot be moved"),
        ("mysql+pymysql://kit@127.0.0.1/none", "not installed here.*-m pip install psycopg2-binary"),
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
    assert "In order." in said and "3 learners" in said and "fill in" in said and "provider.toml" in said


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
