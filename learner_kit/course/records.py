"""The kit's own records, in the same database as nbgrader's gradebook.

Learners are pseudonyms (`L-0001`) everywhere; the table `kit_identities` alone knows names. Judgements, moderation and
the log only ever grow: a correction is a new row that names the old one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import sqlalchemy as sa

from learner_kit.course.database import engine, transaction, turn
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
    # The evidence as it stood then (`assess.weighed`); none in older rows.
    sa.Column("rests_on", sa.Text, nullable=True),
    # Two desks that judge at the same moment take the same number: the database refuses the second.
    sa.UniqueConstraint("learner", "criterion", "number"),
)
flags = sa.Table(  # recognition of prior learning, special needs: what always brings a portfolio into the sample
    "kit_flags",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("flag", sa.String(40), nullable=False),
    sa.Column("holds", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
confirmations = sa.Table(  # every rule of evidence of every judgement, confirmed or not
    "kit_confirmations",
    META,
    sa.Column("judgement", _ID, sa.ForeignKey("kit_judgements.id"), primary_key=True),
    sa.Column("rule", sa.String(40), primary_key=True),
    sa.Column("confirmed", sa.Boolean, nullable=False),
)
reviews = sa.Table(  # a moderator's review after the last attempt
    "kit_reviews",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("judgement", _ID, sa.ForeignKey("kit_judgements.id"), nullable=False, unique=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("moderator", sa.String(20), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
statements = sa.Table(  # embedded knowledge and cross-field outcomes: what evidences them
    "kit_statements",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("learner", sa.String(20), nullable=False, index=True),
    sa.Column("statement", sa.String(60), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("evidenced", sa.Boolean, nullable=False),
    sa.Column("criteria", sa.Text, nullable=False, default="[]"),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("assessor", sa.String(20), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("learner", "statement", "number"),
)
appeals = sa.Table(  # one row a step of an appeal's path
    "kit_appeals",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("appeal", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("judgement", _ID, sa.ForeignKey("kit_judgements.id"), nullable=False),
    sa.Column("step", sa.String(20), nullable=False),
    sa.Column("ground", sa.String(60), nullable=False, default=""),
    sa.Column("outcome", sa.String(40), nullable=False, default=""),
    sa.Column("says", sa.Text, nullable=False, default=""),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("appeal", "number"),
)
comments = sa.Table(  # an assessor's own lines in the comment bank
    "kit_comments",
    META,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("assessor", sa.String(20), nullable=False, index=True),
    sa.Column("decision", sa.String(3), nullable=False, default=""),
    sa.Column("says", sa.Text, nullable=False),
    sa.Column("kept", sa.Boolean, nullable=False, default=True),
    sa.Column("at", sa.DateTime, nullable=False),
)
visits = sa.Table(  # when somebody last looked at a desk, for "what changed since"
    "kit_visits",
    META,
    sa.Column("who", sa.String(60), primary_key=True),
    sa.Column("desk", sa.String(20), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
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
    # The moderator's own decision, where it was made without seeing the assessor's; and the pack it came back in.
    sa.Column("own_decision", sa.String(3), nullable=False, default="", server_default=""),
    sa.Column("pack", sa.String(40), nullable=False, default="", server_default=""),
)
packs = sa.Table(
    "kit_packs",
    META,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("sample", _ID, sa.ForeignKey("kit_moderation_samples.id"), nullable=False),
    sa.Column("moderator", sa.String(20), nullable=False),
    sa.Column("blind", sa.Boolean, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("due", sa.Date, nullable=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("returned_at", sa.DateTime, nullable=True),
    sa.Column("receipt", sa.String(40), nullable=False, default="", server_default=""),
)
purges = sa.Table(
    "kit_purges",
    META,
    sa.Column("learner", sa.String(20), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("who", sa.String(60), nullable=False),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
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
    # The chain: a number, and the SHA-256 of the row with that of the row before it. Rows of an older kit have none.
    sa.Column("number", sa.Integer, nullable=True),
    sa.Column("previous", sa.String(64), nullable=True),
    sa.Column("hash", sa.String(64), nullable=True),
    sa.Index("kit_log_number", "number", unique=True),
)
head = sa.Table(
    "kit_log_head",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
START = "0" * 64  # what the first row of a chain follows
BEGUN = "log chain begins"


def now() -> dt.datetime:
    """The time as it is stored: UTC, to the second, without a zone (as nbgrader stores it)."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def prepare(db_url: str) -> None:
    """Make the tables: nbgrader's first (it marks its schema's version only in an empty database), then the kit's."""
    from alembic.script import ScriptDirectory
    from nbgrader import api
    from nbgrader.dbutil import ALEMBIC_DIR

    # nbgrader would start the command `alembic`, which takes seconds and need not be on PATH.
    api.get_alembic_version = lambda: ScriptDirectory(ALEMBIC_DIR).get_current_head()
    with api.Gradebook(db_url):
        pass
    made = engine(db_url)
    META.create_all(made)
    with transaction(made) as connection:
        _begin(connection)
    made.dispose()


