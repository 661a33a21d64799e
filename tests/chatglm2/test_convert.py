"""Any shape, any layout of the original's files, and what is refused with a reason."""

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from softhouse.errors import SofthouseError, StorageError, UsageError
from softhouse.llm_backends.chatglm2.checkpoint import EMBEDDING, OUTPUT
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.shape import ModelShape
from softhouse.llm_backends.chatglm2.synthetic import TINY, original_weights, sentencepiece_model, write_checkpoint
from softhouse.llm_backends.torch_model import load_model

from . import reference

pytestmark = pytest.mark.torch
IDS = [5, 300, 17, 0, 211, 44, 290, 33, 120, 7, 99, 12]

SHAPES = {
    "one layer": replace(TINY, layers=1),
    "wider than the heads": replace(TINY, hidden=96, head_dim=16, heads=4, kv_heads=1),
    "narrower than the heads": replace(TINY, hidden=48, head_dim=32, heads=4, kv_heads=4),
    "another epsilon": replace(TINY, rms_eps=1e-3),
    "no bias": replace(TINY, qkv_bias=False),
    "tied": replace(TINY, tied=True),
    "no groups: rows head by head": replace(TINY, kv_heads=4, qkv_by_head=True),
}


def native_logits(folder: Path, ids: list[int] = IDS) -> torch.Tensor:
    with torch.no_grad():
        logits = load_model(folder, "cpu")(torch.tensor([ids])).logits[0]
    assert isinstance(logits, torch.Tensor)
    return logits


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_any_shape_computes_the_same(tmp_path: Path, shape: ModelShape) -> None:
    weights = original_weights(shape, seed=3)
    source = write_checkpoint(tmp_path / "original", shape, weights=weights)
    computed = native_logits(convert(source, tmp_path / "native"))
    assert (computed - reference.logits(weights, shape, IDS)).abs().max() <= 1e-5 * computed.abs().max().clamp(min=1)


@pytest.mark.parametrize(("shards", "safetensors"), [(1, False), (5, False), (1, True), (4, True)])
def test_any_layout_of_files_is_read(tmp_path: Path, shards: int, safetensors: bool) -> None:
    weights = original_weights(TINY)
    source = write_checkpoint(tmp_path / "original", weights=weights, shards=shards, safetensors=safetensors)
    native = convert(source, tmp_path / "native")
    assert len(list(native.glob("*.safetensors"))) == shards
    assert torch.equal(native_logits(native), native_logits(convert(write_checkpoint(tmp_path / "o"), tmp_path / "n")))


