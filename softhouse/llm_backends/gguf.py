"""A GGUF model on this machine, run by llama.cpp: `gguf:NAME` or `gguf:PATH`."""

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from softhouse.errors import BackendError, ContextLengthError, MissingExtraError, UnavailableError
from softhouse.llm_backends import llama_server
from softhouse.llm_backends.gguf_header import GgufHeader, read_header
from softhouse.llm_backends.llama_server import LlamaServer, ServerOptions
from softhouse.llm_backends.models import OnProgress, adapters_of, pull
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
    embeddings_only,
)
from softhouse.llm_backends.tokens import estimate_tokens

if TYPE_CHECKING:
    import httpx2

SMALL_PARAMETERS = 4_000_000_000
OK = 200
TOKENIZE_SECONDS = 0.05


def create(
    rest: str,
    *,
    base_url: str | None = None,  # noqa: ARG001
    on_progress: OnProgress | None = None,
) -> "GgufBackend":
    """The backend for `gguf:` + `rest`: a name of the model store, pulled where it is absent, or a path.

    `on_progress` hears of the download; `base_url` is another backend's of the same run. Raises `MissingExtraError`,
    `UnknownModelError`, `UnavailableError` (no source of the model can be reached).
    """
    if find_spec("xllamacpp") is None:
        raise MissingExtraError("embedded", f"gguf:{rest}")
    name, path = f"gguf:{rest}", pull(rest, on_progress)
    if read_header(path).embeddings:
        return GgufEmbedder(name, path)
    return GgufBackend(name, path, adapters=adapters_of(rest))


class GgufBackend:
    """llama.cpp with one model, started by the first `complete` and shared by all that follow.

    What is asked of an adapter is answered by a server of its own: llama.cpp's cache of prompts does not know with
    which adapter they were read. The weights are mapped from the same file.

    >>> backend = GgufBackend("gguf:tiny", Path("tiny.gguf"))  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str,
        path: Path,
        options: ServerOptions | None = None,
        *,
        adapters: Mapping[str, Path] | None = None,
    ) -> None:
        """`adapters`: LoRA adapters (GGUF) by the name by which a request asks for one.

        Raises `UnknownModelError` where `path` isn't a GGUF file.
        """
        self._name = name
        self._path = path
        header = read_header(path)
        options = options or ServerOptions()
        self._options = replace(options, context_length=min(options.context_length, header.context_length))
        self._adapters = dict(adapters or {})
        self._capabilities = _capabilities(header, self._options, tuple(self._adapters))
        self._servers: dict[str, LlamaServer] = {}
        self._starting = threading.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        server = await self._running_server(request.adapter)
        import httpx2  # a tenth of a second: `_start` has done it in its thread

        body = _body(request)
        try:
            async with _client(server) as client:
                await self._check_length(client, body, request.max_tokens)
                return await self._stream(client, body, on_token)
        except httpx2.TransportError as error:
            await asyncio.to_thread(server.close)  # what is left of it: the next call starts another
            raise TransientError(f"{self._name}: llama.cpp stopped") from error

    def count_tokens(self, text: str) -> int:
        """Exact while the model is loaded (a few milliseconds), an upper estimate before that."""
        server = next((each for each in list(self._servers.values()) if each.running), None)
        if server is None:
            return estimate_tokens(text)
        try:
            return server.count_tokens(text, TOKENIZE_SECONDS)
        except OSError:  # busy, or about to end: the event loop is not held up for an exact number
            return estimate_tokens(text)

    async def aclose(self) -> None:
        await asyncio.to_thread(self._stop)

    async def _running_server(self, adapter: str = "") -> LlamaServer:
        server = self._servers.get(adapter)
        if server is not None and server.running:
            return server
        return await asyncio.to_thread(self._start, adapter)

    def _start(self, adapter: str) -> LlamaServer:
        with self._starting:
            if self._closed:
                raise UnavailableError(f"{self._name} is closed")
            server = self._servers.get(adapter)
            if server is None or not server.running:
                if server is not None:
                    server.close()
                import_module("httpx2")
                try:
                    options = replace(self._options, adapter=self._adapters.get(adapter))
                    server = llama_server.start(self._path, options)
                except RuntimeError as error:
                    raise UnavailableError(f"llama.cpp can't load {self._path}: {error}") from error
                self._servers[adapter] = server
            return server

    def _stop(self) -> None:
        with self._starting:  # a start under way, whose task may be cancelled by now, ends first
            self._closed = True
            for server in self._servers.values():
                server.close()
            self._servers.clear()

    async def _check_length(self, client: "httpx2.AsyncClient", body: dict[str, Any], max_tokens: int) -> None:
        reply = await client.post("/v1/chat/completions/input_tokens", json=body)
        if reply.status_code != OK:
            raise _refusal(self._name, reply.content)
        prompt, limit = reply.json()["input_tokens"], self._options.context_length
        if prompt + max_tokens > limit:
            raise ContextLengthError(
                f"{self._name} reads {limit} tokens; the prompt has {prompt} and the completion may have "
                f"{max_tokens}: shorten the requirement or use a model with a longer context"
            )

    async def _stream(
        self, client: "httpx2.AsyncClient", body: dict[str, Any], on_token: TokenCallback | None
    ) -> Completion:
        """Leaving early closes the connection, and that makes llama.cpp stop and free the slot."""
        text: list[str] = []
        log_probabilities: list[float] = []
        finish: FinishReason = "stop"
        async with client.stream("POST", "/v1/chat/completions", json=body) as reply:
            if reply.status_code != OK:
                raise _refusal(self._name, await reply.aread())
            async for line in reply.aiter_lines():
                event, _, data = line.partition(": ")
                if event == "error":
                    raise _refusal(self._name, data.encode())
                if event != "data" or data == "[DONE]":
                    continue
                chunk = json.loads(data)
                if "error" in chunk:
                    raise _refusal(self._name, data.encode())
                for choice in chunk["choices"]:
                    if piece := choice["delta"].get("content"):
                        text.append(piece)
                        if on_token is not None:
                            on_token(piece)
                    log_probabilities += [
                        token["logprob"] for token in (choice.get("logprobs") or {}).get("content", ())
                    ]
                    if choice["finish_reason"] == "length":
                        finish = "length"
                if counts := chunk.get("usage"):
                    return Completion(
                        text="".join(text),
                        finish_reason=finish,
                        usage=_usage(counts),
                        model=self._name,
                        log_probability=fmean(log_probabilities) if log_probabilities else None,
                    )
        raise TransientError(f"{self._name}: llama.cpp stopped in the middle of a reply")


class GgufEmbedder(GgufBackend):
    """llama.cpp with a model that was made for embeddings."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, path, ServerOptions(parallel=1, embeddings=True))

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        raise embeddings_only(self._name)

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        server = await self._running_server()
        import httpx2

        try:
            async with _client(server) as client:
                reply = await client.post("/v1/embeddings", json={"input": list(texts)})
        except httpx2.TransportError as error:
            await asyncio.to_thread(server.close)
            raise TransientError(f"{self._name}: llama.cpp stopped") from error
        if reply.status_code != OK:
            raise _refusal(self._name, reply.content)
        answer = reply.json()
        usage = Usage(prompt_tokens=answer["usage"]["prompt_tokens"])
        return Embeddings([entry["embedding"] for entry in answer["data"]], usage)


