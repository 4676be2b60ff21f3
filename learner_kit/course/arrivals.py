"""Taking in what learners put into the exchange: each folder is its owner's work, whatever it says of itself.

The folders belong to learners, who may change them at any moment and may have put anything there. So nothing in them is
followed (no links), nothing is waited for (no pipes), a file of another owner is refused, and what is checked is a copy.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from learner_kit.course import accounts, exchange, records
from learner_kit.course import collect as collecting
from learner_kit.course.cohort import Cohort
from learner_kit.course.collect import Taken
from learner_kit.course.submission import ANSWERS, FILES_LIMIT, TOTAL_LIMIT, Refused, inspect, pack
from learner_kit.errors import DataError, KitError

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
PIECE = 1 << 20
DEEPEST = 4  # folders below a submission of nbgrader's own making
DAY = 86_400


class Arrival(NamedTuple):
    """A folder in the exchange's inbound: its name, the account that owns it, and the time of its last change (UTC)."""

    name: str
    user: str
    uid: int
    at: dt.datetime


def collect(
    cohort: Cohort,
    who: str,
    each: Callable[[Taken], None] | None = None,
) -> list[Taken]:
    """Take in everything that learners of a cohort put into the exchange.

    Who handed in is the account that owns the folder; `accounts.csv` says which learner that is. When it was handed in is
    the system's own time of the folder's last change. Everything else is checked as for any other submission. Nothing is
    taken out of the exchange, so a collection can always be run again: what is known already is only counted.

    Args:
        cohort: the cohort.
        who: who collects, for the log.
        each: called with what became of each submission.

    Returns:
        One `Taken` a folder: first those that are known or refused at the door, then the others, oldest first.

    Raises:
        KitError: there is no exchange, its inbound may not be read, there is no table of accounts, or the cohort is busy.
        DataError: the table of accounts has faults.
    """
    found = exchange.opened(cohort.name)
    owners = accounts.of(cohort)
    try:
        inbound = os.open(found.inbound, FOLDER)
        names = sorted(os.listdir(inbound))
    except OSError as error:
        raise KitError(
            f"You may not list {found.inbound} ({error.strerror}): only the hub's staff collect. Nothing was collected."
        ) from None
    done: list[Taken] = []
    before = _refused_before(cohort)

    def tell(one: Taken) -> None:
        if one.state == "refused":
            if (
                one.file[:120],
                one.said,
            ) in before:  # nobody can take it out of the exchange: said once, then only counted
                one = replace(one, state="known", said=f"refused before: {one.said}")
            elif one.workbook is None:
                with records.transaction(cohort.engine) as connection:
                    records.note(connection, who, "refuse submission", one.file[:120], one.said)
        done.append(one)
        if each:
            each(one)

    _sweep(cohort, inbound, names)
    try:
        with tempfile.TemporaryDirectory(prefix=".arriving-", dir=cohort.path) as place:
            taken = _staged(cohort, inbound, names, owners, Path(place), tell)
            for one in collecting.collect(cohort, list(taken), who, arrived=taken) if taken else ():
                tell(one)
    except OSError as error:
        raise KitError(
            f"{error.strerror or error}: {cohort.path}. What was collected before is kept; mend that and collect again."
        ) from None
    finally:
        os.close(inbound)
    return done


def _staged(
    cohort: Cohort,
    inbound: int,
    names: list[str],
    owners: dict[str, str],
    place: Path,
    tell: Callable[[Taken], None],
) -> dict[Path, dt.datetime]:
    """Copies of what came and is whose it says: zip → when it came. The others are told of at once."""
    query = sa.select(records.submissions)
    known = {(row["learner"], row["receipt"]): row for row in records.rows(cohort.engine, query)}
    staged: dict[Path, dt.datetime] = {}
    for number, name in enumerate(name for name in names if not name.startswith(".")):
        learner = None
        try:
            with _entered(inbound, name) as (folder, arrival):
                learner = owners.get(arrival.user)
                if learner is None:
                    raise Refused(f"its owner, the account {arrival.user}, is no learner in {accounts.FILE}")
                path, at = _copied(folder, arrival, learner, place / f"{number:06}")
            said = inspect(path)
            if said.learner != learner:
                raise Refused(f"it says it is the work of {said.learner}, but it was handed in by {learner}'s account")
        except (Refused, DataError, OSError) as refusal:
            reason = (refusal.strerror or str(refusal)) if isinstance(refusal, OSError) else str(refusal)
            tell(Taken(f"{_plain(name)}.zip", "refused", learner, None, None, None, reason))
            shutil.rmtree(place / f"{number:06}", ignore_errors=True)
            continue
        row = known.get((learner, said.receipt))
        if row:
            path.unlink()
            again = f"collected already as hand-in {row['number']}"
            tell(Taken(path.name, "known", learner, said.workbook, row["number"], said.receipt, again))
        else:
            staged[path] = at
    return staged


