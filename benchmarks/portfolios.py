"""Portfolios of a large class: time of the processor, and memory as the class grows.

    python benchmarks/portfolios.py                    # 1 000 learners with 10 documents each
    python benchmarks/portfolios.py --learners 100

Every learner has handed in workbook so1 with ten documents, and every criterion of SO1 is judged. Making the class is not
measured. A portfolio is made whole: evidence copied and hashed, feedback, report and index as PDF, bag, signature.

Prints a Markdown table; exit 1 when 1 000 portfolios would take more than 5 minutes on 2 cores, when memory grows with the
class, or when a portfolio is not whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import psutil

LIMIT = 2 * 300.0  # seconds of the processor for 1 000 portfolios: 5 minutes of 2 cores
GROWTH = 60.0  # MB that memory may differ between the first tenth of the class and the end
WORKBOOK = "so1"


def make_class(place: Path, count: int, documents: int, size: int) -> Any:
    """A class that has handed in and was judged."""
    from learner_kit.assess import judgement
    from learner_kit.course import enrol, master, records, release
    from learner_kit.course.cohort import create
    from learner_kit.course.collect import collect
    from learner_kit.course.submission import pack

    cohort = create(place / "class", seed="benchmark")
    people = [enrol.Person(n, f"Surname{n}", "Name", email=f"l{n}@example.co.za") for n in range(1, count + 1)]
    enrol.enrol(cohort, people, "benchmark")
    enrol.register(cohort, "assessor", "Dlamini", "Thandi", "ETDP-1", "benchmark")
    release.release(cohort, WORKBOOK, "benchmark")
    memo = tomllib.loads((cohort.programme.folder / "memo" / f"{WORKBOOK}.toml").read_text(encoding="utf-8"))
    asked = master.questions(master.read(cohort.master(WORKBOOK)))
    right = {id: one.get("answer", one.get("model")) for id, one in memo.items() if id in asked}
    right = {id: value for id, value in right.items() if value is not None and asked[id].valid(value)}
    question = next(one for one in asked.values() if one.kind == "evidence")
    now, rows = records.now(), []
    for number in range(1, count + 1):
        learner, folder = f"L-{number:04d}", place / "work"
        (folder / "evidence").mkdir(parents=True, exist_ok=True)
        listed = []
        for one in range(documents):
            content = b"%PDF-1.4\n" + os.urandom(size)
            (folder / "evidence" / f"document-{one}.pdf").write_bytes(content)
            said = {"file": f"document-{one}.pdf", "sha256": hashlib.sha256(content).hexdigest(), "kind": "pdf"}
            listed.append(said | {"size": len(content), "added": "2026-11-01T10:00:00+02:00", "note": "own work"})
        answers = {**right, question.id: listed[: question.most]}
        held = {"format": 1, "workbook": WORKBOOK, "learner": learner, "saved": None, "answers": answers}
        (folder / "answers.json").write_text(json.dumps(held), encoding="utf-8")
        packed = pack(folder, WORKBOOK, learner, place / "zips", declared=True)
        collect(cohort, [packed.path], "benchmark")
        packed.path.unlink()
        for criterion in cohort.programme.unit.outcomes[0].criteria:
            row = {"learner": learner, "criterion": criterion.id, "number": 1, "attempt": 1, "decision": judgement.C}
            rows.append(
                row
                | {
                    "evidence_rules": '["valid"]',
                    "reason": "Own figures, well explained.",
                    "assessor": "A-01",
                    "decided_at": now,
                }
            )
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.judgements.insert(), rows)
    return cohort


def main() -> int:
    """Measure, print, and say whether the limits hold."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--learners", type=int, default=1000)
    given.add_argument("--documents", type=int, default=10)
    given.add_argument("--kilobytes", type=int, default=20, help="of each document")
    said = given.parse_args()
    from learner_kit.assess import portfolio
    from learner_kit.assess.portfolio import signing

    process, memory = psutil.Process(), []
    with tempfile.TemporaryDirectory(prefix="portfolios-") as folder:
        cohort = make_class(Path(folder), said.learners, said.documents, 1024 * said.kilobytes)
        key = signing.new_key(cohort.path / "keys" / "portfolio.pem")
        learners = portfolio.learners(cohort)
        portfolio.make(cohort, learners[0], key, "benchmark")  # imports and fonts are loaded once
        wall, cpu = time.perf_counter(), time.process_time()
        for learner in learners:
            portfolio.make(cohort, learner, key, "benchmark")
            memory.append(process.memory_info().rss / 2**20)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        checked = time.process_time()
        faulty = [one for one in learners if portfolio.verify(cohort.path / "portfolios" / one, key.fingerprint)]
        checked = time.process_time() - checked
        cohort.engine.dispose()
    tenth = max(memory[: max(1, len(memory) // 10)])
    grown, whole = memory[-1] - tenth, 1000 * cpu / said.learners
    print(
        "| portfolios | documents each | processor | wall | a portfolio | verify all | memory after a tenth | at the end |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {said.learners} | {said.documents} × {said.kilobytes} KB | {cpu:.0f} s | {wall:.0f} s | {whole:.0f} ms "
        f"| {checked:.1f} s | {tenth:.0f} MB | {memory[-1]:.0f} MB |"
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"\n1 000 take {whole:.0f} s of the processor; limit {LIMIT:.0f} s (5 minutes on 2 cores). Not whole: {len(faulty)}{load}."
    )
    return 1 if faulty or whole > LIMIT or grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
