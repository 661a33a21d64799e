"""A model in training: it learns, it goes on to the last bit, and its numbers are what they are called."""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig

from softhouse.errors import RunError, UsageError
from softhouse.training.architectures import build, load
from softhouse.training.architectures.configuration import Architecture
from softhouse.training.architectures.configuration import Configuration as ModelConfiguration
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.pretraining import Configuration, checkpoint
from softhouse.training.pretraining.checkpoint import Course
from softhouse.training.pretraining.devices import Place, place_for
from softhouse.training.pretraining.finder import HIGHEST, LOWEST, best_rate, try_rates
from softhouse.training.pretraining.loop import Loop, Update, learning_rate
from softhouse.training.pretraining.objectives import NextToken
from softhouse.training.pretraining.optimizers import make_optimizers
from softhouse.training.pretraining.packing import Tokens, pack
from softhouse.training.pretraining.scaling import scaled
from softhouse.training.pretraining.validation import Validation
from softhouse.training.pretraining.windows import Windows
from softhouse.training.progress import Silence
from softhouse.training.runner import Outcome, run_step
from softhouse.training.steps import find_step
from softhouse.training.tokenizer.tokenizer import Tokenizer

pytestmark = pytest.mark.torch
SHAPE = {"layers": 1, "width": 32, "heads": 2, "ffn": 64, "context": 32, "dropout": 0.1}
FEW = {
    "tokens": 256 * 6,
    "batch_tokens": 256,
    "micro_batch_tokens": 128,
    "checkpoint_every": 2,
    "validation_tokens": 256,
    "precision": "fp32",
    "device": "cpu",
}
KILLING = """
import os, signal, sys
from pathlib import Path
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.progress import Silence
from softhouse.training.runner import run_step
from softhouse.training.steps import find_step

class Killer(Silence):
    def update(self, completed, note=""):
        if "loss" in note and completed == 5:
            os.kill(os.getpid(), signal.SIGKILL)

tables = eval(sys.argv[2])
run_step(find_step("pretrain"), TrainingConfiguration("t.toml", tables), Path(sys.argv[1]), Killer())
"""


def do(out: Path, model: dict[str, Any] | None = None, **settings: Any) -> Outcome:
    tables = {"model": SHAPE | (model or {}), "pretrain": FEW | settings}
    return run_step(find_step("pretrain"), TrainingConfiguration("t.toml", tables), out, Silence())


@pytest.fixture
def tokens(learned_vocabulary: Path, vocabulary: Tokenizer, tmp_path: Path) -> Tokens:
    return pack(learned_vocabulary / "data", "train", vocabulary, tmp_path / "tokens", Silence())


def loop_of(tokens: Tokens, vocabulary: Tokenizer, **settings: Any) -> Loop:
    torch.manual_seed(0)
    shape = ModelConfiguration(**(SHAPE | {"dropout": 0.0}))
    windows = Windows(tokens, shape.context, seed=0)
    model = build(shape, vocabulary.size)
    return Loop(model, Configuration(**(FEW | settings)), windows, NextToken(), Place("cpu", torch.float32))


