"""The kit's pages as a reader meets them: a real server, a real browser."""

from __future__ import annotations

import time
import tomllib
from urllib.parse import urlsplit

import pytest

from learner_kit.course import naming

from .conftest import PATIENCE, notebook
from .journey import ROOT, loaded
from .reader import GUIDED, no_code, ready

ROLES = {
    "Learner": "01-customer-care.ipynb",
    "Facilitator": "facilitator.ipynb",
    "Assessor": "assessor.ipynb",
    "Moderator": "moderator.ipynb",
}
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def kernels(page, kit) -> list:
    return page.context.request.get(f"{kit.origin}/api/kernels?token={kit.token}").json()


def test_the_welcome_page_opens(kit, page):
    seconds = ready(page, kit.address)
    print(f"welcome page: {seconds:.1f} s")
    assert page.locator("h1").all_inner_texts() == ["Welcome to the Learner Kit"]
    assert page.title() == "Welcome · Learner Kit"
    assert page.locator("html").get_attribute("lang") == "en-ZA"
    assert page.locator("#kit-opening").is_hidden()
    assert page.locator("#kit-trouble").is_hidden()


def test_a_busy_port_makes_way_for_the_next(kit):
    assert urlsplit(kit.address).port != kit.asked_port


@pytest.mark.parametrize("role", ROLES)
def test_each_role_player_is_one_click_away(kit, kept, role):
    """Where the click leads stands: each of these pages is opened by a test of its own, the lesson here."""
    page = kept(kit.address)
    row = page.locator("main tr").filter(has=page.locator("strong", has_text=role))
    link = row.locator("a").first
    assert (ROOT / "notebooks" / ROLES[role]).is_file()
    assert urlsplit(link.evaluate("one => one.href")).path == urlsplit(kit.page(ROLES[role])).path
    if role == "Learner":
        link.click()
        page.wait_for_url(f"**/notebooks/{ROLES[role]}**", wait_until="commit")
        loaded(page)
        assert page.locator("h1").count() == 1
        assert page.locator("main .kit-trouble:visible").count() == 0


def test_the_list_shows_the_pages_that_exist_and_where_the_reader_is(kit, kept):
    page = kept(kit.address)
    groups = tomllib.loads((ROOT / "learner_kit/pages/lessons.toml").read_text(encoding="utf-8"))["group"]
    known = [entry for group in groups for entry in group["pages"]]
    there = [
        entry.get("title") or naming.of_notebook(ROOT / entry["file"])
        for entry in known
        if (ROOT / entry["file"]).is_file()
    ]
    assert page.locator(".kit-menu a").all_inner_texts() == there
    assert page.locator(".kit-menu [aria-current=page]").all_inner_texts() == ["Welcome"]
    assert page.locator(".kit-notebook").get_attribute("href").startswith("/lab/tree/")


# Lessons and workbooks are looked at in test_guides.py, where they are open anyway.
@pytest.mark.parametrize(
    "name", sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb") if path.stem not in GUIDED)
)
def test_a_page_shows_no_code_no_warning_and_no_error(kit, page, name):
    seconds = ready(page, kit.page(name))
    print(f"{name}: {seconds:.1f} s")
    no_code(page)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 600), (768, 1024), (390, 800)])
def test_a_page_fits_the_screen(kit, kept, width, height):
    page = kept(kit.address)
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    line = page.locator("main p").first.bounding_box()["width"] / page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    )
    assert line <= 42  # about 75 characters


