"""The set-up: what it decides, what it says, and one whole run from a folder of packages, without the network."""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

START = Path(__file__).parents[2] / "start.py"
Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start.py as a module that takes a temporary folder for the kit's."""
    spec = importlib.util.spec_from_file_location("start_under_test", START)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "requirements.lock").write_text("tiny==1.0 \\\n    --hash=sha256:00\n")
    (tmp_path / "requirements-test.lock").write_text(
        "tiny==1.0 \\\n    --hash=sha256:00\nmore==2 \\\n    --hash=sha256:11\n"
    )
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'kit'\n")
    return module


@pytest.fixture
def steps(start, monkeypatch):
    """The steps a set-up takes, recorded instead of done."""
    taken = []

    def make(venv):
        for entry in venv.iterdir():
            if entry.name != "setup.lock":
                entry.unlink()
        taken.append("make")

    monkeypatch.setattr(start, "make", make)
    monkeypatch.setattr(start, "install", lambda venv, wanted: taken.append(f"install {wanted}"))
    monkeypatch.setattr(start, "install_kit", lambda venv: taken.append("kit"))
    monkeypatch.setattr(start, "python_version", lambda venv: "3.12.1")
    return taken


def again(steps, action):
    steps.clear()
    action()
    return list(steps)


def test_it_can_be_read_by_an_old_python_and_needs_only_the_standard_library():
    tree = ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)
    assert not any(isinstance(node, ast.NamedExpr | ast.Match) for node in ast.walk(tree))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_fitting_python_goes_on(start, version):
    assert start.check_python(version) is None


@pytest.mark.parametrize(("version", "fault"), [((3, 6), "too old"), ((3, 10), "too old"), ((3, 14), "too new")])
def test_another_python_says_what_to_do(start, monkeypatch, version, fault):
    monkeypatch.setattr(start, "answers", lambda line: False)
    with pytest.raises(start.Stop, match=fault) as stop:
        start.check_python(version)
    assert "3.11, 3.12 or 3.13" in str(stop.value)
    assert "start.py" in str(stop.value)


def test_a_fitting_python_elsewhere_is_used(start, monkeypatch):
    monkeypatch.setattr(start.os, "name", "posix")
    monkeypatch.setattr(start, "answers", lambda line: line == ["python3.12"])
    assert start.check_python((3, 9)) == ["python3.12"]


def test_a_command_that_is_no_python_is_not_taken(start, tmp_path, monkeypatch):
    assert not start.answers(["no-such-python-anywhere"])
    assert start.answers([sys.executable])


def test_the_first_time_everything_is_done_and_the_stamp_comes_last(start, steps, monkeypatch):
    order = []
    real = start.write_stamp
    monkeypatch.setattr(start, "write_stamp", lambda *given: (order.extend(steps), real(*given)))
    start.set_up("run")
    assert order == ["make", "install run", "kit"]
    stamp = json.loads((start.folder() / start.STAMP).read_text())
    assert stamp["python"] == "3.12.1"
    assert stamp["set"] == "run"
    assert set(stamp["locks"]) == {"run"}


def test_a_second_time_nothing_is_done(start, steps):
    start.set_up("run")
    assert again(steps, lambda: start.set_up("run")) == []


def test_a_changed_lock_is_installed_without_starting_over(start, steps, tmp_path):
    start.set_up("run")
    (tmp_path / "requirements.lock").write_text("tiny==1.1 \\\n    --hash=sha256:22\n")
    assert again(steps, lambda: start.set_up("run")) == ["install run", "kit"]
    assert again(steps, lambda: start.set_up("run")) == []


def test_line_ends_of_a_lock_do_not_count(start, steps, tmp_path):
    start.set_up("run")
    lock = tmp_path / "requirements.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert again(steps, lambda: start.set_up("run")) == []


def test_tests_add_to_what_is_there_and_stay(start, steps, tmp_path):
    start.set_up("run")
    assert again(steps, lambda: start.set_up("test")) == ["install test", "kit"]
    assert again(steps, lambda: start.set_up("run")) == []
    (tmp_path / "requirements.lock").write_text("tiny==1.1 \\\n    --hash=sha256:22\n")
    assert again(steps, lambda: start.set_up("run")) == ["install test", "kit"]


