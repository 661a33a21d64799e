"""How transformers names and cuts the weights of the same models: nothing is computed, so nothing is lost.

A `Layout` says for one architecture which class of transformers it is, how its `config.json` reads, and of which of
their matrices each of ours consists (ours are fewer: theirs laid one below the other).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from softhouse.errors import UnknownModelError

if TYPE_CHECKING:
    from torch import Tensor

    from softhouse.training.architectures.configuration import Configuration

Parts = Mapping[str, tuple[tuple[str, int | None], ...]]
"""For each of our weights: the names of theirs, and how many rows each has (None: all)."""


class Layout(Protocol):
    """One architecture in the words of transformers."""

    @property
    def model_type(self) -> str:
        """What `config.json` calls it."""

    def config(self, configuration: "Configuration", vocabulary: int) -> dict[str, Any]:
        """The content of `config.json`, without the ids of special tokens."""

    def configuration(self, config: Mapping[str, Any]) -> "Configuration":
        """Back from `config.json`. Raises `UnknownModelError` for a model that ours can't be."""

    def parts(self, configuration: "Configuration") -> Parts: ...


def split(ours: Mapping[str, "Tensor"], parts: Parts) -> dict[str, "Tensor"]:
    """Our weights as theirs.

    >>> import torch
    >>> split({"qk": torch.tensor([[1], [2], [3]])}, {"qk": (("q", 2), ("k", 1))})
    {'q': tensor([[1],
            [2]]), 'k': tensor([[3]])}
    """
    theirs: dict[str, Tensor] = {}
    for name, pieces in parts.items():
        row = 0
        for their_name, rows in pieces:
            theirs[their_name] = ours[name] if rows is None else ours[name][row : row + rows]
            row += rows or 0
    return theirs


def join(theirs: Mapping[str, "Tensor"], parts: Parts) -> dict[str, "Tensor"]:
    """Their weights as ours; `KeyError` names one that is missing.

    >>> import torch
    >>> join({"q": torch.tensor([[1], [2]]), "k": torch.tensor([[3]])}, {"qk": (("q", 2), ("k", 1))})["qk"].tolist()
    [[1], [2], [3]]
    """
    import torch

    return {
        name: theirs[pieces[0][0]] if len(pieces) == 1 else torch.cat([theirs[piece] for piece, _ in pieces])
        for name, pieces in parts.items()
    }


def refuse_unless(fits: bool, what: str) -> None:
    """`UnknownModelError` for a model with `what`, unless it `fits`."""
    if not fits:
        raise UnknownModelError(
            f"the model has {what}: only transformers can run it, not softhouse.training.architectures"
        )
