"""The loop: a batch, its loss, the gradient, an update; and again.

An update depends on the weights, the optimizer's memory, the seed and its own number, and on nothing else. So what is
kept to go on with is small, and a training that was killed and goes on computes the same losses (on the CPU to the last
bit).
"""

import math
import random
from typing import TYPE_CHECKING, Any

import torch
from pydantic import ConfigDict
from torch import nn

from softhouse.errors import RunError
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.pretraining.devices import Place
from softhouse.training.pretraining.objectives import Batch, Objective
from softhouse.training.pretraining.optimizers import make_optimizers
from softhouse.training.pretraining.windows import Windows

if TYPE_CHECKING:
    from softhouse.training.pretraining.configuration import Configuration


class Update(Frozen):
    """What one update was like. Losses are in nats a predicted token."""

    # JSON has no word for infinity: it is written as a string
    model_config = ConfigDict(ser_json_inf_nan="strings")

    number: int
    """From 1 on."""
    loss: float
    """Before the update, over its whole batch."""
    learning_rate: float
    gradient_norm: float
    """Before clipping; no number where float16 could not hold it, and the update was left out for that."""


class Loop:
    """A model in training."""

    def __init__(
        self,
        model: nn.Module,
        settings: "Configuration",
        windows: Windows,
        objective: Objective,
        place: Place,
        *,
        seed: int = 0,
        updates: int | None = None,
    ) -> None:
        """`updates`: how many there will be, for the course of the learning rate; None: as many as `settings` say."""
        self.settings, self.place, self.seed = settings, place, seed
        self.model = model.to(place.device)
        self._windows, self._objective = windows, objective
        self._rows, self._micro_batches = shape_of_update(settings, windows.length)
        self.tokens_an_update = self._micro_batches * self._rows * windows.length
        self.updates = updates or max(1, settings.tokens // self.tokens_an_update)
        self.highest_rate = settings.learning_rate if isinstance(settings.learning_rate, float) else math.nan
        self.optimizers = make_optimizers(self.model, settings)
        # numbers of five bits for the exponent lose small gradients unless the loss is scaled up
        self.scaler = torch.amp.GradScaler(place.device, enabled=place.dtype == torch.float16)
        self._forward: Any = torch.compile(self.model) if place.compiled else self.model

    def update(self, number: int, rate: float | None = None) -> Update:
        """Do update `number`, counted from 1, at `rate`, or at what the schedule says.

        Raises `RunError` where the loss, or the gradient, is no number any more.
        """
        rate = learning_rate(self.settings, self.highest_rate, number, self.updates) if rate is None else rate
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        # whatever draws random numbers draws the same ones after a resume
        torch.manual_seed(_mixed(self.seed, number))
        self.model.train()
        first = (number - 1) * self._micro_batches
        batches = [self._batch(first + index) for index in range(self._micro_batches)]
        counts = [batch.count for batch in batches]
        total = torch.zeros((), device=self.place.device)
        for batch, count in zip(batches, counts, strict=True):
            there = batch.to(self.place.device)
            with self.place.autocast():
                # the mean over all tokens of the update, and not of means over tasks of different sizes
                loss = self._forward(there.ids, there.targets) * (count / sum(counts))
            self.scaler.scale(loss).backward()
            total += loss.detach()
        for optimizer in self.optimizers:
            self.scaler.unscale_(optimizer)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clipping)
        # all optimizers or none: one's infinity, by clipping, has made what the others were given worthless
        left_out = self.scaler.is_enabled() and not math.isfinite(float(norm))
        for optimizer in self.optimizers:
            if not left_out:
                self.scaler.step(optimizer)
            optimizer.zero_grad(set_to_none=True)
        self.scaler.update()
        found = Update(number=number, loss=float(total), learning_rate=rate, gradient_norm=float(norm))
        if not (math.isfinite(found.loss) and (math.isfinite(found.gradient_norm) or left_out)):
            what = (
                f"the gradient is {found.gradient_norm}" if math.isfinite(found.loss) else f"the loss is {found.loss}"
            )
            raise RunError(f"{what} at update {number}; lower [pretrain] learning_rate and run again")
        return found

    def _batch(self, index: int) -> Batch:
        return self._objective.batch(self._windows.rows(index * self._rows, self._rows), _mixed(self.seed, index))


def shape_of_update(settings: "Configuration", length: int) -> tuple[int, int]:
    """Rows of `length` tokens that are computed at once, and how many such make an update.

    >>> from softhouse.training.pretraining.configuration import Configuration
    >>> shape_of_update(Configuration(batch_tokens=8192, micro_batch_tokens=2048), 512)
    (4, 4)
    """
    rows = max(1, settings.micro_batch_tokens // length)
    return rows, max(1, settings.batch_tokens // (rows * length))


def learning_rate(settings: "Configuration", highest: float, number: int, updates: int) -> float:
    """Of update `number` of `updates`, counted from 1: up in a line, then down along a cosine.

    >>> from softhouse.training.pretraining.configuration import Configuration
    >>> settings = Configuration(warmup=0.2, final_share=0.1)
    >>> [round(learning_rate(settings, 1.0, number, 10), 2) for number in (1, 2, 6, 10)]
    [0.5, 1.0, 0.55, 0.1]
    """
    warmup = math.ceil(settings.warmup * updates)
    if number <= warmup:
        return highest * number / warmup
    done = (number - warmup) / max(1, updates - warmup)
    return highest * (settings.final_share + (1 - settings.final_share) * 0.5 * (1 + math.cos(math.pi * done)))


def _mixed(seed: int, number: int) -> int:
    """Another seed for each number, so that two trainings with neighbouring seeds share none."""
    return random.Random(f"{seed}/{number}").getrandbits(63)  # noqa: S311
