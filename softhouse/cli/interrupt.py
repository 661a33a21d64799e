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


class Interruption:
    """Whether somebody asked the run to stop."""

    def __init__(self) -> None:
        self.requested = False

    def check(self) -> None:
        """Raise `InterruptedRunError` if so: for work that has no `await` where it could be cancelled."""
        if self.requested:
            raise InterruptedRunError("interrupted")


def run_until_interrupted(work: Callable[[Interruption], Coroutine[Any, Any, T]]) -> T:
    """Run `work` in an event loop of its own and return what it returns.

    The first signal cancels it, so that it closes its journal, and `InterruptedRunError` is raised; the second ends the
    process with exit code 130. What the journal holds by then is kept.
    """
    interruption = Interruption()
    task: asyncio.Task[T] | None = None

    async def supervised() -> T:
        nonlocal task
        task = asyncio.ensure_future(work(interruption))
        if interruption.requested:  # before there was anything to cancel
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            interruption.check()
            raise

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        if interruption.requested:
            if sys.stderr.isatty():
                os.write(2, SHOW_CURSOR + b"\n")
            os._exit(InterruptedRunError.exit_code)
        interruption.requested = True
        if task is not None:
            task.get_loop().call_soon_threadsafe(task.cancel)

    # Plain handlers, since Windows' event loops have no add_signal_handler; SIGTERM exists there as a name only.
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return asyncio.run(supervised())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
