"""What breaks while work is handed in on a hub: told in clear words, nothing lost, and the button works again."""

from __future__ import annotations

import os

import pytest

from .conftest import PATIENCE
from .test_hub import answers

pytestmark = pytest.mark.xdist_group("hub")

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


def test_a_hand_in_that_is_killed_half_way_is_there_whole_or_not_at_all(course):
    work = course.home("c22") / "half"
    inbound = course.root / "exchange/may/inbound"
    before = set(os.listdir(inbound))
    process = course.popen("c22", str(course.python), "-P", "-c", HALF_WAY, str(work), "L-0025")
    assert process.stdout.readline().strip() == "HALF WAY"
    process.kill()
    process.communicate(timeout=PATIENCE)
    (left,) = set(os.listdir(inbound)) - before
    assert left.startswith(".coming-")
    _, said = course.kit("fay", "collect", "may", "--exchange")
    assert "L-0025" not in said, "half of a hand-in is nobody's"
    (packed,) = (work / "zips").glob("*.zip")
    code, said = course.kit("c22", "submit", str(work / "so1"), "--exchange", "--own-work", "--to", str(work / "zips"))
    assert code == 0 and "Handed in to may" in said, said
    course.kit("fay", "collect", "may", "--exchange")
    assert len(list((course.cohort / "received/L-0025/so1").glob("*.zip"))) == 1
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
