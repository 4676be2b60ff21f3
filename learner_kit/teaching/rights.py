"""A person's rights to what is kept about them: all of it as a file, and taking away what need not be kept.

What has to stay is said before anything is taken away, and so is until when.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learner_kit import files
from learner_kit.course import belongings, class_records, enrol, records, retention
from learner_kit.course.cohort import Cohort
from learner_kit.errors import KitError
from learner_kit.teaching.privacy import load

ALWAYS = ("kit_judgements", "kit_statements", "kit_purges")  # results, and what was taken away before
OWN = (  # tables that hold rows about one learner, and the column that says whose
    (records.learners, "pseudonym"),
    (records.identities, "code"),
    (records.submissions, "learner"),
    (records.grades, "learner"),
    (records.judgements, "learner"),
    (class_records.attendance, "learner"),
    (class_records.knowledge, "learner"),
    (class_records.workplace, "learner"),
    (class_records.consents, "learner"),
)


@dataclass(frozen=True)
class Forgetting:
    """What taking a person away does: what goes, what stays and why; `until` is when the evidence may go too."""

    learner: str
    goes: tuple[str, ...]
    stays: tuple[tuple[str, str], ...]
    until: dt.date | None
    whole: bool
    evidence: bool


def person(cohort: Cohort, learner: str) -> dict[str, Any]:
    """Everything the cohort's records hold about one learner: table → rows; nbgrader's marks and the log with them."""
    enrol.require_learner(cohort, learner)
    found: dict[str, Any] = {}
    for table, column in OWN:
        found[table.name] = records.rows(cohort.engine, sa.select(table).where(table.c[column] == learner))
    for table in records.META.sorted_tables:  # whatever else came to the kit and names a learner
        if table.name not in found and "learner" in table.c:
            found[table.name] = records.rows(cohort.engine, sa.select(table).where(table.c.learner == learner))
    named = sa.or_(records.log.c.about.contains(learner), records.log.c.detail.contains(learner))
    found["kit_log"] = records.rows(cohort.engine, sa.select(records.log).where(named).order_by(records.log.c.id))
    found["marks"] = _marks(cohort, learner)
    return found


def export_person(cohort: Cohort, learner: str, who: str) -> bytes:
    """Everything kept about one learner as a zip: a page to read, the records as data, and every file.

    Evaluation forms are not in it: nobody can tell which is whose.
    """
    held = person(cohort, learner)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("records.json", json.dumps(held, ensure_ascii=False, indent=1, default=str))
        made.writestr("read-me.txt", _letter(cohort, learner, held))
        for place in belongings.of(cohort, learner):
            for one in belongings.inside(place):
                own = one.relative_to(place if place.name == learner else place.parent)
                made.write(one, f"files/{(place.parent.relative_to(cohort.path) / own).as_posix()}")
    with records.transaction(cohort.engine) as connection:
        records.note(connection, who, "export person", learner)
    return buffer.getvalue()


def write_export(cohort: Cohort, learner: str, who: str, to: str | Path) -> Path:
    """Write `export_person` into a folder."""
    try:
        return files.write(Path(to) / f"{learner}-everything.zip", export_person(cohort, learner, who))
    except OSError as error:
        raise KitError(f"The file could not be written to {to}: {error.strerror}.") from None


def forgetting(cohort: Cohort, learner: str, today: dt.date | None = None) -> Forgetting:
    """What `forget` would do for one learner; nothing is changed.

    Raises:
        KitError: nobody has this number.
    """
    enrol.require_learner(cohort, learner)
    today = today or dt.date.today()
    years = cohort.programme.rules.retention_years
    until = retention.kept_until(cohort, learner)
    if until is None:
        goes = (
            "name, identity number and contact details",
            "enrolment, attendance, knowledge checks and consent",
            "files, where there are any",
        )
        stays = tuple((what, why) for what, why in load(cohort.programme).must_stay if "log" in what)
        return Forgetting(learner, goes, stays, None, True, True)
    over = today > until
    goes = [
        "e-mail, telephone number and the remarks at enrolment",
        "reasons and remarks in the attendance register",
        "answers to the knowledge check",
        "consents",
        "with whom they worked in groups",
    ]
    if over:
        goes += ["hand-ins, marks, documents and portfolio", "attendance"]
    stays = list(load(cohort.programme).must_stay)
    if not over:
        stays.append(
            (
                f"Evidence: hand-ins, marks, documents, attendance (until {until})",
                f"the provider's rule: {years} years after the last of it, for moderation and appeals",
            )
        )
    return Forgetting(learner, tuple(goes), tuple(stays), until, False, over)


def forget(cohort: Cohort, learner: str, who: str, today: dt.date | None = None) -> Forgetting:
    """Take away what need not be kept of one learner; `forgetting` says beforehand what that is.

    The files go after the records: killed in between, it is simply run again.

    Returns:
        What was done.
    """
    plan = forgetting(cohort, learner, today)
    places = belongings.of(cohort, learner) if plan.evidence else []
    with records.transaction(cohort.engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("PRAGMA secure_delete = ON"))

        def drop(table: sa.Table, column: str = "learner") -> None:
            connection.execute(table.delete().where(table.c[column] == learner))

        own = [one for one in records.META.sorted_tables if "learner" in one.c and one.name not in ALWAYS]
        if plan.whole:
            for table in own:
                drop(table)
            drop(records.identities, "code")
            drop(records.learners, "pseudonym")
        else:
            change = records.identities.update().where(records.identities.c.code == learner)
            connection.execute(change.values(email="", phone=""))
            connection.execute(records.learners.update().where(records.learners.c.pseudonym == learner).values(note=""))
            for table in (
                own if plan.evidence else (class_records.knowledge, class_records.consents, class_records.groups)
            ):
                drop(table)
            table = class_records.attendance
            connection.execute(table.update().where(table.c.learner == learner).values(reason="", note=""))
        if plan.evidence and not plan.whole:
            sizes = belongings.sizes(places)
            retention.tell(connection, learner, who, len(sizes), sum(sizes))
        records.note(
            connection, who, "forget", learner, {"goes": list(plan.goes), "kept": [what for what, _ in plan.stays]}
        )
    if plan.evidence:
        _drop_marks(cohort, learner)
        left = belongings.remove(cohort, places)
        if left:
            raise KitError(
                f"The records of {learner} are gone, but files could not be removed from: "
                f"{', '.join(left)}. Close what holds them and do it again."
            )
    return plan


def _marks(cohort: Cohort, learner: str) -> list[dict[str, Any]]:
    from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook

    submitted, notebook, grade = SubmittedAssignment.__table__, SubmittedNotebook.__table__, Grade.__table__
    cell, work, comment = BaseCell.__table__, Assignment.__table__, Comment.__table__
    query = (
        sa.select(
            work.c.name.label("workbook"),
            cell.c.name.label("cell"),
            grade.c.auto_score,
            grade.c.manual_score,
            comment.c.manual_comment,
        )
        .select_from(grade)
        .join(notebook, notebook.c.id == grade.c.notebook_id)
        .join(submitted, submitted.c.id == notebook.c.assignment_id)
        .join(work, work.c.id == submitted.c.assignment_id)
        .join(cell, cell.c.id == grade.c.cell_id)
        .outerjoin(comment, sa.and_(comment.c.notebook_id == grade.c.notebook_id, comment.c.cell_id == cell.c.id))
        .where(submitted.c.student_id == learner)
    )
    return records.rows(cohort.engine, query)


def _drop_marks(cohort: Cohort, learner: str) -> None:
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(cohort.db_url) as book:
        try:
            book.remove_student(learner)
        except MissingEntry:
            return


def _letter(cohort: Cohort, learner: str, held: Mapping[str, Any]) -> str:
    notice = load(cohort.programme)
    name = enrol.names(cohort).get(learner, "")
    counts = [f"  {what}: {len(rows)}" for what, rows in held.items() if rows]
    stays = [f"  {what}: {why}" for what, why in notice.must_stay]
    lines = [
        f"Everything that {notice.provider} keeps about {' · '.join(filter(None, [learner, name]))} in the class {cohort.name}.",
        "",
        "records.json holds the records, files/ every file: what you handed in, what was marked, and the papers made.",
        "Forms of the programme's evaluation are not here: they are anonymous, and nobody can tell which is yours.",
        "",
        "Records, by table:",
        *counts,
        "",
        "What has to be kept, and why:",
        *stays,
        "",
        "Your rights:",
        *[f"  {one}" for one in notice.rights],
        "",
        f"Ask: {notice.officer}. Source: {notice.source}.",
    ]
    return "\n".join(lines) + "\n"
