"""nbgrader's formgrader on a graded cohort: answers can be read, marks and comments are kept and reach the feedback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from learner_kit.assess import evidence, judgement, papers
from learner_kit.assess.grade import grade
from learner_kit.course import master as masters
from learner_kit.course import memos, records
from learner_kit.course.cohort import Cohort, open_cohort
from learner_kit.course.collect import collect
from learner_kit.course.submission import pack
from learner_kit.desks import marking
from learner_kit.documents import to_pdf

from ..classwork import write_answers
from .conftest import Kit, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MEMO = "so1-ac3-benefits-memo"
SAID = "<b>Dear manager</b>,\n\nwe keep more tuck shops: 40 × R600 = R24 000.\n\n\u202eevil\u202c <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def graded(made_cohort, right_answers, tmp_path_factory) -> Cohort:
    """A cohort with one learner's work collected and graded: some right, one wrong, one partly right, one open."""
    place = tmp_path_factory.mktemp("formgrader")
    cohort = open_cohort(shutil.copytree(made_cohort, place / "class"))
    answers = {**right_answers, **memos.expected(cohort, "so1", "L-0001"), MEMO: SAID, "so1-ac1-annual-sales": 1.0}
    answers.pop("so1-ac1-two-items")
    folder = write_answers(place / "work" / "so1", answers)
    assert collect(cohort, [pack(folder, "so1", "L-0001", place).path], "tests")[0].state == "new"
    assert grade(cohort)[0].state == "graded"
    cohort.engine.dispose()
    return cohort


@pytest.fixture(scope="module")
def kit(graded, tmp_path_factory) -> Iterator[Kit]:
    with serving(graded.path, tmp_path_factory.mktemp("served-class")) as served:
        yield served


def open_marking(cohort: Cohort, kit: Kit, page) -> None:
    """Open the page where the learner's work is marked, and wait until it shows the points that stand in the gradebook."""
    (found,) = records.rows(cohort.engine, sa.text("select id from submitted_notebook"))
    page.goto(f"{kit.origin}/login?next=/formgrader/submissions/{found['id']}/&token={kit.token}")
    page.locator("#so1-ac1-annual-sales[placeholder='0']").wait_for()


@contextmanager
def refused(page) -> Iterator[None]:
    """What is done within is refused by the server; the browser notes it in its console, as it does every refusal."""
    with page.expect_console_message(lambda said: "400 (Bad Request)" in said.text):
        yield
    (noted,) = [one for one in page.faults if "400 (Bad Request)" in one]
    page.faults.remove(noted)


def row(cohort: Cohort, name: str) -> dict:
    query = sa.text(
        "select g.auto_score, g.manual_score, g.needs_manual_grade, m.manual_comment from grade g join base_cell c on "
        "c.id = g.cell_id left join comment m on m.cell_id = g.cell_id and m.notebook_id = g.notebook_id where c.name = :name"
    )
    return records.rows(cohort.engine, query.bindparams(name=name))[0]


def test_answers_are_readable_and_nothing_of_the_learners_is_rendered(kit, graded, page):
    open_marking(graded, kit, page)
    said = page.locator("td", has_text="Dear manager").first
    said.wait_for()
    assert said.inner_text().startswith("<b>Dear manager</b>,\n\nwe keep more tuck shops")
    assert "[U+202E]evil" in said.inner_text() and "<img src=x onerror=alert(1)>" in said.inner_text()
    assert page.locator("img[src=x]").count() == 0 and said.locator("b").count() == 0
    assert page.get_by_text("(not answered)").count() >= 1
    for words in ("Right.", "Not there yet.", "Not answered yet."):
        assert page.get_by_text(words).count() >= 1
    wide = page.evaluate(
        "[...document.querySelectorAll('table')].map(one => one.scrollWidth - one.parentElement.clientWidth)"
    )
    assert max(wide) <= 0, "no table is wider than its place"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_question_answer_verdict_and_points_stand_together_and_no_code(kit, graded, page):
    open_marking(graded, kit, page)
    wrong = page.locator(".code_cell", has=page.locator("#so1-ac1-annual-sales"))
    assert "sales potential" in wrong.locator("th").inner_text() and wrong.locator("td").inner_text() == "1"
    assert wrong.locator(".output_error").inner_text().startswith("Not there yet. ")
    top, bottom = (wrong.locator(one).bounding_box() for one in ("input.score", ".output_error"))
    assert 0 < bottom["y"] - top["y"] < 200, "points and verdict are seen together"
    assert not [one for one in page.locator(".input_area, .prompt").all() if one.is_visible()], "no code, no prompts"
    assert "book.check" not in page.locator("body").inner_text()
    page.get_by_role("link", name=MEMO).click()
    box = page.locator(f"input.score#{MEMO}").bounding_box()
    assert 60 < box["y"] < 700, "the way to an answer that a person marks ends at its points"
    assert page.locator("td", has_text="Dear manager").first.bounding_box()["y"] < box["y"], "the answer stands above"


