"""Many at once, and clients that go away: no slot is lost, nobody gets another's answer."""

import asyncio
import socket
import struct
from collections.abc import Callable

import httpx2
import pytest

from softhouse.llm_backends.protocol import Completion, CompletionRequest
from softhouse.llm_backends.scripted import ScriptedBackend
from softhouse.serve.refusals import RefusalError
from softhouse.serve.slots import Slots

from .conftest import Serve
from .served import Dripping, Served, ask

STREAMS, PARALLEL = 18, 3


async def read(served: Served, number: int) -> str:
    prompt = " ".join(f"{number}.{word}" for word in range(40))
    reply = await served.post(ask(prompt, stream=True, stream_options={"include_usage": True}))
    assert reply.text.endswith("data: [DONE]\n\n")
    words = [event.partition('"content":"')[2].partition('"')[0] for event in reply.text.split("\n\n")]
    assert "".join(words) == prompt
    return prompt


async def all_slots_answer(served: Served, backend: Dripping) -> None:
    """So many answers that end only together: one slot less, and none of them would."""
    backend.together = asyncio.Barrier(PARALLEL)
    async with asyncio.timeout(20):
        replies = await asyncio.gather(*(served.post(ask(f"last {n}")) for n in range(PARALLEL)))
    assert [reply.json()["choices"][0]["message"]["content"] for reply in replies] == [
        f"last {n}" for n in range(PARALLEL)
    ]


async def test_every_third_stream_is_cut_and_no_slot_is_lost(serve: Serve) -> None:
    backend = Dripping(PARALLEL)
    served = await serve(backend)

    async def cut(number: int) -> None:
        came = await served.cut(f"endless {number}", after=f'"{number}"'.encode(), reset=number % 2 == 0)
        assert b"200 OK" in came

    async with asyncio.timeout(30):
        clients = (cut(n) if n % 3 == 0 else read(served, n) for n in range(STREAMS))
        answers = await asyncio.gather(*clients)

    assert len([answer for answer in answers if answer]) == STREAMS - STREAMS // 3
    assert backend.busiest == PARALLEL
    await served.until(busy=0, waiting=0)
    assert (backend.busy, backend.cancelled) == (0, STREAMS // 3)
    await all_slots_answer(served, backend)


async def test_a_client_that_waits_for_a_whole_answer_may_hang_up_too(serve: Serve) -> None:
    backend = Dripping(PARALLEL)
    served = await serve(backend)

    hung_up = [asyncio.create_task(served.post(ask("endless"))) for _ in range(PARALLEL)]
    await served.until(busy=PARALLEL)
    for client in hung_up:
        client.cancel()

    await served.until(busy=0)
    assert backend.cancelled == PARALLEL
    await all_slots_answer(served, backend)


async def test_a_client_that_leaves_the_queue_is_never_served(serve: Serve) -> None:
    backend = Dripping(1)
    served = await serve(backend)
    first = asyncio.create_task(served.post(ask("endless")))
    await served.until(busy=1)

    await served.cut("in vain", after=b"", stream=False)
    second = asyncio.create_task(served.post(ask("second")))
    await served.until(busy=1, waiting=1)
    first.cancel()

    assert (await second).json()["choices"][0]["message"]["content"] == "second"
    assert [request.messages[-1].content for request in backend.requests] == ["endless", "second"]


class Bursting(ScriptedBackend):
    """One piece; when `gate` opens, many at once, as they come when a model is faster than the network."""

    def __init__(self) -> None:
        super().__init__([])
        self.gate = asyncio.Event()
        self.over = asyncio.Event()

    async def complete(self, request: CompletionRequest, on_token: Callable[[str], None] | None = None) -> Completion:
        assert on_token is not None
        try:
            on_token("first ")
            await self.gate.wait()
            for _ in range(100):
                on_token("more ")
            await asyncio.Event().wait()
        finally:
            self.over.set()
        raise AssertionError


async def test_nothing_is_written_to_a_client_that_has_gone(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    backend, loop = Bursting(), asyncio.get_running_loop()
    served = await serve(backend)
    asked = httpx2.Request("POST", served.url, json=ask(stream=True)).content
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(asked)}\r\n\r\n"
    with socket.socket() as connection:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await loop.sock_connect(connection, ("127.0.0.1", served.port))
        await loop.sock_sendall(connection, head.encode() + asked)
        while b"first" not in await loop.sock_recv(connection, 4096):
            pass
    backend.gate.set()
    async with asyncio.timeout(10):
        await backend.over.wait()
    await served.until(busy=0)

    assert "socket.send() raised exception" not in caplog.text


async def test_a_full_queue_is_refused() -> None:
    slots = Slots(1, most_waiting=1)

    async def hold(until: asyncio.Event) -> None:
        async with slots.one():
            await until.wait()

    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(hold(over))
        group.create_task(hold(over))
        await asyncio.sleep(0)
        assert (slots.busy, slots.waiting) == (1, 1)
        with pytest.raises(RefusalError, match="1 requests are waiting already") as caught:
            await hold(over)
        over.set()

    assert caught.value.status == 503
    assert (slots.busy, slots.waiting) == (0, 0)
