"""Beyond one PC: grading with the records in PostgreSQL, and how large a class becomes on disk.

    python benchmarks/scale.py                     # 300 learners
    python benchmarks/scale.py --learners 30       # a quick look
    python benchmarks/scale.py --postgresql postgresql+psycopg2://kit@server   # a server of yours, in place of a temporary one

The class is made as `benchmarks/grading.py` makes it. SQLite and PostgreSQL grade it in turn, each in a process of its own;
the least of the rounds counts. On a busy computer the CPU says more than the wall clock. Without PostgreSQL there is
nothing to compare, and the script says so. `benchmarks/cluster.py` measures workers on other computers.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grading import Class, measure, table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the same server as in the tests
from postgresql import Server, missing, running

LIMIT = 1.5  # times what SQLite takes


def folder_size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


class Asked(Server):
    """A server that somebody else looks after; what it uses cannot be seen from here."""

    def address(self, name: str) -> str:
        return f"{self.place}/{name}"

    def cpu(self) -> float:
        return math.nan


@contextmanager
def postgresql(asked: str | None) -> Iterator[Server | None]:
    """The server that was asked for, or a temporary one; None where there is none."""
    if asked:
        yield Asked(asked.rstrip("/"), safe=True)
    elif why := missing():
        print(f"Nothing is measured: {why}.")
        yield None
    else:
        with running() as server:
            yield server


def databases(server: Server, place: Path, learners: int, rounds: int) -> bool:
    """Grade the same class with its records in SQLite and in PostgreSQL, in turn; tell whether it is within the limit."""
    from learner_kit.course.cohort import open_cohort
    from learner_kit.upkeep.moving import move

    here = Class(learners, place / "sqlite")
    there = place / "postgresql"
    shutil.copytree(here.path, there)
    runs: dict[str, list] = {"SQLite": [], "PostgreSQL": []}
    served = []
    for number in range(rounds):
        shutil.rmtree(there)
        shutil.copytree(here.afresh(), there)
        move(open_cohort(there), server.fresh(), "benchmark")
        for name in reversed(runs) if number % 2 else runs:  # so that neither always comes second
            before = server.cpu()
            runs[name].append(measure("kit", here.path if name == "SQLite" else there))
            if name == "PostgreSQL":
                served.append(server.cpu() - before)
    cpu = {name: min(one.own_cpu for one in found) for name, found in runs.items()}
    both = {"SQLite": cpu["SQLite"], "PostgreSQL": cpu["PostgreSQL"] + min(served)}
    wall = {name: min(one.own_wall for one in found) for name, found in runs.items()}
    print(f"\nGrading {learners} submissions, start-up left out, least of {rounds} (limit {LIMIT} ×):\n")
    table(
        ["records in", "CPU of the kit", "CPU of the server", "against SQLite", "wall", "against SQLite"],
        [
            [
                name,
                f"{cpu[name]:.2f} s",
                f"{both[name] - cpu[name]:.2f} s",
                f"{both[name] / both['SQLite']:.2f} ×",
                f"{wall[name]:.2f} s",
                f"{wall[name] / wall['SQLite']:.2f} ×",
            ]
            for name in runs
        ],
    )
    size = (here.path / "gradebook.db").stat().st_size
    print(f"\nOn disk after grading, per learner and workbook: records {size / learners / 1000:.1f} kB, ", end="")
    print(f"graded notebook {folder_size(here.path / 'autograded') / learners / 1000:.1f} kB, ", end="")
    print(f"answers and released notebook {folder_size(here.path / 'submitted') / learners / 1000:.1f} kB.")
    return wall["PostgreSQL"] / wall["SQLite"] <= LIMIT


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", help="the address of a server, without a database")
    given = parser.parse_args()
    print(f"Load at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as place, postgresql(given.postgresql) as server:
        return bool(server) and databases(server, Path(place), given.learners, given.rounds)


if __name__ == "__main__":
    sys.exit(not main())
