"""`learner-kit collect`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit import screen
from learner_kit.commands import common
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort
    from learner_kit.course.collect import Taken

SAYS = "Take in submissions: zips, or folders that hold them."
EXAMPLE = "learner-kit collect may usb-stick/"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.cohort(parser)
    parser.add_argument("sources", metavar="ZIP|FOLDER", nargs="*")
    parser.add_argument("--receipts", metavar="FILE.pdf", help="write the receipts too, to print")
    parser.add_argument("--exchange", action="store_true", help="on a hub: take in what learners' accounts handed in")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import collect as collecting

    if bool(given.sources) == given.exchange:
        raise KitError("Name zips or folders to take in, or, on a hub, say --exchange.")
    cohort = common.opened(given.cohort)
    if given.exchange:
        from learner_kit.course import arrivals

        with screen.progress("Collecting") as step:
            taken = arrivals.collect(cohort, common.me(), each=lambda _: step())
        return _told(cohort, taken, given.receipts)
    gone = [source for source in given.sources if not Path(source).exists()]
    if gone:
        raise KitError(f"These are not there: {', '.join(gone)}. Nothing was collected.")
    found = collecting.find(given.sources)
    if not found:
        raise KitError("There is no zip file there.")
    with screen.progress("Collecting") as step:
        taken = collecting.collect(cohort, found, common.me(), each=lambda _: step())
    return _told(cohort, taken, given.receipts, collecting.others(given.sources))


def _told(cohort: Cohort, taken: list[Taken], receipts: str | None, others: str = "") -> int:
    rows = [[one.file, one.learner or "", one.workbook or "", one.state, one.receipt or "", one.said] for one in taken]
    screen.table("Collected", ["file", "learner", "workbook", "state", "receipt", "what was said"], rows)
    if others:
        screen.note(others)
    if receipts and taken:
        from learner_kit import files
        from learner_kit.documents import to_pdf
        from learner_kit.teaching import receipt_papers

        made = to_pdf(receipt_papers.document(cohort, taken, common.me()))
        try:
            print(f"Receipts: {files.write(receipts, made)}")
        except OSError as error:
            raise KitError(f"The receipts could not be written to {receipts}: {error.strerror or error}.") from None
    return 1 if any(one.state == "refused" for one in taken) else 0
