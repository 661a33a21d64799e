"""What a tuning takes is known, and refused, before anything is loaded; four bits are four bits."""

from pathlib import Path

import pytest
import torch

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B, native_shape, read_config
from softhouse.llm_backends.memory_plan import GIB
from softhouse.training.tuning.job import prepare
from softhouse.training.tuning.loop import learning_rate, tune
from softhouse.training.tuning.memory import TunePlan, plan_tuning, refuse_what_cannot_fit
from softhouse.training.tuning.methods import make_tunable
from softhouse.training.tuning.nf4 import LEVELS, quantise, restore
from softhouse.training.tuning.settings import Method, TuneSettings

from .facts import small_job, write_facts

pytestmark = pytest.mark.torch


def on_a_card(**settings: object) -> TunePlan:
    chosen = TuneSettings.model_validate(settings)
    return plan_tuning(CHATGLM2_6B, chosen, stored_bytes=2, computed_bytes=2, card=True)


def test_what_fits_a_card_of_eight_gib() -> None:
    short = {"batch_tokens": 512, "max_length": 512}
    assert on_a_card(method="qlora", **short).total < 7 * GIB
    lora = on_a_card(method="lora", **short)
    assert 12 * GIB < lora.total < 16 * GIB
    with pytest.raises(UsageError, match=r"GiB at its peak but 8.00 GiB are there; try --method qlora"):
        refuse_what_cannot_fit(lora, TuneSettings(method="lora"), 8 * GIB)
    assert on_a_card(method="qlora", **short).host < 13 * GIB
    # weights, gradients and two moments in float32, and autocast's copies
    assert on_a_card(method="full", **short).total > CHATGLM2_6B.parameters * 18


@pytest.mark.parametrize("method", ["lora", "qlora", "ptuning2", "full"])
def test_learned_numbers_are_counted_as_they_are(method: Method, native: Path) -> None:
    settings = TuneSettings(method=method, rank=3, prefix_length=5)
    plan = plan_tuning(native_shape(read_config(native)), settings, stored_bytes=4, computed_bytes=4, card=False)
    tunable = make_tunable(native, settings, "cpu", torch.float32)
    assert plan.learned == sum(parameter.numel() for parameter in tunable.learned.values())
    held = sum(tensor.nbytes for tensor in tunable.network.state_dict().values())
    assert plan.weights == pytest.approx(held, rel=0.01)


def test_what_cannot_fit_is_refused_before_anything_is_written(
    native: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softhouse.training.tuning.memory.physical_memory", lambda: 300 * 2**20)
    job = small_job(native, write_facts(tmp_path / "facts.jsonl"))
    # where float32 doesn't fit, half as much is tried
    assert job.dtype == torch.bfloat16
    with pytest.raises(UsageError, match=r"0\.26 GiB are there; try"):
        tune(job, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_card_is_of_no_use_to_a_machine_that_cannot_load_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("softhouse.training.tuning.memory.physical_memory", lambda: 8 * GIB)
    with pytest.raises(UsageError, match=r"loading the model takes 12\.\d\d GiB of this machine's memory"):
        refuse_what_cannot_fit(on_a_card(method="qlora"), TuneSettings(method="qlora"), 24 * GIB)


def test_four_bits_are_the_nearest_of_sixteen_levels() -> None:
    weight = torch.randn(32, 128, generator=torch.Generator().manual_seed(0))
    packed, scales = quantise(weight)
    assert packed.nbytes + scales.nbytes == weight.numel() * 0.53125
    blocks = weight.view(-1, 64) / scales.float()[:, None]
    nearest = (blocks[..., None] - torch.tensor(LEVELS)).abs().amin(-1)
    restored = restore(packed, scales, (32, 128), torch.float32)
    error = (restored.view(-1, 64) / scales.float()[:, None] - blocks).abs()
    torch.testing.assert_close(error, nearest, rtol=0, atol=1e-5)
    # the published error of NF4 on normal numbers is about a tenth of their size
    assert float((restored - weight).norm() / weight.norm()) < 0.1


def test_rows_that_are_too_long_are_counted_and_left_out(native: Path, tmp_path: Path) -> None:
    data = write_facts(tmp_path / "facts.jsonl")
    with data.open("a") as file:
        file.write('{"prompt": "long", "response": "' + "red " * 100 + '"}\n')
    job = small_job(native, data, max_length=60)
    assert job.manifest.examples_left_out == 1
    assert len(job.learned) == 20
    with pytest.raises(UsageError, match="every row is longer than 8 tokens"):
        small_job(native, data, max_length=8)


def test_epochs_are_counted_in_steps(native: Path, tmp_path: Path) -> None:
    data = write_facts(tmp_path / "facts.jsonl")
    settings = TuneSettings(method="lora", epochs=3, batch_tokens=1, accumulation=3)
    job = prepare(f"chatglm2:{native}", data, settings, device="cpu")
    assert job.steps == 3 * 7
    assert [round(learning_rate(settings, step, 21) / settings.rate, 2) for step in (1, 10, 21)] == [0.1, 1.0, 0.1]


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("gguf:qwen", "only ChatGLM2 can be tuned"),
        ("chatglm2:{original}", "is not converted; convert it once"),
        ("chatglm2:{gguf}", "is a GGUF; tune the native weights"),
        ("chatglm2:{tmp}/absent", "holds no config.json"),
    ],
)
def test_only_native_weights_are_tuned(model: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "original").mkdir()
    (tmp_path / "original" / "config.json").write_text('{"model_type": "chatglm"}')
    (tmp_path / "model.gguf").touch()
    data = write_facts(tmp_path / "facts.jsonl")
    named = model.format(original=tmp_path / "original", gguf=tmp_path / "model.gguf", tmp=tmp_path)
    with pytest.raises(UsageError, match=reason):
        prepare(named, data, TuneSettings(method="lora"))
