"""Q4_K and Q6_K, the 4- and 6-bit formats of llama.cpp, quantised with numpy (the `gguf` package only reads them).

The layouts are those of `block_q4_K` and `block_q6_K` in ggml's `ggml-common.h`; the search for scales is ours: for
each sub-block a least-squares fit of scale and offset, refined twice. Blocks hold 256 numbers.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

# scales are fitted in whatever precision numpy promotes to
Floats = npt.NDArray[np.floating[Any]]
Bytes = npt.NDArray[np.uint8]
BLOCK = 256


def quantise_q4_k(rows: Floats) -> Bytes:
    """Rows of float32, their length a multiple of 256, to rows of 144 bytes for each 256 numbers.

    >>> quantise_q4_k(np.zeros((2, 512), np.float32)).shape
    (2, 288)
    """
    sub = rows.reshape(-1, 8, 32)
    scale, offset = _fit_affine(sub, levels=15)
    # one half-precision scale a block, six bits for each sub-block's share of it
    block_scale = _half(scale.max(axis=1, keepdims=True) / 63)
    block_offset = _half(offset.max(axis=1, keepdims=True) / 63)
    scale_share = _share(scale, block_scale, 63).astype(np.uint8)
    offset_share = _share(offset, block_offset, 63).astype(np.uint8)
    step = (block_scale * scale_share)[..., None]
    shift = (block_offset * offset_share)[..., None]
    codes = np.clip(np.rint((sub + shift) * _inverse(step)), 0, 15).astype(np.uint8)
    pairs = codes.reshape(-1, 4, 2, 32)
    packed = (pairs[:, :, 0] | (pairs[:, :, 1] << 4)).reshape(-1, 128)
    low_scale, high_scale = scale_share[:, :4], scale_share[:, 4:]
    low_offset, high_offset = offset_share[:, :4], offset_share[:, 4:]
    shares = np.concatenate(
        [
            low_scale | ((high_scale >> 4) << 6),
            low_offset | ((high_offset >> 4) << 6),
            (high_scale & 0x0F) | ((high_offset & 0x0F) << 4),
        ],
        axis=1,
    )
    blocks = np.concatenate([_half_bytes(block_scale), _half_bytes(block_offset), shares, packed], axis=1)
    return blocks.reshape(rows.shape[0], -1)


def quantise_q6_k(rows: Floats) -> Bytes:
    """Rows of float32, their length a multiple of 256, to rows of 210 bytes for each 256 numbers.

    >>> quantise_q6_k(np.zeros((2, 256), np.float32)).shape
    (2, 210)
    """
    sub = rows.reshape(-1, 16, 16)
    scale = _fit_linear(sub, lowest=-32, highest=31)
    largest = np.take_along_axis(scale, np.abs(scale).argmax(axis=1, keepdims=True), axis=1)
    block_scale = _half(largest / -128)
    shares = np.clip(_share(scale, block_scale, 127, lowest=-128), -128, 127).astype(np.int8)
    step = (block_scale * shares)[..., None]
    codes = (np.clip(np.rint(sub * _inverse(step)), -32, 31) + 32).astype(np.uint8)
    # two halves of 128; in each, four runs of 32 share their bytes of high bits, and two runs their bytes of low bits
    runs = codes.reshape(-1, 2, 4, 32)
    low, high = runs & 0x0F, runs >> 4
    low_bytes = (low[:, :, :2] | (low[:, :, 2:] << 4)).reshape(-1, 128)
    high_bytes = (high[:, :, 0] | (high[:, :, 1] << 2) | (high[:, :, 2] << 4) | (high[:, :, 3] << 6)).reshape(-1, 64)
    blocks = np.concatenate([low_bytes, high_bytes, shares.view(np.uint8), _half_bytes(block_scale)], axis=1)
    return blocks.reshape(rows.shape[0], -1)


def _fit_affine(sub: Floats, levels: int) -> tuple[Floats, Floats]:
    """Scale and offset (at least 0) of each sub-block, so that `scale * code - offset` is near in the square."""
    low = np.minimum(sub.min(axis=-1), 0)
    scale, offset = (sub.max(axis=-1) - low) / levels, -low
    weight = np.abs(sub) + np.sqrt(np.mean(sub * sub, axis=-1, keepdims=True))
    total, mean = weight.sum(axis=-1), (weight * sub).sum(axis=-1)
    for _ in range(2):
        codes = np.clip(np.rint((sub + offset[..., None]) * _inverse(scale)[..., None]), 0, levels)
        first, second, cross = (
            (weight * codes).sum(-1),
            (weight * codes * codes).sum(-1),
            (weight * codes * sub).sum(-1),
        )
        spread = total * second - first * first
        usable = spread > 1e-12 * total * second
        fitted = np.where(usable, (total * cross - first * mean) / np.where(usable, spread, 1), scale)
        shift = np.where(usable, (first * cross - second * mean) / np.where(usable, spread, 1), offset)
        positive = (fitted > 0) & (shift >= 0)
        scale, offset = np.where(positive, fitted, scale), np.where(positive, shift, offset)
    return scale.astype(np.float32), offset.astype(np.float32)


def _fit_linear(sub: Floats, lowest: int, highest: int) -> Floats:
    """Scale of each sub-block, near in the square; its sign makes the largest number the code `lowest`."""
    peak = np.take_along_axis(sub, np.abs(sub).argmax(axis=-1, keepdims=True), axis=-1)[..., 0]
    scale = peak / lowest
    weight = sub * sub
    for _ in range(2):
        codes = np.clip(np.rint(sub * _inverse(scale)[..., None]), lowest, highest)
        norm = (weight * codes * codes).sum(axis=-1)
        scale = np.where(norm > 0, (weight * codes * sub).sum(axis=-1) / np.where(norm > 0, norm, 1), scale)
    return scale.astype(np.float32)


def _share(value: Floats, unit: Floats, highest: int, lowest: int = 0) -> Floats:
    return np.clip(np.rint(value * _inverse(unit)), lowest, highest)


def _inverse(value: Floats) -> Floats:
    inverse: Floats = np.where(value == 0, np.float32(0), np.float32(1) / np.where(value == 0, np.float32(1), value))
    return inverse


def _half(value: Floats) -> Floats:
    """As half precision stores it: the codes must be chosen for the scale that is read back."""
    return value.astype(np.float16).astype(np.float32)


def _half_bytes(value: Floats) -> Bytes:
    return value.reshape(-1, 1).astype("<f2").view(np.uint8)
