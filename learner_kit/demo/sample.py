"""The sample class as it stands in `data/sample_class`: its calendar, staff, hand-ins and marks, checked when read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from learner_kit.course.programme import HOME
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.moments import SOUTH_AFRICA
from learner_kit.reading import read_number, read_table
from learner_kit.settings import Keys, read, refuse

FOLDER = HOME / "data" / "sample_class"


@dataclass(frozen=True)
class Person:
    """A member of staff; an assessor judges the learners of `sites`."""

    role: str
    surname: str
    first_names: str
    registration: str
    registered: dt.date
    sites: tuple[str, ...]


@dataclass(frozen=True)
class Workbook:
    """A workbook of the class, and the days (from the start) on which things are done with it; `again` is when second
    attempts are collected and judged, if there are any."""

    name: str
    released: int
    due: int
    collected: int
    judged: int
    again: int | None


@dataclass(frozen=True)
class Minute:
    """A PDF that the demo makes of one answer (`source`) and adds as evidence to another question."""

    question: str
    source: str
    file: str
    signed: tuple[str, ...]


@dataclass(frozen=True)
class HandIn:
    """One learner hands a workbook in once: which answers, in which round, when (UTC), how much of the zip arrives, and
    whether the declaration that it is their own work is signed."""

    learner: str
    workbook: str
    answers: Path
    round: int
    at: dt.datetime
    cut: float
    declared: bool
    minute: Minute | None


@dataclass(frozen=True)
class Mark:
    """What a person gave for one longer answer."""

    points: float
    comment: str


@dataclass(frozen=True)
class SampleClass:
    """Everything the demo knows of its class; nothing of its results."""

    folder: Path
    workbooks: tuple[Workbook, ...]
    seed: str
    level: float
    start: dt.date
    moderated: int
    staff: tuple[Person, ...]
    hand_ins: tuple[HandIn, ...]
    marks: dict[tuple[str, int, str], Mark]
    second_marks: dict[tuple[str, str], Mark]

    def day(self, number: int) -> dt.date:
        """The date of a day of the calendar."""
        return self.start + dt.timedelta(days=number)

    def time(self, number: int, hour: int = 8) -> dt.datetime:
        """An hour (South African time) of a day of the calendar, as the kit keeps times: UTC without a zone."""
        return _utc(self.day(number), dt.time(hour)).replace(tzinfo=None)


def read_class(folder: str | Path = FOLDER) -> SampleClass:
    """Read a sample class.

    Args:
        folder: it holds learners.csv, class.toml, marks.csv, second_marks.csv and answers/*.json.

    Raises:
        KitError: a file is missing or cannot be read.
        DataError: every fault of class.toml, or of a table of marks, at once.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise KitError(f"The sample class is not there: {folder}. Put the folder back from the kit's own copy.")
    source = folder / "class.toml"
    faults: list[Fault] = []
    keys = Keys(read(source), faults)
    start, seed, level = keys.take("start", dt.date), keys.take("seed", str), keys.take("level", float)
    moderated = keys.take("moderated", int)
    if level is not None and not 0 <= level <= 1:
        keys.fault("level", "must be from 0 to 1")
    workbooks = tuple(_workbook(one) for one in keys.tables("workbooks"))
    if not workbooks:
        keys.fault("workbooks", "needs at least one workbook")
    staff = tuple(_person(one) for one in keys.tables("staff"))
    for role in ("facilitator", "assessor", "moderator"):
        if not any(one.role == role for one in staff):
            keys.fault("staff", f"needs at least one {role}")
    hand_ins = tuple(_hand_in(one, folder, start, workbooks) for one in keys.tables("hand_ins"))
    keys.done()
    refuse(faults, source)
    marks = _marks(folder / "marks.csv", ("learner", "round", "question", "points", "comment"))
    second = _marks(folder / "second_marks.csv", ("learner", "question", "points", "comment"))
    return SampleClass(folder, workbooks, seed, level, start, moderated, staff, hand_ins, marks, second)


def read_answers(path: Path) -> dict[str, Any]:
    """A file of answers as it stands; what is wrong with the answers in it is for `collect` to find.

    Raises:
        KitError: it is no JSON object.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(held, dict) or not isinstance(held.get("answers"), dict):
            raise ValueError
    except (OSError, ValueError, RecursionError):
        raise KitError(f"{path} cannot be read as a file of answers. Mend it, or put it back.") from None
    return held


def _person(keys: Keys) -> Person:
    person = Person(
        keys.take("role", str, among=("facilitator", "assessor", "moderator")),
        keys.take("surname", str),
        keys.take("first_names", str),
        keys.take("registration", str, ""),
        keys.take("registered", dt.date),
        tuple(keys.take("sites", list, []) or ()),
    )
    keys.done()
    return person


def _workbook(keys: Keys) -> Workbook:
    days = (keys.take(name, int) for name in ("released", "due", "collected", "judged"))
    made = Workbook(keys.take("name", str), *days, keys.take("again", int, None))
    keys.done()
    return made


def _hand_in(keys: Keys, folder: Path, start: dt.date | None, workbooks: tuple[Workbook, ...]) -> HandIn:
    learner, name = keys.take("learner", str), keys.take("answers", str)
    book = keys.take("workbook", str, among=[one.name for one in workbooks])
    if name and Path(name).name != name:
        keys.fault("answers", "must be the name of a file in answers/")
    number, day, at = keys.take("round", int, 1, among=(1, 2)), keys.take("day", int), keys.take("at", dt.time)
    if number == 2 and not any(one.name == book and one.again is not None for one in workbooks):
        keys.fault("round", "is 2, but its workbook has no day `again`")
    cut = keys.take("cut", float, 1.0)
    if cut is not None and not 0 < cut <= 1:
        keys.fault("cut", "must be above 0 and at most 1")
    declared = keys.take("declared", bool, True)
    minute = _minute(keys.table("minute")) if keys.take("minute", dict, None) else None
    keys.done()
    when = dt.datetime.min.replace(tzinfo=dt.UTC)
    if start is not None and day is not None and at is not None:
        when = _utc(start + dt.timedelta(days=day), at)
    answers = folder / "answers" / (name or "")
    return HandIn(learner, book, answers, number or 1, when, cut or 1.0, bool(declared), minute)


def _minute(keys: Keys) -> Minute:
    question, source, file = (keys.take(key, str) for key in ("question", "from", "file"))
    minute = Minute(question, source, file, tuple(keys.take("signed", list, []) or ()))
    keys.done()
    return minute


def _marks(path: Path, columns: tuple[str, ...]) -> dict[tuple, Mark]:
    table = read_table(path).fillna("")
    faults = [Fault(None, name, None, "this column is missing") for name in columns if name not in table.columns]
    refuse(faults, path)
    found: dict[tuple, Mark] = {}
    for number, row in enumerate(table.to_dict("records"), start=1):
        try:
            points = read_number(row["points"])
            key = tuple(int(row[name]) if name == "round" else row[name].strip() for name in columns[:-2])
        except ValueError as error:
            faults.append(Fault(number, "points or round", row["points"], str(error)))
            continue
        if points < 0:
            faults.append(Fault(number, "points", row["points"], "must be 0 or more"))
        elif key in found:
            faults.append(Fault(number, "question", row["question"], "is marked twice for this learner"))
        found[key] = Mark(points, row["comment"].strip())
    if faults:
        raise DataError(faults, source=str(path))
    return found


def _utc(day: dt.date, at: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, at, SOUTH_AFRICA).astimezone(dt.UTC)
