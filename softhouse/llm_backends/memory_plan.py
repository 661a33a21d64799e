"""What of a model fits where, computed from its shape: weights, keys and values, and what the engines need beside.

Sizes of weights and of keys and values are exact. What stands beside them was measured on the engines
(`benchmarks/chatglm2_memory.py` compares plan and peak): beside a card, llama.cpp copies the four- and six-bit matrices
of the layers that stay on the CPU into another order (without one, the house tells it not to); transformers holds the
stored weights beside the converted ones while it loads.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from softhouse.llm_backends.chatglm2.gguf_file import Quant, tensor_type, type_bytes

if TYPE_CHECKING:
    from softhouse.llm_backends.chatglm2.shape import ModelShape

MIB, GIB = 2**20, 2**30
QUANTS: tuple[Quant, ...] = ("f16", "q8_0", "q4_k_m", "q4_0")
_BEST_ON_CARDS = (*QUANTS, "float16")
_BEST_ON_CPU = ("q4_k_m", "q4_0", "q8_0", "f16", "bfloat16", "float32")
_LLAMA_PROCESS, _TORCH_PROCESS = 48 * MIB, 460 * MIB
# the driver's context and llama.cpp's buffers on a card; a desktop takes its part too
_CARD_OVERHEAD = 700 * MIB
_BATCH = 256
_REORDERED = ("Q4_0", "Q4_K", "Q6_K")


@dataclass(frozen=True)
class Need:
    """Bytes that one engine takes in one place."""

    weights: int = 0
    kv: int = 0
    overhead: int = 0

    @property
    def total(self) -> int:
        return self.weights + self.kv + self.overhead


@dataclass(frozen=True)
class Option:
    """One way to run the model."""

    engine: str
    precision: str
    card_layers: tuple[int, ...]
    """Layers on each card."""
    cards: tuple[Need, ...]
    memory: Need
    fits: bool
    command: str

    @property
    def whole_on_cards(self) -> bool:
        return bool(self.cards) and self.memory.kv == 0


def physical_memory() -> int | None:
    """Bytes of this machine's memory; None where the system doesn't say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


@dataclass(frozen=True)
class _Sizes:
    """Bytes of a quantised model's parts."""

    embedding: int
    output: int
    layers: tuple[int, ...]
    reordered: tuple[int, ...]


def _sizes(shape: "ModelShape", quant: Quant) -> _Sizes:
    ends = (shape.vocab, shape.hidden)
    names = {
        "query_key_value": "attn_qkv",
        "dense": "attn_output",
        "dense_h_to_4h": "ffn_up",
        "dense_4h_to_h": "ffn_down",
    }
    small = 4 * (2 * shape.hidden + (shape.query_width + 2 * shape.kv_width if shape.qkv_bias else 0))
    layers, reordered = [], []
    for layer in range(shape.layers):
        kinds = {
            part: (tensor_type(f"blk.{layer}.{names[part]}.weight", size, quant, shape.layers), size)
            for part, size in shape.layer_matrices.items()
        }
        layers.append(small + sum(type_bytes(kind, size) for kind, size in kinds.values()))
        reordered.append(sum(type_bytes(kind, size) for kind, size in kinds.values() if kind in _REORDERED))
    embedding = type_bytes(tensor_type("token_embd.weight", ends, quant, shape.layers), ends)
    # a tied output layer is the embedding once more, on the card a second copy
    output = embedding if shape.tied else type_bytes(tensor_type("output.weight", ends, quant, shape.layers), ends)
    return _Sizes(embedding, output, tuple(layers), tuple(reordered))


def llama_cpp_on_cpu(shape: "ModelShape", quant: Quant, context: int, slots: int = 1) -> Need:
    """Peak resident memory of llama.cpp with `slots` contexts of so many tokens, no card.

    >>> from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
    >>> round(llama_cpp_on_cpu(CHATGLM2_6B, "q8_0", 8192).total / GIB, 1)
    6.5
    """
    sizes = _sizes(shape, quant)
    weights = sizes.embedding + sum(sizes.layers) + (0 if shape.tied else sizes.output)
    return Need(
        weights=weights,
        kv=shape.kv_bytes_per_token() * _padded(context) * slots,
        overhead=_LLAMA_PROCESS + _buffers(shape),
    )


def transformers_on_cpu(shape: "ModelShape", stored_bytes: int, computed_bytes: int, context: int) -> Need:
    """Peak resident memory of transformers: while loading, or at the end of a full context, whichever is more.

    `stored_bytes` and `computed_bytes` are those of one number on disk and in the model (2 or 4).
    """
    weights = shape.parameters * computed_bytes
    loading = shape.parameters * stored_bytes if stored_bytes != computed_bytes else 0
    kv = shape.kv_bytes_per_token(computed_bytes) * context
    activations = context * (2 * shape.ffn + 4 * shape.hidden) * computed_bytes
    return Need(weights=weights, kv=kv, overhead=_TORCH_PROCESS + max(loading - kv, activations))


