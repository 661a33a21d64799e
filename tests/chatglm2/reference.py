"""ChatGLM2's forward pass, written down from its description once more and slowly, to judge conversions of any shape.

It reads the original's weights by their original names and shares no code with what it judges. Against the parity files
(made by the original code) it is itself judged in `test_parity.py`.
"""

import math

import torch
from torch import Tensor

from softhouse.llm_backends.chatglm2.shape import ModelShape


def logits(weights: dict[str, Tensor], shape: ModelShape, ids: list[int], stretch: float = 1.0) -> Tensor:
    """Logits (tokens, vocabulary) of one sequence, in the precision of the weights."""
    hidden = weights["transformer.embedding.word_embeddings.weight"][ids]
    for number in range(shape.layers):
        layer = f"transformer.encoder.layers.{number}."
        normed = _norm(hidden, weights[layer + "input_layernorm.weight"], shape.rms_eps)
        hidden = hidden + _attention(weights, layer + "self_attention.", shape, normed, stretch)
        normed = _norm(hidden, weights[layer + "post_attention_layernorm.weight"], shape.rms_eps)
        gate, up = (normed @ weights[layer + "mlp.dense_h_to_4h.weight"].T).chunk(2, dim=-1)
        hidden = hidden + (torch.nn.functional.silu(gate) * up) @ weights[layer + "mlp.dense_4h_to_h.weight"].T
    hidden = _norm(hidden, weights["transformer.encoder.final_layernorm.weight"], shape.rms_eps)
    output = "transformer.output_layer.weight"
    return hidden @ weights[output if output in weights else "transformer.embedding.word_embeddings.weight"].T


def greedy(weights: dict[str, Tensor], shape: ModelShape, ids: list[int], count: int) -> list[int]:
    """The next `count` likeliest tokens."""
    sequence = list(ids)
    for _ in range(count):
        sequence.append(int(logits(weights, shape, sequence)[-1].argmax()))
    return sequence[len(ids) :]


def _norm(hidden: Tensor, weight: Tensor, eps: float) -> Tensor:
    return weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + eps)


def _attention(weights: dict[str, Tensor], name: str, shape: ModelShape, normed: Tensor, stretch: float) -> Tensor:
    length, size = len(normed), shape.head_dim
    mixed = normed @ weights[name + "query_key_value.weight"].T
    if shape.qkv_bias:
        mixed = mixed + weights[name + "query_key_value.bias"]
    if shape.qkv_by_head:
        query, key, value = mixed.view(length, shape.heads, 3, size).unbind(2)
    else:
        query = mixed[:, : shape.heads * size].view(length, shape.heads, size)
        key, value = mixed[:, shape.heads * size :].view(length, 2, shape.kv_heads, size).unbind(1)
    query, key = _rotated(query, stretch), _rotated(key, stretch)
    answers = []
    for head in range(shape.heads):
        group = head // (shape.heads // shape.kv_heads)
        scores = query[:, head] @ key[:, group].T / math.sqrt(size)
        scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), -torch.inf)
        answers.append(scores.softmax(-1) @ value[:, group])
    return torch.cat(answers, dim=-1) @ weights[name + "dense.weight"].T


def _rotated(heads: Tensor, stretch: float) -> Tensor:
    """Pairs of neighbouring numbers in the first half of each head turn with the position; the second half stays."""
    half = heads.shape[-1] // 2
    angle = torch.arange(len(heads))[:, None] / stretch / 10_000 ** (torch.arange(0, half, 2) / half)
    cosine, sine = angle.cos()[:, None], angle.sin()[:, None]
    even, odd = heads[..., :half:2], heads[..., 1:half:2]
    turned = torch.stack([even * cosine - odd * sine, odd * cosine + even * sine], dim=-1).flatten(-2)
    return torch.cat([turned, heads[..., half:]], dim=-1)
