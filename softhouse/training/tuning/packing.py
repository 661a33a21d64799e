"""Which examples are computed together. A pack is one row of several examples, none of which sees another.

The order is a function of the seed alone, so a tuning that goes on needs to remember nothing but its step.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from softhouse.training.tuning.data import Example

if TYPE_CHECKING:
    import torch

Pack = list[int]
"""Places of examples."""


def packs(lengths: Sequence[int], tokens: int, order: Sequence[int]) -> list[Pack]:
    """The examples in `order`, as many in a pack as `tokens` has room for; a longer one is alone in its own.

    >>> packs([3, 3, 3, 9], tokens=6, order=[0, 1, 2, 3])
    [[0, 1], [2], [3]]
    """
    packed = list[Pack]()
    room = 0
    for place in order:
        if not packed or lengths[place] > room:
            packed.append([])
            room = tokens
        packed[-1].append(place)
        room -= lengths[place]
    return packed


def epoch_steps(lengths: Sequence[int], tokens: int, accumulation: int, seed: int, epoch: int) -> list[list[Pack]]:
    """The packs of each update of one epoch, in which every example comes once."""
    order = list(range(len(lengths)))
    random.Random(f"{seed}/{epoch}").shuffle(order)  # noqa: S311
    packed = packs(lengths, tokens, order)
    return [packed[begin : begin + accumulation] for begin in range(0, len(packed), accumulation)]


def steps(lengths: Sequence[int], tokens: int, accumulation: int, seed: int) -> Iterator[list[Pack]]:
    """The packs of each update, for ever."""
    for epoch in itertools.count():
        yield from epoch_steps(lengths, tokens, accumulation, seed, epoch)


@dataclass(frozen=True)
class Batch:
    """What the model reads: `ids` and `positions` 1 × tokens, `mask` 1 × 1 × tokens × tokens (True: seen); and what it
    is to say: after the tokens at `asked`, those of `wanted`."""

    ids: "torch.Tensor"
    positions: "torch.Tensor"
    mask: "torch.Tensor"
    asked: "torch.Tensor"
    wanted: "torch.Tensor"


def batch(examples: Sequence[Example], device: str) -> Batch:
    """One pack: positions begin again with each example, and the mask is causal within each."""
    import torch

    ids = [token for example in examples for token in example.ids]
    owner = torch.tensor([number for number, example in enumerate(examples) for _ in example.ids])
    asked, begin = list[int](), 0
    for example in examples:
        asked += range(begin + example.answer - 1, begin + len(example.ids) - 1)
        begin += len(example.ids)
    mask = (owner[:, None] == owner[None, :]).tril()
    places = torch.tensor(asked)
    positions = torch.cat([torch.arange(len(example.ids)) for example in examples])
    row = torch.tensor(ids)
    return Batch(
        row[None].to(device),
        positions[None].to(device),
        mask[None, None].to(device),
        places.to(device),
        row[places + 1].to(device),
    )


def answer_tokens(examples: Sequence[Example]) -> int:
    """How many tokens the loss counts."""
    return sum(len(example.ids) - example.answer for example in examples)
