"""The files that say what is installed agree with each other, and with what start.py and the kit's pages take for granted."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(name: str) -> dict[str, tuple[str, str, int]]:
    """Read a lock: package → (version, marker, number of hashes)."""
    found = {}
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        said, *_ = line.split("--hash")
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)\s*(?:;\s*(.+?))?\s*", said)
        assert match, f"{name}: {line[:80]}"
        found[canonicalize_name(match[1]) + "|" + (match[3] or "")] = (
            match[2],
            match[3] or "",
            len(HASH.findall(line)),
        )
    return found


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_package_of_a_lock_has_its_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    held = pins(name)
    assert len(held) > 100
    assert all(count >= 1 for _, _, count in held.values())


def test_the_test_lock_holds_all_of_the_other():
    run, tests = pins("requirements.lock"), pins("requirements-test.lock")
    assert {name: tests.get(name) for name in run} == run


@pytest.mark.parametrize(("lock", "extra"), [("requirements.lock", None), ("requirements-test.lock", "test")])
def test_a_lock_meets_what_the_project_asks_for(lock, extra):
    wanted = list(project()["dependencies"])
    if extra:
        wanted += project()["optional-dependencies"][extra]
    held: dict[str, list[str]] = {}
    for key, (version, _, _) in pins(lock).items():
        held.setdefault(key.split("|")[0], []).append(version)
    for line in wanted:
        need = Requirement(line)
        versions = held.get(canonicalize_name(need.name), [])
        assert versions, f"{lock} lacks {need.name}"
        assert all(need.specifier.contains(Version(version)) for version in versions), f"{need} is not {versions}"


def test_conda_gets_the_same_lock_through_pip():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    start = lines.index("- pip:")
    assert lines[start + 1 :] == ["- --require-hashes", "- --requirement requirements.lock"]
    assert "- pip" in lines[:start]
    asked = next(line for line in lines if line.startswith("- python "))
    assert asked.removeprefix("- python ").strip() == project()["requires-python"]
    assert not [line for line in lines[:start] if re.match(r"- \w+ *=", line)], "versions stand in the lock only"


def test_start_and_the_project_want_the_same_pythons():
    spec = importlib.util.spec_from_file_location("start_for_files", ROOT / "start.py")
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    low, high = start.OLDEST, start.NEWEST
    assert project()["requires-python"] == f">={low[0]}.{low[1]},<{high[0]}.{high[1] + 1}"
    locked = {key.split("|")[0] for key in pins("requirements.lock")}
    assert set(start.FROM_SOURCE) | {"setuptools", "setuptools-scm", "flit-core"} <= locked
    assert set(start.LOCKS.values()) == {path.name for path in ROOT.glob("requirements*.lock")}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_ci_runs_the_readmes_test_command_and_fails_with_it(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("chromium", "configurable-http-proxy", "node", "npm", "pdftotext"):
        (tools / name).write_text("#!/bin/sh\n")
    (tools / "python3").write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "python3 $*"\nexit 7\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", str(tmp_path / ".ci" / "run")], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "python3 start.py test"
    assert done.returncode == 7


def test_readme_gives_the_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 start.py test" in readme
    assert "environment.yml" in readme


def test_text_files_keep_one_kind_of_line_end():
    rules = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in rules
    for name in ("start.py", "requirements.lock", "requirements-test.lock", ".ci/run"):
        assert b"\r" not in (ROOT / name).read_bytes()
