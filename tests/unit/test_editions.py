"""Four editions from one source: what is in each, what is not, and that each can be used."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from learner_kit.cli import main
from learner_kit.course import enrol
from learner_kit.course import release as releases
from learner_kit.course.cohort import create
from learner_kit.editions import leaks, making, paper, parts, readmes, released, wheels, writing
from learner_kit.editions.codes import codes
from learner_kit.errors import DataError, KitError

from ..classwork import write_answers

pypdf = pytest.importorskip("pypdf")
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("editions")  # one process makes them, once


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A cohort with three learners and every workbook released."""
    cohort = create(tmp_path_factory.mktemp("editions") / "may", seed="editions")
    enrol.enrol(cohort, [enrol.Person(n, f"Zulukazi{n}", f"Hidden{n}") for n in (1, 2, 3)], "tests")
    for workbook in cohort.programme.workbooks:
        releases.release(cohort, workbook, "tests")
    yield cohort
    cohort.engine.dispose()


@pytest.fixture(scope="module")
def edition(everything, tmp_path_factory):
    """The learner's edition of that cohort, in a folder."""
    out = tmp_path_factory.mktemp("out") / "kit"
    assert main(["edition", "learner", str(out), "--cohort", str(everything.path)]) == 0
    return out


def held(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in parts.files(folder)}


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def runs(edition: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the edition's own package, in its own folder."""
    environment = {**os.environ, "PYTHONPATH": str(edition), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "learner_kit.cli", *arguments],
        cwd=edition, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


# ---- the learner's edition -------------------------------------------------------------------------------------------


def test_a_learner_gets_lessons_workbooks_data_and_the_way_in(edition, everything):
    there = held(edition)
    for name in ("README.md", "Start.bat", "start.py", "requirements.lock", "pyproject.toml", "LICENSE"):
        assert name in there
    assert {
        f"notebooks/{name}.ipynb" for name in ("00-welcome", "01-customer-care", "so1-benefits", "glossary")
    } <= set(there)
    for workbook in everything.programme.workbooks:
        assert f"work/{workbook}/{workbook}.ipynb" in there
        assert f"work/{workbook}/figures.json" in there, "without the class's seed nobody has figures of their own"
    assert "data/customers.csv" in there
    welcome = there["notebooks/00-welcome.ipynb"].decode()
    for said in ("**You** come", "attendance register", "**Your assessor** looks", "**The moderator** checks"):
        assert said in welcome


def test_a_learner_gets_nothing_of_staff_masters_memos_oracles_or_other_learners(edition):
    there = held(edition)
    rooms = {path.split("/")[1].removesuffix(".py") for path in there if path.startswith("learner_kit/")}
    assert not rooms & parts.STAFF
    strange = r"memo|comments\.toml|source/|sample_class|(^|/)tests?/|benchmark|cohorts|answers.*json|papers/"
    assert not [path for path in there if re.search(strange, path)]
    assert not {"notebooks/facilitator.ipynb", "notebooks/assessor.ipynb", "notebooks/moderator.ipynb"} & set(there)
    desks = {path.rpartition("/")[2] for path in there if path.startswith("learner_kit/desks/")}
    assert "learner.py" in desks
    assert not desks & {
        f"{name}.py" for name in ("facilitator", "assessor", "moderator", "enrolling", "judging", "room")
    }
    assert not [path for path, content in there.items() if b"Zulukazi" in content or b"Hidden1" in content]
    assert not [path for path, content in there.items() if b'seed = "editions"' in content]


def test_what_it_does_not_hold_is_reached_by_staff_alone(edition):
    """A module that is missing may be named for the type checker, or after learners have turned off before it."""
    room = ROOT / "learner_kit"
    missing = set()
    for path in (edition / "learner_kit").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing = [node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
        tree.body = [node for node in tree.body if node not in typing]
        for name in parts.imports(ast.unparse(tree), ""):
            if parts._file(room, name) and not parts._file(edition / "learner_kit", name):
                missing.add((path.relative_to(edition / "learner_kit").as_posix(), name))
    off = {("serve.py", "assess"), ("serve.py", "assess.formgrader")}  # formgrader never runs on a learner's computer
    assert missing <= {("commands/start.py", "course.practice"), ("pagelist.py", "course.cohort"), *off}


def test_no_hidden_test_no_memo_sentence_and_no_expected_answer_is_in_it(edition, everything):
    found = leaks.find(held(edition), everything, [None, *enrol.learners(everything)])
    assert found == []


def test_the_search_finds_what_it_should(edition, everything):
    master = everything.master("so1").read_bytes()
    memo = (everything.programme.folder / "memo" / "so1.toml").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inside/memo.toml", memo)
    told = b"so1-ac1-annual-sales is 60 000".replace(b" 000", "\u00a0000".encode())
    found = leaks.find(
        {"a.ipynb": master, "b.toml": memo, "c.zip": packed.getvalue(), "d.txt": told, "e.txt": b"60000"}, everything
    )
    kinds = {(one.file.split("#")[0], one.kind) for one in found}
    wanted = {
        ("a.ipynb", "hidden test"),
        ("b.toml", "memo"),
        ("c.zip/inside/memo.toml", "memo"),
        ("d.txt", "expected answer"),
    }
    assert wanted <= kinds
    assert "e.txt" not in {file for file, _ in kinds}
    with pytest.raises(DataError, match="is a memo of so1"):
        leaks.refuse({"notebooks/x.txt": memo}, everything)


def test_it_runs_by_itself_and_hands_in(edition, tmp_path):
    kit = tmp_path / "kit"
    shutil.copytree(edition, kit)
    said = runs(kit, "--help")
    assert said.returncode == 0 and "submit" in said.stdout and "grade" not in said.stdout
    code = (
        "import learner_kit, learner_kit.forms, learner_kit.serve, learner_kit.report, learner_kit.desks.learner as desk\n"
        "from learner_kit import value, survey, contact, grading, trends\n"
        "import importlib, pkgutil\n"
        "for one in pkgutil.walk_packages(learner_kit.__path__, 'learner_kit.'): importlib.import_module(one.name)\n"
        "print(learner_kit.__file__)"
    )
    environment = {**os.environ, "PYTHONPATH": str(kit)}
    loaded = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    assert str(kit) in loaded.stdout
    write_answers(kit / "work" / "so1", {"so1-ac1-annual-sales": 5})
    done = runs(kit, "submit", "work/so1", "--own-work", "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "Receipt" in done.stdout and list((tmp_path / "out").glob("L-0001-so1-*.zip"))


def test_every_lesson_and_workbook_of_it_runs_without_a_fault(edition, tmp_path):
    kit = tmp_path / "kit"
    shutil.copytree(edition, kit)
    code = (
        "import json, os, sys, warnings\n"
        "from pathlib import Path\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "for path in sys.argv[1:]:\n"
        "    path = Path(path).resolve(); os.chdir(path.parent); shell.reset(new_session=False)\n"
        "    for cell in json.loads(path.read_text('utf-8'))['cells']:\n"
        "        if cell['cell_type'] == 'code':\n"
        "            done = shell.run_cell(''.join(cell['source']), silent=True)\n"
        "            if not done.success: sys.exit(f\"{path.name} {cell['id']}: {done.error_in_exec or done.error_before_exec}\")\n"
    )
    notebooks = [str(one) for one in [*sorted(kit.glob("notebooks/*.ipynb")), *sorted(kit.glob("work/*/*.ipynb"))]]
    environment = {**os.environ, "PYTHONPATH": str(kit), "IPYTHONDIR": str(tmp_path / "ipython"), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-c", code, *notebooks], env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-1500:]


def test_no_link_leads_to_a_page_that_is_not_there(edition):
    there = {one.name for one in (edition / "notebooks").glob("*.ipynb")}
    for path in (edition / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_bytes())["cells"]:
            if cell["cell_type"] == "markdown":
                for target in re.findall(r"\]\(([\w.-]+\.ipynb)", "".join(cell["source"])):
                    assert target in there, f"{path.name} {cell['id']}: {target}"
    import tomllib

    groups = tomllib.loads((edition / "learner_kit" / "pages" / "lessons.toml").read_text(encoding="utf-8"))["group"]
    assert [group["title"] for group in groups] == ["Learn", "Workbooks"]
    assert all((edition / page["file"]).is_file() for group in groups for page in group["pages"])


def test_the_line_of_a_list_goes_and_a_sentence_keeps_its_words():
    cell = {
        "cell_type": "markdown",
        "source": ["| [Desk](desk.ipynb) | x |\n", "Ask at the [desk](desk.ipynb#a) or [here](a.ipynb).\n"],
    }
    made = parts.linked(json.dumps({"cells": [cell]}).encode(), {"a.ipynb"})
    assert "".join(json.loads(made)["cells"][0]["source"]) == "Ask at the desk or [here](a.ipynb).\n"


def test_it_is_small_and_fits_windows(edition):
    there = held(edition)
    assert sum(map(len, there.values())) < 30_000_000
    for path in there:
        assert len(path) <= 110, "with C:\\Users\\… before it, Windows takes 260 letters"
        assert not re.search(r'[<>:"|?*\\]', path) and all(ord(sign) < 127 for sign in path)
        assert not any(part.split(".")[0].upper() in {"CON", "PRN", "AUX", "NUL"} for part in path.split("/"))
    assert len({path.casefold() for path in there}) == len(there)
    assert not [one for one in edition.rglob("*") if one.is_symlink()]
    assert (edition / "Start.bat").read_bytes().count(b"\r\n") == readmes.BAT.count("\r\n")


def test_the_same_source_gives_the_same_bytes_as_folder_and_as_zip(everything, tmp_path):
    contents = [making.learner(released.workbooks(everything), everything, True) for _ in range(2)]
    assert list(contents[0]) == list(contents[1])
    packed = [writing.write(tmp_path / name / "kit.zip", one) for name, one in zip("ab", contents, strict=True)]
    assert packed[0].path.read_bytes() == packed[1].path.read_bytes()
    folder = writing.write(tmp_path / "kit", contents[0])
    with zipfile.ZipFile(packed[0].path) as made:
        assert {name.partition("/")[0] for name in made.namelist()} == {"kit"}
        assert {name.partition("/")[2]: made.read(name) for name in made.namelist()} == held(folder.path)


# ---- staff and paper -------------------------------------------------------------------------------------------------


def test_a_facilitator_gets_notes_registers_and_papers_but_no_memo(everything, tmp_path):
    assert (
        main(
            [
                "plan",
                str(everything.path),
                "--day",
                "2027-03-02 08:00-16:00",
                "--day",
                "2027-03-09 08:00-16:00",
                "--keep",
            ]
        )
        == 0
    )
    assert main(["edition", "facilitator", str(tmp_path / "kit"), "--cohort", str(everything.path)]) == 0
    there = held(tmp_path / "kit")
    papers = {path.removeprefix("papers/") for path in there if path.startswith("papers/")}
    assert {
        "teaching-notes.pdf",
        "session-plan.pdf",
        "register-2027-03-02.pdf",
        "evaluation-form.pdf",
        "workbooks/so1.pdf",
    } <= papers
    assert "Teaching notes" in words(there["papers/teaching-notes.pdf"])
    assert not [path for path in there if "/memo/" in path or "sample_class" in path]
    assert "notebooks/facilitator.ipynb" in there and "notebooks/assessor.ipynb" not in there
    memo = leaks.find({path: content for path, content in there.items() if "/source/" not in path}, everything)
    assert [
        one for one in memo if one.kind == "memo" and "source" not in one.file and not one.file.startswith("docs/")
    ] == []


def test_an_assessor_gets_memos_and_a_marking_guide_for_every_workbook(everything, tmp_path):
    out = tmp_path / "kit.zip"
    assert main(["edition", "assessor", str(out), "--cohort", str(everything.path), "--workbook", "so1"]) == 0
    with zipfile.ZipFile(out) as packed:
        there = {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}
    assert "assessments/memo/so1.toml" in there and "notebooks/assessor.ipynb" in there
    guide = words(there["papers/marking-guides/so1.pdf"])
    assert "R60 000" in guide.replace("\u00a0", " ") and "Look for" in guide and "What earns them" in guide
    rows = list(csv.DictReader(io.StringIO(there["papers/marking-guides/so1-answers.csv"].decode("utf-8-sig"))))
    assert {row["learner"] for row in rows} == {"L-0001", "L-0002", "L-0003"}
    sales = {row["answer"] for row in rows if row["question"] == "so1-ac1-annual-sales"}
    assert len(sales) == 3, "three learners, three answers"


def test_a_learners_paper_bears_the_learners_own_figures_and_every_code(everything):
    folder = everything.release("so1")
    from learner_kit.course import master as masters

    sheets = {}
    for learner in (None, "L-0001", "L-0002"):
        said = paper.sheet(folder / "so1.ipynb", learner)
        sheets[learner] = json.dumps(said["blocks"], ensure_ascii=False)
        asked = masters.run(masters.read(everything.master("so1")), {}, learner, dry=True).questions
        shown = [one["question"] for one in said["blocks"] if one["kind"] == "question"]
        assert [one["code"] for one in shown] == list(codes("so1", asked.values()))
        assert [one["prompt"].replace("\u200b", "") for one in shown] == [one.prompt for one in asked.values()]
    assert len(set(sheets.values())) == 3
    assert any(note["title"] == "Practice figures" for note in paper.sheet(folder / "so1.ipynb")["notes"])
    assert not any(note["title"] == "Practice figures" for note in paper.sheet(folder / "so1.ipynb", "L-0001")["notes"])


def test_the_paper_edition_is_accessible_and_the_same_twice(everything, tmp_path):
    given = [
        "edition",
        "paper",
        str(tmp_path / "sheets"),
        "--cohort",
        str(everything.path),
        "--workbook",
        "so3",
        "--class",
    ]
    assert main(given) == 0
    there = held(tmp_path / "sheets")
    assert {"L-0001/so3.pdf", "L-0002/so3.pdf", "L-0003/so3.pdf", "answers-so3.csv", "README.md"} == set(there)
    pdf = pypdf.PdfReader(io.BytesIO(there["L-0001/so3.pdf"]))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] and pdf.trailer["/Root"]["/Lang"].startswith("en")
    assert "Workbook 3 · Keeping contact" in pdf.metadata.title and "L-0001" in pdf.metadata.title
    said = words(there["L-0001/so3.pdf"])
    assert "Declaration" in said and "L-0001" in said and "hidden" not in said.casefold()
    again = making.sheets({"so3": everything.release("so3")}, everything, True, ["L-0001"])
    assert again["L-0001/so3.pdf"] == there["L-0001/so3.pdf"]
    rows = list(csv.DictReader(io.StringIO(there["answers-so3.csv"].decode("utf-8-sig"))))
    assert {row["learner"] for row in rows} == {"L-0001", "L-0002", "L-0003"}


def test_prose_never_becomes_mark_up():
    from learner_kit.editions import prose

    made = prose.blocks("Pay #strong[R5] & <b>now</b> [here](x.ipynb) `a_b`\n\n<div>block $x$</div>")
    assert "".join(text for one in made for text, _ in one["runs"]) == "Pay #strong[R5] & now here a_bblock $x$"


# ---- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["teacher", "{out}"], "There is no edition 'teacher'"),
        (["learner", "{here}"], "exists already"),
        (["learner", "{out}", "--cohort", "{class}", "--workbook", "so9"], "There is no workbook so9"),
        (["learner", "{out}", "--cohort", "{class}", "--workbook", "so2"], "so2 not released in class yet"),
        (["learner", "{out}", "--cohort", "nowhere"], "no cohort folder"),
        (["learner", "{out}", "--platform", "win_amd64"], "add --offline"),
        (["learner", "{out}", "--offline", "--platform", "amiga"], "There is no platform amiga"),
        (["learner", "{out}", "--offline", "--python", "2.7"], "There is no Python 2.7"),
        (["learner", "{out}", "--class"], "for the paper edition"),
        (["paper", "{out}", "--offline"], "needs no packages"),
        (["paper", "{out}", "--learner", "L-0001"], "add --cohort"),
        (["paper", "{out}", "--cohort", "{class}", "--learner", "L-0099"], "Not enrolled in class: L-0099"),
    ],
)
def test_what_a_user_can_cause_is_said_and_nothing_is_left(given, says, cohort, tmp_path, capsys):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine.txt").write_text("mine")
    places = {"{out}": str(tmp_path / "out" / "kit"), "{here}": str(tmp_path / "here"), "{class}": str(cohort.path)}
    assert main(["edition", *(places.get(one, one) for one in given)]) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said
    assert not (tmp_path / "out" / "kit").exists()
    assert (tmp_path / "here" / "mine.txt").read_text() == "mine"


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(self, content):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KitError, match="No space left on device"):
        writing.write(tmp_path / "kit", {"a.txt": b"x"})
    assert list(tmp_path.iterdir()) == []


