"""Every guide as a learner has it: as a page with each of its tools in use, and as a notebook in JupyterLab.

A page is opened once for all tests of it: opening is what takes time, and a learner does not open it anew either.
"""

from __future__ import annotations

import json
import re
import shutil

import pytest

from .journey import ROOT, loaded
from .reader import GUIDED, GUIDES, SHORT, SIZES, Guide, no_code, ready, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGES = (*GUIDED, "workbook")


@pytest.fixture
def opened(kit, kept):
    """Give a guide, opened once for all tests of it."""

    def give(name: str) -> Guide:
        page = kept(address(kit, name))
        page.set_default_timeout(SHORT)
        return Guide(page, name)

    return give


def address(kit, name: str) -> str:
    if name != "workbook":
        return kit.page(f"{name}.ipynb")
    place = kit.cohort / "work" / "so1" / "so1.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "assessments" / "source" / "so1" / "so1.ipynb", place)
    return kit.file(place)


def use_the_lessons_of_01(guide: Guide) -> None:
    sort = guide.form("Who is this to the jam maker?")
    guide.press(sort, "Intermediary")
    guide.read(sort, re.compile("Not here|Not this one|Think again|✘|once more", re.IGNORECASE))
    guide.press(sort, "External customer")
    guide.read(sort, "They pay, and they eat it.")
    talk = guide.form("A call in five steps: the late school uniform")
    before = talk.inner_text()
    talk.get_by_role("button", name=re.compile("calm down")).click()
    guide.changes(talk, before)
    guide.press(talk, "Take the last step back")
    guide.read(talk, "What is your order number?")
    audit = guide.form("Rate what is, not what should be")
    audit.locator("select").first.select_option(index=3)
    choice = guide.form("A problem from your own work")
    choice.locator("input[type=text]").first.fill("Send a <b>driver</b>")
    choice.locator("input[type=text]").first.press("Tab")
    guide.read(choice, "Send a <b>driver</b>")


def use_the_lessons_of_so1(guide: Guide) -> None:
    news = guide.form("Word of mouth")
    guide.type(news, "People each one tells", "12")
    guide.read(news, "156 people have heard")
    guide.type(news, "People each one tells", "a dozen")
    guide.read(news, "Mend the field that is marked above")
    assert news.get_by_label("People each one tells").input_value() == "a dozen"
    guide.type(news, "People each one tells", "10")
    guide.read(news, "110 people have heard")
    guide.press(news, "+")
    guide.read(news, "132 people have heard")
    methods = guide.form("Which way is cheapest, and for what?")
    methods.get_by_label("What shall be cheap?").select_option(label="The cost of each contact made")
    guide.read(methods, "Cheapest for each contact made")
    quiz = guide.page.locator(".kit-form").filter(has_text="Check my answer").first
    assert quiz.get_by_role("button", name="Show the answer").is_disabled()
    quiz.locator("input").first.check()
    guide.press(quiz, "Check my answer")
    quiz.get_by_role("status").first.wait_for()
    guide.press(quiz, "Show the answer")
    guide.read(quiz, "The answer")
    box = guide.page.locator("textarea").first
    box.fill("A reflection of mine.")
    box.press("Tab")
    guide.read(guide.page.locator(".kit-form").filter(has=box), re.compile("Saved"))


def use_the_lessons_of_so2(guide: Guide) -> None:
    rule = guide.form("Whom would your rule call loyal?")
    guide.read(rule, "of the customers are loyal by this rule")
    before = rule.get_by_role("status").first.inner_text()
    guide.type(rule, "Orders in a year that make a loyal customer", "40")
    guide.page.wait_for_function(
        "([form, before]) => form.querySelector('[role=status]').innerText !== before",
        arg=[rule.element_handle(), before],
    )
    survey = guide.form("You bought from us")
    survey.get_by_label("Weekly", exact=True).first.check()
    guide.read(survey, re.compile("Saved"))
    medium = guide.form("Which medium fits?")
    before = medium.inner_text()
    medium.get_by_label("Whom do you want to tell?").select_option(index=1)
    guide.changes(medium, before)
    message = guide.form("Write it better, in one part")
    message.locator("textarea").fill("Fresh fruit from R10 at Kit Foods till Friday. Reply STOP to opt out.")
    guide.read(message, re.compile("1 part|one part", re.IGNORECASE))
    report = guide.form("Who writes to whom, and when?")
    guide.type(report, "Row 1, To (position)", "Branch manager")
    assert report.locator("input[type=checkbox]").first.is_visible()


def use_the_lessons_of_so3(guide: Guide) -> None:
    may = guide.form("May I contact this customer?")
    guide.type(may, "Date", "2026-11-29")  # a Sunday
    guide.read(may, re.compile(r"\bNo\b|Not now|may not", re.IGNORECASE))
    guide.type(may, "Date", "31 February 2026")
    guide.read(may, re.compile("February 2026 has the days 1 to 28|▲"))
    guide.type(may, "Date", "2026-11-27")
    may.get_by_label("Consent").select_option(label="Opted in")
    guide.read(may, re.compile(r"\bYes\b|You may", re.IGNORECASE))
    plan = guide.form("Plan your contacts")
    before = plan.inner_text()
    plan.get_by_label("Thembisa Tuck Shop, consent").first.select_option(label="Opted out")
    guide.changes(plan, before)
    talk = guide.form("The first minute: somebody comes in")
    talk.get_by_role("button", name=re.compile("Finish the pile")).click()
    guide.press(talk, "Begin again")
    guide.read(talk, "Finish the pile of shirts first")


