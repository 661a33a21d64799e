"""How often each document is written, and to which side of the split.

Everything follows from a document's identity (a hash of its id): the split from the identity alone, so that no choice
and no neighbour ever moves a document to the other side; the sample from identity and seed, so that it is random and
can be repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.configuration import Configuration, Source
from softhouse.training.data.words import Hashes, salted

_SPLIT, _SAMPLE, _ORDER = 0, 1, 2
_BINS: Final = 1 << 16


def split_ranks(identities: Hashes) -> Hashes:
    """A random number of 64 bits a document: those under share * 2**64 are only for validation.

    >>> (split_ranks(np.arange(10_000, dtype=np.uint64)) < np.uint64(0.1 * 2**64)).mean().round(2)
    np.float64(0.1)
    """
    return salted(identities, _SPLIT)


def shuffled(identities: Hashes, seed: int, copy: int) -> Hashes:
    """Where a copy of each document comes, as a number of 64 bits."""
    return salted(salted(identities, _ORDER + copy), seed)


def _ranks(identities: Hashes, seed: int) -> Hashes:
    return salted(salted(identities, _SAMPLE), seed)


@dataclass
class Supply:
    """The training text that a source has, by rank: adding documents up to a rank gives any share of it."""

    bytes: int = 0
    by_rank: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_BINS, dtype=np.int64))

    def add(self, identities: Hashes, sizes: NDArray[np.int64], seed: int) -> None:
        """Count documents of `sizes` bytes."""
        bins = (_ranks(identities, seed) >> np.uint64(48)).astype(np.int64)
        self.by_rank += np.bincount(bins, weights=sizes, minlength=_BINS).astype(np.int64)
        self.bytes += int(sizes.sum())


@dataclass(frozen=True)
class Share:
    """How much of a source is written."""

    asked: float
    """Of the training text."""
    repeats: float
    """Times that the source's text is written; below 1, a sample of it is."""
    whole: int
    """Copies of every document."""
    bins: int
    """Documents with a rank in the first so many of the bins have one copy more."""

    def copies(self, identities: Hashes, seed: int) -> NDArray[np.int64]:
        """Of each document."""
        more = (_ranks(identities, seed) >> np.uint64(48)) < np.uint64(self.bins)
        return self.whole + more.astype(np.int64)


def shares(sources: Sequence[Source], supplies: Mapping[str, Supply], configuration: Configuration) -> dict[str, Share]:
    """How much of each source to write so that the weights hold.

    The whole is as large as it can be while no source is repeated more than `max_repeats` times, and no larger than
    `train_bytes`. Sources without text get nothing, and their share goes to the others.
    """
    available = {source.name: supplies[source.name].bytes for source in sources if supplies[source.name].bytes}
    total = sum(available.values())
    if any(source.weight is not None for source in sources):
        weights = {source.name: source.weight or 0.0 for source in sources if source.name in available}
        most = configuration.max_repeats
    else:
        weights = {name: float(size) for name, size in available.items()}
        most = 1.0
    asked = {name: weight / sum(weights.values()) for name, weight in weights.items()}
    size = min((most * available[name] / share for name, share in asked.items()), default=0.0)
    if configuration.train_bytes is not None:
        size = min(size, configuration.train_bytes)
    return {
        source.name: _share(asked[source.name], size, supplies[source.name])
        if total and source.name in asked
        else Share(0.0, 0.0, 0, 0)
        for source in sources
    }


def _share(asked: float, size: float, supply: Supply) -> Share:
    repeats = asked * size / supply.bytes
    whole = int(repeats + 1e-9)
    rest = max(0.0, repeats - whole) * supply.bytes
    sums = np.concatenate(([0], np.cumsum(supply.by_rank)))
    return Share(asked, repeats, whole, int(np.argmin(np.abs(sums - rest))))
