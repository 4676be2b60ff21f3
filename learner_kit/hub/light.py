"""Keeping the start of a server short: what it never uses is not loaded, what few ask for is loaded when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from learner_kit import quick

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

# Extensions that serve JupyterLab alone: pages need none of them. Each with where its addresses begin.
LATER = {
    "jupyterlab": ("lab", "static/lab", "doc"),
    "jupyter_lsp": ("lsp",),
    "jupyter_server_terminals": ("api/terminals", "terminals"),
    "nbgrader.server_extensions.validate_assignment": ("assignments/validate", "nbgrader_version"),
    "nbgrader.server_extensions.assignment_list": ("assignments", "assignment_list", "formgraders"),
    "nbgrader.server_extensions.course_list": ("courses", "formgraders"),
}


def hub_extension() -> type:
    """JupyterHub's part of a server, without what only the hub itself needs.

    Its log would load the hub's pages and database, half a second for one class that no such server has. Jupyter's own log
    leaves out secrets as well.
    """
    quick.start()
    name = "jupyterhub.log"
    if name not in sys.modules:
        from jupyter_server.log import log_request

        plain: Any = ModuleType(name)
        plain.log_request, plain.coroutine_frames = log_request, list
        sys.modules[name] = plain
        try:
            from jupyterhub.singleuser.extension import JupyterHubSingleUser
        except (ImportError, AttributeError):  # a newer JupyterHub that needs more of it
            for one in [one for one in sys.modules if one.split(".")[0] == "jupyterhub"]:
                del sys.modules[one]
    from jupyterhub.singleuser.extension import JupyterHubSingleUser

    return JupyterHubSingleUser


def load_when_asked(server: ServerApp, names: Iterable[str]) -> None:
    """Load extensions when somebody asks for an address of one of them; the asker is sent there again and finds it.

    Args:
        server: a server that is made.
        names: keys of LATER; none of them is loaded yet.
    """
    from jupyter_server.base.handlers import JupyterHandler
    from tornado import web
    from tornado.routing import PathMatches, Rule

    names, router = list(names), server.web_app.default_router
    starts = sorted({start for name in names for start in LATER[name]})
    if not starts:
        return

    async def load() -> None:
        if rule not in router.rules:
            return
        router.rules.remove(rule)
        manager = server.extension_manager
        for name in names:
            if manager.add_extension(name, enabled=True):
                manager.link_extension(name)
                manager.load_extension(name)
                await manager.start_extension(name)

    class Asked(JupyterHandler):
        @web.authenticated
        async def get(self, *_: str) -> None:
            await load()
            self.redirect(self.request.uri or "/", status=307)

        post = put = patch = delete = head = get

    address = rf"{server.base_url}({'|'.join(starts)})(/.*)?"
    rule = Rule(PathMatches(address), Asked)
    router.rules.insert(0, rule)
