"""A model on this machine, run by transformers: `hf:PATH`, and the engine under `chatglm2:PATH` for native weights.

Requests that wait together are generated together, as one left-padded batch; each row samples, stops, streams and is
cancelled on its own. Code that comes with a model is never run.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from softhouse.errors import BackendError, ContextLengthError, MissingExtraError, UnavailableError, UnknownModelError
from softhouse.llm_backends.json_grammar import JsonGrammars
from softhouse.llm_backends.protocol import (
    Capabilities,
    ChatMessage,
    Completion,
    CompletionRequest,
    Price,
    TokenCallback,
    Usage,
)
from softhouse.llm_backends.reply_text import ReplyText
from softhouse.llm_backends.sampling import Reply
from softhouse.llm_backends.text_encoder import TextEncoder, is_text_encoder
from softhouse.llm_backends.torch_model import first_line, generate, load_model, weight_bytes

if TYPE_CHECKING:
    import xgrammar

SHORTER = "shorten the prompt or ask for less"
SMALL_PARAMETERS = 4_000_000_000


class Conversation(Protocol):
    """How one family of models reads a conversation: text to ids and back."""

    @property
    def stop_ids(self) -> Sequence[int]:
        """Ids that end an answer."""

    def prompt_ids(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Ids up to where the answer begins."""

    def answer_ids(self, begun: str) -> list[int]:
        """Ids of an answer that is begun with this text; may be more than none for an empty one."""

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...

    def vocabulary(self, size: int) -> "xgrammar.TokenizerInfo":
        """For grammars; the model's output has `size` numbers."""


