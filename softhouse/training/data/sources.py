"""What a unit holds, one document after the other: files, rows, members of archives."""

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from softhouse.errors import UsageError
from softhouse.training.data.configuration import Source
from softhouse.training.data.document import Found
from softhouse.training.data.kinds import CODE, PROSE, kind_of, wanted
from softhouse.training.data.licences import licence_of_field
from softhouse.training.data.listing import Entry, holds_rows, is_archive

_LARGEST = 64_000_000
"""Bytes of one document that are read; more is no document (and may be a bomb)."""


def found_in(entry: Entry, source: Source) -> Iterator[Found]:
    """The documents of an entry. A `UsageError` names the file that can't be read."""
    path = Path(entry.path)
    try:
        if is_archive(entry.name) and source.kind == "dump":
            yield from _members(path, entry, source)
        elif source.kind == "jsonl" or (holds_rows(entry.name) and source.kind == "dump"):
            yield from _row_file(path, entry, source)
        elif (kind := kind_of(entry.name)) is not None:
            with path.open("rb") as file:
                yield Found(entry.name, _unpacked(file, entry.name), kind, entry.licence)
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as error:
        if source.kind not in ("jsonl", "dump"):
            # one broken file among thousands (a bad .gz, no permission) is a drop, not an end
            yield Found(entry.name, b"\0", kind_of(entry.name) or "text", entry.licence)
            return
        raise UsageError(f"{path} can't be read ({error}); mend it or exclude it in [[data.sources]]") from error


def _unpacked(file: IO[bytes], name: str) -> bytes:
    if name.lower().endswith(".gz"):
        with gzip.open(file) as packed:
            return packed.read(_LARGEST)
    return file.read(_LARGEST)


def _members(path: Path, entry: Entry, source: Source) -> Iterator[Found]:
    """Regular files of an archive, in its own order, read as a stream."""
    if entry.name.lower().endswith((".zip", ".whl")):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir() and _taken(info.filename, source):
                    with archive.open(info) as file:
                        yield from _member(file, info.filename, entry, source)
        return
    with tarfile.open(path, "r|*") as tar:
        for member in tar:
            vars(tar)["members"] = []  # or it would remember every member it has seen
            if member.isfile() and _taken(member.name, source) and (content := tar.extractfile(member)) is not None:
                with content:
                    yield from _member(content, member.name, entry, source)


def _taken(name: str, source: Source) -> bool:
    return holds_rows(name) or wanted(source, kind_of(name))


def _member(file: IO[bytes], name: str, entry: Entry, source: Source) -> Iterator[Found]:
    where = f"{entry.name}/{name.removeprefix('./')}"
    if name.lower().endswith(".parquet"):
        yield from _rows(_parquet(io.BytesIO(file.read())), where, entry, source)
    elif holds_rows(name):
        yield from _rows(_json_lines(_lines(file, name)), where, entry, source)
    elif (kind := kind_of(name)) is not None:
        yield Found(where, _unpacked(file, name), kind, entry.licence)


def _row_file(path: Path, entry: Entry, source: Source) -> Iterator[Found]:
    with path.open("rb") as file:
        if entry.name.lower().endswith(".parquet"):
            yield from _rows(_parquet(file), entry.name, entry, source)
        elif entry.start or entry.end is not None:
            yield from _rows(_json_lines(_stretch(file, entry)), entry.name, entry, source)
        else:
            yield from _rows(_json_lines(_lines(file, entry.name)), entry.name, entry, source)


def _stretch(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    """Lines that begin in the entry's stretch."""
    if entry.start:
        file.seek(entry.start - 1)
        file.readline()  # the rest of a line that began before; nothing but its end if one begins here
    while entry.end is None or file.tell() < entry.end:
        line = file.readline()
        if not line:
            return
        yield line


def _lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    if name.lower().endswith(".gz"):
        with gzip.open(file) as packed:
            yield from packed
    else:
        yield from file


def _json_lines(lines: Iterator[bytes]) -> Iterator[dict[str, Any] | None]:
    """Rows; None for a line that isn't one."""
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        yield row if isinstance(row, dict) else None


def _parquet(file: Any) -> Iterator[dict[str, Any] | None]:
    from pyarrow import parquet

    for batch in parquet.ParquetFile(file).iter_batches(batch_size=256):
        yield from batch.to_pylist()


def _rows(rows: Iterator[dict[str, Any] | None], where: str, entry: Entry, source: Source) -> Iterator[Found]:
    for row in rows:
        text = None if row is None else next((row[key] for key in (source.text_field, "content") if key in row), None)
        if row is None or not isinstance(text, str):
            yield Found(f"{where}:unreadable", b"\0", "text", entry.licence)
            continue
        kind = _kind_of_row(row, source)
        if source.kinds and kind not in source.kinds:
            continue
        yield Found(f"{where}:{_identity(row, text)}", text, kind, _licence_of_row(row) or entry.licence)


def _identity(row: dict[str, Any], text: str) -> str:
    """The row's own name or, since rows move when others are added, a hash of its text."""
    for key in ("id", "path", "url"):
        if isinstance(row.get(key), str | int) and str(row[key]).strip():
            return str(row[key])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _kind_of_row(row: dict[str, Any], source: Source) -> str:
    for key in ("kind", "language", "lang"):
        if isinstance(name := row.get(key), str) and name.lower() in CODE | PROSE:
            return name.lower()
    if isinstance(path := row.get("path"), str) and (kind := kind_of(path)):
        return kind
    return source.row_kind or "text"


def _licence_of_row(row: dict[str, Any]) -> str | None:
    for key in ("licence", "license", "licenses", "max_stars_repo_licenses"):
        value = row.get(key)
        if isinstance(value, list):
            names = [licence_of_field(name) or name for name in value if isinstance(name, str)]
            if names:
                return " AND ".join(names)
        elif isinstance(value, str) and value:
            return licence_of_field(value) or value
    return None
