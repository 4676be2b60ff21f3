"""A learner's portfolio of evidence: a BagIt bag (RFC 8493), signed with Ed25519 over its tag manifest.

A bag lists every file with its SHA-256, and the signature covers that list, so a byte that changed, a file that came or
one that went is found on any machine, without the kit's database: with `verify`, or with bagit and any Ed25519 tool.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import __version__, files
from learner_kit.assess import evidence, judgement
from learner_kit.assess.dates import long_day
from learner_kit.assess.portfolio import completeness, contents, index_page, sealed, signing
from learner_kit.assess.portfolio.contents import SECTIONS
from learner_kit.course import audit, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.documents import to_pdf
from learner_kit.errors import KitError

__all__ = [
    "SECTIONS",
    "Incomplete",
    "learners",
    "make",
    "missing",
    "signed_with",
    "signer",
    "state",
    "verify",
    "within",
]

INFO = "bag-info.txt"
DRAFT, CLOSED = "draft", "closed"
STATE = "Portfolio-State"


class Incomplete(KitError):
    """A portfolio that cannot be closed yet; `missing` lists what it lacks."""

    def __init__(self, learner: str, missing: tuple[str, ...]):
        super().__init__(f"The portfolio of {learner} is not complete: {'; '.join(missing)}. A draft can be made.")
        self.missing = missing


def make(cohort: Cohort, learner: str, key: signing.Key, who: str, draft: bool | None = None) -> Path:
    """Make or renew a learner's signed portfolio in the cohort's `portfolios/<learner>`.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        key: the provider's signing key.
        who: who makes it, for the log.
        draft: False refuses to make one that is not complete; True makes a draft in any case; without it, a complete one
            is closed and an incomplete one is a draft that says what is missing.

    Returns:
        The bag's folder.

    Raises:
        Incomplete: something is missing, and no draft is wanted.
        KitError: the learner is not enrolled or handed nothing in, the evidence is not what was collected, or the disk is
            full. An older bag stays as it was.
    """
    enrol.require_learner(cohort, learner)
    gone = records.rows(cohort.engine, sa.select(records.purges).where(records.purges.c.learner == learner))
    if gone:
        raise KitError(f"The evidence of {learner} was removed on {long_day(gone[0]['at'])}; its results are kept.")
    handed_in = contents.submissions(cohort, learner)
    if not handed_in:
        raise KitError(f"{learner} has handed nothing in, so there is no portfolio to make.")
    target = cohort.path / "portfolios" / learner
    try:
        target.parent.mkdir(exist_ok=True)
        build = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    except OSError as error:
        raise KitError(f"The portfolio of {learner} could not be made: {error.strerror or error}.") from None
    try:
        bag = build / learner
        folder = contents.Folder(bag / "data")
        standings = tuple(evidence.matrix(cohort, learner))
        held = contents.gather(cohort, learner, folder, handed_in, standings)
        lacking = completeness.missing(cohort, learner, held.declarations, standings)
        if lacking and draft is False:
            raise Incomplete(learner, lacking)
        if draft and not lacking:
            lacking = ("nothing; it was made as a draft by choice",)
        facts = _facts(cohort, learner, key, lacking)
        index = index_page.Index(learner, held, standings, lacking, facts)
        folder.add("", "index.html", index_page.page(cohort, index), "index")
        folder.add("", "index.pdf", to_pdf(index_page.document(cohort, index)), "index")
        _seal(folder, bag, cohort, learner, key, DRAFT if lacking else CLOSED)
        contents.settle(folder)
        if target.exists():
            files.replace(target, build / "old")
        files.replace(bag, target)
    except OSError as error:
        raise KitError(f"The portfolio of {learner} could not be made: {error.strerror or error}.") from None
    finally:
        contents.remove(build)
    with records.transaction(cohort.engine) as connection:
        said = {"files": len(held.entries), "key": key.fingerprint, "state": DRAFT if lacking else CLOSED}
        records.note(connection, who, "portfolio", learner, said)
    return target


def missing(cohort: Cohort, learner: str) -> tuple[str, ...]:
    """What a learner's portfolio lacks before it can be closed; empty when nothing does."""
    declared = tuple(contents.declared(cohort, row) for row in contents.submissions(cohort, learner))
    return completeness.missing(cohort, learner, declared)


def learners(cohort: Cohort) -> list[str]:
    """Everyone who has handed something in and whose evidence is still kept, in order."""
    table = records.submissions
    gone = sa.select(records.purges.c.learner)
    query = sa.select(table.c.learner).distinct().where(table.c.learner.not_in(gone)).order_by(table.c.learner)
    return [row["learner"] for row in records.rows(cohort.engine, query)]


def signed_with(cohort: Cohort, learner: str) -> str | None:
    """The fingerprint of the key with which the cohort's log says the learner's portfolio was signed last."""
    table = records.log
    query = (
        sa.select(table.c.detail)
        .where(table.c.what == "portfolio", table.c.about == learner)
        .order_by(table.c.id.desc())
        .limit(1)
    )
    found = records.rows(cohort.engine, query)
    return json.loads(found[0]["detail"]).get("key") if found else None


