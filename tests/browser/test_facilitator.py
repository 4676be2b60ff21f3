"""A new facilitator, from the welcome page to a running session, without a command line; then the rest of the desk."""

from __future__ import annotations

import pytest

from .journey import loaded
from .reader import TODAY, days, enrol, fill, press, ready, saved, tab, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desks")]
TABS = ("Class", "Today", "Live", "Hand-ins", "Progress", "Papers", "Records")


def test_a_new_facilitator_opens_a_session_and_uses_the_whole_desk(kit, page, name):
    ready(page, kit.address)
    page.get_by_role("link", name="Facilitator's desk").first.click()
    page.wait_for_url("**facilitator**", wait_until="commit")
    loaded(page)
    the_first_screen(page)
    enrol_and_plan(page, name)
    run_a_session(page)
    what_today_asks(page)
    look_and_evaluate(page)
    keep_private(page)
    for part in TABS:
        tab(page, part)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert "Nkosi" not in page.locator("main").inner_text()


def the_first_screen(page):
    """What today asks for is in sight at once; tabs go by mouse, by keyboard and by links, and come back on loading."""
    assert page.get_by_role("tab").all_inner_texts() == list(TABS)
    chosen = page.get_by_role("tab", selected=True)
    assert chosen.inner_text() == "Today" and page.get_by_role("tabpanel", name="Today").is_visible()
    assert page.locator("main .lk-words li").first.bounding_box()["y"] < 720
    chosen.focus()
    for key, then in (("ArrowRight", "Live"), ("End", "Records"), ("ArrowRight", "Class"), ("Home", "Class")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == then == chosen.inner_text()
    page.get_by_role("tabpanel").get_by_role("link", name="Enrol learners").click()
    assert page.evaluate("document.activeElement.id") == "Enrol-learners"
    assert 0 <= page.locator("#Enrol-learners").bounding_box()["y"] < 300
    tab(page, "Live")
    assert page.url.endswith("#Live")
    page.reload(wait_until="commit")
    loaded(page)
    assert chosen.inner_text() == "Live"


def what_today_asks(page):
    tab(page, "Today")
    panel = page.get_by_role("tabpanel", name="Today")
    panel.get_by_text("Session 1 of 6 is today").wait_for()
    panel.get_by_text("Workbook 1 · Why customers matter (so1)").first.wait_for()
    panel.get_by_role("link", name="Take work in").click()
    assert page.get_by_role("tab", selected=True).inner_text() == "Hand-ins"
    assert page.evaluate("document.activeElement.id") == "Take-in-submissions"


def enrol_and_plan(page, name):
    enrol(page, name)
    fill(page, "First day", TODAY.isoformat())
    page.get_by_label("Public holidays too").check()  # whatever day the test runs on
    press(page, "Fill in the days", "The days are filled in")
    fill(page, "Days and hours, one a line", days())
    press(page, "Show this plan", "Nothing is kept yet")
    press(page, "Keep this plan", "Kept the plan of 6 sessions")
    assert saved(page, "Session plan to print (PDF)").read_bytes().startswith(b"%PDF")
    assert saved(page, "Calendar file (.ics)").read_bytes().startswith(b"BEGIN:VCALENDAR")


def run_a_session(page):
    tab(page, "Today")
    press(page, "Make the sheet to print", "with names for signing")
    assert saved(page, "Save it to print (PDF)").read_bytes().startswith(b"%PDF")
    tab(page, "Hand-ins")
    named = "Workbook 1 · Why customers matter (so1)"
    page.get_by_role("tabpanel").get_by_label("Workbook", exact=True).select_option(label=named)
    press(page, "Release this workbook", f"Released {named}")
    tab(page, "Today")
    press(page, "All without an entry are here", "Recorded 12 entries")
    page.get_by_label("Learners (hold Ctrl for several)").first.select_option(label="L-0003")
    page.get_by_label("They", exact=True).select_option(label="were absent")
    press(page, "Record this", "cannot be used as it is")
    fill(page, "Note (needed", "took the wrong line")
    press(page, "Record this", "Recorded 1 entry")
    page.get_by_text("11 there, 1 absent, 0 without an entry").wait_for()
    press(page, "Take back my last entry", "Took back 1 entry")
    page.get_by_text("12 there, 0 absent, 0 without an entry").wait_for()


def look_and_evaluate(page):
    tab(page, "Progress")
    press(page, "Show how the class gets on", "12 handed in nothing, 0 stuck")
    press(page, "Draft a message", "Nothing was sent")
    assert "Dear L-0001" in page.get_by_label("Draft: change it").input_value()
    fill(page, "Learner and letters", "L-0001 ACBDBBDABCAD")
    press(page, "Enter these answers", "Entered 1")
    tab(page, "Records")
    page.get_by_role("button", name="Type a paper form in").click()
    page.get_by_label("Knew the subject well").select_option(label="Agree")
    press(page, "Add this form", "1 form now")
    press(page, "Make the report", "from 5 forms on")


def keep_private(page):
    page.get_by_label("Learners (hold Ctrl for several)").last.select_option(label=["L-0001", "L-0002"])
    page.get_by_label("Got the notice").check()
    press(page, "Record the consent", "Recorded for 2 learners")
    page.get_by_label("One learner", exact=True).select_option(label="L-0002")
    press(page, "Everything kept about this learner", "is in one file")
    assert saved(page, "Save L-0002-everything.zip").read_bytes().startswith(b"PK")
    page.get_by_role("button", name="Take this learner's details away").click()
    page.get_by_text("This cannot be undone. Of L-0002:").wait_for()
    page.get_by_role("button", name="No, leave it").last.click()
    page.get_by_text("This cannot be undone").wait_for(state="detached")
