"""`chatglm2:PATH`: the same conversation on two engines.

The house turns the conversation into ids itself, so both engines read exactly the same prompt, and llama.cpp's own idea
of the tokenizer never matters.
"""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from softhouse.errors import (
    BackendError,
    MissingExtraError,
    ReplyError,
    UnavailableError,
    UnknownModelError,
    UsageError,
)
from softhouse.llm_backends.chatglm2.adapter import Adapter, load_adapted, read_adapter
from softhouse.llm_backends.chatglm2.conversation import ChatGLMConversation
from softhouse.llm_backends.chatglm2.gguf_file import read_facts
from softhouse.llm_backends.chatglm2.prompt import stop_ids
from softhouse.llm_backends.chatglm2.shape import read_config
from softhouse.llm_backends.chatglm2.tokenizer import MODEL_FILE, ChatGLMTokenizer
from softhouse.llm_backends.gguf import GgufBackend
from softhouse.llm_backends.json_grammar import JsonGrammars, JsonSteering
from softhouse.llm_backends.llama_server import LlamaServer, ServerOptions
from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest, FinishReason, TokenCallback, Usage
from softhouse.llm_backends.transformers import TransformersBackend, check_length, require_local_extra


def open_backend(rest: str, *, base_url: str | None = None) -> Backend:
    """The backend for `chatglm2:` + `rest`; see `softhouse.llm_backends.chatglm2.create`."""
    name, path = f"chatglm2:{rest}", Path(rest).expanduser()
    if base_url is not None:
        raise BackendError(f"{name} runs on this machine; leave --base-url out")
    if find_spec("sentencepiece") is None:
        raise MissingExtraError("local", name)
    if path.is_file():
        return _on_llama_cpp(name, path)
    if not path.is_dir():
        raise UnknownModelError(
            f"{path} does not exist; give the folder or the .gguf that softhouse models convert wrote"
        )
    if adapter := read_adapter(path):
        return _on_transformers(name, adapter.base, read_config(adapter.base), adapter)
    if (path / "config.json").is_file():
        try:
            config = read_config(path)
        except UsageError as error:
            raise UnknownModelError(str(error)) from None
        if config.get("model_type") == "glm":
            return _on_transformers(name, path, config)
        raise UnknownModelError(
            f"{path} is in the original layout; convert it once: softhouse models convert {path} --out {path}-native"
        )
    files = sorted(path.glob("*.gguf"))
    if len(files) == 1:
        return _on_llama_cpp(name, files[0])
    choice = (
        f"choose one of its {len(files)} .gguf files" if files else "there is neither config.json nor a .gguf in it"
    )
    raise UnknownModelError(f"{path} is not a converted model: {choice}")


def _on_transformers(
    name: str, folder: Path, config: dict[str, Any], adapter: Adapter | None = None
) -> TransformersBackend:
    require_local_extra(name)
    tokenizer = ChatGLMTokenizer.read(folder, config.get("chat_format", "chatglm2"))
    declared = config.get("eos_token_id", tokenizer.eos_id)
    eos_id = declared[0] if isinstance(declared, list) else declared
    conversation = ChatGLMConversation(tokenizer, stop_ids(tokenizer, eos_id))
    if adapter is None:
        return TransformersBackend(name, folder, conversation, strength="small")

    def load(_base: Path, device: str | None) -> Any:
        return load_adapted(adapter, device)

    return TransformersBackend(name, folder, conversation, strength="small", load=load)


def _on_llama_cpp(name: str, path: Path) -> "ChatGLMGgufBackend":
    for package in ("xllamacpp", "gguf", "xgrammar"):
        if find_spec(package) is None:
            raise MissingExtraError("local", name)
    return ChatGLMGgufBackend(name, path)


