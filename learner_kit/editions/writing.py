"""Writing an edition: a folder or a zip, whole or not at all, the same bytes for the same source."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from learner_kit import files
from learner_kit.errors import KitError

DAY = (1980, 1, 1, 0, 0, 0)  # the first day a zip can tell: an edition does not say when it was made
PACKED = {".whl", ".gz", ".zip", ".png", ".pdf", ".docx", ".xlsx"}  # what is packed already is only stored


class Written(NamedTuple):
    """An edition on disk."""

    path: Path
    count: int
    size: int


def check(out: str | Path) -> Path:
    """The place an edition may go to.

    Raises:
        KitError: something stands there already.
    """
    path = Path(out).expanduser().absolute()
    with contextlib.suppress(OSError):
        if path.is_dir() and not any(path.iterdir()):
            return path
    if os.path.lexists(path):
        raise KitError(f"{path} exists already. Choose another name, or move it away; nothing was changed.")
    return path


def write(out: str | Path, contents: Mapping[str, bytes | Path], more: Callable[[Path], Any] | None = None) -> Written:
    """Write an edition.

    Args:
        out: the folder to make, or a zip when it ends in .zip.
        contents: path in the edition → bytes, or the file they are in.
        more: puts more into the folder before it is closed.

    Raises:
        KitError: something stands there, the disk is full or the place cannot be written to. Nothing is left behind.
    """
    path = check(out)
    packed = path.suffix.lower() == ".zip"
    build = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        build = Path(tempfile.mkdtemp(prefix=".edition-", dir=path.parent))
        inside = build / (path.stem if packed else "edition")
        for name, content in contents.items():
            place = inside / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
            if place.name == "start.py":
                place.chmod(0o755)
        if more:
            more(inside)
        held = sorted((one for one in inside.rglob("*") if one.is_file()), key=lambda one: one.as_posix())
        size = sum(one.stat().st_size for one in held)
        if packed:
            _zip(build / "edition.zip", inside, held)
            size = (build / "edition.zip").stat().st_size
            files.replace(build / "edition.zip", path)
        else:
            if path.exists():
                path.rmdir()
            files.replace(inside, path)
    except OSError as error:
        raise KitError(
            f"The edition could not be written to {path}: {error.strerror or error}. Nothing was kept; "
            "make room or choose another place, then try again."
        ) from None
    finally:
        if build:
            files.clear(build)
    return Written(path, len(held), size)


def _zip(target: Path, folder: Path, held: list[Path]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for one in held:
            entry = zipfile.ZipInfo(f"{folder.name}/{one.relative_to(folder).as_posix()}", DAY)
            entry.compress_type = zipfile.ZIP_STORED if one.suffix in PACKED else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if one.name == "start.py" else 0o100644) << 16
            with one.open("rb") as source, made.open(entry, "w") as part:
                shutil.copyfileobj(source, part, 1 << 20)
