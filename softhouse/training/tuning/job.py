"""A tuning before it starts: everything is read, counted and refused here, and no weight is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from softhouse.errors import MissingExtraError, UsageError
from softhouse.llm_backends.chatglm2.adapter import read_adapter
from softhouse.llm_backends.chatglm2.shape import ModelShape, native_shape, read_config
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.torch_model import stored_dtype
from softhouse.training.manifest import hash_of, versions
from softhouse.training.tuning.data import Columns, Example, Row, examples, read_rows, split
from softhouse.training.tuning.manifest import Manifest, hash_model
from softhouse.training.tuning.memory import TunePlan, available_memory, plan_tuning
from softhouse.training.tuning.packing import epoch_steps
from softhouse.training.tuning.settings import Precision, TuneSettings

if TYPE_CHECKING:
    import torch

_NAMES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}


@dataclass(frozen=True)
class Job:
    """One tuning."""

    base: Path
    settings: TuneSettings
    learned: list[Example]
    held: list[Example]
    steps: int
    device: str
    dtype: "torch.dtype"
    plan: TunePlan
    available: int | None
    """Bytes of memory where it is going to run."""
    manifest: Manifest


def prepare(
    model: str, data: Path, settings: TuneSettings, *, columns: Columns | None = None, device: str | None = None
) -> Job:
    """The job of tuning `model` (`chatglm2:PATH` of native weights) on the rows of `data`.

    `device`: "cuda", "mps", "cpu"; None: the best there is. Raises `UsageError` for a model or data that can't be
    tuned with, `MissingExtraError`.
    """
    import importlib.util

    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "peft", "matplotlib")):
        raise MissingExtraError("local", "tuning a model")
    base = native_folder(model)
    config = read_config(base)
    shape = native_shape(config)
    tokenizer = ChatGLMTokenizer.read(base, config.get("chat_format", "chatglm2"))
    declared = config.get("eos_token_id", tokenizer.eos_id)
    eos_id = declared[0] if isinstance(declared, list) else declared
    learned_rows, held_rows = split(read_rows(data, columns), settings.eval_share, settings.seed)
    limit = min(settings.max_length, shape.context)
    (learned, dropped), (held, dropped_too) = (
        _fitting(rows, tokenizer, eos_id, limit) for rows in (learned_rows, held_rows)
    )
    if not learned:
        advice = "shorten them" if limit == shape.context else "raise --max-length"
        raise UsageError(f"{data}: every row is longer than {limit} tokens; {advice}")
    place = device or best_device()
    dtype, plan = _precision_and_plan(shape, settings, place, stored_dtype(base).itemsize)
    steps = settings.steps or _steps_of(learned, settings)
    manifest = Manifest(
        base=str(base),
        base_sha256=hash_model(base),
        data=str(data.resolve()),
        data_sha256=hash_of(data),
        columns=columns or Columns(),
        settings=settings,
        device=place,
        precision=str(dtype).removeprefix("torch."),
        rows_learned=len(learned_rows),
        rows_evaluated=len(held_rows),
        examples_left_out=dropped + dropped_too,
        steps=steps,
        versions=versions(),
    )
    return Job(base, settings, learned, held, steps, place, dtype, plan, available_memory(place), manifest)


def native_folder(model: str) -> Path:
    """The folder of native weights behind `chatglm2:PATH`; `UsageError` for anything else, with what to do."""
    kind, _, rest = model.partition(":")
    if kind != "chatglm2" or not rest:
        raise UsageError(f"only ChatGLM2 can be tuned, as --model chatglm2:PATH; {model!r} is something else")
    folder = Path(rest).expanduser().resolve()
    if folder.is_file() or list(folder.glob("*.gguf")):
        raise UsageError(f"{folder} is a GGUF; tune the native weights: softhouse models convert PATH --out DIR")
    if folder.is_dir() and read_adapter(folder):
        raise UsageError(f"{folder} is an adapter; merge it first: softhouse models merge {rest} --out DIR")
    if read_config(folder).get("model_type") != "glm":
        raise UsageError(f"{folder} is not converted; convert it once: softhouse models convert {rest} --out DIR")
    return folder


def best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _precision_and_plan(
    shape: ModelShape, settings: TuneSettings, device: str, stored: int
) -> "tuple[torch.dtype, TunePlan]":
    """Half precision on a card (bfloat16 where it computes it); on the CPU float32, or bfloat16 where only that fits.

    What is learned is float32 in any case.
    """
    import torch

    def plan(computed: int) -> TunePlan:
        return plan_tuning(shape, settings, stored_bytes=stored, computed_bytes=computed, card=device != "cpu")

    chosen: Precision = settings.precision
    if chosen == "auto":
        chosen = "bf16"
        available = available_memory(device)
        if device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
            chosen = "fp16"
        if device == "cpu" and (available is None or plan(4).total <= available):
            chosen = "fp32"
    if chosen == "fp16" and device == "cpu":
        raise UsageError("fp16 is for graphics cards; on the CPU take --precision bf16 or fp32")
    dtype: torch.dtype = getattr(torch, _NAMES[chosen])
    return dtype, plan(dtype.itemsize)


def _fitting(rows: Sequence[Row], tokenizer: ChatGLMTokenizer, eos_id: int, limit: int) -> tuple[list[Example], int]:
    made = [example for row in rows for example in examples(row, tokenizer, eos_id)]
    kept = [example for example in made if len(example.ids) <= limit]
    return kept, len(made) - len(kept)


def _steps_of(learned: Sequence[Example], settings: TuneSettings) -> int:
    lengths = [len(example.ids) for example in learned]
    return sum(
        len(epoch_steps(lengths, settings.batch_tokens, settings.accumulation, settings.seed, epoch))
        for epoch in range(settings.epochs)
    )
