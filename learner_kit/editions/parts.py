"""Which files of the kit belong to an edition: worked out from what imports what, so that no list grows stale."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

# What a learner's computer never holds: whole rooms, and modules of rooms of which learners have a part.
STAFF = frozenset({"assess", "teaching", "upkeep", "demo", "editions", "hub"})
CLASS = frozenset(
    f"course.{name}"
    for name in (
        *("accounts", "class_records", "cohort", "collect", "enrol", "handout", "master", "memos"),
        *("overview", "practice", "records", "release", "soundness"),
    )
)
# What learners have although no page imports it: the tools as a library, the way in, the look of pages.
ROOTS = ("cli", "commands.start", "commands.submit", "serve", "report")
LIBRARY = ("value", "survey", "contact", "grading", "trends", "plots", "documents", "forms", "tools", "lessons")
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "sample_class"}
_LINK = re.compile(r"\[([^\]]+)\]\(([\w.-]+\.ipynb)(?:#[^)]*)?\)")


def package(home: Path, notebooks: Iterable[bytes]) -> dict[str, Path]:
    """The learner's part of the package: every module that the notebooks, the library and the commands need.

    Args:
        home: the kit's folder.
        notebooks: the notebooks that learners get.

    Returns:
        Path in the edition → file.
    """
    room = home / "learner_kit"
    wanted = {*ROOTS, *LIBRARY}
    wanted |= {f"{name}.{one.stem}" for name in LIBRARY for one in (room / name).glob("*.py")}
    for content in notebooks:
        for source in code(content):
            wanted |= set(imports(source, ""))
    found: dict[str, Path] = {"learner_kit/__init__.py": room / "__init__.py"}
    todo = sorted(wanted)
    while todo:
        name = todo.pop()
        path = _file(room, name)
        if path is None or not _for_learners(name) or f"learner_kit/{path.relative_to(room).as_posix()}" in found:
            continue
        found[f"learner_kit/{path.relative_to(room).as_posix()}"] = path
        todo += imports(path.read_text(encoding="utf-8"), name)
        if "." in name:
            todo.append(name.rpartition(".")[0])
    return found | dict(_beside(room, found))


def _for_learners(name: str) -> bool:
    return name.partition(".")[0] not in STAFF and ".".join(name.split(".")[:2]) not in CLASS


def _file(room: Path, name: str) -> Path | None:
    path = room.joinpath(*name.split("."))
    for one in (path.with_suffix(".py"), path / "__init__.py"):
        if one.is_file():
            return one
    return None


def _beside(room: Path, found: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    """Style sheets, templates and settings of the rooms that learners have."""
    rooms = {path.split("/")[1] for path in found if path.count("/") > 1} | {"pages", "templates"}
    for name in sorted(rooms):
        for one in files(room / name):
            if one.suffix not in (".py", ".pyc"):
                yield f"learner_kit/{one.relative_to(room).as_posix()}", one


def imports(source: str, own: str) -> list[str]:
    """The modules of the kit that a source imports anywhere in it, without the kit's own name.

    Example:
        >>> imports("from learner_kit.course import submission", "")
        ['course', 'course.submission']
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name.removeprefix("learner_kit.") for alias in node.names if _own(alias.name)]
        elif isinstance(node, ast.ImportFrom) and _own(node.module or ""):
            module = (node.module or "").removeprefix("learner_kit").lstrip(".")
            found += [module] if module else []
            found += [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
    return [name for name in found if name != own]


def _own(name: str) -> bool:
    return name == "learner_kit" or name.startswith("learner_kit.")


def files(folder: Path) -> list[Path]:
    """Every file of a folder in a fixed order, without what programs leave behind; links are never followed."""
    return [
        one
        for one in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
        if one.is_file()
        and not one.is_symlink()
        and LEFT_OUT.isdisjoint(one.relative_to(folder).parts)
        and not any(part.startswith(".") for part in one.relative_to(folder).parts)
        and one.suffix != ".pyc"
    ]


def code(content: bytes) -> list[str]:
    """The code cells of a notebook."""
    cells = json.loads(content)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def lessons(home: Path) -> dict[str, bytes]:
    """The notebooks for learners: all but the desks, with no link left that leads to a desk."""
    every = {one.name: one.read_bytes() for one in sorted((home / "notebooks").glob("*.ipynb"))}
    kept = {
        name: content
        for name, content in every.items()
        if all(_for_learners(one) and not _desk(one) for source in code(content) for one in imports(source, ""))
    }
    return {f"notebooks/{name}": linked(content, set(kept)) for name, content in kept.items()}


def _desk(name: str) -> bool:
    return name.startswith("desks.") and not name.startswith("desks.learner")


def linked(content: bytes, there: set[str]) -> bytes:
    """A notebook without links to notebooks that are not there: the line of a table or list goes, in a sentence the words stay."""
    held, changed = json.loads(content), False
    for cell in held["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        before = "".join(cell["source"])
        lines = [line for line in before.splitlines(keepends=True) if not _leads_nowhere(line, there)]
        after = _LINK.sub(lambda found: found[0] if found[2] in there else found[1], "".join(lines))
        if after != before:
            cell["source"], changed = after.splitlines(keepends=True), True
    return (json.dumps(held, ensure_ascii=False, indent=1) + "\n").encode() if changed else content


def _leads_nowhere(line: str, there: set[str]) -> bool:
    listed = line.lstrip().startswith(("|", "- ", "* "))
    return listed and any(target not in there for _, target in _LINK.findall(line))


def page_list(home: Path, workbooks: dict[str, str]) -> bytes:
    """The list of pages for learners: the lessons, and the workbooks that they get.

    Args:
        home: the kit's folder.
        workbooks: name → title.
    """
    groups = tomllib.loads((home / "learner_kit" / "pages" / "lessons.toml").read_text(encoding="utf-8"))["group"]
    lines = ["# The pages of this edition, in reading order; a page is listed only when its notebook exists."]
    own = [{"file": f"work/{name}/{name}.ipynb", "title": title} for name, title in workbooks.items()]
    for group in [*(one for one in groups if one["turn"]), {"title": "Workbooks", "turn": False, "pages": own}]:
        lines += [
            "",
            "[[group]]",
            f"title = {_text(group['title'])}",
            f"turn = {str(group['turn']).lower()}",
            "pages = [",
        ]
        lines += [f"    {{ file = {_text(page['file'])}, title = {_text(page['title'])} }}," for page in group["pages"]]
        lines.append("]")
    return ("\n".join(lines) + "\n").encode()


def _text(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)
