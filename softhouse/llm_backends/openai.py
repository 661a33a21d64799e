"""Any server that speaks OpenAI's chat completions: `openai:MODEL` or `openai:MODEL@URL`.

The address is, in this order, the one in the spec, `--base-url`, `OPENAI_BASE_URL`, OpenAI's own. The key comes from
`OPENAI_API_KEY`; servers other than OpenAI's may need none. Retries are not made here (see `resilience`).
"""

import ipaddress
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from softhouse.errors import AuthenticationError, BackendError, UnknownModelError
from softhouse.llm_backends.dialect import Dialect
from softhouse.llm_backends.protocol import (
    Capabilities,
    Completion,
    CompletionRequest,
    Embeddings,
    FinishReason,
    Price,
    TokenCallback,
    TransientError,
    Usage,
)
from softhouse.llm_backends.tokens import estimate_tokens

if TYPE_CHECKING:
    import openai
    from openai.types import CompletionUsage

    from softhouse.llm_backends.openai_errors import Endpoint

OFFICIAL_URL = "https://api.openai.com/v1"
_SMALL_BILLIONS = 4.0
_MOST_REFUSALS = 4
_FINISH: dict[str, FinishReason] = {"length": "length", "content_filter": "filter"}


def create(rest: str, *, base_url: str | None = None) -> "OpenAIBackend":
    """The backend for `MODEL` or `MODEL@URL`.

    Raises `UnknownModelError` without a model, `AuthenticationError` without a key where OpenAI itself is asked,
    `BackendError` for an address that is none.

    >>> create("qwen2.5-coder-1.5b@http://127.0.0.1:8080/v1").capabilities.strength
    'small'
    """
    match = re.fullmatch(r"(?P<model>.*?)(?:@(?P<url>https?://.*))?", rest, re.DOTALL)
    assert match is not None  # the pattern takes everything
    model = match["model"].strip()
    if not model:
        raise UnknownModelError(
            "openai: names no model; write openai:MODEL or openai:MODEL@URL, such as openai:gpt-4.1"
        )
    url = match["url"] or base_url or os.environ.get("OPENAI_BASE_URL") or OFFICIAL_URL
    return OpenAIBackend(model, url, key=os.environ.get("OPENAI_API_KEY", "").strip())


