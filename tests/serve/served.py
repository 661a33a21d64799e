"""A real server on loopback, in the test's own event loop, and a backend that is watched while it answers."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from softhouse.llm_backends.protocol import Backend, Capabilities, Completion, CompletionRequest, TokenCallback
from softhouse.llm_backends.scripted import FREE, ScriptedBackend
from softhouse.serve.app import create_app


class Dripping(ScriptedBackend):
    """Answers with what it was asked, word by word; a prompt with `endless` in it is never answered to its end."""

    def __init__(self, parallel: int) -> None:
        super().__init__(lambda request: request.messages[-1].content, capabilities=abilities(parallel=parallel))
        self.busy = 0
        self.busiest = 0
        self.cancelled = 0
        self.together: asyncio.Barrier | None = None
        """Where set, answers end only when so many are being made."""

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            completion = await super().complete(request)
            for word in re.findall(r"\S+\s*", completion.text):
                await asyncio.sleep(0)
                if on_token is not None:
                    on_token(word)
            if "endless" in completion.text:
                await asyncio.Event().wait()
            if self.together is not None:
                await self.together.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.busy -= 1
        return completion


def abilities(**changes: Any) -> Capabilities:
    return FREE.model_copy(update=changes)


@dataclass(frozen=True)
class Served:
    """Where a backend is served."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def slots(self) -> dict[str, int]:
        async with httpx2.AsyncClient() as client:
            slots: dict[str, int] = (await client.get(f"{self.url}/health")).json()["slots"]
            return slots

    async def until(self, **wanted: int) -> None:
        """Ask for the slots until they are as `wanted`."""
        async with asyncio.timeout(10):
            while not wanted.items() <= (await self.slots()).items():
                pass

    async def post(self, body: Any, path: str = "/v1/chat/completions", **headers: str) -> httpx2.Response:
        async with httpx2.AsyncClient(timeout=30) as client:
            if isinstance(body, bytes):
                return await client.post(self.url + path, content=body, headers=headers)
            return await client.post(self.url + path, json=body, headers=headers)

    async def cut(self, prompt: str, *, after: bytes, stream: bool = True, reset: bool = False) -> bytes:
        """Ask, read until `after` came (`b""`: nothing), and hang up, at once where `reset`; returns what came."""
        body = httpx2.Request("POST", self.url, json=ask(prompt, stream=stream)).content
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        came = await reader.readuntil(after) if after else b""
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()
        return came


def ask(prompt: str = "hello", **options: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], **options}


@asynccontextmanager
async def serving(backend: Backend, key: str | None = None) -> AsyncIterator[Served]:
    """Serve `backend` as `softhouse serve` does."""
    config = uvicorn.Config(create_app(backend, key=key), http="h11", ws="none", lifespan="off", log_config=None)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    # Signals are pytest's own here.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        task = asyncio.create_task(server._serve([listener]))
        try:
            yield Served(port)
        finally:
            server.should_exit = True
            await task
