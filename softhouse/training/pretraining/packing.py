"""From documents to tokens: one after another in files that are mapped into memory, however large they are."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from softhouse.errors import UsageError
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.tokenizer.special_tokens import END_OF_TEXT

if TYPE_CHECKING:
    from softhouse.training.progress import Progress
    from softhouse.training.tokenizer.tokenizer import Tokenizer

Ids = NDArray[np.int64]
_DOCUMENTS = 256
"""So many are tokenised at a time, on all cores."""


class Tokens:
    """All tokens of a split, one file after another, as if they were one array; reading touches only what is asked for.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.tokens"
    >>> np.arange(5, dtype=np.uint16).tofile(path)
    >>> Tokens([path, path], np.uint16)[3:7].tolist()
    [3, 4, 0, 1]
    """

    def __init__(self, paths: list[Path], dtype: type[np.uint16] | type[np.uint32]) -> None:
        # an empty file can't be mapped
        filled = [path for path in paths if path.stat().st_size]
        self._parts = [np.memmap(path, dtype=dtype, mode="r") for path in filled]
        self._ends = np.cumsum([len(part) for part in self._parts])

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, where: slice) -> Ids:
        begin, end, _ = where.indices(len(self))
        pieces = []
        for part, part_end in zip(self._parts, self._ends, strict=True):
            part_begin = int(part_end) - len(part)
            if begin < part_end and end > part_begin:
                pieces.append(part[max(begin - part_begin, 0) : end - part_begin])
        return np.concatenate(pieces).astype(np.int64) if pieces else np.zeros(0, np.int64)


def pack(data: Path, split: str, tokenizer: "Tokenizer", folder: Path, progress: "Progress") -> Tokens:
    """The tokens of `data`/`split`-*.jsonl, each document followed by `<|endoftext|>`, packed into `folder`.

    A file that is there already was packed by an earlier attempt. Raises `UsageError` where there is no text.
    """
    sources = sorted(data.glob(f"{split}-*.jsonl"))
    if not sources:
        raise UsageError(f"{data} holds no {split}-*.jsonl; run first: softhouse train data")
    folder.mkdir(exist_ok=True)
    dtype = np.uint16 if tokenizer.size <= 2**16 else np.uint32
    paths = []
    progress.begin(f"tokens of the {split} text", sum(source.stat().st_size for source in sources))
    done = 0
    for source in sources:
        path = folder / f"{source.stem}.tokens"
        if not path.exists():
            with whole_file(path) as partial, partial.open("wb") as file:
                for ids, read in _tokenised(source, tokenizer):
                    np.asarray(ids, dtype).tofile(file)
                    progress.update(done + read)
        done += source.stat().st_size
        progress.update(done)
        paths.append(path)
    return Tokens(paths, dtype)


def _tokenised(source: Path, tokenizer: "Tokenizer") -> Iterator[tuple[list[int], int]]:
    """Ids of some documents at a time, and how many bytes of the file have been read."""
    end = tokenizer.token(END_OF_TEXT)
    read = 0
    with source.open("rb") as lines:
        while some := list(itertools.islice(lines, _DOCUMENTS)):
            ids: list[int] = []
            for encoded in tokenizer.encode_batch([json.loads(line)["text"] for line in some]):
                ids += encoded
                if end is not None:
                    ids.append(end)
            read += sum(map(len, some))
            yield ids, read
