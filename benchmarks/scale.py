"""Beyond one PC: grading with the records in PostgreSQL, grading on a cluster, and how large a class becomes on disk.

    python benchmarks/scale.py                          # 300 learners for the databases, 3 000 for the cluster
    python benchmarks/scale.py --small 30 --large 300   # a quick look
    python benchmarks/scale.py --postgresql postgresql+psycopg2://kit@server   # a server of yours, in place of a temporary one

Classes are made as `benchmarks/grading.py` makes them. SQLite and PostgreSQL grade the same class in turn, each in a
process of its own; the shortest of the rounds counts. The cluster is a dask scheduler with one worker, then with two, each a
process of its own on this computer that holds the kit and no database; the coordinator writes the gradebook. Without
PostgreSQL here, that part is left out, and the script says so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from grading import Class, measure, table


def folder_size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


@contextmanager
def postgresql(asked: str | None, place: Path) -> Iterator[str | None]:
    """The address of a server: the one asked for, or a temporary one on a socket; None where there is none."""
    if asked:
        yield asked.rstrip("/")
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not found:
        yield None
        return
    programs, other = found[0].parent, ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    home = place / "pg"
    home.mkdir()
    place.chmod(0o755)
    if other:
        shutil.chown(home, "postgres")

    def run(name: str, *line: str) -> None:
        subprocess.run([*other, str(programs / name), *line], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-D", str(home / "data"), "-U", "kit", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses= -c unix_socket_directories={home}"
    run("pg_ctl", "-D", str(home / "data"), "-o", options, "-l", str(home / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg2://kit@/{{}}?host={home}"
    finally:
        run("pg_ctl", "-D", str(home / "data"), "-m", "immediate", "stop")


def databases(address: str, place: Path, learners: int, rounds: int) -> None:
    """Grade the same class with its records in SQLite and in PostgreSQL, in turn."""
    from learner_kit.course.cohort import open_cohort
    from learner_kit.upkeep.moving import move

    here = Class(learners, place / "sqlite")
    there = place / "postgresql"
    shutil.copytree(here.path, there)
    runs: dict[str, list] = {"SQLite": [], "PostgreSQL": []}
    for number in range(rounds):
        name = f"kit{number}"
        made = sa.create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
        with made.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        made.dispose()
        shutil.rmtree(there)
        shutil.copytree(here.afresh(), there)
        moved = open_cohort(there)
        move(moved, address.format(name), "benchmark")
        runs["SQLite"].append(measure("kit", here.path))
        runs["PostgreSQL"].append(measure("kit", there))
    least = {name: min(one.own_wall for one in found) for name, found in runs.items()}
    print(f"\nGrading {learners} submissions, start-up left out, shortest of {rounds}:\n")
    table(
        ["records in", "wall", "CPU of the kit", "against SQLite"],
        [
            [
                name,
                f"{least[name]:.2f} s",
                f"{min(one.own_cpu for one in runs[name]):.2f} s",
                f"{least[name] / least['SQLite']:.2f} ×",
            ]
            for name in runs
        ],
    )
    size = (here.path / "gradebook.db").stat().st_size
    print(f"\nOn disk after grading, per learner and workbook: records {size / learners / 1000:.1f} kB, ", end="")
    print(f"graded notebook {folder_size(here.path / 'autograded') / learners / 1000:.1f} kB, ", end="")
    print(f"answers and released notebook {folder_size(here.path / 'submitted') / learners / 1000:.1f} kB.")


@contextmanager
def dask(workers: int) -> Iterator[str]:
    """A scheduler and so many single-threaded workers, each a process of its own."""
    address, started = "tcp://127.0.0.1:18786", []
    line = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "18786",
        "--no-dashboard",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started.append(subprocess.Popen(line, **quiet))
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--no-nanny",
    ]
    started += [subprocess.Popen(worker, **quiet) for _ in range(workers)]
    try:
        from distributed import Client

        with Client(address, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for one in started:
            one.terminate()
        for one in started:
            with suppress(subprocess.TimeoutExpired):
                one.wait(10)


def cluster(place: Path, learners: int, rounds: int) -> None:
    """Grade the same class on one worker and on two, in turn; the first submissions of each round warm the workers up."""
    from learner_kit.assess.grade import grade
    from learner_kit.assess.pool import cluster as opened
    from learner_kit.course.cohort import open_cohort

    class_ = Class(learners, place / "cluster")
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for count in walls:
            cohort = open_cohort(class_.afresh())
            with dask(count) as address, opened(address) as executor:
                for one in ("L-0001", "L-0002"):
                    grade(cohort, learner=one, executor=executor)
                begun = time.perf_counter()
                grade(cohort, executor=executor)
                walls[count].append(time.perf_counter() - begun)
            cohort.engine.dispose()
    least = {count: min(found) for count, found in walls.items()}
    print(f"\nGrading {learners} submissions on a cluster, shortest of {rounds}:\n")
    table(
        ["workers", "wall", "speed-up"],
        [[str(count), f"{wall:.1f} s", f"{least[1] / wall:.2f} ×"] for count, wall in least.items()],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=300, help="learners for the databases")
    parser.add_argument("--large", type=int, default=3000, help="learners for the cluster")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--postgresql", help="the address of a server, without a database")
    given = parser.parse_args()
    print(f"Load at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as place:
        with postgresql(given.postgresql and given.postgresql + "/{}", Path(place)) as address:
            if address:
                databases(address, Path(place), given.small, given.rounds)
            else:
                print("No PostgreSQL here: that part is left out.")
        cluster(Path(place), given.large, given.rounds)


if __name__ == "__main__":
    main()
