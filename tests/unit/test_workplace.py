"""Forms for work: observation, testimony, presentation, logbook become items of evidence, and are only ever added to."""

from __future__ import annotations

import datetime as dt
import io

import pypdf
import pytest

from learner_kit.assess import evidence, workplace
from learner_kit.assess.papers import workplace as workplace_papers
from learner_kit.cli import main
from learner_kit.course.programme import load
from learner_kit.documents import to_pdf
from learner_kit.errors import DataError, KitError

DAY = dt.date(2026, 5, 3)
FORMS = workplace.forms(load())
GIVEN = {"greets": "yes", "informs": "no", "trouble": "not called for", "situation": "Role play <b>"}


def record(cohort, **more):
    return workplace.record(
        cohort, "L-0001", "observation", **{"answers": GIVEN, "witness": "A-01", "done_on": DAY, "who": "A-01"} | more
    )


def test_every_form_speaks_for_criteria_and_together_for_every_outcome():
    assert set(FORMS) == {"observation", "testimony", "presentation", "logbook"}
    assert all(form.criteria and form.signatures and form.by for form in FORMS.values())
    served = {one for form in FORMS.values() for one in form.criteria}
    assert {one.partition("-")[0] for one in served} == {"so1", "so2", "so3", "so4"}


def test_a_record_is_an_item_of_evidence_of_its_criteria(cohort):
    made = record(cohort)
    assert made.criteria == ("so3-ac1", "so2-ac3")  # answered yes or no; "not called for" says nothing
    by_criterion = {one.criterion: one for one in evidence.matrix(cohort, "L-0001")}
    for id in made.criteria:
        (item,) = by_criterion[id].items
        assert (item.kind, item.id, item.share) == (evidence.FORM, "observation", None)
        assert by_criterion[id].said == "ready to judge: observation" and "A-01" in item.said
    assert by_criterion["so3-ac4"].state == evidence.NOT_RELEASED
    assert "observation" in evidence.as_json(cohort, list(by_criterion.values()))
    assert workplace.seen(FORMS["observation"], made, "so3-ac1") == (1, 1)
    assert workplace.seen(FORMS["observation"], made, "so2-ac3") == (0, 1)


def test_a_correction_is_a_new_record_and_the_old_one_stays_readable(cohort):
    first = record(cohort)
    second = record(cohort, answers={"greets": "no"}, replaces=first.number, why="ticked the wrong line")
    assert [one.number for one in workplace.standing(cohort)] == [second.number]
    assert [one.number for one in workplace.history(cohort, "L-0001")] == [first.number, second.number]
    with pytest.raises(KitError, match="stands on this form"):
        record(cohort, replaces=first.number, why="again")
    workplace.take_back(cohort, second.number, "it was another learner", "A-01")
    assert workplace.standing(cohort) == [] and len(workplace.history(cohort)) == 3
    with pytest.raises(KitError, match="No record"):
        workplace.take_back(cohort, second.number, "again", "A-01")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"answers": {"greets": "perhaps"}}, "must be yes, no or not called for"),
        ({"answers": {"situation": "only words"}}, "at least one line"),
        ({"answers": {**GIVEN, "hacks": "yes"}}, "no line of this form"),
        ({"answers": {**GIVEN, "remarks": "x" * 2_001}}, "at most 2000 fit"),
        ({"witness": " "}, "who saw it"),
        ({"done_on": dt.date(2999, 1, 1)}, "still to come"),
        ({"criteria": ["so4-ac2"]}, "no line of these criteria"),
        ({"criteria": []}, "choose at least one"),
        ({"replaces": 1}, "say why"),
    ],
)
def test_a_form_that_is_not_in_order_is_refused(cohort, more, said):
    with pytest.raises(DataError) as caught:
        record(cohort, **more)
    assert said in str(caught.value)
    assert workplace.history(cohort) == []


def test_strangers_are_refused(cohort):
    with pytest.raises(KitError, match="not enrolled"):
        workplace.record(cohort, "L-0999", "observation", GIVEN, "A-01", DAY, "A-01")
    with pytest.raises(KitError, match="no form"):
        workplace.record(cohort, "L-0001", "../x", GIVEN, "A-01", DAY, "A-01")


