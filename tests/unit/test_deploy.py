"""What is deployed: the hub's settings, what learners' servers get, and the files for images and clusters (read, not run)."""

from __future__ import annotations

import ast
import fnmatch
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from learner_kit.editions import leaks
from learner_kit.errors import DataError
from learner_kit.hub import install, setting

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def test_the_settings_that_are_shipped_are_the_usual_ones(tmp_path):
    shipped = setting.load(DEPLOY / "hub" / "hub.toml")
    (tmp_path / "empty.toml").write_text("")
    assert shipped == setting.load(tmp_path / "empty.toml")
    assert shipped.sign_in == "pam" and shipped.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('root = "here"', "begins with /"),
        ('sign_in = "none"', "is not one of: pam, test"),
        ('sign_in = "test"', "test_password"),
        ('sign_in = "test"\ntest_password = "short"', "12 signs"),
        (
            'sign_in = "test"\ntest_password = "long enough, this"\naddress = "http://0.0.0.0:80"',
            "on this computer alone",
        ),
        ("hours_idle = 0.0", "0.1 to 72"),
        ('passwort = "x"', "misspelt"),
        ('[groups]\nlearners = "x"', "misspelt"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, text, says):
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(DataError, match=re.escape(says)):
        setting.load(tmp_path / "hub.toml")


def test_the_files_of_learners_hold_nothing_that_answers():
    files = install.learners_files()
    assert len(files) > 100
    for name in files:
        kept = r"assessments/(source|memo)|sample_class|knowledge\.toml|evaluation\.toml|progress.*\.json|tests/|demo/"
        assert not re.search(kept, name), name
        assert not fnmatch.fnmatch(name, "notebooks/*or.ipynb"), name
        assert "HIDDEN TESTS" not in (ROOT / name).read_text(encoding="utf-8", errors="replace") or name.endswith(
            ".py"
        ), name
    assert "notebooks/so1-benefits.ipynb" in files and "assessments/plan.toml" in files


def test_the_look_that_learners_editions_get_finds_nothing_either(cohort):
    contents = {name: (ROOT / name).read_bytes() for name in install.learners_files() if not name.endswith(".py")}
    assert leaks.find(contents, cohort) == []


