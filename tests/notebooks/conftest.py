"""The workbooks and guides of the programme, for every test that names `book`, `guide` or `lesson`.

A module that says `WORKBOOK = "so1"` and `GUIDE = "so1-benefits"` has its tests run on those; any other has them run
on every workbook, every guide and every lesson of the programme.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import pytest

from learner_kit import workbook
from learner_kit.course import master, programme
from learner_kit.faces import Option, right, wrong

PROGRAMME = programme.load()
FORMATIVE = [
    name
    for name in PROGRAMME.workbooks
    if any("formative" in one.stage for one in PROGRAMME.activities if one.workbook == name)
]
OWN_FIGURES = (
    "summative"  # figures of a learner's own workplace: its checks hold them against one another, no answer is known
)
SERVED = {one.notebook: one.criteria for one in PROGRAMME.activities if one.instrument == "guide notebook"}
KEPT = re.compile(r'(?:\bid=|\bprefix=|\btext\(|\bgrid\(|\b(?:audit|tried|have_read)\(book, )"([^"]+)"')


class Notebook:
    """A notebook as it is stored."""

    def __init__(self, name: str, path) -> None:
        self.name, self.path = name, path
        self.raw = path.read_text(encoding="utf-8")
        self.held = json.loads(self.raw)
        self.cells = [{**cell, "source": "".join(cell["source"])} for cell in self.held["cells"]]
        self.code = [cell for cell in self.cells if cell["cell_type"] == "code"]
        self.prose = "\n".join(cell["source"] for cell in self.cells if cell["cell_type"] == "markdown")
        self.text = "\n".join(cell["source"] for cell in self.cells)


class Book(Notebook):
    """A workbook: its master, its memo, the questions it asks, and its checks run on answers."""

    def __init__(self, name: str) -> None:
        super().__init__(name, PROGRAMME.folder / "source" / name / f"{name}.ipynb")
        self.memo = tomllib.loads((PROGRAMME.folder / "memo" / f"{name}.toml").read_text(encoding="utf-8"))
        self.answers = {id: one["answer"] for id, one in self.memo.items() if "answer" in one}
        self.checks = [cell for cell in self.code if told(cell).get("grade")]
        self.tasks = [cell for cell in self.cells if told(cell).get("task")]
        self.full = {cell["id"]: told(cell)["points"] for cell in self.checks}
        #: the criterion of each scored question, in their order
        self.scored = [PROGRAMME.unit.criterion_of(cell["id"]).id for cell in self.checks + self.tasks]

    @cached_property
    def asked(self) -> dict[str, Any]:
        return dict(master.questions(master.read(self.path)))

    @property
    def kinds(self) -> set[str]:
        return {question.kind for question in self.asked.values()}

    @property
    def explained(self) -> list[str]:
        """The criterion of each question that a person marks."""
        return [PROGRAMME.unit.criterion_of(cell["id"]).id for cell in self.tasks]

    def grade(self, answers: dict) -> tuple[dict[str, float], master.Run]:
        """Run the master on answers; gives the points of each check, and what was asked and found."""
        run = master.run(master.read(self.path), answers)
        checks = [one for one in run.shown if one.cell.role == "check"]
        assert all(one.error is None or isinstance(one.error, workbook.CheckFailed) for one in checks), checks
        return {one.cell.grade_id: one.score for one in checks}, run

    def points(self, answers: dict) -> dict[str, float]:
        return self.grade(answers)[0]

    def all_alike(self) -> dict[str, float]:
        """Of each table with one column of options: the most, as a share, that one option in every row earns."""
        most = {}
        for id, answer in self.answers.items():
            cells = self.asked[id].cells if self.asked[id].kind == "table" else ()
            if len(cells) == 1 and cells[0][1].kind == "choice":
                tried = [[{cells[0][0]: option}] * len(answer) for option, _ in cells[0][1].options]
                most[id] = max(self.points({id: rows})[id] for rows in tried) / self.full[id]
        return most


class Lesson(NamedTuple):
    """A lesson of a guide; `criterion` is None where the guide's lessons are not those of the criteria."""

    id: str
    heading: str
    criterion: str | None
    text: str


