"""A class that an earlier kit made opens, keeps every row, and goes on; one that a newer kit made is refused."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from learner_kit.assess import evidence, judgement, moderation
from learner_kit.course import audit, records
from learner_kit.course.cohort import FORMAT, open_cohort
from learner_kit.errors import KitError

FIRST = Path(__file__).parents[1] / "data" / "first-database.sql"  # as the first version wrote it; never to be changed


@pytest.fixture
def older(made_cohort, tmp_path):
    """A class with the records, and the cohort.toml, of the first version."""
    place = tmp_path / "old"
    shutil.copytree(made_cohort, place)
    (place / "cohort.toml").write_text('name = "old"\nprogramme = "assessments"\nseed = "first"\n', encoding="utf-8")
    (place / "gradebook.db").unlink()
    made = sqlite3.connect(place / "gradebook.db")
    made.executescript(FIRST.read_text(encoding="utf-8"))
    made.close()
    opened = open_cohort(place)
    yield opened
    opened.engine.dispose()


def old_rows() -> dict[str, int]:
    """How many rows the first version's tables hold."""
    made = sqlite3.connect(":memory:")
    made.executescript(FIRST.read_text(encoding="utf-8"))
    names = [name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: made.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    made.close()
    return found


def test_every_row_stays_and_what_is_new_is_added(older):
    there = sa.inspect(older.engine)
    assert set(there.get_table_names()) >= records.META.tables.keys()
    for table in records.META.sorted_tables:
        assert {one["name"] for one in there.get_columns(table.name)} == {one.name for one in table.columns}
    with older.engine.connect() as connection:
        for name, count in old_rows().items():
            now = connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
            assert now == count + (name == "kit_log"), name  # one line more: here the chain begins


def test_work_goes_on_where_it_stopped(older):
    assert [row["decision"] for row in judgement.history(older)] == ["NYC", "C"]
    assert moderation.draw_again(older, 1)
    judgement.judge(
        older, learner="L-0002", criterion="so1-ac1", decision="C", reason="Seen", assessor="A-01", override="On paper"
    )
    standing = {(one.learner, one.criterion): one for one in evidence.matrix(older)}
    assert len(standing) == 2 * len(older.programme.unit.criteria)
    found = audit.check(older)
    assert found.faults == [] or found.faults == ()
    assert found.before == 6, "the lines before the chain are counted and held fast"


def test_a_line_from_before_the_chain_cannot_be_changed_unseen(older):
    assert not audit.check(older).faults
    with older.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE kit_log SET who = 'somebody' WHERE id = 4")
    assert audit.check(older).faults


def test_a_class_of_a_newer_kit_is_refused_and_not_touched(older):
    settings = older.path / "cohort.toml"
    settings.write_text(f"format = {FORMAT + 1}\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    before = (older.path / "gradebook.db").read_bytes()
    with pytest.raises(KitError, match="newer kit"):
        open_cohort(older.path)
    assert (older.path / "gradebook.db").read_bytes() == before
