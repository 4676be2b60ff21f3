"""What each role sees on a hub, and what works there: links that lead somewhere, the desk's hub buttons, formgrader's buttons."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

import pytest

from .conftest import PATIENCE
from .people import sign_in

pytestmark = pytest.mark.xdist_group("hub")
DESKS = {"Facilitator", "Assessor", "Moderator"}
SEEN = {"ann": set(), "fay": DESKS, "amy": DESKS, "mia": DESKS}
FIRST = {"ann": "00-welcome", "fay": "facilitator", "amy": "assessor", "mia": "moderator"}


def submitted(hub, who: str = "ann", learner: str = "L-0001") -> None:
    work = hub.home(who) / "roles"
    code = "import sys; from learner_kit.course import exchange as e; e.fetch(e.joined(), sys.argv[1], sys.argv[2])"
    assert hub.run_python(who, code, str(work), learner)[0] == 0
    code, said = hub.kit(who, "submit", str(work / "so1"), "--exchange", "--own-work", "--to", str(work / "zips"))
    assert code == 0, said


@pytest.mark.parametrize("who", SEEN)
def test_a_role_sees_what_it_can_open_and_every_link_leads_there(hub, visit, page, who):
    own = sign_in(hub, page, who)
    assert page.url == f"{own}/voila/render/notebooks/{FIRST[who]}.ipynb", "everyone begins at the own place"
    page.goto(f"{own}/voila/render/notebooks/00-welcome.ipynb")
    page.wait_for_selector("html[data-kit=ready]")
    listed = {one.strip() for one in page.locator(".kit-menu a").all_inner_texts()}
    assert listed & DESKS == SEEN[who]
    rows = {
        one.strip()
        for one in page.locator("#kit-page table").first.locator("tbody tr td:first-child").all_inner_texts()
    }
    assert rows == {"Learner", *SEEN[who]}, "the welcome page names the same roles"
    assert "this computer" not in page.locator("#kit-page section").first.inner_text(), "it is a server"
    addresses = page.locator("#kit-page a[href], .kit-menu a, .kit-bar a").evaluate_all(
        "all => all.map(one => one.href)"
    )
    found = {one.partition("#")[0] for one in addresses if one.startswith("http")}
    assert len(found) > 5 and all(one.startswith(own) for one in found), found
    visitor = visit(who)
    for one in sorted(found):
        path = re.sub(r"^/(voila/render|lab/tree)/", "", one.removeprefix(own))
        got = visitor.get(f"/user/{hub.name(who)}/api/contents/{unquote(path)}?content=0")
        assert got.status_code == 200, one
    for desk in sorted(DESKS):  # a page is sent piece by piece: its head says whether it is there
        got = visitor.get(f"/user/{hub.name(who)}/voila/render/notebooks/{desk.lower()}.ipynb", stream=True)
        assert (got.status_code == 200) == (desk in SEEN[who]), desk
        got.close()


def test_what_jupyterlab_needs_is_loaded_when_somebody_asks(hub, visit):
    """The addresses that JupyterLab's parts serve are all known before they are loaded (learner_kit.hub.light)."""
    code = (
        "import sys\nfrom learner_kit.hub import light\nfrom jupyter_server.serverapp import ServerApp\n"
        "from tornado.routing import HostMatches\nimport tempfile, os\n"
        "os.environ['JUPYTER_CONFIG_DIR'] = os.environ['JUPYTER_RUNTIME_DIR'] = tempfile.mkdtemp()\n"
        "app = ServerApp.instance(jpserver_extensions={name: True for name in light.LATER}, base_url='/x/')\n"
        "app.initialize(argv=[], find_extensions=False)\n"
        "for rule in app.web_app.default_router.rules[:-1]:\n"
        "    for one in getattr(rule.target, 'rules', []):\n"
        "        print('ROUTE', one.matcher.regex.pattern)\n"
    )
    code, said = hub.run_python("c48", code)
    assert code == 0, said
    from learner_kit.hub import light

    starts = "|".join(sorted({start for parts in light.LATER.values() for start in parts}))
    routes = [line.removeprefix("ROUTE ") for line in said.splitlines() if line.startswith("ROUTE ")]
    assert len(routes) > 15
    missed = [one for one in routes if not re.match(rf"/x/+(\(\?P<\w+>)?({starts})", one)]
    assert missed == []
    ann = visit("ann")
    for path in ("lab", "api/terminals", "lab/tree/notebooks/00-welcome.ipynb"):
        assert ann.get(f"/user/{hub.name('ann')}/{path}").status_code == 200


