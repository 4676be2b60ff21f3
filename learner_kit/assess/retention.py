"""How long evidence is kept: results stay for ever, evidence goes when the years of rules.toml have passed.

What goes is said first. The log tells of it before the first file is gone, so that a removal that was cut off is seen and
simply run again.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from learner_kit.assess import judgement
from learner_kit.assess.contents import submissions
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import KitError

#: Folders of a cohort with one folder a learner, all of it evidence or made from evidence.
FOLDERS = ("received", "submitted", "autograded", "feedback", "documents", "portfolios", "administration")
KEPT = "judgements, results, moderation, receipts and hashes of what was handed in, and the log"


@dataclass(frozen=True)
class Due:
    """What would be removed of one learner: `until` is the last day on which it must still be kept."""

    learner: str
    until: dt.date
    folders: tuple[Path, ...]
    files: int
    size: int


def kept_until(cohort: Cohort, learner: str) -> dt.date | None:
    """The last day on which a learner's evidence must be kept: the years of rules.toml after the last thing that happened.

    None when nothing was handed in or decided. Moderation counts as well as hand-ins and decisions.
    """
    times = [row["collected_at"] for row in submissions(cohort, learner)]
    times += [row["decided_at"] for row in judgement.history(cohort, learner)]
    found, judged = records.moderation, records.judgements
    query = (
        sa.select(found.c.found_at).join(judged, judged.c.id == found.c.judgement).where(judged.c.learner == learner)
    )
    times += [row["found_at"] for row in records.rows(cohort.engine, query)]
    steps = records.appeals
    query = sa.select(steps.c.at).join(judged, judged.c.id == steps.c.judgement).where(judged.c.learner == learner)
    times += [row["at"] for row in records.rows(cohort.engine, query)]
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
        folders = tuple(path for name in FOLDERS if (path := cohort.path / name / learner).is_dir())
        if until is None or not folders:
            continue
        if on <= until:
            early.append(f"{learner} until {until}")
            continue
        inside = [one for folder in folders for one in folder.rglob("*") if one.is_file() and not one.is_symlink()]
        found.append(Due(learner, until, folders, len(inside), sum(one.stat().st_size for one in inside)))
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
            connection.execute(records.purges.delete().where(records.purges.c.learner == one.learner))
            row = {"learner": one.learner, "at": records.now(), "who": who, "files": one.files, "bytes": one.size}
            connection.execute(records.purges.insert().values(**row))
            connection.execute(
                records.grades.update().where(records.grades.c.learner == one.learner).values(shown="{}")
            )
        for folder in one.folders:
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise KitError(
                    f"{error.filename or folder} could not be removed ({error.strerror or error}). The log tells that it "
                    "was begun; close what uses it and run this again."
                ) from None
        count += one.files
    return count
