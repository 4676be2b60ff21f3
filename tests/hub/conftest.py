"""A real JupyterHub on loopback, with real system users that are made for the tests and removed afterwards."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds; a slow machine is no fault of the kit
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ROLES = {
    "ann": ("learner",),
    "ben": ("learner",),
    "fay": ("facilitator", "staff"),
    "amy": ("assessor", "staff"),
    "mia": ("moderator", "staff"),
    "guest": (),
}
STAFF = {"fay", "amy", "mia"}
CROWD = 50  # learners who hand in all at once
LEARNERS = {"ann": "L-0001", "ben": "L-0002"}


def stop(why: str) -> None:
    pytest.skip(f"no hub can be started here: {why}")


@dataclass
class Hub:
    """The running hub: where it stands, who is on it, and ways to act as one of them."""

    base: Path
    prefix: str
    python: Path
    address: str = ""
    inner: str = ""
    proxy_api: str = ""
    process: subprocess.Popen | None = None
    passwords: dict[str, str] = field(default_factory=dict)
    root: Path = Path()
    cohort: Path = Path()
    settings: Path = Path()

    def name(self, who: str) -> str:
        return f"{self.prefix}{who}"

    def group(self, role: str) -> str:
        return f"{self.prefix}{role}"

    def home(self, who: str) -> Path:
        return Path(pwd.getpwnam(self.name(who)).pw_dir)

    @property
    def groups(self) -> dict[str, str]:
        return {role: self.group(role) for role in ("learner", "facilitator", "assessor", "moderator", "staff")}

    def environment(self, who: str, **more: str) -> dict[str, str]:
        learner = who not in STAFF
        found = {
            "HOME": str(self.home(who)),
            "USER": self.name(who),
            "LOGNAME": self.name(who),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(self.root / ("learner" if learner else "staff")),
            "LEARNER_KIT_EXCHANGE": str(self.root / "exchange"),
            "MPLBACKEND": "agg",
        }
        if learner:
            found |= {"LEARNER_KIT_COURSE": "may", "LEARNER_KIT_LEARNER": LEARNERS.get(who, "")}
        return found | more

    def popen(self, who: str, *command: str, cwd: Path | None = None, **options) -> subprocess.Popen:
        about = pwd.getpwnam(self.name(who))
        more = options.pop("environment", {})
        return subprocess.Popen(
            list(command),
            user=about.pw_uid,
            group=about.pw_gid,
            extra_groups=os.getgrouplist(about.pw_name, about.pw_gid),
            umask=0o007 if who in STAFF else 0o077,
            cwd=cwd or about.pw_dir,
            env=self.environment(who, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def act(self, who: str, *command: str, **options) -> tuple[int, str]:
        """Run a command as somebody: exit code, and what it said."""
        process = self.popen(who, *command, **options)
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, said

    def kit(self, who: str, *arguments: str, **options) -> tuple[int, str]:
        """`learner-kit ARGUMENTS…` as somebody."""
        code = "import sys; from learner_kit.cli import main; sys.exit(main(sys.argv[1:]))"
        return self.act(who, str(self.python), "-P", "-c", code, *arguments, **options)

    def run_python(self, who: str, code: str, *arguments: str, **options) -> tuple[int, str]:
        return self.act(who, str(self.python), "-P", "-c", code, *arguments, **options)


def made(*command: str, said: str | None = None) -> None:
    done = subprocess.run(command, input=said, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stdout, done.stderr)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def python_for_all(base: Path) -> Path | None:
    """A Python with the libraries of this one that every account can run; this one may stand in root's home."""
    if runs(Path(sys.executable)):
        return Path(sys.executable)
    other = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if not other.exists():
        return None
    place = base / "python"
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.{sys.version_info.minor}\n"
    )
    (place / "bin" / "python").symlink_to(other)
    (place / "bin" / "python3").symlink_to("python")
    alembic = place / "bin" / "alembic"  # nbgrader calls it by name
    alembic.write_text(f"#!{place}/bin/python\nimport sys\nfrom alembic.config import main\nsys.exit(main())\n")
    alembic.chmod(0o755)
    here = Path(sys.prefix)
    (place / "lib" / f"python3.{sys.version_info.minor}").mkdir(parents=True)
    packages = here / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    (place / "lib" / f"python3.{sys.version_info.minor}" / "site-packages").symlink_to(packages)
    for shared in ("share", "etc"):
        if (here / shared).exists():
            (place / shared).symlink_to(here / shared)
    found = place / "bin" / "python"
    return found if runs(found) else None


