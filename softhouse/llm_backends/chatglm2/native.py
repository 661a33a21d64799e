"""Native safetensors for transformers' `GlmForCausalLM`, written tensor by tensor.

The format (https://github.com/huggingface/safetensors#format): the length of a JSON header in 8 bytes, the header with
each tensor's type, shape and place, then the bytes. Sizes are known from the model's shape, so the header goes first
and no shard is ever held in memory.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from softhouse.llm_backends.chatglm2.checkpoint import EMBEDDING, FINAL_NORM, OUTPUT, Checkpoint, expected_tensors
from softhouse.llm_backends.chatglm2.shape import ModelShape

if TYPE_CHECKING:
    from torch import Tensor, dtype

_ENDS = {EMBEDDING: "model.embed_tokens.weight", FINAL_NORM: "model.norm.weight", OUTPUT: "lm_head.weight"}
_PARTS = {
    "input_layernorm": "input_layernorm",
    "post_attention_layernorm": "post_attention_layernorm",
    "self_attention.dense": "self_attn.o_proj",
    "mlp.dense_h_to_4h": "mlp.gate_up_proj",
    "mlp.dense_4h_to_h": "mlp.down_proj",
}
QKV = "self_attention.query_key_value"


def native_names(name: str) -> list[str]:
    """What the original's tensor `name` is called natively; queries, keys and values are three tensors there.

    >>> native_names("transformer.encoder.layers.2.self_attention.query_key_value.bias")[1]
    'model.layers.2.self_attn.k_proj.bias'
    """
    if name in _ENDS:
        return [_ENDS[name]]
    layer, _, rest = name.removeprefix("transformer.encoder.layers.").partition(".")
    part, _, kind = rest.rpartition(".")
    parts = [f"self_attn.{which}_proj" for which in "qkv"] if part == QKV else [_PARTS[part]]
    return [f"model.layers.{layer}.{part}.{kind}" for part in parts]


def split_qkv(tensor: "Tensor", shape: ModelShape) -> list["Tensor"]:
    """Queries, keys and values from the rows of `query_key_value` (weight or bias)."""
    if shape.qkv_by_head:
        by_head = tensor.reshape(shape.heads, 3, shape.head_dim, *tensor.shape[1:])
        return [by_head[:, which].reshape(shape.query_width, *tensor.shape[1:]) for which in range(3)]
    keys, values = shape.query_width, shape.query_width + shape.kv_width
    return [tensor[:keys], tensor[keys:values], tensor[values:]]


def native_tensors(name: str, tensor: "Tensor", shape: ModelShape) -> Iterator[tuple[str, "Tensor"]]:
    """`tensor` under its native name or names."""
    tensors = split_qkv(tensor, shape) if QKV in name else [tensor]
    yield from zip(native_names(name), tensors, strict=True)


def _native_sizes(name: str, size: tuple[int, ...], shape: ModelShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    rows = [shape.query_width, shape.kv_width, shape.kv_width] if QKV in name else [size[0]]
    for native, height in zip(native_names(name), rows, strict=True):
        yield native, (height, *size[1:])


class NativeFile:
    """One safetensors file being written: the header first, then the tensors in the order of `sizes`."""

    def __init__(self, file: BinaryIO, sizes: dict[str, tuple[int, ...]], dtype: "dtype") -> None:
        self._file, self._dtype, self.due = file, dtype, list(sizes)
        header, offset = dict[str, object](__metadata__={"format": "pt"}), 0
        for name, size in sizes.items():
            length = _count(size) * dtype.itemsize
            header[name] = {"dtype": safetensors_type(dtype), "shape": size, "data_offsets": [offset, offset + length]}
            offset += length
        text = json.dumps(header).encode()
        # readers map the data: it must begin at a multiple of eight
        text += b" " * (-len(text) % 8)
        file.write(len(text).to_bytes(8, "little") + text)

    def write(self, name: str, tensor: "Tensor") -> None:
        import torch

        if name != self.due.pop(0):
            raise AssertionError(f"{name} is not next")
        tensor = tensor.detach().to(self._dtype).contiguous()
        tensor.view(torch.uint8).numpy().tofile(self._file)


def shard_sizes(checkpoint: Checkpoint, shape: ModelShape) -> list[dict[str, tuple[int, ...]]]:
    """For each shard of the original, the native names and sizes that come from it."""
    expected = expected_tensors(shape)
    return [
        dict(pair for name in names if name in expected for pair in _native_sizes(name, expected[name], shape))
        for names in checkpoint.shards.values()
    ]


def safetensors_type(dtype: "dtype") -> str:
    import torch

    return {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64"}[dtype]


def _count(size: tuple[int, ...]) -> int:
    count = 1
    for extent in size:
        count *= extent
    return count
