"""A hub on this computer: from sign-in to an open workbook, memory of a learner at work, fifty who hand in at once.

As root under Linux, with what tests/hub needs: python benchmarks/signing_in.py
"""

from __future__ import annotations

import argparse
import importlib
import os
import pwd
import sys
import time
from pathlib import Path
from shutil import which

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
LIMIT = 15.0  # seconds from sign-in to a workbook's first form
PEOPLE = ("c10", "c11", "c12")
QUESTION = "What is the sales potential for a year?"


def main() -> int:
    try:
        import pytest
        from playwright.sync_api import sync_playwright

        made, crowd = importlib.import_module("hub.conftest"), importlib.import_module("hub.test_crowd")
    except ImportError as error:
        print(f"Nothing was measured: the libraries of requirements-test.lock are missing ({error}).", file=sys.stderr)
        return 1
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := which(name))), None)
    if path is None:
        print("Nothing was measured: no Chromium is on this computer (Debian: apt install chromium).", file=sys.stderr)
        return 1
    try:
        made.needed()
        return measure(made, crowd, sync_playwright, path)
    except pytest.skip.Exception as missing:  # what the tests of the hub say when they cannot run
        print(f"Nothing was measured: {missing}", file=sys.stderr)
        return 1


def measure(made, crowd, sync_playwright, path: str) -> int:
    """Measure, print, and give back 1 when a workbook took too long."""
    with made.installed() as hub:
        made.with_course(hub)
        handing, collecting = crowd.all_at_once(hub)
        with made.running(hub), sync_playwright() as play:
            browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
            for way in ("through the welcome page", "straight to the workbook"):
                for who in PEOPLE:
                    say(hub, way, who, *sign_in(hub, made, browser, who, way))
            browser.close()
    print(f"\n50 accounts handing in at once: {handing:.1f} s with loading; collecting them: {collecting:.1f} s")
    return 1 if worst > LIMIT else 0


worst = 0.0


def say(hub, way: str, who: str, welcome: float, workbook: float, memory: float, processor: float) -> None:
    global worst
    worst = max(worst, workbook)
    print(
        f"{way}: welcome {welcome:.1f} s, workbook {workbook:.1f} s; the account's processes: {memory:.0f} MB, "
        f"{processor:.1f} s of processor (load {os.getloadavg()[0]:.1f})",
        flush=True,
    )


def sign_in(hub, made, browser, who: str, way: str) -> tuple[float, float, float, float]:
    """Sign in as somebody without a server; seconds to the welcome page and to the workbook, MB, processor seconds."""
    uid = pwd.getpwnam(hub.name(who)).pw_uid
    stop_server(hub, made, who, uid)
    page = browser.new_context().new_page()
    page.set_default_timeout(120_000)
    straight = way.startswith("straight")
    page.goto(hub.address + ("/hub/user-redirect/voila/render/work/so1/so1.ipynb" if straight else "/"))
    page.fill("#username_input", hub.name(who))
    page.fill("#password_input", hub.passwords[who])
    began = time.monotonic()
    page.click("#login_submit")
    page.locator(".kit-menu a", has_text="Workbook 1").wait_for()
    welcome = time.monotonic() - began
    if not straight:
        page.locator(".kit-menu a", has_text="Workbook 1").click()
    page.locator(".lk-form").filter(has_text=QUESTION).locator("input").first.wait_for()
    workbook = time.monotonic() - began
    numbers = made.processes_of({uid})
    found = welcome, workbook, sum(map(memory, numbers)) / 2**20, sum(map(processor, numbers))
    page.context.close()
    return found


def stop_server(hub, made, who: str, uid: int) -> None:
    visitor = made.Visitor(hub, who)
    visitor.sign_in()
    visitor.api("DELETE", f"/users/{hub.name(who)}/server")
    deadline = time.monotonic() + 60
    while made.processes_of({uid}) and time.monotonic() < deadline:
        time.sleep(0.2)


def memory(number: int) -> float:
    """The memory of a process, what it shares with others counted in parts (PSS), in bytes."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def processor(number: int) -> float:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    sys.exit(main())
