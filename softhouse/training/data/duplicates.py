"""Exact and near duplicates over the whole corpus.

A document is dropped when it equals, or is very like, an *earlier one that is kept*. Unlike connected components, this
never drops a document for being like one that is like another: what is dropped can be seen beside what was kept.

1. Equal hashes of the text: exact duplicates.
2. Equal band keys: candidate pairs, filed by the later document (`candidates`).
3. Pair by pair, in order: the words themselves are compared (`similarity`).

Each part leaves its result in the work folder under its final name only when it is whole.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.buckets import Keys, Numbers, positions, sorted_by_key
from softhouse.training.data.candidates import BLOCK, candidates_of, find_candidates
from softhouse.training.data.configuration import NearDuplicates
from softhouse.training.data.corpus import Corpus
from softhouse.training.data.similarity import similarity
from softhouse.training.progress import Progress

KEPT: Final = -1


@dataclass(frozen=True)
class Duplicates:
    """What was decided of each document."""

    same_as: NDArray[np.int64]
    """The kept document that it is a duplicate of, or `KEPT`."""
    alike: NDArray[np.float32]
    """The similarity to it; 1.0 also for exact duplicates, whose `exact` is set."""
    exact: NDArray[np.bool_]


def find_duplicates(
    corpus: Corpus, settings: NearDuplicates, folder: Path, processes: int, progress: Progress
) -> Duplicates:
    """Decide of each document of the corpus, going on with what an interrupted attempt left in `folder`."""
    folder.mkdir(exist_ok=True)
    size = len(corpus)
    same_as = _mapped(folder / "same_as.npy", np.dtype(np.int64), size, KEPT)
    alike = _mapped(folder / "alike.npy", np.dtype(np.float32), size, 1.0)
    lengths = _mapped(folder / "lengths.npy", np.dtype(np.int64), size, 0)
    for unit in range(corpus.units):
        lengths[corpus.starts[unit] : corpus.starts[unit + 1]] = corpus.index(unit)["words"]
    _find_exact(corpus, same_as)
    exact = _mapped(folder / "exact.npy", np.dtype(np.bool_), size, value=False)
    exact[:] = same_as != KEPT
    lengths[exact] = 0
    lengths.flush()
    if settings.enabled and size:
        find_candidates(corpus, settings, folder, processes, progress)
        blocks = 1 + (size - 1) // BLOCK
        progress.begin("near duplicates", total=size)
        for block in range(blocks):
            for later, earlier, value in _decide(corpus, settings, folder, block, same_as):
                same_as[later], alike[later] = earlier, value
            progress.update(min(size, (block + 1) * BLOCK))
    return Duplicates(same_as, alike, exact)


def _mapped(path: Path, kind: "np.dtype[Any]", size: int, value: float) -> Any:
    """A new array in a file; its pages can leave memory."""
    if not size:
        return np.zeros(0, dtype=kind)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=(size,))
    array[:] = value
    return array


def _find_exact(corpus: Corpus, same_as: NDArray[np.int64]) -> None:
    """Of documents with the same 64 bits of SHA-256, all but the first are duplicates."""

    def keys_of(unit: int) -> tuple[Numbers, Keys]:
        return np.arange(corpus.starts[unit], corpus.starts[unit + 1]), corpus.index(unit)["hash"]

    for documents, keys in sorted_by_key(keys_of, corpus.units, len(corpus)):
        places = positions(keys)
        for place in np.flatnonzero(places):
            first = place - places[place]
            same_as[documents[place]] = documents[first]


def _decide(
    corpus: Corpus, settings: NearDuplicates, folder: Path, block: int, same_as: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """(document, the kept one that it is like, similarity) for a block; what was decided before is read."""
    path = folder / f"decided-{block:06d}.npy"
    if not path.is_file():
        decided = list(_compare(corpus, settings.similarity, candidates_of(folder, block), same_as))
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.save(file, np.array(decided, dtype=np.float64).reshape(-1, 3))
        os.replace(partial, path)
    return [(int(later), int(earlier), float(value)) for later, earlier, value in np.load(path)]


def _compare(
    corpus: Corpus, least: float, pairs: NDArray[np.uint64], same_as: NDArray[np.int64]
) -> Iterator[tuple[int, int, float]]:
    dropped: set[int] = set()
    later, words = -1, None
    for pair in pairs.tolist():
        document, earlier = pair >> 32, pair & 0xFFFFFFFF
        if document in dropped or earlier in dropped or same_as[earlier] != KEPT:
            continue
        if document != later or words is None:
            later, words = document, corpus.words(document)
        value = similarity(words, corpus.words(earlier), least)
        if value >= least:
            dropped.add(document)
            yield document, earlier, value
