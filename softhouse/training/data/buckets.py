"""Documents with equal keys, found in bounded memory: the keys are taken a range of values at a time."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]
KeysOf = Callable[[int], tuple[Numbers, Keys]]
"""The documents of a unit that take part, and their keys."""

AT_A_TIME = 2_000_000
"""Keys in memory."""


def sorted_by_key(keys_of: KeysOf, units: int, documents: int) -> Iterator[tuple[Numbers, Keys]]:
    """All documents with their keys, equal keys beside each other, and of equal keys the first document first.

    Comes in parts; documents with equal keys are in one part.

    >>> keys = np.array([7, 5, 7], np.uint64)
    >>> [(d.tolist(), k.tolist()) for d, k in sorted_by_key(lambda unit: (np.arange(3), keys), 1, 3)]
    [([1, 0, 2], [5, 7, 7])]
    """
    passes = 1 + documents // AT_A_TIME
    for part in range(passes):
        numbers: list[Numbers] = []
        keys: list[Keys] = []
        for unit in range(units):
            found, values = keys_of(unit)
            if passes > 1:
                mine = values % np.uint64(passes) == part
                found, values = found[mine], values[mine]
            numbers.append(found)
            keys.append(values)
        all_numbers, all_keys = np.concatenate(numbers), np.concatenate(keys)
        order = np.argsort(all_keys, kind="stable")
        yield all_numbers[order], all_keys[order]


def positions(keys: Keys) -> Numbers:
    """How many equal keys stand before each of these sorted ones.

    >>> positions(np.array([5, 7, 7, 7], np.uint64)).tolist()
    [0, 0, 1, 2]
    """
    places = np.arange(len(keys))
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return places - np.maximum.accumulate(np.where(first, places, 0)) if len(keys) else places
