"""The comment bank: lines that say what was good or what is missing, ours and the assessor's own.

A line is a beginning, not a reason: what stands in angle brackets is for the assessor to fill in. The desk points at such a
gap, and `judgement` takes no reason that still holds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from learner_kit.assess.decisions import DECISIONS
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import HOME
from learner_kit.errors import Fault, KitError
from learner_kit.settings import Keys, read, refuse

BANK = HOME / "data" / "comments.toml"
LONGEST = 500
# Words between brackets, no sum (a < b) and no mark-up (<b>, </i>, <img src=x>), which a reason may well speak of.
GAP = re.compile(r"[<‹](?![A-Za-z]{1,2}[>›])[^\W\d_](?:[^<>‹›=/]{0,58}[^<>‹›=/\s])?[>›]")


@dataclass(frozen=True)
class Comment:
    """One line of the bank; `decision` is C, NYC or empty for both, `own` the number of an assessor's own line."""

    says: str
    decision: str = ""
    rule: str = ""
    own: int | None = None


def ours(path: str | Path = BANK) -> list[Comment]:
    """The lines that come with the kit.

    Raises:
        DataError: every fault of the file at once.
    """
    faults: list[Fault] = []
    keys = Keys(read(path), faults)
    found = []
    for row in keys.tables("comments"):
        found.append(
            Comment(row.take("says", str), row.take("decision", str, "", ["", *DECISIONS]), row.take("rule", str, ""))
        )
        row.done()
    keys.done()
    refuse(faults, path)
    return found


def bank(cohort: Cohort, assessor: str = "", decision: str = "") -> list[Comment]:
    """The lines that fit a decision: the assessor's own first, then those of the kit."""
    table = records.comments
    query = sa.select(table).where(table.c.assessor == assessor).order_by(table.c.id)
    own: dict[str, Comment] = {}
    for row in records.rows(cohort.engine, query):
        own.pop(row["says"], None)
        if row["kept"]:
            own[row["says"]] = Comment(row["says"], row["decision"], own=row["id"])
    return [one for one in (*own.values(), *ours()) if not decision or one.decision in ("", decision)]


def keep(cohort: Cohort, assessor: str, says: str, decision: str = "", kept: bool = True) -> None:
    """Keep a line of one's own in the bank, or with `kept=False` take it out again.

    Raises:
        KitError: nobody of that code is registered as assessor, or the line is empty or too long.
    """
    enrol.require(cohort, assessor, "assessor")
    said = " ".join(says.split())
    if not said or len(said) > LONGEST:
        raise KitError(f"A line of the comment bank has 1 to {LONGEST} letters.")
    if decision not in ("", *DECISIONS):
        raise KitError(f"{decision!r} is no decision; it is C, NYC or nothing.")
    row = {"assessor": assessor, "decision": decision, "says": said, "kept": kept, "at": records.now()}
    with records.transaction(cohort.engine) as connection:
        connection.execute(records.comments.insert().values(**row))


def insert(reason: str, says: str) -> str:
    """A reason with a line of the bank after it; a line that stands there already is not doubled.

    Example:
        >>> insert("Good figures.", "The letter names no date.")
        'Good figures. The letter names no date.'
    """
    if says in reason:
        return reason
    return f"{reason.rstrip()} {says}".strip()


def gaps(reason: str) -> list[str]:
    """The places of a line that are still to be filled in.

    Example:
        >>> gaps("Say where <which figure> comes from.")
        ['<which figure>']
        >>> gaps("Sales < 100 and cost > 50, in <b>bold</b>.")
        []
    """
    return GAP.findall(reason)
