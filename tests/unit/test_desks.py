"""The desks of facilitator, assessor and moderator, used through their widgets as a person would, without a browser."""

from __future__ import annotations

import base64
import datetime as dt
import html
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from learner_kit.assess import evidence, judgement, moderation
from learner_kit.assess.dates import long_day
from learner_kit.assess.grade import grade
from learner_kit.assess.moderation import report as moderation_report
from learner_kit.cli import main
from learner_kit.course import cohort as cohorts
from learner_kit.course import enrol, memos, programme, records
from learner_kit.course.cohort import open_cohort
from learner_kit.documents import long_date
from learner_kit.errors import KitError
from learner_kit.teaching import outline as outlines
from learner_kit.teaching import privacy

from ..classwork import mark_all
from .hands import words

widgets = pytest.importorskip("ipywidgets")
from learner_kit.desks import assessor, facilitator, moderator, parts, room  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def everything(face) -> list:
    """All widgets of a face, in the order they stand."""
    found = [face]
    for one in found:
        found += getattr(one, "children", ())
    return found


def shown(*faces) -> str:
    """All HTML of some faces, without their style sheets."""
    said = "\n".join(one.value for face in faces for one in everything(face) if isinstance(one, widgets.HTML))
    return re.sub(r"<style>.*?</style>", "", said, flags=re.DOTALL)


def faces_of(desk) -> list:
    return [part.face for part in vars(desk).values() if hasattr(part, "face")]


def put(upload, *files: tuple[str, bytes]) -> None:
    """Upload files as a browser does."""
    when = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    upload.value = tuple(
        {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": when}
        for name, content in files
    )


def saved(face, name: str) -> bytes:
    """What a download link holds."""
    found = re.search(rf'download="{re.escape(name)}" href="data:[^;]+;base64,([^"]*)"', shown(face))
    assert found, f"no link to save {name}"
    return base64.b64decode(found[1])


@pytest.fixture
def clerk(cohort):
    return facilitator.Desk(cohort.path)


# --- all desks ---


def test_no_desk_shows_a_name(graded):
    names = [name for one in enrol.names(graded).values() for name in one.split(", ")]
    for kind in (facilitator, assessor, moderator):
        said = shown(*faces_of(kind.Desk(graded.path)))
        assert not [name for name in names if re.search(rf"\b{name}\b", said)]


def test_a_desk_without_a_cohort_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programme, "HOME", tmp_path)
    monkeypatch.delenv(room.STARTED_WITH, raising=False)
    for kind in (facilitator, assessor, moderator):
        desk = kind.Desk()
        assert "No cohort is open" in shown(desk.room.face)
        for part in faces_of(desk):
            for one in everything(part):
                if isinstance(one, widgets.Button):
                    one.click()
            assert "went wrong" not in shown(part)


def test_a_desk_works_on_the_cohort_the_kit_was_started_with(cohort, tmp_path, monkeypatch):
    monkeypatch.setattr(programme, "HOME", tmp_path)
    monkeypatch.setenv(room.STARTED_WITH, str(cohort.path))
    desk = assessor.Desk()
    assert desk.room.cohort.path == cohort.path and desk.room.served
    assert desk.room.staff.value == "A-01"


def test_the_cohort_chosen_last_is_offered_first_on_every_desk(cohort, tmp_path, monkeypatch):
    monkeypatch.setattr(programme, "HOME", tmp_path)
    home = tmp_path / "cohorts"
    for name in ("april", "practice", "may"):
        shutil.copytree(cohort.path, home / name)
    monkeypatch.setenv(room.STARTED_WITH, str(home / "practice"))
    desk = facilitator.Desk()
    assert desk.room.pick.value == home / "practice" and not (home / room.LAST).exists()
    assert "practice (made up, for trying out)" in [label for label, _ in desk.room.pick.options]
    desk.room.pick.value = home / "may"
    for kind in (facilitator, assessor, moderator):
        assert kind.Desk().room.cohort.path == home / "may"
    monkeypatch.setenv(room.STARTED_WITH, str(home / "april"))
    assert assessor.Desk().room.cohort.path == home / "april", "who names a class means it"
    monkeypatch.delenv(room.STARTED_WITH)
    assert assessor.Desk().room.cohort.path == home / "may"
    for said in ("../april", "gone", "\ufffd"):
        (home / room.LAST).write_text(said, encoding="utf-8")
        assert assessor.Desk().room.cohort.path == home / "april", "the first there is"


def test_staff_stand_with_their_surname_and_one_learner_is_one(cohort):
    assert assessor.Desk(cohort.path).room.staff.options == (("A-01 · Dlamini", "A-01"),)
    desk = facilitator.Desk(cohort.path)
    assert "Register people below" in desk.room.about.value and "3 learners enrolled" in desk.room.about.value
    with cohort.engine.begin() as connection:
        table = records.learners
        connection.execute(table.delete().where(table.c.pseudonym != "L-0001"))
    assert "1 learner enrolled" in moderator.Desk(cohort.path).room.about.value


def test_another_cohort_is_marked_after_a_start_with_it(graded, tmp_path, monkeypatch):
    monkeypatch.delenv(room.STARTED_WITH, raising=False)
    said = words(assessor.Desk(graded.path).marking.found.value)
    assert f"python3 start.py start {graded.path}" in said and f"py start.py start {graded.path}" in said
    assert "press Ctrl + C" in said
    shutil.copytree(graded.path, tmp_path / "cohorts" / "class")
    desk = assessor.Desk(tmp_path / "cohorts" / "class")
    monkeypatch.setattr(cohorts, "HOME", tmp_path)
    desk.room.changed()
    said = words(desk.marking.found.value)
    assert "python3 start.py start class and" in said


def test_a_cohort_that_cannot_be_read_is_said_in_words(cohort):
    (cohort.path / "cohort.toml").write_text("name = [", encoding="utf-8")
    desk = facilitator.Desk(cohort.path)
    assert "cannot be read" in desk.room.said.text


