"""What a learner's account tries and must not reach: on the server's disk, on its ports, through the hub, in the exchange."""

from __future__ import annotations

import json
import os
import pwd
import re

import pytest
import requests

from .conftest import PATIENCE, Visitor
from .people import server_of

pytestmark = pytest.mark.xdist_group("hub")
SENTINEL = "ben's own words, nobody else's"

# Runs as ann. Each attempt gives back what it reached, or is stopped by the system.
ATTEMPTS = r"""
import ctypes, json, os, signal, sys
from pathlib import Path
told = json.loads(sys.argv[1])
root, ben, homes = Path(told["root"]), Path(told["ben"]), Path(told["homes"])
cohort, inbound = root / "staff/cohorts/may", root / "exchange/may/inbound"
here = Path.home() / "tries"
here.mkdir(exist_ok=True)

def put(path, text="mine now"):
    Path(path).write_text(text)
    return "written"

def setgid():
    os.setgroups([told["staff"]])
    return "in the group of staff"

def as_ben():
    os.setuid(told["ben_uid"])
    return "ben"

def own(path, uid):
    (here / path).write_text("x")
    os.chown(here / path, uid, -1)
    return "given away"

def link(path):
    target = here / "link"
    target.unlink(missing_ok=True)
    target.symlink_to(path)
    return target.read_bytes()[:9].hex()

def hard(path):
    target = here / "hard"
    target.unlink(missing_ok=True)
    os.link(path, target)
    return target.read_bytes()[:9].hex()

def trace(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, 0, 0) == -1:
        raise PermissionError(ctypes.get_errno(), "ptrace")
    return "traced"

tries = {
    "list another learner's folder": lambda: os.listdir(ben / "learner-kit"),
    "read another learner's answers": lambda: (ben / "learner-kit/work/so1/answers.json").read_text(),
    "write into another learner's folder": lambda: put(ben / "learner-kit/work/so1/answers.json"),
    "read another's Jupyter files": lambda: os.listdir(ben / ".learner-kit"),
    "enter the staff's kit": lambda: os.listdir(root / "staff"),
    "read a master": lambda: (root / "staff/assessments/source/so1/so1.ipynb").read_text()[:20],
    "read a memo": lambda: (root / "staff/assessments/memo/so1.toml").read_text()[:20],
    "list the cohorts": lambda: os.listdir(root / "staff/cohorts"),
    "list the cohort": lambda: os.listdir(cohort),
    "read the gradebook": lambda: (cohort / "gradebook.db").read_bytes()[:16].hex(),
    "write the gradebook": lambda: put(cohort / "gradebook.db"),
    "read who is which learner": lambda: (cohort / "accounts.csv").read_text(),
    "read the cohort's own masters": lambda: (cohort / "source/so1/so1.ipynb").read_text()[:20],
    "reach the gradebook by a link": lambda: link(cohort / "gradebook.db"),
    "reach the gradebook by a hard link": lambda: hard(cohort / "gradebook.db"),
    "list the inbound": lambda: os.listdir(inbound),
    "read another's submission by its name": lambda: os.listdir(inbound / told["handed"]),
    "take another's submission away": lambda: os.rename(inbound / told["handed"], inbound / "gone"),
    "remove another's submission": lambda: os.rmdir(inbound / told["handed"]),
    "put a file into another's submission": lambda: put(inbound / told["handed"] / "more.zip"),
    "loosen the inbound": lambda: os.chmod(inbound, 0o777),
    "change the released workbook": lambda: put(root / "exchange/may/outbound/so1/so1.ipynb"),
    "add to what is released": lambda: put(root / "exchange/may/outbound/more.txt"),
    "take a course away": lambda: os.rename(root / "exchange/may", root / "exchange/gone"),
    "take the inbound away": lambda: os.rename(inbound, inbound.with_name("gone")),
    "change a lesson for all": lambda: put(root / "learner/notebooks/so1-benefits.ipynb"),
    "change the kit's code for all": lambda: put(root / "learner/learner_kit/value/__init__.py"),
    "add to the kit's code": lambda: put(root / "learner/learner_kit/mine.py"),
    "read the hub's own files": lambda: os.listdir(root / "hub"),
    "read the hub's cookie secret": lambda: (root / "hub/cookie_secret").read_text()[:4],
    "read the hub's settings": lambda: Path(told["settings"]).read_text()[:20],
    "read the token of another's server": lambda: Path(f"/proc/{told['ben_pid']}/environ").read_bytes()[:20].hex(),
    "read the token of the hub": lambda: Path(f"/proc/{told['hub_pid']}/environ").read_bytes()[:20].hex(),
    "look into another's memory": lambda: trace(told["ben_pid"]),
    "stop another's server": lambda: os.kill(told["ben_pid"], signal.SIGTERM),
    "join the staff": setgid,
    "become another learner": as_ben,
    "give a file to another": lambda: own("gift", told["ben_uid"]),
}
found = {}
for name, attempt in tries.items():
    try:
        found[name] = f"REACHED {attempt()!r}"
    except OSError as error:
        found[name] = type(error).__name__
# Everything below the hub's folder and the homes that ann can read, and everything in it that ann could write.
leaks, mine = [], []
for top in (root, homes):
    for folder, below, names in os.walk(top):
        if Path(folder) == Path.home():
            below[:] = []
            continue
        for name in [*below, *names]:
            path = Path(folder, name)
            if path.is_symlink():
                continue
            if path != Path.home() and os.access(path, os.W_OK):
                mine.append(str(path))
            try:
                text = path.read_bytes() if path.is_file() else b""
            except OSError:
                continue
            if path.suffix == ".ipynb" and b"HIDDEN TESTS" in text or told["sentinel"].encode() in text:
                leaks.append(str(path))
            if path.suffix == ".db" or "memo" in path.parts or "sample_class" in path.parts:
                leaks.append(str(path))
print("FOUND", json.dumps({"tries": found, "leaks": leaks, "mine": mine}))
"""


