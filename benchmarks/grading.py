"""Grading a class: stock `nbgrader autograde` and the kit on the same learners, in turn.

    python benchmarks/grading.py                     # 30, 300 and 3 000 learners (about 15 minutes, nearly all of it nbgrader's)
    python benchmarks/grading.py --rounds 1 --sizes 30

The class is made from the memo of workbook so1: a quarter knows everything, a quarter answered every second question, a
quarter nothing, a quarter has every figure wrong and every list cut short. Stock nbgrader, with its own preprocessors and
a kernel for each learner, grades the first 30 of each class; the kit all of them. Every run is a process of its own on a
fresh copy of the class, and its children count. Points are compared cell by cell for the 30.

Prints Markdown tables; exit 1 when points differ or a target of the table of targets is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil

WORKBOOK = "so1"
SAMPLE = 30  # learners that stock nbgrader grades


class Run(NamedTuple):
    """One run: seconds of CPU and wall, with start-up (`all_`) and without (`own_`), and the peak of memory in MB."""

    all_cpu: float
    all_wall: float
    own_cpu: float
    own_wall: float
    peak: float


def make_class(count: int, place: Path) -> Path:
    """A cohort whose learners have all handed in, laid out as `collect` does it."""
    from learner_kit.course import enrol, master, release
    from learner_kit.course.cohort import create

    cohort = create(place, seed="benchmark")
    people = [enrol.Person(n, f"Surname{n}", "Name", email=f"l{n}@example.co.za") for n in range(1, count + 1)]
    enrol.enrol(cohort, people, "benchmark")
    release.release(cohort, WORKBOOK, "benchmark")
    memo = tomllib.loads((cohort.programme.folder / "memo" / f"{WORKBOOK}.toml").read_text(encoding="utf-8"))
    asked = master.questions(master.read(cohort.master(WORKBOOK)))
    right = {id: one.get("answer", one.get("model")) for id, one in memo.items() if id in asked}
    right = {id: value for id, value in right.items() if value is not None and asked[id].valid(value)}
    wrong = {id: value + 1 if isinstance(value, float) else value[:1] for id, value in right.items()}
    wrong = {id: value for id, value in wrong.items() if asked[id].valid(value)}
    kinds = [right, dict([*right.items()][::2]), {}, wrong]
    for number in range(1, count + 1):
        learner = f"L-{number:04d}"
        folder = cohort.path / "submitted" / learner / WORKBOOK
        folder.mkdir(parents=True)
        shutil.copyfile(cohort.release(WORKBOOK) / f"{WORKBOOK}.ipynb", folder / f"{WORKBOOK}.ipynb")
        held = {"format": 1, "workbook": WORKBOOK, "learner": learner, "saved": None, "answers": kinds[number % 4]}
        (folder / "answers.json").write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC", encoding="utf-8")
    cohort.engine.dispose()
    return cohort.path


def stock(path: str) -> Callable[[], Any]:
    """nbgrader's own autograder as it comes, on everyone who handed in."""
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    from learner_kit.course.cohort import nbgrader_config, open_cohort
    from learner_kit.course.release import quiet_nbgrader

    config = nbgrader_config(open_cohort(path))
    del config.Autograde
    config.CourseDirectory.assignment_id = WORKBOOK
    folder = CourseDirectory(config=config)

    def work() -> None:
        with quiet_nbgrader():
            try:
                Autograde(coursedir=folder, config=config).start()
            except NbGraderException as error:
                raise SystemExit(f"nbgrader: {error}") from error

    return work


def kit(path: str, workers: int | None = None) -> Callable[[], Any]:
    """The kit's grading, as `learner-kit grade` calls it."""
    from learner_kit.assess.grade import grade
    from learner_kit.course.cohort import open_cohort

    cohort = open_cohort(path)
    return lambda: grade(cohort, workers=workers)