def test_a_changed_pyproject_installs_only_the_kit(start, steps, tmp_path):
    start.set_up("run")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'kit'\nversion = '2'\n")
    assert again(steps, lambda: start.set_up("run")) == ["kit"]


@pytest.mark.parametrize("damage", ["none", "half", "other place", "list", "python gone"])
def test_a_half_made_venv_is_never_trusted(start, steps, monkeypatch, damage):
    start.set_up("run")
    stamp = start.folder() / start.STAMP
    whole = json.loads(stamp.read_text())
    if damage == "none":
        stamp.unlink()
    elif damage == "half":
        stamp.write_text(stamp.read_text()[:30])
    elif damage == "other place":
        stamp.write_text(json.dumps({**whole, "place": "/somewhere/else/.venv"}))
    elif damage == "list":
        stamp.write_text("[1, 2]")
    else:
        answers = iter([None, None])
        monkeypatch.setattr(start, "python_version", lambda venv: next(answers, "3.13.0"))
    assert again(steps, lambda: start.set_up("run")) == ["make", "install run", "kit"]


def test_an_install_that_breaks_off_is_made_again(start, steps, monkeypatch, tmp_path):
    start.set_up("run")
    (tmp_path / "requirements.lock").write_text("tiny==1.1 \\\n    --hash=sha256:22\n")
    with monkeypatch.context() as broken:

        def break_off(venv, wanted):
            raise KeyboardInterrupt

        broken.setattr(start, "install", break_off)
        with pytest.raises(KeyboardInterrupt):
            start.set_up("run")
    assert not (start.folder() / start.STAMP).exists()
    assert again(steps, lambda: start.set_up("run")) == ["make", "install run", "kit"]


def test_a_venv_that_someone_else_made_is_left_alone(start, steps):
    start.folder().mkdir()
    mine = start.folder() / "my work"
    mine.write_text("keep")
    with pytest.raises(start.Stop, match="not made by the kit"):
        start.set_up("run")
    assert mine.read_text() == "keep"
    assert steps == []


def test_two_at_once_take_turns(start, steps, monkeypatch):
    entered, go_on, order = threading.Event(), threading.Event(), []

    def install(venv, wanted):
        order.append("in")
        entered.set()
        go_on.wait(10)
        order.append("out")

    monkeypatch.setattr(start, "install", install)
    monkeypatch.setattr(start.time, "sleep", lambda seconds: threading.Event().wait(0.01))
    waits = threading.Event()
    monkeypatch.setattr(start, "say", lambda words: waits.set() if "Another window" in words else None)
    first = threading.Thread(target=start.set_up, args=("run",))
    first.start()
    assert entered.wait(10)
    second = threading.Thread(target=start.set_up, args=("run",))
    second.start()
    assert waits.wait(10)
    go_on.set()
    first.join(10)
    second.join(10)
    assert order == ["in", "out"]


def test_too_little_room_is_said_before_anything_is_made(start, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda path: Disk(10**12, 10**12, 3 * 10**8))
    assert start.main([]) == 1
    said = capsys.readouterr().err
    assert "0.3 GB free" in said
    assert "1.5 GB" in said
    assert "Traceback" not in said
    assert not (start.folder() / start.STAMP).exists()


def test_a_missing_venv_module_names_the_debian_package(start, monkeypatch):
    words = b"The virtual environment was not created successfully because ensurepip is not available."
    monkeypatch.setattr(start.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, words))
    start.folder().mkdir()
    with pytest.raises(start.Stop, match="python3-venv"):
        start.make(start.folder())


def test_a_folder_that_cannot_be_written_is_said_plainly(start, monkeypatch, capsys):
    def refuse(*given, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(start.Path, "mkdir", refuse)
    assert start.main([]) == 1
    said = capsys.readouterr().err
    assert "Permission denied" in said
    assert "may write in this folder" in said


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk"),
        ("WARNING: Retrying … NewConnectionError(… Temporary failure in name resolution)\nERROR: No matching "
         "distribution found for tiny==1.0", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hash"),
        ("ERROR: No matching distribution found for tiny==1.0", "missing"),
        ("ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied", "refused"),
        ("ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\x'\nHINT: This "
         "error might have occurred since this system does not have Windows Long Path support enabled.", "deep"),
        ("something new", "other"),
    ],
)  # fmt: skip
def test_what_pip_says_is_told_in_plain_words(start, words, kind):
    assert start.kind_of_fault(words) == kind
    assert start.HEADINGS[kind]
    assert start.ADVICE[kind]


