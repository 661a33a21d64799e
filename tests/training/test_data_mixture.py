"""Weights, samples, repeats, the split, and the shuffle."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.training.collecting import PERMISSIVE_FILTERS, Collected, collect, jsonl, random_texts, write_rows

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

TABLE: dict[str, Any] = {"filters": PERMISSIVE_FILTERS, "decontaminate": []}


def source(folder: Path, name: str, number: int, **more: Any) -> dict[str, Any]:
    rows = [
        {"id": str(place), "text": text} for place, text in enumerate(random_texts(number, seed=len(name), words=60))
    ]
    return jsonl(write_rows(folder / f"{name}.jsonl", rows), name, **more)


def shares(found: Collected) -> dict[str, float]:
    sizes: Counter[str] = Counter()
    for row in found.train:
        sizes[row["source"]] += len(row["text"])
    return {name: size / sizes.total() for name, size in sizes.items()}


def test_without_weights_every_document_is_written_once(tmp_path: Path) -> None:
    found = collect(tmp_path / "out", {**TABLE, "sources": [source(tmp_path, "a", 30), source(tmp_path, "bb", 50)]})
    assert len(found.train) == len({row["id"] for row in found.train}) == 80


def test_weights_are_reached_by_sampling_the_one_and_repeating_the_other(tmp_path: Path) -> None:
    sources = [source(tmp_path, "a", 200, weight=1), source(tmp_path, "bb", 50, weight=3)]
    found = collect(tmp_path / "out", {**TABLE, "sources": sources, "max_repeats": 2})
    assert shares(found)["bb"] == pytest.approx(0.75, abs=0.02)
    copies = Counter(row["id"] for row in found.train)
    assert {copies[name] for name in copies if name.startswith("bb:")} == {2}
    assert {copies[name] for name in copies if name.startswith("a:")} == {1}
    assert sum(name.startswith("a:") for name in copies) == pytest.approx(33, abs=2)
    mixture = next(part for section in found.result.sections for part in section.parts if "Training and" in part.title)
    rows = {str(row[0]): row for row in mixture.rows}  # type: ignore[union-attr]
    assert rows["bb"][1] == 0.75
    assert rows["bb"][2] == pytest.approx(shares(found)["bb"])
    assert rows["bb"][3] == pytest.approx(2.0)


def test_a_size_can_be_asked_for(tmp_path: Path) -> None:
    sources = [source(tmp_path, "a", 200), source(tmp_path, "bb", 100)]
    found = collect(tmp_path / "out", {**TABLE, "sources": sources, "train_bytes": 30_000})
    assert sum(len(row["text"]) for row in found.train) == pytest.approx(30_000, rel=0.05)
    assert shares(found)["bb"] == pytest.approx(1 / 3, abs=0.03)


def test_a_document_never_changes_sides(tmp_path: Path) -> None:
    few = [source(tmp_path, "a", 150)]
    first = collect(tmp_path / "first", {**TABLE, "sources": few, "validation_share": 0.1})
    more = [source(tmp_path, "bb", 90), *few]
    second = collect(
        tmp_path / "second", {**TABLE, "sources": more, "validation_share": 0.1, "unit_bytes": 5_000}, seed=9
    )
    on_first = {row["id"] for row in first.validation}
    assert {row["id"] for row in second.validation if row["source"] == "a"} == on_first
    assert 5 <= len(on_first) <= 27
    assert not on_first & {row["id"] for row in first.train}
    larger = collect(tmp_path / "third", {**TABLE, "sources": few, "validation_share": 0.3})
    assert on_first < {row["id"] for row in larger.validation}


def test_near_duplicates_are_never_on_both_sides(tmp_path: Path) -> None:
    texts = random_texts(100)
    rows = [
        {"id": f"{place}-{copy}", "text": f"{text} {copy}"} for place, text in enumerate(texts) for copy in range(3)
    ]
    sources = [jsonl(write_rows(tmp_path / "rows.jsonl", rows))]
    found = collect(tmp_path / "out", {**TABLE, "sources": sources, "validation_share": 0.5})
    sides = [
        {row["id"].rpartition(":")[2].partition("-")[0] for row in side} for side in (found.train, found.validation)
    ]
    assert len(sides[0] | sides[1]) == 100
    assert not sides[0] & sides[1]


def test_validation_text_is_not_repeated(tmp_path: Path) -> None:
    sources = [source(tmp_path, "a", 100, weight=1), source(tmp_path, "bb", 40, weight=4)]
    found = collect(tmp_path / "out", {**TABLE, "sources": sources, "validation_share": 0.2})
    assert max(Counter(row["id"] for row in found.train).values()) > 1
    assert set(Counter(row["id"] for row in found.validation).values()) == {1}


def test_text_is_shuffled_over_all_files_by_the_seed(tmp_path: Path) -> None:
    sources = [source(tmp_path, "a", 100), source(tmp_path, "bb", 100)]
    table = {**TABLE, "sources": sources, "shard_bytes": 20_000}
    found = collect(tmp_path / "out", table)
    files = sorted(path.name for path in found.folder.glob("train-*"))
    assert files == [f"train-{number:05d}.jsonl" for number in range(len(files))]
    assert len(files) > 2
    order = [row["source"] for row in found.train]
    changes = sum(one != other for one, other in pairwise(order))
    assert 70 < changes < 130
    assert collect(tmp_path / "again", table).hashes == found.hashes
    other = collect(tmp_path / "other", table, seed=1)
    assert sorted(row["id"] for row in other.train) == sorted(row["id"] for row in found.train)
    assert other.hashes != found.hashes


def test_of_few_documents_one_is_for_validation(tmp_path: Path) -> None:
    found = collect(tmp_path / "out", {**TABLE, "sources": [source(tmp_path, "a", 5)], "validation_share": 0.001})
    assert (len(found.train), len(found.validation)) == (4, 1)
    alone = collect(tmp_path / "alone", {**TABLE, "sources": [source(tmp_path, "b", 1)], "validation_share": 0.001})
    assert (len(alone.train), len(alone.validation)) == (1, 0)
