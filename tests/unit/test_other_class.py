"""Work on the figures of another class: refused at collection, set aside where a workbook is laid out."""

from __future__ import annotations

import json

import pytest

from learner_kit import pagelist
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


def test_a_class_folder_that_a_learner_copied_in_stays_when_the_kit_starts_for_practice(cohort, tmp_path, monkeypatch):
    monkeypatch.setattr(practice, "WORK", tmp_path / "work")
    cohort.engine.dispose()
    here = cohort.path.rename(cohort.path.with_name("practice"))
    practice.cohort(here)
    folder = tmp_path / "work" / "so1"
    write_seed(folder, class_seed("elsewhere"), "may")
    practice.cohort(here)
    assert read_seed(folder) == class_seed("elsewhere"), "the learner's own class"
    (here.parent / "may").mkdir()  # a facilitator's computer: both classes are kept here
    practice.cohort(here)
    assert read_seed(folder) == class_seed("tests")


def test_a_damaged_file_is_refused_with_whose_it_may_be_and_what_to_do(cohort, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "L-0002-so1-20261006-100000.zip").write_bytes(b"PK half of it")
    (tmp_path / "in" / "scan.zip").write_bytes(b"")
    named, bare = collect(cohort, [tmp_path / "in"], "tests")
    assert named.state == bare.state == "refused" and named.learner is None, "a file's name proves nothing"
    assert "by its name it is of L-0002, workbook so1; ask L-0002 for the file again" in named.said
    assert "folder handed-in" in bare.said and "by its name" not in bare.said


def test_the_list_of_pages_has_the_workbooks_in_the_order_of_the_programme(cohort, tmp_path):
    for name in sorted(cohort.programme.workbooks):
        (tmp_path / "work" / name).mkdir(parents=True)
        (tmp_path / "work" / name / f"{name}.ipynb").write_text("{}")
    groups = pagelist.page_list("", "/", pagelist.Place(tmp_path, "", tmp_path, False), tmp_path)["groups"]
    (pages,) = [one["pages"] for one in groups if one["title"] == pagelist.WORKBOOKS]
    assert [one["href"].split("/")[-2] for one in pages] == list(cohort.programme.workbooks)
