"""A look at the computer the kit runs on: what is in order, what is not, and what to do about it."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import importlib.util
import os
import re
import shutil
import sqlite3
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from learner_kit.course.programme import ASSESSMENTS, HOME
from learner_kit.errors import DataError, KitError

OLDEST, NEWEST = (3, 11), (3, 13)
START = "py start.py" if os.name == "nt" else "python3 start.py"
SPACE = 500_000_000  # bytes free that a class needs at least
BUILT = dt.date(2026, 11, 1)  # a clock before this is wrong: the kit did not exist yet
SQLITE = (3, 35, 0)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;\s*(.*?))?\s*\\?$", re.MULTILINE)


class Finding(NamedTuple):
    """One thing looked at: `state` is "ok", "note" (works, but worth knowing) or "fault"; `do` says what to do."""

    what: str
    state: str
    said: str
    do: str = ""


def examine(cohort: str | Path | None = None) -> list[Finding]:
    """Look at everything the kit needs from this computer.

    Args:
        cohort: look at this cohort's folder and database too.

    Returns:
        What was found, in the order in which to mend it. A look that fails itself is a finding too; none raises.
    """
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", python),
        ("packages", packages),
        ("commands on PATH", path),
        ("notebook kernel", kernel),
        ("database engine", database),
        ("disk", disk),
        ("writing here", writing),
        ("clock", clock),
        ("fonts", fonts),
        ("browser", browser),
        ("provider", lambda: provider(cohort)),
    ]
    if cohort is not None:
        looks.append((f"cohort {Path(cohort).name}", lambda: opened(cohort)))
    found = []
    for what, look in looks:
        try:
            found.append(look())
        except Exception as error:  # a doctor who faints helps nobody
            found.append(Finding(what, "fault", f"could not be looked at: {error}", "Send this line to who helps you."))
    return found


def python() -> Finding:
    """Whether this Python is one that the kit is made for."""
    said = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Finding("Python", "ok", said)
    return Finding("Python", "fault", f"{said}; the kit needs 3.11 to 3.13", f"Run the kit with: {START}")


def packages(lock: Path = HOME / "requirements.lock") -> Finding:
    """Whether what is installed is what the lock names."""
    if not lock.is_file():
        return Finding("packages", "note", "requirements.lock is not there, so the versions cannot be compared")
    from packaging.markers import Marker
    from packaging.utils import canonicalize_name

    there: dict[str, str] = {}
    for one in importlib.metadata.distributions():
        there.setdefault(canonicalize_name(one.metadata["Name"]), one.version)  # the first on the path is what is used
    wanted = [
        (name, version)
        for name, version, marker in _PIN.findall(lock.read_text(encoding="utf-8"))
        if not marker or Marker(marker).evaluate()
    ]
    missing = [name for name, _ in wanted if canonicalize_name(name) not in there]
    other = [f"{n} {there[canonicalize_name(n)]} for {v}" for n, v in wanted if there.get(canonicalize_name(n), v) != v]
    if missing or other:
        said = "; ".join(
            filter(None, [missing and f"missing: {_some(missing)}", other and f"another version: {_some(other)}"])
        )
        return Finding("packages", "fault", said, f"Run: {START} (it mends its own .venv).")
    return Finding("packages", "ok", f"{len(wanted)} as in requirements.lock")


def path() -> Finding:
    """Whether the nbgrader that a terminal finds is the kit's own."""
    found, own = shutil.which("nbgrader"), Path(sysconfig.get_path("scripts"))
    if found and Path(found).parent.resolve() != own.resolve():
        said = f"a terminal finds another nbgrader: {found}"
        return Finding("commands on PATH", "note", said, f"For work on a class, use the one in {own}.")
    return Finding("commands on PATH", "ok", "nothing stands before the kit's own")


def kernel() -> Finding:
    """Whether notebooks find the kernel python3 without asking."""
    from jupyter_client.kernelspec import KernelSpecManager

    specs = KernelSpecManager().find_kernel_specs()
    if "python3" not in specs or importlib.util.find_spec("ipykernel") is None:
        return Finding("notebook kernel", "fault", "there is no kernel python3", f"Run: {START}")
    return Finding("notebook kernel", "ok", "python3")


