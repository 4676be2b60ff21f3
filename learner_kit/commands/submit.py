"""`learner-kit submit`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from learner_kit.errors import KitError

SAYS = "Pack a filled workbook into a zip to hand in, with a receipt."
EXAMPLE = "learner-kit submit work/so1 --learner L-0001 --own-work"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="the workbook's folder, with answers.json in it")
    parser.add_argument(
        "--learner", metavar="L-0000", help="the learner number; the one kept with the answers without it"
    )
    parser.add_argument("--workbook", metavar="WORKBOOK", help="default: the folder's name")
    parser.add_argument("--to", metavar="FOLDER", default=".", help="where the zip goes")
    parser.add_argument("--exchange", action="store_true", help="on a hub: hand it in at once, through the exchange")
    parser.add_argument("--own-work", action="store_true", help="sign the declaration that the work is your own")


def run(given: argparse.Namespace) -> int | None:
    from learner_kit.course import exchange, naming, receipts
    from learner_kit.course.submission import ANSWERS, DECLARATION, pack
    from learner_kit.moments import sast
    from learner_kit.workbook.answers import load_answers, tidy_learner

    folder = Path(given.folder)
    joined = exchange.joined()
    if given.exchange and joined is None:
        raise KitError(
            f"This account takes part in no course of a hub ({exchange.COURSE} is not set). Without --exchange, "
            "submit makes a zip for your facilitator."
        )
    learner = given.learner
    if not learner and (folder / ANSWERS).is_file():
        learner = load_answers(folder / ANSWERS).learner
    learner = learner or os.environ.get(exchange.LEARNER)
    if not learner:
        raise KitError("Say whose work this is: --learner L-0001 (the number your facilitator gave you).")
    workbook = given.workbook or folder.absolute().name
    if not given.own_work and (folder / ANSWERS).is_file():
        raise KitError(f"Nothing was packed yet. Add --own-work once you can say: {DECLARATION}")
    packed = pack(folder, workbook, tidy_learner(learner), given.to, declared=given.own_work)
    named = naming.of_notebook(folder / f"{workbook}.ipynb")
    print(f"Packed {named}, {len(packed.files) + 1} files with the list of them: {packed.path}")
    if given.exchange and joined:
        handed = exchange.hand_in(joined, packed.path, workbook)
        print(f"Handed in to {joined.course} at {sast(handed.at)}.")
    if packed.missing:
        print(f"Not answered yet: {', '.join(packed.missing)}. You may hand in again before the date.")
    print(f"Receipt: {packed.receipt}   Keep it: it proves what you handed in.")
    print(f"In words: {receipts.words(packed.receipt)}")
