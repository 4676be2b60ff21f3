"""What Windows refuses and Linux lets pass is refused in tests as well, where files tell it.

Windows renames and removes nothing that a program has open, itself or a file in it, and has names that no file may bear. A
hook that Python asks before it touches a file says so in Windows' words. `refused` keeps what was refused and not done later.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import threading
from pathlib import PurePosixPath

from learner_kit.files import RESERVED

IN_USE = 32  # Windows' number for a file that another program has open
_FILES = "/proc/self/fd"
_NEVER = re.compile(r'[\x00-\x1f<>:"\\|?*]|[. ]$')
_asking = threading.local()
_root = ""
refused: dict[tuple[str, str], str] = {}


def watch(root: str) -> None:
    """Begin with what lies below a folder; a system that does not tell which files are open is let be."""
    global _root
    if os.path.isdir(_FILES):
        if not _root:
            sys.addaudithook(_hook)
        _root = os.path.realpath(root) + os.sep


def _hook(event: str, given: tuple) -> None:
    look = _LOOKS.get(event)
    if look is None or getattr(_asking, "now", False):
        return
    _asking.now = True
    try:
        look(*given)
    finally:
        _asking.now = False


def _renamed(source, target, source_folder=-1, target_folder=-1) -> None:
    source, target = _full(source, source_folder), _full(target, target_folder)
    _named(target)
    _not_open("rename", source)
    _not_open("rename", target)


def _removed(path, folder=-1) -> None:
    _not_open("remove", _full(path, folder))


def _opened(path, mode, flags) -> None:
    if not isinstance(path, int) and flags & os.O_CREAT:
        _named(_full(path))


def _folder_made(path, mode, folder=-1) -> None:
    _named(_full(path, folder))


def _full(path, folder: int = -1) -> str:
    path = os.fsdecode(path)
    base = os.readlink(f"{_FILES}/{folder}") if folder not in (-1, None) and not os.path.isabs(path) else os.getcwd()
    return os.path.normpath(os.path.join(base, path))


def _named(path: str) -> None:
    parts = PurePosixPath(path[len(_root) :]).parts if path.startswith(_root) else ()
    if "inbound" in parts:  # nbgrader's exchange between accounts of one Linux computer has names of its own
        return
    for part in parts:
        if (_NEVER.search(part) or part.split(".")[0].strip().casefold() in RESERVED) and _by_the_kit():
            refused["name", path] = f"Windows has no file of this name: {path}"
            error = OSError(22, "Invalid argument", path)
            error.winerror = 123
            raise error


def _by_the_kit() -> bool:
    """Tests make files of hostile names; the kit does not."""
    frame = sys._getframe()
    while frame := frame.f_back:
        if f"{os.sep}learner_kit{os.sep}" in frame.f_code.co_filename:
            return True
    return False


def _not_open(what: str, path: str) -> None:
    if not path.startswith(_root):
        return
    for number in os.listdir(_FILES):
        try:
            one = os.readlink(f"{_FILES}/{number}")
            if (one == path or one.startswith(path + os.sep)) and stat.S_ISREG(os.fstat(int(number)).st_mode):
                break
        except OSError:  # closed meanwhile
            continue
    else:
        refused.pop((what, path), None)
        return
    refused[what, path] = f"Windows does not {what} {path} while {one} is open"
    error = PermissionError(13, "The process cannot access the file because it is being used", path)
    error.winerror = IN_USE
    raise error


_LOOKS = {"os.rename": _renamed, "os.remove": _removed, "open": _opened, "os.mkdir": _folder_made}
