"""Every script of benchmarks/ starts from the kit's folder, as benchmarks/README.md says; what they measure is not run here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(one.name for one in (KIT / "benchmarks").glob("*.py") if "__main__" in one.read_text("utf-8"))
UNIX = {"signing_in.py"}  # accounts of the computer


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_starts_and_says_what_it_measures(name):
    if name in UNIX and os.name == "nt":
        pytest.skip("needs accounts of a Unix system")
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}", "--help"], cwd=KIT, capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:") and name in done.stdout


def test_the_list_of_scripts_is_whole():
    said = (KIT / "benchmarks" / "README.md").read_text("utf-8")
    assert len(SCRIPTS) > 8
    assert not [name for name in SCRIPTS if f"python benchmarks/{name}" not in said]
