"""The cohort a desk works on, who works at it, and who else at the desk wants to know when something changed."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit import files
from learner_kit.course import cohort as cohorts
from learner_kit.course import enrol, programme, records
from learner_kit.desks.parts import Said, button, choose, offer, part, prose, row, safely
from learner_kit.errors import KitError
from learner_kit.moments import sast, to_the_minute

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

PRACTICE, LAST = "practice", ".last"  # the cohort to try things on; the file that says which was chosen last
STARTED_WITH = "LEARNER_KIT_COHORT"  # set by serve.py: the folder of the cohort that the kit was started with


class Room:
    """A desk's cohort and its staff; parts of the desk are told when either changed.

    Args:
        role: facilitator, assessor or moderator.
        path: the cohort's folder; the one the kit was started with, or else the first in `cohorts/`, without it.
    """

    def __init__(self, role: str, path: str | Path | None = None):
        self.role = role
        self.cohort: Cohort | None = None
        self.only: str | None = None  # while listeners are told: the one learner about whom something changed
        self._listeners: list[Callable[[], None]] = []
        self._parts: list[object] = []  # of the desk, whose lines are about the cohort that is open
        self.said = Said()
        self.pick = choose("Cohort", "22rem")
        self.staff = choose(f"You work as ({role})", "14rem")
        self.about = prose()
        self._quiet = False
        self._chosen = False  # whether a person chose the cohort at this desk; what a page opens by itself is no choice
        again = button("Read everything again", self.said, lambda: self.changed())
        self.face = part(row(self.pick, self.staff, again), self.about, self.said.face)
        self.pick.observe(safely(self.said, self._picked), "value")
        self.list_cohorts(Path(path) if path else None)

    def list_cohorts(self, wanted: Path | None = None) -> None:
        """Fill the picker and open `wanted`, what the kit was started with, or the cohort that was chosen last.

        The last one counts where the kit was started with the practice cohort, which is what it opens unasked.
        """
        started, home = started_with(), programme.HOME / "cohorts"
        first = last_chosen() or started if started in (None, home / PRACTICE) else started
        found = cohorts.listed(home)
        for one in (started, wanted):
            if one is not None and one not in found:
                found.insert(0, one)
        options = [(_labelled(one, started), one) for one in found]
        self._quiet = True
        offer(self.pick, options, wanted or first)
        self._quiet = False
        self._chosen = wanted is not None
        safely(self.said, self._picked)()
        self._chosen = True

    def tell(self, listener: Callable[[], None]) -> None:
        """Call `listener` now and at every change; what fails in it is said in place."""
        heard = safely(self.said, listener)
        self._listeners.append(heard)
        self._parts.append(getattr(listener, "__self__", listener))
        heard()

    def changed(self, learner: str | None = None) -> None:
        """Say that something was recorded, about one learner or about all: the desk is read anew."""
        self.only = learner
        try:
            self._read()
            for listener in self._listeners:
                listener()
        finally:
            self.only = None

    def opened(self) -> Cohort:
        """The cohort, or a sentence that says that none is open."""
        if self.cohort is None:
            raise KitError(
                "No cohort is open. Choose one at the top of the page, or make one at the facilitator's desk."
            )
        return self.cohort

    @property
    def who(self) -> str:
        """Who acts, for the log: the code of the person at the desk, or the user of this computer."""
        if self.staff.value:
            return str(self.staff.value)
        try:
            return getpass.getuser()[:60]
        except (OSError, KeyError):
            return "somebody"

    @property
    def served(self) -> bool:
        """Whether the server's formgrader works on this very cohort."""
        return self.cohort is not None and self.cohort.path == started_with()

    def _picked(self) -> None:
        if self._quiet:
            return
        for said in (one for owner in (self, *self._parts) for one in vars(owner).values() if isinstance(one, Said)):
            said.clear()
        if self.cohort is not None:
            self.cohort.engine.dispose()
            self.cohort = None
        try:
            if self.pick.value is not None:
                self.cohort = cohorts.open_cohort(self.pick.value)
                if self._chosen:
                    remember(self.cohort.path)
        finally:
            self.changed()

    def _read(self) -> None:
        if self.cohort is None:
            offer(self.staff, [])
            self.about.value = "<p>No cohort is open. A facilitator makes one at the facilitator's desk.</p>"
            return
        import sqlalchemy as sa

        query = sa.select(records.staff).where(records.staff.c.role == self.role).order_by(records.staff.c.code)
        codes = [one["code"] for one in records.rows(self.cohort.engine, query)]
        names = enrol.names(self.cohort)
        offer(self.staff, [(_signs(code, names.get(code, "")), code) for code in codes])
        unit, count = self.cohort.programme.unit, len(enrol.learners(self.cohort))
        said = (
            f"<p>Unit standard {escape(unit.id)}, {escape(unit.title)} · "
            f"{count} {'learner' if count == 1 else 'learners'} enrolled.</p>"
        )
        if not codes:
            where = (
                "Register people below." if self.role == "facilitator" else "The facilitator's desk registers people."
            )
            said += f"<p><strong>No {self.role} is registered in this cohort yet.</strong> {where}</p>"
        self.about.value = said


def started_with() -> Path | None:
    """The folder of the cohort that the kit was started with."""
    said = os.environ.get(STARTED_WITH)
    return Path(said) if said and (Path(said) / "cohort.toml").is_file() else None


def last_chosen() -> Path | None:
    """The cohort that was chosen last at a desk, where it is still there."""
    home = programme.HOME / "cohorts"
    try:
        name = (home / LAST).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    known = cohorts.NAME.fullmatch(name) and (home / name / "cohort.toml").is_file()
    return home / name if known else None


def remember(path: Path) -> None:
    """Keep which cohort was chosen, so that every desk opens on it next time; only of those that stand in `cohorts/`."""
    home = programme.HOME / "cohorts"
    if path.parent == home:
        with contextlib.suppress(OSError):  # a folder that nobody may write to costs no more than this convenience
            files.write(home / LAST, path.name.encode("utf-8"))


def _labelled(path: Path, started: Path | None) -> str:
    if path == programme.HOME / "cohorts" / PRACTICE:
        return f"{path.name} (made up, for trying out)"
    return f"{path.name} (the kit was started with it)" if path == started else path.name


def _signs(code: str, name: str) -> str:
    """Somebody of the staff as the list shows them.

    Example:
        >>> _signs("A-01", "Dlamini, Thandi")
        'A-01 · Dlamini'
    """
    surname = name.partition(",")[0].strip()
    return f"{code} · {surname}" if surname else code


def clock(at: dt.datetime | None) -> str:
    """A stored time (UTC) as it was in South Africa.

    Example:
        >>> clock(dt.datetime(2026, 11, 21, 8, 30))
        '21 Nov 2026 10:30 SAST'
    """
    return sast(at) if at else ""


def moment(at: dt.datetime | None) -> str:
    """The same for a table whose caption says that its times are South African.

    Example:
        >>> moment(dt.datetime(2026, 11, 21, 8, 30))
        '21 Nov 2026 10:30'
    """
    return to_the_minute(at) if at else ""


def progress() -> widgets.IntProgress:
    """A bar that is hidden while nothing goes on."""
    made = widgets.IntProgress(min=0, max=1, description="")
    made.layout.display = "none"
    return made
