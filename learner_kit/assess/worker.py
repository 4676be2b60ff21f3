"""What a worker does: some learners' answers go in as bytes, their graded notebooks and scores come out.

Nothing else is read and nothing is written, so the work may be done in this process, in another one or on another
computer that has the kit. The graded notebook is the master's, with what its cells show for these answers.
"""

from __future__ import annotations

import html
import json
import secrets
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from learner_kit.course import master as masters
from learner_kit.course.submission import TURNING
from learner_kit.errors import DataError, KitError
from learner_kit.workbook import CheckFailed, Form
from learner_kit.workbook.answers import load_answers
from learner_kit.workbook.questions import Question

RIGHT, PART, WRONG = "Right", "Partly right", "Not there yet"
_TURNING = {ord(sign): f"[U+{ord(sign):04X}]" for sign in TURNING}
_turn = threading.Lock()  # what a check prints is caught for the whole process: a cluster's threads take turns


@dataclass(frozen=True)
class Work:
    """One submission to grade; `answers` is None when none came with it, `stamp` says when it was handed in."""

    learner: str
    answers: bytes | None
    stamp: bytes | None
    fingerprint: str


@dataclass(frozen=True)
class Marked:
    """One submission graded.

    `shown` is, for each check, its share and what the learner may be told. `fault` says why the answers count as none;
    without a notebook the master itself failed on them, and nothing was graded.
    """

    learner: str
    notebook: str
    scores: dict[str, float]
    shown: dict[str, dict[str, Any]]
    fault: str | None = None


def mark(workbook: str, source: str, works: list[Work]) -> list[Marked]:
    """Grade some submissions of one workbook.

    Args:
        workbook: its name.
        source: the master notebook as text.
        works: the submissions.

    Returns:
        One `Marked` a submission, in the same order.
    """
    master = masters.parse(workbook, source)
    with _turn:
        return [_mark(master, work) for work in works]


def _mark(master: masters.Master, work: Work) -> Marked:
    answers, fault = {}, None
    try:
        if work.answers is not None:
            answers = load_answers(work.answers, masters.questions(master).values()).answers
    except DataError as error:
        fault = "; ".join(str(one) for one in error.faults[:3])
    try:
        notebook, ran = graded_notebook(master, answers, work.learner)
    except KitError as error:
        return Marked(work.learner, "", {}, {}, str(error))
    checks = [one for one in ran.shown if one.cell.role == "check"]
    scores = {one.cell.grade_id: one.score for one in checks}
    return Marked(work.learner, notebook, scores, {one.cell.grade_id: _told(one, ran) for one in checks}, fault)


def _told(one: masters.Shown, ran: masters.Run) -> dict[str, Any]:
    result = ran.results.get(one.cell.grade_id)
    said = str(one.error) if one.error else result.said if result else ""
    return {
        "score": one.score,
        "points": one.cell.points,
        "state": result.state if result else "",
        "said": "" if one.score >= one.cell.points else said,
    }


def graded_notebook(
    master: masters.Master, answers: dict[str, Any], learner: str | None = None
) -> tuple[str, masters.Run]:
    """The master's notebook, as text, with what its cells show for these answers, as a kernel would have left it."""
    ran = masters.run(master, answers, learner)
    first, *rest = _frame(master.source)
    parts = [first]
    for count, (one, after) in enumerate(zip(ran.shown, rest, strict=True), start=1):
        parts += json.dumps(_outputs(one, count, answers, ran), ensure_ascii=False), after
    return "".join(parts), ran


@lru_cache(maxsize=32)
def _frame(source: str) -> tuple[str, ...]:
    """A notebook's text, cut where the outputs of each code cell go: all but those is the same for every learner."""
    notebook = json.loads(source)
    cut = secrets.token_hex(16)
    for count, cell in enumerate((one for one in notebook["cells"] if one["cell_type"] == "code"), start=1):
        cell["execution_count"], cell["outputs"] = count, cut
    return tuple((json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").split(f'"{cut}"'))


def _outputs(one: masters.Shown, count: int, answers: dict[str, Any], ran: masters.Run) -> list[dict[str, Any]]:
    if isinstance(one.value, Form):
        return [_display(answers_html(one.value, answers), answers_text(one.value, answers))]
    if one.cell.role != "check":
        return []
    if one.warned:
        return [{"output_type": "stream", "name": "stderr", "text": one.warned}]
    if one.error is not None:
        kind, said = type(one.error).__name__, str(one.error)
        if not isinstance(one.error, CheckFailed):
            said = f"This check itself failed ({kind}: {said}). Tell whoever wrote the workbook."
        return [{"output_type": "error", "ename": kind, "evalue": said, "traceback": [f"{WRONG}: {said}"]}]
    if isinstance(one.value, (int, float)) and not isinstance(one.value, bool):
        said = ran.results[one.cell.grade_id].said if one.cell.grade_id in ran.results else ""
        points = {
            "output_type": "execute_result",
            "execution_count": count,
            "metadata": {},
            "data": {"text/plain": repr(one.value)},
        }
        return [_display(f"<p>{PART}. {html.escape(said)}</p>", f"{PART}. {said}"), points]
    return [_display(f"<p>{RIGHT}.</p>", f"{RIGHT}.")]


def _display(rich: str, plain: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": rich, "text/plain": plain}}


_CELL = "text-align:left;vertical-align:top;padding:.4em .8em;border-top:1px solid #bbb;overflow-wrap:anywhere"
_ASKED = f"<th scope='row' style='{_CELL};width:40%;font-weight:normal'>"
_GIVEN = f"<td style='{_CELL};background:#eef4fb;color:#111;white-space:pre-wrap'>"


def answers_html(form: Form, answers: dict[str, Any]) -> str:
    """A form's questions and answers as a table, every word of the learner's escaped."""
    lines = "".join(
        f"<tr>{_ASKED}{_escaped(question.prompt)}</th>{_GIVEN}{_escaped(_said(question, answers))}</td></tr>"
        for question in form.questions
    )
    heads = f"<th scope='col' style='{_CELL};width:40%'>Question</th><th scope='col' style='{_CELL}'>Answer</th>"
    return (
        "<table style='width:100%;table-layout:fixed;border-collapse:collapse;margin:.5em 0 1em'>"
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )


def answers_text(form: Form, answers: dict[str, Any]) -> str:
    """The same as plain text."""
    return "\n".join(f"{question.prompt}\n    {_said(question, answers)}" for question in form.questions)


def _said(question: Question, answers: dict[str, Any]) -> str:
    return question.show(answers.get(question.id)) or "(not answered)"


def _escaped(said: str) -> str:
    """Escaped for a page, with signs that turn the direction of text shown as what they are."""
    return html.escape(said if said.isascii() else said.translate(_TURNING))
