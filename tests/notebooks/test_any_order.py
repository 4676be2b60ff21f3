"""Cells run twice, out of order, in a fresh kernel or in a folder that can't be written: answers stay, lessons teach."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from learner_kit.workbook import Workbook

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder beside the practice data, as notebooks/ is."""
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path / "notebooks"


def run(cells, held=None, any_order=False) -> dict:
    """Run cells as a kernel does, in the order given; what another cell has not made yet costs that cell only."""
    held = {} if held is None else held
    for cell in cells:
        try:
            exec(compile(cell["source"], cell["id"], "exec"), held)
        except Exception:
            assert any_order and cell["id"] != "setup"
    return held


def written(guide) -> list[str]:
    """The ids of what a learner writes in a guide in words."""
    return [id for id in guide.kept if id.endswith("-reflection") or id.startswith("welcome-")]


def test_answers_stay_whatever_is_run_again(guide, folder):
    first = run(guide.code)
    book = first["book"]
    ids = written(guide)
    for id in ids:
        book.set(id, f"My answer to {id}.")
    run(guide.code, first)  # twice in one kernel
    mixed = guide.code[1:]
    random.Random(4).shuffle(mixed)
    run([*mixed[:5], guide.code[0], *mixed], any_order=True)  # a fresh kernel
    kept = Workbook("guide", file="progress.json")
    assert ids and all(kept.answers[id] == f"My answer to {id}." for id in ids)


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_still_teaches(guide, folder):
    folder.chmod(0o555)
    try:
        book = run(guide.code)["book"]
        book.set(written(guide)[0], "Typed.")
        assert book.notice and not book.on_disk
    finally:
        folder.chmod(0o755)


def test_a_disk_that_refuses_is_said_and_the_lesson_goes_on(guide, folder, monkeypatch):
    replace = os.replace

    def refuse(source, target, **given):
        if Path(target).resolve().is_relative_to(folder):  # the rest of the disk takes files
            raise OSError(30, "Read-only file system")
        return replace(source, target, **given)

    monkeypatch.setattr(os, "replace", refuse)
    book = run(guide.code)["book"]
    reflection = written(guide)[0]
    book.set(reflection, "Typed all the same.")
    assert book.answers[reflection] == "Typed all the same."
    assert book.notice
