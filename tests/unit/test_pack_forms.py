"""Forms from work in moderation packs: all that a judgement rests on goes along; a blind pack does not say who or how judged."""

from __future__ import annotations

import datetime as dt
import json
import zipfile

import pytest

from learner_kit.assess import judgement, moderation, workplace
from learner_kit.assess.grade import grade
from learner_kit.assess.moderation import opened_pack, pack_forms, pack_return, packs
from learner_kit.course import enrol, master, records

DAY = dt.date(2026, 5, 3)
SEEN = {"greets": "yes", "wishes": "no", "situation": "Role play <b>at</b> the till, \u202e12 minutes"}
TELLS = (
    "Competent in my view, not yet competent on the phone (NYC); Dlamini and THANDI agreed, thandi's note, see a-01. "
    "An incompetent helper stood by. A competence of Thandi Dlamini's; Piet Botha too."
)


def record(cohort, learner="L-0001", **more) -> workplace.Filled:
    given = {"answers": SEEN, "witness": "A-01", "done_on": DAY, "who": "F-01"} | more
    return workplace.record(cohort, learner, "observation", **given)


@pytest.fixture
def judged(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    grade(cohort)
    now = records.now()
    record(cohort, answers=SEEN | {"remarks": TELLS}, now=now - dt.timedelta(seconds=60))
    for criterion in ("so3-ac1", "so1-ac5"):
        judgement.judge(
            cohort,
            "L-0001",
            criterion,
            "C",
            "A-01",
            "Seen & heard.",
            override="Judged on what was seen.",
            at=now - dt.timedelta(seconds=30),
        )
    return cohort


def made(cohort, tmp_path, blind: bool) -> opened_pack.Pack:
    number, _ = moderation.moderate(cohort, "M-01", "x")
    return opened_pack.open_pack(packs.make(cohort, number, "M-01", tmp_path / f"blind-{blind}.zip", blind))


def written(pack: opened_pack.Pack) -> str:
    """All text of a pack."""
    with zipfile.ZipFile(pack.path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if not name.startswith("evidence/"))


def test_a_form_goes_with_the_pack_and_its_finding_comes_back(judged, tmp_path):
    pack = made(judged, tmp_path, False)
    (form,) = pack.judged("L-0001")["so3-ac1"]["forms"]
    assert (form["done_on"], form["witness"], form["number"]) == ("2026-05-03", "A-01", 1)
    asked = {line.says: line.id for line in workplace.forms(judged.programme)["observation"].lines}
    said = {asked[line["says"]]: line["answer"] for line in form["seen"]}
    assert said == {"greets": "yes", "wishes": "no", "limits": "not answered"}, "the lines of the criterion, no others"
    assert {asked[line["says"]]: line["answer"] for line in form["words"]} == {
        "situation": SEEN["situation"],
        "remarks": TELLS,
    }
    assert form["notes"] == ["Recorded by F-01."]
    page = written(pack)
    assert "Observation of contact with a customer, record 1" in page and "Seen on 3 May 2026 by A-01." in page
    assert "<b>at" not in page.partition(packs.PAGE)[2] and "Role play &lt;b&gt;at&lt;/b&gt;" in page
    assert "[U+202E]12 minutes" in page and "Competent in my view" in page
    assert pack.judged("L-0001")["so1-ac5"]["forms"] == [], "a form is shown where it speaks"
    opened_pack.record(pack, "L-0001", {"so3-ac1": ("overturned", "Heard no no.")})
    counts, _ = pack_return.take_in(judged, opened_pack.give_back(pack, tmp_path, partly=True)[0], "F-01")
    assert counts["overturned"] == 1


def test_a_criterion_that_rests_on_forms_alone_does_not_stand_without_evidence(judged, tmp_path):
    pack = made(judged, tmp_path, False)
    assert pack.judged("L-0001")["so3-ac1"]["exhibits"] == []
    assert "There is no evidence" not in written(pack)


def test_nothing_in_a_blind_pack_tells_the_result_or_who_judged(judged, tmp_path):
    staff = records.rows(judged.engine, records.staff.select())
    names = enrol.names(judged)
    pack = made(judged, tmp_path, True)
    said = written(pack)
    lower = said.lower()
    for one in staff:
        surname, first = (part.strip() for part in names[one["code"]].split(","))
        assert surname.lower() not in lower and first.lower() not in lower
        assert one["code"] == "M-01" or one["code"].lower() not in lower, (
            "the pack is addressed to M-01, who may be named"
        )
    for tells in ("competent", "competence", "nyc", "seen &", '"decision"', '"assessor"', "f-01"):
        assert tells not in lower, tells
    (form,) = pack.judged("L-0001")["so3-ac1"]["forms"]
    assert form["witness"] == pack_forms.COVERED and form["notes"] == []
    assert "the till" in said and "on the phone" in said, "what was seen is still to be read"
    opened_pack.record(pack, "L-0001", {"so3-ac1": ("C", "Seen."), "so1-ac5": ("C", "Seen.")})
    counts, _ = pack_return.take_in(judged, opened_pack.give_back(pack, tmp_path)[0], "F-01")
    assert counts["upheld"] == 2


def test_a_name_within_a_word_is_no_name(judged):
    cover = pack_forms.people(judged)
    assert cover.sub("#", "dlamini's, Dlaminis, Botha-Dlamini, A-011, a-01.") == "#'s, Dlaminis, #-#, A-011, #."


@pytest.mark.parametrize("blind", [False, True])
def test_names_in_a_learners_own_texts_and_files_are_covered_in_a_blind_pack(
    cohort, hand_in, right_answers, tmp_path, blind
):
    enrol.enrol(cohort, [enrol.Person(4, "van der Merwe", "Zodwa Grace")], "tests")
    memo = "I rang Surname2 with zodwa; Ms Merwe and Thandi said that the van comes at ten. " * 8
    hand_in("L-0001", right_answers | {"so1-ac3-benefits-memo": memo})
    place = cohort.path / "submitted" / "L-0001" / "so1"
    (place / "evidence").mkdir(exist_ok=True)
    (place / "evidence" / "minutes_Zodwa.pdf").write_bytes(b"%PDF-1.7 minutes")
    held = json.loads((place / "answers.json").read_text(encoding="utf-8"))
    held["answers"]["so1-ac5-signed-minute"] = [
        {
            "file": "minutes_Zodwa.pdf",
            "sha256": "ab" * 32,
            "kind": "pdf",
            "size": 16,
            "added": "2026-05-03T10:00:00+02:00",
            "note": "Signed by Name3",
        }
    ]
    (place / "answers.json").write_text(json.dumps(held), encoding="utf-8")
    grade(cohort)
    for criterion in ("so1-ac3", "so1-ac5"):
        judgement.judge(cohort, "L-0001", criterion, "NYC", "A-01", "Not yet.", override="Read on paper")
    pack = made(cohort, tmp_path, blind)
    said = written(pack).replace(" van der Merwe", "")
    for one in ("Surname2", "zodwa", "Merwe", "Thandi", "Name3", "minutes_Zodwa"):
        assert (one in said) is not blind, one
    assert "the van comes at ten" in said and "I rang" in said
    documents = [one for each in pack.judged("L-0001")["so1-ac5"]["exhibits"] for one in each["documents"]]
    assert documents[0]["file"] == ("document.pdf" if blind else "minutes_Zodwa.pdf")
    assert opened_pack.document(pack, documents[0]["path"]) == b"%PDF-1.7 minutes"


@pytest.mark.parametrize("blind", [False, True])
def test_what_a_judgement_rested_on_stays_in_sight_after_a_correction(judged, tmp_path, blind):
    later = record(judged, answers={"greets": "no"}, replaces=1, why="Competent was ticked by Dlamini")
    workplace.take_back(judged, later.number, "another learner", "F-01")
    third = record(judged, witness="supervisor", done_on=dt.date(2026, 5, 4))
    forms = made(judged, tmp_path, blind).judged("L-0001")["so3-ac1"]["forms"]
    assert [one["number"] for one in forms] == [1, third.number], "what neither stood then nor stands now is not shown"
    assert forms[0]["notes"][0].startswith("Corrected or taken back since this judgement.")
    assert ("Dlamini" in forms[0]["notes"][0]) is not blind
    assert forms[1]["notes"][0] == "Recorded after this judgement." and forms[1]["witness"] == "supervisor"


def test_the_figures_given_to_the_learner_stand_above_the_answers(judged, tmp_path):
    pack = made(judged, tmp_path, True)
    ran = master.run(master.read(judged.master("so1")), {}, "L-0001", dry=True)
    (table,) = [one for form in ran.forms.values() for one in form.given if "four ways" in one.caption]
    exhibits = pack.judged("L-0001")["so1-ac5"]["exhibits"]
    held = [one["given"] for one in exhibits if one["given"]]
    assert held == [[{"caption": table.caption, "columns": list(table.columns), "rows": [*map(list, table.rows)]}]]
    page = written(pack)
    for cell in table.rows[0]:
        assert cell in page
    assert page.index(table.caption) < page.index(exhibits[0]["question"].split(":")[0])


def test_a_pack_of_an_older_kit_opens(judged, tmp_path):
    from learner_kit.assess.moderation import pack_page

    pack = made(judged, tmp_path, False)
    for one in json.loads(json.dumps(pack.held))["learners"][0]["judged"]:
        one.pop("forms")
        for exhibit in one["exhibits"]:
            exhibit.pop("given")
        assert one["number"] in pack_page.criterion(one, lambda path, name: name)
