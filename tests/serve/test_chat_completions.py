"""`/v1/chat/completions`, asked by the real `openai` client."""

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from softhouse.errors import (
    AuthenticationError,
    BackendError,
    ContextLengthError,
    QuotaError,
    ReplyError,
    UnavailableError,
    UnknownModelError,
)
from softhouse.llm_backends.protocol import Completion, CompletionRequest, TransientError, Usage
from softhouse.llm_backends.scripted import ScriptedBackend

from .conftest import Serve
from .served import Dripping, Served, abilities, ask

HELLO: Any = [{"role": "user", "content": "hello"}]
TOOL: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def client(served: Served) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0, timeout=30)


async def test_a_whole_answer_with_its_bill(serve: Serve) -> None:
    usage = Usage(prompt_tokens=7, cached_tokens=3, completion_tokens=2)
    backend = ScriptedBackend([Completion(text="Good day", usage=usage)], name="gguf:/models/tiny.gguf")
    served = await serve(backend)

    async with client(served) as ai:
        answer = await ai.chat.completions.create(model="tiny", messages=HELLO)

    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Good day", "stop")
    assert answer.model == "tiny"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (7, 2, 9)
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.prompt_tokens_details.cached_tokens == 3


async def test_a_streamed_answer_comes_in_pieces_and_ends_with_its_bill(serve: Serve) -> None:
    served = await serve(Dripping(parallel=1))

    async with client(served) as ai:
        stream = await ai.chat.completions.create(
            model="python", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]

    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(c.choices[0].delta.content or "" for c in chunks[:-1]) == "hello"
    assert [c.choices[0].finish_reason for c in chunks[:-1] if c.choices[0].finish_reason] == ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 2
    assert {chunk.usage for chunk in chunks[:-1]} == {None}
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_stream_is_server_sent_events_up_to_done(serve: Serve) -> None:
    served = await serve(Dripping(parallel=1))

    reply = await served.post(ask("one two 三", stream=True))

    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, done, rest = reply.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    assert [c["choices"][0]["delta"].get("content") for c in chunks] == ["", "one ", "two ", "三", None]
    assert not any("usage" in chunk for chunk in chunks)


async def test_what_is_asked_reaches_the_backend(serve: Serve) -> None:
    backend = ScriptedBackend(["ok"])
    served = await serve(backend)
    parts = [{"type": "text", "text": "say "}, {"type": "text", "text": "hi"}]
    call = {"id": "1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    turns = [
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "noon"},
    ]
    options = {"temperature": 0, "top_p": 0.5, "seed": 3, "stop": "END", "max_completion_tokens": 9, "user": "me"}

    reply = await served.post({"messages": turns, **options})

    assert reply.status_code == 200
    [asked] = backend.requests
    assert [(m.role, m.content) for m in asked.messages] == [
        ("system", "be brief"),
        ("user", "say hi"),
        ("assistant", "clock({})"),
        ("user", "noon"),
    ]
    assert (asked.temperature, asked.top_p, asked.seed, asked.stop, asked.max_tokens) == (0, 0.5, 3, ("END",), 9)


async def test_without_a_limit_a_reply_may_fill_what_the_prompt_leaves(serve: Serve) -> None:
    backend = ScriptedBackend(lambda _: "ok", capabilities=abilities(context_length=1000))
    served = await serve(backend)

    await served.post(ask("x" * 400))
    await served.post(ask("x" * 8000))

    assert [request.max_tokens for request in backend.requests] == [1000 - 100 - 8, 125]


class City(BaseModel):
    name: str


async def test_a_schema_is_enforced_by_the_backend_and_parsed_by_the_client(serve: Serve) -> None:
    backend = ScriptedBackend(['{"name": "Bonn"}'])
    served = await serve(backend)

    async with client(served) as ai:
        answer = await ai.chat.completions.parse(model="python", messages=HELLO, response_format=City)

    assert answer.choices[0].message.parsed == City(name="Bonn")
    [asked] = backend.requests
    assert asked.json_schema is not None
    assert asked.json_schema["required"] == ["name"]


@pytest.mark.parametrize(
    ("able", "expected"),
    [
        ({}, {"json_mode": True, "json_schema": None}),
        ({"json_mode": False}, {"json_mode": False, "json_schema": {"type": "object"}}),
    ],
)
async def test_json_mode(serve: Serve, able: dict[str, Any], expected: dict[str, Any]) -> None:
    backend = ScriptedBackend(["{}"], capabilities=abilities(**able))
    served = await serve(backend)

    await served.post(ask(response_format={"type": "json_object"}))

    assert backend.requests[0].model_dump(include=set(expected)) == expected


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
async def test_a_forced_function_is_answered_by_its_schema(serve: Serve, choice: Any) -> None:
    backend = ScriptedBackend(lambda _: '{"city": "Bonn"}')
    served = await serve(backend)

    async with client(served) as ai:
        whole = await ai.chat.completions.create(model="python", messages=HELLO, tools=[TOOL], tool_choice=choice)
        stream = await ai.chat.completions.create(
            model="python", messages=HELLO, tools=[TOOL], tool_choice=choice, stream=True
        )
        deltas = [c.choices[0].delta.tool_calls[0] async for c in stream if c.choices[0].delta.tool_calls]

    [call] = whole.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Bonn"}')
    assert whole.choices[0].finish_reason == "tool_calls"
    assert deltas[0].function is not None
    assert deltas[0].function.name == "weather"
    assert "".join((d.function and d.function.arguments) or "" for d in deltas) == '{"city": "Bonn"}'
    assert {str(request.json_schema) for request in backend.requests} == {str(TOOL["function"]["parameters"])}