def imported(text: str) -> set[str]:
    """The kit's modules that a text of Python imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.startswith("learner_kit")}


def module_of(name: str) -> str | None:
    path = name.replace(".", "/")
    return next((one for one in (f"{path}.py", f"{path}/__init__.py") if (ROOT / one).is_file()), None)


def test_whatever_the_learners_pages_import_is_among_their_files():
    files = set(install.learners_files())
    pages = [ROOT / name for name in files if name.endswith(".ipynb")]
    pages += sorted(
        (ROOT / "assessments" / "source").glob("*/*.ipynb")
    )  # released workbooks import what their masters do
    ahead = {"learner_kit.hub.single", "learner_kit.hub.__main__", "learner_kit.cli"}
    for page in pages:
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                ahead |= imported("".join(cell["source"]))
    seen: set[str] = set()
    while ahead:
        path = module_of(ahead.pop())
        if path is None or path in seen:
            continue
        seen.add(path)
        if "TYPE_CHECKING" not in (text := (ROOT / path).read_text(encoding="utf-8")):
            ahead |= imported(text)
        else:
            ahead |= imported(re.sub(r"(?m)^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)*", "", text))
    assert {one for one in seen if one not in files} <= {"learner_kit/hub/install.py"}


def test_the_welcome_page_of_a_hub_says_what_is_so_there():
    text = (ROOT / "notebooks" / "00-welcome.ipynb").read_bytes()
    written = " ".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    assert all(said in written for said in install.ON_A_SERVER)
    shown = " ".join("".join(cell["source"]) for cell in json.loads(install._for_hub(text))["cells"])
    assert not [said for said in install.ON_A_SERVER if said in shown]
    assert all(meant in shown for meant in install.ON_A_SERVER.values())


def test_the_masters_are_read_from_where_learners_are_not():
    wanted = install._files(ROOT, install.FOR_STAFF, install.NOT_FOR_STAFF)
    assert "assessments/source/so1/so1.ipynb" in wanted and "assessments/memo/so1.toml" in wanted
    assert not any("__pycache__" in name or name.startswith(("tests/", "cohorts/", "work/")) for name in wanted)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="JupyterHub runs under Linux")
def test_the_hubs_own_file_is_python_that_stops_with_a_sentence(tmp_path):
    told = {**os.environ, "LEARNER_KIT_HUB": str(tmp_path / "none.toml")}
    code = (
        "import sys\nfrom traitlets.config import PyFileConfigLoader\n"
        f"PyFileConfigLoader('jupyterhub_config.py', path={str(DEPLOY / 'hub')!r}).load_config()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True)
    assert done.returncode == 1 and "none.toml is missing" in done.stderr and "Traceback" not in done.stderr


def test_the_hubs_lock_says_what_the_tests_lock_says():
    def blocks(path: Path) -> dict[str, str]:
        found = re.split(r"(?m)^(?=[A-Za-z0-9])", path.read_text(encoding="utf-8"))
        return {one.split("==")[0]: one.strip() for one in found if "==" in one}

    hub, tests = blocks(DEPLOY / "requirements-hub.lock"), blocks(ROOT / "requirements-test.lock")
    assert "jupyterhub" in hub and "psycopg2-binary" in hub
    for name, block in hub.items():
        assert block == tests[name], name


def test_the_values_of_the_chart_can_be_read_and_hold_to_their_word():
    yaml = pytest.importorskip("yaml")
    values = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))
    assert set(values) <= {
        "hub",
        "proxy",
        "singleuser",
        "cull",
        "scheduling",
        "prePuller",
        "ingress",
        "debug",
        "custom",
    }
    assert values["hub"]["config"]["JupyterHub"]["admin_access"] is False
    assert values["hub"]["loadRoles"]["user"]["scopes"] == ["self"]
    assert values["hub"]["db"]["url"].startswith("postgresql+psycopg2://")
    code = values["hub"]["extraConfig"]["learner-kit"]
    held: dict = {"c": type("C", (), {"KubeSpawner": type("K", (), {})})}
    exec(compile(code, "values.yaml", "exec"), held)  # our own text

    def start(*groups: str, volumes=()):
        user = type("User", (), {"groups": [type("G", (), {"name": one}) for one in groups]})
        spawner = type("Spawner", (), {})()
        spawner.user, spawner.environment, spawner.image = user, {}, "example/learner:1"
        spawner.volumes, spawner.volume_mounts = volumes, volumes
        held["before_start"](spawner)
        return spawner

    for volumes in ([], {}):
        learner, staff = start("learners", volumes=volumes), start("assessors", volumes=volumes)
        assert learner.image == "example/learner:1" and not learner.volumes
        assert learner.environment["LEARNER_KIT_ROLE"] == "learner"
        assert staff.image == "example/staff:1" and len(staff.volumes) == 1
        assert staff.default_url.endswith("assessor.ipynb")
    for groups in ((), ("learners", "facilitators")):
        with pytest.raises(PermissionError):
            start(*groups)


def test_the_learners_image_gets_the_learners_part_alone():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    stages = re.split(r"(?m)^FROM ", text)
    names = [stage.split("\n")[0].split(" AS ")[-1] for stage in stages[1:]]
    assert names == ["libraries", "parts", "base", "learner", "staff"]
    learner = stages[names.index("learner") + 1]
    assert re.findall(r"(?m)^COPY .*", learner) == [
        "COPY --from=parts /srv/learner-kit/learner /srv/learner-kit/learner"
    ]
    assert "staff" not in learner and "USER 1000" in learner
    for path in re.findall(r"(?m)^COPY ((?!--from)[^\n]*) \S+$", text):
        for one in path.replace("--chown=root:2000", "").split():
            assert (ROOT / one).exists(), one


def test_the_script_of_libraries_splits_the_lock_as_the_set_up_does(tmp_path):
    if sys.platform == "win32":
        pytest.skip("a shell script of Linux")
    text = (DEPLOY / "libraries.sh").read_text(encoding="utf-8")
    program = re.search(r"awk '(.+?)' \"", text)[1]
    done = subprocess.run(["awk", program, str(ROOT / "requirements.lock")], capture_output=True, text=True, check=True)
    named = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==", done.stdout))
    every = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert every - named == {"bagit"}
    assert subprocess.run(["sh", "-n", str(DEPLOY / "libraries.sh")]).returncode == 0


def test_hub_toml_is_toml_with_every_key_explained():
    text = (DEPLOY / "hub" / "hub.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["groups"]) == set(setting.GROUPS)
