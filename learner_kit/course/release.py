"""Handing a workbook out: nbgrader's own release step, which takes the hidden tests out and notes the points.

What is handed out holds the seed of its class (`figures.json`), from which each learner's own figures are drawn, and a page of
plain words for the learner (`handout.py`).
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from learner_kit import files
from learner_kit.course import handout, master, records
from learner_kit.course.cohort import Cohort, nbgrader_config
from learner_kit.errors import DataError, KitError
from learner_kit.moments import SOUTH_AFRICA
from learner_kit.workbook.answers import load_answers
from learner_kit.workbook.figures import read_seed, write_seed
from learner_kit.workbook.variants import class_seed


def end_of(day: dt.date | None) -> dt.datetime | None:
    """The end of a South African day, in UTC as nbgrader keeps it.

    Example:
        >>> end_of(dt.date(2026, 12, 4))
        datetime.datetime(2026, 12, 4, 21, 59, 59)
    """
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time(23, 59, 59), SOUTH_AFRICA).astimezone(dt.UTC).replace(tzinfo=None)


def release(cohort: Cohort, workbook: str, who: str, due: dt.datetime | None = None) -> Path:
    """Make the learners' version of a workbook.

    Args:
        cohort: the cohort.
        workbook: its name, such as so1.
        who: who releases it, for the log.
        due: when it is to be handed in (UTC); no date without one. What comes later is marked late, never refused.

    Returns:
        The folder to hand out: `release/<workbook>`.

    Raises:
        KitError: the programme has no such workbook, or points or ids changed after learners handed work in.
        DataError: the master has faults.
    """
    from nbgrader.api import Gradebook
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    known = cohort.programme.workbooks
    if workbook not in known:
        raise KitError(f"There is no workbook {workbook!r}; there are: {', '.join(known) or 'none'}.")
    if not cohort.master(workbook).is_file():
        shutil.copytree(
            cohort.programme.folder / "source" / workbook, cohort.master(workbook).parent, dirs_exist_ok=True
        )
        files.share(cohort.path / "source")
    with _writing(cohort):
        folder = cohort.master(workbook).parent
        write_seed(folder, class_seed(cohort.seed), cohort.name)
        page = handout.text(cohort.programme, workbook, folder, cohort.name, due)
        files.write(folder / handout.NAME, page.encode("utf-8"))
    master.questions(master.read(cohort.master(workbook)))
    cohort.engine.connect().close()  # where no database answers, nbgrader would ask for an upgrade
    config = nbgrader_config(cohort)
    config.CourseDirectory.assignment_id = workbook
    config.GenerateAssignment.force = True
    course = CourseDirectory(config=config)
    problems = _Problems()
    with quiet_nbgrader(problems):
        try:
            GenerateAssignment(coursedir=course, config=config).start()
        except NbGraderException:
            said = "; ".join(problems.said) or "nbgrader gave no reason"
            raise KitError(f"The workbook {workbook} could not be released: {said}.") from None
        with Gradebook(course.db_url, course.course_id) as gradebook:
            gradebook.update_or_create_assignment(workbook, duedate=due)
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "release", workbook, {"due": str(due) if due else None})
    return cohort.release(workbook)


@contextmanager
def _writing(cohort: Cohort):
    try:
        yield
    except OSError as error:
        raise KitError(f"The cohort's folder {cohort.path} cannot be written to: {error.strerror or error}.") from None


def of_another_class(cohort: Cohort, workbook: str, folder: str | Path) -> bool:
    """Tell whether the workbook in a learner's folder holds the figures of another class than the cohort's."""
    there, here = read_seed(Path(folder) / workbook), read_seed(cohort.release(workbook))
    return there is not None and here is not None and there != here


def place(cohort: Cohort, workbook: str, folder: str | Path, say: Callable[[str], object] = print) -> Path:
    """Put a released workbook into a learner's own folder; answers that stand there already stay.

    A folder that holds answers to the figures of another class is set aside beside it, and what was set aside before for
    this class comes back.

    Args:
        cohort: the cohort.
        workbook: its name, such as so1.
        folder: the learner's own folder, such as work.
        say: called with one line where a folder was set aside.

    Returns:
        The notebook to open.

    Raises:
        KitError: it is not released, or the folder cannot be written to.
    """
    released = cohort.released(workbook)
    target = Path(folder) / workbook
    if of_another_class(cohort, workbook, folder):
        _set_aside(cohort, workbook, target, say)
    try:
        found = [one for one in sorted(released.rglob("*")) if one.is_file()]
        # A stick may be pulled out: what stands there is whole, or as it was.
        files.write_many({target / one.relative_to(released): one.read_bytes() for one in found})
    except OSError as error:
        raise KitError(f"The workbook could not be put into {target}: {error.strerror}.") from None
    return target / f"{workbook}.ipynb"


def _set_aside(cohort: Cohort, workbook: str, target: Path, say: Callable[[str], object]) -> None:
    """Make room for this class's workbook where another class's stands with answers; nothing is lost."""
    before = [one for one in target.parent.glob(f"{workbook}.other-class-*") if one.is_dir()]
    ours = [one for one in before if read_seed(one) == read_seed(cohort.release(workbook))]
    if not ours and not any(map(_answered, target.glob("answers*.json"))):
        return
    stamp = f"{workbook}.other-class-{dt.datetime.now():%Y%m%d-%H%M%S}"
    aside = target.with_name(stamp)
    for number in range(2, 1_000):
        if not aside.exists():
            break
        aside = target.with_name(f"{stamp}-{number}")
    try:
        files.replace(target, aside)
        if ours:
            files.replace(max(ours, key=lambda one: one.name), target)
    except OSError as error:
        raise KitError(
            f"{target} holds the workbook of another class and could not be set aside ({error.strerror}). Close what is "
            "open in it and start again."
        ) from None
    say(
        f"{target.name} held work on the figures of another class. It is kept in {aside}; the workbook of {cohort.name} "
        f"stands in {target} now."
    )


def _answered(path: Path) -> bool:
    try:
        return any(value is not None for value in load_answers(path).answers.values())
    except (DataError, OSError):
        return True  # what cannot be read may hold answers


class _Problems(logging.Handler):
    """Keeps what nbgrader logs as an error, to be said in one sentence."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        first = record.getMessage().strip().split("\n")[0]
        if first and not first.startswith("Traceback"):
            self.said.append(first.rstrip("."))


@contextmanager
def quiet_nbgrader(problems: logging.Handler | None = None):
    """Keep nbgrader's log and its database warnings off the screen; `problems` hears the errors."""
    log = logging.getLogger("traitlets")
    before, spread = log.handlers[:], log.propagate
    log.handlers, log.propagate = [problems or logging.NullHandler()], False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.handlers, log.propagate = before, spread
