"""Text from a decoder: one token after another, for many prompts at once."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from softhouse.training.architectures.decoder import Cache, Decoder


@torch.no_grad()
def generate(
    model: Decoder,
    prompts: Sequence[Sequence[int]],
    max_tokens: int,
    *,
    stop: frozenset[int] = frozenset(),
    temperature: float = 0.0,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
) -> list[list[int]]:
    """Up to `max_tokens` new ids for each prompt (of at least one id), all prompts together; without the stop id.

    `temperature` 0 takes the likeliest token; above, it draws with `generator`, the same way for the same batch.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> model = Decoder(Configuration(layers=1, width=8, heads=2, ffn=16), vocabulary=32)
    >>> [len(ids) for ids in generate(model, [[1, 2, 3], [4]], max_tokens=5)]
    [5, 5]
    """
    was_training = model.training
    model.train(mode=False)
    device = model.embedding.weight.device
    width = max(map(len, prompts))
    # in front: all rows then end together. What is masked is never seen, and turning is relative.
    ids = torch.tensor([[0] * (width - len(prompt)) + list(prompt) for prompt in prompts], device=device)
    mask = torch.tensor([[False] * (width - len(prompt)) + [True] * len(prompt) for prompt in prompts], device=device)
    padded = not bool(mask.all())
    cache, replies, going = Cache(), [list[int]() for _ in prompts], [True] * len(prompts)
    for _ in range(max_tokens):
        last = model.hidden(ids, mask if padded else None, cache)[:, -1]
        chosen = _choose(functional.linear(last, model.unembedding), temperature, top_p, generator)
        for row, token in enumerate(chosen.tolist()):
            going[row] = going[row] and token not in stop
            if going[row]:
                replies[row].append(token)
        if not any(going):
            break
        ids = chosen[:, None]
        mask = functional.pad(mask, (0, 1), value=True)
    model.train(was_training)
    return replies


def _choose(logits: Tensor, temperature: float, top_p: float, generator: torch.Generator | None) -> Tensor:
    """One id a row. Of the likeliest tokens that together make `top_p`, one is drawn."""
    if temperature <= 0:
        return logits.argmax(-1)
    probabilities = torch.softmax(logits.float() / temperature, dim=-1)
    if top_p < 1:
        ordered, places = probabilities.sort(descending=True)
        ordered = ordered.masked_fill(ordered.cumsum(-1) - ordered > top_p, 0.0)
        return places.gather(1, torch.multinomial(ordered, 1, generator=generator))[:, 0]
    return torch.multinomial(probabilities, 1, generator=generator)[:, 0]
