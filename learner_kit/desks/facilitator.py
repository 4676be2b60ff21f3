"""The facilitator's desk: cohort, learners and staff, plan and register, workbooks out, submissions in, the class."""

from __future__ import annotations

from pathlib import Path

from learner_kit.desks.attending import Attending
from learner_kit.desks.capture_form import Capturing, Sheets
from learner_kit.desks.correcting import Correcting
from learner_kit.desks.enrolling import Enrolling, NewCohort, Staff
from learner_kit.desks.evaluating import Evaluating, Knowing
from learner_kit.desks.grouping import Drawing
from learner_kit.desks.handing import HandingOut, Overview, TakingIn
from learner_kit.desks.keeping import Keeping
from learner_kit.desks.planning import Planning
from learner_kit.desks.polling import Polling
from learner_kit.desks.pooling import Pooling
from learner_kit.desks.progressing import Progressing
from learner_kit.desks.room import Room
from learner_kit.desks.timing import Timing
from learner_kit.desks.today import Today
from learner_kit.desks.witnessing import Witnessing


class Desk:
    """The parts of the facilitator's page, in the order of its groups: class, today, live, hand-ins and so on.

    Args:
        path: the cohort to begin with; the one the kit was started with, without it.
    """

    def __init__(self, path: str | Path | None = None):
        self.room = Room("facilitator", path)
        self.new, self.staff, self.enrolling = NewCohort(self.room), Staff(self.room), Enrolling(self.room)
        self.correcting = Correcting(self.room)
        self.planning, self.today, self.attending = Planning(self.room), Today(self.room), Attending(self.room)
        self.polling, self.timing, self.drawing, self.pooling = (
            Polling(self.room),
            Timing(),
            Drawing(self.room),
            Pooling(self.room),
        )
        self.out, self.taking_in, self.overview = HandingOut(self.room), TakingIn(self.room), Overview(self.room)
        self.sheets, self.capturing = Sheets(self.room), Capturing(self.room)
        self.witnessing = Witnessing(self.room)
        self.progressing = Progressing(self.room)
        self.evaluating, self.knowing = Evaluating(self.room), Knowing(self.room)
        self.keeping = Keeping(self.room)
