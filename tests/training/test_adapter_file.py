"""What LoRA learned as a GGUF: the same change of the weights, as far as five bits say it."""

import json
from pathlib import Path

import pytest

from softhouse.errors import UsageError
from softhouse.training.export.adapter_file import write_adapter

pytestmark = pytest.mark.torch
WEIGHT = "model.layers.0.mlp.down_proj"


def learned(folder: Path, *, names: tuple[str, ...] = (WEIGHT,)) -> Path:
    """What peft saves of matrices of 64 inputs and 96 outputs, of rank 8."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    folder.mkdir()
    shapes = {"A": (8, 64), "B": (96, 8)}
    tensors = {
        f"base_model.model.{name}.lora_{side}.weight": torch.randn(shape)
        for name in names
        for side, shape in shapes.items()
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"r": 8, "lora_alpha": 16}), encoding="utf-8")
    return folder


def test_the_change_of_a_weight_is_what_was_learned(tmp_path: Path) -> None:
    import gguf
    import numpy as np
    from safetensors.numpy import load_file

    write_adapter(learned(tmp_path / "peft"), tmp_path / "adapter.gguf", "qwen2")

    reader = gguf.GGUFReader(tmp_path / "adapter.gguf")
    read = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    alpha = float(reader.fields["adapter.lora.alpha"].contents())
    a, b = read["blk.0.ffn_down.weight.lora_a"], read["blk.0.ffn_down.weight.lora_b"]
    kept = load_file(tmp_path / "peft" / "adapter_model.safetensors")
    wanted = 2 * kept[f"base_model.model.{WEIGHT}.lora_B.weight"] @ kept[f"base_model.model.{WEIGHT}.lora_A.weight"]
    change = alpha / a.shape[0] * b @ a
    assert a.shape == (32, 64)
    assert change.shape == wanted.shape == (96, 64)
    assert np.linalg.norm(change - wanted) < 0.1 * np.linalg.norm(wanted)
    assert {t.tensor_type for t in reader.tensors} == {gguf.GGMLQuantizationType.Q5_1}


def test_what_llama_cpp_could_not_add_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="merge it into the model"):
        write_adapter(learned(tmp_path / "peft"), tmp_path / "adapter.gguf", "llama")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no LoRA adapter"):
        write_adapter(tmp_path / "empty", tmp_path / "adapter.gguf", "qwen2")
    with pytest.raises(UsageError, match="holds no LoRA adapter"):
        write_adapter(learned(tmp_path / "odd", names=("model.norm.odd",)), tmp_path / "adapter.gguf", "qwen2")
    assert not (tmp_path / "adapter.gguf").exists()
