"""Enrolling learners and registering staff: the one place where names meet pseudonyms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from learner_kit import screen
from learner_kit.course import records
from learner_kit.course.cohort import Cohort
from learner_kit.documents.text import long_date
from learner_kit.errors import DataError, Fault, KitError
from learner_kit.reading import read_table

PSEUDONYM = re.compile(r"L-\d{4,7}")
STAFF = re.compile(r"[AFM]-\d{2,4}")
ROLES = {"assessor": "A", "facilitator": "F", "moderator": "M"}
WORDS = {  # column → what people call it; a list may head its columns either way
    "surname": "Surname",
    "first_names": "First names",
    "id_number": "ID number",
    "email": "E-mail",
    "phone": "Phone",
    "site": "Site",
    "note": "Note",
}
COLUMNS = tuple(WORDS)
NEEDED = ("surname", "first_names")
HEADINGS = 1  # rows above the first person: people count as Excel does
MOST = 20_000  # rows in one file


@dataclass(frozen=True)
class Person:
    """One row of an enrolment list, checked."""

    row: int
    surname: str
    first_names: str
    id_number: str = ""
    email: str = ""
    phone: str = ""
    site: str = ""
    note: str = ""


@dataclass(frozen=True)
class Enrolled:
    """What an enrolment did."""

    pseudonyms: tuple[str, ...]
    already: tuple[str, ...]
    warning: str | None
    refused: tuple[Fault, ...] = ()


def words(columns: Iterable[str], between: str = ", ") -> str:
    """Columns as people call them.

    Example:
        >>> words(NEEDED, " and ")
        'Surname and First names'
    """
    return between.join(WORDS.get(one, one) for one in columns)


def column(heading: object) -> str:
    """The column that a heading names, however it is written.

    Example:
        >>> column(" First Names "), column("E-mail"), column("id_number")
        ('first_names', 'email', 'id_number')
    """
    said = re.sub(r"[\s-]+", "_", str(heading).strip().lower())
    return "email" if said == "e_mail" else said


def _no_list(path: str | Path) -> KitError:
    return KitError(
        f"{Path(path).name} is no list of learners: its first row names no columns {words(NEEDED, ' and ')}. "
        "Is it the right file?"
    )


def read_list(path: str | Path) -> tuple[list[Person], list[Fault]]:
    """Read an enrolment list (CSV or Excel) and check every row.

    Args:
        path: a file with the columns Surname and First names, and, where known, ID number, E-mail, Phone, Site, Note.

    Returns:
        The people whose rows are in order, and every fault of the others. Rows are counted as Excel does: the headings
        are row 1. Columns are named in words.

    Raises:
        KitError: the file is no table.
        DataError: a needed column is missing.
    """
    try:
        table = read_table(path)
    except DataError as error:
        if b"surname" not in Path(path).read_bytes()[:2_000].lower() and Path(path).suffix.lower() == ".csv":
            raise _no_list(path) from None
        raise DataError([_of_list(one) for one in error.faults], error.source) from None
    heads = {column(name): str(name).strip() for name in table.columns}
    table.columns = [column(name) for name in table.columns]
    if not set(NEEDED) & set(table.columns):
        raise _no_list(path)
    faults = [Fault(None, WORDS[name], None, "this column is missing") for name in NEEDED if name not in table.columns]
    faults += [
        Fault(None, heads[name], None, f"is not a column the kit knows; it knows {words(COLUMNS)}")
        for name in table.columns
        if name not in COLUMNS
    ]
    if len(table) > MOST:
        faults.append(Fault(None, None, len(table), f"has more than {MOST} rows; enrol in parts"))
    if faults:
        raise DataError(faults, source=Path(path).name)
    people, seen = [], {}
    for place, line in zip(table.index, table.fillna("").to_dict("records"), strict=True):
        row = int(place) + 1 + HEADINGS
        said = {name: " ".join(str(line.get(name, "")).split()) for name in COLUMNS}
        if not any(said.values()):
            continue
        person = Person(row, **said)
        own = faults_of(person)
        twins = {
            ("id_number", person.id_number) if person.id_number else None,
            ("email", person.email.casefold()) if person.email else None,
            ("surname", f"{person.surname}|{person.first_names}".casefold())
            if not (person.id_number or person.email)
            else None,
        } - {None}
        for what, value in sorted(twins):
            if (what, value) in seen:
                shown = (
                    mask(person.id_number)
                    if what == "id_number"
                    else person.email
                    if what == "email"
                    else person.surname
                )
                own.append(Fault(row, what, shown, f"stands in row {seen[what, value]} too; a person is enrolled once"))
            else:
                seen[what, value] = row
        faults += own
        if not own:
            people.append(person)
    return people, [one._replace(column=WORDS.get(one.column or "", one.column)) for one in faults]


def _of_list(fault: Fault) -> Fault:
    """A fault of reading, counted as this list is, with advice that suits names and not numbers."""
    reason, decimals, _ = fault.reason.partition("; a decimal comma")
    if decimals:
        reason += "; put quotation marks around a cell that holds a comma, or semicolons between the cells"
    return fault._replace(row=fault.row and fault.row + HEADINGS, reason=reason)


def faults_of(person: Person) -> list[Fault]:
    found = [Fault(person.row, name, None, "is empty") for name in NEEDED if not getattr(person, name)]
    for name in COLUMNS:
        value = getattr(person, name)
        if len(value) > 200:
            found.append(Fault(person.row, name, value, "is longer than 200 characters"))
        elif any(ord(letter) < 32 for letter in value):
            found.append(Fault(person.row, name, value, "has control characters"))
    if person.id_number and (reason := id_number_fault(person.id_number)):
        found.append(Fault(person.row, "id_number", mask(person.id_number), reason))
    if person.email:
        from email_validator import EmailNotValidError, validate_email

        try:
            validate_email(person.email, check_deliverability=False)
        except EmailNotValidError:
            found.append(
                Fault(person.row, "email", person.email, "is no e-mail address; write it as name@example.co.za")
            )
    digits = sum(letter.isdigit() for letter in person.phone)
    if person.phone and (digits < 7 or re.search(r"[A-Za-z]{4}", person.phone)):
        found.append(
            Fault(person.row, "phone", person.phone, "is no phone number; write it as 082 000 0123, or leave it empty")
        )
    return found


def id_number_fault(number: str) -> str | None:
    """What is wrong with a South African identity number, or None.

    Thirteen digits: a date of birth (YYMMDD), seven more, the last a Luhn check digit. A passport number, which holds
    a letter, is taken as it is.

    Example:
        >>> id_number_fault("8001015009087") is None
        True
        >>> id_number_fault("8001015009086")
        'fails its check digit; compare it with the document'
    """
    if re.search(r"[A-Za-z]", number):
        return (
            None
            if re.fullmatch(r"[A-Za-z0-9-]{5,20}", number)
            else "is neither an identity number nor a passport number"
        )
    digits = re.sub(r"\s", "", number)
    if not re.fullmatch(r"\d{13}", digits):
        return "must have 13 digits"
    month, day = int(digits[2:4]), int(digits[4:6])
    try:
        dt.date(2000, month, day)  # a leap year: the century is not in the number
    except ValueError:
        return "does not begin with a date (YYMMDD)"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return None if total % 10 == 0 else "fails its check digit; compare it with the document"


def mask(number: str) -> str:
    """An identity number as lists may show it: `800101•••••87`."""
    return number if len(number) < 9 else f"{number[:6]}{'•' * (len(number) - 8)}{number[-2:]}"


def enrol(cohort: Cohort, people: list[Person], who: str, on: dt.date | None = None) -> Enrolled:
    """Give each person a pseudonym and keep the names in the one table that knows them.

    People who are enrolled already (the same identity number or e-mail) are left as they are.

    Args:
        cohort: the cohort.
        people: rows of `read_list`.
        who: who enrols, for the log.
        on: the date of enrolment; today without one.

    Returns:
        The new pseudonyms in the order of the rows, who was there already, and a warning when the unit standard's last
        date of enrolment has passed (the enrolment is made and the warning recorded with it).
    """
    on = on or dt.date.today()
    last = cohort.programme.unit.registration.last_enrolment
    warning = None
    if on > last:
        warning = (
            f"The last date of enrolment for unit standard {cohort.programme.unit.id} was {long_date(last)}; these learners "
            f"are enrolled on {long_date(on)}. Ask the quality assurance body before you promise them credits. The warning is "
            "kept in the records."
        )
    new, already = [], []
    with records.transaction(cohort.engine) as connection:
        there = connection.execute(sa.select(records.identities)).mappings().all()
        by_id = {row["id_number"]: row["code"] for row in there if row["id_number"]}
        by_mail = {row["email"].casefold(): row["code"] for row in there if row["email"]}
        taken = [int(one[2:]) for one in connection.scalars(sa.select(records.learners.c.pseudonym))]
        # The number of somebody who was taken away is not given to the next: the log still speaks of it.
        gone = connection.scalars(sa.select(records.log.c.about).where(records.log.c.what == "forget")).all()
        number = max([*taken, *(int(one[2:]) for one in gone)], default=0)
        for person in people:
            known = by_id.get(person.id_number) or by_mail.get(person.email.casefold())
            if known:
                already.append(known)
                continue
            number += 1
            pseudonym = f"L-{number:04d}"
            connection.execute(
                records.learners.insert().values(
                    pseudonym=pseudonym,
                    site=person.site,
                    enrolled_on=on,
                    note="; ".join(filter(None, [person.note, warning])),
                )
            )
            connection.execute(
                records.identities.insert().values(
                    code=pseudonym,
                    surname=person.surname,
                    first_names=person.first_names,
                    id_number=person.id_number,
                    email=person.email,
                    phone=person.phone,
                )
            )
            new.append(pseudonym)
        records.note(
            connection, who, "enrol", f"{len(new)} learners", {"new": new, "already": already, "warning": warning}
        )
    return Enrolled(tuple(new), tuple(already), warning if new else None)


def learners(cohort: Cohort) -> list[str]:
    """The pseudonyms of everyone enrolled, in order."""
    return [
        row["pseudonym"]
        for row in records.rows(cohort.engine, sa.select(records.learners).order_by(records.learners.c.pseudonym))
    ]


def names(cohort: Cohort) -> dict[str, str]:
    """Pseudonym or staff code → "Surname, First names": only for lists that a person prints."""
    found = records.rows(cohort.engine, sa.select(records.identities))
    return {row["code"]: f"{row['surname']}, {row['first_names']}" for row in found}


def register(
    cohort: Cohort,
    role: str,
    surname: str,
    first_names: str,
    registration: str,
    who: str,
    on: dt.date | None = None,
) -> str:
    """Register a facilitator, an assessor or a moderator; only they may sign what the kit records.

    Args:
        role: assessor, facilitator or moderator.
        registration: the number under which the quality assurance body knows an assessor or a moderator.
        who: who registers them, for the log.
        on: since when; today without one.

    Returns:
        The code they sign with, such as `A-01`.

    Raises:
        KitError: the role is unknown, or an assessor or moderator has no registration number.
    """
    if role not in ROLES:
        raise KitError(f"{role!r} is no role; the roles are {', '.join(ROLES)}.")
    if not surname.strip() or not first_names.strip():
        raise KitError("A surname and first names are needed to register somebody.")
    if role != "facilitator" and not registration.strip():
        raise KitError(f"A registered {role} has a registration number; give it with the name.")
    with records.transaction(cohort.engine) as connection:
        codes = connection.scalars(sa.select(records.staff.c.code).where(records.staff.c.role == role)).all()
        code = f"{ROLES[role]}-{max((int(one[2:]) for one in codes), default=0) + 1:02d}"
        connection.execute(
            records.staff.insert().values(
                code=code, role=role, registration=registration.strip(), since=on or dt.date.today()
            )
        )
        connection.execute(
            records.identities.insert().values(code=code, surname=surname.strip(), first_names=first_names.strip())
        )
        records.note(connection, who, "register", code, {"role": role})
    return code


def require_learner(cohort: Cohort, learner: str) -> None:
    """Refuse a number that is not enrolled."""
    if learner not in learners(cohort):
        raise KitError(f"{learner} is not enrolled in {cohort.name}.")


def require(cohort: Cohort, code: str, role: str) -> None:
    """Refuse a code that is not registered in this role."""
    found = records.rows(cohort.engine, sa.select(records.staff).where(records.staff.c.code == code))
    if not found or found[0]["role"] != role:
        there = records.rows(cohort.engine, sa.select(records.staff.c.code).where(records.staff.c.role == role))
        known = ", ".join(row["code"] for row in there) or "none yet"
        raise KitError(
            f"{code!r} is not registered as {role} in this cohort. Registered: {known}. "
            f"Register one with: {screen.command(f'enrol COHORT --{role} …')}"
        )