def test_the_keyboard_reaches_the_text_first(kit, page):
    ready(page, kit.address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "kit-skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "kit-page"


def test_a_failing_part_costs_one_sentence_not_the_page(kit, page):
    path = notebook(
        kit.cohort / "work" / "trial.ipynb",
        "# A trial",
        "import warnings; warnings.warn('quite private'); 1 / 0",
        "import ipywidgets; ipywidgets.Text(description='Name')",
        "## The end\n\n| a |\n|---|\n| 1 |",
    )
    ready(page, kit.file(path))
    assert page.locator("main .kit-trouble:visible").all_inner_texts() == [
        "This part of the page could not be shown. Your saved answers are safe. Load the page again; if this stays, "
        "tell your facilitator the name of this page."
    ]
    assert page.locator("main input").count() == 1
    assert page.locator("h2", has_text="The end").count() == 1
    for hidden in ("ZeroDivision", "quite private", "1 / 0"):
        assert hidden not in page.content()


def test_a_page_that_lost_its_kernel_says_so_before_typing_is_lost(kit, page):
    path = notebook(kit.cohort / "work" / "form.ipynb", "# A form", "import ipywidgets; ipywidgets.Text()")
    ready(page, kit.file(path))
    assert page.locator("#kit-trouble").is_hidden()
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    gone = page.context.request.delete(
        f"{kit.origin}/api/kernels/{kernel}?token={kit.token}", headers={"Authorization": f"token {kit.token}"}
    )
    assert gone.status == 204
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector("#kit-trouble:visible")
    assert "lost its connection" in page.locator("#kit-trouble").inner_text()
    assert page.evaluate("document.querySelector('.kit-form').inert")
    page.faults.clear()  # the browser itself notes the kernel's 404, which is what this test made


def test_a_closed_page_leaves_no_kernel_behind(kit, page):
    path = notebook(kit.cohort / "work" / "form.ipynb", "# A form", "import ipywidgets; ipywidgets.Text()")
    ready(page, kit.file(path))
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    assert kernel in [one["id"] for one in kernels(page, kit)]
    ready(page, kit.address)
    until = time.monotonic() + PATIENCE / 1000
    while kernel in [one["id"] for one in kernels(page, kit)]:
        assert time.monotonic() < until, "the kernel of a closed page still runs"
        time.sleep(0.2)


def test_what_was_handed_in_is_never_run(kit, page):
    mark = kit.cohort / "ran"
    path = notebook(
        kit.cohort / "submitted" / "L-0001" / "so1" / "so1.ipynb", "# Work", f"open({str(mark)!r}, 'w').close()"
    )
    assert page.goto(kit.file(path)).status == 403
    assert page.locator("h1").inner_text() == "This file is not opened as a page"
    assert not mark.exists()
    page.faults.clear()  # the browser notes the refusal itself


def test_an_unknown_page_says_so_plainly(kit, page):
    assert page.goto(kit.page("no-such-page.ipynb")).status == 404
    assert page.locator("h1").inner_text() == "There is no such page"
    page.locator("main a").click()
    page.wait_for_url("**/00-welcome.ipynb**", wait_until="commit")
    loaded(page)
    page.faults.clear()  # the browser notes the 404 itself


def test_a_page_cannot_be_opened_without_the_token(kit, page):
    page.goto(kit.address.partition("?")[0])
    assert "/login" in page.url
    assert "Welcome to the Learner Kit" not in page.content()
    assert page.locator("h1").inner_text() == "Open the kit again", "an address of an earlier start says what to do"
    assert "jupyter server list" not in page.content()


def test_a_folder_without_a_class_has_no_formgrader(kit, page):
    """A learner's edition has nothing to mark; test_formgrader.py opens that of a class."""
    assert page.goto(f"{kit.origin}/formgrader?token={kit.token}").status == 404
    page.faults.clear()  # the browser notes the 404 itself


def test_what_loads_is_said_until_the_first_form_stands_and_never_twice(kit, page, tmp_path):
    """A form that comes late: the words for a slow line come once; they go with the first form, not with the last."""
    slow = "import time; time.sleep({}); import ipywidgets as w; w.Text(description='{}')"
    made = notebook(kit.cohort / "slow.ipynb", "# Slow", slow.format(11, "First"), slow.format(4, "Second"))
    page.add_init_script(
        "window.heard = []; document.addEventListener('DOMContentLoaded', watch); setTimeout(watch, 300);"
        "function watch() { var box = document.getElementById('kit-opening-words');"
        " if (!box || window.watching) { return; } window.watching = true;"
        " new MutationObserver(function () { window.heard.push(box.textContent); })"
        " .observe(box, { childList: true, characterData: true, subtree: true }); }"
    )
    page.goto(kit.file(made), wait_until="commit")
    hint = page.locator("#kit-opening")
    hint.wait_for()
    assert hint.get_attribute("role") == "status" and "Loading" in hint.inner_text()
    page.get_by_label("First").wait_for()
    hint.wait_for(state="hidden")
    assert page.locator("html[data-kit=ready]").count() == 0, "the second form is still to come"
    loaded(page)
    assert page.get_by_label("Second").is_visible() and hint.is_hidden()
    heard = page.evaluate("window.heard")
    assert any("slow line" in one for one in heard) and len(heard) == len(set(heard)) <= 2, heard
    gap = "getComputedStyle(document.querySelector('.kit-form'), '::before').content"
    assert page.evaluate(gap) == "none", "nothing says Loading beside a form that stands"


def test_a_note_on_the_source_is_folded_and_opens(kit, page):
    made = notebook(
        kit.cohort / "notes.ipynb",
        "# Notes\n\n> **The source says … but …** One *thing*.\n\nText.\n\n> **The source says … but …** Two.\n\n> A quotation.",
    )
    ready(page, kit.file(made))
    notes = page.locator("details.kit-source")
    assert notes.count() == 2 and page.locator("blockquote").count() == 1
    assert not page.get_by_text("One thing.").is_visible() and page.get_by_text("A quotation.").is_visible()
    summary = notes.first.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_text("One thing.").wait_for()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("Two.").is_visible(), "on paper nothing is folded"
