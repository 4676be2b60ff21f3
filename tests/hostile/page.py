"""The page docs/hostile.md, made from the cases themselves.

python tests/hostile/page.py         # writes it
"""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "hostile.md"
sys.path.insert(0, str(HERE))

from builders import GROUPS, Hostile  # noqa: E402

HEAD = """# Hostile submissions

What the kit does with submissions that nobody should send. Each row is a test in `tests/hostile/`: the submission is built,
collected together with an honest learner's, and the class is graded. For every one of them holds:

- nothing of it is run, and nothing of it reaches a page as markup;
- no file appears outside the cohort's folder, and a refused submission leaves none in it;
- the honest learner's work is collected and gets full points;
- it is reported in one line of plain letters, and no command ends in a traceback.

*Taken in* means that the answers are graded as data; the learner's notebook stays in the zip, which is kept as it came and
never opened. *Refused* is followed by a part of the line that the collection shows.

This page is made by `python tests/hostile/page.py`; a test holds it against the cases.
"""
TAIL = """
## Notebooks that come another way

A notebook that was put into `submitted/` past the collection, as nbgrader's exchange does. `learner-kit grade` does not open
it: every learner gets the points of the answers beside it. `nbgrader autograde`, and formgrader's button, read it as JSON and
put the master in its place; what they cannot read fails for that learner alone, by name, and the class goes on.

| notebook | `learner-kit grade` | `nbgrader autograde` |
|---|---|---|
"""


def text() -> str:
    """The whole page."""
    parts, numbers = [HEAD], itertools.count(1)
    for name, cases in GROUPS.items():
        rows = [f"| {next(numbers)} | {case.name} | {outcome(case)} |" for case in cases]
        heads = ["| no. | submission | what becomes of it |", "|---:|---|---|"]
        parts.append("\n".join([f"\n## {name}\n", *heads, *rows, ""]))
    others = [f"- {said}" for said in sentences(HERE / "test_hostile.py")]
    parts.append("\n".join(["\n## Over time, and within the cohort\n", *others, ""]))
    rows = [f"| {name} | not opened | {became} |" for name, became in ways()]
    return "".join(parts) + TAIL + "\n".join([*rows, ""])


def outcome(case: Hostile) -> str:
    if case.says is None:
        return "taken in"
    return f"refused: … {case.says.replace('|', '&#124;').replace('<', '&lt;').replace('>', '&gt;')} …"


def sentences(path: Path) -> Iterator[str]:
    """What the tests of a file that have a docstring say."""
    for one in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_") and (said := ast.get_docstring(one)):
            yield " ".join(said.split())


def ways() -> Iterator[tuple[str, str]]:
    """The notebooks of test_exchange.py, and what nbgrader does with each."""
    for one in ast.parse((HERE / "test_exchange.py").read_text(encoding="utf-8")).body:
        if isinstance(one, ast.Assign) and one.targets[0].id in ("READABLE", "UNREADABLE"):
            became = "graded from the master" if one.targets[0].id == "READABLE" else "fails for this learner alone"
            yield from ((key.value, became) for key in one.value.keys)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text(), encoding="utf-8", newline="\n")