def cpu() -> float:
    """Seconds of CPU of this process and of its children that have ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def one_run(what: str, path: str) -> None:
    """In a process of its own: get ready, work, and say what the work alone took."""
    work = stock(path) if what == "stock" else kit(path, 2 if what == "pool" else None)
    before, begun = cpu(), time.perf_counter()
    work()
    print(json.dumps([cpu() - before, time.perf_counter() - begun]))


def measure(what: str, path: Path) -> Run:
    """Run in a process of its own; memory is the peak of what it and its children hold together."""
    before, begun = cpu(), time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, __file__, "--run", what, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process, peak = psutil.Process(running.pid), 0.0
    while running.poll() is None:
        peak = max(peak, held(process))
        time.sleep(0.1)
    said, complaints = running.communicate()
    if running.returncode:
        raise SystemExit(f"{what} failed:\n{complaints}")
    own_cpu, own_wall = json.loads(said.splitlines()[-1])
    return Run(cpu() - before, time.perf_counter() - begun, own_cpu, own_wall, peak / 1e6)


def held(process: psutil.Process) -> float:
    try:
        return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
    except psutil.Error:
        return 0.0


def points(path: Path, learners: list[str]) -> dict[tuple[str, str], tuple]:
    """(learner, cell) → what the gradebook holds."""
    import sqlalchemy as sa

    query = sa.text(
        "select s.student_id, c.name, g.auto_score, g.manual_score, g.needs_manual_grade, n.late_submission_penalty "
        "from grade g join base_cell c on c.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id "
        "join submitted_assignment s on s.id = n.assignment_id"
    )
    engine = sa.create_engine(f"sqlite:///{path / 'gradebook.db'}")
    with engine.connect() as connection:
        found = {(row[0], row[1]): tuple(row[2:]) for row in connection.execute(query) if row[0] in learners}
    engine.dispose()
    return found


def middle(runs: list[Run]) -> Run:
    return Run(*(statistics.median(one[place] for one in runs) for place in range(len(Run._fields))))


def table(heads: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(heads) + " |\n|" + "|".join("---" for _ in heads) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 300, 3000])
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run; the middle counts")
    parser.add_argument("--run", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        one_run(*given.run)
        return 0
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} at the start\n")
    learners = [f"L-{number:04d}" for number in range(1, SAMPLE + 1)]
    names = {
        "stock": f"stock nbgrader, {SAMPLE} of them",
        "kit": "kit",
        "pool": "kit, --workers 2",
        "again": "kit, nothing new",
    }
    rows, seen, differ = [], {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            made = make_class(size, Path(folder) / f"class-{size}")
            runs: dict[str, list[Run]] = {"stock": [], "kit": [], "pool": [], "again": []}
            for _ in range(given.rounds):
                found = {}
                for what in ("stock", "kit", "pool"):
                    copy = Path(shutil.copytree(made, Path(folder) / what))
                    if what == "stock":
                        for one in (copy / "submitted").iterdir():
                            if one.name not in learners:
                                shutil.rmtree(one)
                    runs[what].append(measure(what, copy))
                    if what == "kit":
                        runs["again"].append(measure(what, copy))
                    found[what] = points(copy, learners)
                    shutil.rmtree(copy)
                differ += not found["stock"] == found["kit"] == found["pool"] or not found["kit"]
            seen[size] = {what: middle(these) for what, these in runs.items()}
            for what, count in (("stock", SAMPLE), ("kit", size), ("pool", size), ("again", size)):
                run = seen[size][what]
                name = names[what]
                rows.append(
                    [
                        f"{size:,}".replace(",", " "),
                        name,
                        f"{1000 * run.own_cpu / count:.1f}",
                        f"{1000 * run.own_wall / count:.1f}",
                        f"{run.own_wall:.2f}",
                        f"{run.all_wall:.2f}",
                        f"{run.all_cpu:.2f}",
                        f"{run.peak:.0f}",
                    ]
                )
            shutil.rmtree(made)
    table(
        [
            "learners",
            "grader",
            "CPU ms a submission",
            "wall ms a submission",
            "wall s",
            "wall s with start-up",
            "CPU s with start-up",
            "peak MB",
        ],
        rows,
    )
    print(f"Points, comments and penalties of the {SAMPLE}: {'the same' if not differ else f'{differ} runs DIFFER'}.\n")
    missed = targets(seen)
    return 1 if differ or missed else 0


def targets(seen: dict[int, dict[str, Run]]) -> int:
    """Print what must be reached beside what was; gives how many targets were missed."""
    rows: list[tuple[str, str, str, bool]] = []

    def target(what: str, limit: str, found: float, unit: str, reached: bool) -> None:
        rows.append((what, limit, f"{found:.3g} {unit}".strip(), reached))

    for size, runs in seen.items():
        each = 1000 * runs["kit"].own_cpu / size
        ratio = 1000 * runs["stock"].own_cpu / SAMPLE / each
        target(f"CPU a submission, class of {size}", "10 ms", each, "ms", each <= 10)
        target(f"times less CPU than stock, class of {size}", "60 or more", ratio, "", ratio >= 60)
    if SAMPLE in seen:
        ratio = seen[SAMPLE]["stock"].all_wall / seen[SAMPLE]["kit"].all_wall
        target(f"times less wall for {SAMPLE}, start-up included", "15 or more", ratio, "", ratio >= 15)
    if 3000 in seen:
        target("3 000 submissions", "90 s", seen[3000]["kit"].all_wall, "s", seen[3000]["kit"].all_wall < 90)
        target("nothing new, 3 000", "5 s", seen[3000]["again"].all_wall, "s", seen[3000]["again"].all_wall < 5)
        target("peak memory, 3 000", "400 MB", seen[3000]["kit"].peak, "MB", seen[3000]["kit"].peak < 400)
    if {300, 3000} <= seen.keys():
        memory = seen[3000]["kit"].peak / seen[300]["kit"].peak
        wall = (seen[3000]["kit"].own_wall / 3000) / (seen[300]["kit"].own_wall / 300)
        work = (seen[3000]["kit"].own_cpu / 3000) / (seen[300]["kit"].own_cpu / 300)
        target("memory, 3 000 against 300", "within 15 %", memory, "times", memory <= 1.15)
        target("wall a submission, 3 000 against 300", "within 20 %", wall, "times", wall <= 1.2)
        target("CPU a submission, 3 000 against 300", "within 20 %", work, "times", work <= 1.2)
    table(
        ["target", "limit", "found", ""],
        [[what, limit, found, "reached" if reached else "MISSED"] for what, limit, found, reached in rows],
    )
    return sum(not reached for *_, reached in rows)


if __name__ == "__main__":
    sys.exit(main())
