import asyncio
import json
from pathlib import Path

import pytest

from softhouse.errors import BackendError
from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest
from softhouse.llm_backends.scripted import ScriptedBackend, create

from .samples import request


async def texts(backend: ScriptedBackend, *prompts: str) -> list[str]:
    return [(await backend.complete(request(prompt))).text for prompt in prompts]


async def test_replies_in_order_and_then_no_more() -> None:
    backend = ScriptedBackend(["one", Completion(text="two", finish_reason="length")])
    assert await texts(backend, "a", "b") == ["one", "two"]
    with pytest.raises(BackendError, match="used up: it has 2 replies"):
        await backend.complete(request())
    assert [asked.messages[-1].content for asked in backend.requests] == ["a", "b", "Describe the product."]


async def test_replies_by_what_the_prompt_says() -> None:
    backend = ScriptedBackend({"design": "a design", "code": "some code"})
    assert await texts(backend, "write code", "make a design", "write code") == ["some code", "a design", "some code"]
    with pytest.raises(BackendError, match="no reply to a prompt"):
        await backend.complete(request("sing"))


async def test_a_callable_sync_or_not() -> None:
    async def later(asked: CompletionRequest) -> str:
        await asyncio.sleep(0)
        return asked.messages[-1].content[::-1]

    assert await texts(ScriptedBackend(later), "abc") == ["cba"]
    assert await texts(ScriptedBackend(lambda asked: asked.messages[-1].content.upper()), "abc") == ["ABC"]


async def test_usage_and_pieces() -> None:
    pieces: list[str] = []
    completion = await ScriptedBackend(["12345"]).complete(request("12345678"), pieces.append)
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (2, 2)
    assert pieces == ["12345"]
    assert completion.model == "script:python"


ENTRIES = [
    {"text": "first"},
    {"match": "code", "text": "a draft"},
    {"match": "code", "text": "the fix"},
    {"text": "second", "finish_reason": "length"},
]


@pytest.mark.parametrize("lines", [False, True])
async def test_a_file(lines: bool, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text("\n\n".join(map(json.dumps, ENTRIES)) if lines else json.dumps(ENTRIES, indent=1))
    backend = create(str(path))
    assert isinstance(backend, Backend)
    assert backend.name == f"script:{path}"
    prompts = ["x", "code", "code again", "code still", "y"]
    assert await texts(backend, *prompts) == ["first", "a draft", "the fix", "the fix", "second"]
    with pytest.raises(BackendError, match="no reply left"):
        await backend.complete(request("z"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("[", "neither a JSON list nor JSON lines"),
        ('[{"txt": "x"}]', "wrong entry at 0.text"),
        ("hello", "neither a JSON list"),
        ('{"text": 3}', "wrong entry"),
    ],
)
def test_a_file_that_is_no_script(content: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BackendError) as caught:
        create(str(path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
