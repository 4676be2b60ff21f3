"""Grading on a dask cluster: the same as in one process, whatever becomes of its workers and its scheduler."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

import pytest
import sqlalchemy as sa

from learner_kit.assess import pool
from learner_kit.assess.grade import grade
from learner_kit.cli import main
from learner_kit.course import enrol, records
from learner_kit.course.cohort import open_cohort
from learner_kit.errors import KitError

distributed = pytest.importorskip("distributed", reason="dask is not installed: pip install 'learner-kit[cluster]'")
pytestmark = pytest.mark.xdist_group("cluster")
COUNT = 12  # learners; each is a part of its own here


def state(cohort) -> dict:
    """All that grading leaves: graded notebooks by their bytes, scores by learner and cell, and how often each was kept."""
    cells = sa.text(
        "select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g join submitted_notebook n "
        "on n.id = g.notebook_id join submitted_assignment s on s.id = n.assignment_id join base_cell c on c.id = g.cell_id"
    )
    with records.transaction(cohort.engine) as connection:
        scores = sorted(tuple(row) for row in connection.execute(cells))
    log = records.rows(cohort.engine, sa.select(records.log.c.detail).where(records.log.c.what == "grade"))
    written = {one.parent.parent.name: one.read_bytes() for one in (cohort.path / "autograded").rglob("so1.ipynb")}
    assert len(written) == COUNT
    return {"scores": scores, "kept": sorted(one["detail"] for one in log), "written": written}


@pytest.fixture
def handed(cohort, hand_in, right_answers, monkeypatch):
    monkeypatch.setattr("learner_kit.assess.grade.BATCH", 1)
    people = [enrol.Person(number, f"Surname{number}", f"Name{number}") for number in range(4, COUNT + 1)]
    enrol.enrol(cohort, people, "tests")
    keys = sorted(right_answers)
    for number in range(1, COUNT + 1):
        hand_in(f"L-{number:04d}", {key: right_answers[key] for key in keys[: 2 * number]})
    cohort.engine.dispose()
    return cohort


@pytest.fixture
def wanted(handed, tmp_path):
    """What one process leaves of the same class."""
    copy = open_cohort(shutil.copytree(handed.path, tmp_path / "alone"))
    grade(copy)
    return state(copy)


@pytest.fixture(scope="module")
def workers():
    """Two worker processes with two threads each, which must not mix; each is started again when it dies."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=":0") as local:
        yield local


@pytest.fixture
def threads():
    """A cluster in this process, to be taken down."""
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as local:
        yield local


def leave(local) -> None:
    """Send every worker of a cluster away, and wait until they are gone."""
    local.scale(0)
    with distributed.Client(local) as client:
        while client.ncores():
            time.sleep(0.05)


def pids(local) -> set[int]:
    with distributed.Client(local) as client:
        return set(client.run(os.getpid).values())


def test_a_cluster_gives_what_one_process_gives(handed, wanted, workers, tmp_path, monkeypatch, capsys):
    """Its workers get the answers as bytes. Their threads begin together, and each reads the master first."""
    monkeypatch.chdir(tmp_path)
    assert main(["grade", str(handed.path), "--cluster", workers.scheduler_address]) == 0
    assert f"L-{COUNT:04d}" in capsys.readouterr().out
    assert state(handed) == wanted


