"""Attention in blocks against torch's own: the same values, the same gradients."""

import pytest
import torch
from torch.nn import functional

from softhouse.training.architectures.attention import LONGEST, causal_attention

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("length", [2, 63, 64, 65, 200])
@pytest.mark.parametrize(("heads", "groups"), [(4, 4), (6, 2), (3, 1)])
def test_blocks_change_neither_values_nor_gradients(length: int, heads: int, groups: int) -> None:
    generator = torch.Generator().manual_seed(length)
    shapes = ((2, length, heads, 8), (2, length, groups, 8), (2, length, groups, 8))
    found = []
    for own in (True, False):
        generator.manual_seed(length)
        given = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
        query, key, value = (one.transpose(1, 2) for one in given)  # as they come in a model: not contiguous
        if own:
            attended = causal_attention(query, key, value)
            assert type(attended.grad_fn).__name__ == "_InBlocksBackward"
        else:
            attended = functional.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        (attended * torch.randn(attended.shape, generator=generator)).sum().backward()  # type: ignore[no-untyped-call]
        found.append([attended.detach(), *(one.grad for one in given)])
    for ours, theirs in zip(*found, strict=True):
        assert ours is not None
        assert theirs is not None
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_half_precision_stays_half_under_autocast() -> None:
    query = torch.randn(1, 2, 70, 8, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        attended = causal_attention(*(query.bfloat16() for _ in range(3)))
    assert attended.dtype == torch.bfloat16
    attended.float().sum().backward()  # type: ignore[no-untyped-call]
    assert query.grad is not None
    assert query.grad.isfinite().all()


def test_where_nothing_is_learned_or_a_text_is_long_torch_does_it() -> None:
    long = torch.randn(1, 1, LONGEST + 1, 2, requires_grad=True)
    assert type(causal_attention(long, long, long).grad_fn).__name__ != "_InBlocksBackward"
    with torch.no_grad():
        assert causal_attention(long, long, long).grad_fn is None
