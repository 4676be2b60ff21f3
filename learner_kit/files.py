"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path

# Windows lets nobody rename or remove what a program has open: not a virus scanner that only looks, not Excel.
_HELD = {5, 32, 33}  # its numbers for "denied", "in use" and "locked"
HELD = (
    "another program has it open, or a file in it (Excel, Word, a window of the folder, another window of the kit); close "
    "it there and try again"
)
_WAITS = [0.05 * 2**turn for turn in range(7)]  # six seconds in all
# Names that Windows keeps for itself, whatever their ending.
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"}
RESERVED |= {f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"}


def write(path: str | Path, content: bytes | str) -> Path:
    """Write a file whole or not at all: a temporary file beside it, flushed to disk, then put in its place.

    Args:
        path: where it goes; its folder is made.
        content: bytes, or text, which is written as UTF-8 with plain newlines.

    Returns:
        The path.

    Raises:
        OSError: the disk is full, or the folder may not be written to; what stood there still stands.
    """
    write_many({Path(path): content})
    return Path(path)


def write_many(contents: Mapping[Path, bytes | str]) -> None:
    """Write several files, each whole or not at all: all are flushed to disk before the first is put in its place.

    Args:
        contents: what goes where; bytes, or text, which is written as UTF-8 with plain newlines. Folders are made.

    Raises:
        OSError: the disk is full, or a folder may not be written to. No half file and no temporary one is left.
    """
    temporary: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not mkstemp: it makes files that only their owner can read, and a shared folder has other readers.
            temporary[path] = path.parent / f".{path.name[:40]}.{secrets.token_hex(6)}.tmp"
            with open(temporary[path], "xb") as file:
                file.write(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        for one in temporary.values():  # in a second round: the disk can take them together
            with open(one, "rb+") as file:
                os.fsync(file.fileno())
        for path, one in temporary.items():
            replace(one, path, False)
        for folder in {path.parent for path in contents}:
            settle(folder)
    except BaseException:
        for one in temporary.values():
            with contextlib.suppress(OSError):
                one.unlink()
        raise


def new_folder(parent: Path, prefix: str) -> Path:
    """Make a folder of a new name that others may enter as they may enter its parent; `mkdtemp` would shut them out."""
    made = parent / f"{prefix}{secrets.token_hex(6)}"
    made.mkdir()
    return made


def share(folder: Path) -> None:
    """Let the group of a shared folder (setgid, as on a hub) read and write all that is in it; else do nothing."""
    about = folder.stat()
    if os.name == "nt" or not about.st_mode & stat.S_ISGID:
        return
    for one in (folder, *folder.rglob("*")):
        if not one.is_symlink():
            os.chown(one, -1, about.st_gid)
            one.chmod(0o2770 if one.is_dir() else 0o660)


def sweep(folder: Path) -> None:
    """Take away the temporary files that a killed process left in a folder; only for who alone writes there."""
    for one in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            one.unlink()


def replace(source: str | Path, target: str | Path, settled: bool = True) -> None:
    """`os.replace` that waits a little while another program holds a file (Windows), then settles the folder."""

    def act() -> None:
        try:
            os.replace(source, target)
        except PermissionError as error:
            if held(error) and Path(target).is_file():  # a graded file is marked read-only, which only Windows minds
                os.chmod(target, stat.S_IWRITE)
                os.replace(source, target)
                return
            raise

    _patiently(act)
    if settled:
        settle(Path(target).parent)


def remove(path: str | Path) -> None:
    """Take a file away, if it is there, waiting a little while another program holds it (Windows)."""
    _patiently(lambda: Path(path).unlink(missing_ok=True))


def clear(folder: str | Path) -> bool:
    """Take a folder away with all that is in it, as far as it goes; say whether nothing is left of it.

    On Windows it waits a little while another program holds a file, and takes read-only files too.
    """
    folder = Path(folder)
    for wait in (0, *_WAITS):
        time.sleep(wait)
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return True
        if os.name != "nt":
            return False
        for one in folder.rglob("*"):
            with contextlib.suppress(OSError):
                one.chmod(stat.S_IWRITE)
    return False


def held(error: OSError) -> bool:
    """Whether Windows refused something because another program has the file, or one in the folder, open."""
    return getattr(error, "winerror", None) in _HELD


def _patiently(act: Callable[[], object]) -> None:
    """Do it, again and again for some seconds while another program holds the file; then the error says what to close."""
    for wait in (*_WAITS, None):
        try:
            act()
            return
        except PermissionError as error:
            if not held(error):
                raise
            if wait is None:
                error.strerror = HELD
                raise
            time.sleep(wait)


def settle(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut, where the system lets a folder be flushed."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def typed(said: str) -> str:
    """A path as somebody typed or pasted it: without spaces around it, and the quotation marks of "Copy as path" (Windows).

    Example:
        >>> typed(' "E:/class of May" ')
        'E:/class of May'
    """
    said = said.strip()
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        said = said[1:-1].strip()
    return os.path.expanduser(said)


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