def test_children_find_the_kits_commands_first_and_speak_utf8(start, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PIP_CERT", "/a/file.crt")
    given = start.children_environment(start.folder())
    assert given["PATH"].split(os.pathsep) == [str(start.scripts(start.folder())), "/usr/bin"]
    assert given["PYTHONUTF8"] == "1"
    assert "PYTHONPATH" not in given
    assert given["PIP_CERT"] == "/a/file.crt"


def test_what_is_run(start, monkeypatch):
    kit = [str(start.python_in(start.folder())), "-P", "-m", "learner_kit.cli"]
    assert start.command([]) == [*kit, "start"]
    assert start.command(["demo", "--x"]) == [*kit, "demo", "--x"]
    assert start.command(["--no-browser", "--port", "1"]) == [*kit, "start", "--no-browser", "--port", "1"]
    for word in ("-h", "--help", "--version"):
        assert start.command([word]) == [*kit, word]
    monkeypatch.setattr(start.os, "cpu_count", lambda: 1)
    assert start.command(["test"])[1:] == ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    monkeypatch.setattr(start.os, "cpu_count", lambda: 64)
    assert start.command(["test"])[1:] == ["-m", "pytest", "-n", "4", "--dist", "loadgroup"]
    assert start.command(["test", "-k", "so1"])[-2:] == ["-k", "so1"]
    assert "2" not in start.command(["test", "-n0"])


@pytest.mark.parametrize(
    ("typed", "script", "said"),
    [
        (["python3", "start.py", "demo"], "start.py", "python3 start.py"),
        (["/usr/bin/python3.12", "./start.py"], "./start.py", "python3.12 ./start.py"),
        (["python3"], "/media/a stick/start.py", 'python3 "/media/a stick/start.py"'),
        (None, "start.py", "python3 start.py"),  # a Python before 3.10
    ],
)
def test_the_kit_is_told_how_it_was_started(start, monkeypatch, typed, script, said):
    monkeypatch.delenv(start.CALLED, raising=False)
    monkeypatch.setattr(start.sys, "orig_argv", typed, raising=False)
    monkeypatch.setattr(start.sys, "argv", [script])
    assert start.named() == {start.CALLED: said}
    monkeypatch.setenv(start.CALLED, "py start.py")  # told by the start.py that went on with another Python
    assert start.named() == {start.CALLED: "py start.py"}


def test_a_command_hears_how_it_was_started_and_the_tests_do_not(start, steps, monkeypatch):
    ran = []
    monkeypatch.setattr(start, "run", lambda line, environment, place=None: ran.append(environment) or 0)
    monkeypatch.setattr(start.sys, "argv", ["start.py"])
    monkeypatch.delenv(start.CALLED, raising=False)
    assert start.main(["grade", "may"]) == start.main(["test"]) == 0
    assert ran[0][start.CALLED].endswith(" start.py") and start.CALLED not in ran[1]


@pytest.fixture
def windows(start, monkeypatch):
    """start.py as it sees Windows: `os.name` itself decides how pathlib works, so only start.py's view of it changes."""

    class Names:
        name = "nt"

        def __getattr__(self, wanted):
            return getattr(os, wanted)

    monkeypatch.setattr(start, "os", Names())
    monkeypatch.delenv(start.CALLED, raising=False)
    return start


def test_windows_names(windows, monkeypatch):
    assert windows.python_in(Path("v")).parts == ("v", "Scripts", "python.exe")
    assert windows.command([])[0].endswith("python.exe")
    monkeypatch.setattr(windows.sys, "argv", ["start.py"])
    for there, said in ((None, "python start.py"), ("C:\\Windows\\py.exe", "py start.py")):
        monkeypatch.setattr(windows.shutil, "which", lambda name, there=there: there)
        assert windows.named() == {windows.CALLED: said}
    assert windows.other_pythons()[0] == ["py", "-3.13"]
    assert "py -3.13" in windows.get_python()


def refused(number):
    """What Windows says with one of its numbers."""
    error = PermissionError(13, "refused")
    error.winerror = number
    return error


@pytest.mark.parametrize("number", [5, 32, 33])
def test_a_file_that_a_virus_scanner_looks_at_is_waited_for(start, monkeypatch, number):
    waits, tries = [], iter([refused(number), refused(number), None])
    monkeypatch.setattr(start.time, "sleep", waits.append)

    def act():
        if error := next(tries):
            raise error
        return "done"

    assert start.patiently(act) == "done"
    assert waits == [0.1, 0.2]


@pytest.mark.parametrize("error", [PermissionError(13, "not yours"), refused(1314), FileNotFoundError(2, "gone")])
def test_what_waiting_cannot_mend_is_not_waited_for(start, monkeypatch, error):
    monkeypatch.setattr(start.time, "sleep", lambda seconds: pytest.fail("waited"))

    def act():
        raise error

    with pytest.raises(type(error)):
        start.patiently(act)


def test_a_file_that_stays_open_ends_in_words(start, steps, monkeypatch, capsys):
    monkeypatch.setattr(start.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(start.os, "replace", lambda *given: (_ for _ in ()).throw(refused(32)))
    assert start.main([]) == 1
    said = capsys.readouterr().err
    assert "Close other windows of the kit" in said and "Traceback" not in said


@pytest.mark.parametrize(("enabled", "stops"), [(None, True), (0, True), (1, False)])
def test_a_folder_too_deep_for_windows_is_said_before_anything_is_fetched(windows, monkeypatch, enabled, stops):
    asked = []

    class Key:
        def __enter__(self):
            if enabled is None:
                raise OSError("no such key")
            return self

        def __exit__(self, *given):
            return False

    registry = type(sys)("winreg")
    registry.HKEY_LOCAL_MACHINE = 1
    registry.OpenKey = lambda *given: asked.append(given) or Key()
    registry.QueryValueEx = lambda key, name: (enabled, 4)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    deep = "C:/Users/Thandi Dlamini/OneDrive - Example Training Company (Pty) Ltd/Documents/learner-kit-main"
    assert windows.too_deep(Path(deep)) is stops and asked
    assert not windows.too_deep(Path("C:/Users/Thandi/learner-kit"))
    monkeypatch.setattr(windows, "too_deep", lambda place: True)
    windows.folder().mkdir()
    with pytest.raises(windows.Stop, match=r"too long together for Windows[\s\S]*short name"):
        windows.make(windows.folder())
    assert list(windows.folder().iterdir()) == []


def test_other_systems_take_deep_folders(start):
    assert not start.too_deep(Path("/" + "x" * 250))


def test_the_longest_path_that_the_set_up_makes_is_known(start):
    from importlib import metadata

    lock = (START.parent / "requirements.lock").read_text(encoding="utf-8")
    longest = 0
    for name in re.findall(r"(?m)^([A-Za-z0-9][^\s=]*)==", lock):
        with contextlib.suppress(metadata.PackageNotFoundError):  # one for another system
            for file in metadata.files(name) or []:
                longest = max(longest, len(str(file)) + len(".venv/Lib/site-packages/"))
    assert 100 < longest <= start.DEEPEST


def test_onedrive_is_known(start, monkeypatch, tmp_path):
    for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        monkeypatch.delenv(name, raising=False)
    assert not start.in_onedrive(tmp_path)
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path).upper())
    assert start.in_onedrive(tmp_path / "Documents" / "kit") and start.in_onedrive(tmp_path)
    assert not start.in_onedrive(tmp_path.with_name(tmp_path.name + " 2") / "kit")


