"""An autoregressive decoder in the shape of Llama: it reads tokens from left to right and says what comes next.

Each block adds two things to the stream of numbers that stands for a token: what attention finds in the tokens before
it, and what a gated feed-forward layer makes of the token itself. Before each, the stream is normalised (RMSNorm,
https://arxiv.org/abs/1910.07467, no bias anywhere). Where a token stands is told by turning queries and keys (RoPE,
https://arxiv.org/abs/2104.09864). Several query heads share one head of keys and values (https://arxiv.org/abs/2305.13245).
The gate is SwiGLU (https://arxiv.org/abs/2002.05202).

The same arithmetic as `LlamaForCausalLM` of transformers, whose matrices are kept as fewer, larger ones.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from softhouse.training.architectures.attention import causal_attention
from softhouse.training.architectures.loss import cross_entropy

if TYPE_CHECKING:
    from softhouse.training.architectures.configuration import Configuration


class Decoder(nn.Module):
    """A language model.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> model = Decoder(Configuration(layers=1, width=8, heads=2, ffn=16), vocabulary=32)
    >>> model(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 32])
    """

    def __init__(self, configuration: "Configuration", vocabulary: int) -> None:
        """With random weights, drawn from torch's generator. `vocabulary`: how many tokens there are."""
        super().__init__()
        self.configuration, self.vocabulary = configuration, vocabulary
        width = configuration.width
        self.embedding = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(Block(configuration) for _ in range(configuration.layers))
        self.norm = nn.RMSNorm(width, eps=configuration.norm_eps)
        self.head = None if configuration.tied else nn.Linear(width, vocabulary, bias=False)
        self.rotary = Rotary(configuration)
        self.dropout = nn.Dropout(configuration.dropout)
        self._initialise()

    @property
    def unembedding(self) -> Tensor:
        """The matrix that makes logits, [vocabulary, width]: where tied, the embedding itself."""
        return self.embedding.weight if self.head is None else self.head.weight

    def forward(self, ids: Tensor, targets: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Logits [batch, length, vocabulary] of the token after each of `ids` [batch, length].

        With `targets` [batch, length] (the token after each; -100 where none is to be learned): the mean loss of them,
        in nats. `mask` [batch, length]: False where `ids` is padding.
        """
        hidden = self.hidden(ids, mask)
        if targets is None:
            return functional.linear(hidden, self.unembedding)
        return cross_entropy(hidden, self.unembedding, targets)

    def hidden(self, ids: Tensor, mask: Tensor | None = None, cache: "Cache | None" = None) -> Tensor:
        """What stands for each token after the last block and its norm: [batch, length, width].

        With a `cache`, `ids` goes on where the last call ended, and `mask` is of all tokens so far.
        """
        begin = cache.length if cache is not None else 0
        turn = self.rotary(begin, begin + ids.shape[1])
        visible = _visible(ids.shape[1], begin, mask, ids.device)
        stream = self.dropout(self.embedding(ids))
        for index, block in enumerate(self.blocks):
            stream = block(stream, turn, visible, cache.layer(index) if cache is not None else None)
        normed: Tensor = self.norm(stream)
        return normed

    def _initialise(self) -> None:
        """Normal, 0.02 wide; what is added to the stream less, so that its sum over all blocks stays as wide."""
        narrow = 0.02 / math.sqrt(2 * self.configuration.layers)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=narrow if name.endswith(("output.weight", "down.weight")) else 0.02)


class Block(nn.Module):
    """Attention, then feed-forward, each added to the stream."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(configuration.width, eps=configuration.norm_eps)
        self.attention = Attention(configuration)
        self.feed_forward_norm = nn.RMSNorm(configuration.width, eps=configuration.norm_eps)
        self.feed_forward = FeedForward(configuration)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, stream: Tensor, turn: Tensor, visible: Tensor | None, cache: "LayerCache | None") -> Tensor:
        stream = stream + self.dropout(self.attention(self.attention_norm(stream), turn, visible, cache))
        added: Tensor = stream + self.dropout(self.feed_forward(self.feed_forward_norm(stream)))
        return added


