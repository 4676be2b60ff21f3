"""What the tests do as somebody at the hub, and what they look up of them."""

from __future__ import annotations

import json
import pwd
from pathlib import Path

from .conftest import processes_of


def sign_in(hub, page, who: str) -> str:
    """Sign in with the browser; where the account's own addresses begin."""
    page.goto(hub.address)
    page.fill("#username_input", hub.name(who))
    page.fill("#password_input", hub.passwords[who])
    page.click("#login_submit")
    page.wait_for_url("**/voila/render/**")
    return f"{hub.address}/user/{hub.name(who)}"


def answers(hub, who: str) -> dict:
    """What is kept of somebody's answers to workbook so1."""
    path = hub.home(who) / "learner-kit" / "work" / "so1" / "answers.json"
    return json.loads(path.read_text())["answers"] if path.exists() else {}


def server_of(hub, who) -> int:
    """The process of somebody's server."""
    for number in processes_of({pwd.getpwnam(hub.name(who)).pw_uid}):
        if b"learner_kit.hub" in Path(f"/proc/{number}/cmdline").read_bytes():
            return number
    raise AssertionError(f"{who} has no server")
