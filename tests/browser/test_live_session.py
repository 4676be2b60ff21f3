"""A live session in the browser: question to the class, a learner's page, timer, groups, the form on the programme."""

from __future__ import annotations

import pytest

from .journey import ROOT
from .reader import days, enrol, fill, press, ready, tab, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desks")]


def test_a_live_session(kit, page, name, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    ready(page, kit.page("facilitator.ipynb"))
    enrol(page, name)
    tab(page, "Live")
    ask(page, shared)
    learner = page.context.new_page()
    answer(learner, kit, shared)
    press(page, "Count the answers now", "1 answered so far")
    page.get_by_label("Raised hands: 3 counts").fill("4 2 1")
    page.get_by_label("Raised hands: 3 counts").blur()
    press(page, "Close and keep the counts", "Closed: 8 answered")
    assert "Bar chart of 8 answers" in page.locator(".lk-desk img").first.get_attribute("alt")
    absent_and_groups(page)
    timer(page, kit)
    assert violations(page) == []
    tab(page, "Records")
    fill(page, "Or the class's shared folder", str(shared))
    press(page, "Let learners fill it in on their own page", "Learners can send their forms now")
    view_of_the_programme(learner)
    press(page, "Take in what learners sent", "Took in 1 form")
    assert violations(page) == []
    assert violations(learner) == []
    for one in (page, learner):
        assert one.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def ask(page, shared):
    fill(page, "Your question", "Which way suits your customers best?")
    fill(page, "Answers to choose from", "SMS\nTelephone\nLetter")
    fill(page, "Shared folder (empty", str(shared))
    press(page, "Ask the class", "The question is open")


def answer(page, kit, shared):
    ready(page, kit.page("in-class.ipynb"))
    fill(page, "The class's shared folder", str(shared))
    page.get_by_role("button", name="Look for the question").click()
    page.get_by_label("Telephone").check()
    press(page, "Send my answer", "Your answer is sent")


def absent_and_groups(page):
    tab(page, "Class")
    fill(page, "Days and hours, one a line", days())
    page.get_by_label("Public holidays too").check()  # whatever day the test runs on
    press(page, "Show this plan", "Nothing is kept yet")
    press(page, "Keep this plan", "Kept the plan of 6 sessions")
    tab(page, "Today")
    page.get_by_label("Learners (hold Ctrl for several)").first.select_option(label="L-0003")
    page.get_by_label("They", exact=True).select_option(label="were absent")
    press(page, "Record this", "Recorded 1 entry")
    press(page, "All without an entry are here", "Recorded 11 entries")
    tab(page, "Live")
    press(page, "Draw groups", "Nobody meets an old partner")
    seats = page.locator(".lk-teams span").all_inner_texts()
    assert len(seats) == 11 and "L-0003" not in seats
    press(page, "Keep these groups", "Kept as draw 1")


def timer(page, kit):
    """It counts on by itself, by mouse and by keyboard; while it does, nothing is asked of the server."""
    frame = page.frame_locator("iframe[title=Timer]")
    frame.get_by_label("Minutes").fill("2")
    frame.get_by_role("button", name="Set", exact=True).click()
    assert frame.get_by_role("timer").inner_text() == "02:00"
    frame.locator("#what").click()
    before = len(page.asked)
    page.keyboard.press("Space")
    frame.get_by_text("Started: 2 minutes").wait_for()
    frame.get_by_role("timer").filter(has_text="01:5").wait_for()
    page.keyboard.press("+")
    frame.get_by_role("timer").filter(has_text="02:5").wait_for()
    page.keyboard.press("Space")
    frame.get_by_text("Paused").wait_for()
    page.keyboard.press("r")
    assert frame.get_by_role("timer").inner_text() == "03:00"
    assert not [one for one in page.asked[before:] if "/channels" in one or "/voila/render" in one]
    alone = page.context.new_page()
    alone.set_content((ROOT / "learner_kit" / "desks" / "timer.html").read_text(encoding="utf-8"))
    assert violations(alone, within=None) == []
    alone.close()


def view_of_the_programme(page):
    page.get_by_role("button", name="Open the form").click()
    page.get_by_label("Knew the subject well").select_option(label="Agree")
    press(page, "Send it to the class's folder", "Your form is sent")
