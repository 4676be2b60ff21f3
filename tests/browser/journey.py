"""What everybody who opens the kit in a browser shares: a server, a copy of the kit as a new user has it, pictures.

Imports nothing of its neighbours, nor pytest, so that scripts use it too: docs/pictures/take.py and benchmarks/pages.py.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("learner_kit", "notebooks", "assessments", "data", "programmes")
OWN = ("progress*.json", "*.lock", ".ipynb_checkpoints")  # what somebody did in this kit stays out of the copy
SHOTS = "LEARNER_KIT_SHOTS"  # the folder for pictures of the steps; test-results/ without it
PATIENCE = 120  # seconds; a slow machine is no fault of the kit
WELCOME = "notebooks/00-welcome.ipynb"


class Home(NamedTuple):
    """A copy of the kit, and the address at which it is open."""

    folder: Path
    address: str

    def page(self, path: str, face: str = "voila/render") -> str:
        """Give the address of a notebook of this kit as a page, or with `lab/tree` in JupyterLab."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/{face}/{path}?{parts.query}"


class Kit(NamedTuple):
    """The running server of this kit: its address with the token, the cohort's folder, and how pages are addressed."""

    address: str
    cohort: Path
    asked_port: int

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def token(self) -> str:
        return self.address.rpartition("token=")[2]

    def page(self, name: str) -> str:
        """Give the address of a page of the kit's notebooks."""
        return self.address.replace("00-welcome.ipynb", name)

    def file(self, path: Path) -> str:
        """Give the address of any notebook below the served folder, as a page."""
        prefix = urlsplit(self.address).path.removeprefix("/voila/render/").removesuffix("notebooks/00-welcome.ipynb")
        root = ROOT.parents[len(Path(prefix).parts) - 1] if prefix else ROOT
        return f"{self.origin}/voila/render/{path.resolve().relative_to(root).as_posix()}?token={self.token}"


def copied(folder: Path) -> Path:
    """Copy the kit as it is given to somebody: no class, no workbook laid out, nobody's progress."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(*OWN))
    return folder


def command(home: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """Give the command line and the environment for `learner-kit WORDS` in a copy of the kit."""
    code = "import sys; from learner_kit.cli import main; sys.exit(main())"
    given = {name: value for name, value in os.environ.items() if not name.startswith(("LEARNER_KIT_", "JUPYTER_"))}
    return [sys.executable, "-c", code, *words], {**given, "PYTHONPATH": str(home), "MPLBACKEND": "agg"}


def run(home: Path, *words: str) -> str:
    """Run a command of the kit to its end and give what it said."""
    line, given = command(home, *words)
    done = subprocess.run(
        line, env=given, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@contextmanager
def started(home: Path, *words: str) -> Iterator[Home]:
    """Run `learner-kit start WORDS` in a copy of the kit, without opening a browser; stop it as Ctrl+C does."""
    with answering(*command(home, "start", *words, "--no-browser"), home) as (address, _):
        yield Home(home, address)


@contextmanager
def serving(cohort: Path, place: Path) -> Iterator[Kit]:
    """The kit's own server for one cohort, with Jupyter's files in `place`; the port it asks for is taken already."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        code = (
            "import sys, pathlib, learner_kit.serve as s\n"
            f"s.JUPYTER = pathlib.Path({str(place / 'jupyter')!r})\n"
            f"s.serve({str(cohort)!r}, browser=False, port={port})\n"
        )
        # Forms on the kit's own pages keep in it what somebody does: a test begins as a new reader, and puts it back.
        mine = ROOT / "notebooks" / "progress.json"
        before = mine.read_bytes() if mine.is_file() else None
        mine.unlink(missing_ok=True)
        with answering([sys.executable, "-c", code], None, place) as (address, said):
            try:
                yield Kit(address, cohort, port)
            finally:
                if before is None:
                    mine.unlink(missing_ok=True)
                else:
                    mine.write_bytes(before)
    assert len(said) == 5, f"the window shows more than the kit's own lines: {said}"
    assert said[-1].startswith("The kit has stopped")


@contextmanager
def answering(line: list[str], given: dict[str, str] | None, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Run a server of the kit until it says its address; give that and the list of what it says; stop it with Ctrl+C."""
    server = subprocess.Popen(
        line, env=given, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    said: list[str] = []
    arrived: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        for one in server.stdout:
            said.append(one.rstrip("\n"))
            arrived.put(one)
        arrived.put("")

    hearing = threading.Thread(target=listen, daemon=True)
    hearing.start()
    try:
        deadline, found = time.monotonic() + PATIENCE, None
        while found is None:
            one = arrived.get(timeout=max(0.1, deadline - time.monotonic()))
            assert one, "the kit ended early:\n" + "\n".join(said)
            found = re.search(r"http://127\.0\.0\.1:\S+", one)
        yield found[0], said
    finally:
        server.send_signal(signal.SIGINT if sys.platform != "win32" else signal.CTRL_C_EVENT)
        try:
            code = server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            code = None
        hearing.join(10)  # its last words count, too
    assert code == 0, "the kit did not stop well on Ctrl+C:\n" + "\n".join(said)


def loaded(page) -> None:
    """Wait until a page of the kit and its forms stand."""
    page.wait_for_selector("html[data-kit=ready]", state="attached")


def stands(page) -> None:
    """Wait until a page of the kit and its forms stand, and nothing of it failed."""
    loaded(page)
    assert page.locator("main .kit-trouble:visible").all_inner_texts() == []


def go(page, link) -> None:
    """Follow a link to another page of the kit."""
    link.click()
    page.wait_for_selector("html:not([data-kit=ready])", state="attached")
    stands(page)


def reads(face):
    """The place below the head of the page, and its tabs, where a part begins: there a reader has it before the eyes."""
    face.evaluate(
        """one => {
            const tabs = one.closest('.kit-panel') ? document.querySelector('.kit-tabs').offsetHeight : 0;
            window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - 90 - tabs);
        }"""
    )
    return face


def shot(page, name: str, at=None) -> Path:
    """Keep a picture of what stands on the screen, below a part of the page if one is given."""
    if at is not None:
        reads(at)
    folder = Path(os.environ.get(SHOTS) or ROOT / "test-results" / "journeys")
    folder.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(150)  # what slides into its place has come to rest
    page.screenshot(path=folder / f"{name}.png")
    return folder / f"{name}.png"


def chromium() -> str | None:
    """Find the browser of this computer."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)