def test_a_worker_dies_and_comes_back_and_everything_is_done_once(handed, wanted, workers):
    before, killed = pids(workers), []

    def each(done: int, count: int) -> None:
        if not killed:
            killed.append(min(before))
            os.kill(killed[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    with pool.cluster(workers.scheduler_address) as executor:
        done = grade(handed, executor=executor, each=each)
    assert len(done) == COUNT and {one.state for one in done} == {"graded"}
    assert state(handed) == wanted
    with distributed.Client(workers) as client:
        client.wait_for_workers(2, timeout=60)
    assert killed[0] not in pids(workers), "the dead one was replaced"


def test_work_that_ends_one_worker_after_another_is_given_up_and_the_rest_is_kept(handed, wanted, workers, monkeypatch):
    monkeypatch.setattr(workers.scheduler, "allowed_failures", 0)

    def deadly() -> None:
        import learner_kit.assess.worker as worker

        known = worker._mark
        worker._mark = lambda master, work: os._exit(9) if work.learner == "L-0009" else known(master, work)

    with distributed.Client(workers) as client:
        client.wait_for_workers(2, timeout=60)
        client.run(deadly)
    with (
        pytest.raises(KitError, match="ended one worker of the cluster after another"),
        pool.cluster(workers.scheduler_address) as executor,
    ):
        grade(handed, executor=executor)
    assert {one.learner for one in grade(handed) if one.state == "graded"} >= {"L-0009"}
    assert state(handed) == wanted


def test_a_worker_that_dies_as_its_result_is_fetched_costs_nothing(handed, wanted, workers, monkeypatch):
    real = distributed.Client._gather

    async def gather(client, futures, *given, **named):
        found = await real(client, futures, *given, **named)
        for one in futures:
            one._state.lose()  # what the scheduler says when the worker that held the result is gone
        return found

    monkeypatch.setattr(distributed.Client, "_gather", gather)
    with pool.cluster(workers.scheduler_address) as executor:
        grade(handed, executor=executor)
    assert state(handed) == wanted


def test_a_worker_with_another_kit_grades_nothing(handed, workers, capsys):
    def other(module: str) -> None:
        import importlib

        importlib.import_module(module).__version__ = "0.0.9"

    with distributed.Client(workers) as client:
        client.wait_for_workers(2, timeout=60)
        client.run(other, "learner_kit.assess.pool")  # as one that joins after the first look
    assert main(["grade", str(handed.path), "--cluster", workers.scheduler_address]) == 1
    assert "A worker of the cluster has learner-kit 0.0.9" in capsys.readouterr().err
    with distributed.Client(workers) as client:
        client.run(other, "learner_kit")
    assert main(["grade", str(handed.path), "--cluster", workers.scheduler_address]) == 1
    said = capsys.readouterr().err
    assert "Every worker needs learner-kit" in said and said.count("has 0.0.9") == 2
    assert not list((handed.path / "autograded").rglob("so1.ipynb"))


def test_the_cluster_goes_away_and_the_rest_is_graded_here(handed, wanted, threads, capsys, monkeypatch):
    seen = []

    def keep(*given):
        kept = known(*given)
        if not seen:
            threads.close()
        seen.append(kept)
        return kept

    known = grade.__globals__["_keep"]
    monkeypatch.setitem(grade.__globals__, "_keep", keep)
    assert main(["grade", str(handed.path), "--cluster", threads.scheduler_address]) == 1
    said = capsys.readouterr().err
    assert "went away in the middle" in said and "Traceback" not in said
    kept = len(seen)
    assert 0 < kept < COUNT
    assert len([one for one in grade(handed) if one.state == "unchanged"]) == kept
    assert state(handed) == wanted


def test_the_last_worker_leaves(handed, threads, monkeypatch):
    monkeypatch.setattr(pool, "LOOK", 0.1)
    monkeypatch.setattr(pool, "PATIENCE", 1)
    with (
        pytest.raises(KitError, match="has had no worker for a minute"),
        pool.cluster(threads.scheduler_address) as executor,
    ):
        grade(handed, executor=executor, each=lambda done, count: leave(threads))


def test_without_dask_a_cluster_or_a_worker_the_way_to_one_is_said(cohort, threads, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["grade", str(cohort.path), "--cluster", "tcp://127.0.0.1:1"]) == 1
    assert 'pip install "learner-kit[cluster]"' in capsys.readouterr().err
    monkeypatch.undo()
    with pytest.raises(KitError, match="No cluster answers at nonsense"), pool.cluster("nonsense"):
        pass
    monkeypatch.setattr(pool, "START", 1)
    leave(threads)
    with pytest.raises(KitError, match="but no worker"), pool.cluster(threads.scheduler_address):
        pass
