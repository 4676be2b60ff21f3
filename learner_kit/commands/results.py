"""`learner-kit results`."""

from __future__ import annotations

import argparse
import sys

from learner_kit import files, screen
from learner_kit.commands import common
from learner_kit.errors import KitError

SAYS = "Show the results; write them as CSV, statements of results, a class sheet, or a table for upload."
EXAMPLE = (
    "learner-kit results may --csv results.csv\n"
    "  learner-kit results may --statements\n"
    "  learner-kit results may --upload upload.csv"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("--csv", metavar="FILE", help="write them here; - for the screen")
    parser.add_argument("--named", action="store_true", help="with names, for a list that a person needs")
    parser.add_argument("--statements", action="store_true", help="a statement of results for everyone who is judged")
    parser.add_argument("--sheet", metavar="FILE.pdf", help="the class result sheet (a Word file beside it)")
    parser.add_argument("--upload", metavar="FILE.csv", help="the table for upload, with names and identity numbers")
    parser.add_argument("--mapping", metavar="FILE.toml", help="the columns of that table; the programme's without it")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.assess import results as outcome

    cohort = common.opened(given.cohort)
    rows = outcome.results(cohort, given.named)
    if not rows:
        raise KitError(f"Nobody is enrolled in {cohort.name} yet.")
    code = 0
    if given.statements or given.sheet or given.upload:
        common.provider(cohort)
    if given.statements:
        _statements(cohort, [row["learner"] for row in rows if row["last_decision"]])
    if given.sheet:
        from learner_kit.assess.papers import classes as class_papers

        for path in class_papers.write_sheet(cohort, given.sheet, given.named):
            print(path)
    if given.upload:
        code = _upload(cohort, given)
    if given.csv and given.csv != "-":
        print(files.write(given.csv, "\ufeff" + outcome.as_csv(rows)))
    elif given.csv:
        screen.rows(outcome.as_csv(rows))
    elif not (given.statements or given.sheet or given.upload):
        screen.table(
            "Results",
            [name.replace("_", " ") for name in rows[0]],
            [[outcome.plain(cell) for cell in row.values()] for row in rows],
        )
    return code


def _statements(cohort, judged: list[str]) -> None:
    from learner_kit.assess.papers import results as results_papers

    if not judged:
        raise KitError(f"Nothing has been judged in {cohort.name} yet.")
    for learner in judged:
        for path in results_papers.write_statement(cohort, learner):
            print(path)


def _upload(cohort, given: argparse.Namespace) -> int:
    from learner_kit.assess import upload

    made = upload.upload(cohort, given.mapping)
    print(files.write(given.upload, "\ufeff" + made.text))
    print(
        "An aid to fill in your quality assurance body's own file; it is nobody's official one. It holds names: keep it safe."
    )
    for fault in made.faults:
        print(str(fault), file=sys.stderr)
    return 1 if made.faults else 0
