"""Work on the figures of another class: refused at collection, set aside where a workbook is laid out."""

from __future__ import annotations

import json

import pytest

from learner_kit.course import practice, release
from learner_kit.course.collect import collect
from learner_kit.course.submission import inspect, pack
from learner_kit.workbook.figures import read_class, read_seed, write_seed
from learner_kit.workbook.variants import class_seed

pytestmark = pytest.mark.xdist_group("other class")


def answered(folder, answers, name="answers.json"):
    held = {"format": 1, "workbook": "so1", "learner": "L-0001", "saved": None, "answers": answers}
    (folder / name).write_text(json.dumps(held), encoding="utf-8")


def test_a_release_says_of_which_class_it_is(cohort):
    assert read_class(cohort.release("so1")) == cohort.name
    assert read_seed(cohort.release("so1")) == class_seed("tests")


def test_work_on_the_figures_of_another_class_is_refused_in_one_line(cohort, fill, right_answers, tmp_path):
    folder = fill("L-0001", right_answers)
    write_seed(folder, class_seed("practice"))
    (taken,) = collect(cohort, [pack(folder, "so1", "L-0001", tmp_path / "zips").path], "tests")
    assert taken.state == "refused" and "\n" not in taken.said
    assert "figures of another class (practice)" in taken.said and "released folder so1 of this class" in taken.said
    write_seed(folder, class_seed("may"))
    (taken,) = collect(cohort, [pack(folder, "so1", "L-0001", tmp_path / "more").path], "tests")
    assert taken.state == "refused" and "another class." in taken.said
    assert not (cohort.path / "submitted" / "L-0001").exists()


def test_work_on_the_figures_of_this_class_or_of_none_named_is_taken(cohort, fill, right_answers, tmp_path):
    folder = fill("L-0001", right_answers)
    (taken,) = collect(cohort, [pack(folder, "so1", "L-0001", tmp_path / "none").path], "tests")
    assert taken.state == "new"
    folder = release.place(cohort, "so1", folder.parent).parent
    packed = pack(folder, "so1", "L-0001", tmp_path / "own")
    assert inspect(packed.path).figures and inspect(packed.path).of_class == cohort.name
    assert collect(cohort, [packed.path], "tests")[0].state in ("new", "newer")


def test_a_workbook_of_another_class_without_answers_is_replaced(cohort, tmp_path):
    folder = release.place(cohort, "so1", tmp_path / "work").parent
    write_seed(folder, class_seed("practice"))
    answered(folder, {})
    said = []
    release.place(cohort, "so1", tmp_path / "work", said.append)
    assert read_seed(folder) == class_seed("tests") and not said
    assert [one.name for one in (tmp_path / "work").iterdir()] == ["so1"]


@pytest.mark.parametrize("name", ["answers.json", "answers.L-0001.json"])
def test_a_workbook_of_another_class_with_answers_is_set_aside_and_comes_back(cohort, tmp_path, name):
    work = tmp_path / "work"
    folder = release.place(cohort, "so1", work).parent
    answered(folder, {"so1-ac1-annual-sales": 1.0}, name)
    kept = (folder / name).read_bytes()
    write_seed(folder, class_seed("practice"))
    said = []
    release.place(cohort, "so1", work, said.append)
    (aside,) = work.glob("so1.other-class-*")
    assert len(said) == 1 and str(aside) in said[0] and "\n" not in said[0]
    assert (aside / name).read_bytes() == kept and read_seed(aside) == class_seed("practice")
    assert not (folder / name).exists() and read_seed(folder) == class_seed("tests")
    write_seed(aside, class_seed("tests"))  # as if that class were opened again
    write_seed(folder, class_seed("practice"))
    release.place(cohort, "so1", work, said.append)
    assert (folder / name).read_bytes() == kept and len(list(work.glob("so1.other-class-*"))) == 1


def test_opening_a_class_lays_out_its_own_workbook(cohort, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(practice, "WORK", tmp_path / "work")
    practice.cohort(cohort.path)
    folder = tmp_path / "work" / "so1"
    write_seed(folder, class_seed("practice"))
    answered(folder, {"so1-ac1-annual-sales": 1.0})
    practice.cohort(cohort.path)
    assert read_seed(folder) == class_seed("tests") and "figures of another class" in capsys.readouterr().out
    practice.cohort(cohort.path)
    assert not capsys.readouterr().out
