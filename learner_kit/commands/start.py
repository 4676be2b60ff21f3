"""`learner-kit start`."""

from __future__ import annotations

import argparse

SAYS = "Open the kit in the browser."
EXAMPLE = "learner-kit start --lab"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "cohort", metavar="COHORT", nargs="?", default="cohorts/practice", help="default: a practice cohort"
    )
    parser.add_argument("--lab", action="store_true", help="open JupyterLab instead of the pages")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    parser.add_argument("--port", type=int, help="the port to serve on; the next free one when it is taken")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course.programme import ASSESSMENTS, HOME
    from learner_kit.serve import serve

    if not (ASSESSMENTS / "source").is_dir():  # a learner's edition: workbooks, and neither masters nor a class
        (HOME / "work").mkdir(exist_ok=True)
        return serve(HOME / "work", lab=given.lab, browser=not given.no_browser, port=given.port)
    from learner_kit.course import practice

    cohort = practice.cohort(given.cohort)
    return serve(cohort.path, lab=given.lab, browser=not given.no_browser, port=given.port)
