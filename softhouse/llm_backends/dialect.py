"""What one OpenAI-compatible endpoint understands of the chat completions API, learned from what it refuses.

Servers differ: some know no enforced schema, no tools, no `stream_options`, newer models want another name for
`max_tokens`. Each refusal is met once: the part is left out, the request is sent again, and the endpoint is remembered.
Callers never see it, so the content key of a call does not depend on what was learned when.

Source of the format: https://platform.openai.com/docs/api-reference/chat/create
"""

import re
from collections.abc import Mapping
from typing import Any

from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.llm_backends.schemas import strict_schema

ANSWER = "answer"
"""The name of the schema, and of the one forced tool."""

_OPTIONAL = ("stream_options", "max_tokens", "temperature", "top_p", "min_p", "seed", "stop")


class Dialect:
    """The parts of the API that an endpoint refused so far.

    >>> dialect = Dialect()
    >>> request = CompletionRequest(messages=(), json_schema={"type": "object", "properties": {}})
    >>> sent = dialect.parameters(request)
    >>> dialect.learn("response_format is not supported", sent)
    True
    >>> sorted(dialect.refused), sorted(dialect.parameters(request).keys() & {"tools", "response_format"})
    (['json_schema'], ['tools'])
    """

    def __init__(self, refused: frozenset[str] = frozenset()) -> None:
        """`refused`: what is already known from an earlier run, as `Dialect.refused` said then."""
        self.refused = refused

    def parameters(self, request: CompletionRequest, *, official: bool = False, local: bool = False) -> dict[str, Any]:
        """The body of the HTTP request for `request`, without the parts that the endpoint refuses.

        `official`: OpenAI's own server, where 1 is the default of `top_p`, and `min_p` and `maxLength` are not known.
        `local`: most likely llama.cpp, which has defaults of its own for both.
        """
        messages = [message.model_dump() for message in request.messages]
        if request.prefill:
            messages.append({"role": "assistant", "content": request.prefill})
        wanted: dict[str, Any] = {
            "messages": messages,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stream_options": {"include_usage": True},
        }
        if request.top_p != 1.0 or not official:
            wanted["top_p"] = request.top_p
        if local or (request.min_p and not official):
            wanted["min_p"] = request.min_p
        if request.seed is not None:
            wanted["seed"] = request.seed
        if request.stop:
            wanted["stop"] = list(request.stop)
        body = {name: value for name, value in wanted.items() if name not in self.refused}
        if "max_tokens" in self.refused and "max_completion_tokens" not in self.refused:
            body["max_completion_tokens"] = request.max_tokens
        return body | self._format(request, bounds=not official)

    def _format(self, request: CompletionRequest, *, bounds: bool) -> dict[str, Any]:
        """The best of schema, forced tool and JSON mode that was asked for and is not refused."""
        if request.json_schema is not None:
            schema, strict = strict_schema(request.json_schema, bounds=bounds)
            if not request.tool and "json_schema" not in self.refused:
                named = {"name": ANSWER, "strict": strict, "schema": schema}
                return {"response_format": {"type": "json_schema", "json_schema": named}}
            if "tools" not in self.refused:
                function = {"name": ANSWER, "description": "Gives the answer.", "strict": strict, "parameters": schema}
                return {
                    "tools": [{"type": "function", "function": function}],
                    "tool_choice": {"type": "function", "function": {"name": ANSWER}},
                }
        if (request.json_schema is not None or request.json_mode) and "json_object" not in self.refused:
            return {"response_format": {"type": "json_object"}}
        return {}

    def learn(self, complaint: str, sent: Mapping[str, Any], parameter: str | None = None) -> bool:
        """Whether `complaint` (the server's words; `parameter`: the one that it names) is about a part of `sent` that
        the request can do without. That part is left out from now on.
        """
        part = self._part(f"{parameter or ''} {complaint}", sent)
        if part is None:
            return False
        self.refused |= {part}
        return True

    def _part(self, complaint: str, sent: Mapping[str, Any]) -> str | None:
        for name in _OPTIONAL:
            # "stop" and "seed" are words as well: alone they prove nothing.
            quoted = rf"['\"`]{name}['\"`]|^{name} " if name in ("stop", "seed") else rf"\b{name}\b"
            if name in sent and re.search(quoted, complaint):
                return name
        if "max_completion_tokens" in sent and "max_completion_tokens" in complaint:
            return "max_completion_tokens"
        if "tools" in sent and re.search(r"\btool|\bfunction", complaint, re.IGNORECASE):
            return "tools"
        kind = sent.get("response_format", {}).get("type")
        if kind and re.search(r"response.?format|json|schema|grammar|structured", complaint, re.IGNORECASE):
            return str(kind)
        return None
