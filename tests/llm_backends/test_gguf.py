"""llama.cpp behind the backend's seam, with a real model of random weights: what it writes is nonsense, how is not."""

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from softhouse.errors import (
    BackendError,
    ContextLengthError,
    MissingExtraError,
    UnavailableError,
    UnknownModelError,
)
from softhouse.llm_backends import gguf
from softhouse.llm_backends.gguf import GgufBackend, create
from softhouse.llm_backends.llama_server import ServerOptions
from softhouse.llm_backends.openai import OpenAIBackend
from softhouse.llm_backends.protocol import Backend, ChatMessage, CompletionRequest, Price, TransientError
from softhouse.testing.llama_server import llama_server

from .tiny_gguf import write_tiny_adapter, write_tiny_gguf

CONTEXT = 60_000


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf", context_length=CONTEXT)


@pytest.fixture
async def backend(tiny: Path) -> AsyncIterator[GgufBackend]:
    backend = GgufBackend("gguf:tiny", tiny, ServerOptions(context_length=CONTEXT, parallel=1, threads=1))
    yield backend
    await backend.aclose()


def ask(text: str = "hello", **options: Any) -> CompletionRequest:
    return CompletionRequest(messages=(ChatMessage.user(text),), **{"max_tokens": 12, **options})


async def test_a_completion_streams_and_counts(backend: GgufBackend) -> None:
    pieces: list[str] = []

    completion = await backend.complete(ask(), pieces.append)

    assert len(completion.text) == 12
    assert "".join(pieces) == completion.text
    assert len(pieces) > 1
    assert (completion.finish_reason, completion.model) == ("length", "gguf:tiny")
    assert completion.usage.completion_tokens == 12
    assert completion.usage.prompt_tokens == len("hello") + 3, "<|user|>, <|end|> and <|assistant|>"


async def test_a_repeated_prompt_comes_from_the_cache_and_says_the_same(backend: GgufBackend) -> None:
    first, second = [await backend.complete(ask("the same prompt again")) for _ in range(2)]

    assert first.text == second.text
    assert (first.usage.cached_tokens, second.usage.cached_tokens) == (0, second.usage.prompt_tokens - 1)


async def test_a_seed_decides_what_is_sampled(backend: GgufBackend) -> None:
    one, again, other = [
        (await backend.complete(ask(temperature=1.5, seed=seed, max_tokens=30))).text for seed in (1, 1, 2)
    ]

    assert one == again
    assert one != other


async def test_a_completion_says_how_probable_it_was(backend: GgufBackend) -> None:
    """Of one token: the likeliest is the most probable, and what is drawn at a high temperature no less than it was."""
    likeliest = await backend.complete(ask(max_tokens=1))
    drawn = [await backend.complete(ask(max_tokens=1, temperature=3.0, seed=seed)) for seed in range(12)]
    known = {each.text: each.log_probability or 0.0 for each in (likeliest, *drawn)}
    longer = await backend.complete(ask(max_tokens=12))

    assert len(known) > 2
    assert max(known, key=known.__getitem__) == likeliest.text
    assert all(each.log_probability == pytest.approx(known[each.text]) for each in drawn)
    assert sum(map(math.exp, known.values())) <= 1
    assert longer.log_probability is not None
    assert 12 * longer.log_probability < known[likeliest.text], "the first of the twelve, and eleven more"


@pytest.mark.parametrize("adapter", ["", "verse"])
@pytest.mark.parametrize("fine_cache", [False, True])
async def test_a_text_depends_on_its_request_alone(fine_cache: bool, adapter: str, tiny: Path, tmp_path: Path) -> None:
    """Not on what is cached, nor on what else is computed with it, to the last bit of every probability."""
    options = ServerOptions(context_length=2000, parallel=2, threads=1, fine_cache=fine_cache)
    adapters = {"verse": write_tiny_adapter(tmp_path / "tiny+verse.gguf")}
    backend = GgufBackend("gguf:tiny", tiny, options, adapters=adapters)
    rules = "Rule: be brief. " * 20
    request = ask(rules + "Name a colour.", temperature=1.0, seed=4, max_tokens=300, adapter=adapter)

    alone = await backend.complete(request)
    others = [
        ask(rules * n + "Name a fruit.", temperature=1.0, seed=n, max_tokens=20 * n, adapter=adapter) for n in (1, 2, 3)
    ]
    beside, *_ = await asyncio.gather(backend.complete(request), *map(backend.complete, others))
    again = await backend.complete(request)
    await backend.aclose()

    assert beside.text == again.text == alone.text
    assert alone.usage.cached_tokens == 0
    assert again.usage.cached_tokens > 300


