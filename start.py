#!/usr/bin/env python3
"""Set up the kit, then run it: `python3 start.py` opens it, `python3 start.py test` runs every test.

Standard library only. This file must be readable by old Pythons too (3.6 and up), so that they can say what they lack.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 13)
SPACE_NEEDED = 1_500_000_000  # bytes free before the first set-up
DEEPEST = 170  # letters of the longest path in the kit's folder that the set-up makes
MOST_WORKERS = 4  # processes for the tests: some start a browser, a hub or kernels of their own
CALLED = "LEARNER_KIT_CALLED"  # tells the kit how it was started, so that its messages name commands that work here
STAMP = "learner-kit.json"  # written last: a .venv without it is not finished, and is made again
FROM_SOURCE = ("bagit",)  # no wheel of it is published; setuptools and setuptools-scm of the same lock build it
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}
HEADINGS = {
    "network": "The network could not be reached, or it stopped half-way.",
    "disk": "The disk is full.",
    "hash": "A downloaded file is not the one the kit asks for: it was damaged or changed on the way.",
    "refused": "A file could not be written.",
    "deep": "The names of this folder and of those around it are too long together for Windows.",
    "missing": "A needed file could not be found for this Python and this computer.",
    "other": "The installation did not work.",
}
ADVICE = {
    "network": "Check the connection and run the same command again: what was fetched is kept.\n"
    "No internet here? Copy a folder wheelhouse/ from a computer that has it, beside start.py (README says how).",
    "disk": "Free about 1.5 GB, then run the same command again.",
    "hash": "Run the same command again. If it stays so, ask whoever runs your network; do not switch the check off.",
    "refused": "Close other windows of the kit. Make sure that you may write in this folder, then run it again.",
    "deep": "Move the kit's folder to a place with a short name, such as C:\\kit, then run start.py there.",
    "missing": "The kit's packages are made for 64-bit Windows and Linux, and for Macs with an Apple chip (macOS 12 or newer).\n"
    "If there is a folder wheelhouse/ beside start.py, it is not complete: make it again, or take it away.\n"
    "Otherwise check the connection, and whether the settings of pip name the right place.",
    "other": "Run the same command again. If it stays so, send the file named below to whoever helps you.",
}
SIGNS = (  # in pip's words, the most telling first
    ("disk", r"No space left on device|Errno 28|WinError 112|Disk quota exceeded"),
    ("hash", r"DO NOT MATCH THE HASHES|HashMismatch"),
    (
        "network",
        r"NewConnectionError|NameResolutionError|name resolution|getaddrinfo|ConnectTimeout|ReadTimeout|timed out"
        r"|Connection (?:refused|reset|aborted)|ConnectionError|ProxyError|SSLError|IncompleteRead|ProtocolError"
        r"|Network is unreachable|Max retries exceeded",
    ),
    ("deep", r"Long Path support|WinError (?:3|206)\b|Errno 36\b|File name too long"),
    ("refused", r"Permission denied|WinError 5|WinError 32|Read-only file system|Errno 13|Errno 30"),
    ("missing", r"No matching distribution found|Could not find a version|not a supported wheel"),
)


class Stop(Exception):
    """What a person has to do before the set-up can go on; the message is all they see."""


def main(arguments):
    """Set up what is not set up yet, then run the kit; return the exit code."""
    try:
        other = check_python(sys.version_info[:2])
        if other:
            say("This is Python {}.{}; going on with {}.".format(*sys.version_info[:2], " ".join(other)))
            return run([*other, str(ROOT / "start.py"), *arguments], dict(children_environment(None), **named()))
        testing = arguments[:1] == ["test"]
        set_up("test" if testing else "run")
        if testing:
            return run(command(arguments), children_environment(folder()), ROOT)
        return run(command(arguments), dict(children_environment(folder()), **named()))
    except Stop as stop:
        print("\n" + str(stop), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130


def say(words):
    """Print a line at once, whatever the window can show."""
    encoding = sys.stdout.encoding or "ascii"
    print(words.encode(encoding, "replace").decode(encoding), flush=True)


def folder():
    """Give the folder of the kit's own Python."""
    return ROOT / ".venv"


