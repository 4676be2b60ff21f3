"""The facilitator's desk: cohort, learners and staff, workbooks out, submissions in, overview."""

from __future__ import annotations

from pathlib import Path

from learner_kit.desks.enrolling import Enrolling, NewCohort, Staff
from learner_kit.desks.handing import HandingOut, Overview, TakingIn
from learner_kit.desks.room import Room


class Desk:
    """The parts of the facilitator's page.

    Args:
        path: the cohort to begin with; the one the kit was started with, without it.
    """

    def __init__(self, path: str | Path | None = None):
        self.room = Room("facilitator", path)
        self.new, self.enrolling, self.staff = NewCohort(self.room), Enrolling(self.room), Staff(self.room)
        self.out, self.taking_in, self.overview = HandingOut(self.room), TakingIn(self.room), Overview(self.room)
