"""One process at a time in a workspace: a lock that the system lets go of when its holder dies, however it dies."""

import os
import sys
from pathlib import Path

from softhouse.errors import WorkspaceBusyError

_FAR = 1 << 30
"""Windows keeps others from reading what is locked, so the byte that is locked lies beyond the process id."""


class WorkspaceLock:
    """A lock on a file, which holds the id of the process that has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Raises `WorkspaceBusyError` where somebody has it, here or elsewhere, `OSError` where none is possible."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(self._path, flags, 0o666)
        try:
            _lock(descriptor)
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "that is starting"
            os.close(descriptor)
            raise WorkspaceBusyError(
                f"{self._path.parent.parent} is in use by process {holder}; wait for it to end, or stop it"
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go of it; nothing where it is not held."""
        if self._descriptor is not None:
            _unlock(self._descriptor)  # and not only by closing: a child between fork and exec still has it open
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from None
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
