"""Cross entropy of the next token, without ever holding the probabilities of all tokens at once."""

from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100
"""A target of this value is not learned: padding, prompts, what was not masked."""
ROWS = 256
"""Tokens whose logits exist at the same time: few enough for a processor's cache."""


def cross_entropy(hidden: "Tensor", weight: "Tensor", targets: "Tensor", bias: "Tensor | None" = None) -> "Tensor":
    """The mean loss, in nats, of predicting `targets` from `hidden @ weight.T + bias`; 0 where there is no target.

    `hidden`: [..., width]; `weight`: [vocabulary, width]; `targets`: [...], `IGNORED` where nothing is to be learned.

    The logits of a batch are its largest tensor by far (8,192 tokens, each with 16,384 candidates, are half a gigabyte,
    and their gradient again). But the gradient of the loss by a row of logits, softmax(row) - onehot(target), is known
    as soon as the row is, so a few rows at a time are computed, used and forgotten. The idea is that of "cut" or "fused
    linear" cross entropy, https://arxiv.org/abs/2411.09009.

    >>> float(cross_entropy(torch.zeros(2, 4), torch.zeros(8, 4), torch.tensor([3, IGNORED])))  # ln 8
    2.079441547393799
    """
    rows, wanted = hidden.reshape(-1, hidden.shape[-1]), targets.reshape(-1)
    kept = wanted != IGNORED
    if not bool(kept.all()):
        rows, wanted = rows[kept], wanted[kept]
    if not torch.is_grad_enabled() or not hidden.requires_grad:
        return _loss_alone(rows, weight, wanted, bias)
    result: Tensor = _CrossEntropy.apply(rows, weight, wanted, bias)  # type: ignore[no-untyped-call]
    return result


def _loss_alone(rows: "Tensor", weight: "Tensor", targets: "Tensor", bias: "Tensor | None") -> "Tensor":
    total = torch.zeros((), device=rows.device)
    for start in range(0, len(rows), ROWS):
        logits = torch.nn.functional.linear(rows[start : start + ROWS], weight, bias).float()
        total += torch.nn.functional.cross_entropy(logits, targets[start : start + ROWS], reduction="sum")
    return total / max(1, len(rows))


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, rows: "Tensor", weight: "Tensor", targets: "Tensor", bias: "Tensor | None") -> "Tensor":
        context.share = share = 1 / max(1, len(rows))
        dtype = (
            torch.get_autocast_dtype(rows.device.type) if torch.is_autocast_enabled(rows.device.type) else rows.dtype
        )
        total = torch.zeros((), device=rows.device)
        of_rows = torch.empty_like(rows)
        of_weight = torch.zeros_like(weight)
        of_bias = None if bias is None else torch.zeros_like(bias)
        with torch.autocast(rows.device.type, enabled=False):
            matrix = weight.to(dtype)
            for start in range(0, len(rows), ROWS):
                some = rows[start : start + ROWS].to(dtype)
                logits = (some @ matrix.t()).float()
                if bias is not None:
                    logits += bias
                wanted = targets[start : start + ROWS, None]
                logits -= logits.amax(1, keepdim=True)
                hit = logits.gather(1, wanted)
                sums = logits.exp_().sum(1, keepdim=True)
                total += (sums.log() - hit).sum()
                logits /= sums
                logits.scatter_add_(1, wanted, torch.full_like(hit, -1.0))
                # the gradient of the sum: that of the mean, thousands of times smaller, would be nothing in float16
                gradient = logits.to(dtype)
                of_rows[start : start + ROWS] = gradient @ matrix
                if dtype == of_weight.dtype:
                    of_weight.addmm_(gradient.t(), some)
                else:
                    of_weight += gradient.t() @ some
                if of_bias is not None:
                    of_bias += logits.sum(0)
        context.save_for_backward(of_rows, of_weight, of_bias)
        return total * share

    @staticmethod
    @once_differentiable
    def backward(context: Any, *outer: "Tensor") -> tuple["Tensor | None", ...]:
        of_rows, of_weight, of_bias = context.saved_tensors
        factor = outer[0] * context.share
        return of_rows * factor, of_weight * factor, None, None if of_bias is None else of_bias * factor
