"""Who is alive inside, what they take, and how to end them all."""

import os
import sys
import time

from .layout import MAX_INODES, used_bytes

TYPE_CHECKING = False  # for type checkers: `typing` takes ten milliseconds to import
if TYPE_CHECKING:
    import signal as _signal

    from .request import Request

if not TYPE_CHECKING:
    import _signal  # see runner.py

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
REAP_SECONDS = 5.0


class Census:
    """Everything that the commands of one request have started."""

    def __init__(self, request: "Request") -> None:
        self._own_pids = request["own_pids"]
        self._uid = request["uid"]
        self._limits = request["limits"]
        self._poll_disk = request["poll_disk"]
        self._places = [os.path.join(request["root"], name) for name in ("work", "tmp")]

    def broken(self) -> str:
        """The name of a limit that they have broken together; empty if none."""
        members = self._members()
        if len(members) > self._limits["processes"]:
            return "processes"
        if len(members) and self._memory(members) > self._limits["memory_bytes"]:
            return "memory"
        return "disk" if self._disk_is_full(members) else ""

    def kill(self, group: int) -> None:
        """End all of them at once, so that none can start another meanwhile."""
        if self._own_pids:
            _kill(-1)
            return
        if self._uid:  # nobody else has this user
            pid = os.fork()
            if pid == 0:
                try:
                    os.setresuid(self._uid, self._uid, self._uid)
                    _kill(-1)
                finally:
                    os._exit(0)
            os.waitpid(pid, 0)
            return
        _kill(-group)
        for pid in self._members():
            _kill(pid)

    def reap(self) -> None:
        """Wait until the dead are gone: orphans become children of the supervisor.

        Where nothing keeps a process in its group, one may have been started while the others were killed.
        """
        patience = time.monotonic() + REAP_SECONDS
        certain = self._own_pids or self._uid
        while time.monotonic() < patience:
            try:
                pid, _ = os.waitpid(-1, 0 if certain else os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                for member in self._members():
                    _kill(member)
                time.sleep(0.001)

    def _members(self) -> list[int]:
        if sys.platform != "linux":
            return []
        if self._own_pids:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        members: list[int] = []
        pending = [os.getpid()]
        while pending:
            pid = pending.pop()
            children = _children(pid)
            members += children
            pending += children
        return members

    def _disk_is_full(self, members: list[int]) -> bool:
        if not self._poll_disk:  # the file systems bound the bytes, and are the run's own
            return any(status.f_files - status.f_ffree > MAX_INODES for status in map(os.statvfs, self._places))
        most = self._limits["disk_bytes"]
        return used_bytes(self._places, most) + _unlinked(members) > most

    def _memory(self, members: list[int]) -> int:
        """Bytes; shared pages are counted once where the cheap sum, which counts them for each, is too much."""
        resident = {pid: _field(f"/proc/{pid}/statm", 1) * PAGE for pid in members}
        if sum(resident.values()) <= self._limits["memory_bytes"]:
            return sum(resident.values())
        return sum(_proportional(pid, resident[pid]) for pid in members)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, _signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += [int(child) for child in file.read().split()]
    except OSError:  # it ended meanwhile
        pass
    return found


def _field(path: str, index: int) -> int:
    try:
        with open(path, "rb") as file:
            return int(file.read().split()[index])
    except (OSError, IndexError):
        return 0


def _proportional(pid: int, otherwise: int) -> int:
    """Proportional set size (`man 5 proc`): what is shared is divided by those who share it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return otherwise


def _unlinked(members: list[int]) -> int:
    """Bytes on disk of files that have no name any more but are held open."""
    found: dict[tuple[int, int], int] = {}
    for pid in members:
        try:
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                status = os.stat(f"/proc/{pid}/fd/{descriptor}")
                if status.st_nlink == 0:
                    found[status.st_dev, status.st_ino] = status.st_blocks * 512
        except OSError:
            continue
    return sum(found.values())
