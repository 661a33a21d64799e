"""Which sandbox this machine gets: the strongest that a self-test shows to hold, never a weaker one unsaid."""

import asyncio
import functools
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from softhouse.environment.sandbox.plain import Plain
from softhouse.environment.sandbox.protocol import Level, Sandbox
from softhouse.environment.sandbox.self_test import examine
from softhouse.environment.sandbox.wall import Wall
from softhouse.environment.sandbox.walled import WalledSandbox
from softhouse.errors import IsolationError

INSTALL = {
    "linux": "install bubblewrap (Debian, Ubuntu: sudo apt install bubblewrap) or start docker",
    "darwin": "start docker",
    "win32": "run softhouse inside WSL 2",
}


def open_sandbox(
    *,
    required: Level | None = None,
    allow_unsandboxed: bool = False,
    ask: Callable[[str], bool] | None = None,
) -> Sandbox:
    """The strongest sandbox of this machine; what it really holds is in its `report`.

    `required` is the least level to be content with, `Level.PARTIAL` unless given. Where nothing reaches it,
    `allow_unsandboxed` accepts whatever there is, and `ask` (a person on a terminal) is asked once with one line; else
    `IsolationError` is raised. The self-test takes up to a second, once per process: from a running event loop, call
    this through `asyncio.to_thread`.

    >>> sandbox = open_sandbox(allow_unsandboxed=True)
    >>> isinstance(sandbox.report.describe(), str)
    True
    """
    least = Level.PARTIAL if required is None else required
    best, refusals = _strongest()
    if best is not None and best.report.level >= least:
        return best
    found = "; ".join([best.report.describe()] if best else refusals) or "nothing to try on this system"
    question = f"generated code can't be held here as it should ({found}). Run it all the same, as your own user?"
    if allow_unsandboxed or (ask is not None and ask(question)):
        return best if best is not None and best.report.level > Level.NONE else _unsandboxed()
    hint = INSTALL.get(sys.platform, INSTALL["darwin"])
    raise IsolationError(f"generated code can't be held on this machine ({found}): {hint}, or pass --allow-unsandboxed")


@functools.cache
def _strongest() -> tuple[WalledSandbox | None, list[str]]:
    best: WalledSandbox | None = None
    refusals: list[str] = []
    for make in _candidates():
        try:
            sandbox = _examined(make())
        except (OSError, subprocess.SubprocessError, IsolationError) as error:
            refusals.append(str(error))
            continue
        if best is None or sandbox.report.level > best.report.level:
            best = sandbox
        if best.report.level is Level.FULL:
            break
    return best, refusals


@functools.cache
def _unsandboxed() -> WalledSandbox:
    return _examined(Plain())


def _examined(wall: Wall) -> WalledSandbox:
    """In a thread, so that it works inside a running event loop as well as outside."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(examine(wall))).result()


def _candidates() -> Iterator[Callable[[], Wall]]:
    """The walls that could stand on this system, the strongest first."""
    if sys.platform == "linux":
        from softhouse.environment.sandbox import bubblewrap, landlock

        for program in bubblewrap.programs():
            yield functools.partial(bubblewrap.Bubblewrap, program)
        yield landlock.Landlock
    if sys.platform == "darwin":
        from softhouse.environment.sandbox import seatbelt

        yield seatbelt.Seatbelt
    if sys.platform != "win32":
        from softhouse.environment.sandbox import docker

        yield docker.Docker
