"""A model under examination: prompts in, continuations out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from softhouse.training.architectures import load
from softhouse.training.architectures.decoder import Decoder
from softhouse.training.architectures.generation import generate
from softhouse.training.tokenizer.special_tokens import END_OF_TEXT, TURN_BEGINS, TURN_ENDS
from softhouse.training.tokenizer.tokenizer import Tokenizer

if TYPE_CHECKING:
    from softhouse.llm_backends.protocol import ChatMessage

AT_ONCE = 32
"""Prompts that are continued together."""


@dataclass(frozen=True)
class Continuation:
    """What a model wrote."""

    text: str
    ended: bool
    """By itself, and not because it was long enough."""


@dataclass(frozen=True)
class Subject:
    """A model with its vocabulary."""

    model: torch.nn.Module
    tokenizer: Tokenizer
    device: str

    @classmethod
    def open(cls, folder: Path) -> "Subject":
        """The model of a folder, in float32, on a card where there is one. Raises `UnknownModelError`, `UsageError`."""
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        return cls(load(folder).float().to(device), Tokenizer.open(folder), device)

    @property
    def context(self) -> int:
        """Tokens that the model is meant to read."""
        return int(self.model.configuration.context)  # type: ignore[union-attr, arg-type]

    def special(self, *tokens: str) -> list[int] | None:
        """The ids of special tokens; None where the vocabulary lacks one."""
        ids = [self.tokenizer.token(token) for token in tokens]
        return None if None in ids else [token for token in ids if token is not None]

    def chat(self, turns: "Sequence[ChatMessage]") -> list[int] | None:
        """The ids of a conversation up to where the answer begins, in ChatML; None where the vocabulary has none."""
        if (frame := self.special(TURN_BEGINS, TURN_ENDS)) is None:
            return None
        begins, ends = frame
        ids: list[int] = []
        for turn in turns:
            ids += [begins, *self.tokenizer.encode(f"{turn.role}\n{turn.content}"), ends, *self.tokenizer.encode("\n")]
        return [*ids, begins, *self.tokenizer.encode("assistant\n")]

    def go_on(
        self,
        prompts: Sequence[Sequence[int]],
        max_tokens: int,
        *,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
        on_done: Callable[[int], None] = lambda _count: None,
    ) -> list[Continuation]:
        """Continue each prompt; of a prompt that is longer than the context allows, the end counts."""
        assert isinstance(self.model, Decoder), "only a decoder writes"
        room = max(1, self.context - max_tokens)
        stops = (self.special(token) for token in (END_OF_TEXT, TURN_ENDS))
        stop = frozenset(ids[0] for ids in stops if ids is not None)
        # prompts of a length together: what is padded is computed for nothing
        order = sorted(range(len(prompts)), key=lambda place: (len(prompts[place]), place))
        found: dict[int, Continuation] = {}
        for begin in range(0, len(order), AT_ONCE):
            places = order[begin : begin + AT_ONCE]
            generator = torch.Generator(self.device).manual_seed(seed + begin)
            replies = generate(
                self.model,
                [list(prompts[place])[-room:] for place in places],
                max_tokens,
                stop=stop,
                temperature=temperature,
                top_p=top_p,
                generator=generator,
            )
            for place, reply in zip(places, replies, strict=True):
                found[place] = Continuation(self.tokenizer.decode(reply), len(reply) < max_tokens)
            on_done(len(found))
        return [found[place] for place in range(len(prompts))]