class Attention(nn.Module):
    """Each token asks (query) what fits (key) among those before it, and takes the mean of what they offer (value)."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.heads, self.groups, self.head_width = configuration.heads, configuration.groups, configuration.head_width
        width = configuration.width
        # queries, keys and values come from one product: three small ones would take longer
        self.qkv = nn.Linear(width, (self.heads + 2 * self.groups) * self.head_width, bias=False)
        self.output = nn.Linear(width, width, bias=False)

    def forward(self, hidden: Tensor, turn: Tensor, visible: Tensor | None, cache: "LayerCache | None") -> Tensor:
        batch, length, width = hidden.shape
        qkv = self.qkv(hidden).view(batch, length, self.heads + 2 * self.groups, self.head_width)
        turned, value = torch.split(qkv, [self.heads + self.groups, self.groups], dim=2)
        query, key = torch.split(turned_by(turned, turn), [self.heads, self.groups], dim=2)
        query, key, value = query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
        if cache is not None:
            key, value = cache.extend(key, value)
        if visible is None and length > 1:
            attended = causal_attention(query, key, value)
        else:
            attended = functional.scaled_dot_product_attention(
                query, key, value, attn_mask=visible, enable_gqa=self.groups != self.heads
            )
        result: Tensor = self.output(attended.transpose(1, 2).reshape(batch, length, width))
        return result


class FeedForward(nn.Module):
    """SwiGLU: a gate, through SiLU, says how much of each of `ffn` numbers goes on."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.gate_up = nn.Linear(configuration.width, 2 * configuration.ffn, bias=False)
        self.down = nn.Linear(configuration.ffn, configuration.width, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        gate, up = self.gate_up(hidden).chunk(2, dim=-1)
        result: Tensor = self.down(functional.silu(gate) * up)
        return result


class Rotary(nn.Module):
    """The angles by which queries and keys are turned: position times a frequency, one for each pair of numbers."""

    table: Tensor

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.theta, self.head_width = configuration.rope_theta, configuration.head_width
        self.register_buffer("table", self._angles(configuration.context), persistent=False)

    def forward(self, begin: int, end: int) -> Tensor:
        """Cosines and sines of the positions from `begin` to before `end`: [2, length, 1, head width / 2]."""
        if end > self.table.shape[1]:
            self.table = self._angles(2 * end).to(self.table)
        return self.table[:, begin:end]

    def _angles(self, positions: int) -> Tensor:
        exponents = torch.arange(0, self.head_width, 2, device="cpu").float() / self.head_width
        angles = torch.arange(positions, device="cpu").float()[:, None] / self.theta**exponents
        return torch.stack([angles.cos(), angles.sin()])[:, :, None]


def turned_by(vectors: Tensor, turn: Tensor) -> Tensor:
    """`vectors` [batch, length, heads, head width] turned: a head's number i with its number i + half of its width."""
    first, second = vectors.chunk(2, dim=-1)
    cosine, sine = turn.to(vectors.dtype).unbind(0)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


@dataclass
class LayerCache:
    """Keys and values of one block's tokens so far: [batch, groups, capacity, head width]."""

    keys: Tensor | None = None
    values: Tensor | None = None
    length: int = 0

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """With what is new at the end: all keys and values."""
        end = self.length + key.shape[2]
        if self.keys is None or self.values is None or end > self.keys.shape[2]:
            room = (0, 0, 0, end)  # twice what is needed now: copied seldom
            self.keys = functional.pad(key if self.keys is None else self.keys[:, :, : self.length], room)
            self.values = functional.pad(value if self.values is None else self.values[:, :, : self.length], room)
        self.keys[:, :, self.length : end] = key
        self.values[:, :, self.length : end] = value
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]


@dataclass
class Cache:
    """What a decoder keeps of the tokens that it has read, so that the next one costs one step."""

    layers: list[LayerCache] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many tokens that are."""
        return self.layers[0].length if self.layers else 0

    def layer(self, index: int) -> LayerCache:
        if index == len(self.layers):
            self.layers.append(LayerCache())
        return self.layers[index]


def _visible(length: int, begin: int, mask: Tensor | None, device: torch.device) -> Tensor | None:
    """Which of all tokens so far (columns) each of the last `length` (rows) may see; None: simply those before it."""
    if mask is None and (begin == 0 or length == 1):
        return None
    rows = torch.arange(begin, begin + length, device=device)[:, None]
    columns = torch.arange(begin + length, device=device)[None]
    if mask is None:
        return columns <= rows
    visible = (columns <= rows) & mask[:, None, None, :].bool()
    # padding in front sees itself: an empty mean would be no number
    return visible | ((columns == rows) & ~visible.any(-1, keepdim=True))
