"""What every backend is: something that completes a prompt. Some are an `Embedder` besides, or instead.

One seam, one method. Everything that is the same for all backends (retries, rate limits, fallbacks, structured
output, the ledger) wraps a backend from outside and is a backend again.

>>> request = CompletionRequest(messages=(ChatMessage.user("Say hi."),), max_tokens=8)
>>> request.messages[0].role
'user'
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from softhouse.errors import BackendError, UnavailableError

ChatRole = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "filter"]
TokenCallback = Callable[[str], None]
"""Called with each piece of text as it arrives."""


class Frozen(BaseModel):
    """A value: immutable, strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChatMessage(Frozen):
    """One turn of a conversation."""

    role: ChatRole
    content: str

    @classmethod
    def system(cls, content: str) -> "ChatMessage":
        return cls(role="system", content=content)

    @classmethod
    def user(cls, content: str) -> "ChatMessage":
        return cls(role="user", content=content)

    @classmethod
    def assistant(cls, content: str) -> "ChatMessage":
        return cls(role="assistant", content=content)


class CompletionRequest(Frozen):
    """Everything that the completion depends on, and nothing else: its JSON is part of the act's content key."""

    messages: tuple[ChatMessage, ...]
    max_tokens: int = 1024
    """The most tokens that the completion may have."""
    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    """Drop tokens less likely than `min_p` times the likeliest one; ignored where the server does not know it."""
    seed: int | None = None
    stop: tuple[str, ...] = ()
    prefill: str = ""
    """How the assistant's turn begins. The completion's `text` does not repeat it. Backends without
    `Capabilities.prefill` are never given one."""
    json_schema: dict[str, Any] | None = None
    """A JSON schema that the server or the sampler enforces (`Capabilities.json_schema`)."""
    tool: bool = False
    """Ask for `json_schema` as the arguments of a forced tool call (`Capabilities.tools`); `text` is the arguments."""
    json_mode: bool = False
    """Ask for some JSON object, whatever its shape (`Capabilities.json_mode`)."""
    adapter: str = ""
    """One of `Capabilities.adapters`, with which the model is to answer; none: as it came."""

    @model_serializer(mode="wrap")
    def _without_no_adapter(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that what was recorded before there were adapters has the same key."""
        body: dict[str, Any] = handler(self)
        if not self.adapter:
            body.pop("adapter", None)
        return body


class Usage(Frozen):
    """Tokens, as the backend counted them. `cached_tokens` is the part of `prompt_tokens` served from a cache."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reported: bool = True
    """False where the backend gave no numbers and these are estimates."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            reported=self.reported and other.reported,
        )

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Completion(Frozen):
    """What came back. A `finish_reason` of `length` means: cut, never to be taken as whole."""

    text: str
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    model: str = ""
    """The model that really answered: after a fallback it is not the one that was asked first."""
    log_probability: float | None = None
    """How sure the model was: the mean natural logarithm of the probability that it gave to each of its tokens, at
    temperature 1, without the one that ends it; 0 at most. None where the backend does not say."""


class Price(Frozen):
    """US dollars per million tokens."""

    prompt: float
    cached: float
    completion: float

    def cost(self, usage: Usage) -> float:
        """Dollars for `usage`.

        >>> Price(prompt=2.0, cached=1.0, completion=8.0).cost(Usage(prompt_tokens=10**6, cached_tokens=5 * 10**5))
        1.5
        """
        fresh = usage.prompt_tokens - usage.cached_tokens
        total = fresh * self.prompt + usage.cached_tokens * self.cached + usage.completion_tokens * self.completion
        return total / 1_000_000


class Capabilities(Frozen):
    """What a backend is able to do."""

    context_length: int = 128_000
    """Prompt and completion together, in tokens."""
    strength: Literal["small", "large"] = "large"
    """A small model (up to a few billion parameters) writes worse code with documents in front of it."""
    parallel: int = 8
    """Requests that it serves at once; more wait outside."""
    json_schema: bool = False
    tools: bool = False
    json_mode: bool = False
    prefill: bool = False
    adapters: tuple[str, ...] = ()
    """What the model was taught besides, each in an adapter that a request may switch on."""
    local: bool = False
    """Runs on this machine and costs no money."""
    price: Price | None = None
    """None where nobody knows it: the bill then says "unpriced"."""


class TransientError(UnavailableError):
    """It failed this time; asking again may succeed. The retries give up after a few and let it through."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """`retry_after`: seconds that the server asked to be left alone for, where it said so."""
        super().__init__(message)
        self.retry_after = retry_after


@runtime_checkable
class Backend(Protocol):
    """Something that completes a prompt."""

    @property
    def name(self) -> str:
        """The string that names it, as given to `--model`; part of every act's content key. Never holds a key."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        """Complete `request`.

        Raises a `softhouse.errors.BackendError`, a `TransientError` where a retry makes sense; cancelling the task
        frees whatever the request holds.
        """

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` has; an upper estimate where the tokenizer is not at hand."""

    async def aclose(self) -> None:
        """Free the model or the connections; `complete` must not be called afterwards."""


@dataclass(frozen=True)
class Embeddings:
    """Texts as points: what is close in meaning is close here."""

    vectors: list[list[float]]
    """One a text, in the texts' order, all of one length; local models give them length 1 (Euclidean)."""
    usage: Usage


@runtime_checkable
class Embedder(Protocol):
    """What a backend may be besides: something that turns texts into vectors."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """The vectors of `texts`; raises a `softhouse.errors.BackendError`, like `Backend.complete`."""


def embeddings_only(name: str) -> BackendError:
    """What `complete` raises where the model `name` can only be an `Embedder`."""
    return BackendError(f"{name} turns texts into vectors and can't be talked to; take another model")
