"""Grading with nbgrader, but nothing of the learner's is run or rendered.

`FromMaster` and `CheckAnswers` are nbgrader preprocessors that `nbgrader_config.py` puts into a cohort, so that
`nbgrader autograde` and formgrader's button use them too. The first makes the graded notebook from the master; the
second takes the place of nbgrader's Execute: it runs the master's checks on the learner's answers in this process and
writes what they show, answers escaped, into the notebook.

What nbgrader does before that with a notebook that reached `submitted/` by another way than `collect` (its own exchange,
say): it reads the file as JSON and brings it to format 4, no more. Whatever the notebook holds (code, changed, doubled
or missing cells, other points, a metadata version that nbgrader does not know), FromMaster puts it aside unseen. A file
that nbgrader cannot read at all fails for that learner alone, with a line that names the learner; the class goes on.
`learner-kit grade` does not even open it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from learner_kit.assess.worker import graded_notebook
from learner_kit.course import master as masters
from learner_kit.course.submission import ANSWERS
from learner_kit.errors import DataError
from learner_kit.workbook.answers import Answers, load_answers

__all__ = ["CheckAnswers", "FromMaster"]


class FromMaster(NbGraderPreprocessor):
    """Put the master's notebook in the place of the one that was handed in."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        return nbformat.reads(_master(self, resources).source, as_version=4), resources


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
        return nbformat.reads(graded_notebook(master, answers.answers, learner), as_version=4), resources


def _master(step: NbGraderPreprocessor, resources: dict[str, Any]) -> masters.Master:
    course = step.parent.parent.coursedir  # preprocessor → exporter → converter
    told = resources["nbgrader"]
    source = course.format_path(course.source_directory, ".", told["assignment"])
    return masters.read(Path(source) / f"{told['notebook']}.ipynb")
