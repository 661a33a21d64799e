"""The documents of all finished units as one sequence, number 0 to n - 1, in the order of the sources.

What is needed of each document to compare it lies in files; nothing here grows with their number but a few bytes a
document in mapped files, which the system can take back.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.unit_files import UnitFiles
from softhouse.training.data.words import Words


@dataclass(frozen=True)
class Corpus:
    """Finished units, numbered from 0 on."""

    folder: Path
    units: int

    @functools.cached_property
    def starts(self) -> NDArray[np.int64]:
        """The number of each unit's first document, and the number of all documents at the end."""
        sizes = (len(self.index(unit)) for unit in range(self.units))
        return np.concatenate(([0], np.cumsum(np.fromiter(sizes, np.int64, self.units))))

    def __len__(self) -> int:
        return int(self.starts[-1])

    def files(self, unit: int) -> UnitFiles:
        """Where the parts of a unit lie."""
        return UnitFiles(self.folder, unit)

    def index(self, unit: int) -> NDArray[Any]:
        """A row (`unit_files.ROW`) a document of the unit."""
        rows: NDArray[Any] = np.load(self.files(unit).index)
        return rows

    def keys(self, unit: int, band: int) -> NDArray[np.uint64]:
        """The keys of one band, a document each."""
        size = int(self.starts[unit + 1] - self.starts[unit])
        return np.fromfile(self.files(unit).bands, dtype=np.uint64, count=size, offset=8 * band * size)

    def words(self, document: int) -> Words:
        """The words of a document."""
        unit = int(np.searchsorted(self.starts, document, side="right")) - 1
        row = self._recent_index(unit)[document - self.starts[unit]]
        return np.fromfile(
            self.files(unit).words, dtype=np.uint32, count=int(row["words"]), offset=4 * int(row["word"])
        )

    @functools.lru_cache(maxsize=64)  # noqa: B019 — one corpus lives as long as its process works on it
    def _recent_index(self, unit: int) -> NDArray[Any]:
        return self.index(unit)

    def id_of(self, document: int) -> str:
        """The id of a document, read from its line."""
        unit = int(np.searchsorted(self.starts, document, side="right")) - 1
        row = self._recent_index(unit)[document - self.starts[unit]]
        with self.files(unit).lines.open("rb") as file:
            file.seek(int(row["line"]))
            return str(json.loads(file.read(int(row["line_bytes"])))["id"])
