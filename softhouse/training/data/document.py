"""A document on its way: as it was found, as it is kept, and why it was not."""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "unreadable",
    "encoding",
    "licence",
    "boilerplate",
    "generated",
    "minified",
    "length",
    "symbols",
    "alphabet",
    "language",
    "repetition",
    "syntax",
    "contaminated",
    "duplicate",
    "near-duplicate",
]


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a document is not kept."""

    reason: Reason
    detail: str
    """What was measured or found, for a person."""


@dataclass(frozen=True, slots=True)
class Found:
    """As a source holds it."""

    name: str
    """Where, below the source's folder: with the source's name, its identity."""
    content: bytes | str | Drop
    """A drop where there is something that can't be read."""
    kind: str
    licence: str | None = None
    """What is known of it beside the content; an SPDX expression."""

    @property
    def size(self) -> int:
        """In bytes."""
        if isinstance(self.content, Drop):
            return 0
        return len(self.content) if isinstance(self.content, bytes) else len(self.content.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Document:
    """As it is kept."""

    id: str
    text: str
    source: str
    kind: str
    licence: str | None

    def line(self) -> bytes:
        """Its line in a file.

        >>> Document("a:b.py", "x = 1", "a", "python", None).line()
        b'{"id": "a:b.py", "kind": "python", "source": "a", "text": "x = 1"}\\n'
        """
        row = {"id": self.id, "kind": self.kind, "source": self.source, "text": self.text}
        if self.licence is not None:
            row["licence"] = self.licence
        return json.dumps(row, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"

    def identity(self) -> int:
        """64 bits that stand for the id, the same on every machine; the split and the sampling are made of them."""
        return int.from_bytes(hashlib.sha256(self.id.encode("utf-8")).digest()[:8], "big")
