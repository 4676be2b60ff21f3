"""Small files that many people put into one shared folder: they tell nobody's name, and may hold anything.

Nobody vouches for what lies in a folder that a whole class can write to. Only plain files of the expected name and a small
size are opened; links, pipes and whatever else are left alone; what is read is data, checked by who asked for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit import files
from learner_kit.errors import KitError

NAME = re.compile(r"[0-9a-f]{24}\.json")
LIMIT = 16_384  # bytes of such a file
MOST = 5_000  # files looked at in one folder
SOME_DAY = 946_684_800  # 1 January 2000: a file's own time must not tell who was in the room then


class Dropped(NamedTuple):
    """A file that was found: what it holds, or why it was left alone."""

    path: Path
    held: dict[str, Any] | None
    why: str = ""


def name() -> str:
    """A file name drawn by chance; it is safe on every system and tells nothing."""
    return f"{secrets.token_hex(12)}.json"


def put(path: Path, held: dict[str, Any]) -> Path:
    """Write one such file, whole or not at all, with a time that says nothing.

    Raises:
        KitError: the folder is gone, full, or may not be written to.
    """
    if not path.parent.is_dir():
        raise KitError(f"The folder {path.parent} cannot be reached. Nothing was sent; try again when it is there.")
    try:
        content = json.dumps(held, ensure_ascii=False, sort_keys=True) + "\n"
        if path.parent.stat().st_mode & stat.S_ISGID and os.name != "nt":
            _put_for_group(path, content.encode("utf-8", "surrogatepass"))
        else:
            files.write(path, content)
        with contextlib.suppress(OSError):  # some network drives keep their own times
            os.utime(path, (SOME_DAY, SOME_DAY))
    except OSError as error:
        raise KitError(
            f"Nothing was sent: the folder {path.parent} cannot be written to ({error.strerror or error}). Try again."
        ) from None
    return path


def _put_for_group(path: Path, content: bytes) -> None:
    """Write a file that the group of its folder can read from its first moment on, whatever the umask of who writes."""
    coming = path.parent / f".{secrets.token_hex(12)}.tmp"
    try:
        with open(coming, "xb") as file:
            # In a folder that is open to all, only the staff of a hub own what everybody reads: the question itself.
            everyone = path.parent.stat().st_mode & stat.S_IROTH
            os.fchmod(file.fileno(), 0o664 if everyone else 0o640)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(coming, path)
    except BaseException:
        with contextlib.suppress(OSError):
            coming.unlink()
        raise
    files.settle(path.parent)


def read(path: Path, limit: int = LIMIT) -> dict[str, Any]:
    """Read one such file.

    Raises:
        ValueError: it is no plain file, too large, or not data of this kind; the message says which.
        OSError: it cannot be read at all.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError("is no plain file")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)  # nobody can put a link or a pipe there in between
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("is no plain file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("is larger than any such file")
    return parse(content)


def parse(content: bytes) -> dict[str, Any]:
    """Read the content of such a file.

    Raises:
        ValueError: it is not data of this kind.

    Example:
        >>> parse(b'{"answer": 2}')
        {'answer': 2}
    """
    try:
        held = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ValueError("is not data that this kit writes") from None
    if not isinstance(held, dict):
        raise ValueError("is not data that this kit writes")
    return held


def found(folder: Path, limit: int = LIMIT) -> Iterator[Dropped]:
    """Every file of a shared folder, in the order of its name; what is not safe to read is named with the reason.

    Raises:
        KitError: the folder cannot be reached.
    """
    try:
        if folder.is_symlink():
            raise KitError(f"{folder} is a link, not a folder. Nothing was read from it.")
        names = sorted(one.name for one, _ in zip(os.scandir(folder), range(MOST), strict=False))
    except OSError as error:
        raise KitError(f"The folder {folder} cannot be read ({error.strerror or error}).") from None
    for one in names:
        path = folder / one
        if one.startswith(".") and one.endswith(".tmp"):
            continue  # somebody is writing it at this moment
        if not NAME.fullmatch(one):
            yield Dropped(path, None, "has a name that this kit does not give")
            continue
        try:
            yield Dropped(path, read(path, limit))
        except ValueError as error:
            yield Dropped(path, None, str(error))
        except OSError as error:
            yield Dropped(path, None, f"cannot be read ({error.strerror or error})")


def _no_number(said: str) -> float:
    raise ValueError(said)
