"""Evidence from the workplace: files taken in under safe names, and what is known of each."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from learner_kit import files
from learner_kit.workbook.questions import ID, Question, clean

LIMIT = 25_000_000  # bytes a file: a recording of some minutes, a photographed page; the page's channel takes 300 MiB at once
LONGEST_NOTE = 500
LONGEST_NAME = 60
FOLDER = "evidence"
KINDS: dict[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "image": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic"),
    "word": (".docx", ".doc", ".odt"),
    "excel": (".xlsx", ".xls", ".ods"),
    "csv": (".csv",),
    "text": (".txt", ".md"),
    "audio": (".mp3", ".m4a", ".wav", ".ogg", ".opus", ".aac", ".amr"),
    "email": (".eml", ".msg"),
}
_NAMES = {
    "pdf": "PDF",
    "image": "picture (JPG, PNG, GIF, WebP, HEIC)",
    "word": "Word",
    "excel": "Excel",
    "csv": "CSV",
    "text": "text",
    "audio": "sound (MP3, M4A, WAV, OGG, AAC, AMR)",
    "email": "e-mail (EML, MSG)",
}
_OLE = b"\xd0\xcf\x11\xe0"
_STARTS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".doc": (_OLE, b"{\\rtf"),
    ".xls": (_OLE,),
    ".msg": (_OLE,),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"),
    ".ogg": (b"OggS",),
    ".opus": (b"OggS",),
    ".aac": (b"\xff\xf1", b"\xff\xf9", b"ADIF"),
    ".amr": (b"#!AMR",),
}
_PACKED = {".docx": "word/", ".xlsx": "xl/", ".odt": "content.xml", ".ods": "content.xml"}
WARNING = (
    "Before you add a file, take out or cover what could tell who a customer is: names, telephone numbers, e-mail and "
    "home addresses, identity and account numbers. Keep the original at work."
)


@dataclass(frozen=True)
class Evidence(Question):
    """Files from the workplace; its plain value is a list of {file, sha256, kind, size, added, note}."""

    criteria: tuple[str, ...] = ()
    kinds: tuple[str, ...] = tuple(KINDS)
    most: int = 10
    kind: ClassVar[str] = "evidence"

    def __post_init__(self) -> None:
        super().__post_init__()
        if strange := [kind for kind in self.kinds if kind not in KINDS] or not self.kinds:
            raise ValueError(f"kinds of {self.id} must be some of {', '.join(KINDS)}, not {strange!r}.")
        if not all(isinstance(name, str) and ID.fullmatch(name) for name in self.criteria):
            raise ValueError(f"criteria of {self.id} must be ids such as so1-ac1, not {self.criteria!r}.")

    @property
    def takes(self) -> str:
        named = "; ".join(_NAMES[kind] for kind in self.kinds)
        return f"Up to {self.most} files, each at most {LIMIT // 1_000_000} MB. Kinds: {named}."

    @property
    def accept(self) -> str:
        """The endings a file chooser offers."""
        return ",".join(end for kind in self.kinds for end in KINDS[kind])

    def read(self, raw: Any) -> list[dict[str, Any]] | None:
        wrong = self.fault(raw)
        if wrong:
            raise ValueError(wrong)
        return list(raw) if raw else None

    def fault(self, value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, dict) for item in value):
            return "Give the evidence as a list of files."
        if len(value) > self.most:
            return f"At most {self.most} files fit here."
        for place, item in enumerate(value, start=1):
            if fault := self._item_fault(item):
                return f"File {place}: {fault}"
        names = [item["file"].casefold() for item in value]
        return "The same file stands here twice." if len(set(names)) != len(names) else None

    def _show(self, value: Any) -> str:
        return "; ".join(item["file"] for item in value)

    def _item_fault(self, item: dict[str, Any]) -> str | None:
        name, digest, size, added, note = (item.get(key) for key in ("file", "sha256", "size", "added", "note"))
        if set(item) - {"file", "sha256", "kind", "size", "added", "note"}:
            return "there is more in it than file, sha256, kind, size, added and note."
        if not isinstance(name, str) or safe_name(name) != name:
            return "its name cannot be used."
        if item.get("kind") not in self.kinds or Path(name).suffix not in KINDS[item["kind"]]:
            return f"its kind is not one of {', '.join(self.kinds)}."
        if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            return "its SHA-256 is missing or damaged."
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= LIMIT:
            return f"its size must be from 1 to {LIMIT} bytes."
        try:
            datetime.fromisoformat(added)
        except (TypeError, ValueError):
            return "the time it was added is no date and time."
        return (
            None
            if isinstance(note, str) and len(note) <= LONGEST_NOTE
            else f"its note is longer than {LONGEST_NOTE} characters."
        )


def safe_name(name: str) -> str:
    """Make a file name that is safe on every system: no folders, no reserved names, no control signs, not too long.

    Example:
        >>> safe_name("..\\\\..\\\\x.PDF"), safe_name("CON.pdf"), safe_name("a\\nb?.pdf"), len(safe_name("y" * 300 + ".pdf"))
        ('x.pdf', 'file-CON.pdf', 'a-b.pdf', 64)
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", clean(str(name))))[-1]
    kept = "".join(
        sign if sign.isalnum() or unicodedata.category(sign) == "Mn" or sign in "._-()" else "-" for sign in last
    )
    stem, dot, end = kept.rpartition(".")
    if not dot or len(end) > 5 or not end.isalnum():
        stem, dot, end = kept, "", ""
    stem = re.sub(r"-{2,}", "-", stem).strip("-. ")[:LONGEST_NAME].strip("-. ") or "file"
    if stem.split(".")[0].casefold() in files.RESERVED:
        stem = f"file-{stem}"
    return f"{stem}{dot}{end.lower()}"


