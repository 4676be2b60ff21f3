"""The cohort a desk works on, who works at it, and who else at the desk wants to know when something changed."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets

from learner_kit.course import cohort as cohorts
from learner_kit.course import enrol, programme, records
from learner_kit.course.release import SOUTH_AFRICA
from learner_kit.desks.parts import Said, button, choose, offer, part, prose, row, safely
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from learner_kit.course.cohort import Cohort

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
        self.said = Said()
        self.pick = choose("Cohort", "22rem")
        self.staff = choose(f"You work as ({role})", "14rem")
        self.about = prose()
        self._quiet = False
        again = button("Read everything again", self.said, lambda: self.changed())
        self.face = part(row(self.pick, self.staff, again), self.about, self.said.face)
        self.pick.observe(safely(self.said, self._picked), "value")
        self.list_cohorts(Path(path) if path else None)

    def list_cohorts(self, wanted: Path | None = None) -> None:
        """Fill the picker and open `wanted`, or what the kit was started with."""
        started = started_with()
        home = programme.HOME / "cohorts"
        found = sorted(one.parent for one in home.glob("*/cohort.toml")) if home.is_dir() else []
        for one in (started, wanted):
            if one is not None and one not in found:
                found.insert(0, one)
        options = [(f"{one.name} (the kit was started with it)" if one == started else one.name, one) for one in found]
        self._quiet = True
        offer(self.pick, options, wanted or started)
        self._quiet = False
        safely(self.said, self._picked)()

    def tell(self, listener: Callable[[], None]) -> None:
        """Call `listener` now and at every change; what fails in it is said in place."""
        heard = safely(self.said, listener)
        self._listeners.append(heard)
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
        self.said.clear()
        if self.cohort is not None:
            self.cohort.engine.dispose()
            self.cohort = None
        try:
            if self.pick.value is not None:
                self.cohort = cohorts.open_cohort(self.pick.value)
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
        offer(self.staff, [(code, code) for code in codes])
        unit = self.cohort.programme.unit
        said = (
            f"<p>Unit standard {escape(unit.id)}, {escape(unit.title)} · "
            f"{len(enrol.learners(self.cohort))} learners enrolled.</p>"
        )
        if not codes:
            said += (
                f"<p><strong>No {self.role} is registered in this cohort yet.</strong> "
                "The facilitator's desk registers people.</p>"
            )
        self.about.value = said


def started_with() -> Path | None:
    """The folder of the cohort that the kit was started with."""
    said = os.environ.get(STARTED_WITH)
    return Path(said) if said and (Path(said) / "cohort.toml").is_file() else None


def clock(at: dt.datetime | None) -> str:
    """A stored time (UTC) as it was in South Africa.

    Example:
        >>> clock(dt.datetime(2026, 11, 21, 8, 30))
        '2026-11-21 10:30'
    """
    return f"{at.replace(tzinfo=dt.UTC).astimezone(SOUTH_AFRICA):%Y-%m-%d %H:%M}" if at else ""


def progress() -> widgets.IntProgress:
    """A bar that is hidden while nothing goes on."""
    made = widgets.IntProgress(min=0, max=1, description="")
    made.layout.display = "none"
    return made
