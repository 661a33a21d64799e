"""The second wall, for machines that refuse user namespaces: Landlock, a filter of system calls, limits.

Behind it the system's files, and nothing of anybody's, can be read; no socket can be made but a pair of local ones; no
process can leave its group, and (from Landlock 6, Linux 6.12) none can signal one outside.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from softhouse.environment.sandbox.interpreter import SYSTEM, Interpreter
from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.seccomp import Policy, assemble
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor

FIRST_UID, UIDS = 0x60000000, 0x10000000
"""Users of this machine that nobody is; each run by root gets one by lot."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class Landlock:
    """Runs the supervisor as an ordinary process that walls its commands in."""

    def __init__(self) -> None:
        """Raises `OSError` where the kernel has no Landlock, or the machine's system calls are not known."""
        from softhouse.environment.sandbox.inside.restrict import landlock_version

        self._version = landlock_version() if sys.platform == "linux" else 0
        if not self._version:
            raise OSError("the kernel has no Landlock")
        self._root = os.geteuid() == 0
        policy = Policy(families=(), shared_pids=True, shared_files=not self._root, deny_truncate=self._version < 3)
        self._filter = assemble(os.uname().machine, policy)
        if not self._filter:
            raise OSError(f"no filter of system calls is known for {os.uname().machine}")
        self.name = f"landlock {self._version} and seccomp"
        self._interpreter = Interpreter.current()
        self._through = self._root and not self._interpreter.passable

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`."""
        root = os.path.realpath(tempfile.mkdtemp(prefix="softhouse-"))
        if self._root:
            os.chmod(root, 0o711)  # noqa: S103 (another user's commands pass through it to their own directories)
        yield Start(
            argv=(self._interpreter.executable, *start_supervisor(str(SIDE))),
            python=self._interpreter.executable,
            root=root,
            uid=FIRST_UID + secrets.randbelow(UIDS) if self._root else 0,
            task_limit=limits.processes if self._root else _tasks_of(os.getuid()) + limits.processes,
            poll_disk=True,
            remove_root=True,
            landlock={
                "read": [*SYSTEM, "/etc/ld.so.cache", *self._interpreter.prefixes, f"{root}/toolbox"],
                "write": [*(os.path.join(root, name) for name in ("work", "tmp")), *DEVICES],
                "filter": self._filter,
                "through": self._through,
            },
        )


def _tasks_of(uid: int) -> int:
    """Processes and threads that the user has now: the kernel counts them all against `RLIMIT_NPROC`."""
    total = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == uid:
                total += os.stat(f"/proc/{name}/task").st_nlink - 2
        except OSError:
            continue
    return total
