"""The kit's own records, in the same database as nbgrader's gradebook.

Learners are pseudonyms (`L-0001`) everywhere; the table `kit_identities` alone knows names. Judgements, moderation and
the log only ever grow: a correction is a new row that names the old one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from learner_kit.errors import KitError

META = sa.MetaData()
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only plain INTEGER keys

learners = sa.Table(
    "kit_learners",
    META,
    sa.Column("pseudonym", sa.String(20), primary_key=True),
    sa.Column("site", sa.String(120), nullable=False, default=""),
    sa.Column("enrolled_on", sa.Date, nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
)
identities = sa.Table(
    "kit_identities",
    META,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("surname", sa.String(120), nullable=False),
    sa.Column("first_names", sa.String(120), nullable=False),
    sa.Column("id_number", sa.String(40), nullable=False, default=""),
    sa.Column("email", sa.String(254), nullable=False, default=""),
    sa.Column("phone", sa.String(40), nullable=False, default=""),
)
staff = sa.Table(
    "kit_staff",
    META,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("registration", sa.String(60), nullable=False, default=""),
    sa.Column("since", sa.Date, nullable=False),
)
submissions = sa.Table(
    "kit_submissions",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("workbook", sa.String(60), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("collected_at", sa.DateTime, nullable=False),
    sa.Column("receipt", sa.String(40), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("file", sa.String(400), nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.UniqueConstraint("learner", "workbook", "number"),
)
grades = sa.Table(
    "kit_graded",
    META,
    sa.Column("learner", sa.String(20), primary_key=True),
    sa.Column("workbook", sa.String(60), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("graded_at", sa.DateTime, nullable=False),
    sa.Column("shown", sa.Text, nullable=False, default="{}"),
)
judgements = sa.Table(
    "kit_judgements",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("criterion", sa.String(60), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("decision", sa.String(3), nullable=False),
    sa.Column("evidence_rules", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False, default="[]"),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("assessor", sa.String(20), nullable=False),
    sa.Column("decided_at", sa.DateTime, nullable=False),
    sa.Column("override", sa.Text, nullable=False, default=""),
    sa.Column("corrects", _ID, sa.ForeignKey("kit_judgements.id"), nullable=True, unique=True),
    # Two desks that judge at the same moment take the same number: the database refuses the second.
    sa.UniqueConstraint("learner", "criterion", "number"),
)
samples = sa.Table(
    "kit_moderation_samples",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("seed", sa.String(60), nullable=False),
    sa.Column("drawn_at", sa.DateTime, nullable=False),
    sa.Column("moderator", sa.String(20), nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("frame", sa.Text, nullable=False),
    sa.Column("drawn", sa.Text, nullable=False),
)
moderation = sa.Table(
    "kit_moderation",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("sample", _ID, sa.ForeignKey("kit_moderation_samples.id"), nullable=False),
    sa.Column("judgement", _ID, sa.ForeignKey("kit_judgements.id"), nullable=False),
    sa.Column("finding", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("moderator", sa.String(20), nullable=False),
    sa.Column("found_at", sa.DateTime, nullable=False),
)
log = sa.Table(
    "kit_log",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("what", sa.String(60), nullable=False),
    sa.Column("about", sa.String(120), nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, default=""),
)


def now() -> dt.datetime:
    """The time as it is stored: UTC, to the second, without a zone (as nbgrader stores it)."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def engine(db_url: str) -> sa.Engine:
    """A connection pool for a cohort's database."""
    waits = {"connect_args": {"timeout": 30}} if db_url.startswith("sqlite") else {}
    return sa.create_engine(db_url, **waits)


def prepare(db_url: str) -> None:
    """Make the tables: nbgrader's first (it marks its schema's version only in an empty database), then the kit's."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url):
        pass
    made = engine(db_url)
    META.create_all(made)
    made.dispose()


@contextmanager
def transaction(made: sa.Engine) -> Iterator[sa.Connection]:
    """All of it or none of it; what a full disk or a locked file does to a database is said in words."""
    try:
        with made.begin() as connection:
            yield connection
    except sa.exc.OperationalError as error:
        said = str(error.orig)
        hint = {
            "database is locked": "Another program is writing to it. Wait a moment and try again.",
            "attempt to write a readonly database": "The file or its folder may not be written to. Change that and try again.",
            "database or disk is full": "Make room on the disk and try again.",
        }.get(said, "Nothing of this step was written.")
        raise KitError(f"The cohort's database could not be used ({said}). {hint}") from None


def note(connection: sa.Connection, who: str, what: str, about: str = "", detail: Any = "") -> None:
    """Write one line of who did what, when, about whom or what."""
    text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False, sort_keys=True)
    connection.execute(log.insert().values(at=now(), who=who, what=what, about=about, detail=text))


def rows(made: sa.Engine, query: sa.Select) -> list[dict[str, Any]]:
    """What a query finds, as plain dictionaries."""
    with made.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
