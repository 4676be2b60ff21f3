"""From paper back to data: what a facilitator typed from a learner's sheets becomes an ordinary hand-in.

It goes the way of every hand-in: packed, checked and collected, so that it is graded like any other. Its manifest says
who typed it in; a scan of the sheets may go along.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from learner_kit import files
from learner_kit.course import enrol, records
from learner_kit.course import master as masters
from learner_kit.course.cohort import Cohort
from learner_kit.course.collect import Taken, collect
from learner_kit.course.submission import ANSWERS, Refused, inspect, pack, read_part
from learner_kit.editions.codes import Typed, answers, codes
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.workbook import Answers, load_answers, save_answers
from learner_kit.workbook.evidence_files import FOLDER, Evidence, add_file, kind_of
from learner_kit.workbook.questions import Question, blank

SCANS = ("pdf", "image")
_LINE = re.compile(r"(\S+?)(?:(?:\s*=\s*|\s+)(.*))?")


def questions(cohort: Cohort, workbook: str, learner: str) -> dict[str, Question]:
    """The questions on a learner's paper, by code, with the learner's figures.

    Raises:
        KitError: the learner is not enrolled, or the workbook is not released in the cohort.
    """
    enrol.require_learner(cohort, learner)
    _released(cohort, workbook)
    run = masters.run(masters.read(cohort.master(workbook)), {}, learner, dry=True)
    return codes(workbook, run.questions.values())


def _released(cohort: Cohort, workbook: str) -> None:
    if workbook not in cohort.programme.workbooks:
        raise KitError(f"There is no workbook {workbook!r}; there are: {', '.join(cohort.programme.workbooks)}.")
    cohort.released(workbook)


def typed(cohort: Cohort, workbook: str, learner: str, lines: Iterable[Typed]) -> dict[str, Any]:
    """The answers of one learner from typed codes: plain values by question id.

    Raises:
        KitError: the learner is not enrolled, or the workbook is not released.
        DataError: every line with a fault.
    """
    asked = questions(cohort, workbook, learner)
    return answers(workbook, asked.values(), lines, f"What was typed for {learner}")


def split(text: str, first: int = 1) -> list[Typed]:
    """Typed lines: a code, a space or =, the answer.

    Example:
        >>> split("7k R1 500\\n\\n8B=a")
        [Typed(place=1, code='7k', said='R1 500'), Typed(place=3, code='8B', said='a')]
    """
    lines = [(place, said.strip()) for place, said in enumerate(text.splitlines(), start=first)]
    found = [(place, _LINE.fullmatch(said)) for place, said in lines if said]
    return [Typed(place, match[1], match[2] or "") for place, match in found if match]


def read_table(
    cohort: Cohort, workbook: str, path: str | Path, learner: str | None = None
) -> dict[str, dict[str, Any]]:
    """The answers of a class, or of one learner, from a table with the columns learner, code and answer.

    Args:
        cohort: the cohort.
        workbook: its name.
        path: a CSV or Excel file; a column learner may be left out when `learner` is given. Other columns do not count.
        learner: take only this learner's lines.

    Returns:
        Learner → plain values by question id.

    Raises:
        KitError: it is no table, or the workbook is not released.
        DataError: every fault of the table at once.
    """
    from learner_kit.checks import has_columns
    from learner_kit.tablefile import read_table as read

    _released(cohort, workbook)
    table = read(path)
    source = Path(path).name
    has_columns(table, ["code", "answer", *([] if learner else ["learner"])], source)
    known, faults = set(enrol.learners(cohort)), []
    lines: dict[str, list[Typed]] = {}
    named = table["learner"] if "learner" in table.columns else [""] * len(table)
    for index, who, code, said in zip(table.index, named, table["code"], table["answer"], strict=True):
        whose = str(who).strip().upper() or learner or ""
        if learner and whose != learner:
            continue
        if whose not in known:
            reason = (
                f"is not enrolled in {cohort.name}" if whose else "says whose answer it is: a number such as L-0001"
            )
            faults.append(Fault(int(index) + 1, "learner", who, reason))
            continue
        lines.setdefault(whose, []).append(Typed(int(index) + 1, str(code), str(said)))
    found = {}
    for whose, own in lines.items():
        try:
            found[whose] = answers(workbook, questions(cohort, workbook, whose).values(), own, source)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.row or 0), source)
    if not any(found.values()):
        raise KitError(f"{source} holds no answer{f' of {learner}' if learner else ''}. Nothing was taken in.")
    return {whose: given for whose, given in found.items() if given}


class Earlier(NamedTuple):
    """The hand-in that a new one takes the place of: its answers by question id, and what lies in its file."""

    number: int
    file: Path
    answers: Mapping[str, Any]
    declared: bool
    parts: tuple[str, ...]

    def lost(self, given: Mapping[str, Any], documents: bool = False) -> int:
        """How many of its answers are not among those given, documents among them unless they stay."""
        return sum(id not in given and not (documents and _is_document(one)) for id, one in self.answers.items())


def _is_document(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) and "sha256" in one for one in value)


def earlier(cohort: Cohort, workbook: str, learner: str) -> Earlier | None:
    """The newest hand-in of a learner, which is the one that is graded; None where there is none, or none that can be read."""
    table = records.submissions
    query = sa.select(table).where(table.c.learner == learner, table.c.workbook == workbook)
    found = records.rows(cohort.engine, query.order_by(table.c.made_at.desc(), table.c.number.desc()).limit(1))
    for row in found:
        path = cohort.path / row["file"]
        with contextlib.suppress(Refused, DataError):
            held = inspect(path)
            answers = load_answers(read_part(path, ANSWERS), questions(cohort, workbook, learner).values()).answers
            kept = {id: value for id, value in answers.items() if not blank(value)}
            return Earlier(row["number"], path, kept, held.declared, held.parts)
    return None


def take_in(
    cohort: Cohort,
    workbook: str,
    learner: str,
    given: Mapping[str, Any],
    who: str,
    declared: bool = False,
    scan: tuple[str, bytes] | None = None,
    documents: Sequence[tuple[str, str, bytes]] = (),
    keep: Earlier | None = None,
) -> Taken:
    """Hand a learner's paper in: the same answers.json, the same zip and the same collection as a hand-in by screen.

    Args:
        cohort: the cohort.
        workbook: its name.
        learner: the learner's number.
        given: plain values by question id, from `typed` or `read_table`.
        who: who typed it in; stands in the manifest and in the note of the hand-in.
        declared: the declaration on the paper is signed.
        scan: name and bytes of a scan of the sheets (PDF or picture), kept as evidence.
        documents: code of the question, name and bytes of each document fastened to the sheets.
        keep: the hand-in that is corrected; its documents and its scan stay.

    Returns:
        What became of it, as `collect` says.

    Raises:
        KitError: nothing was answered, a document is not taken, or the hand-in was refused. Nothing changes then.
    """
    asked = questions(cohort, workbook, learner)
    with tempfile.TemporaryDirectory(prefix="learner-kit-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary) / workbook
        folder.mkdir()
        held = _with_documents(folder, asked, {**given, **_kept(folder, keep)}, documents)
        if not held:
            raise KitError("No answer was typed, so nothing was taken in.")
        save_answers(folder / "answers.json", Answers(workbook, learner, None, held))
        if scan:
            try:
                kind_of(*scan, kinds=SCANS)
            except ValueError as error:
                raise KitError(f"{scan[0]}: {error}") from None
            files.write(folder / FOLDER / f"paper-{workbook}{Path(scan[0]).suffix.lower()}", scan[1])
        packed = pack(folder, workbook, learner, temporary, declared=declared, captured_by=who[:60])
        (taken,) = collect(cohort, [packed.path], who)
    if taken.state == "refused":
        raise KitError(f"The paper of {learner} was not taken in: {taken.said}.")
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "capture from paper", f"{learner} {workbook}", {"receipt": taken.receipt})
    return taken


def _kept(folder: Path, keep: Earlier | None) -> dict[str, Any]:
    """Put the documents of an earlier hand-in into the folder; gives the answers that they are."""
    if keep is None:
        return {}
    for part in keep.parts:
        if part.startswith(f"{FOLDER}/"):
            files.write(folder / part, read_part(keep.file, part))
    return {id: value for id, value in keep.answers.items() if _is_document(value)}


def _with_documents(
    folder: Path, asked: Mapping[str, Question], held: dict[str, Any], documents: Sequence[tuple[str, str, bytes]]
) -> dict[str, Any]:
    for code, name, content in documents:
        question = asked.get(code.strip().upper())
        if not isinstance(question, Evidence):
            takes = ", ".join(code for code, one in asked.items() if isinstance(one, Evidence)) or "none"
            raise KitError(f"{code} takes no document; these do: {takes}. Nothing was taken in.")
        try:
            held[question.id] = add_file(folder, question, held.get(question.id), name, content)
        except ValueError as error:
            raise KitError(f"{name}: {error} Nothing was taken in.") from None
    return held
