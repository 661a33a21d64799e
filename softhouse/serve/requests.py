"""What clients send, and what is asked of the backend for it.

Fields that would change the answer and are not supported are refused; unknown ones are ignored, as servers of this
protocol do, since every client sends some of its own.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from softhouse.llm_backends.protocol import Backend, ChatMessage, ChatRole, CompletionRequest
from softhouse.serve.refusals import RefusalError

TEMPERATURE, TOP_P = 0.8, 0.95
"""Where the client says nothing: what llama.cpp's server does; small models write nonsense at OpenAI's 1 and 1."""
LONGEST_REPLY = 8192
"""Tokens, where the client says nothing: a longer reply of a small model is hardly ever meant."""
AROUND_A_MESSAGE = 8
"""Tokens that a chat template puts round each message, at most."""
UNSUPPORTED = ("logprobs", "logit_bias", "presence_penalty", "frequency_penalty", "functions", "audio")
"""Fields that would change the answer."""


class Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextPart(Sent):
    type: Literal["text"]
    text: str


class FunctionCall(Sent):
    name: str
    arguments: str = ""


class ToolCall(Sent):
    function: FunctionCall


class Turn(Sent):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | tuple[TextPart, ...] | None = None
    tool_calls: tuple[ToolCall, ...] | None = None

    def as_message(self) -> ChatMessage:
        """As the backends know it. They know no tools: a call is what the assistant said, its result what came back."""
        content = self.content or ""
        text = content if isinstance(content, str) else "".join(part.text for part in content)
        calls = (f"{call.function.name}({call.function.arguments})" for call in self.tool_calls or ())
        roles: dict[str, ChatRole] = {"developer": "system", "tool": "user"}
        role: ChatRole = roles.get(self.role) or self.role  # type: ignore[assignment]
        return ChatMessage(role=role, content="\n".join(filter(None, (text, *calls))))


class Function(Sent):
    name: str
    parameters: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "properties": {}})


class Tool(Sent):
    type: Literal["function"]
    function: Function


class FunctionName(Sent):
    name: str


class ToolChoice(Sent):
    type: Literal["function"]
    function: FunctionName


class NamedSchema(Sent):
    name: str = "reply"
    schema_: dict[str, Any] = Field(alias="schema")


class ResponseFormat(Sent):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None

    @model_validator(mode="after")
    def _has_its_schema(self) -> "ResponseFormat":
        if self.type == "json_schema" and self.json_schema is None:
            raise ValueError("json_schema is missing")
        return self


class StreamOptions(Sent):
    include_usage: bool = False


class ChatRequest(Sent):
    """The body of `POST /v1/chat/completions`.

    >>> ChatRequest(messages=[{"role": "user", "content": "hi"}]).messages[0].role
    'user'
    """

    model: str | None = None
    messages: Annotated[tuple[Turn, ...], Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    seed: int | None = None
    stop: str | tuple[Annotated[str, Field(min_length=1)], ...] | None = None
    n: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: Literal["none", "auto", "required"] | ToolChoice | None = None

    @model_validator(mode="before")
    @classmethod
    def _supported(cls, body: Any) -> Any:
        if isinstance(body, dict):
            for field in UNSUPPORTED:
                if body.get(field):
                    raise ValueError(f"{field} is not supported here; leave it out")
        return body

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def forced_function(self) -> Function | None:
        """The one function that must be called; None where there are no tools. Raises `RefusalError` for a choice."""
        tools = {tool.function.name: tool.function for tool in self.tools or ()}
        if isinstance(self.tool_choice, ToolChoice):
            if function := tools.get(self.tool_choice.function.name):
                return function
            raise RefusalError(400, "tool_choice names a function that is not among the tools", param="tool_choice")
        if not tools or self.tool_choice == "none":
            return None
        if self.tool_choice == "required" and len(tools) == 1:
            return next(iter(tools.values()))
        raise RefusalError(
            400,
            "this model does not choose tools; name the one to call in tool_choice, or leave tools out",
            param="tool_choice",
        )

    def completion_request(self, backend: Backend) -> CompletionRequest:
        """What `backend` is asked. Raises `RefusalError` for what it can't do."""
        if self.n not in (None, 1):
            raise RefusalError(400, "n must be 1: send the request once for each answer", param="n")
        messages = tuple(turn.as_message() for turn in self.messages)
        stop = (self.stop,) if isinstance(self.stop, str) else self.stop or ()
        return CompletionRequest(
            messages=messages,
            max_tokens=self.max_completion_tokens or self.max_tokens or room_for_reply(backend, messages),
            temperature=TEMPERATURE if self.temperature is None else self.temperature,
            top_p=TOP_P if self.top_p is None else self.top_p,
            min_p=self.min_p or 0.0,
            seed=self.seed,
            stop=tuple(text for text in stop if text),
            **self._shape(backend),
        )

    def _shape(self, backend: Backend) -> dict[str, Any]:
        """The fields of a `CompletionRequest` that say which shape the answer has."""
        function, shape, able = self.forced_function(), self.response_format, backend.capabilities
        if function is not None:
            schema, field = function.parameters, "tools"
        elif shape is not None and shape.json_schema is not None and shape.type == "json_schema":
            schema, field = shape.json_schema.schema_, "response_format"
        elif shape is not None and shape.type == "json_object":
            if able.json_mode:
                return {"json_mode": True}
            schema, field = {"type": "object"}, "response_format"
        else:
            return {}
        if able.json_schema:
            return {"json_schema": schema}
        if able.tools:
            return {"json_schema": schema, "tool": True}
        raise RefusalError(400, "this model can't be held to a JSON schema", param=field)


def room_for_reply(backend: Backend, messages: Sequence[ChatMessage]) -> int:
    """Tokens that a reply may have where the client sets no limit: what the prompt leaves of the context."""
    context = backend.capabilities.context_length
    # One call: some backends hold the event loop for it.
    text = "\n".join(message.content for message in messages)
    prompt = backend.count_tokens(text) + AROUND_A_MESSAGE * len(messages)
    # The count may be an upper estimate: whether the prompt really fits is the backend's to say.
    return min(max(context - prompt, context // 8), LONGEST_REPLY)


class EmbeddingRequest(Sent):
    """The body of `POST /v1/embeddings`."""

    model: str | None = None
    input: (
        Annotated[str, Field(min_length=1)]
        | Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1, max_length=2048)]
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: None = None

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.input,) if isinstance(self.input, str) else self.input