@pytest.mark.parametrize(("programs", "own"), [(1, True), (2, True), (3, False), (0, True)])
def test_a_window_of_its_own_is_told_from_a_prompt(windows, monkeypatch, programs, own):
    import ctypes

    class Dll:
        kernel32 = type("Kernel", (), {"GetConsoleProcessList": staticmethod(lambda held, size: programs)})

    monkeypatch.setattr(ctypes, "windll", Dll, raising=False)
    monkeypatch.setattr(windows.sys, "stdin", type("Window", (), {"isatty": lambda self: True})())
    assert windows.own_window() is own
    monkeypatch.setattr(windows.sys, "stdin", None)  # no window at all
    assert not windows.own_window()


def test_a_python_of_32_bits_is_not_taken(start, monkeypatch):
    monkeypatch.setattr(start, "answers", lambda line: False)
    monkeypatch.setattr(start.sys, "maxsize", 2**31 - 1)
    with pytest.raises(start.Stop, match="32 bits"):
        start.check_python((3, 12))


def test_a_start_from_inside_a_zip_says_to_unpack_it(start, steps, tmp_path, capsys):
    (tmp_path / "requirements.lock").unlink()  # Explorer unpacks only the file that was clicked
    assert start.main([]) == 1
    assert "Unpack the whole kit" in capsys.readouterr().err