@pytest.fixture(scope="module")
def ben(hub, visit):
    """Ben's server runs, he has answered and handed in; the name of his submission."""
    visit("ben")
    folder = hub.home("ben") / "learner-kit" / "work" / "so1"
    held = json.loads((folder / "answers.json").read_text())
    held["answers"] = {"so1-ac1-annual-sales": 60_000, "so1-ac3-benefits-memo": SENTINEL}
    code = "import sys; from pathlib import Path; Path(sys.argv[1]).write_text(sys.argv[2])"
    assert hub.run_python("ben", code, str(folder / "answers.json"), json.dumps(held))[0] == 0
    before = set(os.listdir(hub.root / "exchange/may/inbound"))
    code, said = hub.kit("ben", "submit", str(folder), "--exchange", "--own-work", "--to", str(folder / "handed-in"))
    assert code == 0, said
    (handed,) = set(os.listdir(hub.root / "exchange/may/inbound")) - before
    return handed


@pytest.fixture(scope="module")
def tried(hub, visit, ben):
    visit("ann")
    told = {
        "root": str(hub.root),
        "ben": str(hub.home("ben")),
        "homes": str(hub.base / "home"),
        "settings": str(hub.settings),
        "handed": ben,
        "staff": hub.root.joinpath("staff").stat().st_gid,
        "ben_uid": pwd.getpwnam(hub.name("ben")).pw_uid,
        "ben_pid": server_of(hub, "ben"),
        "hub_pid": hub.process.pid,
        "sentinel": SENTINEL,
    }
    code, said = hub.run_python("ann", ATTEMPTS, json.dumps(told))
    assert code == 0, said
    return json.loads(said.partition("FOUND ")[2])


def test_every_attempt_on_the_disk_is_refused(tried):
    assert len(tried["tries"]) >= 30
    assert {name: what for name, what in tried["tries"].items() if what.startswith("REACHED")} == {}
    # stopped by rights, not because the thing to reach was not there
    wrong = {name: what for name, what in tried["tries"].items() if what not in {"PermissionError"}}
    assert wrong == {}


def test_nothing_that_answers_can_be_read_anywhere(tried):
    assert tried["leaks"] == []


def test_nothing_of_others_can_be_written_but_the_inbound(hub, tried):
    assert tried["mine"] == [str(hub.root / "exchange"), str(hub.root / "exchange/may/inbound")]


@pytest.fixture(scope="module")
def ann_token(hub, visit):
    """A token that ann made for herself at the hub: the most she can give to a script."""
    made = visit("ann").api("POST", f"/users/{hub.name('ann')}/tokens", json={"note": "try"})
    assert made.status_code in {200, 201}, made.text
    return made.json()["token"]


