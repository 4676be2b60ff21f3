"""The database under a cohort's records: the one place that knows SQLite from a server.

SQLite lives in this process. A PostgreSQL server may be gone and come back, and rows travel to it together: as one JSON
text that it reads by the types of the table's own columns, so that one statement is sent and planned however many they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from learner_kit.errors import KitError

# Seconds to wait for a server to answer, and milliseconds for it to take what was sent (libpq's names).
WAITS = {"connect_timeout": 10, "tcp_user_timeout": 30_000}
TURN = 252218  # PostgreSQL's number of the lock under which tables are completed
HINTS = {
    "database is locked": "Another program is writing to it. Wait a moment and try again.",
    "attempt to write a readonly database": "The file or its folder may not be written to. Change that and try again.",
    "database or disk is full": "Make room on the disk and try again.",
    "deadlock detected": "Somebody else wrote at the same moment. Nothing of this step was written; try again.",
}


def engine(db_url: str) -> sa.Engine:
    """A connection pool for a cohort's database.

    A server may be gone and come back: a connection is tried before it is used again, nothing waits for ever, and what
    happens to any statement while the server is gone is a `KitError`.
    """
    if db_url.startswith("sqlite"):
        return sa.create_engine(db_url, connect_args={"timeout": 30})
    url = sa.make_url(db_url)
    waits = {name: wait for name, wait in WAITS.items() if name not in url.query} if "psycopg" in url.drivername else {}
    made = sa.create_engine(url, pool_pre_ping=True, connect_args=waits)
    sa.event.listen(made, "handle_error", _gone)
    return made


@contextmanager
def transaction(made: sa.Engine) -> Iterator[sa.Connection]:
    """All of it or none of it; what a full disk or a locked file does to a database is said in words."""
    try:
        with made.begin() as connection:
            yield connection
    except sa.exc.OperationalError as error:
        said = _first(error.orig or error)
        hint = HINTS.get(said, "Nothing of this step was written.")
        raise KitError(f"The cohort's database could not be used ({said}). {hint}") from None


@contextmanager
def turn(made: sa.Engine) -> Iterator[None]:
    """Let one process at a time make tables on a server; two that make the same one would both fail."""
    if made.dialect.name != "postgresql":
        yield
        return
    with made.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURN)))
        yield


def insert(connection: sa.Connection, table: sa.TableClause, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows.

    Args:
        connection: an open transaction.
        table: where they go.
        rows: column → value, the same columns in each; times and plain values. None at all is nothing to do.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(table.insert(), rows)
        return
    names = ", ".join(rows[0])
    connection.execute(sa.text(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_sent(table)}"), _text(rows))


def update(connection: sa.Connection, table: sa.TableClause, rows: Sequence[dict[str, Any]]) -> None:
    """Change rows that stand there.

    Args:
        connection: an open transaction.
        table: where they stand.
        rows: column → new value, the same columns in each; `id` says which row is meant. None at all is nothing to do.
    """
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if connection.dialect.name != "postgresql":
        change = table.update().where(table.c.id == sa.bindparam("key"))
        changed = [{"key": row["id"]} | {name: row[name] for name in names} for row in rows]
        connection.execute(change.values({name: sa.bindparam(name) for name in names}), changed)
        return
    changes = ", ".join(f"{name} = sent.{name}" for name in names)
    said = f"UPDATE {table.name} SET {changes} FROM {_sent(table)} WHERE {table.name}.id = sent.id"
    connection.execute(sa.text(said), _text(rows))


def _sent(table: sa.TableClause) -> str:
    return f"json_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS json)) AS sent"


def _text(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {"rows": json.dumps(rows, default=lambda value: value.isoformat())}


def _gone(about: sa.engine.ExceptionContext) -> KitError | None:
    """What is raised in place of the driver's own words where the server is gone or cannot be reached."""
    if about.is_pre_ping or not (about.is_disconnect or about.connection is None):
        return None
    return KitError(
        f"The cohort's records cannot be reached: they stand in {_place(about.engine)} "
        f"({_first(about.original_exception)}). What was finished is kept; of what was just going on nothing was written "
        "by half. Do it again in a minute. If it stays so, ask whoever looks after that server whether it runs."
    )


def _place(made: sa.Engine | None) -> str:
    """Where a database stands, in words and without its password."""
    if made is None:
        return "a database that does not answer"
    host = made.url.host or made.url.query.get("host") or "this computer"
    return f"the database {made.url.database} on {host if isinstance(host, str) else ', '.join(host)}"


def _first(error: BaseException) -> str:
    """What a driver says, in one line."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return said[0].rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
