"""The log's chain: every edit and every gap is found, older cohorts keep opening, and writers at once do not fork it."""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from learner_kit.course import audit, records
from learner_kit.course.cohort import open_cohort
from learner_kit.upkeep import moving


@pytest.fixture
def on_server(server, cohort):
    """A cohort whose records stand in PostgreSQL."""
    moving.move(cohort, server.fresh(), "tests")
    opened = open_cohort(cohort.path)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def logged(cohort):
    return write(cohort)


def write(cohort):
    with records.transaction(cohort.engine) as connection:
        for number in range(5):
            records.note(connection, "A-01", "look", f"L-000{number}", {"ṱ": number})
    return cohort


def change(cohort, said: str) -> None:
    with records.transaction(cohort.engine) as connection:
        connection.execute(sa.text(said))


def test_a_log_is_whole(logged):
    found = audit.check(logged)
    assert found.faults == () and found.before == 0
    rows = records.rows(logged.engine, sa.select(records.log).order_by(records.log.c.id))
    assert [row["number"] for row in rows] == list(range(1, found.rows + 1))
    assert rows[0]["previous"] == records.START
    assert all(later["previous"] == earlier["hash"] for earlier, later in itertools.pairwise(rows))
    assert found.head == f"{found.rows} {rows[-1]['hash']}"
    assert audit.check(logged, noted=found.head).faults == ()


COLUMNS = ["at", "who", "what", "about", "detail", "previous", "hash"]
GAPS = [
    ("DELETE FROM kit_log WHERE number = 3", "row 3 is gone from the log"),
    ("DELETE FROM kit_log WHERE number IN (2, 3)", "rows 2 to 3 are gone from the log"),
    ("DELETE FROM kit_log WHERE number = (SELECT MAX(number) FROM kit_log)", "gone from the end"),
    ("DELETE FROM kit_log", "gone from the end"),
    ("UPDATE kit_log SET number = number + 100 WHERE number = 3", "row 3 is gone"),
    (
        "INSERT INTO kit_log (at, who, what, about, detail) VALUES ('2026-01-01 00:00:00', 'x', 'y', '', '')",
        "rows were added past it (1 now)",
    ),
    (
        "INSERT INTO kit_log (at, who, what, about, detail, number, previous, hash) SELECT at, who, what, about, detail, "
        "number + 1, hash, hash FROM kit_log WHERE number = (SELECT MAX(number) FROM kit_log)",
        "the end of the log does not fit",
    ),
    ("UPDATE kit_log_head SET hash = 'x'", "the end of the log does not fit"),
    ("DELETE FROM kit_log_head", "the end of the log does not fit"),
]


def edit(column: str) -> str:
    value = "2020-01-01 00:00:00.000000" if column == "at" else "x"
    return f"UPDATE kit_log SET \"{column}\" = '{value}' WHERE number = 3"


@pytest.mark.parametrize("column", COLUMNS)
def test_any_edit_of_a_row_is_found(logged, column):
    change(logged, edit(column))
    assert any("row 3 " in one or "row 4 " in one for one in audit.check(logged).faults)


@pytest.mark.parametrize(("said", "wanted"), GAPS)
def test_gaps_and_added_rows_are_found(logged, said, wanted):
    change(logged, said)
    assert any(wanted in one for one in audit.check(logged).faults), audit.check(logged).faults


@pytest.mark.xdist_group("upkeep")
def test_on_a_server_too_every_edit_gap_and_added_row_is_found(on_server):
    cohort = write(on_server)
    change(cohort, "CREATE TABLE log_was AS SELECT * FROM kit_log")
    change(cohort, "CREATE TABLE head_was AS SELECT * FROM kit_log_head")
    for said, wanted in [*((edit(column), "row ") for column in COLUMNS), *GAPS]:
        assert audit.check(cohort).faults == ()
        change(cohort, said)
        assert any(wanted in one for one in audit.check(cohort).faults), said
        for name, kept in (("kit_log", "log_was"), ("kit_log_head", "head_was")):
            change(cohort, f"DELETE FROM {name}")
            change(cohort, f"INSERT INTO {name} SELECT * FROM {kept}")


def test_a_chain_made_anew_does_not_fit_a_head_that_was_noted(logged):
    noted = audit.check(logged).head
    with records.transaction(logged.engine) as connection:
        previous = records.START
        for row in connection.execute(sa.select(records.log).order_by(records.log.c.number)).mappings().all():
            new = dict(row) | {"detail": "other"}
            said = records.row_hash(previous, row["number"], new)
            table = records.log
            connection.execute(
                table.update().where(table.c.id == row["id"]).values(detail="other", previous=previous, hash=said)
            )
            previous = said
        connection.execute(records.head.update().values(hash=previous))
    assert audit.check(logged).faults == ()
    assert "no longer holds" in audit.check(logged, noted=noted).faults[0]