async def test_an_adapter_answers_only_where_it_is_asked_for(tiny: Path, tmp_path: Path) -> None:
    """What one has read is no use to the other: the same prompt is read twice."""
    adapter = write_tiny_adapter(tmp_path / "tiny+verse.gguf")
    backend = GgufBackend("gguf:tiny", tiny, ServerOptions(2000, 1, 1), adapters={"verse": adapter})
    rules = "Rule: be brief. " * 20

    plain, taught = [await backend.complete(ask(rules, adapter=name, max_tokens=40)) for name in ("", "verse")]
    again = [await backend.complete(ask(rules, adapter=name, max_tokens=40)) for name in ("", "verse", "unknown")]
    await backend.aclose()

    assert backend.capabilities.adapters == ("verse",)
    assert plain.text != taught.text
    assert [each.text for each in again] == [plain.text, taught.text, plain.text]
    assert [each.usage.cached_tokens > 300 for each in (plain, taught, *again)] == [False, False, True, True, False]


async def test_an_adapter_that_does_not_fit_is_a_clear_error(tiny: Path, tmp_path: Path) -> None:
    adapter = write_tiny_adapter(tmp_path / "tiny+verse.gguf", omit="blk.0.attn_q.weight.lora_b")
    backend = GgufBackend("gguf:tiny", tiny, ServerOptions(2000, 1, 1), adapters={"verse": adapter})

    with pytest.raises(UnavailableError, match="can't load"):
        await backend.complete(ask(adapter="verse"))
    await backend.aclose()


async def test_a_prefill_is_continued_and_not_repeated(backend: GgufBackend) -> None:
    whole = await backend.complete(ask())

    rest = await backend.complete(ask(prefill=whole.text[:5], max_tokens=7))

    assert whole.text == whole.text[:5] + rest.text


async def test_a_stop_string_ends_it(backend: GgufBackend) -> None:
    whole = (await backend.complete(ask())).text

    stopped = await backend.complete(ask(stop=(whole[4:7],)))

    assert stopped.text == whole[: whole.index(whole[4:7])]
    assert stopped.finish_reason == "stop"


async def test_a_schema_is_enforced(backend: GgufBackend) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}

    completion = await backend.complete(ask(json_schema=schema, max_tokens=400))

    assert json.loads(completion.text)["ok"] in {True, False}


async def test_a_schema_that_llama_cpp_does_not_know_is_refused(backend: GgufBackend) -> None:
    with pytest.raises(BackendError, match=r"refuses the request: .*quux"):
        await backend.complete(ask(json_schema={"type": "quux"}))


async def test_too_long_a_prompt_is_refused_before_anything_is_computed(backend: GgufBackend) -> None:
    with pytest.raises(
        ContextLengthError, match="reads 60000 tokens; the prompt has 8 and the completion may have 59993"
    ):
        await backend.complete(ask(max_tokens=CONTEXT - 7))


async def test_tokens_are_counted_exactly_once_the_model_is_there(
    backend: GgufBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf, "TOKENIZE_SECONDS", 10.0)
    assert backend.count_tokens("hello") >= 2, "an estimate"

    await backend.complete(ask(max_tokens=1))

    assert backend.count_tokens("hello") == 5
    assert backend.count_tokens("aa") == 1


async def test_cancelling_stops_llama_cpp_and_frees_its_only_slot(backend: GgufBackend) -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(backend.complete(ask(max_tokens=CONTEXT - 100), lambda _: begun.set()))
    await begun.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(5):  # the whole completion takes far longer
        await backend.complete(ask(max_tokens=1))