ASKED = {
    "list all accounts": ("GET", "/hub/api/users"),
    "read another's account": ("GET", "/hub/api/users/{ben}"),
    "make an account": ("POST", "/hub/api/users/{ann}x"),
    "make oneself administrator": ("PATCH", "/hub/api/users/{ann}"),
    "delete another": ("DELETE", "/hub/api/users/{ben}"),
    "start another's server": ("POST", "/hub/api/users/{ben}/server"),
    "stop another's server": ("DELETE", "/hub/api/users/{ben}/server"),
    "make a token for another": ("POST", "/hub/api/users/{ben}/tokens"),
    "join the facilitators": ("POST", "/hub/api/groups/facilitators/users"),
    "list the groups": ("GET", "/hub/api/groups"),
    "read the proxy's routes": ("GET", "/hub/api/proxy"),
    "shut the hub down": ("POST", "/hub/api/shutdown"),
    "open the administrators' page": ("GET", "/hub/admin"),
    "read another's files": ("GET", "/user/{ben}/api/contents/work/so1/answers.json"),
    "open another's page": ("GET", "/user/{ben}/voila/render/work/so1/so1.ipynb"),
    "open another's JupyterLab": ("GET", "/user/{ben}/lab"),
    "start a kernel as another": ("POST", "/user/{ben}/api/kernels"),
    "open a terminal as another": ("POST", "/user/{ben}/api/terminals"),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_of_the_hub_is_refused(hub, visit, ben, ann_token, what):
    method, path = ASKED[what]
    path = path.format(ann=hub.name("ann"), ben=hub.name("ben"))
    body = {"name": hub.name("ann"), "admin": True, "users": [hub.name("ann")]}
    for way, got in both_ways(visit("ann"), ann_token, method, path, body).items():
        if got.status_code == 302 and "/oauth2/authorize" in got.headers["Location"]:
            got = visit("ann").get(got.headers["Location"])  # sent to the hub to ask whether she may
        to_login = got.status_code == 302 and "/hub/login" in got.headers["Location"]
        assert to_login or got.status_code in {401, 403, 404, 405}, f"{way}: {got.status_code} {got.text[:200]}"
        assert SENTINEL not in got.text


def both_ways(ann, token: str, method: str, path: str, body=None) -> dict[str, requests.Response]:
    """Ask with ann's token, as a script does, and with her cookies, as her browser does."""
    xsrf = {"X-XSRFToken": ann.web.cookies.get("_xsrf", path="/hub/") or "", "Referer": f"{ann.hub.address}/hub/home"}
    told = {"json": body, "timeout": PATIENCE, "allow_redirects": False}
    address = ann.hub.address + path
    return {
        "with her token": requests.request(method, address, headers={"Authorization": f"token {token}"}, **told),
        "signed in": ann.web.request(method, address, headers=xsrf, **told),
    }


def test_the_same_ways_lead_to_what_is_ones_own(hub, visit, ann_token):
    ann, name = visit("ann"), hub.name("ann")
    for method, path in (
        ("GET", f"/hub/api/users/{name}"),
        ("GET", f"/user/{name}/api/contents/work/so1/answers.json"),
    ):
        got = both_ways(ann, ann_token, method, path)
        assert {way: one.status_code for way, one in got.items()} == {"with her token": 200, "signed in": 200}
    made = both_ways(ann, ann_token, "POST", f"/hub/api/users/{name}/tokens", {"note": "again"})
    assert {one.status_code for one in made.values()} <= {200, 201}


def test_the_port_of_anothers_server_is_no_way_round_the_hub(hub, ben, ann_token):
    routes = re.findall(rf"Adding user {hub.name('ben')} to proxy \S+ => (\S+)", (hub.base / "hub.log").read_text())
    path = f"{routes[-1]}/user/{hub.name('ben')}/api/contents/work/so1/answers.json"
    for headers in ({}, {"Authorization": f"token {ann_token}"}, {"X-Forwarded-User": hub.name("ben")}):
        got = requests.get(path, headers=headers, timeout=PATIENCE, allow_redirects=False)
        assert got.status_code in {302, 403}, got.status_code
        assert SENTINEL not in got.text


def test_the_proxys_own_port_takes_no_orders(hub, ann_token):
    for headers in ({}, {"Authorization": f"token {ann_token}"}):
        told = requests.post(
            f"{hub.proxy_api}/api/routes/user/{hub.name('ben')}",
            json={"target": hub.inner},
            headers=headers,
            timeout=PATIENCE,
        )
        assert told.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "api/contents/..%2F..%2Fben%2Flearner-kit%2Fwork%2Fso1%2Fanswers.json",
        "api/contents/notebooks/out/work/so1/answers.json",
        "voila/render/notebooks/out/work/so1/so1.ipynb",
        "files/notebooks/out/work/so1/answers.json",
        "voila/render/notebooks/assessor.ipynb",
    ],
)
def test_ones_own_server_reaches_no_further_than_oneself(hub, visit, ben, path):
    ann = visit("ann")
    link = hub.home("ann") / "learner-kit" / "notebooks" / "out"
    code = "import os, sys; os.path.lexists(sys.argv[2]) or os.symlink(sys.argv[1], sys.argv[2])"
    assert hub.run_python("ann", code, str(hub.home("ben") / "learner-kit"), str(link))[0] == 0
    got = ann.get(f"/user/{hub.name('ann')}/{path}")
    assert got.status_code >= 400
    assert SENTINEL not in got.text


