"""Small builders of submissions that nobody should send, and what must become of each.

A builder gets an honest submission's parts and a path to write to. `says` is a part of the one line that must be said;
None means that the submission is taken in, and its evil is without effect.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from learner_kit.course.submission import receipt

MARK = "learner-code-ran"  # a file of this name appears wherever a learner's code was run


class Hostile(NamedTuple):
    name: str
    says: str | None
    build: Callable[[dict[str, bytes], Path], None]


def whole(parts: dict[str, bytes], path: Path, **changes) -> None:
    """Pack parts with a manifest that fits them, but for the changes."""
    listed = [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in parts.items()
    ]
    manifest = {
        "format": "learner-kit submission 1",
        "workbook": "so1",
        "learner": "L-0002",
        "made_at": "2026-02-01T10:00:00+00:00",
        "files": listed,
    }
    manifest |= {key: value for key, value in changes.items() if key != "receipt"}
    manifest["receipt"] = changes.get("receipt") or receipt(manifest)
    raw(path, {"manifest.json": json.dumps(manifest).encode(), **parts})


def raw(path: Path, parts: dict[str, bytes], names: list[tuple[str, bytes]] = ()) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*parts.items(), *names]:
            archive.writestr(name, data)


def answers(**given) -> bytes:
    return json.dumps({"format": 1, "workbook": "so1", "learner": "L-0002", "saved": None, "answers": given}).encode()


def notebook(*cells: str, **top) -> bytes:
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for n, source in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | top).encode()


def with_notebook(*cells: str, **top) -> Callable[[dict[str, bytes], Path], None]:
    return lambda parts, path: whole({**parts, "so1.ipynb": notebook(*cells, **top)}, path)


def with_answers(content: bytes) -> Callable[[dict[str, bytes], Path], None]:
    return lambda parts, path: whole({**parts, "answers.json": content}, path)


def with_value(value) -> Callable[[dict[str, bytes], Path], None]:
    return with_answers(answers(**{"so1-ac1-annual-sales": value}))


def with_text(said: str) -> Callable[[dict[str, bytes], Path], None]:
    return with_answers(answers(**{"so1-ac3-benefits-memo": said}))


def with_part(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes], Path], None]:
    return lambda parts, path: whole({**parts, name: data}, path)


def link(parts: dict[str, bytes], path: Path) -> None:
    whole(parts, path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("evidence/link.pdf")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")


def device(parts: dict[str, bytes], path: Path) -> None:
    whole(parts, path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("evidence/fifo")
        info.external_attr = (stat.S_IFIFO | 0o777) << 16
        archive.writestr(info, "")


def bomb(parts: dict[str, bytes], path: Path) -> None:
    """A gigabyte of nothing."""
    whole(parts, path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("evidence/big.pdf", "w", force_zip64=True) as member,
    ):
        for _ in range(256):
            member.write(bytes(4 * 2**20))


def lying_bomb(parts: dict[str, bytes], path: Path) -> None:
    """A member that says it holds 10 bytes and unpacks to 8 million."""
    whole({**parts, "evidence/small.pdf": bytes(8_000_000)}, path)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = 0
        while (place := content.find(signature, place)) >= 0:
            if struct.unpack_from("<I", content, place + offset)[0] == 8_000_000:
                struct.pack_into("<I", content, place + offset, 10)
            place += 4
    path.write_bytes(bytes(content))


def password(parts: dict[str, bytes], path: Path) -> None:
    whole(parts, path)
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(bytes(content))


def many_files(parts: dict[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"evidence/{number}.txt", b"")


def twice(parts: dict[str, bytes], path: Path) -> None:
    whole(parts, path)
    import warnings

    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("answers.json", answers(**{"so1-ac1-annual-sales": 60000.0}))


def changed(parts: dict[str, bytes], path: Path) -> None:
    listed = [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in parts.items()
    ]
    manifest = {
        "format": "learner-kit submission 1",
        "workbook": "so1",
        "learner": "L-0002",
        "made_at": "2026-02-01T10:00:00+00:00",
    }
    manifest["files"] = listed
    manifest["receipt"] = receipt(manifest)
    raw(
        path,
        {
            "manifest.json": json.dumps(manifest).encode(),
            **parts,
            "answers.json": answers(**{"so1-ac1-annual-sales": 1.0}),
        },
    )


def cut_off(parts: dict[str, bytes], path: Path) -> None:
    whole(parts, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def nested(depth: int) -> bytes:
    return b'{"format": 1, "workbook": "so1", "answers": {"so1-ac2-not-buying": ' + b"[" * depth + b"]" * depth + b"}}"


def heavy(parts: dict[str, bytes], path: Path) -> None:
    """A notebook of 201 MB, small in the zip."""
    whole(parts, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("so1.ipynb", "w") as member:
        for _ in range(201):
            member.write(b" " * 2**20)


def with_cells(*cells: dict) -> Callable[[dict[str, bytes], Path], None]:
    """A notebook with these nbgrader cells, each run by whoever would run it."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"nbgrader": {"grade": True, "locked": False, "solution": False, "schema_version": 3} | told},
            "source": RUN,
            "outputs": [],
            "execution_count": None,
        }
        for number, told in enumerate(cells)
    ]
    return with_part(
        "so1.ipynb", json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    )