def test_the_facilitators_desk_takes_in_from_the_hub_and_releases_into_it(hub, page):
    submitted(hub)
    outbound = hub.root / "exchange/may/outbound"
    sign_in(hub, page, "fay")
    page.wait_for_selector("html[data-kit=ready]")
    page.get_by_role("tab", name="Hand-ins").click()
    page.get_by_role("button", name="Take in from the hub").click()
    page.get_by_text(re.compile(r"\d+ taken in, \d+ known already")).wait_for()
    assert list((hub.cohort / "received/L-0001/so1").glob("*.zip"))
    before = set(os.listdir(outbound))
    assert before == {"so1"}
    page.get_by_role("button", name="Release this workbook").click()
    page.get_by_text("On the hub, learners find it in their list").wait_for()
    (released,) = set(os.listdir(outbound)) - before
    assert (outbound / released / f"{released}.ipynb").is_file()


REFUSED = {
    "assign": "facilitator's desk, under Hand out a workbook",
    "release": "facilitator's desk, under Hand out a workbook",
    "collect": "with the button Take in from the hub",
    "generate-feedback": "assessor's desk, under Feedback and portfolios",
    "release-feedback": "assessor's desk, under Feedback and portfolios",
}


@pytest.fixture(scope="module")
def collected(hub):
    submitted(hub)
    code, said = hub.kit("fay", "collect", "may", "--exchange")
    assert "L-0001" in said or code == 0, said


@pytest.mark.parametrize("who", ["fay", "amy"])
def test_formgraders_buttons_that_must_not_be_used_say_so(hub, page, collected, who):
    own = sign_in(hub, page, who)
    before = snapshot(hub)
    page.goto(f"{own}/formgrader/manage_assignments")
    row = page.locator("tr", has=page.get_by_role("link", name="so1", exact=True)).first
    row.wait_for()
    pressed = set()
    for button, words in REFUSED.items():
        if row.locator(f".{button} a").count():
            row.locator(f".{button} a").first.click()
            told = page.locator(".modal-dialog")
            told.get_by_text(words).wait_for()
            assert "Nothing was done." in told.inner_text() and "Traceback" not in told.inner_text()
            told.locator(".modal-footer button").last.click()
            told.wait_for(state="detached")
            pressed.add(button)
    assert {"assign", "release"} & pressed and {"generate-feedback", "collect"} & pressed, pressed
    assert snapshot(hub) == before


def snapshot(hub) -> dict[str, int]:
    """The files of the class and of the exchange that those buttons would write."""
    folders = (hub.cohort / "release", hub.cohort / "feedback", hub.cohort / "submitted", hub.root / "exchange/may")
    return {
        str(one): one.stat().st_mtime_ns
        for folder in folders
        for one in (folder.rglob("*") if folder.exists() else ())
        if one.is_file()
    }


def test_what_is_refused_is_refused_to_scripts_too(hub, visit, collected):
    fay, name = visit("fay"), hub.name("fay")
    before = snapshot(hub)
    paths = [f"assignment/so1/{one}" for one in ("assign", "release", "unrelease", "collect")]
    paths += [f"assignment/so1/{one}" for one in ("generate_feedback", "release_feedback")]
    paths += [f"assignment/so1/L-0001/{one}" for one in ("generate_feedback", "release_feedback")]
    token = fay.api("POST", f"/users/{name}/tokens", json={"note": "try"}).json()["token"]
    import requests

    for path in paths:
        got = requests.post(
            f"{hub.address}/user/{name}/formgrader/api/{path}",
            headers={"Authorization": f"token {token}"},
            timeout=PATIENCE,
        )
        assert got.status_code == 200 and got.json()["success"] is False, (path, got.text[:200])
        assert got.json()["log"].startswith("Nothing was done.")
    assert snapshot(hub) == before


def test_formgraders_autograde_works_for_the_assessor(hub, page, collected):
    own = sign_in(hub, page, "amy")
    page.goto(f"{own}/formgrader/manage_submissions/so1")
    page.locator("tr", has_text="L-0001").locator(".autograde a").click()
    page.locator(".modal-dialog", has_text=re.compile("success", re.IGNORECASE)).first.wait_for()
    assert (hub.cohort / "autograded/L-0001/so1").is_dir()
    code, said = hub.kit("mia", "matrix", "may", "--json")
    assert code == 0 and "L-0001" in said
