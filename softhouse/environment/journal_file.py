"""The journal's file: one SQLite database, how it is opened, and what its errors mean."""

import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from softhouse.environment.journal_tables import APPLICATION_ID, SCHEMA, SCHEMA_VERSION, Contents, load
from softhouse.errors import JournalError, SofthouseError, StorageError, WorkspaceBusyError

BUSY_SECONDS = 5.0


def explain(error: sqlite3.Error | OSError, path: Path) -> SofthouseError:
    """The error of the house, in one line, for an error of SQLite or of the system."""
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return StorageError(
            f"the journal {path} cannot be written ({reason}); make room for it or choose another place"
        )
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return JournalError(
            f"{path} is not a journal, or it is damaged ({error}); restore it or choose another workspace"
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT}:
        return WorkspaceBusyError(f"another process writes to the journal {path}; wait for it or stop it, then resume")
    if code == sqlite3.SQLITE_FULL:
        return StorageError(f"the disk is full: nothing more can be written to {path}; free some space, then resume")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return StorageError(f"the journal {path} cannot be written ({error}); make its directory writable, then resume")
    return StorageError(f"the journal {path} cannot be written ({error}); check the disk, then resume")


def open_file(path: Path) -> tuple[sqlite3.Connection, Contents]:
    """Open the journal at `path` for writing, and read what it holds; it is made where there is none.

    Raises `JournalError`, `StorageError`, `WorkspaceBusyError`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise JournalError(f"{path} is a directory, not a journal; choose another workspace")
        fresh = not path.exists() and _put_blank(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, path) from error
    try:
        if not fresh:
            _is_fresh(connection, path)  # nothing is changed in a file that is no journal
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if sys.platform == "darwin":  # there, only this reaches the platter
            connection.execute("PRAGMA fullfsync = ON")
        if fresh:  # nothing to look for: a run that is new has many beside it, and each waits for the ones before
            return connection, Contents()
        with transaction(connection):
            if _is_fresh(connection, path):  # asked again: another process may have been first
                _make_tables(connection)
            else:
                # A write that changes nothing: a disk that is read-only is found now, not after the first paid call.
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return connection, load(connection)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except SofthouseError:
        connection.close()
        raise


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _put_blank(path: Path) -> bool:
    """Put an empty journal there, whole and on the disk; False where somebody was first, or hard links are unknown."""
    scratch = Path(f"{path}-{os.getpid()}-{threading.get_ident()}")
    try:
        with scratch.open("wb") as file:
            file.write(_blank())
            os.fsync(file.fileno())
        with suppress(OSError):
            os.link(scratch, path)
            return True
    finally:
        scratch.unlink(missing_ok=True)
    return False


@cache
def _blank() -> bytes:
    """An empty journal: to copy it takes one wait for the disk, to make it in place takes six."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _make_tables(connection)
        content = bytearray(connection.serialize())
    content[18:20] = b"\2\2"  # write-ahead log, for writers and for readers: https://sqlite.org/fileformat.html, 1.3.3
    return bytes(content)


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";")[:-1]:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _is_fresh(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is empty still; raises `JournalError` where it is no journal that this version can read."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if version == application == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        return True
    if application != APPLICATION_ID:
        raise JournalError(f"{path} is a database of another program, not a journal; choose another workspace")
    if version > SCHEMA_VERSION:
        raise JournalError(
            f"{path} was written by a newer version of softhouse (format {version}, this one knows {SCHEMA_VERSION}); "
            "upgrade with: pip install --upgrade softhouse"
        )
    return False


def read_file(path: Path) -> Contents:
    """What the journal at `path` holds now. Another process may be writing; the file system may be read-only.

    Raises `JournalError`.
    """
    if not path.is_file():
        raise JournalError(f'there is no journal at {path}; start a run with: softhouse new "REQUIREMENT"')
    try:
        try:
            # Not mode=ro: such a reader leaves a -wal and a -shm file behind that it may not delete.
            return _read_uri(f"{path.absolute().as_uri()}?mode=rw", path)
        except sqlite3.OperationalError:
            return _read_immutable(path)
    except sqlite3.Error as error:
        raise JournalError(
            f"{path} cannot be read as a journal ({error}); restore it or choose another workspace"
        ) from error


def _read_immutable(path: Path) -> Contents:
    """Without a lock or a shared-memory file, which cannot be made on a read-only file system."""
    log = path.with_name(path.name + "-wal")
    if not (log.is_file() and log.stat().st_size):
        return _read_uri(f"{path.absolute().as_uri()}?immutable=1", path)
    # What a killed process left in its write-ahead log counts too, and reading that takes a place to write.
    with tempfile.TemporaryDirectory(prefix="softhouse-") as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name(log.name))
        return _read_uri(f"{copy.as_uri()}?mode=rw", path)


def _read_uri(uri: str, path: Path) -> Contents:
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN")  # one snapshot for all tables
        contents = Contents() if _is_fresh(connection, path) else load(connection)
        connection.execute("COMMIT")
    return contents
