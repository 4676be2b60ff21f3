"""The house stands: a room imports only from floors below its own, and the light rooms stay light."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "learner_kit"
FLOORS = [
    {
        "errors",
        "checks",
        "reading",
        "columns",
        "tablefile",
        "excelfile",
        "moments",
        "upload",
        "files",
        "settings",
        "screen",
        "quick",
    },
    {"value", "survey", "contact", "grading", "trends"},
    {"plots", "documents", "report", "shown"},
    {"workbook"},
    {"lessons"},
    {"forms", "faces", "tools", "course"},
    {"teaching"},
    {"assess", "upkeep", "editions"},
    {"demo", "desks", "serve", "kernels", "pages", "pagelist"},
    {"hub"},
    {"commands", "cli"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# Rooms on one floor that may know a neighbour; the others only know what is below them.
NEIGHBOURS = {
    "reading": {"checks", "errors", "tablefile"},
    "checks": {"errors"},
    "columns": {"checks", "errors", "reading"},
    "tablefile": {"errors", "checks", "excelfile", "upload"},
    "excelfile": {"errors", "upload"},
    "settings": {"checks", "errors"},
    "plots": {"documents"},
    "report": {"documents", "plots"},
    "faces": {"forms"},
    "tools": {"forms", "faces"},
    "cli": {"commands"},
    "editions": {"assess"},
    "serve": {"kernels", "pagelist"},
}
# Within assess, lowest first: what is in a sub-package may know those before it, and assess's own modules know none of them.
ASSESS = ["", "papers", "portfolio", "moderation"]
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms of the kit that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("learner_kit.")}
        elif isinstance(node, ast.ImportFrom) and node.module == "learner_kit":
            found |= {alias.name for alias in node.names if alias.name != "__version__"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("learner_kit."):
            found.add(node.module.split(".")[1])
    return found


def test_every_room_has_a_floor():
    assert {room(path) for path in MODULES} - {"__init__", "templates"} <= set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(PACKAGE).as_posix() for path in MODULES])
def test_imports_only_go_down(path):
    own = room(path)
    if own == "__init__":
        assert not imported(path)
        return
    for other in imported(path) - {own}:
        below = FLOOR[other] < FLOOR[own]
        assert below or other in NEIGHBOURS.get(own, ()), f"{own} imports {other}, which is not below it"


def test_within_assess_too_imports_only_go_down():
    for path in (PACKAGE / "assess").rglob("*.py"):
        own = path.parent.name if path.parent.name in ASSESS else ""
        for above in ASSESS[ASSESS.index(own) + 1 :]:
            said = path.read_text(encoding="utf-8")
            assert f"learner_kit.assess.{above}" not in said, f"{path} imports {above}, which is not below it"
            assert not re.search(rf"from learner_kit.assess import [^\n]*\b{above}\b", said), f"{path} imports {above}"


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(PACKAGE).as_posix() for path in MODULES])
def test_a_module_has_one_job(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
