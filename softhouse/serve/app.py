"""The web application: OpenAI's endpoints over one backend, a health check, and the page to chat with."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from softhouse.errors import BackendError
from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest, Embedder, TokenCallback
from softhouse.serve.access import Access
from softhouse.serve.page import headers, page
from softhouse.serve.refusals import RefusalError, refusal_of, unreadable
from softhouse.serve.replies import ReplyFormat, embeddings_object, model_object
from softhouse.serve.requests import ChatRequest, EmbeddingRequest
from softhouse.serve.slots import Slots
from softhouse.serve.streams import DONE, WhileConnected, event, pieces_of, send_events

LONGEST_BODY = 16_000_000
"""Bytes: more than any model reads."""

Body = TypeVar("Body", bound=BaseModel)
logger = logging.getLogger("softhouse.serve")


def create_app(backend: Backend, *, key: str | None = None) -> Starlette:
    """The application, for any ASGI server; whoever runs it closes `backend` afterwards.

    `key`: what clients must send; None: loopback only.

    >>> from softhouse.llm_backends.scripted import ScriptedBackend
    >>> sorted(route.path for route in create_app(ScriptedBackend(["hi"])).routes)
    ['/', '/health', '/v1/chat/completions', '/v1/embeddings', '/v1/models', '/v1/models/{model:path}']
    """
    service = Service(backend)
    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/health", service.health),
            Route("/v1/models", service.models),
            Route("/v1/models/{model:path}", service.model),
            Route("/v1/chat/completions", service.chat, methods=["POST"]),
            Route("/v1/embeddings", service.embeddings, methods=["POST"]),
        ],
        middleware=[Middleware(Access, key=key)],
        exception_handlers=dict.fromkeys((RefusalError, BackendError, HTTPException, Exception), refused),
    )


class Service:
    """One backend, and who it is busy with."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._slots = Slots(backend.capabilities.parallel)
        self._model = model_id(backend.name)
        self._since = int(time.time())

    async def health(self, _: Request) -> Response:
        slots = {"total": self._slots.places, "busy": self._slots.busy, "waiting": self._slots.waiting}
        return JSONResponse({"status": "ok", "model": self._model, "slots": slots})

    async def models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [model_object(self._model, self._since)]})

    async def model(self, request: Request) -> Response:
        self._check_model(request.path_params["model"])
        return JSONResponse(model_object(self._model, self._since))

    async def chat(self, request: Request) -> WhileConnected:
        asked = await body_of(request, ChatRequest)
        self._check_model(asked.model)
        task, function = asked.completion_request(self._backend), asked.forced_function()
        form = ReplyFormat(self._model, function.name if function else None, asked.include_usage)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if asked.stream:
                await send_events(self._events(task, form), send)
            else:
                reply = form.completion(await self._complete(task))
                await JSONResponse(reply)(scope, receive, send)

        return WhileConnected(answer)

    async def embeddings(self, request: Request) -> WhileConnected:
        asked = await body_of(request, EmbeddingRequest)
        self._check_model(asked.model)
        backend = self._backend
        if not isinstance(backend, Embedder):
            raise RefusalError(400, f"the model {self._model!r} makes no embeddings", param="model")

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async with self._slots.one():
                embeddings = await backend.embed(asked.texts)
            reply = embeddings_object(self._model, embeddings, as_base64=asked.encoding_format == "base64")
            await JSONResponse(reply)(scope, receive, send)

        return WhileConnected(answer)

    async def _complete(self, task: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        async with self._slots.one():
            return await self._backend.complete(task, on_token)

    async def _events(self, task: CompletionRequest, form: ReplyFormat) -> AsyncGenerator[bytes, None]:
        """The stream of one answer; an error after its beginning is an event too, and no `[DONE]` follows it."""
        begun = False
        try:
            async with aclosing(pieces_of(lambda on_token: self._complete(task, on_token))) as pieces:
                async for piece in pieces:
                    if not begun:
                        begun = True
                        yield event(form.opening())
                    if isinstance(piece, str):
                        yield event(form.piece(piece))
                    else:
                        for chunk in form.closing(piece):
                            yield event(chunk)
            yield DONE
        except Exception as error:
            if not begun:
                raise
            yield event(as_refusal(error).body())

    def _check_model(self, model: str | None) -> None:
        if model not in (None, "", self._model, self._backend.name):
            raise RefusalError(
                404, f"there is no model {model!r} here, but {self._model!r}", code="model_not_found", param="model"
            )


def model_id(name: str) -> str:
    """How clients call the backend `name`: not by where it lies on this machine, or whom it asks.

    >>> model_id("gguf:qwen2.5-coder-1.5b"), model_id("gguf:/home/me/tiny.gguf"), model_id("chatglm2:m/chatglm2-6b/")
    ('qwen2.5-coder-1.5b', 'tiny', 'chatglm2-6b')
    >>> model_id("openai:Qwen/Qwen3@http://host/v1"), model_id("human:")
    ('Qwen3', 'human')
    """
    kind, _, rest = name.partition(":")
    last = rest.partition("@http")[0].replace("\\", "/").rstrip("/").rpartition("/")[2]
    return last.removesuffix(".gguf") or kind


async def body_of(request: Request, kind: type[Body]) -> Body:
    """The request's JSON as a `kind`; raises `RefusalError`."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LONGEST_BODY:
            raise RefusalError(413, f"the request is longer than {LONGEST_BODY:,} bytes")
    try:
        return kind.model_validate_json(bytes(content))
    except ValidationError as error:
        raise unreadable(error) from None


async def show_page(_: Request) -> Response:
    return HTMLResponse(page(), headers=headers())


def as_refusal(error: Exception) -> RefusalError:
    """What a client is told of `error`; of one that nobody foresaw, only that it happened."""
    match error:
        case RefusalError():
            return error
        case BackendError():
            return refusal_of(error)
        case HTTPException():  # a path or a method that does not exist
            return RefusalError(error.status_code, error.detail)
        case _:
            logger.error("a request failed", exc_info=error)
            return RefusalError(500, "the server failed; its own output says why")


def refused(_: Request, error: Exception) -> Response:
    refusal = as_refusal(error)
    return JSONResponse(refusal.body(), refusal.status, refusal.headers)
