"""The outputs stored in lessons and desks are what the notebooks give when they run (nbval, strict)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RUN = [path for path in NOTEBOOKS if '"cell_type": "code"' in path.read_text(encoding="utf-8")]
MASTERS = sorted((ROOT / "assessments" / "source").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", RUN, ids=[path.stem for path in RUN])
def test_stored_outputs_are_true(path, tmp_path):
    place = tmp_path / "notebooks"  # a copy: answers kept beside the lessons, by a reader or another test, are left out
    place.mkdir()
    shutil.copy(path, place)
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    sanitize = str(Path(__file__).with_name("sanitize.cfg"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-sanitize-with",
            sanitize,
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            str(place / path.name),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("path", NOTEBOOKS + MASTERS, ids=[path.stem for path in NOTEBOOKS + MASTERS])
def test_form_of_a_notebook(path):
    held = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in held["cells"]]
    assert (held["nbformat"], held["nbformat_minor"]) == (4, 5)
    assert held["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in held["metadata"], "widget state is not stored"
    assert len(ids) == len(set(ids)) and all(not id.isdecimal() for id in ids)
    assert held["cells"][0]["cell_type"] == "markdown" and "".join(held["cells"][0]["source"]).startswith("# ")
    for cell in held["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert cell["metadata"].get("jupyter", {}).get("source_hidden") or path in MASTERS, cell["id"]
            assert not source.lstrip().startswith(("%", "!")), cell["id"]
            for output in cell["outputs"]:
                assert path not in MASTERS, f"{cell['id']}: a master has no outputs"
                assert output["output_type"] != "error" and output.get("name") != "stderr", cell["id"]
        else:
            assert "$" not in source.replace("US$", ""), f"{cell['id']}: a dollar sign is read as mathematics"


@pytest.mark.parametrize("path", NOTEBOOKS + MASTERS, ids=[path.stem for path in NOTEBOOKS + MASTERS])
def test_headings_are_in_order(path):
    held = json.loads(path.read_text(encoding="utf-8"))
    levels = []
    for cell in held["cells"]:
        if cell["cell_type"] == "markdown":
            levels += [
                len(line) - len(line.lstrip("#"))
                for line in "".join(cell["source"]).splitlines()
                if line.startswith("#")
            ]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(then <= now + 1 for now, then in pairwise(levels))
