"""How the loss falls with size: smaller models first, a curve through them, and what it says of the model to come.

The curve is a power law, loss = factor * parameters ** -exponent (https://arxiv.org/abs/2001.08361), a straight line
where both axes are logarithmic.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import Frozen

if TYPE_CHECKING:
    from softhouse.training.architectures.configuration import Configuration as ModelConfiguration


class SizeTrial(Frozen):
    """A smaller model, trained on some tokens."""

    parameters: int
    layers: int
    width: int
    loss: float
    """On the validation text, in nats a predicted token."""
    bits_per_byte: float | None = None


class PowerLaw(Frozen):
    """loss = factor * parameters ** -exponent."""

    factor: float
    exponent: float
    residual: float
    """Root mean square of the relative errors of the curve at the points that it was drawn through."""

    def at(self, parameters: float) -> float:
        """The loss that the curve says."""
        return float(self.factor * parameters**-self.exponent)


def fit(trials: Sequence[SizeTrial]) -> PowerLaw:
    """The curve through at least two sizes, by least squares of the logarithms.

    >>> points = [SizeTrial(parameters=n, layers=1, width=8, loss=9 * n**-0.1) for n in (1e5, 1e6, 1e7)]
    >>> round(fit(points).exponent, 6), round(fit(points).at(1e8), 4)
    (0.1, 1.4264)
    """
    x = [math.log(trial.parameters) for trial in trials]
    y = [math.log(trial.loss) for trial in trials]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
    errors = [b - mean_y - slope * (a - mean_x) for a, b in zip(x, y, strict=True)]
    residual = math.sqrt(sum(error**2 for error in errors) / len(errors))
    return PowerLaw(factor=math.exp(mean_y - slope * mean_x), exponent=-slope, residual=residual)


def refuse_equal_sizes(model: "ModelConfiguration", shares: Sequence[float]) -> None:
    """`UsageError` where two of `shares` make the same model: no curve goes through one size."""
    made: dict[ModelConfiguration, float] = {}
    for share in shares:
        shape = scaled(model, share)
        if shape in made:
            raise UsageError(
                f"[pretrain] scaling_sizes {made[shape]:g} and {share:g} both make {shape.layers} layers of width "
                f"{shape.width}; take sizes that differ more"
            )
        made[shape] = share


def scaled(model: "ModelConfiguration", share: float) -> "ModelConfiguration":
    """A model of `share` times the layers and the width, with heads as wide as before.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> half = scaled(Configuration(layers=6, width=192, heads=6, kv_heads=2, ffn=512), 0.5)
    >>> half.layers, half.width, half.heads, half.kv_heads, half.ffn
    (3, 96, 3, 1, 256)
    """
    groups = max(1, round(model.groups * share))
    heads = max(1, round(model.heads * share / groups)) * groups if model.groups != model.heads else groups
    return model.model_copy(
        update={
            "layers": max(1, round(model.layers * share)),
            "width": heads * model.head_width,
            "heads": heads,
            "kv_heads": None if model.kv_heads is None else groups,
            "ffn": max(8, round(model.ffn * share / 8) * 8),
        }
    )