class ChatGLMGgufBackend(GgufBackend):
    """A converted GGUF on llama.cpp, prompted with ids."""

    def __init__(self, name: str, path: Path, options: ServerOptions | None = None) -> None:
        """Raises `UnknownModelError` where `path` is no ChatGLM, or its tokenizer is neither in it nor beside it."""
        facts = read_facts(path)
        if options is None:
            # a full context for each reply, but no more keys and values in all than the release's longest one takes
            usual, context = ServerOptions(), facts.shape.context
            options = replace(usual, context_length=context, parallel=max(1, min(usual.parallel, 32768 // context)))
        super().__init__(name, path, options)
        # a schema is enforced here, "some JSON" would need a grammar of its own; and six billion parameters of 2023
        # write code like a small model of today
        self._capabilities = self._capabilities.model_copy(update={"json_mode": False, "strength": "small"})
        model = facts.sentencepiece
        if model is None:
            beside = path.with_name(MODEL_FILE)
            if not beside.is_file():
                raise UnknownModelError(f"{path} carries no tokenizer; put the release's {MODEL_FILE} beside it")
            model = beside.read_bytes()
        tokenizer = ChatGLMTokenizer(model, facts.shape.chat_format)
        self._conversation = ChatGLMConversation(tokenizer, facts.stop_ids)
        self._vocabulary_size = facts.shape.vocab
        self._grammars: JsonGrammars | None = None

    def count_tokens(self, text: str) -> int:
        return len(self._conversation.encode(text))

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        prompt = self._conversation.prompt_ids(request.messages) + self._conversation.answer_ids(request.prefill)
        check_length(self.name, len(prompt), request.max_tokens, self.capabilities.context_length)
        steering = self._steering(request)
        server = await self._running_server()
        answer = _Answer(request, steering, self._conversation.stop_ids, on_token)
        async with aclosing(self._chunks(server, _body(request, prompt))) as chunks:
            async for chunk in chunks:
                if answer.over(chunk):
                    break
        if answer.finish_reason is None:
            raise UnavailableError(f"{self.name}: llama.cpp stopped in the middle of a reply; run again to continue")
        usage = Usage(prompt_tokens=len(prompt), cached_tokens=answer.cached, completion_tokens=answer.tokens)
        return Completion(text=answer.text, finish_reason=answer.finish_reason, usage=usage, model=self.name)

    async def _chunks(self, server: LlamaServer, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """What llama.cpp streams; closing this early closes the connection, which frees llama.cpp's slot."""
        import httpx2

        key = {"Authorization": f"Bearer {server.key}"}
        try:
            async with (
                # loopback without TLS: reading the certificates would cost more than the request
                httpx2.AsyncClient(
                    base_url=server.url, headers=key, timeout=None, trust_env=False, verify=False
                ) as client,
                client.stream("POST", "/completion", json=body) as reply,
            ):
                if reply.status_code != httpx2.codes.OK:
                    raise ReplyError(f"{self.name}: llama.cpp refuses the request: {(await reply.aread())[:300]!r}")
                async for line in reply.aiter_lines():
                    event, _, data = line.partition(": ")
                    if event == "error":
                        raise ReplyError(f"{self.name}: llama.cpp: {data[:300]}")
                    if event == "data" and data != "[DONE]":
                        yield json.loads(data)
        except httpx2.TransportError as error:
            raise UnavailableError(f"{self.name}: llama.cpp stopped ({error}); run again to continue") from error

    def _steering(self, request: CompletionRequest) -> JsonSteering | None:
        if request.json_schema is None:
            return None
        if self._grammars is None:
            info = self._conversation.vocabulary(self._vocabulary_size)
            self._grammars = JsonGrammars(info, self._conversation.stop_ids)
        return self._grammars.steering(request.json_schema, request.max_tokens, whitespace=True)


class _Answer:
    """The reply as llama.cpp's chunks build it up.

    llama.cpp keeps it inside the schema; the steering beside it ends it in time.
    """

    def __init__(
        self,
        request: CompletionRequest,
        steering: JsonSteering | None,
        stop_ids: Sequence[int],
        on_token: TokenCallback | None,
    ) -> None:
        self._limit, self._steering, self._stop_ids, self._on_token = request.max_tokens, steering, stop_ids, on_token
        # SentencePiece writes a space in front of a text, and takes it away again
        self._leading = not request.prefill
        self.text, self.tokens, self.cached = "", 0, 0
        self.finish_reason: FinishReason | None = None

    def over(self, chunk: dict[str, Any]) -> bool:
        """Take one chunk; True when nothing more is wanted."""
        piece, tokens = chunk["content"], chunk["tokens_predicted"]
        if any(token in self._stop_ids for token in chunk["tokens"]):
            return self._end("stop")
        if self._steering is not None and not self._steering.take_text(piece, self._limit - tokens):
            return self._end("stop")
        self._add(piece)
        self.tokens = tokens
        if not chunk["stop"]:
            return False
        self.cached = chunk["timings"]["cache_n"]
        if chunk["stop_type"] == "eos":
            self.tokens -= 1
        return self._end("length" if chunk["stop_type"] == "limit" else "stop")

    def _end(self, reason: FinishReason) -> bool:
        if self._steering is not None and not self._steering.complete:
            ending, tokens = self._steering.ending()
            self._add(ending)
            self.tokens += tokens
            reason = "stop"
        self.finish_reason = reason
        return True

    def _add(self, piece: str) -> None:
        if self._leading and piece:
            piece, self._leading = piece.removeprefix(" "), False
        if piece:
            self.text += piece
            if self._on_token is not None:
                self._on_token(piece)


def _body(request: CompletionRequest, prompt: list[int]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "prompt": prompt,
        "n_predict": request.max_tokens,
        "temperature": request.temperature,
        "top_k": 0,
        "top_p": request.top_p,
        "min_p": request.min_p,
        "stop": list(request.stop),
        "stream": True,
        "return_tokens": True,
        "cache_prompt": True,
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json_schema is not None:
        # read by llguidance, ignored by llama.cpp's own grammars
        body["json_schema"] = {**request.json_schema, "x-guidance": {"whitespace_flexible": False}}
    return body