async def test_the_event_loop_goes_on_while_a_model_is_loaded(backend: GgufBackend) -> None:
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            worst = max(worst, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    await backend.complete(ask(max_tokens=1))
    await backend.aclose()
    watching.cancel()

    assert worst < (time.perf_counter() - started) / 2, "in this process, loading would stop the loop all that time"


async def test_a_start_whose_task_was_cancelled_leaves_nothing_behind(backend: GgufBackend) -> None:
    task = asyncio.create_task(backend.complete(ask()))
    await asyncio.sleep(0)

    task.cancel()
    await backend.aclose()

    assert not backend._servers
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_llama_cpp_that_dies_is_an_outage_and_the_next_call_starts_another(backend: GgufBackend) -> None:
    def kill(_piece: str) -> None:
        backend._servers[""].process.kill()

    with pytest.raises(TransientError, match=r"llama\.cpp stopped"):
        await backend.complete(ask(max_tokens=CONTEXT - 100), kill)

    assert len((await backend.complete(ask())).text) == 12


async def test_closing_ends_the_child(backend: GgufBackend) -> None:
    await backend.complete(ask(max_tokens=1))
    server = backend._servers[""]

    await backend.aclose()

    assert not server.running
    await backend.aclose()


ABANDON = """
import sys
from pathlib import Path
from softhouse.llm_backends.llama_server import ServerOptions, start

print(start(Path(sys.argv[1]), ServerOptions(context_length=512)).process.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_parent_leaves_no_model_behind(tiny: Path) -> None:
    command = [sys.executable, "-c", ABANDON, str(tiny)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

    child.wait(timeout=20)


async def test_a_backend_serves_one_event_loop_after_another(backend: GgufBackend) -> None:
    texts = [await asyncio.to_thread(asyncio.run, backend.complete(ask())) for _ in range(2)]

    assert texts[0].text == texts[1].text


async def test_what_it_can_do_comes_from_the_file(backend: GgufBackend, tmp_path: Path) -> None:
    assert isinstance(backend, Backend)
    assert backend.capabilities.strength == "small"
    assert (backend.capabilities.local, backend.capabilities.prefill, backend.capabilities.json_schema) == (True,) * 3
    assert backend.capabilities.price == Price(prompt=0, cached=0, completion=0)

    short = GgufBackend("gguf:short", write_tiny_gguf(tmp_path / "short.gguf", context_length=300))
    assert short.capabilities.context_length == 300


async def test_a_model_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "holed.gguf", omit="output_norm.weight")

    with pytest.raises(UnavailableError, match=r"can't load .*holed\.gguf: .*'output_norm\.weight' not found"):
        await GgufBackend("gguf:holed", path).complete(ask())


def test_a_path_names_a_model(tiny: Path) -> None:
    assert create(str(tiny), base_url=None).name == f"gguf:{tiny}"


@pytest.mark.parametrize("rest", ["nobody-knows-it", "no/such/model.gguf"])
def test_a_model_that_does_not_exist_is_named(rest: str) -> None:
    with pytest.raises(UnknownModelError, match=f"there is no .*{rest}"):
        create(rest, base_url=None)


def test_without_llama_cpp_the_line_says_what_to_install(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Callable[[str], None] = lambda _name: None  # noqa: E731
    monkeypatch.setattr(gguf, "find_spec", missing)

    with pytest.raises(MissingExtraError, match=r'pip install "softhouse\[embedded\]"'):
        create(str(tiny), base_url=None)


async def test_the_same_model_behind_a_server_says_the_same(backend: GgufBackend, tiny: Path) -> None:
    embedded = await backend.complete(ask(seed=3, temperature=1.0))

    with llama_server(tiny, ServerOptions(context_length=CONTEXT, parallel=1, threads=1)) as base_url:
        client = OpenAIBackend("tiny", base_url, key="", timeout=20)
        served = await client.complete(ask(seed=3, temperature=1.0))
        await client.aclose()

    assert served.text == embedded.text
    assert served.usage.prompt_tokens == embedded.usage.prompt_tokens