def zip_of_zips(parts: dict[str, bytes], path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../gradebook.db", b"gone")
    whole({**parts, "evidence/more.zip": inner.getvalue()}, path)


RUN = f"open('{MARK}', 'w').close()\nimport pathlib; (pathlib.Path.home() / '{MARK}').touch()"

GROUPS: dict[str, list[Hostile]] = {
    "Code, and notebooks that were changed": [
        Hostile("code that leaves a mark", None, with_notebook(RUN)),
        Hostile("code that reads the gradebook", None, with_notebook("import sqlite3; sqlite3.connect('../../../gradebook.db').execute('update grade set auto_score = 99')", RUN)),
        Hostile("code that patches IPython", None, with_notebook("get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])", RUN)),
        Hostile("code that exits", None, with_notebook("import os; os._exit(0)")),
        Hostile("code that loops", None, with_notebook("while True: pass")),
        Hostile("code that forks", None, with_notebook("import os\nwhile True: os.fork()")),
        Hostile("code that deletes", None, with_notebook("import shutil; shutil.rmtree('/')")),
        Hostile("shell", None, with_notebook(f"!touch {MARK}", f"%%bash\ntouch {MARK}")),
        Hostile("changed and doubled cells", None, with_notebook("book = None", "book = None", metadata={"nbgrader": {"points": 1000}})),
        Hostile("schema version 99", None, with_notebook("1", nbformat_minor=99)),
        Hostile("changed points", None, with_cells({"grade_id": "so1-ac1-annual-sales", "points": 1000})),
        Hostile("changed ids", None, with_cells({"grade_id": "so9-ac9-other", "points": 2}, {"grade_id": "x y z", "points": 2})),
        Hostile("doubled ids", None, with_cells(*[{"grade_id": "so1-ac1-annual-sales", "points": 2}] * 2)),
        Hostile("reordered cells, all others deleted", None, with_cells({"grade_id": "so1-ac4-forever", "points": 1}, {"grade_id": "setup", "points": 0})),
        Hostile("nbgrader metadata of version 99", None, with_cells({"grade_id": "so1-ac1-annual-sales", "points": 2, "schema_version": 99})),
        Hostile("a notebook of 201 MB", "it unpacks to 201 MB", heavy),
        Hostile("notebook version 3", None, with_part("so1.ipynb", b'{"worksheets": [], "nbformat": 3, "nbformat_minor": 0, "metadata": {}}')),
        Hostile("a notebook that is no JSON", None, with_part("so1.ipynb", b"\x00\xff" * 1000)),
        Hostile("script in cell and metadata", None, with_notebook("# <script>alert(1)</script>", metadata={"title": "<img src=x onerror=alert(1)>"})),
    ],
    "Answers that are only words": [
        Hostile("script in an answer", None, with_text("<script>alert(1)</script><img src=x onerror=alert(1)>")),
        Hostile("template in an answer", None, with_text("{{ 7*7 }} {% include '/etc/passwd' %} ${7*7} #import sys")),
        Hostile("formula in an answer", None, with_text("=HYPERLINK('http://evil.example','x')")),
        Hostile("right-to-left marks", None, with_text("abc \u202e tnetepmoC \u2066 x")),
        Hostile("lone surrogate", None, with_answers(b'{"format": 1, "workbook": "so1", "answers": {"so1-ac3-benefits-memo": "\\ud800 half"}}')),
        Hostile("byte-order mark", None, lambda parts, path: whole({**parts, "answers.json": b"\xef\xbb\xbf" + parts["answers.json"]}, path)),
        Hostile("answers to unknown questions", None, with_answers(answers(**{"so9-ac9-nothing": 1, "so1-ac1-annual-sales": 60000.0}))),
        Hostile("a zip within", None, zip_of_zips),
        Hostile("codes that steer a terminal", None, with_text("\x1b[2J\x1b]0;owned\x07 \x00 \x9b31m")),
    ],
    "Answers that cannot be used": [
        Hostile("wrong type", "Type a number", with_value({"a": 1})),
        Hostile("true for a number", "Type a number", with_value(True)),
        Hostile("huge number", "this number is too large", with_answers(b'{"answers": {"so1-ac1-annual-sales": 1' + b"0" * 400 + b"}}")),
        Hostile("a number of a million digits", "this number is too large", with_answers(b'{"answers": {"so1-ac1-annual-sales": ' + b"9" * 1_000_000 + b"}}")),
        Hostile("not a number", "NaN and infinity are not allowed", with_answers(b'{"answers": {"so1-ac1-annual-sales": NaN}}')),
        Hostile("infinity", "NaN and infinity are not allowed", with_answers(b'{"answers": {"so1-ac1-annual-sales": -Infinity}}')),
        Hostile("ten megabytes of text", "larger than 5 MB", with_text("x" * 10_000_000)),
        Hostile("a thousand levels deep", "nested deeper than 8 levels", with_answers(nested(1000))),
        Hostile("a hundred thousand levels deep", "nested deeper than 8 levels", with_answers(nested(100_000))),
        Hostile("doubled keys", "this name stands twice", with_answers(b'{"answers": {"so1-ac1-annual-sales": 1, "so1-ac1-annual-sales": 60000}}')),
        Hostile("markup for a choice", "Choose one of these", with_answers(answers(**{"so1-ac1-best-group": "<script>alert(1)</script>"}))),
        Hostile("a list for the whole", "it holds no answers", with_answers(b"[1, 2]")),
        Hostile("answers that are no JSON", "it is not UTF-8 text", with_answers(b"MZ\x90\x00")),
        Hostile("answers of another learner", "belong to L-0003", with_answers(answers().replace(b"L-0002", b"L-0003"))),
        Hostile("answers of another workbook", "are of the workbook 'so2'", with_answers(answers().replace(b'"so1"', b'"so2"'))),
    ],
    "What the submission says of itself": [
        Hostile("another workbook", "does not have (so7)", lambda parts, path: whole(parts, path, workbook="so7")),
        Hostile("a learner who is not enrolled", "L-9999 is not enrolled", lambda parts, path: whole(parts, path, learner="L-9999")),
        Hostile("a learner number that climbs", "not one that this kit makes", lambda parts, path: whole(parts, path, learner="../../L-0002")),
        Hostile("a receipt that does not fit", "receipt does not match", lambda parts, path: whole(parts, path, receipt="AAAA-BBBB-CCCC-DDDD")),
        Hostile("an answer changed after packing", "not the file that was packed", changed),
        Hostile("a clock in the future", None, lambda parts, path: whole(parts, path, made_at="2199-01-01T00:00:00+00:00")),
        Hostile("a time that is none", "time in manifest.json", lambda parts, path: whole(parts, path, made_at="yesterday")),
        Hostile("a learner number that steers a terminal", "not one that this kit makes", lambda parts, path: whole(parts, path, learner="\x1b[2JL-0002")),
        Hostile("a learner number that is a list", "not one that this kit makes", lambda parts, path: whole(parts, path, learner=["L-0002"])),
        Hostile("a manifest that is no JSON", "manifest.json is damaged", lambda parts, path: raw(path, {"manifest.json": b"\x00\xff", **parts})),
        Hostile("a manifest a hundred thousand levels deep", "manifest.json is damaged", lambda parts, path: raw(path, {"manifest.json": b"[" * 100_000, **parts})),
        Hostile("no manifest", "manifest.json is missing", lambda parts, path: raw(path, parts)),
        Hostile("no answers", "answers.json is missing", lambda parts, path: whole({"evidence/a.txt": b"x"}, path)),
        Hostile("a file that is not listed", "not in its manifest", lambda parts, path: (whole(parts, path), zipfile.ZipFile(path, "a").writestr("x.txt", "x"))),
    ],
    "The zip and the names in it": [
        Hostile("no zip", "no zip file", lambda parts, path: path.write_bytes(b"hello")),
        Hostile("empty file", "the file is empty", lambda parts, path: path.write_bytes(b"")),
        Hostile("empty zip", "the zip is empty", lambda parts, path: raw(path, {})),
        Hostile("cut off", "damaged", cut_off),
        Hostile("climbing path", "climbs out", with_part("../../../gradebook.db")),
        Hostile("absolute path", "absolute", with_part("/tmp/learner-code-ran")),
        Hostile("backslashes", "absolute", with_part("evidence\\..\\..\\x.txt")),
        Hostile("drive letter", "absolute", with_part("C:/x.txt")),
        Hostile("reserved name", "Windows cannot keep", with_part("evidence/CON.pdf")),
        Hostile("name with a trailing dot", "Windows cannot keep", with_part("evidence/x.")),
        Hostile("markup in a name", "the name has one of < >", with_part("evidence/<img src=x onerror=alert(1)>.pdf")),
        Hostile("formula in a name", None, with_part("evidence/=1+1.pdf")),
        Hostile("right-to-left marks in a name", "turn the direction of text", with_part("evidence/abc\u202efdp.exe")),
        Hostile("new line in a name", "no file name may have", with_part("evidence/a\nb.pdf")),
        Hostile("name of 300 characters", "longer than 120", with_part("evidence/" + "x" * 300)),
        Hostile("two names that differ in case", "differs from", lambda parts, path: whole({**parts, "evidence/A.pdf": b"1", "evidence/a.pdf": b"2"}, path)),
        Hostile("two names that look the same", "differs from", lambda parts, path: whole({**parts, "evidence/\u00e9.pdf": b"1", "evidence/e\u0301.pdf": b"2"}, path)),
        Hostile("codes that steer a terminal in a name", "no file name may have", with_part("evidence/\x1b[2J.pdf")),
        Hostile("the answers twice", "stands in it twice", twice),
        Hostile("link", "is a link or a device", link),
        Hostile("device", "is a link or a device", device),
        Hostile("password", "locked with a password", password),
        Hostile("ten thousand files", "it holds 10000 files", many_files),
        Hostile("zip bomb", "it unpacks to 1024 MB", bomb),
        Hostile("zip bomb that lies", "damaged", lying_bomb),
    ],
}  # fmt: skip
ALL = [case for cases in GROUPS.values() for case in cases]