def verify(bag: str | Path, trusted: str | None = None) -> list[str]:
    """Check a portfolio; it needs neither the cohort nor its database.

    Args:
        bag: the bag's folder.
        trusted: the fingerprint the signing key must have; any key is taken without it, and named by `signer`.

    Returns:
        One sentence a fault, each naming its file; an empty list when the portfolio is whole.
    """
    bag = Path(bag)
    if not (bag / "bagit.txt").is_file():
        return [f"{bag.name} is no portfolio: it has no bagit.txt"]
    faults, listed = [], {"tagmanifest-sha256.txt", signing.FILE}
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        for path, wanted in _manifest(bag / name, faults).items():
            listed.add(path)
            place = bag / path
            if not _inside(bag, place):
                faults.append(f"{path}: {name} names a file outside the portfolio")
            elif not place.is_file():
                faults.append(f"{path}: is missing")
            elif files.sha256(place) != wanted:
                faults.append(f"{path}: was changed")
    there = {one.relative_to(bag).as_posix() for one in bag.rglob("*") if one.is_file() or one.is_symlink()}
    faults += [f"{path}: was added" for path in sorted(there - listed)]
    faults += signing.faults(bag, trusted)
    return list(dict.fromkeys(faults))


def within(folder: str | Path) -> list[Path]:
    """The portfolios that lie in a folder, damaged and sealed ones too, by name; none where the folder is one itself."""
    folder, marks = Path(folder), ("bagit.txt", INFO, "manifest-sha256.txt", signing.SIGNED, signing.FILE)

    def marked(place: Path) -> bool:
        return any((place / name).is_file() for name in marks)

    if not folder.is_dir() or marked(folder):
        return []
    there = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    return [one for one in there if marked(one) or (one.is_file() and sealed.is_sealed(one))]


def _facts(cohort: Cohort, learner: str, key: signing.Key, lacking: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    unit = cohort.programme.unit
    own = judgement.history(cohort, learner)
    result = judgement.outcomes(cohort, judgement.standing_judgements(cohort, learner), learner)[learner]["unit"]
    return (
        ("Unit standard", f"{unit.id}, {unit.title} (NQF level {unit.nqf_level}, {unit.credits} credits)"),
        ("Cohort", cohort.name),
        ("Result", judgement.DECISIONS.get(result, result)),
        ("Last decision", long_day(own[-1]["decided_at"]) if own else "none yet"),
        ("Assessors", ", ".join(sorted({row["assessor"] for row in own})) or "none yet"),
        ("State", "draft, not closed" if lacking else "closed: complete when it was signed"),
        ("Signed with the key", key.fingerprint),
    )


def _seal(folder: contents.Folder, bag: Path, cohort: Cohort, learner: str, key: signing.Key, state: str) -> None:
    """Make the folder a bag: lists of every file with its SHA-256, then the signature over the list of lists."""
    payload = sorted((f"data/{one.path}", one.sha256) for one in folder.entries)
    size = sum((bag / path).stat().st_size for path, _ in payload)
    with cohort.engine.connect() as connection:
        newest = audit.head(connection)
    about = {
        "External-Identifier": learner,
        "Source-Organization": cohort.name,
        "External-Description": f"Portfolio of evidence, unit standard {cohort.programme.unit.id}",
        "Bagging-Date": f"{dt.date.today():%Y-%m-%d}",
        "Bag-Software-Agent": f"learner-kit {__version__}",
        "Payload-Oxum": f"{size}.{len(payload)}",
        STATE: state,
        audit.ANCHOR: newest,
    }
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        INFO: "".join(f"{name}: {said}\n" for name, said in about.items()),
        "manifest-sha256.txt": "".join(f"{said}  {path}\n" for path, said in payload),
    }
    lines = {name: f"{hashlib.sha256(said.encode()).hexdigest()}  {name}\n" for name, said in tags.items()}
    tags[signing.SIGNED] = "".join(lines[name] for name in sorted(lines))
    files.write_many({bag / name: said for name, said in tags.items()})
    signing.sign(bag, key)


def _manifest(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{path.name}: is missing or cannot be read")
        return {}
    found = {}
    for line in lines:
        wanted, _, name = line.partition("  ")
        if not name:
            wanted, _, name = line.partition(" ")
        found[name.strip().replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")] = wanted.strip().lower()
    return found


def _inside(bag: Path, place: Path) -> bool:
    return place.resolve().is_relative_to(bag.resolve()) and not place.is_symlink()


def signer(bag: str | Path) -> dict[str, Any] | None:
    """Who signed a portfolio: the signature file as it stands, or None."""
    try:
        return json.loads((Path(bag) / signing.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def state(bag: str | Path) -> str:
    """Whether a portfolio is a draft or closed, as it says itself; empty for one of an older kit."""
    try:
        lines = (Path(bag) / INFO).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return next((said.strip() for name, _, said in (line.partition(":") for line in lines) if name == STATE), "")
