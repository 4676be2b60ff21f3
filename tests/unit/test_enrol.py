"""Enrolment: every faulty row is named, names stay in one table, and the last date of enrolment is minded."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from learner_kit.course import enrol, records
from learner_kit.course.cohort import create
from learner_kit.errors import DataError, KitError


def listed(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "learners.csv"
    path.write_bytes(text.encode(encoding))
    return enrol.read_list(path)


def test_every_fault_of_every_row(tmp_path):
    people, faults = listed(
        tmp_path,
        "surname,first_names,id_number,email\n"
        "Nkosi,Ann,8001015009087,ann@example.co.za\n"
        "Smit,,,ben@example.co.za\n"
        "Botha,Cor,8001015009086,cor@example.co.za\n"
        "Naidoo,Dev,123,dev@\n"
        "Nkosi,Anna,8001015009087,other@example.co.za\n"
        "Zulu,Em,,ANN@example.co.za\n"
        "\n"
        "Khumalo,Fana,,\n"
        "khumalo,FANA,,\n",
    )
    assert [one.surname for one in people] == ["Nkosi", "Khumalo"]
    said = "\n".join(map(str, faults))
    for expected in (
        "row 3, First names: is empty",
        "row 4, ID number ('800101•••••86'): fails its check digit",
        "row 5, ID number ('123'): must have 13 digits",
        "row 5, E-mail ('dev@'): is no e-mail address",
        "row 6, ID number (",
        "row 7, E-mail ('ANN@example.co.za'): stands in row 2 too",
        "row 10, Surname ('khumalo'): stands in row 9 too",  # an empty line counts, as it does in Excel
    ):
        assert expected in said, expected
    assert any("stands in row" in str(fault) and "name" in str(fault) for fault in faults)


def test_columns_may_be_headed_and_are_named_in_words_and_phones_are_looked_at(tmp_path):
    head = "Surname,First names,ID number,Phone\n"
    plain = listed(tmp_path, "surname,first_names,id_number,e-mail,phone\nNkosi,Ann,,ann@example.co.za,\n")
    assert plain == ([enrol.Person(2, "Nkosi", "Ann", email="ann@example.co.za")], [])
    people, faults = listed(tmp_path, head + "Nkosi,Ann,,abc\nSmit,Ben,12,082 000 0123\nBotha,Cor,,+27 82 000 0123\n")
    assert [one.surname for one in people] == ["Botha"]
    assert [str(one) for one in faults] == [
        "row 2, Phone ('abc'): is no phone number; write it as 082 000 0123, or leave it empty",
        "row 3, ID number ('12'): must have 13 digits",
    ]
    with pytest.raises(DataError, match="row 3: has 5 cells") as caught:
        listed(tmp_path, head + "Nkosi,Ann,,\nSmit,Ben,,,x\n")
    assert "decimal" not in str(caught.value) and "quotation marks around a cell" in str(caught.value)


def test_semicolons_byte_order_mark_and_windows_letters(tmp_path):
    people, faults = listed(tmp_path, "\ufeffSurname;First names\nvan Wyk;Zoë\n")
    assert (people[0].surname, people[0].first_names, faults) == ("van Wyk", "Zoë", [])
    people, _ = listed(tmp_path, "surname;first_names\nMüller;René\n", "cp1252")
    assert people[0].first_names == "René"


def test_missing_and_unknown_columns_are_all_named(tmp_path):
    with pytest.raises(DataError) as caught:
        listed(tmp_path, "surname,race\nNkosi,x\n")
    assert "First names: this column is missing" in str(caught.value) and "race" in str(caught.value)


def test_names_stand_in_one_table_only(cohort):
    with cohort.engine.connect() as connection:
        for table in sa.inspect(cohort.engine).get_table_names():
            rows = connection.execute(sa.text(f"select * from {table}")).all()
            assert ("Surname1" in str(rows)) == (table == "kit_identities"), table


def test_enrolling_again_changes_nothing_and_new_people_get_the_next_number(cohort):
    people = [enrol.Person(1, "Surname1", "Name1", email="l1@example.co.za"), enrol.Person(2, "New", "Person")]
    done = enrol.enrol(cohort, people, "tests")
    assert (done.already, done.pseudonyms) == (("L-0001",), ("L-0004",))


def test_after_the_last_date_of_enrolment_it_warns_and_records_the_warning(cohort):
    before = enrol.enrol(cohort, [enrol.Person(1, "A", "A")], "tests", dt.date(2026, 6, 30))
    after = enrol.enrol(cohort, [enrol.Person(1, "B", "B")], "tests", dt.date(2026, 7, 1))
    assert before.warning is None
    assert "30 June 2026" in after.warning
    notes = {row["pseudonym"]: row["note"] for row in records.rows(cohort.engine, sa.select(records.learners))}
    assert notes[before.pseudonyms[0]] == "" and "30 June 2026" in notes[after.pseudonyms[0]]


def test_staff_need_a_registration_number_and_a_known_role(cohort):
    with pytest.raises(KitError, match="registration number"):
        enrol.register(cohort, "assessor", "A", "B", " ", "tests")
    with pytest.raises(KitError, match="no role"):
        enrol.register(cohort, "boss", "A", "B", "1", "tests")
    with pytest.raises(KitError, match="not registered as moderator"):
        enrol.require(cohort, "A-01", "moderator")


@given(st.text("0123456789", min_size=13, max_size=13))
def test_one_wrong_digit_never_passes_the_check_digit(number):
    if enrol.id_number_fault(number) is None:
        changed = number[:11] + str((int(number[11]) + 1) % 10) + number[12]
        assert enrol.id_number_fault(changed) is not None


def test_a_cohort_that_exists_or_has_a_bad_name_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "mine.txt").write_text("x")
    with pytest.raises(KitError, match="exists already"):
        create(tmp_path / "class")
    with pytest.raises(KitError, match="cannot be called"):
        create(tmp_path / "a:b")
    with pytest.raises(DataError):
        create(tmp_path / "new", programme=_broken(tmp_path))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["broken", "class"]


def _broken(tmp_path):
    from learner_kit.course.programme import ASSESSMENTS

    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("unit_standard.toml", "plan.toml", "rules.toml"):
        text = (ASSESSMENTS / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("maximum = 3", "maximum = 0"), encoding="utf-8")
    return folder