def test_what_goes_wrong_in_the_kit_is_one_sentence(clerk, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(enrol, "register", fail)
    clerk.staff.register.click()
    assert "Something went wrong in the kit itself (RuntimeError)" in clerk.staff.said.text
    assert "secret" not in shown(clerk.staff.face) and not clerk.staff.register.disabled


def test_a_table_and_a_link_escape_what_they_show():
    made = parts.table(["A<"], [["<script>", parts.Cell("<i>", link='x" onclick="y')]], "<b>")
    assert "<script" not in made and "<i>" not in made and 'onclick="y' not in made
    assert "&lt;script&gt;" in made


def test_a_file_below_the_served_folder_is_saved_not_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("LEARNER_KIT_ROOT", str(tmp_path))
    monkeypatch.setenv("VOILA_BASE_URL", "/kit/")
    made = parts.served(tmp_path / "a b" / "x.pdf", "Save")
    assert 'href="/kit/files/a%20b/x.pdf?download=1" download' in made
    assert "href" not in parts.served(tmp_path.parent / "other.pdf", "Save")


def test_importing_a_desk_does_not_load_what_only_other_rooms_need():
    code = "import sys, learner_kit.desks; print({'ipywidgets', 'pandas', 'nbgrader'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["facilitator", "assessor", "moderator"])
def test_a_notebook_stores_one_plain_sentence_and_hides_its_code(name, cohort):
    held = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    desk = {"facilitator": facilitator, "assessor": assessor, "moderator": moderator}[name].Desk(cohort.path)
    code = [cell for cell in held["cells"] if cell["cell_type"] == "code"]
    assert len(code) == len(faces_of(desk)), "every part of the desk stands on the page"
    for cell in code:
        assert cell["metadata"]["jupyter"]["source_hidden"]
        assert [out["data"]["text/plain"] for out in cell["outputs"]] == [[parts.NOT_LIVE]]
        last = "".join(cell["source"]).splitlines()[-1]
        assert isinstance(eval(last, {"desk": desk}), parts.Part)
    texts = ["".join(cell["source"]) for cell in held["cells"] if cell["cell_type"] == "markdown"]
    tabbed = "learner_kit" in held["metadata"]
    links = [link for text in texts for link in re.findall(r"\(#([^)]+)\)", text)]
    level = "### " if tabbed else "## "  # the parts of a tab stand below its heading
    heads = [text.splitlines()[0][len(level) :].replace(" ", "-") for text in texts if text.startswith(level)]
    if tabbed:
        groups = [text.splitlines()[0][3:] for text in texts if text.startswith("## ")]
        assert held["metadata"]["learner_kit"]["tabs"] in groups
        links = [link for link in links if link.replace("-", " ") not in groups]
        heads = [
            one for one in heads if one != "Run-a-session-and-take-the-register"
        ]  # in sight below what the day asks for
    assert links == heads


def test_a_message_is_marked_as_earlier_once_a_field_is_changed(clerk, made_cohort, tmp_path):
    desk = clerk.out
    desk.to.value = str(tmp_path / "none")
    desk.release.click()
    assert "There is no folder" in desk.said.face.value and parts.EARLIER not in desk.said.face.value
    desk.to.value = str(tmp_path / "nowhere")
    once = desk.said.face.value
    assert parts.EARLIER in once and "There is no folder" in once and "role=" not in once, "it is not called out again"
    desk.to.value = ""
    assert desk.said.face.value == once
    staff = clerk.staff
    staff.surname.value, staff.first.value = "Mokoena", "Lerato"
    staff.role.value = "facilitator"
    staff.register.click()
    assert staff.surname.value == "" and "Registered as" in staff.said.face.value
    assert parts.EARLIER not in staff.said.face.value, "fields that the action itself emptied change nothing"
    clerk.room.list_cohorts(made_cohort)
    assert staff.said.face.value == desk.said.face.value == "", "what was said of another cohort is gone"
    clerk.room.cohort.engine.dispose()


def test_fields_that_are_drawn_later_are_watched_too():
    said, later = parts.Said(), widgets.VBox()
    face = parts.part(later, said.face)
    field = widgets.Text()
    later.children = (parts.row(field),)
    said.good("Kept.")
    field.value = "new"
    assert parts.EARLIER in said.face.value and said.text == "Kept."
    later.children = (*later.children, widgets.HTML("words"))
    said.good("Kept again.")
    later.children[1].value = "other words"
    assert parts.EARLIER not in said.face.value and face is not None


# --- facilitator ---

LIST = "surname;first_names;id_number;email\nNkosi;André;8001015009087;andre@example.co.za\n;Sipho;;\nBotha;P;8001015009086;piet\n"


def test_typed_learners_are_counted_by_their_own_lines(clerk):
    desk = clerk.enrolling
    desk.typed.value = "Nkosi; Ann\n\nMokoena Lerato"
    desk.check.click()
    assert "line 3, “Mokoena Lerato”: put a semicolon or comma after the surname" in desk.said.text
    desk.typed.value = "Nkosi; Ann\n\nnkosi; ANN"
    desk.check.click()
    said = re.sub(r"\s+", " ", words(shown(desk.face)))
    assert "line 3 Surname nkosi stands in line 1 too" in said


def test_every_fault_of_a_list_is_shown_and_nothing_is_written_before_the_confirmation(clerk, cohort):
    desk = clerk.enrolling
    put(desk.upload, ("list.csv", LIST.encode("cp1252")))
    desk.check.click()
    said = words(shown(desk.face))
    for fault in ("row 3 Surname", "row 4 ID number 800101•••••86", "row 4 E-mail piet"):
        assert fault in re.sub(r"\s+", " ", said)
    assert "Nothing is written yet" in desk.said.text
    assert "In order, to be enrolled" in said and re.search(r"Nkosi\s+André\s+(given|none)", said)
    assert enrol.learners(cohort) == ["L-0001", "L-0002", "L-0003"]
    assert desk.confirm.description == "Enrol only these 1 in class" and desk.confirm.layout.display == ""
    desk.confirm.click()
    assert "Nkosi" not in shown(desk.face), "names go from the page once they are enrolled"
    assert enrol.learners(cohort)[3:] == ["L-0004"] and enrol.names(cohort)["L-0004"] == "Nkosi, André"
    assert "Enrolled 1 learner in class: L-0004. 2 rows were left out." in desk.said.text
    assert desk.confirm.layout.display == "none"
    desk.confirm.click()
    assert len(enrol.learners(cohort)) == 4 and "Enrolled 1 learner" in desk.said.text, "pressed twice, said once"
    put(desk.upload, ("list.csv", LIST.encode("cp1252")))
    desk.check.click()
    desk.confirm.click()
    assert "Enrolled no new learners in class. Enrolled already, and left as before: 1." in desk.said.text


@pytest.mark.parametrize(
    "pasted",
    [
        "Nkosi\tAnn\t8001015009087\n\t\t\nDube\tSam, J\t\t\t\t\t\t",
        "Surname\tFirst names\tID number\t\nNkosi\tAnn\t8001015009087\nDube\tSam, J\t",
        "ID number;First Names;surname\n8001015009087;Ann;Nkosi\n;Sam, J;Dube",
    ],
)
def test_a_list_is_pasted_from_excel_with_its_headings_or_without(clerk, cohort, pasted):
    desk = clerk.enrolling
    desk.typed.value = pasted
    desk.check.click()
    assert desk.said.text.startswith("2 people are in order"), shown(desk.face)
    desk.confirm.click()
    kept = records.rows(cohort.engine, records.identities.select())[-2:]
    assert [(one["surname"], one["first_names"], one["id_number"]) for one in kept] == [
        ("Nkosi", "Ann", "8001015009087"),
        ("Dube", "Sam, J", ""),
    ]


def test_faults_of_pasted_lines_are_counted_with_the_headings_line(clerk):
    desk = clerk.enrolling
    desk.typed.value = "Surname\tFirst names\nNkosi\tAnn\n\tSipho"
    desk.check.click()
    assert "line 3 Surname is empty" in re.sub(r"\s+", " ", words(shown(desk.face)))
    desk.typed.value = "Surname\tName\nNkosi\tAnn"
    desk.check.click()
    assert "cannot be used as it is" in desk.said.text and "Name" in words(desk.said.face.value)


def test_the_last_date_of_enrolment_is_shown_before_and_after(clerk, cohort):
    last = cohort.programme.unit.registration.last_enrolment
    late = dt.date.today() > last
    assert (long_date(last) in clerk.enrolling.words.value) == late
    put(clerk.enrolling.upload, ("new.csv", b"surname,first_names\nNgcobo,Zodwa\n"))
    clerk.enrolling.check.click()
    clerk.enrolling.confirm.click()
    assert ("Please note" in shown(clerk.enrolling.face)) == late
    assert bool(records.rows(cohort.engine, records.learners.select())[-1]["note"]) == late


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", b"surname\nNkosi\n", "cannot be used as it is"),
        ("x.csv", b"surname,first_names\n", "rows"),
        ("x.xlsx", b"no workbook", ""),
        ("../../etc/passwd.csv", b"\x00\x01\x02", ""),
    ],
)
def test_a_list_that_is_no_list_is_said_in_words(clerk, cohort, name, content, says):
    put(clerk.enrolling.upload, (name, content))
    clerk.enrolling.check.click()
    said = words(shown(clerk.enrolling.face))
    assert clerk.enrolling.said.text and says in said and "went wrong" not in said
    assert clerk.enrolling.confirm.layout.display == "none" and len(enrol.learners(cohort)) == 3


