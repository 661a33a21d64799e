"""The openai backend against a server that behaves, and against servers that know only a part of the API."""

import asyncio
import time
from typing import Any

import pytest

from softhouse.errors import AuthenticationError, BackendError
from softhouse.llm_backends.openai import OpenAIBackend, create
from softhouse.llm_backends.protocol import Price, Usage
from softhouse.llm_backends.tokens import estimate_tokens
from softhouse.testing.loopback import Answer, Body, LoopbackServer, Reply, hang, refusal

from .conftest import Connect
from .samples import RIGHT, request

SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.mark.parametrize(
    ("rest", "base_url", "variable", "name"),
    [
        ("m@http://a/v1", "http://b/v1", "http://c/v1", "openai:m@http://a/v1"),
        ("m", "http://b/v1/", "http://c/v1", "openai:m@http://b/v1"),
        ("m", None, "http://c:81/v1", "openai:m@http://c:81/v1"),
        ("m", None, None, "openai:m"),
        ("m@http://[::1]:8080/v1", None, None, "openai:m@http://[::1]:8080/v1"),
        ("@cf/qwen@https://user:secret@d/v1?key=secret", None, None, "openai:@cf/qwen@https://d/v1"),
    ],
)
def test_the_address_and_the_name(
    rest: str, base_url: str | None, variable: str | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    if variable:
        monkeypatch.setenv("OPENAI_BASE_URL", variable)
    backend = create(rest, base_url=base_url)
    assert backend.name == name
    assert "secret" not in repr(backend)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://a/v1", "http://", "http://a:b/v1", "http://[::1/v1", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(BackendError, match="write it like http"):
        OpenAIBackend("m", url)


@pytest.mark.parametrize("key", ["sk-\u2019", "sk-a\nb"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(AuthenticationError, match="copy it again") as caught:
        OpenAIBackend("m", "https://api.openai.com/v1", key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "strength"),
    [
        ("qwen2.5-coder-1.5b", "small"),
        ("Llama-3.2-3B-Instruct", "small"),
        ("gemma-4b-it", "small"),
        ("qwen2.5-coder-7b", "large"),
        ("qwen3-30b-a3b", "large"),
        ("gpt-4o", "large"),
    ],
)
def test_strength_is_read_from_the_name(model: str, strength: str) -> None:
    assert OpenAIBackend(model, "https://llm.example.org/v1").capabilities.strength == strength


@pytest.mark.parametrize(
    ("model", "url", "price"),
    [
        ("gpt-4o", "https://api.openai.com/v1", Price(prompt=2.5, cached=1.25, completion=10)),
        ("gpt-unheard-of", "https://api.openai.com/v1", None),
        ("gpt-4o", "https://llm.example.org/v1", None),
        ("gpt-4o", "http://127.0.0.1:9/v1", Price(prompt=0, cached=0, completion=0)),
        ("gpt-4o", "http://localhost:9/v1", Price(prompt=0, cached=0, completion=0)),
    ],
)
def test_prices(model: str, url: str, price: Price | None) -> None:
    capabilities = OpenAIBackend(model, url, key="k").capabilities
    assert capabilities.price == price
    assert capabilities.local is (":9/" in url)


async def test_a_reply_arrives_in_pieces_and_whole(connect: Connect) -> None:
    server, backend = connect(Answer("print('hello, world')", cached_tokens=3))
    pieces: list[str] = []
    completion = await backend.complete(request("Say hello to the world"), pieces.append)
    assert completion.text == "print('hello, world')" == "".join(pieces)
    assert len(pieces) > 1
    assert completion.usage == Usage(prompt_tokens=5, cached_tokens=3, completion_tokens=2)
    assert completion.model == backend.name == f"openai:m@{server.base_url}"


async def test_a_server_of_ones_own_needs_no_key(connect: Connect) -> None:
    server, backend = connect("hello")
    await backend.complete(request())
    assert server.keys == ["none"]


async def test_only_what_is_asked_for_is_sent(connect: Connect) -> None:
    server, backend = connect("hello")
    await backend.complete(request(max_tokens=7))
    await backend.complete(request(seed=1, top_p=0.9, min_p=0.1, stop=("\n",), temperature=0.5))
    plain, full = server.requests
    assert plain == {
        "model": "m",
        "messages": [{"role": "user", "content": "Describe the product."}],
        "max_tokens": 7,
        "temperature": 0.0,
        "top_p": 1.0,
        "min_p": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    expected = {"seed": 1, "top_p": 0.9, "min_p": 0.1, "stop": ["\n"], "temperature": 0.5}
    assert {key: full[key] for key in expected} == expected


async def test_the_rungs_as_they_are_sent(connect: Connect) -> None:
    server, backend = connect('{"a": 1}')
    for fields in ({"json_schema": SCHEMA}, {"json_schema": SCHEMA, "tool": True}, {"json_mode": True}):
        assert (await backend.complete(request(**fields))).text == '{"a": 1}'
    enforced, forced, mode = server.requests
    assert enforced["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert forced["tools"][0]["function"]["parameters"] == SCHEMA
    assert forced["tool_choice"] == {"type": "function", "function": {"name": "answer"}}
    assert mode["response_format"] == {"type": "json_object"}


def _knows_only(*known: str) -> Any:
    """A server that refuses every other part of the API, in the words of one or another real server."""
    words = {
        "stream_options": refusal("Extra inputs are not permitted: body.stream_options", status=422),
        "max_tokens": refusal(
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "max_tokens"
        ),
        "temperature": refusal("Unsupported value: 'temperature' does not support 0.0", "temperature"),
        "seed": refusal("Unknown parameter", "seed"),
        "tools": refusal("tools param requires --jinja flag", status=500),
        "json_schema": refusal("Invalid parameter: 'response_format' of type 'json_schema' is not supported"),
        "json_object": refusal("This response_format type is unavailable now"),
    }

    def answer(body: Body) -> Reply:
        parts = {*body, body.get("response_format", {}).get("type")}
        return next((words[part] for part in words if part in parts and part not in known), RIGHT)

    return answer


ALL = ("stream_options", "max_tokens", "temperature", "seed", "tools", "json_schema", "json_object")


@pytest.mark.parametrize(
    ("known", "fields", "refused"),
    [
        (ALL, {"json_schema": SCHEMA}, set()),
        (set(ALL) - {"stream_options"}, {}, {"stream_options"}),
        (set(ALL) - {"max_tokens", "temperature"}, {}, {"max_tokens", "temperature"}),
        (set(ALL) - {"seed"}, {"seed": 3}, {"seed"}),
        (set(ALL) - {"json_schema"}, {"json_schema": SCHEMA}, {"json_schema"}),
        (set(ALL) - {"json_schema", "tools"}, {"json_schema": SCHEMA}, {"json_schema", "tools"}),
        (
            set(ALL) - {"json_schema", "tools", "json_object"},
            {"json_schema": SCHEMA},
            {"json_schema", "tools", "json_object"},
        ),
        (set(ALL) - {"json_object"}, {"json_mode": True}, {"json_object"}),
    ],
)
async def test_what_a_server_does_not_know_is_met_once_and_left_out(
    known: set[str], fields: dict[str, Any], refused: set[str]
) -> None:
    with LoopbackServer(_knows_only(*known)) as server:
        backend = OpenAIBackend("m", server.base_url)
        first, again = await backend.complete(request(**fields)), await backend.complete(request(**fields))
        await backend.aclose()
    assert first.text == again.text == RIGHT
    assert backend.dialect.refused == refused
    assert server.count == len(refused) + 2
    if "max_tokens" in refused:
        assert server.requests[-1]["max_completion_tokens"] == 1024


async def test_a_server_that_knows_nothing_is_given_up_after_five_requests() -> None:
    with LoopbackServer(_knows_only()) as server:
        backend = OpenAIBackend("m", server.base_url)
        with pytest.raises(BackendError):
            await backend.complete(request(json_schema=SCHEMA, seed=1))
        await backend.aclose()
    assert server.count <= 5


async def test_llama_cpp_is_recognised_and_goes_on_from_a_prefill() -> None:
    with LoopbackServer("print(1)", llama_cpp=True) as server:
        backend = OpenAIBackend("m", server.base_url)
        able = backend.capabilities
        completion = await backend.complete(request(prefill="```python\n"))
        await backend.aclose()
    assert (able.prefill, able.context_length, able.parallel) == (True, 8192, 4)
    assert server.requests[0]["messages"][-1] == {"role": "assistant", "content": "```python\n"}
    assert completion.text == "print(1)"


def test_another_server_is_given_no_prefill() -> None:
    with LoopbackServer() as server:
        assert not OpenAIBackend("m", server.base_url).capabilities.prefill


async def test_cancelling_ends_a_call_at_once(connect: Connect) -> None:
    server, backend = connect(hang(), timeout=60)
    task = asyncio.create_task(backend.complete(request()))
    await asyncio.to_thread(server.wait_for_a_request)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 1


async def test_a_proxy_does_not_come_between_a_machine_and_itself(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    _, backend = connect("hello")
    assert (await backend.complete(request())).text == "hello"


def test_a_token_count_is_rather_too_high() -> None:
    """Against known counts of cl100k_base: a word and its blank are one token, up to three digits another."""
    for text, tokens in {"hello world": 2, "1234567890": 4, "def add(a, b):\n    return a + b\n": 13}.items():
        assert estimate_tokens(text) >= tokens
