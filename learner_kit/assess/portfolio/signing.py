"""Ed25519 signatures: a provider's key, and what it signs.

Source: Ed25519 as in RFC 8032, keys as PKCS 8 (PEM); any standard tool can check a signature made here.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from learner_kit import files
from learner_kit.errors import KitError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = "signature.json"
SIGNED = "tagmanifest-sha256.txt"
OWN = Path("keys") / "portfolio.pem"
VARIABLE = "LEARNER_KIT_PASSPHRASE"
LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
SHORTEST = 10  # letters of a passphrase


@dataclass(frozen=True)
class Key:
    """A signing key that is open; `fingerprint` is the SHA-256 of its public half, in short."""

    private: Ed25519PrivateKey
    public: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)


def fingerprint(public: bytes) -> str:
    """A public key in a form people can compare: `3f2a-…`, 16 hexadecimal digits in fours."""
    digits = hashlib.sha256(public).hexdigest()[:16]
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def new_key(path: str | Path, passphrase: str | None = None) -> Key:
    """Make a key and keep it in a file that only its owner can read.

    Args:
        path: the file to make; it must not exist yet.
        passphrase: locks the file; without one whoever has the file can sign.

    Raises:
        KitError: the file exists, or cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = Path(path)
    if path.exists():
        raise KitError(f"{path} exists already; a key is never overwritten, for portfolios were signed with it.")
    private = Ed25519PrivateKey.generate()
    lock = form.BestAvailableEncryption(passphrase.encode()) if passphrase else form.NoEncryption()
    try:
        files.write(path, private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock))
        with contextlib.suppress(OSError):
            path.chmod(0o600)  # its content is locked already where there is a passphrase
    except OSError as error:
        raise KitError(f"The key {path} could not be written: {error.strerror}.") from None
    return Key(private, _raw(private))


def open_key(path: str | Path, passphrase: str | None = None) -> Key:
    """Open a key; a passphrase for a key that has none is let be.

    Raises:
        KitError: it is not there, is no Ed25519 key, or the passphrase is missing or wrong.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        held = Path(path).read_bytes()
    except OSError:
        raise KitError(f"There is no key at {path}.") from None
    closed = LOCKED in held
    if closed and not passphrase:
        raise KitError(
            f"The key {path} could not be opened: it is locked with a passphrase, and none was given. Type it when you are "
            f"asked, or put it into {VARIABLE}."
        )
    try:
        private = form.load_pem_private_key(held, passphrase.encode() if closed and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        reason = "the passphrase is wrong" if closed else "it is no key"
        raise KitError(f"The key {path} could not be opened: {reason}. Nothing was signed.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KitError(f"{path} is not an Ed25519 key.")
    return Key(private, _raw(private))


def own_key(cohort: Path, said: str = "") -> tuple[Key, bool]:
    """A cohort's own key, made at first use, and whether that was just now.

    Args:
        said: the passphrase that locks it; the one in LEARNER_KIT_PASSPHRASE, where it is set, without it.
    """
    place, said = cohort / OWN, said or passphrase() or ""
    return (open_key(place, said), False) if place.exists() else (new_key(place, said), True)


def passphrase() -> str | None:
    """The passphrase of keys on this computer, from the environment; it is never written anywhere."""
    return os.environ.get(VARIABLE) or None


def locked(path: str | Path) -> bool:
    """Whether a key's file is locked with a passphrase."""
    try:
        return LOCKED in Path(path).read_bytes()
    except OSError:
        return False


def fit(said: str) -> str:
    """A passphrase that is good enough to lock a key or a package.

    Raises:
        KitError: it is too short.
    """
    if len(said.strip()) < SHORTEST:
        raise KitError(f"A passphrase has at least {SHORTEST} letters; four words that do not belong together do well.")
    return said


def public_pem(key: Key) -> str:
    """The public half of a key as PEM, for `openssl pkeyutl -verify` and the like."""
    from cryptography.hazmat.primitives import serialization as form

    made = key.private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return made.decode()


def sign(bag: Path, key: Key) -> None:
    """Sign a bag's tag manifest; the signature stands beside it in `signature.json`."""
    signature = key.private.sign((bag / SIGNED).read_bytes())
    held = {
        "algorithm": "Ed25519",
        "signed": SIGNED,
        "public_key": base64.b64encode(key.public).decode(),
        "fingerprint": key.fingerprint,
        "signature": base64.b64encode(signature).decode(),
    }
    files.write(bag / FILE, json.dumps(held, indent=1) + "\n")


def faults(bag: Path, trusted: str | None = None) -> list[str]:
    """What is wrong with a bag's signature, in sentences; an empty list when it holds."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        held = json.loads((bag / FILE).read_text(encoding="utf-8"))
        public = base64.b64decode(held["public_key"], validate=True)
        signature = base64.b64decode(held["signature"], validate=True)
        reader = Ed25519PublicKey.from_public_bytes(public)
    except OSError:
        return [f"{FILE}: is missing, so the portfolio is not signed"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [f"{FILE}: cannot be read as a signature"]
    found = []
    try:
        reader.verify(signature, (bag / SIGNED).read_bytes())
    except InvalidSignature:
        found.append(f"{FILE}: does not fit {SIGNED}; one of the two was changed")
    except OSError:
        pass  # that the list is missing is said already
    if trusted and fingerprint(public) != trusted:
        found.append(f"{FILE}: signed with the key {fingerprint(public)}, not with {trusted}")
    return found


def _raw(private: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization as form

    return private.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
