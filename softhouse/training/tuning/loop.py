"""The loop: from a job to a tuned model in a folder.

A step depends on the seed, its number, the weights and the optimizer, and on nothing else. So what is kept to go on
with is small, and a tuning that was killed and goes on computes the same losses (on the CPU to the last bit).
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import RunError, StorageError, UsageError, WorkspaceBusyError
from softhouse.llm_backends.chatglm2.adapter import LORA_FILE, MANIFEST_FILE
from softhouse.llm_backends.chatglm2.prefix import PREFIX_FILE
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.manifest import LOCK_FILE, write_json
from softhouse.training.runner import locked
from softhouse.training.tuning.job import Job
from softhouse.training.tuning.manifest import read_manifest, refuse_another
from softhouse.training.tuning.memory import refuse_what_cannot_fit
from softhouse.training.tuning.methods import Tunable, make_tunable
from softhouse.training.tuning.metrics import StepRecord, add_metrics, draw_losses, read_metrics, write_metrics
from softhouse.training.tuning.packing import Pack, answer_tokens, batch, packs, steps
from softhouse.training.tuning.settings import TuneSettings

if TYPE_CHECKING:
    import torch

STATE_FILE = "state.pt"
GRADIENT_LIMIT = 1.0
OnStep = Callable[[StepRecord], None]


def tune(job: Job, out: Path, on_step: OnStep | None = None) -> list[StepRecord]:
    """Tune, or go on where the same job stopped; `out` is then usable as `chatglm2:OUT`. Returns all steps.

    `on_step` sees each step as it is done, those of an earlier call included. Raises `UsageError` where the memory is
    too small, another process is at work in `out`, or `out` holds anything else, `StorageError`, and `RunError` where
    the loss stops being a number.
    """
    import torch

    refuse_what_cannot_fit(job.plan, job.settings, job.available)
    try:
        refuse_what_lies_there(job, out)
        out.mkdir(parents=True, exist_ok=True)
        cards = [torch.cuda.current_device()] if job.device == "cuda" else []
        with _alone(out), torch.random.fork_rng(devices=cards):
            # again: another process may have been at work there until now
            if refuse_what_lies_there(job, out):
                write_json(out / MANIFEST_FILE, job.manifest)
            torch.manual_seed(job.settings.seed)
            return _Tuning(job, out).run(on_step or (lambda _record: None))
    except OSError as error:
        raise StorageError(f"{out} cannot be written ({error.strerror or error}); run again to go on") from error


def refuse_what_lies_there(job: Job, out: Path) -> bool:
    """Whether a tuning begins in `out`; if not, the same one goes on. Raises `UsageError` for anything else there."""
    there = read_manifest(out)
    if there is None:
        if out.exists() and (not out.is_dir() or any(path.name != LOCK_FILE for path in out.iterdir())):
            raise UsageError(f"{out} is not empty; name another --out")
        return True
    refuse_another(job.manifest, there, out)
    results = (LORA_FILE, PREFIX_FILE, "config.json")
    if not (out / STATE_FILE).is_file() and any((out / name).is_file() for name in results):
        raise UsageError(f"{out} is tuned already; use it with --model chatglm2:{out}, or name another --out")
    return False


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """No other process tunes into `out` meanwhile; `UsageError` where one does."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(out))
        except WorkspaceBusyError:
            holder = (out / LOCK_FILE).read_text(encoding="utf-8", errors="replace").strip() or "that is starting"
            raise UsageError(
                f"{out} is being tuned by process {holder}; wait for it to end, stop it, or name another --out"
            ) from None
        yield


