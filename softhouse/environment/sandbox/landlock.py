"""The second wall, for machines that refuse user namespaces: Landlock, a filter of system calls, limits.

Behind it the system's files, and nothing of anybody's, can be read; no socket can be made but a pair of local ones; no
process can leave its group or signal one outside. What a kernel's Landlock can't do yet, the filter refuses instead.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from softhouse.environment.sandbox.interpreter import SYSTEM, Interpreter
from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.seccomp import OWN_PID, Policy, assemble
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor

USERS = range(0x60000000, 0x70000000)
"""Users of this machine that nobody is; each run by root gets one by lot."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class Landlock:
    """Runs the supervisor as an ordinary process that walls its commands in."""

    def __init__(self, newest: int = 99) -> None:
        """Use Landlock up to version `newest` (to see how older kernels fare).

        Raises `OSError` where the kernel has no Landlock, or the machine's system calls are not known.
        """
        from softhouse.environment.sandbox.inside.restrict import landlock_version

        self._version = min(newest, landlock_version()) if sys.platform == "linux" else 0
        if not self._version:
            raise OSError("the kernel has no Landlock")
        self._users = _spare_users() if os.geteuid() == 0 else range(0)
        policy = Policy(
            families=(),
            shared=True,
            own_signals=not self._users and self._version < 6,
            deny_truncate=self._version < 3,
        )
        self._filter = assemble(os.uname().machine, policy)
        if not self._filter:
            raise OSError(f"no filter of system calls is known for {os.uname().machine}")
        self.name = f"landlock {self._version} and seccomp"
        self._interpreter = Interpreter.current()
        self._through = bool(self._users) and not self._interpreter.passable

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`."""
        root = os.path.realpath(tempfile.mkdtemp(prefix="softhouse-"))
        if self._users:
            os.chmod(root, 0o711)  # noqa: S103 (another user's commands pass through it to their own directories)
        yield Start(
            argv=(self._interpreter.executable, *start_supervisor(str(SIDE))),
            python=self._interpreter.executable,
            root=root,
            uid=secrets.choice(self._users) if self._users else 0,
            task_limit=limits.processes if self._users else tasks_of(os.getuid()) + limits.processes,
            poll_disk=True,
            remove_root=True,
            landlock={
                "read": [*SYSTEM, "/etc/ld.so.cache", *self._interpreter.prefixes, f"{root}/toolbox"],
                "write": [*(os.path.join(root, name) for name in ("work", "tmp")), *DEVICES],
                "filter": self._filter,
                "own_pid": OWN_PID,
                "version": self._version,
                "through": self._through,
            },
        )


def tasks_of(uid: int) -> int:
    """Processes and threads that the user has now: the kernel counts them all against `RLIMIT_NPROC`."""
    total = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == uid:
                total += os.stat(f"/proc/{name}/task").st_nlink - 2
        except OSError:
            continue
    return total


def _spare_users() -> range:
    """Those of `USERS`, or, in a container that knows only some, of its higher ones; empty if it knows only a few."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        known = [range(int(first), int(first) + int(count)) for first, _, count in map(str.split, file)]
    if any(users.start <= USERS.start and USERS.stop <= users.stop for users in known):
        return USERS
    most = max(known, key=len)
    return most[len(most) // 2 : -1000] if len(most) > 10_000 else range(0)
