"""Programme evaluation: anonymous by construction, counted with the kit's own survey tools.

A form is kept under a number drawn by chance, without learner and time, and each time one is added all of them are
written anew in a shuffled order: not even the order of rows on disk says who wrote which.
"""

from __future__ import annotations

import contextlib
import json
import random
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learner_kit.course import class_records, opinions, records
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


def add(cohort: Cohort, forms: Iterable[Mapping[str, Any]], form: str = "end") -> int:
    """Add filled-in forms; all of them are in order, or none is kept.

    Args:
        cohort: the cohort.
        forms: column of the questionnaire → answer; what is missing or empty was not answered. Other columns, such as
            names, numbers and times, are left out.
        form: end or follow-up.

    Returns:
        How many forms there are now.

    Raises:
        DataError: every answer that the questionnaire does not offer.
        KitError: a form without a single answer.
    """
    answers = _coded(cohort, forms, form)
    with records.transaction(cohort.engine) as connection:
        table = class_records.evaluations
        # SQLite keeps deleted text in free pages until they are used again; overwrite it at once.
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("PRAGMA secure_delete = ON"))
        kept = [row.answers for row in connection.execute(sa.select(table.c.answers).where(table.c.form == form))]
        kept += [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in answers]
        connection.execute(table.delete().where(table.c.form == form))
        random.SystemRandom().shuffle(kept)
        connection.execute(table.insert(), [{"id": secrets.randbits(62), "form": form, "answers": one} for one in kept])
    return len(kept)


def add_file(cohort: Cohort, path: str | Path, form: str = "end") -> int:
    """Add the forms of a CSV or Excel file whose columns are named as the questionnaire's.

    Returns:
        How many forms there are now.

    Raises:
        KitError: the file cannot be read.
        DataError: a column of the questionnaire is missing, or an answer is none that it offers.
    """
    from learner_kit.errors import Fault
    from learner_kit.reading import read_table

    table = read_table(path)
    asked = questionnaire(cohort, form)
    gone = [name for name in asked.columns if name != asked.respondent and name not in table.columns]
    if gone:
        raise DataError([Fault(None, name, None, "this column is missing") for name in gone], Path(path).name)
    return add(cohort, table.fillna("").to_dict("records"), form)


def take_in(cohort: Cohort, forms: Iterable[Dropped], form: str = "end") -> tuple[int, list[tuple[str, str]]]:
    """Take in the small files in which learners send their forms; each that was taken is removed from its folder.

    Args:
        cohort: the cohort.
        forms: from `opinions.lying`, or made from files that were uploaded.
        form: end or follow-up.

    Returns:
        How many were taken in, and the files that were left alone, with why. Two files that say the same to the letter
        count twice: two people may think alike.
    """
    sound, left = [], []
    for one in forms:
        try:
            if one.held is None:
                raise ValueError(one.why)
            answers = opinions.unpacked(one.held, form)
            _coded(cohort, [answers], form)
            sound.append((one.path, answers))
        except DataError as error:
            left.append((one.path.name, "; ".join(fault.reason for fault in error.faults[:3])))
        except ValueError as error:
            left.append((one.path.name, str(error)))
    if sound:
        random.SystemRandom().shuffle(sound)
        add(cohort, [answers for _, answers in sound], form)
    for path, _ in sound:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    return len(sound), left


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
