"""Taking in what learners hand in: checked, kept as it came, and laid out so that nbgrader can grade it.

Every step can be done again: a collection that was cut off is simply run once more. The zip is kept first, then its
answers are laid out, and only then does the database know of it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from learner_kit import files
from learner_kit.course import enrol, handins, master, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.submission import ANSWERS, Refused, Submission, inspect, read_part
from learner_kit.errors import DataError, KitError
from learner_kit.moments import sast
from learner_kit.workbook.answers import Answers, load_answers
from learner_kit.workbook.figures import fingerprint, read_seed

NAMED = re.compile(r"(L-\d{4,7})(?:-([a-z0-9-]+?)-\d{8}-\d{6})?(?!\d)")  # how the kit names a hand-in
UNSIGNED = "the declaration of authenticity is not signed"  # in the note of a hand-in
NAMED_AT_MOST = 5  # files that are no hand-ins
SLACK = dt.timedelta(minutes=10)  # how far a learner's clock may run ahead of ours


@dataclass(frozen=True)
class Taken:
    """What became of one file: `state` is new, newer (replaces an earlier one), known or refused."""

    file: str
    state: str
    learner: str | None
    workbook: str | None
    number: int | None
    receipt: str | None
    said: str


def find(sources: Iterable[str | Path]) -> list[Path]:
    """The zips among files and folders, folders searched through, in an order that does not depend on the disk."""
    found: list[Path] = []
    for source in map(Path, sources):
        found += (
            sorted(one for one in source.rglob("*") if one.is_file() and one.suffix.lower() == ".zip")
            if source.is_dir()
            else [source]
        )
    return found


def others(sources: Iterable[str | Path]) -> str:
    """Name in one sentence the files in folders that are no zips, which somebody may have meant to hand in."""
    left = [
        one.name
        for source in map(Path, sources)
        if source.is_dir()
        for one in sorted(source.rglob("*"))
        if one.is_file() and one.suffix.lower() != ".zip" and not one.name.startswith(".")
    ]
    return f"Left alone, for a hand-in is a zip: {handins.some(left, NAMED_AT_MOST)}." if left else ""


def collect(
    cohort: Cohort,
    sources: Iterable[str | Path],
    who: str,
    now: dt.datetime | None = None,
    each: Callable[[Taken], None] | None = None,
    arrived: Mapping[Path, dt.datetime] | None = None,
) -> list[Taken]:
    """Take in submissions; one that is refused changes nothing and stops no other.

    Args:
        cohort: the cohort.
        sources: zips, or folders that hold zips.
        who: who collects, for the log.
        now: the time (UTC); the clock's without one.
        each: called with what became of each file as soon as it is known.
        arrived: when files came (UTC), where this computer knows it; it counts, not what the learner's clock said.

    Returns:
        One `Taken` a file, in order: oldest hand-in first, so that a learner's newest stands at the end.

    Raises:
        KitError: another collection runs in this cohort, or its folder or database cannot be written to.
    """
    with alone(cohort, "collection"):
        return _collect(cohort, sources, who, now or records.now(), each, arrived or {})


@contextmanager
def alone(cohort: Cohort, what: str) -> Iterator[None]:
    """Let one process do something in a cohort at a time.

    Args:
        cohort: the cohort.
        what: grading or collection.

    Raises:
        KitError: another process is at it, or the folder may not be written to.
    """
    try:
        lock = FileLock(cohort.path / f".{what}.lock", timeout=0, mode=0o666)  # less the umask: staff of a hub share it
        lock.acquire()
    except Timeout:
        raise KitError(
            f"Another {what} of {cohort.name} is running. Wait until it has finished, then start again."
        ) from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise KitError(f"Nothing was changed: the folder {cohort.path} cannot be written to ({said}).") from None
    try:
        yield
    finally:
        lock.release()


def _collect(
    cohort: Cohort,
    sources: Iterable[str | Path],
    who: str,
    now: dt.datetime,
    each: Callable[[Taken], None] | None,
    arrived: Mapping[Path, dt.datetime],
) -> list[Taken]:
    for left in (cohort.path / "received").glob(".*-*"):  # what a collection that was cut off was making
        files.clear(left)
    known = set(enrol.learners(cohort))
    order: list[tuple[str, Path, Submission | str]] = []
    for path in find(sources):
        try:
            submission = inspect(path)
            submission = replace(submission, made_at=arrived.get(path, submission.made_at))
            order.append((submission.made_at.isoformat(), path, submission))
        except Refused as refusal:
            order.append(("", path, str(refusal)))
    done = []
    for _, path, submission in sorted(order, key=lambda one: (one[0], str(one[1]))):
        try:
            if isinstance(submission, str):
                raise Refused(submission)
            taken = _take(cohort, path, submission, known, who, now)
        except Refused as refusal:
            owner = submission if isinstance(submission, Submission) else None
            taken = Taken(
                path.name,
                "refused",
                owner and owner.learner,
                owner and owner.workbook,
                None,
                owner and owner.receipt,
                str(refusal) if owner else _again(path, str(refusal)),
            )
            with records.transaction(cohort.engine) as connection:
                records.note(connection, who, "refuse submission", path.name[:120], str(refusal))
        done.append(taken)
        if each:
            each(taken)
    return done


def _again(path: Path, why: str) -> str:
    """What to do about a file that tells nothing of itself; its name may say whose it is, which proves nothing."""
    found = NAMED.match(path.name)
    whose = f"by its name it is of {found[1]}" + (f", workbook {found[2]}" if found[2] else "") if found else ""
    ask = (
        f"ask {found[1] if found else 'the learner'} for the file again: it is in the folder handed-in of the workbook"
    )
    return "; ".join(filter(None, (why, whose, ask)))


def _take(cohort: Cohort, path: Path, submission: Submission, known: set[str], who: str, now: dt.datetime) -> Taken:
    _belongs(cohort, submission, known)
    learner, workbook = submission.learner, submission.workbook
    table = records.submissions
    own = sa.select(table).where(table.c.learner == learner, table.c.workbook == workbook).order_by(table.c.number)
    earlier = records.rows(cohort.engine, own)
    same = next((row for row in earlier if row["sha256"] == submission.sha256), None)
    if same:
        said = f"collected already as hand-in {same['number']}"
        return Taken(path.name, "known", learner, workbook, same["number"], same["receipt"], said)
    _same_class(cohort, submission)
    answers = _answers(path, cohort, submission)
    number, made_at, notes = len(earlier) + 1, submission.made_at, _notes(submission, answers)
    if made_at > now + SLACK:
        notes.append(f"the learner's clock says {sast(made_at)}, which is still to come; the time of collection counts")
        made_at = now
    newer = [row for row in earlier if row["made_at"] > made_at]
    if newer:
        notes.append(f"hand-in {newer[-1]['number']} is newer and stays the one that is graded")
    kept = Path("received") / learner / workbook / f"{number}-{submission.receipt}.zip"
    try:
        files.sweep((cohort.path / kept).parent)
        files.write(cohort.path / kept, path.read_bytes())
        if not newer:
            _lay_out(cohort, path, submission, answers, made_at)
    except OSError as error:
        raise KitError(
            f"{path.name} could not be stored in {cohort.path} ({error.strerror or error}). What was collected before it "
            "is kept. Mend that and collect again."
        ) from None
    row = {
        "learner": learner,
        "workbook": workbook,
        "number": number,
        "made_at": made_at,
        "collected_at": now,
        "receipt": submission.receipt,
        "sha256": submission.sha256,
        "file": kept.as_posix(),
        "note": "; ".join(notes),
    }
    with records.transaction(cohort.engine) as connection:
        connection.execute(table.insert().values(**row))
        detail = {"number": number, "receipt": submission.receipt}
        records.note(connection, who, "collect", f"{learner} {workbook}", detail)
    state = "newer" if earlier else "new"
    return Taken(path.name, state, learner, workbook, number, submission.receipt, row["note"] or "taken in")


def _belongs(cohort: Cohort, submission: Submission, known: set[str]) -> None:
    """Refuse what is not of this programme, not released here, or of nobody in the class."""
    workbook = submission.workbook
    if workbook not in cohort.workbooks:
        raise Refused(f"it is of a workbook that this programme does not have ({workbook})")
    if not cohort.is_released(workbook):
        raise Refused(f"the workbook {workbook} is not released in this cohort")
    if submission.learner not in known:
        raise Refused(f"{submission.learner} is not enrolled in this cohort")


def _notes(submission: Submission, answers: Answers) -> list[str]:
    """What whoever collects and whoever assesses should know of a hand-in."""
    notes = [str(note) for note in answers.notes]
    if not submission.declared:
        notes.append(UNSIGNED)
    if submission.captured_by:
        notes.append(f"typed in from paper by {submission.captured_by}")
    return notes


def _same_class(cohort: Cohort, submission: Submission) -> None:
    """Refuse work on the figures of another class: here it would be graded by figures that the learner never saw."""
    seed, workbook = read_seed(cohort.release(submission.workbook)), submission.workbook
    if not submission.figures or seed is None or submission.figures == fingerprint(seed):
        return
    if not master.run(master.read(cohort.master(workbook)), {}, submission.learner, dry=True).drawn:
        return  # its questions are the same in every class
    named = f" ({submission.of_class})" if submission.of_class else ""
    raise Refused(
        f"this work was done on the figures of another class{named}. Copy the released folder {workbook} of this class "
        f"({cohort.name}) into work, keep the answers, and do the questions with figures again; the other answers stay"
    )


def _answers(path: Path, cohort: Cohort, submission: Submission) -> Answers:
    asked = master.questions(master.read(cohort.master(submission.workbook)))
    try:
        answers = load_answers(read_part(path, ANSWERS), asked.values())
    except DataError as error:
        faults = "; ".join(str(fault) for fault in error.faults[:4])
        more = f"; and {len(error.faults) - 4} more" if len(error.faults) > 4 else ""
        raise Refused(f"its answers cannot be used: {faults}{more}") from None
    if answers.workbook not in (None, submission.workbook):
        raise Refused(f"its answers are of the workbook {answers.workbook!r}")
    if answers.learner not in (None, submission.learner):
        raise Refused(f"its answers belong to {answers.learner}, but {submission.learner} handed them in")
    return answers


def _lay_out(cohort: Cohort, path: Path, submission: Submission, answers: Answers, made_at: dt.datetime) -> None:
    """Lay out `submitted/<learner>/<workbook>` as nbgrader expects it, whole or not at all.

    The notebook is the released one, not the learner's: what is graded is the answers. The learner's own notebook stays
    in the zip, never opened.
    """
    learner, workbook = submission.learner, submission.workbook
    target = cohort.path / "submitted" / learner / workbook
    target.parent.mkdir(parents=True, exist_ok=True)
    build = files.new_folder(cohort.path / "received", ".making-")
    try:
        shutil.copyfile(cohort.release(workbook) / f"{workbook}.ipynb", build / f"{workbook}.ipynb")
        held = {
            "format": 1,
            "workbook": workbook,
            "learner": learner,
            "saved": answers.saved,
            "answers": answers.answers,
        }
        files.write(build / ANSWERS, json.dumps(held, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        files.write(build / "timestamp.txt", f"{made_at:%Y-%m-%d %H:%M:%S} UTC")
        for part in submission.parts:
            if part.startswith("evidence/"):
                files.write(build / part, read_part(path, part))
        old = files.new_folder(cohort.path / "received", ".old-")
        if target.exists():
            files.replace(target, old / "was", False)
        files.replace(build, target)
        files.clear(old)
    finally:
        files.clear(build)
