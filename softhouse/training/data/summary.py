"""What a person looks at after the step: what came in, what was dropped and why, what the model will see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from softhouse.training.data.configuration import Configuration
from softhouse.training.data.listing import Passed
from softhouse.training.data.mixture import Share, Supply
from softhouse.training.data.tally import Count, Tally
from softhouse.training.data.writing import Written
from softhouse.training.step import Cell, Section, Table

_MB = 1e6


@dataclass(frozen=True)
class Summary:
    """All counts, by source."""

    configuration: Configuration
    tallies: Mapping[str, Tally]
    passed: Mapping[str, Passed]
    supplies: Mapping[str, Supply]
    shares: Mapping[str, Share]
    written: Written

    def numbers(self) -> dict[str, float | int | str]:
        """The figures of the step."""
        train, validation = _total(self.written.train.values()), _total(self.written.validation.values())
        found = _total(tally.found for tally in self.tallies.values())
        kept = _total(tally.kept_in_all for tally in self.tallies.values())
        return {
            "documents found": found.documents,
            "text found, MB": round(found.bytes / _MB, 3),
            "documents kept": kept.documents,
            "text kept, MB": round(kept.bytes / _MB, 3),
            "near-duplicates dropped": self._dropped("near-duplicate"),
            "secrets and addresses replaced": sum(tally.replaced for tally in self.tallies.values()),
            "training documents": train.documents,
            "training text, MB": round(train.bytes / _MB, 3),
            "validation documents": validation.documents,
            "validation text, MB": round(validation.bytes / _MB, 3),
        }

    def _dropped(self, reason: str) -> int:
        return sum(tally.dropped.get(reason, Count()).documents for tally in self.tallies.values())

    def sections(self) -> list[Section]:
        """The part of the report."""
        return [
            Section(
                title="What came in and what was kept",
                text="A source that loses most of its documents is either a poor source or a filter set wrongly: the "
                "next tables say which. Files of other kinds are not read; sizes kept are after cleaning.",
                parts=(
                    Table(
                        title="By source",
                        columns=(
                            "source",
                            "documents in",
                            "MB in",
                            "dropped",
                            "kept",
                            "MB kept",
                            "replaced secrets",
                            "other files, not read",
                        ),
                        rows=tuple(self._by_source()),
                    ),
                    Table(title="Kept, by kind", columns=("kind", "documents", "MB"), rows=tuple(self._by_kind())),
                ),
            ),
            Section(
                title="Why documents were dropped",
                text="Read the examples: a filter is right when nothing is among them that you would want to learn "
                "from. Every drop with its reason is a line of dropped.jsonl.gz.",
                parts=(
                    Table(
                        title="By reason",
                        columns=("source", "reason", "documents", "MB"),
                        rows=tuple(self._by_reason()),
                    ),
                    Table(
                        title="Examples",
                        columns=("reason", "document", "what was found"),
                        rows=tuple(self._examples()),
                    ),
                ),
            ),
            Section(
                title="The mixture",
                text="What a model sees of each source. Repeats far above 1 mean that the source is too small for its "
                "weight; below 1, that only a sample of it is used. Validation text is never repeated.",
                parts=(
                    Table(
                        title="Training and validation text",
                        columns=(
                            "source",
                            "share asked",
                            "share reached",
                            "repeats",
                            "training documents",
                            "training MB",
                            "validation documents",
                            "validation MB",
                        ),
                        rows=tuple(self._mixture()),
                    ),
                ),
            ),
        ]

    def _by_source(self) -> Iterator[tuple[Cell, ...]]:
        for name, tally in self.tallies.items():
            kept, dropped = tally.kept_in_all, _total(tally.dropped.values())
            yield (
                name,
                tally.found.documents,
                tally.found.bytes / _MB,
                dropped.documents,
                kept.documents,
                kept.bytes / _MB,
                tally.replaced,
                self.passed[name].files,
            )

    def _by_kind(self) -> Iterator[tuple[Cell, ...]]:
        kinds: dict[str, Count] = {}
        for tally in self.tallies.values():
            for kind, count in tally.kept.items():
                kinds.setdefault(kind, Count()).merge(count)
        for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1].bytes, pair[0])):
            yield kind, count.documents, count.bytes / _MB

    def _by_reason(self) -> Iterator[tuple[Cell, ...]]:
        for name, tally in self.tallies.items():
            for reason, count in sorted(tally.dropped.items(), key=lambda pair: (-pair[1].documents, pair[0])):
                yield name, reason, count.documents, count.bytes / _MB

    def _examples(self) -> Iterator[tuple[Cell, ...]]:
        for tally in self.tallies.values():
            for reason, examples in sorted(tally.examples.items()):
                for example in examples:
                    yield reason, example.id, example.detail

    def _mixture(self) -> Iterator[tuple[Cell, ...]]:
        whole = _total(self.written.train.values()).bytes
        for name, share in self.shares.items():
            train = self.written.train.get(name, Count())
            validation = self.written.validation.get(name, Count())
            yield (
                name,
                share.asked,
                train.bytes / whole if whole else 0.0,
                train.bytes / self.supplies[name].bytes if self.supplies[name].bytes else 0.0,
                train.documents,
                train.bytes / _MB,
                validation.documents,
                validation.bytes / _MB,
            )


def _total(counts: Iterable[Count]) -> Count:
    total = Count()
    for count in counts:
        total.merge(count)
    return total
