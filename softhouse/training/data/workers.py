"""Jobs in several processes, their results in the order of the jobs."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

from softhouse.errors import RunError

J = TypeVar("J")
R = TypeVar("R")


def results(function: Callable[[J], R], jobs: Iterable[J], processes: int) -> Iterator[R]:
    """`function` of every job; only a few jobs more than there are processes are taken from `jobs` at a time.

    >>> list(results(abs, [-1, 2], processes=1))
    [1, 2]
    """
    if processes == 1:
        yield from map(function, jobs)
        return
    # spawn: the same on every system, and no thread of the parent is copied in the middle of something
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin_worker) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(function, job))
                if len(waiting) > 2 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise RunError(
                "a worker process was killed, perhaps for memory; run the same command again (it goes on from there), "
                "or set workers = 1 in [data]"
            ) from error
        finally:
            for future in waiting:
                future.cancel()


def _begin_worker() -> None:
    """Ctrl-C is the parent's affair; and when the parent is killed, nobody would ever tell a worker to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