def test_the_figures_that_the_learner_saw_stand_above_the_answers(kit, graded, page):
    open_marking(graded, kit, page)
    table = page.locator("table", has_text="What the four ways brought")
    forms = masters.run(masters.read(graded.master("so1")), {}, "L-0001", dry=True).forms.values()
    (given,) = [one for form in forms for one in form.given if one.caption == "What the four ways brought"]
    assert [" ".join(one.split()) for one in table.locator("tbody tr").all_inner_texts()] == [
        " ".join(" ".join(row).split()) for row in given.rows
    ]
    below = page.locator(".code_cell", has=page.locator("#so1-ac5-reached-telephone"))
    assert table.bounding_box()["y"] < below.bounding_box()["y"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("11", "11 is more than this question has: the most is 10."),
        ("-1", "-1 is below 0: the least is 0, the most 10."),
        ("ten", "“ten” is not a mark: type a number from 0 to 10."),
        ("1,500", "“1,500” is not a mark"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_in_words_and_what_stood_stays(kit, graded, page, typed, said):
    open_marking(graded, kit, page)
    before, field = row(graded, MEMO), page.locator(f"input.score#{MEMO}")
    with refused(page):
        field.fill(typed)
        field.blur()
    told = page.locator(".nbgrader_cell", has=field).get_by_role("alert")
    told.wait_for()
    assert said in told.inner_text() and "Nothing was kept" in told.inner_text()
    assert field.input_value() == typed and field.get_attribute("aria-invalid") == "true"
    assert row(graded, MEMO) == before
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        field.fill("6,5")
        field.blur()
    told.wait_for(state="detached")
    assert row(graded, MEMO)["manual_score"] == 6.5 and field.input_value() == "6.5"
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.locator(".nbgrader_cell", has=field).get_by_role("button", name="All points").click()
    page.wait_for_function(f"document.getElementById('{MEMO}').value == '10'")


def test_there_is_no_extra_credit_and_the_server_refuses_it_too(kit, graded, page):
    open_marking(graded, kit, page)
    assert page.locator(".extra-credit").count() == 0 and "extra credit" not in page.locator("body").inner_text()
    (grade_id,) = [
        one["id"]
        for one in records.rows(
            graded.engine,
            sa.text(f"select g.id from grade g join base_cell c on c.id = g.cell_id where c.name = '{MEMO}'"),
        )
    ]
    before = row(graded, MEMO)
    put = """async ([id, sent]) => {
        const answer = await fetch(base_url + '/api/grade/' + id, {
            method: 'PUT', headers: {'X-CSRFToken': getCookie('_xsrf')}, body: JSON.stringify(sent)});
        return [answer.status, await answer.text()];
    }"""
    with refused(page):
        status, said = page.evaluate(put, [grade_id, {"manual_score": 5, "extra_credit": 3}])
    assert status == 400 and "no extra credit" in said
    for wrong in ([1], True, "nan", 10.5):
        with refused(page):
            assert page.evaluate(put, [grade_id, {"manual_score": wrong}])[0] == 400, wrong
    assert row(graded, MEMO) == before


def test_a_link_to_an_answer_ends_in_the_box_for_its_mark(kit, graded, page):
    place = marking.places(graded, "so1")[MEMO]
    (found,) = records.rows(graded.engine, sa.text("select id from submitted_notebook"))
    page.goto(f"{kit.origin}/login?next=/formgrader/submissions/{found['id']}/%3Findex%3D{place}&token={kit.token}")
    page.wait_for_function(f"document.activeElement && document.activeElement.id == '{MEMO}'")


def test_no_exchange_is_missed(kit, graded, page):
    page.goto(f"{kit.origin}/login?next=/formgrader/manage_assignments&token={kit.token}")
    page.get_by_role("link", name="so1").first.wait_for()
    assert page.locator(".alert-warning").count() == 0


def test_points_and_a_comment_are_kept_and_reach_matrix_and_feedback(kit, graded, page):
    open_marking(graded, kit, page)
    points, comment = page.locator(f"input.score#{MEMO}"), page.locator(f"textarea.comment[id='{MEMO}-comment']")
    for field, said in ((points, "7"), (comment, "Sound figure; name the reader.")):
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            field.fill(said)
            field.blur()
    open_marking(graded, kit, page)
    assert points.input_value() == "7" and comment.input_value() == "Sound figure; name the reader."
    kept = row(graded, MEMO)
    assert (kept["manual_score"], kept["manual_comment"]) == (7, "Sound figure; name the reader.")
    assert not kept["needs_manual_grade"]
    standing = next(one for one in evidence.matrix(graded, "L-0001") if one.criterion == "so1-ac3")
    (item,) = [one for one in standing.items if one.id == MEMO]
    assert (item.share, item.said) == (0.7, "Sound figure; name the reader.")
    judgement.judge(graded, "L-0001", "so1-ac3", "NYC", "A-01", "The memo names no reader.")
    feedback = papers.feedback(graded, "L-0001")
    assert "Sound figure; name the reader." in repr(feedback)
    assert to_pdf(feedback).startswith(b"%PDF")
    before = row(graded, MEMO)
    assert {one.state for one in grade(graded)} == {"unchanged"}
    assert row(graded, MEMO) == before
    with graded.engine.begin() as connection:  # as it stands when something newer was handed in
        connection.execute(sa.text("update grade set needs_manual_grade = true where manual_score = 7"))
    open_marking(graded, kit, page)
    asked = page.locator(".nbgrader_cell", has=points)
    assert "the mark is of the answer before" in asked.locator(".lk-again").inner_text()
    asked.get_by_role("button", name="Keep this mark").click()
    asked.locator(".lk-again").wait_for(state="detached")
    assert row(graded, MEMO) == before and page.locator(".lk-again").count() == 0


def test_formgraders_own_button_grades_from_the_master(kit, graded, page):
    """The learner's notebook would leave a mark; what counts is the answer beside it, which is right by now."""
    mark = row(graded, MEMO)["manual_score"]
    assert row(graded, "so1-ac1-annual-sales")["auto_score"] == 0
    right = memos.expected(graded, "so1", "L-0001")["so1-ac1-annual-sales"]
    answers = graded.path / "submitted" / "L-0001" / "so1" / "answers.json"
    answers.write_text(answers.read_text(encoding="utf-8").replace('-annual-sales": 1.0', f'-annual-sales": {right}'))
    notebook = graded.path / "submitted" / "L-0001" / "so1" / "so1.ipynb"
    held = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in held["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = f"open({str(graded.path / 'learner-code-ran')!r}, 'w').close()"
    notebook.write_text(json.dumps(held), encoding="utf-8")
    page.goto(f"{kit.origin}/login?next=/formgrader/manage_submissions/so1&token={kit.token}")
    page.locator("tr", has_text="L-0001").locator(".autograde a").click()
    page.locator(".modal-dialog, .jp-Dialog", has_text="uccess").first.wait_for()
    assert not (graded.path / "learner-code-ran").exists()
    assert row(graded, "so1-ac1-annual-sales")["auto_score"] == 2
    assert row(graded, MEMO)["manual_score"] == mark
