"""What clients get: OpenAI's objects for a completion, for the chunks of a streamed one, and for embeddings."""

import base64
import secrets
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from softhouse.llm_backends.protocol import Completion, Embeddings, Usage

FINISH = {"stop": "stop", "length": "length", "filter": "content_filter"}


@dataclass(frozen=True)
class ReplyFormat:
    """How one request's answer is put: as text, or as the arguments of `function`.

    >>> ReplyFormat("m").completion(Completion(text="hi"))["choices"][0]["message"]
    {'role': 'assistant', 'content': 'hi'}
    """

    model: str
    function: str | None = None
    include_usage: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def completion(self, completion: Completion) -> dict[str, Any]:
        """The whole answer."""
        message: dict[str, Any] = {"role": "assistant", "content": completion.text}
        if self.function is not None:
            message = {"role": "assistant", "content": None, "tool_calls": [self._call(completion.text, opening=True)]}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish(completion)}
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage_object(completion.usage)}

    def opening(self) -> dict[str, Any]:
        """The first chunk of a stream: who speaks, and what is called."""
        if self.function is None:
            return self._chunk({"role": "assistant", "content": ""})
        call = {"index": 0, **self._call("", opening=True)}
        return self._chunk({"role": "assistant", "content": None, "tool_calls": [call]})

    def piece(self, text: str) -> dict[str, Any]:
        """A chunk with more of the answer."""
        if self.function is None:
            return self._chunk({"content": text})
        return self._chunk({"tool_calls": [{"index": 0, **self._call(text, opening=False)}]})

    def closing(self, completion: Completion) -> list[dict[str, Any]]:
        """The last chunk, and the bill where it was asked for."""
        last = self._chunk({}, self._finish(completion))
        if not self.include_usage:
            return [last]
        head = self._head("chat.completion.chunk")
        return [last, {**head, "choices": [], "usage": usage_object(completion.usage)}]

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        usage = {"usage": None} if self.include_usage else {}
        return {**self._head("chat.completion.chunk"), "choices": [choice], **usage}

    def _call(self, arguments: str, *, opening: bool) -> dict[str, Any]:
        if not opening:
            return {"function": {"arguments": arguments}}
        name = f"call_{self.id.removeprefix('chatcmpl-')}"
        return {"id": name, "type": "function", "function": {"name": self.function, "arguments": arguments}}

    def _finish(self, completion: Completion) -> str:
        if self.function is not None and completion.finish_reason == "stop":
            return "tool_calls"
        return FINISH[completion.finish_reason]


def usage_object(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def model_object(model: str, created: int) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": created, "owned_by": "softhouse"}


def embeddings_object(model: str, embeddings: Embeddings, *, as_base64: bool) -> dict[str, Any]:
    """In base64 the vectors are little-endian float32."""
    data = [
        {"object": "embedding", "index": index, "embedding": encoded(vector) if as_base64 else vector}
        for index, vector in enumerate(embeddings.vectors)
    ]
    tokens = embeddings.usage.prompt_tokens
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def encoded(vector: Sequence[float]) -> str:
    """
    >>> encoded([1.0])
    'AACAPw=='
    """
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
