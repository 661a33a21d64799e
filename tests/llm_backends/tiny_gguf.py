"""A real GGUF model of 24,000 random weights: it writes nonsense, at once, on every machine.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from array import array
from collections.abc import Mapping
from math import prod
from pathlib import Path
from random import Random

WIDTH, HEADS, ALIGNMENT = 32, 2, 32
PRINTABLE = range(0x20, 0x7F)
SPECIAL = ("<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
Value = bool | str | int | float | list[str] | list[int]


def write_tiny_gguf(path: Path, *, context_length: int = 512, omit: str = "") -> Path:
    """Write the model; `omit` names a tensor to leave out, which makes it a file that can't be loaded."""
    tokens = [_character_of(byte) for byte in range(256)] + ["aa", *SPECIAL]
    metadata: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "Tiny",
        "llama.context_length": context_length,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
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
        name: (shape, array("f", [random.gauss(0, 0.3) for _ in range(prod(shape))]))
        for name, shape in _shapes(len(tokens)).items()
        if name != omit
    }
    if "output.weight" in tensors:
        _only_printable(tensors["output.weight"][1], len(tokens))
    path.write_bytes(_file(metadata, tensors))
    return path


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    square = (WIDTH, WIDTH)
    matrices = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    return {
        "token_embd.weight": (WIDTH, vocabulary),
        "output_norm.weight": (WIDTH,),
        "output.weight": (WIDTH, vocabulary),
        "blk.0.attn_norm.weight": (WIDTH,),
        "blk.0.ffn_norm.weight": (WIDTH,),
        **{f"blk.0.{matrix}.weight": square for matrix in matrices},
    }


def _only_printable(output: "array[float]", vocabulary: int) -> None:
    """Without weights a token's logit is 0, and a printable one's is nearly always above."""
    for token in range(vocabulary):
        if token not in PRINTABLE:
            output[token * WIDTH : (token + 1) * WIDTH] = array("f", [0.0] * WIDTH)


def _character_of(byte: int) -> str:
    """How GPT-2's vocabularies write a byte: as itself where that can be printed, else shifted beyond 255."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    if byte in printable:
        return chr(byte)
    return chr(256 + sum(other not in printable for other in range(byte)))


def _file(metadata: Mapping[str, Value], tensors: Mapping[str, tuple[tuple[int, ...], "array[float]"]]) -> bytes:
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    header += b"".join(_string(key) + _value(value) for key, value in metadata.items())
    body = b""
    for name, (shape, data) in tensors.items():
        header += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(body))
        body += _padded(data.tobytes())
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
