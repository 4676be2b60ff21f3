"""Results as a table for upload: columns, codes and dates as `upload.toml` of the programme says.

It is an aid for whoever fills in a quality assurance body's own file, and claims to be nobody's official one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit.assess import flags, judgement
from learner_kit.assess.results import results
from learner_kit.assess.tables import as_csv
from learner_kit.course import records
from learner_kit.course.cohort import Cohort
from learner_kit.course.provider import provider
from learner_kit.errors import Fault
from learner_kit.settings import Keys, read, refuse

SOURCES = (
    *("learner", "surname", "first_names", "id_number", "email", "phone", "site", "enrolled_on", "flags"),
    *("unit_standard", "title", "level", "credits", "result", "decided_on", "attempts"),
    *("assessor", "assessor_registration", "moderator", "moderator_registration", "moderated"),
    *("provider", "accreditation"),
)
SEPARATORS = (",", ";", "\t")
# Words that upload checks of the national learners' records refuse as no value at all.
EMPTY_WORDS = {"unknown", "n/a", "na", "none", "nil", "null", "test", "tbc", "x", "-", "not filled in yet"}


@dataclass(frozen=True)
class Column:
    """One column of the upload."""

    name: str
    source: str = ""
    value: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    dates: str = "%Y-%m-%d"
    needed: bool = False


@dataclass(frozen=True)
class Upload:
    """The table as CSV text, and what is missing in it; a fault's row counts learners from 1."""

    text: str
    faults: tuple[Fault, ...]


def mapping(path: str | Path) -> tuple[str, list[Column]]:
    """Read the separator and the columns.

    Raises:
        KitError: the file is missing or no TOML.
        DataError: every other fault at once: a source that there is not, a column twice, neither source nor value.
    """
    faults: list[Fault] = []
    keys = Keys(read(path), faults)
    separator = keys.take("separator", str, ",", SEPARATORS)
    columns: list[Column] = []
    for row in keys.tables("columns"):
        name, source = row.take("name", str), row.take("from", str, "", ("", *SOURCES))
        value, codes = row.take("value", str, None), row.take("codes", dict, {}) or {}
        dates, needed = row.take("dates", str, "%Y-%m-%d"), row.take("needed", bool, False)
        if not source and value is None:
            row.fault("from", "a column needs `from` or `value`")
        if name in {one.name for one in columns}:
            row.fault("name", "this column stands twice")
        columns.append(Column(name, source, value, {k: str(v) for k, v in codes.items()}, dates, bool(needed)))
        row.done()
    if not columns:
        keys.fault("columns", "at least one column is wanted")
    keys.done()
    refuse(faults, path)
    return separator or ",", columns


def upload(cohort: Cohort, path: str | Path | None = None) -> Upload:
    """The results of a cohort as the mapping asks; it holds names and identity numbers, so keep it safe.

    Args:
        path: the mapping; `upload.toml` of the programme without it.
    """
    separator, columns = mapping(path or cohort.programme.folder / "upload.toml")
    rows, faults = [], []
    for number, values in enumerate(_values(cohort), start=1):
        row = {}
        for one in columns:
            said = one.value if one.value is not None else _said(values[one.source], one)
            row[one.name] = said
            if one.needed and (not said or said.strip().lower() in EMPTY_WORDS):
                faults.append(Fault(number, one.name, said or None, f"{values['learner']} has none, and it is needed"))
        rows.append(row)
    return Upload(as_csv(rows, separator), tuple(faults))


def _said(value: Any, one: Column) -> str:
    if isinstance(value, dt.date):
        return value.strftime(one.dates)
    said = "" if value is None else str(value)
    return one.codes.get(said, said)


def _values(cohort: Cohort) -> list[dict[str, Any]]:
    unit, about = cohort.programme.unit, provider(cohort.programme)
    people = {row["code"]: row for row in records.rows(cohort.engine, sa.select(records.identities))}
    enrolled = {row["pseudonym"]: row for row in records.rows(cohort.engine, sa.select(records.learners))}
    numbers = {row["code"]: row["registration"] for row in records.rows(cohort.engine, sa.select(records.staff))}
    found, flagged, moderators = [], flags.flags(cohort), _moderators(cohort)
    for row in results(cohort):
        learner, person, last = row["learner"], people.get(row["learner"], {}), row["last_decision"]
        assessors, looked = row["assessors"].split(", "), moderators.get(row["learner"], [])
        judged = row["unit"] in judgement.DECISIONS and last is not None
        found.append(
            {
                **{key: person.get(key, "") for key in ("surname", "first_names", "id_number", "email", "phone")},
                **{key: enrolled[learner][key] for key in ("site", "enrolled_on")},
                "learner": learner,
                "flags": "; ".join(flagged.get(learner, {})),
                "unit_standard": unit.id,
                "title": unit.title,
                "level": unit.nqf_level,
                "credits": unit.credits,
                "result": row["unit"],
                "decided_on": last if judged else None,
                "attempts": row["attempts"],
                "assessor": row["assessors"],
                "assessor_registration": ", ".join(filter(None, (numbers.get(one, "") for one in assessors))),
                "moderator": ", ".join(looked),
                "moderator_registration": ", ".join(filter(None, (numbers.get(one, "") for one in looked))),
                "moderated": row["moderated"],
                "provider": about.name,
                "accreditation": about.accreditation,
            }
        )
    return found


def _moderators(cohort: Cohort) -> dict[str, list[str]]:
    found, judged = records.moderation, records.judgements
    query = sa.select(judged.c.learner, found.c.moderator).join(judged, judged.c.id == found.c.judgement).distinct()
    held: dict[str, list[str]] = {}
    for row in records.rows(cohort.engine, query.order_by(found.c.moderator)):
        held.setdefault(row["learner"], []).append(row["moderator"])
    return held
