"""A real model of random weights behind the server: hanging up frees llama.cpp's own slot too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from softhouse.llm_backends.gguf import GgufBackend
from softhouse.llm_backends.llama_server import ServerOptions
from tests.llm_backends.tiny_gguf import write_tiny_gguf

from .conftest import Serve
from .served import ask
from .test_chat_completions import client

CONTEXT = 60_000
ENDLESS = CONTEXT - 1000
"""Tokens: minutes of work."""


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[GgufBackend]:
    pytest.importorskip("xllamacpp", reason="llama.cpp is in the extra softhouse[embedded]")
    path = write_tiny_gguf(tmp_path / "tiny.gguf", context_length=CONTEXT)
    backend = GgufBackend(f"gguf:{path}", path, ServerOptions(context_length=CONTEXT, parallel=1, threads=1))
    yield backend
    await backend.aclose()


async def test_a_model_answers_is_cut_and_answers_the_same(serve: Serve, backend: GgufBackend) -> None:
    served = await serve(backend)
    question: Any = {"model": "tiny", "temperature": 0, "messages": ask("abc")["messages"]}

    async with client(served) as ai, asyncio.timeout(60):
        before = await ai.chat.completions.create(**question, max_tokens=12)
        stream = await ai.chat.completions.create(**question, max_tokens=ENDLESS, stream=True)
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        await stream.close()
        after = await ai.chat.completions.create(**question, max_tokens=12)
        too_long = await served.post(ask("abc", max_tokens=CONTEXT))

    assert before.usage is not None
    assert (before.usage.prompt_tokens, before.usage.completion_tokens) == (6, 12)
    assert before.choices[0].message.content == after.choices[0].message.content
    assert (too_long.status_code, too_long.json()["error"]["code"]) == (400, "context_length_exceeded")
