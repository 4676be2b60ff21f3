"""A learner who runs any cell of a lesson first, in JupyterLab: a working tool or a plain sentence, never a traceback."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from learner_kit.forms.order import HOW

KIT = Path(__file__).resolve().parents[2]
FRESH = "[globals().pop(name) for name in set(globals()) - set(_held)]; globals().update(_held)"


@pytest.fixture
def ask(tmp_path):
    """Give a function that runs code in a kernel beside a copy of the practice data; it gives reply and outputs."""
    shutil.copytree(KIT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    manager = KernelManager(kernel_name="python3")
    path = os.pathsep.join([str(KIT), os.environ.get("PYTHONPATH", "")])
    env = {name: value for name, value in os.environ.items() if not name.startswith("NBGRADER_")}
    manager.start_kernel(cwd=str(tmp_path / "notebooks"), env={**env, "PYTHONPATH": path})
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)

    def run(code: str) -> tuple[str, list[dict]]:
        shown: list[dict] = []
        reply = client.execute_interactive(
            code, timeout=120, output_hook=lambda said: shown.append({"kind": said["msg_type"], **said["content"]})
        )
        return reply["content"]["status"], [one for one in shown if one["kind"] != "status"]

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_every_cell_alone_after_the_set_up_cell(guide, ask):
    first, *others = guide.code
    assert first["id"] == "setup"
    assert ask(first["source"])[0] == "ok"
    ask("_held = {}; _held.update(globals())")
    bad = []
    for cell in others:
        assert ask(FRESH)[0] == "ok"
        status, shown = ask(cell["source"])
        said = " ".join(one["data"].get("text/plain", "") for one in shown if "data" in one)
        if any(one["kind"] == "error" for one in shown) or (status != "ok" and HOW not in said):
            bad.append((cell["id"], said[:200], [one.get("evalue") for one in shown if one["kind"] == "error"]))
    assert not bad


def test_a_fault_of_the_kit_and_a_cell_that_is_graded_keep_their_traceback(ask):
    ask("from learner_kit import forms")
    status, shown = ask("import types; m = types.ModuleType('m'); exec('def f(): return missing', vars(m)); m.f()")
    assert status == "error" and [one["ename"] for one in shown if one["kind"] == "error"] == ["NameError"]
    ask("import os; os.environ['NBGRADER_EXECUTION'] = 'autograde'")
    status, shown = ask("missing")
    assert status == "error" and [one["ename"] for one in shown if one["kind"] == "error"] == ["NameError"]
