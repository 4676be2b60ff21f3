"""The kit on this computer: one Jupyter server that shows every notebook as a page and, on wish, in JupyterLab."""

from __future__ import annotations

import os
import secrets
import signal
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from learner_kit import quick, screen
from learner_kit.errors import KitError
from learner_kit.lessons import glossary
from learner_kit.pagelist import KIT, PAGES, WELCOME, Place, page_list

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

JUPYTER = KIT / ".jupyter"  # Jupyter's own files: settings, connection files, logs; ignored by git
FIRST_PORT = 8888
# What learners handed in, and what came of it, is read through the desks: it never runs here.
NEVER_RUN = frozenset({"submitted", "autograded", "feedback"})
EXTENSIONS = (
    "jupyterlab",
    "jupyter_lsp",
    "jupyter_server_terminals",
    "voila.server_extension",
    "nbgrader.server_extensions.formgrader",
    "nbgrader.server_extensions.validate_assignment",
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
)


def serve(cohort_path: str | Path, lab: bool = False, browser: bool = True, port: int | None = None) -> None:
    """Start the kit's server for a cohort and stay until it is stopped with Ctrl+C.

    Args:
        cohort_path: folder of the cohort; formgrader opens this course.
        lab: open JupyterLab instead of the page.
        browser: open the address in the browser; the address is printed in any case.
        port: first port to try, 1024 to 65535; the next free one is taken when it is busy. None means 8888.

    Raises:
        KitError: the cohort's folder or the welcome page is missing, or no port is free.
        ValueError: `port` is out of range.
    """
    if port is not None and not 1024 <= port <= 65535:
        raise ValueError(f"port must be a whole number from 1024 to 65535, not {port!r}")
    cohort = Path(cohort_path).resolve()
    if not cohort.is_dir():
        raise KitError(f"There is no cohort folder {cohort}. `{screen.command('start')}` makes a practice cohort.")
    if not (KIT / WELCOME).is_file():
        raise KitError(
            f"The welcome page {KIT / WELCOME} is missing. Fetch the kit again; your cohorts stay as they are."
        )
    place, learners = place_for(KIT, cohort), not (cohort / "cohort.toml").is_file()  # a learner's edition has no class
    place = place._replace(formgrader=place.formgrader and not learners)
    home = jupyter_home(JUPYTER)
    os.environ.update(environment(home, cohort))
    _say("Starting the kit …" if learners else f"Starting the kit for the cohort {cohort.name} …")
    server = _server(place, home, secrets.token_hex(24), lab, browser, port or FIRST_PORT)
    address = f"http://127.0.0.1:{server.port}{server.default_url}?token={server.identity_provider.token}"
    lines = ["The kit is open at this address, on this computer only:", f"  {address}"]
    if not place.formgrader and not learners:
        lines.append(f"nbgrader's formgrader stays off: {cohort} shares no folder with the kit. The rest works.")
    lines.append("To stop it, press Ctrl+C here.")
    server.io_loop.add_callback(_say, *lines)  # said when the server answers, not before
    server.start()
    let_go(server)
    _say("The kit has stopped. Everything saved is on disk.")


def place_for(kit: Path, cohort: Path) -> Place:
    """Choose the folder to serve: the kit's own, or, for a cohort kept elsewhere, the nearest folder that holds both.

    Example:
        >>> place_for(Path("/srv/kit"), Path("/srv/kit/cohorts/practice")).prefix
        ''
        >>> place_for(Path("/srv/kit"), Path("/srv/classes/may")).prefix
        'kit/'
    """
    try:
        root = Path(os.path.commonpath([kit, cohort]))
    except ValueError:  # two drives of Windows have no folder in common
        return Place(kit, "", cohort, formgrader=False)
    if root == cohort:  # a cohort never holds the kit; serve the kit alone
        return Place(kit, "", cohort, formgrader=False)
    inside = kit.relative_to(root).as_posix()
    return Place(root, "" if inside == "." else f"{inside}/", cohort, formgrader=True)


