"""Back from native weights to ChatGLM2's original layout, which `softhouse models convert` makes a GGUF of."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.checkpoint import expected_tensors
from softhouse.llm_backends.chatglm2.native import native_names
from softhouse.llm_backends.chatglm2.shape import ModelShape, native_shape
from softhouse.llm_backends.chatglm2.synthetic import original_config

if TYPE_CHECKING:
    from torch import Tensor


def original_tensors(shape: ModelShape, native: "dict[str, Tensor]", source: Path) -> "dict[str, Tensor]":
    """The tensors of one file under their original names; queries, keys and values are one matrix there.

    Raises `UsageError` where a matrix lies in two files: what this house writes never does.
    """
    import torch

    tensors, left = dict[str, "Tensor"](), set(native)
    for name in expected_tensors(shape):
        parts = native_names(name)
        if all(part in native for part in parts):
            tensors[name] = torch.cat([native[part] for part in parts]) if len(parts) > 1 else native[parts[0]]
            left -= set(parts)
    if left:
        raise UsageError(f"{source} holds {min(left)} without what belongs to it; merge it to the native layout")
    return tensors


def original_of(config: dict[str, Any]) -> tuple[ModelShape, dict[str, Any]]:
    """The shape and the original `config.json` of a native one that this house wrote."""
    rope = config.get("rope_parameters") or {}
    chatglm3 = config.get("chat_format") == "chatglm3"
    eos = config["eos_token_id"]
    shape = replace(native_shape(config), chat_format="chatglm3" if chatglm3 else "chatglm2")
    changes = {
        # the long variants: the second generation stretches positions, the third raises the base
        "rope_ratio": rope.get("rope_theta", 10_000.0) / 10_000.0 if chatglm3 else rope.get("factor", 1),
        "eos_token_id": eos[0] if isinstance(eos, list) else eos,
        "torch_dtype": config.get("dtype") or config.get("torch_dtype"),
        # by its name alone the third generation is told from the second
        "_name_or_path": "chatglm3-6b" if chatglm3 else "chatglm2-6b",
    }
    return shape, original_config(shape, **changes)