def test_a_judgement_that_was_slipped_in_or_changed_is_found(logged):
    change(
        logged,
        "INSERT INTO kit_judgements (learner, criterion, number, attempt, decision, evidence_rules, evidence, reason, "
        "assessor, decided_at, override) VALUES ('L-0001', 'so1-ac1', 1, 1, 'C', '[]', '[]', '', 'A-01', "
        "'2026-01-01 00:00:00', '')",
    )
    assert "judgement 1 (L-0001 so1-ac1: C) does not stand so in the log" in audit.check(logged).faults
    with records.transaction(logged.engine) as connection:
        held = {"decision": "NYC", "attempt": 1, "corrects": None}
        records.note(connection, "A-01", "judge", "L-0001 so1-ac1", held)
    assert any("tells of a judgement that is gone" in one for one in audit.check(logged).faults)


def test_a_cohort_of_an_older_kit_opens_and_its_chain_begins_with_the_first_new_row(cohort):
    """The tables as version 0.1 made them: no chain, no flags, no packs."""
    cohort.engine.dispose()
    path = cohort.path / "gradebook.db"
    with sqlite3.connect(path) as old:
        count = old.execute("SELECT COUNT(*) FROM kit_log").fetchone()[0]
        old.executescript(
            "CREATE TABLE was AS SELECT id, at, who, what, about, detail FROM kit_log; DROP TABLE kit_log;"
            "CREATE TABLE kit_log (id INTEGER PRIMARY KEY, at DATETIME NOT NULL, who VARCHAR(60) NOT NULL, what VARCHAR(60)"
            " NOT NULL, about VARCHAR(120) NOT NULL, detail TEXT NOT NULL);"
            "INSERT INTO kit_log SELECT * FROM was; DROP TABLE was;"
            "DROP TABLE kit_log_head; DROP TABLE kit_packs; DROP TABLE kit_purges; DROP TABLE kit_moderation;"
            "CREATE TABLE kit_moderation (id INTEGER PRIMARY KEY, sample INTEGER NOT NULL, judgement INTEGER NOT NULL,"
            " finding VARCHAR(20) NOT NULL, reason TEXT NOT NULL, moderator VARCHAR(20) NOT NULL, found_at DATETIME NOT NULL);"
        )
    old.close()
    opened = open_cohort(cohort.path)
    found = audit.check(opened)
    assert (found.rows, found.before, found.faults) == (1, count, ())
    (first,) = records.rows(opened.engine, sa.select(records.log).where(records.log.c.number == 1))
    assert first["what"] == records.BEGUN and json.loads(first["detail"])["rows_before"] == count
    with records.transaction(opened.engine) as connection:
        records.note(connection, "A-01", "look")
    assert audit.check(opened).faults == ()
    assert records.rows(opened.engine, sa.select(records.moderation)) == []
    change(opened, "UPDATE kit_log SET who = 'x' WHERE number IS NULL")
    assert "from before the chain were changed" in audit.check(opened).faults[0]
    opened.engine.dispose()


WRITER = """
import sys
from learner_kit.course import records
engine = records.engine(sys.argv[1])
for number in range(10):
    with records.transaction(engine) as connection:
        records.note(connection, sys.argv[2], "write", str(number))
"""


def write_at_once(cohort) -> None:
    before = audit.check(cohort).rows
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, cohort.db_url, f"W-{n}"]) for n in range(3)]
    assert [one.wait(240) for one in writers] == [0, 0, 0]
    found = audit.check(cohort)
    assert (found.rows - before, found.faults) == (30, ())


def test_writers_at_the_same_moment_do_not_fork_the_chain(cohort):
    write_at_once(cohort)


@pytest.mark.xdist_group("upkeep")
def test_on_a_server_too_the_chain_does_not_fork_and_it_comes_back_whole(server, on_server):
    noted = audit.check(on_server).head
    write_at_once(on_server)
    for number, to in enumerate([server.fresh(), moving.HERE], 31):
        moving.move(open_cohort(on_server.path), to, "tests")
        there = open_cohort(on_server.path)
        found = audit.check(there, noted=noted)
        assert (found.rows, found.faults) == (int(noted.split()[0]) + number, ())
        there.engine.dispose()
