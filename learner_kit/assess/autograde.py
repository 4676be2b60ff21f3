"""Grading with nbgrader, but nothing of the learner's is run or rendered.

`FromMaster` and `CheckAnswers` are nbgrader preprocessors that `nbgrader_config.py` puts into a cohort, so that
`nbgrader autograde` and formgrader's button use them too. The first makes the graded notebook from the master; the
second takes the place of nbgrader's Execute: it runs the master's checks on the learner's answers in this process and
writes what they show, answers escaped, into the notebook.
"""

from __future__ import annotations

import html
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from learner_kit.course import master as masters
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import DataError
from learner_kit.workbook import CheckFailed, Form
from learner_kit.workbook.answers import Answers, load_answers
from learner_kit.workbook.questions import Question

RIGHT, PART, WRONG = "Right", "Partly right", "Not there yet"


class FromMaster(NbGraderPreprocessor):
    """Put the master's notebook in the place of the one that was handed in."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        return from_dict(json.loads(sealed(_master(self, resources)))), resources


class CheckAnswers(NbGraderPreprocessor):
    """Run the master's checks on the answers beside the notebook; answers that cannot be read count as none."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        master, learner = _master(self, resources), resources["nbgrader"]["student"]
        path = Path(resources["metadata"]["path"]) / ANSWERS
        answers = Answers()
        try:
            if path.is_file():
                answers = load_answers(path, masters.questions(master).values())
        except DataError as error:
            self.log.error("%s: %s", learner, error)
        notebook, _ = graded_notebook(master, answers.answers, learner)
        return from_dict(notebook), resources


def _master(step: NbGraderPreprocessor, resources: dict[str, Any]) -> masters.Master:
    course = step.parent.parent.coursedir  # preprocessor → exporter → converter
    told = resources["nbgrader"]
    source = course.format_path(course.source_directory, ".", told["assignment"])
    return masters.read(Path(source) / f"{told['notebook']}.ipynb")


@lru_cache(maxsize=32)
def sealed(master: masters.Master) -> str:
    """The master's notebook with nbgrader's checksums, as text."""
    notebook = nbformat.reads(master.source, as_version=4)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    return json.dumps(notebook)


def graded_notebook(
    master: masters.Master, answers: dict[str, Any], learner: str | None
) -> tuple[dict[str, Any], masters.Run]:
    """The master's notebook with what its cells show for these answers, as a kernel would have left it."""
    notebook = json.loads(sealed(master))
    ran = masters.run(master, answers, learner)
    for count, one in enumerate(ran.shown, start=1):
        cell = notebook["cells"][one.cell.index]
        cell["execution_count"] = count
        cell["outputs"] = _outputs(one, count, answers, ran)
    return notebook, ran


def _outputs(one: masters.Shown, count: int, answers: dict[str, Any], ran: masters.Run) -> list[dict[str, Any]]:
    if isinstance(one.value, Form):
        return [_display(answers_html(one.value, answers), answers_text(one.value, answers))]
    if one.cell.role != "check":
        return []
    if one.warned:
        return [{"output_type": "stream", "name": "stderr", "text": one.warned}]
    if one.error is not None:
        said = str(one.error)
        if not isinstance(one.error, CheckFailed):
            said = f"This check itself failed ({type(one.error).__name__}: {said}). Tell whoever wrote the workbook."
        return [
            {
                "output_type": "error",
                "ename": type(one.error).__name__,
                "evalue": said,
                "traceback": [f"{WRONG}: {said}"],
            }
        ]
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


def answers_html(form: Form, answers: dict[str, Any]) -> str:
    """A form's questions and answers as a table, every word of the learner's escaped."""
    lines = "".join(
        f"<tr><th scope='row' style='text-align:left;vertical-align:top;max-width:22em'>{_escaped(question.prompt)}</th>"
        f"<td style='text-align:left;white-space:pre-wrap;max-width:40em'>{_escaped(_said(question, answers))}</td></tr>"
        for question in form.questions
    )
    return f"<table><thead><tr><th scope='col'>Question</th><th scope='col'>Answer</th></tr></thead><tbody>{lines}</tbody></table>"


def answers_text(form: Form, answers: dict[str, Any]) -> str:
    """The same as plain text."""
    return "\n".join(f"{question.prompt}\n    {_said(question, answers)}" for question in form.questions)


def _said(question: Question, answers: dict[str, Any]) -> str:
    return question.show(answers.get(question.id)) or "(not answered)"


def _escaped(said: str) -> str:
    """Escaped for a page, with signs that turn the direction of text shown as what they are."""
    turned = "".join(
        f"[U+{ord(one):04X}]" if one in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" else one
        for one in said
    )
    return html.escape(turned)
