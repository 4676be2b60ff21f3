"""What goes into a portfolio, in the usual order: general, administration, evidence, reporting.

Files are copied in pieces and hashed on the way, so that memory does not grow with what a learner handed in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.assess import evidence, judgement, papers, workplace
from learner_kit.assess.papers import results as results_papers
from learner_kit.assess.papers import workplace as workplace_papers
from learner_kit.assess.portfolio import readable
from learner_kit.assess.tables import as_csv
from learner_kit.course import handins, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS, MANIFEST, Refused, inspect
from learner_kit.documents import to_pdf
from learner_kit.errors import KitError
from learner_kit.moments import local

GENERAL, ADMINISTRATION, EVIDENCE, REPORTING = "1-general", "2-administration", "3-evidence", "4-reporting"
SECTIONS = {
    GENERAL: "General: the unit standard and how it was assessed",
    ADMINISTRATION: "Administration: enrolment and declarations",
    EVIDENCE: "Evidence: what the learner handed in, every attempt",
    REPORTING: "Reporting: judgements, feedback, report, moderation",
}
ANSWERS_PAGE = "answers.html"
ADDED = "added by the provider: "
ALL = ("all",)  # an item that is about every criterion
LONGEST = 80  # letters of a file's name: with the folders above it, Windows still finds it
PIECE = 2**20


@dataclass(frozen=True)
class Entry:
    """One file of a portfolio: where it stands, what it is, the criteria it serves, when it was made, its SHA-256."""

    section: str
    path: str
    what: str
    criteria: tuple[str, ...]
    on: str
    sha256: str


@dataclass(frozen=True)
class Declaration:
    """What a learner declared with one hand-in; `says` is empty where nothing was signed."""

    workbook: str
    number: int
    made_at: str
    receipt: str
    says: str


@dataclass(frozen=True)
class Contents:
    """Everything in one learner's portfolio, and what was declared."""

    entries: tuple[Entry, ...]
    declarations: tuple[Declaration, ...]


def safe_name(name: str, taken: Iterable[str] = ()) -> str:
    """A file's name as every system can keep it: letters of every language stay, the rest does not.

    Example:
        >>> safe_name("Ṱhoḓisiso ya vharengi: 100%.pdf")
        'Ṱhoḓisiso ya vharengi_ 100_.pdf'
        >>> len(safe_name("x" * 200 + ".pdf"))
        80
        >>> safe_name("a.pdf", taken=["A.pdf"])
        'a-2.pdf'
    """
    plain = unicodedata.normalize("NFC", name)
    plain = (
        "".join(one if one.isprintable() and one not in '<>:"/\\|?*%' else "_" for one in plain).strip(". ") or "file"
    )
    stem, dot, ending = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        stem, ending = plain, ""
    else:
        ending = "." + ending
    seen = {one.casefold() for one in taken}
    count = 1
    while True:
        mark = f"-{count}" if count > 1 else ""
        made = stem[: LONGEST - len(ending) - len(mark)].rstrip(". ") + mark + ending
        if made.casefold() not in seen:
            return made
        count += 1


class Folder:
    """A portfolio's folder while it is being filled; every file is hashed while it is written."""

    def __init__(self, place: Path):
        self.place = place
        self.entries: list[Entry] = []
        self.written: list[Path] = []

    def add(
        self,
        section: str,
        path: str,
        content: bytes | str | IO[bytes],
        what: str,
        criteria: Iterable[str] = (),
        on: Any = "",
    ) -> None:
        """Write one file and enter it into the list; something that can be read is copied in pieces."""
        target = self.place / section / path
        target.parent.mkdir(parents=True, exist_ok=True)
        said = hashlib.sha256()
        with target.open("xb") as file:
            if isinstance(content, str):
                content = content.encode("utf-8", "surrogatepass")
            if isinstance(content, bytes):
                said.update(content)
                file.write(content)
            else:
                while piece := content.read(PIECE):
                    said.update(piece)
                    file.write(piece)
        self.written.append(target)
        on = local(on) if isinstance(on, dt.datetime) else on
        when = f"{on:%Y-%m-%d}" if hasattr(on, "strftime") else str(on)
        self.entries.append(
            Entry(section, f"{section}/{path}".lstrip("/"), what, tuple(criteria), when, said.hexdigest())
        )


