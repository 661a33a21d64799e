"""`/v1/embeddings` with real encoders behind it, asked by the real openai client."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openai
import pytest

from softhouse.errors import BackendError, ContextLengthError, UnknownModelError
from softhouse.llm_backends.gguf import create as gguf
from softhouse.llm_backends.openai import OpenAIBackend
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest, Embedder
from softhouse.llm_backends.transformers import create as hf

from .conftest import Serve
from .served import Served, ask
from .test_chat_completions import client
from .tiny_encoder import CONTEXT, write_encoder, write_gguf

pytestmark = pytest.mark.torch
TEXTS = ("a", "some longer text", *(f"word {letter} again" for letter in "bcdefghijklmnopqrs"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("encoder"))


def reference(folder: Path, text: str) -> tuple[list[float], int]:
    """The mean of the last layer's states, of length 1, each text computed alone; and how many tokens it has."""
    import torch
    import transformers

    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.BertModel.from_pretrained(folder)
    with torch.inference_mode():
        tokens = tokenizer(text, return_tensors="pt")["input_ids"]
        mean = model(tokens).last_hidden_state[0].mean(0)
    return (mean / mean.norm()).tolist(), tokens.shape[1]


async def asked(served: Served, texts: Sequence[str]) -> tuple[list[list[float]], int]:
    async with client(served) as ai:
        reply = await ai.embeddings.create(model=(await ai.models.list()).data[0].id, input=list(texts))
    return [entry.embedding for entry in reply.data], reply.usage.prompt_tokens


async def test_transformers_llama_cpp_and_a_server_behind_the_server_give_the_vectors(
    serve: Serve, folder: Path, tmp_path: Path
) -> None:
    expected = [reference(folder, text) for text in TEXTS]
    on_transformers = hf(str(folder))
    at_home = await serve(on_transformers)
    on_llama_cpp = gguf(str(write_gguf(folder, tmp_path / "encoder.gguf")))
    elsewhere = OpenAIBackend(folder.name, f"{at_home.url}/v1")
    backends: list[Backend] = [on_transformers, on_llama_cpp, elsewhere]
    # llama.cpp looks its activation function up in a table of half precision
    ways = ((at_home, 1e-5), (await serve(on_llama_cpp), 2e-3), (await serve(elsewhere), 1e-5))
    for served, tolerance in ways:
        vectors, tokens = await asked(served, TEXTS)
        assert len(vectors) == len(TEXTS)
        for vector, (wanted, _) in zip(vectors, expected, strict=True):
            assert vector == pytest.approx(wanted, abs=tolerance)
        assert tokens == sum(count for _, count in expected)
    for backend in backends:
        await backend.aclose()


@pytest.mark.parametrize("engine", ["hf", "gguf", "openai"])
async def test_what_an_encoder_cannot_do_is_said(serve: Serve, folder: Path, tmp_path: Path, engine: str) -> None:
    backend: Backend = hf(str(folder))
    at_home = await serve(backend)
    if engine == "gguf":
        backend = gguf(str(write_gguf(folder, tmp_path / "encoder.gguf")))
    elif engine == "openai":
        backend = OpenAIBackend(folder.name, f"{at_home.url}/v1")
    served = await serve(backend)

    talk = await served.post(ask("hello"))
    long = await served.post({"input": ["a", "b " * CONTEXT]}, "/v1/embeddings")

    assert (talk.status_code, long.status_code) == (400, 400)
    assert "take another model" in talk.json()["error"]["message"]
    assert long.json()["error"]["code"] == "context_length_exceeded"
    assert isinstance(backend, Embedder)
    with pytest.raises(ContextLengthError, match="cut it into pieces"):
        await backend.embed(["b " * CONTEXT])
    with pytest.raises(BackendError, match="can't be talked to"):
        await backend.complete(CompletionRequest(messages=(ChatMessage.user("hello"),)))
    await backend.aclose()


async def test_a_server_whose_model_makes_none_is_no_fault_of_ours(serve: Serve) -> None:
    behind = await serve(["never"])
    backend = OpenAIBackend("python", f"{behind.url}/v1")
    served = await serve(backend)
    async with client(served) as ai:
        with pytest.raises(openai.BadRequestError, match="makes no embeddings"):
            await ai.embeddings.create(model="python", input="text")
    await backend.aclose()


@pytest.mark.parametrize(
    ("pooling", "says"), [({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, None),
                          ({"pooling_mode_max_tokens": True}, "max_tokens"),
                          ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}, "not one kind")]
)  # fmt: skip
async def test_how_the_vectors_of_the_tokens_become_one_is_the_folders_to_say(
    folder: Path, tmp_path: Path, pooling: dict[str, bool], says: str | None
) -> None:
    import torch
    import transformers

    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    kinds = ("Transformer", "Pooling", "Normalize")
    steps = [{"path": kind, "type": f"sentence_transformers.models.{kind}"} for kind in kinds]
    (tmp_path / "modules.json").write_text(json.dumps(steps))
    (tmp_path / "Pooling").mkdir()
    (tmp_path / "Pooling/config.json").write_text(json.dumps({"word_embedding_dimension": 32, **pooling}))
    if says is not None:
        with pytest.raises(UnknownModelError, match=says):
            hf(str(tmp_path))
        return
    encoder = hf(str(tmp_path))
    assert isinstance(encoder, Embedder)
    [vector] = (await encoder.embed(["some text"])).vectors
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        tokens = tokenizer("some text", return_tensors="pt")["input_ids"]
        first = transformers.BertModel.from_pretrained(folder)(tokens).last_hidden_state[0, 0]
    assert vector == pytest.approx((first / first.norm()).tolist(), abs=1e-5)
    await encoder.aclose()
