"""A cohort's database as tables that can be copied and compared, whatever database they stand in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from learner_kit.course import class_records, records  # noqa: F401 (its tables are copied too)
from learner_kit.errors import KitError

BATCH = 1_000  # rows on their way at a time


class Holding(NamedTuple):
    """What a table holds: how many rows, and one SHA-256 over all of them in the order of their keys."""

    rows: int
    sha256: str


def known() -> list[sa.Table]:
    """Every table of nbgrader and of the kit, those that others point to first."""
    from nbgrader.api import Base

    return [*Base.metadata.sorted_tables, *records.META.sorted_tables]


def holdings(connection: sa.Connection) -> dict[str, Holding]:
    """Count and hash every table.

    Args:
        connection: the database.

    Returns:
        Table name → what it holds. Two databases that hold the same give the same, whatever their kind.
    """
    found = {}
    there = set(sa.inspect(connection).get_table_names())
    for table in known():
        if table.name in there:
            digests = [hashlib.sha256(_canonical(row)).digest() for row in _rows(connection, table)]
            # Databases order text by different rules: the hashes themselves are put in order.
            found[table.name] = Holding(len(digests), hashlib.sha256(b"".join(sorted(digests))).hexdigest())
    return found


def copy(reading: sa.Connection, target: sa.Engine) -> dict[str, Holding]:
    """Copy every row of one database into another that has the tables and none of the rows, and compare them.

    Args:
        reading: where the rows stand, from `still`.
        target: where they go; `records.prepare` has made its tables.

    Returns:
        What both hold now.

    Raises:
        KitError: the target holds rows already, or in the end not the same as the source. The target is left as it was.
    """
    with target.begin() as writing:
        there = set(sa.inspect(reading).get_table_names())
        _clear(writing)
        for table in (one for one in known() if one.name in there):
            for batch in batched(_rows(reading, table), BATCH):
                writing.execute(table.insert(), batch)
        held = holdings(reading)
        if differ := [name for name, one in holdings(writing).items() if held.get(name, one) != one]:
            raise KitError(f"The copy is not like its source in {', '.join(differ)}. Nothing was changed.")
        _count_on(writing)
    return held


@contextmanager
def still(source: sa.Engine, alone: bool = False) -> Iterator[sa.Connection]:
    """A database as it is at one moment.

    Args:
        source: the database.
        alone: let everybody else wait with writing until the end; SQLite does so anyway.
    """
    with source.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        if alone and connection.dialect.name == "postgresql":  # who writes anything writes a line of the log
            connection.exec_driver_sql(f"LOCK TABLE {records.head.name} IN EXCLUSIVE MODE")
        yield connection


def close(connection: sa.Connection) -> None:
    """Let nobody write any more where a cohort's records stood: who still has it open is told (`records.note`).

    An SQLite file is put aside instead, and stays as it was.

    Args:
        connection: from `still`, alone.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(records.head.delete())
        connection.commit()


def batched(rows: Iterator[Mapping[str, Any]], size: int) -> Iterator[list[Mapping[str, Any]]]:
    """Hand rows on in lists of at most `size`."""
    while batch := list(islice(rows, size)):
        yield batch


def _clear(connection: sa.Connection) -> None:
    """Take away what `prepare` writes by itself, and refuse a database in which anything else stands."""
    for table in reversed(known()):
        own = table.name in ("kit_log", "kit_log_head")
        rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        if rows and not (own or _default(connection, table, rows)):
            raise KitError(
                f"That database holds rows already (in {table.name}). Name an empty one; nothing was changed."
            )
        if rows:
            connection.execute(table.delete())


def _default(connection: sa.Connection, table: sa.Table, rows: int) -> bool:
    """Whether a table holds just the course that nbgrader puts into every new database."""
    if table.name != "course" or rows != 1:
        return False
    return connection.execute(sa.select(table.c.id)).scalar_one() == "default_course"


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[Mapping[str, Any]]:
    there = {one["name"] for one in sa.inspect(connection).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in there]
    query = sa.select(*columns).order_by(*table.primary_key.columns)
    yield from connection.execute(query, execution_options={"yield_per": BATCH}).mappings()


def _canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps({name: _plain(value) for name, value in row.items()}, sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _count_on(connection: sa.Connection) -> None:
    """Let PostgreSQL number new rows after those that were copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in known():
        for column in table.primary_key.columns:
            if len(table.primary_key.columns) > 1 or not isinstance(column.type, sa.Integer) or column.foreign_keys:
                continue
            name = connection.execute(
                sa.text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar()
            if name:
                last = sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(name, last + 1, False)))
