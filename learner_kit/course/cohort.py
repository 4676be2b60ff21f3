"""A cohort: a folder of its own, which is also an ordinary nbgrader course folder.

cohort.toml            name, programme, database, seed
nbgrader_config.py     makes every nbgrader command, and formgrader, work in it unchanged
source/ release/ submitted/ autograded/   as nbgrader has them
received/              every submission as it was handed in, never changed
documents/ portfolios/ what the kit makes
administration/        papers of the provider for a learner's portfolio (administration/L-0001/…), where there are any
moderation/            every file that came back from a moderator, taken in or refused
exchange/              nbgrader's own way between accounts of one computer; empty where learners hand in zips
gradebook.db           nbgrader's gradebook and the kit's own records (unless db_url names another database)
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit import files, screen
from learner_kit.course import naming
from learner_kit.course.programme import ASSESSMENTS, HOME, Programme, load
from learner_kit.errors import Fault, KitError
from learner_kit.settings import Keys, read, refuse

if TYPE_CHECKING:
    import sqlalchemy as sa

FORMAT = 1  # of a cohort's folder and records; a kit that knows only lower numbers refuses it
# What every system can call a folder: Windows has names of its own, and drops a dot or a space at the end.
NAME = re.compile(
    rf"(?!(?i:{'|'.join(map(re.escape, sorted(files.RESERVED)))}) *(?:\.|$))[A-Za-z0-9](?:[A-Za-z0-9 ._-]{{0,58}}[A-Za-z0-9_-])?"
)
NAMING = (
    "Use letters A to Z without accents, digits, spaces, dots, dashes; at most 60 characters. It ends in a letter or a digit "
    "and is no name that Windows keeps for itself, such as CON."
)
ASIDE = ".before-"  # in the name of a folder that a restored back-up took the place of
FOLDERS = ("source", "release", "submitted", "autograded", "received", "documents", "portfolios", "exchange")


@dataclass(frozen=True)
class Cohort:
    """An open cohort folder with its programme and database."""

    path: Path
    name: str
    seed: str
    db_url: str
    programme: Programme

    @cached_property
    def engine(self) -> sa.Engine:
        from learner_kit.course import class_records, records  # noqa: F401 (its tables are made too)

        made = records.engine(self.db_url)
        records.complete(made)
        return made

    @property
    def typed(self) -> str:
        """The cohort as it is typed in a command: its name where it stands in `cohorts/`, else its folder."""
        return screen.word(self.path.name if self.path.parent == HOME / "cohorts" else str(self.path))

    @property
    def workbooks(self) -> tuple[str, ...]:
        """The workbooks whose master the cohort has: what came to the programme later joins when it is released."""
        return tuple(name for name in self.programme.workbooks if self.master(name).is_file())

    def master(self, workbook: str) -> Path:
        """The cohort's own copy of a workbook's master."""
        return self.path / "source" / workbook / f"{workbook}.ipynb"

    def release(self, workbook: str) -> Path:
        """The folder that learners get."""
        return self.path / "release" / workbook

    def is_released(self, workbook: str) -> bool:
        """Whether there is anything in it yet."""
        return (self.release(workbook) / f"{workbook}.ipynb").is_file()

    def released(self, workbook: str) -> Path:
        """The folder that learners get, once there is something in it.

        Raises:
            KitError: the workbook is not released yet.
        """
        if not self.is_released(workbook):
            how = screen.command(f"release {self.typed} {workbook}")
            raise KitError(f"{naming.name(self.programme, workbook)} is not released yet: {how}")
        return self.release(workbook)


def create(
    path: str | Path, programme: str | Path = ASSESSMENTS, db_url: str | None = None, seed: str | None = None
) -> Cohort:
    """Make a cohort folder.

    Args:
        path: the folder to make; it must not exist yet, or be empty.
        programme: the programme folder (unit standard, plan, rules, masters).
        db_url: a SQLAlchemy address; the SQLite file `gradebook.db` in the folder without one.
        seed: fixes the learners' own figures; drawn by chance without one.

    Raises:
        KitError: the folder exists already, its name cannot be used, or the disk is full. Nothing is left behind.
    """
    path = Path(path).absolute()
    if not NAME.fullmatch(path.name):
        raise KitError(f"A cohort cannot be called {path.name!r}. {NAMING}")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise KitError(f"{path} exists already. Choose another name, or work with it as it is; nothing was changed.")
    found = load(programme)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        build = files.new_folder(path.parent, f".{path.name}.")
    except OSError as error:
        raise KitError(f"The folder {path} cannot be made: {error.strerror}.") from None
    try:
        for folder in FOLDERS:
            (build / folder).mkdir()
        for workbook in found.workbooks:
            shutil.copytree(found.folder / "source" / workbook, build / "source" / workbook)
        shutil.copyfile(ASSESSMENTS / "nbgrader_config.py", build / "nbgrader_config.py")
        (build / "cohort.toml").write_text(
            f'format = {FORMAT}\nname = "{path.name}"\nprogramme = "{_portable(found.folder)}"\n'
            f"seed = {quoted(seed or secrets.token_hex(8))}\n" + (f"db_url = {quoted(db_url)}\n" if db_url else ""),
            encoding="utf-8",
            newline="\n",
        )
        from learner_kit.course import class_records, records  # noqa: F401 (its tables are made too)

        records.prepare(db_url or _sqlite(build))
        files.share(build)
        if path.exists():
            path.rmdir()
        files.replace(build, path)
    except OSError as error:
        raise KitError(
            f"The cohort {path.name} could not be made: {error.strerror or error}. Nothing was kept."
        ) from None
    finally:
        files.clear(build)
    return open_cohort(path)


def open_cohort(path: str | Path) -> Cohort:
    """Open a cohort folder.

    Args:
        path: the folder, or the name of one in `cohorts/`.

    Raises:
        KitError: there is no such cohort.
        DataError: its `cohort.toml` has faults.
    """
    path = Path(path)
    if not (path / "cohort.toml").is_file() and (HOME / "cohorts" / path / "cohort.toml").is_file():
        path = HOME / "cohorts" / path
    path = path.absolute()
    if not (path / "cohort.toml").is_file():
        there = ", ".join(one.name for one in listed(HOME / "cohorts")) or "none yet"
        raise KitError(f"{path} is no cohort folder (it has no cohort.toml). Cohorts in {HOME / 'cohorts'}: {there}.")
    faults: list[Fault] = []
    keys = Keys(read(path / "cohort.toml"), faults)
    name, programme, seed = (keys.take(key, str) for key in ("name", "programme", "seed"))
    db_url = keys.take("db_url", str, None)
    if (made := keys.take("format", int, 1) or 1) > FORMAT:
        raise KitError(
            f"{path.name} was made by a newer kit (its format is {made}, this kit knows {FORMAT}). Open it with that kit, or "
            "update this one; nothing was changed."
        )
    keys.done()
    refuse(faults, path / "cohort.toml")
    folder = Path(programme)
    return Cohort(path, name, seed, db_url or _sqlite(path), load(folder if folder.is_absolute() else HOME / folder))


def listed(home: Path) -> list[Path]:
    """The cohorts of a folder in order; what a restored back-up took the place of is none any more."""
    return sorted(one.parent for one in home.glob("*/cohort.toml") if ASIDE not in one.parent.name)


def nbgrader_config(cohort: Cohort) -> Any:
    """The configuration that nbgrader itself would read in the cohort's folder."""
    from traitlets.config import Config, PyFileConfigLoader

    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(cohort.path)).load_config()
    return config


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'gradebook.db'}"


def quoted(text: str) -> str:
    """A text as TOML has it; a path of Windows is full of signs that mean something there."""
    return json.dumps(text, ensure_ascii=False)


def _portable(folder: Path) -> str:
    """The programme folder as cohort.toml keeps it: within the kit relative to it, so that the whole kit can be moved."""
    with contextlib.suppress(ValueError):
        return folder.relative_to(HOME).as_posix()
    return folder.as_posix()
