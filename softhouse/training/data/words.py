"""A document as numbers: its words, and hashes of words in a row. Both deduplication and decontamination see these.

A word is a run of letters and digits in lower case, so `snake_case` is two, or one Chinese, Japanese or Korean
character; punctuation, case, indentation and line breaks don't count.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Hashes = NDArray[np.uint64]

_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def words_of(texts: Sequence[str]) -> list[Words]:
    """Each text's words as 32-bit hashes, the same in every process and on every machine.

    >>> first, second = words_of(["def Read_file(x):", "def read(file): return x"])
    >>> [int((first == word).sum()) for word in second]
    [1, 1, 1, 0, 1]
    """
    from rensa import RMinHash

    hashed = RMinHash.hash_token_sets([_WORD.findall(text.lower()) for text in texts])
    return [_mixed(np.asarray(row, dtype=np.uint64)).astype(np.uint32) for row in hashed]


def _mixed(values: Hashes) -> Hashes:
    """A bijection that makes every bit depend on all others (the end of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def salted(values: Hashes, salt: int) -> Hashes:
    """Other random numbers of the same values, one for each salt."""
    return _mixed(values + np.uint64((int(_GOLDEN) * (salt + 1)) % 2**64))


def shingles_of(words: Words, size: int) -> Hashes:
    """The set of hashes of `size` words in a row, sorted; of all words where there are fewer.

    >>> words = words_of(["to be or not to be or"])[0]
    >>> len(shingles_of(words, 3)), len(shingles_of(words[:2], 3))
    (4, 1)
    """
    if not len(words):
        return np.zeros(0, dtype=np.uint64)
    size = min(size, len(words))
    hashes = np.zeros(len(words) - size + 1, dtype=np.uint64)
    for start in range(size):
        hashes = _mixed((hashes + _GOLDEN) ^ words[start : start + len(hashes)].astype(np.uint64))
    return np.unique(hashes)