def submissions(cohort: Cohort, learner: str) -> list[dict[str, Any]]:
    """A learner's hand-ins, by workbook and number."""
    table = records.submissions
    query = sa.select(table).where(table.c.learner == learner)
    order = {name: place for place, name in enumerate(cohort.programme.workbooks)}
    rows = records.rows(cohort.engine, query)
    return sorted(rows, key=lambda row: (order.get(row["workbook"], len(order)), row["workbook"], row["number"]))


def gather(
    cohort: Cohort,
    learner: str,
    folder: Folder,
    handed_in: list[dict[str, Any]],
    standings: Sequence[evidence.Standing],
) -> Contents:
    """Fill a folder with everything that belongs into a learner's portfolio.

    Args:
        handed_in: from `submissions`.
        standings: of this learner, from `evidence.matrix`.

    Raises:
        KitError: a hand-in is gone, or is no longer the file that was collected.
    """
    _general(cohort, folder)
    signed = tuple(declared(cohort, row) for row in handed_in)
    _administration(cohort, learner, folder, signed)
    stands, history = handins.graded_numbers(cohort, learner), judgement.history(cohort, learner)
    for workbook in dict.fromkeys(row["workbook"] for row in handed_in):
        said, what = (
            readable.answers(cohort, learner, workbook, standings, stands.get(workbook)),
            f"{workbook}: answers, checks and marks to read",
        )
        folder.add(EVIDENCE, f"{workbook}/{ANSWERS_PAGE}", said, what, _criteria(cohort, workbook))
        for row in (one for one in handed_in if one["workbook"] == workbook):
            _hand_in(cohort, folder, row)
            place = f"{workbook}/hand-in-{row['number']}"
            kept = folder.place / EVIDENCE / place / ANSWERS
            if row["number"] != stands.get(workbook) and (made := readable.judged(cohort, row, history, kept)):
                what = f"{workbook}, hand-in {row['number']}: what was judged on it, with the checks and marks of then"
                folder.add(EVIDENCE, f"{place}/{ANSWERS_PAGE}", made[0], what, made[1], row["made_at"])
        graded = cohort.path / "autograded" / learner / workbook / f"{workbook}.ipynb"
        if graded.is_file():
            with graded.open("rb") as file:
                what = f"{workbook} as it was graded last: answers and checks"
                folder.add(EVIDENCE, f"{workbook}/graded.ipynb", file, what, _criteria(cohort, workbook))
    _forms(cohort, learner, folder)
    _reporting(cohort, learner, folder, standings)
    return Contents(tuple(folder.entries), signed)


def _general(cohort: Cohort, folder: Folder) -> None:
    what = "unit standard, plan and rules to read"
    folder.add(GENERAL, "programme.html", readable.programme(cohort.programme), what, ALL)
    said = {
        "unit_standard.toml": "unit standard: outcomes and criteria as they were in force",
        "plan.toml": "plan of activities",
        "rules.toml": "rules of assessment, with their sources",
    }
    for name, what in said.items():
        folder.add(GENERAL, name, (cohort.programme.folder / name).read_bytes(), what, ALL)


