"""Cut off at any moment, started twice, or out of room: run again, and all is as if nothing had happened."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from learner_kit.assess import grade as grading
from learner_kit.cli import main
from learner_kit.course import enrol
from learner_kit.course.cohort import Cohort, open_cohort
from learner_kit.course.submission import pack

KILLS = 25  # of collect, and as many of grade
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a running process (no fork)")

ROWS = {
    "students": "select id from student",
    "submitted": "select a.name, s.student_id, s.timestamp, n.late_submission_penalty, n.flagged from submitted_assignment s"
    " join assignment a on a.id = s.assignment_id join submitted_notebook n on n.assignment_id = s.id",
    "grades": "select s.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade from grade g"
    " join base_cell c on c.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id"
    " join submitted_assignment s on s.id = n.assignment_id",
    "comments": "select s.student_id, c.name, m.auto_comment, m.manual_comment from comment m join base_cell c on"
    " c.id = m.cell_id join submitted_notebook n on n.id = m.notebook_id join submitted_assignment s on s.id = n.assignment_id",
    "hand-ins": "select learner, workbook, number, made_at, receipt, sha256, file, note from kit_submissions",
    "graded": "select learner, workbook, fingerprint, shown from kit_graded",
}


def state(path: Path) -> dict:
    """All that must be the same: every file of the learners' and every row, but for ids and the times of our own work."""
    engine = sa.create_engine(f"sqlite:///{path / 'gradebook.db'}")
    with engine.connect() as connection:
        found = {name: sorted(map(repr, connection.execute(sa.text(query)))) for name, query in ROWS.items()}
    engine.dispose()
    found["files"] = {
        one.relative_to(path).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
        for folder in ("received", "submitted", "autograded")
        for one in sorted((path / folder).rglob("*"))
        if one.is_file()
    }
    return found


def fresh(cohort: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(cohort, place))


def start(arguments: list[str]) -> int:
    """Run one command in a copy of this process, where everything is imported already; gives its process id."""
    child = os.fork()
    if child:
        return child
    with contextlib.suppress(BaseException):
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        code = main(arguments)
        os._exit(code)
    os._exit(99)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def collected(cohort: Cohort, fill, right_answers, tmp_path) -> tuple[Path, Path, Path]:
    """A cohort before and after collecting, and the zips: six learners, one of them with a second hand-in."""
    enrol.enrol(cohort, [enrol.Person(n, f"More{n}", f"Name{n}") for n in (4, 5, 6)], "tests")
    cohort.engine.dispose()
    zips = tmp_path / "zips"
    zips.mkdir()
    keys = list(right_answers)
    for number in range(1, 7):
        learner = f"L-{number:04d}"
        folder = fill(learner, {key: right_answers[key] for key in keys[: 7 * number]})
        (folder / "evidence").mkdir()
        (folder / "evidence" / "log.txt").write_text("kept\n" * 1000, encoding="utf-8")
        pack(folder, "so1", learner, zips, dt.datetime(2026, 2, number, tzinfo=dt.UTC))
    pack(fill("L-0001", right_answers), "so1", "L-0001", zips, dt.datetime(2026, 2, 9, tzinfo=dt.UTC))
    after = fresh(cohort.path, tmp_path / "after")
    assert main(["collect", str(after), str(zips)]) == 0
    return cohort.path, after, zips


@needs_fork
@pytest.mark.parametrize("command", ["collect", "grade"])
def test_killed_at_any_moment_and_run_again(command, collected, tmp_path, monkeypatch):
    before, after, zips = collected
    monkeypatch.setattr(grading, "BATCH", 2)  # so that a small class has several transactions
    source = before if command == "collect" else after
    place = tmp_path / "class-at-work"
    arguments = [command, str(place)] + ([str(zips)] if command == "collect" else [])
    lasts = []
    for _ in range(2):
        fresh(source, place)
        begun = time.monotonic()
        assert ended(start(arguments)) == 0
        lasts.append(time.monotonic() - begun)
    wanted = state(place)
    assert len(wanted["files"]) > 20 and wanted["hand-ins"]
    chance, killed, undone = random.Random(), 0, 0
    for _ in range(6 * KILLS):
        fresh(source, place)
        child = start(arguments)
        time.sleep(chance.uniform(0, min(lasts)))
        os.kill(child, signal.SIGKILL)
        if ended(child) != -signal.SIGKILL:
            continue  # it had finished
        killed += 1
        undone += state(place) != wanted
        assert ended(start(arguments)) == 0
        assert state(place) == wanted
        assert not list(place.glob("*/.*")), "what the killed one was making is swept away"
        if killed == KILLS:
            break
    assert killed == KILLS
    assert undone > KILLS / 2, "most were killed before they were through"


@needs_fork
def test_killed_again_and_again_it_still_gets_there(collected, tmp_path, monkeypatch):
    """One cohort, killed many times in a row, collecting and grading, never reset."""
    before, _, zips = collected
    monkeypatch.setattr(grading, "BATCH", 1)
    wanted = fresh(before, tmp_path / "undisturbed")
    place = fresh(before, tmp_path / "class-at-work")
    commands = [["collect", str(zips)], ["grade"]]
    for name, *more in commands:
        assert ended(start([name, str(wanted), *more])) == 0
    for name, *more in commands:
        for moment in range(1, 11):
            child = start([name, str(place), *more])
            time.sleep(0.02 * moment)
            os.kill(child, signal.SIGKILL)
            ended(child)
        assert ended(start([name, str(place), *more])) == 0
    assert state(place) == state(wanted)


