"""What Windows does otherwise than this system: files that are open, names, ends of lines, paths. See tests/windowslike.py."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from learner_kit import files, screen, settings
from learner_kit.course.cohort import NAME, create, open_cohort, quoted
from learner_kit.course.submission import Refused, inspect
from learner_kit.editions import readmes
from learner_kit.errors import KitError
from learner_kit.upkeep import backup, moving

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not tell what is open")


@pytest.fixture
def sleeps(monkeypatch):
    """What would be slept, and what is done meanwhile."""
    made: list[float] = []
    monkeypatch.setattr(files.time, "sleep", made.append)
    return made


def test_the_stand_in_refuses_what_windows_refuses(tmp_path, windows_would_do_it_too):
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "a.txt"
    with path.open("w"):
        for act in (path.unlink, lambda: path.rename(path.with_name("b")), lambda: path.parent.rename(tmp_path / "c")):
            with pytest.raises(PermissionError) as refused:
                act()
            assert refused.value.winerror == 32
    for name in ("CON.txt", "a:b", "dot.", "what?"):
        (tmp_path / name).mkdir()  # a test may make what it likes, the kit may not
        with pytest.raises(OSError):
            files.write(tmp_path / name / "a.txt", "")
    assert {what for what, _ in windows_would_do_it_too} == {"remove", "rename", "name"}
    path.unlink()
    windows_would_do_it_too.clear()


def test_a_file_that_is_open_for_a_moment_is_waited_for(tmp_path, monkeypatch, sleeps):
    path = tmp_path / "answers.json"
    files.write(path, "old")
    held = path.open()
    monkeypatch.setattr(
        files.time, "sleep", lambda wait: sleeps.append(wait) or (held.close() if len(sleeps) == 2 else 0)
    )
    files.write(path, "new")
    assert path.read_text(encoding="utf-8") == "new" and sleeps == [0.05, 0.1]


def test_a_file_that_stays_open_says_what_to_close(tmp_path, sleeps, windows_would_do_it_too):
    path = tmp_path / "results.csv"
    files.write(path, "old")
    with path.open() as held:
        with pytest.raises(PermissionError) as refused:
            files.write(path, "new")
        with pytest.raises(PermissionError):
            files.remove(path)
        assert held.read() == "old"
    assert "Excel" in refused.value.strerror and "close it there" in refused.value.strerror
    assert 5 < sum(sleeps) / 2 < 10
    assert [one.name for one in tmp_path.iterdir()] == ["results.csv"]
    windows_would_do_it_too.clear()


def test_what_waiting_cannot_mend_is_said_at_once(tmp_path, sleeps):
    with pytest.raises(OSError):
        files.replace(tmp_path / "gone", tmp_path / "there")
    files.remove(tmp_path / "gone")
    assert sleeps == []


@pytest.mark.parametrize(
    "name", ["CON", "con.2027", "Lpt1", "May.", "May ", "aux .x", "", ".x", "a/b", "a:b", "x" * 61]
)
def test_a_class_has_a_name_that_every_system_can_keep(tmp_path, name):
    assert not NAME.fullmatch(name)
    if name and "/" not in name:
        with pytest.raises(KitError, match="cannot be called"):
            create(tmp_path / name)


@pytest.mark.parametrize("name", ["May 2027", "conference", "a", "class_1.2", "Com10", "x" * 60])
def test_an_ordinary_name_is_taken(name):
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("text", ["sqlite:///C:\\records\\new\\unit.db", 'a "quoted" \\ seed', "Mokwena Ḽ"])
def test_a_path_of_windows_stands_in_settings_as_it_is(text):
    assert tomllib.loads(f"db_url = {quoted(text)}") == {"db_url": text}


def test_a_backup_is_made_from_a_folder_of_any_name(cohort, tmp_path):
    place = tmp_path / "50% done #1 ünï"
    cohort.engine.dispose()
    cohort.path.rename(place)
    there = open_cohort(place)
    made = backup.backup(there, tmp_path, "tests")
    there.engine.dispose()
    assert made.holdings["kit_learners"].rows == 3


def test_a_cohort_that_is_open_elsewhere_stays_when_a_backup_is_put_in_its_place(
    cohort, tmp_path, sleeps, windows_would_do_it_too
):
    made = backup.backup(cohort, tmp_path / "copies.zip", "tests")
    cohort.engine.dispose()
    with (cohort.path / "gradebook.db").open("rb"), pytest.raises(KitError, match="close it there"):
        backup.restore(made.path, cohort.path, replace=True)
    windows_would_do_it_too.clear()
    assert open_cohort(cohort.path).name == cohort.name
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".", "class.before"))] == []


def test_a_class_that_cannot_be_put_in_place_comes_back(cohort, tmp_path, monkeypatch):
    made = backup.backup(cohort, tmp_path / "copies.zip", "tests")
    cohort.engine.dispose()
    real = files.replace

    def replace(source, target, settled=True):
        if Path(source).name.startswith(".class") and target == cohort.path:
            raise PermissionError(13, "in use")
        return real(source, target, settled)

    monkeypatch.setattr(backup.files, "replace", replace)
    with pytest.raises(KitError, match="in use"):
        backup.restore(made.path, cohort.path, replace=True)
    assert open_cohort(cohort.path).name == cohort.name
    assert sorted(one.name for one in tmp_path.iterdir()) == ["class", "copies.zip"]


def test_records_that_stand_elsewhere_though_the_old_file_is_open(
    cohort, tmp_path, sleeps, windows_would_do_it_too, monkeypatch
):
    def prepare(url):  # without nbgrader's long way
        made = moving.records.engine(url)
        for one in moving.tables.known():
            one.create(made)
        made.dispose()

    monkeypatch.setattr(moving.records, "prepare", prepare)
    cohort.engine.dispose()
    with (cohort.path / "gradebook.db").open("rb"), pytest.raises(KitError, match="close it there") as said:
        moving.move(cohort, f"sqlite:///{tmp_path}/new.db", "tests")
    windows_would_do_it_too.clear()
    assert "stand in sqlite:///" in str(said.value) and "rename it" in str(said.value)
    assert open_cohort(cohort.path).db_url.endswith("new.db")


def test_the_batch_file_starts_one_python_once():
    lines = readmes.BAT.split("\r\n")
    assert "\n" not in readmes.BAT.replace("\r\n", "") and readmes.BAT.isascii()
    # `a && b || c` would start python as well whenever py ended with a fault.
    assert not re.search(r"&&|\|\|", readmes.BAT)
    assert sum("start.py" in line for line in lines) == 1


def test_settings_that_an_old_editor_saved_say_how_to_save_them(tmp_path):
    for content in ("name = 'Café'\r\n".encode("cp1252"), "name = 'Café'\r\n".encode("utf-16")):
        path = tmp_path / "provider.toml"
        path.write_bytes(content)
        with pytest.raises(KitError, match="UTF-8"):
            settings.read(path)
    path.write_bytes("name = 'Café'\r\nplace = 'Durban'\r\n".encode("utf-8-sig"))
    assert settings.read(path) == {"name": "Café", "place": "Durban"}


def test_a_hand_in_whose_path_windows_could_not_keep_is_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr(f"evidence/{'long' * 30}.txt", "x")
        made.writestr("evidence/COM¹.txt", "x")
    with pytest.raises(Refused, match=r"longer than 120[\s\S]*Windows cannot keep"):
        inspect(tmp_path / "x.zip")


# ---- the source ------------------------------------------------------------------------------------------------------

KIT = Path(files.__file__).parent
SOURCES = [one for one in sorted(KIT.rglob("*.py")) if "hub" not in one.relative_to(KIT).parts]  # a hub runs on Linux
POSIX_OS = {
    "chown",
    "fchmod",
    "fchown",
    "fork",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getuid",
    "killpg",
    "mkfifo",
}
POSIX_OS |= {"O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "getpgid", "nice", "setsid", "uname", "wait", "waitpid"}
POSIX_SIGNALS = {"SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "pause", "setitimer", "sigwait"}
POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
GUARDED = {  # each looks first whether the system has it, or is for a hub's accounts alone
    "files.py": {"chown"},
    "serve.py": {"geteuid"},
    "course/dropped.py": {"fchmod"},
    "course/exchange.py": {"fchmod", "pwd"},
    "course/arrivals.py": {"pwd"},
}


def parsed():
    for one in SOURCES:
        yield one.relative_to(KIT).as_posix(), ast.parse(one.read_text(encoding="utf-8"))


def test_nothing_is_used_that_only_posix_has():
    found: dict[str, set[str]] = {}
    for name, tree in parsed():
        used = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used |= {node.attr} & {"os": POSIX_OS, "signal": POSIX_SIGNALS}.get(node.value.id, set())
            elif isinstance(node, ast.Import | ast.ImportFrom):
                named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                used |= POSIX_MODULES.intersection(named)
        if used:
            found[name] = used
    assert found == GUARDED


def test_text_is_never_read_or_written_in_the_computers_own_encoding():
    said = []
    for name, tree in parsed():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            words = {one.arg: one.value for one in call.keywords}
            # open(path, mode), but path.open(mode); a zip's own open takes bytes alone.
            mode = words.get("mode", [*call.args, None, None][1 if isinstance(call.func, ast.Name) else 0])
            plain = mode is None or (isinstance(mode, ast.Constant) and re.fullmatch("[rwxa]t?[+]?", str(mode.value)))
            given = call.args or call.keywords  # a channel of widgets opens with nothing
            whole = called in ("read_text", "write_text") or (called == "open" and given and plain)
            run = ast.unparse(call.func).startswith("subprocess.") and {"text", "universal_newlines"} & words.keys()
            if (whole or run) and "encoding" not in words:
                said.append(f"{name}:{call.lineno} {ast.unparse(call)[:60]}")
    assert said == []


def test_no_date_is_written_with_a_code_that_windows_lacks():
    codes = re.compile(r"%(?:-[a-zA-Z]|[eklPsR]\b)")
    for name, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.FormattedValue) and node.format_spec:
                for part in node.format_spec.values:
                    if isinstance(part, ast.Constant):
                        assert not codes.search(part.value), name
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "strftime":
                assert not any(isinstance(one, ast.Constant) and codes.search(str(one.value)) for one in node.args), (
                    name
                )


def test_a_table_on_the_screen_ends_its_lines_once(capsys):
    screen.rows("a,b\r\n1,2\r\n")  # Windows makes \r\n of \n
    assert capsys.readouterr().out == "a,b\n1,2\n"


def test_a_path_may_be_pasted_with_its_quotation_marks():
    assert files.typed('"C:\\Users\\Thandi\\class of May"') == "C:\\Users\\Thandi\\class of May"
    assert files.typed("  /media/stick ") == "/media/stick" and files.typed('"') == '"' and files.typed("") == ""
