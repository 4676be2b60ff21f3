"""Moving a cohort's records to another database and back."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from learner_kit import files
from learner_kit.course import records
from learner_kit.course.cohort import Cohort, quoted
from learner_kit.course.collect import alone
from learner_kit.errors import KitError
from learner_kit.upkeep import tables

HERE = "folder"  # the SQLite file in the cohort's own folder
_LINE = re.compile(r"^db_url\s*=.*\n?", re.MULTILINE)


class Moved(NamedTuple):
    """Where the records stand now, what each table holds, and where the old SQLite file was put, if there was one."""

    to: str
    holdings: dict[str, tables.Holding]
    old: Path | None


def move(cohort: Cohort, to: str, who: str) -> Moved:
    """Copy a cohort's records to another database, compare every row, then let the cohort work with that one.

    Args:
        cohort: the cohort; nobody else may be collecting or grading in it.
        to: a SQLAlchemy address, such as `postgresql+psycopg2://server/may`, or `folder` for the SQLite file in the
            cohort's folder. It must hold nothing yet.
        who: for the log.

    Returns:
        Where the records stand now. An SQLite file that they stood in is kept under another name.

    Raises:
        KitError: the address cannot be used, or something stands there already. The cohort stays where it was.
    """
    own = cohort.path / "gradebook.db"
    url = f"sqlite:///{own}" if to == HERE else to
    _refuse(cohort, url, own)
    with alone(cohort, "collection"), alone(cohort, "grading"):
        fresh = url.startswith("sqlite") and not own.exists()
        target = None
        try:
            records.prepare(url)
            target = records.engine(url)
            with tables.still(cohort.engine, alone=True) as reading:
                held = tables.copy(reading, target)
                with records.transaction(target) as connection:
                    records.note(connection, who, "moved", "", {"to": shown(url)})
                settings = cohort.path / "cohort.toml"
                said = _LINE.sub("", settings.read_text(encoding="utf-8"))
                line = "" if to == HERE else f"\ndb_url = {quoted(url)}\n"
                files.write(settings, said.rstrip() + line if line else said)
                fresh = False  # from here on the records stand there
                with contextlib.suppress(sa.exc.OperationalError, KitError):
                    tables.close(reading)
        except (sa.exc.SQLAlchemyError, ModuleNotFoundError, ImportError) as error:
            raise KitError(f"The records cannot be moved to {shown(url)}: {_first(error)}. {_advice(error)}") from None
        finally:
            if target is not None:
                target.dispose()
            if fresh:
                files.remove(own)
        cohort.engine.dispose()
        old = None
        if to != HERE and own.exists():  # so that no forgotten program goes on writing in it
            old = own.with_name(f"gradebook.moved-{records.now():%Y%m%d-%H%M%S}.db")
            try:
                files.replace(own, old)
            except OSError as error:
                raise KitError(
                    f"The records stand in {shown(url)} now, but the old file {own.name} could not be put aside: "
                    f"{error.strerror or error}. Close every window of the kit and rename it to {old.name}."
                ) from None
    return Moved(shown(url), held, old)


def shown(url: str) -> str:
    """An address without its password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return url


def _refuse(cohort: Cohort, url: str, own: Path) -> None:
    try:
        asked, now = sa.make_url(url), sa.make_url(cohort.db_url)
    except sa.exc.ArgumentError:
        raise KitError(
            f"{url!r} is no address of a database. One looks like postgresql+psycopg2://user@server/may; "
            f"{HERE!r} stands for the file in the cohort's folder."
        ) from None
    if '"' in url or "\n" in url:
        raise KitError("An address of a database holds no quotation marks and no line breaks.")
    if asked == now:
        raise KitError(f"The records of {cohort.name} are there already: {shown(url)}.")
    if url == f"sqlite:///{own}" and own.exists():
        raise KitError(f"{own} is there already. Put it elsewhere first; nothing was changed.")


def _first(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error)
    return said.strip().splitlines()[0] if said.strip() else type(error).__name__


def _advice(error: Exception) -> str:
    if isinstance(error, ImportError):
        return (
            "The driver for that kind of database is not installed here. For PostgreSQL, with the internet: "
            f'"{sys.executable}" -m pip install psycopg2-binary. The cohort stays where it was.'
        )
    return "Check that the server runs, and its name, database, user and password. The cohort stays where it was."
