"""An encoder and a decoder in the shape of T5 (https://arxiv.org/abs/1910.10683): one text is read, another is written.

The encoder reads in both directions; each block of the decoder looks at what it has written so far, then at what the
encoder made of the text (cross attention). Where a token stands is told by a learned number that is added to the
attention between two tokens, one for each of 32 ranges of distance and each head, the same in all blocks of a stack.
Norms are RMSNorm before each layer, the feed-forward layer is gated by GELU (GeGLU, as in T5 1.1), there is no bias and
attention is not scaled by its width. The embedding also makes the logits, scaled by width ** -0.5.

It is trained by span corruption: short runs of tokens are replaced by markers, and what stood there is to be written.

The same arithmetic as `T5ForConditionalGeneration` of transformers.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from softhouse.training.architectures.encoder import readable
from softhouse.training.architectures.loss import IGNORED, cross_entropy
from softhouse.training.tokenizer.special_tokens import ID_OF, PAD

if TYPE_CHECKING:
    from softhouse.training.architectures.configuration import Configuration

RANGES, FARTHEST = 32, 128
"""Ranges of distance that have a bias of their own, and the distance from which on all is one range."""


class SequenceToSequence(nn.Module):
    """A model that writes a text about another one.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> shape = Configuration(architecture="sequence_to_sequence", layers=1, width=8, heads=2, ffn=16)
    >>> model = SequenceToSequence(shape, vocabulary=32)
    >>> model(torch.tensor([[4, 5, 6]]), written=torch.tensor([[1, 7]])).shape
    torch.Size([1, 2, 32])
    """

    def __init__(self, configuration: "Configuration", vocabulary: int, start: int = ID_OF[PAD]) -> None:
        """With random weights, drawn from torch's generator. What is written begins with the id `start`: `<|pad|>`."""
        super().__init__()
        self.configuration, self.vocabulary, self.start = configuration, vocabulary, start
        self.embedding = nn.Embedding(vocabulary, configuration.width)
        self.encoder = Stack(configuration, writes=False)
        self.decoder = Stack(configuration, writes=True)
        self.dropout = nn.Dropout(configuration.dropout)
        self._initialise()

    def forward(
        self,
        ids: Tensor,
        targets: Tensor | None = None,
        mask: Tensor | None = None,
        written: Tensor | None = None,
    ) -> Tensor:
        """The mean loss, in nats, of writing `targets` [batch, written length] (-100: not learned) about `ids`.

        Without `targets`: logits [batch, written length, vocabulary] of the token after each of `written`, which begins
        with `start`. `ids` [batch, length]; `mask` [batch, length]: False where `ids` is padding.
        """
        if written is None:
            assert targets is not None, "give what is to be written, or what was"
            written = functional.pad(targets[:, :-1], (1, 0), value=self.start)
            written = written.masked_fill(written == IGNORED, self.start)
        hidden = self.written_hidden(written, self.read(ids, mask), mask)
        if targets is None:
            return functional.linear(hidden, self.embedding.weight)
        return cross_entropy(hidden, self.embedding.weight, targets)

    def read(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """What the encoder makes of `ids`: [batch, length, width]."""
        read: Tensor = self.encoder(self.dropout(self.embedding(ids)), mask=mask)
        return read

    def written_hidden(self, written: Tensor, read: Tensor, mask: Tensor | None = None) -> Tensor:
        """What stands for each token of `written` after the last block, scaled to make logits."""
        hidden: Tensor = self.decoder(self.dropout(self.embedding(written)), read=read, read_mask=mask)
        return hidden * (1 / math.sqrt(self.configuration.width))

    def _initialise(self) -> None:
        """As wide as the inverse root of what is summed up: the queries make up for the attention that isn't scaled."""
        shape = self.configuration
        nn.init.normal_(self.embedding.weight, std=1.0)
        for name, weight in self.named_parameters():
            if weight.dim() == 2 and name != "embedding.weight":
                nn.init.normal_(weight, std=shape.ffn**-0.5 if name.endswith("down.weight") else shape.width**-0.5)
            if name.endswith(("qkv.weight", "query.weight")):
                nn.init.normal_(weight[: shape.width], std=(shape.width * shape.head_width) ** -0.5)


class Stack(nn.Module):
    """All blocks of the encoder, or of the decoder (`writes`), their common biases of distance, and the last norm."""

    def __init__(self, configuration: "Configuration", *, writes: bool) -> None:
        super().__init__()
        self.writes = writes
        self.distance_bias = nn.Embedding(RANGES, configuration.heads)
        self.blocks = nn.ModuleList(Block(configuration, writes=writes) for _ in range(configuration.layers))
        self.norm = nn.RMSNorm(configuration.width, eps=configuration.norm_eps)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(
        self, stream: Tensor, mask: Tensor | None = None, read: Tensor | None = None, read_mask: Tensor | None = None
    ) -> Tensor:
        length = stream.shape[1]
        places = torch.arange(length, device=stream.device)
        distance = places[None] - places[:, None]
        bias = self.distance_bias(range_of(distance, both_sides=not self.writes)).permute(2, 0, 1)[None]
        if self.writes:
            bias = bias.masked_fill(distance > 0, -torch.inf)
        if mask is not None:
            bias = bias.masked_fill(~readable(mask), -torch.inf)
        visible = None if read_mask is None else readable(read_mask)
        for block in self.blocks:
            stream = block(stream, bias, read, visible)
        normed: Tensor = self.dropout(self.norm(stream))
        return normed


class Block(nn.Module):
    """Attention to its own text, in the decoder also to the text that was read, then feed-forward."""

    def __init__(self, configuration: "Configuration", *, writes: bool) -> None:
        super().__init__()
        width, eps = configuration.width, configuration.norm_eps
        self.attention_norm = nn.RMSNorm(width, eps=eps)
        self.attention = Attention(configuration)
        self.cross_norm = nn.RMSNorm(width, eps=eps) if writes else None
        self.cross = CrossAttention(configuration) if writes else None
        self.feed_forward_norm = nn.RMSNorm(width, eps=eps)
        self.feed_forward = FeedForward(configuration)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, stream: Tensor, bias: Tensor, read: Tensor | None, visible: Tensor | None) -> Tensor:
        stream = stream + self.dropout(self.attention(self.attention_norm(stream), bias))
        if self.cross is not None and self.cross_norm is not None and read is not None:
            stream = stream + self.dropout(self.cross(self.cross_norm(stream), read, visible))
        added: Tensor = stream + self.dropout(self.feed_forward(self.feed_forward_norm(stream)))
        return added


