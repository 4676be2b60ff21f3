"""A person's details are put right by command and at the desk; the log says which, and no value."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from learner_kit.cli import main
from learner_kit.course import audit, correcting, enrol, records
from learner_kit.desks.correcting import Correcting
from learner_kit.desks.room import Room
from learner_kit.errors import DataError, KitError

NUMBER = "8001015009087"


def entries(cohort) -> list[dict]:
    query = sa.select(records.log).where(records.log.c.what == "details corrected")
    return records.rows(cohort.engine, query)


def test_details_are_put_right_and_the_log_holds_no_value(cohort):
    changes = {"surname": " Dlamini-Nkosi ", "id_number": NUMBER, "site": "Gqeberha", "phone": ""}
    assert correcting.correct(cohort, "L-0001", changes, "F-01") == ("surname", "id_number", "site")
    assert enrol.names(cohort)["L-0001"] == "Dlamini-Nkosi, Name1"
    assert correcting.details(cohort, "L-0001")["id_number"] == NUMBER
    (entry,) = entries(cohort)
    assert (entry["who"], entry["about"]) == ("F-01", "L-0001")
    assert json.loads(entry["detail"]) == {"columns": ["surname", "id_number", "site"]}
    assert correcting.correct(cohort, "L-0001", changes, "F-01") == () and len(entries(cohort)) == 1
    assert correcting.correct(cohort, "A-01", {"registration": "ETDP-9"}, "F-01") == ("registration",)
    assert correcting.details(cohort, "A-01")["registration"] == "ETDP-9"
    assert audit.check(cohort).faults == ()


@pytest.mark.parametrize(
    ("code", "changes", "says"),
    [
        ("L-0099", {"surname": "x"}, "has the number L-0099"),
        ("L-0001", {"registration": "x"}, "cannot be corrected for L-0001"),
        ("A-01", {"phone": "082 000 0123"}, "cannot be corrected for A-01"),
        ("A-01", {"registration": " "}, "Registration number"),
        ("L-0001", {"surname": "", "email": "nobody"}, "Surname.*E-mail"),
        ("L-0001", {"id_number": "8001015009086"}, "check digit"),
        ("L-0001", {"email": "L2@Example.co.za"}, "L-0002 has that E-mail already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(cohort, code, changes, says):
    before = records.rows(cohort.engine, sa.select(records.identities))
    with pytest.raises((KitError, DataError), match=f"(?s){says}"):
        correcting.correct(cohort, code, changes, "F-01")
    assert records.rows(cohort.engine, sa.select(records.identities)) == before and not entries(cohort)


def test_by_command_and_a_namesake_is_pointed_out(cohort, tmp_path, capsys):
    place = str(cohort.path)
    assert main(["enrol", place, "--correct", "L-0002", "--set", "ID number=" + NUMBER, "--set", "E-mail="]) == 0
    assert "Corrected for L-0002: ID number, E-mail." in capsys.readouterr().out
    assert main(["enrol", place, "--correct", "L-0002", "--set", "Shoe size=9"]) == 1
    assert "Shoe size cannot be corrected" in capsys.readouterr().err
    assert main(["enrol", place, "--correct", "L-0002"]) == 1
    (tmp_path / "list.csv").write_text("Surname,First names\nSurname3,Name3\n", encoding="utf-8")
    assert main(["enrol", place, str(tmp_path / "list.csv")]) == 0
    said = capsys.readouterr()
    assert "Enrolled 1 learner: L-0004." in said.out
    assert "The same person twice? Row 2, Surname3, Name3, looks like L-0003" in said.err


def test_at_the_desk(cohort):
    room = Room("facilitator", cohort.path)
    desk = Correcting(room)
    assert desk.keep.disabled and desk.person.value is None
    desk.person.value = "L-0003"
    assert desk.fields["surname"].value == "Surname3" and desk.fields["registration"].layout.display == "none"
    desk.fields["surname"].value = "Botha"
    room.changed()
    assert desk.fields["surname"].value == "Botha", "what somebody types stays"
    desk.keep.click()
    assert desk.said.text == "Corrected for L-0003: Surname."
    assert enrol.names(cohort)["L-0003"] == "Botha, Name3"
    desk.keep.click()
    assert "say that already" in desk.said.text
    desk.fields["email"].value = "l1@example.co.za"
    desk.keep.click()
    assert "L-0001 has that E-mail already" in desk.said.text
    desk.person.value = "A-01"
    assert desk.fields["phone"].layout.display == "none" and desk.fields["surname"].value == "Dlamini"
