"""Notebooks that reach `submitted/` past `collect`, as through nbgrader's own exchange: whatever they hold, it is put aside."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest
from builders import MARK, notebook

from learner_kit.assess.grade import grade
from learner_kit.assess.worker import graded_notebook
from learner_kit.course import master, memos
from learner_kit.course.cohort import nbgrader_config
from learner_kit.course.release import quiet_nbgrader
from learner_kit.workbook.answers import load_answers

RUN = f"import pathlib; pathlib.Path('{MARK}').touch(); (pathlib.Path.home() / '{MARK}').touch()"


def changed(change) -> object:
    """The released notebook with something changed in it."""

    def build(released: bytes) -> bytes:
        nb = json.loads(released)
        nb["cells"] = change(nb["cells"]) or nb["cells"]
        return json.dumps(nb).encode()

    return build


def points(cells: list[dict]) -> None:
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"]["points"] = 1000
            cell["source"] = "1000"


def newer_metadata(cells: list[dict]) -> None:
    for cell in cells:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 99


def doubled_ids(cells: list[dict]) -> None:
    for cell in cells:
        cell["id"] = "same"
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = "so1-ac1-annual-sales"


def with_code(cells: list[dict]) -> None:
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["source"] = RUN


def with_script(cells: list[dict]) -> None:
    for cell in cells:
        cell["source"] = "<script>alert(1)</script>"
        cell["metadata"]["tags"] = ["<img src=x onerror=alert(1)>"]


READABLE = {
    "as released": lambda released: released,
    "code in every cell": changed(with_code),
    "script in every cell": changed(with_script),
    "deleted cells": changed(lambda cells: cells[:2]),
    "no cell left": changed(lambda cells: [cells[0]]),
    "doubled cells": changed(lambda cells: cells + cells),
    "reordered cells": changed(lambda cells: cells[::-1]),
    "changed points and checks": changed(points),
    "the same id in every cell": changed(doubled_ids),
    "metadata of version 99": changed(newer_metadata),
    "version 3": lambda _: (
        b'{"worksheets": [{"cells": [], "metadata": {}}], "nbformat": 3, "nbformat_minor": 0, "metadata": {}}'
    ),
    "minor version 99": lambda _: notebook(RUN, nbformat_minor=99),
}
UNREADABLE = {
    "no JSON": lambda _: b"\x00\xff" * 1000,
    "an empty file": lambda _: b"",
    "a list": lambda _: b"[1, 2]",
    "version 99": lambda _: notebook(RUN, nbformat=99),
    "nested deep": lambda _: b"[" * 100_000,
}
ALL = READABLE | UNREADABLE
opened: list[str] = []
watched = False


def _watch(event: str, given: tuple) -> None:
    if watched and event == "open" and isinstance(given[0], (str, Path)):
        opened.append(str(given[0]))


sys.addaudithook(_watch)  # it cannot be taken away again, so it only listens while `watched`


@pytest.fixture
def swapped(request, cohort, hand_in, right_answers, tmp_path, monkeypatch) -> Path:
    """Learners who know everything; the notebook of L-0002 is another one than was released."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for learner in ("L-0001", "L-0002", "L-0003"):
        hand_in(learner, right_answers | memos.expected(cohort, "so1", learner))
    place = cohort.path / "submitted" / "L-0002" / "so1" / "so1.ipynb"
    place.write_bytes(ALL[request.param](place.read_bytes()))
    return place


@pytest.mark.parametrize("swapped", ALL, indirect=True)
def test_the_kit_does_not_open_it(swapped, cohort, tmp_path):
    global watched
    opened.clear()
    watched = True
    try:
        done = {one.learner: one for one in grade(cohort)}
    finally:
        watched = False
    assert any(name.endswith("answers.json") for name in opened), "the watch works"
    assert not [name for name in opened if "submitted" in name and name.endswith(".ipynb")]
    assert {one.state for one in done.values()} == {"graded"}
    assert done["L-0002"].score == done["L-0001"].score == done["L-0001"].out_of
    given = load_answers(swapped.parent / "answers.json").answers
    wanted = graded_notebook(master.read(cohort.master("so1")), given, "L-0002")
    assert (cohort.path / "autograded" / "L-0002" / "so1" / "so1.ipynb").read_text(encoding="utf-8") == wanted
    assert not list(tmp_path.rglob(MARK))


class Heard(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())


@pytest.mark.parametrize("swapped", ALL, indirect=True)
def test_nbgrader_grades_from_the_master_or_fails_for_that_learner_alone(request, swapped, cohort, tmp_path):
    from nbgrader.api import Gradebook
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    kind = request.node.callspec.params["swapped"]
    cohort.engine.dispose()
    config = nbgrader_config(cohort)
    config.CourseDirectory.assignment_id = "so1"
    heard, failed = Heard(), False
    with quiet_nbgrader(heard):
        try:
            Autograde(coursedir=CourseDirectory(config=config), config=config).start()
        except NbGraderException:
            failed = True
    with Gradebook(cohort.db_url) as book, quiet_nbgrader():
        scores = {
            one.student.id: {(cell.name, cell.auto_score) for notebook in one.notebooks for cell in notebook.grades}
            for one in book.assignment_submissions("so1")
        }
    assert scores["L-0001"] == scores["L-0003"]
    assert ("so1-ac1-annual-sales", 2) in scores["L-0001"]
    graded = cohort.path / "autograded" / "L-0002" / "so1" / "so1.ipynb"
    assert failed == (kind in UNREADABLE)
    if failed:
        assert not graded.exists()
        assert "There was an error processing assignment 'so1' for student 'L-0002'" in heard.said
    else:
        assert not heard.said
        assert scores["L-0002"] == scores["L-0001"]
        text = graded.read_text(encoding="utf-8")
        assert "<script" not in text and "onerror" not in text
    assert not list(tmp_path.rglob(MARK))