class Attention(nn.Module):
    """Queries, keys and values all come from the same text."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.heads = configuration.heads
        self.qkv = nn.Linear(configuration.width, 3 * configuration.width, bias=False)
        self.output = nn.Linear(configuration.width, configuration.width, bias=False)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        query, key, value = (_by_head(part, self.heads) for part in self.qkv(hidden).chunk(3, dim=-1))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype), scale=1.0)
        result: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return result


class CrossAttention(nn.Module):
    """Queries come from what is written, keys and values from what was read."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.heads = configuration.heads
        self.query = nn.Linear(configuration.width, configuration.width, bias=False)
        self.key_value = nn.Linear(configuration.width, 2 * configuration.width, bias=False)
        self.output = nn.Linear(configuration.width, configuration.width, bias=False)

    def forward(self, hidden: Tensor, read: Tensor, visible: Tensor | None) -> Tensor:
        query = _by_head(self.query(hidden), self.heads)
        key, value = (_by_head(part, self.heads) for part in self.key_value(read).chunk(2, dim=-1))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible, scale=1.0)
        result: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return result


class FeedForward(nn.Module):
    """GeGLU: a gate, through GELU (by tanh, as T5 has it), says how much of each of `ffn` numbers goes on."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.gate_up = nn.Linear(configuration.width, 2 * configuration.ffn, bias=False)
        self.down = nn.Linear(configuration.ffn, configuration.width, bias=False)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        gate, up = self.gate_up(hidden).chunk(2, dim=-1)
        result: Tensor = self.down(self.dropout(functional.gelu(gate, approximate="tanh") * up))
        return result


def range_of(distance: Tensor, *, both_sides: bool) -> Tensor:
    """The range (0 to 31) of each distance, key's place minus query's: exact while near, then wider and wider.

    >>> range_of(torch.tensor([0, -1, -15, -16, -500]), both_sides=False).tolist()
    [0, 1, 15, 16, 31]
    >>> range_of(torch.tensor([-1, 1]), both_sides=True).tolist()
    [1, 17]
    """
    ranges = RANGES // 2 if both_sides else RANGES
    far = distance.abs() if both_sides else (-distance).clamp(min=0)
    exact = ranges // 2
    beyond = torch.log(far.clamp(min=1).float() / exact) / math.log(FARTHEST / exact) * (ranges - exact)
    found = torch.where(far < exact, far, (exact + beyond.long()).clamp(max=ranges - 1))
    return found + ranges * (distance > 0) if both_sides else found


def corrupt_spans(
    ids: Sequence[int], markers: Sequence[int], random: Random, share: float = 0.15, length: float = 3.0
) -> tuple[list[int], list[int]]:
    """The span corruption objective, for two ids or more: what is read, and what is to be written.

    About `share` of `ids` goes, in spans of `length` on average; the first span is replaced by the first
    of `markers`, and so on. To be written: each marker and what it stands for, then the next unused marker.

    >>> corrupt_spans([50, 51, 52, 53, 54, 55, 56, 57, 58, 59], [8, 9, 10], Random(1))
    ([50, 51, 52, 53, 54, 55, 8, 58, 59], [8, 56, 57, 9])
    """
    hidden = max(1, round(share * len(ids)))
    spans = min(max(1, round(hidden / length)), len(ids) - hidden, len(markers) - 1)
    gone = _composition(hidden, spans, random)
    kept = _composition(len(ids) - hidden, spans, random)
    tail = random.randrange(kept[-1] + 1)  # the last span need not be the end
    read: list[int] = []
    written: list[int] = []
    place = 0
    for marker, keep, go in zip(markers, [*kept[:-1], kept[-1] - tail], gone, strict=False):
        read += [*ids[place : place + keep], marker]
        written += [marker, *ids[place + keep : place + keep + go]]
        place += keep + go
    return read + list(ids[place:]), [*written, markers[spans]]


def _composition(total: int, parts: int, random: Random) -> list[int]:
    """`total` as a sum of `parts` numbers of at least 1, each such sum as likely."""
    cuts = [0, *sorted(random.sample(range(1, total), parts - 1)), total]
    return [end - begin for begin, end in pairwise(cuts)]


def _by_head(vectors: Tensor, heads: int) -> Tensor:
    batch, length, width = vectors.shape
    return vectors.view(batch, length, heads, width // heads).transpose(1, 2)