def complete(made: sa.Engine) -> None:
    """Add what an older cohort's database does not have yet: tables, columns, and the chain of the log.

    A database without the kit's tables, or one that cannot be written, stays as it is. A column that is added later must
    be nullable or have a `server_default`.

    Raises:
        KitError: a newer kit made it; nothing was changed.
    """
    there = sa.inspect(made)
    try:
        if not any(_lacking(there)):
            return
        with turn(made):
            there.clear_cache()
            columns, _ = _lacking(there)  # another process may have had its turn before
            for column in columns:
                _add(made, column)
            META.create_all(made)
            with made.begin() as connection:
                for index in {index for column in columns for index in column.table.indexes}:
                    index.create(connection, checkfirst=True)
                _begin(connection)
    except sa.exc.IntegrityError:
        return  # another process began the chain at the same moment
    except sa.exc.OperationalError:
        return


def _lacking(there: sa.Inspector) -> tuple[list[sa.Column[Any]], set[str]]:
    """Which columns and which tables of the kit a database lacks; none where it holds nothing of the kit."""
    held = {name: {one["name"] for one in columns} for (_, name), columns in there.get_multi_columns().items()}
    if learners.name not in held:
        return [], set()
    known = {table.name: {column.name: column for column in table.columns} for table in META.sorted_tables}
    own = {name: columns for name, columns in held.items() if name.startswith("kit_")}
    if newer := sorted(own.keys() - known.keys()) or [
        f"{name}.{column}" for name, columns in own.items() for column in sorted(columns - known[name].keys())
    ]:
        raise KitError(
            f"The cohort's records were written by a newer kit (they hold {', '.join(newer[:3])}, which this one does not "
            "know). Open the cohort with that kit, or update this one; nothing was changed."
        )
    columns = [known[name][column] for name in own for column in known[name] if column not in own[name]]
    return columns, known.keys() - own.keys()


def _add(made: sa.Engine, column: sa.Column[Any]) -> None:
    said = sa.schema.CreateColumn(column).compile(dialect=made.dialect)
    try:
        with made.begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE {column.table.name} ADD COLUMN {said}"))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        if "duplicate" not in str(error.orig) and "already exists" not in str(error.orig):
            raise  # otherwise another process has just added it


def _begin(connection: sa.Connection) -> None:
    """Begin the chain of the log; the rows of an older kit are held fast by a first row with their number and hash."""
    if connection.execute(sa.select(head.c.id)).first():
        return
    connection.execute(head.insert().values(id=1, count=0, hash=START))
    count, digest = before_chain(connection)
    if count:
        note(connection, "learner-kit", BEGUN, "", {"rows_before": count, "sha256": digest})


def before_chain(connection: sa.Connection) -> tuple[int, str]:
    """How many rows of the log stand outside the chain, and one hash over all of them."""
    digest, count = hashlib.sha256(), 0
    query = sa.select(log).where(log.c.number.is_(None)).order_by(log.c.id)
    for row in connection.execute(query).mappings():
        digest.update(row_hash("", row["id"], row).encode())
        count += 1
    return count, digest.hexdigest()


def row_hash(previous: str, number: int, row: Any) -> str:
    """The SHA-256 that holds a row of the log to the one before it."""
    held = [previous, number, row["at"].isoformat(), row["who"], row["what"], row["about"], row["detail"]]
    return hashlib.sha256(json.dumps(held, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def note(connection: sa.Connection, who: str, what: str, about: str = "", detail: Any = "") -> None:
    """Write one line of who did what, when, about whom or what; each line holds the hash of the one before it."""
    text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False, sort_keys=True)
    # Counting up first makes every other writer wait until this transaction ends: the chain cannot fork.
    connection.execute(head.update().where(head.c.id == 1).values(count=head.c.count + 1))
    found = connection.execute(sa.select(head.c.count, head.c.hash).where(head.c.id == 1)).first()
    if found is None:
        raise KitError(
            "The cohort's records were moved to another database meanwhile, or their log was damaged. Nothing was written. "
            "Open the cohort again: at a desk, load the page again."
        )
    number, previous = found
    row = {"at": now(), "who": who, "what": what, "about": about, "detail": text}
    said = row_hash(previous, number, row)
    connection.execute(log.insert().values(**row, number=number, previous=previous, hash=said))
    connection.execute(head.update().where(head.c.id == 1).values(hash=said))


def rows(made: sa.Engine, query: sa.Select) -> list[dict[str, Any]]:
    """What a query finds, as plain dictionaries."""
    with made.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
