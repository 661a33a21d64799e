"""Shuffled files of any number of documents, with one file's worth of them in memory.

Every copy of a document has a random place of 64 bits. Its first bits choose the file, and within a file the lines are
sorted by it: together a shuffle of everything, the same for the same seed.
"""

import functools
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.configuration import Configuration
from softhouse.training.data.corpus import Corpus
from softhouse.training.data.duplicates import KEPT
from softhouse.training.data.mixture import Share, Supply, shuffled, split_ranks
from softhouse.training.data.tally import Count
from softhouse.training.data.workers import results

_PLACE: Final = 16
"""Characters before a line that tell its place."""


@dataclass(frozen=True)
class Plan:
    """What is to be written."""

    corpus: Corpus
    configuration: Configuration
    seed: int
    kept: NDArray[np.int64]
    """`KEPT` for documents that are no duplicates."""
    source_of: Sequence[str]
    """Name of each unit's source."""

    @functools.cached_property
    def _last_of_validation(self) -> np.uint64:
        """The split rank up to which documents are for validation: at least one is, where there are two."""
        share = self.configuration.validation_share
        kept, least = 0, 2**64 - 1
        for unit in range(self.corpus.units) if share else ():
            rows = self.corpus.index(unit)[self._is_kept(unit)]
            kept += len(rows)
            least = min([least, *split_ranks(rows["identity"]).tolist()])
        return np.uint64(max(int(share * 2**64) - 1, least if kept > 1 else 0))

    def _is_kept(self, unit: int) -> NDArray[np.bool_]:
        kept: NDArray[np.bool_] = self.kept[self.corpus.starts[unit] : self.corpus.starts[unit + 1]] == KEPT
        return kept

    def sides(self, unit: int) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
        """A unit's rows, which of them are for training, and which for validation."""
        rows, kept = self.corpus.index(unit), self._is_kept(unit)
        validation = split_ranks(rows["identity"]) <= self._last_of_validation
        if not self.configuration.validation_share:
            validation[:] = False
        return rows, kept & ~validation, kept & validation

    def supplies(self) -> dict[str, Supply]:
        """The training text of each source."""
        supplies: defaultdict[str, Supply] = defaultdict(Supply)
        for unit, source in enumerate(self.source_of):
            rows, train, _ = self.sides(unit)
            supplies[source].add(rows["identity"][train], rows["text_bytes"][train], self.seed)
        return supplies


@dataclass(frozen=True)
class Written:
    """What was written, by source."""

    train: dict[str, Count]
    validation: dict[str, Count]
    files: list[Path]


def write(plan: Plan, shares: Mapping[str, Share], work: Path, folder: Path, processes: int) -> Written:
    """Write `train-NNNNN.jsonl` and `validation-NNNNN.jsonl` into `folder`, whatever an earlier attempt left there."""
    for stale in [*folder.glob("train-*.jsonl*"), *folder.glob("validation-*.jsonl*")]:
        stale.unlink()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    train, validation = _scatter(plan, shares, work)
    jobs = [(path, folder / f"{path.name}.jsonl") for path in sorted(work.iterdir())]
    return Written(train, validation, list(results(_gather, jobs, processes)))


def _scatter(plan: Plan, shares: Mapping[str, Share], work: Path) -> tuple[dict[str, Count], dict[str, Count]]:
    """Append every copy of every document to the file in which it belongs."""
    counts: tuple[dict[str, Count], dict[str, Count]] = ({}, {})
    files = [
        max(1, round(sum(sizes) / plan.configuration.shard_bytes))
        for sizes in zip(*(_line_bytes(plan, shares, unit) for unit in range(plan.corpus.units)), strict=True)
    ]
    waiting: defaultdict[Path, list[bytes]] = defaultdict(list)
    size = 0
    for unit in range(plan.corpus.units):
        for side, place, line, text_bytes in _copies(plan, shares, unit):
            counts[side].setdefault(plan.source_of[unit], Count()).add(text_bytes)
            name = ("train", "validation")[side]
            waiting[work / f"{name}-{place * files[side] >> 64:05d}"].append(b"%016x%s" % (place, line))
            size += len(line)
            if size > plan.configuration.shard_bytes:
                _flush(waiting)
                size = 0
    _flush(waiting)
    return counts


def _line_bytes(plan: Plan, shares: Mapping[str, Share], unit: int) -> tuple[int, int]:
    rows, train, validation = plan.sides(unit)
    copies = shares[plan.source_of[unit]].copies(rows["identity"], plan.seed)
    sizes = rows["line_bytes"]
    return int((sizes * copies)[train].sum()), int((sizes * np.minimum(copies, 1))[validation].sum())


def _copies(plan: Plan, shares: Mapping[str, Share], unit: int) -> Iterator[tuple[int, int, bytes, int]]:
    """(0 for training or 1 for validation, place, line, bytes of its text). Validation text is never repeated."""
    rows, train, validation = plan.sides(unit)
    copies = shares[plan.source_of[unit]].copies(rows["identity"], plan.seed)
    copies = np.where(validation, np.minimum(copies, 1), np.where(train, copies, 0))
    places = [shuffled(rows["identity"], plan.seed, copy) for copy in range(int(copies.max(initial=0)))]
    with plan.corpus.files(unit).lines.open("rb") as file:
        for number in np.flatnonzero(copies).tolist():
            row = rows[number]
            file.seek(int(row["line"]))
            line = file.read(int(row["line_bytes"]))
            for copy in range(int(copies[number])):
                yield int(validation[number]), int(places[copy][number]), line, int(row["text_bytes"])


def _flush(waiting: defaultdict[Path, list[bytes]]) -> None:
    for path, lines in waiting.items():
        with path.open("ab") as file:
            file.writelines(lines)
    waiting.clear()


def _gather(job: tuple[Path, Path]) -> Path:
    """Sort a file's lines by place and give it its name."""
    scattered, path = job
    with scattered.open("rb") as file:
        lines = sorted(file)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("wb") as out:
        out.writelines(line[_PLACE:] for line in lines)
    os.replace(partial, path)
    return path
