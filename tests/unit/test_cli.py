"""The command line: light, exact exit codes, one clear message for whatever a user can cause."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from learner_kit import commands
from learner_kit.cli import _parser, main

HEAVY = {
    "pandas",
    "numpy",
    "matplotlib",
    "scipy",
    "nbgrader",
    "nbformat",
    "sqlalchemy",
    "ipywidgets",
    "IPython",
    "rich",
    "typst",
}


@pytest.mark.parametrize(
    "code",
    [
        "import learner_kit",
        "from learner_kit.cli import main; main(['check', '--help'])",
        "import learner_kit.workbook",
    ],
)
def test_nothing_heavy_is_loaded(code):
    code = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\nprint('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert not loaded & HEAVY


def names() -> list[str]:
    (action,) = [one for one in _parser()._actions if one.choices and one.dest == "command"]
    return sorted(action.choices)


@pytest.mark.parametrize("name", names())
def test_every_command_has_a_function_and_help_with_an_example(name, capsys):
    assert callable(commands.module(name).run)
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "example:" in said and f"learner-kit {name}" in said


def test_no_command_and_a_wrong_one_are_wrong_usage(capsys):
    assert main([]) == 2
    with pytest.raises(SystemExit) as left:
        main(["grade"])  # without the class
    assert left.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "nowhere"], "is no cohort folder"),
        (["enrol", "{class}", "missing.csv"], "missing.csv"),
        (["enrol", "{class}", "{class}/cohort.toml"], "cohort.toml"),
        (["enrol", "{class}", "--new"], "exists already"),
        (["enrol", "{class}"], "Name a list of learners"),
        (["release", "{class}", "so9"], "There is no workbook 'so9'"),
        (["release", "{class}", "so1", "--due", "03/04/26"], "year"),
        (["collect", "{class}", "nothing.zip"], "These are not there: nothing.zip"),
        (["collect", "{class}", "{class}/release"], "There is no zip file"),
        (["grade", "{class}", "so9"], "is missing"),
        (["matrix", "{class}", "--learner", "L-0077"], "L-0077 is not enrolled"),
        (["judge", "{class}", "L-0001", "so1-ac1", "C", "--by", "A-09"], "not registered as assessor"),
        (["judge", "{class}", "--by", "A-01"], "Say learner, criterion and decision"),
        (["feedback", "{class}", "L-0001"], "Nothing has been judged"),
        (["feedback", "{class}"], "Nothing has been judged"),
        (["portfolio", "{class}"], "Nobody in class has handed anything in"),
        (["portfolio", "{class}", "--key", "{class}/cohort.toml"], "could not be opened"),
        (["verify", "{class}"], "no portfolio there yet"),
        (["verify", "elsewhere"], "nothing at elsewhere"),
        (["verify", "--audit", "elsewhere"], "is no cohort folder"),
        (["key", "show", "missing.pem"], "There is no key at missing.pem"),
        (["key", "show", "elsewhere"], "There is no cohort elsewhere"),
        (["seal", "missing"], "There is nothing at missing"),
        (["open", "missing.sealed"], "There is no file missing.sealed"),
        (["open", "{class}/cohort.toml"], "no sealed package"),
        (["purge", "{class}", "L-0099"], "Not enrolled"),
        (["open-pack", "missing.zip"], "There is no file missing.zip"),
        (["open-pack", "{class}/cohort.toml"], "is no moderation pack"),
        (["moderate", "{class}", "--by", "M-01", "--take-in", "missing.json"], "cannot be read"),
        (["moderate", "{class}", "--by", "M-01", "--sample", "1", "--pack", "out"], "There is no sample 1"),
        (["moderate", "{class}", "--by", "M-01", "--sample", "1", "--report"], "There is no sample 1"),
        (["moderate", "{class}", "--by", "M-01"], "Give a seed"),
        (["moderate", "{class}", "--by", "M-01", "--seed", "1"], "Nothing has been judged"),
        (["submit", "{class}"], "Say whose work this is"),
        (["submit", "{class}", "--learner", "Thandi"], "no learner number"),
        (["submit", "{class}", "--learner", "l-0001"], "There are no answers"),
        (["check", "{class}"], "unit_standard.toml is missing"),
    ],
)
def test_what_a_user_can_cause_is_said_and_nothing_is_raised(arguments, says, cohort, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = sorted(str(one) for one in tmp_path.rglob("*"))
    assert main([one.replace("{class}", str(cohort.path)) for one in arguments]) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said
    assert sorted(str(one) for one in tmp_path.rglob("*") if not one.name.startswith(".")) == [
        one for one in before if not Path(one).name.startswith(".")
    ]


def test_a_list_with_faults_enrols_nobody_unless_partly(cohort, tmp_path, capsys):
    roll = tmp_path / "learners.csv"
    roll.write_text("surname,first_names,id_number\nNew,One,\nNew,Two,123\n", encoding="utf-8")
    assert main(["enrol", str(cohort.path), str(roll)]) == 1
    said = capsys.readouterr().err
    assert "Nobody was enrolled" in said and "row 3, ID number" in said
    assert main(["enrol", str(cohort.path), str(roll), "--partly"]) == 1
    told = capsys.readouterr()
    assert "Enrolled 1 learner: L-0004." in told.out and "Not enrolled: row 3" in told.err


def test_nothing_is_packed_without_the_declaration(fill, tmp_path, capsys):
    folder = fill("L-0001", {})
    assert main(["submit", str(folder), "--to", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "--own-work" in said and "my own work" in said
    assert not list(tmp_path.glob("*.zip"))


def test_the_circle_through_the_command_line(cohort, fill, right_answers, tmp_path, capsys):
    place = str(cohort.path)

    def run(*arguments: str, code: int = 0) -> str:
        assert main(list(arguments)) == code
        return capsys.readouterr().out

    folder = fill("L-0001", right_answers)
    out = run("submit", str(folder), "--to", str(tmp_path), "--own-work")
    code = re.search(r"Receipt: (\S+)", out)[1]
    assert code in run("collect", place, str(tmp_path / "."))
    first, second = run("grade", place), run("grade", place)
    assert re.search(r"L-0001 +so1 +(\d+) of \1 points +3 answers to mark", first)
    assert "3 answers to mark" in second and "points" not in second.partition("These need")[2]
    held = json.loads(run("matrix", place, "--json"))
    assert len(held["criteria"]) == 17 and held["learners"]["L-0001"]["so1-ac1"]["state"] == "ready to judge"
    decisions = tmp_path / "decisions.csv"
    decisions.write_text(
        "learner,criterion,decision,reason\nL-0001,so1-ac1,c,fine\nL-0002,so1-ac1,NYC,nothing\n", encoding="utf-8"
    )
    assert "Competent (judgement 1)" in run("judge", place, "--from", str(decisions), "--by", "A-01", code=1)
    assert "feedback.pdf" in run("feedback", place)
    assert "L-0001: not complete: not judged yet" in run("portfolio", place, code=1)
    assert "no moderation sample" in run("portfolio", place, "--missing", code=1)
    said = run("portfolio", place, "--draft")
    assert "Signed with the key" in said and f"Draft: {cohort.path / 'portfolios' / 'L-0001'}\n" in said
    assert main(["verify", place]) == 0
    said = capsys.readouterr()
    assert "L-0001: whole, a draft" in said.out and "Compare" not in said.err, "a cohort knows its own key"
    assert "Whole: no row was changed" in run("verify", "--audit", place)
    assert "Sample 1, seed x" in run("moderate", place, "--by", "M-01", "--seed", "x")
    assert "1 of 1 judgements looked at were upheld (100\u00a0%)" in run(
        "moderate", place, "--by", "M-01", "--sample", "1", "--learner", "L-0001", "--upheld", "1.1"
    )
    run("results", place, "--csv", str(tmp_path / "results.csv"))
    assert "Surname1" not in (tmp_path / "results.csv").read_text(encoding="utf-8-sig")
    decisions.write_text(
        "learner,criterion,decision,reason\nL-0001,1.2,COMPETENT,fine\nL-0001,1.4,not yet competent,none\n",
        encoding="utf-8",
    )
    out = run("judge", place, "--from", str(decisions), "--by", "A-01", "--override", "Marked on paper")
    assert "so1-ac2: Competent (judgement 2)" in out and "so1-ac4: Not Yet Competent (judgement 3)" in out
    assert main(["judge", place, "L-0001", "9.9", "maybe", "--by", "A-01"]) == 1
    assert "'maybe' is no decision; it is C (Competent) or NYC (Not Yet Competent)" in capsys.readouterr().err
    assert "Surname1" in run("results", place, "--named")
    assert "judgements recorded" in run("status", place)


@pytest.mark.parametrize(
    ("typed", "meant"), [("grad", "Did you mean grade?"), ("portfolios", "portfolio?"), ("xyzzy", "--help")]
)
def test_a_command_that_is_not_there_names_the_one_that_may_be_meant(typed, meant, capsys):
    assert main([typed, "may"]) == 2
    said = capsys.readouterr().err
    assert meant in said and len(said) < 200


def test_a_file_that_is_no_list_says_so_first(tmp_path, capsys):
    (tmp_path / "notes.csv").write_text("# Notes\nbread, milk, and eggs\n", encoding="utf-8")
    assert main(["enrol", str(tmp_path / "class"), str(tmp_path / "notes.csv")]) == 1
    assert "is no list of learners" in capsys.readouterr().err
