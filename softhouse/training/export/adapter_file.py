"""What LoRA learned of a model as a GGUF of its own, which llama.cpp adds to the model's while it runs.

The keys are those of llama.cpp's own `convert_lora_to_gguf.py`: `adapter.type`, `adapter.lora.alpha`, and of each
weight the two narrow matrices as `NAME.lora_a` and `NAME.lora_b`.
"""

import json
import re
from pathlib import Path
from typing import Any

from softhouse.errors import UsageError
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.export.gguf_file import gguf_name

BLOCK = 32
"""Numbers that Q5_1 quantises together: the least width of the matrices."""
ROWS_AS_THEY_ARE = ("qwen2", "qwen3")
"""Architectures whose rows llama.cpp does not put into another order."""
_TENSOR = re.compile(r"base_model\.model\.(.+)\.lora_([AB])\.weight")


def write_adapter(folder: Path, path: Path, architecture: str) -> None:
    """Write the adapter that peft saved in `folder` to `path`, for a GGUF of `architecture`.

    The matrices become Q5_1 and, with zeros, 32 wide: of the kinds that llama.cpp reads it is one with the same kernel
    for one token and for several, so that a text depends on its request alone (see `llm_backends/llama_server.py`).

    Raises `UsageError` for an architecture whose rows have another order, and for a folder that holds no adapter.

    >>> write_adapter(Path("taught"), Path("taught.gguf"), "qwen2")  # doctest: +SKIP
    """
    import gguf

    if architecture not in ROWS_AS_THEY_ARE:
        raise UsageError(f"an adapter for {architecture} can't be written; merge it into the model instead")
    narrow, alpha = _read(folder)
    rank = -(-narrow[min(narrow)].shape[0] // BLOCK) * BLOCK
    with whole_file(path) as partial:
        writer = gguf.GGUFWriter(partial, architecture)
        writer.add_type("adapter")
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha * rank)
        kind = gguf.GGMLQuantizationType.Q5_1
        for name, matrix in sorted(narrow.items()):
            writer.add_tensor(name, gguf.quants.quantize(_widened(matrix, name, rank), kind), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def _read(folder: Path) -> tuple[dict[str, Any], float]:
    """The matrices by llama.cpp's names, and what a product of two weighs."""
    from safetensors.torch import load_file

    try:
        settings = json.loads((folder / "adapter_config.json").read_bytes())
        tensors = load_file(folder / "adapter_model.safetensors")
        found = {match: tensor for name, tensor in tensors.items() if (match := _TENSOR.fullmatch(name))}
        narrow = {
            f"{gguf_name(f'{match[1]}.weight')}.lora_{match[2].lower()}": tensor.float().numpy()
            for match, tensor in found.items()
        }
        if not narrow or len(narrow) != len(tensors):
            raise KeyError("lora_A")
        return narrow, settings["lora_alpha"] / settings["r"]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{folder} holds no LoRA adapter of peft's that llama.cpp could read ({error!r})") from None


def _widened(matrix: Any, name: str, rank: int) -> Any:
    """`matrix` with zeros up to the rank: rows of `lora_a` (rank, inputs), columns of `lora_b` (outputs, rank)."""
    import numpy as np

    rows, columns = matrix.shape
    missing = ((0, rank - rows), (0, 0)) if name.endswith("a") else ((0, 0), (0, rank - columns))
    return np.pad(matrix, missing).astype(np.float32)