def environment(home: Path, cohort: Path) -> dict[str, str]:
    """Name the environment variables that keep Jupyter inside the kit, away from the user's own settings.

    `nbgrader_config.py` of the cohort is found through JUPYTER_CONFIG_PATH, in whatever folder a command starts; this
    Python's scripts come first on PATH, for terminals.
    """
    scripts = sysconfig.get_path("scripts")  # on Windows it need not be where python.exe is
    return {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "data" / "runtime"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(cohort), str(PAGES / "config")]),
        "JUPYTER_PATH": str(PAGES),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONUTF8": "1",
        # Kernels keep what they compile, even where this is switched off: otherwise every page compiles it all again.
        "PYTHONDONTWRITEBYTECODE": "",
        # What the desks work on, and the folder below which the server gives out files.
        "LEARNER_KIT_COHORT": str(cohort),
        "LEARNER_KIT_ROOT": str(place_for(KIT, cohort).root),
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
    }


def refuse_handed_in(notebook: str) -> bool:
    """Say whether a path lies among what learners handed in (or what was made of it), which no page may run.

    Example:
        >>> refuse_handed_in("cohorts/practice/submitted/L-0001/so1/so1.ipynb")
        True
        >>> refuse_handed_in("notebooks/00-welcome.ipynb")
        False
    """
    return not NEVER_RUN.isdisjoint(part.casefold() for part in Path(notebook.replace("\\", "/")).parts)


def settings(
    place: Place, home: Path, token: str, lab: bool, browser: bool, port: int, kernels: type | None
) -> dict[str, dict[str, Any]]:
    """Give the server's whole configuration, as Jupyter's classes and their traits; `kernels` runs its kernels."""
    path = quote(place.prefix + WELCOME)
    extensions = {name: place.formgrader or not name.endswith("formgrader") for name in EXTENSIONS}
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": port,
            "root_dir": str(place.root),
            "default_url": f"/lab/tree/{path}" if lab else f"/voila/render/{path}",
            "open_browser": browser,
            "jpserver_extensions": extensions,
            "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
            "allow_remote_access": False,
            # Who comes with an address of an earlier start is told so, not asked for a token.
            "extra_template_paths": [str(PAGES / "server")],
            # A class's submissions are uploaded in one message; Jupyter's own limit is 10 MB.
            "tornado_settings": {"websocket_max_message_size": 300 * 2**20},
            "kernel_manager_class": kernels,
        },
        "Application": {"logging_config": _logging(home)},
        "IdentityProvider": {"token": token},
        "FileContentsManager": {"preferred_dir": str(KIT)},
        "KernelSpecManager": {"allowed_kernelspecs": {"python3"}, "ensure_native_kernel": True},
        # A page stops its own kernel when it closes; these two are for browsers that were cut off.
        "AsyncMappingKernelManager": {
            "cull_idle_timeout": 3600,
            "cull_interval": 300,
            "default_kernel_name": "python3",
        },
        "LabApp": {
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
        },
        "CourseDirectory": {"root": str(place.cohort)},
        "VoilaConfiguration": {
            "template": "learner-kit",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "show_tracebacks": False,
            # What forms need; the rest of JupyterLab's extensions would only slow a page down.
            "extension_allowlist": ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager"],
            "extension_denylist": [],
            "page_config_hook": _page_config(place),
            "prelaunch_hook": _before_launch,
        },
        # A cell that fails costs its own place on the page, not the rest of the page.
        "VoilaExecutor": {"allow_errors": True, "on_cell_error": _cell_failed, "on_cell_execute": _hold},
    }


def _server(place: Place, home: Path, token: str, lab: bool, browser: bool, port: int) -> ServerApp:
    quick.start()
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    server = ServerApp.instance(config=Config(settings(place, home, token, lab, browser, port, kernel_class(home))))
    server.no_browser_open_file = not browser  # not a setting of Jupyter's, only an attribute
    try:
        server.initialize(argv=[], find_extensions=False)
    except SystemExit as stop:
        raise KitError(
            f"The kit could not start: no free port from {port} on, or a file is missing. "
            f"Close other copies of the kit, or give another port. Details: {home / 'server.log'}"
        ) from stop
    furnish(server, place)

    def stop_now(*_: Any) -> None:
        server.stop(from_signal=True)

    with suppress(ValueError):  # only the main thread may listen to signals
        signal.signal(signal.SIGINT, stop_now)
        signal.signal(signal.SIGTERM, stop_now)
    return server


