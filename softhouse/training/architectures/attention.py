"""Causal attention, and its gradient on a processor, where torch's own takes nearly twice as long.

torch's kernel for processors keeps only sums in its forward pass and computes all probabilities again in its backward
pass. A processor has the memory to keep them, at the lengths that it can train at all. So queries are taken in blocks
of `BLOCK`, each of which sees the keys up to its own end (what lies behind is never computed), and every product is a
product of matrices. Query heads that share their keys are laid one below the other: one larger product.
"""

import math
from itertools import count
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

BLOCK = 64
"""Queries at once. Fewer waste less on the diagonal, more make larger products (`benchmarks/training_speed.py`)."""
LONGEST = 1024
"""For longer texts the probabilities are too many to keep."""


def causal_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """For each token the mean of `value` over the tokens up to itself, weighted by how `query` and `key` agree.

    `query` [batch, heads, length, head width]; `key`, `value` [batch, groups, length, head width], where `groups`
    divides `heads`. The same as `scaled_dot_product_attention(…, is_causal=True, enable_gqa=True)`.

    >>> key = torch.randn(1, 1, 3, 4)
    >>> value = torch.tensor([[[[3.0], [5.0], [10.0]]]]).expand(1, 1, 3, 4)
    >>> causal_attention(torch.zeros(1, 2, 3, 4), key, value)[0, :, :, 0].tolist()
    [[3.0, 4.0, 6.0], [3.0, 4.0, 6.0]]
    """
    learning = torch.is_grad_enabled() and query.requires_grad
    if learning and query.device.type == "cpu" and query.shape[2] <= LONGEST:
        result: Tensor = _InBlocks.apply(query, key, value)  # type: ignore[no-untyped-call]
        return result
    return functional.scaled_dot_product_attention(
        query, key, value, is_causal=True, enable_gqa=query.shape[1] != key.shape[1]
    )


class _InBlocks(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        batch, heads, length, width = context.shape = query.shape
        groups = key.shape[1]
        each, shared = batch * groups, heads // groups
        query = (query * (1 / math.sqrt(width))).reshape(each, shared, length, width)
        key, value = key.reshape(each, length, width), value.reshape(each, length, width)
        later = torch.ones(BLOCK, BLOCK, dtype=torch.bool).triu(1)
        result = torch.empty_like(query)
        kept = []
        with torch.autocast("cpu", enabled=False):
            for begin in range(0, length, BLOCK):
                end = min(begin + BLOCK, length)
                size = end - begin
                scores = torch.bmm(_rows(query, begin, end), key[:, :end].transpose(1, 2))
                scores.view(each, shared, size, end)[..., begin:].masked_fill_(later[:size, :size], -torch.inf)
                probabilities = torch.softmax(scores, -1)
                kept.append(probabilities)
                result[:, :, begin:end] = torch.bmm(probabilities, value[:, :end]).view(each, shared, size, width)
        context.save_for_backward(query, key, value, *kept)
        return result.view(batch, heads, length, width)

    @staticmethod
    @once_differentiable
    def backward(context: Any, *outer: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value, *kept = context.saved_tensors
        each, shared, length, width = query.shape
        of_result = outer[0].reshape(query.shape)
        of_query = torch.empty_like(query)
        # sums over all blocks: in full precision
        of_key, of_value = (torch.zeros(key.shape, dtype=torch.float32) for _ in range(2))
        for begin, probabilities in zip(count(0, BLOCK), kept, strict=False):
            end = min(begin + BLOCK, length)
            of_rows = _rows(of_result, begin, end)
            _add_product(of_value[:, :end], probabilities, of_rows)
            of_probabilities = torch.bmm(of_rows, value[:, :end].transpose(1, 2))
            of_scores = torch.ops.aten._softmax_backward_data(of_probabilities, probabilities, -1, probabilities.dtype)
            of_query[:, :, begin:end] = torch.bmm(of_scores, key[:, :end]).view(each, shared, end - begin, width)
            _add_product(of_key[:, :end], of_scores, _rows(query, begin, end))
        of_query *= 1 / math.sqrt(width)
        small = (context.shape[0], -1, length, width)
        return of_query.view(context.shape), of_key.to(key.dtype).view(small), of_value.to(value.dtype).view(small)


def _rows(vectors: Tensor, begin: int, end: int) -> Tensor:
    """Those of all heads that share their keys, one below the other: [each, shared * size, width]."""
    return vectors[:, :, begin:end].reshape(len(vectors), -1, vectors.shape[-1])


def _add_product(total: Tensor, weights: Tensor, vectors: Tensor) -> None:
    """total += weights.T @ vectors, for each."""
    if total.dtype == weights.dtype:
        total.baddbmm_(weights.transpose(1, 2), vectors)
    else:
        total += torch.bmm(weights.transpose(1, 2), vectors)
