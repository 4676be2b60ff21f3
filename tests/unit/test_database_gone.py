"""The server with a cohort's records goes away in the middle and comes back: words, nothing by half, and work goes on."""

from __future__ import annotations

import collections

import pytest
import sqlalchemy as sa

from learner_kit.assess import grade as grading
from learner_kit.assess import gradebook, judgement
from learner_kit.cli import main
from learner_kit.course import audit, enrol, records
from learner_kit.course import collect as collecting
from learner_kit.course.cohort import open_cohort
from learner_kit.course.submission import pack
from learner_kit.errors import KitError
from learner_kit.upkeep import moving

pytestmark = pytest.mark.xdist_group("upkeep")  # one server for all of them
LEARNERS = ("L-0001", "L-0002", "L-0003")


@pytest.fixture
def there(server, cohort, fill, right_answers, tmp_path):
    """A cohort whose records stand on the server; its learners' zips wait in a folder, none is collected."""
    (tmp_path / "zips").mkdir()
    for learner in LEARNERS:
        pack(fill(learner, right_answers), "so1", learner, tmp_path / "zips", declared=True)
    moving.move(cohort, server.fresh(), "tests")
    opened = open_cohort(cohort.path)
    yield opened
    server.back()
    opened.engine.dispose()


@pytest.fixture
def collected(there, tmp_path):
    collecting.collect(there, [tmp_path / "zips"], "tests")
    return there


def in_words(said: str, cohort) -> None:
    """What, where, and what to do; in one line and without a word of the driver's."""
    assert "records cannot be reached" in said and "nothing was written by half" in said
    assert f"the database {sa.make_url(cohort.db_url).database} on " in said and "Do it again" in said
    assert not {"Traceback", "psycopg2", "sqlalche.me", "went wrong in the kit"} & set(said.split())
    assert len(said.strip().splitlines()) == 1


def when(monkeypatch, place, name: str, number: int, then, after: bool = False) -> None:
    """Let something happen at the n-th call of a function, before it or after it."""
    real, calls = getattr(place, name), []

    def called(*given, **named):
        calls.append(1)
        if len(calls) == number and not after:
            then()
        found = real(*given, **named)
        if len(calls) == number and after:
            then()
        return found

    monkeypatch.setattr(place, name, called)


def holdings(cohort) -> dict[str, collections.Counter]:
    """Learner → how many rows of each kind the gradebook holds."""
    query = sa.text(
        "SELECT a.student_id, 'grade' FROM grade g JOIN submitted_notebook n ON n.id = g.notebook_id "
        "JOIN submitted_assignment a ON a.id = n.assignment_id UNION ALL SELECT learner, 'graded' FROM kit_graded"
    )
    found: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    with cohort.engine.connect() as connection:
        for learner, kind in connection.execute(query):
            found[learner][kind] += 1
    return dict(found)