def test_a_checked_list_is_not_carried_into_another_cohort(clerk, cohort, tmp_path, made_cohort):
    put(clerk.enrolling.upload, ("new.csv", b"surname,first_names\nNgcobo,Zodwa\n"))
    clerk.enrolling.check.click()
    assert clerk.enrolling.confirm.layout.display == ""
    clerk.room.list_cohorts(made_cohort)
    assert clerk.room.cohort.path == made_cohort
    assert clerk.enrolling.confirm.layout.display == "none" and not clerk.enrolling.people
    clerk.room.cohort.engine.dispose()


def test_the_template_is_taken_back_filled_in(clerk):
    empty = saved(clerk.enrolling.face, "learners.csv").decode("utf-8-sig")
    assert empty.strip().split(",") == list(enrol.WORDS.values())
    put(clerk.enrolling.upload, ("learners.csv", ("\ufeff" + empty + "Ngcobo,Zodwa,,,,,\r\n").encode()))
    clerk.enrolling.check.click()
    assert "1 person is in order" in clerk.enrolling.said.text


def test_names_are_in_the_named_list_alone_and_no_cell_is_a_formula(clerk, cohort):
    enrol.enrol(cohort, [enrol.Person(1, "=cmd()", "Ann")], "tests")
    clerk.enrolling.names.click()
    listed = saved(clerk.enrolling.face, "class-names.csv").decode("utf-8-sig")
    assert "Surname1, Name1" in listed and "'=cmd()" in listed
    assert "Surname1" not in re.sub(r"base64,[^\"]*", "", shown(clerk.enrolling.face))
    clerk.correcting.person.value = "L-0001"
    clerk.correcting.fields["surname"].value = "Mokoena"
    clerk.correcting.keep.click()
    assert "Corrected" in clerk.correcting.said.text and "-names.csv" not in shown(clerk.enrolling.face), (
        "it was of before"
    )


def test_staff_are_registered_with_their_number(clerk, cohort):
    desk = clerk.staff
    desk.role.value, desk.surname.value, desk.first.value = "assessor", "Mokoena", "Lerato"
    desk.register.click()
    assert "registration number" in desk.said.text
    desk.number.value = "ETDP-9"
    desk.register.click()
    assert "A-02" in desk.said.text and "A-01, A-02" in shown(desk.face)
    assert enrol.names(cohort)["A-02"] == "Mokoena, Lerato" and desk.surname.value == ""