def kind_of(name: str, content: bytes, kinds: Sequence[str] = tuple(KINDS)) -> str:
    """Tell the kind of a file from its name, and refuse one whose content is something else.

    Raises:
        ValueError: an empty or too large file, a kind that is not taken, or a content that does not fit its name.

    Example:
        >>> kind_of("letter.pdf", b"%PDF-1.7 ...")
        'pdf'
        >>> kind_of("letter.pdf", b"MZ")
        Traceback (most recent call last):
        ...
        ValueError: The name ends in .pdf, but what is in the file is something else. Open it on your computer to see.
    """
    if not content:
        raise ValueError("The file is empty (0 bytes). Open it on your computer to see whether it was saved.")
    if len(content) > LIMIT:
        raise ValueError(
            f"The file has {len(content) / 1e6:.1f} MB; at most {LIMIT // 1_000_000} MB fit. Save it smaller, or split it."
        )
    end = Path(name).suffix.lower()
    found = next((kind for kind in kinds if end in KINDS[kind]), None)
    if found is None:
        named = "; ".join(_NAMES[kind] for kind in kinds)
        raise ValueError(f"Files that end in {end or 'nothing'} are not taken here. Kinds: {named}.")
    if not _fits(end, content):
        raise ValueError(
            f"The name ends in {end}, but what is in the file is something else. Open it on your computer to see."
        )
    return found


def add_file(
    folder: Path, question: Evidence, have: Sequence[dict[str, Any]] | None, name: str, content: bytes, note: str = ""
) -> list[dict[str, Any]]:
    """Keep a file as evidence and give back the question's new plain value.

    Args:
        folder: the workbook's folder; the file goes to `evidence` in it.
        question: the question it answers.
        have: the question's value so far.
        name: the file's name as it came; made safe.
        content: its bytes.
        note: what the learner says of it.

    Raises:
        ValueError: the file is not taken, and why, in the learner's English.
        OSError: it could not be written.
    """
    have = list(have or [])
    kind = kind_of(name, content, question.kinds)
    digest = hashlib.sha256(content).hexdigest()
    for item in have:
        if item["sha256"] == digest:
            raise ValueError(f"You have added this file already, as {item['file']}.")
    if len(have) >= question.most:
        raise ValueError(f"At most {question.most} files fit here. Take one away first.")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"The note has {len(note)} characters; at most {LONGEST_NOTE} fit.")
    target = _free(folder / FOLDER, safe_name(name), content)
    if not target.exists():
        files.write(target, content)
    added = datetime.now().astimezone().isoformat(timespec="seconds")
    item = {
        "file": target.name,
        "sha256": digest,
        "kind": kind,
        "size": len(content),
        "added": added,
        "note": clean(note),
    }
    return [*have, item]


def _free(folder: Path, name: str, content: bytes) -> Path:
    """A name of its own in the folder; the very same file under that name is used again."""
    taken = {path.name.casefold(): path for path in folder.iterdir()} if folder.is_dir() else {}
    stem, end = Path(name).stem, Path(name).suffix
    number, found = 2, name
    while there := taken.get(found.casefold()):
        if there.name == found and there.is_file() and not there.is_symlink() and there.read_bytes() == content:
            break
        found, number = f"{stem[: LONGEST_NAME - 4]}-{number}{end}", number + 1
    return folder / found


def _fits(end: str, content: bytes) -> bool:
    if end in _STARTS:
        start = content[:1024].lstrip() if end == ".pdf" else content
        return start.startswith(_STARTS[end])
    if end in _PACKED:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                names = packed.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        return any(name.startswith(_PACKED[end]) for name in names) and not any(
            "vbaproject" in name.lower() for name in names
        )
    if end in (".heic", ".m4a"):
        return content[4:8] == b"ftyp"
    if end == ".webp":
        return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if end == ".wav":
        return content[:4] == b"RIFF" and content[8:12] == b"WAVE"
    if end == ".eml":
        return b"\0" not in content and re.match(rb"[!-9;-~]+:[^\n]*", content) is not None
    return b"\0" not in content  # csv, txt, md
