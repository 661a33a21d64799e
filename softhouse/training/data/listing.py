"""The sources' files, in an order that does not depend on the disk, cut into units of work.

A unit is what one worker does at a time and what is lost when it is killed. The list is a file itself, so that a corpus
of any size is listed in the memory of one folder.
"""

import json
import os
import sysconfig
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from softhouse.errors import UsageError
from softhouse.training.data.configuration import Configuration, Source
from softhouse.training.data.kinds import kind_of, wanted
from softhouse.training.data.licences import licence_of_text
from softhouse.training.data.packages import packages_in

_NEVER = {".git", ".hg", ".svn", "__pycache__", ".venv", ".tox", ".mypy_cache", ".ruff_cache", "node_modules"}
_PACKAGE_FOLDERS = {"site-packages", "dist-packages"}
_LICENCE_FILES = ("license", "licence", "copying", "unlicense")
_FILES_A_UNIT = 2_000


@dataclass(frozen=True)
class Entry:
    """A file, or a stretch of one."""

    path: str
    """May hold what is no UTF-8, as surrogate escapes; so may `name`."""
    name: str
    """Below the source's folder, with slashes."""
    size: int
    """Bytes to read, before anything is unpacked."""
    modified: int
    """Nanoseconds; what was begun is only gone on with while files are what they were."""
    licence: str | None = None
    start: int = 0
    """Of a row file: the first row that begins at or after this byte…"""
    end: int | None = None
    """… up to the last that begins before this one; None: the end."""


@dataclass(frozen=True)
class Unit:
    """Entries of one source that are read together."""

    number: int
    source: int
    """Index in the configuration."""
    entries: tuple[Entry, ...]

    @classmethod
    def of_line(cls, line: str) -> "Unit":
        """What `line()` gave."""
        unit = json.loads(line)
        return cls(unit["number"], unit["source"], tuple(Entry(**entry) for entry in unit["entries"]))

    def line(self) -> str:
        """As JSON in ASCII, in which any file name can be written, whatever its bytes.

        >>> unit = Unit(0, 0, (Entry("caf\\udce9.py", "caf\\udce9.py", 9, 0),))
        >>> Unit.of_line(unit.line()) == unit, unit.line().isascii()
        (True, True)
        """
        return json.dumps(asdict(self)) + "\n"


@dataclass
class Passed:
    """Files that are no documents of the kinds asked for: not read."""

    files: int = 0
    bytes: int = 0


@dataclass
class Listing:
    """Walks the sources; `passed` is whole when `units` is at its end."""

    configuration: Configuration
    out: Path
    """Never read: what is written there is not a source."""
    passed: dict[str, Passed] = field(default_factory=dict)

    def units(self) -> Iterator[Unit]:
        """All units. Raises `UsageError` for a path that is not there or a source that holds nothing to read."""
        number = 0
        for index, source in enumerate(self.configuration.sources):
            self.passed[source.name] = Passed()
            first = number
            for entries in _bundled(self._entries(source), self.configuration.unit_bytes):
                yield Unit(number=number, source=index, entries=entries)
                number += 1
            if number == first:
                raise UsageError(
                    f"source {source.name!r} holds no {' or '.join(source.kinds) or source.kind} to read in "
                    f"{', '.join(source.paths)}; check its paths, kind and kinds in [[data.sources]]"
                )

    def _entries(self, source: Source) -> Iterator[Entry]:
        for number, written in enumerate(source.paths):
            try:
                path = resolved(written)
                exists = path.exists()
            except (OSError, RuntimeError, ValueError) as error:  # ~nobody, a circle of links, a NUL, too long a name
                raise UsageError(f"source {source.name!r}: {written!r} is no path that can be read: {error}") from None
            if not exists:
                raise UsageError(f"source {source.name!r}: there is no {path}; check its paths in [[data.sources]]")
            for file, name, licence in self._files(source, path):
                if (entry := self._entry(source, file, name, licence)) is not None:
                    # two folders may hold files of one name; and a folder that is added must not rename the others'
                    named = entry if not number else replace(entry, name=f"{number}/{name}")
                    yield from _stretches(named, self.configuration.unit_bytes)

    def _files(self, source: Source, path: Path) -> Iterator[tuple[Path, str, str | None]]:
        if path.is_file():
            yield path, path.name, source.licence
        elif source.kind == "packages":
            for package in packages_in(path):
                for file in package.files:
                    yield path / file, file.as_posix(), source.licence or package.licence
        else:
            read_licences = source.kind == "code" and source.licence is None
            yield from _walk(path, path, self.out, source.licence, read_licences)

    def _entry(self, source: Source, file: Path, name: str, licence: str | None) -> Entry | None:
        if _NEVER.intersection(PurePosixPath(name).parts) or file.is_symlink() or not file.is_file():
            return None
        if source.include and not any(fnmatch(name, pattern) for pattern in source.include):
            return None
        if any(fnmatch(name, pattern) for pattern in source.exclude):
            return None
        status = file.stat()
        named = source.kind == "jsonl" and str(file) in {str(resolved(path)) for path in source.paths}
        if not named and not _is_read(source, name):
            passed = self.passed[source.name]
            passed.files += 1
            passed.bytes += status.st_size
            return None
        return Entry(path=str(file), name=name, size=status.st_size, modified=status.st_mtime_ns, licence=licence)


