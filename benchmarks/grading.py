"""Grading a class: stock `nbgrader autograde` and the kit on the same learners, in turn.

    python benchmarks/grading.py                                # 30, 300 and 3 000 learners: about 5 minutes on a quiet PC
    python benchmarks/grading.py --sizes 30 --rounds 1          # a quick look
    python benchmarks/grading.py --rounds 5 --stock-rounds 1    # stock nbgrader is slow: once may do

Each class is made from the memo of workbook so1, with each learner's own figures: a quarter knows everything, a
quarter answered every second question, a quarter nothing, a quarter has every figure wrong and every list cut short.
The classes begin with the same 30 learners. Stock nbgrader, with its own preprocessors and a kernel for each learner,
grades those 30; what it takes for one does not depend on the others. The kit grades everybody, and what it gives the
30 in every class is held against stock nbgrader's gradebook, cell by cell. Every run is a process of its own on the
class as it was handed in, and its children count. The shortest of the rounds counts, for stock nbgrader as for the
kit: it is the one that other work on the computer disturbed least. How the kit grows is read from the means of all
its runs instead: in each round a small class is graded as often as it fits into the largest (at most ten times).
Start-up is Python, imports and opening the cohort with its database.

Prints Markdown tables; exit 1 when points differ or a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psutil

WORKBOOK = "so1"
SAMPLE = 30  # learners that stock nbgrader grades


class Run(NamedTuple):
    """One run: seconds of CPU and wall, with start-up (`all_`) and without (`own_`), and the peak of memory in MB (1e6)."""

    all_cpu: float
    all_wall: float
    own_cpu: float
    own_wall: float
    peak: float


def make_class(count: int, place: Path) -> Path:
    """A cohort whose learners have all handed in, laid out as `collect` does it."""
    from learner_kit.course import enrol, master, memos, release
    from learner_kit.course.cohort import create

    cohort = create(place, seed="benchmark")
    people = [enrol.Person(n, f"Surname{n}", "Name", email=f"l{n}@example.co.za") for n in range(1, count + 1)]
    enrol.enrol(cohort, people, "benchmark")
    release.release(cohort, WORKBOOK, "benchmark")
    asked = master.questions(master.read(cohort.master(WORKBOOK)))
    for number in range(1, count + 1):
        learner = f"L-{number:04d}"
        memo = memos.for_learner(cohort, WORKBOOK, learner)
        folder = cohort.path / "submitted" / learner / WORKBOOK
        folder.mkdir(parents=True)
        shutil.copyfile(cohort.release(WORKBOOK) / f"{WORKBOOK}.ipynb", folder / f"{WORKBOOK}.ipynb")
        held = {
            "format": 1,
            "workbook": WORKBOOK,
            "learner": learner,
            "saved": None,
            "answers": given(number, asked, memo),
        }
        (folder / "answers.json").write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
        (folder / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC", encoding="utf-8")
    cohort.engine.dispose()
    return cohort.path


def given(number: int, asked: Mapping[str, Any], memo: Mapping[str, Any]) -> dict[str, Any]:
    """What a learner answers, who is one of the four kinds."""
    right = {id: one.get("answer", one.get("model")) for id, one in memo.items() if id in asked}
    right = {id: value for id, value in right.items() if value is not None and asked[id].valid(value)}
    if number % 4 == 1:
        return dict([*right.items()][::2])
    if number % 4 == 2:
        return {}
    if number % 4 == 3:
        wrong = {id: value + 1 if isinstance(value, float) else value[:1] for id, value in right.items()}
        return {id: value for id, value in wrong.items() if asked[id].valid(value)}
    return right


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
    with cohort.engine.connect():
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
    print(json.dumps([cpu() - before, time.perf_counter() - begun, own_peak()]))


def own_peak() -> float:
    """The most memory that this process held, in bytes, where the system keeps that figure; else 0."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return 1024.0 * int(line.split()[1])
    return float(getattr(psutil.Process().memory_info(), "peak_wset", 0))


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
    wall = time.perf_counter() - begun
    said, complaints = running.communicate()
    if running.returncode:
        raise SystemExit(f"{what} failed:\n{complaints}")
    own_cpu, own_wall, own = json.loads(said.splitlines()[-1])
    return Run(cpu() - before, wall, own_cpu, own_wall, max(peak, own) / 1e6)


def held(process: psutil.Process) -> float:
    try:
        return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
    except psutil.Error:
        return 0.0


class Class:
    """A class as it was handed in, which can be had again as often as it is graded."""

    def __init__(self, size: int, place: Path) -> None:
        self.size, self.path = size, make_class(size, place)
        self._kept = shutil.copyfile(self.path / "gradebook.db", place.with_suffix(".db"))

    def afresh(self) -> Path:
        shutil.rmtree(self.path / "autograded")
        (self.path / "autograded").mkdir()
        for name in ("gradebook.db-wal", "gradebook.db-shm"):
            (self.path / name).unlink(missing_ok=True)
        shutil.copyfile(self._kept, self.path / "gradebook.db")
        return self.path


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


def shortest(runs: list[Run]) -> Run:
    """The least of each time, and the most of memory."""
    *times, peaks = zip(*runs, strict=True)
    return Run(*map(min, times), max(peaks))


def mean(runs: list[Run]) -> Run:
    return Run(*map(statistics.fmean, zip(*runs, strict=True)))