def test_a_package_is_taken_out_of_a_lock_with_its_hashes(start):
    lock = "# head\na==1 \\\n    --hash=sha256:1\nbagit==2 \\\n    --hash=sha256:2\nc==3 ; x \\\n    --hash=sha256:3\n"
    assert start.without(lock, ("bagit",)) == "# head\na==1 \\\n    --hash=sha256:1\nc==3 ; x \\\n    --hash=sha256:3\n"


# ---- one whole run, offline ------------------------------------------------------------------------------------------

BACKEND = '''
import pathlib, zipfile
WHEEL = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
def get_requires_for_build_editable(config_settings=None): return []
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "learner_kit-1-py3-none-any.whl"
    here = str(pathlib.Path(__file__).parent)
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        wheel.writestr("learner_kit.pth", here)
        wheel.writestr("learner_kit-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: learner-kit\\nVersion: 1\\n")
        wheel.writestr("learner_kit-1.dist-info/WHEEL", WHEEL)
        wheel.writestr("learner_kit-1.dist-info/RECORD", "")
    return name
'''  # fmt: skip
TINYKIT = """
import os, sys, tiny
def main():
    print("RUNS", sys.argv[1:], "tiny", tiny.VERSION, "utf8", sys.flags.utf8_mode, "here", os.getcwd())
    sys.exit(3)
main()
"""


def wheel(house: Path, version: str) -> str:
    """Build the smallest of packages by hand; return its SHA-256."""
    path = house / f"tiny-{version}-py3-none-any.whl"
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"tiny-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"tiny-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        code = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={code},{len(text)}\n"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
        out.writestr(f"tiny-{version}.dist-info/RECORD", f"{record}tiny-{version}.dist-info/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_whole_run_from_a_folder_of_packages(tmp_path):
    kit = tmp_path / "a kit with spaces & ünïcôdé Ḽ"
    house = kit / "wheelhouse"
    house.mkdir(parents=True)
    shutil.copy(START, kit / "start.py")
    (kit / "learner_kit").mkdir()
    (kit / "learner_kit" / "cli.py").write_text(TINYKIT)
    (tmp_path / "tiny.py").write_text("VERSION = 'of the folder that somebody happens to stand in'")
    (kit / "backend.py").write_text(BACKEND)
    (kit / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "learner-kit"\nversion = "1"\n'
    )

    def lock(version: str, code: str) -> None:
        (kit / "requirements.lock").write_text(f"tiny=={version} \\\n    --hash=sha256:{code}\n")

    def run() -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        # A window that shows less than the folder's name holds, as cmd does on an older Windows.
        environment.update(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        return subprocess.run(
            [sys.executable, str(kit / "start.py"), "hello", "two words"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip

    good = wheel(house, "1.0")
    lock("1.0", "0" * 64)  # a package that was changed on the way
    refused = run()
    assert refused.returncode == 1
    assert "not the one the kit asks for" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (kit / ".venv" / "learner-kit.json").exists()

    lock("1.0", good)
    first = run()
    assert first.returncode == 3, first.stderr  # the exit code of what was run
    assert "not finished" in first.stdout
    assert "RUNS ['hello', 'two words'] tiny 1.0 utf8 1" in first.stdout
    assert f"here {tmp_path}" in first.stdout

    second = run()
    assert second.stdout.splitlines() == [line for line in first.stdout.splitlines() if line.startswith("RUNS")]

    lock("1.1", wheel(house, "1.1"))
    third = run()
    assert "Making" not in third.stdout
    assert "tiny 1.1" in third.stdout
    with contextlib.suppress(OSError):
        shutil.rmtree(kit / ".venv")
