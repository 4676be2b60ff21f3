"""What breaks while work is handed in on a hub: told in clear words, nothing lost, and the button works again."""

from __future__ import annotations

import json
import os
import re
import signal
import time

import pytest

from .conftest import PATIENCE, start
from .people import answers, server_of, sign_in

pytestmark = pytest.mark.xdist_group("hub")
QUESTION = "What is the sales potential for a year?"

# Hands in as the button does, and is held half-way: the folder is there under its hidden name, half of the zip is in it.
HALF_WAY = r"""
import os, sys, time
from pathlib import Path
from learner_kit.course import exchange, submission
work = Path(sys.argv[1])
exchange.fetch(exchange.joined(), work, sys.argv[2])
packed = submission.pack(work / "so1", "so1", sys.argv[2], work / "zips", declared=True)
whole = exchange._put
def half(path, content):
    whole(path, content[: len(content) // 2])
    print("HALF WAY", flush=True)
    time.sleep(600)
exchange._put = half
exchange.hand_in(exchange.joined(), packed.path, "so1")
"""


def opened(hub, page, who: str) -> str:
    own = sign_in(hub, page, who)
    page.goto(f"{own}/voila/render/work/so1/so1.ipynb")
    page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first.wait_for()
    page.wait_for_selector("html[data-kit=ready]")
    return own


def hand_in(page, said: str | re.Pattern) -> None:
    page.locator(".lk-declaration input").check()
    page.get_by_role("button", name="Hand in my work").click()
    page.get_by_role("button", name="Hand in as it is").click()
    page.get_by_text(said).first.wait_for()


def test_the_hub_goes_down_half_way_and_the_work_is_handed_in_all_the_same(hub, page):
    """The page and its server talk to each other through the proxy, which the hub leaves running when it is killed."""
    opened(hub, page, "c20")
    field = page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first
    field.fill("4321")
    field.press("Tab")
    page.locator(".lk-declaration input").check()
    page.get_by_role("button", name="Hand in my work").click()
    page.get_by_role("button", name="Hand in as it is").wait_for()
    os.kill(hub.process.pid, signal.SIGKILL)
    hub.process.wait()
    try:
        page.get_by_role("button", name="Hand in as it is").click()
        page.get_by_text("Handed in to may at").or_(page.get_by_text("lost its connection")).first.wait_for()
        assert answers(hub, "c20")["so1-ac1-annual-sales"] == 4321
    finally:
        start(hub)
    page.reload()
    page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first.wait_for()
    page.wait_for_selector("html[data-kit=ready]")
    hand_in(page, "Handed in to may at")
    _, said = hub.kit("fay", "collect", "may", "--exchange")
    held = json.loads((hub.cohort / "submitted/L-0023/so1/answers.json").read_text())
    assert held["answers"]["so1-ac1-annual-sales"] == 4321, said


def test_ones_server_is_killed_and_the_page_says_so_then_goes_on(hub, page):
    own = opened(hub, page, "c21")
    field = page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first
    field.fill("777")
    field.press("Tab")
    deadline = time.monotonic() + PATIENCE
    while answers(hub, "c21").get("so1-ac1-annual-sales") != 777 and time.monotonic() < deadline:
        time.sleep(0.2)
    page.locator(".lk-declaration input").check()
    page.get_by_role("button", name="Hand in my work").click()
    page.get_by_role("button", name="Hand in as it is").wait_for()
    os.kill(server_of(hub, "c21"), signal.SIGKILL)
    page.get_by_role("button", name="Hand in as it is").click()
    page.wait_for_selector("#kit-trouble:visible")
    told = page.locator("#kit-trouble").inner_text()
    assert "lost its connection" in told and "What was saved is safe" in told
    assert page.locator("main .kit-form").first.evaluate("one => one.inert"), (
        "nobody types into a page that keeps nothing"
    )
    page.goto("about:blank")
    deadline = time.monotonic() + PATIENCE
    while "/voila/render/" not in page.url:  # the hub looks after its servers twice a minute
        assert time.monotonic() < deadline, page.inner_text("body")
        page.goto(f"{hub.address}/hub/spawn/{hub.name('c21')}")
        page.wait_for_timeout(3_000)
    page.goto(f"{own}/voila/render/work/so1/so1.ipynb")
    page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first.wait_for()
    page.wait_for_selector("html[data-kit=ready]")
    assert answers(hub, "c21")["so1-ac1-annual-sales"] == 777
    hand_in(page, "Handed in to may at")


def test_a_hand_in_that_is_killed_half_way_is_there_whole_or_not_at_all(course):
    work = course.home("c22") / "half"
    inbound, received = course.root / "exchange/may/inbound", course.cohort / "received/L-0025/so1"
    course.kit("fay", "collect", "may", "--exchange")  # what others of this number's tests handed in
    before, kept = set(os.listdir(inbound)), len(list(received.glob("*.zip")))
    process = course.popen("c22", str(course.python), "-P", "-c", HALF_WAY, str(work), "L-0025")
    assert process.stdout.readline().strip() == "HALF WAY"
    process.kill()
    process.communicate(timeout=PATIENCE)
    (left,) = set(os.listdir(inbound)) - before
    assert left.startswith(".coming-")
    course.kit("fay", "collect", "may", "--exchange")
    assert len(list(received.glob("*.zip"))) == kept, "half of a hand-in is nobody's"
    (packed,) = (work / "zips").glob("*.zip")
    code, said = course.kit("c22", "submit", str(work / "so1"), "--exchange", "--own-work", "--to", str(work / "zips"))
    assert code == 0 and "Handed in to may" in said, said
    course.kit("fay", "collect", "may", "--exchange")
    assert len(list(received.glob("*.zip"))) == kept + 1
    assert packed.exists(), "what was packed stays with the learner"


def test_anothers_token_opens_nothing_and_the_answer_is_no_page_of_code(hub, visit):
    """A learner's token at another's folder: refused without a word of what is there (more ways in test_security)."""
    import requests

    made = visit("ann").api("POST", f"/users/{hub.name('ann')}/tokens", json={"note": "try"}).json()["token"]
    visit("ben")
    for path in ("work/so1/answers.json", "work", ""):
        for method in ("GET", "PUT", "DELETE"):
            got = requests.request(
                method,
                f"{hub.address}/user/{hub.name('ben')}/api/contents/{path}",
                headers={"Authorization": f"token {made}"},
                json={"type": "file", "format": "text", "content": "{}"},
                timeout=PATIENCE,
                allow_redirects=False,
            )
            assert got.status_code in {302, 403, 404, 405}, (method, path, got.status_code)
            assert "Traceback" not in got.text
    assert answers(hub, "ben") is not None
