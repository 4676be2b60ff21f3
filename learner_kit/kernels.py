"""The kernels of the kit's server: one is kept ready, so that a page opens sooner; forms wait for their browser.

A page needs a kernel with the kit's libraries in it, which takes seconds to make. `Kernels` makes one ahead: the next
page takes it, and another is made when that page stands. A page's forms are sent piece by piece while its browser is
already at work; `wait_for_browser` holds the first one until the browser is ready to hear of it.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from contextvars import ContextVar
from typing import IO, Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado import web

OFF = "LEARNER_KIT_SPARE_KERNEL"  # "0" in the environment: none is kept ready (it takes about 200 MB of memory)
PATIENCE = 20.0  # seconds that a page's forms wait for a browser that never says that it is ready
START = 60.0  # seconds that a kernel gets to answer
READY = r"learner-kit/ready/(?P<kernel_id>[\w-]+)"
# What pages use, first what most of them use: a page that comes early need not wait for the rest.
LIBRARIES = (
    "ipywidgets learner_kit.forms.page learner_kit.faces learner_kit.course.programme",
    "pandas",
    "learner_kit.survey learner_kit.grading learner_kit.contact",
    "learner_kit.plots",
    "learner_kit.trends",
    "scipy.stats",
)


class Opening:
    """A page on its way to a browser: its kernel, and whether the browser is ready to hear of forms."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()


_opening: ContextVar[Opening | None] = ContextVar("opening", default=None)


def page_begins() -> None:
    """Say that what this task asks for from now on is for a page."""
    _opening.set(Opening())


async def wait_for_browser(cell: Any, **_: Any) -> None:
    """Hold a page's first form until its browser is ready; what only loads libraries (the cell `setup`) goes on."""
    page = _opening.get()
    if page is None or page.ready.is_set() or cell.get("id") == "setup":
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(page.ready.wait(), PATIENCE)
    page.ready.set()


class Ready(JupyterHandler):
    """Hears from a page's browser that it is ready."""

    @web.authenticated
    async def get(self, kernel_id: str) -> None:
        page = getattr(self.kernel_manager, "openings", {}).get(kernel_id)
        if page:
            page.ready.set()
        self.set_status(204)


class Kernels(AsyncMappingKernelManager):
    """Jupyter's own kernels, with one kept ready; what they print goes to a file, not to the window."""

    said: IO[bytes] | None = None  # open as long as the server: a kernel that starts again needs it too
    ahead: int | None = None  # for how many of the first pages one is made ready; None: for every next one
    rounds: int | None = None  # how much of LIBRARIES is loaded ahead; None: all of it

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.openings: dict[str, Opening] = {}
        self.opened = 0
        self._spare: _Spare | None = None
        self._making: asyncio.Task | None = None

    async def start_kernel(self, **options: Any) -> str:
        """Start a kernel, or, for a page, hand over the one that is ready."""
        page = _opening.get()
        if page is None or options.get("kernel_id"):
            return await self.start_new(**options)
        self.opened += 1
        number = self.opened
        spare, self._spare = self._spare, None
        kernel = await spare.hand_over(**options) if spare else None
        kernel = kernel or await self.start_new(**options)
        self.openings[kernel] = page
        self._making = asyncio.ensure_future(self._make_when(page, kernel, number))
        return kernel

    async def start_new(self, **options: Any) -> str:
        return await super().start_kernel(stderr=self.said, **options)

    def remove_kernel(self, kernel_id: str, **options: Any) -> Any:
        """Forget a kernel, and the page it was for."""
        self.openings.pop(kernel_id, None)
        return super().remove_kernel(kernel_id, **options)

    async def make_spare(self) -> None:
        """Make a kernel ready for the next page, unless one is ready or none is wanted."""
        wanted = os.environ.get(OFF) != "0" and (self.ahead is None or self.opened < self.ahead)
        if self._spare is None and wanted:
            self._spare = _Spare(self)
            await self._spare.make()

    async def _make_when(self, page: Opening, kernel: str, number: int) -> None:
        """Make the next one when a page stands: while it opens, the computer has enough to do.

        Who goes on to another page before that leaves it to that page.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(page.ready.wait(), PATIENCE)
        quiet = 0
        for _ in range(120):
            await asyncio.sleep(0.25)
            if self.opened != number:
                return
            held = self._kernels.get(kernel)
            quiet = quiet + 1 if getattr(held, "execution_state", "idle") == "idle" else 0
            if quiet > 3:
                break
        await self.make_spare()


class _Spare:
    """A kernel that loads what pages need and waits for one; it can be taken at any time."""

    def __init__(self, kernels: Kernels) -> None:
        self.kernels, self.kernel, self.wanted = kernels, None, False
        self.made = asyncio.Event()

    async def make(self) -> None:
        try:
            self.kernel = await self.kernels.start_new(kernel_name="python3")
            self.client = self.kernels.get_kernel(self.kernel).client()
            self.client.start_channels()
            await self.client.wait_for_ready(timeout=START)
            for names in LIBRARIES[: self.kernels.rounds]:
                if self.wanted:
                    break
                await self._run("".join(f"__import__('importlib').import_module({name!r})\n" for name in names.split()))
        except Exception:  # a page then starts a kernel of its own
            self.kernels.log.warning("No kernel could be kept ready", exc_info=True)
            if self.kernel in self.kernels:
                await self.kernels.shutdown_kernel(self.kernel, now=True)
            self.kernel = None
        finally:
            self.made.set()

    async def hand_over(self, path: str | None = None, env: dict[str, str] | None = None, **_: Any) -> str | None:
        """Put it in a page's folder, with a page's environment; None when it is gone."""
        self.wanted = True
        await self.made.wait()
        if self.kernel is None or self.kernel not in self.kernels:
            return None
        folder = self.kernels.cwd_for_path(path or "")
        try:
            # Voilà's names are words of an enumeration, which another process could not read as they stand.
            told = {str.__str__(name): str.__str__(value) for name, value in (env or {}).items()}
            await self._run(f"__import__('os').chdir({str(folder)!r})\n__import__('os').environ.update({told!r})")
        except Exception:
            self.kernels.log.warning("The kernel kept ready could not be handed over", exc_info=True)
            return None
        self.client.stop_channels()
        return self.kernel

    async def _run(self, code: str) -> None:
        asked = self.client.execute(code, silent=True, store_history=False)
        while True:
            reply = await self.client.get_shell_msg(timeout=START)
            if reply["parent_header"].get("msg_id") == asked:
                break
        if reply["content"]["status"] != "ok":
            raise RuntimeError(reply["content"].get("evalue", "the kernel refused"))
