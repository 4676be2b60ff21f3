"""What a learner hands in: a zip with a manifest and a receipt, packed on the learner's machine, trusted by nobody.

`pack` is the learner's side. `inspect` is the provider's: it reads a zip that may hold anything and gives back its
parts or says, all at once, why it is refused. Nothing in a zip is ever run.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from learner_kit import files
from learner_kit.errors import KitError
from learner_kit.moments import local
from learner_kit.workbook.answers import LEARNER
from learner_kit.workbook.figures import fingerprint, read_class, read_seed
from learner_kit.workbook.variants import FILE as FIGURES

FORMAT = "learner-kit submission 1"
MANIFEST = "manifest.json"
ANSWERS = "answers.json"
NOTEBOOK_LIMIT = 20 * 2**20  # bytes of the learner's own notebook
TOTAL_LIMIT = 200 * 2**20  # bytes a submission may unpack to
FILES_LIMIT = 300
LONGEST_NAME = 120  # letters of a file's path: with the class's folders before it, Windows takes 259
MANIFEST_LIMIT = 2**20
DECLARATION = (
    "I declare that this is my own work, that I have said where I quote others, and that I have removed customers' personal "
    "details from it."
)
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Packed:
    """What `pack` made."""

    path: Path
    receipt: str
    files: tuple[str, ...]
    missing: tuple[str, ...]
    made_at: dt.datetime


@dataclass(frozen=True)
class Submission:
    """A submission that passed every check, still in memory or in its zip."""

    workbook: str
    learner: str
    made_at: dt.datetime
    receipt: str
    sha256: str
    parts: tuple[str, ...]
    declared: bool = False
    captured_by: str = ""
    figures: str = ""  # fingerprint of the class's seed; nothing in what was made by hand or typed in from paper
    of_class: str = ""


class Refused(KitError):
    """A submission that cannot be taken; the message is one line with every reason."""


def pack(
    folder: str | Path,
    workbook: str,
    learner: str,
    out: str | Path,
    now: dt.datetime | None = None,
    declared: bool = False,
    captured_by: str = "",
) -> Packed:
    """Pack a filled workbook into a zip with a manifest, the SHA-256 of every file, and a receipt code.

    Args:
        folder: the folder with the workbook's notebook, `answers.json` and, where there is any, `evidence/`.
        workbook: its name, such as so1.
        learner: the learner's number, such as L-0001.
        out: the folder the zip goes to.
        now: the time on the learner's clock; now without one.
        declared: the learner has signed the declaration of authenticity; its words go into the manifest.
        captured_by: who typed the answers in from the learner's paper.

    Raises:
        KitError: there are no answers yet, they cannot be read, the number is no learner number, or the evidence is
            too much. No zip is left behind.
    """
    folder, out = Path(folder), Path(out)
    if not LEARNER.fullmatch(learner or ""):
        raise KitError(f"{learner!r} is no learner number. Yours looks like L-0001; the facilitator gave it to you.")
    if not (folder / ANSWERS).is_file():
        raise KitError(f"There are no answers in {folder} yet (no {ANSWERS}). Open the workbook and answer it first.")
    named = _to_pack(folder, workbook)
    held = _own_answers(folder, workbook, learner)
    made_at = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).replace(microsecond=0)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "workbook": workbook,
        "learner": learner,
        "made_at": made_at.isoformat(),
        "files": [
            {"path": name, "sha256": files.sha256(one), "size": one.stat().st_size} for name, one in named.items()
        ],
    }
    if declared:
        manifest["declaration"] = DECLARATION
    if captured_by:
        manifest["captured_by"] = captured_by
    if seed := read_seed(folder):
        manifest["figures"] = fingerprint(seed)
        manifest["class"] = read_class(folder) or ""
    manifest["receipt"] = receipt(manifest)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        for name, one in named.items():
            made.write(one, name)
    at = local(made_at)  # names of an older kit were two hours behind, so names still sort by time
    path = files.write(out / f"{learner}-{workbook}-{at:%Y%m%d-%H%M%S}.zip", buffer.getvalue())
    missing = tuple(id for id, value in held.get("answers", {}).items() if value is None)
    return Packed(path, manifest["receipt"], tuple(named), missing, made_at)


def _to_pack(folder: Path, workbook: str) -> dict[str, Path]:
    """The files of a hand-in, the answers first, by their names in the zip; refused where they are too many or too large."""
    found = [folder / ANSWERS]
    notebook = folder / f"{workbook}.ipynb"
    if notebook.is_file() and notebook.stat().st_size <= NOTEBOOK_LIMIT:
        found.append(notebook)
    found += sorted(one for one in (folder / "evidence").rglob("*") if one.is_file() and not one.name.startswith("."))
    named = {one.relative_to(folder).as_posix(): one for one in found}
    faults = [f"{name}: {reason}" for name in named if (reason := _name_fault(name))]
    if len(named) > FILES_LIMIT:
        faults.append(f"there are {len(named)} files; at most {FILES_LIMIT} can be handed in")
    size = sum(one.stat().st_size for one in found)
    if size > TOTAL_LIMIT:
        faults.append(f"the files come to {size // 2**20} MB; at most {TOTAL_LIMIT // 2**20} MB can be handed in")
    if faults:
        raise KitError("Nothing was packed: " + "; ".join(faults) + ".")
    return named


def _own_answers(folder: Path, workbook: str, learner: str) -> dict[str, Any]:
    """The answers in a folder; refused where they are not this learner's to this workbook."""
    held = _answers((folder / ANSWERS).read_bytes())
    if held.get("workbook") not in (workbook, None):
        raise KitError(f"The answers in {folder} are of the workbook {held['workbook']!r}, not of {workbook!r}.")
    if held.get("learner") is None and (folder / FIGURES).is_file():
        raise KitError(
            f"The workbook in {folder} has no learner number yet, so its answers are to practice figures. Type {learner} at "
            "the top of the workbook, work with your own figures and hand in then."
        )
    if held.get("learner") not in (learner, None):
        raise KitError(
            f"The answers in {folder} belong to {held['learner']}, not to {learner}. Check the learner number."
        )
    return held


