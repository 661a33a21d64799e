"""Which learning rate? Try all of them: raise it at each update and see where the loss falls and where it bursts.

After Leslie Smith's range test, https://arxiv.org/abs/1506.01186.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from softhouse.errors import RunError

if TYPE_CHECKING:
    from softhouse.training.pretraining.loop import Loop

LOWEST, HIGHEST = 1e-5, 1e-1
BURST = 1.5
"""A loss that is so many times the lowest one will not come back."""
MEMORY = 0.8
"""Of the mean that smooths the losses, which differ from batch to batch."""

Trial = tuple[float, float]
"""A learning rate, and the smoothed loss at it."""


def try_rates(loop: "Loop", updates: int, on_update: Callable[[int], None]) -> list[Trial]:
    """The losses of `updates` updates at rates from `LOWEST` to `HIGHEST`; the loop is of no use afterwards."""
    trials: list[Trial] = []
    mean, weight = 0.0, 0.0
    for number in range(1, updates + 1):
        rate = LOWEST * (HIGHEST / LOWEST) ** ((number - 1) / (updates - 1))
        try:
            loss = loop.update(number, rate).loss
        except RunError:  # no number any more: it has burst
            break
        mean, weight = MEMORY * mean + (1 - MEMORY) * loss, MEMORY * weight + (1 - MEMORY)
        trials.append((rate, mean / weight))
        on_update(number)
        if trials[-1][1] > BURST * min(loss for _, loss in trials):
            break
    return trials


def best_rate(trials: Sequence[Trial]) -> float:
    """A third of the rate at which the loss was lowest: there, it is about to burst. Raises `RunError` for no losses.

    >>> round(best_rate([(1e-4, 9.0), (1e-3, 7.0), (3e-3, 6.0), (1e-2, 8.0)]), 6)
    0.001
    """
    losses = [(loss, rate) for rate, loss in trials if math.isfinite(loss)]
    if not losses:
        raise RunError(
            f"at a learning rate of {LOWEST:g} the loss is no number already, so none can be found; look at the text "
            'and at [pretrain] precision, which "fp32" makes the safest'
        )
    _, lowest = min(losses)
    return float(f"{lowest / 3:.2g}")
