"""Formgrader's buttons on a hub: what nbgrader would do past the kit is not done, and whoever presses one is told why.

Marking and formgrader's own autograde work as on a PC. The others are refused: nbgrader's collect would file work under the
names of accounts, its release and its feedback would send out what the kit has not checked.
"""

from __future__ import annotations

import json
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tornado.web import Application

WIDE = 66  # letters of a line in formgrader's box, which breaks none by itself
RELEASE = (
    "Nothing was done. Workbooks are handed out at the facilitator's desk, under Hand out a workbook: learners then find it "
    "in their list at once."
)
SAID = {
    "assign": RELEASE,
    "release": RELEASE,
    "unrelease": "Nothing was done. A workbook that learners have cannot be called back: what they answered stays theirs. "
    "Release a mended one at the facilitator's desk; it takes the place of the old one and keeps their answers.",
    "collect": "Nothing was done. Work is taken in at the facilitator's desk, under Take in submissions, with the button Take "
    "in from the hub: each piece of work then gets its learner's number.",
    "generate_feedback": "Nothing was done. Feedback is written at the assessor's desk, under Feedback and portfolios, when the "
    "criteria are judged.",
    "release_feedback": "Nothing was done. Feedback is written at the assessor's desk, under Feedback and portfolios, as a paper "
    "to give to the learner. It does not go out through the hub.",
}


def refuse(application: Application) -> None:
    """Answer those buttons of formgrader in a server."""
    from jupyter_server.base.handlers import JupyterHandler
    from tornado import web
    from tornado.routing import PathMatches, Rule

    class Refused(JupyterHandler):
        @web.authenticated
        def post(self, what: str) -> None:
            self.finish(json.dumps({"success": False, "log": fill(SAID[what], WIDE), "error": ""}))

    base = application.settings["base_url"].rstrip("/")
    address = rf"{base}/formgrader/api/assignment/[^/]+(?:/[^/]+)?/({'|'.join(SAID)})"
    application.default_router.rules.insert(0, Rule(PathMatches(address), Refused))