class Guide(Notebook):
    """A guide notebook: its lessons, and the ids under which it keeps what a learner writes."""

    def __init__(self, name: str) -> None:
        super().__init__(name, PROGRAMME.folder.parent / "notebooks" / f"{name}.ipynb")
        self.criteria = SERVED[name]
        self.kept = KEPT.findall(self.text)
        of_one = len({one.partition("-")[0] for one in self.criteria}) == 1
        #: the criterion of each lesson, where its lessons are those of one outcome
        self.by_criterion = {one.partition("-")[2]: one for one in self.criteria} if of_one else {}
        self.lessons = [
            Lesson(first["id"], said[1], self.by_criterion.get(first["id"]), self._lesson(first["id"]))
            for first in self.cells
            if (said := re.search(r"^## (Lesson .+)$", first["source"], re.MULTILINE))
        ]

    @property
    def quizzes(self) -> list[list[Option]]:
        """The answers of each question to check oneself."""
        made = {"right": right, "wrong": wrong}
        calls = [
            node for cell in self.code for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, ast.Call)
        ]
        return [
            [made[one.func.id](*map(ast.literal_eval, one.args)) for one in call.args[1:]]
            for call in calls
            if getattr(call.func, "id", None) == "quiz"
        ]

    def _lesson(self, id: str) -> str:
        return "\n".join(one["source"] for one in self.cells if one["id"] == id or one["id"].startswith(id + "-"))


def told(cell: dict) -> dict:
    """What nbgrader is told of a cell."""
    return cell["metadata"].get("nbgrader", {})


open_book = lru_cache(Book)
open_guide = lru_cache(Guide)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    books = [metafunc.module.WORKBOOK] if hasattr(metafunc.module, "WORKBOOK") else PROGRAMME.workbooks
    guides = [metafunc.module.GUIDE] if hasattr(metafunc.module, "GUIDE") else list(SERVED)
    if "book" in metafunc.fixturenames:
        metafunc.parametrize("book", books, indirect=True)
    if "formative" in metafunc.fixturenames:
        metafunc.parametrize("formative", FORMATIVE, indirect=True)
    if "known" in metafunc.fixturenames:
        metafunc.parametrize("known", [name for name in books if name != OWN_FIGURES], indirect=True)
    if "lesson" in metafunc.fixturenames:
        lessons = [(name, lesson.id) for name in guides for lesson in open_guide(name).lessons]
        metafunc.parametrize("lesson", lessons, indirect=True, ids="-".join)
    elif "guide" in metafunc.fixturenames:
        metafunc.parametrize("guide", guides, indirect=True)


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """One workbook."""
    return open_book(request.param)


@pytest.fixture
def formative(request: pytest.FixtureRequest) -> Book:
    """One workbook in which learners practise."""
    return open_book(request.param)


@pytest.fixture
def known(request: pytest.FixtureRequest) -> Book:
    """One workbook whose checks know the right answers."""
    return open_book(request.param)


@pytest.fixture
def guide(request: pytest.FixtureRequest) -> Guide:
    """One guide."""
    return open_guide(request.param)


@pytest.fixture
def lesson(request: pytest.FixtureRequest) -> Lesson:
    """One lesson of a guide."""
    name, id = request.param
    return next(one for one in open_guide(name).lessons if one.id == id)


@pytest.fixture
def books() -> list[Book]:
    """All workbooks."""
    return [open_book(name) for name in PROGRAMME.workbooks]


@pytest.fixture
def notebooks() -> list[Notebook]:
    """All notebooks of the course, guides or not."""
    return [Notebook(path.stem, path) for path in (PROGRAMME.folder.parent / "notebooks").glob("*.ipynb")]


@pytest.fixture
def guides() -> list[Guide]:
    """All guides."""
    return [open_guide(name) for name in SERVED]
