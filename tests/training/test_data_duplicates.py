"""Exact and near duplicates: planted copies are found, and nothing else is called a copy."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.training.collecting import PERMISSIVE_FILTERS, collect, jsonl, random_texts, write_rows

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

import numpy as np

from softhouse.training.data.buckets import positions
from softhouse.training.data.similarity import similarity
from softhouse.training.data.words import words_of

TABLE: dict[str, Any] = {"filters": PERMISSIVE_FILTERS, "decontaminate": [], "replace_secrets": False}


def edited(text: str, kind: str, share: float, chance: random.Random) -> str:
    parts = text.split(" ")
    places = chance.sample(range(len(parts)), int(share * len(parts)))
    if kind == "rename":
        names = sorted(set(parts))
        new = {name: f"renamed{chance.random()}" for name in chance.sample(names, int(share * len(names)))}
        return " ".join(new.get(part, part) for part in parts)
    if kind == "move":
        first = chance.randrange(len(parts))
        width = int(share * len(parts))
        cut = parts[:first] + parts[first + width :]
        return " ".join([*parts[first : first + width], *cut])
    for place in places:
        new_word = f"other{chance.randrange(10_000)}"
        parts[place] = {"replace": new_word, "delete": "", "insert": f"{parts[place]} {new_word}"}[kind]
    return " ".join(parts)


def test_planted_copies_are_found_and_nothing_else(tmp_path: Path) -> None:
    chance = random.Random(7)
    texts = [text for words in (40, 120, 400) for text in random_texts(400, seed=words, words=words)]
    rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    planted = chance.sample(range(len(texts)), 150)
    kinds = ("rename", "move", "replace", "delete", "insert")
    for place, number in enumerate(planted):
        copy = edited(texts[number], kinds[place % len(kinds)], chance.uniform(0.05, 0.2), chance)
        rows.append({"id": f"{number}-copy", "text": copy})
    chance.shuffle(rows)
    found = collect(tmp_path / "out", {**TABLE, "sources": [jsonl(write_rows(tmp_path / "rows.jsonl", rows))]})
    pairs = [
        {name.rpartition(":")[2].removesuffix("-copy") for name in (row["id"], row["detail"].split(" ")[-1])}
        for row in found.drop_rows
    ]
    right = {pair.pop() for pair in pairs if len(pair) == 1}
    assert len(right) >= 0.95 * len(planted)
    assert len(right) >= 0.98 * len(pairs)


def test_of_equal_documents_that_of_the_earlier_source_stays(tmp_path: Path) -> None:
    first, second, third = random_texts(3)
    one = write_rows(tmp_path / "one.jsonl", [{"id": "a", "text": first}, {"id": "b", "text": second}])
    two = write_rows(
        tmp_path / "two.jsonl",
        [{"id": "c", "text": second}, {"id": "d", "text": f"{first}\nand one line more"}, {"id": "e", "text": third}],
    )
    found = collect(tmp_path / "out", {**TABLE, "sources": [jsonl(one, "one"), jsonl(two, "two")]})
    assert found.names == {"one.jsonl:a", "one.jsonl:b", "two.jsonl:e"}
    assert {row["id"]: row["detail"] for row in found.drop_rows} == {
        "two:two.jsonl:c": "equals one:one.jsonl:b",
        "two:two.jsonl:d": "99% like one:one.jsonl:a",
    }
    tables = {part.title: part for section in found.result.sections for part in section.parts}
    assert ("two", "near-duplicate", 1, pytest.approx(len(first) / 1e6, rel=0.1)) in tables["By reason"].rows  # type: ignore[union-attr]


def test_a_document_is_dropped_for_one_that_is_kept_and_never_through_a_chain(tmp_path: Path) -> None:
    """b is like a, c is like b, but c is not like a: b goes and c stays."""
    words = [f"word{number}" for number in range(200)]
    a = " ".join(words)
    b = " ".join(words[:165] + [f"new{number}" for number in range(35)])
    c = " ".join([f"old{number}" for number in range(35)] + b.split()[35:])
    rows = [{"id": name, "text": text} for name, text in (("a", a), ("b", b), ("c", c))]
    found = collect(tmp_path / "out", {**TABLE, "sources": [jsonl(write_rows(tmp_path / "rows.jsonl", rows))]})
    assert found.names == {"rows.jsonl:a", "rows.jsonl:c"}


def test_switched_off_only_equal_documents_are_dropped(tmp_path: Path) -> None:
    text = random_texts(1)[0]
    rows = [{"id": "a", "text": text}, {"id": "b", "text": f"{text} more"}, {"id": "c", "text": text}]
    table = {**TABLE, "near_duplicates": {"enabled": False}}
    found = collect(tmp_path / "out", {**table, "sources": [jsonl(write_rows(tmp_path / "rows.jsonl", rows))]})
    assert found.drops == {"rows.jsonl:c": "duplicate"}


def test_thousands_of_documents_of_one_template_are_one(tmp_path: Path) -> None:
    """A bucket of any size costs a few pairs a document."""
    base = random_texts(1, words=100)[0]
    rows = [{"id": str(number), "text": f"{base} number {number}"} for number in range(1_000)]
    found = collect(tmp_path / "out", {**TABLE, "sources": [jsonl(write_rows(tmp_path / "rows.jsonl", rows))]})
    assert len(found.train) == 1


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a b c d e", "a b c d e", 1.0),
        ("a b c d e", "A, b: c; d (e)", 1.0),
        ("a b c d", "e f g h", 0.0),
        ("a b c d e f g h i j", "a b x d e f g h i y", 0.8),
        ("a b c d", "d c b a", 0.25),
        ("笔记保存", "笔记保留", 0.75),
    ],
)
def test_similarity_is_of_words_in_their_order(first: str, second: str, expected: float) -> None:
    one, other = words_of([first, second])
    assert similarity(one, other) == pytest.approx(expected)


def test_similarity_agrees_with_the_textbook_table() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        first, second = (chance.integers(0, 6, size=chance.integers(1, 60)).astype(np.uint32) for _ in range(2))
        table = np.zeros((len(first) + 1, len(second) + 1), dtype=int)
        for row, word in enumerate(first, 1):
            for column, other in enumerate(second, 1):
                best = max(table[row - 1, column], table[row, column - 1])
                table[row, column] = table[row - 1, column - 1] + 1 if word == other else best
        expected = 2 * table[-1, -1] / (len(first) + len(second))
        assert similarity(first, second) == pytest.approx(expected)


def test_buckets_are_found_in_parts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from softhouse.training.data import buckets

    keys = np.random.default_rng(1).integers(0, 40, size=200).astype(np.uint64)

    def keys_of(unit: int) -> tuple[buckets.Numbers, buckets.Keys]:
        mine = np.arange(unit * 50, (unit + 1) * 50)
        return mine, keys[mine]

    def groups() -> set[tuple[int, ...]]:
        found = set()
        for documents, values in buckets.sorted_by_key(keys_of, 4, 200):
            starts = [*np.flatnonzero(positions(values) == 0).tolist(), len(values)]
            found |= {tuple(documents[a:b].tolist()) for a, b in pairwise(starts)}
        return found

    whole = groups()
    monkeypatch.setattr(buckets, "AT_A_TIME", 30)
    assert groups() == whole
    assert all(list(group) == sorted(group) for group in whole)
