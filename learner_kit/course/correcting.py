"""A person's own details put right: a misspelt name, a missing identity number, a new address. The log says which, never what."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from learner_kit.course import enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.errors import DataError, Fault, KitError

REGISTRATION = "registration"
LEARNER = tuple(one for one in enrol.COLUMNS if one != "note")
STAFF = ("surname", "first_names", REGISTRATION)
WORDS = {**enrol.WORDS, REGISTRATION: "Registration number"}


def named(heading: str) -> str:
    """The column that a heading names, however it is written; what names none stays as it is.

    Example:
        >>> named("First names"), named("e-mail"), named("Registration number"), named("shoe size")
        ('first_names', 'email', 'registration', 'shoe size')
    """
    wanted = heading.strip().casefold()
    return next((one for one, said in WORDS.items() if wanted in (one, said.casefold())), heading.strip())


def columns(code: str) -> tuple[str, ...]:
    """The details that can be corrected for a number.

    Example:
        >>> columns("A-01")
        ('surname', 'first_names', 'registration')
    """
    return LEARNER if enrol.PSEUDONYM.fullmatch(code) else STAFF


def details(cohort: Cohort, code: str) -> dict[str, str]:
    """What the records hold of a learner or of a person who signs, by column.

    Raises:
        KitError: nobody has that number.
    """
    held, role = records.identities, records.learners if enrol.PSEUDONYM.fullmatch(code) else records.staff
    key = role.c.pseudonym if role is records.learners else role.c.code
    query = sa.select(held, role).join(role, key == held.c.code).where(held.c.code == code)
    found = records.rows(cohort.engine, query)
    if not found:
        raise KitError(f"Nobody in {cohort.name} has the number {code}.")
    return {name: found[0][name] for name in columns(code)}


def correct(cohort: Cohort, code: str, changes: Mapping[str, str], who: str) -> tuple[str, ...]:
    """Put details of a learner or of a person who signs right.

    Args:
        cohort: the cohort.
        code: whose, such as L-0012 or A-01.
        changes: column → what is right; an empty text takes a detail away.
        who: who corrects, for the log, which keeps the names of the columns and no value.

    Returns:
        The columns that changed. Papers made before stay as they are.

    Raises:
        KitError: nobody has that number, or somebody else has that identity number or e-mail.
        DataError: a value cannot be; all faults at once, and nothing is changed.
    """
    before = details(cohort, code)
    if unknown := [one for one in changes if one not in before]:
        known = ", ".join(WORDS[one] for one in before)
        raise KitError(f"{', '.join(unknown)} cannot be corrected for {code}; what can be: {known}.")
    right = {**before, **{name: " ".join(str(value).split()) for name, value in changes.items()}}
    person = enrol.Person(0, **{name: value for name, value in right.items() if name in LEARNER})
    faults = [one._replace(row=None, column=WORDS[one.column or ""]) for one in enrol.faults_of(person)]
    if code[0] in "AM" and not right[REGISTRATION]:
        faults.append(Fault(None, WORDS[REGISTRATION], None, "is empty"))
    if faults:
        raise DataError(faults, source=f"the details of {code}")
    changed = tuple(name for name in right if right[name] != before[name])
    if not changed:
        return ()
    with records.transaction(cohort.engine) as connection:
        for name in {"id_number", "email"} & set(changed):
            _refuse_twin(connection, code, name, right[name])
        held = records.identities
        own = {name: right[name] for name in changed if name in held.c}
        if own:
            connection.execute(held.update().where(held.c.code == code).values(**own))
        if "site" in changed:
            table = records.learners
            connection.execute(table.update().where(table.c.pseudonym == code).values(site=right["site"]))
        if REGISTRATION in changed:
            table = records.staff
            connection.execute(table.update().where(table.c.code == code).values(registration=right[REGISTRATION]))
        records.note(connection, who, "details corrected", code, {"columns": list(changed)})
    return changed


def _refuse_twin(connection: sa.Connection, code: str, name: str, value: str) -> None:
    held = records.identities
    same = sa.func.lower(held.c[name]) == value.lower()
    other = connection.scalar(sa.select(held.c.code).where(same, held.c.code != code)) if value else None
    if other:
        raise KitError(
            f"{other} has that {WORDS[name]} already, so nothing was changed. If both are one person, work with {other} and "
            f"take {code} out (forget)."
        )
