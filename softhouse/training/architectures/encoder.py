"""A bidirectional encoder in the shape of ModernBERT: it reads a whole text at once and gives embeddings.

It is trained to guess tokens that were hidden from it (https://arxiv.org/abs/1810.04805). What makes it modern is what
it shares with today's decoders: turned queries and keys (RoPE), norms before the layers, no biases, a gated
feed-forward layer (GeGLU, https://arxiv.org/abs/2002.05202); see https://arxiv.org/abs/2412.13663. Unlike the decoder
it uses LayerNorm (with a weight and no bias), normalises the embeddings too, and so has no norm before its first
attention.

The same arithmetic as `ModernBertForMaskedLM` of transformers whose layers are all global; its one bias is that of the
logits.
"""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from softhouse.training.architectures.decoder import Rotary, turned_by
from softhouse.training.architectures.loss import IGNORED, cross_entropy
from softhouse.training.tokenizer.special_tokens import SPECIAL_TOKENS

if TYPE_CHECKING:
    from softhouse.training.architectures.configuration import Configuration


class Encoder(nn.Module):
    """A masked language model.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> model = Encoder(Configuration(architecture="encoder", layers=1, width=8, heads=2, ffn=16), vocabulary=32)
    >>> model(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 32])
    >>> model.embed(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 8])
    """

    def __init__(self, configuration: "Configuration", vocabulary: int) -> None:
        """With random weights, drawn from torch's generator. `vocabulary`: how many tokens there are."""
        super().__init__()
        self.configuration, self.vocabulary = configuration, vocabulary
        width = configuration.width
        self.embedding = nn.Embedding(vocabulary, width)
        self.embedding_norm = _norm(configuration)
        self.blocks = nn.ModuleList(Block(configuration, first=index == 0) for index in range(configuration.layers))
        self.norm = _norm(configuration)
        self.guess = nn.Linear(width, width, bias=False)
        self.guess_norm = _norm(configuration)
        self.head = None if configuration.tied else nn.Linear(width, vocabulary, bias=False)
        self.head_bias = nn.Parameter(torch.zeros(vocabulary))
        self.rotary = Rotary(configuration)
        self.dropout = nn.Dropout(configuration.dropout)
        self._initialise()

    @property
    def unembedding(self) -> Tensor:
        """The matrix that makes logits, [vocabulary, width]: where tied, the embedding itself."""
        return self.embedding.weight if self.head is None else self.head.weight

    def forward(self, ids: Tensor, targets: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Logits [batch, length, vocabulary] of the token that stands at each place of `ids` [batch, length].

        With `targets` [batch, length] (what was hidden; -100 elsewhere): the mean loss of them, in nats; logits are
        then made only for these. `mask` [batch, length]: False where `ids` is padding.
        """
        hidden = self.hidden(ids, mask)
        if targets is not None:
            asked = targets != IGNORED
            hidden, targets = hidden[asked], targets[asked]
        hidden = self.guess_norm(functional.gelu(self.guess(hidden)))
        if targets is None:
            return functional.linear(hidden, self.unembedding, self.head_bias)
        return cross_entropy(hidden, self.unembedding, targets, self.head_bias)

    def hidden(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """What stands for each token after the last block and its norm: [batch, length, width]."""
        turn = self.rotary(0, ids.shape[1])
        visible = None if mask is None else readable(mask)
        stream = self.dropout(self.embedding_norm(self.embedding(ids)))
        for block in self.blocks:
            stream = block(stream, turn, visible)
        normed: Tensor = self.norm(stream)
        return normed

    def embed(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """One vector of length 1 for each text, [batch, width]: the mean over its tokens, padding left out."""
        hidden = self.hidden(ids, mask)
        weight = torch.ones_like(ids, dtype=hidden.dtype) if mask is None else mask.to(hidden.dtype)
        mean = (hidden * weight[..., None]).sum(1) / weight.sum(1, keepdim=True).clamp(min=1)
        return functional.normalize(mean, dim=-1)

    def _initialise(self) -> None:
        """Normal, 0.02 wide; what is added to the stream less, so that its sum over all blocks stays as wide."""
        narrow = 0.02 / math.sqrt(2 * self.configuration.layers)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=narrow if name.endswith(("output.weight", "down.weight")) else 0.02)


class Block(nn.Module):
    """Attention, then feed-forward, each added to the stream."""

    def __init__(self, configuration: "Configuration", *, first: bool) -> None:
        super().__init__()
        self.attention_norm = nn.Identity() if first else _norm(configuration)
        self.attention = Attention(configuration)
        self.feed_forward_norm = _norm(configuration)
        self.feed_forward = FeedForward(configuration)
        self.dropout = nn.Dropout(configuration.dropout)

    def forward(self, stream: Tensor, turn: Tensor, visible: Tensor | None) -> Tensor:
        stream = stream + self.dropout(self.attention(self.attention_norm(stream), turn, visible))
        added: Tensor = stream + self.dropout(self.feed_forward(self.feed_forward_norm(stream)))
        return added


class Attention(nn.Module):
    """Each token asks (query) what fits (key) among all tokens, and takes the mean of what they offer (value)."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.heads, self.head_width = configuration.heads, configuration.head_width
        self.qkv = nn.Linear(configuration.width, 3 * configuration.width, bias=False)
        self.output = nn.Linear(configuration.width, configuration.width, bias=False)

    def forward(self, hidden: Tensor, turn: Tensor, visible: Tensor | None) -> Tensor:
        batch, length, width = hidden.shape
        qkv = self.qkv(hidden).view(batch, length, 3 * self.heads, self.head_width)
        turned, value = torch.split(qkv, [2 * self.heads, self.heads], dim=2)
        query, key = torch.split(turned_by(turned, turn), self.heads, dim=2)
        attended = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=visible
        )
        result: Tensor = self.output(attended.transpose(1, 2).reshape(batch, length, width))
        return result


