"""What somebody saw of a learner's work: observation, witness testimony, presentation record, logbook.

Each form is a file of the programme (`forms/*.toml`). A filled form is an item of evidence beside the learner's answers: it
says what was seen, on which day, by whom, and for which criteria. Rows are only added; a correction names the row it replaces.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.settings import Keys, read, refuse

SEEN, WORDS = "seen", "words"
YES, NO, NOT_CALLED_FOR = "yes", "no", "not called for"
LONGEST = 2_000  # letters of an answer in words


@dataclass(frozen=True)
class Line:
    """One line of a form: something seen or not, with the criteria it speaks for, or a question answered in words."""

    id: str
    says: str
    kind: str
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form; `columns` and `rows` are those of a sheet to keep by hand, where the form has one."""

    id: str
    title: str
    by: str
    says: str
    lines: tuple[Line, ...]
    signatures: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: int = 0

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria that the form can speak for, in the order of its lines."""
        return tuple(dict.fromkeys(one for line in self.lines for one in line.criteria))


@dataclass(frozen=True)
class Filled:
    """A form as somebody filled it in; `number` names it for good."""

    number: int
    learner: str
    form: str
    done_on: dt.date
    witness: str
    criteria: tuple[str, ...]
    answers: Mapping[str, str]
    replaces: int | None
    why: str
    who: str
    at: dt.datetime

    @property
    def said(self) -> str:
        """Day and witness, as the matrix shows them."""
        return f"{long_date(self.done_on)}, {self.witness}"


def forms(programme: Programme) -> dict[str, Form]:
    """A programme's forms by id; none where it has no folder `forms`.

    Raises:
        DataError: every fault of all files at once.

    Example:
        >>> from learner_kit.course.programme import load
        >>> list(forms(load()))
        ['logbook', 'observation', 'presentation', 'testimony']
    """
    known = [one.id for one in programme.unit.criteria]
    found, faults = {}, []
    for path in sorted((programme.folder / "forms").glob("*.toml")):
        own: list[Fault] = []
        keys = Keys(read(path), own)
        found[path.stem] = _form(path.stem, keys, known)
        keys.done()
        faults += [one._replace(column=f"{path.name}: {one.column}") for one in own]
    refuse(faults, programme.folder / "forms")
    return found


def _form(id: str, keys: Keys, known: list[str]) -> Form:
    lines = []
    for row in keys.tables("items"):
        kind = row.take("kind", str, among=(SEEN, WORDS))
        criteria = tuple(row.take("criteria", list, [], among=known) or ())
        lines.append(Line(row.take("id", str), row.take("says", str), kind, criteria))
        if kind == SEEN and not criteria:
            row.fault("criteria", "must name what the line speaks for")
        row.done()
    ids = [line.id for line in lines]
    if len(set(ids)) != len(ids):
        keys.fault("items", "have an id that stands twice")
    named = [keys.take(key, str) for key in ("title", "by", "says")]
    signatures = tuple(keys.take("signatures", list) or ())
    sheet = keys.take("sheet", dict, None)
    drawn = Keys(sheet or {}, keys._faults, "sheet")
    columns = tuple(drawn.take("columns", list, []) or ())
    rows = drawn.take("rows", int, 0) or 0
    drawn.done()
    return Form(id, *named, tuple(lines), signatures, columns, rows)


def record(
    cohort: Cohort,
    learner: str,
    form: str,
    answers: Mapping[str, str],
    witness: str,
    done_on: dt.date,
    who: str,
    criteria: Sequence[str] | None = None,
    replaces: int | None = None,
    why: str = "",
    now: dt.datetime | None = None,
) -> Filled:
    """Record a filled form as an item of evidence.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        form: its id, such as observation.
        answers: line → yes, no or not called for, or words; at least one line was answered yes or no.
        witness: who saw it: a staff code, or a position such as "supervisor"; no name is needed.
        done_on: the day on which it was seen.
        who: who records it.
        criteria: those it counts for; all whose lines were answered yes or no, without it.
        replaces: the number of the record that this one corrects; `why` then says why.

    Raises:
        KitError: the learner is not enrolled, there is no such form, or the corrected record is not the one that stands.
        DataError: every fault of what was filled in.
    """
    known = forms(cohort.programme).get(form)
    if known is None:
        raise KitError(f"There is no form {form!r}; there are: {', '.join(forms(cohort.programme)) or 'none'}.")
    enrol.require_learner(cohort, learner)
    given = {id: said.strip() for id, said in answers.items() if said and said.strip()}
    chosen = tuple(criteria) if criteria is not None else answered(known, given)
    now = now or records.now()
    faults = _faults(known, given, chosen, witness, done_on, now.date())
    if replaces is not None and not why.strip():
        faults.append(Fault(None, "why", None, "say why the earlier record is corrected"))
    if faults:
        raise DataError(faults, f"{known.title} of {learner}")
    return _write(cohort, learner, form, done_on, witness.strip(), chosen, given, replaces, why.strip(), who, now)


def take_back(cohort: Cohort, number: int, why: str, who: str) -> Filled:
    """Take a record back; it stays readable, and counts no longer.

    Raises:
        KitError: it does not stand, or there is no reason.
    """
    there = next((one for one in standing(cohort) if one.number == number), None)
    if there is None:
        raise KitError(f"No record with the number {number} stands. It may have been corrected already.")
    if not why.strip():
        raise KitError("Say why the record is taken back.")
    gone = (there.learner, there.form, there.done_on, there.witness, (), {})
    return _write(cohort, *gone, number, why.strip(), who, records.now())


def answered(form: Form, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The criteria of the lines that were answered yes or no, in the form's order."""
    lines = [line for line in form.lines if answers.get(line.id) in (YES, NO)]
    return tuple(one for one in form.criteria if any(one in line.criteria for line in lines))


