"""Whether a hub's folders keep learners out: looked at before the hub starts, so that a wrong `chmod` is not found later."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from learner_kit.hub.setting import Hub

MOST = 20  # faults said; the first few show what went wrong


def faults(hub: Hub) -> list[str]:
    """What is wrong with the rights of a hub's folders, each with what to do; nothing when all is well."""
    import grp

    places = hub.places
    try:
        staff = grp.getgrnam(hub.groups["staff"]).gr_gid
    except KeyError:
        return [f"There is no group {hub.groups['staff']} on this computer: groupadd {hub.groups['staff']}"]
    found: list[str] = []
    wanted = (
        (places.root, 0o755, None),
        (places.learner, 0o755, None),
        (places.staff, 0o750, staff),
        (places.cohorts, 0o2770, staff),
        (places.exchange, 0o3777, staff),
        (places.own, 0o700, None),
    )
    for path, rights, group in wanted:
        if not path.is_dir():
            found.append(f"{path} is not there: python -m learner_kit.hub install HUB.TOML")
            continue
        about = path.stat()
        if about.st_uid != 0:
            found.append(f"{path} must belong to root: chown root {path}")
        if stat.S_IMODE(about.st_mode) != rights:
            found.append(f"{path} has the rights {stat.S_IMODE(about.st_mode):o}: chmod {rights:o} {path}")
        if group is not None and about.st_gid != group:
            found.append(f"{path} must belong to the group {hub.groups['staff']}: chgrp {hub.groups['staff']} {path}")
    for path in _written_by_others(places.learner):
        found.append(f"{path} could be changed by others than root: chmod go-w {path}; chown root {path}")
    for inbound in sorted(places.exchange.glob("*/inbound")) if places.exchange.is_dir() else ():
        if stat.S_IMODE(inbound.stat().st_mode) != 0o3773:
            found.append(f"{inbound} must be write-only for learners: chmod 3773 {inbound}")
    return found[:MOST]


def _written_by_others(folder: Path) -> Iterator[Path]:
    for one in (folder, *sorted(folder.rglob("*"))) if folder.is_dir() else ():
        about = one.lstat()
        if about.st_uid != 0 or (not one.is_symlink() and about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
            yield one