def _administration(cohort: Cohort, learner: str, folder: Folder, signed: tuple[Declaration, ...]) -> None:
    query = sa.select(records.learners).where(records.learners.c.pseudonym == learner)
    row = records.rows(cohort.engine, query)[0]
    held = [{"learner": learner, "enrolled_on": row["enrolled_on"], "site": row["site"], "note": row["note"]}]
    what = "enrolment, under the learner's number"
    folder.add(ADMINISTRATION, "enrolment.csv", as_csv(held), what, on=row["enrolled_on"])
    rows = [
        {
            "workbook": one.workbook,
            "hand_in": one.number,
            "made_at": one.made_at,
            "receipt": one.receipt,
            "declared": one.says or "NOT SIGNED",
        }
        for one in signed
    ]
    folder.add(ADMINISTRATION, "declarations.csv", as_csv(rows), "declarations of authenticity, one a hand-in", ALL)
    appealed = _of_judgements(cohort, records.appeals, learner)
    if appealed:
        criteria = dict.fromkeys(row["criterion"] for row in appealed)
        folder.add(ADMINISTRATION, "appeals.csv", as_csv(appealed), "appeals, every step", criteria)
        for number, criterion in {row["appeal"]: row["criterion"] for row in appealed}.items():
            paper = to_pdf(results_papers.appeal_form(cohort, learner, number, named=False))
            folder.add(ADMINISTRATION, f"appeal-{number}.pdf", paper, f"appeal {number} and its path", [criterion])
    own = cohort.path / "administration" / learner
    for path in sorted(own.rglob("*")) if own.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            taken = [one.path.rpartition("/")[2] for one in folder.entries if one.section == ADMINISTRATION]
            with path.open("rb") as file:
                folder.add(ADMINISTRATION, safe_name(path.name, taken), file, f"{ADDED}{path.name}")


@contextmanager
def _opened(cohort: Cohort, row: dict[str, Any]) -> Iterator[zipfile.ZipFile]:
    """The zip of a hand-in; only when it still is the file that was collected."""
    kept = cohort.path / row["file"]
    said = f"hand-in {row['number']} of {row['workbook']} by {row['learner']}"
    try:
        if files.sha256(kept) != row["sha256"]:
            raise KitError(
                f"{kept} is no longer the file that was collected as {said}. It cannot be signed as evidence."
            )
        with zipfile.ZipFile(kept) as archive:
            yield archive
    except FileNotFoundError:
        raise KitError(f"{kept} is gone: it was collected as {said}. Put it back from a copy first.") from None
    except zipfile.BadZipFile:
        raise KitError(f"{kept} cannot be read as the zip of {said}.") from None


