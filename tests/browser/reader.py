"""What a reader does on a page: opens it, presses, fills in, chooses, saves; and what axe finds there."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

from .journey import loaded

GUIDES = ("01-customer-care", "so1-benefits", "so2-initiate", "so3-maintain", "so4-administer")
GUIDED = ("00-welcome", "glossary", *GUIDES)
SIZES = ((1280, 720), (1024, 600))  # of the screens that the kit is made for
SHORT = 30_000  # milliseconds for what a form does, once the page stands
TODAY = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).date()  # in South Africa
NAMES = """Nkosi; Thandi
Dlamini; Sipho
Botha; Annelie
Naidoo; Priya
Van der Merwe; Jan
Mokoena; Lerato
Khumalo; Bongani
Smith; Rachel
Pillay; Devan
Ngcobo; Zodwa
Mthembu; Musa
Adams; Fatima"""


class Guide:
    """An open page: its forms by what they say, and what a learner does with them."""

    def __init__(self, page, name: str) -> None:
        self.page, self.name = page, name

    def form(self, says: str):
        """The form with these words; a form in a form counts with the outer one."""
        return self.page.locator(".kit-form").filter(has_text=says).first

    def type(self, form, label: str, text: str) -> None:
        box = form.get_by_label(label, exact=True).first
        box.fill(text)
        box.press("Tab")

    def press(self, form, name: str) -> None:
        form.get_by_role("button", name=name, exact=True).first.click()

    def read(self, form, said: str | re.Pattern) -> None:
        """Wait until the form says it; spaces between figures do not break lines, so they are read as such."""
        pattern = said if isinstance(said, re.Pattern) else re.compile(re.escape(said).replace(r"\ ", r"\s"))
        form.get_by_text(pattern).locator("visible=true").first.wait_for()

    def changes(self, form, before: str) -> None:
        """Wait until a form says something else than before."""
        self.page.wait_for_function(
            "([form, before]) => form.innerText !== before", arg=[form.element_handle(), before]
        )

    def slide(self, form, label: str, key: str, times: int = 1) -> None:
        handle = form.get_by_role("slider", name=label).first
        handle.focus()
        for _ in range(times):
            handle.press(key)


def ready(page, address: str) -> float:
    """Open a page and wait until its forms stand; return the seconds that took."""
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    loaded(page)
    return time.monotonic() - begun


def press(page, button: str, says: str) -> None:
    """Press a button and wait for what it says."""
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("[role=status]", has_text=says).first.wait_for()


def fill(page, label: str, value: str) -> None:
    field = page.get_by_label(label).first
    field.fill(value)
    field.blur()


def choose(page, label: str, starts: str) -> None:
    """Choose what begins with some words; a list that is drawn anew meanwhile is read again."""
    field = page.get_by_label(label, exact=True).first
    for last in (False, False, False, False, True):
        field.locator("option", has_text=starts).first.wait_for(state="attached")
        names = [name for name in field.locator("option").all_inner_texts() if name.startswith(starts)]
        try:
            field.select_option(label=names[0], timeout=None if last else 5_000)
            return
        except (IndexError, TimeoutError):
            if last:
                raise


def tab(page, name: str) -> None:
    """Open a part of the desk."""
    page.get_by_role("tab", name=name, exact=True).click()
    assert page.get_by_role("tabpanel").count() == 1, "one part at a time"


def upload(page, button: str, *files) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(list(files))
    page.get_by_role("button", name=f"{button} (").filter(has_text=f"({len(files)})").wait_for()


def saved(page, link: str) -> Path:
    """Follow a link that saves a file, and give the file."""
    with page.expect_download() as done:
        page.get_by_role("link", name=link).first.click()
    return Path(done.value.path())


def enrol(page, name: str) -> None:
    """Make a class of twelve at the facilitator's desk."""
    tab(page, "Class")
    fill(page, "Name of the new cohort", name)
    press(page, "Make this cohort", "It is open now")
    fill(page, "Or type them here", NAMES)
    press(page, "Check the list", "12 people are in order")
    press(page, f"Enrol 12 in {name}", "Enrolled 12 learners")


def days() -> str:
    """Six times two hours, the first of them today."""
    return "\n".join(f"{TODAY + dt.timedelta(days=7 * week)} 09:00-11:00" for week in range(6))


def no_code(page) -> None:
    """See that a page shows what it is for, and nothing of how it is made."""
    assert page.locator(".jp-InputArea, .jp-InputPrompt, .highlight").count() == 0
    words = page.locator("main").inner_text()
    for sign in ("Traceback", "Error:", "Warning", "import ", "In [", "Widget("):
        assert sign not in words
    assert page.locator("main .kit-trouble:visible").count() == 0


def violations(page, within: str | None = "main", impacts: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on a page, by rule and place; only of these impacts, if some are named."""
    found = Axe().run(page, context=within).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
        if not impacts or one["impact"] in impacts
    ]