def test_consent_is_recorded_as_it_was_ticked_and_a_wrong_number_is_refused_before_the_question(clerk, cohort):
    desk = clerk.keeping
    desk.who.value = ("L-0001", "L-0002")
    desk.purposes["photographs"].value = privacy.WITHDRAWN
    desk.record.click()
    assert "nothing to take back from L-0001, L-0002" in desk.said.text and privacy.consents(cohort) == {}
    desk.purposes["photographs"].value = privacy.YES
    desk.record.click()
    assert set(privacy.consents(cohort)["L-0001"]) == {"photographs"}, "nobody ticked that the notice was given"
    desk.who.value, desk.read.value = ("L-0002",), True
    desk.record.click()
    assert set(privacy.consents(cohort)["L-0002"]) == {"photographs", privacy.NOTICE} and not desk.read.value
    desk.learner.value, desk.typed.value = "L-0002", "L-0001"
    desk.forget.start.click()
    assert "type L-0002" in desk.gone.text and desk.forget.words.value == ""
    desk.typed.value = "l-0002"
    desk.forget.start.click()
    assert "Of L-0002" in desk.forget.words.value


def test_a_namesake_among_the_staff_is_pointed_out_and_pressing_again_goes_on(clerk, cohort, capsys):
    desk = clerk.staff

    def press(name: str, role: str = "facilitator") -> str:
        desk.role.value, desk.surname.value, desk.first.value, desk.number.value = role, "Mokoena", name, "ETDP-9"
        desk.register.click()
        return desk.said.text

    first, other = enrol.names(cohort), press("Lerato")
    assert "Registered as facilitator: F-0" in other
    code = other.split(": ")[1][:4]
    assert f"{code} looks like the same person. Nobody was registered." in press("Lerato")
    assert "looks like the same person" in press("Leratho"), "another name is another question"
    assert "Registered as assessor" in press("Lerato", "assessor"), "one person may have two roles"
    assert "looks like the same person" in press("Lerato")
    desk.register.click()
    assert "Registered as facilitator" in desk.said.text and len(enrol.names(cohort)) == len(first) + 3
    assert main(["enrol", str(cohort.path), "--facilitator", "Mokoena, Lerato"]) == 0
    assert "The same person twice?" in capsys.readouterr().err


def test_a_workbook_is_released_with_its_date_and_a_copy(clerk, cohort, tmp_path):
    desk, day = clerk.out, dt.date.today() + dt.timedelta(days=7)
    desk.workbook.value, desk.due.value, desk.to.value = "so1", day, str(tmp_path / "none")
    desk.release.click()
    assert "Nothing was released" in desk.said.text
    (tmp_path / "stick").mkdir()
    desk.to.value = str(tmp_path / "stick")
    assert "so1" in desk.will.value and str(day.year) in desk.will.value
    desk.release.click()
    assert str(cohort.release("so1")) in desk.said.text
    assert (tmp_path / "stick" / "so1" / "so1.ipynb").is_file()
    assert f"{day.day} {long_date(day).split()[1][:3]} {day.year} 23:59" in shown(desk.face), "the end of the day here"
    with zipfile.ZipFile(io.BytesIO(saved(desk.face, "so1.zip"))) as made:
        assert "so1/so1.ipynb" in made.namelist()
        assert b"HIDDEN TESTS" not in made.read("so1/so1.ipynb")


def test_a_date_that_has_passed_is_refused(clerk):
    clerk.out.due.value = dt.date.today() - dt.timedelta(days=1)
    clerk.out.release.click()
    assert "has passed" in clerk.out.said.text
    far = dt.date(dt.date.today().year + 2, 4, 27)
    clerk.out.due.value = far
    said = words(clerk.out.will.value)
    assert "public holiday (Freedom Day" in said and "more than a year away" in said
    clerk.out.due.value = next(
        day
        for day in (dt.date.today() + dt.timedelta(days=after) for after in range(7, 60))
        if outlines.Calendar().working(day)
    )
    assert "Please note" not in clerk.out.will.value


def test_the_date_of_the_plan_is_filled_in_and_one_before_session_1_is_warned_of(cohort):
    from learner_kit.teaching import plans, sessions
    from learner_kit.teaching.slots import propose, read_slots

    first = dt.date.today() + dt.timedelta(days=30)
    desk = facilitator.Desk(cohort.path).out
    assert desk.due.value is None
    days = propose(first, 6, 7, "09:00-11:00", outlines.load(cohort.programme).calendar)
    plan = sessions.lay_out(cohort.programme, read_slots(days, ""))
    plans.keep(cohort, plan, "tests")
    desk = facilitator.Desk(cohort.path).out
    desk.workbook.value = "so1"
    back = {one.workbook: one.hand_in for one in sessions.releases(cohort.programme, plan)}
    due = back["so1"]
    assert due is not None and desk.due.value == due > first and "in this cohort's plan" in words(desk.will.value)
    for workbook in cohort.programme.workbooks:
        desk.workbook.value = workbook
        assert desk.due.value == back[workbook]
    desk.due.value = dt.date.today() + dt.timedelta(days=1)
    assert "before session 1" in desk.will.value and "in this cohort's plan" not in words(desk.will.value)
    desk.workbook.value = "so1"
    assert desk.due.value == dt.date.today() + dt.timedelta(days=1), "a chosen date is left alone"


