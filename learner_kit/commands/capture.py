"""`learner-kit capture`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import DataError, KitError

SAYS = "Take answers in that learners wrote on paper: typed by their codes, or from a table."
EXAMPLE = (
    "learner-kit capture may so1 --from answers.csv --declared\n  learner-kit capture may so1 L-0001 --scan sheets.pdf"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("workbook", metavar="WORKBOOK")
    parser.add_argument("learner", metavar="L-0000", nargs="?", help="whose paper; not needed when the table says it")
    parser.add_argument(
        "--from", dest="table", metavar="TABLE", help="CSV or Excel with the columns learner, code, answer"
    )
    parser.add_argument("--declared", action="store_true", help="the declaration on the paper is signed")
    parser.add_argument("--by", metavar="WHO", help="who typed it in; without it, the user of this computer")
    parser.add_argument("--scan", metavar="FILE", help="a scan of the sheets (PDF or picture), kept with the answers")
    parser.add_argument(
        "--file", metavar="CODE=FILE", action="append", default=[], help="a document that the paper's question asks for"
    )


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.editions import capture

    cohort = common.opened(given.cohort)
    who = given.by or common.me()
    learner = common.enrolled(cohort, given.learner.strip().upper()) if given.learner else None
    if not learner and (given.scan or given.file or not given.table):
        raise KitError(
            f"Say whose paper it is: {screen.command(f'capture {cohort.typed} {given.workbook} L-0001')}. "
            "Without it, --from names a table with a column learner."
        )
    scan = (Path(given.scan).name, _content(given.scan)) if given.scan else None
    documents = [(code, Path(name).name, _content(name)) for code, name in map(_named, given.file)]
    if given.table:
        found = capture.read_table(cohort, given.workbook, given.table, learner)
    else:
        found = {learner: capture.typed(cohort, given.workbook, learner, _lines(cohort, given.workbook, learner))}
    rows, lost = [], []
    for whose, held in found.items():
        before = capture.earlier(cohort, given.workbook, whose)
        if before and (count := before.lost(held)):
            lost.append(
                f"{whose}: hand-in {before.number} has {count} answers that this one has not; this one is graded."
            )
        taken = capture.take_in(cohort, given.workbook, whose, held, who, given.declared, scan, documents)
        rows.append([whose, len(held), taken.state, taken.receipt or "", taken.said])
    screen.table("Taken in from paper", ["learner", "answers", "state", "receipt", "what was said"], rows)
    for said in lost:
        screen.note(said)
    if not given.declared:
        screen.note("Not declared as the learners' own work; add --declared when the declarations are signed.")


def _named(said: str) -> tuple[str, str]:
    code, equals, name = said.partition("=")
    if not equals or not name:
        raise KitError(f"--file takes a code and a file, such as 9F=calendar.pdf, not {said!r}.")
    return code, name


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise KitError(f"{name} cannot be read: {error.strerror or error}. Nothing was taken in.") from None


def _lines(cohort, workbook, learner):
    """What is typed at the keyboard, line by line: a line with a fault is said at once and can be typed again."""
    from learner_kit.editions import capture

    if not sys.stdin.isatty():
        return capture.split(sys.stdin.read())
    asked = capture.questions(cohort, workbook, learner)
    print(f"{len(asked)} questions. Type a code and its answer, such as 7K R1 500. An empty line ends.")
    kept = {}
    while said := input(f"{learner} {workbook}> ").strip():
        (line,) = capture.split(said, len(kept) + 1)
        try:
            capture.typed(cohort, workbook, learner, [line])
        except DataError as error:
            print("  " + "; ".join(fault.reason for fault in error.faults))
            continue
        kept[line.code.upper()] = line
    return list(kept.values())
