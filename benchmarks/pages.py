"""How long pages take to open: from the click to the first form, and to the last one.

    python benchmarks/pages.py                # every page of the lessons
    python benchmarks/pages.py so1-benefits   # only some

The kit's own server and a real Chromium, as a learner has them. Each page is opened right after the server has started
(cold: nothing is kept ready, no file in the browser's memory), then once more after the browser was on another page
(second). What comes over the network is counted too: it matters where the server is not this computer. So are the
messages about widgets, and the processor's time of the page's kernel (cold: with loading the libraries). Prints a
Markdown table; exit 1 when a first form took longer than the limit.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))  # the same server as in the tests
from journey import chromium, loaded, serving  # noqa: E402 (a room of the tests)

LIMIT = 5.0  # seconds from the click to the first form
PAGES = ("00-welcome", "01-customer-care", "so1-benefits", "so2-initiate", "so3-maintain", "so4-administer")
FIRST = "() => Array.from(document.querySelectorAll('.kit-form .lk-form')).some(one => one.offsetHeight > 0)"


class Taken(NamedTuple):
    """Seconds from the click: the first form, all forms; and what it took by then.

    Megabytes (1e6) that came over the network, messages about widgets, and the processor's seconds of the page's kernel.
    """

    first: float
    all: float
    received: float
    messages: int
    kernel: float


def main(names: list[str]) -> bool:
    """Measure, print, and say whether every page keeps to the limit."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise SystemExit("No Chromium on this computer (Debian: apt install chromium).")
    rows, over = [], []
    with sync_playwright() as play:
        for name in names:
            with tempfile.TemporaryDirectory() as place:
                cohort = Path(place, "cohort")
                cohort.mkdir()
                (cohort / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'pages'\n")
                with serving(cohort, Path(place)) as kit:
                    started = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
                    page = started.new_page(viewport={"width": 1280, "height": 720})
                    page.set_default_timeout(120_000)
                    cold = opened(page, kit.page(f"{name}.ipynb"))
                    page.goto(kit.page("glossary.ipynb"))
                    page.wait_for_timeout(6000)  # a learner reads; the kit gets the next kernel ready meanwhile
                    second = opened(page, kit.page(f"{name}.ipynb"))
                    started.close()
            rows.append((name, cold, second))
            if max(cold.first, second.first) > LIMIT:
                over.append(name)
            print(f"{name}: {cold} {second}", file=sys.stderr, flush=True)
    heads = "first form | all forms | received | messages | kernel"
    print(f"| page | cold: {heads} | second: {heads} |")
    print("|---|" + 10 * "---:|")
    for name, *both in rows:
        cells = [
            f"{one.first:.1f} s | {one.all:.1f} s | {one.received:.1f} MB | {one.messages} | {one.kernel:.1f} s"
            for one in both
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\nLimit: first form {LIMIT:.0f} s. Over: {', '.join(over) or 'none'}. {os.cpu_count()} cores{load}.")
    return not over


def opened(page: Any, address: str) -> Taken:
    """Open a page and wait for its forms."""
    came: list[float] = []
    frames: list[str] = []

    def hear(said: dict[str, Any]) -> None:
        came.append(len(said["response"]["payloadData"]))
        frames.append(said["response"]["payloadData"])

    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda said: came.append(said["encodedDataLength"]))
    network.on("Network.webSocketFrameReceived", hear)
    before = kernels()
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_function(FIRST, polling=20)
    first = time.monotonic() - begun
    loaded(page)
    all_forms = time.monotonic() - begun
    mine = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    used = kernels().get(mine, 0.0) - before.get(mine, 0.0)
    network.detach()
    return Taken(first, all_forms, sum(came) / 1e6, sum(map(of_widgets, frames)), used)


def kernels() -> dict[str, float]:
    """The processor's seconds of each kernel on this computer, by its id."""
    import psutil

    found = {}
    for one in psutil.process_iter(["cmdline", "cpu_times"]):
        name = re.search(r"kernel-([\w-]+)\.json", " ".join(one.info["cmdline"] or ()))
        if name and one.info["cpu_times"]:
            found[name[1]] = one.info["cpu_times"].user + one.info["cpu_times"].system
    return found


def of_widgets(frame: str) -> bool:
    """Whether what came over the socket is about a widget; binary frames come as base64."""
    with suppress(ValueError):
        frame = base64.b64decode(frame, validate=True).decode("utf-8", "replace")
    return '"comm_open"' in frame or '"comm_msg"' in frame


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("pages", nargs="*", default=list(PAGES), help="names of notebooks, without .ipynb")
    sys.exit(not main(asked.parse_args().pages))