def runs(python: Path) -> bool:
    nobody = pwd.getpwnam("nobody")
    try:
        done = subprocess.run(
            [str(python), "-P", "-c", "import jupyterhub, voila, nbgrader, pandas"],
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            capture_output=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def proxy() -> str | None:
    here = ROOT / ".jupyter" / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
    named = os.environ.get("LEARNER_KIT_PROXY")
    return named or shutil.which("configurable-http-proxy") or (str(here) if here.exists() else None)


def processes_of(uids: set[int]) -> list[int]:
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            with contextlib.suppress(OSError):
                if one.stat().st_uid in uids:
                    found.append(int(one.name))
    return found


def take_away(prefix: str) -> None:
    """End the processes of the users that the tests made, by their numbers, and remove users and groups."""
    users = [one for one in pwd.getpwall() if one.pw_name.startswith(prefix)]
    uids = {one.pw_uid for one in users}
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for number in processes_of(uids) if uids else ():
            with contextlib.suppress(OSError):
                os.kill(number, sign)
        deadline = time.monotonic() + 10
        while uids and processes_of(uids) and time.monotonic() < deadline:
            time.sleep(0.1)
    for one in users:
        subprocess.run(["userdel", "--force", one.pw_name], capture_output=True)
    for one in grp.getgrall():
        if one.gr_name.startswith(prefix):
            subprocess.run(["groupdel", one.gr_name], capture_output=True)


def sweep() -> None:
    """Remove users that a run which was killed left behind."""
    for one in [*pwd.getpwall(), *grp.getgrall()]:
        name = one[0]
        found = re.match(r"lkt(\d+)-", name)
        if found and not Path("/proc", found[1]).exists():
            take_away(found[0])


def needed_for_accounts() -> None:
    """Say what is missing where no accounts can be made."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        stop("it needs Linux and root, to make system users")
    for name in ("useradd", "userdel", "groupadd", "groupdel", "chpasswd", "newusers", "gpasswd"):
        if shutil.which(name) is None:
            stop(f"{name} is not on this computer")


def needed() -> None:
    """Say what is missing where no hub can be started, before anything is made."""
    needed_for_accounts()
    if proxy() is None or not (shutil.which("node") or shutil.which("nodejs")):
        stop("its proxy is not on this computer (npm install configurable-http-proxy), or node is not")


@pytest.fixture(scope="session")
def people() -> Iterator[Hub]:
    """What `installed` makes, once for all tests."""
    with installed() as hub:
        yield hub


@contextlib.contextmanager
def installed() -> Iterator[Hub]:
    """System users with groups and passwords, a Python that all may run, and the kit installed for a hub."""
    needed_for_accounts()
    sweep()
    base = Path(tempfile.mkdtemp(prefix="lk-hub-", dir="/tmp"))
    base.chmod(0o755)
    python = python_for_all(base)
    if python is None:
        shutil.rmtree(base)
        stop(f"other accounts cannot run {sys.executable}, and /usr/bin has no Python of this version")
    hub = Hub(base, f"lkt{os.getpid()}-", python)
    try:
        for group in hub.groups.values():
            made("groupadd", group)
        for who, roles in ROLES.items():
            new_user(hub, who, roles)
        crowd(hub)
        hub.root = base / "srv"
        hub.settings = base / "hub.toml"
        hub.cohort = hub.root / "staff" / "cohorts" / "may"
        lines = [
            f'root = "{hub.root}"',
            f'python = "{python}"',
            'cohorts = ["may"]',
            f'address = "http://127.0.0.1:{free_port()}"',
            f"proxy = {json.dumps([proxy() or 'none'])}",
            "[groups]",
            *(f'{role} = "{group}"' for role, group in hub.groups.items()),
        ]
        hub.settings.write_text("\n".join([*lines, ""]))
        hub.settings.chmod(0o600)
        done = subprocess.run(
            [sys.executable, "-m", "learner_kit.hub", "install", str(hub.settings)],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield hub
    finally:
        take_away(hub.prefix)
        shutil.rmtree(base, ignore_errors=True)


def new_user(hub: Hub, who: str, roles: tuple[str, ...]) -> None:
    (hub.base / "home").mkdir(exist_ok=True)
    more = ["--groups", ",".join(hub.group(role) for role in roles)] if roles else []
    made(
        "useradd",
        "--create-home",
        "--home-dir",
        str(hub.base / "home" / who),
        "--shell",
        "/bin/sh",
        *more,
        hub.name(who),
    )
    hub.passwords[who] = secrets.token_urlsafe(12)
    made("chpasswd", said=f"{hub.name(who)}:{hub.passwords[who]}\n")


def crowd(hub: Hub) -> None:
    """Fifty more learners, made in one go."""
    lines = []
    for number in range(CROWD):
        home = hub.base / "home" / f"c{number:02}"
        hub.passwords[home.name] = secrets.token_urlsafe(12)
        lines.append(f"{hub.name(home.name)}:{hub.passwords[home.name]}:::{home.name}:{home}:/bin/sh\n")
    made("newusers", said="".join(lines))
    members = ",".join(hub.name(f"c{number:02}") for number in range(CROWD))
    made("gpasswd", "--members", f"{members},{hub.name('ann')},{hub.name('ben')}", hub.group("learner"))


@pytest.fixture(scope="session")
def course(people: Hub) -> Hub:
    """What `with_course` makes, once for all tests."""
    return with_course(people)


def with_course(people: Hub) -> Hub:
    """The cohort may: enrolled, one workbook released through the exchange, accounts known; all done by the facilitator."""
    listed, table = people.base / "learners.csv", people.base / "accounts.csv"
    names = [*LEARNERS, *(f"c{number:02}" for number in range(CROWD))]
    listed.write_text("surname,first_names\n" + "".join(f"Surname{n},Name{n}\n" for n, _ in enumerate(names)))
    table.write_text(
        "user,learner\n" + "".join(f"{people.name(who)},L-{n:04}\n" for n, who in enumerate(names, start=1))
    )
    code = (
        "import sys\nfrom learner_kit.cli import main\nmay, listed, table = sys.argv[1:]\n"
        "for said in (['enrol', may, listed], ['release', 'may', 'so1', '--exchange'], ['accounts', 'may', table]):\n"
        "    code = main(said)\n    if code: sys.exit(code)\n"
    )
    code, said = people.run_python("fay", code, str(people.root / "staff" / "cohorts" / "may"), str(listed), str(table))
    assert code == 0, said
    return people


@pytest.fixture(scope="session")
def hub(course: Hub) -> Iterator[Hub]:
    """What `running` starts, once for all tests."""
    with running(course):
        yield course


@contextlib.contextmanager
def running(course: Hub) -> Iterator[None]:
    """The hub itself, started as root from the file that is deployed; stopped with everything it started."""
    needed()
    start(course)
    try:
        yield
    finally:
        end(course)


def start(hub: Hub) -> None:
    text = hub.settings.read_text()
    hub.address = re.search(r'address = "(\S+)"', text)[1]
    hub.inner = hub.inner or f"http://127.0.0.1:{free_port()}"
    hub.proxy_api = hub.proxy_api or f"http://127.0.0.1:{free_port()}"
    told = {
        **os.environ,
        "PYTHONPATH": str(hub.root / "staff"),
        "LEARNER_KIT_HUB": str(hub.settings),
        "LEARNER_KIT_HUB_INNER": hub.inner,
        "LEARNER_KIT_PROXY_INNER": hub.proxy_api,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    log = (hub.base / "hub.log").open("ab")
    hub.process = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "--config", str(ROOT / "deploy" / "hub" / "jupyterhub_config.py")],
        cwd=hub.root / "hub",
        env=told,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if requests.get(f"{hub.address}/hub/health", timeout=5).status_code == 200:
                return
        if hub.process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail("the hub did not start:\n" + (hub.base / "hub.log").read_text()[-4000:])


def end(hub: Hub) -> None:
    hub.process.send_signal(signal.SIGTERM)
    try:
        hub.process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(hub.process.pid, signal.SIGKILL)  # the group that `start` made


class Visitor:
    """Somebody at the hub with a browser's cookies and forms, without the browser."""

    def __init__(self, hub: Hub, who: str):
        self.hub, self.who, self.web = hub, who, requests.Session()

    def sign_in(self, password: str | None = None) -> requests.Response:
        self.web.get(f"{self.hub.address}/hub/login", timeout=PATIENCE)
        told = {
            "username": self.hub.name(self.who),
            "password": self.hub.passwords[self.who] if password is None else password,
            "_xsrf": self.web.cookies.get("_xsrf", path="/hub/"),
        }
        return self.web.post(f"{self.hub.address}/hub/login?next=%2Fhub%2Fhome", data=told, timeout=PATIENCE)

    def get(self, path: str, **options) -> requests.Response:
        return self.web.get(self.hub.address + path, timeout=PATIENCE, **options)

    def api(self, method: str, path: str, **options) -> requests.Response:
        """Ask the hub as its own page does."""
        headers = {
            "X-XSRFToken": self.web.cookies.get("_xsrf", path="/hub/") or "",
            "Referer": f"{self.hub.address}/hub/home",
        }
        return self.web.request(
            method, f"{self.hub.address}/hub/api{path}", headers=headers, timeout=PATIENCE, **options
        )

    def open_server(self) -> None:
        """Start the visitor's own server and wait until it answers."""
        name = self.hub.name(self.who)
        self.api("POST", f"/users/{name}/server")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            about = self.api("GET", f"/users/{name}").json()
            if about["servers"].get("", {}).get("ready"):
                assert self.get(f"/user/{name}/lab").status_code == 200  # its own sign-in, through the hub
                return
            time.sleep(0.3)
        pytest.fail(f"the server of {self.who} did not start:\n" + (self.hub.base / "hub.log").read_text()[-4000:])


@pytest.fixture
def page():
    """A browser's page, or skip with the reason."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this computer (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"], timeout=PATIENCE * 1000
        )
        opened = browser.new_page()
        opened.set_default_timeout(PATIENCE * 1000)
        yield opened
        browser.close()


@pytest.fixture(scope="session")
def visit(hub: Hub):
    """visit("ann") is signed in, with a server of her own that runs; each person once."""
    known: dict[str, Visitor] = {}

    def visit(who: str) -> Visitor:
        if who not in known:
            visitor = Visitor(hub, who)
            assert visitor.sign_in().status_code == 200
            visitor.open_server()
            known[who] = visitor
        return known[who]

    return visit