def test_a_file_from_before_the_zip_format_is_read(tmp_path: Path) -> None:
    source = write_checkpoint(tmp_path / "original")
    torch.save(original_weights(TINY), source / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    assert native_logits(convert(source, tmp_path / "native")).isfinite().all()


def test_precision_and_specials_are_kept(tmp_path: Path) -> None:
    weights = original_weights(TINY, dtype=torch.float16)
    source = write_checkpoint(tmp_path / "original", weights=weights, tokenizer=sentencepiece_model())
    native = convert(source, tmp_path / "native")
    config = json.loads((native / "config.json").read_text())
    assert (config["dtype"], config["eos_token_id"], config["chat_format"]) == ("float16", [2], "chatglm2")
    assert (native / "tokenizer.model").read_bytes() == (source / "tokenizer.model").read_bytes()


def test_an_output_layer_that_differs_is_not_tied(tmp_path: Path) -> None:
    weights = original_weights(replace(TINY, tied=False), seed=1)
    source = write_checkpoint(tmp_path / "original", replace(TINY, tied=True), weights=weights)
    computed = native_logits(convert(source, tmp_path / "native"))
    assert torch.allclose(computed, reference.logits(weights, TINY, IDS), atol=1e-4)


def test_an_output_layer_that_repeats_the_embedding_is_written_once(tmp_path: Path) -> None:
    weights = original_weights(TINY)
    weights[OUTPUT] = weights[EMBEDDING].clone()
    source = write_checkpoint(tmp_path / "original", replace(TINY, tied=True), weights=weights, shards=3)
    native = convert(source, tmp_path / "native")
    assert "lm_head.weight" not in json.loads((native / "model.safetensors.index.json").read_text())["weight_map"]
    assert torch.allclose(native_logits(native), reference.logits(weights, TINY, IDS), atol=1e-4)


@pytest.mark.parametrize(("name", "rope"), [("THUDM/chatglm2-6b-32k", "linear"), ("THUDM/chatglm3-6b-32k", "default")])
def test_the_long_variants_turn_positions_their_own_way(tmp_path: Path, name: str, rope: str) -> None:
    source = write_checkpoint(tmp_path / "original", rope_ratio=4, _name_or_path=name)
    native = convert(source, tmp_path / "native")
    parameters = json.loads((native / "config.json").read_text())["rope_parameters"]
    assert parameters["rope_type"] == rope
    assert parameters["rope_theta"] == (40_000 if rope == "default" else 10_000)
    if rope == "linear":
        expected = reference.logits(original_weights(TINY), TINY, IDS, stretch=4)
        assert torch.allclose(native_logits(native), expected, atol=1e-4)


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    steps = list[tuple[int, int]]()
    convert(write_checkpoint(tmp_path / "o", shards=2), tmp_path / "n", on_progress=lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] == TINY.parameters * 4


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another model": ({"model_type": "llama"}, "model_type is 'llama'"),
    "the first generation": ({"inner_hidden_size": 16384}, "first generation"),
    "quantised by its config": ({"quantization_bit": 4}, "quantised to 4 bits"),
    "a prefix encoder by its config": ({"pre_seq_len": 128}, "prefix encoder"),
    "layer norms": ({"rmsnorm": False}, "rmsnorm is False"),
    "biases": ({"add_bias_linear": True}, "add_bias_linear is True"),
    "no number of layers": ({"num_layers": None}, "config.json"),
    "other sizes than the weights": ({"ffn_hidden_size": 48}, "by config.json it must be"),
    "fewer tokens than the tokenizer": ({"padded_vocab_size": 100}, "not of one release"),
    "more layers than there are": ({"num_layers": 4}, "lacks transformer.encoder.layers.3"),
    "fewer layers than there are": ({"num_layers": 2}, "also holds transformer.encoder.layers.2"),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_chatglm2_is_refused_in_one_line(
    tmp_path: Path, pieces: bytes, changes: dict[str, Any], reason: str
) -> None:
    source = write_checkpoint(tmp_path / "original", tokenizer=pieces, **changes)
    with pytest.raises(UsageError) as refusal:
        convert(source, tmp_path / "native")
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def damaged(folder: Path, damage: str) -> None:
    weights = original_weights(TINY)
    match damage:
        case "no config":
            (folder / "config.json").unlink()
        case "config is no JSON":
            (folder / "config.json").write_text("{")
        case "no weights":
            (folder / "pytorch_model.bin").unlink()
        case "weights cut short":
            data = (folder / "pytorch_model.bin").read_bytes()
            (folder / "pytorch_model.bin").write_bytes(data[: len(data) // 2])
        case "integers":
            quantised = {name: (value * 100).to(torch.int8) for name, value in weights.items()}
            torch.save(quantised, folder / "pytorch_model.bin")
        case "a prefix encoder":
            prefix = {"transformer.prefix_encoder.embedding.weight": torch.zeros(2, 2)}
            torch.save(weights | prefix, folder / "pytorch_model.bin")
        case "a pickle that runs code":
            (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Canary(), protocol=2))
        case "a shard is missing":
            (folder / "pytorch_model.bin").unlink()
            index = {"weight_map": dict.fromkeys(weights, "pytorch_model-00001-of-00002.bin")}
            (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
        case "a tokenizer of another family":
            (folder / "tokenizer.model").write_bytes(b"IQ== 0\nIg== 1\n")


class Canary:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("code of the checkpoint was run",))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("no config", "no config.json"),
        ("config is no JSON", "cannot be read as JSON"),
        ("no weights", "holds no weights"),
        ("weights cut short", "download it again"),
        ("integers", "is quantised"),
        ("a prefix encoder", "prefix encoder"),
        ("a pickle that runs code", "download it again"),
        ("a shard is missing", "pytorch_model-00001-of-00002.bin"),
        ("a tokenizer of another family", "not a SentencePiece model"),
    ],
)
def test_a_damaged_checkpoint_is_refused_in_one_line(tmp_path: Path, damage: str, reason: str) -> None:
    source = write_checkpoint(tmp_path / "original")
    damaged(source, damage)
    with pytest.raises(UsageError) as refusal:
        convert(source, tmp_path / "native")
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_native_weights_are_not_converted_again(tmp_path: Path, native: Path) -> None:
    with pytest.raises(UsageError, match="native already"):
        convert(native, tmp_path)


@pytest.mark.parametrize("to", ["hf", "gguf"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, to: Any) -> None:
    source = write_checkpoint(tmp_path / "original")
    convert(source, tmp_path / "out", to=to)
    with pytest.raises(UsageError, match="exists already"):
        convert(source, tmp_path / "out", to=to)


@pytest.mark.parametrize("to", ["hf", "gguf"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_conversion_leaves_nothing_that_looks_whole(tmp_path: Path, to: Any, interruption: Any) -> None:
    source = write_checkpoint(tmp_path / "original", shards=2)

    def stop(done: int, total: int) -> None:
        if done > 0.8 * total:
            raise interruption

    with pytest.raises(KeyboardInterrupt if interruption is KeyboardInterrupt else StorageError):
        convert(source, tmp_path / "out", to=to, on_progress=stop)
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left <= {"model-00001-of-00002.safetensors"}
    assert convert(source, tmp_path / "again", to=to).exists()


def test_a_disk_that_is_too_small_is_seen_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_checkpoint(tmp_path / "original")
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr("softhouse.llm_backends.chatglm2.convert.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(SofthouseError, match="free but the model needs"):
        convert(source, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
