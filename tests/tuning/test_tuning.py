"""Tuning a tiny model: by heart, interrupted, by every method, merged, as a backend."""

import dataclasses
import json
import os
import subprocess
import sys
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import DynamicCache

from softhouse.errors import RunError, UnknownModelError, UsageError
from softhouse.llm_backends.chatglm2 import create
from softhouse.llm_backends.chatglm2.adapter import LoraChanges, load_adapted, read_adapter
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.shape import ModelShape, read_shape
from softhouse.llm_backends.chatglm2.synthetic import TINY
from softhouse.llm_backends.torch_model import load_model
from softhouse.training.tuning import loop
from softhouse.training.tuning.job import prepare
from softhouse.training.tuning.loop import tune
from softhouse.training.tuning.merge import merge
from softhouse.training.tuning.methods import Tunable, make_tunable
from softhouse.training.tuning.metrics import StepRecord, read_metrics
from softhouse.training.tuning.nf4 import quantise, restore
from softhouse.training.tuning.original_layout import original_of
from softhouse.training.tuning.settings import Method, TuneSettings

from .facts import answers, known, small_job, write_facts

pytestmark = pytest.mark.torch
ROOT = Path(__file__).parents[2]
METHODS: tuple[Method, ...] = ("lora", "qlora", "ptuning2", "full")
RESULT = {
    "lora": "adapter_model.safetensors",
    "qlora": "adapter_model.safetensors",
    "ptuning2": "prefix.safetensors",
    "full": "model.safetensors",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_facts(tmp_path_factory.mktemp("data") / "facts.jsonl")


class Killed(BaseException):
    """What no code of ours catches."""


async def test_lora_learns_twenty_facts_by_heart_and_merging_keeps_them(
    native: Path, data: Path, tmp_path: Path
) -> None:
    assert known(await answers(native)) == 0
    settings = TuneSettings(
        method="lora", steps=60, batch_tokens=1024, accumulation=1, learning_rate=1e-2, rank=16, warmup=5
    )
    tune(prepare(f"chatglm2:{native}", data, settings, device="cpu"), tmp_path / "lora")
    said = await answers(tmp_path / "lora")
    assert known(said) >= 19
    assert await answers(merge(tmp_path / "lora", tmp_path / "merged")) == said


@pytest.mark.parametrize("method", METHODS)
def test_a_tuning_that_was_killed_goes_on_as_if_nothing_had_happened(
    method: Method, native: Path, data: Path, tmp_path: Path
) -> None:
    job = small_job(native, data, method=method, eval_share=0.2, checkpoint_every=2)
    whole = tune(job, tmp_path / "whole")

    def kill(record: StepRecord) -> None:
        if record.step == 5:
            raise Killed

    with pytest.raises(Killed):
        tune(job, tmp_path / "cut", kill)
    assert len(read_metrics(tmp_path / "cut")) == 5
    assert not (tmp_path / "cut" / RESULT[method]).exists()
    seen = list[int]()
    assert tune(job, tmp_path / "cut", lambda record: seen.append(record.step)) == whole
    assert seen == [1, 2, 3, 4, 5, 6]
    assert [record.eval_loss is not None for record in whole] == [False, True] * 3
    for name in (RESULT[method], "metrics.jsonl", "manifest.json"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not (tmp_path / "cut" / loop.STATE_FILE).exists()


@pytest.mark.parametrize("method", METHODS)
def test_the_loss_falls_and_what_was_written_computes_what_was_tuned(
    method: Method, native: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"lora": 1e-2, "qlora": 1e-2, "ptuning2": 0.2, "full": 1e-3}
    job = small_job(native, data, method=method, learning_rate=rates[method], steps=8, warmup=0, batch_tokens=400)
    made = list[Tunable]()

    def remembered(base: Path, settings: TuneSettings, device: str, dtype: torch.dtype) -> Tunable:
        made.append(make_tunable(base, settings, device, dtype))
        return made[0]

    monkeypatch.setattr(loop, "make_tunable", remembered)
    records = tune(job, tmp_path / "out")
    assert sum(record.loss for record in records[-2:]) < 0.95 * sum(record.loss for record in records[:2])
    ids = torch.tensor([[0, 0, 5, 9, 100], [7, 8, 30, 31, 32]])
    mask = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]])
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    reloaded = reopened(method, tmp_path / "out")
    network = made[0].network
    network.train(mode=False)
    with torch.no_grad():
        tuned, loaded = (
            model(input_ids=ids, attention_mask=mask, position_ids=positions).logits for model in (network, reloaded)
        )
        base = load_model(native, "cpu")(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    torch.testing.assert_close(loaded[mask.bool()], tuned[mask.bool()], rtol=0, atol=1e-4)
    assert float((loaded - base).abs().max()) > 1e-2


def reopened(method: Method, out: Path) -> Any:
    """The tuned model from its files; for qlora on what four bits leave of the model, as it was tuned."""
    adapter = read_adapter(out)
    if adapter is None:
        return load_model(out, "cpu")
    if method != "qlora":
        return load_adapted(adapter, "cpu")
    model, changes = load_model(adapter.base, "cpu"), LoraChanges(adapter)
    for name, parameter in model.named_parameters():
        if name.endswith("_proj.weight"):
            rows, columns = parameter.shape
            parameter.data = restore(*quantise(parameter.data), (rows, columns), torch.float32)
        parameter.data = changes.apply(name, parameter.data)
    changes.check_all_applied()
    return model


def test_a_prefix_is_the_same_with_and_without_the_cache(native: Path, data: Path, tmp_path: Path) -> None:
    tune(small_job(native, data, method="ptuning2", learning_rate=0.2), tmp_path / "out")
    adapter = read_adapter(tmp_path / "out")
    assert adapter is not None
    model = load_adapted(adapter, "cpu")
    ids = torch.tensor([[5, 9, 100, 101]])
    with torch.no_grad():
        greedy = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=8, do_sample=False)
        recomputed = model(input_ids=greedy, use_cache=False).logits.argmax(-1)
    assert greedy[0, 4:].tolist() == recomputed[0, 3:-1].tolist()


