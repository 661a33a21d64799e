"""The one that writes a journal's file: the only connection to it, served by a few threads that all journals share.

Group commit: whatever was asked for while the disk was busy goes into the next transaction together, and so does
what is asked for within two turns of the event loop: a message, and the acts that its readers begin with.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from softhouse.environment.journal_file import explain, open_file, transaction
from softhouse.environment.journal_tables import Contents, Statement
from softhouse.environment.threads import committers
from softhouse.errors import SofthouseError

T = TypeVar("T")
_CLOSING = threading.Lock()
"""Connections are closed one after the other: of two at once each sees the other, and neither takes the log away."""


@dataclass(slots=True)
class _Write(Generic[T]):
    """Statements that belong together, and what to do in the event loop once they are on the disk."""

    statements: Sequence[Statement]
    apply: Callable[[], T]
    done: "asyncio.Future[T]"

    def committed(self) -> None:
        result = self.apply()  # even if nobody waits any more: it is in the file
        if not self.done.done():
            self.done.set_result(result)

    def refused(self, error: SofthouseError) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # who does not wait for this write hears of it from the next one


class JournalWriter:
    """Writes in the order of the calls. Belongs to the event loop in which `open` was called."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._waiting: list[_Write[Any]] = []
        self._busy = False
        """A thread is at work on this journal, and will look for more before it leaves."""
        self._closing = False
        self._failure: SofthouseError | None = None
        self.commits = 0
        """Transactions so far: fewer than the writes wherever writes wait for each other."""

    async def open(self) -> Contents:
        """Open the file, or make it, and read what it holds. Raises like `journal_file.open_file`."""
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        opening = self._loop.run_in_executor(committers(), open_file, self._path)
        try:
            self._connection, contents = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_again)
            raise
        return contents

    def write(self, statements: Sequence[Statement], apply: Callable[[], T]) -> "asyncio.Future[T]":
        """Queue one write. The future is done after its COMMIT, with what `apply` then returned in the event loop.

        It raises `StorageError` or `WorkspaceBusyError` where this write, or an earlier one, could not be written.
        """
        if self._closing:
            raise RuntimeError(f"the journal {self._path} is closed")
        write = _Write(statements, apply, self._loop.create_future())
        with self._lock:
            first = not self._waiting
            self._waiting.append(write)
        if first:
            self._loop.call_soon(self._loop.call_soon, self._set_to_work)
        return write.done

    async def close(self) -> None:
        """Write what is queued and fold the write-ahead log into the file, even if the caller is cancelled."""
        if not self._closing:
            with self._lock:
                self._closing = True
            self._set_to_work()
        await asyncio.shield(self._ended)

    def _set_to_work(self) -> None:
        with self._lock:
            idle, self._busy = not self._busy, True
        if idle:
            committers().submit(self._work)

    def _work(self) -> None:
        """In one of the threads, and never in two at once: write until nothing waits, then close if asked to."""
        while True:
            with self._lock:
                batch, self._waiting = self._waiting, []
                self._busy = bool(batch)
                closing = self._closing
            if not batch:
                break
            if self._failure is None:
                try:
                    self._commit(batch)
                except sqlite3.Error as error:
                    self._failure = explain(error, self._path)
            self._tell(_answer, batch, self._failure)
        if closing:
            self._close()
            self._tell(_end, self._ended)

    def _close(self) -> None:
        with suppress(
            sqlite3.Error
        ):  # a disk that is full: what is committed stays in the log, where it is found again
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(sqlite3.Error):
            _close_in_turn(self._connection)

    def _tell(self, callback: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _commit(self, batch: list[_Write[Any]]) -> None:
        statements = [statement for write in batch for statement in write.statements]
        if not statements:
            return
        with transaction(self._connection):
            for statement, values in statements:
                self._connection.execute(statement, values)
        self.commits += 1


def _answer(batch: list[_Write[Any]], failure: SofthouseError | None) -> None:
    for write in batch:
        if failure is None:
            write.committed()
        else:
            write.refused(failure)


def _end(ended: "asyncio.Future[None]") -> None:
    ended.set_result(None)


def _close_again(opening: "asyncio.Future[tuple[sqlite3.Connection, Contents]]") -> None:
    if not opening.cancelled() and not opening.exception():
        _close_in_turn(opening.result()[0])


def _close_in_turn(connection: sqlite3.Connection) -> None:
    with _CLOSING:
        connection.close()