def test_killed_and_gone_on_with_it_is_the_same_to_the_last_bit(out: Path, tmp_path: Path) -> None:
    tables = repr({"model": SHAPE, "pretrain": FEW})
    killed = subprocess.run([sys.executable, "-c", KILLING, str(out), tables], check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    assert not (out / "pretrain" / "manifest.json").exists()
    assert (out / "pretrain" / "state.pt").exists()
    do(out)
    gone_on = {name: (out / "pretrain" / name).read_bytes() for name in ("course.json", "model/model.safetensors")}
    assert do(out, checkpoint_every=6).moved_to is not None  # the same, without a stop
    course = json.loads(gone_on["course.json"])["updates"]
    assert course == json.loads((out / "pretrain" / "course.json").read_bytes())["updates"]
    assert len(course) == 6
    assert gone_on["model/model.safetensors"] == (out / "pretrain" / "model" / "model.safetensors").read_bytes()


def test_what_was_learned_outlives_a_stop_before_the_manifest(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("softhouse.training.runner.hashes", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            do(out)
    monkeypatch.setattr(Loop, "update", lambda *_: pytest.fail("an update was done again"))
    assert do(out).manifest.numbers["updates"] == 6
    assert not (out / "pretrain" / "state.pt").exists()


@pytest.mark.parametrize("architecture", ["decoder", "encoder", "sequence_to_sequence"])
def test_each_architecture_learns(out: Path, architecture: Architecture) -> None:
    shape = {"architecture": architecture, "dropout": 0.0}
    outcome = do(out, shape, tokens=256 * 40, checkpoint_every=40, learning_rate=0.02)
    before, after = json.loads((out / "pretrain" / "course.json").read_bytes())["measurements"]
    assert after["loss"] < before["loss"] - 0.3
    assert (after["bits_per_byte"] is None) == (architecture != "decoder")
    folder = out / "pretrain" / "model"
    assert sum(weight.numel() for weight in load(folder).parameters()) == outcome.manifest.numbers["parameters"]
    assert AutoConfig.from_pretrained(folder).vocab_size == 700
    assert "Course" in outcome.report.read_text(encoding="utf-8")


def test_an_update_is_the_same_however_its_tokens_are_split(tokens: Tokens, vocabulary: Tokenizer) -> None:
    whole, split = (loop_of(tokens, vocabulary, micro_batch_tokens=micro) for micro in (256, 64))
    for number in (1, 2, 3):
        one, other = whole.update(number), split.update(number)
        assert one.loss == pytest.approx(other.loss, rel=1e-5)
        assert one.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-4)


def test_a_long_gradient_is_shortened(tokens: Tokens, vocabulary: Tokenizer) -> None:
    # plain descent, where the way that an update goes is as long as the gradient that is left
    loop = loop_of(tokens, vocabulary, clipping=0.01)
    loop.optimizers = [torch.optim.SGD(loop.model.parameters(), lr=0.0)]
    before = torch.cat([weight.detach().flatten().clone() for weight in loop.model.parameters()])
    update = loop.update(1, rate=1.0)
    after = torch.cat([weight.detach().flatten() for weight in loop.model.parameters()])
    assert update.gradient_norm > 0.1
    assert float((after - before).norm()) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("architecture", ["decoder", "encoder", "sequence_to_sequence"])
@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_each_weight_has_one_optimizer_and_only_matrices_decay(architecture: Architecture, optimizer: str) -> None:
    model = build(ModelConfiguration(architecture=architecture, **SHAPE), 64)
    made = make_optimizers(model, Configuration(weight_decay=0.3, optimizer=optimizer))
    groups = [group for one in made for group in one.param_groups]
    assert sorted(id(weight) for group in groups for weight in group["params"]) == sorted(map(id, model.parameters()))
    for group in groups:
        assert group["weight_decay"] == (0.3 if all(weight.dim() == 2 for weight in group["params"]) else 0.0)
    if optimizer == "muon":
        inner = {
            name for name, weight in model.named_parameters() if any(weight is one for one in groups[-1]["params"])
        }
        assert any(name.endswith("qkv.weight") for name in inner)
        assert not any("embedding" in name or "bias" in name for name in inner)


def test_a_loss_that_is_no_number_stops_the_training(tokens: Tokens, vocabulary: Tokenizer) -> None:
    loop = loop_of(tokens, vocabulary)
    with torch.no_grad():
        next(loop.model.parameters()).fill_(math.nan)
    with pytest.raises(RunError, match="at update 1; lower"):
        loop.update(1)


def test_a_validation_loss_that_is_no_number_stops_the_training_before_it_is_kept(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Loop.update

    def bursting(loop: Loop, number: int, rate: float | None = None) -> Update:
        done = before(loop, number, rate)
        if number == 4:
            with torch.no_grad():
                next(loop.model.parameters()).fill_(math.nan)
        return done

    monkeypatch.setattr(Loop, "update", bursting)
    with pytest.raises(RunError, match="the validation loss is nan after update 4; lower"):
        do(out)
    monkeypatch.undo()
    assert do(out).manifest.numbers["updates"] == 6


def make_infinite(loop: Loop) -> None:
    """One of its gradients, from now on."""
    weight = next(loop.model.parameters())
    weight.register_hook(lambda gradient: torch.full_like(gradient, math.inf))  # type: ignore[no-untyped-call]


def test_a_gradient_that_is_no_number_stops_the_training(tokens: Tokens, vocabulary: Tokenizer) -> None:
    loop = loop_of(tokens, vocabulary)
    make_infinite(loop)
    with pytest.raises(RunError, match="the gradient is inf at update 1; lower"):
        loop.update(1)


def test_an_update_that_was_scaled_too_far_is_left_out_and_remembered(
    tokens: Tokens, vocabulary: Tokenizer, tmp_path: Path
) -> None:
    loop = loop_of(tokens, vocabulary)
    before = {name: weight.clone() for name, weight in loop.model.state_dict().items()}
    loop.scaler = torch.amp.GradScaler("cpu")
    make_infinite(loop)  # in a weight that one of the two optimizers has
    course = Course(learning_rate=0.1, updates=(loop.update(1),))
    assert course.updates[0].gradient_norm == math.inf
    assert all(torch.equal(weight, before[name]) for name, weight in loop.model.state_dict().items())

    checkpoint.save(loop, course, tmp_path)
    assert checkpoint.restore(loop, tmp_path) == course


def test_the_rate_rises_then_falls() -> None:
    settings = Configuration(warmup=0.1, final_share=0.05)
    rates = [learning_rate(settings, 2.0, number, 100) for number in range(1, 101)]
    assert rates[:10] == sorted(rates[:10])
    assert rates[9] == 2.0
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] == pytest.approx(0.1)


def test_bits_per_byte_of_a_model_that_knows_nothing(tokens: Tokens, vocabulary: Tokenizer) -> None:
    loop = loop_of(tokens, vocabulary)
    with torch.no_grad():
        for weight in loop.model.parameters():
            weight.zero_()  # every token is as likely
    found = Validation(tokens, vocabulary, NextToken(), length=32, limit=320).measure(loop.model, loop.place)
    text = vocabulary.decode_bytes(tokens[1:321].tolist())
    assert found.loss == pytest.approx(math.log(vocabulary.size), rel=1e-5)
    assert found.bits_per_byte == pytest.approx(320 * math.log2(vocabulary.size) / len(text), rel=1e-5)
    assert found.perplexity == pytest.approx(vocabulary.size, rel=1e-4)


class Foretold(Loop):
    """Its loss by its rate is known beforehand."""

    def __init__(self, loss_at: Callable[[float], float]) -> None:
        self._loss_at = loss_at

    def update(self, number: int, rate: float | None = None) -> Update:
        assert rate is not None
        if math.isnan(loss := self._loss_at(rate)):
            raise RunError("it is no number")
        return Update(number=number, loss=loss, learning_rate=rate, gradient_norm=1.0)


def test_the_search_for_a_rate_tries_rising_ones(tokens: Tokens, vocabulary: Tokenizer) -> None:
    seen: list[int] = []
    rates = [rate for rate, _ in try_rates(loop_of(tokens, vocabulary), 20, seen.append)]
    assert rates == sorted(rates)
    assert [rates[0], rates[-1]] == pytest.approx([LOWEST, HIGHEST])
    assert seen == list(range(1, 21))


@pytest.mark.parametrize("burst", [30.0, math.nan])
def test_the_search_for_a_rate_ends_where_the_loss_bursts(burst: float) -> None:
    trials = try_rates(Foretold(lambda rate: 9 - 1000 * rate if rate < 6e-3 else burst), 100, lambda _: None)
    assert trials[-1][0] == pytest.approx(6e-3, rel=0.1)
    assert best_rate(trials) == pytest.approx(2e-3, rel=0.1)


def test_where_no_rate_has_a_loss_none_is_chosen() -> None:
    with pytest.raises(RunError, match="at a learning rate of 1e-05 the loss is no number"):
        best_rate(try_rates(Foretold(lambda _: math.nan), 100, lambda _: None))
    assert best_rate([(0.3, math.inf), (0.03, 7.0), (0.9, math.nan)]) == 0.01


def test_a_rate_that_was_found_is_used_and_shown(out: Path) -> None:
    outcome = do(out, learning_rate="find", find_updates=20)
    found = json.loads((out / "pretrain" / "learning_rates.json").read_bytes())["chosen"]
    assert outcome.manifest.numbers["learning rate"] == found
    assert "Loss at rising learning rates" in outcome.report.read_text(encoding="utf-8")


def test_the_sweep_goes_on_with_the_sizes_that_are_missing(out: Path) -> None:
    do(out, scaling_sizes=[0.5, 1.0], scaling_tokens=512)
    sizes = json.loads((out / "pretrain" / "sizes.json").read_bytes())["trials"]
    assert sizes[0]["parameters"] < sizes[1]["parameters"]
    (out / "pretrain" / "manifest.json").unlink()  # as if it had been killed after the first size
    marked = {"trials": [sizes[0] | {"loss": 9.0}]}
    (out / "pretrain" / "sizes.json").write_text(json.dumps(marked))
    outcome = do(out, scaling_sizes=[0.5, 1.0], scaling_tokens=512)
    again = json.loads((out / "pretrain" / "sizes.json").read_bytes())["trials"]
    assert [one["loss"] for one in again] == [9.0, sizes[1]["loss"]]
    assert "Loss by size" in outcome.report.read_text(encoding="utf-8")


def test_so_many_minutes_are_planned_once(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10_000, 8))  # four updates in eight seconds
    monkeypatch.setattr("softhouse.training.pretraining.job.perf_counter", lambda: next(seconds))
    do(out, tokens=256 * 500, minutes=0.3)
    assert json.loads((out / "pretrain" / "plan.json").read_bytes()) == {"updates": 4}  # of nine, five were measured
    (out / "pretrain" / "manifest.json").unlink()
    (out / "pretrain" / "plan.json").write_text('{"updates": 3}')
    assert do(out, tokens=256 * 500, minutes=0.3).manifest.numbers["updates"] == 3


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 1.0])
def test_a_scaled_model_is_one_that_can_be_built(share: float) -> None:
    for shape in (
        ModelConfiguration(layers=6, width=192, heads=6, kv_heads=2, ffn=512),
        ModelConfiguration(architecture="encoder", layers=33, width=576, heads=9, ffn=1536),
    ):
        smaller = ModelConfiguration.model_validate(scaled(shape, share).model_dump())
        assert smaller.head_width == shape.head_width
        assert (smaller == shape) == (share == 1.0)


def test_what_a_device_cannot_do_is_told() -> None:
    with pytest.raises(UsageError, match=r'"fp16" is for cards'):
        place_for(Configuration(device="cpu", precision="fp16"))
    if not torch.cuda.is_available():
        with pytest.raises(UsageError, match='say device = "auto"'):
            place_for(Configuration(device="cuda"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_tokens": 1000, "micro_batch_tokens": 300}, "multiple of micro_batch_tokens"),
        ({"learning_rate": 3.0}, "between 0 and 1"),
        ({"scaling_sizes": [0.5]}, "at least two"),
        ({"scaling_sizes": [0.5, 1.0, 0.5]}, "must differ"),
        ({"scaling_sizes": [0.99, 1.0]}, "scaling_sizes 0.99 and 1 both make 1 layers of width 32"),
        ({"precison": "fp32"}, "did you mean precision?"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(out: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        do(out, **settings)
