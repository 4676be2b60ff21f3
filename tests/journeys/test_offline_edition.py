"""From a stick, without a network: a learner's edition with its packages sets itself up, opens and hands in.

The packages are fetched once (pip keeps them for the next time); then everything runs in a network namespace that is
empty but for the computer itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from learner_kit.editions import wheels

from ..classwork import write_answers

pytestmark = pytest.mark.xdist_group("offline")  # some minutes: in one process, once

INSIDE = """
import fcntl, json, os, re, signal, socket, struct, subprocess, sys, time, urllib.request
lo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(lo, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # the computer may talk to itself
try:
    socket.create_connection(("192.0.2.1", 80), timeout=3)
    sys.exit("there is a network here")
except OSError as error:
    print("NO NETWORK", error.strerror, flush=True)
done = subprocess.run([sys.executable, "start.py", "submit", "work/so1", "--own-work", "--to", "out"])
print("SUBMIT", done.returncode, flush=True)
line = [sys.executable, "start.py", "start", "--no-browser"]
kit = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, start_new_session=True)
address = ""
for line in kit.stdout:
    if found := re.search(r"http://127\\S+", line):
        address = found[0]
    if "Ctrl+C" in line:
        break
try:
    page = urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address, timeout=120).read().decode()
    print("PAGE", "Welcome to the Learner Kit" in page, "Traceback" in page, flush=True)
finally:
    kit.terminate()
    try:
        print("STOP", kit.wait(60), flush=True)
    except subprocess.TimeoutExpired:
        os.killpg(kit.pid, signal.SIGKILL)
"""


def alone() -> list[str]:
    """The command that gives a program a network of its own, with nothing in it."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("network namespaces are Linux's; unshare is not here")
    line = ["unshare", "--net"]
    if subprocess.run([*line, "true"], capture_output=True).returncode:
        pytest.skip("a network namespace needs the rights of root")
    return line


@pytest.fixture(scope="module")
def carried(tmp_path_factory) -> Path:
    """A learner's edition with the packages for this computer and this Python."""
    if not os.environ.get("LEARNER_KIT_LONG_TESTS"):
        pytest.skip("takes some minutes and 1,5 GB of disk: set LEARNER_KIT_LONG_TESTS=1, as .ci/run does")
    alone()
    if wheels.this_python() not in wheels.PYTHONS:
        pytest.skip(f"the lock has no packages for Python {wheels.this_python()}")
    out = tmp_path_factory.mktemp("offline") / "stick" / "Kit"
    if shutil.disk_usage(out.parent.parent).free < 4_000_000_000:
        pytest.skip("less than 4 GB of disk")
    line = [sys.executable, "-m", "learner_kit.cli", "edition", "learner", str(out), "--workbook", "so1", "--offline"]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=1200)
    if done.returncode and "network could not be reached" in done.stderr:
        pytest.skip(f"the packages cannot be fetched here: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return out


def test_the_edition_sets_itself_up_from_a_stick_and_works_without_a_network(carried):
    house = carried / wheels.FOLDER
    kinds = {one.suffix for one in house.iterdir()}
    assert kinds <= {".whl", ".gz"} and len(list(house.glob("bagit-*.tar.gz"))) == 1
    write_answers(carried / "work" / "so1", {"so1-ac1-annual-sales": 5})
    (carried.parent / "inside.py").write_text(INSIDE, encoding="utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "JUPYTER", "VIRTUAL"))
    }
    environment |= {"PIP_CONFIG_FILE": os.devnull, "LEARNER_KIT_SPARE_KERNEL": "0"}
    environment.pop("PYTHONPATH", None)
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run(
        [*alone(), base, str(carried.parent / "inside.py")],
        cwd=carried, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=1200,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert "NO NETWORK" in said, said[-3000:]
    assert "without the network" in said and "SUBMIT 0" in said, said[-3000:]
    assert "PAGE True False" in said and "STOP 0" in said, said[-3000:]
    assert list((carried / "out").glob("L-0001-so1-*.zip"))
    shutil.rmtree(carried / ".venv", ignore_errors=True)


def test_a_package_that_was_changed_on_the_stick_is_refused(carried, tmp_path):
    kit = tmp_path / "Kit"
    shutil.copytree(carried, kit, ignore=shutil.ignore_patterns(".venv", ".jupyter", "out"))
    (wheel,) = (kit / wheels.FOLDER).glob("filelock-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"changed")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        [*alone(), sys.executable, "start.py", "--help"],
        cwd=kit, env={**environment, "PIP_CONFIG_FILE": os.devnull}, capture_output=True, text=True, encoding="utf-8", timeout=900,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not the one the kit asks for" in done.stderr and "Traceback" not in done.stderr
