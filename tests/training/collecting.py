"""What the tests of the step `data` share: run it on a few documents and read what it wrote."""

import gzip
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.data import run
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext, StepResult

Row = dict[str, Any]
PERMISSIVE_FILTERS: dict[str, Any] = {
    "min_characters": 0,
    "languages": [],
    "max_repeated_prose": 1.0,
    "min_compressed": 0.0,
    "max_symbols_prose": 1.0,
}
"""For tests whose documents are made of random words."""


@dataclass(frozen=True)
class Collected:
    """What the step left."""

    folder: Path
    result: StepResult

    @property
    def train(self) -> list[Row]:
        return rows_of(self.folder, "train")

    @property
    def validation(self) -> list[Row]:
        return rows_of(self.folder, "validation")

    @property
    def drops(self) -> dict[str, str]:
        """Id, without the source's name → reason."""
        return {row["id"].partition(":")[2]: row["reason"] for row in self.drop_rows}

    @property
    def drop_rows(self) -> list[Row]:
        with gzip.open(self.folder / "dropped.jsonl.gz", "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    @property
    def names(self) -> set[str]:
        """Ids of what is kept, without the source's name."""
        return {row["id"].partition(":")[2] for row in [*self.train, *self.validation]}

    @property
    def hashes(self) -> dict[str, str]:
        paths = sorted(self.folder.glob("*.jsonl*"))
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def rows_of(folder: Path, side: str) -> list[Row]:
    lines = [
        line
        for path in sorted(folder.glob(f"{side}-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def collect(out: Path, table: Mapping[str, Any], seed: int = 0) -> Collected:
    """Run the step into `out`, without processes of its own unless the table asks for them."""
    folder = out / "data"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = TrainingConfiguration("test", {"data": {"workers": 1, "validation_share": 0.0, **table}})
    context = StepContext(out=out, folder=folder, seed=seed, progress=Silence())
    return Collected(folder, run(context, configuration))


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """A JSONL file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def jsonl(path: Path, name: str = "rows", **more: Any) -> dict[str, Any]:
    """The table of a source."""
    return {"name": name, "kind": "jsonl", "paths": [str(path)], **more}


def random_texts(number: int, seed: int = 0, words: int = 150) -> list[str]:
    """Texts that are nothing like each other."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(3_000)]
    return [
        "".join(
            f"{word}{'.' if place % 11 == 10 else ''}\n" if place % 11 == 10 else f"{word} " for place, word in page
        )
        for page in (list(enumerate(chance.choices(vocabulary, k=words))) for _ in range(number))
    ]
