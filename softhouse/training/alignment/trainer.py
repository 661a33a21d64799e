"""What the four steps have in common: their hyper-parameters, and a trainer that goes on where it was killed."""

import json
import logging
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from softhouse.llm_backends.protocol import Frozen
from softhouse.training.alignment.libraries import transformers
from softhouse.training.figures import lines
from softhouse.training.manifest import hash_of
from softhouse.training.progress import Progress
from softhouse.training.step import Figure, StepContext

CHECKPOINTS = "checkpoints"
_MADE_OF = "made_of.json"
_STATE = "trainer_state.json"


class Hyperparameters(Frozen):
    """The keys that all four steps know."""

    model: str = "sft"
    """Where to begin: an earlier step's name, a model folder, or a GGUF (`PATH.gguf`), which is dequantised."""
    data: tuple[Path, ...] = ()
    """JSONL files, from the folder in which the command is given; none: what `harvest` wrote."""
    method: Literal["lora", "full"] = "lora"
    """`lora` learns two narrow matrices beside each weight matrix (arXiv:2106.09685); `full` every weight."""
    lora_rank: int = Field(default=16, ge=1)
    """Width of the narrow matrices: more learns more and forgets more."""
    lora_alpha: int | None = Field(default=None, ge=1)
    """What LoRA learned weighs alpha / rank; by default twice the rank."""
    learning_rate: float = Field(default=2e-4, gt=0)
    """The highest; it rises in the first twentieth of the updates and falls as a cosine to a tenth of itself."""
    epochs: float = Field(default=1.0, gt=0)
    """How often every row is seen."""
    steps: int | None = Field(default=None, ge=1)
    """Instead of epochs: so many updates of the weights."""
    batch: int = Field(default=16, ge=1)
    """Rows an update."""
    at_once: int = Field(default=4, ge=1)
    """Rows that are computed at once, a divisor of `batch`, or all of them: more is faster on a card, less needs less
    memory."""
    max_length: int = Field(default=1024, ge=8)
    """Tokens of a row, prompt and answer; longer rows are left out."""
    weight_decay: float = Field(default=0.0, ge=0)
    """How fast weights that nothing holds shrink."""
    gradient_clipping: float = Field(default=1.0, gt=0)
    """The longest gradient that is taken as it is; longer ones are shortened to it."""
    checkpoint_every: int = Field(default=25, ge=1)
    """Updates between two states on disk, from which a killed step goes on."""

    @model_validator(mode="after")
    def _whole_parts(self) -> Self:
        if self.batch % min(self.at_once, self.batch):
            raise ValueError("batch must be a multiple of at_once")
        return self


def arguments(kind: Callable[..., Any], context: StepContext, chosen: Hyperparameters, **more: Any) -> Any:
    """The arguments of a trainer of trl, `kind` being their class; `more` are those of that trainer alone."""
    import torch

    card = torch.cuda.is_available()
    at_once = min(chosen.at_once, chosen.batch)
    known = {
        "output_dir": str(context.folder / CHECKPOINTS),
        "seed": context.seed,
        "data_seed": context.seed,
        "learning_rate": chosen.learning_rate,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": 0.1},
        "warmup_steps": 0.05,
        "num_train_epochs": chosen.epochs,
        "max_steps": chosen.steps or -1,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": chosen.batch // at_once,
        "weight_decay": chosen.weight_decay,
        "max_grad_norm": chosen.gradient_clipping,
        "gradient_checkpointing": False,
        "bf16": card and torch.cuda.is_bf16_supported(including_emulation=False),
        "use_cpu": not card,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_steps": chosen.checkpoint_every,
        "save_total_limit": 2,
        "disable_tqdm": True,
        "report_to": "none",
        "dataloader_pin_memory": card,
    }
    return kind(**known | more)


def lora(chosen: Hyperparameters, *, scores: bool = False) -> Any:
    """peft's configuration, or None where every weight is learned. `scores`: the head is learned as a whole."""
    if chosen.method == "full":
        return None
    import peft

    return peft.LoraConfig(
        r=chosen.lora_rank,
        lora_alpha=chosen.lora_alpha or 2 * chosen.lora_rank,
        target_modules="all-linear",
        task_type="SEQ_CLS" if scores else "CAUSAL_LM",
        modules_to_save=["score"] if scores else None,
    )


def train(trainer: Any, context: StepContext, inputs: list[Path], phase: str) -> list[dict[str, float]]:
    """Run `trainer` to its end, from the newest whole state that an attempt with the same inputs left.

    Returns what it logged of each update, of all attempts.
    """
    place = context.folder / CHECKPOINTS
    newest = newest_checkpoint(place, inputs)
    trainer.remove_callback(transformers().PrinterCallback)
    trainer.add_callback(_reporter(context.progress, phase))
    trainer.train(resume_from_checkpoint=str(newest) if newest else None)
    return [entry for entry in trainer.state.log_history if "loss" in entry]


def newest_checkpoint(place: Path, inputs: list[Path]) -> Path | None:
    """The newest state in `place` that was written whole; all are removed where they were made of other inputs."""
    made_of = {str(path): hash_of(path) for path in inputs}
    note = place / _MADE_OF
    if place.is_dir() and (not note.is_file() or json.loads(note.read_text(encoding="utf-8")) != made_of):
        shutil.rmtree(place)
    place.mkdir(exist_ok=True)
    note.write_text(json.dumps(made_of), encoding="utf-8")
    found = sorted(place.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)
    return next(filter(_whole, found), None)


def _whole(checkpoint: Path) -> bool:
    """Whether its last file, the trainer's state, was written to its end."""
    try:
        json.loads((checkpoint / _STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _reporter(progress: Progress, phase: str) -> Any:
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            progress.begin(phase, state.max_steps, state.global_step)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            shown = [f"{name} {logs[name]:.3f}" for name in ("loss", "reward") if logs and name in logs]
            progress.update(state.global_step, ", ".join(shown))

    return Reporter()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the bars, hints and warnings of the libraries beneath: the step's own progress is shown."""
    import datasets

    known = [logging.getLogger(name) for name in ("transformers", "trl", "peft", "datasets", "accelerate")]
    levels = [logger.level for logger in known]
    bars = datasets.utils.logging.is_progress_bar_enabled()
    bar = transformers().utils.logging
    bar.disable_progress_bar()
    datasets.disable_progress_bars()
    try:
        for logger in known:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(known, levels, strict=True):
            logger.setLevel(level)
        bar.enable_progress_bar()
        if bars:
            datasets.enable_progress_bars()


def curve(title: str, history: Sequence[dict[str, float]], keys: dict[str, str], y_label: str) -> Figure:
    """What was logged under each of `keys` (key → name in the picture), over the updates."""
    return curves(
        title,
        {name: [{"step": e["step"], "value": e[key]} for e in history if key in e] for key, name in keys.items()},
        y_label,
    )


def curves(title: str, series: Mapping[str, Sequence[Mapping[str, float]]], y_label: str) -> Figure:
    """Named series of records with `step` and `value`; those without any are left out."""
    points = {name: [(entry["step"], entry["value"]) for entry in found] for name, found in series.items() if found}
    return lines(title, points, x_label="update", y_label=y_label)
