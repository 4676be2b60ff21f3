"""Programme files: what ships is whole, and every fault of a changed one is found at once, with file and key."""

from __future__ import annotations

import shutil

import pytest

from learner_kit.course.programme import ASSESSMENTS, load
from learner_kit.errors import DataError, KitError


@pytest.fixture
def folder(tmp_path):
    for name in ("unit_standard.toml", "plan.toml", "rules.toml"):
        shutil.copy(ASSESSMENTS / name, tmp_path / name)
    return tmp_path


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_unit_standard_as_registered():
    unit = load().unit
    assert (unit.id, unit.nqf_level, unit.credits, unit.hours) == ("252218", 4, 4, 40)
    assert [len(outcome.criteria) for outcome in unit.outcomes] == [5, 4, 4, 4]
    assert len(unit.cross_field) == 5 and len(unit.knowledge) == 4
    assert len(unit.range["marketing"]) == 8 and len(unit.range["customers"]) == 6
    assert str(unit.registration.last_enrolment) == "2026-06-30"
    assert str(unit.registration.last_achievement) == "2029-06-30"


def test_hours_add_up_to_twelve_contact_and_twenty_eight_practice():
    activities = load().activities
    contact = sum(one.hours for one in activities if one.setting == "contact")
    assert (contact, sum(one.hours for one in activities)) == (12, 40)


def test_every_criterion_has_summative_evidence_in_the_plan():
    programme = load()
    served = {id for one in programme.activities if "summative" in one.stage for id in one.criteria}
    assert served == {criterion.id for criterion in programme.unit.criteria}


def test_all_faults_of_all_files_are_found_at_once(folder):
    change(folder, "unit_standard.toml", "credits = 4", 'credits = "four"')
    change(folder, "unit_standard.toml", 'handle = "Value of prospects"\n', "")
    change(folder, "plan.toml", 'kind = "knowledge"', 'kind = "knowlege"')
    change(folder, "plan.toml", "hours = 1.0", "hours = -1.0")
    change(folder, "rules.toml", "share = 0.25", "share = 25")
    change(folder, "rules.toml", "maximum = 3", "maximum = 3\nmaximun = 4")
    with pytest.raises(DataError) as caught:
        load(folder)
    said = str(caught.value)
    for expected in (
        "unit_standard.toml: unit.credits ('four'): must be a whole number",
        "outcomes[1].criteria[1].handle",
        "activities[1].kind",
        "activities[1].hours",
        "rules.toml: moderation.share (25): must be a fraction",
        "rules.toml: attempts.maximun",
    ):
        assert expected in said, expected


def test_an_activity_for_a_criterion_that_is_none_is_refused(folder):
    change(folder, "plan.toml", '"so1-ac1"', '"so9-ac1"')
    with pytest.raises(DataError, match="so9-ac1"):
        load(folder)


def test_hours_that_do_not_add_up_are_refused(folder):
    change(folder, "plan.toml", "hours = 3.0", "hours = 4.0")
    with pytest.raises(DataError, match="add up to 41, not to the unit standard's 40"):
        load(folder)


def test_a_file_that_is_no_toml_says_where(folder):
    (folder / "rules.toml").write_text("[attempts\n", encoding="utf-8")
    with pytest.raises(KitError, match=r"rules\.toml cannot be read as TOML.*line 1"):
        load(folder)


def test_a_missing_file_is_said(folder):
    (folder / "plan.toml").unlink()
    with pytest.raises(KitError, match=r"plan\.toml is missing"):
        load(folder)
