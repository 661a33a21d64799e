"""The one that writes a journal's file: a thread with the only connection to it.

Group commit: whatever was asked for while the disk was busy goes into the next transaction together. One thread per
journal, not one for all, since a commit is nearly all waiting: the waits of many runs overlap.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from softhouse.environment.journal_file import connect, explain, transaction
from softhouse.environment.journal_tables import Contents, Statement, load
from softhouse.errors import SofthouseError


@dataclass(slots=True)
class _Write:
    """Statements that belong together, and what to do in the event loop once they are on the disk."""

    statements: Sequence[Statement]
    apply: Callable[[], object]
    done: "asyncio.Future[None]"

    def committed(self) -> None:
        # Applied even if nobody waits any more: it is in the file.
        self.apply()
        if not self.done.done():
            self.done.set_result(None)

    def refused(self, error: SofthouseError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class JournalWriter:
    """Writes in the order of the calls. Belongs to the event loop in which `open` was called."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._failure: SofthouseError | None = None
        self._closed = False
        self.commits = 0
        """Transactions so far: fewer than the writes wherever writes wait for each other."""

    async def open(self) -> Contents:
        """Open the file, or make it, and read what it holds. Raises like `journal_file.connect`."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[Contents] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name=f"journal {self._path}", daemon=True)
        self._thread.start()
        return await opened

    def write(self, statements: Sequence[Statement], apply: Callable[[], object]) -> "asyncio.Future[None]":
        """Queue one write. The future is done after its COMMIT, and after `apply` was called in the event loop.

        It raises `StorageError` or `WorkspaceBusyError` where this write, or an earlier one, could not be written.
        """
        if self._closed:
            raise RuntimeError(f"the journal {self._path} is closed")
        write = _Write(statements, apply, self._loop.create_future())
        self._queue.put(write)
        return write.done

    async def close(self) -> None:
        """Write what is queued, fold the write-ahead log into the file and end the thread."""
        if self._thread is None:
            return
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _run(self, opened: "asyncio.Future[Contents]") -> None:
        try:
            connection = connect(self._path)
            try:
                contents = load(connection)
            except Exception:
                connection.close()
                raise
        except Exception as error:
            self._closed = True
            failure = explain(error, self._path) if isinstance(error, sqlite3.Error) else error
            self._tell(lambda: None if opened.done() else opened.set_exception(failure))
        else:
            self._tell(lambda: None if opened.done() else opened.set_result(contents))
            self._write_until_closed(connection)
        self._tell(lambda: None if self._ended.done() else self._ended.set_result(None))

    def _write_until_closed(self, connection: sqlite3.Connection) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                if self._failure is None:
                    with transaction(connection):
                        for write in batch:
                            for statement, values in write.statements:
                                connection.execute(statement, values)
                    self.commits += 1
            except sqlite3.Error as error:
                self._failure = explain(error, self._path)
            self._answer(batch, self._failure)
        with suppress(
            sqlite3.Error
        ):  # a disk that is full: what is committed stays in the log, where it is found again
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(sqlite3.Error):
            connection.close()

    def _next_batch(self) -> list[_Write] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        with suppress(Empty):
            while (write := self._queue.get_nowait()) is not None:
                batch.append(write)
            self._queue.put(None)  # the end was drawn: it comes after this batch
        return batch

    def _answer(self, batch: list[_Write], failure: SofthouseError | None) -> None:
        def wake() -> None:
            for write in batch:
                if failure is None:
                    write.committed()
                else:
                    write.refused(failure)

        self._tell(wake)

    def _tell(self, callback: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(callback)