def test_a_programme_without_forms_has_none_and_a_faulty_one_says_everything(cohort, tmp_path):
    (tmp_path / "p" / "forms").mkdir(parents=True)
    programme = cohort.programme.__class__(cohort.programme.unit, (), cohort.programme.rules, tmp_path / "p")
    assert workplace.forms(programme) == {}
    (tmp_path / "p" / "forms" / "x.toml").write_text(
        'title = "X"\nby = "a"\nsays = "b"\nsignatures = []\nsing = 1\n[[items]]\nid = "a"\nkind = "seen"\nsays = "c"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        workplace.forms(programme)
    assert "must name what the line speaks for" in str(caught.value) and "sing" in str(caught.value)


@pytest.mark.parametrize("id", list(FORMS))
def test_the_paper_says_every_line_and_is_tagged(cohort, id):
    form = FORMS[id]
    pdf = pypdf.PdfReader(io.BytesIO(to_pdf(workplace_papers.blank(cohort.programme, form, "L-0001"))))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert all("".join(line.says.split()) in text for line in form.lines) and "L-0001" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_record_on_paper_holds_what_was_said(cohort):
    document = workplace_papers.filled(cohort.programme, FORMS["observation"], record(cohort))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(to_pdf(document))).pages)
    assert "Role play <b>" in text and "A-01" in text


def test_the_command_prints_and_lists(cohort, tmp_path, capsys):
    assert main(["forms", str(cohort.path), "--to", str(tmp_path / "out"), "--word"]) == 0
    assert {one.suffix for one in (tmp_path / "out").iterdir()} == {".pdf", ".docx"}
    assert {"observation.pdf", "customer-cards.pdf", "contact-calendar.docx", "background-form.pdf"} <= {
        one.name for one in (tmp_path / "out").iterdir()
    }
    record(cohort)
    assert main(["forms", str(cohort.path)]) == 0
    assert "3 May 2026" in capsys.readouterr().out


def test_the_desk_records_corrects_and_takes_back(cohort):
    from learner_kit.desks.room import Room
    from learner_kit.desks.witnessing import Witnessing

    face = Witnessing(Room("assessor", cohort.path))
    face.form.value = "observation"
    face.keep.click()
    assert "day" in face.said.text and "Nothing was recorded." in face.said.text
    face.day.value, face.witness.value = DAY, "A-01"
    face.keep.click()
    said = face.said.face.value
    assert "answer at least one line yes or no" in said
    assert "criteria" not in said and "items" not in said, "no word that is not on the page"
    face.day.value, face.witness.value = DAY, "A-01"
    face._fields["greets"].value = face._fields["informs"].value = "yes"
    face.keep.click()
    assert "Recorded as no. 1, for 2.3, 3.1." in face.said.text and "2026-05-03" in face.found.value
    assert face._fields["greets"].value == ""
    face.corrects.value = 1
    face.back.click()
    assert "why" in face.said.text.lower()
    face.why.value = "wrong learner"
    face.back.click()
    assert "taken back" in face.said.text and workplace.standing(cohort) == []
    face.print.click()
    assert face.said.face.value.count("download=") == 4


def test_it_stands_at_the_judging_desk_and_in_the_portfolio_escaped(cohort):
    from learner_kit.assess.portfolio import contents
    from learner_kit.desks import exhibits

    record(cohort)
    standing = next(one for one in evidence.matrix(cohort, "L-0001") if one.criterion == "so3-ac1")
    page = exhibits.html(exhibits.read(cohort, standing))
    assert "Role play &lt;b&gt;" in page and "record 1" in page
    folder = contents.Folder(cohort.path / "portfolio")
    contents.gather(cohort, "L-0001", folder, [], [])
    (entry,) = [one for one in folder.entries if "forms/observation-1.pdf" in one.path]
    assert entry.criteria == ("so3-ac1", "so2-ac3")