def test_a_prefix_is_what_a_filled_cache_would_be(native: Path, data: Path, tmp_path: Path) -> None:
    """Keys and values that nothing has rotated, in front of texts whose positions begin at 0."""
    tune(small_job(native, data, method="ptuning2", learning_rate=0.2), tmp_path / "out")
    adapter = read_adapter(tmp_path / "out")
    assert adapter is not None
    tuned, base, cache = load_adapted(adapter, "cpu"), load_model(native, "cpu"), DynamicCache()
    for number, layer in enumerate(tuned.model.layers):
        keys, values = layer.self_attn.prefix.detach().transpose(1, 2)
        cache.update(keys[None], values[None], number)
    ids = torch.tensor([[5, 9, 100, 101]])
    with torch.no_grad():
        # The argument's name changes with transformers 5.24; the older one still works there, with a warning.
        name = "cache" if "cache" in signature(base.forward).parameters else "past_key_values"
        expected = base(input_ids=ids, position_ids=torch.arange(4)[None], **{name: cache}).logits
        torch.testing.assert_close(tuned(input_ids=ids).logits, expected, rtol=0, atol=1e-5)


def test_a_prefix_has_the_layout_of_the_authors(native: Path, data: Path, tmp_path: Path) -> None:
    tune(small_job(native, data, method="ptuning2", steps=1), tmp_path / "out")
    tensors = load_file(tmp_path / "out" / "prefix.safetensors")
    # rows: positions; columns: layers × (key, value) × heads × width
    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {
        "transformer.prefix_encoder.embedding.weight": (4, 3 * 2 * 2 * 16)
    }


def test_accumulation_is_the_mean_over_all_answer_tokens(native: Path, data: Path, tmp_path: Path) -> None:
    """One pack of everything and many small ones are the same update."""
    one = tune(small_job(native, data, steps=2, batch_tokens=4096, accumulation=1), tmp_path / "one")
    many = tune(small_job(native, data, steps=2, batch_tokens=64, accumulation=99), tmp_path / "many")
    assert one[0].answer_tokens == many[0].answer_tokens
    assert [record.loss for record in many] == pytest.approx([record.loss for record in one], abs=1e-4)
    assert many[0].gradient_norm == pytest.approx(one[0].gradient_norm, rel=1e-3)


def test_bfloat16_learns_too(native: Path, data: Path, tmp_path: Path) -> None:
    job = small_job(native, data, precision="bf16", learning_rate=1e-2, steps=8, warmup=0)
    records = tune(job, tmp_path / "out")
    assert job.manifest.precision == "bfloat16"
    assert records[-1].loss < 0.9 * records[0].loss