class _Tuning:
    def __init__(self, job: Job, out: Path) -> None:
        import torch

        self.job, self.out = job, out
        self.tunable: Tunable = make_tunable(job.base, job.settings, job.device, job.dtype)
        self.network = self.tunable.network
        # newer releases of transformers call it so; before, it was named after gradients
        name = "activation_checkpointing_enable"
        enable = getattr(self.network, name, None) or self.network.gradient_checkpointing_enable
        enable({"use_reentrant": False})
        self.optimizer = torch.optim.AdamW(self.tunable.learned.values(), lr=job.settings.rate, weight_decay=0.0)
        # half precision of five bits for the exponent loses small gradients unless the loss is scaled up
        self.scaler = torch.amp.GradScaler(job.device, enabled=job.dtype == torch.float16)

    def run(self, on_step: OnStep) -> list[StepRecord]:
        job, settings = self.job, self.job.settings
        records = self._restore()
        for record in records:
            on_step(record)
        lengths = [len(example.ids) for example in job.learned]
        plan = steps(lengths, settings.batch_tokens, settings.accumulation, settings.seed)
        for number, packed in enumerate(itertools.islice(plan, len(records), job.steps), start=len(records) + 1):
            record = self._step(number, packed)
            saving = number % settings.checkpoint_every == 0 or number == job.steps
            if saving and job.held:
                record = record.model_copy(update={"eval_loss": self._evaluate()})
            records.append(record)
            add_metrics(self.out, record)
            if saving:
                self._save_state(number)
            on_step(record)
        draw_losses(self.out, records)
        self.tunable.save(self.out)
        (self.out / STATE_FILE).unlink(missing_ok=True)
        return records

    def _step(self, number: int, packed: list[Pack]) -> StepRecord:
        """One update: the mean loss over all answer tokens of its packs."""
        import torch

        # whatever draws random numbers draws the same ones after a resume
        torch.manual_seed(random.Random(f"{self.job.settings.seed}/{number}").getrandbits(63))  # noqa: S311
        learned = self.tunable.learned.values()
        rate = learning_rate(self.job.settings, number, self.job.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        counted = sum(answer_tokens([self.job.learned[place] for place in pack]) for pack in packed)
        self.network.train()
        total = 0.0
        for pack in packed:
            loss = self._summed_loss(pack, self.job.learned) / counted
            torch.autograd.backward(self.scaler.scale(loss))
            total += float(loss.detach())
        if not math.isfinite(total):
            raise RunError(f"the loss is {total} at step {number}; lower --learning-rate and name another --out")
        self.scaler.unscale_(self.optimizer)
        norm = torch.nn.utils.clip_grad_norm_(learned, GRADIENT_LIMIT)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        norm_value = float(norm)
        return StepRecord(
            step=number,
            loss=total,
            learning_rate=rate,
            # a step that the scaler leaves out has none
            gradient_norm=norm_value if math.isfinite(norm_value) else 0.0,
            answer_tokens=counted,
        )

    def _summed_loss(self, pack: Pack, among: list[Any]) -> "torch.Tensor":
        """Natural logarithms, summed over the answer tokens of one pack."""
        import torch

        read = batch([among[place] for place in pack], self.job.device)
        with torch.autocast(self.job.device, self.job.dtype, enabled=self.job.dtype != torch.float32):
            hidden = self.network.model(
                input_ids=read.ids, attention_mask=read.mask, position_ids=read.positions, use_cache=False
            ).last_hidden_state
            # scores of 65,024 words are for answers alone
            scores = self.network.lm_head(hidden[0, read.asked])
        return torch.nn.functional.cross_entropy(scores.float(), read.wanted, reduction="sum")

    def _evaluate(self) -> float:
        import torch

        held = self.job.held
        self.network.train(mode=False)
        lengths = [len(example.ids) for example in held]
        with torch.no_grad():
            losses = [
                float(self._summed_loss(pack, held))
                for pack in packs(lengths, self.job.settings.batch_tokens, range(len(held)))
            ]
        return sum(losses) / answer_tokens(held)

    def _save_state(self, number: int) -> None:
        import torch

        state = {
            "step": number,
            "learned": dict(self.tunable.learned),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
        }
        with whole_file(self.out / STATE_FILE) as partial:
            torch.save(state, partial)

    def _restore(self) -> list[StepRecord]:
        """The steps that the state on disk includes; those after it are forgotten and done again."""
        import torch

        path = self.out / STATE_FILE
        if not path.is_file():
            write_metrics(self.out, [])
            return []
        state = torch.load(path, map_location="cpu", weights_only=True)
        for name, parameter in self.tunable.learned.items():
            parameter.data.copy_(state["learned"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        records = read_metrics(self.out)[: state["step"]]
        if len(records) < state["step"]:
            raise UsageError(f"{self.out} lost lines of its metrics; it can't go on: name another --out")
        write_metrics(self.out, records)
        return records


def learning_rate(settings: TuneSettings, step: int, steps: int) -> float:
    """Of update `step`, counted from 1: up in a line, then down along a cosine to a tenth.

    >>> settings = TuneSettings(method="lora", learning_rate=1.0, warmup=2)
    >>> [round(learning_rate(settings, step, 10), 2) for step in (1, 2, 6, 10)]
    [0.5, 1.0, 0.55, 0.1]
    """
    warmup = min(settings.warmup, steps)
    if step <= warmup:
        return settings.rate * step / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return settings.rate * (0.1 + 0.45 * (1 + math.cos(math.pi * done)))
