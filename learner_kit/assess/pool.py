"""Where the work of grading is done: in this process, in several on this computer, or on a cluster."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from learner_kit import __version__
from learner_kit.errors import KitError

ALONE = 5_000  # up to so many submissions (half a minute), one process: more would take three times the memory
MOST = 61  # processes that Windows lets one process wait for
LOOK = 5  # seconds without a result after which it is seen whether anybody still works
START = 10  # seconds in which a cluster and its first worker must answer
PATIENCE = 60  # seconds that a cluster may be without any worker: time for one to come back

Submit = Callable[[Callable, Iterable[tuple]], Iterator[tuple[tuple, Any]]]


@contextmanager
def pool(count: int, workers: int | None = None, executor: Executor | None = None) -> Iterator[Submit]:
    """A way to call a function with each part of some work: it gives (part, result), in the order they are finished.

    Args:
        count: how many submissions there are in all.
        workers: processes, 1 or more; without it one, or for a large class as many as there are processors.
        executor: does the work instead, wherever it does it, such as `cluster`.

    Raises:
        KitError: a process was ended from outside, as systems do when memory runs out; a cluster went away.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}.")
    number = min(workers or os.cpu_count() or 1, MOST)
    if isinstance(executor, Cluster):
        with executor.in_words():
            yield lambda function, parts: _ahead(executor, function, parts, 3 * executor.threads(), executor.look)
    elif executor is not None:
        yield lambda function, parts: _ahead(executor, function, parts, 4 * number)
    elif number == 1 or (workers is None and count <= ALONE):
        yield lambda function, parts: ((part, function(*part)) for part in parts)
    else:
        # Fresh processes, not copies of this one: a copy would hold this one's locks and database.
        context = multiprocessing.get_context("spawn")
        processes = ProcessPoolExecutor(number, context, initializer=_follow)
        try:
            yield lambda function, parts: _ahead(processes, function, parts, 2 * number)
        except BrokenProcessPool:
            raise KitError(
                "A worker process was ended from outside; the computer may be short of memory. What is graded is kept. "
                "Close other programs and run it again, or with fewer --workers."
            ) from None
        finally:
            processes.shutdown(cancel_futures=True)


def _ahead(
    at: Executor, function: Callable, parts: Iterable[tuple], most: int, look: Callable[[], None] | None = None
) -> Iterator[tuple[tuple, Any]]:
    """Keep only so many parts under way at once: memory must not grow with the class."""
    under_way: dict[Future, tuple] = {}
    parts = iter(parts)
    while True:
        while len(under_way) < most and (part := next(parts, None)) is not None:
            under_way[at.submit(function, *part)] = part
        if not under_way:
            return
        finished = wait(under_way, LOOK, FIRST_COMPLETED).done
        if not finished and look:
            look()
        for done in finished:
            yield under_way.pop(done), done.result()


def _follow() -> None:
    """In a worker process: leave Ctrl+C to the one that started it, and end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


class Cluster(Executor):
    """The workers of a dask cluster, from `cluster`. Work of a worker that dies is given to another one."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._seen = time.monotonic()

    def submit(self, function: Callable, /, *args: Any) -> Future:
        self._seen = time.monotonic()
        asked = self._client.submit(_same_kit, __version__, function, *args, pure=False)

        async def fetched() -> (
            Any
        ):  # dask's own executor takes a result for an error when its worker dies as it is fetched
            return await asked

        return asyncio.run_coroutine_threadsafe(fetched(), self._client.loop.asyncio_loop)

    def threads(self) -> int:
        """How many submissions can be worked on at once now; at least 1."""
        return max(1, sum(self._client.ncores().values()))

    def look(self) -> None:
        """See whether anybody works.

        Raises:
            KitError: there has been no worker for a minute.
        """
        if self._client.ncores():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > PATIENCE:
            raise KitError(
                f"The cluster at {self._address} has had no worker for a minute. What is graded is kept. "
                f"Start one with `dask worker {self._address}` and grade again; only the rest will be graded."
            )

    @contextmanager
    def in_words(self) -> Iterator[None]:
        """Say what becomes of the cluster in the kit's words."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            yield
        except KilledWorker:
            raise KitError(
                "The same work ended one worker of the cluster after another; they may be short of memory. What is graded "
                "is kept. Grade again, or without --cluster."
            ) from None
        except (CancelledError, CommClosedError):
            raise KitError(
                f"The cluster at {self._address} went away in the middle. What is graded is kept. Start it again and grade "
                "again, or grade without --cluster; only the rest will be graded."
            ) from None


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The workers of a dask cluster. They need the kit, in the same version, but no shared disk and no database.

    Answers travel to them as they are, so use it on a network of your own, or with dask's tls:// addresses. Workers may come
    and go: what one had in hand is done by another, and each submission is kept once, by the process that calls this.

    Args:
        address: the scheduler's, such as tcp://10.0.0.5:8786.

    Raises:
        KitError: dask is not installed here, no scheduler or no worker answers, or a worker has another kit or none.
    """
    try:
        from distributed import Client
    except ImportError:
        raise KitError('A cluster needs dask, which is not installed: pip install "learner-kit[cluster]"') from None
    with _quiet("distributed", "distributed.client", "distributed.core", "asyncio", "tornado.application"):
        try:
            client = Client(address, timeout=START)
        except (OSError, ValueError) as error:
            raise KitError(
                f"No cluster answers at {address} ({error}). Start one with `dask scheduler`, and on each computer "
                "`dask worker ADDRESS`, with the address that the scheduler shows."
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=START)
            except TimeoutError:
                raise KitError(
                    f"A scheduler answers at {address}, but no worker. Start some: `dask worker {address}`"
                ) from None
            _look_at_kits(client)
            yield Cluster(client, address)


def _look_at_kits(client: Any) -> None:
    def version() -> str:  # within another function dask sends it whole: a worker without the kit cannot look it up
        import learner_kit.assess.worker

        return learner_kit.__version__

    found = client.run(version, on_error="return")
    wrong = {one: said for one, said in found.items() if said != __version__}
    if wrong:
        told = [
            f"{one} {f'has {said}' if isinstance(said, str) else f'has none ({said})'}" for one, said in wrong.items()
        ]
        raise KitError(
            f"Every worker needs learner-kit {__version__} with the libraries of its lock, as this computer has it: "
            f"{'; '.join(told)}."
        )


def _same_kit(version: str, function: Callable, *args: Any) -> Any:
    """On a worker, which may have come later: do the work if its kit is the one that asks; another may give other scores."""
    if version != __version__:
        raise KitError(
            f"A worker of the cluster has learner-kit {__version__}, this computer {version}. Install the same on both; what "
            "is graded is kept."
        )
    return function(*args)


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Keep a library's own log off the screen: what matters is said in the kit's words."""
    found = [logging.getLogger(name) for name in names]
    before = [one.level for one in found]
    for one in found:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(found, before, strict=True):
            one.setLevel(level)
