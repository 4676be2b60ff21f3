"""What people are told: one name for a workbook, commands as they are typed here, and the page in a released folder."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from learner_kit import commands, screen
from learner_kit.cli import main
from learner_kit.course import cohort as cohorts
from learner_kit.course import handout, naming, overview, practice, programme, receipts, release
from learner_kit.course.submission import inspect, pack
from learner_kit.errors import KitError
from learner_kit.teaching.slots import read_hours

KIT = Path(__file__).parents[2]
SO1 = "Workbook 1 · Why customers matter (so1)"


# ---- one name ----


def test_every_workbook_has_one_name_with_its_id_in_brackets():
    for folder in (programme.ASSESSMENTS, KIT / "programmes" / "customer-focus"):
        found = programme.load(folder)
        names = naming.names(found)
        assert tuple(names) == found.workbooks
        assert len({one.casefold() for one in names.values()}) == len(names)
        for id, name in names.items():
            assert re.fullmatch(rf".{{5,60}} \({id}\)", name), name


def test_the_plan_calls_a_workbook_as_its_page_does():
    found = programme.load()
    for one in found.activities:
        if one.id.endswith("-workbook"):
            assert f"{one.title} ({one.workbook})" == naming.name(found, one.workbook)


def test_a_notebook_without_a_heading_is_called_by_its_file(tmp_path):
    for content in ("{}", "no notebook", '{"cells": [{"cell_type": "markdown", "source": "text"}]}'):
        path = tmp_path / "odd.ipynb"
        path.write_text(content)
        assert naming.of_notebook(path) == "odd"
    assert naming.of_notebook(tmp_path / "gone.ipynb") == "gone"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["# A *very* " + "long " * 30]}]}))
    assert naming.title(path).startswith("A very long") and len(naming.title(path)) <= naming.LONGEST


def test_a_cohort_is_named_so_that_the_command_works(cohort, monkeypatch, capsys):
    assert cohort.typed == screen.word(str(cohort.path))
    monkeypatch.setattr(cohorts, "HOME", cohort.path)
    assert replace(cohort, path=cohort.path / "cohorts" / "may").typed == "may"
    spaced = replace(cohort, path=cohort.path / "cohorts" / "Jan 2027", name="Jan 2027")
    with pytest.raises(KitError, match=r' release "Jan 2027" so2$'):
        spaced.released("so2")
    with pytest.raises(KitError, match=r' enrol "[^"]*Jan 2027" learners.csv'):
        practice.cohort(spaced.path)


def test_status_and_release_say_the_name(cohort, capsys):
    assert overview.counts(cohort)["workbooks released"] == SO1
    assert main(["release", str(cohort.path), "so1", "--due", "2099-12-04"]) == 0
    assert f"Released {SO1}: " in capsys.readouterr().out


# ---- commands as they are typed here ----


@pytest.mark.parametrize("called", ["python3 start.py", "py start.py"])
def test_messages_and_help_name_what_the_user_types(cohort, monkeypatch, capsys, called):
    monkeypatch.setenv(screen.CALLED, called)
    how = re.escape(f"{called} release {cohort.typed} so2")
    with pytest.raises(KitError, match=rf"Making contact \(so2\) is not released yet: {how}"):
        release.place(cohort, "so2", cohort.path)
    assert main(["grade", str(cohort.path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith(f"{called} grade: ")
    assert main(["graed"]) == 2
    assert f"{called}: there is no command" in capsys.readouterr().err
    for words in (["--help"], ["enrol", "--help"], ["judge", "--help"]):
        with pytest.raises(SystemExit):
            main(words)
        said = capsys.readouterr().out
        assert f"usage: {called} " in said and "learner-kit" not in said.replace("learner-kit-", "")


def test_without_start_py_the_command_is_the_kits_own(monkeypatch):
    monkeypatch.delenv(screen.CALLED, raising=False)
    assert screen.command("grade may") == "learner-kit grade may" and screen.command() == "learner-kit"
    monkeypatch.setenv(screen.CALLED, "py \x1b[31mstart.py\n")
    assert "\x1b" not in screen.command("grade") and "\n" not in screen.command("grade")


def said_in(path: Path) -> list[str]:
    """The texts of a module that may reach a user: all but docstrings and the examples of help, which `cli` renames."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Assign) and [getattr(target, "id", "") for target in one.targets] in (
            ["EXAMPLE"],
            ["EXAMPLES"],
        ):
            silent |= {id(part) for part in ast.walk(one.value)}
    return [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in silent
    ]


def test_no_message_names_the_command_in_another_way():
    """Where the kit says what to type it asks `screen.command`; what is left is read on another computer, or is docs."""
    elsewhere = {"moderation/pack_page.py", "portfolio/index_page.py", "course/soundness.py", "commands/moderate.py"}
    typed = re.compile(rf"(?:: |`|>)learner-kit (?:{'|'.join(commands.NAMES)})\b")
    found = {
        "/".join(path.parts[-2:]): one
        for path in (KIT / "learner_kit").rglob("*.py")
        for one in said_in(path)
        if typed.search(one)
    }
    assert set(found) <= elsewhere, found
    assert found, "the search finds what it looks for"


