"""Models that were trained here, behind the backend's seam: tiny ones with random weights, on both engines."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest

from softhouse import Company, ProductRequirements, Project
from softhouse.errors import BackendError, ContextLengthError, MissingExtraError, UnknownModelError
from softhouse.llm_backends import inhouse
from softhouse.llm_backends.inhouse import create, find_model
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest, Embedder
from softhouse.llm_backends.registry import create_backend

from ..chatglm2.test_company import Watched, complaints
from ..serve.served import serving

pytestmark = pytest.mark.torch

REPLY = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "done": {"type": "boolean"},
        "steps": {"type": "array", "items": {"type": "string"}, "minItems": 2},
    },
    "required": ["title", "done", "steps"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def trainings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training for each architecture, exported before it has learned anything; the decoder has an older model too."""
    import torch

    from softhouse.training.architectures import Configuration as Shape
    from softhouse.training.architectures import build, save
    from softhouse.training.export.gguf_file import write_gguf
    from softhouse.training.tokenizer.configuration import Configuration
    from softhouse.training.tokenizer.learning import learn
    from softhouse.training.tokenizer.learning import save as save_tokenizer

    root = tmp_path_factory.mktemp("trainings")
    tokenizer = learn([Path(json.__file__).read_text(encoding="utf-8")], Configuration(vocabulary=512))
    size = tokenizer.get_vocab_size()
    save_tokenizer(tokenizer, root)
    torch.manual_seed(1)
    for architecture in ("decoder", "encoder", "sequence_to_sequence"):
        shape: dict[str, Any] = {"architecture": architecture, "layers": 1, "width": 32, "heads": 2, "ffn": 32}
        out = root / architecture
        save(build(Shape(context=16_384, **shape), size), out / "export" / "model", root)
        (out / "export" / "manifest.json").write_text("{}")
    out = root / "decoder"
    write_gguf(out / "export" / "model", out / "export" / "model.gguf", "f32")
    save(build(Shape(context=256, layers=1, width=16, heads=2, ffn=16), size), out / "pretrain" / "model", root)
    write_gguf(out / "pretrain" / "model", out / "short.gguf", "q8_0")
    (out / "pretrain" / "manifest.json").write_text("{}")
    os.utime(out / "pretrain" / "manifest.json", (1_000, 1_000))
    return root


@pytest.fixture(params=["model.gguf", "model"])
def path(request: pytest.FixtureRequest, trainings: Path) -> Path:
    """The decoder for llama.cpp, and for transformers."""
    return trainings / "decoder" / "export" / str(request.param)


def ask(text: str = "hello", **options: Any) -> CompletionRequest:
    return CompletionRequest(messages=(ChatMessage.user(text),), **{"max_tokens": 12, **options})


async def test_it_answers_like_any_backend(path: Path) -> None:
    backend = create_backend(f"inhouse:{path}")
    pieces: list[str] = []

    one = await backend.complete(ask(temperature=1.0, seed=1), pieces.append)
    again = await backend.complete(ask(temperature=1.0, seed=1))
    await backend.aclose()

    assert isinstance(backend, Backend)
    assert one.text == again.text == "".join(pieces) != ""
    assert one.usage.completion_tokens <= 12
    assert one.model == backend.name == f"inhouse:{path}"
    assert backend.capabilities.context_length >= 8192
    assert (backend.capabilities.strength, backend.capabilities.local) == ("small", True)


async def test_llama_cpp_and_transformers_find_an_answer_equally_probable(trainings: Path) -> None:
    """The likeliest one, of the same weights in float32."""
    folder = trainings / "decoder" / "export"
    answers = []
    for name in ("model.gguf", "model"):
        backend = create_backend(f"inhouse:{folder / name}")
        answers.append(await backend.complete(ask("Say something.", max_tokens=20)))
        await backend.aclose()
    llama, here = answers

    assert llama.text == here.text != ""
    assert llama.log_probability is not None
    assert llama.log_probability < 0
    assert here.log_probability == pytest.approx(llama.log_probability, rel=1e-3)


async def test_a_reply_keeps_to_its_schema_and_comes_to_its_end(path: Path) -> None:
    """A model that has learned nothing never ends a string of its own accord."""
    backend = create_backend(f"inhouse:{path}")
    pieces: list[str] = []

    replies = [
        await backend.complete(
            ask(f"{seed}", json_schema=REPLY, max_tokens=150, temperature=1.0, seed=seed), pieces.append
        )
        for seed in range(2)
    ]
    await backend.aclose()

    assert {reply.finish_reason for reply in replies} == {"stop"}
    assert "".join(pieces) == "".join(reply.text for reply in replies)
    for reply in replies:
        content = json.loads(reply.text)
        assert content.keys() == {"title", "done", "steps"}
        assert isinstance(content["title"], str)
        assert len(content["steps"]) >= 2
        assert reply.usage.prompt_tokens > 0


