"""The papers before the assessment: what they say, whose name they bear, and that a scan under their own name counts as filed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io

import docx
import pypdf
import pytest

from learner_kit.assess.papers import preparation
from learner_kit.assess.portfolio.completeness import USUAL, unfiled
from learner_kit.cli import main
from learner_kit.course import release
from learner_kit.course.cohort import create
from learner_kit.course.programme import HOME, load
from learner_kit.documents import SignatureLines, Table, to_pdf, to_word
from learner_kit.errors import DataError, KitError
from learner_kit.teaching import plans, sessions

DAYS = [dt.date(2026, 10, 6) + dt.timedelta(days=7 * week) for week in range(6)]
OF_THE_KIT = {
    "background-form": "background form",
    "preparation-checklist": "learner's preparation checklist",
    "agenda-and-minutes": "agenda and minutes of the pre-assessment meeting",
    "assessment-contract": "signed assessment contract",
    "declaration-of-authenticity": "signed declaration of authenticity",
}
SPECIAL = ("disability", "population group", "gender", "citizen")  # special personal information, or near it


def text(document) -> str:
    pages = pypdf.PdfReader(io.BytesIO(to_pdf(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def table(document, column: str) -> Table:
    (found,) = (one for one in document.blocks if isinstance(one, Table) and column in one.columns)
    return found


def keep_plan(cohort) -> None:
    slots = [sessions.Slot(day, dt.time(9), dt.time(11), "Room 2") for day in DAYS]
    plans.keep(cohort, sessions.lay_out(cohort.programme, slots), "F-01")


@pytest.mark.parametrize("name", ["{}.pdf", "L-0001-{}.pdf", "{}.docx"])
def test_a_scan_under_a_paper_s_own_name_counts_as_that_paper_and_no_other(name):
    ids = [one.id for one in preparation.load(load())]
    for id in ids:
        counted = set(USUAL) - set(unfiled([name.format(id)]))
        assert counted == ({OF_THE_KIT[id]} if id in OF_THE_KIT else set()), id
    brought = {"curriculum vitae (CV)", "certified copy of the identity document", "certificates of earlier learning"}
    assert set(unfiled(map(name.format, ids))) == brought, "the kit prints all but what a learner brings along"


def test_a_learner_s_papers_bear_number_and_name_and_a_stock_neither(cohort):
    for id, document in preparation.documents(cohort, "L-0001").items():
        (label,) = (said for name, said in document.meta if name == "Learner")
        assert label == "L-0001 · Surname1, Name1" and document.footer.startswith("L-0001")
        (signed,) = (one.roles for one in document.blocks if isinstance(one, SignatureLines))
        assert dict(signed)["Learner"] == "Surname1, Name1", id
    contract = preparation.documents(cohort)["assessment-contract"]
    assert dict(contract.meta) == {"Class": "class", "Learner": "L-", "Assessor": "Dlamini, Thandi, ETDP-1"}
    with pytest.raises(KitError, match="L-0099 is not enrolled"):
        preparation.documents(cohort, "L-0099")


def test_every_detail_is_asked_with_its_purpose_and_what_is_special_stands_apart(cohort):
    made = preparation.documents(cohort)
    asked = [row for one in made["background-form"].blocks if isinstance(one, Table) for row in one.rows]
    assert len(asked) == 8 and all(row[1].startswith(("Needed", "Your choice: ")) for row in asked)
    said = {id: text(one).lower() for id, one in made.items()}
    for words in SPECIAL:
        assert words in said["voluntary-details"] and words not in said["background-form"]
    assert "your choice" in said["voluntary-details"] and "not go into the portfolio" in said["voluntary-details"]


def test_the_contract_holds_the_cohort_s_own_dates_and_the_programme_s_own_rules(cohort):
    def days(of) -> dict[str, str]:
        rows = table(preparation.documents(of)["assessment-contract"], "Hand in by").rows
        return {name.rpartition("(")[2].rstrip(")"): day.strip() for name, day in rows}

    assert set(days(cohort)) == set(cohort.workbooks) and not any(days(cohort).values()), "written in by hand"
    keep_plan(cohort)
    planned = days(cohort)
    for one in sessions.releases(cohort.programme, plans.current(cohort)):
        assert (
            planned[one.workbook].endswith(f"{one.hand_in:%B %Y}") and f" {one.hand_in.day} " in planned[one.workbook]
        )
    release.release(cohort, "so2", "tests", due=release.end_of(dt.date(2026, 12, 31)))
    assert days(cohort) == planned | {"so2": "Thu 31 December 2026"}, "what was released counts before the plan"

    rules = dataclasses.replace(
        cohort.programme.rules, max_attempts=7, appeal_hours=91, appeal_to="the umpire", appeal_answer_days=8
    )
    own = dataclasses.replace(cohort, programme=dataclasses.replace(cohort.programme, rules=rules))
    for id in ("assessment-contract", "agenda-and-minutes"):
        said = text(preparation.documents(own)[id])
        for words in ("p to 7", "91 hours", "to the umpire", "within 8 working days"):
            assert words in said, id
    activities = table(preparation.documents(cohort)["assessment-contract"], "Instrument").rows
    criteria = {one for row in activities for one in row[1].split(", ")}
    assert criteria - {"all"} == {one.number for one in cohort.programme.unit.criteria}


def test_the_meeting_has_its_points_and_the_day_of_the_session_plan(cohort):
    assert dict(preparation.documents(cohort)["agenda-and-minutes"].meta)["Day, time and place"] == ""
    keep_plan(cohort)
    document = preparation.documents(cohort)["agenda-and-minutes"]
    assert dict(document.meta)["Day, time and place"] == "Tuesday 6 October 2026, 09:00–11:00, Room 2"
    points = [row[0].split("\n")[0] for row in table(document, "Point").rows]
    assert [one.split()[0] for one in points] == [str(place) for place in range(1, 16)]
    for words in ("Purpose", "Criteria", "barriers", "Role players", "Appeals", "Moderation", "privacy", "Questions"):
        assert words in " ".join(points)
    assert all(row[2] == "" for row in table(document, "Point").rows), "room to write"


def test_word_says_the_same(cohort):
    for document in preparation.documents(cohort, "L-0001").values():
        made = docx.Document(io.BytesIO(to_word(document)))
        said = "\n".join(one.text for one in made.paragraphs)
        cells = {cell.text for one in made.tables for row in one.rows for cell in row.cells}
        for one in document.blocks:
            if isinstance(one, Table):
                assert {cell for row in one.rows for cell in row if cell.strip()} <= cells, document.title
        assert document.title in said


def test_a_programme_without_the_file_or_forms_prints_them_too(tmp_path, capsys):
    made = create(tmp_path / "small", HOME / "programmes" / "customer-focus", seed="tests")
    made.engine.dispose()
    assert main(["forms", str(made.path), "--to", str(tmp_path / "out")]) == 0
    names = {one.stem for one in (tmp_path / "out").iterdir()}
    assert names == {one.id for one in preparation.load(made.programme)} >= set(OF_THE_KIT)
    reader = pypdf.PdfReader(tmp_path / "out" / "assessment-contract.pdf")
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "CF-1" in said and "Customers first (foundation)" in said and "252218" not in said


def test_the_command_prints_for_one_learner(cohort, tmp_path, capsys):
    assert main(["forms", str(cohort.path), "--to", str(tmp_path / "out"), "--learner", "L-0002"]) == 0
    names = {one.name for one in (tmp_path / "out").iterdir()}
    assert {"L-0002-background-form.pdf", "L-0002-observation.pdf"} <= names and "customer-cards.pdf" not in names


def test_faults_of_preparation_toml_are_named(cohort, tmp_path):
    programme = dataclasses.replace(cohort.programme, folder=tmp_path)
    path = tmp_path / preparation.FILE
    path.write_text(
        '[[papers]]\nid = "x"\n[[papers.parts]]\nshows = "moon"\nbulets = []\n'
        'columns = ["A"]\nwidths = [1, 2]\nrows = [["a", "b"]]\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as refused:
        preparation.load(programme)
    for words in ("title", "moon", "one for each column", "none longer", "bulets"):
        assert words in str(refused.value)
    path.write_text('[[papers]]\nid = "x"\ntitle = "X"\nsays = ["{atempts}"]\nparts = []\n', encoding="utf-8")
    with pytest.raises(KitError, match=r"“\{atempts\}”.*attempts"):
        preparation.documents(dataclasses.replace(cohort, programme=programme))
