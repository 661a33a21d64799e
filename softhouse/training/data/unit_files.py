"""The files of a finished unit in the work folder.

The documents' lines, their words, the keys of their bands, an index with a row a document, the drops, and, last of all,
the tally. Where there is a tally, the unit is done.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

ROW: Final = np.dtype(
    [
        ("line", np.int64),  # where it begins in the file of lines, and its bytes
        ("line_bytes", np.int64),
        ("text_bytes", np.int64),
        ("word", np.int64),  # where its words begin, and their number
        ("words", np.int64),
        ("identity", np.uint64),
        ("hash", np.uint64),  # of the text
    ]
)


@dataclass(frozen=True)
class UnitFiles:
    """Where the parts of a unit lie."""

    folder: Path
    number: int

    def _path(self, ending: str) -> Path:
        return self.folder / f"{self.number:06d}.{ending}"

    @property
    def lines(self) -> Path:
        return self._path("jsonl")

    @property
    def words(self) -> Path:
        return self._path("words")

    @property
    def index(self) -> Path:
        return self._path("index.npy")

    @property
    def bands(self) -> Path:
        return self._path("bands")

    @property
    def drops(self) -> Path:
        return self._path("drops")

    @property
    def tally(self) -> Path:
        return self._path("json")

    @property
    def parts(self) -> tuple[Path, ...]:
        """In the order in which they get their names: the tally last."""
        return (self.lines, self.words, self.drops, self.index, self.bands, self.tally)
