"""A backend that answers what it was told to: for tests, examples and demonstrations. `script:FILE`, or in Python:

>>> import asyncio
>>> from softhouse.llm_backends.protocol import ChatMessage
>>> backend = ScriptedBackend(["four"])
>>> request = CompletionRequest(messages=(ChatMessage.user("2 + 2?"),))
>>> asyncio.run(backend.complete(request)).text, len(backend.requests)
('four', 1)

A script file is a JSON list, or one JSON object a line (JSONL), of objects with these fields:

- `text`: the reply;
- `match` (optional): only prompts whose last message contains this are answered with it. Replies with the same `match`
  are given in order, the last of them from then on; replies without are given once each, in order, to what matches
  nothing;
- `finish_reason` (optional): `stop` or `length`.

A run that is resumed starts the file again, so replies of such a run are better given a `match`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from softhouse.errors import BackendError
from softhouse.llm_backends.protocol import (
    Capabilities,
    Completion,
    CompletionRequest,
    FinishReason,
    Frozen,
    Price,
    TokenCallback,
    Usage,
)

Reply = str | Completion
Answer = Reply | Awaitable[Reply]
Script = Sequence[Reply | Exception] | Mapping[str, Reply | Exception] | Callable[[CompletionRequest], Answer]

FREE = Capabilities(
    json_schema=True,
    tools=True,
    json_mode=True,
    prefill=True,
    local=True,
    parallel=1000,
    price=Price(prompt=0, cached=0, completion=0),
)


class ScriptEntry(Frozen):
    """One object of a script file."""

    text: str
    match: str | None = None
    finish_reason: FinishReason = "stop"


def create(rest: str, *, base_url: str | None = None) -> "ScriptedBackend":  # noqa: ARG001
    """The backend for `script:FILE`. Raises `BackendError` where the file is missing or is no script."""
    path = Path(rest)
    try:
        text = path.read_text(encoding="utf-8")
        rows: Any = json.loads(text) if text.lstrip().startswith("[") else list(map(json.loads, _lines(text)))
        entries = TypeAdapter(list[ScriptEntry]).validate_python(rows)
    except OSError as error:
        raise BackendError(f"the script {rest!r} cannot be read: {error.strerror}; write script:FILE") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BackendError(f"the script {rest!r} has a wrong entry at {place}: {first['msg']}") from error
    except ValueError as error:
        raise BackendError(f"the script {rest!r} is neither a JSON list nor JSON lines: {error}") from error
    return ScriptedBackend(_from_entries(entries, rest), name=f"script:{rest}")


class ScriptedBackend:
    """Answers from `replies` and keeps what it was asked in `requests`.

    `replies` is a sequence (given in order; a `BackendError` when it is used up), a mapping from a part of the last
    message to the reply (the first that occurs), or a callable from request to reply, async or not. An exception in
    the place of a reply is raised. `latency`: seconds before each reply.
    """

    def __init__(
        self, replies: Script, *, latency: float = 0.0, capabilities: Capabilities = FREE, name: str = "script:python"
    ) -> None:
        self._answer = _as_callable(replies)
        self._latency = latency
        self._capabilities = capabilities
        self._name = name
        self.requests: list[CompletionRequest] = []

    def __repr__(self) -> str:
        return f"<ScriptedBackend {self._name}>"

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def count_tokens(self, text: str) -> int:
        """A quarter of the characters, rounded up."""
        return -(-len(text) // 4)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        self.requests.append(request)
        if self._latency:
            await asyncio.sleep(self._latency)
        reply = self._answer(request)
        if not isinstance(reply, str | Completion):
            reply = await reply
        text = reply if isinstance(reply, str) else reply.text
        if on_token:
            on_token(text)
        if isinstance(reply, Completion):
            return reply if reply.model else reply.model_copy(update={"model": self._name})
        prompt = sum(self.count_tokens(message.content) for message in request.messages)
        usage = Usage(prompt_tokens=prompt, completion_tokens=self.count_tokens(text))
        return Completion(text=text, usage=usage, model=self._name)

    async def aclose(self) -> None:
        pass


def _as_callable(replies: Script) -> Callable[[CompletionRequest], Answer]:
    if callable(replies):
        return replies
    if isinstance(replies, Mapping):
        table = dict(replies)

        def by_prompt(request: CompletionRequest) -> Reply:
            asked = request.messages[-1].content
            for part, reply in table.items():
                if part in asked:
                    return _given(reply)
            raise BackendError(f"the script has no reply to a prompt that ends in {asked[-80:]!r}")

        return by_prompt
    rest = iter(list(replies))

    def in_order(_: CompletionRequest) -> Reply:
        for reply in rest:
            return _given(reply)
        raise BackendError(f"the script is used up: it has {len(replies)} replies and was asked once more")

    return in_order


def _given(reply: Reply | Exception) -> Reply:
    if isinstance(reply, Exception):
        raise reply
    return reply


def _from_entries(entries: Sequence[ScriptEntry], file: str) -> Callable[[CompletionRequest], Reply]:
    by_match: dict[str | None, list[ScriptEntry]] = {}
    for entry in entries:
        by_match.setdefault(entry.match, []).append(entry)
    unmatched = by_match.pop(None, [])

    def answer(request: CompletionRequest) -> Reply:
        asked = request.messages[-1].content
        queue = next((queue for match, queue in by_match.items() if match and match in asked), unmatched)
        if not queue:
            raise BackendError(f"the script {file!r} has no reply left for a prompt that ends in {asked[-80:]!r}")
        entry = queue[0] if len(queue) == 1 and queue is not unmatched else queue.pop(0)
        if entry.finish_reason == "stop":
            return entry.text
        return Completion(text=entry.text, finish_reason=entry.finish_reason)

    return answer


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
