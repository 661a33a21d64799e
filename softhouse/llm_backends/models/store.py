"""A folder of models: finding, verifying and fetching them."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from softhouse.errors import StorageError, UnavailableError, UnknownModelError
from softhouse.llm_backends.models.source import ModelEntry, SourceError
from softhouse.llm_backends.models.verification import has_size, is_verified, remember, sha256
from softhouse.llm_backends.protocol import Frozen


class Progress(Frozen):
    """How far a download has come, in bytes."""

    name: str
    """The model's."""
    source: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


class StoredModel(Frozen):
    """A model that the house knows by name."""

    name: str
    title: str
    license: str
    size: int
    """In bytes."""
    sha256: str
    place: Path
    """Where its file lies, or belongs."""
    present: bool
    """Whether a file of the right size lies there."""


def store_folder() -> Path:
    """`$SOFTHOUSE_HOME/models`, or `models` in the place that the platform keeps for a user's data."""
    if home := os.environ.get("SOFTHOUSE_HOME"):
        return Path(home) / "models"
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library/Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return data / "softhouse" / "models"


class ModelStore:
    """The models of `catalog`, kept in `folder`. See the functions of `softhouse.llm_backends.models`."""

    def __init__(self, folder: Path, catalog: tuple[ModelEntry, ...]) -> None:
        self.folder = folder
        self.catalog = catalog

    def list_models(self) -> tuple[StoredModel, ...]:
        return tuple(
            StoredModel(
                name=entry.name,
                title=entry.title,
                license=entry.license,
                size=entry.size,
                sha256=entry.sha256,
                place=self.folder / entry.file_name,
                present=has_size(self.folder / entry.file_name, entry.size),
            )
            for entry in self.catalog
        )

    def find(self, name_or_path: str) -> Path | None:
        entry = self._entry(name_or_path)
        if entry is None:
            return _existing(name_or_path, [entry.name for entry in self.catalog])
        path = self.folder / entry.file_name
        return path if is_verified(path, entry) else None

    def pull(self, name_or_path: str, on_progress: OnProgress | None = None) -> Path:
        path = self.find(name_or_path)
        entry = self._entry(name_or_path)
        if path is not None or entry is None:
            assert path is not None  # else `find` had raised
            return path
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(self.folder / f"{entry.file_name}.lock"):
                return self.find(name_or_path) or self._fetch(entry, on_progress)
        except OSError as error:
            raise StorageError(
                f"the model store {self.folder} can't be written: {error.strerror or error}; "
                "free some space, or choose another place with SOFTHOUSE_HOME"
            ) from error

    def _entry(self, name: str) -> ModelEntry | None:
        return next((entry for entry in self.catalog if entry.name == name), None)

    def _fetch(self, entry: ModelEntry, on_progress: OnProgress | None) -> Path:
        path = self.folder / entry.file_name
        partial = path.with_name(path.name + ".partial")
        self._require_space(entry, partial)
        reasons = []
        for source in entry.sources:

            def report(done: int, source: str = source.name) -> None:
                if on_progress is not None:
                    on_progress(Progress(name=entry.name, source=source, done=done, total=entry.size))

            try:
                source.fetch(partial, entry.size, report)
            except SourceError as error:
                reasons.append(f"{source.name} {error}")
                continue
            if sha256(partial) == entry.sha256:
                partial.replace(path)
                remember(path, entry)
                partial.with_name(partial.name + ".parts").unlink(missing_ok=True)
                return path
            partial.unlink()
            reasons.append(f"{source.name} delivers other bytes than the published ones")
        raise UnavailableError(
            f"the model {entry.name} can't be fetched: {'; '.join(reasons)}. "
            f"Place the file by hand: {path} ({entry.size:,} bytes, SHA-256 {entry.sha256})"
        )

    def _require_space(self, entry: ModelEntry, partial: Path) -> None:
        missing = entry.size - (partial.stat().st_size if partial.exists() else 0)
        free = shutil.disk_usage(self.folder).free
        if free < missing:
            raise StorageError(
                f"{entry.name} needs {missing / 1e6:,.0f} MB in {self.folder}, where {free / 1e6:,.0f} MB are free; "
                "free some space, or choose another place with SOFTHOUSE_HOME"
            )


def _existing(path: str, names: list[str]) -> Path:
    if Path(path).is_file():
        return Path(path)
    if path.endswith(".gguf") or Path(path).name != path:
        raise UnknownModelError(
            f"there is no file {path}; give the path of a .gguf model, or a name: {', '.join(names)}"
        )
    raise UnknownModelError(
        f"there is no model {path!r}; known are: {', '.join(names)}; or give the path of a .gguf file"
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes that ends with its process; SQLite has one for every platform."""
    connection = sqlite3.connect(path, timeout=1, isolation_level=None)
    try:
        while True:
            try:
                connection.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise OSError(str(error)) from error
        yield
    finally:
        connection.close()
