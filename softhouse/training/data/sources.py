"""What a unit holds, one document after the other: files, rows, members of archives."""

import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from softhouse.errors import UsageError
from softhouse.training.data.configuration import Source
from softhouse.training.data.document import Drop, Found
from softhouse.training.data.kinds import CODE, PROSE, kind_of, wanted
from softhouse.training.data.licences import licence_of_field
from softhouse.training.data.listing import Entry, holds_rows, is_archive
from softhouse.training.manifest import spelled_out

_LARGEST = 64_000_000
"""Bytes of one document that are read; more is no document (and may be a bomb)."""
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
)
"""What the readers raise; zipfile, a RuntimeError for what has a password."""


def found_in(entry: Entry, source: Source) -> Iterator[Found]:
    """The documents of an entry; one that can't be read is a drop, and a `UsageError` names a dump that can't."""
    path = Path(entry.path)
    archive = source.kind == "dump" and is_archive(entry.name)
    rows = source.kind == "jsonl" or (source.kind == "dump" and holds_rows(entry.name))
    try:
        if archive:
            yield from _members(path, entry, source)
        elif rows:
            yield from _row_file(path, entry, source)
        elif (kind := kind_of(entry.name)) is not None:
            with path.open("rb") as file:
                yield Found(entry.name, _unpacked(file, entry.name), kind, entry.licence)
    except _BROKEN as error:
        if archive or rows:
            raise UsageError(
                f"{path} can't be read ({in_one_line(error)}); mend it or exclude it in [[data.sources]]"
            ) from error
        # one broken file among thousands (a bad .gz, no permission) is a drop, not an end
        yield _unreadable(entry.name, in_one_line(error), entry)


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
                    try:
                        with archive.open(info) as file:
                            yield from _member(file, info.filename, entry, source)
                    except _BROKEN as error:
                        yield _unreadable(_place(info.filename, entry), in_one_line(error), entry)
        return
    with tarfile.open(path, "r|*", tarinfo=_Header) as tar:
        for member in tar:
            vars(tar)["members"] = []  # or it would remember every member it has seen
            if member.isfile() and _taken(member.name, source) and (content := tar.extractfile(member)) is not None:
                try:
                    with content:
                        yield from _member(content, member.name, entry, source)
                except tarfile.TarError:  # of the archive, which ends here
                    raise
                except _BROKEN as error:
                    yield _unreadable(_place(member.name, entry), in_one_line(error), entry)


class _Header(tarfile.TarInfo):
    """A header after which tarfile would say that the archive is at its end, although there is more."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ in ("InvalidHeaderError", "TruncatedHeaderError"):
                raise tarfile.ReadError(str(error)) from error
            raise


def _place(member: str, entry: Entry) -> str:
    return f"{entry.name}/{member.removeprefix('./')}"


def _unreadable(where: str, why: str, entry: Entry) -> Found:
    return Found(where, Drop("unreadable", why), kind_of(where) or "text", entry.licence)


def in_one_line(error: Exception) -> str:
    """What a reader of files has to say.

    >>> in_one_line(EOFError("no\\n  end"))
    'no end'
    """
    return " ".join(str(error).split())[:200] or type(error).__name__


def _taken(name: str, source: Source) -> bool:
    return holds_rows(name) or wanted(source, kind_of(name))


def _member(file: IO[bytes], name: str, entry: Entry, source: Source) -> Iterator[Found]:
    where = _place(name, entry)
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
    try:
        from pyarrow import ArrowException, parquet
    except ModuleNotFoundError as error:
        # not MissingExtraError, which can't come out of a worker
        raise UsageError('Parquet needs pyarrow; install it with: pip install "softhouse[train]"') from error
    try:
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=256):
            yield from batch.to_pylist()
    except ArrowException as error:  # whatever it is besides
        raise OSError(str(error)) from error


def _rows(rows: Iterator[dict[str, Any] | None], where: str, entry: Entry, source: Source) -> Iterator[Found]:
    for row in rows:
        if row is None:
            yield _unreadable(f"{where}:unreadable", "a line that is no JSON object", entry)
            continue
        text = next((row[key] for key in (source.text_field, "content") if key in row), None)
        if not isinstance(text, str):
            yield _unreadable(f"{where}:unreadable", f"a row without text in {source.text_field!r} or 'content'", entry)
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
                return spelled_out(" AND ".join(names))
        elif isinstance(value, str) and value:
            return spelled_out(licence_of_field(value) or value)
    return None