def use_the_lessons_of_so4(guide: Guide) -> None:
    register = guide.form("The contact register")
    guide.press(register, "Add the report to the register")
    guide.read(register, re.compile("▲|needed|missing|Choose", re.IGNORECASE))
    three = guide.form("Grade the three customers")
    guide.press(three, "Check my grades")
    guide.read(three, "Choose a grade in every cell: 9 to go.")
    for cell in three.locator("select").all():
        cell.select_option("A")
    guide.press(three, "Check my grades")
    guide.read(three, "3 of 9 are right.")
    weight = guide.form("Move the weight")
    guide.slide(weight, "Weight of: Time to pay", "ArrowRight", 3)
    guide.read(weight, "With 50 % of the weight on time to pay, all of them score 2: a tie.")
    guide.slide(weight, "Weight of: Time to pay", "ArrowRight")
    guide.read(weight, "Mrs Bright comes first")
    card = guide.form("Weigh the scorecard")
    guide.slide(card, "Weight: How much the customer spends", "ArrowRight")
    guide.read(card, re.compile("With these weights [1-9]"))
    terms = guide.form("What if we changed the terms?")
    before = terms.inner_text()
    guide.slide(terms, "Smallest order taken", "ArrowRight", 4)
    guide.changes(terms, before)
    complaints = guide.form("Look through the complaints")
    before = complaints.inner_text()
    complaints.get_by_label("How it went, month by month").check()
    guide.changes(complaints, before)
    points = guide.form("Move the points")
    before = points.inner_text()
    guide.press(points, "Take this point out")
    guide.changes(points, before)
    guide.press(points, "Begin again")


USED = dict(
    zip(
        GUIDES,
        (
            use_the_lessons_of_01,
            use_the_lessons_of_so1,
            use_the_lessons_of_so2,
            use_the_lessons_of_so3,
            use_the_lessons_of_so4,
        ),
        strict=True,
    )
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_for_everybody(opened, name):
    """Fits both screens, and axe finds nothing serious; then each tool is used, and axe looks once more."""
    guide = opened(name)
    page = guide.page
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (width, height)
    page.set_viewport_size({"width": 1280, "height": 720})
    assert page.locator("h1").count() == 1
    no_code(page)
    if name in USED:
        read_to_the_end(guide)
        USED[name](guide)
        assert "Something went wrong" not in page.locator("main").inner_text()
    assert violations(page, within=None, impacts=("serious", "critical")) == []


def read_to_the_end(guide: Guide) -> None:
    """Mark the first lesson as read, by keyboard; the line at the top counts it; take it back."""
    mark = guide.page.locator(".kit-form").filter(has_text="I have read this lesson").first
    line = guide.page.locator(".kit-form").first
    mark.get_by_role("button", name="I have read this lesson").focus()
    guide.page.keyboard.press("Enter")
    line.get_by_text(re.compile("read 1 of")).wait_for()
    guide.page.locator(".kit-form").filter(has_text="Not read yet after all").first.get_by_role("button").click()
    mark.get_by_role("button", name="I have read this lesson").wait_for()


def test_what_a_learner_did_stands_there_again(kit, page):
    """Another page over the same progress: the answer typed is there, and where to go on."""
    ready(page, kit.page("so1-benefits.ipynb"))
    box = page.locator("textarea").first
    box.fill("Kept for next time.")
    box.press("Tab")
    form = page.locator(".kit-form").filter(has=box)
    form.get_by_text(re.compile(r"Saved \d")).first.wait_for()
    page.reload(wait_until="commit")
    loaded(page)
    assert page.locator("textarea").first.input_value() == "Kept for next time."
    assert "Go on with lesson" in page.locator(".kit-form").first.inner_text()


def test_guides_open_folded_with_outputs_in_jupyterlab(kit, page):
    """One JupyterLab, each guide in turn: no code in sight, what was stored can be read, and a form comes alive."""
    first = True
    for name in ("00-welcome", *GUIDES):
        path = kit.page(f"{name}.ipynb").replace("/voila/render/", "/lab/tree/")
        page.goto(path if first else path + "&reset")
        first = False
        page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1:visible")
        if name == "00-welcome":
            nothing_pops_up(page)
        assert page.locator(".jp-Dialog").count() == 0
        page.wait_for_selector(".jp-CodeCell", state="attached")
        assert page.locator(".jp-CodeCell .jp-InputArea-editor:visible").count() == 0, name
        held = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        stored = [cell for cell in held["cells"] if cell["cell_type"] == "code" and cell["id"] != "setup"]
        assert all(cell["outputs"] for cell in stored)
    page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    page.wait_for_selector(".jp-CodeCell .lk-form", state="attached")


def nothing_pops_up(page) -> None:
    """JupyterLab, just opened, asks nothing and tells no news."""
    page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')")
    page.wait_for_timeout(2000)  # news and update pop-ups would come now
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".Toastify__toast").count() == 0
    assert page.locator(".jp-MarkdownOutput a", has_text="Assessor's desk").count() == 1
