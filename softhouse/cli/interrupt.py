"""Ctrl-C and SIGTERM: the first stops the run in order, the second at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

from softhouse.errors import InterruptedRunError

T = TypeVar("T")

SHOW_CURSOR = b"\x1b[?25h"
"""A live board hides the cursor (DECTCEM); who leaves at once has to bring it back."""


def run_until_interrupted(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `work` in an event loop of its own and return what it returns.

    The first signal cancels it, so that it closes its journal, and `InterruptedRunError` is raised; the second ends the
    process with exit code 130. What the journal holds by then is kept.
    """
    task: asyncio.Task[T] | None = None
    loop: asyncio.AbstractEventLoop | None = None
    interrupted = False

    async def supervised() -> T:
        nonlocal task, loop
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(work())
        if interrupted:  # before there was anything to cancel
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if interrupted:
                raise InterruptedRunError("interrupted") from None
            raise

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        del number, frame
        if interrupted:
            if sys.stderr.isatty():
                os.write(2, SHOW_CURSOR + b"\n")
            os._exit(InterruptedRunError.exit_code)
        interrupted = True
        if loop is not None and task is not None:
            loop.call_soon_threadsafe(task.cancel)

    # Plain handlers, since Windows' event loops have no add_signal_handler; SIGTERM exists there as a name only.
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return asyncio.run(supervised())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
