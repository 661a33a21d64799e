"""What came in, what was kept, and what was dropped for which reason: of a unit, and of a source."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from softhouse.training.data.document import Document, Drop

EXAMPLES = 3
"""Of each reason that are shown."""


class Count(BaseModel):
    """Documents and their bytes."""

    documents: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        self.documents += 1
        self.bytes += size

    def merge(self, other: "Count") -> None:
        self.documents += other.documents
        self.bytes += other.bytes


class Example(BaseModel):
    """A dropped document."""

    id: str
    detail: str


class Tally(BaseModel):
    """Mutable while it is counted; written as JSON."""

    source: str
    found: Count = Field(default_factory=Count)
    """As they lie in the source."""
    kept: dict[str, Count] = {}
    """By kind, cleaned."""
    dropped: dict[str, Count] = {}
    """By reason."""
    examples: dict[str, list[Example]] = {}
    replaced: int = 0
    """Secrets and addresses."""

    def drop(self, name: str, drop: Drop, size: int) -> None:
        self.dropped.setdefault(drop.reason, Count()).add(size)
        examples = self.examples.setdefault(drop.reason, [])
        if len(examples) < EXAMPLES:
            examples.append(Example(id=name, detail=drop.detail))

    def keep(self, document: Document) -> None:
        self.kept.setdefault(document.kind, Count()).add(len(document.text.encode("utf-8")))

    def unkeep(self, kind: str, name: str, drop: Drop, size: int) -> None:
        """Drop a document that had been kept before others were known."""
        self.kept[kind].documents -= 1
        self.kept[kind].bytes -= size
        self.drop(name, drop, size)

    def merge(self, other: "Tally") -> None:
        self.found.merge(other.found)
        self.replaced += other.replaced
        for kind, count in other.kept.items():
            self.kept.setdefault(kind, Count()).merge(count)
        for reason, count in other.dropped.items():
            self.dropped.setdefault(reason, Count()).merge(count)
        for reason, examples in other.examples.items():
            known = self.examples.setdefault(reason, [])
            known.extend(examples[: EXAMPLES - len(known)])

    @property
    def kept_in_all(self) -> Count:
        total = Count()
        for count in self.kept.values():
            total.merge(count)
        return total


def merged(tallies: Iterable[Tally]) -> dict[str, Tally]:
    """One a source, in the order in which the sources come first."""
    by_source: dict[str, Tally] = {}
    for tally in tallies:
        by_source.setdefault(tally.source, Tally(source=tally.source)).merge(tally)
    return by_source
