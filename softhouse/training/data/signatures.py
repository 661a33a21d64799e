"""MinHash signatures cut into bands (Broder 1997; Indyk and Motwani 1998): equal band keys make a pair worth a look.

The signatures are rensa's R-MinHash, a sketch of the whole set of shingles that costs a fraction of one hash function a
slot (Dahlgaard et al. 2017, arXiv:1704.04370).
"""

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.configuration import NearDuplicates
from softhouse.training.data.words import Hashes, Words, salted, shingles_of

_SEED = 1


def band_keys(words: Words, settings: NearDuplicates) -> NDArray[np.uint64]:
    """One 64-bit key a band. Two documents share a key with probability J**rows, J being their Jaccard similarity.

    >>> from softhouse.training.data.words import words_of
    >>> a, b, c = (band_keys(words, NearDuplicates()) for words in words_of(["a b c d e f", "a b c d e x", "u v w"]))
    >>> bool((a == b).any()), bool((a == c).any())
    (True, False)
    """
    from rensa import RMinHash

    shingles = shingles_of(words, settings.shingle)
    if not len(shingles):
        return np.zeros(settings.bands, dtype=np.uint64)
    slots = settings.bands * settings.rows
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, [0, len(shingles)], slots, _SEED)
    rows: Hashes = np.array(matrix.to_rows()[0], dtype=np.uint64).reshape(settings.bands, settings.rows)
    keys = np.zeros(settings.bands, dtype=np.uint64)
    for row in range(settings.rows):
        keys = salted(keys ^ rows[:, row], row)
    return keys
