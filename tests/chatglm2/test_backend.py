"""`chatglm2:PATH`, the same promises on both engines: a tiny random model on llama.cpp and on transformers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from pydantic import BaseModel, ConfigDict, Field

from softhouse.errors import BackendError, ContextLengthError, ReplyError, UnknownModelError
from softhouse.llm_backends.chatglm2 import create
from softhouse.llm_backends.chatglm2.backend import ChatGLMGgufBackend
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.prompt import prompt_ids, stop_ids
from softhouse.llm_backends.chatglm2.synthetic import TINY, original_weights, write_checkpoint
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.llama_server import ServerOptions
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest

from . import reference

pytestmark = pytest.mark.torch


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["must", "should"]
    text: str


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    title: str
    items: list[Item] = Field(min_length=1)
    count: int


SCHEMA = Wish.model_json_schema()


def asked(text: str = "你好, what is up?", **changes: Any) -> CompletionRequest:
    return CompletionRequest(messages=(ChatMessage.user(text),), **{"max_tokens": 16, **changes})


@pytest.fixture(scope="module", params=["transformers", "llama.cpp"])
def place(request: pytest.FixtureRequest, native: Path, gguf_path: Path) -> Path:
    return native if request.param == "transformers" else gguf_path


@pytest.fixture
async def backend(place: Path) -> AsyncIterator[Backend]:
    opened: Backend
    if place.suffix == ".gguf":
        options = ServerOptions(context_length=4096, parallel=2, threads=1)
        opened = ChatGLMGgufBackend(f"chatglm2:{place}", place, options)
    else:
        opened = create(str(place))
    yield opened
    await opened.aclose()


async def test_it_answers_as_the_reference(backend: Backend, pieces: bytes) -> None:
    tokenizer = ChatGLMTokenizer(pieces)
    request = asked()
    ids = prompt_ids(tokenizer, request.messages)
    expected = reference.greedy(original_weights(TINY), TINY, ids, 16)
    completion = await backend.complete(request)
    assert completion.text == tokenizer.decode(expected)
    assert completion.finish_reason == "length"
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (len(ids), 16)
    assert completion.model == backend.name


async def test_it_streams_what_it_returns(backend: Backend) -> None:
    pieces = list[str]()
    completion = await backend.complete(asked(max_tokens=40), pieces.append)
    assert "".join(pieces) == completion.text
    assert len(pieces) > 10


async def test_a_stop_string_ends_the_reply_before_it(backend: Backend) -> None:
    whole = await backend.complete(asked(max_tokens=30))
    stop = whole.text[8:11]
    pieces = list[str]()
    cut = await backend.complete(asked(max_tokens=30, stop=(stop,)), pieces.append)
    assert cut.text == whole.text[: whole.text.index(stop)] == "".join(pieces)
    assert cut.finish_reason == "stop"


async def test_a_reply_that_is_begun_goes_on_and_is_not_repeated(backend: Backend, pieces: bytes) -> None:
    tokenizer = ChatGLMTokenizer(pieces)
    request = asked(prefill="The quick br")
    ids = prompt_ids(tokenizer, request.messages) + tokenizer.encode("The quick br")
    expected = reference.greedy(original_weights(TINY), TINY, ids, 16)
    completion = await backend.complete(request)
    begun = tokenizer.encode("The quick br")
    assert "The quick br" + completion.text == tokenizer.decode(begun + expected)


@pytest.mark.parametrize("temperature", [0.0, 1.3])
@pytest.mark.parametrize("max_tokens", [80, 400])
async def test_json_is_valid_by_its_schema_and_ends_in_time(
    backend: Backend, temperature: float, max_tokens: int
) -> None:
    pieces = list[str]()
    request = asked(max_tokens=max_tokens, temperature=temperature, seed=3, json_schema=SCHEMA)
    completion = await backend.complete(request, pieces.append)
    Wish.model_validate_json(completion.text)
    assert completion.finish_reason == "stop"
    assert completion.usage.completion_tokens <= max_tokens
    assert "".join(pieces) == completion.text
    assert completion.text.startswith('{"title":"')


async def test_json_that_cannot_fit_fails_clean(backend: Backend) -> None:
    with pytest.raises(ReplyError, match="at least"):
        await backend.complete(asked(max_tokens=12, json_schema=SCHEMA))


async def test_a_seed_repeats_a_sample(backend: Backend) -> None:
    request = asked(temperature=1.0, seed=11)
    first, second = await backend.complete(request), await backend.complete(request)
    other = await backend.complete(asked(temperature=1.0, seed=12))
    assert first.text == second.text != other.text


async def test_more_than_the_context_is_refused_before_anything_is_computed(place: Path) -> None:
    # a backend of its own: nothing is loaded, so nothing can have been computed
    fresh = create(str(place))
    with pytest.raises(ContextLengthError, match="reads 4096 tokens; the prompt has"):
        await fresh.complete(asked("word " * 4090))
    with pytest.raises(ContextLengthError):
        await fresh.complete(asked(max_tokens=4090))
    assert not isinstance(fresh, ChatGLMGgufBackend) or not fresh._servers
    assert getattr(fresh, "_model", None) is None
    await fresh.aclose()


async def test_requests_at_once_get_their_own_answers(backend: Backend) -> None:
    texts = ["a", "你好, what is up?", "The quick brown fox jumps over the lazy dog."]
    alone = [(await backend.complete(asked(text, max_tokens=8))).text for text in texts]
    together = await asyncio.gather(*(backend.complete(asked(text, max_tokens=8)) for text in texts))
    assert [completion.text for completion in together] == alone


async def test_cancelling_frees_the_model_for_the_next(backend: Backend) -> None:
    started = asyncio.Event()
    long = asyncio.create_task(backend.complete(asked(max_tokens=4000), lambda _piece: started.set()))
    await started.wait()
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    completion = await asyncio.wait_for(backend.complete(asked(max_tokens=4)), timeout=20)
    assert completion.usage.completion_tokens == 4


async def test_tokens_are_counted_exactly(backend: Backend, pieces: bytes) -> None:
    text = "def main(): return '你好 😀'"
    assert backend.count_tokens(text) == len(ChatGLMTokenizer(pieces).encode(text))


async def test_it_says_what_it_can(backend: Backend) -> None:
    able = backend.capabilities
    assert (able.context_length, able.local, able.json_schema, able.prefill) == (4096, True, True, True)
    assert not able.json_mode
    assert able.strength == "small"


async def test_chatglm3_is_the_same_work(tmp_path: Path, pieces: bytes, place: Path) -> None:
    source = write_checkpoint(tmp_path / "o", tokenizer=pieces, _name_or_path="THUDM/chatglm3-6b")
    backend = create(str(convert(source, tmp_path / "c", to="gguf" if place.suffix == ".gguf" else "hf")))
    tokenizer = ChatGLMTokenizer(pieces, "chatglm3")
    messages = (ChatMessage.system("Be brief."), ChatMessage.user("你好"))
    ids = [*prompt_ids(tokenizer, messages), *tokenizer.encode("\n")]
    expected = reference.greedy(original_weights(TINY), TINY, ids, 12)
    ends = [place for place, token in enumerate(expected) if token in stop_ids(tokenizer, 2)]
    completion = await backend.complete(CompletionRequest(messages=messages, max_tokens=12))
    await backend.aclose()
    begun = tokenizer.encode("\n")
    assert "\n" + completion.text == tokenizer.decode(begun + expected[: ends[0] if ends else None])
    assert completion.usage.prompt_tokens == len(ids)


async def test_the_end_of_text_ends_the_reply(tmp_path: Path, pieces: bytes, place: Path) -> None:
    weights = original_weights(TINY)
    # a model that wants nothing but to end
    weights["transformer.encoder.final_layernorm.weight"][:] = 0
    weights["transformer.output_layer.weight"][:] = 0
    weights["transformer.encoder.final_layernorm.weight"][0] = 1
    weights["transformer.output_layer.weight"][2] = torch.randn(TINY.hidden)
    weights["transformer.output_layer.weight"][2, 0] = 0
    weights["transformer.output_layer.weight"][1:3, 0] = torch.tensor([1.0, -1.0])
    source = write_checkpoint(tmp_path / "o", weights=weights, tokenizer=pieces)
    ending = create(str(convert(source, tmp_path / "c", to="gguf" if place.suffix == ".gguf" else "hf")))
    completions = [await ending.complete(asked(text)) for text in ("a", "b", "c d", "e f g")]
    await ending.aclose()
    ended = [completion for completion in completions if completion.finish_reason == "stop"]
    assert ended
    assert all(completion.text == "" for completion in ended if completion.usage.completion_tokens == 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "does not exist"), ("empty", "neither config.json nor"), ("original", "original layout; convert it once")],
)
def test_a_path_that_is_no_converted_model_is_explained(
    tmp_path: Path, original: Path, content: str | None, reason: str
) -> None:
    place = {None: tmp_path / "nothing", "empty": tmp_path, "original": original}[content]
    with pytest.raises(UnknownModelError, match=reason):
        create(str(place))


def test_native_weights_without_their_tokenizer_are_explained(tmp_path: Path) -> None:
    native = convert(write_checkpoint(tmp_path / "o"), tmp_path / "n")
    with pytest.raises(UnknownModelError, match=r"tokenizer\.model is missing"):
        create(str(native))


def test_a_gguf_without_a_tokenizer_is_explained_and_takes_one_from_beside(tmp_path: Path, pieces: bytes) -> None:
    path = convert(write_checkpoint(tmp_path / "o"), tmp_path / "g", to="gguf")
    with pytest.raises(UnknownModelError, match="carries no tokenizer"):
        create(str(path))
    (path.parent / "tokenizer.model").write_bytes(pieces)
    assert create(str(path)).count_tokens("你好") == len(ChatGLMTokenizer(pieces).encode("你好"))


def test_a_base_url_is_refused(native: Path) -> None:
    with pytest.raises(BackendError, match="leave --base-url out"):
        create(str(native), base_url="http://127.0.0.1:1")
