"""Whole journeys, as `learner-kit start` opens the kit somewhere new: a learner, a moderator, JupyterLab, another programme.

Facilitator and assessor go theirs in test_facilitator.py and test_desks.py. A picture of each step is kept (`shot`).
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from learner_kit.assess import grade, judgement, moderation
from learner_kit.assess.moderation import packs
from learner_kit.course import enrol, release
from learner_kit.course.cohort import Cohort, create
from learner_kit.course.collect import collect
from learner_kit.course.submission import pack

from ..classwork import memo_answers, write_answers
from .journey import Home, copied, go, run, shot, stands, started
from .reader import SHORT, Guide, choose, press, saved, upload

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]
BOOK, CLASS = "foundation", "service"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The kit as somebody gets it, in a folder of its own."""
    return copied(tmp_path_factory.mktemp("journeys") / "kit")


@pytest.fixture(scope="module")
def home(folder) -> Iterator[Home]:
    """The kit opened for the first time: a practice class is made, and its workbooks are laid out."""
    with started(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def service(folder, tmp_path_factory) -> Iterator[Cohort]:
    """A class on the second programme, with two judgements and a sample drawn for the moderator."""
    programme = folder / "programmes" / "customer-focus"
    made = create(folder / "cohorts" / CLASS, programme, seed="tests")
    enrol.enrol(made, [enrol.Person(n, f"Surname{n}", f"Name{n}", site="Mthatha") for n in (1, 2)], "tests")
    enrol.register(made, "assessor", "Dlamini", "Thandi", "ETDP-1", "tests")
    enrol.register(made, "moderator", "Botha", "Piet", "ETDP-2", "tests")
    release.release(made, BOOK, "tests")
    answers = memo_answers(programme, BOOK)
    work = write_answers(tmp_path_factory.mktemp("work") / BOOK, answers, workbook=BOOK)
    assert collect(made, [pack(work, BOOK, "L-0001", work.parent, declared=True).path], "tests")[0].state == "new"
    grade.grade(made, who="tests")
    for criterion, decision in (("cf1-ac1", "C"), ("cf1-ac2", "NYC")):
        reason = "The kinds are right." if decision == "C" else "The second share is not compared with the first."
        judgement.judge(made, "L-0001", criterion, decision, "A-01", reason, override="Marked on paper")
    moderation.moderate(made, "M-01", "2027-1")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def lab(folder, service) -> Iterator[Home]:
    """The same kit, opened for the class of the second programme in JupyterLab."""
    with started(folder, CLASS, "--lab") as opened:
        yield opened


def open_page(page, address: str) -> Guide:
    page.goto(address, wait_until="commit")
    stands(page)
    page.set_default_timeout(SHORT)
    return Guide(page, address)


def test_a_learner_comes_from_the_welcome_page_to_the_receipt(home, page):
    guide = open_page(page, home.address)
    shot(page, "learner-1-welcome")
    a_lesson(page, guide)
    answers = a_workbook(page, guide)
    file = handing_in(page, guide)
    receipt = re.search(r"Receipt: ([A-Z0-9-]+)", page.locator("main").inner_text())[1]
    with zipfile.ZipFile(file) as held:
        (name,) = [one for one in held.namelist() if one.endswith("answers.json")]
        kept = json.loads(held.read(name))
    assert kept["learner"] == "L-0001" and kept["answers"].items() >= answers.items()
    assert receipt in run(home.folder, "collect", "practice", str(file))


def a_lesson(page, guide: Guide) -> None:
    go(page, page.get_by_role("link", name="outcome 1: why customers matter"))
    news = guide.form("Word of mouth")
    guide.type(news, "People each one tells", "12")
    guide.read(news, "156 people have heard")
    shot(page, "learner-2-try-a-tool", news)
    quiz = page.locator(".kit-form").filter(has_text="Check my answer").first
    quiz.locator("input").first.check()
    guide.press(quiz, "Check my answer")
    quiz.get_by_role("status").first.wait_for()
    shot(page, "learner-3-check-yourself", quiz)
    mark = page.locator(".kit-form").filter(has_text="I have read this lesson").first
    guide.press(mark, "I have read this lesson")
    page.locator(".kit-form").filter(has_text="Not read yet after all").first.wait_for()
    page.locator(".kit-form").first.get_by_text(re.compile("read 1 of")).wait_for()
    shot(page, "learner-4-read", page.locator("h1"))


def a_workbook(page, guide: Guide) -> dict:
    """Give a number, answer four questions of four kinds, one of them wrongly at first; give what is kept of them."""
    go(page, page.locator(".kit-menu").get_by_role("link", name="Workbook 1"))
    number = guide.form("Your learner number")
    guide.type(number, "Your learner number", "12")
    guide.read(number, re.compile("▲ .*L-0001"))
    guide.type(number, "Your learner number", "l-0001")
    guide.read(number, "This workbook belongs to learner L-0001.")
    shot(page, "learner-5-own-figures", number)
    form = guide.form("What is the sales potential for a year?")
    label = form.get_by_text("What is the sales potential for a year?").first.inner_text()
    customers, price = re.search(r"^(\d+) .* R([\d\s,]+) every", label).groups()
    potential = int(customers) * float(re.sub(r"\s", "", price).replace(",", ".")) * 4
    box = form.locator("input[type=text]").first
    for said in ("sixty thousand", "60,000"):
        box.fill(said)
        box.press("Tab")
        guide.read(form, "▲ Not saved.")
        assert box.input_value() == said
    shot(page, "learner-6-mistyped", form)
    box.fill(f"R{potential:.2f}".replace(".", ","))
    box.press("Tab")
    guide.read(form, re.compile(r"✔ Saved \d"))
    assert form.get_by_text("Not saved").count() == 0
    shot(page, "learner-7-mended", form)
    chef = guide.form("What is the chef to the oven seller?")
    chef.get_by_label(re.compile("^Ally")).first.check()
    guide.read(chef, re.compile(r"✔ Saved \d"))
    words = "We keep more customers when we ask them what they need and then do what we say. " * 2
    question = page.locator(".lk-question").filter(has=page.locator("textarea")).first
    question.locator("textarea").fill(words)
    guide.read(question, re.compile(r"✔ Saved \d"))
    shot(page, "learner-8-in-your-own-words", question)
    return {"so1-ac1-annual-sales": potential, "so1-ac2-hotel-chef": "ally"}


def leads_to_a_question(page, form) -> None:
    """Open a part of the list of open questions, follow a link, and be in that question's field."""
    form.locator("summary").last.click()
    link = form.get_by_role("link").last
    place = link.get_attribute("href")
    link.click()
    page.wait_for_function(
        "place => document.querySelector(place).closest('.lk-question').contains(document.activeElement)", arg=place
    )
    question = page.locator(".lk-question").filter(has=page.locator(place))
    page.wait_for_timeout(600)  # the page glides there
    assert 0 <= question.bounding_box()["y"] < 400
    shot(page, "learner-9b-at-the-question")


def handing_in(page, guide: Guide) -> Path:
    """See what is open, sign, hand in; give the file that the learner takes along."""
    open_ones = guide.form("still open:")
    guide.read(open_ones, re.compile("3 of [0-9]+ answered"))
    shot(page, "learner-9-what-is-missing", open_ones)
    form = guide.form("Hand in my work")
    guide.press(form, "Hand in my work")
    guide.read(form, "Read the declaration and tick it.")
    form.get_by_role("checkbox").check()
    guide.press(form, "Hand in my work")
    guide.read(form, re.compile("Nothing is handed in yet. [0-9]+ questions are still open:"))
    leads_to_a_question(page, form)
    form.get_by_role("button", name="Hand in as it is").dblclick()
    guide.read(form, "Your work is packed.")
    assert "is handed in yet" not in form.inner_text(), "a double click hands in once, and the receipt stands"
    shot(page, "learner-10-receipt", form.get_by_role("checkbox"))
    with page.expect_download() as done:
        form.get_by_role("link", name="Save a copy of the file").click()
    named = done.value.suggested_filename
    assert re.fullmatch(r"L-0001-so1-[\d-]+\.zip", named)
    return Path(shutil.copy(done.value.path(), Path(done.value.path()).with_name(named)))


def test_a_moderator_comes_from_a_pack_to_the_report(home, lab, service, page, tmp_path):
    """The pack is worked on in a kit that was opened for another class; the findings go back to the class they are of."""
    sent = packs.make(service, 1, "M-01", tmp_path)
    open_page(page, home.page("notebooks/moderator.ipynb"))
    page.get_by_role("tab", name="Packs and report").click()
    upload(page, "Choose a pack (zip)", sent)
    press(page, "Open the pack", "Opened the pack: 2 judgements to look at.")
    shot(page, "moderator-1-pack", page.get_by_role("button", name="Open the pack"))
    page.get_by_role("radio", name="Upheld").last.check()
    press(page, "Keep this finding", "1 judgement left")
    choose(page, "Judgement in the pack", "1.2")
    page.get_by_role("radio", name="Overturned").last.check()
    press(page, "Keep this finding", "reason")
    page.get_by_label("Reason for what you find").fill("Both shares and their difference are there.")
    press(page, "Keep this finding", "0 judgements left")
    shot(page, "moderator-2-findings", page.get_by_label("Portfolio in the pack"))
    press(page, "Make the file to send back", "Save the file and send it back. Receipt of moderation-")
    back = shutil.copy(saved(page, "Save moderation-"), tmp_path / "findings.json")
    open_page(page, lab.page("notebooks/moderator.ipynb"))
    page.get_by_role("tab", name="Packs and report").click()
    upload(page, "Choose what came back", back)
    press(page, "Take the findings in", "Taken in: 1 upheld, 1 overturned, 0 more evidence.")
    shot(page, "moderator-3-taken-in", page.get_by_role("button", name="Take the findings in"))
    press(page, "Write the moderation report", "Wrote the moderation report on sample 1.")
    assert saved(page, "Save the report (PDF)").read_bytes().startswith(b"%PDF")
    shot(page, "moderator-4-report", page.get_by_role("button", name="Write the moderation report"))


def test_a_workbook_of_another_programme_is_one_click_away(lab, page):
    guide = open_page(page, lab.page("notebooks/00-welcome.ipynb"))
    assert "252218" not in page.locator(".kit-subject").inner_text()
    go(page, page.locator(".kit-menu").get_by_role("link", name="Customers first"))
    assert page.title() == "Workbook · Customers first (foundation) · Learner Kit"
    assert page.locator(".kit-menu [aria-current=page]").inner_text() == "Workbook · Customers first (foundation)"
    number = guide.form("Your learner number")
    guide.type(number, "Your learner number", "L-0002")
    guide.read(number, "This workbook belongs to learner L-0002.")
    shot(page, "programme-1-workbook")


def test_a_learner_works_in_jupyterlab(lab, page):
    """The workbook is opened as any file is; its forms live once it ran, and Validate says in words what is open."""
    page.goto(lab.address)
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1:visible")
    assert page.locator(".jp-Dialog").count() == 0
    shot(page, "lab-1-welcome")
    page.locator(".jp-BreadCrumbs-home").click()
    for name in ("work", BOOK, f"{BOOK}.ipynb"):
        named = page.locator(".jp-DirListing-itemText", has_text=re.compile(f"^{re.escape(name)}$"))
        page.locator(".jp-DirListing-item", has=named).dblclick()
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.locator("h1", has_text="Workbook · Customers first").wait_for()
    assert panel.locator(".jp-InputArea-editor:visible").count() == 0
    quiet(page)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    box = panel.get_by_label("What share of the calls met the promise in the first quarter?").first
    box.wait_for(state="attached")  # JupyterLab shows what is near the eyes; the run ends at the end
    quiet(page)
    box.scroll_into_view_if_needed()
    question = box.locator("xpath=ancestor::*[contains(@class, 'lk-question')][1]")
    box.fill("80")
    box.press("Tab")
    question.get_by_text(re.compile(r"✔ Saved \d")).first.wait_for()
    shot(page, "lab-2-forms")
    held = json.loads((lab.folder / "work" / BOOK / "answers.json").read_text(encoding="utf-8"))
    assert held["answers"]["cf1-ac2-first"] == 80
    panel.get_by_role("button", name="Validate").first.click()
    told = page.locator(".jp-Dialog")
    told.get_by_text("Not answered yet").first.wait_for()
    shot(page, "lab-3-validated")
    said = told.inner_text()
    assert 'book.check("cf1-ac1-kinds")' in said and "cf1-ac2-first" not in said
    assert "Traceback" not in said and ".py" not in said
    told.get_by_role("button", name="Ok").click()


def quiet(page) -> None:
    """Wait until the open notebook's kernel has nothing to do."""
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status=idle]")
