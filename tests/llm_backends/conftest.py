from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from softhouse.llm_backends.openai import OpenAIBackend
from softhouse.llm_backends.resilience import PatientBackend
from softhouse.testing.loopback import Behaviour, LoopbackServer, Reply


class Waits(list[float]):
    """A sleep that takes no time and notes how long it should have been."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


Connect = Callable[..., tuple[LoopbackServer, PatientBackend]]


@pytest.fixture
async def connect(waits: Waits) -> AsyncIterator[Connect]:
    """Starts a loopback server with the given answers, and the real client, with retries, that talks to it."""
    async with AsyncExitStack() as stack:

        def start(
            *answers: Reply | Behaviour, key: str = "", timeout: float = 5.0
        ) -> tuple[LoopbackServer, PatientBackend]:
            server = stack.enter_context(LoopbackServer(*answers))
            backend = PatientBackend(OpenAIBackend("m", server.base_url, key=key, timeout=timeout), sleep=waits)
            stack.push_async_callback(backend.aclose)
            return server, backend

        yield start
