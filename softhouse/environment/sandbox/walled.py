"""A sandbox made of one wall: starts the supervisor behind it, talks to it, and trusts nothing that it says."""

import asyncio
import marshal
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from softhouse.environment.sandbox.inside.layout import PRIVATE, remove_tree
from softhouse.environment.sandbox.inside.request import Request
from softhouse.environment.sandbox.interpreter import command_environment
from softhouse.environment.sandbox.protocol import Command, Execution, IsolationReport, Limits, Outcome
from softhouse.environment.sandbox.wall import Start, Wall
from softhouse.errors import IsolationError, WorkspaceError

SLACK_SECONDS = 15.0
"""Beyond all wall clocks together, for start-up and clean-up on a busy machine; then the wall itself is at fault."""
COMPLAINT_BYTES = 4096


class WalledSandbox:
    """Runs commands behind `wall`."""

    def __init__(self, wall: Wall, report: IsolationReport) -> None:
        self._wall = wall
        self.report = report

    def __repr__(self) -> str:
        return f"<sandbox {self.report.describe()}>"

    async def run(
        self, commands: Sequence[Command], *, files: Mapping[str, str | bytes], limits: Limits | None = None
    ) -> Outcome:
        """See `Sandbox.run`."""
        limits = limits or Limits()
        laid_out = list(_laid_out(files))
        try:
            with self._wall.start(limits) as start:
                request = _request(start, laid_out, commands, limits)
                reply = await _converse(start, request, _most(limits, commands), limits.wall_seconds * len(commands))
        except OSError as error:
            raise IsolationError(
                f"the sandbox ({self._wall.name}) could not be started: {error}; see: softhouse doctor"
            ) from error
        return _outcome(reply, len(commands))


def _laid_out(files: Mapping[str, str | bytes]) -> Iterator[tuple[str, bytes]]:
    for path, content in files.items():
        parts = path.split("/")
        leaves = path.startswith("/") or any(part in ("", ".", "..") for part in parts)
        if leaves or "\0" in path or (os.name == "nt" and any(mark in path for mark in ":\\")):
            raise WorkspaceError(
                f"a file of the project can't be called {path!r}: its path must stay inside the project"
            )
        if not any(part.casefold() in PRIVATE for part in parts):
            yield path, content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)


def _request(start: Start, files: list[tuple[str, bytes]], commands: Sequence[Command], limits: Limits) -> Request:
    return {
        "root": start.root,
        "remove_root": start.remove_root,
        "python": start.python,
        "environment": command_environment(start.root),
        "files": files,
        "commands": [(list(command.argv), command.stdin.encode("utf-8", "surrogatepass")) for command in commands],
        "limits": {
            "wall_seconds": limits.wall_seconds,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "processes": limits.processes,
            "output_bytes": limits.output_bytes,
            "file_bytes": limits.file_bytes,
            "disk_bytes": limits.disk_bytes,
            "returned_bytes": limits.returned_bytes,
        },
        "uid": start.uid,
        "task_limit": start.task_limit,
        "own_pids": start.own_pids,
        "poll_disk": start.poll_disk,
        "landlock": start.landlock,
    }


def _most(limits: Limits, commands: Sequence[Command]) -> int:
    """The longest honest reply, in bytes: what every command may write, the files, and their names."""
    return (2 * limits.output_bytes + 1024) * len(commands) + limits.returned_bytes + 4 * 1024 * 1024


async def _converse(start: Start, request: Request, most: int, seconds: float) -> bytes:
    """Send the request, read the reply, leave nothing behind: not on a time-out, not on a cancellation."""
    process = await _begin(start)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    complaint = asyncio.ensure_future(_read(process.stderr, COMPLAINT_BYTES))
    try:
        async with asyncio.timeout(seconds + SLACK_SECONDS):
            await _send(process.stdin, marshal.dumps(dict(request), 4))
            reply = await _read(process.stdout, most)
            said = await complaint
    except TimeoutError:
        raise IsolationError(f"the sandbox did not answer within {seconds + SLACK_SECONDS:.0f} s") from None
    finally:
        complaint.cancel()
        await asyncio.shield(_end(process, start))
    if not reply:
        raise OSError(said.decode(errors="replace").strip().rpartition("\n")[2] or "it said nothing")
    return reply


