"""A learner's portfolio of evidence: a BagIt bag (RFC 8493), signed with Ed25519 over its tag manifest.

A bag lists every file with its SHA-256, and the signature covers that list, so a byte that changed, a file that came or
one that went is found on any machine, without the kit's database: with `verify`, or with bagit and any Ed25519 tool.
"""

from __future__ import annotations

import csv
import html
import io
import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import __version__, files
from learner_kit.assess import evidence, judgement, papers, signing
from learner_kit.assess.results import plain
from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import Submission, inspect, read_part
from learner_kit.documents import to_pdf
from learner_kit.errors import KitError

SECTIONS = {
    "1-general": "General: the unit standard and how it was assessed",
    "2-administration": "Administration: enrolment and declarations",
    "3-evidence": "Evidence: what the learner handed in, every attempt",
    "4-reporting": "Reporting: judgements, feedback, report, moderation",
}
_SAFE = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"


def make(cohort: Cohort, learner: str, key: signing.Key, who: str) -> Path:
    """Make or renew a learner's signed portfolio in the cohort's `portfolios/<learner>`.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        key: the provider's signing key.
        who: who makes it, for the log.

    Returns:
        The bag's folder.

    Raises:
        KitError: the learner is not enrolled or handed nothing in, or the disk is full. An older bag stays as it was.
    """
    if learner not in enrol.learners(cohort):
        raise KitError(f"{learner} is not enrolled in {cohort.name}.")
    handed_in = _submissions(cohort, learner)
    if not handed_in:
        raise KitError(f"{learner} has handed nothing in, so there is no portfolio to make.")
    target = cohort.path / "portfolios" / learner
    build = Path(tempfile.mkdtemp(prefix=".making-", dir=cohort.path / "portfolios"))
    try:
        bag = build / learner
        contents = _gather(cohort, learner, handed_in, bag)
        files.write(bag / "index.html", _index(cohort, learner, contents))
        _seal(bag, cohort, learner, key)
        old = build / "old"
        if target.exists():
            files.replace(target, old)
        files.replace(bag, target)
    except OSError as error:
        raise KitError(f"The portfolio of {learner} could not be made: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(build, ignore_errors=True)
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "portfolio", learner, {"files": len(contents), "key": key.fingerprint})
    return target


def learners(cohort: Cohort) -> list[str]:
    """Everyone who has handed something in, in order."""
    table = records.submissions
    found = records.rows(cohort.engine, sa.select(table.c.learner).distinct().order_by(table.c.learner))
    return [row["learner"] for row in found]


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


def _submissions(cohort: Cohort, learner: str) -> list[dict[str, Any]]:
    table = records.submissions
    return records.rows(
        cohort.engine, sa.select(table).where(table.c.learner == learner).order_by(table.c.workbook, table.c.number)
    )