def plan(
    shape: "ModelShape", *, vram_gb: float, ram_gb: float, context: int, cards: int = 1, path: str = "PATH"
) -> list[Option]:
    """Every way to run the model with `cards` cards of `vram_gb` GiB each and `ram_gb` GiB of memory, the best first.

    Best is: it fits, and whole on the cards in the best precision; where the CPU computes, the fewest bytes to read for
    each token go first. `path` is put into the commands.

    >>> from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
    >>> best = plan(CHATGLM2_6B, vram_gb=8, ram_gb=32, context=8192)[0]
    >>> best.engine, best.precision, best.card_layers
    ('llama.cpp', 'q8_0', (28,))
    """
    options = list(_options(shape, vram_gb * GIB, ram_gb * GIB, context, cards if vram_gb > 0 else 0, path))

    def worth(option: Option) -> tuple[bool, bool, int, int]:
        ranks = _BEST_ON_CARDS if option.whole_on_cards else _BEST_ON_CPU
        return not option.fits, not option.whole_on_cards, ranks.index(option.precision), -sum(option.card_layers)

    return sorted(options, key=worth)


def _options(shape: "ModelShape", vram: float, ram: float, context: int, cards: int, path: str) -> Iterator[Option]:
    for quant in QUANTS:
        command = f"softhouse models convert {path} --to gguf --quant {quant} --out {path}-{quant}"
        talk = f"{command} && softhouse chat --model chatglm2:{path}-{quant}"
        memory = llama_cpp_on_cpu(shape, quant, context)
        if cards:
            layers, needs, memory = _on_cards(shape, quant, context, vram, cards)
            if sum(layers):
                yield Option("llama.cpp", quant, layers, needs, memory, memory.total <= ram, talk)
            memory = llama_cpp_on_cpu(shape, quant, context)
        yield Option("llama.cpp", quant, (), (), memory, memory.total <= ram, talk)
    talk = f"softhouse models convert {path} --out {path}-native && softhouse chat --model chatglm2:{path}-native"
    if cards:
        card = transformers_on_cpu(shape, 2, 2, context)
        need = Need(card.weights, card.kv, card.overhead - _TORCH_PROCESS + _CARD_OVERHEAD)
        memory = Need(overhead=_TORCH_PROCESS + 512 * MIB)
        fits = need.total <= vram and memory.total <= ram
        yield Option("transformers", "float16", (shape.layers,), (need,), memory, fits, talk)
    for precision, computed in (("float32", 4), ("bfloat16", 2)):
        memory = transformers_on_cpu(shape, 2, computed, context)
        if precision == "bfloat16":
            # the stored half precision is converted, number by number
            memory = Need(memory.weights, memory.kv, _TORCH_PROCESS + shape.parameters * 2)
        yield Option("transformers", precision, (), (), memory, memory.total <= ram, talk)


def _on_cards(
    shape: "ModelShape", quant: Quant, context: int, vram: float, cards: int
) -> tuple[tuple[int, ...], tuple[Need, ...], Need]:
    """Layers for each card (llama.cpp splits by layers; the last card has the output), and what is left to memory."""
    sizes = _sizes(shape, quant)
    kv_layer = shape.kv_bytes_per_token() // shape.layers * _padded(context)
    overhead = _CARD_OVERHEAD + _buffers(shape)
    share = -(-shape.layers // cards)
    layers, needs, begin = list[int](), list[Need](), 0
    for card in range(cards):
        last = card == cards - 1
        room = vram - overhead - (sizes.output if last else 0)
        count, weights = 0, 0
        while (
            count < share
            and begin + count < shape.layers
            and weights + sizes.layers[begin + count] + (count + 1) * kv_layer <= room
        ):
            weights += sizes.layers[begin + count]
            count += 1
        if count or layers:
            needs.append(Need(weights + (sizes.output if last else 0), count * kv_layer, overhead))
            layers.append(count)
        begin += count
    left = shape.layers - sum(layers)
    memory = Need(
        weights=sizes.embedding + sum(sizes.layers[begin:]) + sum(sizes.reordered[begin:]),
        kv=left * kv_layer,
        overhead=_LLAMA_PROCESS + (_buffers(shape) if left else 0),
    )
    return tuple(layers), tuple(needs), memory


def _buffers(shape: "ModelShape") -> int:
    """What one batch of a prompt is computed in."""
    return _BATCH * (2 * shape.ffn + 4 * shape.hidden) * 4


def _padded(context: int) -> int:
    return -(-context // 256) * 256
