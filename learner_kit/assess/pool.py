"""Where the work of grading is done: in this process, in several on this computer, or on a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from learner_kit.errors import KitError

ALONE = 5_000  # up to so many submissions (half a minute), one process: more would take three times the memory
MOST = 61  # processes that Windows lets one process wait for

Submit = Callable[[Callable, Iterable[tuple]], Iterator[tuple[tuple, Any]]]


@contextmanager
def pool(count: int, workers: int | None = None, executor: Executor | None = None) -> Iterator[Submit]:
    """A way to call a function with each part of some work: it gives (part, result), in the order they are finished.

    Args:
        count: how many submissions there are in all.
        workers: processes, 1 or more; without it one, or for a large class as many as there are processors.
        executor: does the work instead, wherever it does it.

    Raises:
        KitError: a process was ended from outside, as systems do when memory runs out.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}.")
    number = min(workers or os.cpu_count() or 1, MOST)
    if executor is not None:
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


def _ahead(at: Executor, function: Callable, parts: Iterable[tuple], most: int) -> Iterator[tuple[tuple, Any]]:
    """Keep only so many parts under way at once: memory must not grow with the class."""
    under_way: dict[Future, tuple] = {}
    parts = iter(parts)
    while True:
        while len(under_way) < most and (part := next(parts, None)) is not None:
            under_way[at.submit(function, *part)] = part
        if not under_way:
            return
        for done in wait(under_way, return_when=FIRST_COMPLETED).done:
            yield under_way.pop(done), done.result()


def _follow() -> None:
    """In a worker process: leave Ctrl+C to the one that started it, and end when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a dask cluster. They need the kit, in the same version, but no shared disk and no database.

    Answers travel to them as they are, so use it on a network of your own, or with dask's tls:// addresses.

    Args:
        address: the scheduler's, such as tcp://10.0.0.5:8786.

    Raises:
        KitError: dask is not installed here, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise KitError('A cluster needs dask, which is not installed: pip install "learner-kit[cluster]"') from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise KitError(
            f"No cluster answers at {address} ({error}). Start one with `dask scheduler`, and on each computer "
            "`dask worker ADDRESS`, with the address that the scheduler shows."
        ) from None
    with client:
        yield client.get_executor()