def _read(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        held = json.loads(archive.read(name).decode("utf-8-sig"))
    except (KeyError, ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def declared(cohort: Cohort, row: dict[str, Any]) -> Declaration:
    """What the learner declared with one hand-in, from the manifest of its zip."""
    with _opened(cohort, row) as archive:
        says = _read(archive, MANIFEST).get("declaration", "")
    made = f"{row['made_at']:%Y-%m-%d %H:%M} UTC"
    return Declaration(row["workbook"], row["number"], made, row["receipt"], says if isinstance(says, str) else "")


def _hand_in(cohort: Cohort, folder: Folder, row: dict[str, Any]) -> None:
    workbook, number = row["workbook"], row["number"]
    kept, place = cohort.path / row["file"], f"{workbook}/hand-in-{number}"
    when, said = row["made_at"], f"{workbook}, hand-in {number}"
    criteria = _criteria(cohort, workbook)
    with _opened(cohort, row) as archive:
        try:
            parts = inspect(kept).parts
        except Refused as refusal:
            raise KitError(f"{kept}: {refusal}") from None
        with kept.open("rb") as file:
            folder.add(EVIDENCE, f"{place}/{kept.name}", file, f"{said}: the zip as it came", criteria, when)
        about = _about(cohort, workbook, _read(archive, ANSWERS))
        taken: list[str] = []
        for part in parts:
            if part != ANSWERS and not part.startswith("evidence/"):
                continue
            with archive.open(part) as member:
                if part == ANSWERS:
                    folder.add(EVIDENCE, f"{place}/{ANSWERS}", member, f"{said}: the answers", criteria, when)
                    continue
                name = part.removeprefix("evidence/")
                serves, note = about.get(name, ((), ""))
                taken.append(safe_name(name, taken))
                what = f"workplace document “{name}”" + (f": {note}" if note else "")
                folder.add(EVIDENCE, f"{place}/evidence/{taken[-1]}", member, f"{said}: {what}", serves, when)


def _forms(cohort: Cohort, learner: str, folder: Folder) -> None:
    """Observations, testimonies, presentations and logbooks: every record, corrected ones too."""
    known = workplace.forms(cohort.programme)
    stands = {one.number for one in workplace.standing(cohort, learner)}
    for one in workplace.history(cohort, learner):
        if one.form in known and one.criteria:
            form = known[one.form]
            what = f"{form.title}, {one.said}" + ("" if one.number in stands else " (corrected or taken back since)")
            content = to_pdf(workplace_papers.filled(cohort.programme, form, one))
            folder.add(EVIDENCE, f"forms/{one.form}-{one.number}.pdf", content, what, one.criteria, one.done_on)


def _about(cohort: Cohort, workbook: str, answers: dict[str, Any]) -> dict[str, tuple[tuple[str, ...], str]]:
    """Evidence file → the criteria its question names, and the learner's note."""
    found = {}
    given = answers.get("answers")
    for id, question in masters.questions(masters.read(cohort.master(workbook))).items():
        listed = given.get(id) if question.kind == "evidence" and isinstance(given, dict) else None
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict):
                found[str(one.get("file", ""))] = (tuple(question.criteria), str(one.get("note") or ""))
    return found


def _criteria(cohort: Cohort, workbook: str) -> tuple[str, ...]:
    """The criteria that a workbook's questions show."""
    master = masters.read(cohort.master(workbook))
    found = [cohort.programme.unit.criterion_of(cell.grade_id or "") for cell in (*master.checks, *master.tasks)]
    wanted = {one.id for one in found if one}
    return tuple(one.id for one in cohort.programme.unit.criteria if one.id in wanted)


def _reporting(cohort: Cohort, learner: str, folder: Folder, standings: Sequence[evidence.Standing]) -> None:
    folder.add(REPORTING, "matrix.json", evidence.as_json(cohort, standings), "evidence for every criterion", ALL)
    decisions = judgement.history(cohort, learner)
    if not decisions:
        return
    last, judged = decisions[-1]["decided_at"], tuple(dict.fromkeys(row["criterion"] for row in decisions))
    looked_at = _of_judgements(cohort, records.moderation, learner)
    reviews = _of_judgements(cohort, records.reviews, learner)
    last = max([last, *(row["at"] for row in reviews)])
    said = readable.decisions(cohort, learner, decisions, looked_at, reviews)
    folder.add(REPORTING, "decisions.html", said, "decisions and a moderator's findings to read", judged, last)
    folder.add(REPORTING, "judgements.csv", as_csv(decisions), "every decision, corrected ones too", judged, last)
    unit = cohort.programme.unit
    made = [
        ("feedback.pdf", papers.feedback, "feedback to the learner"),
        ("report.pdf", papers.report, f"assessor's report, unit standard {unit.id}"),
    ]
    given = (
        ("remediation-plan.pdf", results_papers.remediation, "remediation plan"),
        ("statement-of-results.pdf", results_papers.statement, "statement of results"),
    )
    made += [one for one in given if (cohort.path / "documents" / learner / one[0]).is_file()]
    for name, paper, what in made:
        folder.add(REPORTING, name, to_pdf(paper(cohort, learner, named=False)), what, judged, last)
    if looked_at:
        criteria = tuple(dict.fromkeys(row["criterion"] for row in looked_at))
        what = "what the moderator found"
        folder.add(REPORTING, "moderation.csv", as_csv(looked_at), what, criteria, looked_at[-1]["found_at"])
    if reviews:
        criteria = tuple(dict.fromkeys(row["criterion"] for row in reviews))
        what = "moderators' reviews after the last attempt"
        folder.add(REPORTING, "reviews.csv", as_csv(reviews), what, criteria, reviews[-1]["at"])


def _of_judgements(cohort: Cohort, table: sa.Table, learner: str) -> list[dict[str, Any]]:
    """The rows of a table about judgements that are about one learner, each with its criterion."""
    judged = records.judgements
    query = (
        sa.select(table, judged.c.criterion)
        .join(judged, judged.c.id == table.c.judgement)
        .where(judged.c.learner == learner)
        .order_by(table.c.id)
    )
    return records.rows(cohort.engine, query)


def settle(folder: Folder) -> None:
    """Make everything written outlast a power cut, in a second round so that the disk can take it together."""
    for path in folder.written:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def remove(place: Path) -> None:
    """Take a folder away, whatever is left of it."""
    files.clear(place)