class HfConversation:
    """The tokenizer and the chat template that lie beside a model."""

    def __init__(self, folder: Path) -> None:
        """Raises `UnknownModelError` where there is no tokenizer, or no chat template."""
        import transformers

        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(
                folder, trust_remote_code=False, local_files_only=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise UnknownModelError(f"{folder} has no tokenizer that can be read ({first_line(error)})") from None
        if not self._tokenizer.chat_template:
            raise UnknownModelError(f"{folder} has no chat template: it is a base model and can't be talked to")
        declared = None
        if (folder / "generation_config.json").is_file():
            declared = transformers.GenerationConfig.from_pretrained(folder).eos_token_id
        listed = declared if isinstance(declared, list) else [declared]
        self.stop_ids = sorted({token for token in (*listed, self._tokenizer.eos_token_id) if token is not None})

    def prompt_ids(self, messages: Sequence[ChatMessage]) -> list[int]:
        turns = [message.model_dump() for message in messages]
        text = self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def answer_ids(self, begun: str) -> list[int]:
        return self.encode(begun) if begun else []

    def encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def vocabulary(self, size: int) -> "xgrammar.TokenizerInfo":
        import xgrammar

        return xgrammar.TokenizerInfo.from_huggingface(self._tokenizer, vocab_size=size, stop_token_ids=self.stop_ids)


def create(rest: str, *, base_url: str | None = None) -> "TransformersBackend | TextEncoder":
    """The backend for `hf:` + `rest`, the path of a folder with `config.json`, weights and tokenizer.

    For a model that writes no text it is an `Embedder`. Raises `MissingExtraError`, `UnknownModelError`.
    """
    if base_url is not None:
        raise BackendError(f"hf:{rest} runs on this machine; leave --base-url out")
    folder = Path(rest).expanduser()
    if not (folder / "config.json").is_file():
        raise UnknownModelError(f"{folder} is not a folder with a model (no config.json in it)")
    require_local_extra(f"hf:{rest}")
    try:
        encoder = is_text_encoder(folder)
    except (OSError, ValueError) as error:
        raise UnknownModelError(f"{folder}/config.json can't be read ({first_line(error)})") from None
    if encoder:
        return TextEncoder(f"hf:{rest}", folder)
    return TransformersBackend(f"hf:{rest}", folder, HfConversation(folder))


def require_local_extra(what: str) -> None:
    """`MissingExtraError` unless torch and transformers are installed."""
    from importlib.util import find_spec

    if any(find_spec(package) is None for package in ("torch", "transformers", "safetensors", "xgrammar")):
        raise MissingExtraError("local", what)


class TransformersBackend:
    """One model in this process; loaded by the first `complete`, in a thread of its own.

    >>> backend = create("path/to/model")  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        conversation: Conversation,
        *,
        device: str | None = None,
        batch: int = 4,
        strength: Literal["small", "large"] | None = None,
        load: Callable[[Path, str | None], Any] = load_model,
        remedy: str = SHORTER,
    ) -> None:
        """At most `batch` requests are generated together. `device`: "cuda", "mps", "cpu"; None: the best that fits.

        `strength`: None, by the number of parameters. `load` makes the model of `folder`, for a device or None.
        `remedy`: what to do where a request is longer than the model reads. Raises `UnknownModelError`.
        """
        import transformers

        self._name, self._folder, self._conversation, self._device = name, folder, conversation, device
        self._remedy = remedy
        try:
            config = transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise UnknownModelError(f"{folder} is not a model that transformers knows ({first_line(error)})") from None
        config = config.get_text_config()
        self._context: int = getattr(config, "max_position_embeddings", None) or 4096
        self._vocabulary_size: int = config.vocab_size
        self._capabilities = Capabilities(
            context_length=self._context,
            strength=strength or ("small" if weight_bytes(folder) <= 2 * SMALL_PARAMETERS else "large"),
            parallel=batch,
            json_schema=True,
            prefill=True,
            local=True,
            price=Price(prompt=0.0, cached=0.0, completion=0.0),
        )
        self._batch, self._load = batch, load
        self._waiting: list[tuple[Reply, Callable[[BaseException | None], None]]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="softhouse-transformers")
        self._model: Any = None
        self._grammars: JsonGrammars | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def count_tokens(self, text: str) -> int:
        return len(self._conversation.encode(text))

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        loop = asyncio.get_running_loop()
        finished: asyncio.Future[None] = loop.create_future()

        def arrived(piece: str) -> None:
            if on_token is not None:
                loop.call_soon_threadsafe(lambda: None if finished.done() else on_token(piece))

        reply = await loop.run_in_executor(None, self._reply, request, arrived if on_token else None)

        def over(error: BaseException | None) -> None:
            def settle() -> None:
                if not finished.done():
                    finished.set_result(None) if error is None else finished.set_exception(error)

            loop.call_soon_threadsafe(settle)

        self._waiting.append((reply, over))
        self._thread.submit(self._generate_waiting)
        try:
            await finished
        finally:
            reply.cancelled = True
        assert reply.finish_reason is not None
        usage = Usage(prompt_tokens=len(reply.prompt), completion_tokens=len(reply.tokens))
        return Completion(
            text=reply.text.text,
            finish_reason=reply.finish_reason,
            usage=usage,
            model=self._name,
            log_probability=reply.log_probability,
        )

    async def aclose(self) -> None:
        for reply, _ in self._waiting:
            reply.cancelled = True
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._model = None

    def _reply(self, request: CompletionRequest, on_text: TokenCallback | None) -> Reply:
        """The request as ids, refused before anything is computed where it can't fit."""
        begun = self._conversation.answer_ids(request.prefill)
        prompt = self._conversation.prompt_ids(request.messages) + begun
        check_length(self._name, len(prompt), request.max_tokens, self._context, self._remedy)
        steering = None
        stop = list(self._conversation.stop_ids)
        if request.json_schema is not None:
            if self._grammars is None:
                self._grammars = JsonGrammars(self._conversation.vocabulary(self._vocabulary_size), stop)
            steering = self._grammars.steering(request.json_schema, request.max_tokens)
        text = ReplyText(self._conversation.decode, begun=begun, stop=request.stop, on_text=on_text)
        return Reply(request, prompt, frozenset(stop), text, steering)

    def _generate_waiting(self) -> None:
        """In the backend's thread: take what waits, and generate it as one batch."""
        batch = self._waiting[: self._batch]
        del self._waiting[: len(batch)]
        batch = [entry for entry in batch if not entry[0].cancelled]
        if not batch:
            return
        error: BaseException | None = None
        try:
            if self._model is None:
                self._model = self._load(self._folder, self._device)
            generate(self._model, [reply for reply, _ in batch])
            for reply, _ in batch:
                reply.text.finish()
        except BackendError as known:
            error = known
        except Exception as unknown:
            error = UnavailableError(f"{self._name}: transformers failed: {first_line(unknown)}")
            error.__cause__ = unknown
        for _, over in batch:
            over(error)


def check_length(name: str, prompt: int, completion: int, context: int, remedy: str = SHORTER) -> None:
    """`ContextLengthError` where a prompt and a completion of so many tokens don't fit into the context.

    >>> check_length("m", 32000, 1024, 32768)
    Traceback (most recent call last):
    softhouse.errors.ContextLengthError: m reads 32768 tokens; the prompt has 32000 and the completion may have 1024: \
shorten the prompt or ask for less
    """
    if prompt + completion > context:
        raise ContextLengthError(
            f"{name} reads {context} tokens; the prompt has {prompt} and the completion may have {completion}: {remedy}"
        )