def test_worker_processes_end_with_the_one_that_was_killed(collected, tmp_path):
    _, after, _ = collected
    place = fresh(after, tmp_path / "class-at-work")
    code = (
        "import os, sys, time\n"
        "from learner_kit.assess import grade\n"
        "from learner_kit.course.cohort import open_cohort\n"
        "def wait(done, of):\n"
        "    print(os.getpid(), flush=True); time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    grade.grade(open_cohort(sys.argv[1]), workers=2, each=wait)\n"
    )
    script = tmp_path / "grading.py"
    script.write_text(code, encoding="utf-8")
    running = subprocess.Popen([sys.executable, str(script), str(place)], stdout=subprocess.PIPE)
    running.stdout.readline()
    import psutil

    workers = psutil.Process(running.pid).children(recursive=True)
    assert workers
    running.kill()
    running.wait()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive
    running.stdout.close()
    assert {one.state for one in grading.grade(open_cohort(place))} <= {"graded", "unchanged"}


@needs_fork
@pytest.mark.parametrize("command", ["collect", "grade"])
def test_the_second_of_two_at_once_is_refused_and_the_first_goes_on(command, collected, tmp_path, capsys, monkeypatch):
    before, after, zips = collected
    place = fresh(before if command == "collect" else after, tmp_path / "class-at-work")
    more = [str(zips)] if command == "collect" else []
    began, go_on = os.pipe(), os.pipe()

    def wait(*_):
        os.write(began[1], b"x")
        os.read(go_on[0], 1)

    with monkeypatch.context() as slowed:
        slowed.setattr("learner_kit.files.sweep", wait)
        child = start([command, str(place), *more])
    os.read(began[0], 1)
    assert main([command, str(place), *more]) == 1
    said = capsys.readouterr().err
    assert "is running. Wait until it has finished" in said and "Traceback" not in said
    os.write(go_on[1], b"x" * 100)
    assert ended(child) == 0
    assert main([command, str(place), *more]) == 0


@contextlib.contextmanager
def small_disk(place: Path, size: int):
    """A disk of so many bytes in memory; skips where only an administrator may make one."""
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


needs_mount = pytest.mark.skipif(shutil.which("mount") is None, reason="no mount here, so no small disk")


@needs_mount
@pytest.mark.parametrize("command", ["collect", "grade"])
def test_a_full_disk_is_said_and_nothing_is_lost(command, collected, tmp_path, capsys):
    before, after, zips = collected
    source = before if command == "collect" else after
    more = [str(zips)] if command == "collect" else []
    wanted = fresh(source, tmp_path / "undisturbed")
    assert main([command, str(wanted), *more]) == 0
    with small_disk(tmp_path / "disk", 8_000_000) as disk:
        place = Path(shutil.copytree(source, disk / "class"))
        faults = 0
        for left in (0, 8_000, 40_000, 80_000, 160_000, 300_000):
            free = shutil.disk_usage(disk).free
            (disk / "full").write_bytes(bytes(max(0, free - left) // 4096 * 4096))
            capsys.readouterr()
            code = main([command, str(place), *more])
            said = capsys.readouterr()
            (disk / "full").unlink()
            if code == 0:
                break
            faults += 1
            assert code == 1
            assert "Traceback" not in said.out + said.err
            assert "No space left" in said.out + said.err or "disk is full" in said.out + said.err
            state(place)  # the database can be read
        assert faults >= 2
        assert main([command, str(place), *more]) == 0
        assert state(place) == state(wanted)


@pytest.mark.parametrize("command", ["collect", "grade"])
def test_a_read_only_database_is_said_and_nothing_is_lost(command, collected, tmp_path, capsys):
    before, after, zips = collected
    place = fresh(before if command == "collect" else after, tmp_path / "class-at-work")
    more = [str(zips)] if command == "collect" else []
    settings = place / "cohort.toml"
    whole = settings.read_text(encoding="utf-8")
    address = f"sqlite:///file:{(place / 'gradebook.db').as_posix()}?mode=ro&uri=true"
    settings.write_text(f'{whole}db_url = "{address}"\n', encoding="utf-8")
    rows = {name: kept for name, kept in state(place).items() if name != "files"}
    assert main([command, str(place), *more]) == 1
    said = capsys.readouterr()
    assert "may not be written to" in said.err and "Traceback" not in said.out + said.err
    assert {name: kept for name, kept in state(place).items() if name != "files"} == rows
    settings.write_text(whole, encoding="utf-8")
    assert main([command, str(place), *more]) == 0


@needs_mount
@pytest.mark.parametrize("command", ["collect", "grade"])
def test_a_folder_that_may_not_be_written_to_is_said(command, collected, tmp_path, capsys):
    before, after, zips = collected
    more = [str(zips)] if command == "collect" else []
    with small_disk(tmp_path / "disk", 8_000_000) as disk:
        place = Path(shutil.copytree(before if command == "collect" else after, disk / "class"))
        held = state(place)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert main([command, str(place), *more]) == 1
        said = capsys.readouterr()
        assert "cannot be written to" in said.err and "Traceback" not in said.out + said.err
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert state(place) == held