def receipt(manifest: dict[str, Any]) -> str:
    """The code that both sides can work out from a manifest: it names exactly these files of this learner.

    Example:
        >>> receipt({"workbook": "so1", "learner": "L-0001", "made_at": "2026-03-02T08:00:00+00:00", "files": []})
        'N2NL-I66I-DHZQ-YGJW'
    """
    said = json.dumps({key: value for key, value in manifest.items() if key != "receipt"}, sort_keys=True)
    code = base64.b32encode(hashlib.sha256(said.encode()).digest()).decode()[:16]
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def inspect(path: str | Path) -> Submission:
    """Check a zip that somebody handed in, without unpacking it.

    Raises:
        Refused: one line with every reason found.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspect(archive, path)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        if isinstance(error, OSError) and not path.is_file():
            raise Refused("the file cannot be read") from None
        empty = path.stat().st_size == 0
        raise Refused("the file is empty" if empty else "this is no zip file, or it is damaged") from None


def _inspect(archive: zipfile.ZipFile, path: Path) -> Submission:
    entries = archive.infolist()
    faults = _entry_faults(entries)
    if faults:
        raise Refused("; ".join(faults))
    names = [entry.filename for entry in entries if not entry.is_dir()]
    for name in (MANIFEST, ANSWERS):
        if name not in names:
            raise Refused(f"{name} is missing: make the zip with the workbook's own submit")
    if archive.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise Refused(f"{MANIFEST} is too large to be one")
    manifest = _manifest(_part(archive, MANIFEST, MANIFEST_LIMIT))
    listed = {one["path"]: one for one in manifest["files"]}
    extra = sorted(set(names) - set(listed) - {MANIFEST})
    gone = sorted(set(listed) - set(names))
    faults += [f"{_said(name)} is in the zip but not in its manifest" for name in extra[:5]]
    faults += [f"{_said(name)} is in the manifest but not in the zip" for name in gone[:5]]
    for name, one in listed.items():
        if name in names and hashlib.sha256(_part(archive, name, TOTAL_LIMIT)).hexdigest() != one["sha256"]:
            faults.append(f"{_said(name)} is not the file that was packed (its hash differs)")
    if receipt(manifest) != manifest["receipt"]:
        faults.append("the receipt does not match the manifest")
    if faults:
        raise Refused("; ".join(faults))
    made_at = dt.datetime.fromisoformat(manifest["made_at"]).astimezone(dt.UTC).replace(tzinfo=None)
    parts = tuple(sorted(listed))
    return Submission(
        manifest["workbook"],
        manifest["learner"],
        made_at,
        manifest["receipt"],
        files.sha256(path),
        parts,
        declared=manifest.get("declaration") == DECLARATION,
        captured_by=str(manifest.get("captured_by") or "")[:60],
        figures=str(manifest.get("figures") or "")[:60],
        of_class=_plain(str(manifest.get("class") or ""))[:60],
    )


def read_part(path: str | Path, name: str) -> bytes:
    """One file out of a submission that `inspect` has passed."""
    with zipfile.ZipFile(path) as archive:
        return _part(archive, name, TOTAL_LIMIT)


def _part(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a member but never more than it says it holds: a zip bomb lies about its size."""
    info = archive.getinfo(name)
    with archive.open(info) as member:
        content = member.read(min(info.file_size, limit) + 1)
    if len(content) > min(info.file_size, limit):
        raise Refused(f"{_said(name)} unpacks to more than it says")
    return content