def _gather(cohort: Cohort, learner: str, handed_in: list[dict[str, Any]], bag: Path) -> list[tuple[str, str, str]]:
    """Put every file in its section; gives back (section, path, what it is)."""
    contents: list[tuple[str, str, str]] = []

    def add(section: str, path: str, content: bytes | str, what: str) -> None:
        files.write(bag / section / path, content)
        contents.append((section, f"{section}/{path}", what))

    unit = cohort.programme.unit
    for name in ("unit_standard.toml", "plan.toml", "rules.toml"):
        add(
            "1-general",
            name,
            (cohort.programme.folder / name).read_bytes(),
            f"{name.partition('.')[0].replace('_', ' ')} in force",
        )
    enrolled = records.rows(cohort.engine, sa.select(records.learners).where(records.learners.c.pseudonym == learner))[
        0
    ]
    add(
        "2-administration",
        "enrolment.csv",
        _csv(
            [
                {
                    "learner": learner,
                    "enrolled_on": enrolled["enrolled_on"],
                    "site": enrolled["site"],
                    "note": enrolled["note"],
                }
            ]
        ),
        "enrolment, under the learner's number",
    )
    for row in handed_in:
        kept = cohort.path / row["file"]
        folder = f"{row['workbook']}/hand-in-{row['number']}"
        when = f"{row['made_at']:%Y-%m-%d %H:%M} UTC, receipt {row['receipt']}"
        add(
            "3-evidence",
            f"{folder}/{kept.name}",
            kept.read_bytes(),
            f"{row['workbook']}, hand-in {row['number']}, as it came ({when})",
        )
        submission: Submission = inspect(kept)
        for part in submission.parts:
            if part == "answers.json" or part.startswith("evidence/"):
                add(
                    "3-evidence",
                    f"{folder}/{part}",
                    read_part(kept, part),
                    f"{row['workbook']}, hand-in {row['number']}: {part}",
                )
    for workbook in dict.fromkeys(row["workbook"] for row in handed_in):
        graded = cohort.path / "autograded" / learner / workbook / f"{workbook}.ipynb"
        if graded.is_file():
            add(
                "3-evidence",
                f"{workbook}/graded.ipynb",
                graded.read_bytes(),
                f"{workbook} as it was graded: answers and checks",
            )
    standings = evidence.matrix(cohort, learner)
    add("4-reporting", "matrix.json", evidence.as_json(cohort, standings), "evidence for every criterion")
    decisions = judgement.history(cohort, learner)
    add("4-reporting", "judgements.csv", _csv(decisions), "every decision, corrected ones too")
    if decisions:
        add(
            "4-reporting",
            "feedback.pdf",
            to_pdf(papers.feedback(cohort, learner, named=False)),
            "feedback to the learner",
        )
        add(
            "4-reporting",
            "report.pdf",
            to_pdf(papers.report(cohort, learner, named=False)),
            f"assessor's report, unit standard {unit.id}",
        )
    ids = [row["id"] for row in decisions]
    looked_at = records.rows(
        cohort.engine, sa.select(records.moderation).where(records.moderation.c.judgement.in_(ids))
    )
    if looked_at:
        add("4-reporting", "moderation.csv", _csv(looked_at), "what the moderator found")
    return contents


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["nothing recorded"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: plain(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _index(cohort: Cohort, learner: str, contents: list[tuple[str, str, str]]) -> str:
    """A plain page that leads to every file; no script, every text escaped."""
    unit = cohort.programme.unit
    parts = []
    for section, title in SECTIONS.items():
        rows = "".join(
            f"<li><a href='{html.escape(path, quote=True)}'>{html.escape(what)}</a></li>"
            for one, path, what in contents
            if one == section
        )
        parts.append(f"<h2>{html.escape(title)}</h2>\n<ul>{rows or '<li>Nothing yet.</li>'}</ul>")
    return (
        f"<!doctype html>\n<html lang='en-ZA'><head><meta charset='utf-8'>{_SAFE}\n"
        f"<title>Portfolio of evidence, {html.escape(learner)}</title>\n"
        "<style>body{font:1.05rem/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
        "h1,h2{line-height:1.2}h2{margin-top:2rem}a{color:#0b4f8a}li{margin:.3rem 0}</style></head>\n"
        f"<body><main><h1>Portfolio of evidence: {html.escape(learner)}</h1>\n"
        f"<p>Unit standard {html.escape(unit.id)}, {html.escape(unit.title)}. Cohort {html.escape(cohort.name)}.</p>\n"
        + "\n".join(parts)
        + "\n<p>This folder is signed. <code>learner-kit verify</code> tells whether anything in it was changed.</p>"
        "</main></body></html>\n"
    )


def _seal(bag: Path, cohort: Cohort, learner: str, key: signing.Key) -> None:
    import bagit

    logging.getLogger("bagit").setLevel(logging.ERROR)
    about = {
        "External-Identifier": learner,
        "Source-Organization": cohort.name,
        "External-Description": f"Portfolio of evidence, unit standard {cohort.programme.unit.id}",
        "Bag-Software-Agent": f"learner-kit {__version__}",
    }
    bagit.make_bag(str(bag), bag_info=about, checksums=["sha256"])
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