def scripts(venv):
    """Give the folder in which a .venv keeps its commands."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def python_in(venv):
    """Give the Python of a .venv."""
    return scripts(venv) / ("python.exe" if os.name == "nt" else "python")


# ---- the right Python -------------------------------------------------------------------------------------------------


def check_python(version):
    """Return None when this Python will do, else the command of one on this computer that does, else stop."""
    fits = OLDEST <= tuple(version) <= NEWEST
    if fits and sys.maxsize > 2**32:
        return None
    for command_line in other_pythons():
        if answers(command_line):
            return command_line
    fault = "too small (32 bits)" if fits else "too old" if tuple(version) < OLDEST else "too new"
    raise Stop(
        "Python {}.{} is {} for this kit. It needs Python 3.11, 3.12 or 3.13 for 64 bits.\n{}".format(
            *version, fault, get_python()
        )
    )


def other_pythons():
    """List the commands by which a fitting Python may be called, newest first."""
    versions = [f"3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    if os.name == "nt":
        return [["py", "-" + version] for version in versions]
    return [["python" + version] for version in versions]


def answers(command_line):
    """Say whether a command starts a Python that fits and that can make a .venv."""
    fits = f"{OLDEST} <= sys.version_info[:2] <= {NEWEST} and sys.maxsize > 2**32"
    probe = f"import sys, venv, ensurepip; sys.exit(not ({fits}))"
    if not shutil.which(command_line[0]):
        return False
    try:
        done = subprocess.run(
            [*command_line, "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def get_python():
    """Say how to get a fitting Python on this kind of computer."""
    if os.name == "nt":
        return "Get Python 3.13 (64-bit) from python.org, then run:  py -3.13 start.py"
    if sys.platform == "darwin":
        return "Get Python 3.13 from python.org, then run:  python3.13 start.py"
    return "Debian and Ubuntu:  sudo apt install python3.12 python3.12-venv   Then run:  python3.12 start.py"


# ---- setting up ------------------------------------------------------------------------------------------------------


def set_up(wanted):
    """Make .venv hold what `wanted` ("run" or "test") needs, and nothing half-made; do nothing when it does."""
    venv = folder()
    if finished(venv, wanted):
        return
    if venv.exists() and not venv.is_dir():
        raise Stop(f"{venv} is not a folder. Move it away, then run this again.")
    if venv.is_dir() and any(venv.iterdir()) and not (venv / "setup.lock").exists():
        raise Stop(f"{venv} was not made by the kit, so it is left alone. Move it away, then run this again.")
    try:
        venv.mkdir(exist_ok=True)
        turn = (venv / "setup.lock").open("a+b")
    except OSError as error:
        raise Stop(cannot_write(error)) from None
    with turn:
        wait_for_turn(turn)
        if finished(venv, wanted):  # another window did it meanwhile
            return
        stamp = read_stamp(venv)
        if stamp and "test" in stamp["locks"]:
            wanted = "test"  # what the tests need stays up to date with the rest
        try:
            if not stamp:
                make(venv)
            if not stamp or not locks_match(stamp, wanted):
                if stamp:
                    patiently((venv / STAMP).unlink)
                install(venv, wanted)
            install_kit(venv)
            write_stamp(venv, wanted)
        except OSError as error:
            raise Stop(cannot_write(error)) from None
        say("The kit is set up.")


def finished(venv, wanted):
    """Say whether .venv was made to its end, from these locks, for this place, and its Python still starts."""
    stamp = read_stamp(venv)
    return bool(stamp) and locks_match(stamp, wanted) and stamp["kit"] == digest(ROOT / "pyproject.toml")


def read_stamp(venv):
    """Read what a finished .venv says of itself; None when it is not finished, was moved, or does not start."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        fits = stamp["place"] == str(venv) and isinstance(stamp["locks"], dict) and isinstance(stamp["kit"], str)
        version = stamp["python"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return stamp if fits and python_version(venv) == version else None


def python_version(venv):
    """Ask the Python of a .venv for its version; None when it does not answer."""
    try:
        done = subprocess.run(
            [str(python_in(venv)), "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            env=children_environment(None),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else None


def locks_match(stamp, wanted):
    """Say whether what is installed came from the lock files as they are now."""
    held = stamp["locks"]
    needed = ("run", "test") if wanted == "test" else ("run",)
    return all(held.get(name) == digest(ROOT / LOCKS[name]) for name in needed)


def write_stamp(venv, wanted):
    """Say, last of all and in one step, that .venv is finished."""
    names = ("run", "test") if wanted == "test" else ("run",)
    stamp = {
        "python": python_version(venv),
        "set": wanted,
        "locks": {name: digest(ROOT / LOCKS[name]) for name in names},
        "kit": digest(ROOT / "pyproject.toml"),
        "place": str(venv),
    }
    half = venv / (STAMP + ".new")
    half.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    patiently(lambda: os.replace(str(half), str(venv / STAMP)))


def digest(path):
    """Give the SHA-256 of a text file, the same whatever its line ends."""
    try:
        return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        raise Stop(
            f"{path} is missing. Unpack the whole kit (from a zip: all of it), then run start.py there."
        ) from None


def make(venv):
    """Make a fresh .venv, in place of whatever half-made one stands there."""
    if too_deep(ROOT):
        raise Stop(
            "\n".join(["{} ({} letters)".format(HEADINGS["deep"][:-1], len(str(ROOT))), str(ROOT), ADVICE["deep"]])
        )
    if in_onedrive(ROOT):
        say(
            "Note: this folder is in OneDrive, which copies all of it to the internet, learners' work too, and slows it down."
            "\nA folder outside OneDrive is better for the kit."
        )
    free = shutil.disk_usage(str(ROOT)).free
    if free < SPACE_NEEDED:
        raise Stop(
            f"There is too little room on the disk of {ROOT}: {free / 1e9:.1f} GB free, about {SPACE_NEEDED / 1e9:.1f} GB needed.\n"
            "Free some room, then run the same command again."
        )
    if any(entry.name != "setup.lock" for entry in venv.iterdir()):
        say("An earlier set-up was not finished or does not fit any more: making it again.")
        empty(venv)
    say(f"Making the kit's own Python in {venv} ...")
    # From within a .venv, make the new one from the Python it was itself made from.
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run(
        [base, "-m", "venv", str(venv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=children_environment(None),  # UTF-8, for a folder with letters that this window cannot show
    )
    words = done.stdout.decode("utf-8", "replace")
    if done.returncode == 0:
        return
    if "ensurepip" in words or "No module named venv" in words:
        raise Stop(
            "This Python cannot make a folder of its own: its parts `venv` and `ensurepip` are missing.\n"
            "Debian and Ubuntu:  sudo apt install python3-venv   Then run the same command again."
        )
    raise Stop(f"Making {venv} did not work:\n{words.strip()[-1500:]}\n{ADVICE[kind_of_fault(words)]}")


def empty(venv):
    """Delete what is in .venv but the lock file that this window holds."""
    for entry in venv.iterdir():
        if entry.name == "setup.lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            patiently(lambda: shutil.rmtree(str(entry)))  # noqa: B023 (done before the next one)
        else:
            patiently(entry.unlink)


def patiently(act):
    """Do something with a file, again for some seconds while another program looks at it: Windows refuses it then."""
    for turn in range(6):
        try:
            return act()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in (5, 32, 33):
                raise
            time.sleep(0.1 * 2**turn)
    return act()


def too_deep(place):
    """Say whether Windows would refuse the longest paths below a folder: it takes 259 letters unless told otherwise."""
    if os.name != "nt" or len(str(place)) + 1 + DEEPEST <= 259:
        return False
    try:
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] != 1
    except (ImportError, OSError):
        return True


def in_onedrive(place):
    """Say whether a folder is one that OneDrive copies to the internet."""
    homes = [os.environ.get(name) for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")]
    inside = [str(place).lower(), *(str(parent).lower() for parent in Path(place).parents)]
    return any(home and str(Path(home)).lower() in inside for home in homes)


def install(venv, wanted):
    """Install every package of a lock, each checked against its hash; nothing outside the lock is fetched."""
    lock = ROOT / LOCKS[wanted]
    count = len(re.findall(r"(?m)^[A-Za-z0-9][^\s=]*==", lock.read_text(encoding="utf-8")))
    if offline():
        say(f"Installing up to {count} packages from the folder wheelhouse, without the network ...")
    else:
        say(f"Fetching and installing up to {count} packages. The first time takes some minutes ...")
    wheels = venv / "wheels-only.lock"
    wheels.write_text(without(lock.read_text(encoding="utf-8"), FROM_SOURCE), encoding="utf-8")
    hashed = ["--require-hashes", "--no-deps"]
    pip(venv, [*hashed, "--only-binary", ":all:", "-r", str(wheels)], count)
    pip(venv, [*hashed, "--no-build-isolation", "-r", str(lock)])


def install_kit(venv):
    """Install the kit itself from its folder, so that a changed file counts at once."""
    pip(venv, ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    # pip writes down in UTF-8 where the kit is; Python 3.11 and 3.12 on Windows read that in another encoding. The way from
    # there to here needs no letters that could be read otherwise.
    for path in venv.glob(("Lib" if os.name == "nt" else "lib/python*") + "/site-packages/learner_kit.pth"):
        path.write_text(os.path.relpath(str(ROOT), str(path.parent)) + "\n", encoding="ascii")


def without(lock, names):
    """Take packages out of the text of a lock."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
    return "\n".join(block for block in blocks if block.split("==")[0] not in names)


def offline():
    """Give the folder of packages beside start.py, if there is one."""
    house = ROOT / "wheelhouse"
    return house if house.is_dir() else None


def pip(venv, arguments, count=0):
    """Run pip's install, keep what it says in a file, show how far it is; stop with plain words when it fails."""
    line = [str(python_in(venv)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if offline():
        line += ["--no-index", "--find-links", str(offline())]
    log = venv / "setup.log"
    words = []
    shown = sys.stdout.isatty() and count
    with log.open("ab") as out:
        environment = dict(children_environment(venv), PIP_USER="0", PYTHONIOENCODING="utf-8")
        process = subprocess.Popen(
            line + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=str(ROOT)
        )
        seen = 0
        try:
            for raw in process.stdout:
                out.write(raw)
                words.append(raw.decode("utf-8", "replace"))
                if words[-1].startswith(("Collecting ", "Requirement already")):
                    seen += 1
                    if shown:
                        print(f"\r  {seen} of {count}", end="", flush=True)
                elif shown and words[-1].startswith("Installing collected"):
                    print("\r  all fetched; unpacking ...", end="", flush=True)
            process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if shown:
        print()
    if process.returncode:
        text = "".join(words)
        kind = kind_of_fault(text)
        last = [word.strip() for word in words if word.lower().startswith(("error", "[error"))][-3:]
        raise Stop("\n".join([HEADINGS[kind], ADVICE[kind], f"What pip said: {log}", *last]))


def kind_of_fault(words):
    """Read from pip's words what went wrong."""
    for kind, pattern in SIGNS:
        if re.search(pattern, words):
            return kind
    return "other"


def cannot_write(error):
    """Say in plain words that a file could not be written."""
    if getattr(error, "errno", None) == 28:
        return "\n".join([HEADINGS["disk"], ADVICE["disk"]])
    return "The set-up cannot write in {}: {}.\n{}".format(ROOT, error.strerror or error, ADVICE["refused"])


def wait_for_turn(turn):
    """Hold the set-up to one window at a time; the lock ends with its process, whatever happens to it."""
    said = False
    while not take(turn):
        if not said:
            say("Another window is setting up the kit: waiting for it ...")
            said = True
        time.sleep(0.5)


def take(turn):
    """Try to lock an open file for this process."""
    try:
        if os.name == "nt":
            import msvcrt

            turn.seek(0)
            msvcrt.locking(turn.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# ---- running ---------------------------------------------------------------------------------------------------------


def children_environment(venv):
    """Give the environment for what is started: .venv's commands first, UTF-8, nothing of another Python."""
    environment = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        environment.pop(name, None)
    environment["PYTHONUTF8"] = "1"
    if venv is not None:
        environment["VIRTUAL_ENV"] = str(venv)
        environment["PATH"] = os.pathsep.join([str(scripts(venv)), environment.get("PATH", "")])
    return environment


def named():
    """Give the environment variable that says how a person typed this file's name; one that is set already stays."""
    script = sys.argv[0] or "start.py"
    if os.name == "nt":
        python = "py" if shutil.which("py") else "python"
    else:
        typed = getattr(sys, "orig_argv", None) or ["python3"]  # Pythons before 3.10 do not tell
        python = os.path.basename(typed[0]) or "python3"
    spaced = f'"{script}"' if " " in script else script
    return {CALLED: os.environ.get(CALLED) or f"{python} {spaced}"}


def command(arguments):
    """Turn what stands after start.py into the command to run."""
    if arguments[:1] == ["test"]:
        given = arguments[1:]
        spread = any(word.startswith(("-n", "--numprocesses", "--pdb")) or word == "-s" for word in given)
        count = min((os.cpu_count() or 1) + 1, MOST_WORKERS)  # one more than processors: they often wait for a browser
        workers = [] if spread else ["-n", str(count), "--dist", "loadgroup"]
        return [str(python_in(folder())), "-m", "pytest", *workers, *given]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = ["start", *arguments]  # options without a command are those of `start`
    # Not by learner-kit.exe: virus scanners know the signed Python, and mistrust small programs made here.
    return [str(python_in(folder())), "-P", "-m", "learner_kit.cli", *arguments]


def run(line, environment, place=None):
    """Run a command to its end and give its exit code; Ctrl+C is the command's to answer."""
    sys.stdout.flush()
    process = subprocess.Popen(line, env=environment, cwd=str(place) if place else None)
    if os.name != "nt":
        import signal

        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 128 - code


def own_window():
    """Say whether this window was opened for start.py alone (by a double click on Windows): it would close at once."""
    if os.name != "nt" or not (sys.stdin and sys.stdin.isatty()):
        return False
    try:
        import ctypes

        return ctypes.windll.kernel32.GetConsoleProcessList((ctypes.c_uint * 8)(), 8) <= 2  # this Python and `py`
    except (ImportError, AttributeError, OSError):
        return False


if __name__ == "__main__":
    exit_code = main(sys.argv[1:])
    if exit_code and own_window():
        input("\nPress Enter to close this window.")
    sys.exit(exit_code)
