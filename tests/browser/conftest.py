"""One real server and one real browser for all browser tests."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

from .journey import ROOT, Kit, chromium, loaded, serving

PATIENCE = 120_000  # milliseconds; a slow machine is no fault of the kit
# nbgrader's own extension complains on pages that are no JupyterLab; it is not ours to mend and harms nobody.
KNOWN = (
    "@jupyter/nbgrader",
    "@jupyterlab/filebrowser doesn't exist in shared scope",
    "widget model not found",  # asked for too early on a busy machine; the page draws it again (kit.js)
)


def notebook(path: Path, *cells: str) -> Path:
    """Write a small notebook: cells that begin with `#` are text, others are code."""
    made = [
        nbformat.v4.new_markdown_cell(cell) if cell.startswith("#") else nbformat.v4.new_code_cell(cell)
        for cell in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="session")
def kit(tmp_path_factory) -> Iterator[Kit]:
    """Start the kit's server as `learner-kit start --no-browser` does, once for all tests; stop it with Ctrl+C."""
    place = tmp_path_factory.mktemp("served")
    cohort = place / "cohort"
    cohort.mkdir()
    lines = [
        "c = get_config()",
        'c.CourseDirectory.course_id = "practice"',
        f"c.CourseDirectory.root = {str(cohort)!r}",
    ]
    (cohort / "nbgrader_config.py").write_text("\n".join([*lines, ""]), encoding="utf-8")
    with serving(cohort, place) as served:
        yield served


@pytest.fixture
def name():
    """A class of its own, which is gone afterwards."""
    made = f"try-{secrets.token_hex(4)}"
    yield made
    shutil.rmtree(ROOT / "cohorts" / made, ignore_errors=True)
    (ROOT / "notebooks" / "progress-class.json").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def browser():
    """Start Debian's Chromium, or skip with the reason.

    Playwright leaves an event loop running in the thread for as long as it is open, and tests of other modules
    need a thread without one: so it is closed again with the module, wherever a test runner puts that.
    """
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this computer (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"], timeout=PATIENCE
        )
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A fresh page that remembers every request and every error; whatever leaves the computer fails the test."""
    opened = fresh(browser)
    yield opened
    opened.context.close()
    whole(opened)


@pytest.fixture(scope="module")
def kept(browser):
    """Give a page of an address; it stays open for the tests of a module, as it does for a reader.

    Opening is what takes time. A test that leaves the page, or spoils it, makes the next one open it anew.
    """
    held, gone = {}, []

    def give(address: str):
        opened = held.get(address)
        if opened and opened.url.partition("#")[0].partition("?")[0] == address.partition("?")[0]:
            opened.keyboard.press("Escape")
        else:
            gone.extend(held.values())
            for one in held.values():  # one page at a time: a computer of a learner has one open, too
                one.context.close()
            held.clear()
            opened = held[address] = fresh(browser)
            opened.goto(address, wait_until="commit")
            loaded(opened)
        opened.set_viewport_size({"width": 1280, "height": 720})
        return opened

    yield give
    for one in held.values():
        one.context.close()
    for one in (*gone, *held.values()):
        whole(one)


def fresh(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(PATIENCE)
    opened = context.new_page()
    opened.asked, opened.faults = [], []
    context.on("request", lambda request: opened.asked.append(request.url))
    opened.on("websocket", lambda socket: opened.asked.append(socket.url))
    opened.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: opened.faults.append(str(error)))
    return opened


def whole(opened) -> None:
    """Look at what a page asked for and complained of."""
    foreign = [
        url
        for url in opened.asked
        if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).hostname != "127.0.0.1"
    ]
    faults = [fault for fault in opened.faults if not any(known in fault for known in KNOWN)]
    assert not foreign, f"asked of other machines: {foreign}"
    assert not faults, f"errors in the browser's console: {faults}"
