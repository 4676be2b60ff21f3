"""The page of plain words in a released folder: what is in it, how to open it, how to hand in, whom to ask."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from learner_kit.course import naming
from learner_kit.course.programme import Programme
from learner_kit.course.provider import provider
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, KitError
from learner_kit.moments import local
from learner_kit.workbook.variants import FILE as FIGURES

NAME = "READ-ME.txt"

TEXT = """{name}
{under}
{head}
WHAT IS IN THIS FOLDER

{files}
- {own}: this page.

When you begin to work, more will stand here: answers.json holds your answers, the folder evidence holds the documents
that you add, and the folder handed-in holds what you hand in. Do not change these files by hand.

HOW TO OPEN IT

1. You need the Learner Kit on your computer. Your facilitator helps you to get it.
2. Close the kit. Look into its folder "work": is a folder {id} there already?
   - Nothing is typed in it: delete it. It is the copy for practice.
   - You have answered in it: give it another name, {id}-before. Nothing in it is lost. Ask your facilitator if you may
     hand in those answers: the figures in it may be others than those of your class.
3. Copy this whole folder into "work". It must keep its name: {id}. Do not work from a stick.
4. Start the kit. Windows: double-click Start.bat if it is in the kit's folder; if not, open a terminal there and type
   py start.py  instead. Linux or macOS: open a terminal there and type  python3 start.py
   Your browser opens the welcome page.
5. Choose "{name}" from the list of pages.
6. Type your learner number first, for example L-0001. Then answer. Each answer is kept by itself.

Do you log in to the kit on a web page? Then this folder is there already: begin with step 5.
No computer? Ask for the workbook on paper. It counts just as much.

HOW TO HAND IN

1. Go to the end of the workbook. A list shows which questions are still open.
2. Tick the declaration that this is your own work, and press "Hand in my work".
3. Give the newest file in the folder handed-in to your facilitator. Its name begins with your learner number.
4. Keep the receipt: a code, and the same in four words. It proves what you handed in.

Customers' names, numbers and addresses must be out of it before. You may hand in again: the newest one counts.

WHOM TO ASK

Ask your facilitator, as early as you can. Asking costs no marks.{reach}
Tell them the name of the workbook, what you did, and what you saw on the screen.
"""


def text(programme: Programme, workbook: str, folder: Path, cohort: str, due: dt.datetime | None = None) -> str:
    """Write the page for one workbook of a class.

    Args:
        programme: the class's programme.
        workbook: its id, such as so1.
        folder: what is released, for the list of files.
        cohort: the name of the class.
        due: by when it is to be handed in (UTC).
    """
    named = naming.name(programme, workbook)
    head = [f"Class: {cohort}"]
    if due is not None:
        day = local(due).date()
        head.append(f"Hand it in by: the end of {long_date(day)}. Later work is marked late, and still taken.")
    says = {
        f"{workbook}.ipynb": "the workbook. It opens in the kit.",
        FIGURES: "the figures of your class. Leave it alone.",
    }
    there = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())
    listed = [one for one in there if one != NAME and not one.startswith(".") and "/." not in one]
    order = sorted(listed, key=lambda one: (list(says).index(one) if one in says else len(says), one))
    return TEXT.format(
        name=named,
        under="=" * len(named),
        head="".join(f"\n{line}" for line in head) + "\n",
        files="\n".join(f"- {one}: {says.get(one, 'belongs to the workbook.')}" for one in order),
        own=NAME,
        id=workbook,
        reach=_reach(programme),
    )


def _reach(programme: Programme) -> str:
    """How to reach the provider, where somebody wrote it down; a file that cannot be read costs no release."""
    try:
        held = provider(programme)
    except (KitError, DataError):
        return ""
    reach = ", ".join(filter(None, [held.phone, held.email]))
    return f"\nYou can also reach {held.name}: {reach}." if held.name and reach else ""
