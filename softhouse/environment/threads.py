"""The few threads in which a process waits for its disk.

What they share out, the disk and the interpreter's lock, belongs to the process as well: two hundred runs side by side
are not quicker for having threads of their own, only later.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")

COMMITTERS = 24
"""Measured with 200 runs at once: the waits for the disk must overlap (a new journal's first commit waits three times;
with 8 threads it is up to 0.1 s late, with 24 0.03 s), and with a thread a journal the event loop waits up to half
a second for its turn among them."""
FILERS = 1
"""Making many small files is work more than waiting: with two at it, they and the event loop fight for the
interpreter's lock (200 runs at once: half as much CPU again)."""


def committers() -> ThreadPoolExecutor:
    """Threads for what ends in one wait for the disk: journals that are opened, and their transactions."""
    return _threads(COMMITTERS, f"softhouse-journal-{os.getpid()}")


def filers() -> ThreadPoolExecutor:
    """A thread for what makes and reads many small files: workspaces and histories.

    A queue of its own, so that runs which begin at once come one after another to the others' threads.
    """
    return _threads(FILERS, f"softhouse-files-{os.getpid()}")


async def filed(work: Callable[[], T]) -> T:
    """What `work` returns, done by a filer; also when it is cancelled, it returns only after `work` has ended.

    Half-made files should not go on growing behind the back of who comes next.
    """
    task = asyncio.get_running_loop().run_in_executor(filers(), work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


@cache
def _threads(number: int, name: str) -> ThreadPoolExecutor:
    """They start when they are first needed. The name tells processes apart: a child that was forked has no threads."""
    return ThreadPoolExecutor(number, thread_name_prefix=name)
