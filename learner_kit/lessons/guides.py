"""The guide notebooks as data: their lessons, and what each lesson gives a learner to read, try, check and think about.

They are read, never run, and the notebooks are the only place where lessons and steps are written down. A step is known by
the id under which it is kept: it begins with its criterion; `read` at its end says that the lesson was read, `check` in it is
a question to check oneself, `reflection` at its end a question to think about, and every other one a form to try.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from learner_kit.errors import KitError

HOME = Path(__file__).resolve().parents[2] / "notebooks"
KINDS = ("read", "tried", "checked", "reflected")
STEP = re.compile(r"([a-z]+\d+-ac\d+)(?:-[a-z0-9]+)+")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)


class Step(NamedTuple):
    """One thing a learner does in a lesson: the id it is kept under, its criterion, and its kind (of `KINDS`)."""

    id: str
    criterion: str
    kind: str


@dataclass(frozen=True)
class Lesson:
    """A part of a guide under a heading of the second level; `cell` is where it begins."""

    guide: str  # the notebook's name, without .ipynb
    cell: str
    title: str  # the heading, in plain words
    steps: tuple[Step, ...]

    @property
    def anchor(self) -> str:
        """What stands after # in the lesson's address: in JupyterLab and on a page it is made from the heading."""
        return quote(self.title.replace(" ", "-"))


@dataclass(frozen=True)
class Guide:
    """A guide notebook: its name (without .ipynb), its title and its lessons in order."""

    name: str
    title: str
    lessons: tuple[Lesson, ...]

    @property
    def short(self) -> str:
        """The guide in a word or two.

        Example:
            >>> Guide("so1-benefits", "The benefits of customer liaison", ()).short
            'Outcome 1'
            >>> Guide("01-customer-care", "Customer care: the foundation", ()).short
            'Customer care'
        """
        outcome = re.match(r"so(\d+)-", self.name)
        return f"Outcome {outcome[1]}" if outcome else self.name.lstrip("0123456789-").replace("-", " ").capitalize()


def read(folder: str | Path = HOME) -> tuple[Guide, ...]:
    """Read all guides of a folder: the welcome page, then every notebook that has lessons, by name.

    Args:
        folder: where the notebooks stand.

    Raises:
        KitError: a notebook can't be read.

    Example:
        >>> [guide.short for guide in read()][:3]
        ['Welcome', 'Customer care', 'Outcome 1']
    """
    found = (guide(path) for path in sorted(Path(folder).glob("*.ipynb")) if re.match(r"\d\d-|so\d", path.name))
    return tuple(one for one in found if one.lessons)


def guide(path: str | Path) -> Guide:
    """Read one guide notebook.

    Raises:
        KitError: it can't be read as a notebook.
    """
    path = Path(path)
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return Guide(path.stem, _title(cells), tuple(_lessons(path.stem, cells)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KitError(
            f"The guide {path.name} cannot be read ({type(error).__name__}). Fetch the kit again; answers stay as they are."
        ) from None


def step(id: str) -> Step | None:
    """What kind of step an id stands for, or None when it is none.

    Example:
        >>> step("so1-ac2-check-1").kind, step("so2-ac3-care-reflection").criterion, step("welcome-position")
        ('checked', 'so2-ac3', None)
    """
    found = STEP.fullmatch(id)
    if not found:
        return None
    parts = id.removeprefix(found[1]).split("-")
    ends = {"read": "read", "reflection": "reflected"}
    kind = "checked" if "check" in parts else ends.get(parts[-1], "tried")
    return Step(id, found[1], kind)


def _title(cells: list[dict[str, Any]]) -> str:
    found = _HEADING.search(_source(cells[0])) if cells else None
    return _plain(found[2]) if found else ""


def _lessons(name: str, cells: list[dict[str, Any]]) -> Iterator[Lesson]:
    """Gather the steps of each part; a cell before the first heading belongs to none."""
    start: tuple[str, str] | None = None
    steps: list[Step] = []
    for cell in cells:
        source = _source(cell)
        if cell["cell_type"] == "code":
            steps += [one for one in _steps(source) if one not in steps]
            continue
        for heading in _HEADING.finditer(source):
            if len(heading[1]) != 2:
                continue
            if start:
                yield Lesson(name, *start, tuple(steps))
            start, steps = (cell["id"], _plain(heading[2])), []
    if start:
        yield Lesson(name, *start, tuple(steps))


def _steps(source: str) -> Iterator[Step]:
    """The steps a code cell makes: its constants that are such ids, in the order written."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    said = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]  # ast.walk goes level by level
    for node in sorted(said, key=lambda node: (node.lineno, node.col_offset)):
        if found := step(node.value):
            yield found


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _plain(heading: str) -> str:
    """A heading without marks of Markdown; of a link the words stay."""
    return re.sub(r"[*_`]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading))