@pytest.mark.parametrize(("who", "password"), [("ben", "ann"), ("guest", "guest"), ("fay", "ann")])
def test_nobody_signs_in_as_another_and_no_stranger_at_all(hub, who, password):
    got = Visitor(hub, who).sign_in(hub.passwords[password])
    assert got.status_code in {401, 403}, got.status_code


SPOOF = r"""
import json, os, sys
from pathlib import Path
from learner_kit.course import exchange, submission
told = json.loads(sys.argv[1])
joined, here = exchange.opened("may"), Path.home() / "spoof" / "so1"
here.mkdir(parents=True, exist_ok=True)

def filled(learner):
    (here / "answers.json").write_text(json.dumps({"format": 1, "workbook": "so1", "learner": learner, "answers": {}}))
    return submission.pack(here, "so1", learner, Path.home() / "spoof", declared=True).path

def place(name):
    made = joined.inbound / f"{told['ben_name']}+so1+2026-11-21 10:00:00 UTC+{name}"
    made.mkdir()
    made.chmod(0o755)
    return made

os.environ["USER"] = os.environ["LOGNAME"] = told["ben_name"]
exchange.hand_in(joined, filled("L-0002"), "so1")                     # another's number, another's name on the folder
(place("link") / "a.zip").symlink_to(told["gradebook"])               # a link to what only staff may read
(place("evidence") / "answers.json").symlink_to(told["gradebook"])
os.symlink(joined.inbound / told["handed"], joined.inbound / "ann+so1+again")   # another's submission by a link
os.mkfifo(place("pipe") / "a.zip")                                    # something that would make staff wait for ever
print("PLACED")
"""


def test_what_is_put_into_the_exchange_falsely_is_refused(hub, ben, tmp_path):
    told = {"ben_name": hub.name("ben"), "gradebook": str(hub.cohort / "gradebook.db"), "handed": ben}
    code, said = hub.run_python("ann", SPOOF, json.dumps(told))
    assert code == 0 and "PLACED" in said, said
    code = (
        "import json\nfrom learner_kit.course import arrivals\nfrom learner_kit.course.cohort import open_cohort\n"
        "taken = arrivals.collect(open_cohort('may'), 'fay')\n"
        "print('TAKEN', json.dumps([[one.file, one.learner, one.state, one.said] for one in taken]))\n"
    )
    code, said = hub.run_python("fay", code)
    assert code == 0, said
    taken = json.loads(said.partition("TAKEN ")[2])
    refused = [one for one in taken if one[2] == "refused"]
    assert len(refused) >= 5, taken
    assert not [one for one in refused if one[1] == "L-0002"], "nothing false is laid at ben's door"
    assert any("work of L-0002, but it was handed in by L-0001" in one[3] for one in refused)
    bens = [one for one in taken if one[1] == "L-0002"]
    assert len(bens) == 1 and bens[0][2] in {"new", "known"}, bens
    held = json.loads((hub.cohort / "submitted/L-0002/so1/answers.json").read_text())
    assert held["answers"]["so1-ac3-benefits-memo"] == SENTINEL
