"""`dropped.jsonl.gz`: a line for every document that is not kept, with the reason."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from softhouse.training.data.corpus import Corpus
from softhouse.training.data.document import Drop
from softhouse.training.data.duplicates import KEPT, Duplicates
from softhouse.training.data.tally import Tally, merged
from softhouse.training.data.units import drop_line


def write_drops(corpus: Corpus, duplicates: Duplicates, path: Path) -> dict[str, Tally]:
    """Write the list and return the tallies by source, duplicates counted."""
    # no name and no time in the header: the same drops, the same bytes
    with path.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=3, fileobj=file, mtime=0) as packed:

        def tallies() -> Iterator[Tally]:
            for unit in range(corpus.units):
                packed.write(corpus.files(unit).drops.read_bytes())
                tally = Tally.model_validate_json(corpus.files(unit).tally.read_bytes())
                for name, kind, drop, size in _duplicates(corpus, duplicates, unit):
                    tally.unkeep(kind, name, drop, size)
                    packed.write(drop_line(name, drop, size))
                yield tally

        return merged(tallies())


def _duplicates(corpus: Corpus, found: Duplicates, unit: int) -> Iterator[tuple[str, str, Drop, int]]:
    """(id, kind, reason, bytes) of a unit's documents that equal or resemble earlier ones."""
    start, rows = int(corpus.starts[unit]), corpus.index(unit)
    with corpus.files(unit).lines.open("rb") as file:
        for number in np.flatnonzero(found.same_as[start : start + len(rows)] != KEPT).tolist():
            row, document = rows[number], start + number
            file.seek(int(row["line"]))
            line = json.loads(file.read(int(row["line_bytes"])))
            first = corpus.id_of(int(found.same_as[document]))
            if found.exact[document]:
                drop = Drop("duplicate", f"equals {first}")
            else:
                drop = Drop("near-duplicate", f"{found.alike[document]:.0%} like {first}")
            yield line["id"], line["kind"], drop, int(row["text_bytes"])
