"""Beyond one PC: how much sooner two workers of a cluster grade a class than one.

    python benchmarks/cluster.py                  # 3 000 learners, three rounds
    python benchmarks/cluster.py --learners 300 --rounds 1

The cluster is a dask scheduler with one worker, then with two, each a process of its own on this computer that holds the kit and
no database. The process that grades hands out the answers, and alone writes notebooks and gradebook; the same class is
graded in turn, and the shortest of the rounds counts.

On a computer with two cores two workers, the scheduler and the process that grades share what one worker leaves free. So the
same is also measured with workers held to a part of a core each (stopped and let go on many times a second, as a slower
computer would be): that is what workers on computers of their own come to, and what the writing bounds. Linux and macOS.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from grading import Class, table

LIMIT = 1.6  # times as fast with two workers as with one
SHARE = 0.35  # of a core: with two such workers, more than a core is left for all else
TURN = 0.02  # seconds that a held worker goes on and is stopped, in parts
ADDRESS = "tcp://127.0.0.1:18786"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if os.name == "nt":
        print("Workers cannot be held to a part of a core on Windows; run this on Linux or macOS.")
        return 1
    print(f"Load at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    walls: dict[tuple[float, int], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        class_ = Class(given.learners, Path(place))
        for _ in range(given.rounds):
            for share in (1, SHARE):
                for count in (1, 2):
                    walls.setdefault((share, count), []).append(one_run(class_, count, share))
    least = {key: min(found) for key, found in walls.items()}
    print(f"\nGrading {given.learners} submissions on a cluster, shortest of {given.rounds}:\n")
    table(
        ["workers", "each held to", "wall", "of it the writing process's CPU", "speed-up"],
        [
            [
                str(count),
                "a whole core" if share == 1 else f"{share:.0%} of a core",
                f"{wall:.1f} s",
                f"{own:.1f} s",
                f"{least[share, 1][0] / wall:.2f} ×",
            ]
            for (share, count), (wall, own) in least.items()
        ],
    )
    found = least[SHARE, 1][0] / least[SHARE, 2][0]
    print(f"\nWith workers that have processors of their own: {found:.2f} times as fast (limit {LIMIT}).")
    return 0 if found >= LIMIT else 1


def one_run(class_: Class, count: int, share: float) -> tuple[float, float]:
    """Grade a fresh copy of the class; two submissions warm each worker up first. Gives wall and own CPU, in seconds."""
    from learner_kit.assess.grade import grade
    from learner_kit.assess.pool import cluster
    from learner_kit.course.cohort import open_cohort

    cohort = open_cohort(class_.afresh())
    with dask(count) as workers, cluster(ADDRESS) as executor:
        for one in ("L-0001", "L-0002", "L-0003", "L-0004"):
            grade(cohort, learner=one, executor=executor)
        with held(workers, share):
            begun, own = time.perf_counter(), time.process_time()
            grade(cohort, executor=executor)
            found = time.perf_counter() - begun, time.process_time() - own
    cohort.engine.dispose()
    return found


@contextmanager
def dask(count: int) -> Iterator[list[psutil.Process]]:
    """A scheduler and so many workers with one thread each; gives the workers."""

    def start(kind: str, *more: str) -> subprocess.Popen:
        line = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *more, "--no-dashboard"]
        return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    started = [start("scheduler", "--host", "127.0.0.1", "--port", ADDRESS.rpartition(":")[2])]
    started += [start("worker", ADDRESS, "--nthreads", "1", "--no-nanny") for _ in range(count)]
    try:
        from distributed import Client

        with Client(ADDRESS, timeout=60) as client:
            client.wait_for_workers(count, timeout=60)
        yield [psutil.Process(one.pid) for one in started[1:]]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            try:
                one.wait(10)
            except subprocess.TimeoutExpired:
                one.kill()


@contextmanager
def held(workers: list[psutil.Process], share: float) -> Iterator[None]:
    """Let each process go on for that share of the time."""
    over = threading.Event()

    def turns(one: psutil.Process, late: float) -> None:
        time.sleep(late)
        while not over.is_set():
            one.send_signal(signal.SIGCONT)
            time.sleep(TURN * share)
            one.send_signal(signal.SIGSTOP)
            over.wait(TURN * (1 - share))
        one.send_signal(signal.SIGCONT)

    one_each = [
        threading.Thread(target=turns, args=(one, TURN * number / len(workers))) for number, one in enumerate(workers)
    ]
    for one in one_each if share < 1 else ():
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in one_each if share < 1 else ():
            one.join()


if __name__ == "__main__":
    sys.exit(main())
