"""The server of one account of a hub: the kit's own server (`serve`), with the hub's sign-in in the place of a token.

JupyterHub starts it as that account, from the part of the kit that the account may read. What an account may do is
decided by the rights of files, which were set before this runs and which it cannot change.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learner_kit import serve
from learner_kit.course import exchange
from learner_kit.errors import KitError
from learner_kit.hub import buttons, light
from learner_kit.hub.setting import LEARNER, STAFF

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

ROLE = "LEARNER_KIT_ROLE"
COHORT = "LEARNER_KIT_COHORT"
FIRST = "first"  # kernels.OFF: kernels are made ready for the pages that an account opens first, and no other later
# So many: a learner goes on from the welcome page to another; staff stay at their desk.
FIRST_PAGES = {LEARNER: 2}
IDLE = "LEARNER_KIT_IDLE"  # seconds without anything happening after which the server stops
FOLDER = "learner-kit"  # in a learner's home: lessons, workbooks, answers
OWN = ".learner-kit"  # in every home: Jupyter's own files
PRIVATE, SHARED = 0o077, 0o007  # umasks: what a learner makes is the learner's alone; what staff make is all staff's
# nbgrader's own lists: learners have the pages and one button
LEFT_OUT = frozenset(f"nbgrader.server_extensions.{name}" for name in ("assignment_list", "course_list"))
FRAMES = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}  # formgrader opens in JupyterLab's frame


def run(role: str | None = None) -> None:
    """Be the server of the account that runs this, until the hub stops it.

    Args:
        role: learner, facilitator, assessor or moderator; LEARNER_KIT_ROLE, which the hub sets, without it.

    Raises:
        KitError: no role is given, or the home folder cannot be written to.
    """
    extension = light.hub_extension()
    from learner_kit import kernels

    role = role or os.environ.get(ROLE, "")
    if role not in (LEARNER, *STAFF):
        raise KitError("This is started by a hub, which says for whom (docs/hub.md).")
    os.umask(PRIVATE if role == LEARNER else SHARED)
    home = serve.jupyter_home(Path.home() / OWN)
    with suppress(OSError):
        home.chmod(0o700)
    place, own = _learner(home) if role == LEARNER else _staff(home, role)
    server = _server(extension, place, home, own)
    if os.environ.get(kernels.OFF) == FIRST:
        server.kernel_manager.ahead = FIRST_PAGES.get(role, 1)
        server.kernel_manager.rounds = 1
    serve.furnish(server, place)
    buttons.refuse(server.web_app)
    server.start()
    serve.let_go(server)


def lay_out(folder: Path, kit: Path) -> None:
    """Lay out a learner's folder: the lessons and the data as links to the kit's own, which nobody can change.

    What a learner does on a page is kept beside it, in the learner's own folder. Files of the learner's stay.

    Raises:
        KitError: the folder cannot be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for part in ("notebooks", "work"):
            (folder / part).mkdir(exist_ok=True)
        links = {folder / "data": kit / "data"}
        links |= {folder / "notebooks" / one.name: one for one in sorted((kit / "notebooks").glob("*.ipynb"))}
        for old in (folder / "notebooks").glob("*.ipynb"):
            if old.is_symlink() and old not in links:
                old.unlink()
        for link, target in links.items():
            if link.is_symlink() and Path(os.readlink(link)) != target:
                link.unlink()
            if not link.is_symlink() and not link.exists():
                link.symlink_to(target)
    except OSError as error:
        raise KitError(
            f"Your folder {folder} cannot be written to ({error.strerror}). Ask whoever runs the hub."
        ) from None


def _learner(home: Path) -> tuple[serve.Place, dict[str, dict[str, Any]]]:
    folder = Path.home() / FOLDER
    lay_out(folder, serve.KIT)
    os.environ.update(serve.environment(home, serve.PAGES))
    os.environ.pop(COHORT, None)
    os.environ["LEARNER_KIT_ROOT"] = str(folder)
    if joined := exchange.joined():
        os.environ["LEARNER_KIT_SHARED"] = str(joined.live)
    place = serve.Place(folder, "", folder / "work", formgrader=False)
    bring = _bringer(folder / "work")
    bring()
    return place, {"VoilaConfiguration": {"page_config_hook": _pages(place, folder, bring)}}


def _bringer(work: Path) -> Callable[[], None]:
    """What brings newly released workbooks into a learner's folder; a hub that cannot just now shows what there is."""

    def bring() -> None:
        joined = exchange.joined()
        if joined is not None:
            with suppress(KitError):
                exchange.fetch(joined, work, os.environ.get(exchange.LEARNER))

    return bring


def _pages(place: serve.Place, folder: Path, bring: Callable[[], None]) -> Any:
    from learner_kit.lessons import glossary

    known = glossary.words()

    def add(page_config: dict[str, Any], base_url: str = "/", notebook_path: str = "", **_: Any) -> dict[str, Any]:
        bring()
        silent = f"{base_url}voila/templates/learner-kit/static/no-math.js"
        shown = {**serve.page_list(notebook_path, base_url, place, folder), "words": known}
        return {**page_config, "fullMathjaxUrl": silent, "kit": shown}

    return add


def _staff(home: Path, role: str) -> tuple[serve.Place, dict[str, dict[str, Any]]]:
    named = os.environ.get(COHORT)
    cohort = Path(named) if named and Path(named).is_dir() else None
    place = serve.place_for(serve.KIT, cohort) if cohort else serve.Place(serve.KIT, "", serve.KIT, formgrader=False)
    os.environ.update(serve.environment(home, cohort or serve.PAGES))
    if cohort is None:
        os.environ.pop(COHORT, None)
    os.environ["LEARNER_KIT_ROOT"] = str(place.root)
    return place, {
        "ServerApp": {"default_url": f"/voila/render/{place.prefix}notebooks/{role}.ipynb", "tornado_settings": FRAMES},
        "Exchange": {"root": str(exchange.place())},
    }


def _server(extension: Any, place: serve.Place, home: Path, own: dict[str, dict[str, Any]]) -> ServerApp:
    from traitlets.config import Config

    told = serve.settings(place, home, "", False, False, serve.FIRST_PORT, serve.kernel_class(home))
    del told["IdentityProvider"]  # the hub's
    for name in ("ip", "port", "open_browser", "allow_remote_access", "allow_root"):
        del told["ServerApp"][name]
    # Named one by one; an extension that is named and off would be loaded all the same.
    extensions = [name for name, on in told["ServerApp"].pop("jpserver_extensions").items() if on]
    if place.root != serve.KIT:
        extensions = [name for name in extensions if name not in LEFT_OUT]
    told["ServerApp"]["shutdown_no_activity_timeout"] = int(os.environ.get(IDLE) or 0)
    told["FileContentsManager"]["preferred_dir"] = str(place.root)
    for name, traits in own.items():
        told[name] = {**told.get(name, {}), **traits}
    # The line to a hub may be slow, unlike the way to a server on one's own computer.
    told["ServerApp"]["websocket_compression_options"] = {}
    told["ServerApp"]["tornado_settings"] = {"compress_response": True, **told["ServerApp"].get("tornado_settings", {})}
    extension.serverapp_config = {"jpserver_extensions": {name: True for name in extensions if name not in light.LATER}}
    server = extension.initialize_server(argv=[], config=Config(told))
    light.load_when_asked(server, [name for name in extensions if name in light.LATER])
    return server
