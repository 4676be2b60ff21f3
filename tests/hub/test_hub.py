"""A real hub: a learner signs in with the system's password, answers and hands in; staff take it from there as themselves."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import time
from pathlib import Path

import pytest

from .conftest import PATIENCE, Visitor, processes_of, start
from .people import answers, server_of

pytestmark = pytest.mark.xdist_group("hub")
QUESTION = "What is the sales potential for a year?"


def kernels_of(hub, who: str) -> list[int]:
    found = processes_of({pwd.getpwnam(hub.name(who)).pw_uid})
    return [one for one in found if b"ipykernel" in Path(f"/proc/{one}/cmdline").read_bytes()]


def test_from_sign_in_to_collected_graded_and_read(hub, page, record_property):
    page.goto(hub.address)
    page.fill("#username_input", hub.name("ann"))
    page.fill("#password_input", hub.passwords["ann"])
    began = time.monotonic()
    page.click("#login_submit")
    page.wait_for_url("**/voila/render/notebooks/00-welcome.ipynb")
    menu = page.locator(".kit-menu a", has_text="Workbook 1")
    menu.wait_for()
    welcome = time.monotonic() - began
    assert not page.locator(".kit-menu a", has_text=re.compile("Facilitator|Assessor|Moderator")).count()
    menu.click()
    field = page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first
    field.wait_for()
    standing = time.monotonic() - began
    record_property("sign-in to welcome page, s", round(welcome, 1))
    record_property("sign-in to open workbook, s", round(standing, 1))
    print(
        f"sign-in to welcome page {welcome:.1f} s, to the workbook's first form {standing:.1f} s "
        f"(load {os.getloadavg()[0]:.1f})"
    )

    deadline = time.monotonic() + PATIENCE  # the welcome page was left: its kernel goes
    while len(kernels := kernels_of(hub, "ann")) > 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(kernels) == 1

    field.fill("61234")
    field.press("Tab")
    deadline = time.monotonic() + PATIENCE
    while answers(hub, "ann").get("so1-ac1-annual-sales") != 61234 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answers(hub, "ann")["so1-ac1-annual-sales"] == 61234
    assert page.locator(".lk-form", has_text="L-0001").count(), "the hub knows the learner's number"
    page.locator(".lk-declaration input").check()
    page.get_by_role("button", name="Hand in my work").click()
    asked = re.compile("Nothing is handed in yet|Not handed in again yet")  # once, because questions are still open
    page.get_by_text(asked).wait_for()
    page.get_by_role("button", name="Hand in as it is").click()
    page.get_by_text("Handed in to may at").wait_for()
    receipt = page.locator(".lk-form strong", has_text=re.compile("^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$")).inner_text()

    code, said = hub.kit("fay", "collect", "may", "--exchange")
    assert code == 0 or "refused" in said, said
    assert list((hub.cohort / "received/L-0001/so1").glob(f"*-{receipt}.zip"))
    held = json.loads((hub.cohort / "submitted/L-0001/so1/answers.json").read_text())
    assert held["answers"]["so1-ac1-annual-sales"] == 61234
    code, said = hub.kit("amy", "grade", "may")
    assert code == 0, said
    code, said = hub.kit("mia", "matrix", "may", "--json")
    assert code == 0 and "L-0001" in said, said


def test_staff_get_their_desk_and_formgrader(hub, visit):
    amy, name = visit("amy"), hub.name("amy")
    got = amy.get(f"/user/{name}/", allow_redirects=False)
    assert "/voila/render/notebooks/assessor.ipynb" in got.headers["Location"]
    assert amy.get(f"/user/{name}/api/contents/notebooks/assessor.ipynb?content=0").status_code == 200
    assert amy.get(f"/user/{name}/formgrader").status_code == 200
    assert "frame-ancestors 'self'" in amy.get(f"/user/{name}/formgrader").headers["Content-Security-Policy"]
    listed = amy.get(f"/user/{name}/formgrader/api/assignments").json()
    assert [one["name"] for one in listed if one["status"] == "released" or one["source_path"]][:1]


def test_the_hub_goes_down_while_people_work(hub, visit):
    ann, before = visit("ann"), server_of(hub, "ann")
    os.kill(hub.process.pid, signal.SIGKILL)
    hub.process.wait()
    folder = hub.home("ann") / "learner-kit" / "work" / "so1"
    code, said = hub.kit("ann", "submit", str(folder), "--exchange", "--own-work", "--to", str(folder / "handed-in"))
    assert code == 0 and "Handed in to may" in said, said
    start(hub)
    assert server_of(hub, "ann") == before, "her server went on"
    assert ann.get("/hub/home").url.endswith("/hub/home"), "she is still signed in"
    got = ann.get(f"/user/{hub.name('ann')}/api/contents/work/so1/answers.json")
    assert got.status_code == 200


FULL = r"""
import resource, signal, sys
from pathlib import Path
from learner_kit.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
work = Path(sys.argv[1])
from learner_kit.course import exchange, submission
packed = submission.pack(work, "so1", sys.argv[2], work / "handed-in", declared=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (packed.path.stat().st_size // 2, resource.RLIM_INFINITY))
try:
    exchange.hand_in(exchange.joined(), packed.path, "so1")
except exchange.KitError as error:
    print("SAID", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print("KEPT", packed.path.exists())
exchange.hand_in(exchange.joined(), packed.path, "so1")
print("THEN handed in")
"""


def test_a_disk_that_is_full_half_way_loses_nothing(course):
    work = course.home("ann") / "full"
    code = (
        "import sys; from learner_kit.course import exchange as e; e.fetch(e.joined(), sys.argv[1], 'L-0001')\n"
        + "sys.argv[1] += '/so1'\n"
        + FULL
    )
    inbound = course.root / "exchange/may/inbound"
    before = set(os.listdir(inbound))
    code, said = course.run_python("ann", code, str(work), "L-0001")
    assert code == 0, said
    assert "disk is full" in said and "Nothing is lost" in said and "KEPT True" in said and "THEN handed in" in said
    new = set(os.listdir(inbound)) - before
    assert len(new) == 1 and not any(one.startswith(".coming") for one in new)


def test_a_guest_of_the_system_has_no_place_at_the_hub(hub):
    assert Visitor(hub, "guest").sign_in().status_code == 403


def test_the_rights_that_the_hub_asks_for_before_it_starts(course):
    import subprocess
    import sys

    def check() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "learner_kit.hub", "check", str(course.settings)], capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    assert check()[0] == 0, check()[1]
    places = (
        (course.root / "staff/cohorts", 0o2775),
        (course.root / "exchange/may/inbound", 0o3777),
        (course.root / "hub", 0o755),
    )
    try:
        for path, rights in places:
            path.chmod(rights)
        code, said = check()
        assert code == 1
        for path, _ in places:
            assert str(path) in said
    finally:
        for path, rights in zip((one for one, _ in places), (0o2770, 0o3773, 0o700), strict=True):
            path.chmod(rights)


def test_nbgraders_own_fetch_and_submit_work_in_it(course):
    """The folders are nbgrader's: its own commands fetch from them and hand in to them."""
    code = r"""
import os, sys
from pathlib import Path
home = Path.home() / "stock"
home.mkdir(exist_ok=True)
os.chdir(home)
from traitlets.config import Config
from nbgrader.coursedir import CourseDirectory
from nbgrader.auth import Authenticator
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeSubmit
config = Config()
config.CourseDirectory.course_id, config.CourseDirectory.assignment_id = "may", "so1"
config.Exchange.root, config.Exchange.cache = sys.argv[1], str(home / "cache")
config.Exchange.timezone = "UTC"
def run(kind):
    folder = CourseDirectory(config=config)
    kind(coursedir=folder, authenticator=Authenticator(config=config), config=config).start()
run(ExchangeFetchAssignment)
(home / "so1" / "answers.json").write_text(
    '{"format": 1, "workbook": "so1", "learner": null, "answers": {"so1-ac1-annual-sales": 7}}'
)
run(ExchangeSubmit)
print("DONE")
"""
    code, said = course.run_python("c49", code, str(course.root / "exchange"))
    assert code == 0 and "DONE" in said, said
    code, said = course.kit("fay", "collect", "may", "--exchange")
    kept = sorted((course.cohort / "received" / "L-0052" / "so1").glob("*.zip"))
    assert kept, said
