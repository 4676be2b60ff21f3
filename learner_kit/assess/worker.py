"""What a worker does: some learners' answers go in as bytes, what the master shows for them and their scores come out.

Nothing else is read and nothing is written, so the work may be done in this process, in another one or on another
computer that has the kit. The graded notebook is the master's, with what its cells show for these answers; all but that is
the same for everybody and does not travel: whoever keeps the notebook puts it together (`notebook`).
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from learner_kit.assess import sheet
from learner_kit.course import master as masters
from learner_kit.errors import DataError, KitError
from learner_kit.workbook import CheckFailed, Form
from learner_kit.workbook.answers import load_answers

_HIDDEN = re.compile(r"[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*\n?", re.DOTALL)
# A cluster's threads take turns: what a check prints is caught for the whole process, and Python 3.11's ast.parse, which
# reads the master, fails when two threads call it at once.
_turn = threading.Lock()


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

    `outputs` is, as JSON, what each code cell of the master shows. `shown` is, for each check, its share and what the
    learner may be told. `fault` says why the answers count as none; without outputs the master itself failed on them, and
    nothing was graded.
    """

    learner: str
    outputs: tuple[str, ...]
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
    with _turn:
        master = masters.parse(workbook, source)
        return [_mark(master, work) for work in works]


def _mark(master: masters.Master, work: Work) -> Marked:
    answers, fault = {}, None
    try:
        if work.answers is not None:
            answers = load_answers(work.answers, masters.questions(master).values()).answers
    except DataError as error:
        fault = "; ".join(str(one) for one in error.faults[:3])
    try:
        ran = masters.run(master, answers, work.learner)
    except KitError as error:
        return Marked(work.learner, (), {}, {}, str(error))
    checks = [one for one in ran.shown if one.cell.role == "check"]
    scores = {one.cell.grade_id: one.score for one in checks}
    told = {one.cell.grade_id: _told(one, ran) for one in checks}
    return Marked(work.learner, _outputs(master, answers, ran), scores, told, fault)


def _told(one: masters.Shown, ran: masters.Run) -> dict[str, Any]:
    result = ran.results.get(one.cell.grade_id)
    said = str(one.error) if one.error else result.said if result else ""
    return {
        "score": one.score,
        "points": one.cell.points,
        "state": result.state if result else "",
        "said": "" if one.score >= one.cell.points else said,
    }


def graded_notebook(master: masters.Master, answers: dict[str, Any], learner: str | None = None) -> str:
    """The master's notebook, as text, with what its cells show for these answers, scored as a kernel would have left it.

    Hidden tests are not in it: nbgrader's own feedback page would show them to learners who may try again.
    """
    return notebook(master.source, _outputs(master, answers, masters.run(master, answers, learner)))


def notebook(source: str, outputs: tuple[str, ...]) -> str:
    """A master's notebook, as text, with these outputs of its code cells."""
    first, *rest = _frame(source)
    return "".join([first, *(part for both in zip(outputs, rest, strict=True) for part in both)])


@lru_cache(maxsize=32)
def _frame(source: str) -> tuple[str, ...]:
    """A notebook's text, cut where the outputs of each code cell go: all but those is the same for every learner."""
    notebook = json.loads(source)
    cut = secrets.token_hex(16)
    for count, cell in enumerate((one for one in notebook["cells"] if one["cell_type"] == "code"), start=1):
        cell["execution_count"], cell["outputs"] = count, cut
        cell["source"] = _HIDDEN.sub("", "".join(cell["source"])).rstrip()
    return tuple((json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").split(f'"{cut}"'))


def _outputs(master: masters.Master, answers: dict[str, Any], ran: masters.Run) -> tuple[str, ...]:
    return tuple(
        json.dumps(_output(master, one, count, answers, ran), ensure_ascii=False)
        for count, one in enumerate(ran.shown, start=1)
    )


def _output(
    master: masters.Master, one: masters.Shown, count: int, answers: dict[str, Any], ran: masters.Run
) -> list[dict[str, Any]]:
    if one.cell.role == "check":
        return _checked(one, count, answers, ran)
    shown = []
    if count == 1:
        shown.append(sheet.opening({str(task.grade_id): task.points for task in master.tasks}))
    if isinstance(one.value, Form):
        own = {cell.grade_id for cell in master.checks}  # these show their question and answer beside their points
        left = (ask for ask in one.value.questions if ask.id not in own)
        shown.append(sheet.answered(left, answers, one.value.given))
    return [_display(*both) for both in shown if both[0]]


def _checked(one: masters.Shown, count: int, answers: dict[str, Any], ran: masters.Run) -> list[dict[str, Any]]:
    """What a check shows; its last output is what nbgrader takes the points from, so that must stay as a kernel's."""
    id = str(one.cell.grade_id)
    question, result = ran.questions.get(id), ran.results.get(id)
    last, state, said = [], sheet.RIGHT, ""
    if one.warned:
        last, state = [{"output_type": "stream", "name": "stderr", "text": one.warned}], ""
    elif one.error is not None:
        kind, words = type(one.error).__name__, str(one.error)
        if not isinstance(one.error, CheckFailed):
            words = f"This check itself failed ({kind}: {words}). Tell whoever wrote the workbook."
        shown = f"{sheet.OPEN}." if result and result.state == "open" else f"{sheet.WRONG}. {words}"
        last, state = [{"output_type": "error", "ename": kind, "evalue": words, "traceback": [shown]}], ""
    elif isinstance(one.value, (int, float)) and not isinstance(one.value, bool):
        data = {"text/plain": repr(one.value)}
        last = [{"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data}]
        state, said = sheet.PART, result.said if result else ""
    rich, plain = sheet.checked(question, answers, state, said)
    return [*([_display(rich, plain)] if rich else []), *last]


def _display(rich: str, plain: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": rich, "text/plain": plain}}
