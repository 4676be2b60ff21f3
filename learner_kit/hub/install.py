"""Putting the kit on a hub: two copies of it, each with the rights of those who use it, and the folders they share.

ROOT/learner    root's own; everybody reads: the package, the lessons, the practice data, the plan; nothing that answers
ROOT/staff      root's own; the group of staff reads: the whole kit
ROOT/staff/cohorts   the group of staff writes, new folders and files too
ROOT/exchange   as nbgrader wants it: everybody may make a folder, nobody may touch that of another
ROOT/hub        root alone
"""

from __future__ import annotations

import compileall
import fnmatch
import json
import os
import secrets
import shutil
from pathlib import Path

from learner_kit.course.programme import HOME
from learner_kit.editions.parts import linked
from learner_kit.errors import KitError
from learner_kit.hub.setting import Places

# What learners' servers get. A list of what may go, not of what may not: what is new in the kit stays out until it is named.
FOR_LEARNERS = (
    "LICENSE",
    "learner_kit/**",
    "notebooks/00-welcome.ipynb",
    "notebooks/01-customer-care.ipynb",
    "notebooks/glossary.ipynb",
    "notebooks/in-class.ipynb",
    "notebooks/so[0-9]-*.ipynb",
    "data/README.md",
    "data/*.csv",
    "data/*.toml",
    "data/scenarios/*",
    "assessments/unit_standard.toml",
    "assessments/plan.toml",
    "assessments/rules.toml",
)
# Rooms that only staff work in; the sample class has answers in it.
NOT_FOR_LEARNERS = ("learner_kit/demo/*", "learner_kit/hub/install.py", "*/__pycache__/*", "*.pyc")
FOR_STAFF = (
    "LICENSE",
    "README.md",
    "learner_kit/**",
    "notebooks/*.ipynb",
    "data/**",
    "assessments/**",
    "programmes/**",
)
# What the welcome page says of one's own computer is not so on a hub.
ON_A_SERVER = {
    "It runs on this computer. It needs no internet, and it sends nothing to anyone.": "It runs on a server of your training "
    "provider. What you type is kept there, in a folder of your own that no other learner can read.",
    "Each answer is saved on this computer as soon as you leave its box.": "Each answer is saved on the server as soon as "
    "you leave its box.",
    "What you type stays on this computer, and you may leave a box empty.": "What you type stays in your folder on the "
    "server, and you may leave a box empty.",
}
NOT_FOR_STAFF = ("*/__pycache__/*", "*.pyc", "*/.ipynb_checkpoints/*")


def learners_files(kit: Path = HOME) -> list[str]:
    """The files of the kit that learners may have, as paths below its folder."""
    return _files(kit, FOR_LEARNERS, NOT_FOR_LEARNERS)


def install(root: str | Path, staff_group: str, kit: str | Path = HOME) -> Places:
    """Make or renew a hub's folders; cohorts, the exchange and the hub's own files stay as they are.

    Args:
        root: the hub's folder, such as /srv/learner-kit.
        staff_group: the system's group of all staff.
        kit: the kit to install.

    Raises:
        KitError: this is not root, the group is not there, or the disk is full; the parts that stood there still stand.
    """
    import grp

    if os.geteuid() != 0:
        raise KitError("Only root can install a hub: the rights of files are what keeps learners out.")
    try:
        group = grp.getgrnam(staff_group).gr_gid
    except KeyError:
        raise KitError(
            f"There is no group {staff_group} on this computer. Make it first: groupadd {staff_group}"
        ) from None
    places, kit = Places(Path(root)), Path(kit)
    try:
        _folder(places.root, 0o755, 0)
        _part(kit, places.learner, learners_files(kit), 0o755, 0o644, 0)
        _part(
            kit,
            places.staff,
            _files(kit, FOR_STAFF, NOT_FOR_STAFF),
            0o750,
            0o640,
            group,
            keep=places.cohorts.name,
        )
        _folder(places.cohorts, 0o2770, group)
        _folder(places.exchange, 0o3777, group)
        _folder(places.own, 0o700, 0)
    except (OSError, shutil.Error) as error:
        raise KitError(
            f"The hub's folder {root} could not be made: {getattr(error, 'strerror', None) or error}."
        ) from None
    return places


def _for_hub(notebook: bytes) -> bytes:
    text = notebook.decode("utf-8")
    for said, meant in ON_A_SERVER.items():
        text = text.replace(json.dumps(said, ensure_ascii=False)[1:-1], json.dumps(meant, ensure_ascii=False)[1:-1])
    return text.encode("utf-8")


def _files(kit: Path, wanted: tuple[str, ...], never: tuple[str, ...]) -> list[str]:
    found = {one.relative_to(kit).as_posix() for pattern in wanted for one in kit.glob(pattern) if one.is_file()}
    for pattern in wanted:
        if pattern.endswith("/**"):
            found |= {one.relative_to(kit).as_posix() for one in (kit / pattern[:-3]).rglob("*") if one.is_file()}
    return sorted(name for name in found if not any(fnmatch.fnmatch(name, one) for one in never))


def _folder(path: Path, rights: int, group: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    os.chown(path, 0, group)
    path.chmod(rights)


def _part(
    kit: Path,
    target: Path,
    names: list[str],
    folders: int,
    plain: int,
    group: int,
    keep: str | None = None,
) -> None:
    """Copy files into a new folder, then put what is in it in the place of what was there; `keep` stays as it is."""
    build = target.with_name(f".{target.name}-{secrets.token_hex(6)}")
    old = build.with_name(f"{build.name}-old")
    build.mkdir(0o700)
    try:
        pages = {name.rpartition("/")[2] for name in names if name.startswith("notebooks/")}
        for name in names:
            (build / name).parent.mkdir(parents=True, exist_ok=True)
            if name.startswith("notebooks/") and name.endswith(".ipynb"):  # no link to a page that is not in this part
                (build / name).write_bytes(_for_hub(linked((kit / name).read_bytes(), pages)))
            else:
                shutil.copyfile(kit / name, build / name)
        compileall.compile_dir(build / "learner_kit", quiet=2, workers=0, stripdir=str(build), prependdir=str(target))
        for one in (build, *build.rglob("*")):
            os.chown(one, 0, group)
            one.chmod(folders if one.is_dir() else plain)
        old.mkdir(0o700)
        if keep is None and target.exists():
            os.replace(target, old / target.name)
        if not target.exists():
            target.mkdir(0o700)
        for one in sorted(target.iterdir()):
            if one.name != keep:
                os.replace(one, old / one.name)
        for one in sorted(build.iterdir()):
            os.replace(one, target / one.name)
        _folder(target, folders, group)
    finally:
        shutil.rmtree(build, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
