"""Answers that are worked out only as long as somebody listens, and their pieces as server-sent events.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from softhouse.llm_backends.protocol import Completion, TokenCallback

DONE = b"data: [DONE]\n\n"


async def pieces_of(
    complete: Callable[[TokenCallback], Awaitable[Completion]],
) -> AsyncGenerator[str | Completion, None]:
    """The pieces that `complete` reports while it runs, then what it returns; closing this early cancels it.

    It never waits for the reader: a client that reads slowly holds memory for its own answer, never the model.
    """
    arrived: asyncio.Queue[str | None] = asyncio.Queue()
    task = asyncio.ensure_future(complete(arrived.put_nowait))
    task.add_done_callback(lambda _: arrived.put_nowait(None))
    told = False
    try:
        while (piece := await arrived.get()) is not None:
            told = True
            yield piece
        completion = task.result()
        if completion.text and not told:
            yield completion.text
        yield completion
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def event(payload: Mapping[str, Any]) -> bytes:
    """
    >>> event({"a": "é"})
    b'data: {"a":"\\xc3\\xa9"}\\n\\n'
    """
    return b"data: %b\n\n" % json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


class WhileConnected:
    """A reply whose making is cancelled when the client goes away.

    `work` gets the client's `send`. What it raises before it sent anything becomes an error reply.
    """

    def __init__(self, work: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = asyncio.ensure_future(self._work(scope, receive, send))
        gone = asyncio.ensure_future(hung_up(receive))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            left = not work.done()
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)
        if not left:
            work.result()


async def hung_up(receive: Receive) -> None:
    """Returns when the client has closed its connection; the request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_events(events: AsyncGenerator[bytes, None], send: Send) -> None:
    """Send a 200 reply of server-sent events.

    It is begun when the first event is there: an error before that has a status of its own.
    """
    async with aclosing(events):
        first = await anext(events)
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(part(first))
        async for more in events:
            await send(part(more))
            # Pieces may come in bursts, and sending waits for nobody: others are served, and it is seen who has gone.
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}
