from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from softhouse.llm_backends.protocol import Backend
from softhouse.llm_backends.scripted import ScriptedBackend

from .served import Served, serving

Serve = Callable[..., Awaitable[Served]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves a backend, or a script's replies, until the test is over."""
    async with AsyncExitStack() as stack:

        async def start(backend: Backend | list[str], key: str | None = None) -> Served:
            hired = ScriptedBackend(backend) if isinstance(backend, list) else backend
            return await stack.enter_async_context(serving(hired, key))

        yield start
