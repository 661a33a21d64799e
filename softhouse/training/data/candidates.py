"""Pairs of documents worth a look: those that share the key of a band.

They are filed by blocks of the later document, so that a block's pairs fit in memory whatever the corpus.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.buckets import Keys, Numbers, positions, sorted_by_key
from softhouse.training.data.configuration import NearDuplicates
from softhouse.training.data.corpus import Corpus
from softhouse.training.data.workers import results
from softhouse.training.progress import Progress

BLOCK: Final = 16_384
"""Documents whose pairs are one array."""
NEIGHBOURS: Final = 4
"""In a bucket, a document is paired with so many before it and so many at the beginning: all pairs would grow with the
square of a bucket, and 170 bands give a pair many chances."""


def find_candidates(corpus: Corpus, settings: NearDuplicates, folder: Path, processes: int, progress: Progress) -> None:
    """File all pairs below `folder`, which holds `lengths.npy`: words a document, 0 for those that take no part."""
    done = folder / "candidates"
    progress.begin("candidate pairs", total=settings.bands)
    if not done.is_dir():
        partial = folder / "candidates.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        share = -(-settings.bands // (4 * processes))
        jobs = [
            CandidateJob(corpus, settings.similarity, range(first, min(first + share, settings.bands)), folder, partial)
            for first in range(0, settings.bands, share)
        ]
        for number, job in enumerate(results(file_pairs, jobs, processes)):
            progress.update(min(settings.bands, (number + 1) * share), note=f"band {job}")
        os.replace(partial, done)
    progress.update(settings.bands)


@dataclass(frozen=True)
class CandidateJob:
    """Bands for a worker."""

    corpus: Corpus
    least: float
    bands: range
    folder: Path
    out: Path


def file_pairs(job: CandidateJob) -> int:
    """File the pairs that share a key in one of the bands under the block of the later document."""
    lengths = np.load(job.folder / "lengths.npy", mmap_mode="r")
    corpus = job.corpus
    for band in job.bands:

        def keys_of(unit: int, band: int = band) -> tuple[Numbers, Keys]:
            start, end = corpus.starts[unit], corpus.starts[unit + 1]
            worth = np.flatnonzero(lengths[start:end])
            return start + worth, corpus.keys(unit, band)[worth]

        for documents, keys in sorted_by_key(keys_of, corpus.units, len(corpus)):
            for later, earlier in _pairs(documents, keys):
                sizes = lengths[later], lengths[earlier]
                # the similarity of a short and a long document is bounded by their lengths
                worth = 2 * np.minimum(*sizes) >= job.least * (sizes[0] + sizes[1])
                _file(job.out, job.bands.start, later[worth], earlier[worth])
    return job.bands.stop


def _pairs(documents: Numbers, keys: Keys) -> Iterator[tuple[Numbers, Numbers]]:
    places = positions(keys)
    numbers = np.arange(len(keys))
    for back in range(1, NEIGHBOURS + 1):
        mine = places >= back
        yield documents[mine], documents[numbers[mine] - back]
    for front in range(NEIGHBOURS):
        mine = places > front + NEIGHBOURS
        yield documents[mine], documents[numbers[mine] - places[mine] + front]


def _file(folder: Path, job: int, later: Numbers, earlier: Numbers) -> None:
    pairs = (later.astype(np.uint64) << np.uint64(32)) | earlier.astype(np.uint64)
    blocks = later // BLOCK
    for block in np.unique(blocks):
        with (folder / f"{block:06d}-{job:04d}").open("ab") as file:
            file.write(pairs[blocks == block].tobytes())


def candidates_of(folder: Path, block: int) -> NDArray[np.uint64]:
    """The pairs of a block, each once, as later * 2**32 + earlier, sorted."""
    found = [np.fromfile(file, dtype=np.uint64) for file in sorted((folder / "candidates").glob(f"{block:06d}-*"))]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)
