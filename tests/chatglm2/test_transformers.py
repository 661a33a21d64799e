"""`hf:PATH`: any causal model of transformers with a chat template, here a tiny random Llama."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import BaseModel

from softhouse.errors import BackendError, ContextLengthError, UnavailableError, UnknownModelError
from softhouse.llm_backends.chatglm2.synthetic import CORPUS
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest
from softhouse.llm_backends.torch_model import choose_device
from softhouse.llm_backends.transformers import create

pytestmark = pytest.mark.torch
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tokenizers
    import transformers

    path = tmp_path_factory.mktemp("llama")
    pieces = tokenizers.ByteLevelBPETokenizer()
    special = ["<|end|>", "<|user|>", "<|system|>", "<|assistant|>"]
    pieces.train_from_iterator(CORPUS * 5, vocab_size=400, special_tokens=special, show_progress=False)
    fast: Any = transformers.PreTrainedTokenizerFast
    tokenizer = fast(tokenizer_object=pieces._tokenizer, eos_token="<|end|>", additional_special_tokens=special[1:])
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(path)
    torch.manual_seed(4)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=512, eos_token_id=0, bos_token_id=None, initializer_range=0.2,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return path


def asked(text: str, **changes: Any) -> CompletionRequest:
    return CompletionRequest(messages=(ChatMessage.user(text),), **{"max_tokens": 12, **changes})


class Point(BaseModel):
    name: str
    x: int


async def test_it_answers_streams_and_keeps_to_a_schema(folder: Path) -> None:
    backend = create(str(folder))
    assert backend.name == f"hf:{folder}"
    pieces = list[str]()
    completion = await backend.complete(asked("你好"), pieces.append)
    assert completion.text == "".join(pieces)
    assert completion.usage.completion_tokens <= 12
    request = asked("a point", max_tokens=40, json_schema=Point.model_json_schema(), temperature=1.2, seed=5)
    reply = await backend.complete(request)
    Point.model_validate_json(reply.text)
    assert reply.text == json.dumps(json.loads(reply.text), separators=(",", ":"), ensure_ascii=False)
    await backend.aclose()


async def test_waiting_requests_are_one_batch_and_each_gets_its_own_answer(folder: Path) -> None:
    backend = create(str(folder))
    requests = [asked("a"), asked("a much longer question than that", max_tokens=5), asked("b", temperature=1, seed=2)]
    alone = [(await backend.complete(request)).text for request in requests]
    together = await asyncio.gather(*map(backend.complete, requests))
    assert [completion.text for completion in together] == alone
    await backend.aclose()


async def test_more_than_the_context_is_refused(folder: Path) -> None:
    backend = create(str(folder))
    with pytest.raises(ContextLengthError, match="reads 512 tokens"):
        await backend.complete(asked("word " * 600))
    await backend.aclose()


async def test_closing_ends_what_is_under_way(folder: Path) -> None:
    backend = create(str(folder))
    started = asyncio.Event()
    running = asyncio.create_task(backend.complete(asked("a", max_tokens=450), lambda _piece: started.set()))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await backend.aclose()


async def test_a_failure_of_the_engine_is_the_request_s_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: Any) -> None:
        raise MemoryError("out of memory\nin two lines")

    monkeypatch.setattr("softhouse.llm_backends.transformers.generate", failing)
    backend = create(str(folder))
    with pytest.raises(UnavailableError, match=r"transformers failed: out of memory$"):
        await backend.complete(asked("a"))
    await backend.aclose()


def test_a_base_model_cannot_be_talked_to(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.suffix != ".jinja":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(UnknownModelError, match="no chat template"):
        create(str(tmp_path))


def test_what_is_no_model_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"no config\.json"):
        create(str(tmp_path))
    with pytest.raises(BackendError, match="leave --base-url out"):
        create(str(tmp_path), base_url="http://127.0.0.1:1")


def test_code_that_comes_with_a_model_is_never_run(folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    (tmp_path / "modeling.py").write_text(f"open({str(canary)!r}, 'w')")
    remote = {
        "AutoConfig": "modeling.Config",
        "AutoTokenizer": ["modeling.T", None],
        "AutoModelForCausalLM": "modeling.M",
    }
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "unheard-of", "auto_map": remote}))
    with pytest.raises(UnknownModelError):
        create(str(tmp_path))
    assert not canary.exists()


def test_the_cpu_computes_in_float32_where_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("softhouse.llm_backends.torch_model.physical_memory", lambda: 32 * 2**30)
    assert choose_device(2 * 10**9, torch.float16) == ("cpu", torch.float32)
    assert choose_device(25 * 10**9, torch.float16) == ("cpu", torch.bfloat16)