def database() -> Finding:
    """Whether SQLite is new enough and can lock files where cohorts are kept."""
    if sqlite3.sqlite_version_info < SQLITE:
        said = f"SQLite {sqlite3.sqlite_version}; {'.'.join(map(str, SQLITE))} or newer is needed"
        return Finding("database engine", "fault", said, "Install a newer Python: SQLite comes with it.")
    place = HOME / "cohorts" if (HOME / "cohorts").is_dir() else HOME
    with tempfile.TemporaryDirectory(prefix=".doctor-", dir=place, ignore_cleanup_errors=True) as folder:
        first = sqlite3.connect(Path(folder) / "try.db", timeout=0)
        second = sqlite3.connect(Path(folder) / "try.db", timeout=0)
        try:
            first.execute("CREATE TABLE one (x)")
            first.execute("BEGIN EXCLUSIVE")
            try:
                second.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return Finding("database engine", "ok", f"SQLite {sqlite3.sqlite_version}, files can be locked")
        finally:
            first.close()
            second.close()
    said = "two programs can write to one file at the same time here (a network drive?)"
    return Finding("database engine", "fault", said, "Keep cohorts on this computer's own disk, or use PostgreSQL.")


def disk() -> Finding:
    """Whether there is room for a class's work."""
    free = shutil.disk_usage(HOME).free
    if free < SPACE:
        return Finding("disk", "fault", f"{_size(free)} free", f"Make room: a class needs about {_size(SPACE)}.")
    return Finding("disk", "ok", f"{_size(free)} free")


def writing() -> Finding:
    """Whether the kit may write where it keeps cohorts and answers."""
    for name in ("cohorts", "work", "notebooks"):
        folder = HOME / name
        if not folder.is_dir():
            continue
        try:  # to ask for the rights alone tells nothing on Windows
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            return Finding(
                "writing here",
                "fault",
                f"{folder} may not be written to",
                "Copy the kit into a folder of your own, such as Documents.",
            )
    return Finding("writing here", "ok", str(HOME))


def clock(today: dt.date | None = None) -> Finding:
    """Whether the clock can be right: dates stand on receipts, judgements and the log."""
    today = today or dt.date.today()
    if not BUILT <= today <= BUILT.replace(year=BUILT.year + 20):
        return Finding(
            "clock", "fault", f"it says {today}", "Set the computer's date: it goes on receipts and judgements."
        )
    offset = dt.datetime.now().astimezone().utcoffset()
    if offset != dt.timedelta(hours=2):
        said = f"{today}, {dt.datetime.now().astimezone():%H:%M %Z}; hand-in times are South African time (UTC+2)"
        return Finding("clock", "note", said)
    return Finding("clock", "ok", f"{today}, South African time")


def fonts() -> Finding:
    """Whether documents can be set in letters that all eleven written official languages need."""
    from learner_kit import documents

    made = documents.to_pdf(documents.Document(title="ḓ ḽ ṋ ṱ ṅ š", blocks=[documents.Paragraph("ḓ ḽ ṋ ṱ ṅ š")]))
    if not made.startswith(b"%PDF"):
        return Finding("fonts", "fault", "a PDF could not be made", f"Run: {START}")
    return Finding("fonts", "ok", "PDFs can be made, with the letters ḓ ḽ ṋ ṱ ṅ š")


def browser() -> Finding:
    """Whether a browser will open by itself."""
    import webbrowser

    try:
        name = getattr(webbrowser.get(), "name", "") or "found"
    except webbrowser.Error:
        return Finding(
            "browser", "note", "none that opens by itself", "Start with --no-browser and open the address yourself."
        )
    return Finding("browser", "ok", name)


def provider(cohort: str | Path | None = None) -> Finding:
    """Whether the provider's name stands where papers and uploads take it from."""
    from learner_kit.course.cohort import open_cohort
    from learner_kit.course.provider import FILE, unfilled

    folder = ASSESSMENTS
    if cohort is not None:
        with contextlib.suppress(KitError, DataError):  # that it does not open is said by the look at the cohort
            folder = open_cohort(cohort).programme.folder
    said = unfilled(folder)
    return Finding("provider", "note", said) if said else Finding("provider", "ok", str(folder / FILE))


def opened(cohort: str | Path) -> Finding:
    """Whether a cohort opens, and its records can be read and are of this kit's shape."""
    import sqlalchemy as sa

    from learner_kit.course import records
    from learner_kit.course.cohort import open_cohort

    what = f"cohort {Path(cohort).name}"
    try:
        found = open_cohort(cohort)
        with found.engine.connect() as connection:
            people = connection.execute(sa.select(sa.func.count()).select_from(records.learners)).scalar_one()
            if connection.dialect.name == "sqlite":
                whole = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
                if whole != "ok":
                    return Finding(what, "fault", f"its database is damaged: {whole}", "Restore the last back-up.")
    except (KitError, DataError) as error:
        return Finding(what, "fault", str(error), "Mend what it names, or restore the last back-up.")
    except sa.exc.SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return Finding(what, "fault", f"its records cannot be read: {said}", "Is the database's server running?")
    return Finding(what, "ok", f"{people} learners")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
