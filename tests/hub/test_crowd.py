"""Fifty learners hand in at the same moment, each as an account of its own; none is lost and none is another's."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from .conftest import CROWD

pytestmark = pytest.mark.xdist_group("hub")

# As root, once: loads the kit, then becomes each learner in a process of its own, all of them waiting for one start.
HAND_IN = r"""
import json, os, pwd, sys, time
from pathlib import Path
from learner_kit.course import exchange, submission
root, prefix, count, start = sys.argv[1], sys.argv[2], int(sys.argv[3]), time.time() + 1.0
os.environ["LEARNER_KIT_EXCHANGE"] = root
children = []
for number in range(count):
    child = os.fork()
    if child:
        children.append(child)
        continue
    try:
        about = pwd.getpwnam(f"{prefix}c{number:02}")
        os.setgroups(os.getgrouplist(about.pw_name, about.pw_gid))
        os.setgid(about.pw_gid)
        os.setuid(about.pw_uid)
        os.umask(0o077)
        os.environ.update(HOME=about.pw_dir, USER=about.pw_name, LOGNAME=about.pw_name)
        learner = f"L-{number + 3:04}"
        joined = exchange.opened("may")
        exchange.fetch(joined, Path(about.pw_dir) / "work", learner)
        folder = Path(about.pw_dir) / "work" / "so1"
        held = json.loads((folder / "answers.json").read_text())
        held["answers"] = {"so1-ac1-annual-sales": 1000 + number}
        (folder / "answers.json").write_text(json.dumps(held))
        packed = submission.pack(folder, "so1", learner, folder / "handed-in", declared=True)
        time.sleep(max(0, start - time.time()))
        exchange.hand_in(joined, packed.path, "so1")
        print(json.dumps([learner, packed.receipt]), flush=True)
        os._exit(0)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


def test_fifty_at_once_and_none_is_lost(course, record_property):
    handing, collecting = all_at_once(course)
    record_property("handing in, s", round(handing, 1))
    record_property("collecting, s", round(collecting, 1))
    assert handing < 60, "within one minute"


def all_at_once(course, count: int = CROWD) -> tuple[float, float]:
    """Let so many accounts hand in at the same moment, and collect; the seconds that each took."""
    began = time.monotonic()
    done = subprocess.run(
        [str(course.python), "-P", "-c", HAND_IN, str(course.root / "exchange"), course.prefix, str(count)],
        env={"PYTHONPATH": str(course.root / "learner"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        cwd="/",
    )
    handing = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    receipts = dict(json.loads(line) for line in done.stdout.splitlines())
    assert len(receipts) == count
    inbound = course.root / "exchange" / "may" / "inbound"
    assert not [one for one in os.listdir(inbound) if one.startswith(".coming")]

    began = time.monotonic()
    code = (
        "import json, sys\nfrom learner_kit.course import arrivals\nfrom learner_kit.course.cohort import open_cohort\n"
        "taken = arrivals.collect(open_cohort('may'), 'fay')\n"
        "print('TAKEN', json.dumps([[one.learner, one.receipt, one.state] for one in taken]))\n"
    )
    code, said = course.run_python("fay", code)
    collecting = time.monotonic() - began
    assert code == 0, said
    taken = {
        learner: receipt for learner, receipt, state in json.loads(said.partition("TAKEN ")[2]) if state != "refused"
    }
    assert {learner: taken.get(learner) for learner in receipts} == receipts
    for number in range(count):
        held = json.loads((course.cohort / "submitted" / f"L-{number + 3:04}" / "so1" / "answers.json").read_text())
        assert held["answers"]["so1-ac1-annual-sales"] == 1000 + number
    print(f"{count} learners handed in within {handing:.1f} s (loading included); collected in {collecting:.1f} s")
    return handing, collecting
