"""The files below one folder, written whole or not at all, and never through a link.

A link below the folder could send a write anywhere. So every folder on the way is looked at before it is used, and a
file is put in place by renaming, which replaces a link instead of following it. (Generated code runs on a copy, so
nobody changes a folder into a link between the look and the write.)
"""

import errno
import hashlib
import itertools
import os
import stat
from contextlib import suppress
from pathlib import Path

from softhouse.errors import StorageError, WorkspaceError

_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class WorkspaceFiles:
    """Files by their path relative to `root`, with forward slashes."""

    def __init__(self, root: Path, scratch: Path) -> None:
        """`scratch`: a folder on the same disk for files that are not whole yet."""
        self._root = str(root)  # strings: of a small file's cost, pathlib would be a third
        self._scratch = str(scratch)
        self._serial = itertools.count()

    def read(self, path: str) -> bytes | None:
        """The content; None where there is nothing. Raises `WorkspaceError` for a link, a folder, a device."""
        place = self._place(path)
        try:
            self._check_folders(path)
            if not stat.S_ISREG(os.lstat(place).st_mode):
                raise WorkspaceError(f"{place} is not an ordinary file; replace it by one, or delete it")
            descriptor = os.open(place, _READING)
            try:
                return b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
            finally:
                os.close(descriptor)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise WorkspaceError(f"{place} cannot be read ({error.strerror}); check its permissions") from None

    def write(self, path: str, content: bytes) -> None:
        """Put `content` there, whole; `StorageError`, or `WorkspaceError` where a link or a folder is in the way."""
        place = self._place(path)
        scratch = os.path.join(self._scratch, f"writing-{os.getpid()}-{next(self._serial)}")
        try:
            self._make_folders(path)
            with suppress(FileNotFoundError):
                if stat.S_ISDIR(os.lstat(place).st_mode):
                    raise WorkspaceError(f"{place} is a folder; move it away")
            with open(scratch, "wb") as file:
                file.write(content)
            os.replace(scratch, place)
        except OSError as error:
            with suppress(FileNotFoundError):
                os.unlink(scratch)
            raise unwritable(place, error) from None

    def delete(self, path: str) -> None:
        """Remove the file, and the folders that it leaves empty."""
        place = self._place(path)
        try:
            self._check_folders(path)
            with suppress(FileNotFoundError):
                os.unlink(place)
            for folder in reversed(self._folders(path)):
                os.rmdir(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
                raise unwritable(place, error) from None

    def _place(self, path: str) -> str:
        return os.path.join(self._root, *path.split("/"))

    def _folders(self, path: str) -> list[str]:
        """From the root down."""
        parts = path.split("/")[:-1]
        return [os.path.join(self._root, *parts[:depth]) for depth in range(1, len(parts) + 1)]

    def _check_folders(self, path: str) -> None:
        for folder in self._folders(path):
            if not is_plain_folder(folder):
                raise WorkspaceError(f"{folder} is not an ordinary folder; replace it by one, or delete it")

    def _make_folders(self, path: str) -> None:
        for folder in self._folders(path):
            try:
                plain = is_plain_folder(folder)
            except FileNotFoundError:
                os.mkdir(folder)
                continue
            if not plain:
                raise WorkspaceError(f"{folder} is not an ordinary folder; replace it by one, or delete it")


def is_plain_folder(folder: Path | str) -> bool:
    """Whether it is a folder and no link (on Windows: no junction) to one; raises `FileNotFoundError`."""
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and not getattr(found, "st_reparse_tag", 0)


def unwritable(place: Path | str, error: OSError) -> StorageError:
    """What to say where the disk refuses."""
    return StorageError(f"{place} cannot be written ({error.strerror}); make room or lift the restriction, then resume")