def _entry_faults(entries: list[zipfile.ZipInfo]) -> list[str]:
    if not entries:
        return ["the zip is empty"]
    if len(entries) > FILES_LIMIT + 5:
        return [f"it holds {len(entries)} files; at most {FILES_LIMIT} are taken"]
    faults, seen = [], {}
    for entry in entries:
        kind = entry.external_attr >> 16
        if stat.S_IFMT(kind) and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            faults.append(f"{_said(entry.filename)} is a link or a device, not a file")
        if entry.flag_bits & 1:
            faults.append(f"{_said(entry.filename)} is locked with a password")
        if reason := _name_fault(entry.filename.rstrip("/")):
            faults.append(f"{_said(entry.filename)}: {reason}")
        folded = unicodedata.normalize("NFC", entry.filename).casefold()
        if folded in seen:
            faults.append(
                f"{_said(entry.filename)} stands in it twice, or differs from {_said(seen[folded])} only in case"
            )
        seen[folded] = entry.filename
    size = sum(entry.file_size for entry in entries)
    if size > TOTAL_LIMIT:
        faults.append(f"it unpacks to {size // 2**20} MB; at most {TOTAL_LIMIT // 2**20} MB are taken")
    return faults[:8]


def _name_fault(name: str) -> str | None:
    """Why a path may not stand in a submission: it must be plain on every system and stay in its folder."""
    if not name or len(name) > LONGEST_NAME:
        return f"the name is empty or longer than {LONGEST_NAME} characters"
    if "\\" in name or ":" in name or name.startswith("/") or any(ord(letter) < 32 for letter in name):
        return "the path is absolute or has signs that no file name may have"
    if any(letter in TURNING for letter in name):
        return "the name has signs that turn the direction of text, which hide what kind of file it is"
    for part in PurePosixPath(name).parts:
        if part == "..":
            return "the path climbs out of its folder"
        if part.split(".")[0].casefold() in files.RESERVED or part != part.rstrip(". ") or len(part.encode()) > 200:
            return "Windows cannot keep a file of this name"
        if re.search(r'[<>"|?*]', part):
            return 'the name has one of < > " | ? *'
    return None


def _manifest(content: bytes) -> dict[str, Any]:
    held = _answers(content, MANIFEST)
    listed = held.get("files")
    plain = (
        held.get("format") == FORMAT
        and isinstance(held.get("workbook"), str)
        and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", held["workbook"])
        and isinstance(held.get("learner"), str)
        and LEARNER.fullmatch(held["learner"])
        and isinstance(held.get("receipt"), str)
        and isinstance(held.get("made_at"), str)
        and isinstance(listed, list)
        and len(listed) <= FILES_LIMIT
        and all(
            isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("sha256"), str)
            for one in listed
        )
    )
    if not plain:
        raise Refused(f"{MANIFEST} is not one that this kit makes")
    try:
        when = dt.datetime.fromisoformat(held["made_at"])
        if when.tzinfo is None or not 2000 < when.year < 2200:
            raise ValueError
    except ValueError:
        raise Refused(f"the time in {MANIFEST} cannot be read") from None
    return held


def _answers(content: bytes, name: str = ANSWERS) -> dict[str, Any]:
    try:
        held = json.loads(content.decode("utf-8-sig"))
        if not isinstance(held, dict):
            raise ValueError
    except (ValueError, RecursionError):
        raise Refused(f"{name} is damaged: it is not the data that this kit writes") from None
    return held


def _said(name: str) -> str:
    """A file name from outside as a message may show it."""
    plain = _plain(name)
    return repr(plain if len(plain) <= 60 else plain[:57] + "…")


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text)