async def test_tools_that_must_not_be_called_are_no_matter(serve: Serve) -> None:
    served = await serve(["plain"])

    reply = await served.post(ask(tools=[TOOL], tool_choice="none"))

    assert reply.json()["choices"][0]["message"] == {"role": "assistant", "content": "plain"}


@pytest.mark.parametrize(
    ("options", "message", "param"),
    [
        ({"n": 2}, "n must be 1", "n"),
        ({"messages": []}, "messages: ", "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role: ", "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "0.type", "messages.0.content.0.type"),
        ({"temperature": 3}, "temperature: ", "temperature"),
        ({"max_tokens": 0}, "max_tokens: ", "max_tokens"),
        ({"logprobs": True}, "logprobs is not supported", None),
        ({"response_format": {"type": "json_schema"}}, "json_schema is missing", "response_format"),
        ({"tools": [TOOL]}, "does not choose tools", "tool_choice"),
        ({"tools": [TOOL, TOOL | {"function": {"name": "b"}}], "tool_choice": "required"}, "choose", "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "b"}}}, "not among the tools", "tool_choice"),
    ],
)
async def test_what_is_not_supported_is_said(
    serve: Serve, options: dict[str, Any], message: str, param: str | None
) -> None:
    served = await serve(["never"])

    reply = await served.post(ask(**options))

    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert message in error["message"]


async def test_a_model_that_knows_no_schema_says_so(serve: Serve) -> None:
    able = abilities(json_schema=False, json_mode=False, tools=False)
    served = await serve(ScriptedBackend(["never"], capabilities=able))

    reply = await served.post(ask(response_format={"type": "json_object"}))

    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "response_format")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"messages": "hi"}'])
async def test_a_body_that_is_no_request(serve: Serve, body: bytes) -> None:
    served = await serve(["never"])

    reply = await served.post(body)

    assert (reply.status_code, reply.json()["error"]["type"]) == (400, "invalid_request_error")


async def test_a_body_that_nobody_could_read_is_not_kept(serve: Serve) -> None:
    served = await serve(["never"])

    reply = await served.post(b" " * 16_000_001)

    assert reply.status_code == 413


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ContextLengthError("too long"), 400, "context_length_exceeded"),
        (ReplyError("that schema can't be enforced"), 400, None),
        (UnknownModelError("no such model"), 404, "model_not_found"),
        (QuotaError("no money left"), 429, "insufficient_quota"),
        (TransientError("busy", retry_after=7), 503, None),
        (UnavailableError("llama.cpp stopped"), 503, None),
        (AuthenticationError("the backend's own key is refused"), 503, None),
        (BackendError("the server refuses the request"), 400, None),
    ],
)
async def test_an_error_of_the_backend_has_its_status_streamed_or_not(
    serve: Serve, error: BackendError, status: int, code: str | None, stream: bool
) -> None:
    served = await serve(ScriptedBackend([error]))

    reply = await served.post(ask(stream=stream))

    assert reply.status_code == status
    assert (reply.json()["error"]["message"], reply.json()["error"]["code"]) == (str(error), code)
    assert reply.headers.get("retry-after") == ("7" if isinstance(error, TransientError) else None)


async def test_a_fault_of_ours_is_not_shown_to_the_client(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    def broken(request: CompletionRequest) -> str:
        raise RuntimeError("secret")

    served = await serve(ScriptedBackend(broken))

    reply = await served.post(ask())

    assert reply.status_code == 500
    assert reply.json()["error"]["type"] == "server_error"
    assert "secret" not in reply.text
    assert "secret" in caplog.text


async def test_an_error_in_the_middle_of_a_stream_reaches_the_client(serve: Serve) -> None:
    class Breaking(Dripping):
        async def complete(self, request: CompletionRequest, on_token: Any = None) -> Completion:
            await super().complete(request, on_token)
            raise UnavailableError("the model stopped")

    served = await serve(Breaking(parallel=1))

    pieces: list[str] = []
    async with client(served) as ai:
        stream = await ai.chat.completions.create(model="python", messages=HELLO, stream=True)
        with pytest.raises(openai.APIError, match="the model stopped"):
            await read_into(pieces, stream)

    assert "".join(pieces) == "hello"


async def read_into(pieces: list[str], stream: openai.AsyncStream[Any]) -> None:
    async for chunk in stream:
        pieces.append(chunk.choices[0].delta.content or "")  # noqa: PERF401  what came before an error counts


async def test_a_cut_answer_says_so(serve: Serve) -> None:
    served = await serve(ScriptedBackend([Completion(text="Once upon", finish_reason="length")]))

    assert (await served.post(ask())).json()["choices"][0]["finish_reason"] == "length"


async def test_models_are_listed_and_another_one_is_refused(serve: Serve) -> None:
    served = await serve(ScriptedBackend(["never"], name="gguf:/home/me/tiny.gguf"))

    async with client(served) as ai:
        assert [model.id async for model in ai.models.list()] == ["tiny"]
        assert (await ai.models.retrieve("tiny")).object == "model"
        with pytest.raises(openai.NotFoundError) as caught:
            await ai.chat.completions.create(model="gpt-4.1", messages=HELLO)
        with pytest.raises(openai.NotFoundError):
            await ai.models.retrieve("gpt-4.1")

    assert caught.value.code == "model_not_found"


async def test_a_path_that_is_not_there_is_an_error_object_too(serve: Serve) -> None:
    served = await serve(["never"])

    assert (await served.post({}, "/v1/completions")).json()["error"]["message"] == "Not Found"
    assert (await served.post({}, "/v1/models")).status_code == 405