def table(heads: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(heads) + " |\n|" + "|".join("---" for _ in heads) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 300, 3000], help=f"learners, {SAMPLE} or more")
    parser.add_argument("--rounds", type=int, default=3, help="how often the kit is run; the shortest counts")
    parser.add_argument("--stock-rounds", type=int, help="how often stock nbgrader is run; as often without it")
    parser.add_argument("--run", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        one_run(*given.run)
        return 0
    if min(given.sizes) < SAMPLE or given.rounds < 1:
        parser.error(f"sizes are {SAMPLE} or more, rounds 1 or more")
    stock_rounds = given.rounds if given.stock_rounds is None else min(given.stock_rounds, given.rounds)
    runs, wanted, differ = graded(given.sizes, given.rounds, stock_rounds)
    seen = {key: shortest(these) for key, these in runs.items()}
    growth = {size: mean(these) for (what, size), these in runs.items() if what == "kit"}
    show(seen)
    if wanted:
        said = f"DIFFER in {differ} runs" if differ else "the same in every run of the kit"
        print(f"Points, marks awaited and late penalties of the {SAMPLE} ({len(wanted)} cells): {said}.\n")
    missed = targets(seen, growth)
    return 1 if differ or missed else 0


def graded(sizes: list[int], rounds: int, stock_rounds: int) -> tuple[dict[tuple[str, int], list[Run]], dict, int]:
    """Grade every class by every grader in turn; give the runs, what stock nbgrader gave, and how many runs differ from it."""
    learners = {f"L-{number:04d}" for number in range(1, SAMPLE + 1)}
    runs: dict[tuple[str, int], list[Run]] = {}
    wanted, differ, loads = {}, 0, []
    with tempfile.TemporaryDirectory() as folder:
        sample = Class(SAMPLE, Path(folder) / "sample")
        classes = [Class(size, Path(folder) / f"class-{size}") for size in dict.fromkeys(sizes)]
        for number in range(rounds):
            if number < stock_rounds:
                runs.setdefault(("stock", SAMPLE), []).append(measure("stock", sample.afresh()))
                wanted = points(sample.path, learners)
            for one in classes:
                for what in ("pool", *["kit"] * min(10, max(sizes) // one.size), "again"):
                    path = one.path if what == "again" else one.afresh()
                    runs.setdefault((what, one.size), []).append(measure(what, path))
                    differ += bool(wanted) and points(path, learners) != wanted
            loads.append(f"{os.getloadavg()[0]:.1f}")
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}; load after each round {', '.join(loads)}\n")
    return runs, wanted, differ


def show(seen: dict[tuple[str, int], Run]) -> None:
    """Print what each grader took."""
    names = {"stock": "stock nbgrader", "kit": "kit", "pool": "kit, --workers 2", "again": "kit, nothing new"}
    order = [key for what in names for key in seen if key[0] == what]
    table(
        ["grader", "learners", "CPU a submission", "wall a submission", "wall", "wall with start-up", "peak memory"],
        [
            [
                names[what],
                f"{size:,}".replace(",", " "),
                f"{1000 * run.own_cpu / size:.2f} ms",
                f"{1000 * run.own_wall / size:.2f} ms",
                f"{run.own_wall:.2f} s",
                f"{run.all_wall:.2f} s",
                f"{run.peak:.0f} MB",
            ]
            for (what, size), run in ((key, seen[key]) for key in order)
        ],
    )


def targets(seen: dict[tuple[str, int], Run], growth: dict[int, Run]) -> int:
    """Print what must be reached beside what was; gives how many targets were missed."""
    rows: list[list[str]] = []

    def target(what: str, limit: str, found: float, unit: str, reached: bool) -> None:
        rows.append([what, limit, f"{found:.3g} {unit}".strip(), "reached" if reached else "MISSED"])

    kit = {size: run for (what, size), run in seen.items() if what == "kit"}
    stock = seen.get(("stock", SAMPLE))
    for size, run in kit.items():
        each = 1000 * run.own_cpu / size
        target(f"CPU a submission, class of {size}", "10 ms", each, "ms", each <= 10)
        if stock:
            ratio = 1000 * stock.own_cpu / SAMPLE / each
            target(f"times less CPU than stock, class of {size}", "60 or more", ratio, "", ratio >= 60)
    if stock and SAMPLE in kit:
        ratio = stock.all_wall / kit[SAMPLE].all_wall
        target(f"times less wall for {SAMPLE}, start-up included", "15 or more", ratio, "", ratio >= 15)
    if 3000 in kit:
        again = seen["again", 3000].all_wall
        target("3 000 submissions, start-up included", "90 s", kit[3000].all_wall, "s", kit[3000].all_wall < 90)
        target("nothing new, 3 000, start-up included", "5 s", again, "s", again < 5)
        target("peak memory, 3 000", "400 MB", kit[3000].peak, "MB", kit[3000].peak < 400)
    if {300, 3000} <= kit.keys():
        memory = kit[3000].peak / kit[300].peak
        wall = (growth[3000].own_wall / 3000) / (growth[300].own_wall / 300)
        work = (growth[3000].own_cpu / 3000) / (growth[300].own_cpu / 300)
        target("memory, 3 000 against 300", "within 15 %", memory, "times", memory <= 1.15)
        target("wall a submission, 3 000 against 300", "within 20 %", wall, "times", wall <= 1.2)
        target("CPU a submission, 3 000 against 300", "within 20 %", work, "times", work <= 1.2)
    table(["target", "limit", "found", ""], rows)
    return sum(row[-1] == "MISSED" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