def furnish(server: ServerApp, place: Place) -> None:
    """Put into a server that is made what settings cannot say: the way home, a kernel kept ready, formgrader's pages."""
    from learner_kit import kernels

    pages = server.web_app.settings["voila_jinja2_env"]
    pages.globals["kit_home"] = f"{server.base_url}voila/render/{quote(place.prefix + WELCOME)}"
    if "nbgrader_exporter" in server.web_app.settings:
        from learner_kit.assess import formgrader

        formgrader.furnish(server.web_app)
    server.web_app.add_handlers(".*$", [(f"{server.base_url}{kernels.READY}", kernels.Ready)])
    server.io_loop.add_callback(server.kernel_manager.make_spare)


def let_go(server: ServerApp) -> None:
    """End what pages closed half-way left behind: a task that never ends keeps its thread, and Python would not exit."""
    import asyncio

    loop = server.io_loop.asyncio_loop
    if loop.is_closed():
        return
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=5))


def _page_config(place: Place) -> Any:
    known = glossary.words()

    def add(page_config: dict[str, Any], base_url: str = "/", notebook_path: str = "", **_: Any) -> dict[str, Any]:
        # Voilà would ask a CDN for MathJax; pages have no formulas that need it.
        silent = f"{base_url}voila/templates/learner-kit/static/no-math.js"
        return {
            **page_config,
            "fullMathjaxUrl": silent,
            "kit": {**page_list(notebook_path, base_url, place), "words": known},
        }

    return add


def _before_launch(handler: Any, notebook: Any = None, cwd: str = "") -> None:
    from tornado.web import HTTPError

    if refuse_handed_in(handler.path_args[0] if handler.path_args else cwd):
        raise HTTPError(403, "what learners hand in is never run")
    from learner_kit.kernels import page_begins

    page_begins()
    _ = handler.xsrf_token  # sets the cookie with which the page may stop its kernel when it closes


async def _hold(cell: Any, **_: Any) -> None:
    from learner_kit.kernels import wait_for_browser

    await wait_for_browser(cell)


def _cell_failed(cell: Any, cell_index: int, execute_reply: Any, **_: Any) -> None:
    import logging

    content = execute_reply.get("content", {})
    lines = "\n".join(content.get("traceback", []))
    logging.getLogger("ServerApp").error("Cell %s of a page failed: %s", cell_index, lines)


def kernel_class(home: Path) -> type:
    """Make the class of the server's kernels, with what they print going to a file, not to the window."""
    from learner_kit.kernels import Kernels

    class QuietKernels(Kernels):
        said = (home / "kernels.log").open("wb")

    return QuietKernels


def _logging(home: Path) -> dict[str, Any]:
    """Send what Jupyter logs to a file (for whoever helps); the window shows only the kit's own lines."""
    log = home / "server.log"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "console": {"level": 60},  # above CRITICAL: nothing
            "file": {
                # No handler that renames: Windows refuses it while a second copy of the kit writes into the same file.
                "class": "logging.FileHandler",
                "filename": str(log),
                "mode": "w" if log.exists() and log.stat().st_size > 1_000_000 else "a",
                "encoding": "utf-8",
                "formatter": "plain",
                "level": "WARNING",
            },
        },
        "loggers": {
            name: {"level": "WARNING", "handlers": ["file"], "propagate": False} for name in ("ServerApp", "LabApp")
        },
        "root": {"level": "WARNING", "handlers": ["file"]},  # what Jupyter's libraries say, such as tornado and asyncio
    }


def jupyter_home(wanted: Path) -> Path:
    """Make the folder for Jupyter's own files, or a temporary one where the kit may not write."""
    try:
        for part in ("config", "data", "ipython"):
            (wanted / part).mkdir(parents=True, exist_ok=True)
        (wanted / ".gitignore").write_text("*\n", encoding="utf-8", newline="\n")
    except OSError:
        return Path(tempfile.mkdtemp(prefix="learner-kit-"))
    return wanted


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)
