"""What the kit changes in nbgrader's formgrader: a mark is read as people write it, and one that cannot be is refused.

Stock formgrader cuts a mark above the most down to the most, takes away one that it cannot read, and offers extra credit.
Here the server refuses such a mark in words, what stood before stays, and there is no extra credit: points only say what was
demonstrated on this question, and nothing makes up for another one.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit.reading import read_number

if TYPE_CHECKING:
    from tornado.web import Application

EXTRA = "There is no extra credit here: points only say what was demonstrated on this question. Nothing was kept."
# Formgrader's pages would ask a CDN for MathJax and wait for its "End" before they go to the answer that a link names.
NO_MATH = (
    "<script>window.MathJax = {Hub: {Startup: {signal: {Interest: "
    'function (tell) { setTimeout(function () { tell("End"); }, 0); }}}}};</script>'
)


def mark(said: Any, most: float) -> float | None:
    """Read a mark as an assessor types it.

    Args:
        said: a number, or text such as 7, 7,5 or 7.5; None or empty text takes the mark away.
        most: the points that the question has; a mark is from 0 to that.

    Returns:
        The mark, or None.

    Raises:
        ValueError: it is no number, below 0, or above the most.

    Example:
        >>> mark("7,5", 10), mark("", 10)
        (7.5, None)
        >>> mark("11", 10)
        Traceback (most recent call last):
        ...
        ValueError: 11 is more than this question has: the most is 10. Nothing was kept.
    """
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    shown = f"“{str(said).strip()[:40]}”"
    try:
        found = read_number(said)
    except ValueError:
        raise ValueError(f"{shown} is not a mark: type a number from 0 to {_plain(most)}. Nothing was kept.") from None
    if found < 0:
        raise ValueError(f"{_plain(found)} is below 0: the least is 0, the most {_plain(most)}. Nothing was kept.")
    if found > most:
        raise ValueError(
            f"{_plain(found)} is more than this question has: the most is {_plain(most)}. Nothing was kept."
        )
    return found


def _plain(number: float) -> str:
    return f"{number:.10g}".replace(".", ",")


def furnish(application: Application) -> None:
    """Put the kit's look and its reading of marks into a server on which nbgrader's formgrader runs."""
    from jinja2 import DictLoader
    from tornado.routing import PathMatches, Rule

    settings = application.settings
    look = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    page = f"{{% macro mathjax() %}}{NO_MATH}{{% raw %}}{look}{{% endraw %}}{{% endmacro %}}"
    settings["nbgrader_exporter"].extra_loaders = [DictLoader({"mathjax.html.j2": page})]
    for address, handler in handlers().items():
        place = PathMatches(f"{settings['base_url'].rstrip('/')}/formgrader/api/{address}")
        application.default_router.rules.insert(0, Rule(place, handler))


@cache
def handlers() -> dict[str, type]:
    """The classes that answer when marks are read or changed, in the place of nbgrader's own.

    nbgrader's one session remembers what it read for as long as the server runs. What a desk graded meanwhile is read anew.
    """
    from nbgrader.api import MissingEntry
    from nbgrader.server_extensions.formgrader.apihandlers import GradeCollectionHandler, GradeHandler
    from nbgrader.server_extensions.formgrader.base import check_notebook_dir, check_xsrf
    from tornado import web

    class Marks(GradeHandler):
        """As nbgrader keeps a mark, but only one that the question can have; extra credit stays as it stands."""

        @web.authenticated
        @check_xsrf
        @check_notebook_dir
        def put(self, grade_id: str) -> None:
            self.gradebook.db.expire_all()
            try:
                grade = self.gradebook.find_grade_by_id(grade_id)
            except MissingEntry:
                raise web.HTTPError(404) from None
            data = self.get_json_body()
            data = data if isinstance(data, dict) else {}
            try:
                if data.get("extra_credit") not in (None, "", 0, grade.extra_credit):
                    raise ValueError(EXTRA)
                grade.manual_score = mark(data.get("manual_score"), grade.max_score or 0.0)
            except ValueError as error:
                self.set_status(400)
                self.write({"said": str(error)})
                return
            grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
            self.gradebook.db.commit()
            self.write(json.dumps(grade.to_dict()))

    class AllMarks(GradeCollectionHandler):
        @web.authenticated
        @check_xsrf
        @check_notebook_dir
        def get(self) -> None:
            self.gradebook.db.expire_all()
            super().get()

    return {"grade/([^/]+)": Marks, "grades": AllMarks}
