"""Programme evaluation: anonymous by construction, counted with the kit's own survey tools.

A form is kept under a number drawn by chance, without learner and time, and each time one is added all of them are
written anew in a shuffled order: not even the order of rows on disk says who wrote which.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.course import class_records, database, opinions, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.opinions import FORMS
from learner_kit.errors import DataError, KitError

if TYPE_CHECKING:
    import pandas as pd

    from learner_kit.course.dropped import Dropped
    from learner_kit.survey import Questionnaire

LEAST = 5  # forms below which nothing is shown: in a smaller group people recognise each other
LONGEST = 2000  # letters of a free answer


def questionnaire(cohort: Cohort, form: str = "end") -> Questionnaire:
    """The questionnaire of the evaluation at the end, or of the one three months later ("follow-up")."""
    from learner_kit.survey import Questionnaire

    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, not {form!r}.")
    return Questionnaire.load(cohort.programme.folder / FORMS[form])


def add(cohort: Cohort, forms: Iterable[Mapping[str, Any]], form: str = "end", keys: Sequence[str] = ()) -> int:
    """Add filled-in forms; all of them are in order, or none is kept.

    Args:
        cohort: the cohort.
        forms: column of the questionnaire → answer; what is missing or empty was not answered. Other columns, such as
            names, numbers and times, are left out.
        form: end or follow-up.
        keys: for each form what tells it from every other; one whose key was counted before is passed over.

    Returns:
        How many forms there are now.

    Raises:
        DataError: every answer that the questionnaire does not offer.
        KitError: a form without a single answer.
    """
    answers = _coded(cohort, forms, form)
    with records.transaction(cohort.engine) as connection:
        table, taken = class_records.evaluations, class_records.evaluations_taken
        if keys:  # counted and noted in one transaction: whatever dies in between, a form counts once
            hashed = [hashlib.sha256(f"{form} {key}".encode()).hexdigest() for key in keys]
            before = set(connection.scalars(sa.select(taken.c.key).where(taken.c.form == form)))
            fresh = {key: one for key, one in zip(hashed, answers, strict=True) if key not in before}
            answers = list(fresh.values())
            database.insert(connection, taken, [{"key": key, "form": form} for key in fresh])
        # SQLite keeps deleted text in free pages until they are used again; overwrite it at once.
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("PRAGMA secure_delete = ON"))
        kept = [row.answers for row in connection.execute(sa.select(table.c.answers).where(table.c.form == form))]
        kept += [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in answers]
        connection.execute(table.delete().where(table.c.form == form))
        random.SystemRandom().shuffle(kept)
        rows = [{"id": secrets.randbits(62), "form": form, "answers": one} for one in kept]
        database.insert(connection, table, rows)
    return len(kept)


def add_file(cohort: Cohort, path: str | Path, form: str = "end") -> int:
    """Add the forms of a CSV or Excel file whose columns are named as the questionnaire's.

    Returns:
        How many forms there are now.

    Raises:
        KitError: the file cannot be read, or this very file was added before.
        DataError: a column of the questionnaire is missing, or an answer is none that it offers.
    """
    from learner_kit.errors import Fault
    from learner_kit.reading import read_table

    table = read_table(path)
    asked = questionnaire(cohort, form)
    gone = [name for name in asked.columns if name != asked.respondent and name not in table.columns]
    if gone:
        raise DataError([Fault(None, name, None, "this column is missing") for name in gone], Path(path).name)
    digest, before = files.sha256(path), count(cohort, form)
    keys = [f"{digest} {row}" for row in range(len(table))]
    made = add(cohort, table.fillna("").to_dict("records"), form, keys)
    if len(table) and made == before:
        raise KitError(f"{Path(path).name} was added before. Nothing was added.")
    return made


def take_in(cohort: Cohort, forms: Iterable[Dropped], form: str = "end") -> tuple[int, list[tuple[str, str]]]:
    """Take in the small files in which learners send their forms; each that was taken is removed from its folder.

    Args:
        cohort: the cohort.
        forms: from `opinions.lying`, or made from files that were uploaded.
        form: end or follow-up.

    Returns:
        How many were taken in, and the files that were left alone, with why. A form that was counted before (the kit was
        stopped before it took the file away, or somebody chose it again) counts once; two that merely say the same count twice.
    """
    sound: list[tuple[Dropped, dict[str, str]]] = []
    left = []
    for one in forms:
        try:
            if one.held is None:
                raise ValueError(one.why)
            answers = opinions.unpacked(one.held, form)
            _coded(cohort, [answers], form)
            sound.append((one, answers))
        except DataError as error:
            left.append((one.path.name, "; ".join(fault.reason for fault in error.faults[:3])))
        except (ValueError, KitError) as error:
            left.append((one.path.name, str(error)))
    before = made = count(cohort, form)
    if sound:
        random.SystemRandom().shuffle(sound)
        made = add(cohort, [answers for _, answers in sound], form, [opinions.key(one) for one, _ in sound])
    for one, _ in sound:
        with contextlib.suppress(OSError):
            files.remove(one.path)
    return made - before, left


def count(cohort: Cohort, form: str = "end") -> int:
    """How many forms there are."""
    table = class_records.evaluations
    query = sa.select(sa.func.count()).select_from(table).where(table.c.form == form)
    with cohort.engine.connect() as connection:
        return connection.scalar(query) or 0


def responses(cohort: Cohort, form: str = "end") -> pd.DataFrame:
    """All forms as the survey tools take them.

    Raises:
        KitError: there are fewer than five forms, so that somebody could be recognised.
    """
    import pandas as pd

    from learner_kit.survey import code_responses

    table = class_records.evaluations
    held = records.rows(cohort.engine, sa.select(table.c.answers).where(table.c.form == form).order_by(table.c.id))
    if len(held) < LEAST:
        said = (
            "There is no form yet."
            if not held
            else f"There {'is 1 form' if len(held) == 1 else f'are {len(held)} forms'}."
        )
        raise KitError(f"{said} Results are shown from {LEAST} forms on, so that nobody can be recognised.")
    asked = questionnaire(cohort, form)
    rows = [json.loads(one["answers"]) for one in held]
    made = pd.DataFrame([{name: one.get(name, "") for name in asked.columns} for one in rows])
    made[asked.respondent] = [f"R-{place}" for place in range(1, len(made) + 1)]
    return code_responses(made, asked, source="The evaluation")


def take_away_all(cohort: Cohort, form: str, who: str) -> int:
    """Delete every form of one kind (after they were typed into the wrong cohort, say); the log keeps how many."""
    table = class_records.evaluations
    with records.transaction(cohort.engine) as connection:
        gone = connection.execute(table.delete().where(table.c.form == form)).rowcount
        taken = class_records.evaluations_taken
        connection.execute(taken.delete().where(taken.c.form == form))
        records.note(connection, who, "evaluation deleted", form, f"{gone} forms")
    return gone


def _coded(cohort: Cohort, forms: Iterable[Mapping[str, Any]], form: str) -> list[dict[str, str]]:
    """Forms as they are kept: known columns, answers that are offered."""
    import pandas as pd

    from learner_kit.survey import code_responses

    asked = questionnaire(cohort, form)
    columns = [name for name in asked.columns if name != asked.respondent]
    table = pd.DataFrame([{name: _plain(one.get(name)) for name in columns} for one in forms], columns=columns)
    table[asked.respondent] = [f"R-{place}" for place in range(1, len(table) + 1)]
    coded = code_responses(table, asked, source="The evaluation")
    answers = [
        {name: str(value) for name, value in row.items() if name in columns and not pd.isna(value)}
        for row in coded.to_dict("records")
    ]
    if not all(answers):
        raise KitError("A form without a single answer is not kept. Fill in at least one.")
    return answers


def _plain(value: Any) -> str:
    said = "" if value is None or value != value else " ".join(str(value).split())
    return said[:LONGEST]
