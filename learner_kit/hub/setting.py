"""The settings of a hub (`hub.toml`), and what an account may be: decided by the system's groups, at every login anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from learner_kit.errors import DataError, Fault
from learner_kit.settings import Keys, read, refuse

LEARNER = "learner"
STAFF = ("facilitator", "assessor", "moderator")  # an account of several opens the desk of the first it has
GROUPS = {
    "learner": "lk-learners",
    "facilitator": "lk-facilitators",
    "assessor": "lk-assessors",
    "moderator": "lk-moderators",
    "staff": "lk-staff",
}
SIGN_IN = ("pam", "test")
SPAWNERS = ("local", "systemd")


@dataclass(frozen=True)
class Places:
    """The folders of a hub below its root; `install` makes them with the rights that keep people apart."""

    root: Path

    @property
    def learner(self) -> Path:
        """The learner's part of the kit: no master, no memo, no sample answers; everybody reads, nobody writes."""
        return self.root / "learner"

    @property
    def staff(self) -> Path:
        """The whole kit: staff alone may enter."""
        return self.root / "staff"

    @property
    def cohorts(self) -> Path:
        """The classes: staff alone may enter, and all of them may write."""
        return self.staff / "cohorts"

    @property
    def exchange(self) -> Path:
        return self.root / "exchange"

    @property
    def own(self) -> Path:
        """The hub's own database and keys: root alone."""
        return self.root / "hub"


@dataclass(frozen=True)
class Hub:
    """What `hub.toml` says."""

    places: Places
    python: str
    cohorts: tuple[str, ...]
    sign_in: str
    password: str | None
    spawner: str
    address: str
    proxy: tuple[str, ...]
    administrators: tuple[str, ...]
    spare_kernels: bool
    memory: str
    hours_idle: float
    groups: dict[str, str] = field(default_factory=dict)


def load(path: str | Path) -> Hub:
    """Read the hub's settings.

    Args:
        path: the file `hub.toml`; `deploy/hub/hub.toml` is one with every key explained.

    Raises:
        KitError: it is not there or is no TOML.
        DataError: every fault at once.
    """
    faults: list[Fault] = []
    keys = Keys(read(path), faults)
    root = keys.take("root", str, "/srv/learner-kit")
    if root and not Path(root).is_absolute():
        keys.fault("root", "must be a whole path that begins with /")
    groups = keys.table("groups") if "groups" in keys.names() else Keys({}, faults, "groups")
    sign_in = keys.take("sign_in", str, "pam", among=SIGN_IN)
    address = keys.take("address", str, "http://127.0.0.1:8000")
    password = keys.take("test_password", str, None)
    if sign_in == "test":
        if not password or len(password) < 12:
            keys.fault("test_password", "must have 12 signs or more where sign_in is test")
        if address and not address.startswith("http://127.0.0.1:"):
            keys.fault("address", "must be on this computer alone (http://127.0.0.1:PORT) where sign_in is test")
    hours = keys.take("hours_idle", float, 2.0)
    if hours is not None and not 0.1 <= hours <= 72:
        keys.fault("hours_idle", "must be from 0.1 to 72")
    hub = Hub(
        places=Places(Path(root or "/")),
        python=keys.take("python", str, "/opt/learner-kit/venv/bin/python"),
        cohorts=tuple(keys.take("cohorts", list, []) or ()),
        sign_in=sign_in or "pam",
        password=password,
        spawner=keys.take("spawner", str, "local", among=SPAWNERS) or "local",
        address=address or "",
        proxy=tuple(keys.take("proxy", list, ["configurable-http-proxy"]) or ()),
        administrators=tuple(keys.take("administrators", list, []) or ()),
        spare_kernels=bool(keys.take("spare_kernels", bool, False)),
        memory=keys.take("memory", str, "1G") or "1G",
        hours_idle=hours or 2.0,
        groups={role: groups.take(role, str, usual) or usual for role, usual in GROUPS.items()},
    )
    groups.done()
    keys.done()
    refuse(faults, path)
    return hub


def roles(user: str, groups: dict[str, str] = GROUPS) -> tuple[str, ...]:
    """What an account may be, by the system's groups.

    Returns:
        ("learner",), or one or more of facilitator, assessor and moderator, or nothing.

    Raises:
        DataError: the account is learner and staff at once, or is in a role's group but not in the group of all staff.
    """
    import grp
    import os
    import pwd

    try:
        numbers = set(os.getgrouplist(user, pwd.getpwnam(user).pw_gid))
    except KeyError:
        return ()

    def member(name: str) -> bool:
        try:
            return grp.getgrnam(name).gr_gid in numbers
        except KeyError:
            return False

    staff = tuple(role for role in STAFF if member(groups[role]))
    learner, shared = member(groups[LEARNER]), member(groups["staff"])
    faults = []
    if learner and (staff or shared):
        faults.append(Fault(None, user, None, "is a learner and of the staff at once; one account is one of the two"))
    if staff and not shared:
        faults.append(Fault(None, user, None, f"is {staff[0]} but not in the group {groups['staff']}"))
    if faults:
        raise DataError(faults, "The system's groups")
    return (LEARNER,) if learner else staff


def course(hub: Hub, user: str) -> tuple[str, str] | None:
    """The cohort that a learner's account takes part in, and the learner's number there: the first of `cohorts`."""
    from learner_kit.course import accounts
    from learner_kit.errors import KitError

    for name in hub.cohorts:
        try:
            learner = accounts.read(hub.places.cohorts / name / accounts.FILE).get(user)
        except (KitError, DataError):
            continue
        if learner:
            return name, learner
    return None
