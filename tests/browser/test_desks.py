"""The desks as their role players use them: a real server, a real browser, one cohort from enrolment to moderation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from learner_kit.course.submission import pack

from ..classwork import write_answers
from .journey import ROOT, Kit, serving
from .reader import SIZES, choose, press, ready, saved, upload, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desks")]


class Class(NamedTuple):
    """The running kit with a real cohort in it, and what two learners (and a mistake) hand in."""

    kit: Kit
    zips: list[Path]


@pytest.fixture(scope="module")
def served(made_cohort, right_answers, tmp_path_factory) -> Iterator[Class]:
    """A server of its own, on a cohort that is there before the server opens its database."""
    place = tmp_path_factory.mktemp("class")
    work = place / "work"
    shutil.copytree(made_cohort, place / "cohort")
    trick = {**right_answers, "so1-ac3-benefits-memo": "<img src=x onerror=alert(1)> A benefit is trust. " * 20}
    for learner, answers in (("L-0001", trick), ("L-0002", {})):
        folder = write_answers(work / learner / "so1", answers, learner)
        pack(folder, "so1", learner, work)
    (work / "broken.zip").write_bytes(b"PK, but no zip")
    with serving(place / "cohort", place) as kit:
        yield Class(kit, sorted(work.glob("*.zip")))


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def open_desk(page, kit: Kit, name: str):
    ready(page, kit.page(f"{name}.ipynb"))
    page.get_by_text("learners enrolled").first.wait_for()
    assert page.locator("main .kit-trouble:visible").count() == 0


def test_a_class_from_enrolment_to_moderation(served, page, tmp_path):
    the_facilitator_enrols_hands_out_and_takes_in(served, page, tmp_path)
    the_assessor_grades_marks_and_judges(served, page)
    the_moderator_draws_and_upholds(served, page, tmp_path)


def the_facilitator_enrols_hands_out_and_takes_in(served, page, tmp_path):
    open_desk(page, served.kit, "facilitator")
    tab(page, "Class")
    listed = tmp_path / "list.csv"
    listed.write_text("surname;first_names\nNgcobo;Zodwa\n;Sipho\n", encoding="utf-8")
    upload(page, "Choose a list (CSV or Excel)", listed)
    press(page, "Check the list", "Nothing is written yet")
    page.locator("td", has_text="is empty").first.wait_for()  # the table may come after the line above it
    assert page.locator("td", has_text="is empty").count() == 1
    page.get_by_role("button", name="Enrol only these 1 in class").dblclick()  # counts as one
    enrolled = page.get_by_text("Enrolled 1 learner in class: L-0004.")
    enrolled.wait_for()
    tab(page, "Hand-ins")
    press(page, "Release this workbook", "The folder to hand out")
    upload(page, "Choose submissions (zip)", *served.zips)
    press(page, "Collect", "2 taken in, 0 known already, 1 refused.")
    page.locator("li", has_text="2 of 4 still to hand in: L-0003, L-0004.").wait_for()
    assert "Surname1" not in page.locator("main").inner_text()
    tab(page, "Class")
    assert enrolled.is_visible(), "the second click of two would have said: enrolled 0"


def the_assessor_grades_marks_and_judges(served, page):
    open_desk(page, served.kit, "assessor")
    page.get_by_role("region", name="2 changes so far").get_by_text("handed in so1 (hand-in 1)").first.wait_for()
    press(page, "I have seen these", "Next time only what comes from now on")
    page.get_by_text("Nothing changed since").wait_for()
    tab(page, "Grading")
    press(page, "Grade what is new", "2 graded, 0 unchanged.")
    tab(page, "Class")
    first = page.locator(".lk-matrix tbody tr").first
    first.locator("td.lk-waiting", has_text="mark").first.wait_for()
    tab(page, "Grading")
    with page.context.expect_page() as opened:
        page.locator("td a", has_text="Mark answers").first.click()
    marking = opened.value
    comments = marking.locator("textarea.comment")
    comments.first.wait_for()
    marking.wait_for_load_state("networkidle")
    marking.wait_for_function("document.activeElement.id === 'so1-ac3-benefits-memo'")  # the first answer that waits
    assert "/formgrader/submissions/" in marking.url and marking.locator("img[src=x]").count() == 0
    tasks = marking.locator("input.score").evaluate_all(
        "all => all.map((one, place) => [place, one.placeholder]).filter(pair => pair[1] === '').map(pair => pair[0])"
    )
    assert len(tasks) == comments.count() > 0
    for place, task in enumerate(tasks):
        for field, said in (
            (marking.locator("input.score").nth(task), "8"),
            (comments.nth(place), f"Sound <i>{place}</i>"),
        ):
            with marking.expect_response(lambda answer: answer.request.method == "PUT"):
                field.fill(said)
                field.blur()
    marking.close()
    tab(page, "Class")
    page.get_by_role("button", name="Read everything again").click()
    page.locator(".lk-matrix tbody tr").first.locator("td.lk-waiting").first.wait_for(state="detached")
    tab(page, "Judging")
    choose(page, "Criterion", "1.3")
    shown = page.locator(".lk-exhibits").first
    shown.get_by_text("Sound <i>0</i>").wait_for()
    assert shown.get_by_text("<img src=x onerror=alert(1)>").count() == 1
    assert shown.locator("img, i").count() == 0 and shown.get_by_text("Look for").count() > 0
    page.get_by_role("radio", name="Competent", exact=True).check()
    press(page, "Record this decision", "not confirmed: valid")
    press_key = page.get_by_role("button", name="Tick all five")
    press_key.focus()
    page.keyboard.press("Enter")
    page.locator("input[type=checkbox]:checked").nth(4).wait_for()
    press(page, "Is this the learner's own work?", "They point; you decide")
    line = page.get_by_label("Comment bank", exact=True)
    line.locator("option", has_text="Your figures").first.wait_for(state="attached")
    line.select_option(index=0)
    page.get_by_role("button", name="Put it into the reason").press("Enter")
    page.wait_for_function(
        "document.activeElement.tagName === 'TEXTAREA' && document.activeElement.value.includes('figures')"
    )
    assert violations(page) == []
    page.get_by_role("button", name="Record and go on").press("Enter")
    page.locator("[role=status]", has_text="Recorded as judgement 1: L-0001, 1.3").first.wait_for()
    page.wait_for_function("document.activeElement.type === 'checkbox'")
    page.keyboard.press("Space")
    page.locator("input[type=checkbox]:checked").first.wait_for()
    tab(page, "Class")
    page.locator(".lk-matrix td.lk-c", has_text="C").first.wait_for()
    tab(page, "Feedback and portfolios")
    press(page, "Write feedback and report", "Wrote feedback and report for 1")
    assert saved(page, "save feedback").read_bytes().startswith(b"%PDF")
    press(page, "Make the signed portfolio", "Made, signed and checked 2 portfolios.")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Contents of L-0001").click()
    opened.value.get_by_role("heading", name="Portfolio of evidence: L-0001").wait_for()


def the_moderator_draws_and_upholds(served, page, tmp_path):
    open_desk(page, served.kit, "moderator")
    page.get_by_label("Seed (any word or number)").fill("2027-1")
    press(page, "Draw the sample", "Drew sample 1 with the seed 2027-1: 1 portfolio. It is kept.")
    press(page, "Draw it again and compare", "the same portfolios came out")
    page.get_by_role("radio", name="Overturned").check()
    press(page, "Record this finding", "needs a reason")
    page.get_by_role("radio", name="Upheld").check()
    press(page, "Record this finding", "Recorded 1 finding on L-0001.")
    page.get_by_text("1 of 1 judgements looked at were upheld").wait_for()
    tab(page, "Packs and report")
    page.locator("caption", has_text="Agreement in sample 1").wait_for()
    page.get_by_label("Blind: hide what the assessors decided").check()
    press(page, "Make the pack", "Made the pack of sample 1 for M-01.")
    pack = shutil.copy(saved(page, "Save moderation-"), tmp_path / "pack.zip")
    press(page, "Write the moderation report", "Wrote the moderation report on sample 1.")
    kept = ROOT / "work" / "moderation"  # where the kit keeps packs on a moderator's computer
    before = set(kept.glob("*"))
    upload(page, "Choose a pack (zip)", pack)
    press(page, "Open the pack", "Opened the pack: 1 judgement to look at.")
    page.get_by_role("radio", name="Not Yet Competent").check()
    press(page, "Keep this finding", "Not Yet Competent needs a reason")
    page.get_by_label("Reason for what you find").fill("The working is not shown.")
    press(page, "Keep this finding", "Kept: L-0001")
    press(page, "Make the file to send back", "Save the file and send it back. Receipt of moderation-")
    back = shutil.copy(saved(page, "Save moderation-"), tmp_path / "findings.json")
    for one in set(kept.glob("*")) - before:
        one.unlink()
    upload(page, "Choose what came back", back)
    press(page, "Take the findings in", "Taken in: 0 upheld, 1 overturned, 0 more evidence.")
    upload(page, "Choose what came back", back)
    press(page, "Take the findings in", " came back already and was taken in")
    assert violations(page) == []


@pytest.mark.parametrize("name", ["facilitator", "assessor", "moderator"])
def test_a_desk_fits_the_screen_and_every_field_has_a_name(served, page, name):
    open_desk(page, served.kit, name)
    tabs = page.get_by_role("tab")
    assert tabs.count() == {"facilitator": 7, "assessor": 5, "moderator": 2}[name]
    for place in range(tabs.count()):
        tabs.nth(place).click()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (width, height)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('main :is(input, select, textarea):not([type=file])')]
                .filter(one => one.offsetParent && ![...one.labels || []].some(label => label.innerText.trim()))
                .map(one => one.outerHTML)"""
        )
        assert not nameless
    links = page.locator("main .kit-prose :is(li, p) a[href^='#']").evaluate_all(
        "all => all.map(one => [one.hash, Boolean(document.getElementById(decodeURIComponent(one.hash.slice(1))))])"
    )
    assert links and all(there for _, there in links)
