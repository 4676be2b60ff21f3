"""The README's pictures, taken in Chromium of the kit as it stands: `python docs/pictures/take.py`.

A copy of the kit runs the demo, so that the desks show a class; pictures are made small with few colours.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "browser"))

import journey  # noqa: E402 (a room of the tests)

LARGEST = 150_000  # bytes of a picture
MINUTE = 60_000


def main() -> int:
    """Take all pictures and say how large each is."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="learner-kit-") as place:
        os.environ[journey.SHOTS] = str(Path(place) / "shots")
        home = journey.copied(Path(place) / "kit")
        journey.run(home, "demo")
        with journey.started(home, "demo") as demo, sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=journey.chromium(), args=["--no-sandbox"])
            page = chromium.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(MINUTE)
            taken = [picture(page, demo) for picture in (welcome, lesson, workbook, assessor, facilitator)]
            chromium.close()
        for one in taken:
            print(f"{one.name}: {small(one, HERE / one.name) // 1000} kB")
    return 0


def small(taken: Path, to: Path) -> int:
    """Write a picture with few colours and give its size; flat areas lose nothing by it."""
    from PIL import Image

    with Image.open(taken) as held:
        for colours in (128, 64, 32):
            few = held.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
            few.save(to, optimize=True)
            if to.stat().st_size <= LARGEST:
                break
    return to.stat().st_size


def opened(page, address: str) -> None:
    page.goto(address, wait_until="commit")
    journey.stands(page)


def welcome(page, demo: journey.Home) -> Path:
    opened(page, demo.address)
    return journey.shot(page, "welcome")


def lesson(page, demo: journey.Home) -> Path:
    opened(page, demo.page("notebooks/so4-administer.ipynb"))
    tool = page.locator(".kit-form").filter(has_text="Weigh the scorecard").first
    handle = tool.get_by_role("slider").first
    handle.focus()
    handle.press("ArrowRight")
    return journey.shot(page, "lesson", tool)


def workbook(page, demo: journey.Home) -> Path:
    opened(page, demo.page("work/so1/so1.ipynb"))
    field = page.get_by_label("Your learner number", exact=True).first
    field.fill("L-0002")
    field.press("Tab")
    number = page.locator(".kit-form").filter(has_text="This workbook belongs to learner L-0002.").first
    number.wait_for()
    boxes = page.locator(".kit-form").filter(has_text="What is the sales potential for a year?").first.locator("input")
    for place, (said, answer) in enumerate((("R42 000,00", "Saved"), ("84,000", "two ways"))):
        boxes.nth(place).fill(said)
        boxes.nth(place).press("Tab")
        page.get_by_text(answer).nth(0).wait_for()
    return journey.shot(page, "workbook", page.get_by_role("heading", name="Activity 1: the shoe and handbag boutique"))


def assessor(page, demo: journey.Home) -> Path:
    opened(page, demo.page("notebooks/assessor.ipynb"))
    page.locator(".lk-matrix tbody tr").nth(5).wait_for()
    outcome = page.get_by_label("Outcome", exact=True)
    outcome.select_option(index=1)
    page.wait_for_timeout(1500)
    return journey.shot(page, "assessor", page.get_by_role("heading", name="The class"))


def facilitator(page, demo: journey.Home) -> Path:
    opened(page, demo.page("notebooks/facilitator.ipynb"))
    page.get_by_role("tab", name="Hand-ins").click()
    page.get_by_text("Who has handed in what").wait_for()
    return journey.shot(page, "facilitator", page.get_by_role("heading", name="Who has handed in", exact=True))


if __name__ == "__main__":
    sys.exit(main())
