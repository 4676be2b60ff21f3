"""How long evidence is kept: results stay for ever, evidence goes when the years of rules.toml have passed.

What goes is said first. The log tells of it before the first file is gone, so that a removal that was cut off is seen and
simply run again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from learner_kit.course import belongings, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import KitError

KEPT = "judgements, results, moderation, receipts and hashes of what was handed in, and the log"


@dataclass(frozen=True)
class Due:
    """What would be removed of one learner: `until` is the last day on which it must still be kept."""

    learner: str
    until: dt.date
    places: tuple[Path, ...]
    files: int
    size: int


def kept_until(cohort: Cohort, learner: str) -> dt.date | None:
    """The last day on which a learner's evidence must be kept: the years of rules.toml after the last thing that happened.

    None when nothing was handed in or decided. Moderation and appeals count as well as hand-ins and decisions.
    """
    judged, handed = records.judgements, records.submissions
    found, steps = records.moderation, records.appeals
    queries = (
        sa.select(handed.c.collected_at).where(handed.c.learner == learner),
        sa.select(judged.c.decided_at).where(judged.c.learner == learner),
        sa.select(found.c.found_at).join(judged, judged.c.id == found.c.judgement).where(judged.c.learner == learner),
        sa.select(steps.c.at).join(judged, judged.c.id == steps.c.judgement).where(judged.c.learner == learner),
    )
    times = [time for query in queries for row in records.rows(cohort.engine, query) for time in row.values()]
    return years_after(max(times).date(), cohort.programme.rules.retention_years) if times else None


def years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 29 February becomes the 28th where there is none.

    Example:
        >>> years_after(dt.date(2028, 2, 29), 5)
        datetime.date(2033, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def due(cohort: Cohort, learners: Iterable[str] = (), on: dt.date | None = None) -> list[Due]:
    """Whose evidence may be removed, and what would go.

    Args:
        cohort: the cohort.
        learners: only these; everybody whose time has passed without any.
        on: the day; today without one.

    Raises:
        KitError: one of those named is not enrolled, or must still be kept; every one is named.
    """
    on, named = on or dt.date.today(), list(learners)
    enrolled = enrol.learners(cohort)
    strange = [one for one in named if one not in enrolled]
    if strange:
        raise KitError(f"Not enrolled in {cohort.name}: {', '.join(strange)}. Nothing was removed.")
    found, early = [], []
    for learner in named or enrolled:
        until = kept_until(cohort, learner)
        places = tuple(belongings.of(cohort, learner))
        if until is None or not places:
            continue
        if on <= until:
            early.append(f"{learner} until {long_date(until)}")
            continue
        sizes = belongings.sizes(places)
        found.append(Due(learner, until, places, len(sizes), sum(sizes)))
    if named and early:
        years = cohort.programme.rules.retention_years
        raise KitError(
            f"Evidence is kept for {years} years after the last decision (rules.toml): {'; '.join(early)}. Nothing was removed."
        )
    return found


def purge(cohort: Cohort, wanted: Iterable[Due], who: str, on: dt.date | None = None) -> int:
    """Remove the evidence of learners whose time has passed; results are kept.

    Args:
        cohort: the cohort.
        wanted: from `due`; the date is looked at again.
        who: who removes it, for the log.
        on: the day; today without one.

    Returns:
        How many files are gone.

    Raises:
        KitError: somebody's evidence must still be kept (nothing is removed), or a file cannot be removed (run it again).
    """
    wanted = list(wanted)
    again = {one.learner: one for one in due(cohort, [one.learner for one in wanted], on)} if wanted else {}
    count = 0
    for one in again.values():
        with records.transaction(cohort.engine) as connection:
            detail = {"files": one.files, "bytes": one.size, "kept_until": str(one.until), "kept": KEPT}
            records.note(connection, who, "purge", one.learner, detail)
            tell(connection, one.learner, who, one.files, one.size)
            connection.execute(
                records.grades.update().where(records.grades.c.learner == one.learner).values(shown="{}")
            )
        left = belongings.remove(cohort, one.places)
        if left:
            raise KitError(
                f"{', '.join(left)} could not be removed. The log tells that it was begun; close what uses it and run this again."
            )
        count += one.files
    return count


def tell(connection: sa.Connection, learner: str, who: str, files: int, size: int) -> None:
    """Keep that a learner's evidence was removed: a portfolio made later says from this row why it is missing."""
    connection.execute(records.purges.delete().where(records.purges.c.learner == learner))
    row = {"learner": learner, "at": records.now(), "who": who, "files": files, "bytes": size}
    connection.execute(records.purges.insert().values(**row))