def resolved(path: str) -> Path:
    """A path of a source with everything filled in.

    >>> resolved("{stdlib}/json").name
    'json'
    """
    for name, key in (("{stdlib}", "stdlib"), ("{packages}", "purelib")):
        path = path.replace(name, sysconfig.get_path(key))
    return Path(path).expanduser().resolve()


def _is_read(source: Source, name: str) -> bool:
    if source.kind == "jsonl":
        return holds_rows(name)
    if source.kind == "dump" and (holds_rows(name) or is_archive(name)):
        return True
    return wanted(source, kind_of(name))


def holds_rows(name: str) -> bool:
    """Whether a file holds documents as rows.

    >>> holds_rows("part-1.jsonl.gz"), holds_rows("part-1.json")
    (True, False)
    """
    return name.lower().endswith((".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".parquet"))


def is_archive(name: str) -> bool:
    """Whether a file holds files."""
    return name.lower().endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip", ".whl"))


def _walk(
    folder: Path, root: Path, out: Path, licence: str | None, read_licences: bool
) -> Iterator[tuple[Path, str, str | None]]:
    """Files of a folder, then of those in it, by name."""
    names = sorted(os.listdir(folder))
    if read_licences:
        for name in names:
            if name.lower().startswith(_LICENCE_FILES) and (folder / name).is_file():
                licence = licence_of_text((folder / name).read_text("utf-8", "replace")) or licence
    folders = []
    for name in names:
        path = folder / name
        if path.is_symlink():
            continue
        if path.is_dir():
            if name not in _NEVER and name not in _PACKAGE_FOLDERS and path != out:
                folders.append(path)
        else:
            yield path, path.relative_to(root).as_posix(), licence
    for path in folders:
        yield from _walk(path, root, out, licence, read_licences)


def _stretches(entry: Entry, size: int) -> Iterator[Entry]:
    """A row file that isn't packed can be read from any place."""
    if not entry.name.lower().endswith((".jsonl", ".ndjson")) or entry.size <= size:
        yield entry
        return
    for start in range(0, entry.size, size):
        end = min(start + size, entry.size)
        yield replace(entry, start=start, end=end, size=end - start)


def _bundled(entries: Iterator[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    bundle: list[Entry] = []
    total = 0
    for entry in entries:
        if bundle and (total + entry.size > size or len(bundle) == _FILES_A_UNIT):
            yield tuple(bundle)
            bundle, total = [], 0
        bundle.append(entry)
        total += entry.size
    if bundle:
        yield tuple(bundle)