async def test_a_company_run_on_it_ends_with_a_verdict(trainings: Path, tmp_path: Path) -> None:
    """On llama.cpp; `benchmarks/training_export.py` does it on transformers too, which takes half a minute."""
    model = Watched(create(str(trainings / "decoder")), "small")

    project = await Company(model=model, workspace=tmp_path / "out").run("Write hello.py that prints Hello.")
    await model.aclose()

    assert isinstance(project, Project)
    assert not project.accepted, "nonsense is not delivered as if it were a program"
    assert project.documents(ProductRequirements)
    assert (tmp_path / "out" / "docs" / "delivery.md").is_file()
    assert model.structured
    for request, completion in model.structured:
        assert completion.finish_reason == "stop"
        assert request.json_schema is not None
        assert complaints(json.loads(completion.text), request.json_schema, request.json_schema) == []


def test_it_can_be_talked_to(trainings: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "softhouse.cli",
        "chat",
        "--model",
        f"inhouse:{trainings / 'decoder' / 'short.gguf'}",
    ]

    run = subprocess.run(command, input="hello\n你好\n", capture_output=True, text=True, encoding="utf-8", check=False)

    assert run.returncode == 0
    assert set(run.stderr.splitlines()) <= {"(cut: the reply reached its limit)"}
    assert run.stdout


async def test_it_can_be_served(trainings: Path) -> None:
    backend = create(str(trainings / "decoder"))

    async with serving(backend, None) as served:
        client = openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{served.port}/v1", api_key="none")
        [model] = [entry.id for entry in (await client.models.list()).data]
        shape: Any = {"type": "json_schema", "json_schema": {"name": "reply", "schema": REPLY}}
        reply = await client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "hi"}], max_tokens=120, response_format=shape
        )
        await client.close()
    await backend.aclose()

    assert json.loads(reply.choices[0].message.content or "").keys() == {"title", "done", "steps"}


async def test_an_encoder_gives_embeddings(trainings: Path) -> None:
    import torch

    from softhouse.training.architectures import load
    from softhouse.training.tokenizer.tokenizer import Tokenizer

    folder = trainings / "encoder" / "export" / "model"
    own: Any = load(folder).train(mode=False)
    tokenizer = Tokenizer.open(folder)
    texts = ["def f(x): return x", "你好", "another, longer text of no importance"]
    backend = create(str(trainings / "encoder"))
    assert isinstance(backend, Embedder)

    vectors = (await backend.embed(texts)).vectors
    with pytest.raises(BackendError, match="turns texts into vectors"):
        await backend.complete(ask())
    await backend.aclose()

    for text, vector in zip(texts, vectors, strict=True):
        expected = own.embed(torch.tensor([tokenizer.encode(text)]))[0]
        torch.testing.assert_close(torch.tensor(vector), expected, atol=1e-5, rtol=0)


def test_of_a_training_it_is_the_model_that_was_finished_last(trainings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = trainings / "decoder"
    assert find_model(out) == out / "export" / "model.gguf"
    assert find_model(out / "export" / "model") == out / "export" / "model"
    monkeypatch.setattr(inhouse, "find_spec", lambda _name: None)
    assert find_model(out) == out / "export" / "model", "without llama.cpp, transformers"
    monkeypatch.undo()

    moment = (out / "export" / "manifest.json").stat().st_mtime + 60
    os.utime(out / "pretrain" / "manifest.json", (moment, moment))
    try:
        assert find_model(out) == out / "pretrain" / "model"
    finally:
        os.utime(out / "pretrain" / "manifest.json", (1_000, 1_000))


async def test_a_request_that_is_longer_than_a_step_was_trained_on_names_the_export(trainings: Path) -> None:
    step = trainings / "decoder" / "pretrain" / "model"
    backend = create_backend(f"inhouse:{step}")
    with pytest.raises(ContextLengthError, match=rf"softhouse train export --out {trainings / 'decoder'}$"):
        await backend.complete(ask("word " * 400))
    await backend.aclose()


def test_what_can_not_be_talked_to_is_refused(trainings: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="is a sequence-to-sequence model"):
        create(str(trainings / "sequence_to_sequence"))
    with pytest.raises(UnknownModelError, match=f"softhouse train pretrain --out {tmp_path}"):
        create(str(tmp_path))
    with pytest.raises(BackendError, match="leave --base-url out"):
        create(str(trainings / "decoder"), base_url="http://127.0.0.1:1")
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(UnknownModelError, match=r"config\.json can't be read"):
        create(str(tmp_path))


def test_a_gguf_without_llama_cpp_says_what_to_install(trainings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inhouse, "find_spec", lambda _name: None)

    with pytest.raises(MissingExtraError, match=r'pip install "softhouse\[embedded\]"'):
        create(str(trainings / "decoder" / "export" / "model.gguf"))