# ---- the page in a released folder ----


def test_a_released_folder_says_what_it_is_and_whom_to_ask(cohort):
    folder = release.release(cohort, "so1", "tests", release.end_of(dt.date(2099, 12, 4)))
    said = (folder / handout.NAME).read_bytes().decode("utf-8")
    assert said.startswith(f"{SO1}\n====") and "\r" not in said
    assert "Class: class" in said and "the end of 4 December 2099" in said
    for file in folder.rglob("*"):
        assert f"- {file.name}: " in said, "every file is told"
    for word in (
        "WHAT IS IN THIS FOLDER",
        "HOW TO OPEN IT",
        "HOW TO HAND IN",
        "WHOM TO ASK",
        "py start.py",
        "Hand in my work",
    ):
        assert word in said
    assert "Sample Training Provider" not in said and "000 0123" not in said, "a sample is nobody to ask"
    assert said.index("is a folder so1 there already?") < said.index('Copy this whole folder into "work"')
    assert "so1-before" in said and "double-click Start.bat if it is in the kit's folder" in said
    release.release(cohort, "so1", "tests")
    assert "Hand it in by" not in (folder / handout.NAME).read_text(encoding="utf-8")


def test_the_page_goes_with_every_copy_and_stays_out_of_what_is_handed_in(cohort, fill, right_answers, tmp_path):
    release.release(cohort, "so1", "tests")
    work = tmp_path / "work"
    release.place(cohort, "so1", work)
    assert (work / "so1" / handout.NAME).is_file()
    packed = pack(fill("L-0001", right_answers), "so1", "L-0001", tmp_path)
    assert handout.NAME not in packed.files


def test_the_page_names_the_provider_who_wrote_the_own_details(tmp_path):
    found = programme.load()
    made = tmp_path / "programme"
    (made / "source" / "so1").mkdir(parents=True)
    for held, says in (
        ('name = "Thuto Training"\nphone = "051 000 0999"\n', "You can also reach Thuto Training: 051 000 0999."),
        ('name = "Thuto Training"\n', None),
        ("no = toml = at all", None),
    ):
        (made / "provider.toml").write_text(held)
        said = handout.text(type(found)(found.unit, found.activities, found.rules, made), "so1", made / "source", "may")
        assert says in said if says else "You can also reach" not in said


def test_the_page_holds_no_hidden_check(cohort):
    said = handout.text(cohort.programme, "so1", cohort.master("so1").parent, "may")
    assert not re.search(r"HIDDEN|expected|memo", said, re.IGNORECASE)


# ---- times ----


def test_the_name_of_a_hand_in_says_south_african_time_and_sorts(fill, right_answers, tmp_path):
    folder = fill("L-0001", right_answers)
    late = dt.datetime(2026, 11, 22, 22, 30, tzinfo=dt.UTC)
    first = pack(folder, "so1", "L-0001", tmp_path, now=late)
    second = pack(folder, "so1", "L-0001", tmp_path, now=late + dt.timedelta(seconds=1))
    assert first.path.name == "L-0001-so1-20261123-003000.zip"
    older = "L-0001-so1-20261122-223000.zip"  # as the kit before named the same moment
    assert sorted([second.path.name, first.path.name, older]) == [older, first.path.name, second.path.name]
    (tmp_path / older).write_bytes(first.path.read_bytes())
    assert inspect(tmp_path / older).receipt == first.receipt, "what a file is called counts for nothing"
    with zipfile.ZipFile(first.path) as made:
        assert json.loads(made.read("manifest.json"))["made_at"] == "2026-11-22T22:30:00+00:00"
    assert receipts.words(first.receipt)


@pytest.mark.parametrize("said", ["9:00-11:00", "09:00 to 11:00", "09h00–11h00", "9-11"])
def test_hours_are_read_as_people_type_them(said):
    assert read_hours(said) == (dt.time(9), dt.time(11))


@pytest.mark.parametrize("said", ["", "nine to eleven", "25:00-26:00", "09:75-11:00", "11:00-09:00", "09:00", "9-9"])
def test_hours_that_are_none_say_what_to_write(said):
    with pytest.raises(ValueError, match="write 09:00-11:00"):
        read_hours(said)


def test_an_unreadable_hour_is_told_where_it_is_typed(cohort):
    pytest.importorskip("ipywidgets")
    from learner_kit.desks import facilitator

    one = facilitator.Desk(cohort.path).planning
    one.hours.value = "nine to eleven"
    assert "no span of hours" in one.said.text, "as soon as it is typed"
    one.first.value = dt.date(2027, 3, 2)
    one.fill.click()
    assert "no span of hours" in one.said.text and one.days.value == ""
    one.hours.value = "09:00-11:00"
    assert one.said.text == ""
    one.fill.click()
    assert "09:00-11:00" in one.days.value


def test_naming_and_the_page_load_nothing_heavy():
    code = "import sys, learner_kit.course.naming, learner_kit.screen; print({'pandas','nbgrader','rich'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
