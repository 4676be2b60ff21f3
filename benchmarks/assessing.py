"""Measure assessing: the matrix of 1,000 learners, a class's documents, opening a learner at the desk.

    python benchmarks/assessing.py [--learners 1000] [--documents 40]

Ends with 1 when something is above its limit. The class is made up: every workbook handed in by everyone, by way of the
kit's own tables.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from measure import where

from learner_kit.assess import evidence, gradebook, papers
from learner_kit.assess.papers import results as results_papers
from learner_kit.course import cohort as cohorts
from learner_kit.course import enrol, master, records, release
from learner_kit.workbook.answers import FORMAT

LIMITS = {"matrix": 2.0, "documents": 30.0, "desk": 1.0}
WORDS = [
    *("customer", "contact", "visit", "report", "grade", "trend", "cost", "sale", "reply", "call"),
    *("letter", "plan", "order", "price", "week", "staff", "figure", "month", "branch", "counter"),
]


def made(learners: int, folder: Path) -> cohorts.Cohort:
    """A cohort in which everyone handed in every workbook, graded and marked, and half of the criteria judged."""
    cohort = cohorts.create(folder / "large", seed="benchmark")
    people = [enrol.Person(n, f"Ṋemakonde{n}", f"Ṱhanyani{n}") for n in range(1, learners + 1)]
    enrol.enrol(cohort, people, "benchmark", dt.date(2026, 3, 2))
    enrol.register(cohort, "assessor", "Dlamini", "Thandi", "X-1", "benchmark", dt.date(2025, 1, 1))
    chance, at = random.Random(1), dt.datetime(2026, 4, 1, 8)
    for workbook in cohort.programme.workbooks:
        release.release(cohort, workbook, "benchmark")
        _hand_in(cohort, workbook, chance, at)
    rules = list(cohort.programme.rules.evidence_rules)
    rows = [
        {
            "learner": learner,
            "criterion": one.id,
            "number": 1,
            "attempt": 1,
            "decision": "C" if chance.random() < 0.8 else "NYC",
            "evidence_rules": json.dumps(rules),
            "reason": "The figure of the third month is not explained; say where it comes from.",
            "assessor": "A-01",
            "decided_at": dt.datetime(2026, 4, 10, 8),
            "override": "",
        }
        for learner in enrol.learners(cohort)
        for place, one in enumerate(cohort.programme.unit.criteria)
        if place % 2 == 0
    ]
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.judgements.insert(), rows)
    return cohort


def _hand_in(cohort: cohorts.Cohort, workbook: str, chance: random.Random, at: dt.datetime) -> None:
    read = master.read(cohort.master(workbook))
    asked = master.questions(read)
    entries, handed, shown = [], [], []
    for learner in enrol.learners(cohort):
        scores = {cell.grade_id: cell.points * (chance.random() < 0.85) for cell in read.checks}
        entries.append(gradebook.Entry(learner, at, scores))
        handed.append(
            {
                "learner": learner,
                "workbook": workbook,
                "number": 1,
                "made_at": at,
                "collected_at": at,
                "receipt": "x",
                "sha256": f"{learner}{workbook}".ljust(64, "0"),
                "file": "x.zip",
            }
        )
        said = {id: {"said": "" if score else "look at the third month again"} for id, score in scores.items()}
        shown.append(
            {"learner": learner, "workbook": workbook, "fingerprint": "x", "graded_at": at, "shown": json.dumps(said)}
        )
        answers = {id: _answer(question, chance) for id, question in asked.items()}
        text = json.dumps({"format": FORMAT, "workbook": workbook, "learner": learner, "answers": answers})
        for place in ("submitted", "autograded"):
            folder = cohort.path / place / learner / workbook
            folder.mkdir(parents=True)
            (folder / "answers.json").write_text(text, encoding="utf-8")
    with records.transaction(cohort.engine) as connection:
        gradebook.save(connection, gradebook.assignment(connection, workbook), entries, lambda *_: None)
        connection.execute(records.submissions.insert(), handed)
        connection.execute(records.grades.insert(), shown)


def _answer(question, chance: random.Random):
    if question.kind == "text":
        return " ".join(chance.choices(WORDS, k=120))
    if question.kind == "evidence":
        return [{"file": "list.pdf", "sha256": f"{chance.random():.20f}", "note": "our own list"}]
    return None


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--learners", type=int, default=1000)
    said.add_argument("--documents", type=int, default=40)
    said.add_argument("--keep", help="a folder to make the class in, or to find it in again")
    given = said.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(given.keep or place)
        there = (folder / "large").is_dir()
        cohort = cohorts.open_cohort(folder / "large") if there else made(given.learners, folder)
        over = [name for name, seconds in _measured(cohort, given.documents) if seconds > LIMITS[name]]
        cohort.engine.dispose()
    print(f"\nOver the limit: {', '.join(over) or 'none'}. {where()}")
    return 1 if over else 0


def _measured(cohort: cohorts.Cohort, documents: int):
    learners = enrol.learners(cohort)
    print("| work | seconds | limit |\n|---|---:|---:|", flush=True)
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        found = evidence.matrix(cohort)
        taken.append(time.perf_counter() - start)
    says = f"{len(learners)} learners × {len(found) // len(learners)} criteria"
    print(f"| matrix, {says}: the first time, masters read and run | {taken[0]:.2f} | |", flush=True)
    print(f"| matrix, {says}: again | {min(taken):.2f} | {LIMITS['matrix']:g} |", flush=True)
    yield "matrix", min(taken)
    start = time.perf_counter()
    for learner in learners[:documents]:
        papers.write(cohort, learner)
        results_papers.write_statement(cohort, learner)
    yield _row("documents", f"feedback, report and statement of {documents} learners (PDF)", start)
    from learner_kit.desks import assessor

    start = time.perf_counter()
    desk = assessor.Desk(cohort.path)
    print(f"| the desk itself, opened once | {time.perf_counter() - start:.2f} | |", flush=True)
    middle = desk.register.learners[len(learners) // 2]
    start = time.perf_counter()
    desk.judging.learner.value = middle
    yield _row("desk", f"a learner opened at the desk, {len(learners)} enrolled", start)


def _row(name: str, says: str, start: float) -> tuple[str, float]:
    taken = time.perf_counter() - start
    print(f"| {says} | {taken:.2f} | {LIMITS[name]:g} |", flush=True)
    return name, taken


if __name__ == "__main__":
    sys.exit(main())