def test_float16_scales_its_loss_and_goes_on_with_the_same_scale(native: Path, data: Path, tmp_path: Path) -> None:
    """What older cards do; refused on the CPU by name, because it is slow there."""
    with pytest.raises(UsageError, match="fp16 is for graphics cards"):
        small_job(native, data, precision="fp16")
    job = small_job(native, data, learning_rate=1e-2, steps=8, warmup=0, checkpoint_every=2)
    job = dataclasses.replace(job, dtype=torch.float16)
    whole = tune(job, tmp_path / "whole")
    assert whole[-1].loss < 0.9 * whole[0].loss

    def kill(record: StepRecord) -> None:
        if record.step == 3:
            raise Killed

    with pytest.raises(Killed):
        tune(job, tmp_path / "cut", kill)
    assert tune(job, tmp_path / "cut") == whole


def test_a_process_that_ends_without_a_word_leaves_what_the_next_one_needs(
    native: Path, data: Path, tmp_path: Path
) -> None:
    job = small_job(native, data, checkpoint_every=2)
    program = (
        "import os\nfrom pathlib import Path\nfrom tests.tuning.facts import small_job\n"
        "from softhouse.training.tuning.loop import tune\n"
        f"job = small_job(Path({str(native)!r}), Path({str(data)!r}), checkpoint_every=2)\n"
        f"tune(job, Path({str(tmp_path / 'cut')!r}), lambda record: record.step == 5 and os._exit(9))\n"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=False)
    assert run.returncode == 9
    assert tune(job, tmp_path / "cut") == tune(job, tmp_path / "whole")


def test_a_folder_is_claimed_by_one_tuning(native: Path, data: Path, tmp_path: Path) -> None:
    job = small_job(native, data, steps=1)
    tune(job, tmp_path / "out")
    assert (tmp_path / "out" / "loss.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="is tuned already"):
        tune(job, tmp_path / "out")
    with pytest.raises(UsageError, match="another tuning, with another rank, seed; "):
        tune(small_job(native, data, steps=1, rank=3, seed=1), tmp_path / "out")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").touch()
    with pytest.raises(UsageError, match="is not empty"):
        tune(job, tmp_path / "theirs")


def test_a_loss_that_is_no_number_stops_the_tuning(native: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="lower --learning-rate"):
        tune(small_job(native, data, method="full", learning_rate=1e30, warmup=0), tmp_path / "out")


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_tuned_model_in_the_original_layout_is_converted_like_any_other(
    method: Method, native: Path, data: Path, tmp_path: Path
) -> None:
    tuned = tmp_path / "tuned"
    tune(small_job(native, data, method=method, steps=2, learning_rate=1e-2), tuned)
    merge(tuned, tmp_path / "original", "original")
    there = convert(tmp_path / "original", tmp_path / "there")
    expected = merge(tuned, tmp_path / "merged") if method == "lora" else tuned
    for name in ("config.json", "generation_config.json", "tokenizer.model"):
        assert (there / name).read_bytes() == (expected / name).read_bytes()
    ours, theirs = (
        {name: tensor for path in folder.glob("*.safetensors") for name, tensor in load_file(path).items()}
        for folder in (there, expected)
    )
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert convert(tmp_path / "original", tmp_path / "gguf", to="gguf", quant="q4_0").is_file()


@pytest.mark.parametrize(
    "shape",
    [
        TINY,
        dataclasses.replace(TINY, rope_stretch=50.0, tied=True, qkv_bias=False, rms_eps=1e-6),
        dataclasses.replace(TINY, chat_format="chatglm3", rope_theta=500_000.0),
    ],
    ids=["chatglm2", "chatglm2-32k", "chatglm3-32k"],
)
def test_the_original_config_says_what_the_native_one_says(shape: ModelShape, tmp_path: Path) -> None:
    _, config = original_of(shape.native_config("float16", [2]))
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert read_shape(tmp_path) == shape
    assert config["torch_dtype"] == "float16"


def test_what_can_not_be_merged_or_opened_says_why(native: Path, data: Path, tmp_path: Path) -> None:
    tune(small_job(native, data, method="ptuning2", steps=1), tmp_path / "prefix")
    with pytest.raises(UsageError, match="is no change of weights"):
        merge(tmp_path / "prefix", tmp_path / "out")
    with pytest.raises(UsageError, match="holds no adapter"):
        merge(native, tmp_path / "out")
    manifest = tmp_path / "prefix" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"base": str(tmp_path / "gone")}))
    with pytest.raises(UnknownModelError, match="which is not there; put it back"):
        create(str(tmp_path / "prefix"))