def test_collecting_tells_what_became_of_each_file(clerk, cohort, fill, right_answers, tmp_path, capsys):
    from learner_kit.course.submission import pack

    stick = tmp_path / "stick"
    stick.mkdir()
    good = pack(fill("L-0001", right_answers), "so1", "L-0001", stick).path
    desk = clerk.taking_in
    desk.collect.click()
    assert "Choose submissions" in desk.said.text
    desk.folder.value = str(tmp_path / "none")
    desk.collect.click()
    assert "Nothing was collected" in desk.said.text
    desk.folder.value = ""
    put(desk.upload, (good.name, good.read_bytes()), ("<b>bad</b>.zip", b"PK no zip"))
    desk.collect.click()
    said = words(shown(desk.face))
    assert "1 taken in, 0 known already, 1 refused." in said and "L-0001" in said
    assert "<b>bad" not in shown(desk.face)
    assert "2 of 3 still to hand in: L-0002, L-0003." in words(shown(clerk.overview.face))
    (cells,) = re.findall(r"<tr>(?:(?!<tr>).)*no zip file.*?</tr>", shown(desk.face))
    assert "not known" in cells and "ipynb" not in cells
    desk.folder.value = str(stick)
    desk.collect.click()
    assert desk.said.text == "0 taken in, 1 known already, 0 refused."
    (stick / "work").mkdir()
    for name in ("so1.pdf", "work/notes.docx", ".hidden"):
        (stick / name).write_bytes(b"x")
    desk.collect.click()
    assert desk.said.text.endswith("0 refused. Left alone, for a hand-in is a zip: so1.pdf, notes.docx.")
    assert main(["collect", str(cohort.path), str(stick)]) == 0
    assert "Left alone, for a hand-in is a zip: so1.pdf, notes.docx." in capsys.readouterr().out


def test_late_work_is_called_late(cohort, hand_in):
    from nbgrader.api import Gradebook

    with Gradebook(cohort.db_url) as book:
        book.update_or_create_assignment("so1", duedate=dt.datetime(2026, 1, 1))
    hand_in("L-0002", {}, dt.datetime(2026, 1, 3, 8, tzinfo=dt.UTC))
    assert "not graded yet: 3 Jan 2026 10:00, late" in shown(facilitator.Desk(cohort.path).overview.face)


def test_a_new_cohort_is_made_and_opened(clerk, tmp_path, monkeypatch):
    monkeypatch.setattr(programme, "HOME", tmp_path)
    desk = clerk.new
    for name, says in (("", "Type a name"), ("../up", "Use letters"), ("Jänner 2027", "without accents")):
        desk.name.value = name
        desk.make.click()
        assert says in desk.said.text
    desk.name.value = "june 2027"
    desk.make.click()
    made = tmp_path / "cohorts" / "june 2027"
    assert "Made the cohort june 2027" in desk.said.text and clerk.room.cohort.path == made
    assert open_cohort(made).name == "june 2027"
    desk.make.click()
    assert "Made the cohort june 2027" in desk.said.text, "pressed twice, said once"
    desk.name.value = "june 2027"
    desk.make.click()
    assert "exists already" in desk.said.text


# --- assessor ---