MOMENTS = {
    "before anything": (records, "rows", 1, False),
    "between two parts": (gradebook, "save", 2, False),
    "in the middle of a transaction": (gradebook.database, "update", 4, False),
    "just before its end": (gradebook, "save", 2, True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_grading(server, collected, monkeypatch, capsys, moment):
    monkeypatch.setattr(grading, "BATCH", 1)
    with monkeypatch.context() as patched:
        place, name, number, after = MOMENTS[moment]
        when(patched, place, name, number, server.stop, after)
        assert main(["grade", str(collected.path)]) == 1
    in_words(capsys.readouterr().err, collected)
    server.start()
    finished = holdings(collected)
    assert list(finished) == ([] if moment == "before anything" else ["L-0001"]), "what was finished is kept"
    assert main(["grade", str(collected.path)]) == 0
    assert "Traceback" not in capsys.readouterr().err
    cells = len(gradebook_cells(collected))
    assert holdings(collected) == {one: {"grade": cells, "graded": 1} for one in LEARNERS}
    assert audit.check(collected).faults == ()


def gradebook_cells(cohort) -> dict:
    with cohort.engine.connect() as connection:
        return gradebook.assignment(connection, "so1").cells


@pytest.mark.parametrize(
    ("place", "name", "number"),
    [(collecting.enrol, "learners", 1), (collecting, "_lay_out", 2), (records, "note", 2)],
    ids=["before anything", "with a zip half taken in", "in the middle of a transaction"],
)
def test_collecting(server, there, tmp_path, monkeypatch, capsys, place, name, number):
    line = ["collect", str(there.path), str(tmp_path / "zips")]
    with monkeypatch.context() as patched:
        when(patched, place, name, number, server.stop)
        assert main(line) == 1
    in_words(capsys.readouterr().err, there)
    server.start()
    before = records.rows(there.engine, sa.select(records.submissions.c.learner))
    assert len(before) == (name != "learners"), "what was finished is kept"
    assert main(line) == 0
    rows = records.rows(there.engine, sa.select(records.submissions).order_by(records.submissions.c.learner))
    assert [(row["learner"], row["number"]) for row in rows] == [(one, 1) for one in LEARNERS]
    kept = sorted(one.relative_to(there.path).as_posix() for one in (there.path / "received").rglob("*.zip"))
    assert kept == sorted(row["file"] for row in rows)
    assert audit.check(there).faults == ()


def test_judging_on_the_command_line(server, collected, capsys):
    grading.grade(collected)
    line = [
        "judge",
        str(collected.path),
        "L-0001",
        "so1-ac2",
        "NYC",
        "--by",
        "A-01",
        "--reason",
        "Not yet shown.",
    ]
    with server.away():
        assert main(line) == 1
        in_words(capsys.readouterr().err, collected)
    assert main(line) == 0
    assert len(judgement.history(collected)) == 1


def test_a_desk_left_open_works_again(server, collected):
    pytest.importorskip("ipywidgets")
    from learner_kit.desks import assessor

    grading.grade(collected)
    desk = assessor.Desk(collected.path)
    one = desk.judging
    one.learner.value, one.criterion.value = "L-0001", "so1-ac2"
    one.decision.value, one.reason.value = "NYC", "Not yet shown."
    with server.away():
        one.record.click()
        in_words(one.said.text, collected)
        one.record.click()
        in_words(one.said.text, collected)
        assert (one.decision.value, one.reason.value) == ("NYC", "Not yet shown."), "what was typed stays"
        desk.grading.grade.click()
        in_words(desk.grading.said.text, collected)
    one.record.click()
    assert "Recorded as judgement" in one.said.text
    assert [row["criterion"] for row in judgement.history(collected)] == ["so1-ac2"]
    desk.grading.grade.click()
    assert desk.grading.said.text == "0 graded, 3 unchanged."
    assert audit.check(collected).faults == ()


def test_a_desk_opened_meanwhile_says_so_and_reads_when_asked_again(server, there):
    widgets = pytest.importorskip("ipywidgets")
    from learner_kit.desks import facilitator

    with server.away():
        desk = facilitator.Desk(there.path)
        in_words(desk.room.said.text, there)
    again = next(
        one
        for line in desk.room.face.children
        for one in getattr(line, "children", ())
        if isinstance(one, widgets.Button)
    )
    again.click()
    assert "3 learners" in desk.room.about.value


def test_releasing_and_enrolling_at_the_desk(server, there):
    """nbgrader talks to the database itself when a workbook is released."""
    pytest.importorskip("ipywidgets")
    from learner_kit.desks import facilitator

    desk = facilitator.Desk(there.path)
    desk.out.workbook.value = "so2"
    desk.staff.role.value, desk.staff.surname.value, desk.staff.first.value = "facilitator", "Mokoena", "Lerato"
    with server.away():
        desk.out.release.click()
        in_words(desk.out.said.text, there)
        desk.staff.register.click()
        in_words(desk.staff.said.text, there)
    desk.out.release.click()
    assert (there.release("so2") / "so2.ipynb").is_file()
    desk.staff.register.click()
    assert "Mokoena, Lerato" in enrol.names(there).values()


def test_where_no_server_ever_answered_the_address_is_said_without_its_password(cohort):
    made = records.engine("postgresql+psycopg2://kit:secret@127.0.0.1:9/none")
    with pytest.raises(KitError, match="the database none on 127") as told:
        records.rows(made, sa.select(records.head))
    assert "secret" not in str(told.value)
