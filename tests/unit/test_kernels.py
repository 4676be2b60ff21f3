"""A kernel kept ready is handed over in the page's folder and environment; forms wait for their browser, not for ever."""

from __future__ import annotations

import asyncio
import os

import pytest
from voila.utils import ENV_VARIABLE

from learner_kit import kernels


async def answer(manager: kernels.Kernels, kernel: str, expression: str) -> str:
    client = manager.get_kernel(kernel).client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    asked = client.execute("", user_expressions={"x": expression})
    while True:
        reply = await client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == asked:
            client.stop_channels()
            return reply["content"]["user_expressions"]["x"]["data"]["text/plain"]


@pytest.fixture
def manager(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "LIBRARIES", ("json", "no_such_library_at_all"))
    (tmp_path / "lessons").mkdir()
    with (tmp_path / "log").open("wb") as said:
        made = kernels.Kernels(root_dir=str(tmp_path))
        made.said = said
        yield made


def run(work) -> None:
    asyncio.new_event_loop().run_until_complete(work)


def test_the_spare_kernel_stands_in_the_pages_place(manager, monkeypatch, tmp_path):
    monkeypatch.setattr(kernels, "LIBRARIES", ("json",))

    async def work() -> None:
        await manager.make_spare()
        spare = manager._spare.kernel
        kernels.page_begins()
        env = {"KIT_TEST": "R1 500", ENV_VARIABLE.VOILA_BASE_URL: "/"}  # as Voilà asks
        taken = await manager.start_kernel(kernel_name="python3", path="lessons", env=env)
        assert taken == spare and manager._spare is None
        manager._making.cancel()
        assert await answer(manager, taken, "__import__('os').path.basename(__import__('os').getcwd())") == "'lessons'"
        assert await answer(manager, taken, "__import__('os').environ['KIT_TEST']") == "'R1 500'"
        assert await answer(manager, taken, "'json' in __import__('sys').modules") == "True"
        await manager.shutdown_all(now=True)

    run(work())


def test_without_a_spare_kernel_a_page_starts_its_own(manager, monkeypatch):
    async def work() -> None:
        await manager.make_spare()  # a library that cannot be loaded: none is kept
        assert manager._spare.kernel is None
        monkeypatch.setenv(kernels.OFF, "0")
        kernels.page_begins()
        taken = await manager.start_kernel(kernel_name="python3", path="lessons", env=dict(os.environ))
        manager._making.cancel()
        assert taken in manager.openings
        await manager.make_spare()
        assert manager._spare is None
        await manager.shutdown_all(now=True)
        assert taken not in manager.openings

    run(work())


def test_a_form_waits_for_its_browser_but_not_for_ever(monkeypatch):
    monkeypatch.setattr(kernels, "PATIENCE", 0.05)

    async def work() -> None:
        await kernels.wait_for_browser({"id": "form"})  # no page: a notebook that runs elsewhere
        kernels.page_begins()
        page = kernels._opening.get()
        await kernels.wait_for_browser({"id": "setup"})
        assert not page.ready.is_set()
        await kernels.wait_for_browser({"id": "form"})
        assert page.ready.is_set()

    run(work())
