"""Privacy: a programme's notice, and who got it and agreed to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from learner_kit.course import class_records, enrol, records
from learner_kit.course.cohort import Cohort
from learner_kit.course.programme import Programme
from learner_kit.documents import Block, Bullets, Document, Facts, Heading, PageBreak, Paragraph, SignatureLines, Table
from learner_kit.errors import Fault, KitError
from learner_kit.settings import Keys, read, refuse

FILE = "privacy.toml"
YES, NO, WITHDRAWN, READ = "yes", "no", "withdrawn", "read"
NOTICE = "notice"  # the purpose under which it is recorded that somebody got the notice
HOW = ("paper", "screen", "spoken")


@dataclass(frozen=True)
class Notice:
    """A programme's privacy notice; `purposes` are those that need consent."""

    version: str
    provider: str
    officer: str
    regulator: str
    source: str
    why: str
    who: tuple[str, ...]
    rights: tuple[str, ...]
    kept: tuple[tuple[str, str, str], ...]
    purposes: Mapping[str, str]
    must_stay: tuple[tuple[str, str], ...]


def load(programme: Programme) -> Notice:
    """Read a programme's privacy notice.

    Raises:
        KitError: there is none.
        DataError: every fault of the file.

    Example:
        >>> from learner_kit.course.programme import load as programme
        >>> list(load(programme()).purposes)
        ['follow-up', 'examples', 'photographs']
    """
    path = programme.folder / FILE
    faults: list[Fault] = []
    top = Keys(read(path), faults)
    top.take("looked_up", dt.date)

    def lines(name: str, *columns: str) -> tuple[tuple[str, ...], ...]:
        found = []
        for row in top.tables(name):
            found.append(tuple(row.take(column, str) or "" for column in columns))
            row.done()
        return tuple(found)

    made = Notice(
        *(top.take(name, str) or "" for name in ("version", "provider", "officer", "regulator", "source", "why")),
        who=tuple(map(str, top.take("who", list) or ())),
        rights=tuple(map(str, top.take("rights", list) or ())),
        kept=lines("kept", "what", "why", "long"),
        purposes=dict(lines("consents", "id", "says")),
        must_stay=lines("must_stay", "what", "why"),
    )
    top.done()
    refuse(faults, path)
    return made


def record(
    cohort: Cohort, learner: str, answers: Mapping[str, str], who: str, how: str = "paper", on: dt.date | None = None
) -> None:
    """Record that a learner got the notice and what the learner agreed to; earlier answers stay on record.

    Args:
        cohort: the cohort.
        learner: the learner's number.
        answers: purpose → yes, no or withdrawn; `notice` → read.
        who: who writes it down.
        how: paper, screen or spoken.
        on: the day it was given; today without one.
    """
    notice = load(cohort.programme)
    allowed = {**dict.fromkeys(notice.purposes, (YES, NO, WITHDRAWN)), NOTICE: (READ,)}
    enrol.require_learner(cohort, learner)
    if how not in HOW:
        raise ValueError(f"how must be one of {', '.join(HOW)}, not {how!r}.")
    for purpose, answer in answers.items():
        if answer not in allowed.get(purpose, ()):
            known = "; ".join(f"{name}: {', '.join(those)}" for name, those in allowed.items())
            raise KitError(f"{purpose}: {answer} cannot be recorded. These can: {known}.")
    may_take_back(cohort, [learner], answers)
    on = on or dt.date.today()
    more = {"learner": learner, "notice": notice.version, "how": how, "given_on": on, "who": who, "at": records.now()}
    with records.transaction(cohort.engine) as connection:
        for purpose, answer in answers.items():
            connection.execute(class_records.consents.insert().values(purpose=purpose, answer=answer, **more))
        records.note(connection, who, "consent", learner, dict(answers))


def may_take_back(cohort: Cohort, learners: Iterable[str], answers: Mapping[str, str]) -> None:
    """Refuse to record that a consent was taken back where no yes stands.

    Raises:
        KitError: names the learners and what to record instead.
    """
    back = [purpose for purpose, answer in answers.items() if answer == WITHDRAWN]
    held = consents(cohort) if back else {}
    none = [one for one in learners if any(held.get(one, {}).get(what, {}).get("answer") != YES for what in back)]
    if none:
        raise KitError(
            f"There is nothing to take back from {', '.join(none)}: no yes is on record. Record a no instead. Nothing was "
            "recorded."
        )


def consents(cohort: Cohort) -> dict[str, dict[str, dict[str, Any]]]:
    """Learner → purpose → the answer that stands, with its day."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    query = sa.select(class_records.consents).order_by(class_records.consents.c.id)
    for row in records.rows(cohort.engine, query):
        found.setdefault(row["learner"], {})[row["purpose"]] = row
    return found


def notice_document(cohort: Cohort) -> Document:
    """The notice with the consent form to sign."""
    notice, years = load(cohort.programme), cohort.programme.rules.retention_years
    blocks: list[Block] = [
        Facts([("Who is responsible", notice.provider), ("Whom to ask", notice.officer)]),
        Heading("Why we use your details"),
        Paragraph(notice.why),
        Heading("What is kept, and how long"),
        Table(["What", "Why", "How long"], notice.kept, widths=[3, 4, 4], align=["left"] * 3),
        Paragraph(f"Evidence is kept for {years} years.", kind="quiet"),
        Heading("Who sees it"),
        Bullets(notice.who),
        Heading("Your rights"),
        Bullets(notice.rights),
        PageBreak(),
        Heading("Your consent"),
        Paragraph("These are your choice. A no changes nothing for your training or your result."),
        Table(
            ["", "Yes", "No"],
            [[said, "□", "□"] for said in notice.purposes.values()],
            widths=[8, 1, 1],
            align=["left", "center", "center"],
        ),
        Paragraph("I have received this notice and could ask questions about it."),
        SignatureLines(["Learner", "Facilitator"]),
    ]
    return Document(
        title="Privacy notice: how we use your personal details",
        subtitle=f"Version {notice.version}",
        meta=[("Cohort", cohort.name), ("Learner number", "L-")],
        blocks=blocks,
        footer=notice.source,
    )
