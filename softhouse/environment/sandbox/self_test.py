"""What really holds: a few hostile programs, run behind a wall before anything else is."""

import compileall
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from softhouse.environment.sandbox.interpreter import Interpreter, command_environment
from softhouse.environment.sandbox.protocol import MIB, Command, Execution, Finding, IsolationReport, Limits
from softhouse.environment.sandbox.wall import SIDE, Wall
from softhouse.environment.sandbox.walled import WalledSandbox

LIMITS = Limits(wall_seconds=10, memory_bytes=128 * MIB, processes=8, disk_bytes=8 * MIB)
GREEDY = "bytearray(256 << 20)"
GREEDY_FAMILY = """
import os, time
ready, go = os.pipe(), os.pipe()
for _ in range(4):
    if os.fork() == 0:
        hoard = bytearray(48 << 20)
        os.write(ready[1], b".")
        os.read(go[0], 1)
        os._exit(0)
for _ in range(4):
    os.read(ready[0], 1)
time.sleep(0.2)
"""
BOMB = """
import os, time
for _ in range(24):
    if os.fork() == 0:
        time.sleep(0.3)
        os._exit(0)
time.sleep(0.1)
"""
ORPHAN = """
import os, time
if os.fork() == 0:
    try:
        os.setsid()
    except OSError:
        pass
    if os.fork() == 0:
        while True:
            with open("alive", "ab") as file:
                file.write(b".")
            time.sleep(0.005)
    os._exit(0)
time.sleep(0.03)
"""
MOURNER = """
import os, time
def size():
    return os.path.getsize("alive") if os.path.exists("alive") else 0
before = size()
time.sleep(0.05)
raise SystemExit(size() != before)
"""
UNTESTED = Finding(holds=False, how="not tested")


async def examine(wall: Wall) -> WalledSandbox:
    """Put up `wall`, attack it, and return a sandbox with what was found; some 0.3 s.

    Raises `IsolationError` where the wall can't be put up.
    """
    blank = IsolationReport(
        wall=wall.name, network=UNTESTED, files=UNTESTED, environment=UNTESTED, memory=UNTESTED, processes=UNTESTED
    )
    sandbox = WalledSandbox(wall, blank)
    compileall.compile_dir(SIDE / "inside", quiet=2)  # an editable install has not; the far side can't write
    with _targets() as targets:
        probe = Command(argv=("python", "probe.py", *targets.arguments()))
        programs = [Command(argv=("python", "-c", text)) for text in (GREEDY, GREEDY_FAMILY, BOMB, ORPHAN, MOURNER)]
        files = {"probe.py": (Path(__file__).parent / "probe.py").read_text(encoding="utf-8")}
        outcome = await sandbox.run([probe, *programs], files=files, limits=LIMITS)
        reached = targets.sleeper.poll() is not None
    return WalledSandbox(wall, _report(wall.name, outcome.executions, reached))


def _report(wall: str, executions: tuple[Execution, ...], reached: bool) -> IsolationReport:
    probe, greedy, family, bomb, _, mourner = executions
    open_ways: dict[str, str] = {}
    for line in probe.stdout.splitlines():
        promise, _, how = line.partition("\t")
        open_ways.setdefault(promise, how)
    if probe.exit_code:
        failed = f"the probe ended with {probe.exit_code}"
        open_ways |= dict.fromkeys(("network", "files", "environment", "processes"), failed)
    if "MemoryError" not in greedy.stderr and greedy.limit != "memory":
        open_ways["memory"] = "one process took more than it may"
    elif family.limit != "memory":
        open_ways["memory"] = "several processes together took more than they may"
    if "BlockingIOError" not in bomb.stderr and bomb.limit != "processes":
        open_ways["processes"] = "started more processes than it may"
    elif mourner.exit_code:
        open_ways["processes"] = "a process outlived its command"
    elif reached:
        open_ways["processes"] = "ended a process outside"

    def finding(promise: str, held: str) -> Finding:
        return Finding(holds=promise not in open_ways, how=open_ways.get(promise, held))

    return IsolationReport(
        wall=wall,
        network=finding("network", "no port, route or socket was reached"),
        files=finding("files", "nothing of this machine was read, listed or written"),
        environment=finding("environment", "no variable was seen"),
        memory=finding("memory", "one process and several together were stopped"),
        processes=finding("processes", "their number was bounded, none outlived its command, none outside was reached"),
    )


@dataclass
class _Targets:
    """Things of this machine that a program behind the wall must not get at."""

    port: int
    abstract: str
    canary: Path
    sleeper: "subprocess.Popen[bytes]"

    def arguments(self) -> tuple[str, ...]:
        known = ",".join(command_environment("/"))
        home = Path.home()
        private = home != Path("/") and os.access(home, os.R_OK)  # a service's home may be the root of everything
        belongings = os.listdir(home) if private else []
        way = Path(Interpreter.current().executable).parts  # what lies on it is seen, as an empty directory
        fixed = (str(self.port), self.abstract, str(self.canary), str(self.sleeper.pid), known, str(home))
        return (*fixed, *[name for name in belongings if name not in way][:100])


@contextmanager
def _targets() -> Iterator[_Targets]:
    """Our own: a port, a local socket, a file that anybody may read, a process."""
    with tempfile.TemporaryDirectory(prefix="softhouse-canary-") as directory:
        canary = Path(directory, "canary")
        canary.write_text("a canary", encoding="utf-8")
        os.chmod(directory, 0o777)  # noqa: S103 (only the wall is to be in the way)
        port, abstract, sockets = 0, "", []
        with suppress(OSError):
            sockets.append(socket.create_server(("127.0.0.1", 0)))
            port = sockets[-1].getsockname()[1]
        if sys.platform == "linux":
            with suppress(OSError):
                sockets.append(socket.socket(socket.AF_UNIX))
                sockets[-1].bind("\0" + Path(directory).name)
                sockets[-1].listen()
                abstract = Path(directory).name
        waits = "import sys; sys.stdin.read()"
        sleeper = subprocess.Popen([sys.executable, "-I", "-S", "-c", waits], stdin=subprocess.PIPE, env={})
        try:
            yield _Targets(port, abstract, canary, sleeper)
        finally:
            for each in sockets:
                each.close()
            assert sleeper.stdin is not None
            sleeper.stdin.close()
            sleeper.wait()
