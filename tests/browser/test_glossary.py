"""A word of the trade opens in place: by keyboard and by mouse, and without a script it stays a link."""

from __future__ import annotations

import pytest

from .conftest import PATIENCE
from .journey import loaded
from .reader import ready

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GUIDE = "so1-benefits.ipynb"


@pytest.fixture
def guide(kit, kept):
    return kept(kit.page(GUIDE))


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_word_opens_by_keyboard_and_escape_goes_back(guide, key):
    word = guide.locator(".kit-word:visible").first
    assert word.get_attribute("role") == "button" and word.get_attribute("aria-expanded") == "false"
    word.focus()
    guide.keyboard.press(key)
    box = guide.locator(".kit-meaning")
    assert box.get_attribute("role") == "dialog"
    assert box.locator("strong").inner_text() == "prospect"
    assert "real chance of a sale" in box.inner_text()
    assert word.get_attribute("aria-expanded") == "true"
    assert word.get_attribute("aria-controls") == box.get_attribute("id")
    assert focused(guide) == "Close"
    guide.keyboard.press("Tab")
    assert focused(guide) == "Look it up in the glossary"
    guide.keyboard.press("Escape")
    assert box.count() == 0 and word.get_attribute("aria-expanded") == "false"
    assert focused(guide) == word.inner_text()


def test_one_box_at_a_time_and_none_left_behind(guide):
    words = guide.locator(".kit-word:visible")
    asked = len(guide.asked)
    words.nth(0).click()
    words.nth(5).click()  # far enough from the first not to lie below its box
    assert guide.locator(".kit-meaning").count() == 1
    guide.locator(".kit-meaning-close").click()
    assert guide.locator(".kit-meaning").count() == 0 and focused(guide) == words.nth(5).inner_text()
    words.nth(0).click()
    guide.locator("h1").click()
    assert guide.locator(".kit-meaning").count() == 0
    words.nth(0).click()
    guide.keyboard.press("Tab")
    guide.keyboard.press("Tab")  # out of the box: it closes, and the focus stays where it went
    assert guide.locator(".kit-meaning").count() == 0
    assert all("api/kernels" in url for url in guide.asked[asked:]), "a meaning is on the page already"


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 600), (390, 800)])
def test_a_meaning_is_whole_on_the_screen(guide, width, height):
    guide.set_viewport_size({"width": width, "height": height})
    words = guide.locator(".kit-word:visible")
    for place in range(words.count()):
        words.nth(place).scroll_into_view_if_needed()
        words.nth(place).click()
        box = guide.locator(".kit-meaning").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0
        guide.keyboard.press("Escape")


def test_the_box_leads_to_the_word_in_the_glossary(guide):
    guide.locator(".kit-word:visible", has_text="gross margin").first.click()
    guide.locator(".kit-meaning a").click()
    guide.wait_for_url("**/glossary.ipynb#gross-margin", wait_until="commit")
    loaded(guide)
    heading = guide.locator("h3", has_text="gross margin").first
    assert heading.evaluate("one => one.id") == "gross-margin"
    assert heading.bounding_box()["y"] < 720


def test_the_glossary_leads_back_to_the_lesson(kit, page):
    ready(page, kit.page("glossary.ipynb"))
    page.locator("main p a").first.click()
    loaded(page)
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.evaluate("id => document.getElementById(id) !== null", target)


def test_the_line_on_progress_leads_to_a_lesson(guide):
    link = guide.locator(".lk-form a[href^='#Lesson']").first
    target = link.evaluate("one => decodeURIComponent(one.hash.slice(1))")
    link.click()
    assert guide.evaluate("id => document.getElementById(id).getBoundingClientRect().top", target) < 400


def test_without_a_script_a_word_is_a_link(kit, browser):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.set_default_timeout(PATIENCE)
    plain.goto(kit.page(GUIDE))
    word = plain.locator("a[href='glossary.ipynb#prospect']").first
    assert word.get_attribute("role") is None
    word.click()
    plain.wait_for_url("**/glossary.ipynb#prospect")
    assert plain.locator("h3#prospect").count() == 1
    context.close()
