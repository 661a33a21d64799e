"""The embedded model itself; `test_gguf.py` tests with random weights whatever needs no sense in the text."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from softhouse.llm_backends import models
from softhouse.llm_backends.gguf import GgufBackend, create
from softhouse.llm_backends.protocol import ChatMessage, Completion, CompletionRequest

NAME = "qwen2.5-coder-1.5b"

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(
        not models.list_models()[0].present, reason=f"the embedded model is not here; softhouse models pull {NAME}"
    ),
]


@pytest.fixture(scope="module")
def backend() -> Iterator[GgufBackend]:
    backend = create(NAME, base_url=None)
    yield backend
    asyncio.run(backend.aclose())


def ask(backend: GgufBackend, text: str, **options: Any) -> Completion:
    request = CompletionRequest(messages=(ChatMessage.user(text),), **{"max_tokens": 30, "seed": 1, **options})
    return asyncio.run(backend.complete(request))


def test_it_is_small_free_and_reads_8192_tokens(backend: GgufBackend) -> None:
    assert (backend.capabilities.strength, backend.capabilities.context_length) == ("small", 8192)


def test_a_prefilled_code_block_is_continued(backend: GgufBackend) -> None:
    completion = ask(backend, "Print Hello in Python.", prefill="```python\nprint(", stop=("```",))

    assert "Hello" in completion.text
    compile(f"print({completion.text}", "reply", "exec")


def test_an_enforced_schema_gives_the_object_that_was_asked_for(backend: GgufBackend) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "country": {"type": "string"}},
        "required": ["city", "country"],
        "additionalProperties": False,
    }

    reply = json.loads(ask(backend, "The capital of France, as JSON with city and country.", json_schema=schema).text)

    assert reply == {"city": "Paris", "country": "France"}


def test_a_text_is_the_same_whatever_is_cached(backend: GgufBackend) -> None:
    question = "Name three fruits. " + "Be brief. " * 20
    first = ask(backend, question, temperature=0.8)
    ask(backend, "Something else entirely.", max_tokens=1)
    again = ask(backend, question, temperature=0.8)

    assert again.text == first.text
    assert again.usage.cached_tokens == again.usage.prompt_tokens - 1


def test_chinese_arrives_whole(backend: GgufBackend) -> None:
    assert "你好" in ask(backend, "请只回答:你好", max_tokens=8).text
