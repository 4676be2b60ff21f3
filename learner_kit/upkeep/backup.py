"""Back-ups of a cohort: one zip with every file, a consistent copy of the records, and a list of what is in it.

backup.json      format, cohort, when, the last line of the log, and every file with its size and SHA-256
files/…          the cohort's folder; the records always as SQLite (files/gradebook.db), wherever they stood
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa

from learner_kit import __version__, files
from learner_kit.course import records
from learner_kit.course.cohort import ASIDE, NAME, NAMING, Cohort, open_cohort, quoted
from learner_kit.course.collect import alone
from learner_kit.errors import KitError
from learner_kit.upkeep import tables

FORMAT = 1
LIST = "backup.json"
DATABASE = "gradebook.db"
PIECE = 1 << 20
LIST_LIMIT = 64 << 20  # bytes of backup.json that are read
_PASSING = re.compile(r"^\..*\.(lock|tmp)$|^gradebook\.(moved|before)-|\.db-(journal|wal|shm)$")
_LINE = re.compile(r"^db_url\s*=.*\n?", re.MULTILINE)
_CALLED = re.compile(r"^name\s*=.*$", re.MULTILINE)


class Made(NamedTuple):
    """A back-up: where it is, how many files it holds, and what each table of the records holds."""

    path: Path
    files: int
    holdings: dict[str, tables.Holding]


def backup(cohort: Cohort, to: str | Path, who: str) -> Made:
    """Put a cohort into one zip, while people go on working in it.

    Args:
        cohort: the cohort. Collecting and grading wait until the back-up is made; desks and marking go on.
        to: the zip to make, or a folder to make it in (a name without .zip is one; it is made if it is not there).
        who: for the log.

    Raises:
        KitError: collecting or grading is going on, the file is there already, or the disk is full; no half file is left.
    """
    to = Path(to)
    if to.is_dir() or (to.suffix.casefold() != ".zip" and not to.exists()):
        to = to / f"{cohort.name}-{records.now():%Y%m%d-%H%M%S}.zip"
    if to.exists():
        raise KitError(f"{to} is there already. Choose another name; nothing was changed.")
    if to.absolute().is_relative_to(cohort.path):
        raise KitError("Put the back-up outside the cohort's folder: best on another disk.")
    building = to.with_name(f".{to.name[:40]}.{os.getpid()}.tmp")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with (
            alone(cohort, "collection"),
            alone(cohort, "grading"),
            tempfile.TemporaryDirectory(prefix=".learner-kit-", dir=to.parent, ignore_cleanup_errors=True) as place,
        ):
            copy = Path(place) / DATABASE
            _copy_records(cohort, copy)
            with _opened(copy) as made:
                with made.connect() as connection:
                    held = tables.holdings(connection)
                last = _last(made)
            listed = _pack(cohort, copy, building, last)
        with open(building, "rb+") as file:
            os.fsync(file.fileno())
        files.replace(building, to)
    except OSError as error:
        raise KitError(
            f"The back-up could not be made: {error.strerror or error}. The cohort is as it was; no half file is left."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            files.remove(building)
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "backed up", "", {"file": to.name, "files": len(listed)})
    return Made(to, len(listed), held)


def restore(path: str | Path, to: str | Path, replace: bool = False) -> Cohort:
    """Make a cohort's folder again from a back-up; every file is checked against the list before anything is put in place.

    Args:
        path: the zip that `backup` made.
        to: the folder to make.
        replace: put aside a cohort that stands there (it is renamed, not deleted). One in which people have worked since
            the back-up is never replaced.

    Returns:
        The cohort, called as its folder is. Its records are the SQLite file in it.

    Raises:
        KitError: the file is no whole back-up, or the folder stands in the way. Nothing was changed.
    """
    path, to = Path(path), Path(to).absolute()
    if not NAME.fullmatch(to.name):
        raise KitError(f"A cohort cannot be called {to.name!r}. {NAMING}")
    try:
        with zipfile.ZipFile(path) as packed:
            listed = _listed(packed, path)
            aside = _make_way(listed, to, replace)
            to.parent.mkdir(parents=True, exist_ok=True)
            build = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
            try:
                for name, said in listed["files"].items():
                    _unpack(packed, f"files/{name}", build / name, said)
                for folder in listed["folders"]:
                    (build / folder).mkdir(parents=True, exist_ok=True)
                settings = build / "cohort.toml"
                said = _LINE.sub("", settings.read_text(encoding="utf-8"))
                files.write(settings, _CALLED.sub(f"name = {quoted(to.name)}", said, count=1))
                if aside:
                    files.replace(to, aside)
                try:
                    files.replace(build, to)
                except OSError:
                    if aside:
                        files.replace(aside, to)
                    raise
            finally:
                files.clear(build)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise KitError(f"{path.name} is damaged, or no zip. Nothing was changed; try another copy of it.") from None
    except OSError as error:
        raise KitError(f"{path.name} could not be restored: {error.strerror or error}. Nothing was changed.") from None
    return open_cohort(to)


def read_only(path: str | Path) -> str:
    """The address under which SQLite opens a file to read it alone, whatever letters are in its path.

    Example:
        >>> read_only("/srv/50% done/gradebook.db"), read_only("//server/class/gradebook.db")
        ('file:/srv/50%25%20done/gradebook.db?mode=ro', 'file:////server/class/gradebook.db?mode=ro')
    """
    plain = quote(Path(path).as_posix(), safe="/:")
    # What stands between // and / would be taken for a host; a folder of a Windows network begins so too.
    return f"file:{'//' if plain.startswith('//') else ''}{plain}?mode=ro"


def _copy_records(cohort: Cohort, copy: Path) -> None:
    url = sa.make_url(cohort.db_url)
    if url.get_backend_name() == "sqlite" and url.database:
        with (
            contextlib.closing(sqlite3.connect(read_only(url.database), uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)  # SQLite's own way: consistent, whoever writes meanwhile
        return
    records.prepare(f"sqlite:///{copy}")
    with _opened(copy) as made, tables.still(cohort.engine) as reading:
        tables.copy(reading, made)


@contextlib.contextmanager
def _opened(path: Path):
    made = records.engine(f"sqlite:///{path}")
    try:
        yield made
    finally:
        made.dispose()


def _last(made: sa.Engine) -> dict[str, Any]:
    """How far the log goes: what tells an older state of a cohort from a newer one."""
    with made.connect() as connection:
        count, at = connection.execute(sa.select(sa.func.count(), sa.func.max(records.log.c.at))).one()
    return {"lines": count, "at": at.isoformat() if at else None}


def _pack(cohort: Cohort, copy: Path, building: Path, last: dict[str, Any]) -> dict[str, Any]:
    listed: dict[str, Any] = {}
    folders = []
    with zipfile.ZipFile(building, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        building.chmod(0o600)  # names and evidence: for its owner alone
        for one in sorted(cohort.path.rglob("*")):
            name = one.relative_to(cohort.path).as_posix()
            if one.is_symlink() or _PASSING.search(one.name) or name == DATABASE:
                continue
            if one.is_dir():
                folders.append(name)
            elif one.is_file():
                listed[name] = _add(packed, one, name)
        listed[DATABASE] = _add(packed, copy, DATABASE)
        said = {
            "format": FORMAT,
            "kit": __version__,
            "cohort": cohort.name,
            "made_at": records.now().isoformat(),
            "log": last,
            "folders": folders,
            "files": listed,
        }
        packed.writestr(LIST, json.dumps(said, ensure_ascii=False, indent=1))
    return listed


def _add(packed: zipfile.ZipFile, path: Path, name: str) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with (
        open(path, "rb") as source,
        packed.open(
            zipfile.ZipInfo.from_file(path, f"files/{name}", strict_timestamps=False), "w", force_zip64=True
        ) as target,
    ):
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def _listed(packed: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """Read the list, and refuse what is no back-up or holds a name that leads out of its folder."""
    try:
        with packed.open(LIST) as file:
            listed = json.loads(file.read(LIST_LIMIT))
        found, folders = listed["files"], listed["folders"]
        ok = listed["format"] == FORMAT and {"cohort.toml", DATABASE} <= found.keys()
        ok = ok and all(_safe(name) for name in [*found, *folders])
        ok = ok and all(isinstance(one["size"], int) and len(one["sha256"]) == 64 for one in found.values())
        ok = ok and isinstance(listed["log"]["lines"], int)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        ok = False
    if not ok:
        raise KitError(f"{path.name} is no back-up of a cohort that this kit can read. Nothing was changed.")
    return listed


def _safe(name: Any) -> bool:
    if not isinstance(name, str) or "\\" in name or ":" in name or not name or not name.isprintable():
        return False
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts and "." not in parts


def _make_way(listed: dict[str, Any], to: Path, replace: bool) -> Path | None:
    """Whether and how what stands in the way may be put aside."""
    if not to.exists() or (to.is_dir() and not any(to.iterdir())):
        if to.exists():
            to.rmdir()
        return None
    if not (to / "cohort.toml").is_file():
        raise KitError(f"{to} holds something else than a cohort. Choose another folder; nothing was changed.")
    if not replace:
        raise KitError(
            f"{to} is there already. Restore to another name with --to, or put it aside with --replace. Nothing was changed."
        )
    there = open_cohort(to)
    try:
        lines = _last(there.engine)["lines"]
    except KitError as error:
        raise KitError(
            f"Whether people have worked in {to.name} since this back-up was made cannot be seen. {error} Or restore it to "
            "another name with --to; nothing was changed."
        ) from None
    there.engine.dispose()
    # The line "backed up" itself comes after the copy was made.
    if lines - listed["log"]["lines"] > 1:
        raise KitError(
            f"People have worked in {to.name} since this back-up was made ({lines - listed['log']['lines'] - 1} lines of "
            "the log more). Restore it to another name with --to and compare; nothing was changed."
        )
    return to.with_name(f"{to.name}{ASIDE}{records.now():%Y%m%d-%H%M%S}")


def _unpack(packed: zipfile.ZipFile, name: str, target: Path, said: dict[str, Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), said["size"]
    try:
        source = packed.open(name)
    except KeyError:
        raise KitError(f"The back-up is not whole: {name} is missing. Nothing was changed.") from None
    with source, open(target, "xb") as file:
        while piece := source.read(min(PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            file.write(piece)
    if left or digest.hexdigest() != said["sha256"]:
        raise KitError(f"The back-up is damaged: {name} is not what was packed. Nothing was changed.")
