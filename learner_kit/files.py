"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from pathlib import Path

_TRIES = 8  # a virus scanner on Windows may hold a file for a moment


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
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    # Not mkstemp: it makes files that only their owner can read, and a shared folder has other readers.
    temporary = path.parent / f".{path.name[:40]}.{secrets.token_hex(6)}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return path


def replace(source: str | Path, target: str | Path) -> None:
    """`os.replace` that waits a little while another program holds the target (Windows), then settles the folder."""
    for attempt in range(_TRIES):
        try:
            os.replace(source, target)
            break
        except PermissionError:
            if attempt == _TRIES - 1 or os.name != "nt":
                raise
            time.sleep(0.05 * 2**attempt)
    settle(Path(target).parent)


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


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