def test_an_edition_of_nothing_released_says_what_to_do(tmp_path):
    cohort = create(tmp_path / "empty", seed="x")
    with pytest.raises(KitError, match=r"learner-kit release \S*empty "):
        released.workbooks(cohort)
    cohort.engine.dispose()


def test_nobody_practises_on_the_test_that_counts(everything):
    practice = released.for_practice(everything)
    summative = {one.workbook for one in everything.programme.activities if one.stage == ("summative",)} - {None}
    assert {"so1", "so2", "so3", "so4"} <= set(practice) and not summative & set(practice)


def test_the_wheelhouse_takes_each_line_of_the_lock_for_the_computer_it_is_for():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = {
        (platform, python): {one.split("==")[0] for one in wheels.chosen(lock, wheels.PLATFORMS[platform], python)}
        for platform in wheels.PLATFORMS
        for python in ("3.11.9", "3.12.1", "3.13.0")
    }
    assert "pywinpty" in names["win_amd64", "3.12.1"] and "pexpect" not in names["win_amd64", "3.12.1"]
    assert "pexpect" in names["linux_x86_64", "3.11.9"] and "pywinpty" not in names["linux_x86_64", "3.11.9"]
    assert "appnope" in names["macos_arm64", "3.13.0"]
    for found in names.values():
        assert {"jupyterlab", "pandas", "numpy", "typst"} <= found
    assert all(";" not in one.split("\n")[0] for one in wheels.chosen(lock, wheels.PLATFORMS["win_amd64"], "3.12.1"))