def _refused_before(cohort: Cohort) -> set[tuple[str, str]]:
    query = sa.select(records.log).where(records.log.c.what == "refuse submission")
    return {(row["about"], row["detail"]) for row in records.rows(cohort.engine, query)}


@contextlib.contextmanager
def _entered(inbound: int, name: str) -> Iterator[tuple[int, Arrival]]:
    import pwd

    try:
        folder = os.open(name, FOLDER, dir_fd=inbound)
    except OSError as error:
        raise Refused(
            f"it is no folder that can be read ({error.strerror}): a link or a file is never followed"
        ) from None
    try:
        about = os.fstat(folder)
        try:
            user = pwd.getpwuid(about.st_uid).pw_name
        except KeyError:
            user = f"number {about.st_uid}"
        yield folder, Arrival(name, user, about.st_uid, _utc(about.st_ctime))
    finally:
        os.close(folder)


def _copied(folder: int, arrival: Arrival, learner: str, place: Path) -> tuple[Path, dt.datetime]:
    """A submission as a zip of our own: the learner's zip, or, as nbgrader hands in, the answers and the evidence."""
    place.mkdir()
    names = sorted(os.listdir(folder))[: FILES_LIMIT + 10]
    zips = [name for name in names if name.lower().endswith(".zip")]
    if len(zips) == 1:
        target = place / f"{_plain(arrival.name)}.zip"
        changed = _copy(folder, zips[0], target, arrival, TOTAL_LIMIT)
        return target, max(arrival.at, changed)
    if len(zips) > 1:
        raise Refused(f"it holds {len(zips)} zips; one is handed in at a time")
    if ANSWERS not in names:
        raise Refused(f"it holds neither a zip nor {ANSWERS}: hand in with the workbook's own button")
    workbook = arrival.name.split("+")[1] if arrival.name.count("+") > 1 else ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", workbook):
        raise Refused("its name does not say of which workbook it is")
    work = place / workbook
    work.mkdir()
    wanted = [name for name in names if name in {ANSWERS, f"{workbook}.ipynb"}]
    latest = max([arrival.at, *(_copy(folder, name, work / name, arrival, TOTAL_LIMIT) for name in wanted)])
    if "evidence" in names:
        latest = max(latest, _copy_tree(folder, "evidence", work / "evidence", arrival, DEEPEST))
    try:
        packed = pack(work, workbook, learner, place, now=latest.replace(tzinfo=dt.UTC)).path
        return packed.rename(place / f"{_plain(arrival.name)}.zip"), latest
    except KitError as error:
        raise Refused(str(error)) from None


def _copy_tree(above: int, name: str, target: Path, arrival: Arrival, deep: int) -> dt.datetime:
    folder = os.open(name, FOLDER, dir_fd=above)
    try:
        target.mkdir()
        latest = arrival.at
        names = sorted(os.listdir(folder))
        if len(names) > FILES_LIMIT or not deep:
            raise Refused(f"{name} holds more files or folders than are taken")
        for one in names:
            about = os.stat(one, dir_fd=folder, follow_symlinks=False)
            copy = _copy_tree if stat.S_ISDIR(about.st_mode) else _copy
            limit = deep - 1 if stat.S_ISDIR(about.st_mode) else TOTAL_LIMIT
            latest = max(latest, copy(folder, one, target / one, arrival, limit))
        return latest
    finally:
        os.close(folder)


def _copy(folder: int, name: str, target: Path, arrival: Arrival, limit: int) -> dt.datetime:
    """Copy one plain file of the folder's owner, its time too; give back when it was last changed (UTC)."""
    shown = repr(_plain(name))
    try:
        handle = os.open(name, FILE, dir_fd=folder)
    except OSError as error:
        raise Refused(f"{shown} is a link or cannot be read ({error.strerror})") from None
    with os.fdopen(handle, "rb") as source:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{shown} is no plain file")
        if about.st_uid != arrival.uid:
            raise Refused(f"{shown} belongs to another account than the folder it lies in")
        left = limit
        with open(target, "xb") as made:
            while piece := source.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused(f"{shown} is larger than {limit >> 20} MB")
                made.write(piece)
    os.utime(target, ns=(about.st_mtime_ns, about.st_mtime_ns))
    return _utc(about.st_ctime)


def _sweep(cohort: Cohort, inbound: int, names: list[str]) -> None:
    """Take away what a collection or a hand-in that was cut off left behind, a day later, where we may."""
    for left in cohort.path.glob(".arriving-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)
    for name in names:
        if name.startswith(exchange.COMING):
            with contextlib.suppress(OSError):
                if time.time() - os.stat(name, dir_fd=inbound, follow_symlinks=False).st_mtime > DAY:
                    shutil.rmtree(name, ignore_errors=True, dir_fd=inbound)


def _utc(stamp: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(stamp, dt.UTC).replace(tzinfo=None, microsecond=0)


def _plain(name: str) -> str:
    """A name from outside as a file of ours may bear it and a message may show it."""
    return re.sub(r"[^A-Za-z0-9+._ -]", "_", name)[:120]
