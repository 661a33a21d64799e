"""How well the model does on text that it does not learn from."""

import math
from typing import TYPE_CHECKING

from softhouse.llm_backends.protocol import Frozen
from softhouse.training.pretraining.devices import Place
from softhouse.training.pretraining.objectives import NextToken, Objective
from softhouse.training.pretraining.packing import Tokens
from softhouse.training.pretraining.windows import InOrder

if TYPE_CHECKING:
    from torch import nn

    from softhouse.training.tokenizer.tokenizer import Tokenizer

AT_ONCE = 4096
"""Tokens that are computed at once."""


class Measurement(Frozen):
    """On the validation text, after an update."""

    number: int
    """How many updates had been done."""
    loss: float
    """In nats a predicted token."""
    bits_per_byte: float | None
    """What the text would take, compressed by the model, for each of its bytes: unlike the loss, the same measure for
    every vocabulary. None for models that do not predict a text from left to right."""

    @property
    def perplexity(self) -> float:
        """As unsure as between so many equally likely tokens."""
        return perplexity_of(self.loss)


def perplexity_of(loss: float) -> float:
    """Of a loss in nats a token; of a model that burst, the largest that a number can say.

    >>> round(perplexity_of(2.0), 3), perplexity_of(5000.0) > 1e300
    (7.389, True)
    """
    return math.exp(min(loss, 700.0))


class Validation:
    """The first `limit` tokens of a text, measured the same way each time."""

    def __init__(
        self, tokens: Tokens, tokenizer: "Tokenizer", objective: Objective, *, length: int, limit: int
    ) -> None:
        self._windows = InOrder(tokens, length)
        self._rows = max(1, min(self._windows.count, limit // length))
        # gaps are something to learn from, not something to be measured here
        self._objective = NextToken() if isinstance(objective, NextToken) else objective
        self._bits_of_a_nat: float | None = None
        if isinstance(objective, NextToken):
            predicted = tokens[1 : self._rows * length + 1]
            special = tokenizer.special_ids
            text = sum(len(tokenizer.tokens[token]) for token in predicted.tolist() if token not in special)
            self._bits_of_a_nat = len(predicted) / (math.log(2) * text)

    def measure(self, model: "nn.Module", place: Place, number: int = 0) -> Measurement:
        """After update `number`."""
        loss = mean_loss(model, self._windows, self._rows, self._objective, place)
        bits = None if self._bits_of_a_nat is None else loss * self._bits_of_a_nat
        return Measurement(number=number, loss=loss, bits_per_byte=bits)


def mean_loss(model: "nn.Module", windows: InOrder, rows: int, objective: Objective, place: Place) -> float:
    """Over the first `rows` windows, in nats a predicted token, with the task made the same way each time."""
    import torch

    at_once = max(1, AT_ONCE // windows.length)
    losses, counts = 0.0, 0
    model.train(mode=False)
    with torch.no_grad():
        for begin in range(0, rows, at_once):
            batch = objective.batch(windows.rows(begin, min(at_once, rows - begin)), begin)
            there = batch.to(place.device)
            with place.autocast():
                losses += float(model(there.ids, there.targets)) * batch.count
            counts += batch.count
    return losses / counts