def _client(server: LlamaServer) -> "httpx2.AsyncClient":
    """One for each completion, for a client belongs to one event loop; no certificates, for there is no TLS here."""
    import httpx2

    headers = {"Authorization": f"Bearer {server.key}"}
    return httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=None, trust_env=False, verify=False)


def _usage(counts: dict[str, Any]) -> Usage:
    return Usage(
        prompt_tokens=counts["prompt_tokens"],
        cached_tokens=counts["prompt_tokens_details"]["cached_tokens"],
        completion_tokens=counts["completion_tokens"],
    )


def _capabilities(header: GgufHeader, options: ServerOptions, adapters: tuple[str, ...]) -> Capabilities:
    return Capabilities(
        context_length=options.context_length,
        strength="small" if header.parameters <= SMALL_PARAMETERS else "large",
        parallel=options.parallel,
        json_schema=True,
        json_mode=True,
        prefill=True,
        adapters=adapters,
        local=True,
        price=Price(prompt=0.0, cached=0.0, completion=0.0),
    )


def _body(request: CompletionRequest) -> dict[str, Any]:
    messages = [message.model_dump() for message in request.messages]
    if request.prefill:
        messages.append({"role": "assistant", "content": request.prefill})
    body: dict[str, Any] = {
        "messages": messages,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "min_p": request.min_p,
        "stop": list(request.stop),
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
        "logprobs": True,  # 2 % of a token's time
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json_schema is not None:
        schema = {"name": "reply", "schema": request.json_schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.json_mode:
        body["response_format"] = {"type": "json_object"}
    return body


def _refusal(name: str, reply: bytes) -> BackendError:
    try:
        answer = json.loads(reply)
        error = answer.get("error", answer)
        kind, message = str(error["type"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return UnavailableError(f"{name}: llama.cpp answered {reply[:200]!r}")
    if kind == "exceed_context_size_error":
        return ContextLengthError(f"{name}: {message}")
    if "too large to process" in message:
        return ContextLengthError(f"{name}: a text is longer than the model reads; cut it into pieces ({message})")
    if kind == "invalid_request_error":
        return BackendError(f"{name}: llama.cpp refuses the request: {message}")
    return UnavailableError(f"{name}: llama.cpp failed: {message}")
