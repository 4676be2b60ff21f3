"""`learner-kit grade`."""

from __future__ import annotations

import argparse
from contextlib import nullcontext

from learner_kit import screen
from learner_kit.commands import common

SAYS = "Grade every submission that is new or changed."
EXAMPLE = "learner-kit grade may so1"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("workbook", metavar="WORKBOOK", nargs="?")
    parser.add_argument("--learner", metavar="L-0000")
    parser.add_argument(
        "--workers", type=common.number, metavar="N", help="processes to use; one for all but very large classes"
    )
    parser.add_argument("--cluster", metavar="ADDRESS", help="grade on a dask cluster, such as tcp://10.0.0.5:8786")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import grade as grading
    from learner_kit.assess.pool import cluster
    from learner_kit.reading import write_number

    cohort = common.opened(given.cohort)
    elsewhere = cluster(given.cluster) if given.cluster else nullcontext()
    with elsewhere as executor, screen.progress("Grading") as step:
        done = grading.grade(cohort, given.workbook, given.learner, given.workers, common.me(), step, executor)
    if not done:
        print("Nothing was handed in that could be graded.")
        return 0
    rows = []
    for workbook in dict.fromkeys(one.workbook for one in done):
        own = [one for one in done if one.workbook == workbook]
        points = sorted(one.score for one in own if one.state == "graded")
        spread = " – ".join(write_number(points[at], None) for at in (0, len(points) // 2, -1)) if points else ""
        states = [sum(one.state == state for one in own) for state in ("graded", "unchanged", "faulty")]
        late, waiting = sum(one.late is not None for one in own), sum(one.waiting for one in own)
        rows.append([workbook, *states, late, spread, waiting])
    screen.table(
        "Grading (points are help for learners, not a judgement)",
        ["workbook", "graded", "unchanged", "not readable", "late", "points: least – middle – most", "to mark"],
        rows,
    )
    needed = [one for one in done if one.needs]
    if needed:
        print("These need a person:")
        # Plain lines: laying out a table takes longer than grading when the class is large.
        for one in needed:
            points = (
                f"{write_number(one.score, None)} of {write_number(one.out_of, None)} points"
                if one.state == "graded"
                else ""
            )
            late = f"{common.span(one.late)} late" if one.late else ""
            said = "  ".join(filter(None, [f"{one.learner:<7} {one.workbook:<12} {points:<18}", one.needs, late]))
            print(f"  {screen.plain(said)}")
        print(
            f"Marks are given in the kit: {screen.command(f'start {cohort.typed}')}, then Assessor, then Mark answers."
        )
    return 1 if any(one.state == "faulty" for one in done) else 0
