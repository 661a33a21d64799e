"""The openai backend against a real server: llama.cpp's own, with a model of 24,000 random weights."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from softhouse.errors import ContextLengthError
from softhouse.llm_backends.llama_server import ServerOptions, start
from softhouse.llm_backends.openai import OpenAIBackend

from .samples import request
from .tiny_gguf import write_tiny_gguf

pytest.importorskip("xllamacpp")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    model: Path = write_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")
    server = start(model, ServerOptions(context_length=512, parallel=2, threads=1), key="")
    yield f"{server.url}/v1"
    server.close()


@pytest.fixture
async def backend(url: str) -> AsyncIterator[OpenAIBackend]:
    backend = OpenAIBackend("tiny-0.1b", url)
    yield backend
    await backend.aclose()


async def test_it_says_who_it_is(backend: OpenAIBackend) -> None:
    able = backend.capabilities
    assert (able.context_length, able.parallel, able.strength) == (512, 2, "small")
    assert (able.json_schema, able.tools, able.prefill) == (True, False, True)


async def test_a_reply_with_its_usage(backend: OpenAIBackend) -> None:
    pieces: list[str] = []
    completion = await backend.complete(request("Hello", max_tokens=6, seed=1), pieces.append)
    assert completion.text == "".join(pieces)
    assert (completion.finish_reason, completion.usage.completion_tokens) == ("length", 6)
    assert completion.usage.reported
    again = await backend.complete(request("Hello", max_tokens=6, seed=1))
    assert again.text == completion.text
    assert again.usage.cached_tokens > 0


async def test_a_prefill_is_gone_on_from_and_not_repeated(backend: OpenAIBackend) -> None:
    completion = await backend.complete(request("Hello", prefill="def main():", max_tokens=6))
    plain = await backend.complete(request("Hello", max_tokens=6))
    assert "def main" not in completion.text
    assert completion.usage.prompt_tokens == plain.usage.prompt_tokens + len("def main():")


async def test_a_schema_is_enforced(backend: OpenAIBackend) -> None:
    """Even of a model that writes nothing but noise."""
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "kind": {"type": "string", "enum": ["a", "b"]}},
        "required": ["ok", "kind"],
        "additionalProperties": False,
    }
    completion = await backend.complete(request("Well?", json_schema=schema, max_tokens=120))
    assert json.loads(completion.text).keys() == {"ok", "kind"}


async def test_a_prompt_that_is_too_long(backend: OpenAIBackend) -> None:
    with pytest.raises(ContextLengthError, match="too long"):
        await backend.complete(request("word " * 400))
