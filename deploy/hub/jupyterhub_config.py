"""A JupyterHub on one server, with the accounts of its system: one file, told by hub.toml (docs/hub.md).

Started as root:  LEARNER_KIT_HUB=/etc/learner-kit/hub.toml jupyterhub --config jupyterhub_config.py
What an account may see is not decided here but by the rights of files (learner_kit.hub.install); this file only starts each
account's own server, as that account, from the part of the kit that the account may read.
"""

import asyncio
import os
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator, PAMAuthenticator
from jupyterhub.spawner import LocalProcessSpawner

from learner_kit.errors import DataError, KitError
from learner_kit.hub import rights, setting, single

c = get_config()  # noqa: F821 - JupyterHub provides it
try:
    hub = setting.load(os.environ.get("LEARNER_KIT_HUB", "/etc/learner-kit/hub.toml"))
    wrong = rights.faults(hub)
except (KitError, DataError) as error:
    sys.exit(str(error))
if wrong:  # a hub that shows learners the memo is worse than one that does not start
    sys.exit("The hub does not start before these are mended:\n" + "\n".join(wrong))
places = hub.places


class ByGroup:
    """Lets in whom the system's groups name, at every login anew; JupyterHub's groups are named by role."""

    async def authenticate(self, handler, data):
        name = await super().authenticate(handler, data)
        if not name:
            return None
        try:
            roles = setting.roles(name, hub.groups)
        except DataError as error:
            self.log.error("%s", error)
            return None
        if not roles:
            self.log.warning("The account %r is in none of the kit's groups.", name[:32])
            return None
        return {"name": name, "groups": [f"{role}s" for role in roles]}

    def check_allowed(self, username, authentication=None):
        """Whether an account is let in: only when it was just found in a group of the kit."""
        return bool(authentication and authentication.get("groups"))


class SystemAccounts(ByGroup, PAMAuthenticator):
    """Account and password of this computer."""


class _Password(Authenticator):
    async def authenticate(self, handler, data):
        import hmac

        right = hmac.compare_digest(data["password"].encode(), (hub.password or "").encode())
        return data["username"] if right and hub.password else None


class TestAccounts(ByGroup, _Password):
    """Accounts of this computer, one password for all: to try things out on 127.0.0.1."""


c.JupyterHub.authenticator_class = {"pam": SystemAccounts, "test": TestAccounts}[hub.sign_in]
c.Authenticator.manage_groups = True
c.Authenticator.auth_refresh_age = 300  # who leaves a group is out within five minutes
c.Authenticator.admin_users = set(hub.administrators)
c.JupyterHub.admin_access = False
c.JupyterHub.bind_url = hub.address
c.JupyterHub.hub_bind_url = os.environ.get("LEARNER_KIT_HUB_INNER", "http://127.0.0.1:8081")
c.ConfigurableHTTPProxy.command = list(hub.proxy)
c.ConfigurableHTTPProxy.api_url = os.environ.get("LEARNER_KIT_PROXY_INNER", "http://127.0.0.1:8001")
c.ConfigurableHTTPProxy.pid_file = str(places.own / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{places.own / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(places.own / "cookie_secret")
c.JupyterHub.tornado_settings = {"compress_response": True}  # learners' lines may be slow
c.JupyterHub.cleanup_servers = False  # servers go on while the hub is renewed: nobody loses a page
c.JupyterHub.allow_named_servers = False
c.JupyterHub.load_roles = [
    # JupyterHub's own default, said here so that it stays: oneself, nothing of another.
    {"name": "user", "scopes": ["self"]},
]


def before_start(spawner):
    """Say which server this account gets; what that server can reach was settled by the rights of files."""
    user = spawner.user.name
    roles = setting.roles(user, hub.groups)
    if not roles:
        raise PermissionError(f"{user} is in none of the kit's groups.")
    role = roles[0]
    part = places.learner if role == setting.LEARNER else places.staff
    told = {
        single.ROLE: role,
        single.IDLE: str(int(hub.hours_idle * 3600)),
        "LEARNER_KIT_EXCHANGE": str(places.exchange),
        "LEARNER_KIT_SPARE_KERNEL": "1" if hub.spare_kernels else single.FIRST,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(part),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "agg",
    }
    if role == setting.LEARNER:
        taking_part = setting.course(hub, user)
        if taking_part is not None:
            from learner_kit.course.exchange import COURSE, LEARNER, course_id

            told |= {COURSE: course_id(taking_part[0]), LEARNER: taking_part[1]}
        spawner.default_url = f"/voila/render/{single.serve.WELCOME}"
    else:
        if hub.cohorts:
            told[single.COHORT] = str(places.staff / "cohorts" / hub.cohorts[0])
        spawner.default_url = f"/voila/render/notebooks/{role}.ipynb"
    spawner.environment = told


class Promptly(LocalProcessSpawner):
    """Plain processes, each given out at the moment it answers; JupyterHub itself looks every few seconds only."""

    async def start(self):
        where = await super().start()
        while self.proc.poll() is None:  # start_timeout ends the wait for one that never answers
            try:
                _, writer = await asyncio.open_connection(*where)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
        return where


c.Spawner.cmd = [hub.python, "-P", "-m", "learner_kit.hub", "serve"]
c.Spawner.pre_spawn_hook = before_start
c.Spawner.env_keep = ["LANG", "LC_ALL"]  # nothing else of root's environment reaches a learner
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.disable_user_config = False  # Jupyter's settings are the kit's (serve.environment); a home's own are not read
if hub.spawner == "systemd":
    c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
    c.SystemdSpawner.mem_limit = hub.memory
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.readonly_paths = ["/"]
    c.SystemdSpawner.readwrite_paths = [str(Path("/home")), str(places.exchange), str(places.cohorts)]
else:
    c.JupyterHub.spawner_class = Promptly
