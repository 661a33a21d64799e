"""The journal of one run: acts, messages, events, and what a person holds fast.

Everything lives in memory, so a look-up is a dict access; a journal with a file writes each change there first, in
SQLite, and counts it only once it is committed.

>>> import asyncio
>>> async def once_and_again(path):
...     journal = await Journal.open(path)
...     act = await journal.start(Act.describe("completion", "Engineer", "WriteCode", "script:demo", {"prompt": "Hi"}))
...     await journal.finish(act, {"text": "Hello"}, Usage(completion_tokens=1), cost=0.0)
...     await journal.close()
...     return Journal.read(path).find(act.key).result
>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     asyncio.run(once_and_again(pathlib.Path(folder, "journal.db")))
{'text': 'Hello'}
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from softhouse.environment.act import Act, to_json
from softhouse.environment.document import Document
from softhouse.environment.events import Event
from softhouse.environment.journal_file import explain, open_file, read_file, transaction
from softhouse.environment.journal_rows import MessageRow, Pin
from softhouse.environment.journal_tables import (
    Contents,
    Statement,
    delete_pin,
    insert_all,
    insert_attempt,
    insert_event,
    insert_message,
    insert_outcome,
    set_meta,
    set_pin,
    withdraw_message,
)
from softhouse.environment.journal_writer import JournalWriter
from softhouse.environment.message import Message
from softhouse.errors import JournalError
from softhouse.llm_backends.protocol import Usage

T = TypeVar("T")
R = TypeVar("R")


class Journal:
    """`Journal()` lives in memory, `await Journal.open(path)` in a file, `Journal.read(path)` copies a file to memory.

    Used in one event loop. What is awaited is done when its change is on the disk; it raises `StorageError` where
    that is impossible, and from then on so does everything else, while all that was committed stays. Changes reach
    the disk in the order of the calls, so who waits for one need not have waited for those before it.
    """

    def __init__(self) -> None:
        self._take(Contents())
        self._writer: JournalWriter | None = None
        self._staged: list[Statement] = []
        self.path: Path | None = None

    def _take(self, contents: Contents) -> None:
        self._contents = contents
        self._done = {act.key: act for act in contents.attempts.values() if act.state == "done"}
        self._unfinished = tuple(act for act in contents.attempts.values() if act.state == "started")
        self._attempts = max(contents.attempts, default=0)
        self._sequence = max((row.sequence for row in contents.messages.values()), default=0)

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """The journal at `path`, made where there is none; None: one in memory.

        Raises `JournalError` (no journal, damaged, of a newer version), `StorageError`, `WorkspaceBusyError`.
        """
        journal = cls()
        if path is not None:
            journal.path = path
            journal._writer = JournalWriter(path)
            journal._take(await journal._writer.open())
        return journal

    @classmethod
    def read(cls, path: Path) -> Self:
        """What the journal at `path` holds now; another process may be writing it, its disk may be read-only.

        Whatever is done to the copy stays in memory. Blocks while the file is read. Raises `JournalError`.
        """
        journal = cls()
        journal.path = path
        journal._take(read_file(path))
        return journal

    async def close(self) -> None:
        """Write what is left, so that one file remains, and end the thread. What was read can be read on."""
        if self._writer is None:
            return
        try:
            if self._staged:
                await self.flush()
        finally:
            await self._writer.close()

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def find(self, key: str) -> Act | None:
        """The act of this key that is done, or None."""
        return self._done.get(key)

    def acts(self) -> tuple[Act, ...]:
        """All attempts, in the order in which they were started."""
        return tuple(self._contents.attempts.values())

    def unfinished(self) -> tuple[Act, ...]:
        """Acts that an earlier process started and never ended: repeated, they may have been billed twice."""
        return self._unfinished

    async def start(self, act: Act, *, reserved_tokens: int = 0, reserved_cost: float | None = None) -> Act:
        """Record that `act` begins, and what it can use at most. Returns it with its number."""
        self._attempts += 1
        started = act.model_copy(
            update={
                "state": "started",
                "attempt": self._attempts,
                "reserved_tokens": reserved_tokens,
                "reserved_cost": reserved_cost,
                "started_at": time.time(),
            }
        )
        attempts = self._contents.attempts
        try:
            await self._commit(lambda: attempts.setdefault(started.attempt, started), insert_attempt, started)
        except asyncio.CancelledError:
            self.fail(started, "cancelled before it began")
            raise
        return started

    async def finish(self, act: Act, result: dict[str, Any], usage: Usage, cost: float | None) -> Act:
        """Record what came of a started act; from then on `find` has it. `result` is made of JSON's types."""
        finished = act.model_copy(
            update={
                "state": "done",
                # As a later process will read it: a tuple must not be one today and a list tomorrow.
                "result": json.loads(to_json(result)),
                "usage": usage,
                "cost": cost,
                "finished_at": time.time(),
            }
        )

        def apply() -> None:
            self._contents.attempts[finished.attempt] = finished
            self._done[finished.key] = finished

        await self._commit(apply, insert_outcome, finished)
        return finished

    def fail(self, act: Act, error: str) -> None:
        """Note that a started act ended with an error and was not billed. Written with the next change."""
        failed = act.model_copy(update={"state": "failed", "error": error, "finished_at": time.time()})
        self._contents.attempts[act.attempt] = failed
        if self._writer is not None:
            self._staged.append(insert_outcome(failed))

    # ── messages ─────────────────────────────────────────────────────────────────────────────────

    def messages(self, *, withdrawn: bool = False) -> tuple[MessageRow, ...]:
        """Messages in the order of publication; with `withdrawn`, those that were taken back as well."""
        return tuple(row for row in self._contents.messages.values() if withdrawn or not row.withdrawn)

    def publish(self, message: Message, acts: Sequence[str] = ()) -> "asyncio.Future[MessageRow]":
        """Record `message` and the keys of the acts that led to it. A message that is there already stays as it is."""
        messages = self._contents.messages
        known = messages.get(message.id)
        if known is not None and not known.withdrawn:
            return _done(known)
        self._sequence += 1
        row = MessageRow(
            id=message.id,
            sequence=self._sequence,
            sender=message.sender,
            document_type=message.content.slug(),
            document_class=type(message.content).__name__,
            content=message.content.model_dump_json(),
            causes=message.causes,
            addressee=message.addressee,
            acts=tuple(acts),
            at=time.time(),
        )

        def apply() -> MessageRow:
            before = messages.get(row.id)
            if before is None or before.withdrawn:
                messages.pop(row.id, None)  # one that stands again has a new place in the order
                messages[row.id] = row
            return messages[row.id]

        return self._commit(apply, insert_message, row)

    async def withdraw(self, ids: Iterable[str]) -> None:
        """Take messages back. Their acts stay, so nothing is paid for twice; published again, they stand again."""
        known = [id_ for id_ in ids if id_ in self._contents.messages]

        def apply() -> None:
            for id_ in known:
                row = self._contents.messages[id_]
                self._contents.messages[id_] = row.model_copy(update={"withdrawn": True})

        await self._commit(apply, withdraw_message, *known)

    # ── events, pins, settings ───────────────────────────────────────────────────────────────────

    def events(self) -> tuple[Event, ...]:
        """Everything that was recorded, in its order."""
        return tuple(self._contents.events)

    def record(self, event: Event) -> None:
        """Keep an event; it is written with the next change. An `EventListener`."""
        self._contents.events.append(event)
        if self._writer is not None:
            self._staged.append(insert_event(event))

    def pins(self) -> tuple[Pin, ...]:
        """The documents that a person holds fast."""
        return tuple(self._contents.pins.values())

    async def pin(self, document: Document, reason: Literal["edit", "fork"]) -> Pin:
        """Let `document` stand in its slot, whatever a role would write."""
        pin = Pin(
            slot=document.slot,
            document_type=document.slug(),
            document_class=type(document).__name__,
            content=document.model_dump_json(),
            reason=reason,
            at=time.time(),
        )
        await self._commit(lambda: self._contents.pins.update({pin.slot: pin}), set_pin, pin)
        return pin

    async def unpin(self, slot: str) -> None:
        """Let the roles write the document of `slot` again."""
        await self._commit(lambda: self._contents.pins.pop(slot, None), delete_pin, slot)

    def get_meta(self, key: str, default: Any = None) -> Any:
        """What `set_meta` was given for `key`, as JSON's types."""
        text = self._contents.meta.get(key)
        return default if text is None else json.loads(text)

    def set_meta(self, key: str, value: Any) -> "asyncio.Future[None]":
        """Keep a setting of the run: anything made of JSON's types."""
        text = to_json(value)
        return self._commit(lambda: self._contents.meta.update({key: text}), set_meta, (key, text))

    # ── the file ─────────────────────────────────────────────────────────────────────────────────

    @property
    def commits(self) -> int:
        """Transactions written so far; 0 in memory."""
        return self._writer.commits if self._writer else 0

    async def flush(self) -> None:
        """Return when everything so far is on the disk, events too."""
        await self._commit(lambda: None, insert_event)

    def copy_to(self, path: Path) -> None:
        """Write everything into a new journal at `path`. Blocks. Raises `JournalError` where something is there."""
        if path.exists():
            raise JournalError(f"{path} exists already; choose a new directory for the copy")
        with closing(open_file(path)[0]) as connection:
            try:
                with transaction(connection):
                    for statement, values in insert_all(self._contents):
                        connection.execute(statement, values)
            except sqlite3.Error as error:
                raise explain(error, path) from error

    def _commit(self, apply: Callable[[], R], make: Callable[[T], Statement], *rows: T) -> "asyncio.Future[R]":
        """Write what was staged, then the statements that `make` makes of `rows`; then `apply`, whose result it is."""
        if self._writer is None:
            return _done(apply())
        statements = [*self._staged, *map(make, rows)]
        self._staged.clear()
        return self._writer.write(statements, apply)


def _done(result: R) -> "asyncio.Future[R]":
    future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future
