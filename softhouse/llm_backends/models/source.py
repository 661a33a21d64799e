"""What a model's entry is, and what a place to fetch it from must do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class SourceError(Exception):
    """A source doesn't answer, or says no; the message is the reason, in a few words."""


class Source(Protocol):
    """A place where a model's file can be had."""

    @property
    def name(self) -> str:
        """What people call it."""

    def fetch(self, partial: Path, size: int, on_bytes: Callable[[int], None]) -> None:
        """Make `partial` the whole file of `size` bytes, going on with the leading bytes that it may hold already.

        `on_bytes` hears how many there are. Raises `SourceError`, and `OSError` only where `partial` can't be written.
        """


@dataclass(frozen=True)
class ModelEntry:
    """A published file."""

    name: str
    title: str
    license: str
    file_name: str
    size: int
    """In bytes."""
    sha256: str
    sources: tuple[Source, ...]
    """The first that answers serves it."""