def history(cohort: Cohort, learner: str | None = None) -> list[Filled]:
    """Every record ever made, corrected ones too, oldest first."""
    table = class_records.workplace
    query = sa.select(table).order_by(table.c.id)
    if learner:
        query = query.where(table.c.learner == learner)
    found = []
    for row in records.rows(cohort.engine, query):
        row["number"], row["criteria"], row["answers"] = (
            row.pop("id"),
            tuple(json.loads(row["criteria"])),
            json.loads(row["answers"]),
        )
        found.append(Filled(**row))
    return found


def standing(cohort: Cohort, learner: str | None = None) -> list[Filled]:
    """The records that stand: neither corrected nor taken back since."""
    every = history(cohort, learner)
    gone = {one.replaces for one in every}
    return [one for one in every if one.number not in gone and one.criteria]


def seen(form: Form, filled: Filled, criterion: str) -> tuple[int, int]:
    """How many of a criterion's lines were seen, and of how many that were answered yes or no."""
    said = [filled.answers.get(line.id) for line in form.lines if criterion in line.criteria]
    return said.count(YES), said.count(YES) + said.count(NO)


def _faults(
    form: Form, given: Mapping[str, str], criteria: Sequence[str], witness: str, done_on: dt.date, today: dt.date
) -> list[Fault]:
    lines = {line.id: line for line in form.lines}
    found = [Fault(None, id, None, "is no line of this form") for id in given if id not in lines]
    for id, said in given.items():
        about = lines[id].says if id in lines else id
        if id in lines and lines[id].kind == SEEN and said not in (YES, NO, NOT_CALLED_FOR):
            found.append(Fault(None, about, said, f"must be {YES}, {NO} or {NOT_CALLED_FOR}"))
        if len(said) > LONGEST:
            found.append(Fault(None, about, None, f"has {len(said)} letters; at most {LONGEST} fit"))
    if not answered(form, given):
        found.append(Fault(None, "lines of the form", None, "answer at least one line yes or no"))
    if strange := [one for one in criteria if one not in answered(form, given)]:
        found.append(Fault(None, "criteria", ", ".join(strange), "no line of these criteria was answered yes or no"))
    elif not criteria and answered(form, given):
        found.append(Fault(None, "criteria", None, "choose at least one"))
    if not 2 <= len(witness.strip()) <= 120:
        found.append(Fault(None, "seen by", witness, "say who saw it: a staff code or a position"))
    if done_on > today + dt.timedelta(1):
        found.append(Fault(None, "day on which it was seen", str(done_on), "is still to come"))
    return found


def _write(
    cohort: Cohort,
    learner: str,
    form: str,
    done_on: dt.date,
    witness: str,
    criteria: tuple[str, ...],
    answers: Mapping[str, str],
    replaces: int | None,
    why: str,
    who: str,
    now: dt.datetime,
) -> Filled:
    table = class_records.workplace
    if replaces is not None and not any(
        one.number == replaces and one.form == form for one in standing(cohort, learner)
    ):
        raise KitError(f"No record with the number {replaces} of {learner} stands on this form.")
    row = {
        "learner": learner,
        "form": form,
        "done_on": done_on,
        "witness": witness,
        "replaces": replaces,
        "why": why,
        "who": who,
        "at": now,
    }
    plain = {"criteria": json.dumps(criteria), "answers": json.dumps(dict(answers), ensure_ascii=False)}
    try:
        with records.transaction(cohort.engine) as connection:
            made = connection.execute(table.insert().values(**row, **plain))
            number = made.inserted_primary_key[0]
            about: dict[str, Any] = {"form": form, "number": number, "criteria": list(criteria), "replaces": replaces}
            records.note(connection, who, "workplace", learner, about)
    except sa.exc.IntegrityError:  # two desks corrected the same record at the same moment
        raise KitError(f"Record {replaces} was corrected by somebody else just now. Look at it again.") from None
    return Filled(number=number, criteria=criteria, answers=answers, **row)