class OpenAIBackend:
    """One model at one OpenAI-compatible server."""

    def __init__(self, model: str, base_url: str, *, key: str = "", timeout: float = 300.0) -> None:
        """`timeout`: seconds without a byte after which the server counts as hanging. Nothing is connected yet."""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https"):
            raise BackendError("the base URL is no http(s) address; write it like http://127.0.0.1:8080/v1")
        self._model = model
        self._url = base_url.rstrip("/")
        # What is shown and recorded has neither user:password nor a query, which may hold a key.
        address = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
        self._shown_url = f"{parts.scheme}://{address}{parts.path.rstrip('/')}"
        self._official = host == urlsplit(OFFICIAL_URL).hostname
        self._local = _is_local(host)
        if self._official and not key:
            raise AuthenticationError(
                "there is no key for OpenAI; set OPENAI_API_KEY, or take --model gguf:qwen2.5-coder-1.5b or another"
            )
        if not (key.isascii() and key.isprintable()):
            raise AuthenticationError("OPENAI_API_KEY holds characters that no key has; copy it again")
        self._key = key
        self._timeout = timeout
        self._reached = False
        self.dialect = Dialect()
        """What the server refused so far. Keep `dialect.refused` to spare a later process the probing."""

    def __repr__(self) -> str:
        return f"<OpenAIBackend {self.name}>"

    @property
    def name(self) -> str:
        return f"openai:{self._model}" if self._official else f"openai:{self._model}@{self._shown_url}"

    @cached_property
    def capabilities(self) -> Capabilities:
        """What may be asked for. A rung that the server turns out not to know is replaced by the next one unseen.

        The first access may ask a local server who it is (at most a second, once).
        """
        price, context_length = (Price(prompt=0, cached=0, completion=0), None) if self._local else self._catalogue()
        llama = _llama_cpp_properties(self._url) if self._local else {}
        slot = llama.get("default_generation_settings")
        slot_length = slot.get("n_ctx") if isinstance(slot, dict) else None
        slots = llama.get("total_slots")
        return Capabilities(
            context_length=next((n for n in (slot_length, context_length) if isinstance(n, int) and n > 0), 128_000),
            strength="small" if _billions(self._model) <= _SMALL_BILLIONS else "large",
            parallel=slots if isinstance(slots, int) and slots > 0 else 8,
            json_schema=True,
            # llama.cpp enforces schemas, but whether it can force a tool depends on the model's template.
            tools=not llama,
            json_mode=True,
            # llama.cpp goes on from a trailing assistant message; OpenAI answers it.
            prefill=bool(llama),
            local=self._local,
            price=price,
        )

    def _catalogue(self) -> tuple[Price | None, int | None]:
        """Price and context length as the genai-prices package has them."""
        from datetime import UTC, datetime

        from genai_prices.data_snapshot import get_snapshot

        try:
            _, model = get_snapshot().find_provider_model(self._model, None, None, self._shown_url)
        except LookupError:
            return None, None
        prices = model.get_prices(datetime.now(UTC))
        prompt, cached, completion = (
            _highest(getattr(prices, name, None)) for name in ("input_mtok", "cache_read_mtok", "output_mtok")
        )
        if prompt is None or completion is None:
            return None, model.context_window
        price = Price(prompt=prompt, cached=prompt if cached is None else cached, completion=completion)
        return price, model.context_window

    def count_tokens(self, text: str) -> int:
        return estimate_tokens(text)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        import openai

        from softhouse.llm_backends.openai_errors import complaint

        with self._failures():
            for attempt in range(_MOST_REFUSALS + 1):
                sent = self.dialect.parameters(request, official=self._official, local=self._local)
                try:
                    return await self._stream(sent, request, on_token)
                except openai.APIError as error:
                    status = getattr(error, "status_code", None)
                    # llama.cpp refuses tools with a 500.
                    refusal = status in (400, 422, 500, 501) and attempt < _MOST_REFUSALS
                    if not (refusal and self.dialect.learn(complaint(error, self._endpoint), sent, error.param)):
                        raise
        raise AssertionError("the last attempt returns or raises")

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        with self._failures():
            reply = await self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        self._reached = True
        vectors = [entry.embedding for entry in sorted(reply.data or (), key=lambda entry: entry.index)]
        if len(vectors) != len(texts):
            raise TransientError(f"{self._shown_url} sent {len(vectors)} vectors for {len(texts)} texts")
        counted = getattr(reply.usage, "prompt_tokens", None)  # some servers leave it out
        if counted is None:
            return Embeddings(vectors, Usage(prompt_tokens=sum(map(self.count_tokens, texts)), reported=False))
        return Embeddings(vectors, Usage(prompt_tokens=counted))

    @cached_property
    def _endpoint(self) -> "Endpoint":
        from softhouse.llm_backends.openai_errors import Endpoint

        return Endpoint(self._model, self._shown_url, self._key, self._timeout)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What the client raises becomes an error of the house, without its cause: a server may repeat the key."""
        import httpx2
        import openai

        from softhouse.llm_backends.openai_errors import classify

        try:
            yield
        except openai.APIError as error:
            self._reached |= isinstance(error, openai.APIStatusError)
            raise classify(error, self._endpoint, reached=self._reached) from None
        # While the body of a refusal is read, the client does not wrap its troubles.
        except httpx2.TimeoutException:
            raise TransientError(f"{self._shown_url} gave no sign of life for {self._timeout:g} s") from None
        except httpx2.HTTPError as error:
            raise TransientError(f"the reply of {self._shown_url} broke ({type(error).__name__})") from None
        except json.JSONDecodeError as error:
            raise TransientError(f"{self._shown_url} sent a reply that is not JSON: {error}") from None

    @cached_property
    def _client(self) -> "openai.AsyncOpenAI":
        import openai

        timeout = openai.Timeout(self._timeout, connect=10.0)
        # A proxy from the environment must not come between this machine and itself.
        transport = openai.DefaultAsyncHttpxClient(trust_env=False, timeout=timeout) if self._local else None
        return openai.AsyncOpenAI(
            api_key=self._key or "none", base_url=self._url, max_retries=0, timeout=timeout, http_client=transport
        )

    async def _stream(
        self, sent: dict[str, Any], request: CompletionRequest, on_token: TokenCallback | None
    ) -> Completion:
        """One request, its reply put together from the stream."""
        extra = {"min_p": sent["min_p"]} if "min_p" in sent else {}
        body = {name: value for name, value in sent.items() if name != "min_p"}
        pieces: list[str] = []
        usage: CompletionUsage | None = None
        finish: str | None = None
        stream: openai.AsyncStream[Any] = await self._client.chat.completions.create(
            model=self._model, stream=True, extra_body=extra, **body
        )
        self._reached = True
        async with stream:
            async for chunk in stream:
                usage = chunk.usage or usage
                for choice in chunk.choices or ():
                    calls = choice.delta.tool_calls or ()
                    piece = choice.delta.content or "".join(c.function.arguments or "" for c in calls if c.function)
                    if piece:
                        pieces.append(piece)
                        if on_token:
                            on_token(piece)
                    finish = choice.finish_reason or finish
        text = "".join(pieces)
        if finish is None:
            raise TransientError(f"the reply of {self._shown_url} broke off after {len(text)} characters")
        return Completion(
            text=text.removeprefix(request.prefill),
            finish_reason=_FINISH.get(finish, "stop"),
            usage=self._usage(usage, request, text),
            model=self.name,
        )

    def _usage(self, usage: "CompletionUsage | None", request: CompletionRequest, text: str) -> Usage:
        if usage is None or not usage.prompt_tokens:
            prompt = sum(self.count_tokens(message.content) + 4 for message in request.messages)
            return Usage(prompt_tokens=prompt, completion_tokens=self.count_tokens(text), reported=False)
        details = usage.prompt_tokens_details
        cached = (details.cached_tokens or 0) if details else 0
        return Usage(
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=min(cached, usage.prompt_tokens),
            completion_tokens=usage.completion_tokens or 0,
        )

    async def aclose(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()


def _is_local(host: str) -> bool:
    """Whether `host` is this machine, or one beside it: nobody sends a bill."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _billions(model: str) -> float:
    """The size in `model`'s name, the largest where there are several; infinite where there is none."""
    sizes = re.findall(r"(?<![\d.])(\d+(?:\.\d+)?)b(?![a-z])", model.lower())
    return max(map(float, sizes)) if sizes else float("inf")


def _highest(price: Any) -> float | None:
    """A price per million tokens; of a price in steps the highest, so that a budget is never exceeded."""
    steps = [price.base, *(tier.price for tier in price.tiers)] if hasattr(price, "tiers") else [price]
    return None if price is None else float(max(steps))


def _llama_cpp_properties(base_url: str) -> dict[str, Any]:
    """What a llama.cpp server says about itself at `/props`; empty for any other server."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base_url.removesuffix('/v1')}/props", timeout=1.0) as response:
            properties = json.load(response)
    except (OSError, ValueError, urllib.error.URLError):
        return {}
    return properties if isinstance(properties, dict) and "default_generation_settings" in properties else {}
