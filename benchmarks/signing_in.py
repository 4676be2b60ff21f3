"""A hub on this computer: from sign-in to an open workbook, memory of a learner at work, fifty who hand in at once, and
what a lesson takes from the line.

As root under Linux, with what tests/hub needs: python benchmarks/signing_in.py
"""

from __future__ import annotations

import argparse
import importlib
import os
import pwd
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
LIMIT = 15.0  # seconds from sign-in to a workbook's first form
PEOPLE = ("c10", "c11", "c12")
LESSON = "so1-benefits"
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
            welcome, first, again = on_the_line(hub, browser, PEOPLE[0])
            browser.close()
    print(f"\nover the line: welcome page {welcome:.2f} MB, then {LESSON} {first:.2f} MB, once more {again:.2f} MB")
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


def on_the_line(hub, browser, who: str) -> list[float]:
    """Megabytes (1e6) that travel to the browser: for sign-in and welcome page, for a lesson after it, for that once more."""
    with counted(urlsplit(hub.address)) as (port, came):
        page = browser.new_context().new_page()
        page.set_default_timeout(120_000)
        page.goto(f"http://127.0.0.1:{port}/hub/login")
        page.fill("#username_input", hub.name(who))
        page.fill("#password_input", hub.passwords[who])
        page.click("#login_submit")
        found = []
        for name in ("00-welcome", LESSON, LESSON):
            before = sum(came) if found else 0
            page.goto(f"http://127.0.0.1:{port}/user/{hub.name(who)}/voila/render/notebooks/{name}.ipynb")
            page.wait_for_selector("html[data-kit=ready]", state="attached")
            found.append((sum(came) - before) / 1e6)
            page.goto("about:blank")  # what the page still asks for counts for nobody
        page.context.close()
    return found


@contextmanager
def counted(to):
    """A port that leads to an address, and the sizes of all that came back through it."""
    came: list[int] = []

    def carry(source: socket.socket, target: socket.socket, sizes: list[int]) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                sizes.append(len(part))
                target.sendall(part)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def lead() -> None:
        with suppress(OSError):
            while True:
                here, there = door.accept()[0], socket.create_connection((to.hostname, to.port))
                for pair in ((here, there, []), (there, here, came)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=lead, daemon=True).start()
        yield door.getsockname()[1], came


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
