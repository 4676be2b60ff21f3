"""Packages sealed with a passphrase for the way from one machine to another.

The file holds a zip, encrypted in pieces while it is made, so that memory stays flat whatever the size:

    8 bytes   LKSEAL01
    1 byte    log2 of scrypt's N (17); scrypt's r is 8, p is 1
    16 bytes  salt for scrypt, which makes the 32-byte key from the passphrase (UTF-8, NFC)
    7 bytes   beginning of every nonce
    then pieces of at most 1 MiB of the zip, each with 16 bytes more: ChaCha20-Poly1305, with the nonce
    beginning · number of the piece (4 bytes, big-endian) · 1 for the last piece, else 0
    and the first 32 bytes of the file as data that is held fast too. Every file has a last piece, though it may be empty.

A piece that is changed, moved, left out or cut off does not open. Without the passphrase nothing can be read.

Source: scrypt is RFC 7914; ChaCha20-Poly1305 is RFC 8439; the numbered nonces are the STREAM construction (Hoang,
Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from learner_kit import files
from learner_kit.errors import KitError

MAGIC = b"LKSEAL01"
ENDING = ".sealed"
COST = 17  # 128 MiB and a fraction of a second for one guess
MOST_COST = 20
PIECE = 2**20
TAG = 16
HEAD = 32
VARIABLE = "LEARNER_KIT_TRANSPORT_PASSPHRASE"
MOST_FILES = 100_000


def is_sealed(path: str | Path) -> bool:
    """Whether a file begins as a sealed package does."""
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def _cipher(head: bytes, passphrase: str) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    made = Scrypt(salt=head[9:25], length=32, n=2 ** head[8], r=8, p=1)
    return ChaCha20Poly1305(made.derive(unicodedata.normalize("NFC", passphrase).encode()))


def _nonce(head: bytes, number: int, last: bool) -> bytes:
    return head[25:32] + number.to_bytes(4, "big") + bytes([last])


class _Sealer(io.RawIOBase):
    """A file to write to: what is written is encrypted piece by piece."""

    def __init__(self, target: IO[bytes], passphrase: str):
        super().__init__()
        self.target = target
        self.head = MAGIC + bytes([COST]) + os.urandom(23)
        self.cipher = _cipher(self.head, passphrase)
        self.buffer, self.number = bytearray(), 0
        target.write(self.head)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.buffer += content
        while len(self.buffer) > PIECE:
            self._piece(bytes(self.buffer[:PIECE]), False)
            del self.buffer[:PIECE]
        return len(content)

    def finish(self) -> None:
        self._piece(bytes(self.buffer), True)

    def _piece(self, content: bytes, last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.head, self.number, last), content, self.head))
        self.number += 1


def seal(source: str | Path, target: str | Path, passphrase: str) -> Path:
    """Seal a portfolio's folder, or a file, into one encrypted file.

    Args:
        source: a folder, which is packed whole, or a file.
        target: the file to make, or a folder for it.
        passphrase: opens it again; it is not kept anywhere. Send it another way than the file.

    Returns:
        The file.

    Raises:
        KitError: there is nothing to seal, the target exists already, or it cannot be written. Nothing half is left.
    """
    source, target = Path(source), Path(target)
    if not source.exists():
        raise KitError(f"There is nothing at {source}.")
    if target.is_dir() or not target.suffix:
        target = target / f"{source.name}{ENDING}"
    if target.exists():
        raise KitError(f"{target} exists already; nothing was changed. Give another name.")
    listed = sorted(one for one in source.rglob("*") if one.is_file()) if source.is_dir() else [source]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".sealing-", dir=target.parent)
    except OSError as error:
        raise KitError(f"{target} cannot be written: {error.strerror or error}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            sealer = _Sealer(file, passphrase)
            with zipfile.ZipFile(sealer, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
                for one in listed:
                    archive.write(one, one.relative_to(source.parent).as_posix())
            sealer.finish()
            file.flush()
            os.fsync(file.fileno())
        files.replace(temporary, target)
    except OSError as error:
        raise KitError(f"{target} could not be written: {error.strerror or error}.") from None
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


def _pieces(file: IO[bytes], passphrase: str, name: str) -> Iterator[bytes]:
    head = file.read(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC) or not 10 <= head[8] <= MOST_COST:
        raise KitError(f"{name} is no sealed package of this kit.")
    from cryptography.exceptions import InvalidTag

    cipher, number = _cipher(head, passphrase), 0
    piece = file.read(PIECE + TAG)
    while True:
        after = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(head, number, not after), piece, head)
        except InvalidTag:
            why = (
                "the passphrase is wrong, or its beginning was changed" if number == 0 else "it was changed or cut off"
            )
            raise KitError(f"{name} could not be opened: {why}. Nothing of it was unpacked.") from None
        if not after:
            return
        piece, number = after, number + 1


@contextmanager
def opened(path: str | Path, passphrase: str) -> Iterator[Path]:
    """Open a sealed package into a temporary folder, which is gone afterwards.

    Raises:
        KitError: the passphrase is wrong, the file was changed or cut off, or what is in it may not be unpacked.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as folder:
        yield unseal(path, Path(folder), passphrase)


def unseal(path: str | Path, folder: str | Path, passphrase: str) -> Path:
    """Open a sealed package: everything is checked before the first file is unpacked.

    Args:
        path: the sealed file.
        folder: where what is in it goes; nothing there is overwritten.
        passphrase: as it was sealed with.

    Returns:
        The folder, or the file, that was sealed.

    Raises:
        KitError: the passphrase is wrong, the file was changed or cut off, or something of that name is there already.
    """
    path, folder = Path(path), Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        build = Path(tempfile.mkdtemp(prefix=".opening-", dir=folder))
    except OSError as error:
        raise KitError(f"Nothing can be written to {folder}: {error.strerror or error}.") from None
    try:
        with path.open("rb") as file, (build / "zip").open("wb") as plain:
            for piece in _pieces(file, passphrase, path.name):
                plain.write(piece)
        (build / "out").mkdir()
        with zipfile.ZipFile(build / "zip") as archive:
            top = _unpack(archive, build / "out", path.name)
        files.remove(build / "zip")
        target = folder / top
        if target.exists():
            raise KitError(f"{target} exists already; nothing was changed. Name another folder with --to.")
        files.replace(build / "out" / top, target)
        return target
    except FileNotFoundError:
        raise KitError(f"There is no file {path}.") from None
    except zipfile.BadZipFile:
        raise KitError(f"{path} opened, but what is in it cannot be unpacked.") from None
    except OSError as error:
        raise KitError(f"{path} could not be opened: {error.strerror or error}.") from None
    finally:
        files.clear(build)


def _unpack(archive: zipfile.ZipFile, folder: Path, name: str) -> str:
    """Unpack into a folder; gives back the one name at the top."""
    entries = [one for one in archive.infolist() if not one.is_dir()]
    tops = {PurePosixPath(one.filename).parts[0] for one in entries if one.filename}
    if len(tops) != 1 or len(entries) > MOST_FILES:
        raise KitError(f"{name} does not hold one package.")
    for one in entries:
        parts = PurePosixPath(one.filename).parts
        kind = one.external_attr >> 16
        if (
            ".." in parts
            or one.filename.startswith("/")
            or any(sign in one.filename for sign in "\\:\0")
            or (stat.S_IFMT(kind) and not stat.S_ISREG(kind))
        ):
            raise KitError(f"{name} holds a name that may not be unpacked: {one.filename!r:.80}")
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(one) as source, target.open("xb") as out:
            shutil.copyfileobj(source, out, PIECE)
    return tops.pop()
