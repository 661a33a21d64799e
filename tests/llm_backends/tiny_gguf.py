"""A real GGUF model of two million random weights: it writes nonsense, at once, on every machine.

Formats: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, and for the blocks of 256 quantized weights
`block_q4_K` in https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from random import Random

WIDTH, HEADS, ALIGNMENT = 256, 4, 32
LAYERS, SCALE = 4, 0.001
F32, Q5_1, Q4_K = 0, 7, 12
RANK = 32
MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
PRINTABLE = range(0x20, 0x7F)
SPECIAL = ("<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
Tensor = tuple[tuple[int, ...], int, bytes]
"""Its shape (the row's length first), its kind, its data."""
Value = bool | str | int | float | list[str] | list[int]


def write_tiny_gguf(path: Path, *, context_length: int = 512, omit: str = "") -> Path:
    """Write the model; `omit` names a tensor to leave out, which makes it a file that can't be loaded."""
    tokens = [_character_of(byte) for byte in range(256)] + ["aa", *SPECIAL]
    metadata: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "Tiny",
        "llama.context_length": context_length,
        "llama.embedding_length": WIDTH,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": WIDTH,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [1] * 257 + [3] * len(SPECIAL),
        "tokenizer.ggml.merges": ["a a"],
        "tokenizer.ggml.eos_token_id": tokens.index("<|end|>"),
        "tokenizer.ggml.bos_token_id": tokens.index("<|end|>"),
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": TEMPLATE,
    }
    random = Random(5)
    tensors = {
        name: _weights(random, shape, PRINTABLE if name == "output.weight" else range(len(tokens)))
        for name, shape in _shapes(len(tokens)).items()
    }
    tensors.pop(omit, None)
    path.write_bytes(_file(metadata, tensors))
    return path


def write_tiny_adapter(path: Path, *, omit: str = "") -> Path:
    """Write a LoRA adapter for it, strong enough to change what it says; `omit` names a tensor to leave out.

    Of a kind for which llama.cpp has one kernel, whatever the number of tokens, and which needs rows of 32.
    """
    metadata: dict[str, Value] = {
        "general.architecture": "llama",
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": float(RANK),
    }
    random = Random(6)
    tensors: dict[str, Tensor] = {}
    for weight in (f"blk.{layer}.{name}.weight" for layer in range(LAYERS) for name in MATRICES):
        for side, shape in (("a", (WIDTH, RANK)), ("b", (RANK, WIDTH))):
            blocks = (struct.pack("<ee", 0.003, -0.0465) + random.randbytes(20) for _ in range(RANK * WIDTH // 32))
            tensors[f"{weight}.lora_{side}"] = shape, Q5_1, b"".join(blocks)
    tensors.pop(omit, None)
    path.write_bytes(_file(metadata, tensors))
    return path


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (WIDTH, vocabulary),
        "output.weight": (WIDTH, vocabulary),
        "output_norm.weight": (WIDTH,),
    }
    for layer in range(LAYERS):
        shapes |= {f"blk.{layer}.{name}_norm.weight": (WIDTH,) for name in ("attn", "ffn")}
        shapes |= {f"blk.{layer}.{name}.weight": (WIDTH, WIDTH) for name in MATRICES}
    return shapes


def _weights(random: Random, shape: tuple[int, ...], visible: range) -> Tensor:
    """A vector of ones; or rows of 256 weights in a block each: a scale, an offset, then the bits.

    The rows outside `visible` are zeros: the logits of such tokens are 0, and a printable one's is nearly always above.
    """
    if len(shape) == 1:
        return shape, F32, struct.pack("<f", 1.0) * WIDTH
    scales = (SCALE if row in visible else 0.0 for row in range(shape[1]))
    return shape, Q4_K, b"".join(struct.pack("<ee", scale, 7.5 * scale) + random.randbytes(140) for scale in scales)


def _character_of(byte: int) -> str:
    """How GPT-2's vocabularies write a byte: as itself where that can be printed, else shifted beyond 255."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    if byte in printable:
        return chr(byte)
    return chr(256 + sum(other not in printable for other in range(byte)))


def _file(metadata: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> bytes:
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    header += b"".join(_string(key) + _value(value) for key, value in metadata.items())
    body = b""
    for name, (shape, kind, data) in tensors.items():
        header += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(body))
        body += _padded(data)
    return _padded(header) + body


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % ALIGNMENT)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    match value:
        case str():
            return struct.pack("<I", 8) + _string(value)
        case bool():
            return struct.pack("<I?", 7, value)
        case float():
            return struct.pack("<If", 6, value)
        case int():
            return struct.pack("<II", 4, value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_string(str(item)) for item in value)
    return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
