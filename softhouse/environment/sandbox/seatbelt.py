"""The wall of macOS: `sandbox-exec` with a profile of what is allowed (Apple's Seatbelt).

Files and network are held. The system bounds neither memory nor the number of processes, and the report says so.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from softhouse.environment.sandbox.interpreter import Interpreter
from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor

READABLE = ("/usr/lib", "/usr/bin", "/bin", "/usr/share", "/System", "/private/var/db/dyld", "/private/var/db/timezone")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


def profile(readable: tuple[str, ...], writable: tuple[str, ...]) -> str:
    """The profile, in the language of `man 7 sandbox` and of the system's own profiles in `/System/Library/Sandbox`.

    >>> '(subpath "/private/tmp/run")' in profile(("/usr/lib",), ("/private/tmp/run",))
    True
    """
    devices = " ".join(f"(literal {_quoted(path)})" for path in DEVICES)
    reads = " ".join(f"(subpath {_quoted(path)})" for path in (*readable, *writable))
    writes = " ".join(f"(subpath {_quoted(path)})" for path in writable)
    return "\n".join(
        (
            "(version 1)",
            "(deny default)",
            "(allow process-fork process-exec sysctl-read file-read-metadata)",
            "(allow signal (target same-sandbox))",
            f'(allow file-read* (literal "/") {devices} {reads})',
            f"(allow file-write* {devices} {writes})",
            "(allow ipc-posix-sem)",
        )
    )


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Seatbelt:
    """Runs the supervisor, and so everything that it starts, under a profile."""

    name = "sandbox-exec"

    def __init__(self) -> None:
        """Raises `OSError` where there is no `sandbox-exec`."""
        program = shutil.which("sandbox-exec")
        if program is None:
            raise OSError("there is no sandbox-exec")
        self._program = program
        self._interpreter = Interpreter.current()

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`."""
        root = os.path.realpath(tempfile.mkdtemp(prefix="softhouse-"))
        rules = profile((*READABLE, *self._interpreter.prefixes, str(SIDE / "inside")), (root,))
        yield Start(
            argv=(self._program, "-p", rules, self._interpreter.executable, *start_supervisor(str(SIDE))),
            python=self._interpreter.executable,
            root=root,
            poll_disk=True,
            remove_root=True,
        )