def test_grading_tells_each_outcome(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    desk = assessor.Desk(cohort.path)
    assert "handed in but is not graded yet" in shown(desk.judging.face)
    desk.grading.grade.click()
    assert desk.grading.said.text == "1 graded, 0 unchanged."
    assert "L-0001" in desk.grading.found.value and "judge 11/11" in shown(desk.matrix.face)
    desk.grading.grade.click()
    assert desk.grading.said.text.startswith("0 graded, 1 unchanged. Nothing new came in")
    assert "L-0001" in desk.grading.found.value, "what was graded before stays to be read"


def test_the_matrix_says_every_state_in_words(graded):
    desk = assessor.Desk(graded.path)
    states = {one.state for one in desk.register.standings}
    assert {evidence.READY, evidence.WAITING, evidence.MISSING} <= states
    made = desk.matrix.face_of_class.value
    assert all(cell.strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", made)), "no cell says it by colour alone"
    desk.matrix.outcome.value = "so1"
    heads = re.findall(r'<th scope="col">(.*?)</th>', desk.matrix.face_of_class.value)
    assert heads[1].startswith("1.1 ") and len(heads) == 6


def test_marking_links_lead_to_formgrader_only_where_it_serves_this_cohort(graded, monkeypatch):
    monkeypatch.delenv(room.STARTED_WITH, raising=False)
    assert "start.py start" in shown(assessor.Desk(graded.path).marking.face)
    monkeypatch.setenv(room.STARTED_WITH, str(graded.path))
    monkeypatch.setenv("VOILA_BASE_URL", "/kit/")
    made = shown(assessor.Desk(graded.path).marking.face)
    found = re.findall(r'href="/kit/formgrader/submissions/([0-9a-f]+)/\?index=\d+"', made)
    assert len(found) == 2
    from nbgrader.api import Gradebook

    with Gradebook(graded.db_url) as book:
        assert {book.find_submission_notebook_by_id(one).student.id for one in found} == {"L-0001", "L-0002"}


def test_evidence_stands_beside_the_memo_and_nothing_of_a_learner_is_rendered(cohort, hand_in, right_answers):
    id = "so1-ac3-benefits-memo"
    trick = "<img src=x onerror=alert(1)> & \u202e" + "benefit of contact " * 30
    hand_in("L-0001", {**right_answers, id: trick})
    grade(cohort)
    mark_all(cohort, "L-0001", comment="<script>alert(2)</script> Good figure")
    desk = assessor.Desk(cohort.path).judging
    desk.criterion.value = "so1-ac3"
    made = desk.evidence.value
    assert "<img" not in made and "<script" not in made
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; [U+202E]" in made
    assert "Good figure" in words(made), "the marker's comment"
    memo = memos.for_learner(cohort, "so1", "L-0001")[id]
    for said in (memo["model"], memo["look_for"][0], memo["levels"][0]["says"]):
        assert " ".join(said.split()) in " ".join(words(made).split())


def test_a_decision_needs_what_the_rules_ask_and_is_recorded_as_the_command_line_would(graded):
    mark_all(graded, "L-0001")
    desk = assessor.Desk(graded.path)
    one = desk.judging
    assert (one.learner.value, one.criterion.value) == ("L-0001", "so1-ac1")
    one.record.click()
    assert "Choose a decision first" in one.said.text
    one.decision.value = "C"
    assert "L-0001, 1.1" in words(one.will.value) and "by A-01" in one.will.value
    one.record.click()
    assert "not confirmed: valid, authentic, reliable, current, sufficient" in one.said.text
    one.decision.value = "NYC"
    one.record.click()
    assert "needs a reason" in one.said.text and judgement.history(graded) == []
    one.all.click()
    one.decision.value, one.reason.value = "C", "Own <b>figures</b>, worked out."
    one.record.click()
    (row,) = judgement.history(graded)
    assert (row["learner"], row["criterion"], row["decision"], row["assessor"]) == ("L-0001", "so1-ac1", "C", "A-01")
    assert json.loads(row["evidence_rules"]) == list(graded.programme.rules.evidence_rules)
    assert "Recorded as judgement 1" in one.said.text and "&lt;b&gt;figures&lt;/b&gt;" in one.history.value
    assert one.decision.value is None and not any(tick.value for tick in one.rules), "the form is empty again"
    one.record.click()
    assert one.said.text.startswith("Recorded as judgement 1: L-0001, 1.1") and "Choose a decision" in one.said.text
    assert "othing was recorded" not in one.said.text and len(judgement.history(graded)) == 1
    assert ">C<" in desk.matrix.face_of_class.value
    one.next.click()
    assert (one.learner.value, one.criterion.value) == ("L-0001", "so1-ac2")


def test_a_decision_that_stands_is_only_corrected_and_the_old_one_stays(graded):
    judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01")
    one = assessor.Desk(graded.path).judging
    one.decision.value, one.reason.value = "NYC", "Marked the wrong learner."
    one.record.click()
    assert "Competent on so1-ac1 already" in one.said.text
    assert "tick “I correct judgement 1” first" in one.said.text and one.corrects.description.startswith(
        "I correct judgement 1;"
    )
    one.corrects.value = True
    one.record.click()
    rows = judgement.history(graded)
    assert [(row["decision"], row["corrects"]) for row in rows] == [("C", None), ("NYC", 1)]
    assert "No. 1" in one.history.value and "corrects no. 1" in one.history.value


def test_a_new_hand_in_after_a_decision_is_pointed_out(graded, hand_in, right_answers):
    before = records.now() - dt.timedelta(days=2)
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", "Work out the referral sales.", at=before)
    hand_in("L-0002", right_answers)
    desk = assessor.Desk(graded.path)
    desk.judging.learner.value = "L-0002"
    assert "A newer hand-in of Workbook 1 · Why customers matter (so1) is not graded yet" in shown(desk.judging.face)
    desk.grading.grade.click()
    said = words(desk.judging.head.value)
    assert "New since the last decision" in said and "Work out the referral sales." in said and "Attempt 2 of 3" in said


def test_next_to_judge_goes_round_and_says_when_nothing_is_left(cohort):
    one = assessor.Desk(cohort.path).judging
    one.next.click()
    assert "Nothing is ready to judge" in one.top.text
    one.back.click()
    assert "first criterion" in one.top.text
    one.on.click()
    assert one.criterion.value == "so1-ac2" and one.top.text == ""


def test_what_is_in_but_not_graded_is_said_to_wait_for_the_grading(cohort, hand_in, right_answers):
    hand_in("L-0001", right_answers)
    desk = assessor.Desk(cohort.path)
    assert "not graded yet" in words(desk.judging.head.value)
    assert ">grade<" in desk.matrix.face_of_class.value and ">nothing handed in<" in desk.matrix.face_of_class.value
    own, other = evidence.matrix(cohort, "L-0001"), evidence.matrix(cohort, "L-0002")
    assert ("assessor", "grade what was handed in") in [one[:2] for one in evidence.missing(own)]
    assert evidence.UNGRADED not in {one.state for one in other}
    assert "grade handed in; not graded yet: 5" in words(desk.matrix.face_of_class.value), "the key names it"
    desk.grading.grade.click()
    assert evidence.UNGRADED not in {one.state for one in evidence.matrix(cohort, "L-0001")}
    assert "not graded yet" not in words(shown(*faces_of(desk)))


def test_without_an_assessor_nothing_can_be_decided(graded):
    with graded.engine.begin() as connection:
        connection.execute(records.staff.delete())
    desk = assessor.Desk(graded.path)
    assert "No assessor is registered" in shown(desk.room.face)
    desk.judging.decision.value = "C"
    desk.judging.record.click()
    assert "Nobody is registered as assessor" in desk.judging.said.text


def test_papers_portfolio_and_results(graded):
    desk = assessor.Desk(graded.path).papers
    desk.before.click()
    assert saved(desk.face, "L-0003-assessment-contract.pdf").startswith(b"%PDF") and "for 3 in" in desk.said.text
    judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01")
    desk.learner.value = "L-0002"
    desk.papers.click()
    assert "Nothing has been judged for L-0002" in desk.said.text
    desk.learner.value = ""
    desk.papers.click()
    assert saved(desk.face, "L-0001-feedback.pdf").startswith(b"%PDF") and "for 1 in" in desk.said.text
    desk.learner.value = "L-0003"
    desk.bag.click()
    assert "handed nothing in" in desk.said.text
    desk.learner.value = "L-0001"
    desk.bag.click()
    assert (
        "checked 1 portfolio." in desk.said.text and "The key is new" in desk.said.text and "whole" in desk.found.value
    )
    assert "Closed: 0; drafts: 1." in desk.said.text
    assert "draft; missing: not judged yet" in words(desk.found.value) or "draft; missing: nothing handed in" in words(
        desk.found.value
    )
    desk.bag.click()
    assert "The key is new" not in desk.said.text
    desk.results.click()
    assert saved(desk.face, "class-results.csv").decode("utf-8-sig").startswith("learner,so1,")


def test_a_key_with_a_passphrase_is_made_and_asked_for_at_the_desk(graded, monkeypatch):
    from learner_kit.assess.portfolio import signing

    monkeypatch.delenv(signing.VARIABLE, raising=False)
    judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01")
    desk, place = assessor.Desk(graded.path).papers, graded.path / signing.OWN
    assert "if you want one" in desk.passphrase.description and desk.repeated.layout.display == ""
    for said, again, why in (("short", "short", "at least 10"), ("four words that fit", "four words", "differ")):
        desk.passphrase.value, desk.repeated.value = said, again
        desk.bag.click()
        assert why in desk.said.text and not place.exists()
    desk.passphrase.value = desk.repeated.value = "four words that fit"
    desk.bag.click()
    assert "Nobody can open it without the passphrase" in desk.said.text and signing.locked(place)
    assert desk.passphrase.value == "" and desk.repeated.layout.display == "none"
    desk = assessor.Desk(graded.path).papers
    assert desk.passphrase.description == "Passphrase of the signing key" and desk.passphrase.layout.display == ""
    for said, why in (("", "type its passphrase first"), ("another one altogether", "the passphrase is wrong")):
        desk.passphrase.value = said
        desk.bag.click()
        assert why in desk.said.text
    desk.passphrase.value = "four words that fit"
    desk.bag.click()
    assert "checked 2 portfolios." in desk.said.text
    place.unlink()
    signing.new_key(place)
    assert assessor.Desk(graded.path).papers.passphrase.layout.display == "none", "a key without a lock asks for none"


def test_only_released_workbooks_are_offered_for_grading(cohort):
    assert [one for _, one in assessor.Desk(cohort.path).grading.workbook.options] == ["", "so1"]


# --- moderator ---


@pytest.fixture
def judged(graded):
    for criterion in ("so1-ac1", "so1-ac2"):
        judgement.judge(graded, "L-0001", criterion, "C", "A-01")
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", "Work out <b>all</b> sales.")
    return graded


def test_a_sample_is_drawn_with_a_seed_and_drawn_again(judged):
    desk = moderator.Desk(judged.path).drawing
    desk.draw.click()
    assert "Type a seed first" in desk.said.text and not moderation.samples(judged)
    desk.seed.value = "2026-1"
    desk.draw.click()
    (kept,) = moderation.samples(judged)
    assert kept["seed"] == "2026-1" and "Drew sample 1" in desk.said.text
    for one in kept["drawn"]:
        assert one.learner in desk.found.value and one.why in html.unescape(desk.found.value)
    desk.again.click()
    assert "the same portfolios came out" in desk.said.text
    with judged.engine.begin() as connection:
        connection.execute(records.samples.update().values(drawn="[]"))
    desk.again.click()
    assert "its record was changed" in desk.said.text


def test_nothing_to_moderate_is_said(cohort):
    desk = moderator.Desk(cohort.path).drawing
    desk.seed.value = "1"
    desk.draw.click()
    assert "nothing to moderate" in desk.said.text


def test_findings_and_agreement(judged):
    desk = moderator.Desk(judged.path)
    desk.drawing.seed.value = "x"
    desk.drawing.draw.click()
    one = desk.review
    one.learner.value = "L-0002"
    assert "&lt;b&gt;all&lt;/b&gt;" in one.shown.value, "the assessor's reason"
    one.record.click()
    assert "Choose a finding first" in one.said.text
    one.finding.value = "overturned"
    one.record.click()
    assert "needs a reason" in one.said.text
    assert moderation.agreement(judged, 1)["looked_at"] == 0
    one.reason.value = "The sales stand on page 2."
    one.record.click()
    assert "Recorded 1 finding on L-0002. 1.1" in one.said.text and "overturned" in one.kept.value
    one.learner.value = "L-0001"
    one.rest.click()
    assert "Recorded 2 findings on L-0001" in one.said.text and "1 of the findings" not in one.agreed.value
    assert "2 of 3 judgements looked at were upheld (67\u00a0%)" in words(one.agreed.value)
    one.rest.click()
    assert "has a finding already" in one.said.text
    assert moderation.agreement(judged, 1) == {**moderation.agreement(judged, 1), "looked_at": 3, "upheld": 2}
    assert judgement.standing_judgements(judged)["L-0002", "so1-ac1"]["decision"] == "NYC"


def test_record_and_go_on_opens_the_next_judgement_that_nobody_looked_at(judged):
    desk = moderator.Desk(judged.path)
    desk.drawing.seed.value = "x"
    desk.drawing.draw.click()
    one = desk.review
    one.learner.value, one.criterion.value = "L-0001", "so1-ac2"
    one.going_on.click()
    assert "Choose a finding first" in one.said.text and one.criterion.value == "so1-ac2"
    one.finding.value = "overturned"
    one.going_on.click()
    assert "needs a reason" in one.said.text and one.criterion.value == "so1-ac2"
    for next_one in (("L-0002", "so1-ac1"), ("L-0001", "so1-ac1")):
        one.finding.value, one.reason.value = "upheld", "Seen."
        one.going_on.click()
        assert (one.learner.value, one.criterion.value) == next_one and one.finding.value is None
        assert "This is the next one" in one.said.text and f"<h3>{next_one[0]}" in one.shown.value
    one.finding.value = "upheld"
    one.going_on.click()
    assert "Every judgement of this sample has been looked at." in one.said.text
    assert moderation.agreement(judged, 1)["upheld"] == 3
    assert [(row["learner"], row["criterion"]) for row in moderation_report.raters.all_findings(judged, 1)] == [
        ("L-0001", "so1-ac2"),
        ("L-0002", "so1-ac1"),
        ("L-0001", "so1-ac1"),
    ]


def test_a_changed_finding_needs_a_reason_and_both_stay_in_sight(judged):
    desk = moderator.Desk(judged.path)
    desk.drawing.seed.value = "x"
    desk.drawing.draw.click()
    one = desk.review
    one.learner.value = "L-0002"
    one.finding.value, one.reason.value = "overturned", "The sales stand on page 2."
    one.record.click()
    one.finding.value = "upheld"
    one.record.click()
    assert "from overturned to upheld needs a reason" in one.said.text
    assert moderation.agreement(judged, 1)["upheld"] == 0
    one.finding.value, one.reason.value = "upheld", "Page 2 is another learner's."
    one.record.click()
    said = words(one.kept.value)
    assert "overturned, replaced by no. 2" in said and "another learner" in said and "on page 2" in said
    assert "1 of 1 judgements looked at were upheld (100\u00a0%). 1 of the findings below was replaced" in words(
        one.agreed.value
    )
    assert "L-0002 · 1 finding" in [label for label, _ in one.learner.options]
    made = str(moderation_report.report(judged, 1).blocks)
    assert "No. 1: overturned, replaced by no. 2" in made and "No. 2: upheld" in made


# --- assessor: comment bank, knowledge, papers, what changed ---


def test_the_bank_fills_the_reason_and_keeps_what_the_assessor_wrote(graded):
    one = assessor.Desk(graded.path).judging
    one.decision.value = "NYC"
    assert all(not label.startswith("C:") for label, _ in one.bank.line.options)
    one.bank.line.value = next(says for _, says in one.bank.line.options if "<" in says)
    one.bank.insert.click()
    assert one.bank.line.value in one.reason.value and "still open" in one.bank.said.text
    one.all.click()
    one.record.click()
    assert "Fill in what stands between < and > first: <" in one.said.text and judgement.history(graded) == []
    with pytest.raises(KitError, match="stands between < and > first: <what it is about>"):
        judgement.judge(graded, "L-0001", "so1-ac1", "NYC", "A-01", "Your answer is about <what it is about>.")
    with pytest.raises(KitError, match="stands between"):
        judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01", "It is about ‹what it is about›.")
    assert judgement.history(graded) == []
    one.reason.value = "Say <b>which</b> month."
    one.bank.keep.click()
    assert one.bank.line.options[0] == ("own: Say <b>which</b> month.", "Say <b>which</b> month.")


def test_record_and_go_on_records_once_and_moves(graded):
    mark_all(graded, "L-0001")
    one = assessor.Desk(graded.path).judging
    one.all.click()
    one.decision.value = "C"
    one.going_on.click()
    assert len(judgement.history(graded)) == 1 and (one.learner.value, one.criterion.value) == ("L-0001", "so1-ac2")
    assert "Recorded as judgement 1" in one.said.text
    one.going_on.click()
    assert len(judgement.history(graded)) == 1 and one.said.text.startswith("Recorded as judgement 1: L-0001, 1.1")
    assert one.criterion.value == "so1-ac2", "a second press does not go on without a decision"
    one.on.click()
    one.going_on.click()
    assert "Choose a decision first" in one.said.text, "what was recorded elsewhere is not said here"


def test_what_a_moderator_overturned_waits_for_the_assessor_until_it_is_corrected(judged):
    sample, _ = moderation.moderate(judged, "M-01", "x")
    found = {"so1-ac1": ("overturned", "The sales <b>stand</b> on page 2.")}
    moderation.find(judged, sample, "L-0002", found, "M-01")
    one = assessor.Desk(judged.path).judging
    label = {id: said for said, id in one.learner.options}
    assert "1 overturned to correct" in label["L-0002"] and "overturned" not in label["L-0001"]
    one.learner.value, one.criterion.value = "L-0002", "so1-ac1"
    assert "NYC, overturned" in {id: said for said, id in one.criterion.options}["so1-ac1"]
    head = words(one.head.value)
    assert f"a moderator (M-01) found “overturned” on {long_day(records.now())}" in head
    assert "The sales <b>stand</b> on page 2." in head
    assert "<b>stand" not in one.head.value, "a moderator's words are shown, never rendered"
    one.all.click()
    one.decision.value, one.reason.value, one.corrects.value = "C", "The moderator is right.", True
    one.record.click()
    assert "Recorded as judgement" in one.said.text and "overturned" not in one.head.value
    assert "overturned" not in {id: said for said, id in one.learner.options}["L-0002"]


def test_what_may_not_be_ones_own_is_shown_escaped_and_decides_nothing(graded):
    one = assessor.Desk(graded.path).judging
    one.looking.look.click()
    assert "They point; you decide" in one.looking.said.text and "declaration" in words(one.looking.found.value)
    assert judgement.history(graded) == []
    one.on.click()
    assert one.looking.found.value == "", "another criterion, another look"


def test_knowledge_is_recorded_only_through_what_is_competent(graded):
    desk = assessor.Desk(graded.path).knowledge
    desk.yes.click()
    assert "not Competent on" in desk.said.text
    desk.reason.value = "Names no branch."
    desk.no.click()
    assert "Names no branch." in desk.found.value and desk.said.text == "Recorded."
    desk.all.click()
    assert "0 recorded" in desk.said.text


def test_plans_and_statements_for_those_whom_they_concern_and_as_word(graded):
    judgement.judge(graded, "L-0001", "so1-ac1", "C", "A-01")
    judgement.judge(graded, "L-0002", "so1-ac1", "NYC", "A-01", "No figure.")
    desk = assessor.Desk(graded.path).papers
    desk.plans.click()
    assert "for 1 in" in desk.said.text and saved(desk.face, "L-0002-remediation-plan.pdf").startswith(b"%PDF")
    desk.learner.value = "L-0001"
    desk.plans.click()
    assert "There is nothing for L-0001 to do again, so there is no plan to write." in desk.said.text
    assert not list(graded.path.glob("documents/L-0001/remediation*"))
    desk.learner.value = ""
    desk.word.value = True
    desk.statements.click()
    assert "for 2 in" in desk.said.text and saved(desk.face, "L-0001-statement-of-results.docx").startswith(b"PK")


def test_what_changed_is_shown_until_it_was_seen(graded):
    desk = assessor.Desk(graded.path).changes
    assert "2 changes so far" in desk.found.value
    enrol_at = records.now() + dt.timedelta(seconds=2)
    from learner_kit.assess import changes

    changes.seen(graded, "A-01", "assessor", enrol_at)
    desk.show()
    assert "Nothing changed since" in desk.found.value
    desk.seen.click()
    assert "Next time only" in desk.said.text
