"""The packages beside an edition that is set up without a network: fetched once, each checked against the lock.

pip asks of the computer it runs on which lines of a lock count. A wheelhouse is for other computers, so the lines are
chosen here, for each platform and each Python, before pip fetches them.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit.errors import KitError

FOLDER = "wheelhouse"  # start.py looks for it beside itself
PYTHONS = ("3.11", "3.12", "3.13")
_GLIBC = (5, 12, 17, 24, 26, 27, 28, 31, 34)  # manylinux_2_x, which pip does not count down by itself


@dataclass(frozen=True)
class Platform:
    """A kind of computer, as pip's tags and a lock's conditions name it."""

    name: str
    tags: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]


def _linux(machine: str) -> Platform:
    tags = [f"manylinux_2_{minor}_{machine}" for minor in reversed(_GLIBC)]
    tags += [f"manylinux{name}_{machine}" for name in ("2014", "2010", "1")] + [f"linux_{machine}"]
    said = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": machine}
    return Platform(f"linux_{machine}", tuple(tags), tuple(said.items()))


_WINDOWS = {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"}
_MACOS = {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"}
# None for Macs with an Intel chip, nor for Windows on ARM: some packages of the lock have no wheel for them.
PLATFORMS = {
    one.name: one
    for one in (
        Platform("win_amd64", ("win_amd64",), tuple(_WINDOWS.items())),
        _linux("x86_64"),
        _linux("aarch64"),
        Platform("macos_arm64", ("macosx_12_0_arm64",), tuple(_MACOS.items())),
    )
}


def here() -> str:
    """The platform of this computer.

    Raises:
        KitError: it is none that packages are fetched for.
    """
    import platform

    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    name = {
        ("win32", "x86_64"): "win_amd64",
        ("darwin", "aarch64"): "macos_arm64",
    }.get((sys.platform, machine), f"{sys.platform}_{machine}")
    _known("platform", [name], PLATFORMS)
    return name


def this_python() -> str:
    """The Python that runs, as pip names it."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def said(platforms: Sequence[str], pythons: Sequence[str]) -> str:
    """What a wheelhouse is for, in words, once all names are known ones.

    Example:
        >>> said(["win_amd64"], ["3.12", "3.13"])
        'win_amd64 with Python 3.12, 3.13'
    """
    _known("platform", platforms, PLATFORMS)
    _known("Python", pythons, PYTHONS)
    return f"{', '.join(platforms)} with Python {', '.join(pythons)}"


def chosen(lock: str, platform: Platform, python: str) -> list[str]:
    """The entries of a lock that count on a platform with a Python, their conditions taken away.

    Args:
        lock: the text of a lock with hashes.
        platform: one of `PLATFORMS`.
        python: in full, such as 3.11.9.

    Example:
        >>> lock = "a==1 ; os_name == 'nt'" + chr(10) + "b==2 ; python_full_version < '3.12'"
        >>> chosen(lock, PLATFORMS["win_amd64"], "3.12.1"), chosen(lock, PLATFORMS["linux_x86_64"], "3.11.1")
        (['a==1'], ['b==2'])
    """
    from packaging.markers import Marker

    kept = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        head, _, hashes = block.partition("\\\n")
        said, _, condition = head.strip().partition(";")
        if not block.startswith("#") and (
            not condition.strip() or Marker(condition.strip()).evaluate(_environment(platform, python))
        ):
            kept.append(said.strip() + (f" \\\n{hashes.rstrip()}" if hashes else ""))
    return kept


def _environment(platform: Platform, full: str) -> dict[str, str]:
    return {
        **dict(platform.conditions),
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_full_version": full,
        "python_version": full.rpartition(".")[0],
        "implementation_version": full,
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }


def fetch(
    home: Path,
    house: Path,
    platforms: Sequence[str],
    pythons: Sequence[str] = PYTHONS,
    doing: Callable[[str], Any] = lambda _: None,
) -> int:
    """Fetch every package of the lock for the chosen computers into a folder; nothing without its hash.

    Args:
        home: the kit's folder, with requirements.lock and start.py.
        house: the folder to fill; it is made.
        platforms: names of `PLATFORMS`.
        pythons: such as 3.11; those that learners may have.
        doing: told what is being fetched.

    Returns:
        How many bytes the folder holds.

    Raises:
        KitError: a platform or Python is not known, or pip could not fetch something, and why.
    """
    _known("platform", platforms, PLATFORMS)
    _known("Python", pythons, PYTHONS)
    house.mkdir(parents=True, exist_ok=True)
    lock = (home / "requirements.lock").read_text(encoding="utf-8")
    start = _start(home)
    wheels = start.without(lock, start.FROM_SOURCE)
    sources = start.without(lock, [name for name in _names(lock) if name not in start.FROM_SOURCE])
    for name in dict.fromkeys(platforms):
        one = PLATFORMS[name]
        for python in dict.fromkeys(pythons):
            doing(f"{name}, Python {python}")
            newest, oldest = f"{python}.99", f"{python}.0"
            first = chosen(wheels, one, newest)
            others = [block for block in chosen(wheels, one, oldest) if block not in first]
            for full, blocks in ((newest, first), (oldest, others)):
                if blocks:
                    _download(start, house, "\n".join(blocks), ["--only-binary", ":all:", *_tags(one, full)])
    doing("what comes as source only")
    _download(start, house, sources, ["--no-binary", ",".join(start.FROM_SOURCE), "--no-build-isolation"])
    return sum(path.stat().st_size for path in house.iterdir())


def _known(what: str, said: Iterable[str], known: Iterable[str]) -> None:
    strange = [one for one in said if one not in known]
    if strange or not said:
        raise KitError(
            f"There is no {what} {', '.join(strange) or '(none named)'} here; there are: {', '.join(known)}."
        )


def _names(lock: str) -> list[str]:
    return re.findall(r"(?m)^([A-Za-z0-9][^\s=]*)==", lock)


def _tags(platform: Platform, python: str) -> list[str]:
    short = "".join(python.split(".")[:2])
    tags = [part for tag in platform.tags for part in ("--platform", tag)]
    abis = [part for abi in (f"cp{short}", "abi3", "none") for part in ("--abi", abi)]
    return [*tags, "--python-version", python, "--implementation", "cp", *abis]


def _start(home: Path) -> Any:
    """start.py as a module: what it installs from source, and how it reads pip's words, is said there alone."""
    spec = importlib.util.spec_from_file_location("learner_kit_start", home / "start.py")
    if spec is None or spec.loader is None or not (home / "start.py").is_file():
        raise KitError(f"{home / 'start.py'} is missing. Fetch the kit again.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _download(start: Any, house: Path, lock: str, options: list[str]) -> None:
    listed = house / ".listed.txt"
    listed.write_text(lock, encoding="utf-8", newline="\n")
    line = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-deps"]
    line += ["--require-hashes", "--dest", str(house), *options, "-r", str(listed)]
    try:
        done = subprocess.run(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    finally:
        listed.unlink(missing_ok=True)
    if done.returncode:
        words = done.stdout.decode("utf-8", "replace")
        kind = start.kind_of_fault(words)
        last = [one for one in words.splitlines() if one.lower().startswith("error")][-3:]
        raise KitError("\n".join([f"The packages could not be fetched. {start.HEADINGS[kind]}", *last]))