class FeedForward(nn.Module):
    """GeGLU: a gate, through GELU, says how much of each of `ffn` numbers goes on."""

    def __init__(self, configuration: "Configuration") -> None:
        super().__init__()
        self.gate_up = nn.Linear(configuration.width, 2 * configuration.ffn, bias=False)
        self.down = nn.Linear(configuration.ffn, configuration.width, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        gate, up = self.gate_up(hidden).chunk(2, dim=-1)
        result: Tensor = self.down(functional.gelu(gate) * up)
        return result


def hide_tokens(
    ids: Tensor, hidden_id: int, vocabulary: int, generator: torch.Generator, share: float = 0.3
) -> tuple[Tensor, Tensor]:
    """The masked-token objective: `ids` [batch, length] with some hidden, and the targets, -100 where none is hidden.

    Of the chosen `share`, eight in ten become `hidden_id`, one another token that is no special one, and one
    stays as it is: else the model would learn nothing about tokens that can be read. Special tokens are never chosen.
    30 % instead of BERT's 15 after https://arxiv.org/abs/2202.08005.

    >>> ids = torch.arange(40, 140).view(1, 100)
    >>> seen, targets = hide_tokens(ids, 7, 200, torch.Generator().manual_seed(0))
    >>> bool(((seen == ids) | (targets == ids)).all()), 15 < int((targets != -100).sum()) < 45
    (True, True)
    """
    first_word = len(SPECIAL_TOKENS)
    chosen = (torch.rand(ids.shape, generator=generator) < share).to(ids.device) & (ids >= first_word)
    fate = torch.rand(ids.shape, generator=generator).to(ids.device)
    other = torch.randint(first_word, vocabulary, ids.shape, generator=generator).to(ids.device)
    seen = torch.where(chosen & (fate < 0.8), hidden_id, ids)
    seen = torch.where(chosen & (fate >= 0.9), other, seen)
    return seen, torch.where(chosen, ids, IGNORED)


def readable(mask: Tensor) -> Tensor:
    """`mask` [batch, length] as attention wants it; where all is padding, all is read: an empty mean is no number."""
    mask = mask.bool()
    return (mask | ~mask.any(1, keepdim=True))[:, None, None, :]


def _norm(configuration: "Configuration") -> nn.LayerNorm:
    return nn.LayerNorm(configuration.width, eps=configuration.norm_eps, bias=False)
