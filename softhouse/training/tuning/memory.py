"""What a tuning takes, computed from the model's shape before anything is loaded.

Weights, gradients and AdamW's two moments are exact. Activations are those of one pack with recomputation: the input of
every layer, one layer at work, and the scores of as many answer tokens as a pack may have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from softhouse.errors import UsageError
from softhouse.llm_backends.memory_plan import GIB, MIB, physical_memory
from softhouse.training.tuning.settings import TuneSettings

if TYPE_CHECKING:
    from softhouse.llm_backends.chatglm2.shape import ModelShape

_FLOAT = 4
_NF4_BYTES = 0.53125
"""Four bits, and a scale in half precision for each 64 numbers."""
_PROCESS = 560 * MIB
"""Python, torch, transformers and peft."""
_CARD = 700 * MIB


@dataclass(frozen=True)
class TunePlan:
    """Bytes at the peak."""

    learned: int
    """How many numbers, not bytes."""
    weights: int
    gradients: int
    optimizer: int
    activations: int
    overhead: int
    loading: int
    """Beside the weights, while they are read; gone when gradients come."""
    host: int = 0
    """In the machine's memory, where the rest is on a card: the weights pass through it."""

    @property
    def total(self) -> int:
        working = self.gradients + self.optimizer + self.activations
        return self.weights + max(working, self.loading) + self.overhead

    def lines(self) -> Iterator[tuple[str, int]]:
        yield "weights", self.weights
        yield "gradients", self.gradients
        yield "optimizer", self.optimizer
        yield "activations", self.activations
        yield "overhead", self.overhead
        yield "peak", self.total


def plan_tuning(
    shape: "ModelShape", settings: TuneSettings, *, stored_bytes: int, computed_bytes: int, card: bool
) -> TunePlan:
    """The plan for a model stored in `stored_bytes` a number and computed in `computed_bytes` (2 or 4).

    >>> from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
    >>> settings = TuneSettings(method="qlora", batch_tokens=512, max_length=512)
    >>> plan = plan_tuning(CHATGLM2_6B, settings, stored_bytes=2, computed_bytes=2, card=True)
    >>> plan.total < 7 * GIB
    True
    """
    full = settings.method == "full"
    learned = _learned(shape, settings)
    held_bytes = _FLOAT if full else computed_bytes
    matrices = sum(rows * columns for rows, columns in shape.layer_matrices.values()) * shape.layers
    if settings.method == "qlora":
        weights = int(matrices * _NF4_BYTES) + (shape.parameters - matrices) * computed_bytes
        loading = 0 if card else shape.parameters * stored_bytes
    else:
        weights = shape.parameters * held_bytes
        loading = 0 if card or stored_bytes == held_bytes else shape.parameters * stored_bytes
    if not full:
        weights += learned * _FLOAT
    tokens = max(settings.batch_tokens, settings.max_length)
    return TunePlan(
        learned=learned,
        weights=weights,
        gradients=learned * _FLOAT,
        optimizer=2 * learned * _FLOAT,
        activations=_activations(shape, settings, tokens, computed_bytes),
        overhead=_CARD if card else _PROCESS,
        loading=loading,
        host=_PROCESS + shape.parameters * (_FLOAT if full else max(stored_bytes, computed_bytes)) if card else 0,
    )


def _learned(shape: "ModelShape", settings: TuneSettings) -> int:
    if settings.method == "full":
        return shape.parameters
    if settings.method == "ptuning2":
        return settings.prefix_length * shape.layers * 2 * shape.kv_width
    query_key_value = [(shape.query_width, shape.hidden), *[(shape.kv_width, shape.hidden)] * 2]
    others = [size for name, size in shape.layer_matrices.items() if name != "query_key_value"]
    return shape.layers * settings.rank * sum(rows + columns for rows, columns in query_key_value + others)


def _activations(shape: "ModelShape", settings: TuneSettings, tokens: int, computed: int) -> int:
    stream = _FLOAT if settings.method == "full" else computed
    kept = shape.layers * tokens * shape.hidden * stream
    # the MLP's gate, up, their product and the gradients of each; attention's queries, keys, values, output
    layer = tokens * (8 * shape.ffn + 8 * shape.hidden + 8 * shape.query_width) * computed
    # scores, their softmax and its gradient
    scores = 3 * tokens * shape.vocab * _FLOAT
    mask = tokens * (tokens + settings.prefix_length) * (1 + computed)
    largest = max(rows * columns for rows, columns in shape.layer_matrices.values())
    if settings.method == "qlora":
        copies = largest * (2 * computed + 2)
    else:
        # autocast keeps the half-precision copies of the weights that are learned
        copies = shape.parameters * computed if settings.method == "full" and computed < _FLOAT else 0
    # no layer is at work while the scores are there, but what they took is not always given back (measured)
    return kept + layer + scores + mask + copies


def available_memory(device: str) -> int | None:
    """Bytes that a tuning may take on `device` ("cuda", "mps", "cpu"); None where nobody says."""
    import torch

    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    if device == "mps":
        return int(torch.mps.recommended_max_memory())
    memory = physical_memory()
    return None if memory is None else memory * 9 // 10


def refuse_what_cannot_fit(plan: TunePlan, settings: TuneSettings, available: int | None) -> None:
    """`UsageError` where the plan's peak is more than is `available` (None: unknown, so no refusal)."""
    memory = physical_memory()
    if memory is not None and plan.host > memory:
        raise UsageError(
            f"loading the model takes {plan.host / GIB:.2f} GiB of this machine's memory, which has "
            f"{memory / GIB:.2f} GiB; tune it on a machine with more"
        )
    if available is None or plan.total <= available:
        return
    fixed = plan.total - plan.activations
    smaller = "" if fixed > available else f"--batch-tokens {settings.batch_tokens // 2} with a shorter --max-length"
    lighter = {"full": "--method lora", "lora": "--method qlora", "ptuning2": "--method qlora"}.get(settings.method, "")
    advice = " or ".join(filter(None, (lighter, smaller))) or "a machine with more memory"
    raise UsageError(
        f"tuning takes {plan.total / GIB:.2f} GiB at its peak but {available / GIB:.2f} GiB are there; try {advice}"
    )