async def _begin(start: Start) -> asyncio.subprocess.Process:
    """Start the supervisor. What is cancelled meanwhile is seen through and then ended: to cancel the making of a
    process can wait for ever in asyncio (https://github.com/python/cpython/issues/119710)."""
    beginning = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *start.argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=start.environment,
            cwd="/" if os.name == "posix" else None,
            pass_fds=start.pass_fds,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:
        await asyncio.wait({beginning})
        if not beginning.exception():
            await _end(beginning.result(), start)
        raise


async def _send(stream: asyncio.StreamWriter, body: bytes) -> None:
    stream.write(len(body).to_bytes(8, "big") + body)
    with suppress(ConnectionError):  # it ended before it read: what it says of that is read next
        await stream.drain()


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    parts: list[bytes] = []
    while part := await stream.read(1 << 18):
        parts.append(part)
        most -= len(part)
        if most < 0:
            raise OSError("its reply is longer than it may be")
    return b"".join(parts)


async def _discard(stream: asyncio.StreamReader) -> None:
    while await stream.read(1 << 18):
        pass


async def _end(process: asyncio.subprocess.Process, start: Start) -> None:
    """Whatever happened, the supervisor and all that it started are gone afterwards, and so are the files."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.close()  # the life line: the supervisor ends what it started
    # asyncio says that a process has ended once its pipes have, and looks away from a pipe of which much is unread.
    ended = asyncio.gather(process.wait(), _discard(process.stdout), _discard(process.stderr))
    await asyncio.wait({ended}, timeout=2)
    if not ended.done():
        with suppress(ProcessLookupError):
            process.kill()  # a PID namespace ends with its first process
    await ended
    with suppress(ConnectionError):
        await process.stdin.wait_closed()
    if start.remove_root and os.path.lexists(start.root):
        await asyncio.to_thread(remove_tree, start.root)


class _Fields:
    """The netstrings of a reply (https://cr.yp.to/proto/netstrings.txt), one by one; `ValueError` if it is none."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._at = 0

    def take(self) -> bytes:
        colon = self._reply.index(b":", self._at, self._at + 12)
        digits = self._reply[self._at : colon]
        if not digits.isdigit():
            raise ValueError("no length")
        end = colon + 1 + int(digits)
        if self._reply[end : end + 1] != b",":
            raise ValueError("no end")
        self._at = end + 1
        return self._reply[colon + 1 : end]

    def text(self) -> str:
        return self.take().decode("utf-8", "replace")

    def number(self) -> int:
        return int(self.take())


def _outcome(reply: bytes, commands: int) -> Outcome:
    fields = _Fields(reply)
    try:
        if fields.take() != b"ok":
            raise WorkspaceError(f"the project's files can't be laid out in the sandbox: {fields.text()}")
        if fields.number() != commands:
            raise ValueError("not one execution for each command")
        executions = tuple(_execution(fields) for _ in range(commands))
        changed = [(fields.take(), fields.take()) for _ in range(fields.number())]
        deleted = [fields.take() for _ in range(fields.number())]
        omitted = {_shown(fields.take()) for _ in range(fields.number())}
    except ValueError as error:
        raise IsolationError(
            f"the sandbox gave a reply that makes no sense ({error}); see: softhouse doctor"
        ) from error
    files: dict[str, str] = {}
    for name, content in changed:
        try:
            files[_safe(name)] = content.decode("utf-8")
        except ValueError:
            omitted.add(_shown(name))
    return Outcome(
        executions=executions,
        files=dict(sorted(files.items())),
        deleted=tuple(sorted(name.decode("utf-8", "replace") for name in deleted)),
        omitted=tuple(sorted(omitted)),
    )


def _execution(fields: _Fields) -> Execution:
    return Execution(
        exit_code=fields.number(),
        stdout=fields.text(),
        stderr=fields.text(),
        timed_out=bool(fields.take()),
        truncated=bool(fields.take()),
        limit=fields.text(),
    )


def _safe(name: bytes) -> str:
    """`name` as a path that may lie in a project; `ValueError` if it may not."""
    path = name.decode("utf-8")
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError("not a path inside the project")
    if any(part.casefold() in PRIVATE for part in parts):
        raise ValueError("a place that generated code may not write to")
    return path


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")[:200]
