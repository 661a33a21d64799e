"""What is to be predicted: the next token, hidden tokens, or what stood in a gap; one objective an architecture."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from torch import Tensor

from softhouse.training.architectures.encoder import hide_tokens
from softhouse.training.architectures.loss import IGNORED
from softhouse.training.architectures.sequence_to_sequence import corrupt_spans
from softhouse.training.pretraining.packing import Ids
from softhouse.training.tokenizer.special_tokens import END_OF_TEXT, ID_OF, MASK, SPANS, gap_prompt

if TYPE_CHECKING:
    from softhouse.training.architectures.configuration import Configuration as ModelConfiguration
    from softhouse.training.pretraining.configuration import Configuration
    from softhouse.training.tokenizer.tokenizer import Tokenizer

SHORTEST_PIECE = 16
"""Tokens; in a shorter piece there is no middle worth filling."""


@dataclass(frozen=True)
class Batch:
    """What a model reads and what it is to answer: [rows, length] each; targets are -100 where nothing is learned."""

    ids: Tensor
    targets: Tensor

    @property
    def count(self) -> int:
        """Tokens that are predicted."""
        return int((self.targets != IGNORED).sum())

    def to(self, device: str) -> "Batch":
        return Batch(self.ids.to(device), self.targets.to(device))


class Objective(Protocol):
    """Makes a task of plain text."""

    def batch(self, windows: Ids, seed: int) -> Batch:
        """From `windows` [rows, length + 1]; the same seed makes the same task."""
        ...


class NextToken:
    """Predict each token from those before it; in `gap_share` of the pieces, the middle from what is around it."""

    def __init__(self, tokenizer: "Tokenizer | None" = None, gap_share: float = 0.0) -> None:
        self._tokenizer, self._gap_share = tokenizer, gap_share

    def batch(self, windows: Ids, seed: int) -> Batch:
        if self._gap_share:
            random = Random(seed)  # noqa: S311
            windows = np.stack([self._with_gaps(window, random) for window in windows])
        rows = torch.from_numpy(np.ascontiguousarray(windows))
        return Batch(rows[:, :-1].contiguous(), rows[:, 1:].contiguous())

    def _with_gaps(self, window: Ids, random: Random) -> Ids:
        """As long as before: what no longer fits is cut off at the end."""
        assert self._tokenizer is not None
        made: list[int] = []
        for piece in pieces(window.tolist()):
            if len(piece) >= SHORTEST_PIECE and random.random() < self._gap_share:
                piece = moved_middle(piece, self._tokenizer, random)
            made += piece
        return np.asarray(made[: len(window)], np.int64)


def pieces(ids: Sequence[int]) -> list[list[int]]:
    """The documents, or parts of them, in `ids`, each with its `<|endoftext|>`, if that is there.

    >>> pieces([50, 51, 0, 52])
    [[50, 51, 0], [52]]
    """
    found: list[list[int]] = [[]]
    for token in ids:
        found[-1].append(token)
        if token == ID_OF[END_OF_TEXT]:
            found.append([])
    return [piece for piece in found if piece]


def moved_middle(piece: Sequence[int], tokenizer: "Tokenizer", random: Random) -> list[int]:
    """Prefix, suffix, middle, `<|endoftext|>`. Cut anywhere, not only between tokens, as a person's cursor would be."""
    end = ID_OF[END_OF_TEXT]
    text = tokenizer.decode_bytes(token for token in piece if token != end)
    first, second = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
    prefix, middle, suffix = (
        tokenizer.encode_bytes(part) for part in (text[:first], text[first:second], text[second:])
    )
    made = [*gap_prompt(prefix, suffix), *middle, end]
    # cutting may need more tokens; never fewer than there were, so that a window stays full
    return made if len(made) >= len(piece) else list(piece)


class HiddenTokens:
    """Guess tokens that were hidden, from both sides."""

    def __init__(self, vocabulary: int, share: float) -> None:
        self._vocabulary, self._share = vocabulary, share

    def batch(self, windows: Ids, seed: int) -> Batch:
        ids = torch.from_numpy(np.ascontiguousarray(windows[:, :-1]))
        generator = torch.Generator().manual_seed(seed)
        return Batch(*hide_tokens(ids, ID_OF[MASK], self._vocabulary, generator, self._share))


class CorruptedSpans:
    """Write what stood where short runs of tokens were taken away."""

    def __init__(self, share: float) -> None:
        self._share = share

    def batch(self, windows: Ids, seed: int) -> Batch:
        random = Random(seed)  # noqa: S311
        markers = [ID_OF[marker] for marker in SPANS]
        made = [corrupt_spans(window[:-1].tolist(), markers, random, self._share) for window in windows]
        # all rows are as long as each other, for how much is taken depends on their length alone
        return Batch(torch.tensor([read for read, _ in made]), torch.tensor([written for _, written in made]))


def objective_for(model: "ModelConfiguration", settings: "Configuration", tokenizer: "Tokenizer") -> Objective:
    """What models of this architecture are trained with."""
    match model.architecture:
        case "decoder":
            return NextToken(tokenizer, settings.gap_share)
        case "encoder":
            return HiddenTokens(tokenizer.size, settings.hidden_share)
        case "sequence_to_sequence":
            return CorruptedSpans(settings.corrupted_share)
