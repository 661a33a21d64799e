"""How alike two sequences of words are: the answer that MinHash only guesses."""

import numpy as np

from softhouse.training.data.words import Words


def similarity(first: Words, second: Words, least: float = 0.0) -> float:
    """Twice the length of the longest common subsequence by the lengths of both: 1 for the same, 0 for nothing shared.

    A fifth of the words replaced gives 0.8, a fifth left out 0.89. Unlike a set, it sees the order: two documents made
    of the same common words are not alike. Below `least`, an upper bound may come back instead.

    >>> similarity(np.array([1, 2, 3, 4], np.uint32), np.array([1, 9, 3, 4], np.uint32))
    0.75
    """
    total = len(first) + len(second)
    if not total:
        return 1.0
    bound = 2 * _shared(first, second) / total
    if bound < least:
        return bound
    start = _common_prefix(first, second)
    first, second = first[start:], second[start:]
    end = _common_prefix(first[::-1], second[::-1])
    first, second = first[: len(first) - end], second[: len(second) - end]
    return 2 * (start + end + _longest_common_subsequence(first.tolist(), second.tolist())) / total


def _shared(first: Words, second: Words) -> int:
    """Words that both have, counted as often as both have them: no common subsequence is longer."""
    _, inverse = np.unique(np.concatenate((first, second)), return_inverse=True)
    counts = np.bincount(inverse[: len(first)], minlength=len(inverse))
    return int(np.minimum(counts, np.bincount(inverse[len(first) :], minlength=len(inverse))).sum())


def _common_prefix(first: Words, second: Words) -> int:
    size = min(len(first), len(second))
    different = np.flatnonzero(first[:size] != second[:size])
    return int(different[0]) if len(different) else size


def _longest_common_subsequence(first: list[int], second: list[int]) -> int:
    """Its length, a row of the table in one addition of long integers (Hyyrö 2004, "Bit-parallel LCS-length computation
    revisited"): 2,000 words by 2,000 take a millisecond."""
    places: dict[int, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | (1 << place)
    full = (1 << len(first)) - 1
    row = full
    for word in second:
        if matches := row & places.get(word, 0):
            row = ((row + matches) | (row - matches)) & full
    return len(first) - row.bit_count()
